//! [`objects!`]: one declaration for each kind of object.

/// Declares the objects of a manifest. `field: Type` identifies the object and is an argument of `new`, `field?: Type` may
/// be left out and has a setter. `[Type]` is a set.
macro_rules! objects {
    ($(
        $(#[$doc:meta])*
        $name:ident in $kind:ident {
            $($(#[$id_doc:meta])* $id:ident: $id_type:tt,)+
            ;
            $($(#[$field_doc:meta])* $field:ident?: $type:tt,)*
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$id_doc])* pub $id: $crate::manifest::declare::objects!(@type $id_type),)+
            $($(#[$field_doc])* pub $field: Option<$crate::manifest::declare::objects!(@type $type)>,)*
            /// Whether it should exist.
            pub state: $crate::manifest::State,
            /// Where it is declared. It does not take part in comparisons.
            pub declared_at: $crate::manifest::DeclaredAt,
        }

        impl $name {
            /// The kind of these objects.
            pub const KIND: $crate::manifest::ObjectKind = $crate::manifest::ObjectKind::$kind;

            /// Creates one that should exist, with no other field set.
            pub fn new($($id: $crate::manifest::declare::objects!(@argument $id_type)),+) -> Self {
                Self {
                    $($id: $crate::manifest::declare::objects!(@from $id_type $id),)+
                    $($field: None,)*
                    state: $crate::manifest::State::Present,
                    declared_at: $crate::manifest::DeclaredAt::default(),
                }
            }

            $(
                #[doc = concat!("Sets `", stringify!($field), "`.")]
                pub fn $field(mut self, $field: $crate::manifest::declare::objects!(@argument $type)) -> Self {
                    self.$field = Some($crate::manifest::declare::objects!(@from $type $field));
                    self
                }
            )*

            /// Says that it should not exist.
            pub fn absent(mut self) -> Self {
                self.state = $crate::manifest::State::Absent;
                self
            }

            /// Whether it should not exist.
            pub fn is_absent(&self) -> bool {
                self.state == $crate::manifest::State::Absent
            }
        }

        impl $crate::manifest::declaration::Declaration for $name {
            const KIND: $crate::manifest::ObjectKind = Self::KIND;
            const FIELDS: &'static [&'static str] =
                &[$(stringify!($id),)+ $(stringify!($field),)* $crate::manifest::declaration::STATE];

            fn read(fields: &mut $crate::manifest::declaration::Fields<'_, '_>) -> Option<Self> {
                // All of them first, so that every problem is found.
                $(let $id = fields.required(stringify!($id));)+
                $(let $field = fields.optional(stringify!($field));)*
                let state = fields.optional($crate::manifest::declaration::STATE).unwrap_or_default();
                let declared_at = fields.declared_at();
                Some(Self { $($id: $id?,)+ $($field,)* state, declared_at })
            }

            fn write(&self) -> Vec<(&'static str, $crate::manifest::tree::Node<'_>)> {
                use $crate::manifest::field::FieldValue as _;
                let identity = [$(Some((stringify!($id), self.$id.write())),)+];
                let fields = [$(self.$field.as_ref().map(|value| (stringify!($field), value.write())),)*];
                let state = self.is_absent().then(|| ($crate::manifest::declaration::STATE, self.state.write()));
                // In front of the fields, of which the last may be a table.
                identity.into_iter().chain([state]).chain(fields).flatten().collect()
            }

            fn says_more(&self) -> bool {
                [$(self.$field.is_some() && $crate::manifest::declaration::is_more(stringify!($field)),)*].contains(&true)
            }
        }
    )+};

    (@type [$type:ty]) => { std::collections::BTreeSet<$type> };
    (@type $type:ty) => { $type };
    (@argument [$type:ty]) => { impl IntoIterator<Item = impl Into<$type>> };
    (@argument $type:ty) => { impl Into<$type> };
    (@from [$type:ty] $value:ident) => { $value.into_iter().map(Into::into).collect() };
    (@from $type:tt $value:ident) => { $value.into() };
}

pub(super) use objects;
