//! The environment's proxy, and the hosts that are called directly.

use std::ffi::OsString;
use std::net::IpAddr;

use cloudinary_provisioning::Origin;
use cloudinary_provisioning::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use crate::config_error::ConfigError;

pub(crate) struct EnvProxy {
    pub(crate) proxy: Proxy,
    pub(crate) bypass: Bypass,
}

/// The hosts that are called directly: loopback always, and those of `NO_PROXY`, as curl reads it.
pub(crate) struct Bypass(Vec<Entry>);

enum Entry {
    Everything,
    /// A domain, in lower case, with all below it.
    Domain(String),
    /// The addresses whose first bits are those of this one.
    Addresses(IpAddr, u32),
}

impl EnvProxy {
    /// Reads the first variable that is set, of those for the scheme.
    pub(crate) fn read(https: bool, get: impl Fn(&str) -> Option<OsString>) -> Result<Option<Self>, ConfigError> {
        let get = |name: &str| get(name).filter(|value| !value.is_empty());
        let own = if https { ["HTTPS_PROXY", "https_proxy"] } else { ["HTTP_PROXY", "http_proxy"] };
        let set = own.into_iter().chain(["ALL_PROXY", "all_proxy"]).find_map(|name| Some((name, get(name)?)));
        let Some((variable, value)) = set else { return Ok(None) };
        let proxy = value.to_str().and_then(|value| Proxy::new(value.trim()).ok());
        let proxy = proxy.ok_or(ConfigError::ProxyVariable { variable })?;
        let hosts = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| Some((name, get(name)?)));
        let unreadable = |variable| ConfigError::ProxyVariable { variable };
        let hosts = match &hosts {
            Some((variable, hosts)) => Some(hosts.to_str().ok_or(unreadable(variable))?),
            None => None,
        };
        Ok(Some(Self { bypass: Bypass::of(hosts), proxy }))
    }
}

impl Bypass {
    fn of(hosts: Option<&str>) -> Self {
        let entries = hosts.unwrap_or_default().split(|c: char| c == ',' || c.is_whitespace());
        Self(entries.filter(|entry| !entry.is_empty()).map(Entry::of).collect())
    }

    pub(crate) fn covers(&self, uri: &Uri) -> bool {
        let Some(host) = uri.host() else { return false };
        let host = bare(host).trim_end_matches('.').to_ascii_lowercase();
        is_loopback(uri) || self.0.iter().any(|entry| entry.covers(&host))
    }
}

impl Entry {
    fn of(text: &str) -> Self {
        let addresses = || {
            let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
            let address: IpAddr = bare(address).parse().ok()?;
            let all = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.map_or(Some(all), |bits| bits.parse().ok().filter(|bits| *bits <= all))?;
            Some(Self::Addresses(address, bits))
        };
        let domain = || {
            let domain = text.strip_prefix('*').unwrap_or(text);
            Self::Domain(domain.trim_matches('.').to_ascii_lowercase())
        };
        if text == "*" { Self::Everything } else { addresses().unwrap_or_else(domain) }
    }

    fn covers(&self, host: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Domain(domain) => {
                let before = host.strip_suffix(domain.as_str());
                !domain.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            Self::Addresses(address, bits) => host.parse().is_ok_and(|host| share(*address, host, *bits)),
        }
    }
}

/// Whether the first bits of two addresses are the same.
fn share(a: IpAddr, b: IpAddr, bits: u32) -> bool {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Refuses a proxy that ureq would panic on or silently ignore.
pub(crate) fn check(proxy: Option<&Proxy>) -> Result<(), ConfigError> {
    let socks = proxy.is_some_and(|proxy| !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https));
    if socks && !cfg!(feature = "socks-proxy") {
        return Err(ConfigError::SocksProxy);
    }
    Ok(())
}

/// Whether a request goes to this machine.
pub(crate) fn is_loopback(uri: &Uri) -> bool {
    uri.host().is_some_and(Origin::is_loopback_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(https: bool, variables: &[(&str, &str)]) -> Result<Option<EnvProxy>, ConfigError> {
        EnvProxy::read(https, |name| {
            variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| OsString::from(value))
        })
    }

    fn host(https: bool, variables: &[(&str, &str)]) -> Option<String> {
        read(https, variables).unwrap().map(|env| env.proxy.host().to_owned())
    }

    #[test]
    fn each_scheme_has_its_variables_and_the_first_that_is_set_counts() {
        let all = [("HTTP_PROXY", "http://plain:1"), ("HTTPS_PROXY", "http://tls:1"), ("ALL_PROXY", "http://all:1")];
        assert_eq!(host(true, &all).as_deref(), Some("tls"));
        assert_eq!(host(false, &all).as_deref(), Some("plain"));
        assert_eq!(host(true, &[("HTTP_PROXY", "http://plain:1")]), None);
        assert_eq!(host(true, &[("https_proxy", ""), ("all_proxy", "http://all:1")]).as_deref(), Some("all"));
    }

    #[test]
    fn a_variable_that_names_no_proxy_is_refused_by_its_name() {
        let refused = read(true, &[("HTTPS_PROXY", "gopher://user:hunter2@proxy")]).err().unwrap();
        assert_eq!(refused, ConfigError::ProxyVariable { variable: "HTTPS_PROXY" });
        assert!(!refused.to_string().contains("hunter2"));
    }

    #[cfg(unix)]
    #[test]
    fn a_list_of_hosts_that_is_not_unicode_is_refused_by_its_name() {
        use std::os::unix::ffi::OsStringExt;

        let get = |name: &str| match name {
            "ALL_PROXY" => Some(OsString::from("http://proxy:1")),
            "no_proxy" => Some(OsString::from_vec(b"\xff.example.com".to_vec())),
            _ => None,
        };
        let refused = EnvProxy::read(true, get).err();
        assert_eq!(refused, Some(ConfigError::ProxyVariable { variable: "no_proxy" }));
    }

    #[test]
    fn loopback_hosts_and_those_of_no_proxy_are_called_directly() {
        let covers = |hosts: &str, host: &str| {
            let variables = [("ALL_PROXY", "http://proxy:1"), ("NO_PROXY", hosts)];
            let bypass = read(false, &variables).unwrap().unwrap().bypass;
            bypass.covers(&format!("http://{host}").parse().unwrap())
        };
        for host in ["127.0.0.1:80", "[::1]", "LOCALHOST"] {
            assert!(covers("", host), "{host}");
        }
        for (hosts, host) in [
            ("a.com, api.example.com", "api.example.com"),
            ("a.com api.example.com", "API.example.com:443"),
            ("example.com", "api.example.com"),
            (".example.com", "example.com"),
            (".example.com", "api.example.com"),
            ("*.example.com", "api.example.com"),
            ("Example.com.", "example.com"),
            ("*", "api.cloudinary.com"),
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.0/8", "10.1.2.3"),
            ("0.0.0.0/0", "10.1.2.3"),
            ("[fd00::1]", "[fd00::1]:80"),
            ("fd00::/8", "[fd12::1]"),
        ] {
            assert!(covers(hosts, host), "{hosts} {host}");
        }
        for (hosts, host) in [
            ("", "api.cloudinary.com"),
            ("localhost", "localhost.example.com"),
            ("example.com", "badexample.com"),
            ("example.com", "example.com.evil.org"),
            (".", "example.com"),
            ("10.0.0.0/8", "11.0.0.1"),
            ("10.0.0.0/33", "10.0.0.1"),
            ("10.0.0.0/8", "10.example.com"),
            ("fd00::/8", "[fe00::1]"),
            ("10.0.0.0/8", "[::ffff:a00:1]"),
        ] {
            assert!(!covers(hosts, host), "{hosts} {host}");
        }
    }
}
