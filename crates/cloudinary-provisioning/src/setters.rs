//! Chainable setters of optional parameters.

/// Writes one setter per line, for fields that are `Option`s:
/// `name: T` takes a `T`, `name: into T` takes what converts to it, `name: list T` takes what iterates over such.
macro_rules! setters {
    ($name:ident { $($rest:tt)* }) => {
        impl $name {
            $crate::setters::setters!(@each $($rest)*);
        }
    };
    (@each) => {};
    (@each $(#[$doc:meta])* $field:ident: into $type:ty, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $field(mut self, $field: impl Into<$type>) -> Self {
            self.$field = Some($field.into());
            self
        }
        $crate::setters::setters!(@each $($rest)*);
    };
    (@each $(#[$doc:meta])* $field:ident: list $type:ty, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $field<I>(mut self, $field: I) -> Self
        where
            I: IntoIterator,
            I::Item: Into<$type>,
        {
            self.$field = Some($field.into_iter().map(Into::into).collect());
            self
        }
        $crate::setters::setters!(@each $($rest)*);
    };
    (@each $(#[$doc:meta])* $field:ident: $type:ty, $($rest:tt)*) => {
        $(#[$doc])*
        pub fn $field(mut self, $field: $type) -> Self {
            self.$field = Some($field);
            self
        }
        $crate::setters::setters!(@each $($rest)*);
    };
}

pub(crate) use setters;
