//! A broker of the test's own, started and stopped as a user does.

use std::path::{Path, PathBuf};

use mercato_kafka::{Record, partition_of};
use mercato_test_support::{Ended, Program, broker};

/// A broker on a free port, with its data in a temporary folder; it ends with the test.
pub(crate) struct Broker {
    kafka: broker::Broker,
    flags: &'static str,
}

impl Broker {
    /// A fresh broker, or nothing, said loudly, where none can be had.
    pub(crate) fn fresh(flags: &'static str) -> Option<Self> {
        let kafka = broker::Broker::started_by(|options| {
            let ended = start(options.port, &options.state_dir, flags);
            let lacks = |missing: &&str| ended.stderr.contains(missing);
            if ended.code == Some(4) && ["JDK", "Maven"].iter().any(lacks) {
                return Err(ended.stderr);
            }
            Ok(String::from_utf8(ended.success()).unwrap().trim().to_owned())
        })?;
        Some(Self { kafka, flags })
    }

    /// Starts the broker again, with the data it had.
    pub(crate) fn start(&self) -> Ended {
        start(self.kafka.options.port, self.state(), self.flags)
    }

    pub(crate) fn stop(&self) -> Ended {
        Program::new("mercato").words("broker stop --state-dir").arg(self.state()).run()
    }

    fn process(&self) -> String {
        let file = std::fs::read_to_string(self.state().join("broker.pid")).unwrap();
        file.lines().next().unwrap().to_owned()
    }

    /// Freezes the broker: its connections stay, and it answers nothing.
    pub(crate) fn freeze(&self) {
        Program::shell(&format!("kill -STOP {}", self.process())).run().success();
    }

    /// Ends that.
    pub(crate) fn thaw(&self) {
        Program::shell(&format!("kill -CONT {}", self.process())).run().success();
    }

    /// Kills the broker at once, as a loss of power does.
    pub(crate) fn kill(&self) {
        let pid = self.process();
        Program::shell(&format!(
            "kill -KILL {pid}; while kill -0 {pid} 2>/dev/null; do sleep 0.1; done"
        ))
        .run()
        .success();
    }

    /// The folder of the broker's data, certificates and files of client properties.
    pub(crate) fn state(&self) -> &Path {
        &self.kafka.options.state_dir
    }

    /// All records of a topic, partition by partition.
    pub(crate) fn records(&self, topic: &str) -> Vec<Record> {
        self.kafka.records(topic)
    }

    /// Its address.
    pub(crate) fn address(&self) -> &str {
        &self.kafka.address
    }

    /// `order-gen` with this broker.
    pub(crate) fn order_gen(&self, flags: &str) -> Program {
        self.program("order-gen", flags)
    }

    /// A generating program with this broker.
    pub(crate) fn program(&self, name: &str, flags: &str) -> Program {
        Program::new(name).words("-b").arg(&self.kafka.address).words(flags)
    }

    /// The batches in which the records of a topic's first partition lie on the broker's disk.
    pub(crate) fn batches(&self, topic: &str) -> Vec<StoredBatch> {
        let partition = folder_called(self.state(), &format!("{topic}-0")).unwrap();
        let log = std::fs::read(partition.join("00000000000000000000.log")).unwrap();
        let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
        let (mut batches, mut at) = (Vec::new(), 0);
        // https://kafka.apache.org/documentation/#recordbatch; the file may end with zeros that
        // wait for more.
        while at + 61 <= log.len() && number(at + 8) > 0 {
            batches.push(StoredBatch { codec: log[at + 22] & 7, records: number(at + 57) });
            at += 12 + number(at + 8) as usize;
        }
        batches
    }

    /// `mercato` with this broker.
    pub(crate) fn mercato(&self, words: &str) -> Program {
        Program::new("mercato").words(words).words("-b").arg(&self.kafka.address)
    }

    /// Asserts that `topic` holds the run of this summary and nothing else; gives the number of its
    /// records.
    pub(crate) fn verified(&self, stream: &str, topic: &str, summary: &std::path::Path) -> u64 {
        let ended = self
            .mercato("verify --json")
            .arg(stream)
            .words("--topic")
            .arg(topic)
            .arg("--run")
            .arg(summary)
            .run();
        let report: serde_json::Value = serde_json::from_slice(&ended.success()).unwrap();
        assert_eq!(report["matching"], report["actual"]);
        report["matching"].as_u64().unwrap()
    }
}

/// Asserts that a record has this key and lies where Java's clients look for it, with the event time
/// in microseconds as its timestamp.
pub(crate) fn assert_placed(record: &Record, key: &str, partitions: u32, micros: i64) {
    assert_eq!(record.key, key.as_bytes());
    assert_eq!(
        record.partition,
        partition_of(&record.key, partitions),
        "where Java's clients look for it"
    );
    assert_eq!(record.timestamp_millis, Some(micros.div_euclid(1000)), "event time by default");
}

/// A batch as the broker stores it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoredBatch {
    /// 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    pub(crate) codec: u8,
    pub(crate) records: u32,
}

/// The folder of this name somewhere below `root`.
fn folder_called(root: &Path, name: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir(root)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir());
    folders
        .into_iter()
        .find_map(|path| if path.ends_with(name) { Some(path) } else { folder_called(&path, name) })
}

fn start(port: u16, state: &Path, flags: &str) -> Ended {
    let program = Program::new("mercato").words("broker start --port").arg(port.to_string());
    program.words(flags).arg("--state-dir").arg(state).run()
}
