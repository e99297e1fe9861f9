//! What a manifest is refused for: each input with every problem of it.

use cloudinary_provisioning::{JsonObject, Value};
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::{Environment, EnvironmentAccess, User};

use super::problems;

fn refused(table: &[(&str, &[&str])], read: fn(&str) -> Result<Manifest, super::ManifestError>) {
    for (text, expected) in table {
        let error = read(text).expect_err(text);
        assert_eq!(problems(&error), *expected, "{text}");
    }
}

#[test]
fn what_is_not_toml() {
    refused(
        &[
            ("[[users]]\nemail = \n", &["line 2, column 9: string values must be quoted, expected literal string"]),
            ("a = 1\na = 2\n", &["line 2, column 1: duplicate key"]),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn keys_and_types() {
    refused(
        &[
            (
                "version = 2\nprunes = []\n",
                &[
                    "line 1, column 11: version: is not a known version; expected 1",
                    "line 2, column 1: prunes: unknown key; expected prune, version, ignore, environments, keys, groups, \
                     users, roles, policies, assignments",
                ],
            ),
            (
                "[users]\nemail = \"a@x.org\"\n",
                &["line 1, column 1: users: expected a list of tables, as of `[[users]]`, found a table"],
            ),
            (
                "[[users]]\nemial = \"a@x.org\"\nenabled = \"yes\"\nname = 1979-05-27\n",
                &[
                    "line 1, column 1: users[0]: `email` is missing",
                    "line 2, column 1: users[0].emial: unknown key; expected email, was, name, role, environments, \
                     groups, enabled, state",
                    "line 3, column 11: users[0].enabled: expected true or false, found a text",
                    "line 4, column 8: users[0].name: expected a text, found a date or time",
                ],
            ),
            (
                "[[users]]\nemail = \"a@x.org\"\nrole = \"adminn\"\nstate = \"gone\"\n",
                &[
                    "line 3, column 8: users[0].role: \"adminn\" is not a role of a user; expected admin, master_admin, \
                     billing, technical_admin, reports, media_library_admin, media_library_user",
                    "line 4, column 9: users[0].state: \"gone\" is not a state; expected present, absent",
                ],
            ),
            (
                "[[roles]]\nid = \"r\"\nwas = \"s\"\npermission = \"all\"\n",
                &[
                    "line 3, column 1: roles[0].was: an object of this kind cannot be renamed",
                    "line 4, column 14: roles[0].permission: \"all\" is not a type of permission; expected global, content",
                ],
            ),
            (
                "prune = [\"user\", \"environments\"]\n[ignore]\nassignments = []\n",
                &[
                    "line 1, column 10: prune[0]: \"user\" is not a kind of object; expected users, keys, groups, roles, \
                     policies, assignments",
                    "line 1, column 18: prune[1]: environments cannot be pruned: declare each with `state = \"absent\"`",
                    "line 3, column 1: ignore.assignments: unknown key; expected environments, keys, groups, users, \
                     roles, policies",
                ],
            ),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn values() {
    refused(
        &[
            (
                "[[users]]\nemail = \"a@x.org\"\nenvironments = []\n",
                &["line 3, column 16: users[0].environments: an empty list would give access to all product \
                   environments; write \"all\" to mean that, or leave the key out"],
            ),
            (
                "[[users]]\nemail = \"a\"\nenvironments = [\"all\", \"shop\", \"shop\"]\n",
                &[
                    "line 2, column 9: users[0].email: \"a\" is not an email address",
                    "line 3, column 17: users[0].environments[0]: \"all\" is not a cloud name: write it in place of the \
                     list",
                    "line 3, column 32: users[0].environments[2]: is listed twice",
                ],
            ),
            (
                "[[policies]]\nname = \"\"\nscope = \"env:shop\"\nstatement = \"permit(${kye:a/b})\"\n",
                &[
                    "line 2, column 8: policies[0].name: is empty",
                    "line 3, column 9: policies[0].scope: \"env:shop\" is not a scope; expected account, prodenv, \
                     prodenv:CLOUD_NAME",
                    "line 4, column 21: policies[0].statement: `${` begins no reference: write \
                     `${key:CLOUD_NAME/NAME}`, or `$${` for the characters themselves",
                ],
            ),
            (
                "[[assignments]]\nrole = \"r\"\nscope = \"account\"\nto = [\"a@x.org\", \"key:ci\"]\ncontent = {}\n",
                &[
                    "line 4, column 7: assignments[0].to[0]: \"a@x.org\" is not a principal; expected user:EMAIL, \
                     group:NAME, key:CLOUD_NAME/NAME, provisioning_key:KEY",
                    "line 4, column 18: assignments[0].to[1]: \"key:ci\" is not a key: write `key:CLOUD_NAME/NAME`",
                    "line 5, column 11: assignments[0].content: is empty: leave it out",
                ],
            ),
            (
                "[[roles]]\nid = \"..\"\n[[roles]]\nid = \"cld::role::account::admin\"\n[[environments]]\ncloud_name = \"a/b\"\n",
                &[
                    "line 2, column 6: roles.\"..\": the id cannot be dots alone",
                    "line 4, column 6: roles.\"cld::role::account::admin\": is a role of the system, which only \
                     assignments can name",
                    "line 6, column 14: environments.\"a/b\": a cloud name has neither `/` nor `:`",
                ],
            ),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn invisible_characters() {
    for (character, code) in [
        ('\u{200b}', "U+200B"),
        ('\u{200f}', "U+200F"),
        ('\u{2060}', "U+2060"),
        ('\u{2064}', "U+2064"),
        ('\u{feff}', "U+FEFF"),
        ('\u{ad}', "U+00AD"),
        ('\u{202a}', "U+202A"),
        ('\u{202e}', "U+202E"),
        ('\u{2066}', "U+2066"),
        ('\u{2069}', "U+2069"),
        ('\u{61c}', "U+061C"),
        ('\u{85}', "U+0085"),
    ] {
        let error = Manifest::from_toml(&format!("[[users]]\nemail = \"ä{character}@x.org\"\n")).unwrap_err();
        let expected = format!("line 2, column 11: users[0].email: has the invisible character {code}");
        assert_eq!(problems(&error), [expected]);
    }
}

#[test]
fn invisible_characters_have_a_place_wherever_they_stand() {
    refused(
        &[
            (
                "[[groups]]\nname = \"Our Editors\u{a0}\"\nmembers = [\"a@x.org\", \" b@x.org\", \"c\\u200B@x.org\"]\n",
                &[
                    "line 2, column 20: groups[0].name: begins or ends with a blank, U+00A0",
                    "line 3, column 24: groups[0].members[1]: begins or ends with a blank, U+0020",
                    "line 3, column 35: groups[0].members[2]: has the invisible character U+200B",
                ],
            ),
            (
                "[[policies]]\nname = \"p\"\nscope = \"account\"\nstatement = '''\npermit(\n  ${key:shop/c\u{200d}i}\n)'''\n",
                &["line 6, column 15: policies[0].statement: has the invisible character U+200D"],
            ),
            (
                "[ignore]\nusers = [\"*@x.org\u{200b}\"]\n",
                &["line 2, column 18: ignore.users[0]: has the invisible character U+200B"],
            ),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn duplicates() {
    refused(
        &[
            (
                "[[users]]\nemail = \"a@x.org\"\n[[users]]\nemail = \"A@X.org\"\n",
                &["line 3, column 1: users.\"A@X.org\": is declared twice"],
            ),
            (
                "[[keys]]\nenvironment = \"a\"\nname = \"ci\"\n[[keys]]\nenvironment = \"b\"\nname = \"ci\"\n\
                 [[keys]]\nenvironment = \"a\"\nname = \"ci\"\n",
                &["line 7, column 1: keys.\"a/ci\": is declared twice"],
            ),
            (
                "[[groups]]\nname = \"a\"\nmembers = [\"a@x.org\", \"A@x.org\"]\n",
                &["line 3, column 23: groups[0].members[1]: is listed twice"],
            ),
            (
                "[[groups]]\nname = \"a\"\nwas = \"a\"\n[[groups]]\nname = \"b\"\nwas = \"c\"\n[[groups]]\nname = \"c\"\nwas = \"d\"\n[[groups]]\nname = \"e\"\nwas = \"d\"\n",
                &[
                    "line 1, column 1: groups.a: `was` is the name that it has",
                    "line 4, column 1: groups.b: `was` is the name of another object that is declared",
                    "line 10, column 1: groups.e: `was` stands at another object too",
                ],
            ),
            (
                "[[assignments]]\nrole = \"r\"\nscope = \"account\"\nto = [\"group:a\", \"group:b\"]\n\
                 [[assignments]]\nrole = \"r\"\nscope = \"account\"\nto = [\"group:b\"]\nstate = \"absent\"\n\
                 [[assignments]]\nrole = \"r\"\nscope = \"account\"\nto = [\"group:a\"]\n\
                 [[assignments]]\nrole = \"r\"\nscope = \"prodenv\"\nto = []\n",
                &[
                    "line 8, column 7: assignments.\"r (account)\": group:b is declared present and absent",
                    "line 13, column 7: assignments.\"r (account)\": group:a is declared twice",
                    "line 14, column 1: assignments.\"r (prodenv)\": `to` is empty",
                ],
            ),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn contradictions() {
    refused(
        &[
            (
                "[[users]]\nemail = \"a@x.org\"\nstate = \"absent\"\nenabled = true\n",
                &["line 1, column 1: users.\"a@x.org\": is absent, so that nothing else can be said about it"],
            ),
            (
                "[ignore]\nusers = [\"*@X.ORG\"]\nroles = [\"Audit*\"]\nkeys = [\"shop/*\"]\n\
                 [[users]]\nemail = \"a@x.org\"\n[[roles]]\nid = \"r\"\nname = \"Auditor\"\n\
                 [[keys]]\nenvironment = \"shop\"\nname = \"ci\"\n",
                &[
                    "line 5, column 1: users.\"a@x.org\": is declared, and `ignore` matches it",
                    "line 7, column 1: roles.r: is declared, and `ignore` matches it",
                    "line 10, column 1: keys.\"shop/ci\": is declared, and `ignore` matches it",
                ],
            ),
            (
                "[[users]]\nemail = \"a@x.org\"\ngroups = [\"g\"]\n[[users]]\nemail = \"b@x.org\"\ngroups = []\n\
                 [[groups]]\nname = \"g\"\nmembers = [\"b@x.org\"]\n",
                &[
                    "line 3, column 11: users.\"a@x.org\": is in the group \"g\", whose `members` leave the user out",
                    "line 9, column 12: groups.g: has the member \"b@x.org\", whose `groups` leave it out",
                ],
            ),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn references_in_vain() {
    refused(
        &[
            (
                "[[users]]\nemail = \"a@x.org\"\nstate = \"absent\"\n\
                 [[environments]]\ncloud_name = \"shop\"\nstate = \"absent\"\n\
                 [[groups]]\nname = \"g\"\nmembers = [\"A@x.org\"]\n\
                 [[users]]\nemail = \"b@x.org\"\nenvironments = [\"shop\"]\n\
                 [[policies]]\nname = \"p\"\nscope = \"prodenv:shop\"\nstatement = \"${key:shop/ci}\"\n",
                &[
                    "line 9, column 12: groups.g: refers to the user \"A@x.org\", which is declared absent",
                    "line 12, column 17: users.\"b@x.org\": refers to the environment \"shop\", which is declared absent",
                    "line 13, column 1: policies.\"p (prodenv:shop)\": refers to the environment \"shop\", which is \
                     declared absent",
                    "line 15, column 9: policies.\"p (prodenv:shop)\": refers to the environment \"shop\", which is \
                     declared absent",
                ],
            ),
            (
                "[[groups]]\nname = \"new\"\nwas = \"old\"\n[[users]]\nemail = \"a@x.org\"\ngroups = [\"old\"]\n",
                &["line 6, column 11: users.\"a@x.org\": refers to the group \"old\", which is renamed to \"new\""],
            ),
            (
                "prune = [\"users\", \"roles\"]\nignore = { users = [\"*@partner.org\"] }\n\
                 [[groups]]\nname = \"g\"\nmembers = [\"a@x.org\", \"b@partner.org\"]\n\
                 [[assignments]]\nrole = \"cld::role::account::admin\"\nscope = \"account\"\nto = [\"group:g\"]\n\
                 [[assignments]]\nrole = \"r\"\nscope = \"account\"\nto = [\"group:g\"]\n",
                &[
                    "line 5, column 12: groups.g: refers to the user \"a@x.org\", which is not declared, and `prune` \
                     removes what is not",
                    "line 11, column 8: assignments.\"r (account)\": refers to the role \"r\", which is not declared, and \
                     `prune` removes what is not",
                ],
            ),
        ],
        Manifest::from_toml,
    );
}

#[test]
fn what_is_only_wrong_in_json() {
    refused(
        &[
            ("", &["line 1, column 1: EOF while parsing a value"]),
            ("{\n  \"ü\": [1,]\n}", &["line 2, column 11: expected value"]),
            ("[[]]", &["line 1, column 2: users[0]: expected a table, found a list"]),
            ("{\"users\": [],\n \"users\": []}", &["line 2, column 2: the key \"users\" stands twice in one table"]),
            (
                "{\"users\": [{\"email\": \"a@x.org\", \"name\": null}]}",
                &["line 1, column 41: users[0].name: expected a text, found null; leave the key out to leave it alone"],
            ),
            (
                "{\"environments\": [{\"cloud_name\": \"a\", \"attributes\": {\"n\": 18446744073709551615}}]}",
                &["line 1, column 59: environments[0].attributes.n: the number is larger than TOML can hold"],
            ),
            ("{\"n\": 1e999}", &["line 1, column 7: the number is out of range"]),
        ],
        Manifest::from_json,
    );
}

#[test]
fn nesting_without_end() {
    for deep in
        ["[".repeat(200_000), "{\"a\":".repeat(200_000), format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100))]
    {
        assert_eq!(Manifest::from_json(&deep).unwrap_err().problems().len(), 1);
    }
    for deep in [
        format!("a = {}", "[".repeat(200_000)),
        format!("a = {}", "{a=".repeat(200_000)),
        format!("a{} = 1", ".a".repeat(100_000)),
    ] {
        assert!(!Manifest::from_toml(&deep).unwrap_err().problems().is_empty());
    }
}

#[test]
fn what_a_program_made() {
    let mut manifest = Manifest::new();
    manifest.users.push(User::new("a\u{200b}@x.org").environments(EnvironmentAccess::only([""; 0])));
    let attributes = JsonObject::from_iter([("n".to_owned(), Value::from(u64::MAX))]);
    manifest.environments.push(Environment::new("shop").attributes(attributes));
    assert_eq!(
        problems(&manifest.check().unwrap_err()),
        [
            "environments[0].attributes.n: the number is larger than TOML can hold",
            "users[0].email: has the invisible character U+200B",
            "users[0].environments: an empty list would give access to all product environments; write \"all\" to mean \
             that, or leave the key out",
        ],
    );
    assert!(manifest.to_toml().contains("n = 18446744073709552000.0"));
}
