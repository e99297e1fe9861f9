//! Which account a command works on.

use cloudinary_provisioning_fake::NewUser;

use crate::run::{account, bare, cldp, demo, run, serve};

#[test]
fn without_credentials_it_says_how_to_set_them_and_that_there_is_a_demo() {
    let commands: [&[&str]; 6] = [
        &["users", "list"],
        &["export", "users"],
        &["review"],
        &["api", "GET", "users"],
        &["batch"],
        &["getUser", "u1"],
    ];
    for command in commands {
        let ran = run(bare().args(command));
        ran.is_refused("no account is set. Set CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID");
        assert!(ran.stderr.contains("--demo"), "{command:?}: {}", ran.stderr);
    }
}

#[test]
fn credentials_that_are_not_whole_are_refused_and_the_variable_is_named() {
    let with = |variables: &[(&str, &str)], why| {
        run(bare().args(["users", "list"]).envs(variables.iter().copied())).is_refused(why);
    };
    let id = ("CLOUDINARY_ACCOUNT_ID", "acc");
    let key = ("CLOUDINARY_PROVISIONING_API_KEY", "key");
    let secret = ("CLOUDINARY_PROVISIONING_API_SECRET", "secret");
    with(&[id, key], "set CLOUDINARY_PROVISIONING_API_SECRET");
    with(&[id, secret], "set CLOUDINARY_PROVISIONING_API_KEY");
    with(&[key, secret], "set CLOUDINARY_ACCOUNT_ID");
    with(
        &[("CLOUDINARY_ACCOUNT_URL", "https://acc")],
        "account URL in CLOUDINARY_ACCOUNT_URL does not begin with `account://`",
    );
    with(&[("CLOUDINARY_ACCOUNT_URL", "https://acc")], "CLOUDINARY_ACCOUNT_URL");
    with(&[("CLOUDINARY_ACCOUNT_URL", "account://key@acc")], "set CLOUDINARY_PROVISIONING_API_SECRET");
}

#[test]
fn quotes_and_blanks_in_credentials_are_named_with_their_variable() {
    let server = serve(account());
    for (variable, value, told) in [
        ("CLOUDINARY_PROVISIONING_API_SECRET", "\"other-secret\"", "API secret"),
        ("CLOUDINARY_PROVISIONING_API_SECRET", "other-secret ", "API secret"),
        ("CLOUDINARY_ACCOUNT_ID", "'acc'", "account id"),
        ("CLOUDINARY_ACCOUNT_URL", "account://key:other-secret@acc ", "account URL"),
        ("CLOUDINARY_ACCOUNT_URL", "account://key:other-secret@acc\n", "account URL"),
    ] {
        let ran = run(cldp(&server).env(variable, value).args(["users", "list"]));
        ran.is_refused(&format!("the account cannot be used: {told} in {variable} begins or ends with a "));
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn an_option_beats_a_bad_variable() {
    let url = |arguments: &[&str]| {
        let mut command = bare();
        command.env("CLOUDINARY_ACCOUNT_URL", "account://key:other-secret@acc?upload_prefix=nonsense");
        command.env("CLOUDINARY_REGION", "moon").env("CLOUDINARY_ORIGIN", "nonsense");
        run(command.args(["users", "get", "u1", "--dry-run"]).args(arguments))
    };
    let path = "/v1_1/provisioning/accounts/acc/users/u1";
    let eu = url(&["--region", "api-eu"]);
    assert_eq!(eu.is_done().value()["url"], format!("https://api-eu.cloudinary.com{path}"));
    let local = url(&["--origin", "http://127.0.0.1:9"]);
    assert_eq!(local.is_done().value()["url"], format!("http://127.0.0.1:9{path}"));
    url(&[]).is_refused("the account cannot be used: origin in CLOUDINARY_ORIGIN does not begin with `https://`");
    url(&["--origin", "nonsense"]).is_refused("--origin: origin does not begin with `https://`");
}

#[test]
fn an_origin_that_would_show_the_secret_to_a_network_is_refused() {
    let mut command = bare();
    command.env("CLOUDINARY_ACCOUNT_URL", "account://key:secret@acc");
    run(command.args(["users", "list", "--origin", "http://example.com"])).is_refused("http://");
}

#[test]
fn the_demo_does_not_look_at_credentials() {
    let server = serve(account().with_user(NewUser::new("Real", "real@x.org")));
    let mut command = bare();
    command.env("CLOUDINARY_ACCOUNT_URL", "nonsense").env("CLOUDINARY_ACCOUNT_ID", "other");
    let ran = run(command.args(["--demo", "users", "list", "-ojsonl", "--columns", "email"]));

    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.stdout.contains("ada@example.com"), "{}", ran.stdout);
    assert_eq!(server.requests(), 0);
}

#[test]
fn the_demo_excludes_an_origin_and_a_region() {
    demo(&["users", "list", "--origin", "http://127.0.0.1:1"]).is_refused("cannot be used with");
    demo(&["users", "list", "--region", "api-eu"]).is_refused("cannot be used with");
}

#[test]
fn global_options_stand_before_or_behind_the_command() {
    let before = demo(&["-ojsonl", "--columns", "id", "users", "list"]);
    let behind = demo(&["users", "list", "-ojsonl", "--columns", "id"]);
    before.is_done();
    assert_eq!(before.stdout, behind.stdout);
}

#[test]
fn a_region_is_where_requests_go() {
    let mut command = bare();
    command.env("CLOUDINARY_ACCOUNT_URL", "account://key:other-secret@acc");
    let ran = run(command.args(["users", "get", "u1", "--dry-run", "--region", "api-eu"]));
    assert_eq!(ran.is_done().value()["url"], "https://api-eu.cloudinary.com/v1_1/provisioning/accounts/acc/users/u1",);
}

#[test]
fn a_region_of_the_environment_counts_unless_there_is_an_option() {
    let url = |arguments: &[&str]| {
        let mut command = bare();
        command.env("CLOUDINARY_ACCOUNT_URL", "account://key:other-secret@acc").env("CLOUDINARY_REGION", "api-ap");
        let request = run(command.args(["users", "get", "u1", "--dry-run"]).args(arguments)).is_done().value();
        request["url"].as_str().unwrap().split("/v1_1").next().unwrap().to_owned()
    };
    assert_eq!(url(&[]), "https://api-ap.cloudinary.com");
    assert_eq!(url(&["--region", "api-eu"]), "https://api-eu.cloudinary.com");
    let ran = run(bare().env("CLOUDINARY_REGION", "api-eu").args(["public", "get-schema", "--dry-run"]));
    assert_eq!(ran.is_done().value()["url"], "https://api-eu.cloudinary.com/v2/accounts/permissions/public/schema");
}

#[test]
fn operations_without_credentials_need_no_account() {
    let ran = run(bare().args(["public", "get-schema", "--dry-run"]));
    assert_eq!(ran.is_done().value()["url"], "https://api.cloudinary.com/v2/accounts/permissions/public/schema");
    assert_eq!(ran.value()["headers"].get("authorization"), None);
}

#[test]
fn a_service_that_refuses_is_status_1() {
    let server = serve(account());
    let ran = run(cldp(&server).args(["users", "get", "nobody"]));
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.starts_with("cldp: getUser: 404 Not Found"), "{}", ran.stderr);
}

#[test]
fn a_service_that_is_not_there_is_status_1() {
    let mut command = bare();
    command.env("CLOUDINARY_ACCOUNT_URL", "account://key:other-secret@acc");
    // Port 9 of the loopback interface discards; nothing listens there.
    let ran = run(command.args([
        "users",
        "create",
        "--name=A",
        "--email=a@x.org",
        "--origin",
        "http://127.0.0.1:9",
        "--timeout",
        "0.2",
    ]));
    assert_eq!(ran.status, 1, "{ran:?}");
    for told in [
        "retry: createUser: attempt 1: the request was not sent (host 127.0.0.1:9): ",
        "cldp: createUser: the request was not sent (host 127.0.0.1:9); gave up after 6 attempts",
        "efused",
    ] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
}
