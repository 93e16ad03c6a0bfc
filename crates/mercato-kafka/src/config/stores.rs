//! Java properties that only mean something together: login lines, key stores and trust stores.
//!
//! They are rewritten to librdkafka's names before each property is looked at alone.

use super::certificates::read_file;
use super::{ConfigError, jaas};

const HOST_NAME_CHECK: &str = "ssl.endpoint.identification.algorithm";

type Properties = Vec<(String, String)>;

/// The same properties with login lines and stores under librdkafka's names.
pub(super) fn lifted(given: &[(String, String)]) -> Result<Properties, ConfigError> {
    let mut properties: Properties =
        given.iter().map(|(name, value)| (name.trim().to_owned(), value.clone())).collect();
    for (_, value) in
        properties.iter_mut().filter(|(name, value)| name == HOST_NAME_CHECK && value.is_empty())
    {
        // Java's way to switch it off; librdkafka has a word for it.
        "none".clone_into(value);
    }
    login_line(&mut properties)?;
    trust_store(&mut properties)?;
    key_store(&mut properties)?;
    Ok(properties)
}

fn value<'a>(properties: &'a Properties, name: &str) -> Option<&'a str> {
    properties.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn remove(properties: &mut Properties, name: &str) -> Option<String> {
    let found = value(properties, name).map(str::to_owned);
    properties.retain(|(known, _)| known != name);
    found
}

fn unsupported(name: &str, reason: String) -> ConfigError {
    ConfigError::Unsupported { name: name.to_owned(), reason }
}

fn login_line(properties: &mut Properties) -> Result<(), ConfigError> {
    const NAME: &str = "sasl.jaas.config";
    let Some(line) = remove(properties, NAME) else { return Ok(()) };
    let login = jaas::login(&line).map_err(|reason| unsupported(NAME, reason))?;
    let has_mechanism =
        ["sasl.mechanism", "sasl.mechanisms"].iter().any(|name| value(properties, name).is_some());
    match login.mechanism {
        _ if has_mechanism => {}
        Some(mechanism) => properties.push(("sasl.mechanism".to_owned(), mechanism.to_owned())),
        None => {
            let reason = "its ScramLoginModule serves two mechanisms: also set sasl.mechanism to SCRAM-SHA-256 or \
                          SCRAM-SHA-512";
            return Err(unsupported(NAME, reason.to_owned()));
        }
    }
    properties.extend(login.properties.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(())
}

/// The file type of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pem,
    Pkcs12,
    Jks,
    Unknown,
}

impl Kind {
    /// By its declared type, else by its first bytes.
    fn of(declared: Option<&str>, path: &str) -> Self {
        match declared.map(str::to_ascii_uppercase).as_deref() {
            Some("PEM") => Self::Pem,
            Some("PKCS12") => Self::Pkcs12,
            Some(_) => Self::Jks,
            None => Self::of_content(&read_file(path).unwrap_or_default()),
        }
    }

    fn of_content(content: &[u8]) -> Self {
        const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
        const ASN_1_SEQUENCE: u8 = 0x30;
        match content {
            _ if content.starts_with(&JKS) => Self::Jks,
            [ASN_1_SEQUENCE, ..] => Self::Pkcs12,
            _ if content.windows(11).any(|part| part == b"-----BEGIN ") => Self::Pem,
            _ => Self::Unknown,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pem => "PEM",
            Self::Pkcs12 => "PKCS#12",
            Self::Jks | Self::Unknown => "JKS",
        }
    }
}

fn trust_store(properties: &mut Properties) -> Result<(), ConfigError> {
    const LOCATION: &str = "ssl.truststore.location";
    let declared = remove(properties, "ssl.truststore.type");
    let Some(path) = value(properties, LOCATION).map(str::to_owned) else { return Ok(()) };
    let kind = Kind::of(declared.as_deref(), &path);
    if kind == Kind::Pem {
        remove(properties, LOCATION);
        remove(properties, "ssl.truststore.password");
        properties.push(("ssl.ca.location".to_owned(), path));
        return Ok(());
    }
    let kind = kind.name();
    let reason = format!(
        "{path} is a {kind} trust store, but OpenSSL reads trusted certificates as PEM only: convert it with \
         `keytool -list -rfc -keystore {path} > ca.pem` and set ssl.ca.location=ca.pem instead"
    );
    Err(unsupported(LOCATION, reason))
}

fn key_store(properties: &mut Properties) -> Result<(), ConfigError> {
    const LOCATION: &str = "ssl.keystore.location";
    let declared = remove(properties, "ssl.keystore.type");
    let Some(path) = value(properties, LOCATION).map(str::to_owned) else { return Ok(()) };
    match Kind::of(declared.as_deref(), &path) {
        // What cannot be told apart here is reported by whoever opens it.
        Kind::Pkcs12 | Kind::Unknown => Ok(()),
        Kind::Pem => {
            remove(properties, LOCATION);
            properties.push(("ssl.certificate.location".to_owned(), path.clone()));
            properties.push(("ssl.key.location".to_owned(), path));
            Ok(())
        }
        Kind::Jks => {
            let reason = format!(
                "{path} is a JKS key store, but OpenSSL reads PKCS#12 and PEM: convert it with \
                 `keytool -importkeystore -srckeystore {path} -destkeystore client.p12 -deststoretype PKCS12` \
                 and set ssl.keystore.location=client.p12"
            );
            Err(unsupported(LOCATION, reason))
        }
    }
}
