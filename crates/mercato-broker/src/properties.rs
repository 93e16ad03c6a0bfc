//! `server.properties` of a single broker that is its own controller.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::Listener;
use crate::certificates::{Certificates, Server};
use crate::users::{Password, USER};

/// A listener for clients or controllers.
struct Opening {
    name: &'static str,
    /// `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
    protocol: &'static str,
    port: u16,
}

/// Certificates and credentials that clients are checked against.
pub(crate) struct Access<'a> {
    pub(crate) password: &'a Password,
    pub(crate) certificates: &'a Certificates,
}

/// The lines of `server.properties`.
pub(crate) struct ServerProperties {
    first_port: u16,
    openings: Vec<Opening>,
    settings: BTreeMap<String, String>,
}

const CONTROLLER: &str = "CONTROLLER";
const CLIENTS: &str = "PLAINTEXT";

/// Deviations from Kafka's defaults: one broker cannot keep three replicas and need not wait for a
/// group, and history sent with its own event times must not be deleted because those times are
/// long past.
const SETTINGS: [(&str, &str); 15] = [
    ("process.roles", "broker,controller"),
    ("node.id", "1"),
    ("num.partitions", "3"),
    ("offsets.topic.replication.factor", "1"),
    ("offsets.topic.num.partitions", "4"),
    ("transaction.state.log.replication.factor", "1"),
    ("transaction.state.log.min.isr", "1"),
    ("transaction.state.log.num.partitions", "4"),
    ("share.coordinator.state.topic.replication.factor", "1"),
    ("share.coordinator.state.topic.min.isr", "1"),
    ("share.coordinator.state.topic.num.partitions", "1"),
    ("group.initial.rebalance.delay.ms", "0"),
    ("log.retention.ms", "-1"),
    ("controller.listener.names", CONTROLLER),
    ("inter.broker.listener.name", CLIENTS),
];

impl ServerProperties {
    /// A broker on loopback that nobody but its controller can reach yet.
    pub(crate) fn new(first_port: u16, controller_port: u16, data_dir: &Path) -> Self {
        let mut settings: BTreeMap<_, _> = SETTINGS
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        settings.insert("log.dirs".to_owned(), escaped(&data_dir.display().to_string()));
        // The voters are written here and not into the data, so that the same data starts again on
        // another port.
        settings.insert(
            "controller.quorum.voters".to_owned(),
            format!("1@127.0.0.1:{controller_port}"),
        );
        let openings =
            vec![Opening { name: CONTROLLER, protocol: "PLAINTEXT", port: controller_port }];
        Self { first_port, openings, settings }
    }

    /// The same with these ways in.
    pub(crate) fn offering(mut self, listeners: &[Listener], access: &Access<'_>) -> Self {
        for listener in listeners {
            let (name, protocol) = match listener {
                Listener::Plaintext => (CLIENTS, "PLAINTEXT"),
                Listener::Ssl => ("SSL", "SSL"),
                Listener::SaslSsl => ("SASL_SSL", "SASL_SSL"),
                Listener::SaslPlaintext => ("SASL_PLAINTEXT", "SASL_PLAINTEXT"),
                Listener::MutualSsl => ("MUTUAL", "SSL"),
                Listener::ExpiredSsl => ("EXPIRED", "SSL"),
                Listener::OtherNameSsl => ("OTHERNAME", "SSL"),
            };
            self.openings.push(Opening { name, protocol, port: listener.port(self.first_port) });
            match listener {
                Listener::Plaintext => {}
                Listener::Ssl => self.encrypt(name, Server::Good, access),
                Listener::SaslSsl => {
                    self.encrypt(name, Server::Good, access);
                    self.ask_for_password(name, access);
                }
                Listener::SaslPlaintext => self.ask_for_password(name, access),
                Listener::MutualSsl => {
                    self.encrypt(name, Server::Good, access);
                    self.set(name, "ssl.client.auth", "required");
                }
                Listener::ExpiredSsl => self.encrypt(name, Server::Expired, access),
                Listener::OtherNameSsl => self.encrypt(name, Server::OtherName, access),
            }
        }
        self
    }

    fn encrypt(&mut self, listener: &str, which: Server, access: &Access<'_>) {
        let file = |path: &Path| escaped(&path.display().to_string());
        self.set(listener, "ssl.keystore.type", "PEM");
        self.set(listener, "ssl.keystore.location", &file(&access.certificates.server(which)));
        self.set(listener, "ssl.truststore.type", "PEM");
        self.set(listener, "ssl.truststore.location", &file(&access.certificates.ca));
    }

    fn ask_for_password(&mut self, listener: &str, access: &Access<'_>) {
        const MODULES: &str = "org.apache.kafka.common.security";
        let password = access.password.as_str();
        self.set(
            listener,
            "sasl.enabled.mechanisms",
            "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER",
        );
        let plain =
            format!("{MODULES}.plain.PlainLoginModule required user_{USER}=\"{password}\";");
        let scram = format!("{MODULES}.scram.ScramLoginModule required;");
        let token = format!(
            "{MODULES}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";"
        );
        self.set(listener, "plain.sasl.jaas.config", &plain);
        self.set(listener, "scram-sha-256.sasl.jaas.config", &scram);
        self.set(listener, "scram-sha-512.sasl.jaas.config", &scram);
        self.set(listener, "oauthbearer.sasl.jaas.config", &token);
    }

    /// Sets something for one listener.
    fn set(&mut self, listener: &str, name: &str, value: &str) {
        let listener = listener.to_ascii_lowercase();
        self.settings.insert(format!("listener.name.{listener}.{name}"), value.to_owned());
    }

    pub(crate) fn auto_create_topics(mut self, on: bool) -> Self {
        self.settings.insert("auto.create.topics.enable".to_owned(), on.to_string());
        self
    }

    pub(crate) fn with(mut self, extra: &[(String, String)]) -> Self {
        self.settings.extend(extra.iter().map(|(name, value)| (name.clone(), escaped(value))));
        self
    }

    fn listed(&self, line: impl Fn(&Opening) -> String) -> String {
        self.openings.iter().map(line).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for ServerProperties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listeners =
            self.listed(|listener| format!("{}://127.0.0.1:{}", listener.name, listener.port));
        // Clients are told the name they used, so that certificates for `localhost` will fit.
        let advertised = self.openings.iter().filter(|opening| opening.name != CONTROLLER);
        let advertised: Vec<_> = advertised
            .map(|listener| format!("{}://localhost:{}", listener.name, listener.port))
            .collect();
        let protocols = self.listed(|listener| format!("{}:{}", listener.name, listener.protocol));
        writeln!(formatter, "# Rewritten at every start; changes are lost.")?;
        writeln!(formatter, "listeners={listeners}")?;
        writeln!(formatter, "advertised.listeners={}", advertised.join(","))?;
        writeln!(formatter, "listener.security.protocol.map={protocols}")?;
        self.settings.iter().try_for_each(|(name, value)| writeln!(formatter, "{name}={value}"))
    }
}

/// A value as Java's property files hold it: a backslash begins an escape there.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_broker_listens_on_loopback_and_is_its_own_controller() {
        let properties =
            ServerProperties::new(9092, 19093, Path::new("/data/a b")).auto_create_topics(false);
        let folder = tempfile::tempdir().unwrap();
        let password = Password::of(folder.path()).unwrap();
        let access =
            Access { password: &password, certificates: &Certificates::in_folder(folder.path()) };
        let properties = properties.offering(&[Listener::Plaintext], &access);
        let text = properties.with(&[("num.partitions".to_owned(), "7".to_owned())]).to_string();
        for line in [
            "listeners=CONTROLLER://127.0.0.1:19093,PLAINTEXT://127.0.0.1:9092",
            "advertised.listeners=PLAINTEXT://localhost:9092",
            "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "controller.quorum.voters=1@127.0.0.1:19093",
            "auto.create.topics.enable=false",
            "log.dirs=/data/a b",
            "num.partitions=7",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        assert_eq!(text.matches("\nnum.partitions=").count(), 1, "{text}");
    }
}
