// A place that does not exist, and declarations of another shape.
#![allow(warnings)]
include!("core.in");

mod place {
    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> Thing | 401
        Create "createThing" #create_thing NotIdempotent {
            /// The name.
            header name: String,
        }
    }
}

mod missing_summary {
    crate::declare::operations::operations! {
        things at Provisioning;

        GET /things/{thing_id: UserId} -> Thing | 401
        Get "getThing" #get_thing Safe {}
    }
}

mod forgotten_comma {
    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> Thing | 401
        Create "createThing" #create_thing NotIdempotent {
            /// The name.
            body name: String
            /// The size.
            body size?: u32,
        }
    }
}

mod forgotten_last_comma {
    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> Thing | 401
        Create "createThing" #create_thing NotIdempotent {
            /// The name.
            body name: String
        }
    }
}

mod missing_type {
    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> Thing | 401
        Create "createThing" #create_thing NotIdempotent {
            /// The name.
            body name,
        }
    }
}

mod forgotten_comma_in_a_model {
    crate::declare::models::models! {
        /// A thing.
        Thing {
            /// The id.
            id: UserId
            /// The name.
            name?: String,
        }
    }
}

mod forgotten_comma_in_an_object {
    crate::declare::objects::objects! {
        /// A thing.
        Thing {
            /// The id.
            id: UserId
        }
    }
}

fn main() {}
