//! [`objects!`]: what requests hold.

/// Objects in the bodies of requests. `field: Type` is an argument of `new`, `field?: Type` a setter, and `field as "name"`
/// has another name on the wire.
macro_rules! objects {
    ($($(#[doc = $doc:literal])* $name:ident { $($fields:tt)+ })+) => {
        $($crate::declare::objects::objects!(@sort { [$($doc)*] $name } [] [] $($fields)+);)+
    };

    (@sort $head:tt [$($req:tt)*] $opt:tt
        $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)?: $type:ty, $($rest:tt)*) => {
        $crate::declare::objects::objects!(@sort $head [$($req)* { [$($doc)*] $field [$($wire)?] $type }] $opt $($rest)*);
    };
    (@sort $head:tt $req:tt [$($opt:tt)*]
        $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)? ?: $type:ty, $($rest:tt)*) => {
        $crate::declare::objects::objects!(@sort $head $req [$($opt)* { [$($doc)*] $field [$($wire)?] $type }] $($rest)*);
    };

    (@sort { [$($text:literal)*] $name:ident }
        [$({ [$($rdoc:literal)*] $rfield:ident [$($rwire:literal)?] $rtype:ty })*]
        [$({ [$($doc:literal)*] $field:ident [$($wire:literal)?] $type:ty })*]
    ) => {
        $(#[doc = $text])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(pub(crate) $rfield: $rtype,)*
            $(pub(crate) $field: Option<$type>,)*
        }

        impl $name {
            /// Creates the object with what it requires.
            $(#[doc = concat!("\n* `", stringify!($rfield), "`:", $($rdoc),*)])*
            pub fn new($($rfield: impl Into<$rtype>),*) -> Self {
                Self { $($rfield: $rfield.into(),)* $($field: None,)* }
            }

            $(
                $(#[doc = $doc])*
                pub fn $field(mut self, $field: impl Into<$type>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*
        }

        impl $crate::wire::kind::Typed for $name {
            const KIND: $crate::wire::kind::Kind = $crate::wire::kind::Kind::Record(&[
                $($crate::declare::models::models!(@field $rfield [$($rwire)?] true $rtype, [$($rdoc)*]),)*
                $($crate::declare::models::models!(@field $field [$($wire)?] false $type, [$($doc)*]),)*
            ]);
        }

        impl $crate::wire::body::BodyValue for $name {
            fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), $crate::BuildError> {
                body.push(b'{');
                $($crate::wire::body::write_field(body, $crate::declare::models::models!(@name $rfield $($rwire)?), &self.$rfield)
                    .map_err(|error| error.within(name))?;)*
                $(if let Some(value) = &self.$field {
                    $crate::wire::body::write_field(body, $crate::declare::models::models!(@name $field $($wire)?), value)
                        .map_err(|error| error.within(name))?;
                })*
                body.push(b'}');
                Ok(())
            }
        }
    };
}

pub(crate) use objects;
