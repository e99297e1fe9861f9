//! Lists that answer: conditions, order, numbers.

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewGroup, NewUser};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::run::{account, cldp, run, serve};

fn seeded() -> FakeAccount {
    let user = |id: &str, name: &str, role: &str| NewUser::new(name, format!("{id}@x.org")).id(id).role(role);
    account()
        .with_page_cap(2)
        .with_users([
            user("u1", "bob", "admin").pending(false).last_login(datetime!(2020-01-01 12:00 UTC)),
            user("u2", "Carol", "billing").pending(false).last_login(OffsetDateTime::now_utc()),
            user("u3", "Alice", "billing").enabled(false),
            user("u4", "Dave", "reports"),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u3"]))
}

fn ids(server: &FakeServer, arguments: &[&str]) -> String {
    let ran = run(cldp(server).args(["users", "list", "-ojsonl"]).args(arguments));
    let ids: Vec<_> = ran.is_done().json().iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect();
    ids.join(" ")
}

#[test]
fn conditions_choose_among_all_items() {
    let server = serve(seeded());
    for (arguments, found) in [
        (&["--role", "billing"][..], "u2 u3"),
        (&["--role", "billing", "--role", "admin"], "u1 u2 u3"),
        (&["--role", "of-a-later-version"], ""),
        (&["--enabled", "false"], "u3"),
        (&["--enabled"], "u1 u2 u4"),
        (&["--pending"], "u3 u4"),
        (&["--without-group"], "u2 u4"),
        (&["--no-login-for", "90d"], "u1 u3 u4"),
        (&["--no-login-for", "2020-01-01"], "u3 u4"),
        (&["--no-login-for", "2020-01-02", "--pending", "false"], "u1"),
        (&["--role", "billing", "--limit", "1"], "u2"),
        (&["--sort", "name"], "u3 u1 u2 u4"),
        (&["--sort", "role,-name"], "u1 u2 u3 u4"),
        (&["--sort=-name", "--limit", "2"], "u4 u2"),
    ] {
        assert_eq!(ids(&server, arguments), found, "{arguments:?}");
    }
}

#[test]
fn a_count_is_a_number_and_nothing_else() {
    let server = serve(seeded());
    for (arguments, count) in [
        (&["users", "list"][..], "4\n"),
        (&["users", "list", "--role", "billing", "-otable"], "2\n"),
        (&["users", "list", "--prefix", "zz"], "0\n"),
        (&["user-groups", "list"], "1\n"),
    ] {
        assert_eq!(run(cldp(&server).args(arguments).arg("--count")).is_done().stdout, count);
    }
}

#[test]
fn what_the_service_can_filter_it_filters() {
    let server = serve(seeded());
    let query = |arguments: &[&str]| {
        let shown = run(cldp(&server).args(["users", "list", "--dry-run"]).args(arguments)).is_done().value();
        shown["url"].as_str().unwrap().split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    };
    let sent = query(&["--no-login-for", "2020-01-01", "--pending"]);
    assert!(sent.starts_with("pending=true&last_login=true&from=2020-01-02&to="), "{sent}");
    assert!(sent.ends_with("&union_type=exclude"), "{sent}");
    assert_eq!(query(&["--role", "billing"]), "");
    assert_eq!(query(&["--last-login", "--from", "2026-01-31"]), "last_login=true&from=2026-01-31");
    let relative = query(&["--last-login", "--from", "3w"]);
    let day = (OffsetDateTime::now_utc() - time::Duration::weeks(3)).date();
    assert!(relative.ends_with(&format!("from={day}")), "{relative}");
}

#[test]
fn members_are_read_once_where_users_come_without_their_number_of_groups() {
    let page = |body: &str| Fault::status(200).body(body);
    let pages = [page(r#"{"users":[{"id":"u1"},{"id":"u2"}]}"#), Fault::response(), page(r#"{"users":[]}"#)];
    for (script, found) in [(vec![], "u2 u4"), (pages.to_vec(), "u2")] {
        let server = serve(seeded().with_script(script));
        assert_eq!(ids(&server, &["--without-group", "--workers", "1"]), found);
        // Three pages, or two and the groups.
        assert_eq!(server.requests(), 3);
    }
}

#[test]
fn a_list_that_fails_has_no_number_and_no_order() {
    for arguments in [&["--count"][..], &["--sort", "name"]] {
        // The first page comes, the second does not.
        let server = serve(seeded().with_script([Fault::response(), Fault::status(403)]));
        let ran = run(cldp(&server).args(["users", "list", "--workers", "1"]).args(arguments));
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{ran:?}");
    }
}

#[test]
fn wrong_conditions_are_refused_and_nothing_is_sent() {
    let server = serve(seeded());
    let refused =
        |arguments: &[&str], why: &str| run(cldp(&server).args(["users", "list"]).args(arguments)).is_refused(why);
    refused(&["--sort", "nme"], "--sort: there is no column \"nme\"; there are id, name");
    refused(&["--no-login-for", "soon"], "is not a date: expected 2026-01-31, 90d or 3w");
    refused(&["--from", "yesterday"], "--from: is not a date");
    refused(&["--no-login-for", "90d", "--from", "3w"], "--no-login-for cannot be used with --from");
    refused(&["--enabled", "perhaps"], "perhaps");
    run(cldp(&server).args(["user-groups", "list", "--role", "admin"])).is_refused("unexpected argument '--role'");
    assert_eq!(server.requests(), 0);
}
