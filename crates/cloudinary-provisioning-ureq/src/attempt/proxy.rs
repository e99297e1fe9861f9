//! The environment's proxy, and the hosts that are called directly.

use std::ffi::OsString;

use cloudinary_provisioning::Origin;
use cloudinary_provisioning::http::Uri;
use ureq::{Proxy, ProxyProtocol};

use crate::config_error::ConfigError;

pub(crate) struct EnvProxy {
    pub(crate) proxy: Proxy,
    pub(crate) bypass: Bypass,
}

/// The hosts that are called directly: loopback always, and those of `NO_PROXY`.
pub(crate) struct Bypass(Option<Proxy>);

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
        Self(hosts.and_then(|hosts| {
            // ureq matches hosts only as part of a proxy. This proxy is never used.
            let matcher = Proxy::builder(ProxyProtocol::Http).host("localhost");
            hosts.split(',').map(str::trim).fold(matcher, ureq::ProxyBuilder::no_proxy).build().ok()
        }))
    }

    pub(crate) fn covers(&self, uri: &Uri) -> bool {
        is_loopback(uri) || self.0.as_ref().is_some_and(|matcher| matcher.is_no_proxy(uri))
    }
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
        let variables = [("ALL_PROXY", "http://proxy:1"), ("NO_PROXY", "api.example.com, *.internal")];
        let bypass = read(false, &variables).unwrap().unwrap().bypass;
        for url in
            ["http://127.0.0.1:80", "http://[::1]", "http://LOCALHOST", "http://api.example.com", "http://a.internal"]
        {
            assert!(bypass.covers(&url.parse().unwrap()), "{url}");
        }
        for url in ["http://api.cloudinary.com", "http://localhost.example.com", "http://128.0.0.1"] {
            assert!(!bypass.covers(&url.parse().unwrap()), "{url}");
        }
    }
}
