//! JSON objects whose fields keep their order.

/// Makes a value that serializes as an object with these fields, in this order.
///
/// A field may have attributes of serde. `#[serde(flatten)]` with an `Option` of another object leaves fields out.
macro_rules! object {
    ($($(#[$attribute:meta])* $name:ident: $value:expr),+ $(,)?) => {{
        #[derive(serde::Serialize)]
        struct AdHoc<$($name),+> {
            $($(#[$attribute])* $name: $name,)+
        }
        AdHoc { $($name: $value),+ }
    }};
}

pub(crate) use object;
