//! A stream for this module's tests: readings every now and then, and a rare alarm among them.

use mercato_draw::{Seed, Words};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Arrival, Arrivals, Extent, Fold, FoldWindow, Rate, Run, RunBuilder, Schedule, Step, Stream,
    StreamId, Tally, Window, World,
};
use mercato_schema::Description;

/// Start of the test runs, in microseconds since the Unix epoch.
pub(super) const ORIGIN: i64 = 1_700_000_000_000_000;

struct Toy {
    lanes: Vec<Arrivals>,
    padding: String,
}

impl Stream for Toy {
    type Entity = u64;

    fn id(&self) -> StreamId {
        StreamId { name: "toy", purpose: 200, rank: 0 }
    }
    fn topics(&self) -> Vec<String> {
        vec!["toys".into()]
    }
    fn kinds(&self) -> Vec<String> {
        vec!["reading".into()]
    }
    fn layout(&self, _: u16) -> Layout {
        Layout::new(Description::default())
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        self.lanes.clone()
    }
    fn words(&self) -> usize {
        1
    }
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> u64 {
        words.take() % 100
    }
    fn owner(&self, sensor: &u64, _: Arrival, key: &mut Vec<u8>) {
        key.extend_from_slice(sensor.to_string().as_bytes());
    }
    fn write<W: Writer>(&self, sensor: &u64, step: Step, writer: &mut W) {
        writer.key(|key| key.extend_from_slice(sensor.to_string().as_bytes()));
        writer.serialize(&(step.arrival, sensor, &self.padding));
    }
    fn tally(&self, sensor: &u64, _: Step, tally: &mut Tally) {
        tally.add(0, 1);
        tally.add(1, *sensor as i64);
    }
}

/// Number of readings and sum of their sensors, in windows of 10 and 100 milliseconds.
struct Sums;

impl Fold for Sums {
    fn name(&self) -> &'static str {
        "sums"
    }
    fn topic(&self) -> String {
        "sums".into()
    }
    fn windows(&self) -> Vec<FoldWindow> {
        [10_000, 100_000].map(|micros| FoldWindow { micros, records: 1, kind: "sum".into() }).into()
    }
    fn cells(&self) -> usize {
        2
    }
    fn write<W: Writer>(&self, window: Window, cells: &[i64], _: u16, writer: &mut W) {
        writer.serialize(&(window.from, window.to, cells));
    }
    fn layout(&self) -> Layout {
        Layout::new(Description::default())
    }
}

/// A run of `arrivals` readings, about 1,000 a second and padded to about `bytes`, and alarms at a
/// seventh of their rate.
pub(super) fn run(arrivals: u64, bytes: usize) -> Run {
    builder(arrivals, bytes).build().unwrap()
}

/// The same, and what the readings add up to.
pub(super) fn folded(arrivals: u64, bytes: usize) -> Run {
    builder(arrivals, bytes).folded(Sums).build().unwrap()
}

fn builder(arrivals: u64, bytes: usize) -> RunBuilder {
    let lane = |per_second: u64| {
        Arrivals::Rate(Rate::new(per_second * 3_600_000_000, Schedule::default()).unwrap())
    };
    let toy = Toy { lanes: vec![lane(1_000), lane(143)], padding: "x".repeat(bytes) };
    let extent = Extent { arrivals: Some(arrivals), ..Extent::default() };
    let world = World { seed: Seed::new(7), origin: ORIGIN };
    Run::builder(world).block_len(16).extent(extent).and(toy)
}
