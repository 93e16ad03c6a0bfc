//! Folds: records that say what others add up to, under every law of a run.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use mercato_draw::{Probability, Seed, UniformInt, Words};
use mercato_encode::{Batch, Coordinates, FaultKind};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Arrival, Arrivals, Batches, Burst, Cursor, Delays, Disorder, Extent, Fold, FoldWindow, Key,
    Malformed, Rate, Run, RunBuilder, Schedule, Shard, Step, Stream, StreamId, Tally, Trace,
    Window, World,
};
use mercato_schema::Description;
use proptest::prelude::*;
use serde_json::Value;

use crate::late::lates;

/// In the middle of a window of either length.
const ORIGIN: i64 = 1_700_000_000_123_456;
const LONGEST: i64 = 2_000_000;
const SHORT: i64 = 60_000;
const LONG: i64 = 300_000;
/// Counters: steps, sums of users, and steps of either kind.
const CELLS: usize = 4;

/// Visits of up to four steps that go to two topics.
#[derive(Debug, Clone)]
struct Toy {
    lanes: Vec<Arrivals>,
    number: u8,
}

#[derive(Debug, Clone, Copy)]
struct Visit {
    user: u64,
    steps: [i64; 3],
    count: usize,
}

impl Stream for Toy {
    type Entity = Visit;

    fn id(&self) -> StreamId {
        StreamId { name: "toy", purpose: 200 + self.number, rank: 3 + self.number }
    }
    fn topics(&self) -> Vec<String> {
        vec![format!("toys-{}", self.number), format!("more-toys-{}", self.number)]
    }
    fn topic_of(&self, kind: u16) -> u16 {
        kind
    }
    fn kinds(&self) -> Vec<String> {
        vec!["visit".into(), "step".into()]
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        self.lanes.clone()
    }
    fn words(&self) -> usize {
        5
    }
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> Visit {
        let gap = UniformInt::new(0, LONGEST / 3).unwrap();
        let steps = [gap.pick(words.take()), gap.pick(words.take()), gap.pick(words.take())];
        Visit { user: words.take() % 23, steps, count: (words.take() % 4) as usize }
    }
    fn owner(&self, visit: &Visit, _: Arrival, key: &mut Vec<u8>) {
        key.extend_from_slice(visit.user.to_string().as_bytes());
    }
    fn trace(&self, visit: &Visit, arrival: Arrival, trace: &mut Trace) {
        let mut at = arrival.at;
        trace.push(at, 0);
        for step in &visit.steps[..visit.count] {
            at += step;
            trace.push(at, (at % 2) as u16);
        }
    }
    fn longest_trace(&self) -> i64 {
        LONGEST
    }
    fn write<W: Writer>(&self, visit: &Visit, step: Step, writer: &mut W) {
        writer.key(|key| key.extend_from_slice(visit.user.to_string().as_bytes()));
        writer.serialize(&(step.at, visit.user, step.kind));
    }
    fn tally(&self, visit: &Visit, step: Step, tally: &mut Tally) {
        tally.add(0, 1);
        tally.add(1, visit.user as i64);
        tally.add(2 + usize::from(step.kind), 1);
    }
    fn layout(&self, _: u16) -> Layout {
        Layout::new(Description::default())
    }
}

/// Two records for each short window and one for each long one.
struct Sums;

impl Fold for Sums {
    fn name(&self) -> &'static str {
        "sums"
    }
    fn topic(&self) -> String {
        "sums".into()
    }
    fn windows(&self) -> Vec<FoldWindow> {
        let window =
            |micros, records, kind: &str| FoldWindow { micros, records, kind: kind.into() };
        vec![window(SHORT, 2, "short"), window(LONG, 1, "long")]
    }
    fn cells(&self) -> usize {
        CELLS
    }
    fn write<W: Writer>(&self, window: Window, cells: &[i64], number: u16, writer: &mut W) {
        writer.key(|key| key.extend_from_slice(number.to_string().as_bytes()));
        writer.serialize(&(window.length, window.from, window.to, window.number, number, cells));
    }
    fn layout(&self) -> Layout {
        Layout::new(Description::default())
    }
}

fn arrivals() -> impl Strategy<Value = Arrivals> {
    let schedule = prop::option::of((
        0i64..3_000_000,
        1i64..3_000_000,
        prop_oneof![Just(0u64), 1_000u64..9_000_000],
    ));
    let schedule = schedule.prop_map(|burst| {
        let burst = burst.map(|(from, length, factor_millionths)| Burst {
            from: ORIGIN + from,
            to: ORIGIN + from + length,
            factor_millionths,
        });
        Schedule::new(burst.into_iter().collect()).unwrap()
    });
    (any::<bool>(), 1u64..150, schedule).prop_map(|(delays, per_second, schedule)| {
        if delays {
            let mean = 1_000_000 / per_second as i64;
            return Arrivals::Delays(Delays::new(0, 2 * mean, schedule).unwrap());
        }
        Arrivals::Rate(Rate::new(per_second * 3_600_000_000, schedule).unwrap())
    })
}

fn toys() -> impl Strategy<Value = [Toy; 2]> {
    let lanes = || prop::collection::vec(arrivals(), 1..3);
    (lanes(), lanes()).prop_map(|(first, second)| {
        [Toy { lanes: first, number: 0 }, Toy { lanes: second, number: 1 }]
    })
}

fn extents() -> impl Strategy<Value = Extent> {
    (prop::option::of(1u64..400), 1i64..6_000_000, any::<bool>()).prop_map(
        |(arrivals, duration, drain)| Extent {
            arrivals,
            until: Some(ORIGIN + duration),
            drain,
            ..Extent::default()
        },
    )
}

fn builder(seed: u64, extent: Extent) -> RunBuilder {
    Run::builder(World { seed: Seed::new(seed), origin: ORIGIN }).block_len(16).extent(extent)
}

fn run_of([first, second]: &[Toy; 2], builder: RunBuilder) -> Run {
    builder.and(first.clone()).beside(second.clone()).folded(Sums).build().unwrap()
}

/// A record with its place, topic and key.
type Line = (Key, String, Vec<u8>, String);

fn lines_of(run: &Run, batches: impl Iterator<Item = Batch>) -> Vec<Line> {
    let line = |batch: &Batch, index: usize| {
        let stamp = &batch.spans()[index].stamp;
        let text = String::from_utf8(batch.value(index).to_vec()).unwrap();
        (
            Key::from(stamp),
            run.topics()[usize::from(stamp.topic)].clone(),
            batch.key(index).to_vec(),
            text,
        )
    };
    batches
        .flat_map(|batch| (0..batch.len()).map(|index| line(&batch, index)).collect::<Vec<_>>())
        .collect()
}

fn lines(run: &Run) -> Vec<Line> {
    lines_of(run, run.batches().unwrap())
}

/// What the fold must say of records, of all windows that end by `end`.
fn naive(lines: &[Line], end: i64) -> Vec<(i64, String)> {
    let mut records = Vec::new();
    for (length, micros, count) in [(0, SHORT, 2), (1, LONG, 1)] {
        let mut windows: BTreeMap<i64, [i64; CELLS]> = BTreeMap::new();
        let first = ORIGIN - ORIGIN % micros;
        let mut from = first;
        while from + micros <= end {
            windows.insert(from, [0; CELLS]);
            from += micros;
        }
        for (_, _, _, text) in lines.iter().filter(|line| line.1 != "sums") {
            let (at, user, kind): (i64, i64, usize) = serde_json::from_str(text).unwrap();
            if let Some(cells) = windows.get_mut(&(at - at % micros)) {
                cells[0] += 1;
                cells[1] += user;
                cells[2 + kind] += 1;
            }
        }
        for (from, cells) in windows {
            for number in 0..count {
                let value = (length, from, from + micros, (from - first) / micros, number, cells);
                records.push((from + micros - 1, serde_json::to_string(&value).unwrap()));
            }
        }
    }
    // Stable: of one moment the shorter windows stay before the longer.
    records.sort_by_key(|record| record.0);
    records
}

fn sums(lines: &[Line]) -> Vec<(i64, String)> {
    lines
        .iter()
        .filter(|line| line.1 == "sums")
        .map(|line| (line.0.release_time, line.3.clone()))
        .collect()
}

fn cursor_after(run: &Run, record: usize) -> Cursor {
    let mut batches = run.batches().unwrap();
    let mut seen = 0;
    while let Some(batch) = batches.next() {
        if record < seen + batch.len() {
            let cursor = Cursor::after(&batch.spans()[record - seen].stamp, batches.lookback());
            return cursor.with_records(record as u64 + 1);
        }
        seen += batch.len();
    }
    panic!("the run has only {seen} records");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_fold_says_what_an_independent_one_over_the_emitted_records_says(
        toys in toys(), seed in any::<u64>(), extent in extents(),
    ) {
        let run = run_of(&toys, builder(seed, extent));
        let lines = lines(&run);
        prop_assert!(lines.is_sorted_by(|a, b| a.0 < b.0), "each record once, in order");
        // The last arrival ends a run that is counted, and a window whose last moment is the same
        // is after it.
        let counted = run.last_arrival().unwrap().unwrap_or(i64::MAX);
        prop_assert_eq!(sums(&lines), naive(&lines, extent.until.unwrap().min(counted)));
    }

    #[test]
    fn a_fold_changes_no_other_record(toys in toys(), seed in any::<u64>(), extent in extents()) {
        let [first, second] = &toys;
        let without = builder(seed, extent).and(first.clone()).beside(second.clone()).build().unwrap();
        let others: Vec<Line> =
            lines(&run_of(&toys, builder(seed, extent))).into_iter().filter(|line| line.1 != "sums").collect();
        prop_assert_eq!(others, lines(&without));
    }

    #[test]
    fn law_1_tasks_give_the_same_records_however_far_they_are_planned_ahead(
        toys in toys(), seed in any::<u64>(), extent in extents(), ahead in 1usize..20,
    ) {
        let run = run_of(&toys, builder(seed, extent));
        let planned = lines_of(&run, Batches::of(run.planner().unwrap().ahead(ahead)));
        prop_assert_eq!(planned, lines(&run));
    }

    #[test]
    fn law_2_the_first_shard_has_the_fold_of_all(toys in toys(), seed in any::<u64>(), extent in extents()) {
        let whole = lines(&run_of(&toys, builder(seed, extent)));
        for count in [1, 2, 3, 7] {
            let shard = |index| {
                let shard = Shard::new(index, count).unwrap();
                lines(&run_of(&toys, builder(seed, extent).shard(shard)))
            };
            let mut merged: Vec<Line> = (0..count).flat_map(shard).collect();
            merged.sort();
            prop_assert_eq!(&merged, &whole);
        }
    }

    #[test]
    fn law_3_a_resumed_run_goes_on_with_the_next_record(
        toys in toys(), seed in any::<u64>(), extent in extents(), stops in prop::collection::vec(any::<prop::sample::Index>(), 4),
        records in prop::option::of(1u64..2_000), from in prop::option::of(0i64..2_000_000),
    ) {
        let extent = Extent { records, from: from.map(|from| ORIGIN + from), ..extent };
        let run = run_of(&toys, builder(seed, extent));
        let whole = lines(&run);
        prop_assume!(!whole.is_empty());
        for stop in stops {
            let stop = stop.index(whole.len());
            let rest = run.resume(&cursor_after(&run, stop)).unwrap();
            prop_assert_eq!(&lines_of(&run, Batches::of(rest)), &whole[stop + 1..]);
        }
    }

    #[test]
    fn law_5_any_window_is_made_from_its_look_back_alone(
        toys in toys(), seed in any::<u64>(), extent in extents(), from in -400_000i64..7_000_000, length in 0i64..3_000_000,
    ) {
        let (from, to) = (ORIGIN + from, ORIGIN + from + length);
        let whole = lines(&run_of(&toys, builder(seed, extent)));
        let inside: Vec<Line> = whole.into_iter().filter(|line| (from..to).contains(&line.0.release_time)).collect();
        let window = Extent { from: Some(from), to: Some(to), ..extent };
        prop_assert_eq!(lines(&run_of(&toys, builder(seed, window))), inside);
    }

    #[test]
    fn a_run_ends_with_any_of_its_records(
        toys in toys(), seed in any::<u64>(), extent in extents(), pick in any::<prop::sample::Index>(),
    ) {
        let whole = lines(&run_of(&toys, builder(seed, extent)));
        prop_assume!(!whole.is_empty());
        let last = pick.index(whole.len());
        let interrupted = Extent { last: Some(whole[last].0), ..extent };
        prop_assert_eq!(&lines(&run_of(&toys, builder(seed, interrupted))), &whole[..=last]);
        let counted = Extent { records: Some(last as u64 + 1), ..extent };
        prop_assert_eq!(&lines(&run_of(&toys, builder(seed, counted))), &whole[..=last]);
    }

    #[test]
    fn law_9_a_shorter_run_is_a_prefix(toys in toys(), seed in any::<u64>(), short in 0i64..4_000_000, more in 0i64..3_000_000) {
        // Half of the runs end where windows do.
        let until = |duration: i64| ORIGIN + if duration % 2 == 0 { duration - (ORIGIN + duration) % SHORT } else { duration };
        let of = |duration| lines(&run_of(&toys, builder(seed, Extent { until: Some(until(duration)), ..Extent::default() })));
        let (short, long) = (of(short), of(short + 2 * more));
        prop_assert_eq!(&long[..short.len()], &short);
    }

    #[test]
    fn law_9_fewer_arrivals_are_a_prefix(toys in toys(), seed in any::<u64>(), few in 1u64..150, more in 0u64..150) {
        let of = |arrivals| {
            let extent = Extent { arrivals: Some(arrivals), until: Some(ORIGIN + 60_000_000), ..Extent::default() };
            lines(&run_of(&toys, builder(seed, extent)))
        };
        let (short, long) = (of(few), of(few + more));
        prop_assert_eq!(&long[..short.len()], &short);
    }

    #[test]
    fn chosen_topics_are_what_the_whole_run_has_of_them(toys in toys(), seed in any::<u64>(), extent in extents()) {
        let whole = lines(&run_of(&toys, builder(seed, extent)));
        for wanted in [&["sums"][..], &["toys-0"], &["more-toys-1", "sums"]] {
            let chosen = Some(wanted.iter().map(|name| (*name).to_owned()).collect());
            let run = run_of(&toys, builder(seed, extent).topics(chosen));
            let of_topics: Vec<Line> =
                whole.iter().filter(|line| wanted.contains(&line.1.as_str())).cloned().collect();
            prop_assert_eq!(lines(&run), of_topics);
        }
    }

    #[test]
    fn entities_are_counted_as_without_a_fold(toys in toys(), seed in any::<u64>(), extent in extents(), chosen in any::<bool>()) {
        let topics = chosen.then(|| vec!["more-toys-0".to_owned(), "sums".to_owned()]);
        let ends = |run: Run| {
            let batches = run.batches().unwrap();
            let stamps = batches.flat_map(|batch| batch.spans().iter().map(|span| span.stamp).collect::<Vec<_>>());
            stamps.filter(|stamp| stamp.coordinates.rank < 255).map(|stamp| (stamp.first, stamp.last)).collect::<Vec<_>>()
        };
        let [first, second] = &toys;
        let without = topics.clone().map(|_| vec!["more-toys-0".to_owned()]);
        let without = builder(seed, extent).topics(without).and(first.clone()).beside(second.clone()).build().unwrap();
        prop_assert_eq!(ends(run_of(&toys, builder(seed, extent).topics(topics))), ends(without));
    }

    #[test]
    fn a_record_of_a_fold_is_made_again_alone(
        toys in toys(), seed in any::<u64>(), extent in extents(), pick in any::<prop::sample::Index>(),
    ) {
        let run = run_of(&toys, builder(seed, extent));
        let of_fold: Vec<Line> = lines(&run).into_iter().filter(|line| line.1 == "sums").collect();
        prop_assume!(!of_fold.is_empty());
        let wanted = pick.get(&of_fold);
        let alone = lines_of(&run, run.entity(wanted.0.coordinates).into_iter());
        prop_assert!(alone.contains(wanted), "{wanted:?} in {alone:?}");
        let later = Coordinates { block: wanted.0.coordinates.block + 1_000, ..wanted.0.coordinates };
        prop_assert!(run.entity(later).is_none(), "there is no such window");
    }

    #[test]
    fn faults_change_no_sum(toys in toys(), seed in any::<u64>(), extent in extents()) {
        let kinds = vec![(FaultKind::TruncatedJson, 1)];
        let malformed = Malformed { share: Probability::ratio(1, 3).unwrap(), kinds };
        let whole = lines(&run_of(&toys, builder(seed, extent)));
        let faulty = lines(&run_of(&toys, builder(seed, extent).disorder(Disorder { malformed: Some(malformed), ..Disorder::default() })));
        prop_assert_eq!(whole.len(), faulty.len());
        for (meant, found) in whole.iter().zip(&faulty).filter(|(meant, _)| meant.1 == "sums") {
            prop_assert!(found.3 == meant.3 || serde_json::from_str::<Value>(&found.3).is_err(), "{} {}", meant.3, found.3);
        }
    }

    #[test]
    fn late_records_are_counted_at_their_event_time(
        toys in toys(), late in lates(), seed in any::<u64>(), extent in extents(), stop in any::<prop::sample::Index>(),
        from in 0i64..7_000_000, length in 0i64..4_000_000,
    ) {
        let on_time = lines(&run_of(&toys, builder(seed, extent)));
        let run = run_of(&toys, builder(seed, extent).disorder(late.disorder()));
        let whole = lines(&run);
        prop_assert_eq!(sums(&whole), sums(&on_time));
        prop_assume!(!whole.is_empty());
        let stop = stop.index(whole.len());
        let rest = lines_of(&run, Batches::of(run.resume(&cursor_after(&run, stop)).unwrap()));
        prop_assert_eq!(&rest, &whole[stop + 1..]);
        let (from, to) = (ORIGIN + from, ORIGIN + from + length);
        let window = Extent { from: Some(from), to: Some(to), ..extent };
        let window = lines(&run_of(&toys, builder(seed, window).disorder(late.disorder())));
        let inside: Vec<Line> =
            whole.iter().filter(|line| (from..to).contains(&line.0.release_time)).cloned().collect();
        prop_assert_eq!(window, inside);
    }
}

fn rate(per_second: u64, schedule: Schedule) -> Arrivals {
    Arrivals::Rate(Rate::new(per_second * 3_600_000_000, schedule).unwrap())
}

#[test]
fn a_run_is_resumed_behind_each_of_its_records() {
    let lanes = |per_second| vec![rate(per_second, Schedule::default())];
    let toys = [Toy { lanes: lanes(40), number: 0 }, Toy { lanes: lanes(7), number: 1 }];
    let run =
        run_of(&toys, builder(5, Extent { until: Some(ORIGIN + 3_000_000), ..Extent::default() }));
    let whole = lines(&run);
    assert!(whole.len() > 250, "{}", whole.len());
    for stop in 0..whole.len() {
        let rest = run.resume(&cursor_after(&run, stop)).unwrap();
        assert_eq!(lines_of(&run, Batches::of(rest)), whole[stop + 1..], "behind record {stop}");
    }
}

#[test]
fn years_with_nothing_in_them_take_no_memory() {
    let year = 365 * 86_400_000_000;
    let pause = Burst { from: ORIGIN + 1_000_000, to: ORIGIN + 100 * year, factor_millionths: 0 };
    let toy = Toy { lanes: vec![rate(10, Schedule::new(vec![pause]).unwrap())], number: 0 };
    let run = Run::builder(World { seed: Seed::new(1), origin: ORIGIN });
    let extent =
        Extent { records: Some(200_000), until: Some(ORIGIN + 101 * year), ..Extent::default() };
    let run = run.extent(extent).and(toy).folded(Sums).build().unwrap();
    let (mut records, mut largest) = (0, 0);
    for batch in run.batches().unwrap() {
        records += batch.len();
        largest = largest.max(batch.bytes().len());
    }
    assert_eq!(records, 200_000);
    assert!(largest < 2 * mercato_encode::BATCH_BYTES, "{largest} bytes in a batch");
}

#[test]
fn a_run_that_nothing_ends_ends_with_its_last_arrival() {
    let pause = Burst { from: ORIGIN + 1_000_000, to: i64::MAX, factor_millionths: 0 };
    let lanes = vec![rate(100, Schedule::new(vec![pause]).unwrap())];
    let toys = [Toy { lanes: lanes.clone(), number: 0 }, Toy { lanes, number: 1 }];
    let lines = lines(&run_of(&toys, builder(3, Extent::default())));
    let last = lines.iter().rfind(|line| line.1 != "sums").unwrap().0.release_time;
    assert_eq!(sums(&lines), naive(&lines, last), "its last window stays open");
}

#[test]
fn a_fold_that_cannot_be_is_refused() {
    struct Odd(Vec<i64>, &'static str);
    impl Fold for Odd {
        fn name(&self) -> &'static str {
            "odd"
        }
        fn topic(&self) -> String {
            self.1.into()
        }
        fn windows(&self) -> Vec<FoldWindow> {
            let window =
                |micros: &i64| FoldWindow { micros: *micros, records: 1, kind: "odd".into() };
            self.0.iter().map(window).collect()
        }
        fn cells(&self) -> usize {
            3
        }
        fn write<W: Writer>(&self, _: Window, _: &[i64], _: u16, _: &mut W) {
            panic!("no records of mine")
        }
        fn layout(&self) -> Layout {
            Layout::new(Description::default())
        }
    }
    let toy = Toy { lanes: vec![rate(100, Schedule::default())], number: 0 };
    let build = |windows: &[i64], topic| {
        let extent = Extent { until: Some(ORIGIN + 1_000_000), ..Extent::default() };
        builder(1, extent).and(toy.clone()).folded(Odd(windows.to_vec(), topic)).build()
    };
    for (windows, topic, part) in [
        (&[][..], "odd", "windows of 0 lengths"),
        (&[0], "odd", "window length of 0 microseconds is out of range (1 to"),
        (&[i64::MAX], "odd", "is out of range (1 to 8640000000000)"),
        (&[60, 90], "odd", "windows of 90 microseconds must be a multiple of the preceding 60"),
        (&[60, 60], "odd", "must be a multiple"),
        (&[60], "toys-0", "the fold's topic \"toys-0\""),
    ] {
        let error = build(windows, topic).unwrap_err().to_string();
        assert!(error.starts_with("invalid fold \"odd\": ") && error.contains(part), "{error}");
    }
    let error = build(&[SHORT], "odd").unwrap();
    let mut batches = error.batches().unwrap();
    // The toy adds to a fourth cell, and the fold has three.
    let error =
        std::iter::from_fn(|| batches.try_next().transpose()).find_map(Result::err).unwrap();
    assert!(
        error.to_string().starts_with("the stream `toy` panicked: index out of bounds"),
        "{error}"
    );
}
