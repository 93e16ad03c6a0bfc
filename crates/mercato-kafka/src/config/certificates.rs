//! Certificates and keys, looked at before anything connects: is it there, can it be read, does the
//! key fit.
//!
//! librdkafka would say as much in OpenSSL's words and without the name of the property.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use openssl::asn1::Asn1Time;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::ConfigError;

type Properties = BTreeMap<String, String>;

const PROBE: &str = "probe";

/// Looks at every certificate and key that `properties`, under librdkafka's names, mention.
pub(super) fn check(properties: &Properties) -> Result<(), ConfigError> {
    authority(properties)?;
    if let Some(revoked) = Named::of(properties, "ssl.crl.location") {
        revoked.read()?;
    }
    client(properties)?;
    key_store(properties)
}

/// A property and the file it names.
#[derive(Clone, Copy)]
struct Named<'a> {
    property: &'a str,
    path: &'a str,
}

impl<'a> Named<'a> {
    fn of(properties: &'a Properties, property: &'a str) -> Option<Self> {
        let path = properties.get(property).filter(|path| !path.is_empty())?;
        Some(Self { property, path })
    }

    fn wrong(self, problem: impl Into<String>) -> ConfigError {
        ConfigError::Certificate {
            property: self.property.to_owned(),
            path: self.path.to_owned(),
            problem: problem.into(),
        }
    }

    fn read(self) -> Result<Vec<u8>, ConfigError> {
        read_file(self.path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                self.wrong("no such file; check the path relative to the working directory")
            }
            ErrorKind::PermissionDenied => {
                self.wrong("this user may not read it; change its owner or permissions")
            }
            _ => self.wrong(format!("cannot read it: {error}")),
        })
    }
}

/// Bytes of the largest file of certificates or keys that is read.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a regular file: a device or pipe may never end.
pub(super) fn read_file(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    // Looked at before it is opened, which waits for a writer where it is a pipe.
    if !fs::metadata(path.as_ref())?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut content = Vec::new();
    File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(ErrorKind::FileTooLarge, "it is larger than 16 MiB"));
    }
    Ok(content)
}

/// Describes the contents of a file that is not PEM.
fn instead_of_pem(content: &[u8], convert: &str) -> String {
    match content {
        [0xfe, 0xed, 0xfe, 0xed, ..] => format!("it is a JKS store; convert it with `{convert}`"),
        [0x30, ..] => format!("it is DER or PKCS#12; convert it with `{convert}`"),
        _ => "it has no readable PEM block (-----BEGIN ...)".to_owned(),
    }
}

fn authority(properties: &Properties) -> Result<(), ConfigError> {
    let Some(named) = Named::of(properties, "ssl.ca.location").filter(|named| named.path != PROBE)
    else {
        return Ok(());
    };
    if Path::new(named.path).is_dir() {
        return Ok(());
    }
    let content = named.read()?;
    match X509::stack_from_pem(&content) {
        Ok(found) if !found.is_empty() => Ok(()),
        _ => {
            let convert = format!("keytool -list -rfc -keystore {} > ca.pem", named.path);
            Err(named.wrong(format!(
                "{}; use a PEM file of the trusted authorities",
                instead_of_pem(&content, &convert)
            )))
        }
    }
}

fn client(properties: &Properties) -> Result<(), ConfigError> {
    let certificate = Named::of(properties, "ssl.certificate.location");
    let key = Named::of(properties, "ssl.key.location");
    let inline = |name: &str| properties.contains_key(name);
    if let (Some(named), None, false) = (certificate, key, inline("ssl.key.pem")) {
        return Err(
            named.wrong("a certificate requires its private key; also set ssl.key.location")
        );
    }
    if let (None, Some(named), false) = (certificate, key, inline("ssl.certificate.pem")) {
        return Err(named
            .wrong("a private key requires its certificate; also set ssl.certificate.location"));
    }
    let certificate = certificate.map(|named| Ok((named, read_certificate(named)?))).transpose()?;
    let key = key.map(|named| Ok((named, read_key(named, properties)?))).transpose()?;
    match (certificate, key) {
        (Some((named, certificate)), Some((key_file, key))) => {
            fits(named, &certificate, key_file, &key)
        }
        _ => Ok(()),
    }
}

fn read_certificate(named: Named<'_>) -> Result<X509, ConfigError> {
    let content = named.read()?;
    let convert = format!("openssl pkcs12 -in {} -clcerts -nokeys -out client.pem", named.path);
    X509::from_pem(&content).map_err(|_| {
        named.wrong(format!(
            "{}; use the PEM file of the client's certificate",
            instead_of_pem(&content, &convert)
        ))
    })
}

fn read_key(named: Named<'_>, properties: &Properties) -> Result<PKey<Private>, ConfigError> {
    let content = named.read()?;
    let password = properties.get("ssl.key.password").map(String::as_str);
    // Without any passphrase OpenSSL would ask for one on the terminal.
    PKey::private_key_from_pem_passphrase(&content, password.unwrap_or_default().as_bytes())
        .map_err(|_| {
            let encrypted = content.windows(9).any(|part| part == b"ENCRYPTED");
            let convert =
                format!("openssl pkcs12 -in {} -nocerts -nodes -out client.key", named.path);
            named.wrong(match password {
                None if encrypted => "the key is encrypted; set ssl.key.password".to_owned(),
                Some(_) if encrypted => "ssl.key.password does not open it".to_owned(),
                _ => format!(
                    "{}; use the PEM file of the client's private key",
                    instead_of_pem(&content, &convert)
                ),
            })
        })
}

fn fits(
    named: Named<'_>,
    certificate: &X509,
    key_file: Named<'_>,
    key: &PKey<Private>,
) -> Result<(), ConfigError> {
    let same = certificate.public_key().is_ok_and(|public| public.public_eq(key));
    if !same {
        let other = key_file.path;
        return Err(
            named.wrong(format!("it does not match ssl.key.location={other}; use a matching pair"))
        );
    }
    in_force(named, certificate)
}

fn in_force(named: Named<'_>, certificate: &X509) -> Result<(), ConfigError> {
    let Ok(now) = Asn1Time::days_from_now(0) else { return Ok(()) };
    if *certificate.not_after() < now {
        let end = certificate.not_after();
        return Err(named.wrong(format!("the certificate expired on {end}; request a new one")));
    }
    if *certificate.not_before() > now {
        let begin = certificate.not_before();
        return Err(named.wrong(format!(
            "the certificate is not valid before {begin}; check this machine's clock"
        )));
    }
    Ok(())
}

fn key_store(properties: &Properties) -> Result<(), ConfigError> {
    let Some(named) = Named::of(properties, "ssl.keystore.location") else { return Ok(()) };
    let content = named.read()?;
    let convert = format!(
        "keytool -importkeystore -srckeystore {} -destkeystore client.p12 -deststoretype PKCS12",
        named.path
    );
    let store = Pkcs12::from_der(&content).map_err(|_| match content.as_slice() {
        [0xfe, 0xed, 0xfe, 0xed, ..] => {
            named.wrong(format!("it is a JKS store; convert it with `{convert}`"))
        }
        _ => named.wrong(
            "it is not a PKCS#12 store; for PEM set ssl.certificate.location and ssl.key.location",
        ),
    })?;
    let password = properties.get("ssl.keystore.password").map_or("", String::as_str);
    let opened = store.parse2(password).map_err(|_| {
        named.wrong("ssl.keystore.password does not open it, or it was created with ciphers that OpenSSL 3 no longer supports")
    })?;
    match (opened.cert, opened.pkey) {
        (Some(certificate), Some(_)) => in_force(named, &certificate),
        _ => {
            Err(named.wrong("it contains no private key with its certificate; export both into it"))
        }
    }
}
