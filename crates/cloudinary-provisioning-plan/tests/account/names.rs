//! Names in place of ids: how few calls tell the ids, and what they say.

use cloudinary_provisioning_fake::{
    FakeAccount, Fault, NewAccessKey, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser, PermissionType,
    ScopeType,
};
use cloudinary_provisioning_plan::Survey;
use cloudinary_provisioning_plan::names::{NameError, Reference};

use crate::support::World;

fn account() -> FakeAccount {
    let role = |id: &str, scope| NewRole::new("Auditors", scope, PermissionType::Global).id(id);
    FakeAccount::new("acc", "key", "secret")
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_sub_account(NewSubAccount::new("shop").id("s2").cloud_name("other"))
        .with_sub_account(NewSubAccount::new("s1").id("s3").cloud_name("third"))
        .with_access_key("s2", NewAccessKey::new("ci").api_key("814"))
        .with_access_key("s2", NewAccessKey::new("814").api_key("815"))
        .with_users([
            NewUser::new("Ada", "ada@example.com").id("u1"),
            NewUser::new("Alan", "Alan@example.com").id("u2"),
        ])
        .with_group(NewGroup::new("Editors").id("g1"))
        .with_group(NewGroup::new("g1").id("g2"))
        .with_role(role("auditors", ScopeType::Account))
        .with_role(role("r2", ScopeType::Prodenv))
        .with_custom_policy(policy("Guard", "p1"))
        .with_custom_policy(policy("Guard", "p2").in_environment("s2"))
        .with_custom_policy(policy("p2", "p3").in_environment("all"))
        .with_custom_policy(policy("Twin", "p4"))
        .with_custom_policy(policy("Twin", "p5").enabled(false))
}

fn policy(name: &str, id: &str) -> NewCustomPolicy {
    let statement = format!("permit(principal == Cloudinary::User::\"{id}\", action, resource);");
    NewCustomPolicy::new(name, statement).id(id)
}

fn environment(text: &str) -> Reference {
    Reference::Environment(text.to_owned())
}

fn user(text: &str) -> Reference {
    Reference::User(text.to_owned())
}

fn group(text: &str) -> Reference {
    Reference::Group(text.to_owned())
}

fn role(text: &str) -> Reference {
    Reference::Role(text.to_owned())
}

fn custom_policy(text: &str) -> Reference {
    Reference::Policy(text.to_owned())
}

#[test]
fn names_become_ids_in_one_call_for_each_kind() {
    for (references, ids, calls) in [
        (vec![user("u1"), group("id:g1")], vec!["u1", "g1"], 0),
        (vec![user("ADA@example.com"), user("alan@example.com")], vec!["u1", "u2"], 1),
        (vec![group("Editors"), user("ada@example.com")], vec!["g1", "u1"], 2),
        // An id wins over a name.
        (vec![group("g1"), environment("s1"), environment("third")], vec!["g1", "s1", "s3"], 2),
        // The environments, and the keys of the one that both mean.
        (vec![Reference::key("other", "ci"), Reference::key("s2", "814")], vec!["814", "814"], 2),
        (
            vec![role("auditors"), role("account/Auditors"), role("prodenv/Auditors")],
            vec!["auditors", "auditors", "r2"],
            2,
        ),
        (vec![custom_policy("account/Guard")], vec!["p1"], 1),
        (vec![custom_policy("other/Guard"), custom_policy("s2/Guard")], vec!["p2", "p2"], 2),
        // Those for all are listed with each product environment.
        (vec![custom_policy("all/p2")], vec!["p3"], 2),
        (vec![custom_policy("p2"), custom_policy("id:account/x")], vec!["p2", "account/x"], 0),
    ] {
        let (snapshot, made) = World::new(account()).read(Survey::names(references.clone()));
        let found: Vec<_> = references.iter().map(|reference| snapshot.find(reference).unwrap()).collect();
        assert_eq!((found, made), (ids.into_iter().map(str::to_owned).collect(), calls), "{references:?}");
    }
}

#[test]
fn what_is_not_there_or_not_clear_is_an_error_that_says_so() {
    for (reference, error) in [
        (user("eve@example.com"), "there is no user \"eve@example.com\""),
        (group("editors"), "there is no user group \"editors\""),
        (Reference::key("third", "ci"), "there is no access key \"ci\" in product environment \"third\""),
        (Reference::key("fourth", "ci"), "there is no product environment \"fourth\""),
        (
            environment("shop"),
            "product environment \"shop\" is ambiguous: it could be s1 (cloud name shop, name Shop), or s2 (cloud name \
             other, name shop); give the id",
        ),
        (
            role("Auditors"),
            "role \"Auditors\" is ambiguous: it could be auditors (account/Auditors, global), or r2 (prodenv/Auditors, \
             global); give the id",
        ),
        (
            custom_policy("shop/Guard"),
            "product environment \"shop\" is ambiguous: it could be s1 (cloud name shop, name \
             Shop), or s2 (cloud name other, name shop); give the id",
        ),
        (
            custom_policy("account/Twin"),
            "custom policy \"account/Twin\" is ambiguous: it could be p4, or p5 (disabled); give the id",
        ),
        (custom_policy("account/p2"), "there is no custom policy \"account/p2\""),
    ] {
        let (snapshot, _) = World::new(account()).read(Survey::names([reference.clone()]));
        assert_eq!(snapshot.find(&reference).unwrap_err().to_string(), error);
    }
}

#[test]
fn a_list_that_may_not_be_read_leaves_the_name_open() {
    for reference in [
        user("ada@example.com"),
        group("Editors"),
        environment("shop"),
        Reference::key("x", "ci"),
        role("A"),
        custom_policy("account/A"),
    ] {
        let script = std::iter::repeat_n(Fault::status(403), 2);
        let (snapshot, _) = World::new(account().with_script(script)).read(Survey::names([reference.clone()]));
        let error = snapshot.find(&reference).unwrap_err();
        assert!(matches!(error, NameError::Unread { .. }), "{error}");
        assert!(error.to_string().contains("403 Forbidden"), "{error}");
    }
}
