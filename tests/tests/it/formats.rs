//! Avro and Protobuf files hold what the lines hold, and Kafka gets their schemas first.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use mercato_schema::{Described, Description, Order, Sale, Transaction, UserEvent};
use mercato_test_support::registry::{Registry, Reply};
use mercato_test_support::schemas::Schemas;
use mercato_test_support::{Program, folder, json, names, read};
use serde_json::{Value, json};

const FIXED: &str = "-q --clock fast --seed 42 --start 2025-03-03T10:00:00Z";

/// Each program with a stream of its own, and the description of its records.
fn programs() -> [(&'static str, &'static str, Description); 4] {
    [
        ("order-gen", "", Sale::description()),
        ("order-gen", "--stream orders", Order::description()),
        ("txn-gen", "", Transaction::description()),
        ("event-gen", "", UserEvent::description()),
    ]
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = str::from_utf8(bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn mercato(folder: &Path, words: &str) -> Program {
    Program::new("mercato").words(words).in_folder(folder)
}

#[test]
fn every_program_writes_its_records_as_avro_and_protobuf() {
    for (name, stream, description) in programs() {
        let folder = folder();
        let schemas = Schemas::of(&description);
        let run = |file: &str, more: &str| {
            let words = format!("{stream} {FIXED} --count 3000 {more} -o {file}");
            Program::new(name).words(&words).in_folder(folder.path()).run().success();
            read(&folder.path().join(file))
        };
        let expected = lines(&run("r.ndjson", ""));
        let avro = run("r.avro", "--threads 2");
        assert_eq!(schemas.avro_file(&avro), expected, "{name} {stream}");
        assert_eq!(run("again.avro", "--threads 1"), avro, "the same bytes on one thread");
        let protobuf = run("r.pb", "--threads 2");
        assert_eq!(schemas.protobuf_file(&protobuf), expected, "{name} {stream}");
        assert_eq!(zstd::decode_all(&*run("r.pb.zst", "")).unwrap(), protobuf);
        assert!(
            avro.len() < protobuf.len()
                && protobuf.len() < read(&folder.path().join("r.ndjson")).len()
        );
        for format in ["avro", "protobuf"] {
            let words = format!("{stream} {FIXED} --count 3000 --format {format}");
            let piped = Program::new(name).words(&words).run().success();
            assert_eq!(
                piped,
                if format == "avro" { &*avro } else { &*protobuf },
                "to standard output"
            );
        }
    }
}

#[test]
fn the_topics_of_a_shop_are_files_of_blocks_that_are_compressed_as_asked_for() {
    let folder = folder();
    let at = folder.path();
    let days = "historical -q --seed 42 --rate 300/h --days 1 --end 2025-03-05";
    mercato(at, &format!("{days} -o lines --summary-json run.json")).run().success();
    let day = "dt=2025-03-04/part-00000";
    let mut sizes = Vec::new();
    for how in ["none", "gz", "zst", "snappy"] {
        let words = format!("{days} -o {how} --format avro --compress {how} --summary-json s.json");
        mercato(at, &words).run().success();
        let command = json(&at.join("s.json"))["command"].as_str().unwrap().to_owned();
        assert!(command.contains(&format!("--format avro --compress {how}")), "{command}");
        let verified =
            mercato(at, &format!("verify shop {how} --run run.json --json")).run().success();
        let reports: Value = serde_json::from_slice(&verified).unwrap();
        for topic in names(&at.join("lines")) {
            let counts = &reports[&topic]["counts"];
            assert_eq!(counts["expected"], counts["actual"], "{how} {topic}");
        }
        sizes.push(read(&at.join(how).join("transactions").join(format!("{day}.avro"))).len());
    }
    assert!(sizes[1..].iter().all(|size| *size < sizes[0]), "{sizes:?}");
    mercato(at, &format!("{days} -o messages --format protobuf --compress zst")).run().success();
    for kept in ["none", "snappy", "messages"] {
        mercato(at, &format!("verify shop {kept} --run run.json")).run().success();
        mercato(at, &format!("verify --rules {kept}")).run().success();
        let told = |folder: &str| {
            let told = mercato(at, &format!("stats --json {folder}")).run().success();
            serde_json::from_slice::<Value>(&told).unwrap()
        };
        let (found, expected) = (told(kept), told("lines"));
        for (topic, expected) in expected.as_object().unwrap() {
            assert_eq!(found[topic]["records"], expected["records"], "{kept} {topic}");
            assert_eq!(found[topic]["time"], expected["time"], "{kept} {topic}");
        }
    }
    let header = read(&at.join("none").join("transactions").join(format!("{day}.avro")));
    let header = String::from_utf8_lossy(&header[..8192.min(header.len())]).into_owned();
    assert!(header.contains("mercato.run") && header.contains(r#""seed":42"#), "{header}");
}

#[test]
fn damaged_files_are_refused_with_what_is_wrong() {
    let folder = folder();
    let at = folder.path();
    let sales = |file: &str| {
        let words = format!("{FIXED} --count 500 -o {file}");
        Program::new("order-gen").words(&words).in_folder(at).run().success();
        read(&at.join(file))
    };
    let (avro, protobuf) = (sales("s.avro"), sales("s.pb"));
    let verify = "verify sales --seed 42 --start 2025-03-03T10:00:00Z --count 500";
    // A block of one record, and a message, of more bytes than anybody writes.
    let huge = [&b"\x02\xfe\xff\xff\xff\xff\xff\x7f"[..], b"\xff\xff\xff\xff\xff\xff\x7f"];
    for ((name, bytes), huge) in [("s.avro", &avro), ("s.pb", &protobuf)].into_iter().zip(huge) {
        mercato(at, &format!("{verify} {name}")).run().success();
        for (change, said) in
            [(bytes[..bytes.len() - 7].to_vec(), "cut off"), ([bytes, huge].concat(), "too long")]
        {
            std::fs::write(at.join(name), change).unwrap();
            mercato(at, &format!("{verify} {name}")).run().fails_with(8, &[name, said]);
        }
    }
    let mut marked = avro.clone();
    *marked.last_mut().unwrap() ^= 1;
    std::fs::write(at.join("s.avro"), marked).unwrap();
    mercato(at, &format!("{verify} s.avro")).run().fails_with(8, &["damaged"]);
    std::fs::write(at.join("s.avro"), b"Obj\x01garbage").unwrap();
    mercato(at, &format!("{verify} s.avro")).run().fails_with(8, &["s.avro"]);
    std::fs::write(at.join("some.pb"), &protobuf).unwrap();
    mercato(at, "stats some.pb").run().fails_with(8, &["some.pb", "name the file after its topic"]);
    // Records of another run are differences and no damage.
    sales_of_another_seed(at);
    mercato(at, &format!("{verify} other.avro")).run().fails_with(6, &[]);
}

fn sales_of_another_seed(folder: &Path) {
    let words = "-q --clock fast --seed 43 --start 2025-03-03T10:00:00Z --count 500 -o other.avro";
    Program::new("order-gen").words(words).in_folder(folder).run().success();
}

#[test]
fn what_a_place_cannot_hold_is_refused_before_anything_is_written() {
    let folder = folder();
    for (words, said) in [
        ("stream --clock fast --duration 1 -o all.avro", ["an Avro file holds", "a directory"]),
        ("stream --clock fast --duration 1 --format protobuf", ["one topic", "a directory"]),
        (
            "stream --clock fast --duration 1 -o all/ --format avor",
            ["avor", "did you mean `avro`?"],
        ),
        (
            "generate --type transactions --count 1 --format avro --output-console",
            ["Avro is binary", "-o"],
        ),
        ("generate --type transactions --count 1 --format avro.gz", ["avro.gz", "parquet or avro"]),
        (
            "generate --type transactions --count 1 --format avro -o t.ndjson",
            ["t.ndjson", "contradicts"],
        ),
        (
            "generate --type transactions --count 1 --format avro --kafka",
            ["--schema-registry", "--schema-id"],
        ),
        (
            "generate --type transactions --count 1 --schema-registry localhost:8081",
            ["http://HOST:PORT", "localhost:8081"],
        ),
        ("generate --type transactions --count 1 --schema-id 0", ["--schema-id", "0"]),
        ("stream --duration 1 --format avro --kafka --schema-id 7", ["schema 7", "one topic"]),
        (
            "generate --type transactions --count 1 --format avro --malformed 1%",
            ["malformed", "ndjson"],
        ),
    ] {
        let ended = mercato(folder.path(), words).run();
        assert_eq!(names(folder.path()), [""; 0], "{words}");
        ended.fails_with(2, &said);
    }
}

/// A run to Kafka whose brokers do not exist: everything that the registry says comes before.
fn to_kafka(registry: &Registry, words: &str) -> Program {
    let words =
        format!("{FIXED} --count 10 -b 127.0.0.1:1 --schema-registry {} {words}", registry.url);
    Program::new("order-gen").words(&words)
}

#[test]
fn a_schema_is_registered_before_the_first_record() {
    let registry = Registry::that_takes_all();
    to_kafka(&registry, "--format avro").run().fails_with(4, &["127.0.0.1:1"]);
    to_kafka(&registry, "--format protobuf -X value.subject.name.strategy=topic-record")
        .run()
        .fails_with(4, &["127.0.0.1:1"]);
    let [avro, protobuf] = &*registry.asked() else { unreachable!("{:?}", registry.asked()) };
    assert_eq!(avro.what, "POST /subjects/ecommerce-sales-value/versions");
    assert_eq!(avro.body["schemaType"], "AVRO");
    let schema: Value = serde_json::from_str(avro.body["schema"].as_str().unwrap()).unwrap();
    assert_eq!(schema["name"], "Sale");
    assert_eq!(protobuf.what, "POST /subjects/ecommerce-sales-mercato.Sale/versions");
    assert!(protobuf.body["schema"].as_str().unwrap().contains("message Sale {"));
}

#[test]
fn a_registry_that_refuses_ends_the_run_with_the_reason() {
    for (status, body, code, said) in [
        (
            401,
            json!({"error_code": 401, "message": "no"}),
            4,
            ["refused access", "ecommerce-sales-value"],
        ),
        (
            409,
            json!({"error_code": 409, "message": "not compatible"}),
            3,
            ["ecommerce-sales-value", "not compatible"],
        ),
        (
            422,
            json!({"error_code": 42201, "message": "bad schema"}),
            3,
            ["does not accept", "bad schema"],
        ),
        (503, json!({"message": "starting"}), 4, ["503", "starting"]),
    ] {
        let registry = Registry::start(move |_| Reply::new(status, &body));
        to_kafka(&registry, "--format avro").run().fails_with(code, &said);
    }
    let slow = Registry::start(|_| Reply {
        delay: std::time::Duration::from_secs(3),
        ..Reply::new(200, &json!({"id": 1}))
    });
    let words = "--format avro -X schema.registry.request.timeout.ms=200";
    to_kafka(&slow, words).run().fails_with(4, &["did not answer within 200 ms"]);
}
