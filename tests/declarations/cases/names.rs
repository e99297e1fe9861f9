// Types that do not exist.
#![allow(warnings)]
include!("core.in");

mod model {
    use crate::UserId;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Gets a thing.
        GET /things/{thing_id: UserId} -> Thing | 401
        Get "getThing" #get_thing Safe {}
    }
}

mod item_of_a_list {
    crate::declare::operations::operations! {
        things at Provisioning;

        /// Lists things.
        GET /things -> { things: [Thing] } | 401
        List "getThings" #get_things Safe {}
    }
}

mod field {
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Creates a thing.
        POST /things -> User | 401
        Create "createThing" #create_thing NotIdempotent {
            /// The size.
            body size?: Size,
        }
    }
}

fn main() {}
