//! Product environments, their cloud names and who reaches them.

use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount, NewUser, Switch};
use serde_json::{Value, json};

use crate::common::{account, at, get, message, names, text_at};

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop").description("the shop"))
        .with_sub_account(NewSubAccount::new("Staging").id("s2").enabled(false))
}

fn ids(account: &mut FakeAccount, query: &str) -> Vec<String> {
    let (status, list) = at(account, "GET", &format!("/sub_accounts?{query}"), &Value::Null);
    assert_eq!(status, 200, "{query}: {list}");
    list["sub_accounts"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

fn create(account: &mut FakeAccount, body: &Value) -> (u16, Value) {
    at(account, "POST", "/sub_accounts", body)
}

#[test]
fn a_new_environment_comes_with_its_root_key_and_an_edge_key() {
    let mut account = seeded();
    let (status, text) = text_at(&mut account, "POST", "/sub_accounts", &json!({"name": "My New_One"}));
    assert_eq!(status, 200);
    assert_eq!(
        names(&text),
        [
            "cloud_name",
            "name",
            "enabled",
            "id",
            "api_access_keys",
            "key",
            "secret",
            "enabled",
            "created_at",
            "updated_at",
            "description",
            "custom_attributes",
            "edge_key",
        ]
    );
    let made: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(made["cloud_name"], "My-New-One");
    assert_eq!((&made["description"], &made["custom_attributes"]), (&Value::Null, &Value::Null));
    let root = account.access_keys(made["id"].as_str().unwrap()).next().unwrap();
    assert_eq!((root.name.as_str(), root.root), ("Root", true));
    assert_eq!(made["api_access_keys"], json!([{"key": root.api_key, "secret": root.api_secret, "enabled": true}]));
}

#[test]
fn the_edge_key_comes_once() {
    let mut account = seeded();
    let (_, mut made) = create(&mut account, &json!({"name": "N"}));
    let below = format!("/sub_accounts/{}", made["id"].as_str().unwrap());
    made.as_object_mut().unwrap().remove("edge_key");
    assert_eq!(at(&mut account, "GET", &below, &Value::Null), (200, made));
}

#[test]
fn the_documented_fields_come_alone_by_a_switch() {
    let mut account = seeded().with_switch(Switch::EnvironmentsAsDocumented);
    assert_eq!(create(&mut account, &json!({"name": "N"})).1.as_object().unwrap().len(), 7);
}

#[test]
fn a_cloud_name_consists_of_letters_digits_hyphens_and_underscores_that_become_hyphens() {
    for (cloud_name, status, becomes) in
        [("my_cloud-1", 200, json!("my-cloud-1")), ("a b", 400, Value::Null), ("é", 400, Value::Null)]
    {
        let response = create(&mut seeded(), &json!({"name": "N", "cloud_name": cloud_name}));
        assert_eq!((response.0, &response.1["cloud_name"]), (status, &becomes), "{cloud_name}");
    }
}

#[test]
fn underscores_stay_in_cloud_names_by_a_switch() {
    let mut account = seeded().with_switch(Switch::UnderscoresInCloudNames);
    assert_eq!(create(&mut account, &json!({"name": "N", "cloud_name": "my_cloud"})).1["cloud_name"], "my_cloud");
}

#[test]
fn a_cloud_name_stays_taken_after_deletion_and_in_other_accounts() {
    let mut account = seeded();
    account.take_cloud_name("elsewhere");
    at(&mut account, "DELETE", "/sub_accounts/s1", &Value::Null);
    for taken in ["shop", "SHOP", "staging", "elsewhere"] {
        let response = create(&mut account, &json!({"name": "N", "cloud_name": taken}));
        assert_eq!((response.0, message(&response)), (409, "Customers is invalid"), "{taken}");
    }
    assert_eq!(at(&mut account, "PUT", "/sub_accounts/s2", &json!({"cloud_name": "shop"})).0, 409);
    assert_eq!(at(&mut account, "PUT", "/sub_accounts/s2", &json!({"cloud_name": "Staging"})).0, 200);
}

#[test]
fn an_environment_gets_its_former_cloud_name_back() {
    let mut account = seeded();
    for (id, cloud_name, status) in
        [("s1", "market", 200), ("s2", "shop", 409), ("s1", "SHOP", 200), ("s2", "market", 409)]
    {
        let path = format!("/sub_accounts/{id}");
        assert_eq!(at(&mut account, "PUT", &path, &json!({"cloud_name": cloud_name})).0, status, "{id} {cloud_name}");
    }
}

#[test]
fn an_unknown_base_is_a_400_in_lower_case() {
    let response = create(&mut seeded(), &json!({"name": "N", "base_sub_account_id": "nope"}));
    assert_eq!((response.0, message(&response)), (400, "cannot find sub account with id nope"));
    assert_eq!(create(&mut seeded(), &json!({"name": "N", "base_sub_account_id": "s1"})).0, 200);
}

#[test]
fn a_new_environment_is_enabled_whatever_was_asked_for() {
    let body = json!({"name": "N", "enabled": false});
    assert_eq!(create(&mut seeded(), &body).1["enabled"], true);
    assert_eq!(create(&mut seeded().with_switch(Switch::EnabledOnCreate), &body).1["enabled"], false);
}

#[test]
fn an_update_sets_what_it_names() {
    let mut account = seeded();
    let body = json!({"name": "Other", "enabled": false});
    let (status, after) = at(&mut account, "PUT", "/sub_accounts/s1", &body);
    assert_eq!((status, &after["name"], &after["enabled"]), (200, &json!("Other"), &json!(false)));
    assert_eq!((&after["cloud_name"], &after["description"]), (&json!("shop"), &json!("the shop")));
    assert_eq!(at(&mut account, "PUT", "/sub_accounts/s1", &json!({})), (200, after));
}

#[test]
fn custom_attributes_are_kept_and_replaced_as_a_whole() {
    let mut account = seeded();
    let first = json!({"a": {"deep": [1, null]}, "b": "c"});
    let (_, made) = create(&mut account, &json!({"name": "N", "custom_attributes": first}));
    assert_eq!(made["custom_attributes"], first);
    let below = format!("/sub_accounts/{}", made["id"].as_str().unwrap());
    for second in [json!({"d": 1}), json!({})] {
        let (_, after) = at(&mut account, "PUT", &below, &json!({"custom_attributes": second}));
        assert_eq!(after["custom_attributes"], second);
    }
}

#[test]
fn a_deleted_environment_takes_its_keys_and_everybodys_access_with_it() {
    let mut account = seeded().with_user(NewUser::new("U", "u@example.com").id("u1").sub_account_ids(["s1"]));
    assert_eq!(at(&mut account, "DELETE", "/sub_accounts/s1", &Value::Null), (200, json!({"message": "ok"})));
    assert_eq!(account.access_keys("s1").count(), 0);
    assert_eq!(at(&mut account, "GET", "/sub_accounts/s1/access_keys", &Value::Null).0, 404);
    let (_, user) = get(&mut account, "/u1");
    assert_eq!((&user["all_sub_accounts"], &user["sub_account_count"]), (&json!(false), &json!(0)));
}

#[test]
fn what_is_not_there_is_a_404() {
    for method in ["GET", "PUT", "DELETE"] {
        let response = at(&mut seeded(), method, "/sub_accounts/nope", &json!({}));
        assert_eq!((response.0, message(&response)), (404, "Cannot find sub account with id nope"), "{method}");
    }
}

#[test]
fn many_assets_keep_an_environment_and_its_cloud_name() {
    let mut account = account().with_sub_account(NewSubAccount::new("Full").id("s1").assets(1000));
    assert_eq!(at(&mut account, "DELETE", "/sub_accounts/s1", &Value::Null).0, 400);
    assert_eq!(at(&mut account, "PUT", "/sub_accounts/s1", &json!({"cloud_name": "other"})).0, 400);
    assert_eq!(at(&mut account, "PUT", "/sub_accounts/s1", &json!({"name": "Other"})).0, 200);
}

#[test]
fn filters_have_to_hold_together() {
    let mut account = seeded();
    assert_eq!(ids(&mut account, ""), ["s1", "s2"]);
    assert_eq!(ids(&mut account, "enabled=true"), ["s1"]);
    assert_eq!(ids(&mut account, "enabled=false"), ["s2"]);
    assert_eq!(ids(&mut account, "prefix=sTA"), ["s2"]);
    assert_eq!(ids(&mut account, "cloud_names=staging&cloud_names=nope"), ["s2"]);
    assert_eq!(ids(&mut account, "ids[]=s1&ids[]=s2&enabled=true"), ["s1"]);
    assert_eq!(ids(&mut account, "enabled=&prefix=&ids="), ["s1", "s2"]);
}

#[test]
fn beside_ids_other_filters_are_ignored_by_a_switch() {
    let mut account = seeded().with_switch(Switch::IdsWithoutOtherFilters);
    assert_eq!(ids(&mut account, "ids=s1,s2&enabled=true&prefix=zzz"), ["s1", "s2"]);
}

#[test]
fn a_new_environment_is_forbidden_by_a_switch() {
    let mut account = seeded().with_switch(Switch::NewEnvironmentsForbidden);
    let (_, made) = create(&mut account, &json!({"name": "N"}));
    let id = made["id"].as_str().unwrap();
    for (method, below, action) in [
        ("GET", "", "read"),
        ("PUT", "", "update"),
        ("DELETE", "", "delete"),
        ("GET", "/access_keys", "read"),
        ("POST", "/access_keys", "create"),
    ] {
        let response = at(&mut account, method, &format!("/sub_accounts/{id}{below}"), &json!({}));
        let expected = format!("[prodenv:{id}] Request forbidden due to missing permissions (actions=[\"{action}\"])");
        assert_eq!((response.0, message(&response)), (403, expected.as_str()));
    }
    assert_eq!(at(&mut account, "GET", "/sub_accounts/s1", &Value::Null).0, 200);
}
