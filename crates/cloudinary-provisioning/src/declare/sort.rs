//! [`sort!`]: the fields of a declaration, those that are required apart from the others.

/// Sorts fields into two lists, and gives them to the macro in the head: `macro!(@sorted head [required] [optional])`.
///
/// | declared as | sorted as |
/// |---|---|
/// | `place name: Type<Of> where 1..=2,` | `{ [docs] place name (Type<Of>) (1 2) }` |
/// | `name as "wire": Type<Of>,` | `{ [docs] name ["wire"] (Type<Of>) }` |
///
/// Those with `?` behind the name are not required. What is not a field is an error that names it.
macro_rules! sort {
    (@next $head:tt [$($req:tt)*] $opt:tt $(#[doc = $doc:literal])* $place:ident $field:ident:
        $type:tt $(<$of:ident>)? $(where $min:literal..=$max:literal)?, $($rest:tt)*) => {
        $crate::declare::sort::sort!(@next $head
            [$($req)* { [$($doc)*] $place $field ($type $(<$of>)?) ($($min $max)?) }] $opt $($rest)*);
    };
    (@next $head:tt $req:tt [$($opt:tt)*] $(#[doc = $doc:literal])* $place:ident $field:ident?:
        $type:tt $(<$of:ident>)? $(where $min:literal..=$max:literal)?, $($rest:tt)*) => {
        $crate::declare::sort::sort!(@next $head $req
            [$($opt)* { [$($doc)*] $place $field ($type $(<$of>)?) ($($min $max)?) }] $($rest)*);
    };
    (@next $head:tt [$($req:tt)*] $opt:tt $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)?:
        $type:tt $(<$of:ident>)?, $($rest:tt)*) => {
        $crate::declare::sort::sort!(@next $head
            [$($req)* { [$($doc)*] $field [$($wire)?] ($type $(<$of>)?) }] $opt $($rest)*);
    };
    (@next $head:tt $req:tt [$($opt:tt)*] $(#[doc = $doc:literal])* $field:ident $(as $wire:literal)? ?:
        $type:tt $(<$of:ident>)?, $($rest:tt)*) => {
        $crate::declare::sort::sort!(@next $head $req
            [$($opt)* { [$($doc)*] $field [$($wire)?] ($type $(<$of>)?) }] $($rest)*);
    };
    (@next { [$($macro:tt)+] $head:tt } $req:tt $opt:tt) => { $($macro)+!(@sorted $head $req $opt); };

    // Mistakes.
    (@next $head:tt $req:tt $opt:tt $(#[doc = $doc:literal])* $($word:ident)+ $($wire:literal)? $(?)? $(:)?
        $(, $($rest:tt)*)?) => {
        compile_error!(concat!("the field `", stringify!($($word)+ $($wire)?), "` has no type"));
    };
    (@next $head:tt $req:tt $opt:tt $(#[doc = $doc:literal])* $($word:ident)+ $($wire:literal)? $(?)?:
        $type:tt $($rest:tt)*) => {
        compile_error!(concat!(
            "the field `", stringify!($($word)+ $($wire)?), "` does not end with a comma behind its type, ",
            "or behind `where` and a range such as `1..=100`"
        ));
    };
    (@next $head:tt $req:tt $opt:tt $($rest:tt)+) => {
        compile_error!(concat!("expected a field, such as `name?: Type,`, found `", stringify!($($rest)+), "`"));
    };
}

pub(crate) use sort;
