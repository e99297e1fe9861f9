//! Finds a secret in a text, whatever it is written as.

use std::{collections::BTreeSet, fmt::Write};

const PLAIN: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Everything that gives the secret away: itself, and itself in base64 at any offset, percent-encoded, escaped, in
/// hexadecimal, and as the bytes that `Debug` of a `Vec<u8>` shows.
fn forms(secret: &str) -> BTreeSet<String> {
    let bytes = secret.as_bytes();
    let mut forms = BTreeSet::from([secret.to_owned()]);
    for offset in 0..3 {
        let base64 = inner_base64(bytes, offset);
        forms.insert(base64.replace('+', "-").replace('/', "_"));
        forms.insert(percent(base64.as_bytes(), false, str::to_uppercase));
        forms.insert(base64);
    }
    for every in [false, true] {
        forms.insert(percent(bytes, every, str::to_uppercase));
        forms.insert(percent(bytes, every, str::to_lowercase));
    }
    forms.insert(secret.escape_debug().to_string());
    forms.insert(secret.escape_default().to_string());
    forms.insert(serde_json::to_string(secret).expect("JSON").trim_matches('"').to_owned());
    forms.insert(bytes.escape_ascii().to_string());
    let hex = |digits: fn(u8) -> String| bytes.iter().map(|byte| digits(*byte)).collect::<String>();
    forms.insert(hex(|byte| format!("{byte:02x}")));
    forms.insert(hex(|byte| format!("{byte:02X}")));
    let list: Vec<_> = bytes.iter().map(ToString::to_string).collect();
    forms.insert(list.join(", "));
    forms.insert(list.join(","));
    forms
}

/// Looks for secrets in texts.
#[derive(Clone, Debug)]
pub struct Search(Vec<String>);

impl Search {
    /// Looks for these.
    pub fn new<'s>(secrets: impl IntoIterator<Item = &'s str>) -> Self {
        Self(secrets.into_iter().flat_map(forms).map(|form| squeeze(&form)).collect())
    }

    /// What of the secrets the text shows, if anything. Line ends and spaces, as those of `{:#?}`, do not hide it.
    pub fn find(&self, text: &str) -> Option<&str> {
        let text = squeeze(text);
        self.0.iter().find(|form| text.contains(form.as_str())).map(String::as_str)
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The characters of the base64 of a text with the secret at this offset that depend on the secret alone.
fn inner_base64(secret: &[u8], offset: usize) -> String {
    let alphabet: Vec<char> = PLAIN.chars().collect();
    let bits: Vec<u8> = std::iter::repeat_n(0, offset)
        .chain(secret.iter().copied())
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .collect();
    let start = (offset * 8).div_ceil(6);
    bits.chunks_exact(6)
        .skip(start)
        .map(|bits| alphabet[bits.iter().fold(0, |value, bit| value << 1 | usize::from(*bit))])
        .collect()
}

fn percent(bytes: &[u8], every: bool, case: fn(&str) -> String) -> String {
    let mut text = String::new();
    for byte in bytes {
        if !every && (byte.is_ascii_alphanumeric() || b"-._~".contains(byte)) {
            text.push(char::from(*byte));
        } else {
            let mut digits = String::new();
            write!(digits, "{byte:02x}").expect("writing to a string");
            text.push('%');
            text.push_str(&case(&digits));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "s3cr3t MARK/+?é\"";

    #[track_caller]
    fn assert_found(text: &str) {
        assert!(Search::new([SECRET]).find(text).is_some(), "{text}");
    }

    #[test]
    fn a_secret_is_found_in_every_form() {
        assert_found(&format!("x{SECRET}y"));
        assert_found(&format!("{SECRET:?}"));
        assert_found(&format!("{:?}", SECRET.as_bytes()));
        assert_found(&format!("{:#?}", SECRET.as_bytes()));
        assert_found(&serde_json::json!({"api_secret": SECRET}).to_string());
        assert_found("s3cr3t%20MARK%2F%2B%3F%C3%A9%22");
        assert_found("s3cr3t%20MARK%2f%2b%3f%c3%a9%22");
        // `KEY:`, `KE:` and `K:` in front of it, made by another tool.
        assert_found("Basic S0VZOnMzY3IzdCBNQVJLLys/w6ki");
        assert_found("Basic S0U6czNjcjN0IE1BUksvKz/DqSI=");
        assert_found("Basic SzpzM2NyM3QgTUFSSy8rP8OpIg==");
        assert_found("Basic SzpzM2NyM3QgTUFSSy8rP8OpIg");
        assert_found("S0VZOnMzY3IzdCBNQVJLLys_w6ki");
    }

    #[test]
    fn nothing_else_is_found() {
        for text in ["", "Secret(..)", "s3cr3t MARK", "S0VZOlNFQ1JFVA==", "115, 51, 99"] {
            assert_eq!(Search::new([SECRET]).find(text), None);
        }
    }
}
