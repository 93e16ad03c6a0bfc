//! Folds: records that say what others add up to, under every law of a run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use mercato_draw::{Probability, Seed};
use mercato_encode::{Coordinates, FaultKind, Layout, Writer};
use mercato_engine::{
    Arrivals, Burst, Delays, Disorder, Extent, Fold, FoldWindow, Malformed, Run, RunBuilder,
    Schedule, Shard, Window, World,
};
use mercato_schema::Description;
use mercato_test_support::toy::{Sums, Toy, VisitRecord, per_second};
use proptest::prelude::*;
use serde_json::Value;

use crate::common::{Line, cursor_after, lines, lines_after, lines_ahead, lines_of};
use crate::late::disorders;

/// In the middle of a window of either length.
const ORIGIN: i64 = 1_700_000_000_123_456;
const SHORT: i64 = 60_000;
const LONG: i64 = 300_000;

fn toy(number: u8, substreams: Vec<Arrivals>) -> Toy {
    Toy { number, longest: 2_000_000, ..Toy::new(substreams) }
}

/// Two records for each short window and one for each long one.
fn sums_of_toys() -> Sums {
    Sums::new(&[(SHORT, 2), (LONG, 1)])
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
    (any::<bool>(), 1u64..150, schedule).prop_map(|(delays, arrivals, schedule)| {
        if delays {
            let mean = 1_000_000 / arrivals as i64;
            return Arrivals::Delays(Delays::new(0, 2 * mean, schedule).unwrap());
        }
        Arrivals::Rate(per_second(arrivals, schedule))
    })
}

fn toys() -> impl Strategy<Value = [Toy; 2]> {
    let substreams = || prop::collection::vec(arrivals(), 1..3);
    (substreams(), substreams()).prop_map(|(first, second)| [toy(0, first), toy(1, second)])
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
    builder.and(first.clone()).beside(second.clone()).folded(sums_of_toys()).build().unwrap()
}

/// What the fold must say of records, of all windows that end by `end`.
fn naive(lines: &[Line], end: i64) -> Vec<(i64, String)> {
    let mut records = Vec::new();
    for (length, micros, count) in [(0, SHORT, 2), (1, LONG, 1)] {
        let mut windows: BTreeMap<i64, [i64; Toy::CELLS]> = BTreeMap::new();
        let first = ORIGIN - ORIGIN % micros;
        let mut from = first;
        while from + micros <= end {
            windows.insert(from, [0; Toy::CELLS]);
            from += micros;
        }
        for (_, _, _, text) in lines.iter().filter(|line| line.1 != "sums") {
            let visit: VisitRecord<'_> = serde_json::from_str(text).unwrap();
            if let Some(cells) = windows.get_mut(&(visit.at - visit.at % micros)) {
                cells[0] += 1;
                cells[1] += visit.user as i64;
                cells[2 + usize::from(visit.kind)] += 1;
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
        prop_assert_eq!(lines_ahead(&run, ahead), lines(&run));
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
            prop_assert_eq!(&lines_after(&run, &cursor_after(&run, stop)), &whole[stop + 1..]);
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
    fn deviant_records_are_counted_once_and_when_they_happen(
        toys in toys(), late in disorders(), seed in any::<u64>(), extent in extents(), stop in any::<prop::sample::Index>(),
        from in 0i64..7_000_000, length in 0i64..4_000_000,
    ) {
        let on_time = lines(&run_of(&toys, builder(seed, extent)));
        let run = run_of(&toys, builder(seed, extent).disorder(late.clone().disorder()));
        let whole = lines(&run);
        prop_assert_eq!(sums(&whole), sums(&on_time));
        prop_assume!(!whole.is_empty());
        let stop = stop.index(whole.len());
        prop_assert_eq!(&lines_after(&run, &cursor_after(&run, stop)), &whole[stop + 1..]);
        let (from, to) = (ORIGIN + from, ORIGIN + from + length);
        let window = Extent { from: Some(from), to: Some(to), ..extent };
        let window = lines(&run_of(&toys, builder(seed, window).disorder(late.disorder())));
        let inside: Vec<Line> =
            whole.iter().filter(|line| (from..to).contains(&line.0.release_time)).cloned().collect();
        prop_assert_eq!(window, inside);
    }
}

#[test]
fn a_run_is_resumed_behind_each_of_its_records() {
    let toys = [(0, 40), (1, 7)].map(|(number, arrivals)| {
        toy(number, vec![Arrivals::Rate(per_second(arrivals, Schedule::default()))])
    });
    let run =
        run_of(&toys, builder(5, Extent { until: Some(ORIGIN + 3_000_000), ..Extent::default() }));
    let whole = lines(&run);
    assert!(whole.len() > 250, "{}", whole.len());
    for stop in 0..whole.len() {
        let rest = lines_after(&run, &cursor_after(&run, stop));
        assert_eq!(rest, whole[stop + 1..], "behind record {stop}");
    }
}

#[test]
fn years_with_nothing_in_them_take_no_memory() {
    let year = 365 * 86_400_000_000;
    let pause = Burst { from: ORIGIN + 1_000_000, to: ORIGIN + 100 * year, factor_millionths: 0 };
    let toy = toy(0, vec![Arrivals::Rate(per_second(10, Schedule::new(vec![pause]).unwrap()))]);
    let run = Run::builder(World { seed: Seed::new(1), origin: ORIGIN });
    let extent =
        Extent { records: Some(200_000), until: Some(ORIGIN + 101 * year), ..Extent::default() };
    let run = run.extent(extent).and(toy).folded(sums_of_toys()).build().unwrap();
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
    let substreams = vec![Arrivals::Rate(per_second(100, Schedule::new(vec![pause]).unwrap()))];
    let toys = [toy(0, substreams.clone()), toy(1, substreams)];
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
    let toy = toy(0, vec![Arrivals::Rate(per_second(100, Schedule::default()))]);
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
