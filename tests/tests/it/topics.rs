//! Topics from the environment and from files: no stream is sent into another's topic by accident.

use std::fs;

use mercato_test_support::{Program, folder};

#[test]
fn a_topic_of_another_stream_is_refused_before_a_broker_is_contacted() {
    for (command, topic, stream, own, variable) in [
        ("order-gen --kafka", "user-events", "events", "ecommerce-sales", "ORDER_GEN_TOPIC"),
        (
            "order-gen --kafka --stream orders",
            "ecommerce-sales",
            "sales",
            "orders",
            "ORDER_GEN_TOPIC",
        ),
        ("txn-gen --kafka", "orders", "orders", "transactions", "TXN_GEN_TOPIC"),
        ("event-gen --kafka", "transactions", "transactions", "user-events", "EVENT_GEN_TOPIC"),
        (
            "mercato generate --kafka --type transactions",
            "user-events",
            "events",
            "transactions",
            "MERCATO_TOPIC",
        ),
        (
            "mercato stream --kafka --topics user-events",
            "chargebacks",
            "shop",
            "user-events",
            "MERCATO_TOPIC",
        ),
    ] {
        let (program, flags) = command.split_once(' ').unwrap_or((command, ""));
        let place = folder();
        fs::write(place.path().join(".env"), format!("# as documented\nKAFKA_TOPIC={topic}\n"))
            .unwrap();
        let ended = Program::new(program).words(flags).in_folder(place.path()).run();
        assert_eq!(ended.code, Some(2), "{command}: {}", ended.stderr);
        let message = format!(
            "KAFKA_TOPIC in .env:2: '{topic}' is the default topic of the stream {stream}, but this \
             run sends the records of '{own}'"
        );
        assert!(ended.stderr.contains(&message), "{command}: {}", ended.stderr);
        assert!(
            ended.stderr.contains(variable) && !ended.stderr.contains("onnecting"),
            "{}",
            ended.stderr
        );
        let file = place.path().join("shop.toml");
        fs::write(&file, format!("[kafka]\ntopic = \"{topic}\"\n")).unwrap();
        let ended = Program::new(program).words(flags).arg("--config").arg(&file).run();
        assert_eq!(ended.code, Some(3), "{command}: {}", ended.stderr);
        assert!(ended.stderr.contains("shop.toml:2: kafka.topic"), "{}", ended.stderr);
    }
}

#[test]
fn ones_own_topic_another_name_and_the_flag_are_accepted() {
    // Nobody listens at this address, so a run that is allowed fails to connect.
    for (topic, flags) in
        [("ecommerce-sales", ""), ("my-topic", ""), ("user-events", "-t user-events")]
    {
        let ended = Program::new("order-gen")
            .words("-b localhost:1 --count 1 --clock fast")
            .words(flags)
            .env("KAFKA_TOPIC", topic)
            .run();
        assert_eq!(ended.code, Some(4), "{topic} {flags}: {}", ended.stderr);
    }
    let scoped = Program::new("order-gen")
        .words("-b localhost:1 --count 1 --clock fast")
        .env("KAFKA_TOPIC", "user-events")
        .env("ORDER_GEN_TOPIC", "my-orders")
        .run();
    assert_eq!(scoped.code, Some(4), "{}", scoped.stderr);
}

#[test]
fn a_topic_in_the_section_of_a_stream_is_not_another_streams_either() {
    let place = folder();
    for (program, section, topic, code) in [
        ("order-gen", "sales", "orders", 3),
        ("event-gen", "events", "transactions", 3),
        ("order-gen", "sales", "ecommerce-sales", 4),
        ("order-gen", "sales", "my-orders", 4),
    ] {
        let file = place.path().join("own.toml");
        fs::write(&file, format!("[{section}]\ntopic = \"{topic}\"\n")).unwrap();
        let ended = Program::new(program)
            .words("-b localhost:1 --count 1 --clock fast --config")
            .arg(&file)
            .run();
        assert_eq!(ended.code, Some(code), "{topic}: {}", ended.stderr);
        let place = format!("own.toml:2: {section}.topic: '{topic}' is the default topic");
        assert_eq!(ended.stderr.contains(&place), code == 3, "{}", ended.stderr);
    }
}
