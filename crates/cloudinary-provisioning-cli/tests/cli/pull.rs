//! `cldp pull`.

use std::fs;

use cloudinary_provisioning_fake::{
    FakeAccount, FakeServer, Fault, NewAccessKey, NewAssignment, NewCustomPolicy, NewRole, NewUser, PermissionType,
    Principal, ScopeType,
};

use crate::plan::seeded;
use crate::run::{Ran, TempFile, cldp, run, serve, writes};

fn everything() -> FakeAccount {
    seeded()
        .with_access_key("s1", NewAccessKey::new("ci").api_key("814"))
        .with_role(
            NewRole::new("Auditors", ScopeType::Prodenv, PermissionType::Global)
                .id("auditors")
                .system_policy("cld::policy::global::prodenv::reports::view"),
        )
        .with_assignment(Principal::user("u-same"), NewAssignment::new("auditors").in_environment("s1"))
        .with_assignment(Principal::api_key("814"), NewAssignment::new("auditors").in_environment("s1"))
        .with_custom_policy(NewCustomPolicy::new("Read", "permit(principal, action, resource);").enabled(false))
}

fn pull(server: &FakeServer, options: &[&str]) -> Ran {
    run(cldp(server).arg("pull").args(options))
}

fn plan(server: &FakeServer, file: &TempFile) -> Ran {
    run(cldp(server).args(["plan", "--exit-code"]).arg(&file.0))
}

#[test]
fn what_is_pulled_is_a_manifest_with_nothing_to_do() {
    let server = serve(everything());
    for (extension, options) in [("toml", &[][..]), ("json", &["-ojson"])] {
        let pulled = TempFile::new(extension, &pull(&server, options).is_done().stdout);
        let ran = plan(&server, &pulled);
        assert!(ran.is_done().stdout.starts_with("No changes. Unchanged: environments 2, keys 3, roles 1"), "{ran:?}");
    }
    assert_eq!(writes(&server), 0);
}

#[test]
fn only_the_kinds_that_are_named_are_read_and_written() {
    let server = serve(everything());
    let ran = pull(&server, &["--only", "groups,roles"]);
    let kinds: Vec<_> = ran.is_done().stdout.lines().filter(|line| line.starts_with("[[")).collect();
    assert_eq!(kinds, ["[[groups]]", "[[roles]]"]);
    let asked = |path: &str| server.with(|account| account.requests().any(|request| request.target.contains(path)));
    assert!(!asked("access_keys") && !asked("policies"));
}

#[test]
fn a_file_that_is_there_keeps_its_comments_and_the_way_its_values_are_written() {
    let server = serve(everything());
    let before = "\
# The account of X.
version = 1
prune = [\"groups\"]   # nobody makes groups by hand

[ignore]
users = [\"missing@*\"]

# People.
[[users]]
email = \"Same@X.org\"   # the same
name = 'Old name'      # was married
role = \"reports\"

# Gone.
[[users]]
email = \"gone@x.org\"

[[users]]
email = \"never@x.org\"
state = \"absent\"

[[groups]]
name = \"Editors\"
members = [
  \"gone@x.org\",        # left
  \"same@x.org\",        # stays
]

[[assignments]]
role = \"auditors\"
scope = \"prodenv:one\"
to = [\"user:same@x.org\"] # one of two
";
    let file = TempFile::new("toml", before);
    let ran = pull(&server, &["--file", file.0.to_str().unwrap()]);

    assert_eq!(ran.is_done().stdout, "");
    let after = fs::read_to_string(&file.0).unwrap();
    for kept in [
        "# The account of X.\nversion = 1\nprune = [\"groups\"]   # nobody makes groups by hand\n",
        "users = [\"missing@*\"]\n",
        "# People.\n[[users]]\nemail = \"Same@X.org\"   # the same\nname = \"Same\"      # was married\n",
        "email = \"never@x.org\"\nstate = \"absent\"\n",
        "members = [\n  \"same@x.org\",        # stays\n]",
        "to = [\"user:same@x.org\", \"key:one/ci\"] # one of two\n",
    ] {
        assert!(after.contains(kept), "{kept} is not in {after}");
    }
    assert!(!after.contains("[[users]]\nemail = \"gone@x.org\"") && !after.contains("missing@x.org"), "{after}");
    plan(&server, &file).is_done();

    // Once more, nothing changes, whatever lines end with.
    for text in [after.clone(), after.replace('\n', "\r\n")] {
        fs::write(&file.0, &text).unwrap();
        pull(&server, &["--file", file.0.to_str().unwrap()]).is_done();
        assert_eq!(fs::read_to_string(&file.0).unwrap(), text);
    }
}

#[test]
fn what_could_not_be_read_leaves_the_file_alone() {
    let server = serve(everything());
    server.with(|account| account.script([Fault::status(400).on_operation("getAccessKeys")]));
    let file = TempFile::new("toml", "[[users]]\nemail = \"same@x.org\"\n");
    let ran = pull(&server, &["--file", file.0.to_str().unwrap()]);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("keys of environment s"), "{ran:?}");
    assert!(ran.stderr.contains("not everything could be read, and nothing was written"), "{ran:?}");
    assert_eq!(fs::read_to_string(&file.0).unwrap(), "[[users]]\nemail = \"same@x.org\"\n");
}

#[test]
fn a_file_that_is_wrong_is_refused_and_nothing_is_asked() {
    let server = serve(everything());
    let file = TempFile::new("toml", "[[users]]\nemial = \"same@x.org\"\n");
    pull(&server, &["--file", file.0.to_str().unwrap()]).is_refused("line 2, column 1: users[0].emial: unknown key");
    pull(&server, &["--file", "users.csv"]).is_refused("`cldp export users --file` writes CSV");
    assert_eq!(server.requests(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_is_followed() {
    let server = serve(everything());
    let file = TempFile::new("toml", "version = 1\n");
    let link = file.0.with_extension("link.toml");
    std::os::unix::fs::symlink(&file.0, &link).unwrap();
    let ran = pull(&server, &["--only", "groups", "--file", link.to_str().unwrap()]);
    let is_link = fs::symlink_metadata(&link).unwrap().is_symlink();
    fs::remove_file(&link).unwrap();

    ran.is_done();
    assert!(is_link);
    assert!(fs::read_to_string(&file.0).unwrap().contains("[[groups]]"));
}

#[test]
fn what_no_manifest_can_hold_is_named() {
    let server = serve(seeded().with_user(NewUser::new("Old role", "role@x.org").role("space_admin")));
    let ran = pull(&server, &["--only", "users"]);
    assert!(ran.is_done().stderr.contains("left out: user role@x.org: its role space_admin is not known"), "{ran:?}");
    assert!(!ran.stdout.contains("space_admin"), "{ran:?}");
}
