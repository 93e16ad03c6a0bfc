//! The laws of a run, for any stream, over many block borders with traces open.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato_draw::Seed;
use mercato_encode::{Coordinates, Span};
use mercato_engine::{
    Arrivals, Burst, Cursor, Delays, Extent, Key, Run, RunBuilder, Schedule, Shard, Task, World,
};
use mercato_test_support::toy::{Toy, VisitRecord, per_second};
use proptest::prelude::*;

use crate::common::{Line, cursor_after, lines, lines_after, lines_ahead, lines_of};
use crate::late::{Late, disorders, lates};

const ORIGIN: i64 = 1_700_000_000_000_000;
/// Number of arrivals after its own by which an entity is over, where arrivals are spread.
const ROOM: u64 = 17;

/// A toy, and how records of its runs deviate; none: they are released at their event time.
#[derive(Debug, Clone)]
struct Visits {
    toy: Toy,
    late: Option<Late>,
}

impl Visits {
    fn on_time(substreams: Vec<Arrivals>) -> Self {
        Self { toy: Toy { room: Some(ROOM), ..Toy::new(substreams) }, late: None }
    }

    fn builder(&self, seed: u64, extent: Extent) -> RunBuilder {
        let disorder = self.late.clone().map(Late::disorder).unwrap_or_default();
        Run::builder(world(seed)).block_len(16).extent(extent).disorder(disorder)
    }

    fn run(&self, seed: u64, extent: Extent) -> Run {
        self.builder(seed, extent).stream(self.toy.clone()).unwrap()
    }
}

fn world(seed: u64) -> World {
    World { seed: Seed::new(seed), origin: ORIGIN }
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let factor = prop_oneof![Just(0u64), 1_000u64..30_000_000];
    let elsewhere = prop_oneof![3 => Just(1_000_000u64), 1 => 300_000u64..3_000_000];
    (prop::option::of((0i64..5_000_000, 1i64..5_000_000, factor)), elsewhere).prop_map(
        |(burst, elsewhere)| {
            let bursts = burst.map(|(from, length, factor_millionths)| Burst {
                from: ORIGIN + from,
                to: ORIGIN + from + length,
                factor_millionths,
            });
            Schedule::new(bursts.into_iter().collect()).unwrap().elsewhere(elsewhere).unwrap()
        },
    )
}

fn arrivals() -> impl Strategy<Value = Arrivals> {
    prop_oneof![
        (0i64..100_000, 1i64..200_000, schedules()).prop_map(|(min, more, schedule)| {
            Arrivals::Delays(Delays::new(min, min + more, schedule).unwrap())
        }),
        (10u64..200, schedules())
            .prop_map(|(arrivals, schedule)| { Arrivals::Rate(per_second(arrivals, schedule)) }),
        (1u64..200, schedules(), 1u16..8).prop_map(|(arrivals, schedule, count)| {
            Arrivals::Rate(per_second(arrivals, schedule).spread_by(count))
        }),
    ]
}

fn visits() -> impl Strategy<Value = Visits> {
    let substreams = prop::collection::vec(arrivals(), 1..4);
    (substreams, prop::option::of(disorders()))
        .prop_map(|(substreams, late)| Visits { late, ..Visits::on_time(substreams) })
}

/// Arrivals enough for many blocks of the length that the tests use.
fn extents() -> impl Strategy<Value = Extent> {
    (prop::option::of(1u64..400), 1i64..12_000_000, any::<bool>()).prop_map(
        |(arrivals, duration, drain)| Extent {
            arrivals,
            until: Some(ORIGIN + duration),
            drain,
            ..Extent::default()
        },
    )
}

proptest! {
    #[test]
    fn traces_end_before_later_arrivals(seed: u64, arrivals in 1u64..400, schedule in schedules(), count in 1u16..8) {
        let rate = per_second(arrivals, schedule).spread_by(count);
        let extent = Extent { arrivals: Some(300), drain: true, ..Extent::default() };
        let run = Visits::on_time(vec![Arrivals::Rate(rate)]).run(seed, extent);
        let mut visits: Vec<Vec<i64>> = vec![Vec::new(); 300];
        for (_, _, _, text) in lines(&run) {
            let step: VisitRecord<'_> = serde_json::from_str(&text).unwrap();
            let visit = &mut visits[step.arrival as usize];
            prop_assert_eq!(visit.len(), usize::from(step.number), "steps keep their order");
            visit.push(step.at);
        }
        for (index, visit) in visits.iter().enumerate().take(300 - ROOM as usize) {
            let next = visits[index + ROOM as usize][0];
            prop_assert!(visit.iter().all(|at| *at < next), "{visit:?} reaches {next}");
            prop_assert!(visit.is_sorted());
        }
    }
}

fn arrivals_of(lines: &[Line]) -> usize {
    lines.iter().filter(|(key, ..)| key.coordinates.step == 0).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn records_come_in_the_order_of_the_run(visits in visits(), seed in any::<u64>(), extent in extents()) {
        let lines = lines(&visits.run(seed, extent));
        prop_assert!(lines.is_sorted_by(|a, b| a.0 < b.0), "each record once, in order");
        prop_assert!(lines.iter().all(|(key, ..)| key.release_time >= ORIGIN));
    }

    #[test]
    fn law_1_tasks_give_the_same_records_however_far_they_are_planned_ahead(
        visits in visits(), seed in any::<u64>(), extent in extents(), ahead in 1usize..20,
    ) {
        let run = visits.run(seed, extent);
        prop_assert_eq!(lines_ahead(&run, ahead), lines(&run));
    }

    #[test]
    fn law_2_shards_merge_to_the_unsharded_run(visits in visits(), seed in any::<u64>(), extent in extents()) {
        let whole = lines(&visits.run(seed, extent));
        for count in [2, 3, 7] {
            let mut merged: Vec<Line> = (0..count)
                .flat_map(|i| {
                    let shard = Shard::new(i, count).unwrap();
                    lines(&visits.builder(seed, extent).shard(shard).stream(visits.toy.clone()).unwrap())
                })
                .collect();
            merged.sort();
            prop_assert_eq!(&merged, &whole);
        }
    }

    #[test]
    fn law_3_a_resumed_run_goes_on_with_the_next_record(
        visits in visits(), seed in any::<u64>(), extent in extents(), stops in prop::collection::vec(0.0f64..1.0, 1..4),
    ) {
        let run = visits.run(seed, extent);
        let whole = lines(&run);
        prop_assume!(!whole.is_empty());
        for stop in stops {
            let stop = (whole.len() as f64 * stop) as usize;
            prop_assert_eq!(&lines_after(&run, &cursor_after(&run, stop)), &whole[stop + 1..]);
        }
    }

    #[test]
    fn law_5_any_window_is_made_from_its_look_back_alone(
        visits in visits(), seed in any::<u64>(), extent in extents(), from in 0i64..14_000_000, length in 0i64..6_000_000,
    ) {
        let (from, to) = (ORIGIN + from, ORIGIN + from + length);
        let whole = lines(&visits.run(seed, extent));
        let inside: Vec<Line> = whole.into_iter().filter(|(key, ..)| (from..to).contains(&key.release_time)).collect();
        let window = Extent { from: Some(from), to: Some(to), ..extent };
        prop_assert_eq!(lines(&visits.run(seed, window)), inside);
    }

    #[test]
    fn a_run_that_was_interrupted_is_known_by_its_last_record(
        visits in visits(), seed in any::<u64>(), extent in extents(), pick in any::<prop::sample::Index>(),
    ) {
        let whole = lines(&visits.run(seed, extent));
        prop_assume!(!whole.is_empty());
        let last = pick.index(whole.len());
        let cut = Extent { last: Some(whole[last].0), ..extent };
        prop_assert_eq!(&lines(&visits.run(seed, cut)), &whole[..=last]);
    }

    #[test]
    fn law_9_fewer_arrivals_are_a_prefix(visits in visits(), seed in any::<u64>(), few in 1u64..200, more in 0u64..200) {
        let of = |arrivals| {
            let extent = Extent { arrivals: Some(arrivals), ..Extent::default() };
            lines(&visits.run(seed, extent))
        };
        let (short, long) = (of(few), of(few + more));
        prop_assert_eq!(&long[..short.len()], &short);
        if visits.late.is_none() {
            prop_assert_eq!(arrivals_of(&short) as u64, few);
            prop_assert_eq!(short.last().map(|(key, ..)| key.coordinates.step), Some(0), "the last arrival ends the run");
        }
    }

    #[test]
    fn law_9_a_shorter_run_is_a_prefix(visits in visits(), seed in any::<u64>(), short in 0i64..9_000_000, more in 0i64..9_000_000) {
        let of = |duration| {
            let extent = Extent { until: Some(ORIGIN + duration), ..Extent::default() };
            lines(&visits.run(seed, extent))
        };
        let (short, long) = (of(short), of(short + more));
        prop_assert_eq!(&long[..short.len()], &short);
    }

    #[test]
    fn draining_adds_the_steps_that_were_open(
        visits in visits(), late in prop::option::of(lates()), seed in any::<u64>(), extent in extents(),
    ) {
        let visits = Visits { late, ..visits };
        let stopped = lines(&visits.run(seed, Extent { drain: false, ..extent }));
        let on_time = Visits { late: None, ..visits.clone() };
        let arrivals = arrivals_of(&lines(&on_time.run(seed, extent)));
        let run = visits.run(seed, Extent { drain: true, ..extent });
        let drained = lines(&run);
        prop_assert_eq!(&drained[..stopped.len()], &stopped);
        let spans: Vec<Span> = run.batches().unwrap().flat_map(|batch| batch.spans().to_vec()).collect();
        let firsts = spans.iter().filter(|span| span.stamp.first).count();
        let lasts = spans.iter().filter(|span| span.stamp.last).count();
        prop_assert_eq!(firsts, lasts, "nothing stays open");
        prop_assert_eq!(firsts, arrivals, "nothing new arrives");
    }

    #[test]
    fn late_records_are_those_of_the_run_in_the_order_of_release(
        visits in visits(), late in lates(), seed in any::<u64>(), extent in extents(),
    ) {
        let extent = Extent { drain: true, ..extent };
        let of = |late| {
            Visits { late, ..visits.clone() }.run(seed, extent)
        };
        let found = lines(&of(Some(late.clone())));
        prop_assert!(found.is_sorted_by_key(|(key, ..)| (key.release_time, key.event_time, key.coordinates)));
        let delay = |key: &Key| key.release_time - key.event_time;
        prop_assert!(found.iter().all(|(key, ..)| (0..=late.longest).contains(&delay(key))));
        let mut on_time: Vec<Line> = found;
        on_time.iter_mut().for_each(|(key, ..)| key.release_time = key.event_time);
        on_time.sort();
        prop_assert_eq!(on_time, lines(&of(None)));
        let spans = of(Some(late)).batches().unwrap().flat_map(|batch| batch.spans().to_vec()).collect::<Vec<_>>();
        let mut open = std::collections::BTreeSet::new();
        for Span { stamp, .. } in spans {
            let Coordinates { rank, substream, block, position, .. } = stamp.coordinates;
            let entity = (rank, substream, block, position);
            prop_assert_eq!(stamp.first, open.insert(entity), "the first to be released is the first");
            if stamp.last {
                open.remove(&entity);
            }
        }
        prop_assert!(open.is_empty());
    }

    #[test]
    fn an_entity_drawn_alone_leaves_the_same_records(visits in visits(), seed in any::<u64>(), pick in any::<prop::sample::Index>()) {
        let extent = Extent { until: Some(ORIGIN + 9_000_000), drain: true, ..Extent::default() };
        let run = visits.run(seed, extent);
        let whole = lines(&run);
        prop_assume!(!whole.is_empty());
        let coordinates = pick.get(&whole).0.coordinates;
        let alone = run.entity(coordinates).unwrap();
        let same = |key: &Key| (key.coordinates.substream, key.coordinates.block, key.coordinates.position)
            == (coordinates.substream, coordinates.block, coordinates.position);
        let together: Vec<Line> = whole.into_iter().filter(|(key, ..)| same(key)).collect();
        prop_assert_eq!(lines_of(&run, std::iter::once(alone)), together);
    }

    #[test]
    fn several_streams_are_merged_in_order(first in visits(), second in visits(), seed in any::<u64>(), until in 1i64..6_000_000) {
        let second = Visits { toy: Toy { number: 1, ..second.toy }, late: first.late.clone() };
        let extent = Extent { until: Some(ORIGIN + until), ..Extent::default() };
        let of = |visits: &Visits| visits.run(seed, extent);
        let both = first.builder(seed, extent).and(second.toy.clone()).stream(first.toy.clone()).unwrap();
        let mut apart = [lines(&of(&first)), lines(&of(&second))].concat();
        apart.sort();
        prop_assert_eq!(lines(&both), apart);
        prop_assert_eq!(both.topics(), ["toys-1", "more-toys-1", "toys-0", "more-toys-0"]);
    }

    #[test]
    fn chosen_topics_are_what_the_whole_run_has_of_them(visits in visits(), seed in any::<u64>(), until in 1i64..6_000_000) {
        let extent = Extent { until: Some(ORIGIN + until), ..Extent::default() };
        let by_topic = |topics: Option<Vec<String>>, wanted: u16| {
            let run = visits.builder(seed, extent).topics(topics).stream(visits.toy.clone()).unwrap();
            let mut found = Vec::new();
            for batch in run.batches().unwrap() {
                let of_topic = (0..batch.len()).filter(|index| batch.spans()[*index].stamp.topic == wanted);
                found.extend(of_topic.map(|index| batch.line(index).to_vec()));
            }
            (run.topics().to_vec(), found)
        };
        let (_, whole) = by_topic(None, 1);
        let (names, chosen) = by_topic(Some(vec!["more-toys-0".into()]), 0);
        prop_assert_eq!(names, ["more-toys-0"]);
        prop_assert_eq!(chosen, whole);
    }

    #[test]
    fn a_burst_changes_nothing_before_it_begins(
        seed in any::<u64>(),
        rate in 1u64..200,
        from in 0i64..5_000_000,
        spread in prop::option::of(1u16..8),
        late in prop::option::of(disorders()),
    ) {
        let of = |bursts: Vec<Burst>| {
            let rate = per_second(rate, Schedule::new(bursts).unwrap());
            let rate = match spread {
                Some(count) => rate.spread_by(count),
                None => rate,
            };
            let extent = Extent { until: Some(ORIGIN + 6_000_000), ..Extent::default() };
            let visits = Visits { late: late.clone(), ..Visits::on_time(vec![Arrivals::Rate(rate)]) };
            lines(&visits.run(seed, extent))
        };
        let begins = ORIGIN + from;
        let burst = Burst { from: begins, to: begins + 1_000_000, factor_millionths: 20_000_000 };
        let before = |lines: Vec<Line>| lines.into_iter().take_while(|(key, ..)| key.release_time < begins).collect::<Vec<_>>();
        prop_assert_eq!(before(of(vec![burst])), before(of(Vec::new())));
    }
}

#[test]
fn streams_that_cannot_be_told_apart_are_refused() {
    let toy = Toy::new(Vec::new());
    let error = Run::builder(world(7)).and(toy.clone()).stream(toy.clone()).unwrap_err();
    assert!(error.to_string().contains("same rank or purpose"), "{error}");
    let error = Run::builder(world(7)).topics(Some(vec!["toy".into()])).stream(toy).unwrap_err();
    assert_eq!(error.to_string(), "unknown topic \"toy\": expected one of toys-0, more-toys-0");
}

#[test]
fn arrivals_at_a_rate_are_exactly_as_many_as_asked_for() {
    let rate = per_second(1_000, Schedule::default());
    let extent = Extent { until: Some(ORIGIN + 10_240_000), ..Extent::default() };
    let toy = Toy { room: Some(ROOM), ..Toy::new(vec![Arrivals::Rate(rate)]) };
    let run = Run::builder(world(7)).extent(extent).stream(toy).unwrap();
    let arrivals = lines(&run).iter().filter(|(key, ..)| key.coordinates.step == 0).count();
    assert_eq!(arrivals, 10_240, "ten blocks of 1,024 in 10.24 s at 1,000 a second");
}

#[test]
fn a_run_of_several_substreams_ends_with_the_arrival_that_its_count_names() {
    let rates = [1_000, 317, 3].map(|rate| Arrivals::Rate(per_second(rate, Schedule::default())));
    let run = |extent| {
        let toy = Toy { room: Some(ROOM), ..Toy::new(rates.to_vec()) };
        Run::builder(world(7)).extent(extent).stream(toy).unwrap()
    };
    let arrivals = |run: &Run| -> Vec<i64> {
        let keys = lines(run).into_iter().map(|(key, ..)| key);
        keys.filter(|key| key.coordinates.step == 0).map(|key| key.event_time).collect()
    };
    let until = ORIGIN + 60_000_000;
    let whole = arrivals(&run(Extent { until: Some(until), ..Extent::default() }));
    assert!(whole.len() > 78_000, "{}", whole.len());
    for count in [1, 2, 1_023, 1_024, 1_025, 5_000, 40_000, 77_777] {
        let counted = run(Extent { arrivals: Some(count as u64), ..Extent::default() });
        let last = whole[count - 1];
        assert_eq!(counted.last_arrival().unwrap(), Some(last), "arrival {count}");
        assert!(arrivals(&counted) == whole[..count], "{count} arrivals");
    }
}

#[test]
fn law_6_open_blocks_do_not_grow_with_the_run() {
    let rate = per_second(1_000, Schedule::default());
    let extent = Extent { until: Some(ORIGIN + 600_000_000), ..Extent::default() };
    let toy = Toy { room: Some(ROOM), ..Toy::new(vec![Arrivals::Rate(rate)]) };
    let run = Run::builder(world(7)).extent(extent).stream(toy).unwrap();
    let mut planner = run.planner().unwrap();
    let mut most = 0;
    while let Some(task) = planner.next_task().unwrap() {
        if let Task::Render(slice) = task {
            most = most.max(slice.blocks());
        }
    }
    // A block takes 1.024 s and reaches 4 s further: five of them overlap, and one borders.
    assert!((5..=7).contains(&most), "{most} blocks reach into one slice");
}

#[test]
fn a_cursor_written_under_the_former_names_is_read() {
    let toy = Toy::new(vec![Arrivals::Rate(per_second(100, Schedule::default()))]);
    let extent = Extent { arrivals: Some(50), ..Extent::default() };
    let cursor = cursor_after(&Run::builder(world(7)).extent(extent).stream(toy).unwrap(), 20);
    let written = serde_json::to_string(&cursor).unwrap();
    let former = written.replace("\"substream", "\"lane");
    assert!(former.contains("\"lane\":") && former.contains("\"lanes\":"), "{former}");
    assert_eq!(serde_json::from_str::<Cursor>(&former).unwrap(), cursor);
}

#[test]
fn a_cursor_of_another_run_is_refused() {
    let rate = || Arrivals::Rate(per_second(1, Schedule::default()));
    let extent = Extent { arrivals: Some(20), ..Extent::default() };
    let of = |substreams| Visits::on_time(substreams).run(1, extent);
    let (one, two) = (of(vec![rate()]), of(vec![rate(), rate()]));
    assert!(two.resume(&cursor_after(&one, 3)).is_err());
}
