//! Appending small numbers: identifiers of a fixed width, counts, amounts of money, degrees.
//!
//! These functions write the same text as [`digits`] and [`json`] for values of the sizes that
//! records have, and hand larger ones to them.

use crate::out::aside;
use crate::{Out, digits, json};

/// Appends a number below 10^8 with leading zeros up to `width` digits, 1 to 8.
#[inline]
pub fn padded(out: &mut impl Out, value: u32, width: u32) {
    let digits = u64::from_le_bytes(eight(value));
    // What is too many stands in front, in the lowest bytes: shifted out, the rest moves to the left end.
    out.put(&(digits >> (8 * (8 - width))).to_le_bytes(), width as usize);
}

/// Appends a number with leading zeros up to `width` digits, 1 to 8; a wider one keeps all of its digits.
#[expect(
    clippy::inline_always,
    reason = "the width is known where it is called, and one case is left"
)]
#[inline(always)]
pub fn at_least(out: &mut impl Out, value: u64, width: usize) {
    let width = width as u32;
    match u32::try_from(value) {
        Ok(small) if small < 10_u32.pow(width) => padded(out, small, width),
        Ok(small) => unsigned(out, small),
        Err(_) => {
            let (text, len) = aside::<20>(|out| digits::unsigned(out, value));
            out.put(&text, len);
        }
    }
}

/// The digits of the numbers below 1,000 in three bytes, and how many they are in the fourth:
/// one look-up where spelling takes ten instructions, and small enough to stay in the first-level cache.
static SMALL: [[u8; 4]; 1000] = {
    let mut table = [[0; 4]; 1000];
    let mut value = 0;
    while value < 1000 {
        let digits =
            [b'0' + (value / 100) as u8, b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8];
        table[value] = match value {
            0..10 => [digits[2], 0, 0, 1],
            10..100 => [digits[1], digits[2], 0, 2],
            _ => [digits[0], digits[1], digits[2], 3],
        };
        value += 1;
    }
    table
};

/// The same for hundredths behind a point, which have at least one digit: `.0`, `.5`, `.05`.
static HUNDREDTHS: [[u8; 4]; 100] = {
    let mut table = [[0; 4]; 100];
    let mut value = 0;
    while value < 100 {
        let len = if value % 10 == 0 { 2 } else { 3 };
        table[value] = [b'.', b'0' + (value / 10) as u8, b'0' + (value % 10) as u8, len];
        value += 1;
    }
    table
};

/// Appends a number with leading zeros up to nine digits; a wider one keeps all of its digits.
#[expect(clippy::inline_always, reason = "as for whole numbers")]
#[inline(always)]
pub fn nine(out: &mut impl Out, value: u64) {
    if let Ok(small @ 0..1_000_000_000) = u32::try_from(value) {
        out.byte(b'0' + (small / 100_000_000) as u8);
        out.array(&eight(small % 100_000_000));
    } else {
        let (text, len) = aside::<20>(|out| digits::padded(out, value, 9));
        out.put(&text, len);
    }
}

/// Appends a number without leading zeros.
#[expect(
    clippy::inline_always,
    reason = "a call takes as long as the look-up: measured, 3 of 28 ns of a user event"
)]
#[inline(always)]
pub fn unsigned(out: &mut impl Out, value: u32) {
    if let Some(text) = SMALL.get(value as usize) {
        out.put(text, text[3].into());
    } else if value < 100_000_000 {
        let (digits, len) = without_zeros(value);
        out.put(&digits.to_le_bytes(), len as usize);
    } else {
        let text = SMALL[(value / 100_000_000) as usize];
        out.put(&text, text[3].into());
        out.array(&all_eight(value % 100_000_000).to_le_bytes());
    }
}

/// The digits of a number below 10^8 without leading zeros, the first in the lowest byte, and how many they are.
///
/// Returned in registers and not appended: a place whose address is handed on is kept in memory.
#[inline(never)]
fn without_zeros(value: u32) -> (u64, u32) {
    let digits = u64::from_le_bytes(eight(value));
    let zeros = leading_zeros(digits).min(7);
    (digits >> (8 * zeros), 8 - zeros)
}

/// The eight digits of a number below 10^8, the first in the lowest byte.
#[inline(never)]
fn all_eight(value: u32) -> u64 {
    u64::from_le_bytes(eight(value))
}

/// Number of zeros before the first other character; the first stands in the lowest byte.
#[inline]
fn leading_zeros(characters: u64) -> u32 {
    (characters ^ u64::from_le_bytes([b'0'; 8])).trailing_zeros() / 8
}

/// The eight digits of a number below 10^8.
#[inline]
pub fn eight(value: u32) -> [u8; 8] {
    let half = |digits: [u8; 4]| u64::from(u32::from_le_bytes(digits));
    (half(digits::four(value / 10_000)) | half(digits::four(value % 10_000)) << 32).to_le_bytes()
}

/// Appends a number with a sign where it is negative.
#[expect(clippy::inline_always, reason = "as for whole numbers")]
#[inline(always)]
pub fn signed(out: &mut impl Out, value: i64) {
    if value < 0 {
        out.byte(b'-');
    }
    if let Ok(small) = u32::try_from(value.unsigned_abs()) {
        unsigned(out, small);
    } else {
        let (text, len) = aside::<20>(|out| digits::unsigned(out, value.unsigned_abs()));
        out.put(&text, len);
    }
}

/// Appends a number of `units` of the last of `scale` digits after the point, at most 5; a whole number for scale 0.
#[expect(
    clippy::inline_always,
    reason = "the scale is known where it is called, and one case is left"
)]
#[inline(always)]
pub fn scaled(out: &mut impl Out, units: i64, scale: u32) {
    match (scale, u32::try_from(units), i32::try_from(units)) {
        (0, Ok(small), _) => unsigned(out, small),
        (2, Ok(small), _) => hundredths(out, small),
        (4, _, Ok(small)) => degrees(out, small),
        _ => {
            let (text, len) = aside::<24>(|out| match scale {
                0 => digits::signed(out, units),
                _ => json::fixed(out, units, scale),
            });
            out.put(&text, len);
        }
    }
}

/// Appends a number of hundredths as JSON shows them: `12.34`, `12.3`, `12.0`.
#[expect(clippy::inline_always, reason = "as for whole numbers")]
#[inline(always)]
pub fn hundredths(out: &mut impl Out, hundredths: u32) {
    unsigned(out, hundredths / 100);
    let text = HUNDREDTHS[(hundredths % 100) as usize];
    out.put(&text, text[3].into());
}

/// Appends 1e-4 degrees as the shortest text of the nearest double.
#[expect(clippy::inline_always, reason = "as for whole numbers")]
#[inline(always)]
pub fn degrees(out: &mut impl Out, units: i32) {
    if units < 0 {
        out.byte(b'-');
    }
    let magnitude = units.unsigned_abs();
    unsigned(out, magnitude / 10_000);
    let fraction = digits::four(magnitude % 10_000);
    // The last digit stands in the highest byte; one digit stays even where all are zeros.
    let zeros = (u32::from_le_bytes(fraction) ^ u32::from_le_bytes(*b"0000")).leading_zeros() / 8;
    let text = u64::from(u32::from_le_bytes(fraction)) << 8 | u64::from(b'.');
    out.put(&text.to_le_bytes(), 5 - zeros.min(3) as usize);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = b"before".to_vec();
        append(&mut out);
        String::from_utf8(out.split_off(6)).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_are_what_format_writes(value in any::<u32>(), scale in 0u32..32, width in 1u32..=8) {
            let value = value >> scale;
            prop_assert_eq!(text(|out| unsigned(out, value)), value.to_string());
            let signs = [i64::from(value), -i64::from(value), i64::from(value) << scale, -(i64::from(value) << scale)];
            for number in signs {
                prop_assert_eq!(text(|out| signed(out, number)), number.to_string());
            }
            let narrow = value % 10u32.pow(width);
            prop_assert_eq!(text(|out| padded(out, narrow, width)), format!("{narrow:0width$}", width = width as usize));
            let wide = u64::from(value) << scale;
            prop_assert_eq!(text(|out| at_least(out, wide, width as usize)), format!("{wide:0width$}", width = width as usize));
            prop_assert_eq!(text(|out| nine(out, wide)), format!("{wide:09}"));
        }

        #[test]
        fn scaled_numbers_are_what_the_encoder_writes(value in -1_000_000_000_000i64..1_000_000_000_000, shift in 0u32..40, scale in 1u32..=5) {
            let value = value >> shift;
            prop_assert_eq!(text(|out| scaled(out, value, scale)), text(|out| json::fixed(out, value, scale)));
            prop_assert_eq!(text(|out| scaled(out, value, 0)), value.to_string());
        }

        #[test]
        fn degrees_are_what_the_encoder_writes(units in -1_800_000i32..=1_800_000) {
            prop_assert_eq!(text(|out| degrees(out, units)), text(|out| json::fixed(out, units.into(), 4)));
        }
    }
}
