//! The operation of a step.

use std::collections::BTreeMap;

use cloudinary_provisioning::{
    AnyOperation, AssignmentChange, JsonObject, Null, Nullable, ScopeId, SubAccountAccess, SubAccountId, Value,
    access_keys, custom_policies, principals, product_environments, roles, user_groups, users,
};

use crate::manifest::StatementPart;
use crate::plan::{Access, AssignmentFields, Handle, Made, PolicyFields, ScopeHandle, StatementText, UserFields, Work};
use crate::snapshot::ALL;

use super::applied::{Applied, AppliedKind};

/// The ids of what steps have made.
pub(super) type Ids = BTreeMap<Made, String>;

/// An id that a step needs is not known, although the step that makes it has succeeded.
#[derive(Debug)]
pub(super) struct NoId;

/// Returns the operation that does the work.
pub(super) fn operation(work: &Work, ids: &Ids) -> Result<AnyOperation<Applied>, NoId> {
    let id = |handle| resolve(handle, ids);
    Ok(match work {
        Work::CreateEnvironment(fields) => product_environments::Create::new(fields.name.clone().unwrap_or_default())
            .maybe(fields.cloud_name.clone(), product_environments::Create::cloud_name)
            .maybe(fields.attributes.clone(), product_environments::Create::custom_attributes)
            .map(|made| Applied(AppliedKind::Environment(Box::new(made)))),
        Work::UpdateEnvironment(handle, fields) => product_environments::Update::new(id(handle)?)
            .maybe(fields.cloud_name.clone(), product_environments::Update::cloud_name)
            .maybe(fields.name.clone(), product_environments::Update::name)
            .maybe(fields.enabled, product_environments::Update::enabled)
            .maybe(fields.attributes.clone(), product_environments::Update::custom_attributes)
            .map(|updated| Applied(AppliedKind::Environment(Box::new(updated)))),
        Work::DeleteEnvironment(id) => product_environments::Delete::new(id).map(nothing),
        Work::GenerateKey { environment, name, enabled, .. } => access_keys::Generate::new(id(environment)?)
            .name(name)
            .maybe(*enabled, access_keys::Generate::enabled)
            .map(|made| Applied(AppliedKind::Key(Box::new(made)))),
        Work::UpdateKey { environment, key, name, enabled } => access_keys::Update::new(id(environment)?, id(key)?)
            .maybe(name.clone(), access_keys::Update::name)
            .maybe(*enabled, access_keys::Update::enabled)
            .map(|updated| Applied(AppliedKind::Key(Box::new(updated)))),
        Work::DeleteKey { environment, key } => access_keys::Delete::new(environment, key).map(nothing),
        Work::DedicateKey { environment, key, purpose } => access_keys::Update::new(environment, id(key)?)
            .dedicated_for(purpose.clone())
            .map(|updated| Applied(AppliedKind::Key(Box::new(updated)))),
        Work::RetireKey { environment, key, .. } => access_keys::Update::new(environment, key)
            .enabled(false)
            .map(|updated| Applied(AppliedKind::Key(Box::new(updated)))),
        Work::CreateRole { id, permission, scope, fields } => {
            roles::Create::new(permission.clone(), scope.clone(), &*fields.name)
                .id(id)
                .maybe(fields.description.clone(), roles::Create::description)
                .system_policy_ids(fields.policies.iter().cloned())
                .map(|made| Applied(AppliedKind::Role(Box::new(made))))
        }
        Work::UpdateRole(id, fields) => roles::Update::new(id, &*fields.name)
            .description(nullable(fields.description.as_ref()))
            .system_policy_ids(fields.policies.iter().cloned())
            .map(|updated| Applied(AppliedKind::Role(Box::new(updated)))),
        Work::DeleteRole(id) => roles::Delete::new(id).map(nothing),
        Work::CreateGroup(name) => user_groups::Create::new(name).map(|made| Applied(AppliedKind::Group(made))),
        Work::RenameGroup(id, name) => {
            user_groups::Update::new(id).name(name).map(|updated| Applied(AppliedKind::Group(updated)))
        }
        Work::DeleteGroup(id) => user_groups::Delete::new(id).map(nothing),
        Work::CreateUser(email, fields) => users::Create::new(fields.name.clone().unwrap_or_default(), email.as_str())
            .maybe(fields.role.clone(), users::Create::role)
            .maybe(access(fields, ids)?, users::Create::sub_account_ids)
            .maybe(fields.enabled, users::Create::enabled)
            .map(|made| Applied(AppliedKind::User(Box::new(made)))),
        Work::UpdateUser(id, fields) => users::Update::new(id)
            .maybe(fields.email.clone(), users::Update::email)
            .maybe(fields.name.clone(), users::Update::name)
            .maybe(fields.role.clone(), users::Update::role)
            .maybe(access(fields, ids)?, users::Update::sub_account_ids)
            .maybe(fields.enabled, users::Update::enabled)
            .map(|updated| Applied(AppliedKind::User(Box::new(updated)))),
        Work::AddMember { group, user } => user_groups::AddUser::new(id(group)?, id(user)?).map(|added| {
            let members = added.users.map(|users| users.into_iter().map(|user| user.id).collect());
            Applied(AppliedKind::Members(members))
        }),
        Work::RemoveMember { group, user } => user_groups::RemoveUser::new(group, user)
            .map(|left| Applied(AppliedKind::Members(Some(left.into_iter().map(|user| user.id).collect())))),
        Work::Assign(fields) => assign(fields, AssignmentChange::Add, ids)?,
        Work::Unassign(fields) => assign(fields, AssignmentChange::Remove, ids)?,
        Work::CreatePolicy(fields) => {
            let create =
                custom_policies::Create::new(statement(fields, ids)?, fields.scope.scope_type(), &*fields.name);
            create
                .maybe(scope_id(&fields.scope, ids)?, custom_policies::Create::scope_id)
                .maybe(fields.description.clone(), custom_policies::Create::description)
                .enabled(fields.enabled)
                .map(|made| Applied(AppliedKind::Policy(Box::new(made))))
        }
        Work::UpdatePolicy(id, fields) => {
            let scope = fields.scope.scope_type();
            custom_policies::Update::new(id, statement(fields, ids)?, scope, &*fields.name, fields.enabled)
                .maybe(scope_id(&fields.scope, ids)?, custom_policies::Update::scope_id)
                .description(nullable(fields.description.as_ref()))
                .map(|updated| Applied(AppliedKind::Policy(Box::new(updated))))
        }
        Work::DeletePolicy(id) => custom_policies::Delete::new(id).map(nothing),
    })
}

/// The statement as the service gets it.
pub(super) fn statement(fields: &PolicyFields, ids: &Ids) -> Result<String, NoId> {
    match &fields.statement {
        StatementText::Found(text) => Ok(text.clone()),
        StatementText::Wanted(statement, keys) => {
            let mut keys = keys.iter();
            let parts = statement.parts().map(|part| match part {
                StatementPart::Text(text) => Ok(text),
                StatementPart::Key(_) => keys.next().ok_or(NoId).and_then(|key| resolve(key, ids)),
            });
            parts.collect()
        }
    }
}

fn nothing<T>(_: T) -> Applied {
    Applied(AppliedKind::Nothing)
}

pub(super) fn resolve<'i>(handle: &'i Handle, ids: &'i Ids) -> Result<&'i str, NoId> {
    match handle {
        Handle::Known(id) => Ok(id),
        Handle::Made(made) => ids.get(made).map(String::as_str).ok_or(NoId),
    }
}

fn nullable(text: Option<&String>) -> Nullable<String> {
    text.map_or_else(|| Null.into(), |text| text.as_str().into())
}

fn access(fields: &UserFields, ids: &Ids) -> Result<Option<SubAccountAccess>, NoId> {
    Ok(match &fields.access {
        None => None,
        Some(Access::All) => Some(SubAccountAccess::All),
        Some(Access::Only(environments)) => {
            let ids = environments.iter().map(|handle| resolve(handle, ids).map(SubAccountId::from));
            Some(SubAccountAccess::Only(ids.collect::<Result<_, NoId>>()?))
        }
    })
}

fn scope_id(scope: &ScopeHandle, ids: &Ids) -> Result<Option<ScopeId>, NoId> {
    Ok(match scope {
        ScopeHandle::Account => None,
        ScopeHandle::AllEnvironments => Some(ScopeId::from(ALL)),
        ScopeHandle::Environment(handle) => Some(ScopeId::from(resolve(handle, ids)?)),
    })
}

fn assign(fields: &AssignmentFields, change: AssignmentChange, ids: &Ids) -> Result<AnyOperation<Applied>, NoId> {
    let content: JsonObject = fields.content.iter().map(|(kind, id)| (kind.clone(), Value::from(&**id))).collect();
    let mut role = principals::AssignedRole::new(fields.role_id());
    if let Some(id) = scope_id(&fields.scope, ids)? {
        role = role.scope_id(id);
    }
    if !content.is_empty() {
        role = role.policy_parameters(content);
    }
    let principal = principals::Principal::new(fields.kind.clone(), resolve(&fields.principal, ids)?);
    Ok(principals::UpdateRoles::new(change, principal, [role]).map(nothing))
}
