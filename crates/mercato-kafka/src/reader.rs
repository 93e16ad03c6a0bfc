//! Reading a topic back: each partition on its own, pulled one record at a time.
//!
//! Whoever verifies a topic walks the records that should be there in their one order
//! and takes the head of the partition where each must be, so partitions advance at different
//! speeds.
//! Each partition has a bounded queue that stops fetching when it is full: what is not pulled costs
//! no memory.
//!
//! A reader reads up to the ends that partitions had when it was opened, so it ends on a topic that
//! still grows.
//! It sees what a `read_committed` consumer sees unless its options say otherwise, joins no group and commits nothing.

use std::collections::VecDeque;
use std::error::Error;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::clock::{Deadline, Stopwatch, pause};
use crate::config::{ConfigError, KafkaConfig};
use crate::connect::{DEFAULT_CONNECT_TIMEOUT, Line, Quiet, ReachError};

/// Kilobytes of fetched records that wait to be pulled, in each partition.
const PREFETCH_KILOBYTES: &str = "4096";

/// Time limit for a transaction that is open when a topic is opened.
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);

/// Time limit of one poll of a partition's queue before callbacks are served again.
const POLL: Duration = Duration::from_millis(100);

/// Why a topic cannot be read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),

    /// The cluster or the topic cannot be reached.
    #[error(transparent)]
    Reach(#[from] ReachError),

    /// The client refused to read.
    #[error("cannot read topic {topic} on {address}")]
    Client {
        /// The topic.
        topic: String,
        /// Address, as the user gave it.
        address: String,
        /// The client's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// A partition gave nothing for too long.
    #[error(
        "topic {topic} on {address} returned nothing for {} s: partition {partition} has been read up to offset {next} of {end}; \
         check its broker and read again",
        waited.as_secs()
    )]
    Stalled {
        /// The topic.
        topic: String,
        /// Address, as the user gave it.
        address: String,
        /// The partition.
        partition: u32,
        /// Offset of the next record.
        next: i64,
        /// The offset at which reading would have ended.
        end: i64,
        /// The time without a record.
        waited: Duration,
    },
}

/// Options for reading a topic.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// Offset to begin at for each partition; partitions beyond its length begin at their earliest
    /// record.
    pub from: Vec<i64>,
    /// Begin at most this many offsets before the end of each partition; none by default.
    pub tail: Option<u32>,
    /// Also read records of transactions that are open or were aborted; false by default.
    pub uncommitted: bool,
    /// Time to reach the cluster; [`DEFAULT_CONNECT_TIMEOUT`] by default.
    pub connect_timeout: Duration,
    /// Maximum time without a record from a partition before reading fails; 30 s by default.
    pub stall_timeout: Duration,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            from: Vec::new(),
            tail: None,
            uncommitted: false,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            stall_timeout: Duration::from_secs(30),
        }
    }
}

/// One record, as it is in the topic.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Partition it is in.
    pub partition: u32,
    /// Its offset there.
    pub offset: i64,
    /// `CreateTime` in milliseconds since the Unix epoch; `None` when the record has none.
    pub timestamp_millis: Option<i64>,
    /// True if there is a key.
    pub has_key: bool,
    /// The key; empty when there is none.
    pub key: Vec<u8>,
    /// The value; empty for a tombstone.
    pub value: Vec<u8>,
}

impl Record {
    /// Becomes a copy of `message`, in the memory it already has.
    fn copy(&mut self, message: &BorrowedMessage<'_>) {
        self.partition = message.partition() as u32;
        self.offset = message.offset();
        self.timestamp_millis = message.timestamp().to_millis();
        self.has_key = message.key().is_some();
        self.key.clear();
        self.key.extend_from_slice(message.key().unwrap_or_default());
        self.value.clear();
        self.value.extend_from_slice(message.payload().unwrap_or_default());
    }
}

/// The read position of a partition.
struct Cursor {
    queue: PartitionQueue<Quiet>,
    next: i64,
    end: i64,
    /// Records that came before the partition had a queue of its own.
    early: VecDeque<Record>,
    begun: bool,
}

/// A topic read back partition by partition.
pub struct TopicReader {
    consumer: Arc<BaseConsumer<Quiet>>,
    cursors: Vec<Cursor>,
    topic: String,
    address: String,
    stall_timeout: Duration,
}

impl TopicReader {
    /// Finds the partitions of `topic` and their present ends, and begins to fetch.
    ///
    /// A missing topic is an error and is not created.
    pub fn open(
        config: &KafkaConfig,
        topic: &str,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let address = config.address()?;
        let refused = |error| client_error(topic, &address, error);
        let deadline = Deadline::after(options.connect_timeout);
        let quiet = Quiet::default();
        let mut client = config.client()?;
        prepare(&mut client, options.uncommitted);
        let consumer: BaseConsumer<Quiet> =
            client.create_with_context(quiet.clone()).map_err(refused)?;
        let consumer = Arc::new(consumer);
        let serve = || drop(consumer.poll(Duration::from_millis(1)));
        let (errors, address) = (&*quiet.0, &*address);
        let line =
            Line { client: consumer.client(), errors, serve: &serve, address, properties: &client };
        let partitions = line.partitions(topic, deadline)?;
        line.check_advertised(&[topic], deadline)?;
        let mut ranges = ranges(&line, topic, partitions, options, deadline).map_err(refused)?;
        if !options.uncommitted && options.tail.is_none() {
            await_commits(&line, topic, &mut ranges, deadline).map_err(refused)?;
        }
        let cursors = assign(&consumer, topic, &ranges).map_err(refused)?;
        Ok(Self {
            consumer,
            cursors,
            topic: topic.to_owned(),
            address: address.to_owned(),
            stall_timeout: options.stall_timeout,
        })
    }

    /// Number of partitions.
    pub fn partitions(&self) -> u32 {
        self.cursors.len() as u32
    }

    /// The offsets of `partition` that are still to be read.
    ///
    /// Their number is at least the number of records: compaction and transactions leave gaps.
    pub fn rest(&self, partition: u32) -> Range<i64> {
        let cursor = &self.cursors[partition as usize];
        cursor.next..cursor.end
    }

    /// The next record of `partition`, `None` at its end.
    pub fn next(&mut self, partition: u32) -> Result<Option<Record>, ReadError> {
        let mut record = Record::default();
        Ok(self.next_into(partition, &mut record)?.then_some(record))
    }

    /// The next record of `partition` into the memory of `record`; false at the partition's end.
    pub fn next_into(&mut self, partition: u32, record: &mut Record) -> Result<bool, ReadError> {
        let waiting = Stopwatch::start();
        loop {
            if let Some(found) = self.step(partition, record)? {
                return Ok(found);
            }
            self.serve();
            let waited = waiting.elapsed();
            if waited >= self.stall_timeout {
                return Err(self.stalled(partition, waited));
            }
        }
    }

    /// One look: whether there is a record, or `None` when that is not known yet.
    fn step(&mut self, partition: u32, record: &mut Record) -> Result<Option<bool>, ReadError> {
        let cursor = &mut self.cursors[partition as usize];
        if let Some(early) = cursor.early.pop_front() {
            cursor.next = early.offset + 1;
            *record = early;
            return Ok(Some(true));
        }
        if cursor.next >= cursor.end {
            return Ok(Some(false));
        }
        let failure = match cursor.queue.poll(POLL) {
            None => return Ok(None),
            Some(Ok(message)) if message.offset() >= cursor.end => {
                cursor.next = cursor.end;
                return Ok(Some(false));
            }
            Some(Ok(message)) => {
                record.copy(&message);
                cursor.next = record.offset + 1;
                None
            }
            // The fetcher has seen the end, which lies at or after the end that was found at
            // opening.
            Some(Err(KafkaError::PartitionEOF(_))) => {
                cursor.next = cursor.end;
                return Ok(Some(false));
            }
            Some(Err(error)) => Some(error),
        };
        match failure {
            None if cursor.begun => Ok(Some(true)),
            None => self.begin(partition, record).map(Some),
            Some(error) if is_passing(&error) => Ok(None),
            Some(error) => Err(client_error(&self.topic, &self.address, error)),
        }
    }

    /// The first record from a partition's own queue: what came before it lies in the common queue.
    fn begin(&mut self, partition: u32, record: &mut Record) -> Result<bool, ReadError> {
        self.serve();
        let cursor = &mut self.cursors[partition as usize];
        cursor.begun = true;
        if cursor.early.is_empty() {
            return Ok(true);
        }
        cursor.early.push_back(std::mem::take(record));
        self.next_into(partition, record)
    }

    /// Lets callbacks run, and keeps records that came before their partition had a queue of its
    /// own.
    fn serve(&mut self) {
        while let Some(event) = self.consumer.poll(Duration::from_millis(1)) {
            let Ok(message) = event else { continue };
            let mut record = Record::default();
            record.copy(&message);
            if let Some(cursor) = self.cursors.get_mut(record.partition as usize) {
                cursor.early.push_back(record);
            }
        }
    }

    fn stalled(&self, partition: u32, waited: Duration) -> ReadError {
        let Range { start: next, end } = self.rest(partition);
        ReadError::Stalled {
            topic: self.topic.clone(),
            address: self.address.clone(),
            partition,
            next,
            end,
            waited,
        }
    }
}

impl std::fmt::Debug for TopicReader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rest: Vec<_> = (0..self.partitions()).map(|partition| self.rest(partition)).collect();
        formatter
            .debug_struct("TopicReader")
            .field("topic", &self.topic)
            .field("address", &self.address)
            .field("rest", &rest)
            .finish_non_exhaustive()
    }
}

fn client_error(topic: &str, address: &str, error: KafkaError) -> ReadError {
    ReadError::Client {
        topic: topic.to_owned(),
        address: address.to_owned(),
        source: Box::new(error),
    }
}

/// Makes a client's configuration that of a reader without a group.
fn prepare(client: &mut ClientConfig, uncommitted: bool) {
    let isolation = if uncommitted { "read_uncommitted" } else { "read_committed" };
    client
        // librdkafka assigns nothing to a consumer without a group's name; no group is joined under
        // it.
        .set("group.id", "mercato-reader")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", isolation)
        .set("auto.offset.reset", "earliest")
        .set("check.crcs", "true")
        .set("queued.max.messages.kbytes", PREFETCH_KILOBYTES)
        // By default a full queue stops its partition for a second, which would be most of the
        // time.
        .set("fetch.queue.backoff.ms", "5");
}

/// Returns the offsets to read of each partition.
fn ranges(
    line: &Line<'_, Quiet>,
    topic: &str,
    partitions: u32,
    options: &ReadOptions,
    deadline: Deadline,
) -> Result<Vec<Range<i64>>, KafkaError> {
    let range = |partition: u32| {
        let (low, high) = line.watermarks(topic, partition as i32, deadline)?;
        let start = options.from.get(partition as usize).map_or(low, |from| low.max(*from));
        let start = options.tail.map_or(start, |tail| start.max(high - i64::from(tail)));
        Ok(start.min(high)..high)
    };
    (0..partitions).map(range).collect()
}

/// Moves the ends of `ranges` behind what has been written by now, as soon as it can be read.
///
/// A transaction is committed before its marks are in every partition, and until then a reader of
/// committed records sees the partition end before it.
/// What is still open after [`COMMIT_PATIENCE`] is not read.
fn await_commits(
    line: &Line<'_, Quiet>,
    topic: &str,
    ranges: &mut [Range<i64>],
    deadline: Deadline,
) -> Result<(), KafkaError> {
    let mut properties = line.properties.clone();
    properties.set("isolation.level", "read_uncommitted");
    let asker: BaseConsumer<Quiet> = properties.create_with_context(Quiet::default())?;
    let (client, errors) = (asker.client(), &*asker.context().0);
    let serve = || drop(asker.poll(Duration::from_millis(1)));
    let all = Line { client, errors, serve: &serve, properties: &properties, ..*line };
    let patience = Deadline::after(COMMIT_PATIENCE);
    for (partition, range) in (0..).zip(ranges) {
        let written = all.watermarks(topic, partition, deadline)?.1;
        while range.end < written && !patience.passed() {
            pause(Duration::from_millis(20));
            range.end = line.watermarks(topic, partition, deadline)?.1;
        }
        range.end = range.end.min(written).max(range.start);
    }
    Ok(())
}

/// Begins to fetch, each partition into its own queue.
fn assign(
    consumer: &Arc<BaseConsumer<Quiet>>,
    topic: &str,
    ranges: &[Range<i64>],
) -> Result<Vec<Cursor>, KafkaError> {
    let mut list = TopicPartitionList::with_capacity(ranges.len());
    for (partition, range) in (0..).zip(ranges) {
        list.add_partition_offset(topic, partition, Offset::Offset(range.start))?;
    }
    consumer.assign(&list)?;
    let cursor = |(partition, range): (i32, &Range<i64>)| {
        let queue = consumer
            .split_partition_queue(topic, partition)
            .ok_or(KafkaError::MessageConsumption(Code::UnknownPartition))?;
        Ok(Cursor {
            queue,
            next: range.start,
            end: range.end,
            early: VecDeque::new(),
            begun: false,
        })
    };
    (0..).zip(ranges).map(cursor).collect()
}

/// Returns whether the client goes on by itself after `error`.
fn is_passing(error: &KafkaError) -> bool {
    !matches!(
        error.rdkafka_error_code(),
        None | Some(
            Code::Fatal
                | Code::TopicAuthorizationFailed
                | Code::GroupAuthorizationFailed
                | Code::UnknownTopicOrPartition
                | Code::UnknownTopic
                | Code::UnknownPartition
                | Code::Authentication
                | Code::BadMessage
                | Code::BadCompression
        )
    )
}
