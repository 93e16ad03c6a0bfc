//! Every way into a secured broker, and every way that must stay shut, against a real Apache Kafka.
//!
//! Run with `cargo test -p mercato-kafka --test it -- --ignored real_secure`.
//! Needs what `real_broker` needs; without it the test says `SKIPPED` and why, on the terminal
//! itself.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test ends at the first surprise and is its own caller"
)]

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::common::{assert_whole, batch};
use crate::real_broker::TURN;
use mercato_broker::{BrokerError, BrokerOptions, Certificates, ClientFile, Listener, Security};
use mercato_kafka::{Admin, KafkaConfig, KafkaOptions, KafkaSink, NewTopic};
use mercato_sinks::Sink;
use tempfile::TempDir;
use tracing::field::{Field, Visit};
use tracing::span;

/// A broker that ends with the test.
struct Broker {
    options: BrokerOptions,
    clients: Vec<ClientFile>,
    _folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Broker {
    /// A fresh broker with every listener, or `None`, said loudly, where none can be had.
    fn fresh() -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let mut options = BrokerOptions::new(folder.path().join("state"), cache_dir());
        options.kafka_home = path_of("KAFKA_HOME");
        options.java_home = path_of("JAVA_HOME");
        options.port = free_ports();
        options.security = Security { tls: true, sasl: true, faulty_tls: true };
        match mercato_broker::start(&options) {
            Ok(started) => {
                let clients = started.clients;
                Some(Self { options, clients, _folder: folder, _turn: turn })
            }
            Err(
                error @ (BrokerError::NoJava { .. }
                | BrokerError::NoMaven
                | BrokerError::Fetch { .. }),
            ) => {
                let terminal = OpenOptions::new().append(true).open(Path::new("/dev/stderr"));
                let _ = terminal.and_then(|mut terminal| {
                    writeln!(terminal, "\nSKIPPED: the secure-broker suite did not run: {error}\n")
                });
                None
            }
            Err(error) => panic!("{error}: {error:?}"),
        }
    }

    fn certificates(&self) -> Certificates {
        Certificates::in_folder(&self.options.state_dir.join("certificates"))
    }

    /// The properties of the file whose title this is.
    fn client(&self, title: &str) -> KafkaConfig {
        let file = self.clients.iter().find(|client| client.title == title).unwrap();
        let text = fs::read_to_string(&file.path).unwrap();
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once('=').unwrap());
        lines.fold(KafkaConfig::new(""), |config, (name, value)| config.with(name, value))
    }

    fn at(&self, listener: Listener) -> KafkaConfig {
        KafkaConfig::new(listener.address(self.options.port))
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = mercato_broker::stop(&self.options.state_dir, Duration::from_secs(60));
    }
}

fn path_of(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from)
}

fn cache_dir() -> PathBuf {
    mercato_broker::cache_dir(path_of("XDG_CACHE_HOME").as_deref(), path_of("HOME").as_deref())
        .unwrap_or_else(|| env::temp_dir().join("mercato"))
}

/// The first of as many free ports in a row as there are listeners.
fn free_ports() -> u16 {
    let free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let candidates =
        || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let fits = |first: &u16| {
        Listener::ALL.iter().all(|listener| *first < 65_000 && free(listener.port(*first)))
    };
    std::iter::repeat_with(candidates).take(100).find(fits).unwrap()
}

/// An error with its causes, and how it looks when somebody debugs.
fn texts(error: &(dyn Error + 'static)) -> String {
    let mut text = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        write!(text, " {error} {error:?}").unwrap();
        cause = error.source();
    }
    text
}

/// What the log of every level says, kept to be searched.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<String>>);

impl Visit for Heard {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        writeln!(self.0.lock().unwrap(), "{field}={value:?}").unwrap();
    }
}

impl tracing::Subscriber for Heard {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
#[ignore = "needs a real broker"]
fn every_way_in_works_and_every_other_says_what_to_do_and_no_secret() {
    let heard = Heard::default();
    tracing::subscriber::set_global_default(heard.clone()).unwrap();
    let Some(broker) = Broker::fresh() else { return };
    every_way_in_works(&broker);
    wrong_ways_are_told_apart(&broker);
    let canaries = [
        fs::read_to_string(broker.options.state_dir.join("password")).unwrap(),
        "wr0ng-c4n4ry".to_owned(),
    ];
    let heard = heard.0.lock().unwrap();
    assert!(
        heard.contains("sasl") || heard.contains("SASL"),
        "librdkafka's own debug lines were heard"
    );
    for canary in canaries {
        assert!(!heard.contains(canary.trim()), "a secret is in the log");
    }
}

fn every_way_in_works(broker: &Broker) {
    let ways = broker.clients.iter();
    let good = ways
        .filter(|client| !matches!(client.listener, Listener::ExpiredSsl | Listener::OtherNameSsl));
    let titles: Vec<_> = good.map(|client| client.title.clone()).collect();
    assert_eq!(titles.len(), 11, "{titles:?}");
    for (number, title) in titles.iter().enumerate() {
        let config = broker.client(title);
        let topic = format!("way-{number}");
        Admin::connect(&config, None).unwrap().create(&NewTopic::new(&topic, 2)).unwrap();
        // Everything librdkafka can say of its security goes to the log, where no secret may be.
        let talkative = config.clone().with("debug", "security,broker,protocol,conf");
        let mut sink = Box::new(
            KafkaSink::open(&talkative.producer().unwrap(), &[&topic], KafkaOptions::default())
                .unwrap(),
        );
        let records = batch(0, 200, 7);
        sink.write(&records, 0..200).unwrap();
        assert_eq!(sink.finish().unwrap().acknowledged, 200, "{title}");
        assert_whole(&config, &topic, 200, 7);
    }
}

fn wrong_ways_are_told_apart(broker: &Broker) {
    let made = broker.certificates();
    let path = |path: &Path| path.display().to_string();
    let wrong_password = |title: &str| broker.client(title).with("sasl.password", "wr0ng-c4n4ry");
    let tls = |listener| {
        broker.at(listener).with("security.protocol", "SSL").with("ssl.ca.location", path(&made.ca))
    };
    let stranger = tls(Listener::MutualSsl)
        .with("ssl.certificate.location", path(&made.stranger.certificate))
        .with("ssl.key.location", path(&made.stranger.key));
    let unknown = broker.at(Listener::Ssl).with("security.protocol", "SSL");
    let cases = [
        (
            wrong_password("SASL_SSL with PLAIN"),
            "user name or password for PLAIN; check sasl.username and sasl.password",
        ),
        (wrong_password("SASL_SSL with SCRAM-SHA-256"), "user name or password for SCRAM-SHA-256"),
        (
            wrong_password("SASL_PLAINTEXT with SCRAM-SHA-512"),
            "user name or password for SCRAM-SHA-512",
        ),
        (unknown.clone(), "not among this system's authorities; set ssl.ca.location"),
        (
            unknown.with("ssl.ca.location", path(&made.stranger_ca)),
            "stranger-ca.pem; set ssl.ca.location",
        ),
        (tls(Listener::ExpiredSsl), "the broker's certificate expired on "),
        (tls(Listener::OtherNameSsl), "the broker's certificate is for elsewhere.example"),
        (tls(Listener::MutualSsl), "requires a client certificate; set ssl.certificate.location"),
        (stranger, "rejected the client certificate"),
        (broker.at(Listener::Ssl), "this listener uses TLS, but security.protocol is PLAINTEXT"),
        (tls(Listener::Plaintext), "this listener does not use TLS"),
        (
            broker.at(Listener::SaslPlaintext),
            "requires a user name and password; set security.protocol=SASL_PLAINTEXT",
        ),
        (
            broker.client("SASL_SSL with PLAIN").with("sasl.mechanisms", "SCRAM-SHA-1"),
            "does not support SCRAM-SHA-1",
        ),
    ];
    for (config, advice) in cases {
        // The producer and the asking client must both say it.
        let producer =
            KafkaSink::open(&config.producer().unwrap(), &["way-0"], KafkaOptions::default())
                .unwrap_err();
        let admin = Admin::connect(&config, None).unwrap_err();
        for text in [texts(&producer), texts(&admin)] {
            assert!(text.contains(advice), "{advice}: {text}");
            assert!(!text.contains("wr0ng-c4n4ry"), "{text}");
        }
    }
    let expired = tls(Listener::MutualSsl)
        .with("ssl.certificate.location", path(&made.expired.certificate))
        .with("ssl.key.location", path(&made.expired.key));
    assert!(expired.producer().unwrap_err().to_string().contains("the certificate expired on "));
    let loud = KafkaConfig { insecure_skip_tls_verification: true, ..tls(Listener::OtherNameSsl) };
    assert!(Admin::connect(&loud, None).is_ok(), "said loudly, a wrong certificate is taken");
}
