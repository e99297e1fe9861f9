//! Parts of what [`operations!`](super::operations) expands to, each from a few words of a declaration.

macro_rules! part {
    (@getter path $field:ident $type:ident) => {
        #[doc = concat!("Returns `", stringify!($field), "`.")]
        pub fn $field(&self) -> &$type {
            &self.$field
        }
    };
    (@getter query $field:ident $($type:tt)+) => {};
    (@getter body $field:ident $($type:tt)+) => {};

    (@base Provisioning) => { "/v1_1/provisioning/accounts/{account_id}" };
    (@base Permissions) => { "/v2/accounts/{account_id}/permissions" };
    (@base Public) => { "/v2/accounts/permissions/public" };
    (@base Agents) => { "/v1_1/provisioning" };
    (@base $unknown:ident) => {
        compile_error!(concat!("`", stringify!($unknown), "` is no base: Provisioning, Permissions, Public or Agents"))
    };

    (@documentation Agents _) => { "https://cloudinary.com/documentation/provisioning_api" };
    (@documentation $base:ident $section:ident) => {
        concat!("https://cloudinary.com/documentation/provisioning_api#", stringify!($section))
    };

    (@shown {$field:ident: $type:ident}) => { concat!("{", stringify!($field), "}") };
    (@shown $literal:ident) => { stringify!($literal) };

    (@trimmed $summary:literal) => { $summary.trim_ascii() };
    (@given) => { None };
    (@given $given:ident) => { Some(stringify!($given)) };
    (@status) => { 200 };
    (@status $status:literal) => { $status };

    (@safety [$safety:ident]) => { $crate::Safety::$safety };
    (@safety [$safety:ident $given:ident $otherwise:ident]) => { $crate::Safety::$otherwise };
    (@by_value [$safety:ident]) => {};
    (@by_value [$safety:ident $given:ident $otherwise:ident]) => {
        fn safety(&self) -> $crate::Safety {
            if self.$given.is_some() { $crate::Safety::$safety } else { $crate::Safety::$otherwise }
        }
    };
    (@retried [Safe]) => { "Changes nothing; retried." };
    (@retried [Idempotent]) => { "Idempotent; retried." };
    (@retried [NotIdempotent]) => { "Not idempotent; retried only if surely not processed." };
    (@retried [Idempotent $given:ident NotIdempotent]) => {
        concat!("Idempotent and retried where `", stringify!($given), "` is given; else only if surely not processed.")
    };

    (@with) => { "" };
    (@with $($field:ident)+) => { " with what it requires" };
    (@about path) => { " which one, in the path." };
    (@about query) => { "" };
    (@about body) => { "" };

    (@default $name:ident []) => {
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    (@default $name:ident [$($required:ident)+]) => {};

    (@field $place:ident $field:ident $required:literal ($($type:tt)+) ($($limit:literal)*) [$($doc:literal)*]) => {
        $crate::catalog::Field {
            place: $crate::declare::part!(@place $place),
            name: stringify!($field),
            required: $required,
            kind: <$crate::declare::part!(@type $($type)+) as $crate::wire::Typed>::KIND,
            doc: $crate::declare::part!(@doc ($($type)+) [$($doc)*]),
            limits: $crate::declare::part!(@limits $($limit)*),
        }
    };
    (@place path) => { $crate::Place::Path };
    (@place query) => { $crate::Place::Query };
    (@place body) => { $crate::Place::Body };
    (@doc ($type:ident) []) => { <$type as $crate::wire::Typed>::DOC.trim_ascii() };
    (@doc $type:tt [$($doc:literal)+]) => { concat!($($doc),+).trim_ascii() };
    (@limits) => { None };
    (@limits $min:literal $max:literal) => { Some(($min, $max)) };

    (@limit $self:ident $field:ident) => {};
    (@limit $self:ident $field:ident $min:literal $max:literal) => {
        $crate::wire::check_limits(stringify!($field), &$self.$field, $min, $max)?
    };
    (@segment $self:ident $target:ident {$field:ident: $type:ident}) => {
        $target.segment(stringify!($field), $self.$field.as_ref())?
    };
    (@segment $self:ident $target:ident $literal:ident) => { $target.literal(stringify!($literal)) };

    (@query query $self:ident $target:ident $field:ident) => {
        $crate::wire::QueryValue::write(&$self.$field, stringify!($field), $target)?
    };
    (@query path $self:ident $target:ident $field:ident) => {};
    (@query body $self:ident $target:ident $field:ident) => {};

    (@body body $self:ident $body:ident $field:ident required) => {
        $crate::wire::write_field(&mut $body, stringify!($field), &$self.$field)?
    };
    (@body body $self:ident $body:ident $field:ident optional) => {
        if let Some(value) = &$self.$field {
            $crate::wire::write_field(&mut $body, stringify!($field), value)?;
        }
    };
    (@body path $self:ident $body:ident $field:ident required) => {};
    (@body query $self:ident $body:ident $field:ident $mode:ident) => {};

    (@type [$item:ident]) => { Vec<$item> };
    (@type $type:ident $(<$of:ident>)?) => { $type $(<$of>)? };
    (@argument bool) => { bool };
    (@argument u32) => { u32 };
    (@argument i32) => { i32 };
    (@argument Date) => { Date };
    (@argument [$item:ident]) => { impl IntoIterator<Item: Into<$item>> };
    (@argument $type:ident $(<$of:ident>)?) => { impl Into<$type $(<$of>)?> };
    (@take $field:ident: bool) => { $field };
    (@take $field:ident: u32) => { $field };
    (@take $field:ident: i32) => { $field };
    (@take $field:ident: Date) => { $field };
    (@take $field:ident: [$item:ident]) => { $field.into_iter().map(Into::into).collect() };
    (@take $field:ident: $type:ident $(<$of:ident>)?) => { $field.into() };
}

pub(crate) use part;
