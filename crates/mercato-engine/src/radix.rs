//! Sorting many small blocks of numbers: least significant digit first, in linear time.
//!
//! A block has a few thousand keys whose upper bits are times within the block; a comparison sort
//! took 23 ns a step there, more than drawing the entity, and this takes 7.

/// Bits of one digit: a count for each of 2,048 values stays in the first-level cache.
const DIGIT_BITS: u32 = 11;
const VALUES: usize = 1 << DIGIT_BITS;

/// Memory for sorting, reused from block to block.
#[derive(Debug, Default)]
pub(crate) struct RadixSpare {
    keys: Vec<u64>,
    counts: Vec<u32>,
}

/// Sorts `keys` by their bits from `low` up to `high` (excluded); keys that agree there keep their
/// order.
pub(crate) fn sort_by_bits(keys: &mut Vec<u64>, low: u32, high: u32, spare: &mut RadixSpare) {
    spare.keys.resize(keys.len(), 0);
    let mut shift = low;
    while shift < high {
        let digit = |key: u64| {
            (key >> shift) as usize & (VALUES - 1) & ((1 << (high - shift).min(DIGIT_BITS)) - 1)
        };
        spare.counts.clear();
        spare.counts.resize(VALUES, 0);
        for key in keys.iter() {
            spare.counts[digit(*key)] += 1;
        }
        let mut start = 0;
        for count in &mut spare.counts {
            start += std::mem::replace(count, start);
        }
        for key in keys.iter() {
            let place = &mut spare.counts[digit(*key)];
            spare.keys[*place as usize] = *key;
            *place += 1;
        }
        std::mem::swap(keys, &mut spare.keys);
        shift += DIGIT_BITS;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_are_sorted_by_the_chosen_bits_and_no_other(
            keys in prop::collection::vec(any::<u64>(), 0..300), low in 0u32..64, length in 0u32..64,
        ) {
            let high = (low + length).min(64);
            let mask = u64::MAX.checked_shr(64 - (high - low)).unwrap_or(0);
            let mut expected = keys.clone();
            expected.sort_by_key(|key| key >> low & mask);
            let mut sorted = keys;
            sort_by_bits(&mut sorted, low, high, &mut RadixSpare::default());
            prop_assert_eq!(sorted, expected);
        }
    }
}
