//! Who is in a world, and what they do.
//!
//! An actor is a program that uses core: it makes calls one after the other or side by side, may be stopped at any await,
//! and then goes on without knowing what became of its call. Those who plan are in `planner.rs`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use cloudinary_provisioning::{
    Account, Error, Exchange, Operation, Paged, Pager, Recover, Response, Secret, SharedThrottle, SortOrder,
    access_keys, custom_policies, product_environments, roles, user_groups, users,
};
use fastrand::Rng;

use crate::driver::{Driver, Sleep};
use crate::executor::{Event, Spawner, join};
use crate::model::{Ask, Call, Kind, Made, Policy};
use crate::random::{chance, millis, pick};
use crate::state::Shared;

/// The emails that creates are about: two are the same but for their case, and the first may be there.
pub(crate) const EMAILS: [&str; 4] = ["ann@example.com", "Ann@Example.com", "bob@example.com", "Cleo@example.com"];
/// The names that creates are about. The first may be there.
pub(crate) const NAMES: [&str; 3] = ["name-0", "name-1", "name-2"];
const STATEMENTS: [&str; 2] = ["permit(principal,  action, resource);", "forbid(principal, action, resource);"];
/// When all is calm.
const CALM: Duration = Duration::from_secs(30 * 86_400);

/// What an actor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Creates resources of any kind.
    Creator,
    /// Creates users and groups.
    Inviter,
    /// Changes, deletes and reads users.
    Editor,
    /// Creates many users with several workers.
    Bulk,
    /// Reads lists.
    Lister,
}

impl Role {
    /// Those who make many calls.
    pub(crate) const BUSY: [Self; 3] = [Self::Bulk, Self::Bulk, Self::Inviter];
    pub(crate) const ALL: [Self; 6] =
        [Self::Creator, Self::Creator, Self::Inviter, Self::Editor, Self::Bulk, Self::Lister];
}

#[derive(Clone)]
pub(crate) struct Actor {
    pub(crate) world: Shared,
    pub(crate) spawner: Spawner,
    pub(crate) id: usize,
    pub(crate) client: usize,
    pub(crate) account: Account,
    pub(crate) policy: Policy,
    pub(crate) throttle: Option<SharedThrottle>,
    pub(crate) rng: Rng,
    /// What all actors of this world create, if they do.
    pub(crate) contended: Option<(Kind, usize)>,
    pub(crate) step: usize,
}

/// How a create is sent.
#[derive(Clone, Copy, Debug)]
struct Mode {
    recovers: bool,
    or_existing: bool,
}

/// A user to create.
#[derive(Clone, Debug)]
struct NewUser {
    name: String,
    email: String,
    role: Option<users::Role>,
    enabled: Option<bool>,
}

/// When an actor stops in the middle of something, by the number of polls or the time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stop {
    pub(crate) after_polls: Option<u32>,
    pub(crate) after: Option<Duration>,
}

/// Runs an actor to its end.
pub(crate) async fn run(mut actor: Actor, role: Role, steps: usize) {
    for step in 0..steps {
        actor.step = step;
        // A stream for each step: a step less does not change the others.
        let mut rng = actor.rng.fork();
        std::mem::swap(&mut actor.rng, &mut rng);
        let pause = millis(&mut actor.rng, 0..pick(&mut rng.clone(), &[1, 300, 5_000]));
        let until = actor.now().saturating_add(pause);
        Sleep::until(&actor.world, until).await;
        match role {
            Role::Creator => {
                let kind = pick(&mut actor.rng, &Kind::ALL);
                let kind = actor.contended.map_or(kind, |(kind, _)| kind);
                actor.create(kind).await;
            }
            Role::Inviter => {
                let kind = pick(&mut actor.rng, &[Kind::User, Kind::User, Kind::Group]);
                actor.create(kind).await;
            }
            Role::Editor => actor.edit().await,
            Role::Bulk => {
                actor.bulk();
                break;
            }
            Role::Lister => actor.list().await,
        }
        actor.rng = rng;
    }
}

/// Makes a call when nothing goes wrong any more: whatever happened before, it has to succeed.
pub(crate) async fn calm(actor: Actor) {
    let client = u32::try_from(actor.client).unwrap_or(0);
    let until = CALM + client * Duration::from_secs(7_200);
    Sleep::until(&actor.world, until).await;
    actor.world.lock().network.is_calm = true;
    let result = actor.call(users::List::new().page(1).page_size(1), Stop::default()).await;
    if let Some(Err(error)) = result {
        let detail = format!("client {} cannot call when all is calm: {error}", actor.client);
        actor.world.lock().model.fail("calm-client-serves", || detail);
    }
}

impl Actor {
    pub(crate) fn now(&self) -> Duration {
        self.world.lock().now
    }

    fn stop(&mut self) -> Stop {
        let rng = &mut self.rng;
        match rng.u32(..20) {
            0 => Stop { after_polls: Some(rng.u32(1..8)), after: None },
            1 => Stop { after_polls: None, after: Some(millis(rng, 0..4_000)) },
            _ => Stop::default(),
        }
    }

    /// Makes a call of what is not a create. `None` if the actor stopped meanwhile.
    pub(crate) async fn call<O: Operation>(
        &self,
        operation: O,
        stop: Stop,
    ) -> Option<Result<Response<O::Output>, Error>> {
        let ask = Ask {
            operation: operation.id(),
            safety: operation.safety(),
            creates: None,
            recovers: false,
            or_existing: false,
            is_shown_as_asked: true,
        };
        let exchange = Exchange::new(&self.account, operation, self.policy.retry());
        let call = self.begin(ask);
        let result = self.stopping(self.run_exchange(exchange, call), stop).await?;
        self.end(call, None, result.as_ref().err());
        Some(result)
    }

    /// Makes a call of a create. `shows` tells the id in its response, and whether the fields are those
    /// that were asked for.
    async fn call_create<O: Recover>(
        &self,
        create: O,
        (kind, key): (Kind, String),
        mode: Mode,
        is_shown_as_asked: bool,
        stop: Stop,
        shows: impl Fn(&O::Output) -> (String, bool),
    ) -> Option<Result<Response<O::Output>, Error>> {
        let Mode { recovers, or_existing } = mode;
        let ask = Ask {
            operation: create.id(),
            safety: create.safety(),
            creates: Some((kind, key)),
            recovers,
            or_existing,
            is_shown_as_asked,
        };
        let exchange = Exchange::new(&self.account, create, self.policy.retry())
            .and_then(|exchange| if recovers { exchange.recover() } else { Ok(exchange) })
            .and_then(|exchange| if or_existing { exchange.or_existing() } else { Ok(exchange) });
        let call = self.begin(ask);
        let result = self.stopping(self.run_exchange(exchange, call), stop).await?;
        let seen = result.as_ref().ok().map(|response| {
            let (id, agrees) = shows(response.value());
            let (recovered, existed) = (response.recovered(), response.existed());
            Made { id: Some(id), recovered, existed, agrees: agrees || !is_shown_as_asked }
        });
        self.end(call, seen.as_ref(), result.as_ref().err());
        Some(result)
    }

    pub(crate) fn begin(&self, ask: Ask) -> usize {
        let mut world = self.world.lock();
        let call = world.model.calls.len();
        let began = world.now;
        let (id, client) = (self.id, self.client);
        world.tell(|| {
            let Ask { operation, creates, recovers, or_existing, .. } = &ask;
            let what = creates.as_ref().map_or(String::new(), |(_, key)| format!(" {key:?}"));
            let how = format!(
                "{}{}",
                if *recovers { ", recovers" } else { "" },
                if *or_existing { ", or existing" } else { "" }
            );
            format!("actor {id} call {call}: asks client {client} for {operation}{what}{how}")
        });
        world.model.calls.push(Call::new(self.id, self.client, ask, self.policy, began));
        call
    }

    pub(crate) async fn run_exchange<O: Operation>(
        &self,
        exchange: Result<Exchange<O>, Error>,
        call: usize,
    ) -> Result<Response<O::Output>, Error> {
        let exchange = exchange.expect("the request can be built");
        let (world, throttle) = (self.world.clone(), self.throttle.clone());
        let driver = Driver { world, call, actor: self.id, client: self.client, throttle };
        let mut open = Open { world: &self.world, call, is_over: false };
        let result = exchange.run_async(&driver).await;
        open.is_over = true;
        result
    }

    /// Runs something until it ends or is stopped.
    pub(crate) async fn stopping<T>(&self, running: impl Future<Output = T>, stop: Stop) -> Option<T> {
        let running: Pin<Box<dyn Future<Output = T> + '_>> = Box::pin(running);
        let at = stop.after.map(|after| self.now().saturating_add(after));
        Stopping { world: &self.world, running: Some(running), polls: stop.after_polls, at, has_timer: false }.await
    }

    /// Ends a call of which the world cannot see what it returns.
    pub(crate) fn end_of_step<T>(&self, call: usize, result: &Result<Response<T>, Error>) {
        let made = result.as_ref().ok().map(|response| {
            let (recovered, existed) = (response.recovered(), response.existed());
            Made { id: None, recovered, existed, agrees: true }
        });
        self.end(call, made.as_ref(), result.as_ref().err());
    }

    fn end(&self, call: usize, made: Option<&Made>, error: Option<&Error>) {
        let mut world = self.world.lock();
        world.tell(|| match error {
            Some(error) => format!("call {call}: ends with {error}, maybe applied: {}", error.maybe_applied()),
            None => format!("call {call}: done, {made:?}"),
        });
        world.model.on_end(call, error.map_or(Ok(made), Err));
    }

    /// Creates something that others may create as well, or that is there.
    async fn create(&mut self, kind: Kind) {
        let stop = self.stop();
        let rng = &mut self.rng;
        let mode = Mode { recovers: chance(rng, 80), or_existing: chance(rng, 10) };
        let number = rng.usize(..NAMES.len());
        let number = self.contended.map_or(number, |(_, number)| number);
        let name = NAMES[number].to_owned();
        match kind {
            Kind::User => {
                let role =
                    rng.bool().then(|| if rng.bool() { users::Role::Billing } else { users::Role::TechnicalAdmin });
                let enabled = chance(rng, 40).then(|| rng.bool());
                let (name, email) = (
                    format!("User {}", rng.u32(..2)),
                    pick(rng, &EMAILS[if number == 0 { 0..4 } else { number..number + 2 }]).to_owned(),
                );
                self.create_user(NewUser { name, email, role, enabled }, mode, stop).await;
            }
            Kind::Group => {
                let create = user_groups::Create::new(&name);
                let shows = |group: &user_groups::UserGroup| (group.id.to_string(), group.name.as_ref() == Some(&name));
                self.call_create(create, (kind, name.clone()), mode, true, stop, shows).await;
            }
            Kind::Environment => {
                let enabled = chance(rng, 30).then(|| rng.bool());
                let title = format!("Shop {}", rng.u32(..2));
                let create = product_environments::Create::new(&title).cloud_name(&name);
                let create = create.maybe(enabled, product_environments::Create::enabled);
                let shows = |it: &product_environments::ProductEnvironment| {
                    (
                        it.id.to_string(),
                        it.name.as_ref() == Some(&title) && (enabled.is_none() || it.enabled == enabled),
                    )
                };
                self.call_create(create, (kind, name.clone()), mode, enabled != Some(false), stop, shows).await;
            }
            Kind::Key => {
                let enabled = chance(rng, 30).then(|| rng.bool());
                let name = format!("key-{number}");
                self.generate(&name, enabled, mode, stop).await;
            }
            Kind::Policy => {
                let statement = pick(rng, &STATEMENTS);
                let description = rng.bool().then(|| pick(rng, &["one", "two"]));
                let create = custom_policies::Create::new(statement, "account", &name);
                let create = create.maybe(description, |it, text| it.description(text.to_owned()));
                let shows = |it: &custom_policies::CustomPolicy| {
                    let agrees = it.name.as_ref() == Some(&name)
                        && description.is_none_or(|text| it.description.as_deref() == Some(text));
                    (it.id.to_string(), agrees)
                };
                self.call_create(create, (kind, format!("{name}|{statement}")), mode, true, stop, shows).await;
            }
            Kind::Role | Kind::EnvironmentPolicy => {
                let id = format!("role-{name}");
                let title = format!("Role {name}{}", pick(rng, &["", " too"]));
                let create = roles::Create::new("global", "account", &title).id(&*id);
                let shows = |role: &roles::Role| (role.id.to_string(), role.name.as_ref() == Some(&title));
                self.call_create(create, (kind, id.clone()), mode, true, stop, shows).await;
            }
        }
    }

    async fn create_user(&self, user: NewUser, mode: Mode, stop: Stop) {
        let NewUser { name, email, role, enabled } = &user;
        let create = users::Create::new(name, email);
        let create = create.maybe(role.clone(), users::Create::role).maybe(*enabled, users::Create::enabled);
        let shows = |made: &users::User| {
            let agrees = made.email.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(email))
                && made.name.as_deref() == Some(name)
                && role.as_ref().is_none_or(|role| made.role.as_ref() == Some(role))
                && enabled.is_none_or(|enabled| made.enabled == Some(enabled));
            (made.id.to_string(), agrees)
        };
        self.call_create(create, (Kind::User, email.clone()), mode, true, stop, shows).await;
    }

    async fn generate(
        &self,
        name: &str,
        enabled: Option<bool>,
        mode: Mode,
        stop: Stop,
    ) -> Option<Result<Response<access_keys::AccessKey>, Error>> {
        let create = access_keys::Generate::new("s1").name(name).maybe(enabled, access_keys::Generate::enabled);
        let shows = |key: &access_keys::AccessKey| {
            let world = self.world.lock();
            let there = world.service.account.access_key("s1", key.api_key.as_str());
            // Who is told of a key is told its secret.
            let secret = key.api_secret.as_ref().map(Secret::expose);
            let agrees = there.is_none_or(|there| Some(there.api_secret.as_str()) == secret);
            (key.api_key.to_string(), agrees && key.name.as_deref() == Some(name))
        };
        self.call_create(create, (Kind::Key, name.to_owned()), mode, true, stop, shows).await
    }

    /// Changes, deletes or reads something that is there.
    async fn edit(&mut self) {
        let stop = self.stop();
        let there = |kind| {
            let world = self.world.lock();
            let of_kind = world.model.resources.iter().filter(|it| it.kind == kind && it.deleted_at.is_none());
            of_kind.map(|it| it.id.clone()).collect::<Vec<_>>()
        };
        let (users, groups) = (there(Kind::User), there(Kind::Group));
        let rng = &mut self.rng;
        if users.is_empty() {
            return;
        }
        let user = users[rng.usize(..users.len())].clone();
        let group = if groups.is_empty() { "no-group".to_owned() } else { groups[rng.usize(..groups.len())].clone() };
        match rng.u32(..7) {
            0 | 1 => {
                let update = users::Update::new(user).name(format!("Renamed {}", rng.u32(..3)));
                self.call(update, stop).await;
            }
            2 => {
                self.call(users::Delete::new(user), stop).await;
            }
            3 => {
                self.call(users::Get::new(user), stop).await;
            }
            4 => {
                self.call(user_groups::AddUser::new(group, user), stop).await;
            }
            5 => {
                self.call(user_groups::RemoveUser::new(group, user), stop).await;
            }
            _ => {
                self.call(users::GetGroups::new(user), stop).await;
            }
        }
    }

    /// Starts workers, each a task of its own, that create many users.
    fn bulk(&mut self) {
        let (workers, jobs) = (self.rng.usize(2..6), self.rng.usize(4..14));
        let queue: Rc<RefCell<VecDeque<_>>> = Rc::new(RefCell::new((0..jobs).collect()));
        for _ in 0..workers {
            let (mut actor, queue) = (self.clone(), Rc::clone(&queue));
            actor.rng = self.rng.fork();
            self.spawner.spawn(async move {
                loop {
                    let Some(job) = queue.borrow_mut().pop_front() else { return };
                    let email = format!("bulk.{}.{job}@example.com", actor.id);
                    let create = NewUser { name: "Bulk".to_owned(), email, role: None, enabled: None };
                    let stop = actor.stop();
                    actor.create_user(create, Mode { recovers: true, or_existing: false }, stop).await;
                }
            });
        }
    }

    /// Reads a list, page by page or ahead.
    async fn list(&mut self) {
        let rng = &mut self.rng;
        let ahead = pick(rng, &[0, 0, 1, 3]);
        let size = rng.u32(1..5);
        match rng.u32(..4) {
            0 => {
                let began = self.now();
                if let Some(policies) = self.walk(custom_policies::List::new(), 0).await {
                    let ids: Vec<_> = policies.iter().map(|it| it.id.to_string()).collect();
                    self.world.lock().model.on_list(Kind::Policy, began, &ids, None);
                }
            }
            kind => {
                let list = users::List::new().page_size(size);
                let list = match kind {
                    1 => list,
                    2 => list.sort_by("created_at").sort_order(SortOrder::Asc),
                    _ => list.sort_by("created_at").sort_order(SortOrder::Desc),
                };
                let began = self.now();
                if let Some(users) = self.walk(list, ahead).await {
                    let ids: Vec<_> = users.iter().map(|it| it.id.to_string()).collect();
                    self.world.lock().model.on_list(Kind::User, began, &ids, (kind == 3).then_some(size));
                }
            }
        }
    }

    /// Reads a whole list. `None` if a page cannot be read.
    async fn walk<O: Paged>(&self, list: O, ahead: u32) -> Option<Vec<<O as Paged>::Item>> {
        let mut pager = Pager::new(list);
        let mut items = Vec::new();
        while let Some(next) = pager.next_page() {
            let all = std::iter::once(next.clone()).chain((1..=ahead).map_while(|pages| pager.ahead(pages)));
            let calls =
                all.map(|page| Box::pin(self.call(page, Stop::default())) as Pin<Box<dyn Future<Output = _> + '_>>);
            for result in join(calls.collect()).await {
                if pager.next_page().is_none() {
                    break;
                }
                let page: Result<Response<O::Output>, Error> = result?;
                items.extend(pager.received(page.ok()?.into_value()));
            }
        }
        Some(items)
    }
}

/// A call that runs, or that is dropped.
struct Open<'a> {
    world: &'a Shared,
    call: usize,
    is_over: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            let mut world = self.world.lock();
            let call = self.call;
            world.model.calls[call].ended = true;
            world.tell(|| format!("call {call}: dropped"));
        }
    }
}

/// Something that its actor may stop in the middle of.
struct Stopping<'a, T> {
    world: &'a Shared,
    running: Option<Pin<Box<dyn Future<Output = T> + 'a>>>,
    polls: Option<u32>,
    at: Option<Duration>,
    has_timer: bool,
}

impl<T> Future for Stopping<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let is_over =
            self.polls.is_some_and(|polls| polls == 0) || self.at.is_some_and(|at| at <= self.world.lock().now);
        if is_over {
            self.running = None;
            return Poll::Ready(None);
        }
        self.polls = self.polls.map(|polls| polls - 1);
        if let Some(at) = self.at
            && !std::mem::replace(&mut self.has_timer, true)
        {
            self.world.lock().timers.at(at, Event::Wake(context.waker().clone()));
        }
        match &mut self.running {
            Some(running) => running.as_mut().poll(context).map(Some),
            None => Poll::Ready(None),
        }
    }
}
