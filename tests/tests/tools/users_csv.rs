//! `users_csv`, and the way back through `directory_sync`.

use std::fs;
use std::path::Path;

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewGroup, NewSubAccount, NewUser};
use serde_json::Value;
use time::macros::datetime;

use crate::run::{Ran, TempFile, account, bare, run, serve, state, tool, writes};

fn seeded() -> FakeAccount {
    account()
        .with_page_cap(2)
        .with_sub_account(NewSubAccount::new("Shop, the big one").id("s1"))
        .with_sub_account(NewSubAccount::new("Press").id("s2"))
        .with_users([
            NewUser::new("Root", "root@x.org").id("u1").role("master_admin").root(true).pending(false),
            NewUser::new("Jo \"the first\", of Ärö\nand elsewhere", "jo@x.org").id("u2").sub_account_ids(["s2", "s1"]),
            NewUser::new(" spaced ", "Mixed@X.org")
                .id("u3")
                .role("space_admin")
                .enabled(false)
                .sub_account_ids([""; 0]),
            NewUser::new("All", "all@x.org").id("u4").last_login(datetime!(2026-01-31 08:00 UTC)),
            NewUser::new("=1+1", "formula@x.org").id("u5"),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u2", "u4"]))
        .with_group(NewGroup::new("Press").id("g2").members(["u2"]))
}

const EXPORTED: &str = "\
email,name,role,enabled,sub_account_ids,id,pending,groups,sub_accounts,created_at,last_login
root@x.org,Root,master_admin,true,,u1,false,,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,
jo@x.org,\"Jo \"\"the first\"\", of Ärö
and elsewhere\",media_library_user,true,s1|s2,u2,true,Editors|Press,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,
Mixed@X.org, spaced ,space_admin,false,none,u3,true,,,2026-01-01T00:00:00Z,
all@x.org,All,media_library_user,true,,u4,false,Editors,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,2026-01-31T08:00:00Z
formula@x.org,=1+1,media_library_user,true,,u5,true,,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,
";

fn export(server: &FakeServer) -> Ran {
    run(&mut tool("users_csv", server))
}

fn sync(server: &FakeServer, csv: &str, options: &[&str]) -> Ran {
    let file = TempFile::new("csv", csv);
    run(tool("directory_sync", server).args(options).arg("--json").arg(&file.0))
}

#[test]
fn without_credentials_it_exports_a_made_up_account() {
    let ran = run(&mut bare("users_csv"));
    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.stdout.lines().count(), 1 + 7);
    assert!(ran.stderr.contains("a made-up account in memory"), "{}", ran.stderr);
}

#[test]
fn it_exports_everybody_with_groups_and_product_environments() {
    let server = serve(seeded());
    let ran = export(&server);

    assert_eq!(ran.status, 0, "{ran:?}");
    assert_eq!(ran.stdout, EXPORTED);
    assert_eq!(writes(&server), 0);
}

#[test]
fn it_asks_for_no_more_than_it_needs() {
    let server = serve(seeded());
    export(&server);

    let asked =
        |end: &str| server.with(|account| account.requests().filter(|asked| asked.target.ends_with(end)).count());
    assert_eq!(asked("/groups"), 2, "of those who have groups");
    assert_eq!(asked("/sub_accounts"), 3, "of those who do not have all, and once of those who do");
}

#[test]
fn there_is_no_progress_bar_where_there_is_no_terminal() {
    let server = serve(seeded());
    let expected = format!("Reading from account acc at {}.\nWrote 5 users.\n", server.url());
    assert_eq!(export(&server).stderr, expected);
}

#[test]
fn an_export_is_a_wanted_state_with_nothing_to_do() {
    let server = serve(seeded());
    let exported = export(&server).stdout;
    let ran = sync(&server, &exported, &["--disable-missing"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let actions: Vec<Value> = ran.json_of("step").iter().map(|line| line["action"].clone()).collect();
    assert_eq!(actions, ["unchanged"; 5]);
    assert_eq!(writes(&server), 0);
}

#[test]
fn an_edited_export_changes_what_was_edited() {
    let server = serve(seeded());
    let mut expected = state(&server);
    let edited = export(&server).stdout.replace("space_admin,false,none", "space_admin,true,s2");
    let ran = sync(&server, &edited, &[]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let user = expected.get_mut("Mixed@X.org").unwrap();
    (user.2, user.3) = (true, Some(["s2".to_owned()].into()));
    assert_eq!(state(&server), expected);
    assert_eq!(writes(&server), 1);
}

#[test]
fn an_export_brings_another_account_to_the_same_state() {
    let exported = export(&serve(seeded())).stdout;
    // The fake, as the service, creates with the roles that it knows alone, and cannot be asked for access to nothing:
    // an empty list grants everything.
    let exported = exported.replace("space_admin,false,none", "admin,false,s2");
    let server = serve(
        account()
            .with_sub_account(NewSubAccount::new("One").id("s1"))
            .with_sub_account(NewSubAccount::new("Two").id("s2")),
    );
    let ran = sync(&server, &exported, &["--concurrency", "3"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let mut expected = state(&serve(seeded()));
    let user = expected.get_mut("Mixed@X.org").unwrap();
    (user.1, user.3) = ("admin".to_owned(), Some(["s2".to_owned()].into()));
    assert_eq!(state(&server), expected);
}

#[test]
fn what_cannot_be_read_is_an_empty_cell_that_a_sync_leaves_alone() {
    let server = serve(seeded());
    // Page 1, the root user's product environments, jo's groups, jo's product environments.
    server.with(|account| {
        account.fail_next(3, Fault::response());
        account.fail_next(1, Fault::status(403));
    });
    let ran = export(&server);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("user u2: getSubAccountsForUser: 403 Forbidden"), "{}", ran.stderr);
    assert!(ran.stdout.contains("media_library_user,true,,u2,true,Editors|Press,,2026"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), EXPORTED.lines().count(), "the others are there");

    assert_eq!(sync(&server, &ran.stdout, &[]).status, 0);
    assert_eq!(writes(&server), 0);
}

#[test]
fn throttling_is_waited_out_and_told() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::response(), Fault::throttled(0)]));
    let ran = export(&server);

    assert_eq!((ran.status, ran.stdout.as_str()), (0, EXPORTED));
    assert!(ran.stderr.contains("retry: getSubAccountsForUser: attempt 1: status 429"), "{}", ran.stderr);
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let server = serve(seeded());
    let file = TempFile::new("csv", "");
    let path = file.0.with_extension("out.csv");
    let part = file.0.with_extension("out.csv.part");
    let export_to = |path: &Path| run(tool("users_csv", &server).arg("--output").arg(path));

    // Page 1, the root user's product environments, jo's groups, jo's product environments, and then page 2.
    server.with(|account| {
        account.fail_next(4, Fault::response());
        account.fail_next(1, Fault::status(403));
    });
    let ran = export_to(&path);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("users_csv: getUsers: 403"), "{}", ran.stderr);
    assert!(!path.exists(), "the list was not read to its end");

    server.with(FakeAccount::clear_faults);
    let ran = export_to(&path);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&path).unwrap(), EXPORTED);
    assert!(!part.exists());
    fs::remove_file(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    let server = serve(seeded());
    let file = TempFile::new("link", "");
    fs::remove_file(&file.0).unwrap();
    std::os::unix::fs::symlink("/dev/null", &file.0).unwrap();
    let ran = run(tool("users_csv", &server).arg("--output").arg(&file.0));

    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(fs::symlink_metadata(&file.0).unwrap().is_symlink());
}

#[test]
fn a_wrong_command_line_or_environment_is_status_2() {
    let refused = |command: &mut std::process::Command, why: &str| {
        let ran = run(command);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains(why), "{why} is not in {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    };
    refused(bare("users_csv").arg("file"), "unexpected argument");
    refused(bare("users_csv").arg("--output"), "missing argument");
    refused(bare("users_csv").env("CLOUDINARY_ACCOUNT_ID", "acc"), "set CLOUDINARY_PROVISIONING_API_KEY");
    refused(bare("users_csv").args(["--origin", "http://127.0.0.1:1"]), "set CLOUDINARY_ACCOUNT_URL");
}

#[test]
fn help_documents_every_column() {
    let ran = run(bare("users_csv").arg("--help"));
    assert_eq!(ran.status, 0);
    for column in EXPORTED.lines().next().unwrap().split(',') {
        assert!(ran.stdout.contains(&format!("\n  {column} ")), "{column}");
    }
}
