//! The yardstick of every law: chi-square at one in a million, with fixed seeds.

/// The 1 − 10^-6 quantile of chi-square, by Wilson and Hilferty; too high by a few percent for few
/// degrees of freedom.
fn critical(outcomes: usize) -> f64 {
    let degrees = (outcomes - 1) as f64;
    let part = 2.0 / (9.0 * degrees);
    degrees * (1.0 - part + 4.753_424 * part.sqrt()).powi(3)
}

/// Whether outcomes 0 to n−1 come in the proportion of n weights.
pub(crate) fn follows(outcomes: impl IntoIterator<Item = usize>, weights: &[u64]) -> bool {
    let mut counts = vec![0u64; weights.len()];
    outcomes.into_iter().for_each(|outcome| counts[outcome] += 1);
    let (draws, sum) = (counts.iter().sum::<u64>() as f64, weights.iter().sum::<u64>() as f64);
    let part = |(count, weight): (&u64, &u64)| {
        let expected = *weight as f64 / sum * draws;
        assert!(expected >= 20.0, "too few draws for chi-square");
        (*count as f64 - expected).powi(2) / expected
    };
    let chi_square: f64 = counts.iter().zip(weights).map(part).sum();
    chi_square < critical(weights.len())
}

/// The bin of `value` among `bins` equal ones from `low` to `high`, both included.
pub(crate) fn bin(value: i64, low: i64, high: i64, bins: usize) -> usize {
    let share = (value - low) as f64 / (high - low + 1) as f64;
    ((share * bins as f64) as usize).min(bins - 1)
}

#[test]
fn the_yardstick_tells_a_fair_die_from_a_loaded_one() {
    let die = |draws: u64| {
        (0..draws).map(|draw| (mercato_draw::CounterHash::new(1, 1).at(draw, 0) % 6) as usize)
    };
    assert!(follows(die(60_000), &[1; 6]));
    assert!(!follows(die(60_000), &[11, 10, 10, 10, 10, 10]));
}
