//! [`Allowed`]: what a statement of a policy says.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::system_policies::SystemPolicy;
use cloudinary_provisioning_plan::cedar::{Actions, Effect, Rule, Scope, rules};
use serde::Serialize;

/// What a statement of a role's policy, or of a custom one, says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Allowed {
    policy: String,
    #[serde(flatten)]
    rule: Rule,
}

impl Allowed {
    /// What a statement of a custom policy says. Its own head says about whom.
    pub(super) fn of_custom(policy: &str, rule: Rule) -> Self {
        Self { policy: policy.to_owned(), rule }
    }
}

/// What the policies of a role say. A policy that came without its statement is unknown.
pub(super) fn of_policies(policies: &[SystemPolicy]) -> Vec<Allowed> {
    let all = policies.iter().flat_map(|policy| {
        let rules = policy.policy_statement.as_deref().map_or_else(|| vec![Rule::unknown()], rules);
        rules.into_iter().map(|mut rule| {
            // Nothing here tells whether whoever has the role is meant.
            rule.open |= rule.principal != Scope::Any;
            Allowed { policy: policy.id.to_string(), rule }
        })
    });
    all.collect()
}

/// `create, read Asset; read Report (conditions); not delete Folder; POLICY (unknown)`. It names the principals unless
/// `is_for_one`.
pub(super) fn summary(allowed: &[Allowed], is_for_one: bool) -> String {
    let mut known: BTreeMap<_, (bool, BTreeSet<&str>)> = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for Allowed { policy, rule } in allowed {
        let is_known = rule.resource != Scope::Unknown && rule.principal != Scope::Unknown;
        let key = (rule.effect, &rule.resource, &rule.principal, rule.open);
        match &rule.actions {
            Actions::All if is_known => known.entry(key).or_default().0 = true,
            Actions::Only(actions) if is_known => {
                known.entry(key).or_default().1.extend(actions.iter().map(String::as_str));
            }
            _ => {
                unknown.insert(policy.as_str());
            }
        }
    }
    let known = known.into_iter().map(|((effect, resource, principal, open), (all, actions))| {
        let not = if effect == Effect::Forbid { "not " } else { "" };
        let actions = actions.into_iter().collect::<Vec<_>>().join(", ");
        let actions = if all { "all" } else { &actions };
        let about = if *resource == Scope::Any { String::new() } else { format!(" {resource}") };
        let whom = if is_for_one || *principal == Scope::Any { String::new() } else { format!(" for {principal}") };
        let mark = if open { " (conditions)" } else { "" };
        format!("{not}{actions}{about}{whom}{mark}")
    });
    known.chain(unknown.into_iter().map(|policy| format!("{policy} (unknown)"))).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary_of(statements: &[Option<&str>]) -> String {
        let policies = statements.iter().enumerate().map(|(n, statement)| {
            let mut policy = SystemPolicy::new(format!("p{n}"));
            policy.policy_statement = statement.map(str::to_owned);
            policy
        });
        summary(&of_policies(&policies.collect::<Vec<_>>()), false)
    }

    #[test]
    fn actions_are_told_by_what_they_are_about_and_nothing_open_goes_without_its_mark() {
        let read = r#"permit(principal, action == Cloudinary::Action::"read", resource is Cloudinary::Asset);"#;
        let update = r#"permit(principal, action == Cloudinary::Action::"update", resource is Cloudinary::Asset);"#;
        let open = r#"permit(principal, action, resource is Cloudinary::Folder) when { resource.name == "a" };"#;
        let forbid = r#"forbid(principal, action == Cloudinary::Action::"delete", resource);"#;
        assert_eq!(summary_of(&[Some(read), Some(update)]), "read, update Asset");
        assert_eq!(summary_of(&[Some(open), Some(forbid)]), "all Folder (conditions); not delete");
        assert_eq!(
            summary_of(&[Some("permit(principal is Cloudinary::User, action, resource);")]),
            "all for User (conditions)"
        );
        assert_eq!(
            summary_of(&[Some("permit(principal, what, resource);"), None, Some("?")]),
            "p0 (unknown); p1 (unknown); p2 (unknown)"
        );
    }
}
