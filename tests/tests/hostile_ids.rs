//! Whatever an id is, its request goes to the resource of that id or is not built.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use cloudinary_provisioning::{Account, BuildReason, RequestOptions, Secret, users};
use cloudinary_provisioning_tests::{
    hostile::{self, UNSENDABLE},
    wire,
};

fn account() -> Account {
    Account::new("acc", "KEY", Secret::new("SECRET")).unwrap()
}

/// A short form for messages: some ids are 10,000 characters long.
fn short(id: &str) -> String {
    format!("{:?}", id.chars().take(40).collect::<String>())
}

/// The segments of the path of a user, with what follows it.
fn user_path<'a>(account: &'a str, id: &'a str, tail: Option<&'a str>) -> Vec<&'a str> {
    ["v1_1", "provisioning", "accounts", account, "users", id].into_iter().chain(tail).collect()
}

#[test]
fn an_id_is_exactly_one_segment_that_decodes_to_it() {
    for id in hostile::ids() {
        for (operation, tail, built) in hostile::requests(&account(), &id) {
            let request = built.unwrap_or_else(|error| panic!("{operation} of {}: {error}", short(&id)));
            assert!(
                wire::path_segments(request.uri().path()) == user_path("acc", &id, tail),
                "{operation} of {} goes to {:.200}",
                short(&id),
                request.uri()
            );
            assert_eq!(request.uri().query(), None, "{operation} of {}", short(&id));
            assert_eq!(request.uri().authority().unwrap(), "api.cloudinary.com", "{operation} of {}", short(&id));
        }
    }
}

#[test]
fn an_id_that_cannot_be_a_segment_is_refused_by_name() {
    for (id, reason) in UNSENDABLE.iter().zip([BuildReason::Empty, BuildReason::DotSegment, BuildReason::DotSegment]) {
        for (operation, _, built) in hostile::requests(&account(), id) {
            let error = built.expect_err(operation);
            assert_eq!((error.field(), error.reason()), ("user_id", &reason), "{operation} of {id:?}");
        }
    }
}

#[test]
fn an_id_that_no_url_can_hold_is_refused() {
    for id in hostile::too_long() {
        for (operation, _, built) in hostile::requests(&account(), &id) {
            let error = built.expect_err(operation);
            let BuildReason::TooLong { length } = error.reason() else { panic!("{operation}: {error}") };
            assert!(*length > 3 * id.len(), "{operation}: {error}");
            assert!(error.to_string().len() < 200, "{operation}: the error repeats the id");
        }
    }
}

#[test]
fn an_account_id_is_exactly_one_segment_that_decodes_to_it() {
    for id in hostile::ids() {
        let options = RequestOptions::new().account_id(id.as_str());
        let mut built = vec![account().request_with(&users::Get::new("u1"), &options).unwrap()];
        match Account::new(id.as_str(), "KEY", "SECRET") {
            Ok(account) => built.push(account.request(&users::Get::new("u1")).unwrap()),
            Err(error) => {
                assert_eq!(error.part(), "account id");
                assert!(id.contains(hostile::is_junk), "{} is refused", short(&id));
            }
        }
        for request in built {
            assert!(wire::path_segments(request.uri().path()) == user_path(&id, "u1", None), "{:.200}", request.uri());
            assert_eq!(request.uri().query(), None);
        }
    }
}

#[test]
fn an_account_id_that_cannot_be_a_segment_is_refused_by_name() {
    for id in UNSENDABLE {
        assert_eq!(Account::new(id, "KEY", "SECRET").unwrap_err().part(), "account id", "{id:?}");
        let options = RequestOptions::new().account_id(id);
        let error = account().request_with(&users::List::new(), &options).unwrap_err();
        assert_eq!(error.field(), "account_id", "{id:?}");
    }
}

#[test]
fn an_id_in_a_query_is_exactly_one_value_that_decodes_to_it() {
    for id in hostile::ids().into_iter().chain([".", ".."].map(String::from)) {
        let pairs = |list: users::List| wire::request_query(&account().request(&list).unwrap());
        let sub_account = pairs(users::List::new().sub_account_id(id.as_str()).page(2));
        assert!(sub_account == [("sub_account_id", id.as_str()), ("page", "2")].map(owned), "{}", short(&id));
        let ids = pairs(users::List::new().ids([id.as_str(), "u2"]));
        assert!(ids == [("ids", id.as_str()), ("ids", "u2")].map(owned), "{}", short(&id));
    }
}

fn owned((key, value): (&str, &str)) -> (String, String) {
    (key.to_owned(), value.to_owned())
}
