//! [`operations!`]: operations from their declarations.

/// A resource: its name and base, then its operations, each as
///
/// ```text
/// /// Summary, in one line.
/// ///
/// /// More, with an example.
/// #[doc(alias = "words to search for")]
/// METHOD /path/{field: Type} -> response status | errors
/// Name "operationId" #section Safety {
///     /// What the field means.
///     query field?: Type,
///     body field: Type where 1..=100,
/// }
/// ```
///
/// | response | is |
/// |---|---|
/// | `Model`, `[Model]` | the body itself |
/// | `{ key: Type }`, `{ key: [Type] }` | what is under the key |
/// | `{ key: [Type], next_cursor }`, `{ key: { inner: [Type] }, next_cursor }` | a list with a cursor |
/// | `()` | nothing that is read: 204, or 200 with any body |
///
/// The status is 200 where none is given. `section` is the place in the vendor's documentation.
///
/// A field without `?` is an argument of `new`, one with `?` a setter. `[T]` takes what iterates over such; booleans,
/// numbers and `Date` are taken by value, every other type by `impl Into<T>`. What a field does on the wire is its type's
/// business: [`QueryValue`](crate::wire::QueryValue), [`BodyValue`](crate::wire::BodyValue). `where` limits the length of
/// a text, the count of a list or the value of a number.
///
/// `Idempotent if field else NotIdempotent` is for an operation that a given field makes safer to retry; `checked method`
/// calls a method of the operation before anything is written.
macro_rules! operations {
    (
        $resource:ident at $base:ident;
        $(
            #[doc = $summary:literal]
            $(#[doc = $doc:literal])*
            $(#[doc(alias = $alias:literal)])*
            $method:ident $(/ $segment:tt)+ -> $reply:tt $($status:literal)? | $error:literal $($more:literal)*
            $name:ident $id:literal #$section:tt $safety:ident $(if $given:ident else $otherwise:ident)?
                $(checked $check:ident)? { $($fields:tt)* }
        )+
    ) => {
        $($crate::declare::operation!(@reply $reply {
            [$summary] [$($doc)*] [$($alias)*] $name $id $section [$safety $($given $otherwise)?] [$($check)?]
            $method $base [$($segment)+] [$($status)?] [$error $($more)*]
        } [$($segment)+] { $($fields)* });)+

        /// What is declared here, for the catalogue.
        pub(crate) const OPERATIONS: &[$crate::catalog::Entry] = &[$($crate::catalog::Entry {
            id: $id,
            resource: stringify!($resource),
            name: stringify!($name),
            summary: $crate::declare::operation!(@trimmed $summary),
            method: <$name as $crate::Operation>::METHOD,
            base: $crate::Base::$base,
            path: <$name as $crate::Operation>::PATH,
            segments: &[$($crate::declare::operation!(@shown $segment)),+],
            safety: <$name as $crate::Operation>::SAFETY,
            idempotent_with: $crate::declare::operation!(@given $($given)?),
            fields: $name::FIELDS,
            success: $crate::declare::operation!(@status $($status)?),
            response: $name::RESPONSE,
            errors: &[$error $(, $more)*],
            documentation: $crate::declare::operation!(@documentation $base $section),
        }),+];
    };
}

macro_rules! operation {
    // First the shape of the response, as: output, reader, type, keys, whether there is a cursor.
    (@reply () $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path { $head { (()) nothing () [] false } } [] $path $fields);
    };
    (@reply [$item:ident] $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path { $head { (Vec<$item>) list $item [] false } } [] $path $fields);
    };
    (@reply { $key:ident: [$item:ident] } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path { $head { (Vec<$item>) list $item [$key] false } } [] $path $fields);
    };
    (@reply { $key:ident: [$item:ident], next_cursor } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path
            { $head { ($crate::CursorPage<$item>) page $item [$key] true } } [] $path $fields);
    };
    (@reply { $outer:ident: { $key:ident: [$item:ident] }, next_cursor } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path
            { $head { ($crate::CursorPage<$item>) page $item [$outer $key] true } } [] $path $fields);
    };
    (@reply { $key:ident: $item:ident } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path { $head { ($item) one $item [$key] false } } [] $path $fields);
    };
    (@reply SuccessResponse $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path
            { $head { (SuccessResponse) optional SuccessResponse [] false } } [] $path $fields);
    };
    (@reply $item:ident $head:tt $path:tt $fields:tt) => {
        $crate::declare::operation!(@path { $head { ($item) one $item [] false } } [] $path $fields);
    };

    // Then the fields, those of the path first: a list of what is required and one of what is not.
    (@path $head:tt [$($req:tt)*] [{ $field:ident: $type:ident } $($rest:tt)*] $fields:tt) => {
        $crate::declare::operation!(@path $head [$($req)* { [] path $field ($type) () }] [$($rest)*] $fields);
    };
    (@path $head:tt $req:tt [$literal:ident $($rest:tt)*] $fields:tt) => {
        $crate::declare::operation!(@path $head $req [$($rest)*] $fields);
    };
    (@path $head:tt $req:tt [] { $($fields:tt)* }) => { $crate::declare::operation!(@sort $head $req [] $($fields)*); };

    (@sort $head:tt [$($req:tt)*] $opt:tt $(#[doc = $doc:literal])* $place:ident $field:ident:
        $type:tt $(<$of:ident>)? $(where $min:literal..=$max:literal)?, $($rest:tt)*) => {
        $crate::declare::operation!(@sort $head
            [$($req)* { [$($doc)*] $place $field ($type $(<$of>)?) ($($min $max)?) }] $opt $($rest)*);
    };
    (@sort $head:tt $req:tt [$($opt:tt)*] $(#[doc = $doc:literal])* $place:ident $field:ident?:
        $type:tt $(<$of:ident>)? $(where $min:literal..=$max:literal)?, $($rest:tt)*) => {
        $crate::declare::operation!(@sort $head $req
            [$($opt)* { [$($doc)*] $place $field ($type $(<$of>)?) ($($min $max)?) }] $($rest)*);
    };

    (@sort
        { {
            [$summary:literal] [$($text:literal)*] [$($alias:literal)*] $name:ident $id:literal $section:tt $safety:tt
            [$($check:ident)?] $method:ident $base:ident [$($segment:tt)+] [$($status:literal)?]
            [$error:literal $($more:literal)*]
        } { ($output:ty) $reader:ident $item:tt [$($key:ident)*] $cursor:literal } }
        [$({ [$($rdoc:literal)*] $rplace:ident $rfield:ident ($($rtype:tt)+) ($($rlimit:literal)*) })*]
        [$({ [$($doc:literal)*] $place:ident $field:ident ($($type:tt)+) ($($limit:literal)*) })*]
    ) => {
        #[doc = $summary]
        #[doc = ""]
        #[doc = concat!(
            "`", stringify!($method), " ", $crate::declare::operation!(@base $base),
            $("/", $crate::declare::operation!(@shown $segment)),+, "`"
        )]
        #[doc = ""]
        $(#[doc = $text])*
        #[doc = ""]
        #[doc = concat!(
            "Errors: ", $error, $(", ", $more,)* ". ", $crate::declare::operation!(@retried $safety),
            " [Vendor's documentation](", $crate::declare::operation!(@documentation $base $section), ")."
        )]
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[must_use = "an operation does nothing until it is sent"]
        #[doc(alias = $id)]
        $(#[doc(alias = $alias)])*
        pub struct $name {
            $(pub(crate) $rfield: $crate::declare::operation!(@type $($rtype)+),)*
            $(pub(crate) $field: Option<$crate::declare::operation!(@type $($type)+)>,)*
        }

        impl $name {
            pub(crate) const FIELDS: &'static [$crate::catalog::Field] = &[
                $($crate::declare::operation!(@field $rplace $rfield true ($($rtype)+) ($($rlimit)*) [$($rdoc)*]),)*
                $($crate::declare::operation!(@field $place $field false ($($type)+) ($($limit)*) [$($doc)*]),)*
            ];
            pub(crate) const RESPONSE: $crate::catalog::ResponseShape = $crate::catalog::ResponseShape {
                keys: &[$(stringify!($key)),*],
                kind: <$output as $crate::wire::Typed>::KIND,
                next_cursor: $cursor,
            };

            #[doc = concat!("Creates the operation", $crate::declare::operation!(@with $($rfield)*), ".")]
            $(#[doc = concat!(
                "\n* `", stringify!($rfield), "`:", $($rdoc,)* $crate::declare::operation!(@about $rplace)
            )])*
            pub fn new($($rfield: $crate::declare::operation!(@argument $($rtype)+)),*) -> Self {
                Self {
                    $($rfield: $crate::declare::operation!(@take $rfield: $($rtype)+),)*
                    $($field: None,)*
                }
            }

            $($crate::declare::operation!(@getter $rplace $rfield $($rtype)+);)*

            $(
                $(#[doc = $doc])*
                pub fn $field(mut self, $field: $crate::declare::operation!(@argument $($type)+)) -> Self {
                    self.$field = Some($crate::declare::operation!(@take $field: $($type)+));
                    self
                }
            )*
        }

        $crate::operation::inherent!($name);
        $crate::declare::operation!(@default $name [$($rfield)*]);

        impl $crate::operation::sealed::Sealed for $name {
            type Value = $output;

            fn base(&self) -> $crate::Base {
                $crate::Base::$base
            }

            fn target(&self, target: &mut $crate::target::Target) -> Result<(), $crate::BuildError> {
                $(self.$check()?;)?
                $($crate::declare::operation!(@limit self $rfield $($rlimit)*);)*
                $($crate::declare::operation!(@limit self $field $($limit)*);)*
                $($crate::declare::operation!(@segment self target $segment);)+
                $($crate::declare::operation!(@query $rplace self target $rfield);)*
                $($crate::declare::operation!(@query $place self target $field);)*
                Ok(())
            }

            fn body(&self) -> Result<Option<Vec<u8>>, $crate::BuildError> {
                if const { !$crate::wire::has_body(Self::FIELDS) } {
                    return Ok(None);
                }
                #[allow(unused_mut, reason = "used only where there are fields in the body")]
                let mut body = $crate::wire::begin_body();
                $($crate::declare::operation!(@body $rplace self body $rfield required);)*
                $($crate::declare::operation!(@body $place self body $field optional);)*
                body.push(b'}');
                Ok(Some(body))
            }

            fn decode(_: http::StatusCode, body: &[u8]) -> Result<$output, $crate::json::Unreadable> {
                $crate::declare::response::$reader::<$item>(body, Self::RESPONSE.keys)
            }
        }

        impl $crate::Operation for $name {
            const ID: &'static str = $id;
            const METHOD: http::Method = http::Method::$method;
            const SAFETY: $crate::Safety = $crate::declare::operation!(@safety $safety);
            const PATH: &'static str =
                concat!($crate::declare::operation!(@base $base), $("/", $crate::declare::operation!(@shown $segment)),+);
            type Output = $output;

            $crate::declare::operation!(@by_value $safety);
        }
    };

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
            place: $crate::declare::operation!(@place $place),
            name: stringify!($field),
            required: $required,
            kind: <$crate::declare::operation!(@type $($type)+) as $crate::wire::Typed>::KIND,
            doc: $crate::declare::operation!(@doc ($($type)+) [$($doc)*]),
            limits: $crate::declare::operation!(@limits $($limit)*),
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

pub(crate) use {operation, operations};
