//! Drawn durations and choices follow their laws, and the test would notice if they did not.

use mercato_draw::CounterHash;
use mercato_lifecycle::{Dwell, Lifecycle, Plan, Transition};
use mercato_test_support::statistics::{chi_square, critical, follows};

const SECOND: i64 = 1_000_000;
const DRAWS: u64 = 200_000;
const BINS: usize = 50;

/// Chi-square of the drawn durations over bins that the distribution function `share` calls equally
/// likely.
fn unlikeliness(dwell: &Dwell, share: impl Fn(f64) -> f64) -> f64 {
    let hash = CounterHash::new(2024, 1);
    let (low, high) = (share(dwell.shortest() as f64), share(dwell.longest() as f64));
    let mut counts = [0; BINS];
    for draw in 0..DRAWS {
        let value = dwell.pick(hash.at(draw, 0)) as f64;
        let bin = (share(value) - low) / (high - low) * BINS as f64;
        counts[(bin as usize).min(BINS - 1)] += 1;
    }
    chi_square(&counts, &[1; BINS])
}

fn exponential_share(mean: f64) -> impl Fn(f64) -> f64 {
    move |x| 1.0 - libm::exp(-x / mean)
}

fn lognormal_share(median: f64, sigma: f64) -> impl Fn(f64) -> f64 {
    move |x| 0.5 * libm::erfc(-libm::log(x / median) / (sigma * core::f64::consts::SQRT_2))
}

#[test]
fn durations_follow_their_laws() {
    let uniform = Dwell::uniform(10 * SECOND, 30 * SECOND).unwrap();
    assert!(unlikeliness(&uniform, |x| x) < critical(BINS - 1));
    let exponential = Dwell::exponential(20 * SECOND, 1_000, 600 * SECOND).unwrap();
    assert!(unlikeliness(&exponential, exponential_share(20e6)) < critical(BINS - 1));
    let narrow = Dwell::exponential(20 * SECOND, 5 * SECOND, 40 * SECOND).unwrap();
    assert!(unlikeliness(&narrow, exponential_share(20e6)) < critical(BINS - 1));
    let lognormal = Dwell::lognormal(20 * SECOND, 1.2, 1_000, 6_000 * SECOND).unwrap();
    assert!(unlikeliness(&lognormal, lognormal_share(20e6, 1.2)) < critical(BINS - 1));
}

#[test]
fn a_slightly_wrong_law_would_be_noticed() {
    let uniform = Dwell::uniform(10 * SECOND, 31 * SECOND).unwrap();
    assert!(unlikeliness(&uniform, |x| x.min(30e6)) > critical(BINS - 1));
    let exponential = Dwell::exponential(21 * SECOND, 1_000, 600 * SECOND).unwrap();
    assert!(unlikeliness(&exponential, exponential_share(20e6)) > critical(BINS - 1));
    let lognormal = Dwell::lognormal(20 * SECOND, 1.25, 1_000, 6_000 * SECOND).unwrap();
    assert!(unlikeliness(&lognormal, lognormal_share(20e6, 1.2)) > critical(BINS - 1));
}

/// Interpolating the last thousandth in one line would raise the mean by a quarter.
#[test]
fn a_far_maximum_does_not_stretch_the_tail() {
    let exponential = Dwell::exponential(20 * SECOND, 1_000, 500 * 20 * SECOND).unwrap();
    let hash = CounterHash::new(7, 7);
    let draws = 1_000_000u32;
    let sum: i64 = (0..draws).map(|draw| exponential.pick(hash.at(u64::from(draw), 0))).sum();
    let mean = sum as f64 / f64::from(draws);
    assert!((mean / 20e6 - 1.0).abs() < 0.005, "{mean}");
}

#[test]
fn ways_are_taken_by_their_weights() {
    let ends = ["shipped", "cancelled", "lost"];
    let weights = [80, 15, 5];
    let taken = |weights: [u64; 3]| {
        let mut plan = Plan::new(["pending"].into_iter().chain(ends));
        for (end, weight) in ends.iter().zip(weights) {
            plan =
                plan.with(Transition::new("pending", *end, weight, Dwell::fixed(SECOND).unwrap()));
        }
        let lifecycle = Lifecycle::new(&plan).unwrap();
        let hash = CounterHash::new(5, 5);
        let mut taken = Vec::new();
        for draw in 0..DRAWS {
            let word = |number: u16| hash.at(draw, u64::from(number));
            lifecycle.walk(0, word, |state, _| {
                taken.extend(usize::from(state).checked_sub(1));
            });
        }
        taken
    };
    assert!(follows(taken(weights), &weights));
    let mutant = taken([79, 16, 5]);
    assert!(!follows(mutant, &weights), "a way taken too often would not be noticed");
}
