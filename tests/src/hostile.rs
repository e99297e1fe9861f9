//! Ids that have made other clients ask for another resource, and what every operation makes of an input.

use cloudinary_provisioning::{Account, BuildError, Error, Operation, users};
use http::{Request, Response};

/// The ids that no request may carry: a server or a proxy would read the path without them.
pub const UNSENDABLE: [&str; 3] = ["", ".", ".."];

/// Ids that are odd and still ids: each must arrive as it is.
pub fn ids() -> Vec<String> {
    let mut ids: Vec<String> = [
        "...",
        "../sub_accounts",
        "..\\sub_accounts",
        "./x",
        "x/..",
        "/",
        "//evil.example",
        "a/b",
        "a?b=c",
        "a#b",
        "a&b=c",
        "a;b",
        "a+b",
        "a b",
        " ",
        "a:b@c",
        "%",
        "%2",
        "%2e%2e",
        "%2E%2E%2Fsub_accounts",
        "a%2fb",
        "a%00b",
        "%ED%A0%80",
        "\\ud800",
        "\u{fffd}",
        "é ",
        "e\u{301}",
        "a\nb",
        "a\r\nx-injected: 1\r\n\r\nb",
        "\t",
        "\0",
        "a\0b",
        "\u{7f}",
        "\u{85}",
        "\u{200b}",
        "\u{feff}",
        "\u{202e}sresu",
        "مستخدم",
        "用户",
        "👩‍👩‍👧‍👦",
        "\u{10ffff}",
        "．．",
        "\"quoted\"",
        "<script>",
        "{user_id}",
        "null",
    ]
    .map(String::from)
    .to_vec();
    ids.extend(["a", "é", "/", "."].map(|text| text.repeat(10_000)));
    ids
}

/// Characters that come into an account's own id only by mistake, such as the line end of a file. It is configuration, and
/// may be refused for them.
pub fn is_junk(character: char) -> bool {
    character.is_control() || character == char::REPLACEMENT_CHARACTER
}

/// Ids that percent-encoding makes longer than a URL can be.
pub fn too_long() -> Vec<String> {
    ["漢", "👩"].map(|text| text.repeat(10_000)).to_vec()
}

/// A request that was built, or the error instead.
pub type Built = Result<Request<Vec<u8>>, BuildError>;

/// Every operation that takes a user's id, with the segment that follows the id.
pub fn requests(account: &Account, id: &str) -> Vec<(&'static str, Option<&'static str>, Built)> {
    fn one<O: Operation>(
        account: &Account,
        operation: &O,
        tail: Option<&'static str>,
    ) -> (&'static str, Option<&'static str>, Built) {
        (O::ID, tail, account.request(operation))
    }
    vec![
        one(account, &users::Get::new(id), None),
        one(account, &users::Update::new(id).enabled(false), None),
        one(account, &users::Delete::new(id), None),
        one(account, &users::GetGroups::new(id), Some("groups")),
        one(account, &users::ListSubAccounts::new(id), Some("sub_accounts")),
    ]
}

/// Reads a response as every operation would: the operation's id, and the error if there is one.
pub fn read_as_each(reply: &Response<Vec<u8>>) -> Vec<(&'static str, Result<(), Error>)> {
    fn one<O: Operation>(operation: &O, reply: &Response<Vec<u8>>) -> (&'static str, Result<(), Error>) {
        (O::ID, operation.parse(reply).map(drop))
    }
    vec![
        one(&users::List::new(), reply),
        one(&users::Create::new("Ada Lind", "ada@example.com"), reply),
        one(&users::Get::new("u1"), reply),
        one(&users::Update::new("u1"), reply),
        one(&users::Delete::new("u1"), reply),
        one(&users::GetGroups::new("u1"), reply),
        one(&users::ListSubAccounts::new("u1"), reply),
    ]
}
