//! Servers with certificates of a private authority.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use rcgen::{CertifiedKey, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::run::{Ran, TempFile, bare, run};

/// Serves an empty list of users over TLS to whoever trusts the certificate, and returns the origin. Whoever else knocks
/// is let go.
fn serve(certificate: &CertifiedKey<KeyPair>) -> String {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(connection, stream));
            let request = (&mut stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            if request.count() > 0 {
                let body = r#"{"users":[]}"#;
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = stream.get_mut().write_all(format!("{head}{body}").as_bytes());
                stream.get_mut().conn.send_close_notify();
                let _ = stream.get_mut().flush();
            }
        }
    });
    origin
}

fn list(origin: &str, configure: impl FnOnce(&mut Command)) -> Ran {
    let mut command = bare();
    command.env("CLOUDINARY_ACCOUNT_URL", "account://key:secret@acc").args(["--origin", origin, "--retries", "0"]);
    configure(&mut command);
    run(command.args(["users", "list", "--page", "1", "-o", "json"]))
}

#[test]
fn a_private_authority_is_trusted_where_it_is_named() {
    let certificate = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let origin = serve(&certificate);
    let pem = TempFile::new("pem", &certificate.cert.pem());
    let directory = pem.0.with_extension("d");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(&pem.0, directory.join("12345678.0")).unwrap();

    let untrusted = list(&origin, |_| {});
    assert!(untrusted.status == 1 && untrusted.stderr.contains("certificate"), "{untrusted:?}");
    list(&origin, |command| _ = command.arg("--ca-file").arg(&pem.0)).is_done();
    list(&origin, |command| _ = command.env("SSL_CERT_FILE", &pem.0)).is_done();
    list(&origin, |command| _ = command.env("SSL_CERT_DIR", &directory)).is_done();
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn what_has_no_certificate_is_refused_by_its_name() {
    let empty = TempFile::new("pem", "nothing");
    let nowhere = Path::new("/there/is/no.pem");
    for (path, why) in [(empty.0.as_path(), "it has no certificate in PEM"), (nowhere, "No such file")] {
        let refused = list("https://127.0.0.1:1", |command| _ = command.arg("--ca-file").arg(path));
        refused.is_refused(&format!("--ca-file {}: {why}", path.display()));
        list("https://127.0.0.1:1", |command| _ = command.env("SSL_CERT_FILE", path)).is_refused("SSL_CERT_FILE: ");
    }
}
