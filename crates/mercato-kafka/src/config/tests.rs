use super::*;

fn refusal(name: &str, value: &str) -> String {
    KafkaConfig::new("localhost:1").with(name, value).producer().expect_err("refused").to_string()
}

#[test]
fn defaults_lose_nothing_and_bound_memory() {
    let config = KafkaConfig::new("localhost:1").producer().unwrap();
    let value = |name: &str| config.property(name).unwrap().into_owned();
    assert_eq!(value("acks"), "all");
    assert_eq!(value("enable.idempotence"), "true");
    assert_eq!(value("message.timeout.ms"), "0");
    assert_eq!(value("queue.buffering.max.kbytes"), "65536");
    assert_eq!(value("queue.buffering.max.messages"), "262144");
    assert!(config.warnings().is_empty());
}

#[test]
fn what_the_user_sets_wins_under_any_of_its_names() {
    let aliases = [
        ("queue.buffering.max.ms", "50", "linger.ms", "50"),
        ("linger.ms", "50", "linger.ms", "50"),
        ("delivery.timeout.ms", "9000", "message.timeout.ms", "9000"),
        ("buffer.memory", "1025", "queue.buffering.max.kbytes", "2"),
        ("compression.codec", "lz4", "compression.type", "lz4"),
        ("send.buffer.bytes", "-1", "socket.send.buffer.bytes", "0"),
    ];
    for (name, value, known, expected) in aliases {
        let config = KafkaConfig::new("localhost:1").with(name, value).producer().unwrap();
        assert_eq!(config.property(known).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn the_founding_documents_settings_stay_reachable() {
    let config = KafkaConfig::new("localhost:1").with("acks", "1").with("retries", "3").producer().unwrap();
    assert_eq!(config.property("enable.idempotence").as_deref(), Some("false"));
    assert_eq!(config.warnings().len(), 2);
}

#[test]
fn a_refused_property_is_named_with_librdkafkas_reason() {
    assert_eq!(
        refusal("linger.mss", "5"),
        "property linger.mss=5 is refused: No such configuration property: \"linger.mss\""
    );
    assert!(refusal("linger.ms", "-7").contains("outside allowed range 0..900000"));
    assert!(refusal("ssl.truststore.location", "x.jks").contains("set ssl.ca.location"));
    assert!(refusal("max.block.ms", "1").contains("holds the generator back"));
    assert!(refusal("delivery.report.only.error", "true").contains("every delivery report is counted"));
}

#[test]
fn properties_that_contradict_each_other_are_refused_before_anything_connects() {
    let config = KafkaConfig::new("localhost:1").with("enable.idempotence", "true").with("acks", "1");
    let refused = config.producer().expect_err("refused").to_string();
    assert!(refused.contains("do not work together") && refused.contains("acks"), "{refused}");
    let missing = KafkaConfig::new("localhost:1").with("security.protocol", "ssl").with("ssl.ca.location", "/no/such");
    assert!(missing.producer().expect_err("refused").to_string().contains("ssl.ca.location"));
}

#[test]
fn a_secret_occurs_in_no_text() {
    let canary = "c4n4ry";
    for name in SENSITIVE {
        let config = KafkaConfig::new("localhost:1").with(name, canary).with("acks", "nonsense");
        let texts = [format!("{config:?}"), format!("{:?}", config.producer()), format!("{:?}", config.client().err())];
        assert!(texts.iter().all(|text| !text.contains(canary)), "{name}: {texts:?}");
        if let Err(error) = KafkaConfig::new("localhost:1").with(name, canary).producer() {
            assert!(!format!("{error} {error:?}").contains(canary), "{name}: {error}");
        }
    }
    assert!(is_sensitive("my.client.secret"));
}

#[test]
fn the_flag_beats_the_property_and_no_address_is_an_error() {
    let listed = KafkaConfig::new("").with("metadata.broker.list", "a:1").with("bootstrap.servers", "b:2");
    assert_eq!(listed.address().unwrap(), "b:2");
    assert_eq!(KafkaConfig { bootstrap_servers: "c:3".into(), ..listed }.address().unwrap(), "c:3");
    assert!(matches!(KafkaConfig::new(" ").producer(), Err(ConfigError::NoAddress)));
}
