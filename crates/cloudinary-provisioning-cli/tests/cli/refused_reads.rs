//! What commands do that read several parts of an account, where a part is refused or the reading is interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use cloudinary_provisioning_fake::{
    FakeAccount, FakeServer, Fault, NewAccessKey, NewAssignment, NewGroup, NewSubAccount, NewUser, Principal,
};

use crate::run::{ID, KEY, SECRET, TempFile, account, cldp, run, serve};

/// Those that take names, and what they may be called with.
const COMMANDS: [&[&str]; 7] = [
    &["offboard", "eve@x.org", "--yes"],
    &["rotate", "shop/ci", "--disable-old", "--secrets", "SECRETS", "--yes"],
    &["review", "--user", "eve@x.org"],
    &["review", "--environment", "shop", "--policies"],
    &["review", "--role", "cld::role::account::user_manager"],
    &["diff", "here", "MANIFEST"],
    &["diff", "here", "there"],
];

/// What tells what somebody who leaves still holds, and nothing else.
const HELD: [&str; 2] = ["getAccessKeys", "getProductEnvironments"];

fn seeded() -> FakeAccount {
    let user = |id: &str, role: &str| NewUser::new(id, format!("{id}@x.org")).id(id).role(role).pending(false);
    account()
        .with_users([user("root", "master_admin"), user("eve", "billing").sub_account_ids(["s1"])])
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_access_key("s1", NewAccessKey::new("ci").api_key("111"))
        .with_group(NewGroup::new("Editors").id("g1").member("eve"))
        .with_assignment(Principal::user("eve"), NewAssignment::new("cld::role::account::user_manager"))
}

/// A command against the account, which the profiles `here` and `there` name as well.
fn command(server: &FakeServer, arguments: &[&str], manifest: &TempFile) -> (Command, TempFile) {
    let profiles = ["here", "there"].map(|name| {
        let url = server.url();
        format!(
            "[profiles.{name}]\naccount_id = \"{ID}\"\nkey = \"{KEY}\"\nsecret = \"{SECRET}\"\norigin = \"{url}\"\n"
        )
    });
    let home = TempFile::new("home", "");
    fs::remove_file(&home.0).unwrap();
    for folder in ["cldp", "Library/Application Support/cldp"] {
        let file = home.0.join(folder).join("profiles.toml");
        fs::create_dir_all(home.0.join(folder)).unwrap();
        fs::write(&file, profiles.concat()).unwrap();
        #[cfg(unix)]
        fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    let mut command = cldp(server);
    command.env("XDG_CONFIG_HOME", &home.0).env("HOME", &home.0).env("APPDATA", &home.0);
    command.args(arguments.iter().map(|it| match *it {
        "MANIFEST" => manifest.0.clone(),
        "SECRETS" => home.0.join("secrets.jsonl"),
        other => other.into(),
    }));
    (command, home)
}

/// What is read, by operation.
fn reads(server: &FakeServer) -> BTreeSet<&'static str> {
    server.with(|account| account.requests().filter(|it| it.method == "GET").filter_map(|it| it.operation).collect())
}

fn is_as_it_was(server: &FakeServer) -> bool {
    server.with(|account| {
        let (eve, editors) = (account.user("eve").unwrap(), account.group("g1").unwrap());
        let keys = account.access_keys("s1").filter(|key| key.enabled).count();
        eve.enabled && editors.members == ["eve"] && account.assignments().count() == 1 && keys == 2
    })
}

#[test]
fn a_part_that_may_not_be_read_is_told_and_changes_nothing() {
    let manifest = TempFile::new("toml", "[[groups]]\nname = \"Viewers\"\n");
    for arguments in COMMANDS {
        let server = serve(seeded());
        let (mut whole, _home) = command(&server, arguments, &manifest);
        assert_eq!(run(&mut whole).status, 0, "{arguments:?}");
        let reads = reads(&server);
        assert!(!reads.is_empty(), "{arguments:?}");
        for read in reads {
            let server = serve(seeded());
            server.with(|account| account.script((0..9).map(|_| Fault::status(403).on_operation(read))));
            let (mut refused, _home) = command(&server, arguments, &manifest);
            let ran = run(&mut refused);
            let told = format!("{}{}", ran.stdout, ran.stderr);
            assert!(told.contains(&format!("{read}: 403 Forbidden")), "{arguments:?} without {read}: {ran:?}");
            // Who leaves loses access, whatever they are said to hold.
            if arguments[0] == "offboard" && HELD.contains(&read) {
                assert!(ran.is_done().stdout.contains("what they hold is not wholly known"), "{ran:?}");
                continue;
            }
            assert_eq!((ran.status, is_as_it_was(&server)), (1, true), "{arguments:?} without {read}: {ran:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_reading_that_is_interrupted_says_so_and_changes_nothing() {
    let manifest = TempFile::new("toml", "[[groups]]\nname = \"Viewers\"\n");
    for arguments in COMMANDS {
        let server = serve(seeded());
        // The second request waits for a minute.
        server.with(|account| account.script([Fault::response(), Fault::throttled(60)]));
        let (mut waiting, _home) = command(&server, arguments, &manifest);
        let mut child = waiting.args(["--workers", "1"]).spawn().unwrap();
        crate::run::wait_for_requests(&server, &mut child, 2);
        crate::run::interrupt(&child);
        let ran = crate::run::ran(child.wait_with_output().unwrap());
        assert!(ran.status == 1 && ran.stderr.contains("interrupted"), "{arguments:?}: {ran:?}");
        assert_eq!((ran.stdout.as_str(), is_as_it_was(&server)), ("", true), "{arguments:?}");
    }
}
