//! Runs that end by their number of records.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato_draw::{Seed, UniformInt, Words};
use mercato_encode::Batch;
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Arrival, Arrivals, Batches, Cursor, Delays, Extent, Key, Run, Schedule, Step, Stream, StreamId,
    Trace, World,
};
use mercato_schema::Description;
use proptest::prelude::*;

const ORIGIN: i64 = 1_700_000_000_000_000;
const LONGEST: i64 = 4_000_000;

/// Sessions with up to four events.
#[derive(Debug, Clone, Copy)]
struct Sessions;

#[derive(Debug, Clone, Copy)]
struct Session {
    gaps: [i64; 3],
    count: usize,
}

impl Stream for Sessions {
    type Entity = Session;

    fn id(&self) -> StreamId {
        StreamId { name: "sessions", purpose: 201, rank: 4 }
    }
    fn topics(&self) -> Vec<String> {
        vec!["events".into()]
    }
    fn kinds(&self) -> Vec<String> {
        vec!["view".into()]
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        Delays::new(1, 50_000, Schedule::default()).map(Arrivals::Delays).into_iter().collect()
    }
    fn words(&self) -> usize {
        4
    }
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> Session {
        let gap = UniformInt::new(0, LONGEST / 3).unwrap();
        let gaps = [gap.pick(words.take()), gap.pick(words.take()), gap.pick(words.take())];
        Session { gaps, count: (words.take() % 4) as usize }
    }
    fn owner(&self, _: &Session, arrival: Arrival, key: &mut Vec<u8>) {
        key.extend_from_slice(arrival.index.to_string().as_bytes());
    }
    fn trace(&self, session: &Session, arrival: Arrival, trace: &mut Trace) {
        let mut at = arrival.at;
        trace.push(at, 0);
        for gap in &session.gaps[..session.count] {
            at += gap;
            trace.push(at, 0);
        }
    }
    fn longest_trace(&self) -> i64 {
        LONGEST
    }
    fn write<W: Writer>(&self, _: &Session, step: Step, writer: &mut W) {
        writer.key(|key| key.extend_from_slice(step.arrival.to_string().as_bytes()));
        writer.serialize(&(step.arrival, step.number, step.at));
    }
    fn layout(&self, _: u16) -> Layout {
        Layout::new(Description::default())
    }
}

fn run(seed: u64, extent: Extent) -> Run {
    let world = World { seed: Seed::new(seed), origin: ORIGIN };
    Run::builder(world).block_len(16).extent(extent).stream(Sessions).unwrap()
}

/// Place, key and value of a record.
type Line = (Key, Vec<u8>, Vec<u8>);

fn lines_of(batches: impl Iterator<Item = Batch>) -> Vec<Line> {
    let lines = |batch: Batch| {
        let line = |index: usize| {
            (
                Key::from(&batch.spans()[index].stamp),
                batch.key(index).to_vec(),
                batch.value(index).to_vec(),
            )
        };
        (0..batch.len()).map(line).collect::<Vec<_>>()
    };
    batches.flat_map(lines).collect()
}

fn lines(run: &Run) -> Vec<Line> {
    lines_of(run.batches().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_run_of_so_many_records_is_that_long_a_prefix(
        seed in any::<u64>(), records in 0u64..3_000, drain in any::<bool>(), ahead in 0usize..20,
    ) {
        let extent = Extent { until: Some(ORIGIN + 9_000_000), drain, ..Extent::default() };
        let whole = lines(&run(seed, extent));
        let limited = run(seed, Extent { records: Some(records), ..extent });
        let cut = &whole[..whole.len().min(records as usize)];
        prop_assert_eq!(lines(&limited), cut);
        prop_assert_eq!(lines_of(Batches::of(limited.planner().unwrap().ahead(ahead))), cut, "planned ahead");
    }

    #[test]
    fn a_run_without_other_end_ends_by_records(seed in any::<u64>(), records in 1u64..2_000) {
        let extent = Extent { records: Some(records), ..Extent::default() };
        prop_assert_eq!(lines(&run(seed, extent)).len() as u64, records);
    }

    #[test]
    fn a_run_of_so_many_records_is_resumed_and_ends_where_it_would_have(
        seed in any::<u64>(), records in 2u64..2_000, stop in any::<prop::sample::Index>(),
    ) {
        let run = run(seed, Extent { records: Some(records), ..Extent::default() });
        let whole = lines(&run);
        let stop = stop.index(whole.len());
        let mut batches = run.batches().unwrap();
        let (mut seen, mut cursor) = (0, None);
        while let Some(batch) = batches.next() {
            if let Some(span) = stop.checked_sub(seen).and_then(|index| batch.spans().get(index)) {
                cursor = Some(Cursor::after(&span.stamp, batches.lookback()).with_records(stop as u64 + 1));
            }
            seen += batch.len();
        }
        let rest = lines_of(Batches::of(run.resume(&cursor.unwrap()).unwrap()));
        prop_assert_eq!(&rest, &whole[stop + 1..]);
    }
}
