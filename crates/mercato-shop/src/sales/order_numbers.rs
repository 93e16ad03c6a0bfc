//! Order numbers that look random and are unique for ever.

use mercato_draw::{CounterHash, Permutation};

/// Digits of the first order numbers.
const LEAST_DIGITS: u32 = 8;
/// Digits of the last: 10^18 orders are more than a run has blocks for.
const MOST_DIGITS: u32 = 18;

/// A keyed permutation of arrivals onto numbers of eight digits, then of nine, and so on.
///
/// The first 10^8 arrivals become the numbers 00000000 to 99999999 in an order that only the seed
/// knows, the next 9 * 10^8 the numbers of nine digits: no number comes twice, and nothing is
/// remembered.
#[derive(Debug, Clone)]
pub(super) struct OrderNumbers {
    tiers: Vec<Tier>,
}

/// The arrivals whose numbers have one length.
#[derive(Debug, Clone)]
struct Tier {
    first: u64,
    shuffle: Permutation,
}

impl OrderNumbers {
    pub(super) fn new(hash: CounterHash) -> Self {
        let tier = |digits| {
            let end = 10u64.pow(digits);
            let first = if digits == LEAST_DIGITS { 0 } else { end / 10 };
            #[expect(
                clippy::expect_used,
                reason = "10^18 is below the largest size of a permutation, 2^62"
            )]
            let shuffle =
                Permutation::new(hash.child(digits.into()), end - first).expect("a possible size");
            Tier { first, shuffle }
        };
        Self { tiers: (LEAST_DIGITS..=MOST_DIGITS).map(tier).collect() }
    }

    /// The number of an arrival.
    #[inline]
    pub(super) fn number(&self, arrival: u64) -> u64 {
        let mut tier = &self.tiers[0];
        for wider in &self.tiers[1..] {
            if arrival < wider.first {
                break;
            }
            tier = wider;
        }
        tier.first + tier.shuffle.apply(arrival - tier.first)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn numbers(key: u64) -> OrderNumbers {
        OrderNumbers::new(CounterHash::new(key, 4))
    }

    #[test]
    fn numbers_stay_unique_where_they_become_wider() {
        let numbers = numbers(42);
        let mut seen = BTreeSet::new();
        for border in [100_000_000u64, 1_000_000_000, 10_000_000_000] {
            for arrival in border - 50_000..border + 50_000 {
                let number = numbers.number(arrival);
                assert_eq!(
                    number < border,
                    arrival < border,
                    "arrival {arrival} is order {number}"
                );
                assert!(seen.insert(number), "{number}");
            }
        }
        for arrival in 0..100_000 {
            assert!(seen.insert(numbers.number(arrival)));
        }
    }

    /// The whole first tier is a permutation by construction; this shows that its border is where
    /// it should be.
    #[test]
    fn each_number_comes_from_one_arrival() {
        let numbers = numbers(7);
        for tier in &numbers.tiers[..3] {
            for image in [0, 1, 12_345_678, tier.shuffle.size() - 1] {
                let arrival = tier.first + tier.shuffle.invert(image);
                assert_eq!(numbers.number(arrival), tier.first + image);
            }
        }
    }

    #[test]
    fn the_last_arrival_a_run_can_have_still_has_a_number() {
        // 2^48 blocks of 2^11 arrivals would be more; 2^48 of 1,024 are what a run has.
        assert!(numbers(1).number((1 << 58) - 1) < 1_000_000_000_000_000_000);
    }
}
