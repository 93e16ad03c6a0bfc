//! `--cdc`: changes of rows, the table that they make, and what there are none of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use mercato_test_support::{Ended, Program, folder};
use serde_json::Value;

const FIXED: &str = "-q --seed 42 --start 2025-11-09T00:00:00Z --clock fast";

/// Runs with a table: the command, its stream for `truth`, and the field that is the key.
const RUNS: [(&str, &str, &str); 2] = [
    ("order-gen --rate 5/s --duration 4m", "sales --rate 5/s --duration 4m", "order_id"),
    (
        "mercato stream --topics product-updates --duration 100",
        "shop --topic product-updates --duration 100",
        "product_id",
    ),
];

fn run(command: &str) -> Ended {
    let (program, words) = command.split_once(' ').unwrap();
    Program::new(program).words(words).words(FIXED).run()
}

/// The tables that a consumer of change events makes of lines, by key.
fn consumed(events: &[Value], key: &str) -> BTreeMap<String, Value> {
    let mut table = BTreeMap::new();
    for event in events {
        let row = if event["op"] == "d" { &event["before"] } else { &event["after"] };
        let id = row[key].as_str().unwrap().to_owned();
        let before = table.remove(&id).unwrap_or(Value::Null);
        assert_eq!(event["before"], before, "{id} goes on where it was");
        if event["op"] != "d" {
            table.insert(id, event["after"].clone());
        }
    }
    table
}

#[test]
fn events_make_the_table_that_truth_has() {
    for (command, stream, key) in RUNS {
        let events = run(&format!("{command} --cdc debezium")).records();
        let table = consumed(&events, key);
        let fixed = "--seed 42 --start 2025-11-09T00:00:00Z --table --stream";
        let truth = || Program::new("mercato").words("truth").words(fixed).words(stream);
        let rows = truth().run().records();
        assert!(rows.len() > 500 && events.len() > rows.len(), "{} rows", rows.len());
        assert!(rows == table.into_values().collect::<Vec<_>>(), "in the order of keys");
        let folder = folder();
        let path = folder.path().join("table.csv");
        truth().arg("-o").arg(&path).run().success();
        let csv = fs::read_to_string(path).unwrap();
        assert_eq!(csv.lines().count(), rows.len() + 1);
        let header = csv.lines().next().unwrap();
        assert!(header.split(',').any(|column| column == key), "{header}");
        let cells = [key, "price"].map(|name| {
            let at = header.split(',').position(|column| column == name).unwrap();
            csv.lines().nth(1).unwrap().split(',').nth(at).unwrap().to_owned()
        });
        let price = rows[0]["price"].to_string();
        assert_eq!(cells, [rows[0][key].as_str().unwrap().to_owned(), price]);
    }
}

#[test]
fn replaced_products_are_deleted_and_what_is_there_at_the_start_is_read() {
    let events = run(&format!("{} --cdc debezium", RUNS[1].0)).records();
    let of = |op: &str| events.iter().filter(|event| event["op"] == *op).count();
    assert_eq!(of("r"), 1_000, "every product once");
    assert!(of("d") > 100 && of("d") == of("c"), "{} deleted, {} launched", of("d"), of("c"));
    for pair in events.windows(2).filter(|pair| pair[0]["op"] == "d") {
        assert_eq!(pair[1]["after"]["replaces"], pair[0]["before"]["product_id"]);
    }
}

#[test]
fn upserts_of_orders_are_the_records_themselves() {
    let command = RUNS[0].0;
    let records = run(command).success();
    assert!(run(&format!("{command} --cdc upsert")).success() == records);
}

#[test]
fn a_run_warns_of_deletes_that_lines_cannot_show() {
    for (run, more, is_told) in [
        (RUNS[1].0, "--cdc upsert", true),
        (RUNS[1].0, "--cdc upsert -o null:", false),
        (RUNS[1].0, "--cdc debezium", false),
        (RUNS[0].0, "--cdc upsert", false),
    ] {
        let ended = self::run(&format!("{run} {more}"));
        let found = ended.stderr.contains("deletes are seen in Kafka only");
        assert_eq!(found, is_told, "{run} {more}: {}", ended.stderr);
    }
}

#[test]
fn verify_knows_the_changes_of_a_run() {
    let folder = folder();
    let verified = |file: &str| {
        let words = format!("verify shop {file} --run run.json");
        Program::new("mercato").words(&words).in_folder(folder.path()).run()
    };
    for form in ["debezium", "upsert"] {
        let words = RUNS[1].0.split_once(' ').unwrap().1;
        let program = Program::new("mercato").words(words).words(FIXED).in_folder(folder.path());
        let output = format!("--cdc {form} -o all.ndjson --summary-json run.json --force");
        program.words(&output).run().success();
        let report = String::from_utf8(verified("all.ndjson").success()).unwrap();
        assert!(report.contains("no difference"), "{report}");
        let text = fs::read_to_string(folder.path().join("all.ndjson")).unwrap();
        let altered = text.replacen("\"price\":1", "\"price\":2", 1);
        fs::write(folder.path().join("altered.ndjson"), altered).unwrap();
        verified("altered.ndjson").fails_with(6, &[]);
        let summary = fs::read_to_string(folder.path().join("run.json")).unwrap();
        assert!(summary.contains(&format!("--cdc {form}")), "the command repeats the form");
    }
}

#[test]
fn what_has_no_rows_and_what_would_spoil_them_is_refused_before_anything_is_written() {
    let folder = folder();
    let tables = "the table products of the topic product-updates";
    for (command, reason) in [
        ("order-gen --stream orders", tables),
        ("txn-gen", tables),
        ("event-gen", tables),
        ("mercato stream", tables),
        ("mercato stream --topics users,product-updates", tables),
        ("mercato generate --type transactions", tables),
        ("order-gen --format csv", "JSON only"),
        ("order-gen --format avro", "JSON only"),
        ("order-gen --format protobuf", "JSON only"),
        ("order-gen --format parquet", "JSON only"),
        ("order-gen --key status", "omit --key"),
        ("order-gen --key none", "omit --key"),
        ("order-gen --malformed 0.1", "omit --malformed"),
        ("order-gen --disorder drop=1%", "omit --malformed and --disorder"),
    ] {
        for form in ["debezium", "upsert"] {
            let path = folder.path().join("out/");
            let (program, words) = command.split_once(' ').unwrap_or((command, ""));
            let program =
                Program::new(program).words(words).words(FIXED).words("--cdc").words(form);
            program.arg("-o").arg(&path).run().fails_with(3, &["no change events", reason]);
            assert!(!path.exists(), "{command}");
        }
    }
    run("order-gen --cdc maxwell").fails_with(2, &["debezium", "upsert"]);
    let truth = |words: &str| Program::new("mercato").words("truth").words(words).run();
    let fixed = "--seed 1 --start 2025-11-09T00:00:00Z --duration 1h";
    truth(&format!("--stream orders --table {fixed}")).fails_with(3, &["no change events"]);
    truth(&format!("--stream shop --topic users --table {fixed}")).fails_with(3, &["product-up"]);
    truth(&format!("--stream sales {fixed}")).fails_with(2, &["--window"]);
    truth(&format!("--stream sales --table --window 1m {fixed}")).fails_with(2, &["--table"]);
}

/// Returns true if the objects in a value have the members that a JSON Schema requires, in order.
fn is_described(value: &Value, schema: &Value) -> bool {
    let Value::Object(members) = value else {
        let kind = if value.is_null() { "null" } else { "object" };
        return schema["type"] != "object" && (!value.is_null() || schema["type"][1] == kind);
    };
    let names: Vec<Value> = members.keys().map(|name| name.as_str().into()).collect();
    schema["required"] == Value::from(names)
        && members.iter().all(|(name, value)| is_described(value, &schema["properties"][name]))
}

#[test]
fn schemas_are_those_of_a_table_or_of_an_event() {
    let schema = |words: &str| {
        String::from_utf8(Program::new("mercato").words("schema").words(words).run().success())
            .unwrap()
    };
    let products = "--stream shop --topic product-updates";
    let table = schema(&format!("{products} --cdc debezium --format flink"));
    for part in ["'format' = 'debezium-json'", "PRIMARY KEY (`product_id`) NOT ENFORCED"] {
        assert!(table.contains(part), "{table}");
    }
    let table = schema("--stream sales --cdc upsert --format flink");
    for part in ["'connector' = 'upsert-kafka'", "PRIMARY KEY (`order_id`) NOT ENFORCED"] {
        assert!(table.contains(part), "{table}");
    }
    let event: Value =
        serde_json::from_str(&schema("--stream sales --cdc debezium --format json-schema"))
            .unwrap();
    let events = run("order-gen --count 20 --drain --cdc debezium").records();
    assert!(events.len() > 20 && events.iter().all(|found| is_described(found, &event)));
    assert!(!is_described(&run("order-gen --count 1").records()[0], &event));
    let row = schema("--stream sales --cdc upsert --format json-schema");
    assert_eq!(row, schema("--stream sales --format json-schema"));
    for format in ["avro", "protobuf", "arrow", "postgres"] {
        let words = format!("schema --stream sales --cdc debezium --format {format}");
        Program::new("mercato").words(&words).run().fails_with(3, &[format, "omit --cdc"]);
    }
}

#[test]
fn topics_of_changes_are_those_of_tables() {
    let words = "topics create transactions --cdc upsert -b localhost:1";
    Program::new("mercato").words(words).run().fails_with(3, &["no change events of transactions"]);
}
