//! Streams of a user's own that break what they promise: the run ends with an error, or goes on without their records.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use mercato_draw::{Seed, Words};
use mercato_engine::{
    Arrival, Arrivals, Curve, EngineError, Extent, Rate, Record, Run, Schedule, Shard, Step, Stream, StreamId, Trace,
    World,
};
use mercato_runtime::run::{Drive, Outcome, Pace, RunError};
use mercato_sinks::NullSink;

/// The arrival at which something goes wrong, some blocks behind the beginning.
const WRONG: u64 = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Curve,
    Draw,
    Trace,
    Owner,
    Render,
}

/// Arrivals an hour: one a millisecond.
const PER_HOUR: u64 = 3_600_000;

impl Curve for Flaw {
    fn piece(&self, at: i64) -> (u64, i64) {
        assert!(*self != Self::Curve || at < WRONG as i64 * 1_000, "no entity {WRONG}");
        (1_000_000, at + 1_000_000)
    }
}

#[derive(Debug)]
struct Flawed(Flaw);

impl Flawed {
    fn pass(&self, flaw: Flaw, arrival: u64) {
        assert!(self.0 != flaw || arrival != WRONG, "no entity {arrival}");
    }
}

impl Stream for Flawed {
    type Entity = u64;

    fn id(&self) -> StreamId {
        StreamId { name: "flawed", purpose: 200, rank: 0 }
    }
    fn topics(&self) -> Vec<String> {
        vec!["flaws".into()]
    }
    fn kinds(&self) -> Vec<String> {
        vec!["flaw".into()]
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        vec![Arrivals::Rate(Rate::new(PER_HOUR * 1_000_000, Schedule::default()).unwrap().with_curve(Arc::new(self.0)))]
    }
    fn words(&self) -> usize {
        1
    }
    fn draw(&self, arrival: Arrival, _: &mut Words<'_>) -> u64 {
        self.pass(Flaw::Draw, arrival.index);
        arrival.index
    }
    fn owner(&self, _: &u64, arrival: Arrival, key: &mut Vec<u8>) {
        self.pass(Flaw::Owner, arrival.index);
        key.extend_from_slice(&arrival.index.to_le_bytes());
    }
    fn trace(&self, _: &u64, arrival: Arrival, trace: &mut Trace) {
        self.pass(Flaw::Trace, arrival.index);
        trace.push(arrival.at, 0);
    }
    fn render(&self, entity: &u64, step: Step, record: &mut Record<'_>) {
        self.pass(Flaw::Render, step.arrival);
        record.serialize(&serde_json::json!({ "entity": entity }));
    }
    fn columns(&self) -> Vec<String> {
        vec!["entity".into()]
    }
}

fn run(flaw: Flaw) -> Run {
    let world = World { seed: Seed::new(1), origin: 0 };
    let builder = Run::builder(world).extent(Extent { arrivals: Some(50_000), ..Extent::default() });
    // Only a shard asks who owns an entity.
    let shard = if flaw == Flaw::Owner { Shard::new(0, 2).unwrap() } else { Shard::WHOLE };
    builder.shard(shard).stream(Flawed(flaw)).unwrap()
}

/// Carries the run out, and gives up when it takes as long as a run that hangs.
fn carried_out(flaw: Flaw, threads: usize) -> Result<Outcome, RunError> {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let outcome = Drive::new(threads, Pace::Fast).run(&run(flaw), Box::new(NullSink::default()), None);
        // Nobody listens any more once the test has given up.
        let _ = done.send(outcome);
    });
    ended.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("{flaw:?} on {threads} threads hangs"))
}

#[test]
fn a_stream_that_panics_ends_the_run_with_an_error_that_names_it() {
    for flaw in [Flaw::Curve, Flaw::Draw, Flaw::Trace, Flaw::Owner, Flaw::Render] {
        for threads in [1, 2, 7] {
            let Err(RunError::Stream { outcome, source }) = carried_out(flaw, threads) else {
                panic!("{flaw:?} on {threads} threads is no error");
            };
            let expected = EngineError::Panicked { stream: "flawed", message: "no entity 5000".into() };
            assert_eq!(source, expected, "{flaw:?} on {threads} threads");
            assert!(outcome.counts.records() <= WRONG, "{flaw:?} on {threads} threads: {}", outcome.counts.records());
        }
    }
}
