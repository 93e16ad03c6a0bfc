//! What the benchmarks of all layers share: the same world, runs without an end, and quick
//! settings.
//!
//! Each file under `benches/` is one layer, measured in records and bytes a second:
//! `cargo bench -p mercato-benches` takes about a minute,
//! `cargo bench -p mercato-benches --bench streams` one layer.
//! Criterion measures wall time on one thread; the figures of whole programs stand in
//! `docs/benchmarks.md`.
//!
//! ```
//! use mercato_benches::{Steady, endless, sales};
//!
//! let mut steady = Steady::after(&endless(sales(10)), 1_000);
//! let (records, bytes) = steady.portion();
//! assert!(records >= Steady::PORTION && bytes > 300 * records);
//! ```

pub mod arrow;

use std::time::Duration;

use criterion::{Criterion, Throughput};
use mercato::draw::Seed;
use mercato::encode::Batch;
use mercato::engine::{Batches, Extent, Format, Run, Schedule, Stream, World};
use mercato::schema::Rate;
use mercato::shop::orders::{Orders, OrdersConfig, OrdersParams};
use mercato::shop::sales::{Sales, SalesConfig, SalesParams};

/// Seed and origin of every benchmark: the ninth of November 2025, the day of document 000's
/// example.
pub fn world() -> World {
    World { seed: Seed::new(42), origin: 1_762_646_400_000_000 }
}

/// Few samples of half a second: the whole suite is over in minutes, and differences below 5 % are
/// noise.
pub fn quick() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .without_plots()
}

/// Throughput in records and in bytes.
pub fn throughput(records: u64, bytes: u64) -> Throughput {
    Throughput::ElementsAndBytes { elements: records, bytes }
}

/// What one a second is in the unit of [`Rate`].
const MILLIONTHS_PER_HOUR: u64 = 3_600_000_000;

/// The stream `sales` as documented, but at a rate.
pub fn sales(orders_per_second: u64) -> Sales {
    let config = SalesConfig {
        rate: Rate::from_millionths_per_hour(orders_per_second * MILLIONTHS_PER_HOUR),
        ..SalesConfig::default()
    };
    Sales::new(world(), possible(SalesParams::new(&config)), Schedule::default())
}

/// The stream `orders` as documented, but at a rate.
pub fn orders(orders_per_second: u64) -> Orders {
    let config = OrdersConfig {
        rate: Rate::from_millionths_per_hour(orders_per_second * MILLIONTHS_PER_HOUR),
        ..OrdersConfig::default()
    };
    Orders::new(world(), possible(OrdersParams::new(&config)), Schedule::default())
}

/// A run of `stream` as JSON that never ends.
pub fn endless(stream: impl Stream) -> Run {
    run(stream, Format::Json, Extent::default())
}

/// The part `extent` of a run of `stream`.
pub fn run(stream: impl Stream, format: Format, extent: Extent) -> Run {
    possible(Run::builder(world()).format(format).extent(extent).stream(stream))
}

/// The value of something that cannot fail with the fixed parameters of a benchmark.
///
/// # Panics
///
/// When it has failed nevertheless: a benchmark of other parameters than its own would measure
/// nothing.
pub fn possible<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        #[expect(clippy::panic, reason = "said in the documentation")]
        Err(error) => panic!("the parameters of a benchmark are possible: {error}"),
    }
}

/// A run that has reached its steady state: as many entities close as open.
#[derive(Debug)]
pub struct Steady {
    batches: Batches,
}

impl Steady {
    /// Records of a portion, at least.
    pub const PORTION: u64 = 50_000;

    /// Evaluates `run` on this thread until `records` of it have passed.
    pub fn after(run: &Run, records: u64) -> Self {
        let mut steady = Self { batches: possible(run.batches()) };
        let mut passed = 0;
        while passed < records {
            passed += steady.next(|_| ()).0;
        }
        steady
    }

    /// Makes the next records, [`Steady::PORTION`] or a batch more; returns their number and that
    /// of their bytes.
    pub fn portion(&mut self) -> (u64, u64) {
        let (mut records, mut bytes) = (0, 0);
        while records < Self::PORTION {
            let (more_records, more_bytes) = self.next(|_| ());
            records += more_records;
            bytes += more_bytes;
        }
        (records, bytes)
    }

    /// Makes the next batch, shows it and takes its memory back; returns the number of its records
    /// and bytes.
    pub fn next(&mut self, look: impl FnOnce(&Batch)) -> (u64, u64) {
        let Some(batch) = self.batches.next() else { return (u64::MAX, 0) };
        look(&batch);
        let made = (batch.len() as u64, batch.bytes().len() as u64);
        self.batches.recycle(batch);
        made
    }
}
