//! What the objects of a manifest say about each other: duplicates, references and contradictions.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use super::declaration::Declaration;
use super::model::{Assignment, Manifest, Object};
use super::position::DeclaredAt;
use super::problem::Problem;
use super::reading::shown;
use super::statement::Statement;
use super::text::{Email, Name};
use super::values::{EnvironmentAccess, EnvironmentRef, KeyRef, ObjectKind, Principal, Scope, State};

/// Everything that the manifest says twice, contradicts itself in, or refers to in vain.
pub(super) fn check(manifest: &Manifest) -> Vec<Problem> {
    let mut check = Check { manifest, declared: declared(manifest), problems: Vec::new() };
    for kind in ObjectKind::ALL {
        check.identities(*kind);
    }
    manifest.objects().for_each(|object| check.object(object));
    check.assignments();
    check.memberships();
    check.problems
}

/// The id of every system role begins so.
const SYSTEM: &str = "cld::";

struct Check<'m> {
    manifest: &'m Manifest,
    declared: HashMap<Mention<'m>, Fate>,
    problems: Vec<Problem>,
}

impl<'m> Check<'m> {
    fn problem(&mut self, at: DeclaredAt, object: Object<'_>, message: impl Into<String>) {
        let path = format!("{}.{}", object.kind(), shown(&object.name()));
        let position = at.position().or(object.position());
        self.problems.push(Problem::new(position, path, message));
    }

    /// Objects of one name, and names that two objects claim.
    fn identities(&mut self, kind: ObjectKind) {
        let manifest = self.manifest;
        let objects = || manifest.objects_of(kind).filter_map(|object| Some((Identity::of(object)?, object)));
        let mut names = HashSet::new();
        for (identity, object) in objects() {
            if !names.insert((identity.within, identity.name)) {
                self.problem(DeclaredAt::default(), object, "is declared twice");
            }
        }
        let mut renamed = HashSet::new();
        for (identity, object) in objects() {
            let Some(was) = identity.was else { continue };
            let message = if was == identity.name {
                "`was` is the name that it has"
            } else if names.contains(&(identity.within.clone(), was.clone())) {
                "`was` is the name of another object that is declared"
            } else if !renamed.insert((identity.within, was)) {
                "`was` stands at another object too"
            } else {
                continue;
            };
            self.problem(DeclaredAt::default(), object, message);
        }
    }

    /// What an object says about itself, and what it refers to.
    fn object(&mut self, object: Object<'m>) {
        let absent = object.state() == State::Absent;
        if absent && says_more(object) {
            self.problem(DeclaredAt::default(), object, "is absent, so that nothing else can be said about it");
        }
        let ignore = &self.manifest.ignore;
        if !ignore.is_empty() && matchable(object).iter().any(|name| ignore.matches(object.kind(), name)) {
            self.problem(DeclaredAt::default(), object, "is declared, and `ignore` matches it");
        }
        for (name, what) in special_names(object) {
            self.problem(name.declared_at, object, what);
        }
        if !absent {
            for (mention, at) in mentions(object) {
                self.reference(object, &mention, at);
            }
        }
    }

    fn reference(&mut self, object: Object<'_>, mention: &Mention<'_>, at: DeclaredAt) {
        let ignore = &self.manifest.ignore;
        let message = match self.declared.get(mention) {
            Some(Fate::Present) => return,
            Some(Fate::Absent) => format!("refers to {mention}, which is declared absent"),
            Some(Fate::Renamed(name)) => format!("refers to {mention}, which is renamed to {name:?}"),
            None => {
                let (kind, name) = mention.kind_and_name();
                // Which keys are removed depends on the account as well.
                let kept = kind == ObjectKind::Keys || ignore.matches(kind, name) || name.starts_with(SYSTEM);
                if kept || !self.manifest.prune.contains(&kind) {
                    return;
                }
                format!("refers to {mention}, which is not declared, and `prune` removes what is not")
            }
        };
        self.problem(at, object, message);
    }

    /// A principal that gets a role twice, or gets it and loses it.
    fn assignments(&mut self) {
        let manifest = self.manifest;
        let mut seen = BTreeMap::new();
        for assignment in &manifest.assignments {
            let object = Object::Assignment(assignment);
            let Assignment { role, scope, content, to, state, .. } = assignment;
            if to.is_empty() {
                self.problem(DeclaredAt::default(), object, "`to` is empty");
            }
            for principal in to {
                let before = seen.insert((role, scope, content, principal), state);
                match before {
                    None => {}
                    Some(before) if before == state => {
                        self.problem(principal.declared_at(), object, format!("{principal} is declared twice"));
                    }
                    Some(_) => {
                        let message = format!("{principal} is declared present and absent");
                        self.problem(principal.declared_at(), object, message);
                    }
                }
            }
        }
    }

    /// `members` of groups and `groups` of users that say different things.
    fn memberships(&mut self) {
        let manifest = self.manifest;
        let members: HashMap<_, _> =
            manifest.groups.iter().filter_map(|group| Some((&group.name, group.members.as_ref()?))).collect();
        let groups: HashMap<_, _> =
            manifest.users.iter().filter_map(|user| Some((&user.email, user.groups.as_ref()?))).collect();
        for user in &manifest.users {
            for group in user.groups.iter().flatten() {
                if members.get(group).is_some_and(|members| !members.contains(&user.email)) {
                    let message = format!("is in the group {:?}, whose `members` leave the user out", group.as_str());
                    self.problem(group.declared_at, Object::User(user), message);
                }
            }
        }
        for group in &manifest.groups {
            for email in group.members.iter().flatten() {
                if groups.get(email).is_some_and(|groups| !groups.contains(&group.name)) {
                    let message = format!("has the member {:?}, whose `groups` leave it out", email.as_str());
                    self.problem(email.declared_at, Object::Group(group), message);
                }
            }
        }
    }
}

/// What an object is known by among those of its kind.
struct Identity<'m> {
    within: Cow<'m, str>,
    name: Cow<'m, str>,
    was: Option<Cow<'m, str>>,
}

impl<'m> Identity<'m> {
    /// `None` for an assignment, whose principals are known each by itself.
    fn of(object: Object<'m>) -> Option<Self> {
        let exact = |within: Cow<'m, str>, name: &'m Name, was: Option<&'m Name>| {
            Some(Self { within, name: name.as_str().into(), was: was.map(|was| was.as_str().into()) })
        };
        let nothing = Cow::Borrowed("");
        match object {
            Object::Environment(it) => exact(nothing, &it.cloud_name, it.was.as_ref()),
            Object::Key(it) => exact(it.environment.as_str().into(), &it.name, it.was.as_ref()),
            Object::Group(it) => exact(nothing, &it.name, it.was.as_ref()),
            Object::User(it) => {
                let folded = |email: &'m Email| {
                    let is_folded = !email.bytes().any(|byte| byte.is_ascii_uppercase());
                    if is_folded { Cow::Borrowed(email.as_str()) } else { email.to_ascii_lowercase().into() }
                };
                Some(Self { within: nothing, name: folded(&it.email), was: it.was.as_ref().map(folded) })
            }
            Object::Role(it) => exact(nothing, &it.id, None),
            Object::Policy(it) => exact(it.scope.to_string().into(), &it.name, it.was.as_ref()),
            Object::Assignment(_) => None,
        }
    }
}

fn says_more(object: Object<'_>) -> bool {
    match object {
        Object::Environment(it) => it.says_more(),
        Object::Key(it) => it.says_more(),
        Object::Group(it) => it.says_more(),
        Object::User(it) => it.says_more(),
        Object::Role(it) => it.says_more(),
        Object::Policy(it) => it.says_more(),
        Object::Assignment(it) => it.says_more(),
    }
}

/// The names by which `ignore` knows an object, those that it had included.
fn matchable(object: Object<'_>) -> Vec<String> {
    let both = |name: &str, was: Option<&str>| [Some(name), was].into_iter().flatten().map(str::to_owned).collect();
    match object {
        Object::Environment(it) => both(&it.cloud_name, it.was.as_deref()),
        Object::Key(it) => {
            let was = it.was.as_ref().map(|was| KeyRef::new(&it.environment, was).to_string());
            both(&it.reference().to_string(), was.as_deref())
        }
        Object::Group(it) => both(&it.name, it.was.as_deref()),
        Object::User(it) => both(&it.email, it.was.as_deref()),
        Object::Role(it) => both(&it.id, it.name.as_deref()),
        Object::Policy(it) => both(&it.name, it.was.as_deref()),
        Object::Assignment(_) => Vec::new(),
    }
}

/// Names that would be read as something else.
fn special_names(object: Object<'_>) -> Vec<(&Name, &'static str)> {
    let cloud_names = match object {
        Object::Environment(it) => [Some(&it.cloud_name), it.was.as_ref()],
        Object::Key(it) => [Some(&it.environment), None],
        Object::Role(it) if [".", ".."].contains(&it.id.as_str()) => {
            return vec![(&it.id, "the id cannot be dots alone")];
        }
        Object::Role(it) if it.id.starts_with(SYSTEM) => {
            return vec![(&it.id, "is a role of the system, which only assignments can name")];
        }
        _ => [None, None],
    };
    let separated = |name: &&Name| name.contains(['/', ':']);
    let separated = cloud_names.into_iter().flatten().filter(separated);
    separated.map(|name| (name, "a cloud name has neither `/` nor `:`")).collect()
}

/// What an object refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Mention<'m> {
    Environment(Cow<'m, str>),
    Key(String),
    Group(&'m str),
    User(&'m Email),
    Role(&'m str),
}

impl Mention<'_> {
    fn kind_and_name(&self) -> (ObjectKind, &str) {
        match self {
            Self::Environment(name) => (ObjectKind::Environments, name),
            Self::Key(name) => (ObjectKind::Keys, name),
            Self::Group(name) => (ObjectKind::Groups, name),
            Self::User(email) => (ObjectKind::Users, email),
            Self::Role(id) => (ObjectKind::Roles, id),
        }
    }
}

impl fmt::Display for Mention<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = self.kind_and_name();
        write!(f, "the {} {name:?}", kind.singular())
    }
}

/// What a manifest says about something that can be referred to.
enum Fate {
    Present,
    Absent,
    Renamed(String),
}

fn declared(manifest: &Manifest) -> HashMap<Mention<'_>, Fate> {
    let mut renamed = Vec::new();
    let mut declared = Vec::new();
    for object in manifest.objects() {
        let (mention, was) = match object {
            Object::Environment(it) => (environment(&it.cloud_name), it.was.as_ref().map(environment)),
            Object::Key(it) => {
                let was = it.was.as_ref().map(|was| key(&KeyRef::new(&it.environment, was)));
                (key(&it.reference()), was)
            }
            Object::Group(it) => (group(&it.name), it.was.as_ref().map(group)),
            Object::User(it) => (user(&it.email), it.was.as_ref().map(user)),
            Object::Role(it) => ((Mention::Role(&it.id), it.id.declared_at), None),
            Object::Policy(_) | Object::Assignment(_) => continue,
        };
        renamed.extend(was.map(|(was, _)| (was, Fate::Renamed(object.name()))));
        declared.push((mention.0, if object.state() == State::Present { Fate::Present } else { Fate::Absent }));
    }
    // What has a name now, whatever had it before.
    renamed.into_iter().chain(declared).collect()
}

/// A mention, and where it is made.
type Place<'m> = (Mention<'m>, DeclaredAt);

fn mentions(object: Object<'_>) -> Vec<Place<'_>> {
    let mut mentions = Vec::new();
    match object {
        Object::Environment(_) | Object::Role(_) => {}
        Object::Key(it) => mentions.push(environment(&it.environment)),
        Object::Group(it) => mentions.extend(it.members.iter().flatten().map(user)),
        Object::User(it) => {
            mentions.extend(it.groups.iter().flatten().map(group));
            if let Some(EnvironmentAccess::Only(environments)) = &it.environments {
                mentions.extend(environments.iter().filter_map(|it| match it {
                    EnvironmentRef::Named(name) => Some(environment(name)),
                    EnvironmentRef::Id(_) => None,
                }));
            }
        }
        Object::Policy(it) => {
            mentions.extend(scope(&it.scope));
            for reference in it.statement.iter().flat_map(Statement::references) {
                let environment = Cow::Owned(reference.environment.to_string());
                mentions.push((Mention::Environment(environment), reference.environment.declared_at));
                mentions.push(key(&reference));
            }
        }
        Object::Assignment(it) => {
            mentions.push((Mention::Role(&it.role), it.role.declared_at));
            mentions.extend(scope(&it.scope));
            for principal in &it.to {
                match principal {
                    Principal::User(email) => mentions.push(user(email)),
                    Principal::Group(name) => mentions.push(group(name)),
                    Principal::Key(it) => mentions.extend([environment(&it.environment), key(it)]),
                    Principal::ProvisioningKey(_) => {}
                }
            }
        }
    }
    mentions
}

fn environment(name: &Name) -> Place<'_> {
    (Mention::Environment(name.as_str().into()), name.declared_at)
}

fn group(name: &Name) -> Place<'_> {
    (Mention::Group(name), name.declared_at)
}

fn user(email: &Email) -> Place<'_> {
    (Mention::User(email), email.declared_at)
}

fn key(key: &KeyRef) -> Place<'static> {
    (Mention::Key(key.to_string()), key.name.declared_at)
}

fn scope(scope: &Scope) -> Option<Place<'_>> {
    match scope {
        Scope::Environment(name) => Some(environment(name)),
        Scope::Account | Scope::AllEnvironments => None,
    }
}
