//! The words of a declaration: prefixes, safeties and places, each a macro of its name. Any other word is an error at the
//! word, since such a macro does not exist. Types are passed as tokens, so that an error points at the declaration.

macro_rules! Provisioning {
    () => {
        "/v1_1/provisioning/accounts/{account_id}"
    };
}
macro_rules! Permissions {
    () => {
        "/v2/accounts/{account_id}/permissions"
    };
}
macro_rules! Public {
    () => {
        "/v2/accounts/permissions/public"
    };
}
macro_rules! Agents {
    () => {
        "/v1_1/provisioning"
    };
}

macro_rules! Safe {
    () => {
        "Changes nothing; retried."
    };
}
macro_rules! Idempotent {
    () => {
        "Idempotent; retried."
    };
}
macro_rules! NotIdempotent {
    () => {
        "Not idempotent; retried only if known not to be processed."
    };
}

macro_rules! segment {
    (place) => {
        $crate::wire::kind::Place::Path
    };
    (about) => {
        " Which one, in the path."
    };
    (kind $($type:tt)+) => {
        $crate::wire::kind::path_kind::<$($type)+>()
    };
    (query $self:ident $target:ident $field:ident) => {};
    (body $self:ident $body:ident $field:ident required) => {};
}

macro_rules! query {
    (place) => {
        $crate::wire::kind::Place::Query
    };
    (about) => {
        ""
    };
    (kind $($type:tt)+) => {
        $crate::wire::query::query_kind::<$($type)+>()
    };
    (query $self:ident $target:ident $field:ident) => {
        $crate::wire::query::QueryValue::write(&$self.$field, stringify!($field), $target)?
    };
    (body $self:ident $body:ident $field:ident $mode:ident) => {};
}

macro_rules! body {
    (place) => {
        $crate::wire::kind::Place::Body
    };
    (about) => {
        ""
    };
    (kind $($type:tt)+) => {
        $crate::wire::body::body_kind::<$($type)+>()
    };
    (query $self:ident $target:ident $field:ident) => {};
    (body $self:ident $body:ident $field:ident required) => {
        $crate::wire::body::write_field(&mut $body, stringify!($field), &$self.$field)?
    };
    (body $self:ident $body:ident $field:ident optional) => {
        if let Some(value) = &$self.$field {
            $crate::wire::body::write_field(&mut $body, stringify!($field), value)?;
        }
    };
}

pub(crate) use {Agents, Idempotent, NotIdempotent, Permissions, Provisioning, Public, Safe, body, query, segment};
