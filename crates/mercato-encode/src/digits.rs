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

/// How many digits of a second a time shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Three digits: `2024-07-16T14:30:45.123Z`.
    Millis,
    /// Six digits: `2025-11-09T15:55:40.669190Z`.
    Micros,
}

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// Bytes of `2025-11-09T15:55:`.
const MINUTE_TEXT: usize = 17;

/// Appends times as RFC 3339 text.
///
/// Years run from 0000 to 9999; a time outside is shown with the nearest of them.
#[derive(Debug, Clone)]
pub struct TimeWriter {
    precision: Precision,
}

impl TimeWriter {
    /// A writer with that many digits of a second.
    pub const fn new(precision: Precision) -> Self {
        Self { precision }
    }

    /// Appends `micros` since the Unix epoch as UTC, without quotes.
    #[inline]
    pub fn write(&self, out: &mut impl Out, micros: i64) {
        match self.precision {
            Precision::Micros => out.array(&micros_text(micros)),
            Precision::Millis => out.array(&millis_text(micros)),
        }
    }
}

/// Returns a time with six digits of a second.
#[inline]
pub fn micros_text(micros: i64) -> [u8; MINUTE_TEXT + 10] {
    let (minute, second, fraction) = parts(micros);
    let ([s1, s2], [f1, f2]) = (pair(second), pair(fraction / 10_000));
    let ([f3, f4], [f5, f6]) = (pair(fraction / 100 % 100), pair(fraction % 100));
    let mut text = [b'Z'; MINUTE_TEXT + 10];
    text[..MINUTE_TEXT].copy_from_slice(&minute_text(minute));
    text[MINUTE_TEXT..].copy_from_slice(&[s1, s2, b'.', f1, f2, f3, f4, f5, f6, b'Z']);
    text
}

/// The text of a time with three digits of a second, what [`TimeWriter`] appends, for whoever puts
/// a record together in another place.
#[inline]
pub fn millis_text(micros: i64) -> [u8; MINUTE_TEXT + 7] {
    let (minute, second, fraction) = parts(micros);
    let ([s1, s2], [_, f1, f2, f3]) = (pair(second), four(fraction / 1000));
    let mut text = [b'Z'; MINUTE_TEXT + 7];
    text[..MINUTE_TEXT].copy_from_slice(&minute_text(minute));
    text[MINUTE_TEXT..].copy_from_slice(&[s1, s2, b'.', f1, f2, f3, b'Z']);
    text
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
        fn times_are_what_chrono_writes(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let time = chrono::DateTime::from_timestamp_micros(micros).unwrap();
            let shown = text(|out| TimeWriter::new(Precision::Micros).write(out, micros));
            prop_assert_eq!(shown, time.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
            let shown = text(|out| TimeWriter::new(Precision::Millis).write(out, micros));
            prop_assert_eq!(shown, time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
        }
    }

    #[test]
    fn bytes_become_hexadecimal() {
        assert_eq!(text(|out| hex(out, &[0x00, 0xab, 0xff])), "00abff");
    }
}
