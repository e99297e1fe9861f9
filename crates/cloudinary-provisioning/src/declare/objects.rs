//! [`objects!`]: what requests hold.

/// Objects in the bodies of requests. `field: Type` is an argument of `new`, `field?: Type` a setter, and `field as "name"`
/// has another name on the wire.
macro_rules! objects {
    ($($(#[doc = $doc:literal])* $name:ident { $($fields:tt)+ })+) => {
        $($crate::declare::objects!(@sort { [$($doc)*] $name } [] [] $($fields)+);)+
    };

    (@sort $head:tt [$($req:tt)*] $opt:tt
        $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)?: $type:ty, $($rest:tt)*) => {
        $crate::declare::objects!(@sort $head [$($req)* { [$($doc)*] $field [$($wire)?] $type }] $opt $($rest)*);
    };
    (@sort $head:tt $req:tt [$($opt:tt)*]
        $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)? ?: $type:ty, $($rest:tt)*) => {
        $crate::declare::objects!(@sort $head $req [$($opt)* { [$($doc)*] $field [$($wire)?] $type }] $($rest)*);
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

        impl $crate::wire::Typed for $name {
            const KIND: $crate::Kind = $crate::Kind::Record(&[
                $($crate::declare::models!(@field $rfield [$($rwire)?] true $rtype, [$($rdoc)*]),)*
                $($crate::declare::models!(@field $field [$($wire)?] false $type, [$($doc)*]),)*
            ]);
        }

        impl $crate::wire::BodyValue for $name {
            fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), $crate::BuildError> {
                body.push(b'{');
                $($crate::wire::write_field(body, $crate::declare::models!(@name $rfield $($rwire)?), &self.$rfield)
                    .map_err(|error| error.within(name))?;)*
                $(if let Some(value) = &self.$field {
                    $crate::wire::write_field(body, $crate::declare::models!(@name $field $($wire)?), value)
                        .map_err(|error| error.within(name))?;
                })*
                body.push(b'}');
                Ok(())
            }
        }
    };
}

pub(crate) use objects;
