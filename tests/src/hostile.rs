//! Ids that have made other clients ask for another resource, and what every operation makes of an input.

use std::collections::BTreeSet;

use cloudinary_provisioning::catalog::{Entry, Field, Kind, Place};
use cloudinary_provisioning::{Account, Error, catalog};
use http::{Request, Response};
use serde_json::{Value, json};

use crate::samples::{self, Boxed, entry};
use crate::wire;

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

/// Characters that come into an account's own id only by mistake, such as the line end of a file, quotes of a shell, and
/// what nobody sees. It is configuration, and may be refused for them.
pub fn is_junk(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(character, char::REPLACEMENT_CHARACTER | '"' | '\'' | '`' | '“' | '”' | '‘' | '’')
        || matches!(character,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Ids that percent-encoding makes longer than a URL can be.
pub fn too_long() -> Vec<String> {
    ["漢", "👩"].map(|text| text.repeat(10_000)).to_vec()
}

/// A request without its encoding.
#[derive(Debug, PartialEq)]
pub struct Decoded {
    /// The segments of the path.
    pub path: Vec<String>,
    /// The pairs of the query.
    pub query: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<Value>,
}

impl Decoded {
    /// Decodes a request.
    pub fn new(request: &Request<Vec<u8>>) -> Self {
        let path = wire::path_segments(request.uri().path());
        Self { path, query: wire::request_query(request), body: wire::json_body(request) }
    }

    /// The same request with another text where the field's ordinary one stands.
    fn with(self, field: &Field, text: &str) -> Self {
        let plain = samples::ordinary(field.name);
        let swap = |value: String| if value == plain { text.to_owned() } else { value };
        let path = self.path.into_iter().map(swap).collect();
        let query = self.query.into_iter().map(|(key, value)| (key, swap(value))).collect();
        let body = self.body.map(|mut body| {
            match body.get_mut(field.name) {
                Some(value) if *value == plain => *value = json!(text),
                Some(value) if *value == json!([plain]) => *value = json!([text]),
                _ => {}
            }
            body
        });
        Self { path, query, body }
    }
}

/// Every operation with a field that holds text, once for each such field, with the text there and an ordinary one
/// everywhere else: the field, the operation, and the request that it should make.
pub fn in_each_field(text: &str) -> Vec<(&'static Field, Boxed, Decoded)> {
    let account = Account::new("acc", "KEY", "SECRET").expect("an account");
    let fields: Vec<_> = catalog().flat_map(|entry| entry.fields).filter(|field| holds_text(field)).collect();
    let names: BTreeSet<_> = fields.iter().map(|field| field.name).collect();
    let mut samples = Vec::new();
    for name in names {
        let of = |field| if field == name { text.to_owned() } else { samples::ordinary(field) };
        for (sample, ordinary) in samples::samples(&of).into_iter().zip(samples::all()) {
            let field = entry(&*sample).fields.iter().find(|field| field.name == name && holds_text(field));
            if let Some(field) = field {
                let expected = Decoded::new(&ordinary.request(&account).expect("a request")).with(field, text);
                samples.push((field, sample, expected));
            }
        }
    }
    assert_eq!(samples.len(), fields.len());
    samples
}

/// Whether a field takes any text.
fn holds_text(field: &Field) -> bool {
    let text = |kind: &Kind| matches!(kind, Kind::Text | Kind::Id(_) | Kind::SubAccountAccess);
    let text = match field.kind {
        Kind::List(kind) | Kind::Nullable(kind) => text(kind),
        kind => text(&kind),
    };
    text && field.limits.is_none_or(|(_, max)| matches!(field.kind, Kind::List(_)) && max == 100)
}

/// Whether the request with this text in this field has to be refused.
pub fn is_refused(field: &Field, text: &str) -> bool {
    field.place == Place::Path && UNSENDABLE.contains(&text)
}

/// What a response is read into by every operation, or the error instead.
pub fn read_as_each(response: &Response<Vec<u8>>) -> Vec<(&'static Entry, Result<(), Error>)> {
    let read = |sample: &Boxed| (entry(&**sample), sample.read(response).map(drop));
    samples::all().iter().map(read).collect()
}
