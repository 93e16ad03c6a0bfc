//! Live metrics of a run, for a dashboard, the progress line and programs that embed mercato.
//!
//! A run writes into its [`Metrics`], once for each piece of a batch that leaves; anyone may read
//! at any time.
//! What moves while the run waits for a broker, the fate of records and the lag, is worked out when
//! it is read.
//! [`Registry`] holds the metrics of all runs of a process and adds them up.
//!
//! ```
//! use mercato_runtime::metrics::Registry;
//!
//! let registry = Registry::default();
//! let metrics = registry.register("orders", &["orders".to_owned()], "0/1");
//! assert_eq!(metrics.snapshot().records(), 0);
//! assert_eq!(registry.aggregate().records(), 0);
//! ```

mod clients;
mod due;
mod http;
mod prometheus;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use mercato_sinks::{Delivery, DeliveryView};

use crate::clock::WallClock;
use crate::counts::Counts;
use crate::lateness::Lateness;
use due::Due;

pub use http::{ListenError, listen};

/// Upper bounds of the lateness histogram in microseconds; what is later still falls into the last,
/// open one.
pub const LATENESS_BOUNDS: [u64; 10] =
    [100, 250, 500, 1_000, 5_000, 10_000, 100_000, 1_000_000, 10_000_000, 60_000_000];

/// The metrics of all runs of a process.
#[derive(Debug, Clone, Default)]
pub struct Registry(Arc<Mutex<Vec<Metrics>>>);

impl Registry {
    /// Metrics for one more run.
    pub fn register(&self, stream: &str, topics: &[String], shard: &str) -> Metrics {
        let metrics = Metrics(Arc::new(Cells::new(stream, topics, shard)));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(metrics.clone());
        metrics
    }

    /// The numbers of each run, in the order in which they were registered.
    pub(crate) fn snapshots(&self) -> Vec<Snapshot> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(Metrics::snapshot)
            .collect()
    }

    /// The sum over all runs; the lag is the largest of them.
    pub fn aggregate(&self) -> Snapshot {
        self.snapshots().into_iter().fold(Snapshot::default(), Snapshot::plus)
    }

    /// Whether every run has begun to send, and there is one.
    pub(crate) fn is_ready(&self) -> bool {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !runs.is_empty() && runs.iter().all(|run| run.0.ready.load(Ordering::Relaxed))
    }

    /// Whether the destination of a run has stopped answering.
    pub(crate) fn is_silent(&self) -> bool {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        runs.iter().any(|run| run.0.is_silent())
    }
}

/// The metrics of one run.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Cells>);

#[derive(Debug)]
struct Cells {
    stream: String,
    topics: Vec<(String, AtomicU64)>,
    shard: String,
    bytes: AtomicU64,
    entered: AtomicU64,
    completed: AtomicU64,
    faults: AtomicU64,
    rejected: AtomicU64,
    accepted: AtomicU64,
    acknowledged: AtomicU64,
    failed: AtomicU64,
    event_time: AtomicI64,
    last_sent: AtomicI64,
    lateness: LatenessCells,
    acknowledged_lateness: LatenessCells,
    ready: AtomicBool,
    due: Mutex<Due>,
    live: OnceLock<Live>,
}

/// A histogram of lateness that grows.
#[derive(Debug, Default)]
struct LatenessCells {
    buckets: [AtomicU64; LATENESS_BOUNDS.len() + 1],
    sum_micros: AtomicU64,
}

impl LatenessCells {
    fn add(&self, late_micros: u64, records: u64) {
        let bucket = LATENESS_BOUNDS.partition_point(|bound| *bound < late_micros);
        self.buckets[bucket].fetch_add(records, Ordering::Relaxed);
        self.sum_micros.fetch_add(late_micros.saturating_mul(records), Ordering::Relaxed);
    }

    fn now(&self) -> LatenessCounts {
        LatenessCounts {
            buckets: std::array::from_fn(|bucket| self.buckets[bucket].load(Ordering::Relaxed)),
            sum_micros: self.sum_micros.load(Ordering::Relaxed),
        }
    }
}

/// Inputs of a snapshot besides the atomic cells.
#[derive(Debug)]
struct Live {
    clock: WallClock,
    view: Option<DeliveryView>,
}

impl Cells {
    fn new(stream: &str, topics: &[String], shard: &str) -> Self {
        Self {
            stream: stream.to_owned(),
            topics: topics.iter().map(|topic| (topic.clone(), AtomicU64::new(0))).collect(),
            shard: shard.to_owned(),
            bytes: AtomicU64::new(0),
            entered: AtomicU64::new(0),
            completed: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            rejected: AtomicU64::new(0),
            accepted: AtomicU64::new(0),
            acknowledged: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            event_time: AtomicI64::new(i64::MIN),
            last_sent: AtomicI64::new(i64::MIN),
            lateness: LatenessCells::default(),
            acknowledged_lateness: LatenessCells::default(),
            ready: AtomicBool::new(false),
            due: Mutex::default(),
            live: OnceLock::new(),
        }
    }

    fn due(&self) -> MutexGuard<'_, Due> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn delivery(&self) -> Delivery {
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        match self.live.get().and_then(|live| live.view.as_ref()) {
            Some(view) => view.delivery(),
            None => Delivery {
                accepted: load(&self.accepted),
                acknowledged: load(&self.acknowledged),
                failed: load(&self.failed),
                bytes: load(&self.bytes),
            },
        }
    }

    /// Time since the oldest unacknowledged record was due.
    fn lag_micros(&self, delivery: Delivery) -> i64 {
        let Some(live) = self.live.get() else { return 0 };
        let mut due = self.due();
        let now = live.clock.now();
        self.settle(&mut due, delivery, now);
        due.oldest().map_or(0, |due| now.saturating_sub(due).max(0))
    }

    /// Takes over how many records are settled.
    fn settle(&self, due: &mut Due, delivery: Delivery, now: i64) {
        let late = |micros, records| self.acknowledged_lateness.add(micros, records);
        due.settle(delivery.acknowledged + delivery.failed, now, late);
    }

    fn is_silent(&self) -> bool {
        let view = self.live.get().and_then(|live| live.view.as_ref());
        view.is_some_and(DeliveryView::is_silent)
    }
}

impl Metrics {
    /// The run has opened its destination.
    pub fn ready(&self) {
        self.0.ready.store(true, Ordering::Relaxed);
    }

    /// A run begins that goes by `clock`, into a sink with this view; a paced one keeps to its plan
    /// from `plan` on.
    pub(crate) fn begin(&self, clock: WallClock, view: Option<DeliveryView>, plan: Option<i64>) {
        if let (Some(_), Some(plan)) = (&view, plan) {
            self.0.due().acknowledged = Lateness::since(plan);
        }
        // Metrics belong to one run; those of a second one keep to the first one's clock and sink.
        let _ = self.0.live.set(Live { clock, view });
    }

    /// So many records, the first due at `first` and the last at `last`, are about to be handed to
    /// the sink.
    pub(crate) fn leaving(&self, records: u64, first: i64, last: i64) {
        self.settle();
        self.0.due().leaving(records, first, last);
    }

    /// Takes over how many records have arrived, where their lateness is measured; whether others are
    /// still on their way.
    pub(crate) fn settle(&self) -> bool {
        let Some(live) = self.0.live.get() else { return false };
        let (mut due, delivery) = (self.0.due(), self.0.delivery());
        self.0.settle(&mut due, delivery, live.clock.now());
        due.acknowledged.is_some() && delivery.in_flight() > 0
    }

    /// Lateness of the records that have arrived, where it is measured.
    pub(crate) fn acknowledged(&self) -> Option<Lateness> {
        self.settle();
        self.0.due().acknowledged.clone()
    }

    /// Takes over what has left so far.
    pub(crate) fn left(&self, counts: &Counts, event_time: i64) {
        let cells = &*self.0;
        for ((_, cell), count) in cells.topics.iter().zip(&counts.by_topic) {
            cell.store(*count, Ordering::Relaxed);
        }
        cells.bytes.store(counts.bytes, Ordering::Relaxed);
        cells.entered.store(counts.entered, Ordering::Relaxed);
        cells.completed.store(counts.completed, Ordering::Relaxed);
        cells.faults.store(counts.faults.iter().sum(), Ordering::Relaxed);
        cells.event_time.store(event_time, Ordering::Relaxed);
        if let Some(live) = cells.live.get() {
            cells.last_sent.store(live.clock.now(), Ordering::Relaxed);
        }
    }

    /// So many records were not sent so far, because their stream broke them.
    pub(crate) fn rejected(&self, records: u64) {
        self.0.rejected.store(records, Ordering::Relaxed);
    }

    /// Takes over what has become of it.
    pub(crate) fn delivered(&self, delivery: Delivery) {
        self.0.accepted.store(delivery.accepted, Ordering::Relaxed);
        self.0.acknowledged.store(delivery.acknowledged, Ordering::Relaxed);
        self.0.failed.store(delivery.failed, Ordering::Relaxed);
    }

    /// A record left `late_micros` after it was due.
    pub(crate) fn late(&self, late_micros: u64) {
        self.0.lateness.add(late_micros, 1);
    }

    /// The run is up to its plan and waits.
    pub(crate) fn on_time(&self) {
        self.0.due().on_time();
    }

    /// The numbers at this moment.
    pub fn snapshot(&self) -> Snapshot {
        let cells = &*self.0;
        let load = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        let time =
            |cell: &AtomicI64| Some(cell.load(Ordering::Relaxed)).filter(|at| *at != i64::MIN);
        let delivery = cells.delivery();
        Snapshot {
            stream: cells.stream.clone(),
            shard: cells.shard.clone(),
            topics: cells.topics.iter().map(|(topic, cell)| (topic.clone(), load(cell))).collect(),
            bytes: load(&cells.bytes),
            entered: load(&cells.entered),
            completed: load(&cells.completed),
            faults: load(&cells.faults),
            rejected: load(&cells.rejected),
            delivery,
            lag_micros: cells.lag_micros(delivery),
            event_time: time(&cells.event_time),
            last_sent: time(&cells.last_sent),
            lateness: cells.lateness.now(),
            acknowledged_lateness: cells.acknowledged_lateness.now(),
            is_silent: cells.is_silent(),
        }
    }
}

/// The numbers of a run, or of all runs, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The stream; empty for a sum.
    pub stream: String,
    /// The shard as `I/N`; empty for a sum.
    pub shard: String,
    /// Records by topic.
    pub topics: Vec<(String, u64)>,
    /// Bytes of the records, line feeds included.
    pub bytes: u64,
    /// Entities whose first record has left.
    pub entered: u64,
    /// Entities whose last record has left.
    pub completed: u64,
    /// Records deliberately changed.
    pub faults: u64,
    /// Records that were not sent, because their stream broke them.
    pub rejected: u64,
    /// Delivery counts of the records.
    pub delivery: Delivery,
    /// Time since the oldest unacknowledged record was due, in microseconds; 0 without a schedule.
    ///
    /// Records count as arriving in the order in which they were sent.
    pub lag_micros: i64,
    /// Event time that the run has reached, in microseconds since the Unix epoch: when the last record
    /// was due; none before the first.
    pub event_time: Option<i64>,
    /// Wall-clock time at which a record was last sent, in microseconds since the Unix epoch; none
    /// before the first.
    pub last_sent: Option<i64>,
    /// Records by how late they left.
    pub lateness: LatenessCounts,
    /// Records by how late they were acknowledged; none where each write settles its own.
    pub acknowledged_lateness: LatenessCounts,
    /// True while records wait for a destination that has stopped answering.
    pub is_silent: bool,
}

/// Records by how late they were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LatenessCounts {
    /// Records for each of [`LATENESS_BOUNDS`] and beyond.
    pub buckets: [u64; LATENESS_BOUNDS.len() + 1],
    /// The sum of their lateness in microseconds.
    pub sum_micros: u64,
}

impl LatenessCounts {
    fn plus(mut self, other: Self) -> Self {
        for (sum, count) in self.buckets.iter_mut().zip(other.buckets) {
            *sum += count;
        }
        self.sum_micros += other.sum_micros;
        self
    }
}

impl Snapshot {
    /// All records.
    pub fn records(&self) -> u64 {
        self.topics.iter().map(|(_, records)| records).sum()
    }

    /// Entities that are still open.
    pub fn open(&self) -> u64 {
        self.entered.saturating_sub(self.completed)
    }

    fn plus(mut self, other: Self) -> Self {
        for (topic, records) in other.topics {
            match self.topics.iter_mut().find(|(known, _)| *known == topic) {
                Some((_, sum)) => *sum += records,
                None => self.topics.push((topic, records)),
            }
        }
        self.bytes += other.bytes;
        self.entered += other.entered;
        self.completed += other.completed;
        self.faults += other.faults;
        self.rejected += other.rejected;
        self.delivery.accepted += other.delivery.accepted;
        self.delivery.acknowledged += other.delivery.acknowledged;
        self.delivery.failed += other.delivery.failed;
        self.delivery.bytes += other.delivery.bytes;
        self.lag_micros = self.lag_micros.max(other.lag_micros);
        self.event_time = self.event_time.max(other.event_time);
        self.last_sent = self.last_sent.max(other.last_sent);
        self.lateness = self.lateness.plus(other.lateness);
        self.acknowledged_lateness = self.acknowledged_lateness.plus(other.acknowledged_lateness);
        self.is_silent |= other.is_silent;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_added_up_by_topic_and_the_worst_lag_counts() {
        let registry = Registry::default();
        let one = registry.register("sales", &["a".into(), "b".into()], "0/2");
        let two = registry.register("sales", &["b".into()], "1/2");
        one.left(
            &Counts { by_topic: vec![1, 2], entered: 3, completed: 1, ..Counts::default() },
            50,
        );
        two.left(&Counts { by_topic: vec![4], ..Counts::default() }, 40);
        (0..3).for_each(|_| one.late(700));
        (0..4).for_each(|_| two.late(90));
        let clock = WallClock::start();
        one.begin(clock, None, None);
        two.begin(clock, None, None);
        two.leaving(4, clock.now() - 50_000_000, clock.now());
        one.leaving(3, clock.now() - 90_000_000, clock.now());
        one.rejected(2);
        two.rejected(1);
        let sum = registry.aggregate();
        assert_eq!(sum.rejected, 3);
        assert_eq!(sum.topics, [("a".to_owned(), 1), ("b".to_owned(), 6)]);
        assert_eq!((sum.open(), sum.lag_micros / 30_000_000, sum.event_time), (2, 3, Some(50)));
        assert_eq!((sum.lateness.buckets[0], sum.lateness.buckets[3]), (4, 3));
    }

    #[test]
    fn a_process_is_ready_once_all_of_its_runs_are() {
        let registry = Registry::default();
        assert!(!registry.is_ready());
        let (one, two) = (registry.register("a", &[], "0/1"), registry.register("b", &[], "0/1"));
        one.ready();
        assert!(!registry.is_ready());
        two.ready();
        assert!(registry.is_ready());
    }
}
