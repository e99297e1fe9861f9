// A base and a safety that do not exist.
#![allow(warnings)]
include!("core.in");

mod prefix {
    use crate::UserId;
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Somewhere;

        /// Gets a thing.
        GET /things/{thing_id: UserId} -> User | 401
        Get "getThing" #get_thing Safe {}
    }
}

mod safety {
    use crate::UserId;
    use crate::users::User;

    crate::declare::operations::operations! {
        things at Provisioning;

        /// Gets a thing.
        GET /things/{thing_id: UserId} -> User | 401
        Get "getThing" #get_thing Harmless {}
    }
}

fn main() {}
