//! The yardstick of every law: chi-square at one in a million, with fixed seeds.
//!
//! A test with it fails by chance once in a million seeds, and seeds are fixed; each law also has a
//! mutant that is off by a little and must fail, so the yardstick cannot be too coarse.

/// The 1 − 10⁻⁶ quantile of chi-square, by Wilson and Hilferty: too high by a tenth for two degrees
/// of freedom, by a fiftieth for fifteen.
pub fn critical(degrees: usize) -> f64 {
    let part = 2.0 / (9.0 * degrees as f64);
    degrees as f64 * (1.0 - part + 4.753_424 * part.sqrt()).powi(3)
}

/// Chi-square of how often each outcome came against how often it should have come by its weight.
///
/// Panics where an outcome is expected less than 20 times: chi-square says nothing then.
pub fn chi_square(counts: &[u64], weights: &[u64]) -> f64 {
    assert_eq!(counts.len(), weights.len(), "each outcome has a weight");
    let draws = counts.iter().sum::<u64>() as f64;
    let sum = weights.iter().sum::<u64>() as f64;
    let part = |(count, weight): (&u64, &u64)| {
        let expected = *weight as f64 / sum * draws;
        assert!(expected >= 20.0, "too few draws for chi-square");
        (*count as f64 - expected).powi(2) / expected
    };
    counts.iter().zip(weights).map(part).sum()
}

/// Returns whether outcomes 0 to n−1 come in the proportion of n weights.
pub fn follows(outcomes: impl IntoIterator<Item = usize>, weights: &[u64]) -> bool {
    let mut counts = vec![0; weights.len()];
    outcomes.into_iter().for_each(|outcome| counts[outcome] += 1);
    chi_square(&counts, weights) < critical(weights.len() - 1)
}

/// The bin of `value` among `bins` equal ones from `low` to `high`, both included.
pub fn bin(value: i64, low: i64, high: i64, bins: usize) -> usize {
    let share = (value - low) as f64 / (high - low + 1) as f64;
    ((share * bins as f64) as usize).min(bins - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn critical_values_are_never_too_low_and_close_for_many_degrees() {
        for (degrees, exact, most) in [(2, 27.631, 1.1), (15, 56.493, 1.02), (49, 111.136, 1.01)] {
            let ratio = critical(degrees) / exact;
            assert!((1.0..most).contains(&ratio), "{degrees}: {ratio}");
        }
    }

    #[test]
    fn a_fair_die_is_told_from_a_loaded_one() {
        let throws = || (0..60_000).map(|throw| throw % 6);
        assert!(follows(throws(), &[1; 6]));
        assert!(!follows(throws(), &[11, 10, 10, 10, 10, 10]));
    }

    #[test]
    fn bins_are_equal_and_hold_both_ends() {
        let bins: Vec<usize> = (10..20).map(|value| bin(value, 10, 19, 5)).collect();
        assert_eq!(bins, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    }
}
