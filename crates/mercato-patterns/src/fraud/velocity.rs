//! Velocity: a card is used again and again, as fast as it goes.

use mercato_draw::below;

use super::SECOND;

/// Fewest transactions of an attack (document 004).
pub const FEWEST: u8 = 5;
/// Most transactions of an attack (document 004).
pub const MOST: u8 = 15;
/// All transactions of an attack come within so many microseconds: five minutes (document 004).
pub const WINDOW: i64 = 300 * SECOND;

/// The number of transactions of an attack, each from [`FEWEST`] to [`MOST`] as likely.
#[inline]
pub fn transactions(word: u64) -> u8 {
    FEWEST + below(word, u64::from(MOST - FEWEST) + 1) as u8
}

/// Microseconds from the beginning of one purchase of an attack to that of the next, at least
/// `shortest`; each as likely that lets the last begin `longest` before the window ends.
///
/// So if no purchase takes longer than `longest` from its beginning to its transaction, all
/// transactions are in the window.
#[inline]
pub fn spacing(transactions: u8, shortest: i64, longest: i64, word: u64) -> i64 {
    let pauses = i64::from(transactions.max(2)) - 1;
    let most = ((WINDOW - longest) / pauses).max(shortest);
    shortest + below(word, (most - shortest) as u64 + 1) as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_attack_stays_in_its_window(number: u64, pause: u64) {
            let count = transactions(number);
            prop_assert!((5..=15).contains(&count));
            let spacing = spacing(count, 14 * SECOND, 13 * SECOND, pause);
            prop_assert!(spacing >= 14 * SECOND);
            prop_assert!(spacing * i64::from(count - 1) + 13 * SECOND <= WINDOW);
        }
    }

    #[test]
    fn every_number_is_as_likely() {
        let mut counts = [0; 11];
        for part in 0..11_000u64 {
            counts[usize::from(transactions((u64::MAX / 11_000) * part + 1)) - 5] += 1;
        }
        assert!(counts.iter().all(|count| (999..=1_001).contains(count)), "{counts:?}");
    }
}
