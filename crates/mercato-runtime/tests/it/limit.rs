//! Runs that end by their number of records, carried out on threads.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::ops::Range;

use mercato_draw::Seed;
use mercato_encode::Batch;
use mercato_engine::{Arrivals, Cursor, Extent, Run, Schedule, World};
use mercato_runtime::run::{Drive, Ending, Observer, Outcome, Pace};
use mercato_sinks::NullSink;
use mercato_test_support::toy::{Toy, per_second};

/// Visits of up to four steps, a thousand a second.
fn run(records: Option<u64>) -> Run {
    let extent = Extent { records, until: Some(20_000_000), ..Extent::default() };
    let toy = Toy::new(vec![Arrivals::Rate(per_second(1_000, Schedule::default()))]);
    Run::builder(World { seed: Seed::new(5), origin: 0 }).extent(extent).stream(toy).unwrap()
}

/// Keeps the lines that leave.
#[derive(Debug, Default)]
struct Kept(Vec<u8>);

impl Observer for Kept {
    fn releasing(&mut self, batch: &Batch, range: &Range<usize>, _: i64) {
        self.0.extend_from_slice(batch.lines(range.clone()));
    }
}

fn driven(run: &Run, threads: usize, resume: Option<Cursor>) -> (Outcome, Vec<u8>) {
    let mut kept = Kept::default();
    let drive = Drive { resume, ..Drive::new(threads, Pace::Fast) };
    let outcome = drive.run(run, Box::new(NullSink::default()), Some(&mut kept)).unwrap();
    (outcome, kept.0)
}

#[test]
fn the_limit_is_exact_on_any_number_of_threads() {
    let (_, whole) = driven(&run(None), 1, None);
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    for records in [1, 2, 1_000, 1_024, 20_001] {
        for threads in [1, 2, 7] {
            let (outcome, bytes) = driven(&run(Some(records as u64)), threads, None);
            assert_eq!(bytes, lines[..records].concat(), "{records} on {threads} threads");
            assert_eq!(
                (outcome.ending, outcome.counts.records()),
                (Ending::Complete, records as u64)
            );
            assert_eq!(outcome.cursor.unwrap().records(), records as u64);
        }
    }
}

#[test]
fn a_run_that_is_taken_up_again_ends_with_the_same_record() {
    let (_, whole) = driven(&run(Some(10_000)), 1, None);
    let (first, begun) = driven(&run(Some(4_321)), 2, None);
    for threads in [1, 2, 7] {
        let (outcome, rest) = driven(&run(Some(10_000)), threads, first.cursor.clone());
        assert_eq!([begun.clone(), rest].concat(), whole, "{threads} threads");
        assert_eq!((outcome.counts.records(), outcome.cursor.unwrap().records()), (5_679, 10_000));
    }
}

#[test]
fn a_limit_behind_the_end_is_none() {
    let (whole, bytes) = driven(&run(None), 1, None);
    let (outcome, same) = driven(&run(Some(whole.counts.records() + 1)), 2, None);
    assert_eq!(same, bytes);
    assert_eq!(outcome.ending, Ending::Complete);
}
