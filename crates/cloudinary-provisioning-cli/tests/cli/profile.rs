//! `cldp profile`, `--profile` and `cldp whoami`.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloudinary_provisioning_fake::{FakeServer, Fault};
use serde_json::json;

use crate::run::{ID, KEY, Ran, SECRET, account, bare, cldp, demo, run, serve};

/// A configuration folder with a file of profiles.
struct Home(PathBuf);

impl Home {
    fn new(name: &str, profiles: &str) -> Self {
        let home = Self(std::env::temp_dir().join(format!("cldp-profiles-{}-{name}", std::process::id())));
        fs::create_dir_all(home.file().parent().unwrap()).unwrap();
        fs::write(home.file(), profiles).unwrap();
        home.set_mode(0o600);
        home
    }

    fn file(&self) -> PathBuf {
        self.0.join(if cfg!(target_os = "macos") {
            "Library/Application Support/cldp/profiles.toml"
        } else {
            "cldp/profiles.toml"
        })
    }

    fn set_mode(&self, mode: u32) {
        fs::set_permissions(self.file(), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn cldp(&self, arguments: &[&str]) -> Command {
        let mut command = bare();
        command.env("XDG_CONFIG_HOME", &self.0).env("HOME", &self.0).args(arguments);
        if let Some(path) = std::env::var_os("PATH") {
            command.env("PATH", path);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(&mut self.cldp(arguments))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn profiles(server: &FakeServer) -> String {
    let url = server.url();
    format!(
        "# Ours.\n[profiles.staging]\naccount_id = \"{ID}\"\nkey = \"{KEY}\"\nsecret = \"{SECRET}\"\norigin = \"{url}\"\n\n\
         [profiles.vault]\ncredential_command = \"echo account://{KEY}:$S@{ID}; true\"\norigin = \"{url}\"\n"
    )
}

#[test]
fn a_profile_is_taken_by_its_name_and_told() {
    let server = serve(account());
    let home = Home::new("taken", &profiles(&server));
    let shown = home.run(&["whoami", "--profile", "staging", "-o", "json"]).is_done().value();
    let from = format!("profile staging of {}, by --profile", home.file().display());
    let expected = json!({"account_id": ID, "key": KEY, "from": from, "origin": server.url(), "works": "yes"});
    assert_eq!(shown, expected);

    let vault = home.cldp(&["-v", "users", "list", "--profile", "vault"]).env("S", SECRET).output().unwrap();
    let stderr = String::from_utf8(vault.stderr).unwrap();
    assert!(vault.status.success() && stderr.contains("credentials: profile vault of"), "{stderr}");
}

#[test]
fn an_option_beats_the_environment_and_the_environment_the_file() {
    let server = serve(account());
    let home = Home::new("order", &format!("default = \"staging\"\n{}", profiles(&server)));
    let from = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = home.cldp(&[&["whoami", "-o", "json"], arguments].concat());
        let shown = run(command.envs(variables.iter().copied()).env("S", SECRET)).is_done().value();
        shown["from"].as_str().unwrap().replace(&format!("{} ", home.file().display()), "")
    };
    let url = format!("account://{KEY}:{SECRET}@{ID}");
    let (url, origin) = (("CLOUDINARY_ACCOUNT_URL", url.as_str()), ("CLOUDINARY_ORIGIN", &*server.url()));
    let file = home.file().display().to_string();
    assert_eq!(from(&[], &[]), format!("profile staging of {file}, by its `default`"));
    assert_eq!(from(&[], &[("CLDP_PROFILE", "vault")]), format!("profile vault of {file}, by CLDP_PROFILE"));
    assert_eq!(from(&[], &[("CLDP_PROFILE", "vault"), url, origin]), "CLOUDINARY_ACCOUNT_URL");
    assert_eq!(from(&["--profile", "staging"], &[url]), format!("profile staging of {file}, by --profile"));
}

#[test]
fn profiles_are_listed_without_secrets_chosen_and_checked() {
    let server = serve(account());
    let home = Home::new("chosen", &profiles(&server));
    home.run(&["profile", "use", "staging"]).is_done();
    let text = fs::read_to_string(home.file()).unwrap();
    assert!(text.contains("# Ours.") && text.contains("default = \"staging\""), "{text}");
    let listed = home.run(&["profile", "list", "-o", "csv"]);
    let url = server.url();
    let expected = format!("name,default,account_id,region,origin\nstaging,true,{ID},,{url}\nvault,false,,,{url}\n");
    assert_eq!(listed.is_done().stdout, expected);
    assert_eq!(home.run(&["profile", "check", "-o", "json"]).is_done().value()["works"], "yes");

    server.with(|account| account.script([Fault::status(403), Fault::status(401)]));
    assert_eq!(home.run(&["whoami", "-o", "json"]).is_done().value()["works"], "yes, but it may not read users");
    let unauthorized = home.run(&["profile", "check", "staging"]);
    assert!(unauthorized.status == 1 && unauthorized.stderr.contains("401"), "{unauthorized:?}");
}

#[test]
fn another_default_leaves_everything_else_of_the_file() {
    let of = |name: &str| format!("# Taken\ndefault = \"{name}\" # by all\n[profiles.a]\n[profiles.b]\n");
    let home = Home::new("default", &of("a"));
    home.set_mode(0o400);
    home.run(&["profile", "use", "b", "--dry-run"]).is_refused("--dry-run is for");
    assert_eq!(fs::read_to_string(home.file()).unwrap(), of("a"));
    home.run(&["profile", "use", "b"]).is_done();
    assert_eq!(fs::read_to_string(home.file()).unwrap(), of("b"));
    assert_eq!(fs::metadata(home.file()).unwrap().permissions().mode() & 0o777, 0o400);
    home.run(&["profile", "use", "c"]).is_refused("there is no profile \"c\" (named by `profile use`); there are a, b");
}

#[test]
fn what_needs_no_credentials_goes_to_the_profile_s_origin() {
    let server = serve(account());
    let url = server.url();
    let home = Home::new(
        "origin",
        &format!("default = \"a\"\n[profiles.a]\norigin = \"{url}\"\ncredential_command = \"exit 3\""),
    );
    home.run(&["public", "get-schema"]).is_done();
    assert_eq!(server.requests(), 1);
    home.run(&["whoami", "--dry-run"]).is_refused("--dry-run is for");
}

#[test]
fn what_is_wrong_with_a_file_is_told_by_its_place_and_no_secret_is() {
    let server = serve(account());
    for (number, (text, why)) in [
        ("[profiles.a]\nsecret = \"s3cr3t-value\nkey = 1", "line 2: "),
        (
            "[profiles.a]\nsecrets = \"s3cr3t-value\"",
            "profiles.a: unknown key `secrets`; there are account_id, region,",
        ),
        ("[profiles.a]\nsecret = 7", "profiles.a: `secret` is not a text"),
        ("colour = 1", "unknown key `colour`"),
        ("[profiles.b]\nkey = \"k\"", "there is no profile \"a\" (named by --profile); there are b"),
        ("[profiles.a]\naccount_id = \"acc\"\nkey = \"k\"", "`secret` is missing; a profile has `account_id`, `key`"),
        (
            "[profiles.a]\naccount_id = \"acc\"\nkey = \"k\"\nsecret = \" s3cr3t-value\"",
            "in `secret` begins or ends with a blank",
        ),
        ("[profiles.a]\ncredential_command = \"exit 3\"", "`credential_command` failed: exit status: 3"),
        ("[profiles.a]\ncredential_command = \"yes\"", "`credential_command` printed far more than an account URL"),
        ("[profiles.a]\nkey = \"k\"\ncredential_command = \"true\"", "leave these out"),
        (
            "[profiles.a]\naccount_id = \"b\"\ncredential_command = \"echo account://k:s@acc\"",
            "credentials are for acc",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let home = Home::new(&format!("wrong-{number}"), text);
        let ran = home.run(&["whoami", "--profile", "a"]);
        ran.is_refused(why);
        assert!(!ran.stderr.contains("s3cr3t-value"), "{ran:?}");
    }
    let home = Home::new("pipe", "");
    fs::remove_file(home.file()).unwrap();
    assert!(Command::new("mkfifo").args(["-m", "600"]).arg(home.file()).status().unwrap().success());
    home.run(&["whoami", "--profile", "a"]).is_refused("not a regular file");
    let home = Home::new("mode", &profiles(&server));
    home.set_mode(0o640);
    home.run(&["whoami", "--profile", "staging"]).is_refused("others may read it, and it is for secrets: chmod 600");
    home.run(&["--demo", "whoami", "--profile", "staging"]).is_refused("--demo cannot be used with --profile");
    Home::new("default-wrong", "default = \"b\"\n[profiles.a]")
        .run(&["whoami"])
        .is_refused("there is no profile \"b\" (named by its `default`)");
    Home::new("nothing", "").run(&["whoami"]).is_refused("no account is set");
    run(bare().args(["whoami", "--profile", "a"])).is_refused("there is no file of profiles");
    assert!(!Path::new("cldp").exists() && server.requests() == 0);
}

#[test]
fn whoami_knows_the_other_accounts_too() {
    assert!(demo(&["whoami", "-o", "json"]).is_done().stdout.contains("those of the demo account"));
    let server = serve(account());
    assert_eq!(run(cldp(&server).args(["whoami", "-o", "json"])).is_done().value()["from"], "CLOUDINARY_ACCOUNT_URL");
}
