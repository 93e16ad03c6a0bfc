//! Files of client properties, one for each way into a local broker: what `--command-config` takes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::properties::Access;
use crate::users::USER;
use crate::{BrokerError, BrokerOptions, Listener, private};

/// A file of client properties under librdkafka's names, with the address of its listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFile {
    /// The title to display, such as `SASL_SSL with SCRAM-SHA-512`.
    pub title: String,
    /// The way in.
    pub listener: Listener,
    /// The file; only its owner can read it, because it may hold a password.
    pub path: PathBuf,
}

/// The credentials of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    None,
    Certificate,
    Password(&'static str),
    /// A token that nobody signed: enough to see that OAUTHBEARER is spoken, and no more.
    Token,
}

const PASSWORDS: [&str; 3] = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

/// The files that a broker of these options comes with.
pub(crate) fn of(options: &BrokerOptions) -> Vec<ClientFile> {
    ways(options).into_iter().map(|(listener, proof)| file(options, listener, proof)).collect()
}

/// Writes the files.
pub(crate) fn write(options: &BrokerOptions, access: &Access<'_>) -> Result<(), BrokerError> {
    let folder = folder(options);
    // What an earlier start offered and this one does not would lead nowhere.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(BrokerError::io("remove", &folder))?;
    }
    fs::create_dir_all(&folder).map_err(BrokerError::io("create", &folder))?;
    ways(options).into_iter().try_for_each(|(listener, proof)| {
        let path = file(options, listener, proof).path;
        let text = text(options, listener, proof, access);
        private::write(&path, text.as_bytes()).map_err(BrokerError::io("write", &path))
    })
}

fn folder(options: &BrokerOptions) -> PathBuf {
    options.state_dir.join("clients")
}

/// Every way in that works, for somebody who has what it takes.
fn ways(options: &BrokerOptions) -> Vec<(Listener, Proof)> {
    let proofs = |listener| -> Vec<Proof> {
        match listener {
            Listener::Plaintext | Listener::Ssl | Listener::ExpiredSsl | Listener::OtherNameSsl => {
                vec![Proof::None]
            }
            Listener::MutualSsl => vec![Proof::Certificate],
            Listener::SaslSsl | Listener::SaslPlaintext => {
                PASSWORDS.into_iter().map(Proof::Password).chain([Proof::Token]).collect()
            }
        }
    };
    let listeners = options.security.listeners();
    listeners
        .into_iter()
        .flat_map(|listener| proofs(listener).into_iter().map(move |proof| (listener, proof)))
        .collect()
}

fn file(options: &BrokerOptions, listener: Listener, proof: Proof) -> ClientFile {
    let (protocol, fault) = protocol(listener);
    let title = match proof {
        Proof::None => format!("{protocol}{fault}"),
        Proof::Certificate => format!("{protocol} with a client certificate"),
        Proof::Password(mechanism) => format!("{protocol} with {mechanism}"),
        Proof::Token => format!("{protocol} with OAUTHBEARER"),
    };
    let name = title
        .to_ascii_lowercase()
        .replace(" with ", "-")
        .replace([' ', '_'], "-")
        .replace("-a-", "-");
    ClientFile { title, listener, path: folder(options).join(name + ".properties") }
}

/// The protocol, and what is wrong with the listener.
fn protocol(listener: Listener) -> (&'static str, &'static str) {
    match listener {
        Listener::Plaintext => ("PLAINTEXT", ""),
        Listener::Ssl | Listener::MutualSsl => ("SSL", ""),
        Listener::SaslSsl => ("SASL_SSL", ""),
        Listener::SaslPlaintext => ("SASL_PLAINTEXT", ""),
        Listener::ExpiredSsl => ("SSL", " expired certificate"),
        Listener::OtherNameSsl => ("SSL", " other name"),
    }
}

fn text(options: &BrokerOptions, listener: Listener, proof: Proof, access: &Access<'_>) -> String {
    let (protocol, _) = protocol(listener);
    let mut lines = vec![
        "# Rewritten at every start; changes are lost.".to_owned(),
        format!("bootstrap.servers={}", listener.address(options.port)),
        format!("security.protocol={protocol}"),
    ];
    let mut set = |name: &str, value: &str| lines.push(format!("{name}={value}"));
    let certificates = access.certificates;
    if protocol.ends_with("SSL") {
        set("ssl.ca.location", &shown(&certificates.ca));
    }
    match proof {
        Proof::None => {}
        Proof::Certificate => {
            set("ssl.certificate.location", &shown(&certificates.client.certificate));
            set("ssl.key.location", &shown(&certificates.client.key));
        }
        Proof::Password(mechanism) => {
            set("sasl.mechanisms", mechanism);
            set("sasl.username", USER);
            set("sasl.password", access.password.as_str());
        }
        Proof::Token => {
            set("sasl.mechanisms", "OAUTHBEARER");
            set("enable.sasl.oauthbearer.unsecure.jwt", "true");
            set("sasl.oauthbearer.config", &format!("principal={USER}"));
        }
    }
    lines.join("\n") + "\n"
}

/// A path as a file of properties holds it.
fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "\\\\")
}
