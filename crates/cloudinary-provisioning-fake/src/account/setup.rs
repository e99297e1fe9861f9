//! Setup of an account, before its first request and at any time after it.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime};

use crate::account::FakeAccount;
use crate::account::history::History;
use crate::base::clock::{AccountClock, utc};
use crate::base::ids::Ids;
use crate::base::switch::Switch;
use crate::response::fault::Fault;
use crate::response::limit::HourlyLimit;
use crate::response::script::Script;
use crate::state::AccountState;
use crate::state::access_keys::{FakeAccessKey, NewAccessKey};
use crate::state::assignments::{NewAssignment, Principal};
use crate::state::billing_usage::PlanUsage;
use crate::state::custom_policies::NewCustomPolicy;
use crate::state::ordered::Keyed as _;
use crate::state::product_environments::{FakeSubAccount, NewSubAccount};
use crate::state::roles::NewRole;
use crate::state::user_groups::{FakeGroup, NewGroup};
use crate::state::users::{FakeUser, NewUser};

/// Setup.
impl FakeAccount {
    /// Creates an empty account that accepts these credentials.
    pub fn new(account_id: impl Into<String>, key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            state: AccountState::new(account_id.into(), key.into()),
            secret: secret.into(),
            limit: HourlyLimit::default(),
            script: Script::default(),
            served: 0,
            delayed: BTreeMap::new(),
            history: History::default(),
            log: Vec::new(),
            cleared: 0,
        }
    }

    /// Sets the seed of generated ids, 0 by default, for ids generated from here on.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.state.ids = Ids::seeded(seed);
        self
    }

    /// Sets the time, and by how much each request advances it before it is answered.
    ///
    /// By default the clock starts at 2026-01-01T00:00:00Z and advances by a second. Behind a
    /// [`SharedAccount`](crate::SharedAccount) or a server, where programs measure its dates against their own time, it
    /// starts a day later and advances as fast as real time by default.
    pub fn with_clock(mut self, start: OffsetDateTime, step: Duration) -> Self {
        self.state.clock = AccountClock::new(start, step);
        self
    }

    /// Caps the number of items on a page, whatever a request asks for.
    pub fn with_page_cap(mut self, cap: usize) -> Self {
        self.state.page_cap = Some(cap);
        self
    }

    /// Turns on a switch.
    pub fn with_switch(mut self, switch: Switch) -> Self {
        self.state.switches.insert(switch);
        self
    }

    /// Turns on several switches.
    pub fn with_switches(mut self, switches: impl IntoIterator<Item = Switch>) -> Self {
        self.state.switches.extend(switches);
        self
    }

    /// Limits the number of requests. See [`set_rate_limit`](Self::set_rate_limit).
    pub fn with_rate_limit(mut self, limit: u64) -> Self {
        self.set_rate_limit(limit);
        self
    }

    /// Makes lists lag behind. See [`set_list_lag`](Self::set_list_lag).
    pub fn with_list_lag(mut self, lag: Duration) -> Self {
        self.set_list_lag(lag);
        self
    }

    /// Makes reads of one object lag behind. See [`set_get_lag`](Self::set_get_lag).
    pub fn with_get_lag(mut self, lag: Duration) -> Self {
        self.set_get_lag(lag);
        self
    }

    /// Adds a user. See [`insert_user`](Self::insert_user).
    pub fn with_user(mut self, user: NewUser) -> Self {
        self.insert_user(user);
        self
    }

    /// Adds several users.
    pub fn with_users(mut self, users: impl IntoIterator<Item = NewUser>) -> Self {
        for user in users {
            self.insert_user(user);
        }
        self
    }

    /// Adds a product environment. See [`add_sub_account`](Self::add_sub_account).
    pub fn with_sub_account(mut self, sub_account: NewSubAccount) -> Self {
        self.add_sub_account(sub_account);
        self
    }

    /// Adds an access key to a product environment. See [`add_access_key`](Self::add_access_key).
    pub fn with_access_key(mut self, sub_account_id: &str, key: NewAccessKey) -> Self {
        self.add_access_key(sub_account_id, key);
        self
    }

    /// Adds a group. See [`add_group`](Self::add_group).
    pub fn with_group(mut self, group: NewGroup) -> Self {
        self.add_group(group);
        self
    }

    /// Adds the usage of a plan. See [`add_plan`](Self::add_plan).
    pub fn with_plan(mut self, plan: PlanUsage) -> Self {
        self.add_plan(plan);
        self
    }

    /// Limits the number of agents' calls per day, failed ones included; further ones are answered with a 429. The
    /// default is ten.
    pub fn with_agent_limit(mut self, limit: u64) -> Self {
        self.state.agents.limit = limit;
        self
    }

    /// Scripts faults for the next requests, one each. See [`script`](Self::script).
    pub fn with_script(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.script(faults);
        self
    }

    /// Adds a custom policy. See [`add_custom_policy`](Self::add_custom_policy).
    pub fn with_custom_policy(mut self, policy: NewCustomPolicy) -> Self {
        self.add_custom_policy(policy);
        self
    }

    /// Adds a role. See [`add_role`](Self::add_role).
    pub fn with_role(mut self, role: NewRole) -> Self {
        self.add_role(role);
        self
    }

    /// Assigns a role to a principal. See [`assign`](Self::assign).
    pub fn with_assignment(mut self, principal: Principal, role: NewAssignment) -> Self {
        self.assign(principal, role);
        self
    }
}

/// Changes without a request, at any time.
impl FakeAccount {
    /// Adds a pending user with the defaults of a request, and returns the id.
    pub fn add_user(&mut self, name: impl Into<String>, email: impl Into<String>) -> String {
        self.insert_user(NewUser::new(name, email))
    }

    /// Adds a user and returns the id. A user with the same id or email is replaced.
    pub fn insert_user(&mut self, user: NewUser) -> String {
        self.changing().insert_user(user)
    }

    /// Turns a switch on or off.
    pub fn set_switch(&mut self, switch: Switch, on: bool) {
        if on {
            self.state.switches.insert(switch);
        } else {
            self.state.switches.remove(&switch);
        }
    }

    /// Makes lists show the account as it was this long ago, by the account's clock. The default is zero.
    ///
    /// What is created, changed or deleted from here on shows up in lists after this time, also in lists below another
    /// object: until a new group shows up, the list of its members is a 404. Writes and reads of one object are up to
    /// date.
    ///
    /// ```
    /// use cloudinary_provisioning_fake::FakeAccount;
    /// use time::Duration;
    ///
    /// let mut account = FakeAccount::new("acc", "key", "secret").with_list_lag(Duration::MINUTE);
    /// account.add_user("John", "john@example.com");
    /// let mut list = |account: &mut FakeAccount| {
    ///     let request = http::Request::get("/v1_1/provisioning/accounts/acc/users")
    ///         .header("authorization", account.authorization());
    ///     account.respond(request.body(Vec::new()).unwrap()).into_body()
    /// };
    ///
    /// assert_eq!(list(&mut account), br#"{"users":[]}"#);
    /// account.advance(Duration::MINUTE);
    /// assert_ne!(list(&mut account), br#"{"users":[]}"#);
    /// ```
    pub fn set_list_lag(&mut self, lag: Duration) {
        self.history.list_lag = lag;
    }

    /// Limits the number of requests until the clock's next full hour, from none that were made; further ones are answered
    /// with a 420, or a 429 where an operation documents no 420. The default is a million.
    pub fn set_rate_limit(&mut self, limit: u64) {
        self.limit = HourlyLimit::new(limit);
    }

    /// Makes reads of one object show the account as it was this long ago, by the account's clock. The default is zero.
    pub fn set_get_lag(&mut self, lag: Duration) {
        self.history.get_lag = lag;
    }

    /// Removes a user from the account, from all groups and from all roles.
    pub fn remove_user(&mut self, id: &str) -> Option<FakeUser> {
        self.changing().remove_user(id)
    }

    /// Records a login of a user, which also accepts an open invitation. Returns whether there is such a user.
    pub fn log_in(&mut self, id: &str, moment: OffsetDateTime) -> bool {
        let login = |user: &mut FakeUser| {
            user.pending = false;
            user.last_login = Some(utc(moment));
        };
        self.changing().users.change(id, login).is_some()
    }

    /// Adds a product environment with its Root key and returns its id. One with the same id is replaced and keeps its
    /// keys.
    pub fn add_sub_account(&mut self, sub_account: NewSubAccount) -> String {
        self.changing().insert_environment(sub_account)
    }

    /// Removes a product environment, its keys and everybody's access to it.
    pub fn remove_sub_account(&mut self, id: &str) -> Option<FakeSubAccount> {
        self.changing().remove_environment(id)
    }

    /// Reserves a cloud name, as a product environment of another account would.
    pub fn take_cloud_name(&mut self, cloud_name: &str) {
        self.state.environments.take_cloud_name(cloud_name);
    }

    /// Adds an access key to a product environment and returns the API key. One with the same API key is replaced.
    pub fn add_access_key(&mut self, sub_account_id: &str, key: NewAccessKey) -> String {
        self.changing().insert_key(sub_account_id, key).api_key
    }

    /// Removes an access key from a product environment.
    pub fn remove_access_key(&mut self, sub_account_id: &str, api_key: &str) -> Option<FakeAccessKey> {
        self.changing().remove_key(sub_account_id, api_key)
    }

    /// Adds a group and returns its id. A group with the same id is renamed and gains the new members.
    pub fn add_group(&mut self, group: NewGroup) -> String {
        self.changing().insert_group(group)
    }

    /// Removes a group.
    pub fn remove_group(&mut self, id: &str) -> Option<FakeGroup> {
        self.changing().remove_group(id)
    }

    /// Adds the usage of a plan.
    pub fn add_plan(&mut self, plan: PlanUsage) {
        self.changing().plans.push(plan);
    }

    /// Removes the usage of all plans, and the subscription with it.
    pub fn remove_plans(&mut self) {
        self.changing().plans.clear();
    }

    /// Reserves an email address, so that no agent can create an account for it.
    pub fn take_email(&mut self, email: &str) {
        self.state.agents.take_email(email);
    }

    pub(crate) fn run_clock(&mut self) {
        self.state.clock.run();
    }

    /// Advances the clock, for example until the rate limit is reset. Delayed requests that become due are applied.
    pub fn advance(&mut self, by: Duration) {
        self.state.clock.advance(by);
        self.apply_due();
    }

    /// Adds a custom policy and returns its id. One with the same id is replaced. The statement is not checked.
    pub fn add_custom_policy(&mut self, policy: NewCustomPolicy) -> String {
        self.changing().insert_policy(policy)
    }

    /// Adds a custom role and returns its id. One with the same id is replaced; its assignments are kept.
    pub fn add_role(&mut self, role: NewRole) -> String {
        self.changing().insert_role(role)
    }

    /// Assigns a role to a principal, who need not exist. Returns whether the role exists.
    pub fn assign(&mut self, principal: Principal, role: NewAssignment) -> bool {
        let assignment = role.build(principal, self.now());
        let known = self.role(&assignment.role_id).is_some();
        if known {
            self.changing().assign(assignment);
        }
        known
    }

    /// Takes a role from a principal. Returns whether the principal had it, in that scope and for that content.
    pub fn unassign(&mut self, principal: &Principal, role: &NewAssignment) -> bool {
        let assignment = role.clone().build(principal.clone(), self.now());
        self.changing().assignments.remove(&assignment.key()).is_some()
    }

    /// Returns the state to change it, and keeps what reads may still have to show.
    fn changing(&mut self) -> &mut AccountState {
        self.history.keep(&self.state);
        &mut self.state
    }
}

/// Scripted faults.
impl FakeAccount {
    /// Scripts a fault for the next `n` requests, after those that are scripted already.
    pub fn fail_next(&mut self, n: usize, fault: Fault) {
        self.script.add(n, fault);
    }

    /// Scripts faults for the next requests, one each and in this order.
    pub fn script(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            self.script.add(1, fault);
        }
    }

    /// Scripts a fault for every `n`th request from here on. Requests that meet a fault of [`script`](Self::script) do
    /// not count, nor do those that the fault [does not apply to](Fault::on).
    pub fn fail_every(&mut self, n: u64, fault: Fault) {
        self.script.recur(n, fault);
    }

    /// Applies all [delayed](Fault::applied_after) requests now, in the order in which they would become due, and
    /// returns how many there were.
    pub fn apply_delayed(&mut self) -> usize {
        let mut count = 0;
        while let Some(((_, number), request)) = self.delayed.pop_first() {
            self.apply_late(number, &request);
            count += 1;
        }
        count
    }

    /// Returns the number of [delayed](Fault::applied_after) requests that have not been applied yet.
    pub fn delayed(&self) -> usize {
        self.delayed.len()
    }

    /// Removes all scripted faults. Requests that are delayed already are still applied.
    pub fn clear_faults(&mut self) {
        self.script.clear();
    }

    /// Returns the number of scripted faults that no request has met yet.
    pub fn faults_left(&self) -> usize {
        self.script.left()
    }
}
