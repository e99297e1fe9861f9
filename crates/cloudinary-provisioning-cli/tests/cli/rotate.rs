//! `cldp rotate`.

use cloudinary_provisioning_fake::{
    FakeAccount, FakeServer, Fault, NewAccessKey, NewAssignment, NewSubAccount, NewUser, Principal, Switch,
};
use serde_json::Value;

use crate::run::{Ran, TempFile, account, cldp, run, serve, writes};

fn seeded() -> FakeAccount {
    account()
        .with_users([NewUser::new("Ada", "ada@x.org")])
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_access_key("s1", NewAccessKey::new("ci").api_key("111"))
        .with_assignment(
            Principal::api_key("111"),
            NewAssignment::new("cld::role::prodenv::viewer").in_environment("s1"),
        )
}

fn rotate(server: &FakeServer, arguments: &[&str]) -> Ran {
    run(cldp(server).arg("rotate").args(arguments))
}

fn stored(file: &TempFile) -> Vec<Value> {
    let text = std::fs::read_to_string(&file.0).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn private(name: &str) -> TempFile {
    let file = TempFile::new(name, "");
    std::fs::remove_file(&file.0).unwrap();
    file
}

#[test]
fn a_key_is_replaced_and_its_secret_is_in_the_file() {
    let server = serve(seeded());
    let dry = rotate(&server, &["shop/ci", "--disable-old", "--dry-run"]);
    assert_eq!(
        dry.is_done().stdout,
        "\
+ key shop/ci-rotated-1  (yields a secret)
+ assignment cld::role::prodenv::viewer (prodenv:shop) to key:shop/ci-rotated-1
- key shop/ci: disable  enabled: true → false
3 changes.
"
    );
    // The product environments, the keys of one, the roles of the key by two types.
    assert_eq!((server.requests(), writes(&server)), (4, 0));
    let secrets = private("rotate-secrets");
    let path = secrets.0.to_str().unwrap();
    let ran = rotate(&server, &["shop", "--disable-old", "--secrets", path, "--yes"]);
    assert!(ran.is_done().stdout.ends_with("Second pass: nothing is left to do.\n"), "{ran:?}");
    let new = server.with(|account| account.access_keys("s1").last().cloned()).unwrap();
    assert_eq!(new.name, "ci-rotated-1");
    assert_eq!(stored(&secrets)[0]["api_secret"], new.api_secret);
    assert!(!ran.stdout.contains(&new.api_secret) && !ran.stderr.contains(&new.api_secret));
    rotate(&server, &["shop/ci", "--disable-old", "--secrets", path, "--yes", "--me", "ada@x.org"]).is_done();
    assert_eq!((stored(&secrets).len(), writes(&server)), (1, 3));

    let early = rotate(&server, &["shop/ci", "--delete-old", "--older-than", "2000-01-01", "--yes"]);
    assert!(early.is_done().stderr.contains("! key shop/ci stays: ci-rotated-1 was generated on"), "{early:?}");
    rotate(&server, &["shop/ci", "--delete-old", "--older-than", "2200-01-01", "--yes"]).is_done();
    assert!(server.with(|account| account.access_key("s1", "111").is_none()));
}

#[cfg(unix)]
#[test]
fn a_secret_that_is_beyond_the_size_limit_is_told_and_the_old_key_stays() {
    let server = serve(seeded());
    let secrets = private("rotate-limit");
    let rotate = cldp(&server);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -f 0; exec \"$0\" \"$@\""]).arg(rotate.get_program()).args(rotate.get_args());
    limited.envs(rotate.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.args(["rotate", "shop/ci", "--disable-old", "--yes", "--secrets"]).arg(&secrets.0);
    let ran = run(&mut limited);
    assert!(ran.status == 1 && ran.stderr.contains("the secret of ci-rotated-1 of shop is not stored"), "{ran:?}");
    assert!(server.with(|account| account.access_key("s1", "111").unwrap().enabled));
}

#[test]
fn a_secret_that_an_earlier_run_did_not_store_is_read_again_or_missed() {
    let before =
        || seeded().with_access_key("s1", NewAccessKey::new("ci-rotated-1").api_key("222").api_secret("again"));
    let server = serve(before());
    let secrets = private("rotate-again");
    let path = secrets.0.to_str().unwrap();
    let ran = rotate(&server, &["shop/ci", "--disable-old", "--secrets", path, "--yes"]);
    assert!(ran.is_done().stderr.contains("Stored the secret of shop/ci-rotated-1"), "{ran:?}");
    assert_eq!(stored(&secrets)[0]["api_secret"], "again");

    let server = serve(before().with_switch(Switch::SecretsEmptyOnReads));
    let secrets = private("rotate-missed");
    let path = secrets.0.to_str().unwrap();
    let ran = rotate(&server, &["shop/ci", "--disable-old", "--secrets", path, "--yes"]);
    assert!(ran.status == 1 && ran.stderr.contains("the service does not show it: delete that key"), "{ran:?}");
    assert_eq!(writes(&server), 0);
}

#[cfg(unix)]
#[test]
fn a_command_gets_each_secret_and_nothing_goes_on_where_it_fails() {
    let server = serve(seeded());
    let failed = rotate(&server, &["shop/ci", "--disable-old", "--store", "exit 3", "--yes"]);
    assert!(
        failed.status == 1 && failed.stderr.contains("the secret of ci-rotated-1 of shop is not stored"),
        "{failed:?}"
    );
    assert!(server.with(|account| account.access_key("s1", "111").unwrap().enabled));
    let got = private("rotate-command");
    let command = format!("cat >> '{}'", got.0.display());
    rotate(&server, &["shop/ci", "--disable-old", "--store", &command, "--yes"]).is_done();
    assert_eq!(stored(&got)[0]["name"], "ci-rotated-1");
    assert!(server.with(|account| !account.access_key("s1", "111").unwrap().enabled));
}

#[test]
fn what_is_unclear_or_refused_changes_nothing() {
    let server = serve(seeded());
    rotate(&server, &["shop/ci", "--yes"]).is_refused("give --secrets FILE or --store COMMAND");
    rotate(&server, &["shop/ci", "--delete-old"]).is_refused("--older-than");
    rotate(&server, &["shop/ci", "--delete-old", "--older-than", "7", "--yes"]).is_refused("is not a date");
    rotate(&server, &["shop/cy", "--store", "true", "--yes"]).is_refused("there is no access key \"cy\"");
    let root = rotate(&server, &["shop/Root", "--disable-old", "--store", "true", "--yes"]);
    root.is_guarded("is the account's or its environment's first and stays");
    let asked = rotate(&server, &["shop/ci", "--disable-old", "--store", "true"]);
    assert!(asked.status == 2 && asked.stderr.contains("confirm with --yes"), "{asked:?}");
    server.with(|account| account.script([Fault::status(403).on_operation("getAccessKeys")]));
    let forbidden = rotate(&server, &["shop/ci", "--store", "true", "--yes"]);
    assert!(forbidden.status == 1 && forbidden.stderr.contains("not everything could be read"), "{forbidden:?}");
    assert_eq!(writes(&server), 0);

    let twins = seeded()
        .with_access_key("s1", NewAccessKey::new("ci").api_key("112"))
        .with_sub_account(NewSubAccount::new("shop").id("s2").cloud_name("other"));
    let server = serve(twins);
    let [key, environment] = ["id:s1/ci", "shop"].map(|name| rotate(&server, &[name, "--store", "true", "--yes"]));
    key.is_refused("access key \"ci\" in product environment \"id:s1\" is ambiguous: it could be 111, or 112");
    environment.is_refused("it could be s1 (cloud name shop, name Shop), or s2 (cloud name other, name shop)");
    assert_eq!(writes(&server), 0);
}
