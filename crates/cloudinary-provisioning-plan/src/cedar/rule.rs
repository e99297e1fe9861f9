//! [`Rule`]: what one statement of a policy says.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use super::tokens::{Token, enclosed, split, tokens};

/// What one statement of a policy says: which actions it permits or forbids, and whether that depends on anything else.
///
/// A statement is read, not evaluated. What is not understood is [`Effect::Unknown`] and open, so that it is never taken for
/// a permission.
///
/// ```
/// use cloudinary_provisioning_plan::cedar::{Actions, Effect, rules};
///
/// let policy = r#"permit(principal, action in [Cloudinary::Action::"read"], resource is Cloudinary::Asset)
///     when { resource.ancestor_ids.contains("<folder_id>") };"#;
/// let [rule] = rules(policy).try_into().unwrap();
/// assert_eq!(rule.effect, Effect::Permit);
/// assert_eq!(rule.actions, Actions::Only(["read".to_owned()].into()));
/// assert_eq!(rule.resource.to_string(), "Asset");
/// assert!(rule.open, "it depends on the folder");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Rule {
    /// Whether the statement permits or forbids.
    pub effect: Effect,
    /// The actions.
    pub actions: Actions,
    /// Who the statement is about.
    pub principal: Scope,
    /// What the statement is about.
    pub resource: Scope,
    /// Whether conditions decide, or something that was not understood.
    pub open: bool,
}

impl Rule {
    /// Creates the rule of a statement that is not known or not understood.
    pub fn unknown() -> Self {
        let (principal, resource) = (Scope::Unknown, Scope::Unknown);
        Self { effect: Effect::Unknown, actions: Actions::Unknown, principal, resource, open: true }
    }
}

/// Whether a statement permits or forbids.
///
/// ```
/// use cloudinary_provisioning_plan::cedar::{Effect, rules};
///
/// assert_eq!(rules("forbid(principal, action, resource);")[0].effect, Effect::Forbid);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// It permits what it is about, unless another statement forbids it.
    Permit,
    /// It forbids what it is about, whatever permits it.
    Forbid,
    /// The statement is not known or not understood.
    Unknown,
}

/// The actions that a statement is about. Those of the namespace `Cloudinary` stand without it.
///
/// ```
/// use cloudinary_provisioning_plan::cedar::{Actions, rules};
///
/// let policy = r#"permit(principal, action == MediaFlows::Action::"run", resource);"#;
/// assert_eq!(rules(policy)[0].actions, Actions::Only(["MediaFlows::run".to_owned()].into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Actions {
    /// Every action.
    All,
    /// These.
    Only(BTreeSet<String>),
    /// They are not known.
    Unknown,
}

/// As `"all"`, a list, or null.
impl Serialize for Actions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Only(actions) => actions.serialize(serializer),
            Self::Unknown => serializer.serialize_none(),
        }
    }
}

/// Who or what a statement is about, by its head. Types of the namespace `Cloudinary` stand without it.
///
/// ```
/// use cloudinary_provisioning_plan::cedar::rules;
///
/// let policy = r#"permit(principal == Cloudinary::APIKey::"814", action, resource);"#;
/// assert_eq!(rules(policy)[0].principal.to_string(), "APIKey 814");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scope {
    /// Anyone, or anything.
    Any,
    /// All of a type.
    Type(String),
    /// One, by its type and id.
    One(String, String),
    /// What is in another one, by the type and id of that one; of the type that comes first, if any.
    In(Option<String>, String, String),
    /// It is not known.
    Unknown,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Type(kind) => f.write_str(kind),
            Self::One(kind, id) => write!(f, "{kind} {id}"),
            Self::In(None, kind, id) => write!(f, "in {kind} {id}"),
            Self::In(Some(of), kind, id) => write!(f, "{of} in {kind} {id}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// As it is displayed; null if it is not known.
impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unknown => serializer.serialize_none(),
            known => serializer.collect_str(known),
        }
    }
}

/// Returns what each statement of a policy says, in order.
///
/// ```
/// use cloudinary_provisioning_plan::cedar::{Rule, rules};
///
/// assert_eq!(rules("not a statement"), [Rule::unknown()]);
/// ```
pub fn rules(policy: &str) -> Vec<Rule> {
    let Some(tokens) = tokens(policy).filter(|tokens| !tokens.is_empty()) else { return vec![Rule::unknown()] };
    let mut statements = split(&tokens, ";");
    // Behind the last semicolon there is nothing, or a statement that does not end.
    let rest = statements.pop().filter(|rest| !rest.is_empty());
    let ended = statements.into_iter().map(|statement| rule(statement).unwrap_or_else(Rule::unknown));
    ended.chain(rest.map(|_| Rule::unknown())).collect()
}

fn rule(mut statement: &[Token<'_>]) -> Option<Rule> {
    // An annotation may have no value.
    while let [Token::Mark("@"), Token::Word(_), rest @ ..] = statement {
        statement = enclosed(rest, "(").map_or(rest, |(_, rest)| rest);
    }
    let (effect, rest) = match statement {
        [Token::Word("permit"), rest @ ..] => (Effect::Permit, rest),
        [Token::Word("forbid"), rest @ ..] => (Effect::Forbid, rest),
        _ => return None,
    };
    let (head, mut conditions) = enclosed(rest, "(")?;
    let mut clauses = split(head, ",");
    // A trailing comma is allowed.
    clauses.pop_if(|last| last.is_empty());
    let [principal, action, resource] = clauses.try_into().ok()?;
    let (principal, resource) = (scope("principal", principal), scope("resource", resource));
    let actions = actions(action).unwrap_or(Actions::Unknown);
    let is_vague = actions == Actions::Unknown || [&principal, &resource].contains(&&Scope::Unknown);
    let open = is_vague || !conditions.is_empty();
    while let [Token::Word("when" | "unless"), rest @ ..] = conditions {
        (_, conditions) = enclosed(rest, "{")?;
    }
    conditions.is_empty().then_some(Rule { effect, actions, principal, resource, open })
}

fn actions(clause: &[Token<'_>]) -> Option<Actions> {
    let list = match clause {
        [Token::Word("action")] => return Some(Actions::All),
        [Token::Word("action"), Token::Mark("=="), one @ ..] => vec![one],
        [Token::Word("action"), Token::Word("in"), list @ ..] => match enclosed(list, "[") {
            Some((list, [])) => {
                let mut list = split(list, ",");
                list.pop_if(|last| last.is_empty());
                list
            }
            Some(_) => return None,
            None => vec![list],
        },
        _ => return None,
    };
    let name = |tokens: &[Token<'_>]| match entity(tokens)? {
        (kind, id) if kind == "Action" => Some(id),
        (kind, id) => kind.strip_suffix("::Action").map(|namespace| format!("{namespace}::{id}")),
    };
    list.into_iter().map(name).collect::<Option<_>>().map(Actions::Only)
}

fn scope(word: &str, clause: &[Token<'_>]) -> Scope {
    let known = || {
        let (first, rest) = clause.split_first()?;
        if *first != Token::Word(word) {
            return None;
        }
        Some(match rest {
            [] => Scope::Any,
            [Token::Mark("=="), one @ ..] => {
                let (kind, id) = entity(one)?;
                Scope::One(kind, id)
            }
            [Token::Word("in"), one @ ..] => {
                let (kind, id) = entity(one)?;
                Scope::In(None, kind, id)
            }
            [Token::Word("is"), rest @ ..] => match rest.iter().position(|token| *token == Token::Word("in")) {
                None => Scope::Type(path(rest)?),
                Some(at) => {
                    let (kind, id) = entity(rest.get(at + 1..)?)?;
                    Scope::In(Some(path(rest.get(..at)?)?), kind, id)
                }
            },
            _ => return None,
        })
    };
    known().unwrap_or(Scope::Unknown)
}

/// `Cloudinary::Folder::"id"`, as a type and an id.
fn entity(tokens: &[Token<'_>]) -> Option<(String, String)> {
    match tokens {
        [kind @ .., Token::Mark("::"), Token::Text(id)] => Some((path(kind)?, (*id).to_owned())),
        _ => None,
    }
}

/// `Cloudinary::Folder`, without the namespace that goes without saying.
fn path(tokens: &[Token<'_>]) -> Option<String> {
    let mut names = Vec::new();
    for part in tokens.split(|token| *token == Token::Mark("::")) {
        match part {
            [Token::Word(name)] => names.push(*name),
            _ => return None,
        }
    }
    match names.as_slice() {
        ["Cloudinary", name] => Some((*name).to_owned()),
        names => Some(names.join("::")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(actions: &[&str]) -> Actions {
        Actions::Only(actions.iter().map(|&action| action.to_owned()).collect())
    }

    fn one(policy: &str) -> Rule {
        let [rule] = rules(policy).try_into().unwrap();
        rule
    }

    #[test]
    fn the_actions_of_a_statement_are_read() {
        let with = |clause: &str| one(&format!("permit(principal, {clause}, resource);")).actions;
        assert_eq!(with("action"), Actions::All);
        assert_eq!(with(r#"action == Cloudinary::Action::"read""#), only(&["read"]));
        assert_eq!(with(r#"action in Cloudinary::Action::"read""#), only(&["read"]));
        assert_eq!(
            with(r#"action in [Cloudinary::Action::"read", Cloudinary::Action::"move",]"#),
            only(&["move", "read"])
        );
        assert_eq!(with("action in []"), only(&[]));
        for foreign in [
            r#"action == Cloudinary::User::"read""#,
            r#"action in ["read"]"#,
            r#"action in [Cloudinary::Action::"re\u{61}d"]"#,
            r#"action in [Cloudinary::Action::"read"] or more"#,
            "actions",
            "action is Cloudinary::Action",
            "action ==",
            "action in [,]",
        ] {
            assert_eq!(with(foreign), Actions::Unknown, "{foreign}");
            assert!(one(&format!("permit(principal, {foreign}, resource);")).open, "{foreign}");
        }
    }

    #[test]
    fn who_and_what_a_statement_is_about_is_read() {
        let with = |clause: &str| one(&format!("permit(principal, action, {clause});")).resource.to_string();
        assert_eq!(with("resource"), "any");
        assert_eq!(with("resource is Cloudinary::Asset"), "Asset");
        assert_eq!(with("resource is MediaFlows::EasyFlow"), "MediaFlows::EasyFlow");
        assert_eq!(with(r#"resource == Cloudinary::Feature::"cld::global""#), "Feature cld::global");
        assert_eq!(with(r#"resource in Cloudinary::Folder::"f""#), "in Folder f");
        assert_eq!(with(r#"resource is Cloudinary::Asset in Cloudinary::Folder::"f""#), "Asset in Folder f");
        assert_eq!(with("resource == ?resource"), "unknown");
        assert_eq!(with("resource is"), "unknown");
        let group = one(r#"permit(principal in Cloudinary::Group::"g", action, resource,);"#);
        assert_eq!((group.principal.to_string().as_str(), group.open), ("in Group g", false));
    }

    #[test]
    fn conditions_leave_it_open() {
        for (condition, open) in [("", false), ("when { true }", true), ("unless { resource.a == \"};\" }", true)] {
            let rule = one(&format!("forbid(principal, action, resource) {condition};"));
            assert_eq!((rule.effect, rule.open), (Effect::Forbid, open), "{condition}");
        }
    }

    #[test]
    fn every_statement_counts_and_comments_and_annotations_do_not() {
        let policy =
            "// permit(principal, action, resource);\n@id(\"a;b\") @checked permit(principal, action, resource);
            forbid(principal, action == Cloudinary::Action::\"delete\", resource) // no\n;";
        let effects: Vec<_> = rules(policy).into_iter().map(|rule| (rule.effect, rule.open)).collect();
        assert_eq!(effects, [(Effect::Permit, false), (Effect::Forbid, false)]);
    }

    #[test]
    fn what_is_not_understood_is_unknown() {
        for policy in [
            "",
            "// nothing",
            "allow(principal, action, resource);",
            "permit;",
            "permit(principal, action);",
            "permit(principal, action, resource, more);",
            "permit(principal, action, resource)",
            "permit(principal, action, resource];",
            "permit(principal, action, resource) where { true };",
            "permit(principal, action, resource) when true;",
            "permit(principal, action, resource) permit(principal, action, resource);",
            "permit(principal, action, resource) when { \"never ends };",
            "Permit(principal, action, resource);",
        ] {
            assert_eq!(rules(policy), [Rule::unknown()], "{policy}");
        }
    }

    #[test]
    fn no_text_panics_or_permits_without_a_head_that_says_so() {
        const PIECES: [&str; 24] = [
            "permit",
            "forbid",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "principal",
            "action",
            "resource",
            ",",
            ";",
            "\"",
            "\\",
            "//",
            "\n",
            "::",
            "==",
            "is",
            "in",
            "when",
            "@",
            "é",
        ];
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut roll = |sides: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap() % sides
        };
        for _ in 0..20_000 {
            let soup: String = (0..roll(24)).map(|_| [PIECES[roll(PIECES.len())], " "].concat()).collect();
            for rule in rules(&soup) {
                assert!(rule.open || soup.contains("( principal"), "{soup:?}");
            }
        }
    }
}
