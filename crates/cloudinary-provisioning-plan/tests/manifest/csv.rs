//! Users from CSV.

use cloudinary_provisioning::users::Role;
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::{CsvOptions, EnvironmentAccess, EnvironmentRef, Preset, User};

use super::problems;

fn read(csv: impl AsRef<[u8]>) -> Vec<User> {
    Manifest::from_csv(csv, &CsvOptions::new()).unwrap().users
}

fn refused(csv: impl AsRef<[u8]>) -> Vec<String> {
    problems(&Manifest::from_csv(csv, &CsvOptions::new()).unwrap_err())
}

fn ada() -> User {
    User::new("ada@example.com").name("Ada")
}

#[test]
fn every_column_is_a_field() {
    let csv = "email,name,role,enabled,environments,groups\n\
               ada@example.com,Ada,billing,true,shop;blog , Editors ;Viewers\n\
               bob@example.com,,,FALSE,all,\n";
    let ada = ada()
        .role(Role::Billing)
        .enabled(true)
        .environments(EnvironmentAccess::only(["shop", "blog"]))
        .groups(["Editors", "Viewers"]);
    let bob = User::new("bob@example.com").enabled(false).environments(EnvironmentAccess::All);
    assert_eq!(read(csv), [ada, bob]);
}

#[test]
fn an_export_by_the_tool_is_read() {
    let csv = "email,name,role,enabled,sub_account_ids,id,pending,groups,sub_accounts,created_at,last_login\n\
               ada@example.com,Ada,,,s1|s2,u1,true,Editors|Viewers,Shop|Blog,2026-01-31T08:00:00Z,\n\
               bob@example.com,'=Bob,,,none,u2,,,,,\n";
    let ids = EnvironmentAccess::only([EnvironmentRef::id("s1"), EnvironmentRef::id("s2")]);
    let bob = User::new("bob@example.com").name("=Bob").environments(EnvironmentAccess::None);
    assert_eq!(read(csv), [ada().environments(ids).groups(["Editors", "Viewers"]), bob]);
}

#[test]
fn the_form_does_not_matter() {
    let utf16 =
        |unit: fn(u16) -> [u8; 2]| "\u{feff}email,name\nada@example.com,Ada\n".encode_utf16().flat_map(unit).collect();
    let without_mark =
        |unit: fn(u16) -> [u8; 2]| "email,name\nada@example.com,Ada\n".encode_utf16().flat_map(unit).collect();
    let forms: [Vec<u8>; 12] = [
        "email,name\nada@example.com,Ada".into(),
        "email;name\r\nada@example.com;Ada\r\n".into(),
        "email\tname\nada@example.com\tAda\n".into(),
        "sep=;\nemail;name\nada@example.com;Ada\n".into(),
        "sep=|\r\nemail|name\r\nada@example.com|Ada\r\n".into(),
        "\u{feff}NAME, E-Mail \n\"Ada\",\"ada@example.com\"\n".into(),
        "\n,,\n,email,,name,\n,,,,\n, ada@example.com ,\u{20},Ada\n,,,\n\n".into(),
        "email,name\nada@example.com,Ada,,,\n ,\t\n".into(),
        utf16(u16::to_le_bytes),
        utf16(u16::to_be_bytes),
        without_mark(u16::to_le_bytes),
        without_mark(u16::to_be_bytes),
    ];
    for form in forms {
        assert_eq!(read(&form), [ada()], "{}", String::from_utf8_lossy(&form));
    }
}

#[test]
fn separators_alone_are_refused() {
    assert_eq!(
        refused("email,environments,groups\nada@example.com, ; ,;\n"),
        [
            "line 2, column 17: users[0].environments: \";\" is not a list of product environments; expected all, none, \
             [CLOUD_NAME, …]",
            "line 2, column 21: users[0].groups: expected a list, found a text",
        ],
    );
}

#[test]
fn blank_cells_leave_fields_alone() {
    assert_eq!(read("email,name,enabled,groups\nada@example.com, ,\u{a0},\" \n\"\n"), [User::new("ada@example.com")]);
}

#[test]
fn unknown_columns_are_refused_unless_ignored() {
    let csv = "email,name,group\nada@example.com,Ada,Editors\n";
    let expected = "line 1, column 12: the column \"group\" is not known; expected groups, email, name, role, enabled, \
                    environments, sub_account_ids";
    assert_eq!(refused(csv), [expected]);
    let manifest = Manifest::from_csv(csv, &CsvOptions::new().ignore_columns(true)).unwrap();
    assert_eq!(manifest.users, [ada()]);
}

#[test]
fn problems_have_a_place_and_come_all_at_once() {
    let csv = "email,role,enabled,environments,sub_account_ids,,email\n\
               ada\u{200b}@example.com,boss,yes,shop;shop,s1,x,\n\
               ,billing\n\
               \"bob@\nexample.com\"\n\
               bob@example.com\n\
               BOB@example.com\n";
    assert_eq!(
        refused(csv),
        [
            "line 1, column 50: the column \"email\" is there twice",
            "line 2, column 4: users[0].email: has the invisible character U+200B",
            "line 2, column 18: users[0].role: \"boss\" is not a role of a user; expected master_admin, admin, billing, \
             technical_admin, reports, media_library_admin, media_library_user",
            "line 2, column 23: users[0].enabled: expected true or false, found a text",
            "line 2, column 27: users[0].environments[1]: is listed twice",
            "line 2, column 37: `environments` and `sub_account_ids` say the same thing: fill one of them",
            "line 2, column 40: is a value in a column without a name",
            "line 3, column 1: users[1]: `email` is missing",
            "line 4, column 6: users[2].email: has the invisible character U+000A",
            "line 7, column 1: users.\"BOB@example.com\": is declared twice",
        ],
    );
}

#[test]
fn unusable_files_are_refused() {
    for (csv, expected) in [
        ("", "line 1, column 1: is empty: the first line names the columns, of which one is `email`"),
        (
            "name,role\nAda,billing\n",
            "line 1, column 1: no column has emails; expected email, name, role, enabled, environments, sub_account_ids, \
             groups",
        ),
        ("email\n\"ada@example.com\nbob@example.com", "line 2, column 1: a quote is opened and never closed"),
    ] {
        assert_eq!(refused(csv)[0], expected);
    }
    let latin1 = b"email,name\nada@example.com,\xc5sa\xe4\n";
    let expected = "line 2, column 17: is not UTF-8: save the file as UTF-8, which spreadsheets call \"CSV UTF-8\"";
    assert_eq!(refused(latin1), [expected]);
}

#[test]
fn presets_know_the_columns_of_other_products() {
    let preset = |csv: &str, preset| Manifest::from_csv(csv, &CsvOptions::new().preset(preset)).unwrap().users;
    let okta = "login,firstName,lastName,email,status,department,role\n\
                ada,Ada,Lovelace,ada@example.com,ACTIVE,Research,billing\n\
                bob@example.com,Bob,,,DEPROVISIONED,,\n";
    let ada = || User::new("ada@example.com").name("Ada Lovelace").enabled(true);
    let bob = || User::new("bob@example.com").name("Bob").enabled(false);
    assert_eq!(preset(okta, Preset::Okta), [ada().role(Role::Billing), bob()]);
    let entra = "userPrincipalName,displayName,mail,accountEnabled,jobTitle\n\
                 ada_x#EXT#@tenant.example,Ada Lovelace,ada@example.com,True,\nbob@example.com,Bob,,False,\n";
    assert_eq!(preset(entra, Preset::Entra), [ada(), bob()]);
    let google = "First Name [Required],Last Name [Required],Email Address [Required],Status [READ ONLY],Org Unit Path [Required]\n\
                  Ada,Lovelace,ada@example.com,Active,/\nBob,,bob@example.com,Suspended,/\n";
    assert_eq!(preset(google, Preset::Google), [ada(), bob()]);
}

#[test]
fn a_preset_refuses_a_status_and_a_column_that_it_does_not_know() {
    let csv = "email,status,rolle\nada@example.com,ENABLED,billing\n";
    let error = Manifest::from_csv(csv, &CsvOptions::new().preset(Preset::Okta)).unwrap_err();
    let lines = problems(&error);
    assert!(lines[0].starts_with("line 1, column 14: the column \"rolle\" is not known; expected role, "), "{lines:?}");
    assert_eq!(lines[1], "line 2, column 17: users[0].enabled: expected true or false, found a text");
}
