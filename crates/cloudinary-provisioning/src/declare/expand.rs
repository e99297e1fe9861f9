//! Parts of what [`operations!`](super::operations) expands to, each from a few words of a declaration.

macro_rules! expand {
    (@getter segment $field:ident $type:ident) => {
        #[doc = concat!("Returns `", stringify!($field), "`.")]
        pub fn $field(&self) -> &$type {
            &self.$field
        }
    };
    (@getter query $field:ident $($type:tt)+) => {};
    (@getter body $field:ident $($type:tt)+) => {};

    (@documentation Agents _) => { "https://cloudinary.com/documentation/provisioning_api" };
    (@documentation $base:ident $section:ident) => {
        concat!("https://cloudinary.com/documentation/provisioning_api#", stringify!($section))
    };

    (@shown {$field:ident: $type:ident}) => { concat!("{", stringify!($field), "}") };
    (@shown $literal:ident) => { stringify!($literal) };

    (@needs) => { None };
    (@needs $needed:ident $other:ident $value:ident) => {
        Some($crate::operation::entry::Needs {
            field: stringify!($needed), other: stringify!($other), value: stringify!($value),
        })
    };
    (@check_needs $self:ident $needed:ident $other:ident $value:ident) => {
        if let Some(needs) = $crate::declare::expand::expand!(@needs $needed $other $value) as Option<_> {
            $crate::operation::entry::Needs::check(
                needs,
                $crate::wire::given::Given::text(&$self.$needed).is_some(),
                $crate::wire::given::Given::text(&$self.$other),
            )?;
        }
    };
    (@recover $name:ident) => {};
    (@recover $name:ident $lookup:ident) => { impl $crate::Recover for $name {} };

    (@summary $name:ident) => { "" };
    (@summary $name:ident $summary:literal $($text:literal)*) => {{
        assert!(!$summary.trim_ascii().is_empty(), concat!("`", stringify!($name), "` has no summary"));
        $summary.trim_ascii()
    }};

    (@output nothing $item:tt) => { "()" };
    (@output list $item:ident) => { concat!("Vec<", stringify!($item), ">") };
    (@output page $item:ident) => { concat!("CursorPage<", stringify!($item), ">") };
    (@output $reader:ident $item:ident) => { stringify!($item) };

    (@returns nothing $item:tt) => { "nothing" };
    (@returns list $item:ident) => { concat!("a list of [`", stringify!($item), "`]") };
    (@returns page $item:ident) => { concat!("a page of [`", stringify!($item), "`], with the cursor of the next one") };
    (@returns $reader:ident $item:ident) => { concat!("a [`", stringify!($item), "`]") };

    (@given) => { None };
    (@given $given:ident) => { Some(stringify!($given)) };
    (@status) => { 200 };
    (@status $status:literal) => { $status };

    (@safety [$safety:ident]) => { $crate::Safety::$safety };
    (@safety [$safety:ident $given:ident $otherwise:ident]) => { $crate::Safety::$otherwise };
    (@by_value $self:ident [$safety:ident]) => { $crate::Safety::$safety };
    (@by_value $self:ident [$safety:ident $given:ident $otherwise:ident]) => {
        if $self.$given.is_some() { $crate::Safety::$safety } else { $crate::Safety::$otherwise }
    };
    (@retried [$safety:ident]) => { $crate::declare::keywords::$safety!() };
    (@retried [$safety:ident $given:ident $otherwise:ident]) => {
        concat!("With `", stringify!($given), "`: ", $crate::declare::keywords::$safety!(), " Without: ",
            $crate::declare::keywords::$otherwise!())
    };

    (@with) => { "" };
    (@with $($field:ident)+) => { " with what it requires" };

    (@default $name:ident []) => {
        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    (@default $name:ident [$($required:ident)+]) => {};

    (@field $place:ident $field:ident $required:literal ($($type:tt)+) ($($limit:literal)*) [$($doc:literal)*]) => {
        $crate::wire::kind::Field {
            place: $crate::declare::keywords::$place!(place),
            name: stringify!($field),
            required: $required,
            kind: $crate::declare::keywords::$place!(kind $($type)+),
            doc: $crate::declare::expand::expand!(@doc ($($type)+) [$($doc)*]),
            limits: $crate::declare::expand::expand!(@limits ($($type)+) $($limit)*),
        }
    };
    (@doc ($type:ident) []) => { <$type as $crate::wire::kind::Typed>::DOC.trim_ascii() };
    (@doc $type:tt [$($doc:literal)+]) => { concat!($($doc),+).trim_ascii() };
    (@limits $type:tt) => { None };
    (@limits ($($type:tt)+) $min:literal $max:literal) => {
        $crate::wire::limits::limits::<$($type)+>($min, $max)
    };

    (@limit $self:ident $place:ident $field:ident) => {};
    (@limit $self:ident $place:ident $field:ident $min:literal $max:literal) => {
        $crate::wire::limits::check_limits(
            $crate::declare::keywords::$place!(place), stringify!($field), &$self.$field, $min, $max)?
    };
    (@segment $self:ident $target:ident {$field:ident: $type:ident}) => {
        $target.segment(stringify!($field), $self.$field.as_ref())?
    };
    (@segment $self:ident $target:ident $literal:ident) => { $target.literal(stringify!($literal)) };

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

pub(crate) use expand;
