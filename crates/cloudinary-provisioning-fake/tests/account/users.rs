//! The seven user operations, one request at a time.

use crate::common::{USERS, account, ask, delete, get, message, post, put};
use cloudinary_provisioning_fake::{FakeAccount, NewGroup, NewSubAccount, NewUser, Switch};
use http::{Method, Request};
use serde_json::json;
use time::OffsetDateTime;

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1").description("first"))
        .with_sub_account(NewSubAccount::new("Two").id("s2").cloud_name("deux").enabled(false))
        .with_user(NewUser::new("John Ronald Doe", "john@example.com").id("u1"))
        .with_user(NewUser::new("Jenny", "jenny@example.com").id("u2").sub_account_ids(["s2"]))
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u2"]))
        .with_group(NewGroup::new("Viewers").id("g2").member("u1"))
}

mod authentication {
    use super::*;

    fn with_header(target: &str, authorization: Option<&str>) -> u16 {
        let mut request = Request::get(target);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let response = account().respond(request.body(Vec::new()).unwrap());
        if response.status() == 401 {
            let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            assert!(body["error"]["message"].is_string());
            assert!(response.headers().contains_key("www-authenticate"));
        }
        response.status().as_u16()
    }

    #[test]
    fn the_right_credentials_are_let_in() {
        // base64 of KEY:SECRET
        assert_eq!(with_header(USERS, Some("Basic S0VZOlNFQ1JFVA==")), 200);
        assert_eq!(with_header(USERS, Some("basic S0VZOlNFQ1JFVA==")), 200);
    }

    #[test]
    fn missing_and_wrong_credentials_are_a_401() {
        for wrong in [
            None,
            Some(""),
            Some("Basic"),
            Some("Basic !"),
            Some("Basic S0VZOnNlY3JldA=="),
            Some("Bearer S0VZOlNFQ1JFVA=="),
        ] {
            assert_eq!(with_header(USERS, wrong), 401, "{wrong:?}");
        }
    }

    #[test]
    fn another_accounts_id_is_a_401() {
        let other = "/v1_1/provisioning/accounts/other/users";
        assert_eq!(with_header(other, Some("Basic S0VZOlNFQ1JFVA==")), 401);
    }

    #[test]
    fn debug_shows_neither_key_nor_secret() {
        let text = format!("{:?}", seeded());
        assert!(!text.contains("SECRET") && !text.contains("KEY") && !text.contains("S0VZ"), "{text}");
    }
}

mod routing {
    use super::*;

    #[test]
    fn an_unknown_path_is_a_404() {
        for path in ["/", "/v1_1/provisioning/accounts/acc/groups", "/v2/accounts/acc/roles"] {
            assert_eq!(ask(&mut seeded(), Method::GET, path, "").status(), 404, "{path}");
        }
    }

    #[test]
    fn another_method_is_a_405_that_lists_the_right_ones() {
        for (method, below, allow) in [
            (Method::DELETE, "", "GET, HEAD, POST"),
            (Method::POST, "/u1", "GET, HEAD, PUT, DELETE"),
            (Method::PATCH, "/u1", "GET, HEAD, PUT, DELETE"),
            (Method::PUT, "/u1/groups", "GET, HEAD"),
            (Method::DELETE, "/u1/sub_accounts", "GET, HEAD"),
        ] {
            let response = ask(&mut seeded(), method, &format!("{USERS}{below}"), "{}");
            assert_eq!(response.status(), 405);
            assert_eq!(response.headers()["allow"], allow);
        }
    }

    #[test]
    fn ids_are_decoded_once() {
        let mut account = account().with_user(NewUser::new("A", "a@example.com").id("a%2fb"));
        account.insert_user(NewUser::new("B", "b@example.com").id("a/b"));
        account.insert_user(NewUser::new("C", "c@example.com").id("é \n?#"));
        assert_eq!(get(&mut account, "/a%252fb").1["name"], "A");
        assert_eq!(get(&mut account, "/a%2fb").1["name"], "B");
        assert_eq!(get(&mut account, "/%C3%A9%20%0A%3F%23").1["name"], "C");
    }

    #[test]
    fn empty_and_dot_segments_reach_nothing_but_an_unknown_user() {
        for id in ["", ".", "..", "%2e%2e", "..%2fsub_accounts"] {
            let mut account = seeded();
            assert_eq!(get(&mut account, &format!("/{id}")).0, 404, "{id}");
            assert_eq!(put(&mut account, id, "{}").0, 404, "{id}");
            assert_eq!(delete(&mut account, id).0, 404, "{id}");
            assert_eq!(account.user_count(), 2);
        }
    }

    #[test]
    fn head_is_a_get_without_the_body() {
        let mut account = seeded();
        let get = ask(&mut account, Method::GET, &format!("{USERS}/u1"), "");
        let head = ask(&mut account, Method::HEAD, &format!("{USERS}/u1"), "");
        assert_eq!(head.status(), 200);
        assert!(head.body().is_empty());
        assert_eq!(head.headers()["content-length"], get.body().len().to_string().as_str());
    }
}

mod create {
    use super::*;

    #[test]
    fn name_and_email_make_an_enabled_pending_user_with_access_to_everything() {
        let mut account = seeded();
        let (status, user) = post(&mut account, r#"{"name":"Zoë Z","email":"Zoe@Example.com"}"#);
        assert_eq!(status, 200);
        let id = user["id"].as_str().unwrap().to_owned();
        assert_eq!(
            user,
            json!({
                "id": id,
                "name": "Zoë Z",
                "first_name": "Zoë",
                "last_name": "Z",
                "role": "media_library_user",
                "email": "Zoe@Example.com",
                "pending": true,
                "enabled": true,
                "created_at": "2026-01-01T00:00:01Z",
                "updated_at": "2026-01-01T00:00:01Z",
                "last_login": null,
                "all_sub_accounts": true,
                "providers": [],
                "email_preferences": {},
                "account_id": "acc",
                "two_factor": false,
                "status": "pending",
                "root": false,
                "technical_role": null,
                "group_count": 0,
                "sub_account_count": 2,
                "groups": [],
                "sub_account_ids": "",
            })
        );
        assert_eq!(get(&mut account, &format!("/{id}")).1, user);
        assert_eq!(account.users().last().unwrap().id, id);
    }

    #[test]
    fn everything_may_be_said_at_once() {
        let mut account = seeded();
        let body = r#"{"name":"N","email":"n@example.com","role":"billing","enabled":false,"sub_account_ids":["s2"]}"#;
        let (status, user) = post(&mut account, body);
        assert_eq!(status, 200);
        assert_eq!(user["role"], "billing");
        assert_eq!(user["enabled"], false);
        assert_eq!(user["all_sub_accounts"], false);
        assert_eq!(user["sub_account_count"], 1);
    }

    #[test]
    fn an_empty_list_is_access_to_everything() {
        let mut account = seeded();
        let (_, user) = post(&mut account, r#"{"name":"N","email":"n@example.com","sub_account_ids":[]}"#);
        assert_eq!(user["all_sub_accounts"], true);
        assert_eq!(user["sub_account_count"], 2);
        assert_eq!(account.user_by_email("n@example.com").unwrap().sub_account_ids, None);
    }

    #[test]
    fn the_documented_fields_come_alone_by_a_switch() {
        let mut account = seeded().with_switch(Switch::UsersAsDocumented);
        assert_eq!(get(&mut account, "/u2").1.as_object().unwrap().len(), 21);
    }

    #[test]
    fn a_master_admins_list_is_ignored() {
        let mut account = seeded();
        let body = r#"{"name":"M","email":"m@example.com","role":"master_admin","sub_account_ids":["unknown"]}"#;
        let (status, user) = post(&mut account, body);
        assert_eq!(status, 200);
        assert_eq!(user["all_sub_accounts"], true);
    }

    #[test]
    fn a_taken_email_is_a_409_whatever_its_case() {
        let mut account = seeded();
        let response = post(&mut account, r#"{"name":"J","email":"JOHN@example.COM"}"#);
        assert_eq!(response.0, 409);
        assert!(message(&response).contains("JOHN@example.COM"));
        assert_eq!(account.user_count(), 2);
    }

    #[test]
    fn an_unknown_sub_account_is_a_404() {
        let mut account = seeded();
        let body = r#"{"name":"N","email":"n@example.com","sub_account_ids":["s1","nope"]}"#;
        let response = post(&mut account, body);
        assert_eq!(response.0, 404);
        assert_eq!(message(&response), "Cannot find sub account with id nope");
        assert_eq!(account.user_count(), 2);
    }

    #[test]
    fn what_is_missing_or_wrong_is_a_400_that_names_it() {
        for (body, name) in [
            ("", "body"),
            ("{\"name\":", "body"),
            ("[]", "name"),
            ("[1]", "body"),
            ("{}", "name"),
            (r#"{"email":"n@example.com"}"#, "name"),
            (r#"{"name":"N"}"#, "email"),
            (r#"{"name":"N","email":"nobody"}"#, "email"),
            (r#"{"name":"N","email":"n@example.com","role":"king"}"#, "role"),
            (r#"{"name":"N","email":"n@example.com","enabled":1}"#, "enabled"),
            (r#"{"name":null,"email":"n@example.com"}"#, "name"),
            (r#"{"name":" ","email":"n@example.com"}"#, "name"),
            (r#"{"name":7,"email":"n@example.com"}"#, "name"),
            (r#"{"name":"N","email":"a b@c"}"#, "email"),
            (r#"{"name":"N","email":"n@example.com","sub_account_ids":"s1"}"#, "sub_account_ids"),
            (r#"{"name":"N","email":"n@example.com","sub_account_ids":[1]}"#, "sub_account_ids"),
        ] {
            let mut account = seeded();
            let response = post(&mut account, body);
            assert_eq!(response.0, 400, "{body}");
            assert!(message(&response).contains(name), "{body}: {}", message(&response));
            assert_eq!(account.user_count(), 2);
        }
    }

    #[test]
    fn the_email_of_a_deleted_user_is_free_again() {
        let mut account = seeded();
        delete(&mut account, "u1");
        assert_eq!(post(&mut account, r#"{"name":"J","email":"john@example.com"}"#).0, 200);
    }
}

mod update {
    use super::*;

    #[test]
    fn only_what_is_given_changes() {
        let mut account = seeded();
        let (_, before) = get(&mut account, "/u1");
        let (status, after) = put(&mut account, "u1", r#"{"enabled":false}"#);
        assert_eq!(status, 200);
        let mut expected = before;
        expected["enabled"] = json!(false);
        expected["updated_at"] = json!("2026-01-01T00:00:02Z");
        assert_eq!(after, expected);
    }

    #[test]
    fn an_empty_object_changes_nothing_at_all() {
        let mut account = seeded();
        let before = account.user("u1").unwrap().clone();
        assert_eq!(put(&mut account, "u1", "{}").0, 200);
        assert_eq!(account.user("u1").unwrap(), &before);
        put(&mut account, "u1", r#"{"name":"John Ronald Doe"}"#);
        assert_eq!(account.user("u1").unwrap(), &before);
    }

    #[test]
    fn null_is_as_if_it_had_not_been_sent() {
        for name in ["name", "email", "role", "sub_account_ids", "enabled"] {
            let mut account = seeded();
            let before = account.user("u2").unwrap().clone();
            assert_eq!(put(&mut account, "u2", &format!("{{\"{name}\":null}}")).0, 200);
            assert_eq!(account.user("u2").unwrap(), &before);
        }
    }

    #[test]
    fn an_empty_list_opens_everything() {
        let mut account = seeded();
        let (_, user) = put(&mut account, "u2", r#"{"sub_account_ids":[]}"#);
        assert_eq!(user["all_sub_accounts"], true);
    }

    #[test]
    fn a_missing_body_is_a_400() {
        assert_eq!(put(&mut seeded(), "u1", "").0, 400);
    }

    #[test]
    fn somebody_elses_email_is_a_409_and_ones_own_is_not() {
        let mut account = seeded();
        assert_eq!(put(&mut account, "u1", r#"{"email":"Jenny@example.com"}"#).0, 409);
        assert_eq!(put(&mut account, "u1", r#"{"email":"JOHN@example.com"}"#).0, 200);
        assert_eq!(account.user("u1").unwrap().email, "JOHN@example.com");
    }

    #[test]
    fn a_changed_email_frees_the_old_one_and_takes_the_new_one() {
        let mut account = seeded();
        put(&mut account, "u1", r#"{"email":"new@example.com"}"#);
        assert_eq!(post(&mut account, r#"{"name":"X","email":"john@example.com"}"#).0, 200);
        assert_eq!(post(&mut account, r#"{"name":"X","email":"New@example.com"}"#).0, 409);
    }

    #[test]
    fn an_unknown_sub_account_is_a_404_and_nothing_changes() {
        let mut account = seeded();
        let response = put(&mut account, "u1", r#"{"name":"X","sub_account_ids":["nope"]}"#);
        assert_eq!(response.0, 404);
        assert_eq!(message(&response), "Cannot find sub account with id nope");
        assert_eq!(account.user("u1").unwrap().name, "John Ronald Doe");
    }

    #[test]
    fn a_promotion_to_master_admin_opens_everything() {
        let mut account = seeded();
        let (_, user) = put(&mut account, "u2", r#"{"role":"master_admin","sub_account_ids":[]}"#);
        assert_eq!(user["all_sub_accounts"], true);
        let (_, user) = put(&mut account, "u2", r#"{"sub_account_ids":[]}"#);
        assert_eq!(user["all_sub_accounts"], true);
        let (_, user) = put(&mut account, "u2", r#"{"role":"admin","sub_account_ids":["s1"]}"#);
        assert_eq!(user["all_sub_accounts"], false);
    }

    #[test]
    fn an_unknown_user_is_a_404() {
        let response = put(&mut seeded(), "nope", r#"{"name":"X"}"#);
        assert_eq!((response.0, message(&response)), (404, "Cannot find user with id nope"));
    }
}

mod delete_ {
    use super::*;

    #[test]
    fn once_is_ok_and_twice_is_a_404() {
        let mut account = seeded();
        assert_eq!(delete(&mut account, "u1"), (200, json!({"message": "ok"})));
        assert_eq!(delete(&mut account, "u1").0, 404);
        assert_eq!(get(&mut account, "/u1").0, 404);
        assert_eq!(account.users().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["u2"]);
    }
}

mod belongings {
    use super::*;

    #[test]
    fn the_groups_of_a_user() {
        let mut account = seeded();
        let expected = json!({"groups": [{"id": "g1", "name": "Editors"}, {"id": "g2", "name": "Viewers"}]});
        assert_eq!(get(&mut account, "/u1/groups"), (200, expected));
        assert_eq!(get(&mut account, "/u1").1["group_count"], 2);
        assert_eq!(get(&mut account, "/nope/groups").0, 404);
    }

    #[test]
    fn the_sub_accounts_of_a_user() {
        let mut account = seeded();
        let one = json!({"id": "s1", "name": "One", "description": "first", "cloud_name": "One", "enabled": true});
        let two = json!({"id": "s2", "name": "Two", "description": null, "cloud_name": "deux", "enabled": false});
        let (_, all) = get(&mut account, "/u1/sub_accounts");
        assert_eq!(all, json!({"sub_accounts": [one, two]}));
        let (_, some) = get(&mut account, "/u2/sub_accounts");
        assert_eq!(some, json!({"sub_accounts": [two]}));
        assert_eq!(get(&mut account, "/nope/sub_accounts").0, 404);
    }

    #[test]
    fn a_deleted_user_leaves_no_membership_behind() {
        let mut account = seeded();
        delete(&mut account, "u1");
        account.insert_user(NewUser::new("Other", "other@example.com").id("u1"));
        assert_eq!(get(&mut account, "/u1").1["group_count"], 0);
    }
}

mod seeding {
    use super::*;

    #[test]
    fn the_last_user_of_an_id_or_an_email_wins() {
        let mut account = seeded();
        account.insert_user(NewUser::new("New John", "JOHN@example.com").id("u3"));
        account.insert_user(NewUser::new("New Jenny", "jenny2@example.com").id("u2"));
        let left: Vec<_> = account.users().map(|user| (user.id.as_str(), user.name.as_str())).collect();
        assert_eq!(left, [("u3", "New John"), ("u2", "New Jenny")]);
        assert!(account.user_by_email("jenny@example.com").is_none());
    }

    #[test]
    fn a_login_accepts_the_invitation() {
        let mut account = seeded();
        assert!(account.log_in("u1", OffsetDateTime::UNIX_EPOCH));
        assert!(!account.log_in("nope", OffsetDateTime::UNIX_EPOCH));
        let (_, user) = get(&mut account, "/u1");
        assert_eq!(user["pending"], false);
        assert_eq!(user["status"], "active");
        assert_eq!(user["last_login"], "1970-01-01T00:00:00Z");
    }

    #[test]
    fn groups_may_come_before_their_members() {
        let account =
            account().with_group(NewGroup::new("G").member("u")).with_user(NewUser::new("U", "u@example.com").id("u"));
        assert_eq!(account.groups_of("u").count(), 1);
    }
}

mod headers {
    use super::*;

    #[test]
    fn every_response_carries_the_services_own() {
        for (method, target) in [(Method::GET, USERS), (Method::GET, "/nowhere"), (Method::PATCH, USERS)] {
            let response = ask(&mut account(), method, target, "");
            let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), "application/json; charset=utf-8");
            assert_eq!(header("date"), "Thu, 01 Jan 2026 00:00:01 GMT");
            assert_eq!(header("x-request-id").len(), 32);
            assert_eq!(header("x-featureratelimit-limit"), "1000000");
            assert_eq!(header("x-featureratelimit-reset"), "Thu, 01 Jan 2026 01:00:00 GMT");
        }
    }

    #[test]
    fn the_rate_limit_counts_down_to_a_420_and_starts_again_with_the_hour() {
        let mut account = account().with_rate_limit(2);
        let remaining = |account: &mut FakeAccount| {
            let response = ask(account, Method::GET, USERS, "");
            let left = response.headers()["x-featureratelimit-remaining"].to_str().unwrap().to_owned();
            (response.status().as_u16(), left)
        };
        assert_eq!(remaining(&mut account), (200, "1".into()));
        assert_eq!(remaining(&mut account), (200, "0".into()));
        assert_eq!(remaining(&mut account), (420, "0".into()));
        account.advance(time::Duration::HOUR);
        assert_eq!(remaining(&mut account), (200, "1".into()));
    }

    #[test]
    fn a_420_changes_nothing() {
        let mut account = seeded().with_rate_limit(0);
        assert_eq!(delete(&mut account, "u1").0, 420);
        assert_eq!(account.user_count(), 2);
    }

    #[test]
    fn wrong_credentials_do_not_cost() {
        let mut account = account().with_rate_limit(1);
        account.respond(Request::get(USERS).body(Vec::new()).unwrap());
        assert_eq!(get(&mut account, "").0, 200);
    }
}

mod determinism {
    use super::*;

    fn responses(mut account: FakeAccount) -> Vec<String> {
        let mut all = Vec::new();
        for step in 0..5 {
            let body = format!(r#"{{"name":"N{step}","email":"n{step}@example.com"}}"#);
            all.push(format!("{:?}", ask(&mut account, Method::POST, USERS, &body)));
            all.push(format!("{:?}", ask(&mut account, Method::GET, USERS, "")));
        }
        all
    }

    #[test]
    fn the_same_setup_gives_the_same_responses() {
        assert_eq!(responses(seeded()), responses(seeded()));
        let copy = seeded();
        assert_eq!(responses(copy.clone()), responses(copy));
    }

    #[test]
    fn another_seed_gives_other_ids() {
        assert_ne!(responses(seeded()), responses(seeded().with_seed(1)));
    }

    #[test]
    fn the_clock_starts_and_steps_as_it_is_told() {
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut account = account().with_clock(start, time::Duration::minutes(30));
        ask(&mut account, Method::GET, USERS, "");
        let response = ask(&mut account, Method::GET, USERS, "");
        assert_eq!(response.headers()["date"], "Thu, 01 Jan 1970 01:00:00 GMT");
        assert_eq!(account.now().unix_timestamp(), 3600);
    }
}
