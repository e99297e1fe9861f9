//! Which resource a path names.

/// The resources of the modelled part of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Users,
    User(String),
    UserGroups(String),
    UserSubAccounts(String),
}

impl Resource {
    /// The account id and the resource, or nothing for a path that this account does not serve.
    pub(crate) fn parse(path: &str) -> Option<(String, Self)> {
        let path = path.strip_prefix('/')?;
        // Split first, decode after: an encoded slash is part of an id, not a separator. Empty and
        // dot segments are left alone for the same reason.
        let mut segments = path.split('/').map(|segment| decode(segment, false));
        let mut is = |expected: &str| segments.next().as_deref() == Some(expected);
        if !(is("v1_1") && is("provisioning") && is("accounts")) {
            return None;
        }
        let account = segments.next()?;
        if segments.next()? != "users" {
            return None;
        }
        let resource = match (segments.next(), segments.next().as_deref()) {
            (None, _) => Self::Users,
            (Some(id), None) => Self::User(id),
            (Some(id), Some("groups")) => Self::UserGroups(id),
            (Some(id), Some("sub_accounts")) => Self::UserSubAccounts(id),
            _ => return None,
        };
        segments.next().is_none().then_some((account, resource))
    }
}

/// Percent-decodes once. An incomplete escape stays as it is; bytes that are not UTF-8 are replaced.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> String {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let mut ahead = bytes.clone();
                let escaped = (ahead.next().and_then(hex), ahead.next().and_then(hex));
                if let (Some(high), Some(low)) = escaped {
                    decoded.push(high << 4 | low);
                    bytes = ahead;
                } else {
                    decoded.push(byte);
                }
            }
            b'+' if plus_is_space => decoded.push(b' '),
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(segment: &str) -> Option<Resource> {
        let path = format!("/v1_1/provisioning/accounts/acc/users/{segment}");
        let (account, resource) = Resource::parse(&path)?;
        assert_eq!(account, "acc");
        Some(resource)
    }

    #[test]
    fn a_segment_is_decoded_exactly_once() {
        assert_eq!(user("a%252fb"), Some(Resource::User("a%2fb".into())));
        assert_eq!(user("a%2fb"), Some(Resource::User("a/b".into())));
        assert_eq!(user("%C3%A9%20"), Some(Resource::User("é ".into())));
        assert_eq!(user("a+b"), Some(Resource::User("a+b".into())));
        assert_eq!(user("%zz%4"), Some(Resource::User("%zz%4".into())));
    }

    #[test]
    fn empty_and_dot_segments_are_ids_like_any_other() {
        assert_eq!(user(""), Some(Resource::User(String::new())));
        assert_eq!(user("."), Some(Resource::User(".".into())));
        assert_eq!(user(".."), Some(Resource::User("..".into())));
        assert_eq!(user("../groups"), Some(Resource::UserGroups("..".into())));
    }

    #[test]
    fn other_paths_name_nothing() {
        for path in [
            "",
            "*",
            "/",
            "/v1_1/provisioning/accounts/acc",
            "/v1_1/provisioning/accounts/acc/groups",
            "/v1_1/provisioning/accounts/acc/users/u/keys",
            "/v1_1/provisioning/accounts/acc/users/u/groups/g",
            "//v1_1/provisioning/accounts/acc/users",
        ] {
            assert_eq!(Resource::parse(path), None, "{path}");
        }
    }
}
