//! Weighted choice in constant time (Walker's alias method, Vose's construction), in integers.

use std::hint::select_unpredictable;

use crate::DrawError;

/// One column: outcome `index` below the threshold, `alias` above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    threshold: u64,
    alias: u32,
}

/// A choice among outcomes 0 to n−1 by integer weights.
///
/// Each outcome's probability is its weight's share of the sum, exact to n / 2^64.
///
/// ```
/// use mercato_draw::AliasTable;
///
/// let table = AliasTable::new(&[1, 0, 3])?;
/// assert_eq!(table.pick(0), 0);
/// assert_eq!(table.pick(u64::MAX), 2);
/// # Ok::<(), mercato_draw::DrawError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasTable {
    columns: Box<[Column]>,
}

impl AliasTable {
    /// Largest allowed sum of the weights.
    pub const MAX_SUM: u64 = 1 << 48;

    /// The table of `weights`; refuses weights that are all zero or sum to more than 2^48.
    pub fn new(weights: &[u64]) -> Result<Self, DrawError> {
        let sum = weights.iter().fold(0u64, |sum, weight| sum.saturating_add(*weight));
        if sum == 0 {
            return Err(DrawError::NoWeight);
        }
        if sum > Self::MAX_SUM || weights.len() > u32::MAX as usize {
            return Err(DrawError::WeightTooLarge { max: Self::MAX_SUM });
        }
        Ok(Self { columns: columns(weights, sum) })
    }

    /// Number of outcomes.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Always false: a table has at least one outcome.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The outcome of one word: its upper part picks a column, its lower part the side.
    #[inline]
    pub fn pick(&self, word: u64) -> usize {
        let product = u128::from(word) * self.columns.len() as u128;
        let index = (product >> 64) as usize;
        let column = self.columns[index];
        // Nobody can foresee the side, least of all a branch: guessing wrong would cost more than
        // all of the rest.
        select_unpredictable(product as u64 <= column.threshold, index, column.alias as usize)
    }
}

/// Fills each column to exactly one nth of the sum with at most two outcomes.
fn columns(weights: &[u64], sum: u64) -> Box<[Column]> {
    let count = weights.len() as u128;
    let full = u128::from(sum);
    // Scaled by the number of outcomes a column holds `sum`, so no share is ever rounded here.
    let mut shares: Vec<u128> = weights.iter().map(|weight| u128::from(*weight) * count).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) =
        (0..weights.len()).partition(|i| shares[*i] < full);
    let mut columns =
        vec![Column { threshold: u64::MAX, alias: 0 }; weights.len()].into_boxed_slice();
    for (index, column) in columns.iter_mut().enumerate() {
        column.alias = index as u32;
    }
    while let (Some(lesser), Some(greater)) = (small.pop(), large.last().copied()) {
        columns[lesser] =
            Column { threshold: threshold(shares[lesser], full), alias: greater as u32 };
        shares[greater] -= full - shares[lesser];
        if shares[greater] < full {
            large.pop();
            small.push(greater);
        }
    }
    columns
}

/// The largest lower half of a word that stays on the near side of a column.
fn threshold(share: u128, full: u128) -> u64 {
    let scaled = (share << 64) / full;
    // A share of nothing must not even keep the word zero; the alias of a column at zero is reached
    // from one on, which is a bias of 2^-64 and nothing else.
    scaled.saturating_sub(1) as u64
}

#[cfg(test)]
mod tests {
    use mercato_test_support::statistics::follows;
    use proptest::prelude::*;

    use super::*;
    use crate::CounterHash;

    proptest! {
        #[test]
        fn shares_follow_the_weights(weights in prop::collection::vec(0u64..1000, 1..40)) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let table = AliasTable::new(&weights).unwrap();
            let sum: u64 = weights.iter().sum();
            // Evenly spaced words visit each outcome in proportion, up to two words a column.
            let words = 1u64 << 16;
            let mut counts = vec![0u64; weights.len()];
            for i in 0..words {
                counts[table.pick(i << 48 | 1 << 47)] += 1;
            }
            for (count, weight) in counts.iter().zip(&weights) {
                let expected = weight * words / sum;
                prop_assert!(count.abs_diff(expected) <= 2 * weights.len() as u64, "{counts:?} for {weights:?}");
            }
        }

        #[test]
        fn an_outcome_of_no_weight_is_never_picked(word in any::<u64>()) {
            let table = AliasTable::new(&[0, 5, 0, 2, 0]).unwrap();
            prop_assume!(word.trailing_zeros() < 60);
            prop_assert!([1, 3].contains(&table.pick(word)));
        }
    }

    #[test]
    fn a_weighted_choice_follows_its_weights() {
        let weights = [60, 25, 10, 5];
        let table = AliasTable::new(&weights).unwrap();
        let hash = CounterHash::new(11, 0);
        let picks = |table: &AliasTable| {
            (0..400_000).map(|draw| table.pick(hash.at(draw, 0))).collect::<Vec<usize>>()
        };
        assert!(follows(picks(&table), &weights));
        let mutant = AliasTable::new(&[59, 26, 10, 5]).unwrap();
        assert!(!follows(picks(&mutant), &weights));
    }

    #[test]
    fn nothing_to_choose_from_is_refused() {
        assert_eq!(AliasTable::new(&[0, 0]), Err(DrawError::NoWeight));
        assert_eq!(AliasTable::new(&[]), Err(DrawError::NoWeight));
        assert!(AliasTable::new(&[AliasTable::MAX_SUM, 1]).is_err());
    }
}
