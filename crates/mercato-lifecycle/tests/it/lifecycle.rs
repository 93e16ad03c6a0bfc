//! What a lifecycle accepts, refuses, knows of itself and reports.

#![expect(clippy::unwrap_used, reason = "a test may stop where it goes wrong")]

use mercato_draw::CounterHash;
use mercato_lifecycle::{Dwell, Lifecycle, LifecycleError, Plan, Transition};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;

fn way(from: &str, to: &str, weight: u64, seconds: [i64; 2]) -> Transition {
    Transition::new(
        from,
        to,
        weight,
        Dwell::uniform(seconds[0] * SECOND, seconds[1] * SECOND).unwrap(),
    )
}

/// The lifecycle of document 000.
fn documented() -> Plan {
    Plan::new(["pending", "confirmed", "processing", "shipped"])
        .with(way("pending", "confirmed", 1, [10, 30]))
        .with(way("confirmed", "processing", 1, [15, 45]))
        .with(way("processing", "shipped", 1, [20, 60]))
}

/// Orders that may be cancelled while they are not shipped, and returned when they are.
fn with_cancellations_and_returns() -> Plan {
    let day = 86_400;
    let mut plan = documented();
    plan.states.extend(["delivered", "cancelled", "returned", "refunded"].map(String::from));
    plan.with(way("shipped", "delivered", 1, [day, 5 * day]))
        .with(way("pending", "cancelled", 3, [1, 600]))
        .with(Transition::new("pending", "confirmed", 96, Dwell::fixed(20 * SECOND).unwrap()))
        .with(way("confirmed", "cancelled", 1, [60, 3600]))
        .with(Transition::new(
            "delivered",
            "returned",
            1,
            Dwell::lognormal(7 * day * SECOND, 0.6, 3600 * SECOND, 30 * day * SECOND).unwrap(),
        ))
        .with(Transition::new(
            "returned",
            "refunded",
            1,
            Dwell::exponential(2 * day * SECOND, SECOND, 14 * day * SECOND).unwrap(),
        ))
}

fn walk(lifecycle: &Lifecycle, start: i64, key: u64) -> Vec<(u16, i64)> {
    let hash = CounterHash::new(key, 0);
    let mut steps = Vec::new();
    lifecycle.walk(
        start,
        |number| {
            assert!(number < lifecycle.words(), "word {number}");
            hash.at(u64::from(number), 0)
        },
        |state, at| steps.push((state, at)),
    );
    steps
}

#[test]
fn the_documented_lifecycle_takes_45_to_135_seconds() {
    let lifecycle = Lifecycle::new(&documented()).unwrap();
    assert_eq!(lifecycle.steps(), 4);
    assert_eq!(lifecycle.words(), 6);
    assert_eq!(lifecycle.longest(), 135 * SECOND);
    let mut shortest = 0;
    lifecycle.walk(0, |_| 0, |_, at| shortest = at);
    assert_eq!(shortest, 45 * SECOND);
}

proptest! {
    #[test]
    fn a_walk_is_a_path_that_stays_within_its_extent(key in any::<u64>(), start in -1i64 << 50..1 << 50) {
        for plan in [documented(), with_cancellations_and_returns()] {
            let lifecycle = Lifecycle::new(&plan).unwrap();
            let steps = walk(&lifecycle, start, key);
            prop_assert_eq!(steps[0], (0, start));
            prop_assert!(steps.len() <= usize::from(lifecycle.steps()));
            for pair in steps.windows(2) {
                let name = |state: u16| &plan.states[usize::from(state)];
                let legal = |t: &&Transition| t.from == *name(pair[0].0) && t.to == *name(pair[1].0);
                let lasted = pair[1].1 - pair[0].1;
                let possible = |t: &Transition| (t.dwell.shortest()..=t.dwell.longest()).contains(&lasted);
                prop_assert!(plan.transitions.iter().filter(legal).any(possible));
            }
            let (state, at) = steps[steps.len() - 1];
            let last = &plan.states[usize::from(state)];
            prop_assert!(plan.transitions.iter().all(|transition| transition.from != *last));
            prop_assert!(at - start <= lifecycle.longest());
        }
    }

    #[test]
    fn the_extent_is_reached(key in any::<u64>()) {
        let lifecycle = Lifecycle::new(&documented()).unwrap();
        let mut last = 0;
        lifecycle.walk(key as i64 >> 8, |_| u64::MAX, |_, at| last = at);
        prop_assert_eq!(last - (key as i64 >> 8), lifecycle.longest());
    }
}

#[test]
fn cancellations_and_returns_are_configuration() {
    let lifecycle = Lifecycle::new(&with_cancellations_and_returns()).unwrap();
    let day = 86_400 * SECOND;
    // pending 30 s or cancelled after 600 s, confirmed 45 s, processing 60 s, then the way back.
    assert_eq!(lifecycle.longest(), (30 + 45 + 60) * SECOND + (5 + 30 + 14) * day);
    assert_eq!(lifecycle.steps(), 7);
    let ends = |state: u16| {
        (0..1000).filter(|key| walk(&lifecycle, 0, *key).last().unwrap().0 == state).count()
    };
    // Three in a hundred are cancelled at once, half of the confirmed ones later.
    assert!((480..550).contains(&ends(5)), "{}", ends(5));
    assert_eq!(ends(5) + ends(7), 1000);
}

#[test]
fn a_bound_on_steps_makes_a_cycle_possible() {
    let mut plan = Plan::new(["idle", "busy", "gone"])
        .with(way("idle", "busy", 1, [1, 2]))
        .with(way("busy", "idle", 9, [1, 3]))
        .with(way("busy", "gone", 1, [1, 10]));
    assert_eq!(Lifecycle::new(&plan).unwrap_err(), LifecycleError::Cycle { state: "idle".into() });
    plan.max_steps = Some(6);
    let lifecycle = Lifecycle::new(&plan).unwrap();
    assert_eq!(lifecycle.steps(), 6);
    // idle busy idle busy idle busy lasts 2+3+2+3+2; leaving earlier, idle busy idle busy gone,
    // lasts 2+3+2+10.
    assert_eq!(lifecycle.longest(), 17 * SECOND);
    for key in 0..1000 {
        let steps = walk(&lifecycle, 0, key);
        assert!(steps.len() <= 6 && steps[steps.len() - 1].1 <= lifecycle.longest());
    }
}

#[test]
fn what_is_no_lifecycle_is_named() {
    let refused = |plan: Plan| Lifecycle::new(&plan).unwrap_err();
    let none: [&str; 0] = [];
    assert_eq!(refused(Plan::new(none)), LifecycleError::States { count: 0, max: 1000 });
    assert_eq!(
        refused(Plan::new(["a", "b", "a"])),
        LifecycleError::Duplicate { state: "a".into() }
    );
    assert_eq!(
        refused(Plan::new(["a", "b"]).with(way("a", "c", 1, [1, 2]))),
        LifecycleError::UnknownState { state: "c".into(), known: "a, b".into() }
    );
    assert_eq!(
        refused(Plan::new(["a", "b"]).with(way("a", "b", 0, [1, 2]))),
        LifecycleError::NoWeight { state: "a".into() }
    );
    assert_eq!(
        refused(Plan::new(["a", "b"]).with(way("a", "b", u64::MAX, [1, 2]))),
        LifecycleError::WeightTooLarge { state: "a".into(), max: 1 << 48 }
    );
    assert_eq!(
        refused(Plan::new(["a", "b", "c"]).with(way("a", "b", 1, [1, 2])).with(way(
            "a",
            "c",
            0,
            [1, 2]
        ))),
        LifecycleError::Unreachable { state: "c".into(), start: "a".into() }
    );
    let mut circle =
        Plan::new(["a", "b"]).with(way("a", "b", 1, [1, 2])).with(way("b", "a", 1, [1, 2]));
    assert_eq!(refused(circle.clone()), LifecycleError::Endless { start: "a".into() });
    circle.max_steps = Some(0);
    assert_eq!(refused(circle.clone()), LifecycleError::Steps { steps: 0, max: 1000 });
    circle.max_steps = Some(1001);
    assert_eq!(refused(circle), LifecycleError::Steps { steps: 1001, max: 1000 });
}

/// Words have fixed numbers, so a new way out of one state moves nothing elsewhere.
#[test]
fn a_new_way_out_of_one_state_leaves_later_durations_alone() {
    let narrow = Lifecycle::new(&documented()).unwrap();
    let mut plan = documented().with(way("pending", "gone", 1, [5, 6]));
    plan.states.push("gone".into());
    let wider = Lifecycle::new(&plan).unwrap();
    let mut compared = 0;
    for key in 0..100 {
        let (before, after) = (walk(&narrow, 0, key), walk(&wider, 0, key));
        if after.len() == 4 {
            compared += 1;
            assert_eq!(before, after);
        }
    }
    assert!((30..70).contains(&compared));
}
