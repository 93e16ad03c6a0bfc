//! Certificates for a registry over TLS.

use std::fs::{self, File};
use std::io::{self, Read};
use std::sync::Arc;

use ureq::tls::{
    Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem,
};

use crate::RegistryError;

/// Trusted authorities, and the client's own certificate.
#[derive(Clone, Default)]
pub(crate) struct Tls {
    roots: Option<Arc<Vec<Certificate<'static>>>>,
    client: Option<ClientCert>,
    pub(crate) skip_verification: bool,
}

impl Tls {
    pub(crate) fn config(&self) -> TlsConfig {
        let roots = self.roots.clone().map_or(RootCerts::PlatformVerifier, RootCerts::Specific);
        TlsConfig::builder()
            .provider(TlsProvider::NativeTls)
            .root_certs(roots)
            .client_cert(self.client.clone())
            .disable_verification(self.skip_verification)
            .build()
    }
}

const PREFIX: &str = "schema.registry.ssl.";
/// Bytes of a file that are read; certificates are far smaller.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Reads the files that the properties name, under librdkafka's or Java's names.
pub(crate) fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Tls, RegistryError> {
    let found = |name: &'static str| get(&format!("{PREFIX}{name}")).map(|value| (name, value));
    for name in ["truststore.type", "keystore.type"] {
        if let Some((name, value)) = found(name).filter(|(_, value)| *value != "PEM") {
            let reason =
                format!("only PEM files are read, found `{value}`: convert the store to PEM");
            return Err(refused(name, reason));
        }
    }
    let roots = found("ca.location").or_else(|| found("truststore.location"));
    let roots = roots.map(|(name, path)| certificates(name, path)).transpose()?;
    let own = found("certificate.location").or_else(|| found("keystore.location"));
    let key = found("key.location");
    let client = match (own, key) {
        (None, None) => None,
        (Some((name, path)), key) => {
            let (key_name, key_path) = key.unwrap_or((name, path));
            let chain = certificates(name, path).map_err(|error| match key {
                None => missing_key(name),
                Some(_) => error,
            })?;
            let text = file(key_name, key_path)?;
            let key = PrivateKey::from_pem(&text).map_err(|_| match key {
                None => missing_key(name),
                Some(_) => refused(key_name, format!("{key_path} holds no private key in PEM")),
            })?;
            Some(ClientCert::new_with_certs(&chain, key))
        }
        (None, Some((name, _))) => {
            let reason = format!("a key needs its certificate: set {PREFIX}certificate.location");
            return Err(refused(name, reason));
        }
    };
    Ok(Tls { roots: roots.map(Arc::new), client, skip_verification: false })
}

fn certificates(name: &str, path: &str) -> Result<Vec<Certificate<'static>>, RegistryError> {
    let text = file(name, path)?;
    let items: Vec<_> = parse_pem(&text)
        .filter_map(|item| match item {
            Ok(PemItem::Certificate(certificate)) => Some(certificate),
            _ => None,
        })
        .collect();
    if items.is_empty() {
        return Err(refused(name, format!("{path} holds no certificate in PEM")));
    }
    Ok(items)
}

fn file(name: &str, path: &str) -> Result<Vec<u8>, RegistryError> {
    read_file(path).map_err(|error| refused(name, format!("cannot read {path}: {error}")))
}

/// Reads a regular file: a device may never end, and a pipe may never begin.
fn read_file(path: &str) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut content = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut content)?;
    Ok(content)
}

fn missing_key(name: &str) -> RegistryError {
    refused(name, format!("a certificate needs its key: set {PREFIX}key.location"))
}

fn refused(name: &str, reason: String) -> RegistryError {
    RegistryError::Property { name: format!("{PREFIX}{name}"), reason }
}
