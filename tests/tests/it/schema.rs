//! `mercato schema`: what is printed is about the records that are generated.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use mercato_test_support::{Program, folder, json, read};
use serde_json::Value;

const FORMATS: [&str; 9] = [
    "json-schema",
    "avro",
    "protobuf",
    "arrow",
    "spark",
    "flink",
    "postgres",
    "clickhouse",
    "duckdb",
];

/// Every stream with its topics.
const STREAMS: [(&str, &[&str]); 5] = [
    ("sales", &["ecommerce-sales"]),
    ("orders", &["orders"]),
    ("transactions", &["transactions"]),
    ("events", &["user-events"]),
    (
        "shop",
        &[
            "user-events",
            "transactions",
            "product-updates",
            "fraud-alerts",
            "chargebacks",
            "analytics-results",
            "users",
        ],
    ),
];

fn schema(words: &str) -> Program {
    Program::new("mercato").words("schema").words(words)
}

fn printed(words: &str) -> String {
    String::from_utf8(schema(words).run().success()).unwrap()
}

#[test]
fn every_topic_has_a_schema_in_every_format() {
    for (stream, topics) in STREAMS {
        for format in FORMATS {
            let mut each = String::new();
            for topic in topics {
                let text = printed(&format!("--stream {stream} --topic {topic} --format {format}"));
                assert!(text.contains("Time of the") || text.contains("Time "), "{topic} {text}");
                each.push_str(&text);
            }
            let all = schema(&format!("--stream {stream} --format {format}")).run();
            if topics.len() > 1 && ["json-schema", "avro"].contains(&format) {
                all.fails_with(2, &[format, "--topic", "user-events", "analytics-results"]);
            } else {
                let all = String::from_utf8(all.success()).unwrap();
                let lines = |text: &str| text.lines().filter(|line| !line.is_empty()).count();
                assert!(lines(&all) <= lines(&each) && lines(&all) * 2 > lines(&each), "{format}");
            }
        }
    }
}

/// Checks that an object has the properties of its schema in their order, each of a type that it
/// may have.
fn conforms(schema: &Value, value: &Value, path: &str) {
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => vec![one.as_str().unwrap()],
    };
    let of = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(types.contains(&of), "{path}: {value} is none of {types:?}");
    if let (Some(properties), Some(members)) = (schema["properties"].as_object(), value.as_object())
    {
        let names: Vec<_> = properties.keys().collect();
        assert_eq!(names, members.keys().collect::<Vec<_>>(), "{path}");
        let required: Vec<_> = schema["required"].as_array().unwrap().iter().collect();
        assert_eq!(required, names, "{path}");
        assert_eq!(schema["additionalProperties"], false, "{path}");
        for (name, value) in members {
            conforms(&properties[name], value, &format!("{path}.{name}"));
        }
    } else if let Some(members) = value.as_object() {
        members.values().for_each(|value| conforms(&schema["additionalProperties"], value, path));
    }
    for item in value.as_array().into_iter().flatten() {
        conforms(&schema["items"], item, path);
    }
}

const FIXED: &str = "-q --seed 42 --start 2025-11-09T15:55:40Z --clock fast";

/// The first records of a stream with a program of its own.
fn first(stream: &str) -> Vec<u8> {
    let program = match stream {
        "events" => "event-gen",
        "transactions" => "txn-gen",
        _ => "order-gen",
    };
    let of = if program == "order-gen" { format!("--stream {stream}") } else { String::new() };
    Program::new(program).words("--count 300").words(&of).words(FIXED).run().success()
}

#[test]
fn records_have_the_fields_of_their_json_schema() {
    let folder = folder();
    let config = folder.path().join("shop.toml");
    let chargebacks = "[shop.fraud]\nrate = 0.1\n[shop.fraud.chargebacks]\nshare = 1.0\nearliest = '1s'\ndelay = '1s'\n";
    fs::write(&config, chargebacks).unwrap();
    Program::new("mercato")
        .words("stream --duration 1 -o shop/ --config shop.toml")
        .words(FIXED)
        .in_folder(folder.path())
        .run()
        .success();
    for (stream, topics) in STREAMS {
        for topic in topics {
            let path = folder.path().join(format!("shop/{topic}.ndjson"));
            let records = if stream == "shop" { read(&path) } else { first(stream) };
            let schema =
                printed(&format!("--stream {stream} --topic {topic} --format json-schema"));
            let schema: Value = serde_json::from_str(&schema).unwrap();
            let lines = String::from_utf8(records).unwrap();
            assert!(lines.lines().count() >= 20, "{stream} {topic}");
            for line in lines.lines().take(2_000) {
                conforms(&schema, &serde_json::from_str(line).unwrap(), topic);
            }
        }
    }
}

#[test]
fn a_configuration_changes_fields_and_topics() {
    let folder = folder();
    let path = folder.path().join("own.toml");
    let text =
        "[shop]\nevents_topic = 'clicks'\n[[events.metadata]]\nname = 'a b'\ninteger = [1, 2]\n";
    fs::write(&path, text).unwrap();
    let of = |words: &str| schema(words).arg("--config").arg(&path).run();
    let table = String::from_utf8(of("--stream events --format flink").success()).unwrap();
    assert!(
        table.contains("`a b` BIGINT NOT NULL 'Configured field of the metadata.'>"),
        "{table}"
    );
    assert!(!printed("--stream events --format flink").contains("a b"));
    let table = String::from_utf8(of("--stream shop --topic clicks --format duckdb").success());
    assert!(table.unwrap().contains("CREATE TABLE \"clicks\""));
    of("--stream shop --topic user-events --format duckdb").fails_with(2, &["clicks"]);
    fs::write(&path, "[[events.metadata]]\nname = 'a'\ninteger = [2, 1]\n").unwrap();
    of("--stream events --format avro").fails_with(3, &["own.toml", "events.metadata[0].integer"]);
}

#[test]
fn names_are_read_with_hyphens_and_underscores_and_others_lead_to_the_nearest() {
    let plain = printed("--stream shop --topic fraud-alerts --format json-schema");
    assert_eq!(plain, printed("--stream shop --topic fraud_alerts --format JSON_SCHEMA"));
    assert_eq!(
        printed("--stream sales --format postgres"),
        printed("--stream sales --topic ecommerce_sales --format postgresql")
    );
    for (words, hints) in [
        ("--stream shop --topic fraud-alert --format avro", ["did you mean `fraud-alerts`?", ""]),
        (
            "--stream sales --topic orders --format avro",
            ["unknown topic `orders`", "ecommerce-sales"],
        ),
        ("--stream sails --format avro", ["similar value", "sales"]),
        ("--stream sales --format postgre", ["similar value", "postgres"]),
        ("--stream sales", ["--format", ""]),
        ("--format avro", ["--stream", ""]),
    ] {
        schema(words).run().fails_with(2, &hints);
    }
}

#[test]
fn a_file_is_written_and_not_overwritten_by_accident() {
    let folder = folder();
    let to = |words: &str| {
        schema("--stream orders --format avro -o order.avsc").words(words).in_folder(folder.path())
    };
    assert!(to("").run().success().is_empty());
    let path = folder.path().join("order.avsc");
    assert_eq!(json(&path)["name"], "Order");
    to("").run().fails_with(8, &["order.avsc", "--force"]);
    fs::write(&path, "old").unwrap();
    to("--force").run().success();
    assert_eq!(String::from_utf8(read(&path)).unwrap(), printed("--stream orders --format avro"));
}
