//! Decimal numbers as JSON spells them, exactly.

/// The units of the last of so many decimals in a number without exponent whose further digits are
/// zeros, if it is an amount of money at all: cents, if there are two decimals.
#[inline]
pub(super) fn units<const DECIMALS: usize>(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let mut bytes = digits.bytes();
    let (mut units, mut length) = (0, 0);
    for byte in bytes.by_ref() {
        if byte == b'.' {
            break;
        }
        // Fifteen digits with the decimals are fewer than 10^15, the bound of money.
        if length + DECIMALS == 15 {
            return None;
        }
        length += 1;
        units = units * 10 + digit(byte)?;
    }
    for _ in 0..DECIMALS {
        units = units * 10 + bytes.next().map_or(Some(0), digit)?;
    }
    bytes.all(|byte| byte == b'0').then_some(sign * units)
}

/// A number as sign, digits and power of ten: 150 and -2 for `1.50`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Normal<'a> {
    pub(super) is_negative: bool,
    /// The digits before and after the point, without leading and trailing zeros over both.
    pub(super) digits: [&'a str; 2],
    /// The power of ten of the last digit.
    pub(super) exponent: i64,
}

impl<'a> Normal<'a> {
    /// The normal form of a JSON number: the same for every spelling of one value.
    ///
    /// Returns `None` for an exponent beyond 32 bits.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let (number, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], i64::from(text[at + 1..].parse::<i32>().ok()?)),
            None => (text, 0),
        };
        let digits = number.strip_prefix('-').unwrap_or(number);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        let (whole, fraction, exponent) = if fraction.is_empty() {
            let bare = whole.trim_end_matches('0');
            (bare, "", exponent + (whole.len() - bare.len()) as i64)
        } else if whole.is_empty() {
            ("", fraction.trim_start_matches('0'), exponent - fraction.len() as i64)
        } else {
            (whole, fraction, exponent - fraction.len() as i64)
        };
        if whole.is_empty() && fraction.is_empty() {
            return Some(Self { is_negative: false, digits: ["", ""], exponent: 0 });
        }
        let is_negative = number.starts_with('-');
        Some(Self { is_negative, digits: [whole, fraction], exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_in_their_own_decimals() {
        for (text, expected) in [
            ("1.5", Some(150)),
            ("-0.01", Some(-1)),
            ("72.000", Some(7_200)),
            ("1.005", None),
            ("1e2", None),
            ("9999999999999.99", Some(999_999_999_999_999)),
            ("10000000000000", None),
        ] {
            assert_eq!(units::<2>(text), expected, "{text}");
        }
        assert_eq!(["1200", "1200.0", "1200.5"].map(units::<0>), [Some(1_200), Some(1_200), None]);
        assert_eq!(["1.234", "1.2", "1.2345"].map(units::<3>), [Some(1_234), Some(1_200), None]);
        assert_eq!(units::<0>("999999999999999"), Some(999_999_999_999_999));
        assert_eq!(units::<0>("1000000000000000"), None);
    }

    #[test]
    fn every_spelling_of_a_value_has_one_normal_form() {
        let form = |text| {
            let Normal { is_negative, digits, exponent } = Normal::of(text).unwrap();
            (is_negative, digits.concat(), exponent)
        };
        for same in [
            &["1.50", "1.5", "1.5e0", "15E-1", "0.15e+1", "150e-2"][..],
            &["0", "-0", "0.0", "0e9", "-0.00"],
            &["72", "72.0", "7.2e1", "720e-1"],
            &["100", "1e2", "100.00", "0.1e3"],
            &["-0.001", "-1e-3", "-0.0010"],
            &["1050.0", "1.05e3"],
        ] {
            assert!(same.iter().all(|text| form(text) == form(same[0])), "{same:?}");
        }
        for (one, other) in
            [("1.5", "15"), ("0.1", "0.01"), ("1", "-1"), ("1e1", "1e2"), ("101", "11")]
        {
            assert_ne!(form(one), form(other));
        }
        assert_eq!(Normal::of("1e99999999999"), None);
    }
}
