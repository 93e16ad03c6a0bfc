//! Runs of the toy stream for this module's tests: readings every now and then, and a rarer
//! substream among them.

use mercato_draw::Seed;
use mercato_engine::{Arrivals, Extent, Run, RunBuilder, Schedule, World};
use mercato_test_support::toy::{Sums, Toy, per_second};

/// Start of the test runs, in microseconds since the Unix epoch.
pub(super) const ORIGIN: i64 = 1_700_000_000_000_000;

/// A run of `arrivals` readings, about 1,000 a second and padded to about `bytes`, and others at a
/// seventh of their rate.
pub(super) fn run(arrivals: u64, bytes: usize) -> Run {
    builder(arrivals, bytes).build().unwrap()
}

/// The same, and what the readings add up to in windows of 10 and of 100 milliseconds.
pub(super) fn folded(arrivals: u64, bytes: usize) -> Run {
    builder(arrivals, bytes).folded(Sums::new(&[(10_000, 1), (100_000, 1)])).build().unwrap()
}

fn builder(arrivals: u64, bytes: usize) -> RunBuilder {
    let substreams = [1_000, 143].map(|rate| Arrivals::Rate(per_second(rate, Schedule::default())));
    let padding = "x".repeat(bytes);
    let toy = Toy { users: 100, steps: 0, topics: 1, padding, ..Toy::new(substreams.into()) };
    let extent = Extent { arrivals: Some(arrivals), ..Extent::default() };
    let world = World { seed: Seed::new(7), origin: ORIGIN };
    Run::builder(world).block_len(16).extent(extent).and(toy)
}
