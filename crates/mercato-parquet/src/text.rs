//! Values in the text of a record: what stands at its beginning, and how many bytes it takes.

use std::borrow::Cow;

/// A text in quotes, unescaped.
#[inline]
pub(crate) fn quoted(rest: &[u8]) -> Option<(Cow<'_, [u8]>, usize)> {
    let inner = rest.strip_prefix(b"\"")?;
    let end = memchr::memchr2(b'"', b'\\', inner)?;
    if inner[end] == b'"' {
        return Some((Cow::Borrowed(&inner[..end]), end + 2));
    }
    escaped(rest)
}

/// The same with escapes, which are rare.
#[cold]
fn escaped(rest: &[u8]) -> Option<(Cow<'_, [u8]>, usize)> {
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<String>();
    let text = values.next()?.ok()?;
    Some((Cow::Owned(text.into_bytes()), values.byte_offset()))
}

/// A number with at most `digits` decimals, in units of the last of them; an exponent is none.
#[inline]
pub(crate) fn fixed(rest: &[u8], digits: u32) -> Option<(i64, usize)> {
    let negative = rest.first() == Some(&b'-');
    let mut at = usize::from(negative);
    let (whole, taken) = unsigned(&rest[at..])?;
    at += taken;
    let mut units = whole;
    let mut decimals = 0;
    if rest.get(at) == Some(&b'.') {
        at += 1;
        while let Some(digit) = rest.get(at).filter(|byte| byte.is_ascii_digit()) {
            if decimals == digits {
                return None;
            }
            units = units.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
            decimals += 1;
            at += 1;
        }
        if decimals == 0 {
            return None;
        }
    }
    if matches!(rest.get(at), Some(b'e' | b'E')) {
        return None;
    }
    for _ in decimals..digits {
        units = units.checked_mul(10)?;
    }
    Some((if negative { -units } else { units }, at))
}

/// Digits without leading zeros.
#[inline]
fn unsigned(rest: &[u8]) -> Option<(i64, usize)> {
    let (mut value, mut at) = (0i64, 0);
    while let Some(digit) = rest.get(at).filter(|byte| byte.is_ascii_digit()) {
        value = value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        at += 1;
    }
    (at == 1 || at > 1 && rest[0] != b'0').then_some((value, at))
}

/// Reads instants, and remembers the day of the last: the next is most often of the same.
#[derive(Debug, Default)]
pub(crate) struct Instants {
    date: [u8; 10],
    day: i64,
}

/// Bytes of `"2024-07-18T14:30:45.123Z"`.
const MILLIS_BYTES: usize = 26;

impl Instants {
    /// An instant in quotes in UTC with three decimals, in milliseconds since the Unix epoch.
    #[inline]
    pub(crate) fn millis(&mut self, rest: &[u8]) -> Option<(i64, usize)> {
        let text: &[u8; MILLIS_BYTES] = rest.first_chunk()?;
        let marks =
            [(0, b'"'), (11, b'T'), (14, b':'), (17, b':'), (20, b'.'), (24, b'Z'), (25, b'"')];
        if marks.iter().any(|(at, mark)| text[*at] != *mark) {
            return None;
        }
        let day = self.day(text[1..11].try_into().ok()?)?;
        let (hour, minute, second) =
            (number(&text[12..14])?, number(&text[15..17])?, number(&text[18..20])?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = day * 86_400 + hour * 3_600 + minute * 60 + second;
        Some((seconds * 1_000 + number(&text[21..24])?, MILLIS_BYTES))
    }

    /// Days from 1970-01-01 to a date in the proleptic Gregorian calendar: Howard Hinnant's
    /// `days_from_civil`.
    #[inline]
    fn day(&mut self, date: [u8; 10]) -> Option<i64> {
        if date == self.date {
            return Some(self.day);
        }
        let (year, month, of_month) =
            (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 => 28 + i64::from(is_leap),
            _ => return None,
        };
        if date[4] != b'-' || date[7] != b'-' || !(1..=length).contains(&of_month) {
            return None;
        }
        // Years begin in March, so that the leap day is their last.
        let shifted = if month > 2 { year } else { year - 1 };
        let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
        let of_year =
            (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + of_month - 1;
        let day = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        (self.date, self.day) = (date, day);
        Some(day)
    }
}

/// A few digits.
#[inline]
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, digit| {
        digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use mercato_schema::Timestamp;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn instants_are_those_that_the_schema_reads(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let at = Timestamp::from_micros(micros - micros.rem_euclid(1_000));
            let text = format!("\"{}\",", at.to_string().replace("000Z", "Z"));
            prop_assert_eq!(Instants::default().millis(text.as_bytes()), Some((at.millis(), MILLIS_BYTES)), "{}", text);
        }

        #[test]
        fn numbers_are_those_that_serde_reads(units in -10_000_000_000i64..10_000_000_000, digits in 1u32..5) {
            let number = units as f64 / 10f64.powi(digits as i32);
            let text = serde_json::to_string(&number).unwrap();
            if !text.contains('e') {
                prop_assert_eq!(fixed(text.as_bytes(), digits), Some((units, text.len())), "{}", text);
            }
        }
    }

    #[test]
    fn what_is_no_number_of_these_is_refused() {
        for text in
            ["", "-", ".5", "1.", "01", "1e3", "1.5e3", "1.234", "9223372036854775808", "+1", "x"]
        {
            assert_eq!(fixed(text.as_bytes(), 2), None, "{text}");
        }
        assert_eq!(fixed(b"1.0", 0), None);
        assert_eq!(fixed(b"-0.5,", 2), Some((-50, 4)));
        assert_eq!(fixed(b"12}", 2), Some((1_200, 2)));
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "2024-02-30T00:00:00.000Z",
            "2023-02-29T00:00:00.000Z",
            "2024-13-01T00:00:00.000Z",
            "2024-00-01T00:00:00.000Z",
            "2024-01-01T24:00:00.000Z",
            "2024-01-01T00:60:00.000Z",
            "2024-01-01T00:00:60.000Z",
            "2024-01-01 00:00:00.000Z",
            "2024-01-01T00:00:00.00xZ",
            "2024-01-01T00:00:00.000+",
            "2024/01/01T00:00:00.000Z",
            "2024-01-00T00:00:00.000Z",
        ] {
            assert_eq!(
                Instants::default().millis(format!("\"{text}\"").as_bytes()),
                None,
                "{text}"
            );
        }
        let leap = Instants::default().millis(b"\"2024-02-29T00:00:00.001Z\"");
        assert_eq!(leap, Some((1_709_164_800_001, MILLIS_BYTES)));
    }

    #[test]
    fn escapes_are_read_as_json_has_them() {
        let (text, taken) = quoted(br#""a\"\u00f6\n",1"#).unwrap();
        assert_eq!((&*text, taken), ("a\"\u{f6}\n".as_bytes(), 13));
        assert_eq!(quoted(br#""plain","b""#), Some((Cow::Borrowed(&b"plain"[..]), 7)));
        for text in ["", "x", "\"", "\"a\\\"", "\"\\x\""] {
            assert_eq!(quoted(text.as_bytes()), None, "{text}");
        }
    }
}
