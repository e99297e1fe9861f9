// Types that cannot stand where they stand.
#![allow(warnings)]
include!("core.in");

/// Not a type of any field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other;

mod method {
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Gets a thing.
        FETCH /things -> User | 401
        Get "getThing" #get_thing Safe {}
    }
}

mod response {
    use super::Other;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Gets a thing.
        GET /things -> Other | 401
        Get "getThing" #get_thing Safe {}
    }
}

mod item_of_a_list {
    use super::Other;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Lists things.
        GET /things -> { things: [Other] } | 401
        List "getThings" #get_things Safe {}
    }
}

mod path {
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Gets a thing.
        GET /things/{size: u32} -> User | 401
        Get "getThing" #get_thing Safe {}
    }
}

mod query {
    use super::Other;
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Lists things.
        GET /things -> { things: [User] } | 401
        List "getThings" #get_things Safe {
            /// Another.
            query other?: Other,
        }
    }
}

mod body {
    use super::Other;
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> User | 401
        Create "createThing" #create_thing NotIdempotent {
            /// Another.
            body other?: Other,
        }
    }
}

mod limits_of_a_boolean {
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> User | 401
        Create "createThing" #create_thing NotIdempotent {
            /// Whether it is on.
            body enabled?: bool where 0..=1,
        }
    }
}

mod safe_by_no_field {
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> User | 401
        Create "createThing" #create_thing Idempotent if id else NotIdempotent {
            /// The name.
            body name: String,
        }
    }
}

mod field_of_a_model {
    use super::Other;

    crate::declare::models::models! {
        /// A thing.
        Thing {
            /// Another.
            other?: Other,
        }
    }
}

mod field_of_an_object {
    use super::Other;

    crate::declare::objects::objects! {
        /// A thing.
        Thing {
            /// Another.
            other: Other,
        }
    }
}

fn main() {}
