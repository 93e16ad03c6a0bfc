//! A real schema registry beside the broker, started and stopped as a user does.

use std::path::Path;

use mercato_schema::{Described, Sale};
use mercato_test_support::broker::shout;
use mercato_test_support::schemas::Schemas;
use mercato_test_support::{Ended, Program, folder, free_port, get};
use serde_json::Value;
use tempfile::TempDir;

use super::FIXED;
use super::broker::Broker;

/// Where the registry has Confluent's API.
const API: &str = "/apis/ccompat/v7";

/// A registry on a free port, with its schemas in a temporary folder; it ends with the test.
struct Registry {
    port: u16,
    address: String,
    folder: TempDir,
}

impl Registry {
    /// A fresh registry, or nothing, said loudly, where none can be had.
    fn fresh() -> Option<Self> {
        let (folder, port) = (folder(), free_port());
        let ended = start(port, folder.path(), "");
        let lacks = |missing: &&str| ended.stderr.contains(missing);
        if ended.code == Some(4) && ["JDK", "Maven"].iter().any(lacks) {
            shout(&format!("SKIPPED: the real-registry suite did not run: {}", ended.stderr));
            return None;
        }
        let address = String::from_utf8(ended.success()).unwrap().trim().to_owned();
        assert_eq!(address, format!("http://localhost:{port}{API}"));
        Some(Self { port, address, folder })
    }

    fn command(&self, words: &str) -> Ended {
        Program::new("mercato").words(words).arg("--state-dir").arg(self.folder.path()).run()
    }

    /// What the registry answers to a path of its API.
    fn page(&self, path: &str) -> Value {
        let (status, body) = get(&format!("127.0.0.1:{}", self.port), &format!("{API}{path}"));
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.command("registry stop");
    }
}

fn start(port: u16, state: &Path, flags: &str) -> Ended {
    let program = Program::new("mercato").words("registry start --port").arg(port.to_string());
    program.words(flags).arg("--state-dir").arg(state).run()
}

/// The id of the schema that a record names.
fn id_of(value: &[u8]) -> u32 {
    assert_eq!(value[0], 0, "Confluent's wire format");
    u32::from_be_bytes(value[1..5].try_into().unwrap())
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn records_name_the_schemas_that_a_real_registry_keeps() {
    let Some(broker) = Broker::fresh("") else { return };
    let Some(registry) = Registry::fresh() else { return };
    let words = "-q --clock fast --count 50";
    let expected = Program::new("order-gen").words(words).words(FIXED).run().records();
    let schemas = Schemas::of(&Sale::description());
    let mut ids = Vec::new();
    for (format, named) in [("avro", "\"Sale\""), ("protobuf", "message Sale {")] {
        let send = |more: &str| {
            let run = broker.order_gen(words).words(FIXED).words(more);
            run.words(&format!("--format {format} -t sales-{format} --schema-registry"))
                .arg(&registry.address)
                .run()
        };
        send("").success();
        let records = broker.records(&format!("sales-{format}"));
        let id = id_of(&records[0].value);
        assert!(records.iter().all(|record| id_of(&record.value) == id));
        let mut found: Vec<Value> = records
            .iter()
            .map(|record| match format {
                "avro" => schemas.avro(&record.value[5..]),
                // A zero names the first message of the schema.
                _ => schemas.protobuf(&record.value[6..]),
            })
            .collect();
        let order = |record: &Value| record.to_string();
        found.sort_by_key(order);
        let mut expected = expected.clone();
        expected.sort_by_key(order);
        assert_eq!(found, expected, "{format}");
        let subject = format!("/subjects/sales-{format}-value/versions");
        assert_eq!(registry.page(&subject), serde_json::json!([1]));
        let kept = registry.page(&format!("/schemas/ids/{id}"))["schema"].clone();
        assert!(kept.as_str().unwrap().contains(named), "{kept}");
        // Looked up again, and not registered again.
        for more in ["", "-X auto.register.schemas=false", "-X use.latest.version=true"] {
            send(more).success();
        }
        let records = broker.records(&format!("sales-{format}"));
        assert_eq!(records.len(), expected.len() * 4);
        assert!(records.iter().all(|record| id_of(&record.value) == id));
        assert_eq!(registry.page(&subject), serde_json::json!([1]));
        ids.push(id);
    }
    assert_ne!(ids[0], ids[1]);

    let refused =
        broker.order_gen(words).words("--format avro -t other -X auto.register.schemas=false");
    let refused = refused.arg("--schema-registry").arg(&registry.address).run();
    refused.fails_with(3, &["other-value"]);

    // Schemas and ids outlive the process, as the records do that name them.
    let status = registry.command("registry status").lines();
    assert!(status[0].starts_with(&format!("running at {} as", registry.address)), "{status:?}");
    let again = start(registry.port, registry.folder.path(), "");
    assert!(again.stderr.contains("already running"), "{}", again.stderr);
    start(free_port(), registry.folder.path(), "")
        .fails_with(4, &["already running", "registry stop"]);
    let elsewhere = folder();
    start(registry.port, elsewhere.path(), "").fails_with(4, &["in use", "--port"]);
    assert_eq!(registry.command("registry stop").lines(), ["stopped"]);
    registry.command("registry status").fails_with(4, &["mercato registry start"]);
    assert_eq!(registry.command("registry stop").lines(), ["no registry was running"]);
    start(registry.port, registry.folder.path(), "").success();
    let kept = registry.page(&format!("/schemas/ids/{}", ids[0]));
    assert!(kept["schema"].as_str().unwrap().contains("\"Sale\""), "{kept}");
    assert_eq!(registry.command("registry stop").lines(), ["stopped"]);
    start(registry.port, registry.folder.path(), "--fresh").success();
    assert_eq!(registry.page("/subjects"), serde_json::json!([]));
}
