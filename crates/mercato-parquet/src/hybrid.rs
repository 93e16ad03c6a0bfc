//! Small integers in few bits: Parquet's hybrid of repeated and bit-packed runs, for levels and
//! dictionary indices.

use crate::thrift::varint;

/// Appends `values`, each below 2^`width`, as one run: repeated if all are equal, bit-packed
/// otherwise.
///
/// Columns that change now and then are left to the compressor, which finds their repetitions as
/// well.
/// `width` is 1 to 32.
pub(crate) fn append<T: Copy + PartialEq + Into<u32>>(values: &[T], width: u32, out: &mut Vec<u8>) {
    let Some(first) = values.first() else { return };
    if values.iter().all(|value| value == first) {
        varint(out, (values.len() as u64) << 1);
        out.extend_from_slice(&(*first).into().to_le_bytes()[..width.div_ceil(8) as usize]);
        return;
    }
    // Groups of eight; what the last one lacks are zeros.
    varint(out, (values.len().div_ceil(8) as u64) << 1 | 1);
    let end = out.len() + values.len().div_ceil(8) * width as usize;
    let (mut bits, mut filled) = (0u64, 0);
    for value in values {
        bits |= u64::from((*value).into()) << filled;
        filled += width;
        if filled >= 32 {
            out.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= 32;
            filled -= 32;
        }
    }
    out.extend_from_slice(&bits.to_le_bytes()[..filled.div_ceil(8) as usize]);
    out.resize(end, 0);
}

/// Bits that an index into a dictionary of `len` entries needs; at least 1, which every reader
/// knows.
pub(crate) fn width(len: usize) -> u32 {
    (usize::BITS - len.saturating_sub(1).leading_zeros()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(values: &[u32], width: u32) -> Vec<u8> {
        let mut out = Vec::new();
        append(values, width, &mut out);
        out
    }

    #[test]
    fn the_format_s_own_example_is_packed_as_it_stands_there() {
        assert_eq!(
            appended(&[0, 1, 2, 3, 4, 5, 6, 7], 3),
            [3, 0b1000_1000, 0b1100_0110, 0b1111_1010]
        );
    }

    #[test]
    fn equal_values_are_one_run_and_odd_numbers_are_filled_up() {
        assert_eq!(appended(&[5; 100], 3), [0xc8, 0x01, 5]);
        assert_eq!(appended(&[0x1_02; 2], 9), [4, 2, 1]);
        assert_eq!(appended(&[1, 0, 1], 1), [3, 0b101]);
        assert_eq!(appended(&[u32::MAX, 0], 32).len(), 1 + 8 * 4);
        assert!(appended(&[], 3).is_empty());
    }

    #[test]
    fn widths_are_those_of_the_largest_index() {
        assert_eq!([0, 1, 2, 3, 4, 5, 65_536].map(width), [1, 1, 1, 2, 2, 3, 16]);
    }
}
