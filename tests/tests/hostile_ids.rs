//! Whatever a text is, its request says just that, or is not built.

use std::collections::BTreeSet;

use cloudinary_provisioning::catalog::Place;
use cloudinary_provisioning::{Account, BuildReason, RequestOptions, Secret, users};
use cloudinary_provisioning_tests::{
    hostile::{self, Decoded, UNSENDABLE, is_refused},
    wire,
};

fn account() -> Account {
    Account::new("acc", "KEY", Secret::new("SECRET")).unwrap()
}

/// A short form for messages: some ids are 10,000 characters long.
fn short(id: &str) -> String {
    format!("{:?}", id.chars().take(40).collect::<String>())
}

#[test]
fn a_text_is_exactly_one_segment_value_or_string_that_decodes_to_it() {
    for text in hostile::ids() {
        for (field, sample, expected) in hostile::in_each_field(&text) {
            let what = || format!("{} of {} with {}", field.name, sample.id(), short(&text));
            let request = sample.request(&account()).unwrap_or_else(|error| panic!("{}: {error}", what()));
            assert!(Decoded::new(&request) == expected, "{} goes to {:.200}", what(), request.uri());
            assert_eq!(request.uri().authority().unwrap(), "api.cloudinary.com", "{}", what());
        }
    }
}

#[test]
fn an_id_that_cannot_be_a_segment_is_refused_by_name() {
    for (id, reason) in UNSENDABLE.iter().zip([BuildReason::Empty, BuildReason::DotSegment, BuildReason::DotSegment]) {
        for (field, sample, _) in hostile::in_each_field(id).iter().filter(|(field, _, _)| is_refused(field, id)) {
            let error = sample.request(&account()).expect_err(sample.id());
            assert_eq!((error.field(), error.reason()), (field.name, &reason), "{} of {id:?}", sample.id());
        }
    }
}

#[test]
fn an_id_or_a_list_that_is_empty_is_refused_by_name_wherever_it_stands() {
    let refused: Vec<_> = hostile::in_each_field("")
        .iter()
        .filter_map(|(field, sample, _)| {
            let error = sample.request(&account()).err()?;
            assert_eq!((error.field(), error.reason()), (field.name, &BuildReason::Empty), "{}", sample.id());
            Some(field.name)
        })
        .collect();
    let names: BTreeSet<_> = refused.into_iter().collect();
    let expected = [
        "base_sub_account_id",
        "cloud_names",
        "emails",
        "group_id",
        "id",
        "ids",
        "key",
        "name",
        "policy_id",
        "principal_id",
        "role_id",
        "scope_id",
        "sub_account_id",
        "sub_account_ids",
        "system_policy_ids",
        "user_id",
    ];
    assert_eq!(names, BTreeSet::from(expected));
}

#[test]
fn a_text_that_no_url_can_hold_is_refused() {
    for text in hostile::too_long() {
        for (field, sample, _) in hostile::in_each_field(&text) {
            if field.place == Place::Body {
                continue;
            }
            let error = sample.request(&account()).expect_err(sample.id());
            let BuildReason::TooLong { length } = error.reason() else { panic!("{}: {error}", sample.id()) };
            assert!(*length > 3 * text.len(), "{}: {error}", sample.id());
            assert!(error.to_string().len() < 200, "{}: the error repeats the text", sample.id());
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
            let path = ["v1_1", "provisioning", "accounts", &id, "users", "u1"];
            assert!(wire::path_segments(request.uri().path()) == path, "{:.200}", request.uri());
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
