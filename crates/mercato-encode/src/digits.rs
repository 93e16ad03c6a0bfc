//! Appending integers and times as decimal digits.

use std::array;
use std::cell::Cell;

use crate::Out;

/// "00" to "99", so that two digits take one look-up and one store.
///
/// Filled up to a power of two: a mask keeps an index inside for one instruction, where a remainder
/// takes five.
static PAIRS: [[u8; 2]; 128] = pairs();

const fn pairs() -> [[u8; 2]; 128] {
    let mut table = [[b'0'; 2]; 128];
    let mut i = 0;
    while i < 100 {
        table[i] = [b'0' + (i / 10) as u8, b'0' + (i % 10) as u8];
        i += 1;
    }
    table
}

/// The two digits of a number below 100.
#[inline]
fn pair(value: u32) -> [u8; 2] {
    PAIRS[value as usize & 127]
}

/// The same in the lowest bytes of a word, the first digit lowest.
#[inline]
fn pair_bits(value: u32) -> u64 {
    u16::from_le_bytes(pair(value)).into()
}

/// Appends `value` without leading zeros.
#[inline]
pub fn unsigned(out: &mut impl Out, value: u64) {
    let mut text = [0; 20];
    let mut start = text.len();
    let mut rest = value;
    while rest >= 100 {
        start -= 2;
        text[start..start + 2].copy_from_slice(&pair((rest % 100) as u32));
        rest /= 100;
    }
    if rest >= 10 {
        start -= 2;
        text[start..start + 2].copy_from_slice(&pair(rest as u32));
    } else {
        start -= 1;
        text[start] = b'0' + rest as u8;
    }
    out.extend(&text[start..]);
}

/// Appends `value` with a sign where it is negative.
#[inline]
pub fn signed(out: &mut impl Out, value: i64) {
    if value < 0 {
        out.byte(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

/// Appends `value` with leading zeros up to `width` digits; a wider value keeps all of its digits.
#[inline]
pub fn padded(out: &mut impl Out, value: u64, width: usize) {
    let mut text = [b'0'; 20];
    let mut start = text.len();
    let mut rest = value;
    while rest > 0 {
        start -= 1;
        text[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend(&text[start.min(text.len() - width.clamp(1, text.len()))..]);
}

/// The four digits of a number below 10^4.
#[inline]
pub fn four(value: u32) -> [u8; 4] {
    let ([a, b], [c, d]) = (pair(value / 100), pair(value % 100));
    [a, b, c, d]
}

/// Appends exactly eight digits of a number below 10^8, the most common width of an identifier.
#[inline]
pub fn eight(out: &mut impl Out, value: u32) {
    let ([a, b, c, d], [e, f, g, h]) = (four(value / 10_000), four(value % 10_000));
    out.array(&[a, b, c, d, e, f, g, h]);
}

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// Bytes of `2025-11-09T15:55:`.
const MINUTE_TEXT: usize = 17;

/// Appends a time in microseconds since the Unix epoch as RFC 3339 text with six digits of a second:
/// `2025-11-09T15:55:40.669190Z`.
///
/// Years run from 0000 to 9999; a time outside is shown with the nearest of them.
#[expect(
    clippy::inline_always,
    reason = "part of every record, whose place must not be passed by address"
)]
#[inline(always)]
pub fn micros(out: &mut impl Out, micros: i64) {
    let (minute, second, fraction) = parts(micros);
    out.array(&minute_text(minute));
    let [f12, f34, f56] = [fraction / 10_000, fraction / 100 % 100, fraction % 100].map(pair_bits);
    // Assembled in a register: a load waits for the stores where bytes stored singly are read as a word.
    let text = pair_bits(second) | u64::from(b'.') << 16 | f12 << 24 | f34 << 40 | f56 << 56;
    out.array(&text.to_le_bytes());
    out.array(&[(f56 >> 8) as u8, b'Z']);
}

/// Appends the same with three digits of a second: `2024-07-16T14:30:45.123Z`.
#[expect(
    clippy::inline_always,
    reason = "part of every record, whose place must not be passed by address"
)]
#[inline(always)]
pub fn millis(out: &mut impl Out, micros: i64) {
    let (minute, second, fraction) = parts(micros);
    out.array(&minute_text(minute));
    let thousandths = fraction / 1000;
    let (f1, f23) = (u64::from(b'0' + (thousandths / 100) as u8), pair_bits(thousandths % 100));
    let text =
        pair_bits(second) | u64::from(b'.') << 16 | f1 << 24 | f23 << 32 | u64::from(b'Z') << 48;
    out.put(&text.to_le_bytes(), 7);
}

/// Year, month and day of a time without anything between them.
#[inline]
pub fn date(micros: i64) -> [u8; 8] {
    let [y1, y2, y3, y4, _, m1, m2, _, d1, d2, ..] = minute_text(micros.div_euclid(MINUTE));
    let (month, day) = (u16::from_le_bytes([m1, m2]), u16::from_le_bytes([d1, d2]));
    let year = u64::from(u32::from_le_bytes([y1, y2, y3, y4]));
    (year | u64::from(month) << 32 | u64::from(day) << 48).to_le_bytes()
}

/// Minutes since the Unix epoch, seconds of the minute, microseconds of the second.
#[inline]
fn parts(micros: i64) -> (i64, u32, u32) {
    let in_minute = micros.rem_euclid(MINUTE) as u32;
    (micros.div_euclid(MINUTE), in_minute / 1_000_000, in_minute % 1_000_000)
}

/// The text of a minute up to the colon behind it.
#[inline]
fn minute_text(minute: i64) -> [u8; MINUTE_TEXT] {
    let (last, text) = LAST_MINUTE.get();
    if last == minute {
        return text;
    }
    let text = spell_minute(minute);
    LAST_MINUTE.set((minute, text));
    text
}

thread_local! {
    // Records come in the order of time, so hardly any begins a new minute: spelling the date each
    // time was half of what a time costs. A memo of a pure function changes no byte, whichever
    // thread holds it.
    static LAST_MINUTE: Cell<(i64, [u8; MINUTE_TEXT])> = const { Cell::new((0, *b"1970-01-01T00:00:")) };
}

// Never inlined: as part of a record it would be hoisted out of the branch that hardly any record takes.
#[inline(never)]
fn spell_minute(minute: i64) -> [u8; MINUTE_TEXT] {
    let (year, month, day) = civil(minute.div_euclid(24 * 60));
    let of_day = minute.rem_euclid(24 * 60) as u32;
    let mut text = *b"0000-00-00T00:00:";
    let fields = [
        (0, year / 100),
        (2, year % 100),
        (5, month),
        (8, day),
        (11, of_day / 60),
        (14, of_day % 60),
    ];
    for (at, value) in fields {
        text[at..at + 2].copy_from_slice(&pair(value));
    }
    text
}

/// Year, month and day of a day counted from the Unix epoch.
///
/// Howard Hinnant's `civil_from_days`: years begin in March, so that the leap day comes last.
fn civil(days: i64) -> (u32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097) as u32;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + i64::from(year_of_era) + i64::from(month <= 2);
    (year.clamp(0, 9999) as u32, month, day)
}

/// The eight lower-case hexadecimal digits of a number.
#[inline]
pub fn hex_eight(value: u32) -> [u8; 8] {
    // Each digit into a byte of its own, all eight at once: twice as far apart with each step.
    let mut digits = u64::from(value);
    digits = (digits | digits << 16) & 0x0000_ffff_0000_ffff;
    digits = (digits | digits << 8) & 0x00ff_00ff_00ff_00ff;
    digits = (digits | digits << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    (digits + 0x3030_3030_3030_3030 + letters * u64::from(b'a' - b'9' - 1)).to_be_bytes()
}

/// Appends the lower-case hexadecimal digits of `bytes`.
pub fn hex(out: &mut impl Out, bytes: &[u8]) {
    for byte in bytes {
        let digits: [u8; 2] =
            array::from_fn(|i| b"0123456789abcdef"[usize::from(byte >> (4 - 4 * i) & 15)]);
        out.array(&digits);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn integers_are_what_format_writes(value in any::<u64>(), negative in any::<i64>(), width in 0usize..20) {
            prop_assert_eq!(text(|out| unsigned(out, value)), value.to_string());
            prop_assert_eq!(text(|out| signed(out, negative)), negative.to_string());
            prop_assert_eq!(text(|out| padded(out, value, width)), format!("{value:0width$}"));
            prop_assert_eq!(text(|out| eight(out, (value % 100_000_000) as u32)), format!("{:08}", value % 100_000_000));
        }

        #[test]
        fn small_integers_are_what_format_writes(value in 0u64..2000, width in 0usize..5) {
            prop_assert_eq!(text(|out| unsigned(out, value)), value.to_string());
            prop_assert_eq!(text(|out| padded(out, value, width)), format!("{value:0width$}"));
        }

        #[test]
        fn hexadecimal_digits_are_what_format_writes(value in any::<u32>()) {
            prop_assert_eq!(hex_eight(value).to_vec(), format!("{value:08x}").into_bytes());
        }

        #[test]
        fn times_are_what_chrono_writes(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
            let shown = text(|out| super::micros(out, micros));
            prop_assert_eq!(shown, time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
            let shown = text(|out| millis(out, micros));
            prop_assert_eq!(shown, time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
        }
    }

    #[test]
    fn bytes_become_hexadecimal() {
        assert_eq!(text(|out| hex(out, &[0x00, 0xab, 0xff])), "00abff");
    }
}
