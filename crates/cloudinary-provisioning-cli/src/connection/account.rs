//! The account that a command works on: the one of the environment, or with `--demo` one in memory.

use std::fmt;
use std::time::Duration;

use cloudinary_provisioning::http::Request;
use cloudinary_provisioning::{Account, AccountError, CallEvent, Origin, Outcome, PathPrefix, RetryPolicy, Transport};
use cloudinary_provisioning_fake::{FakeAccount, SharedAccount};
use cloudinary_provisioning_ureq::{Client, ClientBuilder};

use super::profile::{self, Profile, Profiles};
use super::{current_line, demo, trust};
use crate::args::globals::Globals;
use crate::args::request::has_credentials;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::json;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::{note, say};

/// The variables that name an account; see `Account::from_lookup`.
const VARIABLES: [&str; 4] = [
    "CLOUDINARY_ACCOUNT_URL",
    "CLOUDINARY_ACCOUNT_ID",
    "CLOUDINARY_PROVISIONING_API_KEY",
    "CLOUDINARY_PROVISIONING_API_SECRET",
];
const NO_ACCOUNT: &str = "no account is set. Set CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID, or \
    CLOUDINARY_ACCOUNT_ID, CLOUDINARY_PROVISIONING_API_KEY and CLOUDINARY_PROVISIONING_API_SECRET; or name a profile with \
    --profile; or try it with --demo, on an account in memory";
const USER_AGENT: &str = concat!(env!("CARGO_BIN_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the account.
pub(crate) struct Connection {
    pub(crate) client: Client,
    source: Source,
}

/// Where the credentials come from.
pub(crate) enum Source {
    /// An account in memory.
    Demo,
    Environment,
    /// A profile, and what says that it is this one.
    Profile(String),
    /// None are needed.
    Nowhere,
}

impl Connection {
    /// Connects to the account that the options and the environment name.
    pub(crate) fn open(globals: &Globals, progress: &ProgressLine) -> Result<Self, Exit> {
        Self::with_demo(globals, progress, demo::account)
    }

    /// Connects, with a hook that is called at the end of every call.
    pub(crate) fn with_hook(
        globals: &Globals,
        on_end: impl Fn(&CallEvent<'_>) + Send + Sync + 'static,
    ) -> Result<Self, Exit> {
        Self::with(globals, &ProgressLine::hidden(), demo::account, |builder| builder.on_end(on_end))
    }

    /// Connects for requests below this prefix. Those without credentials need no account.
    pub(crate) fn for_prefix(globals: &Globals, prefix: PathPrefix) -> Result<Self, Exit> {
        let progress = ProgressLine::hidden();
        if globals.demo || has_credentials(prefix) || set_variables().next().is_some() {
            return Self::open(globals, &progress);
        }
        // Only the account's origin matters here. A profile's command for credentials is not run.
        let profile = chosen(globals)?.map(|(profile, _)| profile);
        let lookup = |name: &str| match (name, &profile) {
            ("CLOUDINARY_ACCOUNT_URL", _) => None,
            (name, _) if VARIABLES.contains(&name) => Some("none".to_owned()),
            ("CLOUDINARY_ORIGIN", Some(profile)) => profile.public("origin").map(str::to_owned),
            ("CLOUDINARY_REGION", Some(profile)) => profile.public("region").map(str::to_owned),
            (name, _) => variable(name),
        };
        let nobody = account(globals, lookup, |error| match &profile {
            Some(profile) => profile.unusable(&error),
            None => unusable(&error),
        });
        Ok(Self { client: over_tls(nobody?, globals, &progress)?.build()?, source: Source::Nowhere })
    }

    /// Connects, using the given account for `--demo`.
    pub(crate) fn with_demo(
        globals: &Globals,
        progress: &ProgressLine,
        demo_account: impl FnOnce() -> FakeAccount,
    ) -> Result<Self, Exit> {
        Self::with(globals, progress, demo_account, |builder| builder)
    }

    fn with(
        globals: &Globals,
        progress: &ProgressLine,
        demo_account: impl FnOnce() -> FakeAccount,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, Exit> {
        let (builder, source) = if globals.demo {
            (demo_client(demo_account(), globals, progress)?, Source::Demo)
        } else {
            let (account, source) = found(globals)?;
            (over_tls(account, globals, progress)?, source)
        };
        if globals.verbose {
            note(format_args!("credentials: {source}"));
        }
        Ok(Self { client: configure(builder).build()?, source })
    }

    /// Where the credentials come from.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.client.account();
        if matches!(self.source, Source::Demo) {
            return f.write_str("a demo account in memory");
        }
        write!(f, "account {} at {}", account.id(), account.origin())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Demo => f.write_str("those of the demo account"),
            Self::Environment => write!(f, "{}", set_variables().collect::<Vec<_>>().join(", ")),
            Self::Profile(profile) => f.write_str(profile),
            Self::Nowhere => f.write_str("none"),
        }
    }
}

/// Finds the account. Its credentials come from one place: a profile that an option names, the environment, or a profile
/// that the environment or the file of profiles names.
fn found(globals: &Globals) -> Result<(Account, Source), Exit> {
    if let Some((profile, by)) = chosen(globals)? {
        let variables = profile.variables()?;
        let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let account = account(globals, lookup, |error| profile.unusable(&error))?;
        profile.check_account(account.id().as_str())?;
        return Ok((account, Source::Profile(format!("{profile}, by {by}"))));
    }
    if set_variables().next().is_none() {
        return Err(Exit::usage(NO_ACCOUNT));
    }
    Ok((account(globals, variable, |error| unusable(&error))?, Source::Environment))
}

/// The profile to take, if any, and what names it.
fn chosen(globals: &Globals) -> Result<Option<(Profile, &'static str)>, Exit> {
    let (name, by) = match &globals.profile {
        Some(name) => (Some(name.clone()), "--profile"),
        None if set_variables().next().is_some() => return Ok(None),
        None => (variable(profile::VARIABLE), profile::VARIABLE),
    };
    let profiles = Profiles::open()?;
    let (name, by) = match (name, profiles.as_ref().and_then(Profiles::default)) {
        (Some(name), _) => (name, by),
        (None, Some(name)) => (name.to_owned(), "its `default`"),
        (None, None) => return Ok(None),
    };
    let profiles = profiles.ok_or_else(|| Exit::Usage(format!("{by} {name}: there is no file of profiles")))?;
    Ok(Some((profiles.get(&name, by)?, by)))
}

fn set_variables() -> impl Iterator<Item = &'static str> {
    VARIABLES.into_iter().filter(|name| variable(name).is_some())
}

/// Text that is not Unicode becomes replacement characters, which an account refuses by the part's name.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Reads the account from variables. An option takes the place of what they say of the origin, also where that is wrong.
fn account(
    globals: &Globals,
    lookup: impl Fn(&str) -> Option<String>,
    unusable: impl Fn(AccountError) -> Exit,
) -> Result<Account, Exit> {
    let url = globals.origin.as_deref();
    let given =
        url.map(|url| Origin::url(url).map_err(|error| Exit::Usage(format!("--origin: {error}")))).transpose()?;
    let given = given.or(globals.region.map(Origin::region));
    let lookup = |name: &str| match (name, &given) {
        ("CLOUDINARY_ORIGIN", Some(origin)) => Some(origin.to_string()),
        (name, _) => lookup(name),
    };
    Account::from_lookup(lookup).map_err(unusable)
}

/// Says what is wrong with the account of the environment.
fn unusable(error: &AccountError) -> Exit {
    let set: Vec<_> = set_variables().collect();
    let others = if error.variable().is_some() || set.is_empty() {
        String::new()
    } else {
        format!(" (set in the environment: {})", set.join(", "))
    };
    Exit::Usage(format!("the account cannot be used: {error}{others}"))
}

/// What goes over the network trusts more authorities than the default.
fn over_tls(account: Account, globals: &Globals, progress: &ProgressLine) -> Result<ClientBuilder, Exit> {
    let is_https = account.origin().as_str().starts_with("https:");
    let builder = configured(account, globals, progress);
    Ok(if is_https { builder.tls_config(trust::tls_config(globals.ca_file.as_deref())?) } else { builder })
}

/// Retries longer than the default: a run over a whole account meets the rate limit sooner than a single call.
fn configured(account: Account, globals: &Globals, progress: &ProgressLine) -> ClientBuilder {
    let mut patient = RetryPolicy::default().max_attempts(6).total_timeout(Duration::from_secs(300));
    if let Some(retries) = globals.retries {
        patient = patient.max_attempts(retries.saturating_add(1));
    }
    if let Some(longest) = globals.max_wait {
        patient = patient.total_timeout(longest).max_server_delay(longest);
    }
    let retries = progress.clone();
    let mut builder = Client::builder(account)
        .retry(patient)
        .user_agent_suffix(USER_AGENT)
        .cancel_flag(ctrl_c::cancel_flag())
        .wrap_transport(|transport| {
            move |request: &Request<Vec<u8>>, timeout: Duration| marked(transport.send(request, timeout))
        })
        .on_retry(move |event| retries.note(format_args!("retry: {}{event:#}", current_line::prefix())));
    if let Some(timeout) = globals.timeout {
        builder = builder.timeout(timeout);
    }
    if globals.verbose {
        builder = builder.on_attempt(|event| {
            let status = event.status().map_or_else(|| "no response".to_owned(), |status| status.to_string());
            let request_id = event.request_id().unwrap_or("-");
            let (operation, attempt, duration) = (event.operation, event.attempt, event.duration.as_millis());
            say(format_args!("{operation}: attempt {attempt}: {status} in {duration} ms, request {request_id}"));
        });
    }
    builder
}

/// Keeps all digits of the numbers in a response; see [`json::Exact`].
fn marked(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Response(mut response) if response.status().is_success() => {
            if let Some(body) = json::with_marked_numbers(response.body()) {
                *response.body_mut() = body;
            }
            Outcome::Response(response)
        }
        outcome => outcome,
    }
}

/// A client whose requests are answered in this process.
fn demo_client(account: FakeAccount, globals: &Globals, progress: &ProgressLine) -> Result<ClientBuilder, Exit> {
    let credentials = Account::from_url(&account.account_url()).map_err(Exit::usage)?;
    let account = SharedAccount::new(account);
    Ok(configured(credentials, globals, progress).fake(&account))
}
