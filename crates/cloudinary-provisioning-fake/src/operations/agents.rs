//! The operations of agents, which need no credentials.

use std::net::IpAddr;

use serde_json::json;
use time::Duration;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, Misfit, ok};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::agents::{FakeAgentAccount, FakeAgentCloud};

/// The address of every requester.
const REQUESTER_IP: &str = "203.0.113.7";

/// Providers of disposable email addresses.
const DISPOSABLE: [&str; 4] = ["mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com"];

/// Counts a call before it is handled: those that fail count as well.
pub(crate) fn charge(state: &mut AccountState) -> Result<(), Failure> {
    if state.is_on(Switch::NoAgents) {
        return Err(Failure::forbidden("Agent registration is disabled").with_code("agent_registration_disabled"));
    }
    let today = state.now().date();
    if state.agents.charge(today) {
        return Ok(());
    }
    Err(Failure::too_many_requests("Too many requests from this IP address").with_code("ip_rate_limit_exceeded"))
}

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "createAgentAccount" => create_account(state, fields),
        "createCloud" => create_cloud(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

fn create_account(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let email = fields.text("email").unwrap_or("");
    let folded = email.to_lowercase();
    let domain = folded.split_once('@').filter(|(local, _)| !local.is_empty()).map_or("", |(_, domain)| domain);
    if domain.is_empty() || email.contains(char::is_whitespace) {
        return Err(email_failure(state, "is invalid"));
    }
    if DISPOSABLE.contains(&domain) {
        return Err(email_failure(state, "is from a disposable email provider"));
    }
    if state.agents.has_email(email) || state.users.by_email(email).is_some() {
        return Err(email_failure(state, "has already been taken"));
    }
    let account = FakeAgentAccount {
        id: state.ids.next_id(),
        email: email.to_owned(),
        cloud_name: cloud_name(state),
        api_key: state.ids.next_key(),
        api_secret: state.ids.next_secret(),
    };
    let environment_id = state.ids.next_id();
    let answer = ok(&object! {
        external_id: &account.id,
        email: email,
        plan_name: "free",
        product_environments: [object! {
            external_id: &environment_id,
            cloud_name: &account.cloud_name,
            api_key: &account.api_key,
            api_secret: &account.api_secret,
            api_environment_variable: variable(&account.api_key, &account.api_secret, &account.cloud_name),
        }],
        guidance: "Verify the email address before the credentials are used.",
    });
    state.agents.accounts.push(account);
    answer
}

/// The message is JSON in a text, without a code. With a switch the JSON is the body, and a taken email is a 409.
fn email_failure(state: &AccountState, what: &str) -> Failure {
    let body = json!({ "email": [what] });
    if !state.is_on(Switch::BareAgentErrors) {
        return Failure::bad_request(body.to_string());
    }
    let taken = what.ends_with("taken");
    let failure = if taken { Failure::conflict(what) } else { Failure::bad_request(what) };
    failure.with_body(body)
}

fn create_cloud(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let delivery_ips = match fields.texts("delivery_ips") {
        // Without a list the service uses the requester's address.
        None => vec![REQUESTER_IP.to_owned()],
        Some(ips) if ips.is_empty() => return Err(Failure::missing("delivery_ips")),
        Some(ips) => ips.into_iter().map(delivery_ip).collect::<Result<_, _>>()?,
    };
    let cloud = FakeAgentCloud {
        id: state.ids.next_id(),
        // A generated address where none is given.
        email: match fields.text("email") {
            Some(email) => email.to_owned(),
            None => format!("cloud-{}@cloud.cloudinary.invalid", state.ids.next_id()),
        },
        cloud_name: cloud_name(state),
        api_key: state.ids.next_key(),
        api_secret: state.ids.next_secret(),
        delivery_ips,
        expires_at: state.now().checked_add(Duration::DAY).unwrap_or(state.now()),
    };
    let claim_url =
        format!("https://console.cloudinary.com/users/agent_email_confirmation?token={}", state.ids.next_secret());
    let answer = if state.is_on(Switch::NestedClouds) { nested(&cloud, &claim_url) } else { flat(&cloud, &claim_url) };
    state.agents.clouds.push(cloud);
    answer
}

/// A public address, or the literal for the requester's own.
fn delivery_ip(text: &str) -> Result<String, Failure> {
    if text == "requester_ip" {
        return Ok(REQUESTER_IP.to_owned());
    }
    let ip: IpAddr = text
        .parse()
        .map_err(|_| Failure::field("delivery_ips", Misfit::Invalid, format!("must be IP addresses, not {text:?}")))?;
    let public = match ip {
        IpAddr::V4(ip) => {
            let shared = matches!(ip.octets(), [100, 64..=127, ..] | [0, ..]);
            !(shared
                || ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast())
        }
        IpAddr::V6(ip) => {
            let local = ip.is_unique_local() || ip.is_unicast_link_local();
            !(local || ip.is_loopback() || ip.is_unspecified() || ip.is_multicast())
        }
    };
    if public {
        Ok(text.to_owned())
    } else {
        Err(Failure::bad_request(format!("delivery_ips must be public, not {text:?}"))
            .with_category("invalid_parameter")
            .with_code("delivery_ips_not_public"))
    }
}

fn cloud_name(state: &mut AccountState) -> String {
    let id = state.ids.next_id();
    format!("c-{}", id.get(..12).unwrap_or(&id))
}

fn variable(api_key: &str, api_secret: &str, cloud_name: &str) -> String {
    format!("CLOUDINARY_URL=cloudinary://{api_key}:{api_secret}@{cloud_name}")
}

fn flat(cloud: &FakeAgentCloud, claim_url: &str) -> Answer {
    ok(&object! {
        account_id: &cloud.id,
        email: &cloud.email,
        cloud_name: &cloud.cloud_name,
        api_key: &cloud.api_key,
        api_secret: &cloud.api_secret,
        api_environment_variable: variable(&cloud.api_key, &cloud.api_secret, &cloud.cloud_name),
        claimed: false,
        expires_at: rfc3339(cloud.expires_at),
        delivery_ips: &cloud.delivery_ips,
        claim_url: claim_url,
        guidance: "Claim the cloud within 24 hours to keep it.",
    })
}

fn nested(cloud: &FakeAgentCloud, claim_url: &str) -> Answer {
    ok(&object! {
        id: &cloud.id,
        email: &cloud.email,
        expires_at: rfc3339(cloud.expires_at),
        delivery_ips: &cloud.delivery_ips,
        claim_url: claim_url,
        product_environments: [object! {
            cloud_name: &cloud.cloud_name,
            api_access_keys: [object! { key: &cloud.api_key, secret: &cloud.api_secret, enabled: true }],
        }],
    })
}
