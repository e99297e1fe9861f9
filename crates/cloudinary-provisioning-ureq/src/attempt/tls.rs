//! The TLS configuration. Without a TLS feature, ureq has no `tls` module.

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls")))]
pub(crate) use off::Tls;
#[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
pub(crate) use on::Tls;

#[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
mod on {
    use ureq::config::ConfigBuilder;
    use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
    use ureq::typestate::AgentScope;

    use crate::config_error::ConfigError;

    /// `platform-verifier` brings `rustls-no-provider` along.
    const RUSTLS: bool = cfg!(any(feature = "rustls", feature = "rustls-no-provider"));
    const NATIVE_TLS: bool = cfg!(feature = "native-tls");

    /// The TLS configuration that was given, or else the default of the enabled features.
    #[derive(Clone, Default)]
    pub(crate) struct Tls(Option<TlsConfig>);

    impl Tls {
        pub(crate) const IS_ON: bool = true;

        pub(crate) fn set(&mut self, config: TlsConfig) {
            self.0 = Some(config);
        }

        pub(crate) fn is_set(&self) -> bool {
            self.0.is_some()
        }

        pub(crate) fn apply(&self, config: ConfigBuilder<AgentScope>) -> ConfigBuilder<AgentScope> {
            config.tls_config(self.config())
        }

        /// Prefers rustls to native-tls, and takes the root certificates that the features bring.
        fn config(&self) -> TlsConfig {
            self.0.clone().unwrap_or_else(|| {
                let provider = if RUSTLS { TlsProvider::Rustls } else { TlsProvider::NativeTls };
                let platform = cfg!(all(feature = "platform-verifier", not(feature = "rustls")));
                let roots = if platform { RootCerts::PlatformVerifier } else { RootCerts::WebPki };
                TlsConfig::builder().provider(provider).root_certs(roots).build()
            })
        }

        /// Refuses a configuration that makes ureq panic on the first request over TLS.
        pub(crate) fn check(&self) -> Result<(), ConfigError> {
            let config = self.config();
            match config.provider() {
                TlsProvider::Rustls if !RUSTLS => Err(ConfigError::TlsProvider { provider: "rustls" }),
                TlsProvider::NativeTls if !NATIVE_TLS => Err(ConfigError::TlsProvider { provider: "native-tls" }),
                TlsProvider::Rustls => {
                    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
                    check_crypto_provider(&config)?;
                    check_roots(&config)
                }
                _ => Ok(()),
            }
        }
    }

    fn check_roots(config: &TlsConfig) -> Result<(), ConfigError> {
        let (roots, feature) = match config.root_certs() {
            _ if config.disable_verification() => return Ok(()),
            RootCerts::WebPki if !cfg!(feature = "rustls") => ("the roots of webpki-roots", "`rustls`"),
            RootCerts::PlatformVerifier if !cfg!(feature = "platform-verifier") => {
                ("the platform's verifier", "`platform-verifier`")
            }
            _ => return Ok(()),
        };
        Err(ConfigError::RootCerts { roots, feature })
    }

    /// ureq falls back on the process's default provider, then on ring if the feature `rustls` is on, and panics if there is
    /// neither.
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    fn check_crypto_provider(config: &TlsConfig) -> Result<(), ConfigError> {
        let given = config.unversioned_rustls_crypto_provider().is_some();
        if given || rustls::crypto::CryptoProvider::get_default().is_some() {
            return Ok(());
        }
        Err(ConfigError::NoCryptoProvider)
    }
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls")))]
mod off {
    use ureq::config::ConfigBuilder;
    use ureq::typestate::AgentScope;

    use crate::config_error::ConfigError;

    #[derive(Clone, Default)]
    pub(crate) struct Tls {}

    impl Tls {
        pub(crate) const IS_ON: bool = false;

        #[expect(clippy::unused_self, reason = "the same as where TLS is on")]
        pub(crate) fn is_set(&self) -> bool {
            false
        }

        #[expect(clippy::unused_self, reason = "the same as where TLS is on")]
        pub(crate) fn apply(&self, config: ConfigBuilder<AgentScope>) -> ConfigBuilder<AgentScope> {
            config
        }

        #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same as where TLS is on")]
        pub(crate) fn check(&self) -> Result<(), ConfigError> {
            Ok(())
        }
    }
}
