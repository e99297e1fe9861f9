//! [`models!`]: what responses hold.

/// Objects in responses. `field: Type` is always there and an argument of `new`, `field?: Type` may be absent or null, and
/// `field as "name"` has another name on the wire. `checked method` calls a method that may refuse what was read. Fields that
/// are not declared are kept in `extra`.
macro_rules! models {
    ($($(#[doc = $doc:literal])* $(#[derive($derive:ident)])? $name:ident $(checked $check:ident)? { $($fields:tt)+ })+) => {
        $($crate::declare::sort::sort!(@next
            { [$crate::declare::models::models] { [$($doc)*] [$($derive)?] $name [$($check)?] } } [] [] $($fields)+);)+
    };

    (@sorted { [$($text:literal)*] [$($derive:ident)?] $name:ident [$($check:ident)?] }
        [$({ [$($rdoc:literal)*] $rfield:ident [$($rwire:literal)?] ($($rtype:tt)+) })*]
        [$({ [$($doc:literal)*] $field:ident [$($wire:literal)?] ($($type:tt)+) })*]
    ) => {
        $(#[doc = $text])*
        #[derive(Clone, Debug, PartialEq $(, $derive)?)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $rdoc])* pub $rfield: $($rtype)+,)*
            $($(#[doc = $doc])* pub $field: Option<$($type)+>,)*
            /// The fields that this version of the crate does not know.
            pub extra: $crate::Extra,
        }

        impl $name {
            #[doc = concat!("Creates a value with what is always there, for tests.")]
            pub fn new($($rfield: impl Into<$($rtype)+>),*) -> Self {
                Self { $($rfield: $rfield.into(),)* $($field: None,)* extra: $crate::Extra::default() }
            }
        }

        $crate::declare::expand::expand!(@default $name [$($rfield)*]);

        impl $crate::wire::kind::Typed for $name {
            const KIND: $crate::wire::kind::Kind = $crate::wire::kind::Kind::Record(&[
                $($crate::declare::models::models!(@field $rfield [$($rwire)?] true ($($rtype)+), [$($rdoc)*]),)*
                $($crate::declare::models::models!(@field $field [$($wire)?] false ($($type)+), [$($doc)*]),)*
            ]);
        }

        impl $crate::wire::read::Read for $name {
            const EXPECTED: &'static str = "an object";

            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                path: &mut $crate::wire::json_path::JsonPath,
            ) -> Result<Option<Self>, D::Error> {
                $crate::wire::record::read_optional_record(deserializer, path)
            }

            fn read_required<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                path: &mut $crate::wire::json_path::JsonPath,
            ) -> Result<Self, D::Error> {
                $crate::wire::record::read_record(deserializer, path)
            }

            #[cfg(feature = "serialize")]
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, serializer)
            }
        }

        const _: () = {
            #[allow(non_camel_case_types, reason = "named as the fields, to number them")]
            enum At { $($rfield,)* $($field,)* }

            impl $crate::wire::record::Record for $name {
                #[inline]
                #[allow(non_upper_case_globals, reason = "named as the fields")]
                fn find(text_of_key: &str) -> Option<(u32, &'static str)> {
                    // Constants, since `stringify!` is not allowed in patterns; by their lengths first, which tells most of them apart.
                    $(const $rfield: (usize, &str) =
                        $crate::wire::keys::with_len($crate::declare::models::models!(@name $rfield $($rwire)?));)*
                    $(const $field: (usize, &str) =
                        $crate::wire::keys::with_len($crate::declare::models::models!(@name $field $($wire)?));)*
                    match $crate::wire::keys::with_len(text_of_key) {
                        $($rfield => Some((At::$rfield as u32, $rfield.1)),)*
                        $($field => Some((At::$field as u32, $field.1)),)*
                        _ => None,
                    }
                }

                fn fields<'de, A: serde::de::MapAccess<'de>>(
                    mut map: A,
                    path: &mut $crate::wire::json_path::JsonPath,
                ) -> Result<Self, A::Error> {
                    $(let mut $rfield: Option<$($rtype)+> = None;)*
                    $(let mut $field: Option<$($type)+> = None;)*
                    let mut extra = $crate::Extra::default();
                    let mut keys = $crate::wire::keys::Keys::new(Self::find);
                    while let Some(number) = map.next_key_seed(&mut keys)? {
                        match number {
                            $(Some(number) if number == At::$rfield as u32 => $crate::wire::record::next_required(
                                &mut map, path, $crate::declare::models::models!(@name $rfield $($rwire)?), &mut $rfield)?,)*
                            $(Some(number) if number == At::$field as u32 => $crate::wire::record::next(
                                &mut map, path, $crate::declare::models::models!(@name $field $($wire)?), &mut $field)?,)*
                            _ => extra.next(&mut map, path, keys.take_unknown())?,
                        }
                    }
                    let value = Self {
                        $($rfield: $crate::wire::record::required(
                            $rfield, $crate::declare::models::models!(@name $rfield $($rwire)?))?,)*
                        $($field,)*
                        extra,
                    };
                    $(value.$check().map_err(serde::de::Error::custom)?;)?
                    Ok(value)
                }
            }

            $crate::wire::keys::check_count(&[$(At::$rfield as u32,)* $(At::$field as u32,)*]);
        };

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read::read_whole(deserializer)
            }
        }

        #[cfg(feature = "serialize")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut record = serde::Serializer::serialize_map(serializer, None)?;
                $(serde::ser::SerializeMap::serialize_entry(
                    &mut record, $crate::declare::models::models!(@name $rfield $($rwire)?), &$crate::wire::read::AsJson(&self.$rfield))?;)*
                $(serde::ser::SerializeMap::serialize_entry(
                    &mut record, $crate::declare::models::models!(@name $field $($wire)?), &$crate::wire::read::AsJson(&self.$field))?;)*
                serde::ser::SerializeMap::end(record)
            }
        }
    };

    (@sorted { $docs:tt $derives:tt $name:ident $($check:tt)? } $req:tt $opt:tt) => {
        compile_error!(concat!("`", stringify!($name), "` has a field with a place: expected `name?: Type,`"));
    };

    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $wire:literal) => { $wire };

    (@field $field:ident [$($wire:literal)?] $required:literal ($($type:tt)+), [$($doc:literal)*]) => {
        $crate::wire::kind::Field {
            place: $crate::wire::kind::Place::Body,
            name: $crate::declare::models::models!(@name $field $($wire)?),
            required: $required,
            kind: <$($type)+ as $crate::wire::kind::Typed>::KIND,
            doc: concat!($($doc),*).trim_ascii(),
            limits: None,
        }
    };
}

pub(crate) use models;
