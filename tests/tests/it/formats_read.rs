//! What is written as Avro, Protobuf and Parquet is read back, from files, pipes and topics, and
//! what is something else is named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use mercato_schema::dialect::avro;
use mercato_schema::{Described, Purchase, Sale, Transaction};
use mercato_test_support::mock::Cluster;
use mercato_test_support::registry::{Registry, Reply};
use mercato_test_support::{Ended, Program, folder, names, read};
use serde_json::{Value, json};

const RUN: &str = "--seed 42 --start 2025-03-03T10:00:00Z --count 300";

/// Each stream with a program of its own: its name for `verify`, the program and its flags.
const STREAMS: [(&str, &str, &str); 4] = [
    ("sales", "order-gen", ""),
    ("orders", "order-gen", "--stream orders"),
    ("transactions", "txn-gen", ""),
    ("events", "event-gen", ""),
];

fn mercato(folder: &Path, words: &str) -> Program {
    Program::new("mercato").words(words).in_folder(folder)
}

fn write(folder: &Path, program: &str, words: &str) {
    let program = Program::new(program).words("-q --clock fast").words(RUN).words(words);
    program.in_folder(folder).run().success();
}

fn clean(ended: Ended) {
    let report = String::from_utf8(ended.success()).unwrap();
    assert!(report.contains("no difference"), "{report}");
}

#[test]
fn every_format_is_compared_with_its_run_from_files_and_pipes() {
    let folder = folder();
    let at = folder.path();
    for (stream, program, words) in STREAMS {
        for ending in ["avro", "pb", "pb.gz", "parquet"] {
            write(at, program, &format!("{words} -o {stream}.{ending}"));
            clean(mercato(at, &format!("verify {stream} {stream}.{ending} {RUN}")).run());
        }
        for (format, ending) in [("avro", "avro"), ("protobuf", "pb"), ("pb", "pb.gz")] {
            let bytes = read(&at.join(format!("{stream}.{ending}")));
            let words = format!("verify {stream} - --format {format} {RUN}");
            clean(mercato(at, &words).run_with_input(&bytes));
            std::fs::write(at.join("nameless"), &bytes).unwrap();
            clean(mercato(at, &format!("verify {stream} nameless --format {format} {RUN}")).run());
            let told = mercato(at, &format!("stats - --json --format {format}"));
            let told: Value =
                serde_json::from_slice(&told.run_with_input(&bytes).success()).unwrap();
            assert!(told["-"]["records"].as_u64().unwrap() >= 300, "{told}");
        }
    }
    let parquet = read(&at.join("sales.parquet"));
    let piped = mercato(at, &format!("verify sales - {RUN}")).run_with_input(&parquet);
    piped.fails_with(8, &["Parquet is read from its end", "give the file itself"]);
}

#[test]
fn a_shop_in_columns_is_compared_with_its_run() {
    let folder = folder();
    let at = folder.path();
    let days = "historical -q --seed 42 --rate 300/h --days 1 --end 2025-03-05";
    for format in ["parquet", "avro", "protobuf"] {
        let words = format!("{days} -o {format} --format {format} --summary-json run.json");
        mercato(at, &words).run().success();
    }
    mercato(at, "verify shop parquet --run run.json").run().success();
    let day = |format: &str, ending: &str| {
        let path = format!("{format}/transactions/dt=2025-03-04/part-00000.{ending}");
        read(&at.join(path))
    };
    // The name of a file that holds one topic says which, and a pipe has none.
    std::fs::write(at.join("transactions.parquet"), day("parquet", "parquet")).unwrap();
    clean(mercato(at, "verify shop transactions.parquet --run run.json").run());
    std::fs::write(at.join("t.avro"), day("avro", "avro")).unwrap();
    let refused = mercato(at, "verify shop t.avro --run run.json").run();
    refused.fails_with(2, &["t.avro holds records of one topic", "--topic"]);
    clean(mercato(at, "verify shop t.avro --topic transactions --run run.json").run());
    let messages = day("protobuf", "pb");
    for words in ["--format protobuf", "--format pb --type transactions"] {
        let checked = mercato(at, &format!("verify --rules - {words}"));
        checked.run_with_input(&messages).success();
    }
    for topic in names(&at.join("protobuf")) {
        let messages = format!("protobuf/{topic}/dt=2025-03-04/part-00000.pb");
        let told = mercato(at, "stats - --json --format pb");
        let told = told.run_with_input(&read(&at.join(messages))).success();
        let named = mercato(at, &format!("stats --json avro/{topic}")).run().success();
        let [told, named]: [Value; 2] =
            [told, named].map(|told| serde_json::from_slice(&told).unwrap());
        assert_eq!(told["-"], named[&topic], "the first record says whose they are");
    }
    let refused = mercato(at, "verify --rules protobuf --format pb").run();
    refused.fails_with(2, &["read as their names say", "omit --format"]);
    let other = mercato(at, "verify --rules - --format pb --type user-events");
    let said = ["not a record of type SessionEvent", "it fits Purchase"];
    other.run_with_input(&messages).fails_with(8, &said);
}

#[test]
fn a_file_that_is_something_else_is_named() {
    let folder = folder();
    let at = folder.path();
    for ending in ["ndjson", "avro", "pb", "parquet"] {
        write(at, "order-gen", &format!("-o sales.{ending}"));
    }
    let put = |name: &str, bytes: &[u8]| std::fs::write(at.join(name), bytes).unwrap();
    let [lines, avro, messages] =
        ["ndjson", "avro", "pb"].map(|ending| read(&at.join(format!("sales.{ending}"))));
    put("lines.avro", &lines);
    put("lines.pb", &lines);
    put("avro.pb", &avro);
    put("empty.avro", b"");
    put("zeros.avro", &[0; 1000]);
    put("zeros.pb", &[0; 1000]);
    put("padded.pb", &[&messages[..], &[0; 64]].concat());
    put("cut.parquet", b"PAR1 and so on");
    put("lines.parquet", &lines);
    for (words, said) in [
        ("lines.avro", ["says Avro, but it begins like JSON", "--format ndjson"]),
        ("lines.pb", ["record 1 at byte 0", "--format ndjson"]),
        ("avro.pb", ["says Protobuf, but it begins like an Avro file", "--format avro"]),
        ("lines.parquet", ["says Parquet, but it begins like JSON", "--format ndjson"]),
        ("empty.avro", ["the file is empty", "header"]),
        ("zeros.avro", ["does not begin as Avro does", "damaged"]),
        ("zeros.pb", ["record 1 at byte 0: it has no bytes", "padded with zeros"]),
        ("padded.pb", ["it has no bytes", "after record 1"]),
        ("cut.parquet", ["cut.parquet", "Parquet"]),
        ("sales.ndjson --format avro", ["says Avro, but it begins like JSON", "--format ndjson"]),
        ("sales.avro --format ndjson", ["says text, but it begins like an Avro file", "avro"]),
        ("sales.parquet --format csv", ["it begins like a Parquet file", "--format parquet"]),
    ] {
        mercato(at, &format!("verify sales {words} {RUN}")).run().fails_with(8, &said);
    }
    clean(mercato(at, &format!("verify sales lines.avro --format ndjson {RUN}")).run());
    let wrong = mercato(at, &format!("verify sales sales.ndjson --topic nope {RUN}")).run();
    wrong.fails_with(2, &["no topic `nope`", "ecommerce-sales"]);
    // A record that differs is a record, and no line.
    std::fs::write(at.join("doubled.pb"), [&messages[..], &messages[..]].concat()).unwrap();
    let doubled = mercato(at, &format!("verify sales doubled.pb {RUN} --differences 1")).run();
    let text = String::from_utf8(doubled.stdout).unwrap();
    assert!(doubled.code == Some(6) && text.contains("doubled at record "), "{text}");
}

#[test]
fn records_of_another_program_with_the_same_topic_are_named() {
    let folder = folder();
    let at = folder.path();
    write(at, "txn-gen", "-o transactions.pb");
    write(at, "event-gen", "-o user-events.pb");
    for (name, own, theirs) in [
        ("transactions", "Purchase", "Transaction, which txn-gen writes"),
        ("user-events", "SessionEvent", "UserEvent, which event-gen writes"),
    ] {
        let refused = mercato(at, &format!("verify --rules {name}.pb")).run();
        let shapes = format!("and {own} has 1-8 bytes");
        refused.fails_with(8, &[&format!("not a record of type {own}"), &shapes, theirs]);
        let told = mercato(at, &format!("stats {name}.pb --json")).run().success();
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!(told[name]["records"], 300, "the first record decides");
    }
}

/// Sends a run to a cluster as `format`, with a registry or an id.
fn send(folder: &Path, cluster: &Cluster, program: &str, words: &str) {
    let words = format!("{words} -b {} --summary-json run.json", cluster.address);
    write(folder, program, &words);
}

#[test]
fn topics_in_the_wire_format_are_compared_with_their_run() {
    let folder = folder();
    let at = folder.path();
    for (stream, program, words) in STREAMS {
        for format in ["avro", "protobuf"] {
            let cluster = Cluster::with(&["it"], 3);
            send(at, &cluster, program, &format!("{words} -t it --format {format} --schema-id 7"));
            for more in ["", &format!("--format {format}"), "--schema-id 7"] {
                let address = &cluster.address;
                let words = format!("verify {stream} -b {address} -t it --run run.json {more}");
                clean(mercato(at, &words).run());
            }
        }
    }
}

#[test]
fn a_record_that_is_not_in_the_wire_format_is_told_with_its_place() {
    let folder = folder();
    let at = folder.path();
    for format in ["avro", "protobuf"] {
        let cluster = Cluster::with(&["sales"], 1);
        send(at, &cluster, "order-gen", &format!("-t sales --format {format} --schema-id 7"));
        let verify = format!("verify sales -b {} -t sales --run run.json", cluster.address);
        let report = mercato(at, &format!("{verify} --json")).run().success();
        let records = serde_json::from_slice::<Value>(&report).unwrap()["actual"].as_u64().unwrap();
        cluster.send("sales", 0, "k", b"{\"a\":1}");
        cluster.send("sales", 0, "k", b"\0\0\0\0\x07\x05");
        let report = mercato(at, &verify).run();
        let text = String::from_utf8(report.stdout).unwrap();
        assert_eq!(report.code, Some(6), "{text}");
        let json = format!("unexpected at partition 0 offset {records}, key k");
        for said in [&*json, "it is not in Confluent's wire format", "`{\"a\":1}`"] {
            assert!(text.contains(said), "{format}: {said}: {text}");
        }
        let cut = format!("unexpected at partition 0 offset {}, key k", records + 1);
        assert!(text.contains(&cut), "{text}");
        let other = mercato(at, &format!("{verify} --schema-id 8 --differences 1")).run();
        let text = String::from_utf8(other.stdout).unwrap();
        assert!(text.contains("it names schema 7, and not schema 8"), "{text}");
        for wrong in ["csv", "parquet"] {
            let refused = mercato(at, &format!("{verify} --format {wrong}")).run();
            refused.fails_with(2, &["topics hold ndjson, avro or protobuf"]);
        }
    }
    // Text among text is no header, and a header among text is named.
    let cluster = Cluster::with(&["sales"], 1);
    send(at, &cluster, "order-gen", "-t sales");
    cluster.send("sales", 0, "k", b"\0\0\0\0\x07\x05");
    let verify = format!("verify sales -b {} -t sales --run run.json", cluster.address);
    let text = String::from_utf8(mercato(at, &verify).run().stdout).unwrap();
    assert!(text.contains("wire format with schema 7, and not JSON as others are"), "{text}");
}

/// A registry in which every id is the same schema.
fn registry_of(schema: &str) -> Registry {
    let body = json!({"id": 7, "schema": schema});
    Registry::start(move |_| Reply::new(200, &body))
}

#[test]
fn the_schema_that_records_name_must_be_that_of_the_run() {
    let folder = folder();
    let at = folder.path();
    let cluster = Cluster::with(&["sales"], 2);
    send(at, &cluster, "order-gen", "-t sales --format avro --schema-id 7");
    let verify = format!("verify sales -b {} -t sales --run run.json", cluster.address);
    let own = registry_of(&avro::schema(&Sale::description()).to_string());
    clean(mercato(at, &format!("{verify} --schema-registry {}", own.url)).run());
    let asked: Vec<String> = own.asked().into_iter().map(|asked| asked.what).collect();
    assert!(asked.iter().all(|what| what == "GET /schemas/ids/7"), "nothing is registered");
    assert!(asked.len() <= 2, "{asked:?}: a schema is asked for once");
    let other = registry_of(&avro::schema(&Purchase::description()).to_string());
    let refused = mercato(at, &format!("{verify} --schema-registry {}", other.url)).run();
    let said = ["offset 0", "schema 7", "mercato.Purchase", "mercato.Sale", &other.url];
    refused.fails_with(3, &said);
    let gone = mercato(at, &format!("{verify} --schema-registry http://127.0.0.1:1")).run();
    gone.fails_with(4, &["cannot reach the schema registry"]);
}

#[test]
fn rules_are_checked_on_topics_in_the_wire_format() {
    let folder = folder();
    let at = folder.path();
    for format in ["avro", "protobuf"] {
        let cluster = Cluster::with(&["transactions", "mine"], 2);
        for topic in ["transactions", "mine"] {
            let words = format!(
                "generate -q --type transactions {RUN} -b {} -t {topic} --format {format} --schema-id 7",
                cluster.address
            );
            mercato(at, &words).run().success();
        }
        let rules = format!("verify --rules -b {}", cluster.address);
        for topic in ["transactions", "mine --type transactions"] {
            let report = mercato(at, &format!("{rules} --topic {topic} --json")).run().success();
            let report: Value = serde_json::from_slice(&report).unwrap();
            assert_eq!(report["records"], 300, "{report}");
        }
        mercato(at, &format!("{rules} --topic mine")).run().fails_with(2, &["mine", "--type"]);
        let theirs = Cluster::with(&["transactions"], 1);
        send(at, &theirs, "txn-gen", &format!("--format {format} --schema-id 7"));
        let words =
            format!("verify --rules -b {} --topic transactions --format {format}", theirs.address);
        let report = mercato(at, &words).run();
        let text = String::from_utf8(report.stdout).unwrap();
        assert_eq!(report.code, Some(6), "{text}");
        for said in ["transactions[0]@0", "not a record of type Purchase"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        let schema = avro::schema(&Transaction::description()).to_string();
        let registry = registry_of(&schema);
        let words = format!("{words} --schema-registry {}", registry.url);
        mercato(at, &words).run().fails_with(3, &["mercato.Purchase", "schema 7"]);
    }
}

#[test]
fn flags_of_schemas_have_an_effect_or_are_refused() {
    let folder = folder();
    let write = |words: &str| {
        let words = format!("--count 1 --clock fast -b 127.0.0.1:1 {words}");
        Program::new("txn-gen").words(&words).in_folder(folder.path()).run()
    };
    for (words, said) in [
        ("--schema-id 7", ["--schema-id has no effect", "--format avro"]),
        ("--schema-registry http://h:1", ["--schema-registry has no effect", "omit"]),
        ("--format csv", ["not as CSV", "give --format ndjson, avro or protobuf"]),
        ("-o t.csv", ["not as CSV", ".ndjson, .avro or .pb"]),
        ("--format parquet", ["not as Parquet", "give --format ndjson, avro or protobuf"]),
        ("--header a=1 --header a=2", ["`a` is given twice", "keep one"]),
        ("-o t.avro.gz", ["t.avro.gz", "compressed inside and not as a whole: omit the .gz"]),
        ("--format avro --schema-id 7 --output-console", ["--output-console", "-o"]),
    ] {
        write(words).fails_with(2, &said);
    }
    for (words, said) in [
        ("-X schema.registry.ulr=http://h:1", ["schema.registry.ulr", "schema.registry.url"]),
        ("--schema-registry http://h:80a", ["http://h:80a", "1 to 65535"]),
        ("--schema-registry http://:80", ["the host is missing", "schema.registry.url"]),
    ] {
        write(&format!("--format avro {words}")).fails_with(3, &said);
    }
}
