//! Amount: far more than the user usually spends, or next to nothing to see whether a card works.

use mercato_draw::below;

/// Smallest multiple of the usual sum (document 004).
pub const LEAST_TIMES: i64 = 5;
/// Largest multiple of the usual sum (document 004).
pub const MOST_TIMES: i64 = 20;
/// A sum of at most so many hundredths of the usual one is a micro-transaction; the document names
/// none.
pub const MICRO_HUNDREDTHS: i64 = 15;

/// Returns a number of items at `price` whose sum is [`LEAST_TIMES`] to [`MOST_TIMES`] the `usual`
/// one, each possible number equally likely; `None` if there is none. Both are in the same unit and
/// above nothing.
#[inline]
pub fn items(price: i64, usual: i64, word: u64) -> Option<u32> {
    let (price, usual) = (price.max(1), usual.max(1));
    let (fewest, most) = ((usual * LEAST_TIMES + price - 1) / price, usual * MOST_TIMES / price);
    let fewest = fewest.max(1);
    if most < fewest {
        return None;
    }
    u32::try_from(fewest + below(word, (most - fewest) as u64 + 1) as i64).ok()
}

/// Returns whether a sum is a micro-transaction where so much is usual.
#[inline]
pub fn is_micro(sum: i64, usual: i64) -> bool {
    sum * 100 <= usual * MICRO_HUNDREDTHS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sums_are_five_to_twenty_times_the_usual(price in 1i64..10_000_000, usual in 1i64..10_000_000, word: u64) {
            match items(price, usual, word) {
                Some(items) => {
                    let sum = price * i64::from(items);
                    prop_assert!((5 * usual..=20 * usual).contains(&sum), "{sum} of {usual}");
                }
                None => prop_assert!(price > 15 * usual, "{price} of {usual}"),
            }
        }
    }

    #[test]
    fn the_bounds_are_reached() {
        assert_eq!((items(1, 1, 0), items(1, 1, u64::MAX)), (Some(5), Some(20)));
        assert_eq!(items(100, 100, 0), Some(5));
        assert!(is_micro(15, 100) && !is_micro(16, 100));
    }
}
