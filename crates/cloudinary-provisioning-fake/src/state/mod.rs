//! Everything that an account holds, and which resource answers an operation.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::base::switch::Switch;
use crate::facts::Operation;
use crate::operations::access_keys::{self, AccessKeys};
use crate::operations::agents::{self, Agents};
use crate::operations::billing_usage::{self, BillingUsage};
use crate::operations::custom_policies::{self, CustomPolicies};
use crate::operations::principals::{self, Principals};
use crate::operations::product_environments::{self, ProductEnvironments};
use crate::operations::roles::{self, Roles};
use crate::operations::user_groups::{self, UserGroups};
use crate::operations::users::{self, Users};
use crate::operations::{effective_policies, public, system_policies};
use crate::reply::answer::{Answer, Failure};
use crate::request::fields::Fields;

/// The account's content. Each resource owns a part of it, in a file of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) account_id: String,
    /// The provisioning key, without its secret.
    pub(crate) key: String,
    pub(crate) ids: Ids,
    pub(crate) clock: Clock,
    pub(crate) switches: BTreeSet<Switch>,
    /// The most that a page holds.
    pub(crate) page_cap: Option<usize>,
    pub(crate) users: Users,
    pub(crate) groups: UserGroups,
    pub(crate) environments: ProductEnvironments,
    pub(crate) access_keys: AccessKeys,
    pub(crate) billing: BillingUsage,
    pub(crate) agents: Agents,
    pub(crate) custom_policies: CustomPolicies,
    pub(crate) roles: Roles,
    pub(crate) principals: Principals,
}

impl State {
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) fn is_on(&self, switch: Switch) -> bool {
        self.switches.contains(&switch)
    }

    /// Answers an operation whose fields fit.
    pub(crate) fn handle(&mut self, operation: &Operation, fields: &Fields) -> Answer {
        let id = operation.id.as_str();
        match operation.tag.as_str() {
            "Product Environments" => product_environments::handle(self, id, fields),
            "Access Keys" => access_keys::handle(self, id, fields),
            "Users" => users::handle(self, id, fields),
            "User Groups" => user_groups::handle(self, id, fields),
            "Billing Usage" => billing_usage::handle(self, id, fields),
            "Public" => public::handle(self, id, fields),
            "System Policies" => system_policies::handle(self, id, fields),
            "Custom Policies" => custom_policies::handle(self, id, fields),
            "Effective Policies" => effective_policies::handle(self, id, fields),
            "Roles" => roles::handle(self, id, fields),
            "Principals" => principals::handle(self, id, fields),
            "Agents" => agents::handle(self, id, fields),
            _ => Err(Failure::not_built(id)),
        }
    }
}
