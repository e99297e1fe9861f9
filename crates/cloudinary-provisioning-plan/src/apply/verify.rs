//! Whether a response says what was asked for.

use std::collections::BTreeSet;

use cloudinary_provisioning::custom_policies::same_statement;

use crate::plan::{Access, Work};
use crate::snapshot::fold;

use super::applied::{Applied, AppliedKind};
use super::perform::{Ids, resolve, statement};

/// Returns the fields of which the service returned another value than it was sent.
pub(super) fn mismatches(work: &Work, applied: &Applied, ids: &Ids) -> Vec<&'static str> {
    let mut fields = Vec::new();
    let mut check = |field, is_same: Option<bool>| {
        if is_same == Some(false) {
            fields.push(field);
        }
    };
    check("id", updated(work, ids).zip(id(applied)).map(|(asked, found)| asked == found));
    match (work, &applied.0) {
        (Work::CreateEnvironment(asked) | Work::UpdateEnvironment(_, asked), AppliedKind::Environment(found)) => {
            check("cloud_name", same(asked.cloud_name.as_ref(), found.cloud_name.as_ref()));
            check("name", same(asked.name.as_ref(), found.name.as_ref()));
            check("enabled", same(asked.enabled, found.enabled));
            check("attributes", same(asked.attributes.as_ref(), found.custom_attributes.as_ref()));
        }
        (Work::GenerateKey { name, enabled, .. }, AppliedKind::Key(found)) => {
            check("name", same(Some(name), found.name.as_ref()));
            // Nothing is handed over to a key that cannot be used.
            check("enabled", same(Some(enabled.unwrap_or(true)), found.enabled));
        }
        (Work::UpdateKey { name, enabled, .. }, AppliedKind::Key(found)) => {
            check("name", same(name.as_ref(), found.name.as_ref()));
            check("enabled", same(*enabled, found.enabled));
        }
        (Work::RetireKey { .. }, AppliedKind::Key(found)) => check("enabled", same(Some(false), found.enabled)),
        (Work::DedicateKey { purpose, .. }, AppliedKind::Key(found)) => {
            check("dedicated_for", found.dedicated_for.as_ref().map(|purposes| purposes.contains(purpose)));
        }
        (Work::CreateRole { fields: asked, .. } | Work::UpdateRole(_, asked), AppliedKind::Role(found)) => {
            check("name", same(Some(&asked.name), found.name.as_ref()));
            let policies = found.policies.as_ref();
            let policies =
                policies.map(|policies| policies.iter().map(|policy| policy.id.clone()).collect::<BTreeSet<_>>());
            check("system_policies", same(Some(&asked.policies), policies.as_ref()));
        }
        (Work::CreateGroup(name) | Work::RenameGroup(_, name), AppliedKind::Group(found)) => {
            check("name", same(Some(name), found.name.as_ref()));
        }
        (Work::CreateUser(email, asked), AppliedKind::User(found)) => {
            check("email", same(Some(fold(email)), found.email.as_ref().map(fold)));
            check("name", same(asked.name.as_ref(), found.name.as_ref()));
            check("role", same(asked.role.as_ref(), found.role.as_ref()));
            check("enabled", same(asked.enabled, found.enabled));
            check("environments", has_access(asked.access.as_ref(), found.all_sub_accounts));
        }
        (Work::UpdateUser(_, asked), AppliedKind::User(found)) => {
            check("email", same(asked.email.as_ref().map(fold), found.email.as_ref().map(fold)));
            check("name", same(asked.name.as_ref(), found.name.as_ref()));
            check("role", same(asked.role.as_ref(), found.role.as_ref()));
            check("enabled", same(asked.enabled, found.enabled));
            check("environments", has_access(asked.access.as_ref(), found.all_sub_accounts));
        }
        (Work::AddMember { user, .. }, AppliedKind::Members(Some(members))) => {
            let user = user.known();
            check("members", user.map(|user| members.iter().any(|member| member == user)));
        }
        (Work::RemoveMember { user, .. }, AppliedKind::Members(Some(left))) => {
            check("members", Some(!left.contains(user)));
        }
        (Work::CreatePolicy(asked) | Work::UpdatePolicy(_, asked), AppliedKind::Policy(found)) => {
            check("name", same(Some(&asked.name), found.name.as_ref()));
            check("enabled", same(Some(asked.enabled), found.enabled));
            let sent = statement(asked, ids).ok();
            let is_same = sent.zip(found.policy_statement.as_ref()).map(|(sent, found)| same_statement(&sent, found));
            check("statement", is_same);
        }
        _ => {}
    }
    fields
}

/// The id of what is updated.
fn updated<'w>(work: &'w Work, ids: &'w Ids) -> Option<&'w str> {
    match work {
        Work::UpdateEnvironment(handle, _)
        | Work::UpdateKey { key: handle, .. }
        | Work::DedicateKey { key: handle, .. } => resolve(handle, ids).ok(),
        Work::RetireKey { key, .. } => Some(key.as_str()),
        Work::UpdateRole(id, _) => Some(id.as_str()),
        Work::RenameGroup(id, _) => Some(id.as_str()),
        Work::UpdateUser(id, _) => Some(id.as_str()),
        Work::UpdatePolicy(id, _) => Some(id.as_str()),
        _ => None,
    }
}

/// The id that a response has.
fn id(applied: &Applied) -> Option<&str> {
    match &applied.0 {
        AppliedKind::Environment(found) => Some(found.id.as_str()),
        AppliedKind::Key(found) => Some(found.api_key.as_str()),
        AppliedKind::Role(found) => Some(found.id.as_str()),
        AppliedKind::Group(found) => Some(found.id.as_str()),
        AppliedKind::User(found) => Some(found.id.as_str()),
        AppliedKind::Policy(found) => Some(found.id.as_str()),
        AppliedKind::Members(_) | AppliedKind::Nothing => None,
    }
}

/// `None` where nothing was asked or nothing returned.
fn same<T: PartialEq>(asked: Option<T>, found: Option<T>) -> Option<bool> {
    Some(asked? == found?)
}

fn has_access(asked: Option<&Access>, has_all: Option<bool>) -> Option<bool> {
    Some(matches!(asked?, Access::All) == has_all?)
}
