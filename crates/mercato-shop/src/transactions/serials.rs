//! Transaction numbers that look random and are unique in a run, over all of its substreams.

use mercato_draw::{CounterHash, Permutation};

/// Digits of the first numbers.
pub(super) const LEAST_DIGITS: u32 = 9;
/// Digits of the last: 10^18 transactions are more than a run can have.
const MOST_DIGITS: u32 = 18;

/// A keyed permutation of arrivals onto numbers of nine digits, then of ten, and so on.
///
/// The numbers of one length are divided among the substreams as their arrivals are, so that all
/// substreams need longer ones at about the same time: after the first 10^9 transactions.
#[derive(Debug, Clone)]
pub(super) struct TransactionNumbers {
    substreams: Box<[Box<[Tier]>]>,
}

/// The arrivals of one substream whose numbers have one length.
#[derive(Debug, Clone, Copy)]
struct Tier {
    /// The first of them.
    arrival: u64,
    /// Number of serials.
    count: u64,
    /// The place of the first among all arrivals of this tier.
    place: u64,
    /// The lowest number of this length.
    number: u64,
    shuffle: Permutation,
}

impl TransactionNumbers {
    /// The numbers under the key of `hash` for substreams whose arrivals are in the proportion of
    /// `shares`.
    pub(super) fn new(hash: CounterHash, shares: &[u32]) -> Self {
        let sum = shares.iter().map(|share| u128::from(*share)).sum::<u128>().max(1);
        let mut before = 0;
        let substream = |share: &u32| {
            let from = before;
            before += u128::from(*share);
            tiers(hash, [from, before], sum)
        };
        Self { substreams: shares.iter().map(substream).collect() }
    }

    /// The number of a substream's arrival.
    #[inline]
    pub(super) fn number(&self, substream: u8, arrival: u64) -> u64 {
        let tiers = &self.substreams[usize::from(substream)];
        let mut tier = &tiers[0];
        for wider in &tiers[1..] {
            if arrival < wider.arrival {
                break;
            }
            tier = wider;
        }
        // Only after the last tier, which nobody reaches, is there anything to wrap.
        let place = tier.place + (arrival - tier.arrival) % tier.count;
        tier.number + tier.shuffle.apply(place)
    }
}

/// The tiers of the substream that has the part from `from` to `to` of `sum`.
fn tiers(hash: CounterHash, [from, to]: [u128; 2], sum: u128) -> Box<[Tier]> {
    let mut arrival = 0;
    let tier = |digits: u32| {
        let number = if digits == LEAST_DIGITS { 0 } else { 10u64.pow(digits - 1) };
        let size = 10u64.pow(digits) - number;
        let place = (u128::from(size) * from / sum) as u64;
        // Shares are at most 9 * 10^8 in sum, so each has at least one number.
        let count = ((u128::from(size) * to / sum) as u64 - place).max(1);
        #[expect(
            clippy::expect_used,
            reason = "10^18 is below the largest size of a permutation, 2^62"
        )]
        let shuffle =
            Permutation::coarse(hash.child(digits.into()), size).expect("a possible size");
        let tier = Tier { arrival, count, place, number, shuffle };
        arrival += count;
        tier
    };
    (LEAST_DIGITS..=MOST_DIGITS).map(tier).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SHARES: [u32; 3] = [700_000, 299_999, 1];

    fn numbers() -> TransactionNumbers {
        TransactionNumbers::new(CounterHash::new(42, 11), &SHARES)
    }

    #[test]
    fn a_million_numbers_of_all_substreams_are_unique_and_have_nine_digits() {
        let numbers = numbers();
        let mut seen = BTreeSet::new();
        for (substream, share) in SHARES.into_iter().enumerate() {
            for arrival in 0..u64::from(share).max(900) {
                let number = numbers.number(substream as u8, arrival);
                assert!(number < 1_000_000_000 && seen.insert(number), "{number}");
            }
        }
    }

    #[test]
    fn numbers_stay_unique_where_they_become_wider() {
        let numbers = numbers();
        let mut seen = BTreeSet::new();
        for (substream, tiers) in numbers.substreams.iter().enumerate() {
            for tier in &tiers[1..4] {
                for arrival in tier.arrival.saturating_sub(500)..tier.arrival + 500 {
                    let number = numbers.number(substream as u8, arrival);
                    assert_eq!(number >= tier.number, arrival >= tier.arrival);
                    assert!(seen.insert(number), "{number}");
                }
            }
        }
    }

    #[test]
    fn substreams_divide_each_length_among_themselves() {
        let substreams = numbers().substreams;
        for tier in 0..substreams[0].len() {
            let mut place = 0;
            for substream in &substreams {
                assert_eq!(substream[tier].place, place, "no gap and no overlap");
                place += substream[tier].count;
            }
            assert_eq!(place, substreams[0][tier].shuffle.size());
        }
    }
}
