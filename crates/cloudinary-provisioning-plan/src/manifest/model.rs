//! [`Manifest`] and the objects in it.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{JsonObject, PermissionType, ScopeType, Value};

use super::declaration::Declaration;
use super::declare::objects;
use super::position::Position;
use super::statement::Statement;
use super::text::{Email, Name, Pattern};
use super::values::{EnvironmentAccess, KeyRef, ObjectKind, Principal, Scope, State};

/// What an account should hold.
///
/// What a manifest says, the account gets; what it does not mention stays as it is. A list that is given is the whole list,
/// and a field that is `None` is left alone. Nothing is removed unless an object is [`Absent`](State::Absent) or its kind
/// is in `prune`.
///
/// ```
/// use cloudinary_provisioning_plan::Manifest;
/// use cloudinary_provisioning_plan::manifest::{Group, ObjectKind, User};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors").members(["ada@example.com"]));
/// manifest.users.push(User::new("ada@example.com").enabled(true));
/// manifest.prune.insert(ObjectKind::Users);
///
/// let names: Vec<_> = manifest.objects().map(|object| object.name()).collect();
/// assert_eq!(names, ["Editors", "ada@example.com"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Manifest {
    /// The kinds of which nothing should exist but what is declared.
    pub prune: BTreeSet<ObjectKind>,
    /// What is never touched.
    pub ignore: Ignore,
    /// Product environments.
    pub environments: Vec<Environment>,
    /// Access keys.
    pub keys: Vec<Key>,
    /// User groups.
    pub groups: Vec<Group>,
    /// Users.
    pub users: Vec<User>,
    /// Custom roles.
    pub roles: Vec<Role>,
    /// Custom policies.
    pub policies: Vec<Policy>,
    /// Roles that principals have.
    pub assignments: Vec<Assignment>,
}

impl Manifest {
    /// Creates a manifest that says nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it asks for nothing: it declares no object and prunes no kind.
    pub fn is_empty(&self) -> bool {
        self.prune.is_empty() && self.objects().next().is_none()
    }

    /// Returns every object, kind by kind in the order of [`ObjectKind::ALL`].
    pub fn objects(&self) -> impl Iterator<Item = Object<'_>> {
        ObjectKind::ALL.iter().flat_map(|kind| self.objects_of(*kind))
    }

    /// Returns the objects of a kind.
    pub fn objects_of(&self, kind: ObjectKind) -> Box<dyn Iterator<Item = Object<'_>> + '_> {
        match kind {
            ObjectKind::Environments => Box::new(self.environments.iter().map(Object::Environment)),
            ObjectKind::Keys => Box::new(self.keys.iter().map(Object::Key)),
            ObjectKind::Groups => Box::new(self.groups.iter().map(Object::Group)),
            ObjectKind::Users => Box::new(self.users.iter().map(Object::User)),
            ObjectKind::Roles => Box::new(self.roles.iter().map(Object::Role)),
            ObjectKind::Policies => Box::new(self.policies.iter().map(Object::Policy)),
            ObjectKind::Assignments => Box::new(self.assignments.iter().map(Object::Assignment)),
        }
    }

    /// Sorts the objects of each kind by identity, as reading a file does and writing one does.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    /// use cloudinary_provisioning_plan::manifest::Group;
    ///
    /// let mut manifest = Manifest::new();
    /// manifest.groups.extend([Group::new("Viewers"), Group::new("Editors")]);
    /// manifest.sort();
    /// assert_eq!(manifest.groups[0].name.as_str(), "Editors");
    /// ```
    pub fn sort(&mut self) {
        self.environments.sort_by(|a, b| a.cloud_name.cmp(&b.cloud_name));
        self.keys.sort_by(|a, b| (&a.environment, &a.name).cmp(&(&b.environment, &b.name)));
        self.groups.sort_by(|a, b| a.name.cmp(&b.name));
        self.users.sort_by(|a, b| a.email.cmp(&b.email));
        self.roles.sort_by(|a, b| a.id.cmp(&b.id));
        self.policies.sort_by(|a, b| (&a.scope, &a.name).cmp(&(&b.scope, &b.name)));
        self.assignments.sort_by(|a, b| a.order().cmp(&b.order()));
    }

    pub(super) fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        sorted.sort();
        sorted
    }
}

/// What is never touched, as patterns of names for each kind.
///
/// Users are matched by email, product environments by cloud name, groups and policies by name, keys by
/// `CLOUD_NAME/NAME`, and roles by id or name.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{Ignore, ObjectKind};
///
/// let ignore = Ignore::new().pattern(ObjectKind::Users, "*@partner.example");
/// assert!(ignore.matches(ObjectKind::Users, "Ada@Partner.example"));
/// assert!(!ignore.matches(ObjectKind::Groups, "ada@partner.example"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignore(BTreeMap<ObjectKind, BTreeSet<Pattern>>);

impl Ignore {
    /// Creates one that matches nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pattern.
    pub fn pattern(mut self, kind: ObjectKind, pattern: impl Into<Pattern>) -> Self {
        self.0.entry(kind).or_default().insert(pattern.into());
        self
    }

    /// Returns the patterns of a kind, sorted.
    pub fn patterns(&self, kind: ObjectKind) -> impl Iterator<Item = &Pattern> {
        self.0.get(&kind).into_iter().flatten()
    }

    /// Whether the name matches a pattern of its kind.
    pub fn matches(&self, kind: ObjectKind, name: &str) -> bool {
        self.patterns(kind).any(|pattern| match kind {
            ObjectKind::Users => pattern.matches_ignoring_ascii_case(name),
            _ => pattern.matches(name),
        })
    }

    /// Whether nothing is ignored.
    pub fn is_empty(&self) -> bool {
        self.0.values().all(BTreeSet::is_empty)
    }
}

objects! {
    /// A product environment, known by its cloud name.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::Environment;
    ///
    /// let environment = Environment::new("shop-eu").was("shop").name("Shop").enabled(true);
    /// assert_eq!(environment.was.as_deref(), Some("shop"));
    /// ```
    Environment in Environments {
        /// The cloud name.
        cloud_name: Name,
        ;
        /// The cloud name that it had before.
        was?: Name,
        /// The display name.
        name?: Name,
        /// Whether it is enabled.
        enabled?: bool,
        /// The custom attributes, all of them.
        attributes?: JsonObject,
    }

    /// An access key, known by its product environment and its name.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::Key;
    ///
    /// assert_eq!(Key::new("shop", "ci").enabled(false).reference().to_string(), "shop/ci");
    /// ```
    Key in Keys {
        /// The cloud name of the product environment.
        environment: Name,
        /// The name, unique within the product environment.
        name: Name,
        ;
        /// The name that it had before, in the same product environment.
        was?: Name,
        /// Whether it is enabled.
        enabled?: bool,
    }

    /// A user group, known by its name.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::Group;
    ///
    /// let group = Group::new("Editors").members(["ada@example.com", "ADA@example.com"]);
    /// assert_eq!(group.members.map(|members| members.len()), Some(1));
    /// ```
    Group in Groups {
        /// The name.
        name: Name,
        ;
        /// The name that it had before.
        was?: Name,
        /// The members, all of them.
        members?: [Email],
    }

    /// A user, known by email.
    ///
    /// ```
    /// use cloudinary_provisioning::users::Role;
    /// use cloudinary_provisioning_plan::manifest::{EnvironmentAccess, User};
    ///
    /// let user = User::new("ada@example.com")
    ///     .name("Ada")
    ///     .role(Role::MediaLibraryUser)
    ///     .environments(EnvironmentAccess::only(["shop"]))
    ///     .groups(["Editors"]);
    /// assert_eq!(user.enabled, None);
    /// ```
    User in Users {
        /// The email address.
        email: Email,
        ;
        /// The email address that it had before.
        was?: Email,
        /// The name.
        name?: Name,
        /// The role.
        role?: UserRole,
        /// The product environments that the user can access.
        environments?: EnvironmentAccess,
        /// The groups that the user is in, all of them.
        groups?: [Name],
        /// Whether the user is enabled.
        enabled?: bool,
    }

    /// A custom role, known by its id.
    ///
    /// ```
    /// use cloudinary_provisioning::{PermissionType, ScopeType};
    /// use cloudinary_provisioning_plan::manifest::Role;
    ///
    /// let role = Role::new("auditor")
    ///     .name("Auditor")
    ///     .permission(PermissionType::Global)
    ///     .scope(ScopeType::Account)
    ///     .system_policies(["cld::policy::global::reports::read"]);
    /// assert_eq!(role.id.as_str(), "auditor");
    /// ```
    Role in Roles {
        /// The id, which the caller chooses.
        id: Name,
        ;
        /// The name.
        name?: Name,
        /// The description; an empty one clears it.
        description?: String,
        /// What the permissions are about. It cannot be changed later.
        permission?: PermissionType,
        /// The level that the role applies to.
        scope?: ScopeType,
        /// The ids of the system policies that make up the role, all of them.
        system_policies?: [Name],
    }

    /// A custom policy, known by its scope and its name.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::{Policy, Scope, Statement};
    ///
    /// let policy = Policy::new(Scope::environment("shop"), "CI may upload")
    ///     .statement(Statement::new("permit(principal, action, resource);")?);
    /// assert_eq!(policy.scope.to_string(), "prodenv:shop");
    /// # Ok::<(), cloudinary_provisioning_plan::manifest::StatementError>(())
    /// ```
    Policy in Policies {
        /// The scope.
        scope: Scope,
        /// The name, unique within the scope.
        name: Name,
        ;
        /// The name that it had before, in the same scope.
        was?: Name,
        /// The statement, in Cedar.
        statement?: Statement,
        /// The description; an empty one clears it.
        description?: String,
        /// Whether it is enabled.
        enabled?: bool,
    }

    /// A role that principals have in a scope.
    ///
    /// Each principal is a separate assignment: `to` adds to the principals that have the role already, unless
    /// assignments are pruned.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::{Assignment, Principal, Scope};
    ///
    /// let assignment = Assignment::new("auditor", Scope::Account, [Principal::group("Editors")]);
    /// assert_eq!(assignment.content, None);
    /// ```
    Assignment in Assignments {
        /// The id of the role, a custom one or one of the system's.
        role: Name,
        /// The scope.
        scope: Scope,
        /// Who has the role.
        to: [Principal],
        ;
        /// What the permissions of a content role are about, such as `folder_id`.
        content?: Content,
    }
}

/// What a content role is about: ids by their kind, such as `folder_id`.
type Content = BTreeMap<String, String>;

impl Key {
    /// Returns what refers to this key.
    pub fn reference(&self) -> KeyRef {
        KeyRef::new(&self.environment, &self.name)
    }
}

impl Assignment {
    fn order(&self) -> (&Name, &Scope, &Option<Content>, State, &BTreeSet<Principal>) {
        (&self.role, &self.scope, &self.content, self.state, &self.to)
    }
}

/// An object of any kind.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{Key, Object, ObjectKind};
///
/// let key = Key::new("shop", "ci");
/// let object = Object::Key(&key);
/// assert_eq!((object.kind(), object.name()), (ObjectKind::Keys, "shop/ci".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Object<'m> {
    /// A product environment.
    Environment(&'m Environment),
    /// An access key.
    Key(&'m Key),
    /// A user group.
    Group(&'m Group),
    /// A user.
    User(&'m User),
    /// A custom role.
    Role(&'m Role),
    /// A custom policy.
    Policy(&'m Policy),
    /// An assignment.
    Assignment(&'m Assignment),
}

impl Object<'_> {
    /// Returns its kind.
    pub fn kind(self) -> ObjectKind {
        match self {
            Self::Environment(_) => ObjectKind::Environments,
            Self::Key(_) => ObjectKind::Keys,
            Self::Group(_) => ObjectKind::Groups,
            Self::User(_) => ObjectKind::Users,
            Self::Role(_) => ObjectKind::Roles,
            Self::Policy(_) => ObjectKind::Policies,
            Self::Assignment(_) => ObjectKind::Assignments,
        }
    }

    /// Returns its identity as one text: an email, a cloud name, `CLOUD_NAME/NAME`, a policy's name with its scope.
    pub fn name(self) -> String {
        match self {
            Self::Environment(environment) => environment.cloud_name.to_string(),
            Self::Key(key) => key.reference().to_string(),
            Self::Group(group) => group.name.to_string(),
            Self::User(user) => user.email.to_string(),
            Self::Role(role) => role.id.to_string(),
            Self::Policy(policy) => format!("{} ({})", policy.name, policy.scope),
            Self::Assignment(assignment) => format!("{} ({})", assignment.role, assignment.scope),
        }
    }

    /// Its fields as a file has them.
    pub(crate) fn fields(self) -> BTreeMap<&'static str, Value> {
        let fields = match self {
            Self::Environment(environment) => environment.write(),
            Self::Key(key) => key.write(),
            Self::Group(group) => group.write(),
            Self::User(user) => user.write(),
            Self::Role(role) => role.write(),
            Self::Policy(policy) => policy.write(),
            Self::Assignment(assignment) => assignment.write(),
        };
        fields.into_iter().map(|(name, node)| (name, serde_json::to_value(node).unwrap_or_default())).collect()
    }

    /// Returns whether it should exist.
    pub fn state(self) -> State {
        match self {
            Self::Environment(environment) => environment.state,
            Self::Key(key) => key.state,
            Self::Group(group) => group.state,
            Self::User(user) => user.state,
            Self::Role(role) => role.state,
            Self::Policy(policy) => policy.state,
            Self::Assignment(assignment) => assignment.state,
        }
    }

    /// Returns where it is declared; `None` for what a program made.
    pub fn position(self) -> Option<Position> {
        match self {
            Self::Environment(environment) => environment.declared_at,
            Self::Key(key) => key.declared_at,
            Self::Group(group) => group.declared_at,
            Self::User(user) => user.declared_at,
            Self::Role(role) => role.declared_at,
            Self::Policy(policy) => policy.declared_at,
            Self::Assignment(assignment) => assignment.declared_at,
        }
        .position()
    }
}
