//! `cldp export users`, and the way back through `cldp apply`.

use std::fs;
use std::path::Path;

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewGroup, NewSubAccount, NewUser, Switch};
use time::macros::datetime;

use crate::run::{Ran, TempFile, account, bare, cldp, demo, run, serve, state, writes};

fn seeded() -> FakeAccount {
    of("Jo \"the first\", of Ärö\nand elsewhere", " spaced ", "space_admin")
}

/// One whose names and roles a manifest can hold.
fn plain() -> FakeAccount {
    of("Jo \"the first\", of Ärö", "spaced", "admin")
}

fn of(jo: &str, mixed: &str, role: &str) -> FakeAccount {
    account()
        .with_page_cap(2)
        .with_sub_account(NewSubAccount::new("Shop, the big one").id("s1"))
        .with_sub_account(NewSubAccount::new("Press").id("s2"))
        .with_users([
            NewUser::new("Root", "root@x.org").id("u1").role("master_admin").root(true).pending(false),
            NewUser::new(jo, "jo@x.org").id("u2").sub_account_ids(["s2", "s1"]),
            NewUser::new(mixed, "Mixed@X.org").id("u3").role(role).enabled(false).sub_account_ids([""; 0]),
            NewUser::new("All", "all@x.org").id("u4").last_login(datetime!(2026-01-31 08:00 UTC)),
            NewUser::new("=1+1", "formula@x.org").id("u5"),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u2", "u4"]))
        .with_group(NewGroup::new("Press").id("g2").members(["u2"]))
}

const EXPORTED: &str = "\
email,name,role,enabled,sub_account_ids,id,pending,groups,sub_accounts,created_at,last_login
root@x.org,Root,master_admin,true,all,u1,false,,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,
jo@x.org,\"Jo \"\"the first\"\", of Ärö
and elsewhere\",media_library_user,true,s1|s2,u2,true,Editors|Press,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,
Mixed@X.org, spaced ,space_admin,false,none,u3,true,,,2026-01-01T00:00:00Z,
all@x.org,All,media_library_user,true,all,u4,false,Editors,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,2026-01-31T08:00:00Z
formula@x.org,'=1+1,media_library_user,true,all,u5,true,,\"Shop, the big one|Press\",2026-01-01T00:00:00Z,
";

fn export(server: &FakeServer) -> Ran {
    run(cldp(server).args(["export", "users", "--workers", "1"]))
}

fn apply(server: &FakeServer, csv: &str, options: &[&str]) -> Ran {
    let file = TempFile::new("csv", csv);
    run(cldp(server).args(["apply", "--yes"]).args(options).arg(&file.0))
}

#[test]
fn the_demo_account_is_exported() {
    let ran = demo(&["export", "users"]);
    assert_eq!(ran.is_done().stdout.lines().count(), 1 + 7);
    assert!(ran.stderr.contains("a demo account in memory"), "{}", ran.stderr);
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
    for (switches, of_users) in [(&[][..], 0), (&[Switch::UsersAsDocumented], 2)] {
        let server = serve(seeded().with_switches(switches.iter().copied()));
        assert_eq!(export(&server).is_done().stdout, EXPORTED);

        let asked =
            |end: &str| server.with(|account| account.requests().filter(|asked| asked.target.contains(end)).count());
        assert_eq!(asked("/user_groups?extended_details=true"), 1, "for who is in which group");
        assert_eq!(asked("/groups"), 0);
        assert_eq!(asked("/sub_accounts?"), 0);
        assert_eq!(asked("/sub_accounts"), 1 + of_users, "of those who do not have all, where their lists are missing");
    }
}

#[test]
fn there_is_no_progress_bar_where_there_is_no_terminal() {
    let server = serve(seeded());
    let expected = format!("Reading from account acc at {}.\nRead 5 users.\n", server.url());
    assert_eq!(export(&server).stderr, expected);
}

#[test]
fn an_export_is_a_wanted_state_with_nothing_to_do() {
    let server = serve(plain());
    let exported = export(&server).stdout;
    let ran = apply(&server, &exported, &["--prune", "users"]);

    assert_eq!(ran.is_done().stdout, "No changes. Unchanged: users 5, memberships 3.\n");
    assert_eq!(writes(&server), 0);
}

#[test]
fn an_edited_export_changes_what_was_edited() {
    let server = serve(plain());
    let mut expected = state(&server);
    let edited = export(&server).stdout.replace("admin,false,none", "admin,true,s2");
    let ran = apply(&server, &edited, &[]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let user = expected.get_mut("Mixed@X.org").unwrap();
    (user.2, user.3) = (true, Some(["s2".to_owned()].into()));
    assert_eq!(state(&server), expected);
    assert_eq!(writes(&server), 1);
}

#[test]
fn an_export_brings_another_account_to_the_same_state() {
    let exported = export(&serve(plain())).stdout;
    // The fake, as the service, creates with the roles that it knows alone, and never without a product environment.
    let exported = exported.replace("admin,false,none", "admin,false,s2");
    let server = serve(
        account()
            .with_sub_account(NewSubAccount::new("One").id("s1"))
            .with_sub_account(NewSubAccount::new("Two").id("s2"))
            .with_group(NewGroup::new("Editors"))
            .with_group(NewGroup::new("Press")),
    );
    let ran = apply(&server, &exported, &["--workers", "3"]);

    assert_eq!(ran.status, 0, "{ran:?}");
    let mut expected = state(&serve(plain()));
    let mixed = expected.get_mut("Mixed@X.org").unwrap();
    (mixed.1, mixed.3) = ("admin".to_owned(), Some(["s2".to_owned()].into()));
    assert_eq!(state(&server), expected);
}

#[test]
fn what_cannot_be_read_is_an_empty_cell_that_apply_leaves_alone() {
    let server = serve(plain().with_switch(Switch::UsersAsDocumented));
    server.with(|account| account.script([Fault::status(403).on_operation("getSubAccountsForUser")]));
    let ran = export(&server);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.stderr.contains("environments of user jo@x.org: getSubAccountsForUser: 403 Forbidden"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("cldp: could not read everything: 1 errors"), "{}", ran.stderr);
    assert!(ran.stdout.contains("media_library_user,true,,u2,true,Editors|Press,,2026"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 1 + 5, "the others are there");

    assert_eq!(apply(&server, &ran.stdout, &[]).status, 0);
    assert_eq!(writes(&server), 0);
}

#[test]
fn a_file_stays_as_it_was_if_something_could_not_be_read() {
    let server = serve(seeded());
    let file = TempFile::new("csv", "good");
    let export = |arguments: &[&str]| {
        server.with(|account| account.script([Fault::status(403).on_operation("getUserGroups")]));
        let ran = run(cldp(&server).args(["export", "users", "--workers", "1", "--file"]).arg(&file.0).args(arguments));
        assert_eq!(ran.status, 1, "{ran:?}");
        (fs::read_to_string(&file.0).unwrap(), ran.stderr)
    };
    let (content, told) = export(&[]);
    assert!(content == "good" && told.contains("is left as it was; --partial writes the rest"), "{told}");
    let (content, told) = export(&["--partial"]);
    assert!(content.starts_with("email,name,") && told.contains("their cells are empty"), "{told}");
}

#[test]
fn throttling_is_waited_out_and_told() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::throttled(0).on_operation("getUsers")]));
    let ran = export(&server);

    assert_eq!((ran.status, ran.stdout.as_str()), (0, EXPORTED));
    assert!(ran.stderr.contains("retry: getUsers: attempt 1: 429"), "{}", ran.stderr);
}

fn export_to(server: &FakeServer, path: &Path) -> Ran {
    run(cldp(server).args(["export", "users", "--workers", "1", "--file"]).arg(path))
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let server = serve(seeded());
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("users.csv");

    server.with(|account| account.script([Fault::status(403).on_operation("getUsers")]));
    let ran = export_to(&server, &path);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("cldp: getUsers: 403"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0, "the list was not read to its end");

    let ran = export_to(&server, &path);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
    assert_eq!(fs::read_to_string(&path).unwrap(), EXPORTED);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[cfg(unix)]
mod files {
    use std::io::{BufRead, BufReader};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;
    use crate::run::{interrupt, wait_for};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn keep_their_mode_and_links_are_followed() {
        let server = serve(seeded());
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file.csv"), directory.path().join("link.csv"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file.csv", &link).unwrap();

        export_to(&server, &link).is_done();
        assert_eq!(fs::read_to_string(&file).unwrap(), EXPORTED);
        assert_eq!(mode(&file), 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn that_are_new_have_the_mode_of_any_new_file() {
        let server = serve(seeded());
        let directory = tempfile::tempdir().unwrap();
        let (file, usual) = (directory.path().join("file.csv"), directory.path().join("usual"));
        fs::write(&usual, "").unwrap();
        export_to(&server, &file).is_done();
        assert_eq!(mode(&file), mode(&usual));
    }

    #[test]
    fn links_that_lead_nowhere_lead_to_the_new_file() {
        let server = serve(seeded());
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        fs::create_dir(at("there")).unwrap();
        symlink("there/second.csv", at("first.csv")).unwrap();
        symlink("../file.csv", at("there/second.csv")).unwrap();
        export_to(&server, &at("first.csv")).is_done();
        assert_eq!(fs::read_to_string(at("file.csv")).unwrap(), EXPORTED);
        for link in ["first.csv", "there/second.csv"] {
            assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
        }
    }

    #[test]
    fn with_secrets_are_their_owners_alone_from_the_first_byte() {
        let server = serve(seeded());
        let directory = tempfile::tempdir().unwrap();
        let replaced = directory.path().join("replaced.csv");
        fs::write(&replaced, "old").unwrap();
        fs::set_permissions(&replaced, fs::Permissions::from_mode(0o644)).unwrap();
        for file in [replaced, directory.path().join("new.csv")] {
            let mut command = cldp(&server);
            command.args(["export", "keys", "--show-secrets", "--file"]).arg(&file);
            let (mut child, unfinished) = server.with(|_| {
                // No request is answered before this returns.
                let child = command.spawn().unwrap();
                (child, wait_for(|| unfinished(directory.path())))
            });
            assert_eq!(unfinished, 0o600, "{file:?}");
            assert!(child.wait().unwrap().success());
            assert_eq!(mode(&file), 0o600, "{file:?}");
        }
    }

    /// The mode of the file that is being written.
    fn unfinished(directory: &Path) -> Option<u32> {
        let mut files = fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
        files.find(|path| path.to_str().unwrap().contains(".cldp-")).map(|path| mode(&path))
    }

    fn pipe(directory: &Path) -> std::path::PathBuf {
        let pipe = directory.join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        pipe
    }

    #[test]
    fn a_pipe_that_nobody_opens_ends_at_the_first_signal() {
        let server = serve(seeded());
        let directory = tempfile::tempdir().unwrap();
        let mut child = cldp(&server).args(["export", "users", "--file"]).arg(pipe(directory.path())).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("Reading from"), "{line}");
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(1));
        assert_eq!(server.requests(), 0);
    }

    #[test]
    fn a_pipe_that_nobody_reads_ends_at_the_first_signal() {
        let user = |n| NewUser::new("U", format!("{}{n}@x.org", "u".repeat(50))).role("master_admin");
        let server = serve(account().with_users((0..1500).map(user)));
        let directory = tempfile::tempdir().unwrap();
        let pipe = pipe(directory.path());
        let mut child = cldp(&server).args(["export", "access", "--file"]).arg(&pipe).spawn().unwrap();
        let reader = fs::File::open(&pipe).unwrap();
        wait_for(|| (rustix::io::ioctl_fionread(&reader).unwrap() >= 0x8000).then_some(()));
        interrupt(&child);
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let server = serve(seeded());
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        symlink("/dev/null", &link).unwrap();
        export_to(&server, &link).is_done();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let ran = export_to(&server, Path::new("/dev/full"));
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.stderr.contains("No space left"), "{ran:?}");
    }

    #[test]
    fn that_cannot_be_made_are_refused_before_anything_is_asked() {
        let server = serve(seeded());
        let ran = export_to(&server, Path::new("/there/is/no/users.csv"));
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.stderr.contains("/there/is/no/users.csv: No such file"), "{ran:?}");
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(export_to(&server, directory.path()).status, 2);
        assert_eq!(server.requests(), 0);
    }
}

#[test]
fn a_wrong_command_line_is_refused() {
    run(bare().args(["export", "planets"])).is_refused("'planets'");
    run(bare().args(["export", "users", "file"])).is_refused("unexpected argument");
    run(bare().args(["export", "users", "--file"])).is_refused("a value is required");
}
