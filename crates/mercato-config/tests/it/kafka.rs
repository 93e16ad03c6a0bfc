//! Kafka's settings: nobody is contacted unasked, and no secret goes over the command line.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common::{World, cli, message, refused};
use mercato_config::{ConfigError, KafkaSettings, RecordTime};

fn kafka(world: &World, flags: &[&str]) -> Result<Option<KafkaSettings>, ConfigError> {
    KafkaSettings::resolve(&cli(flags).kafka, &world.layers()?)
}

#[test]
fn without_a_flag_or_a_variable_no_broker_is_contacted() {
    let file = World::of_file("a.toml", "[kafka]\nbootstrap_servers = \"file:1\"\ntopic = \"t\"\n");
    assert!(kafka(&World::default(), &[]).unwrap().is_none());
    assert!(kafka(&World::default(), &["-t", "sales"]).unwrap().is_none());
    assert!(kafka(&file, &[]).unwrap().is_none());
}

#[test]
fn an_address_comes_from_the_strongest_layer() {
    let file =
        "[kafka]\nbootstrap_servers = \"file:1\"\ntopic = \"t\"\nrecord_timestamp = \"wall\"\n";
    let all = World {
        variables: vec![("KAFKA_BOOTSTRAP_SERVERS", "environment:1")],
        dotenv: "KAFKA_BOOTSTRAP_SERVERS=dotenv:1\nKAFKA_TOPIC=dotenv",
        files: vec![("a.toml", file)],
        ..World::default()
    };
    let settings = kafka(&all, &["--bootstrap-server", "flag:1,flag:2"]).unwrap().unwrap();
    assert_eq!(settings.connection.brokers.value.as_str(), "flag:1,flag:2");
    assert_eq!(settings.record_timestamp.value, RecordTime::Wall);
    let settings = kafka(&all, &[]).unwrap().unwrap();
    assert_eq!(settings.connection.brokers.value.as_str(), "environment:1");
    assert_eq!(settings.topic.unwrap().value.as_str(), "dotenv");
    let settings = kafka(&World::of_file("a.toml", file), &["--kafka"]).unwrap().unwrap();
    assert_eq!(
        (settings.connection.brokers.value.as_str(), settings.topic.unwrap().value.as_str()),
        ("file:1", "t")
    );
    let settings = kafka(&World::default(), &["--kafka"]).unwrap().unwrap();
    assert_eq!(settings.connection.brokers.value.as_str(), "localhost:9092");
    assert_eq!(settings.record_timestamp.value, RecordTime::Event);
}

#[test]
fn a_programs_own_topic_variable_comes_before_the_shared_one() {
    let topic = |world: &World, flags: &[&str]| {
        let topic = kafka(world, flags).unwrap().unwrap().topic.unwrap();
        (topic.value.to_string(), topic.origin.to_string())
    };
    let mut world = World {
        variables: vec![("KAFKA_TOPIC", "shared")],
        dotenv: "SHOP_GEN_TOPIC=own",
        ..World::default()
    };
    assert_eq!(topic(&world, &["--kafka"]), ("own".into(), "SHOP_GEN_TOPIC in .env:1".into()));
    assert_eq!(topic(&world, &["--kafka", "-t", "flag"]).0, "flag");
    world.dotenv = "OTHER_GEN_TOPIC=others";
    assert_eq!(topic(&world, &["--kafka"]).0, "shared", "another program's variable is not ours");
}

#[test]
fn properties_are_applied_from_the_weakest_layer_to_the_strongest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client.properties");
    std::fs::write(&path, "linger.ms=2\nsasl.password=hunter2\n").unwrap();
    let world = World {
        variables: vec![("KAFKA_PROPERTY_LINGER_MS", "3")],
        dotenv: "KAFKA_PROPERTY_SASL_USERNAME=me",
        files: vec![("a.toml", "[kafka.properties]\nlinger.ms = 1\n\"acks\" = \"all\"\n")],
        ..World::default()
    };
    let flags = [
        "--kafka",
        "--command-config",
        path.to_str().unwrap(),
        "-X",
        "linger.ms=4",
        "--producer-property",
        "acks=1",
    ];
    let settings = kafka(&world, &flags).unwrap().unwrap();
    let properties = settings.connection.properties.iter();
    let pairs: Vec<_> =
        properties.map(|property| (property.name.as_str(), property.value.as_str())).collect();
    let expected = [
        ("acks", "all"),
        ("linger.ms", "1"),
        ("linger.ms", "2"),
        ("sasl.password", "hunter2"),
        ("linger.ms", "3"),
        ("sasl.username", "me"),
        ("linger.ms", "4"),
        ("acks", "1"),
    ];
    assert_eq!(pairs, expected);
    assert!(!format!("{settings:?}").contains("hunter2"));
}

#[test]
fn a_secret_on_the_command_line_is_refused_without_repeating_it() {
    for flag in ["-X", "--command-property", "--producer-property"] {
        for name in [
            "sasl.password",
            "sasl.username",
            "ssl.key.password",
            "sasl.jaas.config",
            "SASL.PASSWORD",
        ] {
            let message = refused(&[flag, &format!("{name}=hunter2")]);
            assert!(!message.contains("hunter2"), "{message}");
            for part in [name, "--command-config FILE", "environment variable KAFKA_PROPERTY_S"] {
                assert!(message.contains(part), "{message}");
            }
        }
    }
    let message = refused(&["-X", "sasl.password:hunter2"]);
    assert!(!message.contains("hunter2") && message.contains("NAME=VALUE"), "{message}");
}

#[test]
fn wrong_addresses_topics_and_files_are_named() {
    for (flags, named) in [
        (["-b", "localhost:99999"], ["--bootstrap-servers: ", "'localhost:99999'", "1 to 65535"]),
        (["-t", "a b"], ["--topic: ", "'a b'", "249"]),
        (["--record-timestamp", "now"], ["--record-timestamp <WHICH>", "'now'", "event, wall"]),
    ] {
        let message = refused(&flags);
        assert!(named.iter().all(|part| message.contains(part)), "{message}");
    }
    let world = World::of_variables(&[("KAFKA_BOOTSTRAP_SERVERS", "a:b:c")]);
    let error = message(&kafka(&world, &[]).unwrap_err());
    assert!(
        error.starts_with(
            "KAFKA_BOOTSTRAP_SERVERS in the environment: invalid list of brokers 'a:b:c'"
        ),
        "{error}"
    );
    let missing = kafka(&World::default(), &["--kafka", "--command-config", "nowhere.properties"])
        .unwrap_err();
    assert_eq!(message(&missing), "cannot read configuration file nowhere.properties");
}
