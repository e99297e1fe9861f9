//! `cldp diff`.

use std::fs;

use crate::run::{TempFile, bare, run};

const A: &str = "[[groups]]\nname = \"Editors\"\n\n[[users]]\nemail = \"ada@x.org\"\nname = \"Ada\"\n";
const B: &str = "[[groups]]\nname = \"Viewers\"\n\n[[users]]\nemail = \"ADA@x.org\"\nname = \"Ada L.\"\n";
const DIFF: &str = "- group Editors\n+ group Viewers\n~ user ADA@x.org  name: Ada → Ada L.\n3 differences.\n";

#[test]
fn files_are_compared_without_an_account() {
    let (a, b) = (TempFile::new("toml", A), TempFile::new("toml", B));
    let diff = |arguments: &[&str]| run(bare().arg("diff").args([&a.0, &b.0]).args(arguments));
    assert_eq!(diff(&[]).is_done().stdout, DIFF);
    assert_eq!(diff(&["--exit-code"]).status, 3);
    assert_eq!(diff(&["-o", "json"]).is_done().value()["differences"].as_array().unwrap().len(), 3);

    let closing = TempFile::new("toml", "");
    diff(&["--file", closing.0.to_str().unwrap()]).is_done();
    let text = fs::read_to_string(&closing.0).unwrap();
    assert!(
        text.contains("name = \"Viewers\"") && text.contains("name = \"Ada L.\"") && !text.contains("Editors"),
        "{text}"
    );

    let same = run(bare().args(["diff", "--exit-code"]).args([&a.0, &a.0]));
    assert_eq!(same.is_done().stdout, "No differences.\n");
    let wrong = TempFile::new("toml", "[[grups]]");
    run(bare().arg("diff").args([&a.0, &wrong.0])).is_refused("grups: unknown key");
    run(bare().args(["diff", "staging"]).arg(&a.0)).is_refused("there is no file of profiles");
}

#[cfg(unix)]
#[test]
fn profiles_are_read_and_compared() {
    use std::os::unix::fs::PermissionsExt;

    use cloudinary_provisioning_fake::{FakeAccount, NewGroup, NewUser};

    use crate::run::{ID, KEY, SECRET, account, serve};

    let seeded = |name: &str, group: &str| -> FakeAccount {
        account().with_user(NewUser::new(name, "ada@x.org").id("u1")).with_group(NewGroup::new(group).id("g1"))
    };
    let servers = [serve(seeded("Ada", "Editors")), serve(seeded("Ada L.", "Viewers"))];
    let home = std::env::temp_dir().join(format!("cldp-diff-{}", std::process::id()));
    let of = |name: &str, url: String| {
        format!(
            "[profiles.{name}]\naccount_id = \"{ID}\"\nkey = \"{KEY}\"\nsecret = \"{SECRET}\"\norigin = \"{url}\"\n"
        )
    };
    let profiles = of("staging", servers[0].url()) + &of("production", servers[1].url());
    for folder in ["cldp", "Library/Application Support/cldp"] {
        fs::create_dir_all(home.join(folder)).unwrap();
        let file = home.join(folder).join("profiles.toml");
        fs::write(&file, &profiles).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let diff = |a: &str| run(bare().env("XDG_CONFIG_HOME", &home).env("HOME", &home).args(["diff", a, "production"]));
    let shown = diff("staging");
    assert_eq!(shown.is_done().stdout, DIFF.replace("ADA", "ada"));
    diff("elsewhere").is_refused("there is no profile \"elsewhere\" (named by");
    fs::remove_dir_all(home).unwrap();
}
