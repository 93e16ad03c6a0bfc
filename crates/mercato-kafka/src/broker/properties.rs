//! `server.properties` of a single broker that is its own controller.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Where and how clients or controllers connect.
struct Listener {
    name: &'static str,
    /// `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`.
    protocol: &'static str,
    port: u16,
}

/// The lines of `server.properties`.
pub(super) struct ServerProperties {
    listeners: Vec<Listener>,
    settings: BTreeMap<String, String>,
}

const CONTROLLER: &str = "CONTROLLER";
const CLIENTS: &str = "PLAINTEXT";

/// What differs from Kafka's defaults, and why: one broker cannot keep three copies, nor need it wait for a group,
/// and history sent with its own event times must not be deleted because those times are long past.
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
    /// A broker without encryption or passwords, on loopback only.
    pub(super) fn plain(port: u16, controller_port: u16, data_dir: &Path) -> Self {
        let listeners = vec![
            Listener { name: CLIENTS, protocol: "PLAINTEXT", port },
            Listener { name: CONTROLLER, protocol: "PLAINTEXT", port: controller_port },
        ];
        let mut settings: BTreeMap<_, _> =
            SETTINGS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings.insert("log.dirs".to_owned(), escaped(&data_dir.display().to_string()));
        // The voters are written here and not into the data, so that the same data starts again on another port.
        settings.insert("controller.quorum.voters".to_owned(), format!("1@127.0.0.1:{controller_port}"));
        Self { listeners, settings }
    }

    pub(super) fn auto_create_topics(mut self, on: bool) -> Self {
        self.settings.insert("auto.create.topics.enable".to_owned(), on.to_string());
        self
    }

    pub(super) fn with(mut self, extra: &[(String, String)]) -> Self {
        self.settings.extend(extra.iter().map(|(name, value)| (name.clone(), escaped(value))));
        self
    }

    fn listed(&self, line: impl Fn(&Listener) -> String) -> String {
        self.listeners.iter().map(line).collect::<Vec<_>>().join(",")
    }
}

impl fmt::Display for ServerProperties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listeners = self.listed(|listener| format!("{}://127.0.0.1:{}", listener.name, listener.port));
        // Clients are told the name they used, so that certificates for `localhost` will fit.
        let advertised = self.listeners.iter().filter(|listener| listener.name != CONTROLLER);
        let advertised: Vec<_> =
            advertised.map(|listener| format!("{}://localhost:{}", listener.name, listener.port)).collect();
        let protocols = self.listed(|listener| format!("{}:{}", listener.name, listener.protocol));
        writeln!(formatter, "# Written at each start; edits are lost.")?;
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
        let properties = ServerProperties::plain(9092, 19093, Path::new("/data/a b")).auto_create_topics(false);
        let text = properties.with(&[("num.partitions".to_owned(), "7".to_owned())]).to_string();
        for line in [
            "listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:19093",
            "advertised.listeners=PLAINTEXT://localhost:9092",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
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
