//! [`Holdings`]: what people who leave still hold.

use std::collections::BTreeSet;
use std::fmt;

use cloudinary_provisioning::UserId;
use serde::Serialize;

use crate::shown::Shown;
use crate::snapshot::{FoundUser, Part, Snapshot};

/// In what way somebody holds something.
///
/// ```
/// use cloudinary_provisioning_plan::offboarding::HoldingKind;
///
/// assert_eq!(serde_json::to_string(&HoldingKind::OnlyMember)?, r#""only_member""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HoldingKind {
    /// An enabled access key that is named after them: its name has all words of theirs, or of the part of the email in
    /// front of the `@`, one behind the other, whatever the case.
    Key,
    /// A group of which nobody else is a member.
    OnlyMember,
    /// Nobody else is an enabled master admin.
    OnlyAdmin,
    /// The root user of the account.
    Root,
}

/// Something that somebody who leaves still holds.
///
/// ```
/// use cloudinary_provisioning_plan::offboarding::{Holding, HoldingKind};
///
/// fn keys(holdings: &[Holding]) -> Vec<&str> {
///     let keys = holdings.iter().filter(|holding| holding.kind == HoldingKind::Key);
///     keys.map(|holding| holding.name.as_str()).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Holding {
    /// Whose it is.
    pub email: String,
    /// In what way.
    pub kind: HoldingKind,
    /// What it is: `CLOUD_NAME/KEY`, the name of a group, the account.
    pub name: String,
}

/// What people who leave still hold, as far as it could be read.
///
/// ```
/// use cloudinary_provisioning_plan::Offboarding;
/// use cloudinary_provisioning_plan::snapshot::{FoundEnvironment, FoundKey, FoundUser, Part, Snapshot};
///
/// let mut account = Snapshot::new();
/// account.users = Part::Known(vec![FoundUser::new("u1", "ada.lovelace@example.com")]);
/// account.environments = Part::Known(vec![FoundEnvironment::new("s1", "shop")]);
/// let keys = vec![FoundKey::new("814", "Ada-Lovelace laptop"), FoundKey::new("815", "ci")];
/// account.keys.insert("s1".into(), Part::Known(keys));
///
/// let holdings = Offboarding::new(["ada.lovelace@example.com"]).holdings(&account);
/// assert_eq!(
///     holdings.to_string(),
///     "! ada.lovelace@example.com still holds the key shop/Ada-Lovelace laptop\n",
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Holdings {
    /// What was found.
    pub found: Vec<Holding>,
    /// What could not be read, so that there may be more.
    pub unread: Vec<String>,
}

impl Holdings {
    pub(super) fn of(leavers: &[&FoundUser], snapshot: &Snapshot) -> Self {
        let mut found = Vec::new();
        let ids: BTreeSet<&UserId> = leavers.iter().map(|user| &user.id).collect();
        let users = snapshot.users.known().map_or(&[][..], Vec::as_slice);
        let is_admin_left = users.iter().any(|user| user.is_active_master_admin() && !ids.contains(&user.id));
        for user in leavers {
            let mut hold = |kind, name: String| found.push(Holding { email: user.email.clone(), kind, name });
            if user.root {
                hold(HoldingKind::Root, "the account".to_owned());
            }
            if user.is_active_master_admin() && !is_admin_left && snapshot.users_are_all {
                hold(HoldingKind::OnlyAdmin, "the account".to_owned());
            }
            for group in snapshot.groups.known().into_iter().flatten() {
                let members = group.members.known();
                if members.is_some_and(|all| all.contains(&user.id) && all.iter().all(|id| ids.contains(id))) {
                    hold(HoldingKind::OnlyMember, group.name.clone());
                }
            }
            let names = names_of(user);
            for (id, keys) in &snapshot.keys {
                for key in keys.known().into_iter().flatten().filter(|key| key.enabled != Some(false)) {
                    let words = words(&key.name);
                    if names.iter().any(|name| words.windows(name.len()).any(|part| part == name)) {
                        hold(HoldingKind::Key, format!("{}/{}", snapshot.cloud_name(id), key.name));
                    }
                }
            }
        }
        found.sort();
        let environments = ("environments".to_owned(), failure(&snapshot.environments));
        let keys =
            snapshot.keys.iter().map(|(id, keys)| (format!("keys of {}", snapshot.cloud_name(id)), failure(keys)));
        let failed = std::iter::once(environments).chain(keys);
        let unread = failed.filter_map(|(what, reason)| Some(format!("{what}: {}", reason?))).collect();
        Self { found, unread }
    }

    /// Whether nothing was found, and everything could be read.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty() && self.unread.is_empty()
    }
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (email, name) = (Shown(&self.email), Shown(&self.name));
        match self.kind {
            HoldingKind::Key => write!(f, "{email} still holds the key {name}"),
            HoldingKind::OnlyMember => write!(f, "{email} is the only member of the group {name}"),
            HoldingKind::OnlyAdmin => write!(f, "{email} is the only enabled master admin"),
            HoldingKind::Root => write!(f, "{email} is the root user of the account"),
        }
    }
}

/// A line for each.
impl fmt::Display for Holdings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.found.iter().try_for_each(|holding| writeln!(f, "! {holding}"))?;
        self.unread.iter().try_for_each(|unread| writeln!(f, "! what they hold is not wholly known: {}", Shown(unread)))
    }
}

/// Why it could not be read, if somebody has asked.
fn failure<T>(part: &Part<T>) -> Option<&str> {
    match part {
        Part::Failed(reason) => Some(reason),
        Part::Unread | Part::Known(_) => None,
    }
}

/// What a key of theirs would be called, each as its words.
fn names_of(user: &FoundUser) -> Vec<Vec<String>> {
    let local = user.email.rsplit_once('@').map(|(local, _)| local);
    let names = [local, user.name.as_deref()].into_iter().flatten().map(words);
    names.filter(|words| !words.is_empty()).collect()
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
