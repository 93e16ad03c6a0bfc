//! Streams of a user's own that break what they promise: the run ends with an error, or goes on
//! without their records.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::ops::Range;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use crate::common::World;
use mercato_draw::{Seed, Words};
use mercato_encode::{Batch, Flaw};
use mercato_encode::{Layout, Out, Writer};
use mercato_engine::{
    Arrival, Arrivals, Curve, EngineError, Extent, Rate, Run, Schedule, Shard, Step, Stream,
    StreamId, Trace,
};
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::metrics::Registry;
use mercato_runtime::run::{Drive, Outcome, Pace, RunError};
use mercato_runtime::session::{Session, SessionError, StreamInfo};
use mercato_runtime::summary::{Summary, SummaryStyle};
use mercato_schema::{Description, Field, Kind};
use mercato_sinks::{Delivery, NullSink, Sink, SinkError};

/// The arrival at which something goes wrong, some blocks after the beginning.
const WRONG: u64 = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Topic,
    Curve,
    Draw,
    Trace,
    Owner,
    Render,
    Reject(Flaw),
}

/// The flaws that a stream can have when its records are JSON.
const FLAWS: [Flaw; 6] =
    [Flaw::EventTime, Flaw::Kind, Flaw::TooLarge, Flaw::Fields, Flaw::NotOneLine, Flaw::NotJson];

/// Arrivals an hour: one a millisecond.
const PER_HOUR: u64 = 3_600_000;

impl Curve for Wrong {
    fn piece(&self, at: i64) -> (u64, i64) {
        assert!(*self != Self::Curve || at < WRONG as i64 * 1_000, "no entity {WRONG}");
        (1_000_000, at + 1_000_000)
    }
}

#[derive(Debug)]
struct Flawed(Wrong);

impl Flawed {
    fn pass(&self, wrong: Wrong, arrival: u64) {
        assert!(self.0 != wrong || arrival != WRONG, "no entity {arrival}");
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
    fn topic_of(&self, _: u16) -> u16 {
        u16::from(self.0 == Wrong::Topic)
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        vec![Arrivals::Rate(
            Rate::new(PER_HOUR * 1_000_000, Schedule::default())
                .unwrap()
                .with_curve(Arc::new(self.0)),
        )]
    }
    fn words(&self) -> usize {
        1
    }
    fn draw(&self, arrival: Arrival, _: &mut Words<'_>) -> u64 {
        self.pass(Wrong::Draw, arrival.index);
        arrival.index
    }
    fn owner(&self, _: &u64, arrival: Arrival, key: &mut Vec<u8>) {
        self.pass(Wrong::Owner, arrival.index);
        key.extend_from_slice(&arrival.index.to_le_bytes());
    }
    fn trace(&self, _: &u64, arrival: Arrival, trace: &mut Trace) {
        self.pass(Wrong::Trace, arrival.index);
        let is_wrong = |flaw| self.0 == Wrong::Reject(flaw) && arrival.index == WRONG;
        trace.push(
            arrival.at + i64::from(is_wrong(Flaw::EventTime)),
            u16::from(is_wrong(Flaw::Kind)),
        );
    }
    fn write<W: Writer>(&self, entity: &u64, step: Step, writer: &mut W) {
        self.pass(Wrong::Render, step.arrival);
        writer.key(|key| key.extend_from_slice(&entity.to_le_bytes()));
        match self.0 {
            Wrong::Reject(flaw) if step.arrival == WRONG => match flaw {
                Flaw::TooLarge => {
                    writer.key(|key| key.extend_from_slice(&vec![0; Run::LARGEST_RECORD]));
                }
                Flaw::NotOneLine => return writer.plain("entity", |out| out.byte(b'\n')),
                Flaw::NotJson => return writer.plain("entity", |out| out.byte(b'"')),
                Flaw::Fields => return,
                _ => {}
            },
            _ => {}
        }
        writer.serialize(&serde_json::json!({ "entity": entity }));
    }
    fn layout(&self, _: u16) -> Layout {
        let (name, doc) = ("entity".into(), "The number of the entity.".into());
        let fields = vec![Field { name, doc, kind: Kind::Text, nullable: false }];
        Layout::new(Description { fields, ..Description::default() })
    }
}

fn run(wrong: Wrong) -> Run {
    let world = mercato_engine::World { seed: Seed::new(1), origin: 0 };
    let builder =
        Run::builder(world).extent(Extent { arrivals: Some(50_000), ..Extent::default() });
    // Only a shard asks who owns an entity.
    let shard = if wrong == Wrong::Owner { Shard::new(0, 2).unwrap() } else { Shard::WHOLE };
    builder.shard(shard).stream(Flawed(wrong)).unwrap()
}

/// Carries the run out, and gives up when it takes as long as a run that hangs.
fn carried_out(wrong: Wrong, threads: usize) -> Result<Outcome, RunError> {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        let outcome =
            Drive::new(threads, Pace::Fast).run(&run(wrong), Box::new(NullSink::default()), None);
        // Nobody listens any more once the test has given up.
        let _ = done.send(outcome);
    });
    ended
        .recv_timeout(Duration::from_secs(60))
        .unwrap_or_else(|_| panic!("{wrong:?} on {threads} threads hangs"))
}

#[test]
fn a_stream_that_panics_ends_the_run_with_an_error_that_names_it() {
    for wrong in [Wrong::Curve, Wrong::Draw, Wrong::Trace, Wrong::Owner, Wrong::Render] {
        for threads in [1, 2, 7] {
            let Err(RunError::Stream { outcome, source }) = carried_out(wrong, threads) else {
                panic!("{wrong:?} on {threads} threads is no error");
            };
            let expected =
                EngineError::Panicked { stream: "flawed", message: "no entity 5000".into() };
            assert_eq!(source, expected, "{wrong:?} on {threads} threads");
            assert!(
                outcome.counts.records() <= WRONG,
                "{wrong:?} on {threads} threads: {}",
                outcome.counts.records()
            );
        }
    }
}

/// How many records a sink has got.
#[derive(Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>, NullSink);

impl Sink for Lines {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.0.lock().unwrap().extend_from_slice(batch.lines(range.clone()));
        self.1.write(batch, range)
    }
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
    fn delivery(&self) -> Delivery {
        self.1.delivery()
    }
    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        Ok(self.1.delivery())
    }
}

#[test]
fn a_record_that_the_stream_breaks_is_counted_and_never_sent() {
    for flaw in FLAWS {
        for threads in [1, 3] {
            let (lines, metrics) = (
                Lines::default(),
                Registry::default().register("flawed", &["flaws".into()], "0/1"),
            );
            let written = Arc::clone(&lines.0);
            let drive = Drive { metrics: Some(metrics.clone()), ..Drive::new(threads, Pace::Fast) };
            let outcome = drive.run(&run(Wrong::Reject(flaw)), Box::new(lines), None).unwrap();
            let expected = Flaw::ALL.map(|other| u64::from(other == flaw));
            assert_eq!(outcome.counts.rejected, expected, "{flaw:?}");
            assert_eq!(
                (outcome.counts.records(), metrics.snapshot().rejected),
                (49_999, 1),
                "{flaw:?}"
            );
            let written = String::from_utf8(written.lock().unwrap().clone()).unwrap();
            let good = (0..50_000)
                .filter(|entity| *entity != WRONG)
                .map(|entity| format!("{{\"entity\":{entity}}}\n"));
            assert!(written == good.collect::<String>(), "{flaw:?} on {threads} threads");
        }
    }
}

#[test]
fn a_run_with_rejected_records_ends_with_5_and_its_summary_names_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (records, summary) = (path("flaws.ndjson"), path("summary.json"));
    let world = World::default();
    let session = Session {
        title: StreamInfo {
            program: "flaw-gen",
            stream: "flawed",
            data_version: 1,
            wording: SummaryStyle::Single("flaws"),
            narrate: None,
        },
        layers: &world.layers().unwrap(),
        run: world.run(&["--seed", "1", "--clock", "fast"]).unwrap(),
        output: world.output(&["-o", &records, "--summary-json", &summary]).unwrap(),
        log_file: None,
        kafka: None,
        effective: world.run(&["--seed", "1"]).unwrap().effective().unwrap(),
        own_flags: Vec::new(),
        opening: None,
        resumed: None,
    };
    let failure = session.carry_out(&run(Wrong::Reject(Flaw::NotJson))).unwrap_err();
    assert!(matches!(failure, SessionError::Rejected { records: 1 }), "{failure:?}");
    assert_eq!(Failure::from(failure).exit, Exit::Undelivered);
    let rejected = Summary::read(summary.as_ref()).unwrap().counts.rejected;
    assert_eq!(rejected, [("not_json".to_owned(), 1)].into());
}

#[test]
fn a_kind_whose_records_would_have_no_topic_makes_no_run() {
    let world = mercato_engine::World { seed: Seed::new(1), origin: 0 };
    let refused = Run::builder(world).stream(Flawed(Wrong::Topic)).unwrap_err();
    let kind = EngineError::Kind { stream: "flawed", kind: "flaw".into(), topics: 1 };
    assert_eq!(refused, kind);
}
