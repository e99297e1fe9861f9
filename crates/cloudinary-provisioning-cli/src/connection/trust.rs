//! The certificate authorities that are trusted: those that are built in, those of the platform, and those of a file.

use std::path::Path;

use cloudinary_provisioning_ureq::ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use rustls_native_certs::load_native_certs;
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::terminal::exit::Exit;

/// The variables that name certificates in place of the platform's.
const VARIABLES: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Trusts all of them. A file or variable without a usable certificate is refused by its name.
pub(super) fn tls_config(ca_file: Option<&Path>) -> Result<TlsConfig, Exit> {
    let mut roots: Vec<_> = TLS_SERVER_ROOT_CERTS.iter().map(|der| Certificate::from_der(der)).collect();
    let platform = load_native_certs();
    let variable = VARIABLES.into_iter().find(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if let Some(variable) = variable.filter(|_| platform.certs.is_empty()) {
        let why = platform.errors.first().map_or_else(|| "it has no certificate".to_owned(), ToString::to_string);
        return Err(Exit::Usage(format!("{variable}: {why}")));
    }
    roots.extend(platform.certs.iter().map(|der| Certificate::from_der(der).to_owned()));
    if let Some(path) = ca_file {
        roots.extend(of_file(path).map_err(|why| Exit::Usage(format!("--ca-file {}: {why}", path.display())))?);
    }
    Ok(TlsConfig::builder().root_certs(RootCerts::from(roots)).build())
}

fn of_file(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let pem = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|error| error.to_string())? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err("it has no certificate in PEM".to_owned()) } else { Ok(certificates) }
}
