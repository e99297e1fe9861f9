//! Inputs that once broke something, and a few that show what such inputs look like: `tests/fuzz` finds them.

use std::{fs, path::Path};

use cloudinary_provisioning_tests::fuzz;

#[track_caller]
fn assert_all_hold(target: &str, hold: impl Fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/regressions").join(target);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(!files.is_empty(), "{}", folder.display());
    for file in files {
        println!("{}", file.display());
        hold(&fs::read(file).unwrap());
    }
}

#[test]
fn any_response_is_a_value_or_an_error() {
    assert_all_hold("response", fuzz::response);
}

#[test]
fn any_account_url_is_an_account_or_an_error() {
    assert_all_hold("account_url", fuzz::account_url);
}

#[test]
fn any_request_to_the_fake_has_a_response() {
    assert_all_hold("fake", fuzz::fake);
}
