//! [`models!`]: what responses hold.

/// Objects in responses. `field: Type` is always there and an argument of `new`, `field?: Type` may be absent or null, and
/// `field as "name"` has another name on the wire. `checked method` calls a method that may refuse what was read.
macro_rules! models {
    ($($(#[doc = $doc:literal])* $(#[derive($derive:ident)])? $name:ident $(checked $check:ident)? { $($fields:tt)+ })+) => {
        $($crate::declare::models!(@sort { [$($doc)*] [$($derive)?] $name [$($check)?] } [] [] $($fields)+);)+
    };

    (@sort $head:tt [$($req:tt)*] $opt:tt
        $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)?: $type:ty, $($rest:tt)*) => {
        $crate::declare::models!(@sort $head [$($req)* { [$($doc)*] $field [$($wire)?] $type }] $opt $($rest)*);
    };
    (@sort $head:tt $req:tt [$($opt:tt)*]
        $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)? ?: $type:ty, $($rest:tt)*) => {
        $crate::declare::models!(@sort $head $req [$($opt)* { [$($doc)*] $field [$($wire)?] $type }] $($rest)*);
    };

    (@sort { [$($text:literal)*] [$($derive:ident)?] $name:ident [$($check:ident)?] }
        [$({ [$($rdoc:literal)*] $rfield:ident [$($rwire:literal)?] $rtype:ty })*]
        [$({ [$($doc:literal)*] $field:ident [$($wire:literal)?] $type:ty })*]
    ) => {
        $(#[doc = $text])*
        #[derive(Clone, Debug, PartialEq $(, $derive)?)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $rdoc])* pub $rfield: $rtype,)*
            $($(#[doc = $doc])* pub $field: Option<$type>,)*
        }

        impl $name {
            #[doc = concat!("Creates a value with what is always there, for tests.")]
            pub fn new($($rfield: impl Into<$rtype>),*) -> Self {
                Self { $($rfield: $rfield.into(),)* $($field: None,)* }
            }
        }

        $crate::declare::part!(@default $name [$($rfield)*]);

        impl $crate::wire::Typed for $name {
            const KIND: $crate::Kind = $crate::Kind::Record(&[
                $($crate::declare::models!(@field $rfield [$($rwire)?] true $rtype, [$($rdoc)*]),)*
                $($crate::declare::models!(@field $field [$($wire)?] false $type, [$($doc)*]),)*
            ]);
        }

        impl $crate::wire::Read for $name {
            const EXPECTED: &'static str = "an object";

            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                trail: &mut $crate::wire::Trail,
            ) -> Result<Option<Self>, D::Error> {
                $crate::wire::read_optional_record(deserializer, trail)
            }

            fn read_required<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                trail: &mut $crate::wire::Trail,
            ) -> Result<Self, D::Error> {
                $crate::wire::read_record(deserializer, trail)
            }

            #[cfg(feature = "serialize")]
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde::Serialize::serialize(self, serializer)
            }
        }

        const _: () = {
            #[allow(non_camel_case_types, reason = "named as the fields, to number them")]
            enum At { $($rfield,)* $($field,)* }

            impl $crate::wire::Record for $name {
                #[inline]
                #[allow(non_upper_case_globals, reason = "named as the fields")]
                fn find(text_of_key: &str) -> Option<(u32, &'static str)> {
                    // Constants, since a pattern can be no macro; by their lengths first, which tells most of them apart.
                    $(const $rfield: (usize, &str) =
                        $crate::wire::sized($crate::declare::models!(@name $rfield $($rwire)?));)*
                    $(const $field: (usize, &str) =
                        $crate::wire::sized($crate::declare::models!(@name $field $($wire)?));)*
                    match $crate::wire::sized(text_of_key) {
                        $($rfield => Some((At::$rfield as u32, $rfield.1)),)*
                        $($field => Some((At::$field as u32, $field.1)),)*
                        _ => None,
                    }
                }

                fn fields<'de, A: serde::de::MapAccess<'de>>(
                    mut map: A,
                    trail: &mut $crate::wire::Trail,
                ) -> Result<Self, A::Error> {
                    $(let mut $rfield: Option<$rtype> = None;)*
                    $(let mut $field: Option<$type> = None;)*
                    let mut keys = $crate::wire::Keys::new(Self::find);
                    while let Some(number) = map.next_key_seed(&mut keys)? {
                        match number {
                            $(Some(number) if number == At::$rfield as u32 => $crate::wire::next_required(
                                &mut map, trail, $crate::declare::models!(@name $rfield $($rwire)?), &mut $rfield)?,)*
                            $(Some(number) if number == At::$field as u32 => $crate::wire::next(
                                &mut map, trail, $crate::declare::models!(@name $field $($wire)?), &mut $field)?,)*
                            _ => $crate::wire::ignore(&mut map)?,
                        }
                    }
                    let value = Self {
                        $($rfield: $crate::wire::required(
                            $rfield, $crate::declare::models!(@name $rfield $($rwire)?))?,)*
                        $($field,)*
                    };
                    $(value.$check().map_err(serde::de::Error::custom)?;)?
                    Ok(value)
                }
            }
        };

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::read_whole(deserializer)
            }
        }

        #[cfg(feature = "serialize")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut record = serde::Serializer::serialize_map(serializer, None)?;
                $(serde::ser::SerializeMap::serialize_entry(
                    &mut record, $crate::declare::models!(@name $rfield $($rwire)?), &$crate::wire::Written(&self.$rfield))?;)*
                $(serde::ser::SerializeMap::serialize_entry(
                    &mut record, $crate::declare::models!(@name $field $($wire)?), &$crate::wire::Written(&self.$field))?;)*
                serde::ser::SerializeMap::end(record)
            }
        }
    };

    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $wire:literal) => { $wire };

    (@field $field:ident [$($wire:literal)?] $required:literal $type:ty, [$($doc:literal)*]) => {
        $crate::catalog::Field {
            place: $crate::Place::Body,
            name: $crate::declare::models!(@name $field $($wire)?),
            required: $required,
            kind: <$type as $crate::wire::Typed>::KIND,
            doc: concat!($($doc),*).trim_ascii(),
            limits: None,
        }
    };
}

pub(crate) use models;
