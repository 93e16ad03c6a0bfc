//! A broker of the test's own, started and stopped as a user does.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use mercato_kafka::{KafkaConfig, ReadOptions, Record, TopicReader};
use mercato_test_support::{Ended, Program};
use tempfile::TempDir;

/// One broker at a time: each takes half a gigabyte.
static TURN: Mutex<()> = Mutex::new(());

/// Ports in a row that a broker with TLS and SASL takes at most.
const LISTENERS: u16 = 7;

/// A broker on a free port, with its data in a temporary folder; it ends with the test.
pub(crate) struct Broker {
    pub(crate) address: String,
    port: u16,
    flags: &'static str,
    folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Broker {
    /// A fresh broker, or nothing, said loudly, where none can be had.
    pub(crate) fn fresh(flags: &'static str) -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let port = mercato_test_support::free_ports(LISTENERS);
        let folder = mercato_test_support::folder();
        let mut broker = Self { address: String::new(), port, flags, folder, _turn: turn };
        let ended = broker.start();
        if ended.code == Some(4)
            && ["JDK", "Maven"].iter().any(|missing| ended.stderr.contains(missing))
        {
            // The harness keeps what a passing test prints to itself; this must be seen.
            let mut terminal =
                std::fs::OpenOptions::new().append(true).open("/dev/stderr").unwrap();
            writeln!(terminal, "\nSKIPPED: the real-broker suite did not run: {}", ended.stderr)
                .unwrap();
            return None;
        }
        String::from_utf8(ended.success()).unwrap().trim().clone_into(&mut broker.address);
        Some(broker)
    }

    /// Starts the broker, also again, with the data it had.
    pub(crate) fn start(&self) -> Ended {
        let program =
            Program::new("mercato").words("broker start --port").arg(self.port.to_string());
        program.words(self.flags).arg("--state-dir").arg(self.state()).run()
    }

    pub(crate) fn stop(&self) -> Ended {
        Program::new("mercato").words("broker stop --state-dir").arg(self.state()).run()
    }

    /// The folder of the broker's data, certificates and files of client properties.
    pub(crate) fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// `order-gen` with this broker.
    pub(crate) fn order_gen(&self, flags: &str) -> Program {
        self.program("order-gen", flags)
    }

    /// A generating program with this broker.
    pub(crate) fn program(&self, name: &str, flags: &str) -> Program {
        Program::new(name).words("-b").arg(&self.address).words(flags)
    }

    /// The batches in which the records of a topic's first partition lie on the broker's disk.
    pub(crate) fn batches(&self, topic: &str) -> Vec<StoredBatch> {
        let partition = folder_called(self.folder.path(), &format!("{topic}-0")).unwrap();
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
        Program::new("mercato").words(words).words("-b").arg(&self.address)
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

    /// All records of a topic, partition by partition.
    pub(crate) fn records(&self, topic: &str) -> Vec<Record> {
        let config = KafkaConfig::new(self.address.clone());
        let mut reader = TopicReader::open(&config, topic, &ReadOptions::default()).unwrap();
        let (mut records, mut record) = (Vec::new(), Record::default());
        for partition in 0..reader.partitions() {
            while reader.next_into(partition, &mut record).unwrap() {
                records.push(record.clone());
            }
        }
        records
    }
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

impl Drop for Broker {
    fn drop(&mut self) {
        if !self.address.is_empty() {
            self.stop();
        }
    }
}
