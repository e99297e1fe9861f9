//! `cldp apply`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use cloudinary_provisioning::http::Method;
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, Framing, NewUser};
use serde_json::{Value, json};

use crate::plan::{WANTED, command, seeded};
use crate::run::{Ran, State, TempFile, account, cldp, demo, run, serve, state, wait_for_requests, writes};

fn apply(server: &FakeServer, wanted: &str, options: &[&str]) -> Ran {
    command(server, "apply", "toml", wanted, &[&["--yes"], options].concat())
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

/// So many users who are in the file alone.
fn many(count: usize) -> String {
    (0..count).fold(String::new(), |mut users, n| {
        let _ = writeln!(users, "[[users]]\nemail = \"user{n:03}@x.org\"\nname = \"User {n}\"");
        users
    })
}

#[test]
fn the_demo_makes_something_of_every_kind_whatever_is_lost() {
    let ran = demo(&["apply"]);

    ran.is_done();
    assert!(ran.stdout.contains("\n15 changes. Unchanged: "), "{ran:?}");
    assert!(ran.stdout.ends_with("15 done, 0 failed, 0 skipped.\nSecond pass: nothing is left to do.\n"), "{ran:?}");
    for part in [
        "Working on a demo account in memory.",
        "retry: getUsers: attempt 1: 429 Too Many Requests",
        "done: create user hedy@example.com (the response was lost, and a look has found it)",
    ] {
        assert!(ran.stderr.contains(part), "{part} is not in {}", ran.stderr);
    }
    // Only the sample is confirmed by itself.
    let file = TempFile::new("csv", "email,name\ngrace@example.com,Grace\n");
    demo_file(&file, &[]).is_refused_after_plan("apply 1 change: confirm with --yes; nothing was changed");
}

fn demo_file(file: &TempFile, options: &[&str]) -> Ran {
    demo(&[&["apply", file.0.to_str().unwrap()], options].concat())
}

impl Ran {
    /// That nothing was changed, for this reason, once the plan was shown.
    #[track_caller]
    fn is_refused_after_plan(&self, why: &str) {
        assert_eq!(self.status, 2, "{self:?}");
        assert!(self.stderr.contains(why), "{why} is not in {}", self.stderr);
    }
}

#[test]
fn it_brings_the_account_to_the_wanted_state_and_a_second_run_changes_nothing() {
    let server = serve(seeded());
    let ran = apply(&server, WANTED, &[]);
    assert!(
        ran.is_done().stdout.ends_with("3 done, 0 failed, 0 skipped.\nSecond pass: nothing is left to do.\n"),
        "{ran:?}"
    );
    assert_eq!(state(&server), wanted_state());

    server.with(FakeAccount::clear_requests);
    assert_eq!(apply(&server, WANTED, &[]).is_done().stdout, "No changes. Unchanged: users 4.\n");
    assert_eq!(writes(&server), 0);
}

#[test]
fn json_lines_tell_the_plan_the_steps_and_what_is_left() {
    let server = serve(seeded());
    let ran = apply(&server, WANTED, &["-ojson"]);

    ran.is_done();
    let types: Vec<_> = ran.json().iter().map(|line| line["type"].clone()).collect();
    assert_eq!(types, ["plan", "step", "step", "step", "summary", "left"]);
    let endings: Vec<_> =
        ran.json_of("step").iter().map(|step| (step["name"].clone(), step["ending"].clone())).collect();
    assert_eq!(endings[2], (json!("disable@x.org"), json!("done")));
    assert_eq!(ran.json_of("summary"), [json!({"type": "summary", "done": 3, "failed": 0, "skipped": 0, "open": 0})]);
    assert_eq!(ran.json_of("left")[0]["steps"], json!([]));
}

#[test]
fn without_a_terminal_it_needs_a_confirmation_also_for_what_only_disables() {
    let server = serve(seeded());
    let before = state(&server);
    let csv = "email,enabled\ndisable@x.org,false\nmissing@x.org,false\n";
    let ran = command(&server, "apply", "csv", csv, &[]);

    ran.is_refused_after_plan("apply 2 changes: confirm with --yes; nothing was changed");
    assert_eq!(state(&server), before);
    command(&server, "apply", "csv", csv, &["--yes"]).is_done();
}

#[test]
fn a_line_of_csv_cannot_demote_or_disable_the_only_master_admin() {
    for csv in ["email,role\nroot@x.org,billing\n", "email,enabled\nroot@x.org,false\n"] {
        let server = serve(seeded());
        let before = state(&server);
        let ran = command(&server, "apply", "csv", csv, &["--yes"]);
        ran.is_guarded("refused by `last-admin`: user root@x.org: 0 enabled master admins would be left");
        assert!(ran.stderr.contains("If it is meant so: --allow last-admin --allow root"), "{ran:?}");
        assert_eq!((state(&server), writes(&server)), (before, 0));
    }
}

#[test]
fn not_everybody_is_disabled_at_once() {
    let server = serve(seeded());
    let csv = "email,enabled\nroot@x.org,false\nupdate@x.org,false\ndisable@x.org,false\nsame@x.org,false\nmissing@x.org,false\n";
    command(&server, "apply", "csv", csv, &["--yes"])
        .is_guarded("refused by `share`: 5 of 5 users would be taken away");
    assert_eq!(writes(&server), 0);

    // What is allowed by name is done.
    let csv = csv.replace("root@x.org,false\n", "");
    command(&server, "apply", "csv", &csv, &["--yes"]).is_guarded("refused by `share`: 4 of 5 users");
    command(&server, "apply", "csv", &csv, &["--yes", "--allow", "share"]).is_done();
}

#[test]
fn a_short_table_prunes_nobody_beyond_a_share() {
    let server = serve(seeded().with_users((0..20).map(|n| NewUser::new("User", format!("user{n}@x.org")))));
    let csv = "email\nroot@x.org\n";
    let ran = command(&server, "apply", "csv", csv, &["--yes", "--prune", "users"]);
    ran.is_guarded("refused by `share`: 24 of 25 users would be taken away");
    assert_eq!(writes(&server), 0);
}

#[test]
fn the_caller_is_protected_and_has_to_exist() {
    let server = serve(seeded());
    let wanted = "[[users]]\nemail = \"same@x.org\"\nrole = \"billing\"\n";
    apply(&server, wanted, &["--me", "Same@X.org"]).is_guarded("refused by `me`: user same@x.org is the caller");
    let misspelt = apply(&server, wanted, &["--me", "smae@x.org"]);
    misspelt.is_guarded("refused by `me`: smae@x.org is not a user of the account");
    assert!(!misspelt.stderr.contains("--allow"), "there is nothing to allow: {misspelt:?}");
    assert_eq!(writes(&server), 0);
    apply(&server, wanted, &["--me", "root@x.org"]).is_done();
}

#[test]
fn a_step_that_fails_stops_only_what_depends_on_it() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::status(400).on_operation("createUser")]));
    let wanted = format!(
        "{WANTED}[[groups]]\nname = \"Editors\"\nmembers = [\"same@x.org\", \"new@x.org\", \"update@x.org\"]\n"
    );
    let ran = apply(&server, &wanted, &[]);

    assert_eq!(ran.status, 1, "{ran:?}");
    for part in [
        "failed: create user new@x.org: createUser: 400 Bad Request",
        "skipped: add membership new@x.org in Editors: it needs user new@x.org\n",
        "3 done, 1 failed, 1 skipped.\nSecond pass, left to do:\n+ user new@x.org",
    ] {
        assert!(ran.stdout.contains(part), "{part} is not in {}", ran.stdout);
    }
    assert_eq!(server.with(|account| account.groups().next().unwrap().members.len()), 2);
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
    let ran = apply(&server, WANTED, &["--workers", "1"]);

    ran.is_done();
    for retry in ["attempt 1: 429", "attempt 2: 502", "createUser: attempt 1: 429"] {
        assert!(ran.stderr.contains(retry), "{retry} is not in {}", ran.stderr);
    }
    assert_eq!(state(&server), wanted_state());
}

#[test]
fn a_create_whose_response_is_lost_is_looked_up_and_counts_as_done() {
    for lost in [
        Fault::close().applied(),
        Fault::reset().applied(),
        Fault::status(503).applied(),
        Fault::html(502).applied(),
        Fault::response().truncated(Framing::ContentLength),
        Fault::status(200).body("<html>").applied(),
        // It did not happen, and is made again after a look.
        Fault::close(),
    ] {
        let server = serve(seeded());
        server.with(|account| account.script([lost.clone().on(Method::POST)]));
        let ran = apply(&server, WANTED, &[]);

        assert_eq!(ran.status, 0, "{lost:?}: {ran:?}");
        assert_eq!(state(&server), wanted_state(), "{lost:?}");
    }
}

#[test]
fn a_change_that_somebody_else_made_meanwhile_is_told() {
    let server = serve(account().with_user(NewUser::new("Other", "jo@x.org").role("reports")));
    server.with(|account| account.script([Fault::status(200).body(r#"{"users":[]}"#).on(Method::GET)]));
    let ran = apply(
        &server,
        "[[users]]\nemail = \"Jo@x.org\"\nname = \"Jo\"\nrole = \"billing\"\n",
        &["-ojson", "--workers", "1"],
    );

    assert_eq!(ran.status, 1, "{ran:?}");
    let step = &ran.json_of("step")[0];
    assert_eq!((&step["ending"], &step["changed_meanwhile"]), (&json!("failed"), &json!(true)));
    assert_eq!(ran.json_of("left")[0]["steps"][0]["action"], "update");
}

#[test]
fn several_threads_come_to_the_same() {
    let server = serve(seeded());
    let ran = apply(&server, &many(60), &["--workers", "16", "-ojson"]);

    ran.is_done();
    assert_eq!(server.with(|account| account.user_count()), 5 + 60);
    let emails: Vec<_> = ran.json_of("step").iter().map(|line| line["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(emails.len(), 60);
    assert!(emails.is_sorted(), "steps are told in the order of the plan");
}

/// The server holds the response of the k-th request, applied or not, and the process is killed then.
#[test]
fn killed_at_any_point_and_run_again_it_ends_in_the_wanted_state_with_nothing_doubled() {
    let undisturbed = serve(seeded());
    apply(&undisturbed, WANTED, &["--workers", "1"]);
    let last = usize::try_from(undisturbed.requests()).unwrap();
    assert!(last > 10, "the run is long enough to be killed at several points");

    for killed_at in 1..=last {
        for stall in [Fault::stall(), Fault::stall().applied()] {
            let server = serve(seeded());
            server.with(|account| {
                account.fail_next(killed_at - 1, Fault::response());
                account.fail_next(1, stall.clone());
            });
            let file = TempFile::new("toml", WANTED);
            let mut child = cldp(&server).args(["apply", "--yes", "--workers", "1"]).arg(&file.0).spawn().unwrap();
            wait_for_requests(&server, &mut child, killed_at as u64);
            child.kill().unwrap();
            child.wait().unwrap();

            let ran = apply(&server, WANTED, &[]);
            assert_eq!(ran.status, 0, "killed at request {killed_at}, {stall:?}: {ran:?}");
            assert_eq!(state(&server), wanted_state(), "killed at request {killed_at}, {stall:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_what_was_applied() {
    let server = serve(seeded());
    // The second creation hangs until the attempt times out, and is then given up.
    server.with(|account| {
        account.script([Fault::response().on(Method::POST), Fault::stall().on(Method::POST)]);
    });
    let file = TempFile::new("toml", &many(10));
    let mut command = cldp(&server);
    let mut child = command.args(["apply", "--yes", "--timeout", "2", "--workers", "1"]).arg(&file.0).spawn().unwrap();
    while writes(&server) < 2 {
        wait_for_requests(&server, &mut child, 1);
    }
    crate::run::interrupt(&child);
    let ran = crate::run::ran(child.wait_with_output().unwrap());

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("interrupted; run it again to go on"), "{ran:?}");
    assert!(ran.stdout.contains("1 done, 1 failed, 8 skipped."), "{ran:?}");
    assert!(ran.stdout.contains("skipped: create user user009@x.org: cancelled"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_while_reading_changes_nothing() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::stall().on(Method::GET)]));
    let file = TempFile::new("toml", WANTED);
    let mut command = cldp(&server);
    let mut child = command.args(["apply", "--yes", "--timeout", "2", "--workers", "1"]).arg(&file.0).spawn().unwrap();
    wait_for_requests(&server, &mut child, 1);
    crate::run::interrupt(&child);
    let ran = crate::run::ran(child.wait_with_output().unwrap());

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.ends_with("cldp: interrupted\n"), "{ran:?}");
    assert_eq!((server.requests(), ran.stdout.as_str()), (1, ""));
}

mod saved_plans {
    use super::*;

    fn save(server: &FakeServer, wanted: &str, options: &[&str]) -> TempFile {
        let saved = TempFile::new("json", "");
        command(server, "plan", "toml", wanted, &[&["--out", saved.0.to_str().unwrap()], options].concat()).is_done();
        saved
    }

    #[test]
    fn are_applied_without_a_question() {
        let server = serve(seeded());
        let saved = save(&server, WANTED, &[]);
        run(cldp(&server).arg("apply").arg(&saved.0)).is_done();
        assert_eq!(state(&server), wanted_state());
    }

    #[test]
    fn are_refused_if_anything_differs_from_what_was_reviewed() {
        let server = serve(seeded());
        let saved = save(&server, WANTED, &[]);
        apply(&server, "[[users]]\nemail = \"update@x.org\"\nname = \"Between\"\n", &[]).is_done();
        server.with(FakeAccount::clear_requests);
        run(cldp(&server).arg("apply").arg(&saved.0)).is_guarded("the saved plan is out of date");
        assert_eq!(writes(&server), 0);
    }

    #[test]
    fn of_another_account_or_version_are_refused() {
        let server = serve(seeded());
        let saved = save(&server, WANTED, &[]);
        let changed = |from: &str, to: &str| {
            let text = fs::read_to_string(&saved.0).unwrap().replace(from, to);
            run(cldp(&server).arg("apply").arg(&TempFile::new("json", &text).0))
        };
        changed("\"account\":\"acc\"", "\"account\":\"other\"").is_guarded("the saved plan is for account other");
        changed("\"version\":1,\"acc", "\"version\":2,\"acc").is_refused("a saved plan of version 2");
        changed("Updated", "Changed").is_guarded("the saved plan is out of date");
    }

    #[test]
    fn keep_the_flags_that_they_were_reviewed_with() {
        let server =
            serve(seeded().with_user(NewUser::new("Other", "other@x.org").role("master_admin").pending(false)));
        let wanted = "[[users]]\nemail = \"root@x.org\"\nname = \"Renamed\"\n";
        let saved = save(&server, wanted, &["--allow", "root", "--me", "other@x.org"]);
        run(cldp(&server).arg("apply").arg(&saved.0)).is_done();
    }
}

mod records {
    use super::*;

    const KEYS: &str = "\
[[keys]]
environment = \"one\"
name = \"ci\"

[[keys]]
environment = \"two\"
name = \"ci\"
";

    fn fresh(extension: &str) -> TempFile {
        let file = TempFile::new(extension, "");
        fs::remove_file(&file.0).unwrap();
        file
    }

    fn lines(file: &TempFile) -> Vec<Value> {
        let text = fs::read_to_string(&file.0).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_plan_that_yields_secrets_needs_a_file_for_them() {
        let server = serve(seeded());
        let ran = apply(&server, KEYS, &[]);
        ran.is_guarded("refused by `secrets`: key one/ci comes with a secret");
        assert!(ran.stderr.contains("If it is meant so: --secrets FILE"), "{ran:?}");
        assert_eq!(writes(&server), 0);
    }

    #[cfg(unix)]
    #[test]
    fn secrets_are_in_their_file_alone_which_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;

        let (server, file) = (serve(seeded()), fresh("secrets"));
        let ran = apply(&server, KEYS, &["-v", "--secrets", file.0.to_str().unwrap()]);

        ran.is_done();
        assert_eq!(fs::metadata(&file.0).unwrap().permissions().mode() & 0o777, 0o600);
        let stored = lines(&file);
        let names: Vec<_> = stored.iter().map(|line| (line["cloud_name"].clone(), line["name"].clone())).collect();
        assert_eq!(names, [(json!("one"), json!("ci")), (json!("two"), json!("ci"))]);
        for line in stored {
            let secret = line["api_secret"].as_str().unwrap();
            assert!(!secret.is_empty() && !ran.stdout.contains(secret) && !ran.stderr.contains(secret));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_gets_no_secret() {
        let (server, file) = (serve(seeded()), TempFile::new("secrets", ""));
        let ran = apply(&server, KEYS, &["--secrets", file.0.to_str().unwrap()]);
        ran.is_refused_after_plan("others may read it, and it is for secrets");
        assert_eq!(writes(&server), 0);
    }

    #[test]
    fn the_log_has_a_line_a_step() {
        let (server, log) = (serve(seeded()), fresh("log"));
        server.with(|account| account.script([Fault::status(400).on(Method::PUT)]));
        let ran = apply(&server, WANTED, &["--workers", "1", "--log", log.0.to_str().unwrap()]);

        assert_eq!(ran.status, 1, "{ran:?}");
        let lines = lines(&log);
        let results: Vec<_> = lines.iter().map(|line| line["result"].as_str().unwrap()).collect();
        assert_eq!(results, ["failed", "done", "done"]);
        assert_eq!(lines[1]["step"], json!({"number": 2, "kind": "users", "name": "new@x.org", "action": "create"}));
        assert!(lines.iter().all(|line| line["request_id"].is_string() && line["time"].is_string()), "{lines:?}");
        assert!(lines[0]["message"].as_str().unwrap().starts_with("updateUser: 400"), "{lines:?}");
    }

    #[test]
    fn a_log_that_cannot_be_written_is_refused_before_anything_is_sent() {
        let server = serve(seeded());
        apply(&server, WANTED, &["--log", "/there/is/no/such/log"]).is_refused("/there/is/no/such/log: No such file");
        assert_eq!(server.requests(), 0);
    }
}

#[test]
fn access_to_all_is_granted_by_name_and_not_by_an_empty_list() {
    let server = serve(seeded());
    let user = |environments| format!("[[users]]\nemail = \"update@x.org\"\nenvironments = {environments}\n");
    apply(&server, &user("[]"), &[]).is_refused("line 3, column 16: users[0].environments: ");
    assert_eq!(server.requests(), 0);
    apply(&server, &user("\"all\""), &[]).is_done();
    assert_eq!(state(&server)["update@x.org"].3, None);
    apply(&server, &user("\"none\""), &[]).is_refused("the API cannot leave a user without any product environment");
}

#[test]
fn there_is_no_dry_run_but_plan() {
    let server = serve(seeded());
    apply(&server, WANTED, &["--dry-run"]).is_refused("`cldp plan` shows what it would do");
    assert_eq!(server.requests(), 0);
}
