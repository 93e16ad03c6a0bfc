//! What disorder does to the records of a run, and what it leaves alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use mercato_draw::Seed;
use mercato_encode::{Coordinates, FaultKind};
use mercato_engine::{
    Arrivals, Deviation, Deviations, Disorder, Dwell, Extent, Run, Schedule, Task, World,
};
use mercato_test_support::toy::{Toy, per_second};
use proptest::prelude::*;

const ORIGIN: i64 = 1_700_000_000_000_000;
const SECOND: i64 = 1_000_000;

/// The kinds that a run may have, each with a share and a longest time.
const KINDS: [(FaultKind, &str, Option<i64>); 5] = [
    (FaultKind::Late, "5%", Some(30 * SECOND)),
    (FaultKind::Reorder, "10%", Some(SECOND)),
    (FaultKind::Duplicate, "3%", Some(2 * SECOND)),
    (FaultKind::Drop, "2%", None),
    (FaultKind::Future, "1%", Some(3600 * SECOND)),
];

fn deviations(wanted: impl Fn(FaultKind) -> bool) -> Deviations {
    let kinds = KINDS.into_iter().filter(|(kind, ..)| wanted(*kind));
    kinds.fold(Deviations::default(), |deviations, (kind, share, longest)| {
        let time = longest.map(|longest| Dwell::uniform(1_000, longest).unwrap());
        deviations.with(kind, Deviation { share: share.parse().unwrap(), time })
    })
}

fn run(seed: u64, disorder: Disorder) -> Run {
    let rate = Arrivals::Rate(per_second(200, Schedule::default()));
    let extent = Extent { until: Some(ORIGIN + 20 * SECOND), drain: true, ..Extent::default() };
    let world = World { seed: Seed::new(seed), origin: ORIGIN };
    let builder = Run::builder(world).block_len(64).extent(extent).disorder(disorder);
    builder.stream(Toy { room: Some(17), ..Toy::new(vec![rate]) }).unwrap()
}

/// Faults of a run: kind, coordinates, event time and time.
type Faults = BTreeSet<(&'static str, Coordinates, i64, i64)>;

fn faults(run: &Run) -> Faults {
    let mut faults = Faults::new();
    for batch in run.batches().unwrap() {
        for fault in &batch.faults {
            let stamp = &batch.spans()[fault.span as usize].stamp;
            faults.insert((fault.kind.name(), stamp.coordinates, fault.event_time, fault.micros));
        }
        for record in batch.dropped(&(0..batch.len() + 1)) {
            faults.insert(("drop", record.stamp.coordinates, record.stamp.event_time, 0));
        }
    }
    faults
}

fn of_kind(faults: &Faults, kind: FaultKind) -> Faults {
    faults.iter().filter(|(name, ..)| *name == kind.name()).copied().collect()
}

fn all() -> Disorder {
    Disorder { deviations: deviations(|_| true), ..Disorder::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_kind_moves_no_choice_of_another(seed in any::<u64>(), wanted in 0u8..32) {
        let has = |kind| KINDS.iter().position(|(known, ..)| *known == kind).is_some_and(|n| wanted >> n & 1 == 1);
        let some = faults(&run(seed, Disorder { deviations: deviations(has), ..Disorder::default() }));
        let whole = faults(&run(seed, all()));
        let gone: BTreeSet<Coordinates> = of_kind(&whole, FaultKind::Drop).iter().map(|fault| fault.1).collect();
        let original = |at: &Coordinates| Coordinates { copy: 0, ..*at };
        for (kind, ..) in KINDS {
            let mut expected = if has(kind) { of_kind(&whole, kind) } else { Faults::new() };
            let mut found = of_kind(&some, kind);
            prop_assert!(expected.len() > 10 || !has(kind), "{} of {}", expected.len(), kind.name());
            // Where a record is dropped nothing else becomes of it.
            if kind != FaultKind::Drop {
                found.retain(|fault| !gone.contains(&original(&fault.1)));
                expected.retain(|fault| !gone.contains(&original(&fault.1)));
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn each_record_is_as_its_faults_say(seed in any::<u64>()) {
        let [meant, found] = [Disorder::default(), all()].map(|disorder| {
            let run = run(seed, disorder);
            let mut records = BTreeMap::new();
            for batch in run.batches().unwrap() {
                for (index, span) in batch.spans().iter().enumerate() {
                    records.insert(span.stamp.coordinates, (span.stamp, batch.value(index).to_vec()));
                }
            }
            records
        });
        let faults = faults(&run(seed, all()));
        let times: BTreeMap<_, i64> = faults.iter().map(|fault| ((fault.1, fault.0), fault.3)).collect();
        let sum = |at: Coordinates, kinds: &[FaultKind]| -> Option<i64> {
            let of_kind = |kind: &FaultKind| times.get(&(at, kind.name())).copied();
            let times: Vec<i64> = kinds.iter().filter_map(of_kind).collect();
            (!times.is_empty()).then(|| times.iter().sum())
        };
        for (at, (stamp, value)) in &meant {
            let dropped = sum(*at, &[FaultKind::Drop]).is_some();
            prop_assert_eq!(found.contains_key(at), !dropped);
            let Some((its, text)) = found.get(at) else { continue };
            let delay = sum(*at, &[FaultKind::Late, FaultKind::Reorder]).unwrap_or(0);
            let ahead = sum(*at, &[FaultKind::Future]);
            prop_assert_eq!(its.release_time, stamp.release_time + delay);
            prop_assert_eq!(its.event_time, stamp.event_time + ahead.unwrap_or(0));
            prop_assert_eq!(text == value, ahead.is_none());
            let copy = Coordinates { copy: 1, ..*at };
            let repeated = sum(copy, &[FaultKind::Duplicate]);
            prop_assert_eq!(found.contains_key(&copy), repeated.is_some());
            if let Some((again, same)) = found.get(&copy) {
                prop_assert_eq!(again.release_time, its.release_time + repeated.unwrap());
                prop_assert_eq!(same, text);
                prop_assert!(!again.first && !again.last);
            }
        }
        let extra = found.keys().filter(|at| at.copy == 0 && !meant.contains_key(at)).count();
        prop_assert_eq!(extra, 0);
    }
}

#[test]
fn the_seed_decides_which_records_deviate() {
    let faults = faults(&run(7, all()));
    let first = |kind: FaultKind| {
        let of_kind = of_kind(&faults, kind);
        let (_, at, event_time, micros) = *of_kind.first().unwrap();
        (of_kind.len(), at.to_string(), event_time - ORIGIN, micros)
    };
    let found = KINDS.map(|(kind, ..)| first(kind));
    let frozen = [
        (487, "3.0.0.23.0", 126_485, 13_883_389),
        (966, "3.0.0.15.2", 1_988_703, 286_267),
        (285, "3.0.0.0.1.1", 734_695, 702_789),
        (212, "3.0.0.5.2", 1_501_356, 0),
        (101, "3.0.2.10.0", 684_413, 728_644_987),
    ];
    assert_eq!(
        found,
        frozen.map(|(count, at, event_time, micros)| (count, at.to_owned(), event_time, micros))
    );
}

#[test]
fn a_duplicate_without_a_time_is_right_behind_its_record() {
    let deviation = Deviation { share: "10%".parse().unwrap(), time: None };
    let deviations = Deviations::default().with(FaultKind::Duplicate, deviation);
    let run = run(7, Disorder { deviations, ..Disorder::default() });
    let records: Vec<Coordinates> = run
        .batches()
        .unwrap()
        .flat_map(|batch| {
            batch.spans().iter().map(|span| span.stamp.coordinates).collect::<Vec<_>>()
        })
        .collect();
    let behind = |pair: &&[Coordinates]| pair[1] == Coordinates { copy: 1, ..pair[0] };
    let copies = records.iter().filter(|at| at.copy == 1).count();
    assert!(copies > 100, "{copies}");
    assert_eq!(records.windows(2).filter(behind).count(), copies);
}

#[test]
fn a_topic_may_have_deviations_of_its_own() {
    let of_topic = vec![("toys-0".to_owned(), Deviations::default())];
    let disorder = Disorder { topics: of_topic, ..all() };
    let (all, some) = (faults(&run(7, all())), faults(&run(7, disorder.clone())));
    let run = run(7, disorder);
    let topic = run.topics().iter().position(|name| name == "toys-0").unwrap();
    let mut of_others = all;
    for batch in run.batches().unwrap() {
        for span in batch.spans().iter().filter(|span| usize::from(span.stamp.topic) == topic) {
            let Coordinates { block, position, step, .. } = span.stamp.coordinates;
            let same =
                |at: &Coordinates| (at.block, at.position, at.step) == (block, position, step);
            of_others.retain(|fault| !same(&fault.1));
        }
    }
    assert!(some.len() > 100 && some == of_others, "{} and {}", some.len(), of_others.len());
}

/// Law 6: what is held back is the displaced records alone, not the blocks they are of.
#[test]
fn law_6_memory_for_late_records_is_their_share() {
    let held = |share: &str| {
        let time = Some(Dwell::uniform(1_000, 600 * SECOND).unwrap());
        let deviation = Deviation { share: share.parse().unwrap(), time };
        let deviations = Deviations::default().with(FaultKind::Late, deviation);
        let rate = Arrivals::Rate(per_second(1_000, Schedule::default()));
        let extent = Extent { until: Some(ORIGIN + 1_300 * SECOND), ..Extent::default() };
        let world = World { seed: Seed::new(7), origin: ORIGIN };
        let disorder = Disorder { deviations, ..Disorder::default() };
        let builder = Run::builder(world).extent(extent).disorder(disorder);
        let run = builder.stream(Toy { room: Some(17), ..Toy::new(vec![rate]) }).unwrap();
        let mut planner = run.planner().unwrap();
        let (mut scratch, mut most) = (mercato_engine::Scratch::default(), 0);
        while let Some(task) = planner.next_task().unwrap() {
            match task {
                Task::Draw(block) => block.draw(&mut scratch).unwrap(),
                Task::Render(slice) => most = most.max(slice.held()),
            }
        }
        most
    };
    let (without, with) = (held("0"), held("1%"));
    // Rate x share x longest delay: 1,000/s x 1% x 600 s of entities, each with some three steps of
    // which any may be late, so up to three times as many.
    assert!(
        (6_000..20_000).contains(&(with - without)),
        "{without} entities, {with} with late records"
    );
}
