//! `cldp offboard`.

use cloudinary_provisioning_fake::{
    FakeAccount, FakeServer, Fault, NewAccessKey, NewAssignment, NewGroup, NewSubAccount, NewUser, Principal,
};

use crate::run::{Ran, TempFile, account, cldp, run, serve, writes};

fn seeded() -> FakeAccount {
    let user = |id: &str, role: &str| NewUser::new(id, format!("{id}@x.org")).id(id).role(role).pending(false);
    account()
        .with_users([user("root", "master_admin"), user("eve", "billing"), user("bob", "billing")])
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_access_key("s1", NewAccessKey::new("eve laptop").api_key("111"))
        .with_group(NewGroup::new("Editors").id("g1").members(["eve", "bob"]))
        .with_group(NewGroup::new("Owners").id("g2").member("eve"))
        .with_assignment(Principal::user("eve"), NewAssignment::new("cld::role::account::user_manager"))
}

fn offboard(server: &FakeServer, arguments: &[&str]) -> Ran {
    run(cldp(server).arg("offboard").args(arguments))
}

const PLAN: &str = "\
! eve@x.org still holds the key shop/eve laptop
! eve@x.org is the only member of the group Owners
- assignment cld::role::account::user_manager (account) to user:eve@x.org
- membership eve@x.org in Editors
- membership eve@x.org in Owners
- user eve@x.org: disable  enabled: true → false
4 changes.
";

#[test]
fn a_dry_run_shows_what_would_go_and_what_stays() {
    let server = serve(seeded());
    assert_eq!(offboard(&server, &["eve@x.org", "--dry-run"]).is_done().stdout, PLAN);
    assert_eq!(writes(&server), 0);
    // The user, the groups with their members, the environments, the keys of one, the roles of two types.
    assert_eq!(server.requests(), 6);
}

#[test]
fn access_goes_and_nobody_else_loses_any() {
    let server = serve(seeded());
    let log = TempFile::new("log", "");
    let ran = offboard(&server, &["EVE@x.org", "--yes", "--log", log.0.to_str().unwrap()]);
    assert!(
        ran.is_done().stdout.ends_with("4 done, 0 failed, 0 skipped.\nSecond pass: nothing is left to do.\n"),
        "{ran:?}"
    );
    server.with(|account| {
        assert!(!account.user("eve").unwrap().enabled && account.user("bob").unwrap().enabled);
        assert_eq!(account.group("g1").unwrap().members, ["bob"]);
    });
    assert_eq!(std::fs::read_to_string(&log.0).unwrap().lines().count(), 4);
    let again = offboard(&server, &["eve@x.org", "--yes", "--me", "root@x.org", "-o", "json"]);
    assert_eq!(again.is_done().json_of("plan")[0]["steps"], serde_json::json!([]));
    assert_eq!(again.json_of("holdings")[0]["found"][0]["name"], "shop/eve laptop");
}

#[test]
fn what_is_unclear_or_refused_changes_nothing() {
    let server = serve(seeded());
    offboard(&server, &["eve@x.org", "ava@x.org", "--yes"]).is_refused("user ava@x.org: is not a user of the account");
    let asked = offboard(&server, &["eve@x.org"]);
    assert!(asked.status == 2 && asked.stderr.contains("confirm with --yes"), "{asked:?}");
    offboard(&server, &["root@x.org", "--yes"]).is_guarded("0 enabled master admins would be left");
    offboard(&server, &["eve@x.org", "--yes", "--me", "eve@x.org"]).is_guarded("is the caller");
    server.with(|account| account.script([Fault::status(403).on_operation("getUserGroups")]));
    let forbidden = offboard(&server, &["eve@x.org", "--yes"]);
    assert!(forbidden.status == 1 && forbidden.stderr.contains("not everything could be read"), "{forbidden:?}");
    assert_eq!(writes(&server), 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_goes_on_when_it_is_run_again() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::throttled(50).on_operation("removeUserFromUserGroup")]));
    let mut command = cldp(&server);
    let mut child = command.args(["offboard", "eve@x.org", "--yes", "--workers", "1"]).spawn().unwrap();
    crate::run::wait_for_requests(&server, &mut child, 8);
    crate::run::interrupt(&child);
    let ran = crate::run::ran(child.wait_with_output().unwrap());
    assert!(ran.status == 1 && ran.stderr.contains("interrupted; run it again to go on"), "{ran:?}");
    offboard(&server, &["eve@x.org", "--yes"]).is_done();
    assert!(server.with(|account| !account.user("eve").unwrap().enabled));
}
