//! A toy run, its records where they should be, and an [`Actual`] over memory.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::convert::Infallible;

use mercato_draw::{Seed, murmur2};
use mercato_engine::{Arrivals, Delays, Extent, Format, Key, Run, Schedule, World};
use mercato_test_support::toy::Toy;
use mercato_truth::{Actual, Found, Layout, Report, Verifier};
use proptest::prelude::*;

pub(crate) const ORIGIN: i64 = 1_700_000_000_000_000;

/// Visits with up to four steps by so many users, over so many substreams.
pub(crate) fn toy(substreams: usize, users: u64) -> Toy {
    let substream = |substream| {
        Arrivals::Delays(Delays::new(0, 100_000 + 10_000 * substream, Schedule::default()).unwrap())
    };
    Toy { users, topics: 1, ..Toy::new((0..substreams as i64).map(substream).collect()) }
}

/// A run of `arrivals` visits, in blocks of 16.
pub(crate) fn run_of(seed: u64, toy: Toy, arrivals: u64, format: Format) -> Run {
    run_from(ORIGIN, seed, toy, arrivals, format)
}

fn run_from(origin: i64, seed: u64, toy: Toy, arrivals: u64, format: Format) -> Run {
    let world = World { seed: Seed::new(seed), origin };
    let extent = Extent { arrivals: Some(arrivals), drain: true, ..Extent::default() };
    Run::builder(world).block_len(16).extent(extent).format(format).stream(toy).unwrap()
}

/// Runs of at least 20 records over several block borders.
pub(crate) fn runs() -> impl Strategy<Value = Run> {
    (any::<u64>(), 1usize..4, 1u64..12, 20u64..150).prop_map(
        |(seed, substreams, users, arrivals)| {
            run_of(seed, toy(substreams, users), arrivals, Format::Json)
        },
    )
}

/// Runs that have no record in common with [`runs`].
pub(crate) fn older_runs() -> impl Strategy<Value = Run> {
    (any::<u64>(), 20u64..150).prop_map(|(seed, arrivals)| {
        run_from(ORIGIN - 86_400_000_000, seed, toy(2, 5), arrivals, Format::Json)
    })
}

pub(crate) fn layouts() -> impl Strategy<Value = Layout> {
    prop_oneof![Just(Layout::Lines), (1u32..8).prop_map(Layout::Partitions)]
}

/// A record with its place in the run, if it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) key: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) at: Option<Key>,
}

impl Item {
    pub(crate) fn foreign(key: &[u8], value: &str) -> Self {
        Self { key: key.to_vec(), value: value.into(), at: None }
    }
}

/// Records in memory, partition by partition.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    pub(crate) layout: Layout,
    pub(crate) partitions: Vec<Vec<Item>>,
    next: Vec<usize>,
}

impl Shelf {
    /// Every record of `run` where it should be.
    pub(crate) fn of(run: &Run, layout: Layout) -> Self {
        let count = if let Layout::Partitions(count) = layout { count } else { 1 };
        let mut partitions = vec![Vec::new(); count as usize];
        for batch in run.batches().unwrap() {
            for (index, span) in batch.spans().iter().enumerate() {
                let (key, value) = (batch.key(index).to_vec(), batch.value(index).to_vec());
                let partition = (murmur2(&key) & 0x7fff_ffff) % count;
                partitions[partition as usize].push(Item {
                    key,
                    value,
                    at: Some((&span.stamp).into()),
                });
            }
        }
        Self { layout, next: vec![0; partitions.len()], partitions }
    }

    pub(crate) fn len(&self) -> u64 {
        self.partitions.iter().map(|items| items.len() as u64).sum()
    }

    /// Partition and index of any record.
    pub(crate) fn pick(&self, pick: prop::sample::Index) -> (usize, usize) {
        let places = self
            .partitions
            .iter()
            .enumerate()
            .flat_map(|(p, items)| (0..items.len()).map(move |i| (p, i)));
        *pick.get(&places.collect::<Vec<_>>())
    }

    /// What a verifier reports of it, with every difference in full.
    pub(crate) fn verify(&mut self, run: &Run) -> Report {
        self.next.fill(0);
        Verifier::new(run).differences(usize::MAX).verify(self).unwrap()
    }
}

impl Actual for Shelf {
    type Error = Infallible;

    fn layout(&self) -> Layout {
        self.layout
    }

    fn next(&mut self, partition: u32) -> Result<Option<Found<'_>>, Infallible> {
        let partition = partition as usize;
        let Some(item) = self.partitions[partition].get(self.next[partition]) else {
            return Ok(None);
        };
        self.next[partition] += 1;
        // What is no partition of a topic shows no keys, whatever it was made from.
        let key: &[u8] = if self.layout == Layout::Lines { b"" } else { &item.key };
        Ok(Some(Found { key, value: &item.value, position: self.next[partition] as u64 }))
    }
}
