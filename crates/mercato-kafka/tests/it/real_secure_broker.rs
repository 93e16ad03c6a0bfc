//! Every way into a secured broker, and every way that must stay shut, against a real Apache Kafka.
//!
//! Run with `cargo test -p mercato-kafka --test it -- --ignored real_secure`.
//! Needs what `real_broker` needs; without it the test says `SKIPPED` and why, on the terminal
//! itself.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use crate::common::{assert_whole, batch, open};
use mercato_broker::{Certificates, Listener, Security};
use mercato_kafka::{Admin, KafkaConfig, NewTopic};
use mercato_sinks::Sink;
use mercato_test_support::broker::Broker;
use tracing::field::{Field, Visit};
use tracing::span;

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
    let security = Security { tls: true, sasl: true, faulty_tls: true };
    let Some(broker) = Broker::fresh(|options| options.security = security) else { return };
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
        let mut sink = open(&talkative, &topic).unwrap();
        let records = batch(0, 200, 7);
        sink.write(&records, 0..200).unwrap();
        assert_eq!(sink.finish().unwrap().acknowledged, 200, "{title}");
        assert_whole(&config, &topic, 200, 7);
    }
}

fn wrong_ways_are_told_apart(broker: &Broker) {
    let made = Certificates::in_folder(&broker.options.state_dir.join("certificates"));
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
        let producer = open(&config, "way-0").unwrap_err();
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
