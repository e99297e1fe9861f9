//! [`objects!`]: what requests hold.

/// Objects in the bodies of requests. `field: Type` is an argument of `new`, `field?: Type` a setter, and `field as "name"`
/// has another name on the wire.
macro_rules! objects {
    ($($(#[doc = $doc:literal])* $(#[derive($($derive:ident),+)])? $name:ident { $($fields:tt)+ })+) => {
        $($crate::declare::sort::sort!(@next
            { [$crate::declare::objects::objects] { [$($doc)*] [$($($derive)+)?] $name } } [] [] $($fields)+);)+
    };

    (@sorted { [$($text:literal)*] [$($derive:ident)*] $name:ident }
        [$({ [$($rdoc:literal)*] $rfield:ident [$($rwire:literal)?] ($($rtype:tt)+) })*]
        [$({ [$($doc:literal)*] $field:ident [$($wire:literal)?] ($($type:tt)+) })*]
    ) => {
        $(#[doc = $text])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash $(, $derive)*)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[doc = $rdoc])* pub $rfield: $($rtype)+,)*
            $($(#[doc = $doc])* pub $field: Option<$($type)+>,)*
        }

        impl $name {
            /// Creates the object with what it requires.
            $(#[doc = concat!("\n* `", stringify!($rfield), "`:", $($rdoc),*)])*
            pub fn new($($rfield: impl Into<$($rtype)+>),*) -> Self {
                Self { $($rfield: $rfield.into(),)* $($field: None,)* }
            }

            $(
                $(#[doc = $doc])*
                pub fn $field(mut self, $field: impl Into<$($type)+>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*

            $crate::operation::inherent::maybe!();
        }

        impl From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl $crate::wire::kind::Typed for $name {
            const KIND: $crate::wire::kind::Kind = $crate::wire::kind::Kind::Record(&[
                $($crate::declare::models::models!(@field $rfield [$($rwire)?] true ($($rtype)+), [$($rdoc)*]),)*
                $($crate::declare::models::models!(@field $field [$($wire)?] false ($($type)+), [$($doc)*]),)*
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
    (@sorted $head:tt $req:tt $opt:tt) => { $crate::declare::models::models!(@sorted $head $req $opt); };
}

pub(crate) use objects;
