//! `cldp sync`.

use std::collections::BTreeSet;

use cloudinary_provisioning::http::Method;
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, Framing, NewSubAccount, NewUser};
use serde_json::{Value, json};

use crate::run::{Ran, State, TempFile, account, bare, cldp, demo, run, serve, state, wait_for_requests, writes};

/// One of each kind: to create, to update, to disable, unchanged, and two who are not in the file.
const WANTED: &str = r#"[
    {"email": "new@x.org", "name": "New", "role": "billing", "sub_account_ids": ["s1"]},
    {"email": "Update@X.org", "name": "Updated", "sub_account_ids": ["s1", "s2"]},
    {"email": "disable@x.org", "enabled": false},
    {"email": "same@x.org", "name": "Same", "role": "reports", "enabled": true}
]"#;

fn seeded() -> FakeAccount {
    account()
        .with_page_cap(2)
        .with_sub_account(NewSubAccount::new("One").id("s1"))
        .with_sub_account(NewSubAccount::new("Two").id("s2"))
        .with_users([
            NewUser::new("Root", "root@x.org").id("u-root").role("master_admin").root(true),
            NewUser::new("Old", "update@x.org").id("u-update").sub_account_ids(["s1"]),
            NewUser::new("Disable", "disable@x.org").id("u-disable"),
            NewUser::new("Same", "same@x.org").id("u-same").role("reports"),
            NewUser::new("Missing", "missing@x.org").id("u-missing"),
        ])
}

/// What `WANTED` makes of the seeded account.
fn wanted_state() -> State {
    let user = |email: &str, name: &str, role: &str, enabled: bool, sub_accounts: Option<&[&str]>| {
        let sub_accounts = sub_accounts.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>());
        (email.to_owned(), (name.to_owned(), role.to_owned(), enabled, sub_accounts))
    };
    State::from([
        user("root@x.org", "Root", "master_admin", true, None),
        user("new@x.org", "New", "billing", true, Some(&["s1"])),
        user("update@x.org", "Updated", "media_library_user", true, Some(&["s1", "s2"])),
        user("disable@x.org", "Disable", "media_library_user", false, None),
        user("same@x.org", "Same", "reports", true, None),
        user("missing@x.org", "Missing", "media_library_user", true, None),
    ])
}

fn sync(server: &FakeServer, wanted: &str, options: &[&str]) -> Ran {
    let file = TempFile::new("json", wanted);
    run(cldp(server).arg("sync").args(options).arg(&file.0))
}

/// So many users who are in the file alone.
fn many(count: usize) -> String {
    let users = (0..count).map(|n| json!({"email": format!("user{n:03}@x.org"), "name": format!("User {n}")}));
    Value::Array(users.collect()).to_string()
}

#[test]
fn the_demo_shows_itself_with_a_sample_and_faults() {
    let ran = demo(&["sync", "-v"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let expected = "\
unchanged  ada@example.com
update     alan@example.com         sub_account_ids: [env-website] → [env-shop env-website]
unchanged  Barbara@Example.com
disable    charles@example.com
update     edsger@example.com       name: \"E. Dijkstra\" → \"Edsger Dijkstra\"
update     grace@example.com        role: technical_admin → admin, sub_account_ids: all → [env-shop env-website]
create     hedy@example.com         name \"Hedy Lamarr\", role technical_admin
create     margaret@example.com     name \"Margaret Hamilton\", role admin, enabled true
create     radia@example.com        name \"Radia Perlman\", sub_account_ids [env-press]
Plan: 3 to create, 3 to update, 1 to disable, 2 unchanged.
Not in the file, and left alone: 1.
Done: 3 created, 3 updated, 1 disabled, 2 unchanged, 0 failed.
Second pass: nothing is left to do.
";
    assert_eq!(ran.stdout, expected);
    for part in [
        "Working on a demo account in memory.",
        "retry: getUsers: attempt 1: 429 Too Many Requests",
        "retry: updateUser: attempt 1: 503 Service Unavailable",
        "[5/7] create hedy@example.com: done (the response was lost, and a look has found the user)",
    ] {
        assert!(ran.stderr.contains(part), "{part} is not in {}", ran.stderr);
    }
}

#[test]
fn it_brings_the_account_to_the_wanted_state() {
    let server = serve(seeded());
    let ran = sync(&server, WANTED, &[]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let expected = "\
disable    disable@x.org
create     new@x.org                name \"New\", role billing, sub_account_ids [s1]
unchanged  same@x.org
update     Update@X.org             name: \"Old\" → \"Updated\", sub_account_ids: [s1] → [s1 s2]
Plan: 1 to create, 1 to update, 1 to disable, 1 unchanged.
Not in the file, and left alone: 2.
Done: 1 created, 1 updated, 1 disabled, 1 unchanged, 0 failed.
Second pass: nothing is left to do.
";
    assert_eq!(ran.stdout, expected);
    assert_eq!(state(&server), wanted_state());
}

#[test]
fn a_second_run_changes_nothing() {
    let server = serve(seeded());
    sync(&server, WANTED, &[]);
    server.with(FakeAccount::clear_requests);
    let ran = sync(&server, WANTED, &[]);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("Plan: 0 to create, 0 to update, 0 to disable, 4 unchanged."), "{}", ran.stdout);
    assert_eq!(writes(&server), 0);
}

#[test]
fn csv_says_the_same_as_json() {
    let server = serve(seeded());
    let csv = "email,name,role,enabled,sub_account_ids\n\
               new@x.org,New,billing,,s1\n\
               Update@X.org,Updated,,,s1|s2\n\
               disable@x.org,,,false,\n\
               same@x.org,Same,reports,true,\n";
    let file = TempFile::new("CSV", csv);
    let ran = run(cldp(&server).arg("sync").arg(&file.0));

    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(state(&server), wanted_state());
}

#[test]
fn a_byte_order_mark_does_no_harm() {
    let server = serve(seeded());
    for (extension, text) in [("csv", "\u{feff}email\nsame@x.org\n"), ("json", "\u{feff}[{\"email\": \"same@x.org\"}]")]
    {
        let file = TempFile::new(extension, text);
        let ran = run(cldp(&server).arg("sync").arg(&file.0));
        assert_eq!(ran.status, 0, "{ran:?}");
    }
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let server = serve(seeded());
    let before = state(&server);
    let ran = sync(&server, WANTED, &["--dry-run", "--disable-missing"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("disable    missing@x.org            not in the file\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("Plan: 1 to create, 1 to update, 2 to disable, 1 unchanged."), "{}", ran.stdout);
    assert!(!ran.stdout.contains("Done"), "{}", ran.stdout);
    assert_eq!(writes(&server), 0);
    assert_eq!(state(&server), before);
}

#[test]
fn the_missing_are_disabled_on_request_and_the_root_user_is_not() {
    let server = serve(seeded());
    let ran = sync(&server, WANTED, &["--disable-missing", "--yes"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let mut expected = wanted_state();
    expected.get_mut("missing@x.org").unwrap().2 = false;
    assert_eq!(state(&server), expected);
}

#[test]
fn an_empty_file_disables_nobody() {
    let server = serve(seeded());
    let ran = sync(&server, "[]", &["--disable-missing", "--yes"]);

    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("--disable-missing would disable everybody"), "{}", ran.stderr);
    assert_eq!(writes(&server), 0);
}

#[test]
fn json_lines_tell_the_plan_the_results_and_the_summary() {
    let server = serve(seeded());
    let ran = sync(&server, WANTED, &["-ojson", "--disable-missing", "--yes"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let expected = [
        json!({"type": "step", "email": "disable@x.org", "action": "disable", "id": "u-disable", "missing": false}),
        json!({"type": "step", "email": "missing@x.org", "action": "disable", "id": "u-missing", "missing": true}),
        json!({"type": "step", "email": "new@x.org", "action": "create",
               "user": {"email": "new@x.org", "name": "New", "role": "billing", "sub_account_ids": ["s1"]}}),
        json!({"type": "step", "email": "same@x.org", "action": "unchanged", "id": "u-same"}),
        json!({"type": "step", "email": "Update@X.org", "action": "update", "id": "u-update", "changes": {
               "name": {"old": "Old", "new": "Updated"},
               "sub_account_ids": {"old": ["s1"], "new": ["s1", "s2"]}}}),
        json!({"type": "plan", "create": 1, "update": 1, "disable": 2, "unchanged": 1, "failed": 0, "left_alone": 1}),
        json!({"type": "result", "email": "disable@x.org", "action": "disable", "ok": true}),
        json!({"type": "result", "email": "missing@x.org", "action": "disable", "ok": true}),
        json!({"type": "result", "email": "new@x.org", "action": "create", "ok": true}),
        json!({"type": "result", "email": "Update@X.org", "action": "update", "ok": true}),
        json!({"type": "summary", "create": 1, "update": 1, "disable": 2, "unchanged": 1, "failed": 0}),
        json!({"type": "second_pass", "left": []}),
    ];
    assert_eq!(ran.json(), expected);
}

#[test]
fn one_user_who_fails_does_not_stop_the_others() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::status(400).on(Method::PUT)]));
    let ran = sync(&server, WANTED, &["-ojson"]);

    assert_eq!(ran.status, 1, "{ran:?}");
    let failed: Vec<_> = ran.json_of("result").into_iter().filter(|line| line["ok"] == false).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["email"], "disable@x.org");
    assert!(failed[0]["error"].as_str().unwrap().starts_with("updateUser: 400 Bad Request"), "{}", failed[0]);
    assert_eq!(ran.json_of("summary")[0]["failed"], 1);
    assert_eq!(ran.json_of("second_pass")[0]["left"], json!(["disable@x.org"]));
    assert!(ran.stderr.contains("disable disable@x.org: FAILED: updateUser: 400"), "{}", ran.stderr);

    let mut expected = wanted_state();
    expected.get_mut("disable@x.org").unwrap().2 = true;
    assert_eq!(state(&server), expected);
}

#[test]
fn a_user_who_cannot_be_planned_fails_alone_and_before_anything_is_sent_for_them() {
    let server = serve(seeded());
    let nameless = r#"[{"email": "nameless@x.org"}, {"email": "same@x.org", "name": "Renamed"}]"#;
    let ran = sync(&server, nameless, &[]);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stdout.contains("blocked    nameless@x.org           a user to be created needs a `name`"), "{ran:?}");
    assert!(ran.stdout.contains("Done: 0 created, 1 updated, 0 disabled, 0 unchanged, 1 failed."), "{ran:?}");
    assert_eq!(state(&server)["same@x.org"].0, "Renamed");
    assert_eq!(writes(&server), 1);
}

#[test]
fn product_environments_are_asked_for_only_where_the_file_states_them() {
    let server = serve(seeded());
    let ran = sync(&server, WANTED, &["--dry-run"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let asked: Vec<_> = server.with(|account| {
        let targets = account.requests().map(|request| request.target.clone());
        targets.filter(|target| target.contains("/sub_accounts")).collect()
    });
    assert_eq!(asked, ["/v1_1/provisioning/accounts/acc/users/u-update/sub_accounts"]);
}

#[test]
fn throttling_and_outages_are_waited_out() {
    let server = serve(seeded());
    server.with(|account| {
        account.script([
            Fault::throttled(0).on(Method::GET),
            Fault::html(502).on(Method::GET),
            Fault::throttled(0).on(Method::POST),
            Fault::reset().on(Method::PUT),
        ]);
    });
    let ran = sync(&server, WANTED, &[]);

    assert_eq!(ran.status, 0, "{ran:?}");
    for retry in ["getUsers: attempt 1: 429", "getUsers: attempt 2: 502", "createUser: attempt 1: 429"] {
        assert!(ran.stderr.contains(retry), "{retry} is not in {}", ran.stderr);
    }
    assert_eq!(state(&server), wanted_state());
}

#[test]
fn a_creation_whose_reply_is_lost_is_looked_up_and_counts_as_done() {
    for lost in [
        Fault::close().applied(),
        Fault::reset().applied(),
        Fault::status(503).applied(),
        Fault::html(502).applied(),
        Fault::response().truncated(Framing::ContentLength),
        Fault::status(200).body("<html>").applied(),
    ] {
        let server = serve(seeded());
        server.with(|account| account.script([lost.clone().on(Method::POST)]));
        let ran = sync(&server, WANTED, &["-ojson"]);

        assert_eq!(ran.status, 0, "{lost:?}: {ran:?}");
        let results = ran.json_of("result");
        let created = results.iter().find(|line| line["email"] == "new@x.org").unwrap();
        assert_eq!(created["note"], "the response was lost, and a look has found the user", "{lost:?}");
        assert_eq!(state(&server), wanted_state(), "{lost:?}");
    }
}

#[test]
fn a_creation_that_did_not_happen_is_made_again_after_a_look() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::close().on(Method::POST)]));
    let ran = sync(&server, WANTED, &[]);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(state(&server), wanted_state());
}

#[test]
fn who_was_created_meanwhile_by_somebody_else_is_brought_to_the_wanted_state() {
    let server = serve(account().with_user(NewUser::new("Other", "jo@x.org").role("reports")));
    server.with(|account| account.script([Fault::status(200).body(r#"{"users":[]}"#).on(Method::GET)]));
    let ran = sync(&server, r#"[{"email": "Jo@x.org", "name": "Jo", "role": "billing"}]"#, &["-ojson"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.json_of("step")[0]["action"], "create");
    assert_eq!(ran.json_of("result")[0]["note"], "somebody else had created the user");
    assert_eq!(state(&server), State::from([("jo@x.org".into(), ("Jo".into(), "billing".into(), true, None))]));
}

#[test]
fn several_threads_come_to_the_same() {
    let server = serve(seeded());
    let ran = sync(&server, &many(60), &["--workers", "8", "-ojson"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(server.with(|account| account.user_count()), 5 + 60);
    let emails: Vec<_> = ran.json_of("result").iter().map(|line| line["email"].as_str().unwrap().to_owned()).collect();
    assert_eq!(emails.len(), 60);
    assert!(emails.is_sorted(), "results are in the order of the plan");
}

/// The server holds the response of the k-th request, applied or not, and the process is killed then.
#[test]
fn killed_at_any_point_and_run_again_it_ends_in_the_wanted_state_with_nothing_doubled() {
    let undisturbed = serve(seeded());
    sync(&undisturbed, WANTED, &[]);
    let last = usize::try_from(undisturbed.requests()).unwrap();
    assert!(last > 10, "the run is long enough to be killed at several points");

    for killed_at in 1..=last {
        for stall in [Fault::stall(), Fault::stall().applied()] {
            let server = serve(seeded());
            server.with(|account| {
                account.fail_next(killed_at - 1, Fault::response());
                account.fail_next(1, stall.clone());
            });
            let file = TempFile::new("json", WANTED);
            let mut child = cldp(&server).arg("sync").arg(&file.0).spawn().unwrap();
            wait_for_requests(&server, &mut child, killed_at as u64);
            child.kill().unwrap();
            child.wait().unwrap();

            let ran = sync(&server, WANTED, &[]);
            assert_eq!(ran.status, 0, "killed at request {killed_at}, {stall:?}: {ran:?}");
            assert_eq!(state(&server), wanted_state(), "killed at request {killed_at}, {stall:?}");
        }
    }
}

#[test]
fn the_missing_are_not_disabled_without_a_confirmation() {
    let server = serve(seeded());
    let before = state(&server);
    let ran = sync(&server, WANTED, &["--disable-missing"]);

    assert_eq!(ran.status, 2, "{ran:?}");
    assert!(ran.stderr.contains("cldp: disable 1 user who is not in the file: confirm with --yes"), "{ran:?}");
    assert_eq!(writes(&server), 0);
    assert_eq!(state(&server), before);
}

#[test]
fn the_callers_own_user_is_not_disabled() {
    let server = serve(seeded());
    let ran = sync(&server, WANTED, &["--disable-missing", "--yes", "--me", "Missing@x.org"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(state(&server), wanted_state());
}

#[test]
fn access_to_all_is_granted_by_name_and_not_by_an_empty_list() {
    let server = serve(seeded());
    let empty = r#"[{"email": "update@x.org", "sub_account_ids": []}]"#;
    sync(&server, empty, &[]).is_refused("entry 1: `sub_account_ids`: an empty list would grant access to all");
    assert_eq!(server.requests(), 0);

    let all = r#"[{"email": "update@x.org", "sub_account_ids": "all"}]"#;
    sync(&server, all, &[]).is_done();
    assert_eq!(state(&server)["update@x.org"].3, None);
}

#[test]
fn access_to_none_blocks_the_user_where_it_is_not_so_already() {
    let server = serve(seeded().with_user(NewUser::new("Nobody", "none@x.org").sub_account_ids([""; 0])));
    let none =
        r#"[{"email": "none@x.org", "sub_account_ids": "none"}, {"email": "update@x.org", "sub_account_ids": "none"}]"#;
    let ran = sync(&server, none, &["-ojson"]);

    assert_eq!(ran.status, 1, "{ran:?}");
    let steps = ran.json_of("step");
    assert_eq!((&steps[0]["action"], &steps[1]["action"]), (&json!("unchanged"), &json!("blocked")));
    assert_eq!(writes(&server), 0);
}

#[test]
fn blanks_around_emails_and_ids_do_not_count() {
    let server = serve(seeded());
    let ran = sync(&server, r#"[{"email": " update@x.org ", "sub_account_ids": [" s1 "]}]"#, &["-ojson"]);
    ran.is_done();
    assert_eq!(ran.json_of("step")[0]["action"], "unchanged");
}

#[test]
fn a_named_account_gets_no_sample() {
    let server = serve(seeded());
    run(cldp(&server).arg("sync")).is_refused("sync needs a FILE");
    assert_eq!(server.requests(), 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_what_was_applied() {
    let server = serve(seeded());
    // The second creation hangs until the attempt times out, and is then given up.
    server.with(|account| {
        account.script([Fault::response().on(Method::POST), Fault::stall().on(Method::POST)]);
    });
    let file = TempFile::new("json", &many(10));
    let mut command = cldp(&server);
    let mut child = command.args(["sync", "--timeout", "2"]).arg(&file.0).spawn().unwrap();
    while writes(&server) < 2 {
        wait_for_requests(&server, &mut child, 1);
    }
    crate::run::interrupt(&child);
    let ran = crate::run::ran(child.wait_with_output().unwrap());

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("interrupted; run it again to go on"), "{ran:?}");
    assert!(ran.stdout.contains("8 not begun.") || ran.stdout.contains("9 not begun."), "{ran:?}");
}

mod exit_status_2 {
    use super::*;

    fn refuses(ran: &Ran, why: &str) {
        ran.is_refused(why);
    }

    #[test]
    fn for_a_wrong_command_line() {
        let refused = |arguments: &[&str], why| refuses(&run(bare().arg("sync").args(arguments)), why);
        refused(&["--nonsense"], "unexpected argument '--nonsense'");
        refused(&["--workers", "0"], "'0'");
        refused(&["--workers"], "a value is required for '--workers <N>'");
        refused(&["a.json", "b.json"], "unexpected argument 'b.json'");
        refused(&["/there/is/no/such.json"], "/there/is/no/such.json: No such file");
        refused(&["--demo", "--origin", "http://127.0.0.1:1"], "cannot be used with");
    }

    #[test]
    fn for_a_wrong_file_and_nothing_is_asked_of_the_service() {
        let server = serve(seeded());
        let twice = r#"[{"email": "a@x.org", "name": "A"}, {"email": "A@x.org", "name": "A"}]"#;
        refuses(&sync(&server, twice, &[]), ".json: entry 2: `email`: A@x.org is in entry 1 already");
        refuses(&sync(&server, r#"[{"email": "a@x.org", "rôle": "x"}]"#, &[]), "entry 1: `rôle`: unknown field");
        refuses(&sync(&server, r#"[{"email": "a@x.org""#, &[]), "entry 1");
        let csv = TempFile::new("csv", "email,role,age\na@x.org,admin,7\n");
        refuses(&run(cldp(&server).arg("sync").arg(&csv.0)), ".csv: line 1: unknown column `age`");
        assert_eq!(server.requests(), 0);
    }
}

#[test]
fn wrong_credentials_are_a_failure_with_a_hint() {
    let server = serve(seeded());
    let file = TempFile::new("json", WANTED);
    let mut command = cldp(&server);
    command.env("CLOUDINARY_PROVISIONING_API_KEY", "another").arg("sync").arg(&file.0);
    let ran = run(&mut command);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("getUsers: 401"), "{}", ran.stderr);
    assert!(ran.stderr.contains("are the account id, the API key, the secret and the region right?"), "{}", ran.stderr);
}

#[test]
fn help_is_a_success_that_tells_the_options() {
    let ran = run(bare().args(["sync", "--help"]));
    ran.is_done();
    for option in ["--dry-run", "--disable-missing", "--workers", "--output", "--origin", "`none`"] {
        assert!(ran.stdout.contains(option), "{option}");
    }
}
