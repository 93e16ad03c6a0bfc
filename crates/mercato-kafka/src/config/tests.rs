use mercato_units::secret::{REDACTED, SENSITIVE, is_sensitive};

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
        // Would drop records in an outage.
        ("delivery.timeout.ms", "9000", "message.timeout.ms", "0"),
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
    let config =
        KafkaConfig::new("localhost:1").with("acks", "1").with("retries", "3").producer().unwrap();
    assert_eq!(config.property("enable.idempotence").as_deref(), Some("false"));
    assert_eq!(config.warnings().len(), 2);
}

#[test]
fn a_refused_property_is_named_with_librdkafkas_reason() {
    assert_eq!(
        refusal("linger.mss", "5"),
        "invalid property linger.mss=[redacted]: No such configuration property: \"linger.mss\""
    );
    assert!(refusal("linger.ms", "-7").contains("outside allowed range 0..900000"));
    assert!(
        refusal("ssl.truststore.location", "x.jks")
            .contains("keytool -list -rfc -keystore x.jks > ca.pem")
    );
    assert!(refusal("max.block.ms", "1").contains("blocks the generator"));
    assert!(
        refusal("delivery.report.only.error", "true").contains("every delivery report is counted")
    );
}

#[test]
fn properties_of_other_tools_are_left_out_with_one_warning() {
    let config = KafkaConfig::new("localhost:1")
        .with("schema.registry.url", "https://registry.invalid")
        .with("basic.auth.user.info", "key:hunter2")
        .with("key.serializer", "org.apache.kafka.common.serialization.StringSerializer")
        .with("value.converter.schemas.enable", "false")
        .with("interceptor.classes", "io.example.Monitoring")
        .with("client.dns.lookup", "use_all_dns_ips");
    let warnings = config.producer().unwrap().warnings().to_vec();
    assert_eq!(
        warnings,
        [
            "ignored properties of other tools: schema.registry.url, basic.auth.user.info, key.serializer, \
          value.converter.schemas.enable, interceptor.classes"
        ]
    );
    assert!(config.client().is_ok());
}

#[test]
fn all_properties_that_are_refused_are_named_at_once() {
    let refused = KafkaConfig::new("localhost:1")
        .with("linger.mss", "hunter2")
        .with("acks", "many")
        .with("max.block.ms", "1")
        .producer()
        .expect_err("refused")
        .to_string();
    for name in ["3 invalid Kafka properties", "linger.mss", "acks", "max.block.ms"] {
        assert!(refused.contains(name), "{refused}");
    }
    assert!(!refused.contains("hunter2"), "{refused}");
}

#[test]
fn names_are_known_to_librdkafka_or_to_java() {
    for name in ["linger.ms", "sasl.password", "buffer.memory", "ssl.ca.location"] {
        assert!(is_known(name), "{name}");
    }
    assert!(!is_known("sasl.passwrd") && !is_known(""));
}

#[test]
fn spaces_of_a_value_are_part_of_it() {
    let config = KafkaConfig::new("localhost:1").with("client.id", "orders ").producer().unwrap();
    assert_eq!(config.property("client.id").as_deref(), Some("orders "));
}

#[test]
fn what_c_code_must_not_get_is_refused() {
    let megabyte = "x".repeat(1024 * 1024);
    assert!(refusal("client.id", &megabyte).contains("at most 32767"));
    assert!(refusal("sasl.username", &megabyte).contains("at most 32767"));
    assert!(refusal("ssl.ca.pem", &"x".repeat(2 * 1024 * 1024)).contains("at most 1048576"));
    assert!(refusal("client.id", "a\0b").contains("NUL"));
    for property in
        ["plugin.library.paths", "ssl.engine.location", "ssl.engine.id", "ssl.providers"]
    {
        assert!(refusal(property, "/tmp/a.so").contains("loads code"), "{property}");
    }
    // A pipe never begins where nobody writes.
    assert!(refusal("ssl.crl.location", "/dev/null").contains("not a regular file"));
    for acks in ["7", "2", "-2", "many", ""] {
        assert!(refusal("acks", acks).contains("expected all, -1, 0 or 1"), "{acks}");
        assert!(refusal("request.required.acks", acks).contains("expected all"), "{acks}");
    }
    for acks in ["all", "-1", "0", "1"] {
        assert!(KafkaConfig::new("localhost:1").with("acks", acks).producer().is_ok(), "{acks}");
    }
}

#[test]
fn a_number_that_librdkafka_would_cut_is_refused() {
    for (name, value) in [
        ("linger.ms", "4294967297"),
        ("linger.ms", "99999999999999999999999999999999999999999999999999"),
        ("retries", "2147483648"),
        ("socket.timeout.ms", "0x10000ea60"),
        ("queue.buffering.max.messages", " 4294967396 "),
        ("statistics.interval.ms", "-4294967295"),
    ] {
        let refused = refusal(name, value);
        // Where librdkafka reads a double, it tells the range itself.
        let has_range = refused.contains("-2147483648 to 2147483647")
            || refused.contains("outside allowed range");
        assert!(has_range, "{name}={value}: {refused}");
    }
    for name in ["client.id", "sasl.username", "sasl.password"] {
        let config = KafkaConfig::new("localhost:1").with(name, "4294967297");
        assert!(config.producer().is_ok(), "{name}");
    }
}

#[test]
fn properties_that_contradict_each_other_are_refused_before_anything_connects() {
    let config =
        KafkaConfig::new("localhost:1").with("enable.idempotence", "true").with("acks", "1");
    let refused = config.producer().expect_err("refused").to_string();
    assert!(refused.contains("inconsistent") && refused.contains("acks"), "{refused}");
    let missing = KafkaConfig::new("localhost:1")
        .with("security.protocol", "ssl")
        .with("ssl.ca.location", "/no/such");
    assert!(missing.producer().expect_err("refused").to_string().contains("ssl.ca.location"));
}

#[test]
fn a_secret_occurs_in_no_text() {
    let canary = "c4n4ry";
    for name in SENSITIVE {
        let config = KafkaConfig::new("localhost:1").with(name, canary).with("acks", "nonsense");
        let texts = [
            format!("{config:?}"),
            format!("{:?}", config.producer()),
            format!("{:?}", config.client().err()),
        ];
        assert!(texts.iter().all(|text| !text.contains(canary)), "{name}: {texts:?}");
        if let Err(error) = KafkaConfig::new("localhost:1").with(name, canary).producer() {
            assert!(!format!("{error} {error:?}").contains(canary), "{name}: {error}");
        }
    }
    assert!(is_sensitive("my.client.secret"));
}

#[test]
fn the_flag_beats_the_property_and_no_address_is_an_error() {
    let listed =
        KafkaConfig::new("").with("metadata.broker.list", "a:1").with("bootstrap.servers", "b:2");
    assert_eq!(listed.address().unwrap(), "b:2");
    assert_eq!(KafkaConfig { bootstrap_servers: "c:3".into(), ..listed }.address().unwrap(), "c:3");
    assert!(matches!(KafkaConfig::new(" ").producer(), Err(ConfigError::NoAddress)));
}

#[test]
fn java_login_lines_and_pem_stores_become_librdkafkas_properties() {
    let folder = tempfile::tempdir().unwrap();
    let made = mercato_broker::Certificates::make(folder.path()).unwrap();
    let path = |path: &std::path::Path| path.display().to_string();
    let config = KafkaConfig::new("localhost:1")
        .with("security.protocol", "SASL_SSL")
        .with(
            "sasl.jaas.config",
            "a.b.PlainLoginModule required username=\"me\" password=\"c4n4ry\";",
        )
        .with("ssl.truststore.type", "PEM")
        .with("ssl.truststore.location", path(&made.ca))
        .with("ssl.truststore.password", "unused")
        .producer()
        .unwrap();
    assert_eq!(config.property("sasl.mechanisms").as_deref(), Some("PLAIN"));
    assert_eq!(config.property("ssl.ca.location").as_deref(), Some(&*path(&made.ca)));
    assert_eq!(config.client.get("sasl.password"), Some("c4n4ry"));
    assert_eq!(config.property("sasl.password").as_deref(), Some(REDACTED));
    assert!(
        refusal("sasl.jaas.config", "a.ScramLoginModule required username=\"a\" password=\"b\";")
            .contains("two mechanisms")
    );
    let jks = folder.path().join("trust.jks");
    std::fs::write(&jks, [0xfe, 0xed, 0xfe, 0xed, 0]).unwrap();
    let refused = refusal("ssl.truststore.location", &path(&jks));
    assert!(
        refused.contains("is a JKS trust store") && refused.contains("keytool -list -rfc"),
        "{refused}"
    );
    assert!(refusal("ssl.keystore.location", &path(&jks)).contains("keytool -importkeystore"));
}

#[test]
fn certificates_are_looked_at_before_anything_connects() {
    let folder = tempfile::tempdir().unwrap();
    let made = mercato_broker::Certificates::make(folder.path()).unwrap();
    let text = folder.path().join("text.pem");
    std::fs::write(&text, "no certificate").unwrap();
    let path = |path: &std::path::Path| path.display().to_string();
    let pair = |certificate: &std::path::Path, key: &std::path::Path| {
        let config = KafkaConfig::new("localhost:1").with("security.protocol", "SSL");
        let config =
            config.with("ssl.ca.location", path(&made.ca)).with("ssl.key.location", path(key));
        config.with("ssl.certificate.location", path(certificate)).producer()
    };
    assert!(pair(&made.client.certificate, &made.client.key).is_ok());
    let said = |certificate, key| pair(certificate, key).unwrap_err().to_string();
    for (message, expected) in [
        (said(&made.client.certificate, &made.stranger.key), "does not match ssl.key.location="),
        (said(&made.expired.certificate, &made.expired.key), "the certificate expired on "),
        (said(&text, &made.client.key), "has no readable PEM block"),
        (said(&made.client.certificate, &text), "use the PEM file of the client's private key"),
        (said(&made.client.certificate, &folder.path().join("none")), "none: no such file"),
        (refusal("ssl.ca.location", &path(&text)), "use a PEM file of the trusted authorities"),
        (refusal("ssl.certificate.location", &path(&made.ca)), "also set ssl.key.location"),
        (refusal("ssl.keystore.location", &path(&text)), "it is not a PKCS#12 store"),
    ] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn verification_is_switched_off_loudly_or_not_at_all() {
    for (name, value) in [
        ("enable.ssl.certificate.verification", "false"),
        ("ssl.endpoint.identification.algorithm", "none"),
        ("ssl.endpoint.identification.algorithm", ""),
    ] {
        assert!(
            refusal(name, value).contains("--insecure-skip-tls-verification"),
            "{name}={value}"
        );
    }
    let config = KafkaConfig::new("localhost:1").with("security.protocol", "SSL");
    let loud = KafkaConfig { insecure_skip_tls_verification: true, ..config }.producer().unwrap();
    assert_eq!(loud.property("enable.ssl.certificate.verification").as_deref(), Some("false"));
    assert!(
        loud.warnings().iter().any(|warning| warning.contains("verification is OFF")),
        "{:?}",
        loud.warnings()
    );
}

#[test]
fn pythons_names_are_answered_with_ours() {
    for (name, here) in
        [("security_protocol", "security.protocol"), ("ssl_cafile", "ssl.ca.location")]
    {
        assert!(refusal(name, "x").ends_with(&format!("use {here} instead")), "{name}");
    }
    assert!(!refusal("sasl_plain_password", "c4n4ry").contains("c4n4ry"));
}
