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
/// | `()` | nothing: 204, or 200 with a body that is not read |
///
/// The status is 200 where none is given. `section` is the place in the vendor's documentation.
///
/// A field without `?` is an argument of `new`, one with `?` has a setter. `[T]` takes any iterator of `impl Into<T>`;
/// booleans, numbers and `Date` are taken by value, every other type by `impl Into<T>`. The type of a field decides how it
/// is written: [`QueryValue`](crate::wire::query::QueryValue), [`BodyValue`](crate::wire::body::BodyValue). `where` limits the length of
/// a text, the count of a list or the value of a number.
///
/// `Idempotent if field else NotIdempotent` is for an operation that is safer to retry if the field is set; `needs field
/// where other is value` for a field that the value of another one requires; `found by method` for a create whose result
/// can be looked up, as the method says.
macro_rules! operations {
    (
        $resource:ident at $base:ident;
        $(
            $(#[doc = $doc:literal])*
            $(#[doc(alias = $alias:literal)])*
            $method:ident $(/ $segment:tt)+ -> $response:tt $($status:literal)? | $error:literal $($more:literal)*
            $name:ident $id:literal #$section:tt $safety:ident $(if $given:ident else $otherwise:ident)?
                $(needs $needed:ident where $other:ident is $value:ident)? $(found by $lookup:ident)? { $($fields:tt)* }
        )+
    ) => {
        $($crate::declare::operations::operation!(@response $response {
            [$($doc)*] [$($alias)*] $name $id $section [$safety $($given $otherwise)?] [$($needed $other $value)?] [$($lookup)?]
            $method $base [$($segment)+] [$($status)?] [$error $($more)*]
        } [$($segment)+] { $($fields)* });)+

        /// What is declared here, for the catalogue.
        pub(crate) const OPERATIONS: &[$crate::operation::entry::Entry] = &[$($crate::operation::entry::Entry {
            id: $id,
            resource: stringify!($resource),
            name: stringify!($name),
            summary: $crate::declare::expand::expand!(@summary $name $($doc)*),
            method: http::Method::$method,
            prefix: $crate::PathPrefix::$base,
            path: $name::PATH,
            segments: &[$($crate::declare::expand::expand!(@shown $segment)),+],
            safety: $crate::declare::expand::expand!(@safety [$safety $($given $otherwise)?]),
            needs: $crate::declare::expand::expand!(@needs $($needed $other $value)?),
            idempotent_with: $crate::declare::expand::expand!(@given $($given)?),
            fields: $name::FIELDS,
            success: $crate::declare::expand::expand!(@status $($status)?),
            output: $name::OUTPUT,
            response: $name::RESPONSE,
            errors: &[$error $(, $more)*],
            documentation: $crate::declare::expand::expand!(@documentation $base $section),
        }),+];
    };
}

macro_rules! operation {
    // First the shape of the response, as: output, reader, type, keys, whether there is a cursor.
    (@response () $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path { $head { (()) nothing () [] false } } [] $path $fields);
    };
    (@response [$item:ident] $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path { $head { (Vec<$item>) list $item [] false } } [] $path $fields);
    };
    (@response { $key:ident: [$item:ident] } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path { $head { (Vec<$item>) list $item [$key] false } } [] $path $fields);
    };
    (@response { $key:ident: [$item:ident], next_cursor } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path
            { $head { ($crate::CursorPage<$item>) page $item [$key] true } } [] $path $fields);
    };
    (@response { $outer:ident: { $key:ident: [$item:ident] }, next_cursor } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path
            { $head { ($crate::CursorPage<$item>) page $item [$outer $key] true } } [] $path $fields);
    };
    (@response { $key:ident: $item:ident } $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path { $head { ($item) one $item [$key] false } } [] $path $fields);
    };
    (@response SuccessResponse $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path
            { $head { (SuccessResponse) optional SuccessResponse [] false } } [] $path $fields);
    };
    (@response $item:ident $head:tt $path:tt $fields:tt) => {
        $crate::declare::operations::operation!(@path { $head { ($item) one $item [] false } } [] $path $fields);
    };
    (@response $other:tt $head:tt $path:tt $fields:tt) => {
        compile_error!(concat!(
            "`", stringify!($other), "` is not a response: expected `Model`, `[Model]`, `{ key: Model }`, `{ key: [Model] }`, ",
            "`{ key: [Model], next_cursor }`, `{ key: { inner: [Model] }, next_cursor }` or `()`"
        ));
    };

    // Then the fields, those of the path first: a list of what is required and one of what is not.
    (@path $head:tt [$($req:tt)*] [{ $field:ident: $($type:tt)+ } $($rest:tt)*] $fields:tt) => {
        $crate::declare::operations::operation!(@path $head [$($req)* { [] segment $field ($($type)+) () }] [$($rest)*] $fields);
    };
    (@path $head:tt $req:tt [$literal:ident $($rest:tt)*] $fields:tt) => {
        $crate::declare::operations::operation!(@path $head $req [$($rest)*] $fields);
    };
    (@path $head:tt $req:tt [] { $($fields:tt)* }) => {
        $crate::declare::sort::sort!(@next { [$crate::declare::operations::operation] $head } $req [] $($fields)*);
    };

    (@sorted
        { {
            [$summary:literal $($text:literal)*] [$($alias:literal)*] $name:ident $id:literal $section:tt $safety:tt
            [$($needed:ident $other:ident $value:ident)?] [$($lookup:ident)?] $method:ident $base:ident [$($segment:tt)+] [$($status:literal)?]
            [$error:literal $($more:literal)*]
        } { ($output:ty) $reader:ident $item:tt [$($key:ident)*] $cursor:literal } }
        [$({ [$($rdoc:literal)*] $rplace:ident $rfield:ident ($($rtype:tt)+) ($($rlimit:literal)*) })*]
        [$({ [$($doc:literal)*] $place:ident $field:ident ($($type:tt)+) ($($limit:literal)*) })*]
    ) => {
        #[doc = $summary]
        #[doc = ""]
        #[doc = concat!(
            "`", stringify!($method), " ", $crate::declare::keywords::$base!(),
            $("/", $crate::declare::expand::expand!(@shown $segment)),+, "`"
        )]
        #[doc = ""]
        $(#[doc = $text])*
        #[doc = ""]
        #[doc = concat!("Returns ", $crate::declare::expand::expand!(@returns $reader $item), ".")]
        #[doc = ""]
        #[doc = concat!(
            "Errors: ", $error, $(", ", $more,)* ". ", $crate::declare::expand::expand!(@retried $safety),
            " [Vendor's documentation](", $crate::declare::expand::expand!(@documentation $base $section), ")."
        )]
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[must_use = "an operation does nothing until it is sent"]
        #[doc(alias = $id)]
        $(#[doc(alias = $alias)])*
        #[non_exhaustive]
        pub struct $name {
            $(
                #[doc = concat!($($rdoc,)* $crate::declare::keywords::$rplace!(about))]
                pub $rfield: $crate::declare::expand::expand!(@type $($rtype)+),
            )*
            $(
                #[doc = concat!("What [`", stringify!($field), "`](method@Self::", stringify!($field), ") sets.")]
                pub $field: Option<$crate::declare::expand::expand!(@type $($type)+)>,
            )*
        }

        impl $name {
            pub(crate) const FIELDS: &'static [$crate::wire::kind::Field] = &[
                $($crate::declare::expand::expand!(@field $rplace $rfield true ($($rtype)+) ($($rlimit)*) [$($rdoc)*]),)*
                $($crate::declare::expand::expand!(@field $place $field false ($($type)+) ($($limit)*) [$($doc)*]),)*
            ];
            const PATH: &'static str = concat!(
                $crate::declare::keywords::$base!(), $("/", $crate::declare::expand::expand!(@shown $segment)),+
            );
            const OUTPUT: &'static str = $crate::declare::expand::expand!(@output $reader $item);
            pub(crate) const RESPONSE: $crate::operation::entry::ResponseShape = $crate::operation::entry::ResponseShape {
                keys: &[$(stringify!($key)),*],
                kind: <$output as $crate::wire::kind::Typed>::KIND,
                next_cursor: $cursor,
            };

            #[doc = concat!("Creates the operation", $crate::declare::expand::expand!(@with $($rfield)*), ".")]
            $(#[doc = concat!(
                "\n* `", stringify!($rfield), "`:", $($rdoc,)* $crate::declare::keywords::$rplace!(about)
            )])*
            pub fn new($($rfield: $crate::declare::expand::expand!(@argument $($rtype)+)),*) -> Self {
                Self {
                    $($rfield: $crate::declare::expand::expand!(@take $rfield: $($rtype)+),)*
                    $($field: None,)*
                }
            }

            $($crate::declare::expand::expand!(@getter $rplace $rfield $($rtype)+);)*

            $(
                $(#[doc = $doc])*
                pub fn $field(mut self, $field: $crate::declare::expand::expand!(@argument $($type)+)) -> Self {
                    self.$field = Some($crate::declare::expand::expand!(@take $field: $($type)+));
                    self
                }
            )*
        }

        $crate::operation::inherent::inherent!($name);
        $crate::declare::expand::expand!(@default $name [$($rfield)*]);

        impl $crate::operation::operation::sealed::Sealed for $name {
            type Value = $output;

            fn prefix(&self) -> $crate::PathPrefix {
                $crate::PathPrefix::$base
            }

            fn target(&self, target: &mut $crate::wire::target::Target) -> Result<(), $crate::BuildError> {
                $($crate::declare::expand::expand!(@check_needs self $needed $other $value);)?
                $($crate::declare::expand::expand!(@limit self $rplace $rfield $($rlimit)*);)*
                $($crate::declare::expand::expand!(@limit self $place $field $($limit)*);)*
                $($crate::declare::expand::expand!(@segment self target $segment);)+
                $($crate::declare::keywords::$rplace!(query self target $rfield);)*
                $($crate::declare::keywords::$place!(query self target $field);)*
                Ok(())
            }

            fn body(&self) -> Result<Option<Vec<u8>>, $crate::BuildError> {
                if const { !$crate::wire::body::has_body(Self::FIELDS) } {
                    return Ok(None);
                }
                #[allow(unused_mut, reason = "used only where there are fields in the body")]
                let mut body = $crate::wire::body::begin_body();
                $($crate::declare::keywords::$rplace!(body self body $rfield required);)*
                $($crate::declare::keywords::$place!(body self body $field optional);)*
                body.push(b'}');
                Ok(Some(body))
            }

            fn decode(&self, _: http::StatusCode, body: &[u8]) -> Result<$output, $crate::wire::json::Unreadable> {
                $crate::declare::response::$reader::<$item>(body, Self::RESPONSE.keys)
            }

            $(fn lookup(
                &self,
            ) -> Option<Result<$crate::operation::any::Lookup<$output>, $crate::BuildError>> {
                Some(self.$lookup())
            })?
        }

        $crate::declare::expand::expand!(@recover $name $($lookup)?);

        impl $crate::Operation for $name {
            type Output = $output;

            fn id(&self) -> &'static str {
                $id
            }

            fn method(&self) -> http::Method {
                http::Method::$method
            }

            fn safety(&self) -> $crate::Safety {
                $crate::declare::expand::expand!(@by_value self $safety)
            }

            fn path(&self) -> &'static str {
                Self::PATH
            }
        }
    };
    (@sorted { { [] $aliases:tt $name:ident $($head:tt)* } $response:tt } $req:tt $opt:tt) => {
        compile_error!(concat!("`", stringify!($name), "` has no summary: begin its docs with a line that begins with a verb"));
    };
    (@sorted { { $docs:tt $aliases:tt $name:ident $($head:tt)* } $response:tt } $req:tt $opt:tt) => {
        compile_error!(concat!("`", stringify!($name), "` has a field without a place: expected `query` or `body` before its name"));
    };
}

pub(crate) use {operation, operations};
