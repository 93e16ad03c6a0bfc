//! `--key` and `--timestamp-format`: records with another key, and with instants in another form.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use mercato_schema::Timestamp;
use mercato_test_support::{Ended, Program, folder};
use serde_json::Value;

const FIXED: &str = "-q --seed 42 --start 2025-11-09T15:55:40Z --clock fast";

fn run(command: &str) -> Ended {
    let (program, words) = command.split_once(' ').unwrap();
    Program::new(program).words(words).words(FIXED).run()
}

fn records(command: &str) -> Vec<Value> {
    let text = String::from_utf8(run(command).success()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Replaces every instant below `value` by microseconds.
fn as_micros(value: &mut Value, unit: i64) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            if name.contains("timestamp") || name.starts_with("window_") {
                let micros = match &*value {
                    Value::String(text) => text.parse::<Timestamp>().unwrap().micros(),
                    digits => digits.as_i64().unwrap() * unit,
                };
                *value = micros.into();
            } else {
                as_micros(value, unit);
            }
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| as_micros(item, unit)),
        _ => {}
    }
}

#[test]
fn instants_are_the_same_in_every_form() {
    for command in [
        "order-gen --count 300",
        "order-gen --stream orders --count 300",
        "txn-gen --count 300",
        "event-gen --count 300",
        "mercato stream --duration 0.1",
    ] {
        // A number of milliseconds has no microseconds in any form.
        let own_unit = if command.contains("orders") { 1_000 } else { 1 };
        let mut own = records(command);
        own.iter_mut().for_each(|record| as_micros(record, own_unit));
        for (form, unit) in [("iso", 1), ("epoch-ms", 1_000), ("epoch-us", 1)] {
            let mut found = records(&format!("{command} --timestamp-format {form}"));
            let is_digits = found[0].to_string().contains("\"2025-11-09T");
            assert_eq!(is_digits, form == "iso", "{command} {form}: {}", found[0]);
            found.iter_mut().for_each(|record| as_micros(record, unit));
            // Of orders, milliseconds became microseconds; of sales, microseconds are cut.
            let cut = form == "epoch-ms" && command == "order-gen --count 300";
            if own_unit == 1_000 && form != "iso" {
                assert!(found.iter().zip(&own).all(|(found, own)| {
                    found["timestamp"].as_i64().unwrap() / 1_000
                        == own["timestamp"].as_i64().unwrap() / 1_000
                }));
            } else if cut {
                assert!(found.iter().zip(&own).all(|(found, own)| {
                    found["timestamp"].as_i64().unwrap()
                        == own["timestamp"].as_i64().unwrap() / 1_000 * 1_000
                }));
            } else if form != "epoch-us" {
                assert_eq!(found, own, "{command} {form}");
            }
            assert_eq!(found.len(), own.len());
        }
    }
}

#[test]
fn csv_has_the_digits_of_json() {
    let json = records("order-gen --count 50 --timestamp-format epoch-us");
    let csv = run("order-gen --count 50 --timestamp-format epoch-us --format csv").success();
    let csv = String::from_utf8(csv).unwrap();
    for (line, record) in csv.lines().skip(1).zip(&json) {
        assert_eq!(line.split(',').nth(1).unwrap(), record["timestamp"].to_string());
    }
    assert_eq!(csv.lines().count(), json.len() + 1);
}

#[test]
fn a_key_is_any_field_of_every_topic() {
    let keyed = |command: &str| -> Vec<(Value, Value)> {
        let of = |mut record: Value| (record["key"].take(), record["value"].take());
        records(command).into_iter().map(of).collect()
    };
    let stream = "mercato stream --duration 0.05 --topics user-events,transactions";
    let all = keyed(&format!("{stream} --key user_id"));
    assert!(all.len() > 100);
    assert!(all.iter().all(|(key, value)| *key == value["user_id"] && key.is_string()));
    for (key, value) in keyed(&format!("{stream} --key device_info.device_type")) {
        assert_eq!(key, value["device_info"]["device_type"]);
    }
    assert!(keyed(&format!("{stream} --key none")).iter().all(|(key, _)| key.is_null()));
    let own = keyed(stream);
    let without_keys =
        |of: &[(Value, Value)]| of.iter().map(|(_, v)| v.clone()).collect::<Vec<_>>();
    assert_eq!(without_keys(&own), without_keys(&all), "a key changes no record");
    // A number, and what is null now and then.
    let events = "mercato stream --duration 0.05 --topics user-events,product-updates";
    let nullable = keyed(&format!("{events} --key product_id"));
    assert!(nullable.iter().any(|(key, value)| key.is_null() && value["product_id"].is_null()));
    assert!(nullable.iter().all(|(key, value)| *key == value["product_id"]));
}

#[test]
fn a_key_that_a_topic_lacks_is_refused_before_anything_is_written() {
    let folder = folder();
    for (command, parts) in [
        ("order-gen --key order-id", ["\"ecommerce-sales\"", "did you mean `order_id`?"]),
        ("order-gen --key shipping_address", ["shipping_address", "shipping_address.city"]),
        ("mercato stream --key session_id", ["\"transactions\"", "`none`"]),
        ("mercato generate --type transactions --key products", ["products", "known here"]),
    ] {
        let (program, words) = command.split_once(' ').unwrap();
        let path = folder.path().join("out.ndjson");
        let ended = Program::new(program).words(words).words(FIXED).arg("-o").arg(&path).run();
        ended.fails_with(2, &parts);
        assert!(!path.exists(), "{command}");
    }
    run("order-gen --timestamp-format unix").fails_with(2, &["epoch-ms", "epoch-us", "iso"]);
}

#[test]
fn verify_expects_the_shape_that_the_summary_records() {
    let folder = folder();
    let in_folder = |command: &str| {
        let (program, words) = command.split_once(' ').unwrap();
        Program::new(program).words(words).in_folder(folder.path())
    };
    let shape = "--key customer_id --timestamp-format epoch-ms";
    in_folder(&format!("order-gen --count 200 {shape} {FIXED} -o a.ndjson --summary-json a.json"))
        .run()
        .success();
    let verified = in_folder("mercato verify sales a.ndjson --run a.json").run().success();
    assert!(String::from_utf8(verified).unwrap().contains("no difference"));
    let plain = format!("mercato verify sales a.ndjson --count 200 {FIXED}");
    in_folder(&plain).run().fails_with(6, &[]);
    in_folder(&format!("{plain} {shape}")).run().success();
    let path = folder.path().join("a.ndjson");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"timestamp\":17", "\"timestamp\":18", 1)).unwrap();
    in_folder("mercato verify sales a.ndjson --run a.json").run().fails_with(6, &[]);
    let summary = fs::read_to_string(folder.path().join("a.json")).unwrap();
    assert!(summary.contains("--timestamp-format epoch-ms"), "the command repeats the shape");
}

#[test]
fn rules_say_that_they_read_instants_as_text() {
    let folder = folder();
    let path = folder.path().join("user-events.ndjson");
    let command = "mercato generate --type user-events --count 20 --timestamp-format epoch-ms";
    fs::write(&path, run(command).success()).unwrap();
    let ended = Program::new("mercato").words("verify --rules").arg(&path).run();
    assert_eq!(ended.code, Some(6));
    let report = String::from_utf8(ended.stdout).unwrap();
    assert!(report.contains("rules read instants as text only"), "{report}");
}

#[test]
fn schemas_describe_the_shape() {
    let schema = |words: &str| {
        let words = format!("schema --stream sales {words}");
        String::from_utf8(Program::new("mercato").words(&words).run().success()).unwrap()
    };
    let table = schema("--format flink --timestamp-format epoch-us --key status");
    assert!(table.contains("`event_time` AS TO_TIMESTAMP_LTZ(`timestamp` / 1000, 3)"), "{table}");
    assert!(table.contains("Kafka key: status."), "{table}");
    let schema = schema("--format json-schema --key none --timestamp-format epoch-ms");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["properties"]["timestamp"]["type"], "integer");
    assert!(!schema["description"].as_str().unwrap().contains("key"));
}

#[test]
fn binary_formats_have_keys_and_times_of_their_own() {
    for format in ["avro", "protobuf"] {
        for (shape, option) in
            [("--key none", "--key"), ("--timestamp-format epoch-us", "--timestamp-format")]
        {
            run(&format!("order-gen --count 3 --format {format} {shape}"))
                .fails_with(2, &["cannot be written", &format!("omit {option}")]);
        }
    }
}

#[test]
fn only_the_chosen_topic_needs_the_key_of_a_schema() {
    let schema = |words: &str| Program::new("mercato").words("schema --stream shop").words(words);
    let words = "--format protobuf --key user_id";
    schema(words).run().fails_with(2, &["have no field `user_id`"]);
    let one = schema("--topic users").words(words).run().lines();
    assert!(one.iter().any(|line| line.contains("Kafka key: user_id")), "{one:?}");
}

#[test]
fn a_password_in_an_address_is_not_repeated() {
    for address in ["user:hidden@localhost:8081", "http://user:hidden@localhost:8081"] {
        let ended =
            run(&format!("order-gen --format avro -b localhost:1 --schema-registry {address}"));
        assert!(ended.code == Some(2) && !ended.stderr.contains("hidden"), "{}", ended.stderr);
    }
}
