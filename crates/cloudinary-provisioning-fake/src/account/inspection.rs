//! Inspection of an account without a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::OffsetDateTime;

use crate::account::{FakeAccount, LoggedRequest};
use crate::state::AccountState;
use crate::state::access_keys::FakeAccessKey;
use crate::state::agents::{FakeAgentAccount, FakeAgentCloud};
use crate::state::assignments::{FakeAssignment, Principal};
use crate::state::billing_usage::PlanUsage;
use crate::state::custom_policies::FakeCustomPolicy;
use crate::state::product_environments::FakeSubAccount;
use crate::state::roles::FakeRole;
use crate::state::user_groups::FakeGroup;
use crate::state::users::FakeUser;

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Inspection.
impl FakeAccount {
    /// Returns the account id.
    pub fn id(&self) -> &str {
        &self.state.account_id
    }

    /// Returns `account://KEY:SECRET@ACCOUNT_ID`, the form in which Cloudinary's clients take credentials.
    ///
    /// ```
    /// use cloudinary_provisioning_fake::FakeAccount;
    ///
    /// let account = FakeAccount::new("acc", "key", "se/cret");
    /// assert_eq!(account.account_url(), "account://key:se%2Fcret@acc");
    /// ```
    pub fn account_url(&self) -> String {
        let encode = |text| utf8_percent_encode(text, RESERVED);
        let AccountState { account_id, key, .. } = &self.state;
        format!("account://{}:{}@{}", encode(key), encode(&self.secret), encode(account_id))
    }

    /// Returns the value of the `authorization` header that this account accepts.
    pub fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(self.credentials()))
    }

    /// Returns all users, in the order of creation.
    pub fn users(&self) -> impl DoubleEndedIterator<Item = &FakeUser> {
        self.state.users.iter()
    }

    /// Returns the number of users.
    pub fn user_count(&self) -> usize {
        self.state.users.len()
    }

    /// Returns the user with this id.
    pub fn user(&self, id: &str) -> Option<&FakeUser> {
        self.state.users.get(id)
    }

    /// Returns the user with this email, ignoring case.
    pub fn user_by_email(&self, email: &str) -> Option<&FakeUser> {
        self.state.users.by_email(email)
    }

    /// Returns all product environments, in the order of creation.
    pub fn sub_accounts(&self) -> impl Iterator<Item = &FakeSubAccount> {
        self.state.environments.iter()
    }

    /// Returns the product environment with this id.
    pub fn sub_account(&self, id: &str) -> Option<&FakeSubAccount> {
        self.state.environments.get(id)
    }

    /// Returns the access keys of a product environment, in the order of creation.
    pub fn access_keys(&self, sub_account_id: &str) -> impl DoubleEndedIterator<Item = &FakeAccessKey> {
        self.state.access_keys.of(sub_account_id)
    }

    /// Returns the access key of a product environment with this API key.
    pub fn access_key(&self, sub_account_id: &str, api_key: &str) -> Option<&FakeAccessKey> {
        self.state.access_keys.get(sub_account_id, api_key)
    }

    /// Returns all groups, in the order of creation.
    pub fn groups(&self) -> impl Iterator<Item = &FakeGroup> {
        self.state.groups.iter()
    }

    /// Returns the group with this id.
    pub fn group(&self, id: &str) -> Option<&FakeGroup> {
        self.state.groups.get(id)
    }

    /// Returns the groups of a user.
    pub fn groups_of(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.state.groups.of_user(user_id)
    }

    /// Returns the usage of all plans.
    pub fn plans(&self) -> impl Iterator<Item = &PlanUsage> {
        self.state.plans.iter()
    }

    /// Returns the accounts that agents created.
    pub fn agent_accounts(&self) -> impl Iterator<Item = &FakeAgentAccount> {
        self.state.agents.accounts.iter()
    }

    /// Returns the clouds that agents created.
    pub fn agent_clouds(&self) -> impl Iterator<Item = &FakeAgentCloud> {
        self.state.agents.clouds.iter()
    }

    /// Returns the account's time.
    pub fn now(&self) -> OffsetDateTime {
        self.state.now()
    }

    /// Returns every request so far, faults included.
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &LoggedRequest> + ExactSizeIterator {
        self.log.iter()
    }

    /// Clears the log of requests.
    pub fn clear_requests(&mut self) {
        self.log.clear();
        self.cleared = self.served;
    }

    /// Returns all custom policies, in the order of creation.
    pub fn custom_policies(&self) -> impl DoubleEndedIterator<Item = &FakeCustomPolicy> {
        self.state.policies.iter()
    }

    /// Returns the custom policy with this id.
    pub fn custom_policy(&self, id: &str) -> Option<&FakeCustomPolicy> {
        self.state.policies.get(id)
    }

    /// Returns all roles: the system's, then custom ones in the order of creation.
    pub fn roles(&self) -> impl DoubleEndedIterator<Item = &FakeRole> {
        self.state.roles.iter()
    }

    /// Returns the role with this id.
    pub fn role(&self, id: &str) -> Option<&FakeRole> {
        self.state.roles.get(id)
    }

    /// Returns all assignments of roles, in the order of assignment.
    pub fn assignments(&self) -> impl DoubleEndedIterator<Item = &FakeAssignment> {
        self.state.assignments.iter()
    }

    /// Returns the assignments of one principal, without those of a user's groups.
    pub fn assignments_of(&self, principal: &Principal) -> impl DoubleEndedIterator<Item = &FakeAssignment> {
        self.assignments().filter(move |assignment| assignment.principal == *principal)
    }

    /// Returns whether the account's own key has a role in this product environment.
    pub fn provisioning_key_has_role(&self, sub_account_id: &str) -> bool {
        self.state.provisioning_key_has_role(sub_account_id)
    }
}
