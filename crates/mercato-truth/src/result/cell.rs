//! Values of two tables, made comparable whoever wrote them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use mercato_units::Timestamp;

use crate::records::{Document, Node, NodeKind};

/// Digits of the longest number that is compared as one; a longer one is text.
const MOST_DIGITS: usize = 36;

/// A value as it stands in a table, before it is known what its column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raw {
    Null,
    /// A number, as it is spelled.
    Number(Box<str>),
    Text(Box<str>),
}

impl Raw {
    pub(super) fn of(node: Node<'_>) -> Self {
        match node.kind() {
            NodeKind::Null => Self::Null,
            NodeKind::Number => Self::Number(node.json().into()),
            NodeKind::Boolean | NodeKind::Text => Self::Text(node.json().into()),
            // Blanks and the order of members mean nothing.
            NodeKind::Array | NodeKind::Object => Self::Text(compact(node).into()),
        }
    }
}

/// What all values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Instant,
    Text,
}

impl Kind {
    /// The kind of a column with these values; rows of CSV spell numbers as text.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a Raw> + Clone) -> Self {
        let mut known = values.filter(|value| **value != Raw::Null).peekable();
        if known.peek().is_none() {
            return Self::Text;
        }
        let is_number = |value: &Raw| match value {
            Raw::Number(text) => text.parse::<Number>().is_ok(),
            // A number with leading zeros is a name, as that of a postal district.
            Raw::Text(text) => !is_padded(text) && text.parse::<Number>().is_ok(),
            Raw::Null => true,
        };
        let is_instant = |value: &Raw| matches!(value, Raw::Text(text) if instant(text).is_some());
        if known.clone().all(is_number) {
            Self::Number
        } else if known.all(is_instant) {
            Self::Instant
        } else {
            Self::Text
        }
    }

    /// The value in this form; as text where it has no such form, which then equals no other.
    pub(super) fn cell(self, raw: &Raw) -> Cell {
        let (Raw::Number(text) | Raw::Text(text)) = raw else { return Cell::Null };
        let cell = match (self, raw) {
            (Self::Number, _) => text.trim().parse().ok().map(Cell::Number),
            // Rows of CSV spell numbers as text.
            (Self::Instant, _) => instant(text).or_else(|| epoch(text)).map(Cell::Instant),
            (Self::Text, _) => None,
        };
        cell.unwrap_or_else(|| Cell::Text(listed(text).unwrap_or_else(|| text.clone())))
    }
}

/// A value that is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Null,
    Number(Number),
    /// Microseconds since the Unix epoch.
    Instant(i64),
    Text(Box<str>),
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Instant(micros) => write!(f, "{}", Timestamp::from_micros(*micros)),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// How far a number may be from the one that is expected; by default not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tolerance(Number);

impl FromStr for Tolerance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Number>() {
            Ok(number) if number.units >= 0 => Ok(Self(number)),
            _ => Err(format!(
                "invalid tolerance `{text}`: expected a number from 0 on, such as 0.005"
            )),
        }
    }
}

impl Tolerance {
    /// Returns whether `found` stands for `expected`.
    pub(super) fn accepts(self, expected: &Cell, found: &Cell) -> bool {
        match (expected, found) {
            (Cell::Number(expected), Cell::Number(found)) if self.0.units > 0 => {
                found.minus(*expected).is_some_and(|far| far.absolute() <= self.0)
            }
            _ => expected == found,
        }
    }
}

/// A decimal number, exactly: `units` times ten to the power of minus `scale`, without trailing
/// zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Number {
    units: i128,
    scale: i32,
}

impl FromStr for Number {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i16>().map_err(|_| ())?),
            None => (text, 0),
        };
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let length = whole.len() + fraction.len();
        if length == 0 || length > MOST_DIGITS {
            return Err(());
        }
        let mut units: i128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            units = units * 10 + i128::from((byte as char).to_digit(10).ok_or(())?);
        }
        Ok(Self { units: sign * units, scale: fraction.len() as i32 - i32::from(exponent) }
            .reduced())
    }
}

impl Number {
    fn reduced(mut self) -> Self {
        while self.units != 0 && self.units % 10 == 0 {
            (self.units, self.scale) = (self.units / 10, self.scale - 1);
        }
        if self.units == 0 { Self::default() } else { self }
    }

    /// The units of both numbers at one scale; none if they don't fit.
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let scale = self.scale.max(other.scale);
        let at = |number: Self| {
            number.units.checked_mul(10i128.checked_pow((scale - number.scale).unsigned_abs())?)
        };
        Some((at(self)?, at(other)?, scale))
    }

    /// The difference; none if it doesn't fit.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let (one, other, scale) = self.aligned(other)?;
        Some(Self { units: one.checked_sub(other)?, scale }.reduced())
    }

    fn absolute(self) -> Self {
        Self { units: self.units.abs(), ..self }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let Some((one, other, _)) = self.aligned(*other) {
            return one.cmp(&other);
        }
        // So far apart that the power of the first digit decides.
        let power = |number: &Self| {
            let digits = number.units.unsigned_abs().checked_ilog10().unwrap_or(0);
            let power = i64::from(digits) - i64::from(number.scale);
            (number.units.signum(), power * number.units.signum() as i64)
        };
        power(self).cmp(&power(other))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.units.unsigned_abs().to_string();
        let sign = if self.units < 0 { "-" } else { "" };
        match usize::try_from(self.scale) {
            Err(_) if self.scale < -(MOST_DIGITS as i32) => {
                write!(f, "{sign}{digits}e{}", -self.scale)
            }
            Err(_) => write!(f, "{sign}{digits}{}", "0".repeat(self.scale.unsigned_abs() as usize)),
            Ok(0) => write!(f, "{sign}{digits}"),
            Ok(scale) if scale > 2 * MOST_DIGITS => write!(f, "{sign}{digits}e-{scale}"),
            Ok(scale) => {
                let padded = format!("{digits:0>width$}", width = scale + 1);
                let (whole, fraction) = padded.split_at(padded.len() - scale);
                write!(f, "{sign}{whole}.{fraction}")
            }
        }
    }
}

/// The same for a list that is spelled in a cell of CSV.
fn listed(text: &str) -> Option<Box<str>> {
    let mut document = Document::default();
    let is_list = text.starts_with('[') && document.read(text.as_bytes());
    is_list.then(|| compact(document.root()).into())
}

/// A list or an object without blanks, and with its members in the order of their names.
fn compact(node: Node<'_>) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match node.kind() {
        NodeKind::Array => format!("[{}]", joined(node.items().map(compact).collect())),
        NodeKind::Object => {
            let mut members: Vec<_> = node.members().collect();
            members.sort_by_key(|(name, _)| *name);
            let member = |(name, value): (&str, Node<'_>)| format!("{name:?}:{}", compact(value));
            format!("{{{}}}", joined(members.into_iter().map(member).collect()))
        }
        NodeKind::Text => format!("{:?}", node.json()),
        NodeKind::Number => {
            let number = node.json().parse::<Number>();
            number.map_or_else(|()| node.json().to_owned(), |number| number.to_string())
        }
        NodeKind::Null | NodeKind::Boolean => node.json().to_owned(),
    }
}

fn is_padded(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '+']);
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}

/// The instant that a text is: RFC 3339, or as databases print it, which is UTC if no zone is said.
fn instant(text: &str) -> Option<i64> {
    // As this program writes it, which nothing has to be made of.
    if text.as_bytes().get(10) == Some(&b'T')
        && text.ends_with('Z')
        && let Ok(at) = text.parse::<Timestamp>()
    {
        return Some(at.micros());
    }
    let text = text.trim().trim_end_matches(" UTC");
    let day = text.get(..10)?;
    let time = text.get(10..)?;
    let time = time.strip_prefix(['T', ' ', 't']).unwrap_or(time).trim_start();
    if time.is_empty() {
        return Some(day.parse::<Timestamp>().ok()?.micros());
    }
    let (clock, zone) = match time.find(['Z', 'z', '+', '-', ' ']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let clock =
        if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.to_owned() };
    // Nanoseconds of readers of Parquet; what is below microseconds is zeros.
    let clock = match clock.split_once('.') {
        Some((seconds, fraction)) if fraction.len() > 6 => {
            let (kept, cut) = fraction.split_at_checked(6)?;
            cut.bytes().all(|byte| byte == b'0').then(|| format!("{seconds}.{kept}"))?
        }
        _ => clock,
    };
    let zone = match zone.trim() {
        short if short.len() == 3 && short != "Z" => format!("{short}:00"),
        whole if whole.len() == 5 && !whole.contains(':') => {
            format!("{}:{}", &whole[..3], &whole[3..])
        }
        whole => whole.to_owned(),
    };
    Some(format!("{day}T{clock}{zone}").parse::<Timestamp>().ok()?.micros())
}

/// The instant of a number since the Unix epoch, in the unit that its size says: seconds,
/// milliseconds, microseconds or nanoseconds.
fn epoch(text: &str) -> Option<i64> {
    let whole = text.trim().split_once('.');
    let whole = whole.filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
    let number: i64 = whole.map_or(text.trim(), |(whole, _)| whole).parse().ok()?;
    match number.unsigned_abs() {
        0..100_000_000_000 => number.checked_mul(1_000_000),
        100_000_000_000..100_000_000_000_000 => number.checked_mul(1_000),
        100_000_000_000_000..100_000_000_000_000_000 => Some(number),
        _ => (number % 1_000 == 0).then_some(number / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_equal_by_value_and_not_by_spelling() {
        for (one, other) in
            [("12.50", "12.5"), ("12.0", "12"), ("1.2E3", "1200"), ("-0.0", "0"), ("5e-2", "0.05")]
        {
            assert_eq!(number(one), number(other), "{one} {other}");
        }
        assert!(number("12.49") < number("12.5") && number("-3") < number("0.1"));
        assert!(number("1e300") > number("9") && number("-1e300") < number("1e-300"));
        assert_eq!(number("12.49").minus(number("12.5")).unwrap().to_string(), "-0.01");
        assert_eq!(number("1200").to_string(), "1200");
        for text in ["", "-", ".", "1.2.3", "12a", "1e99999999", "NaN", "Infinity"] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_instant_is_read_however_engines_print_it() {
        let at = instant("2025-11-09T15:55:00Z").unwrap();
        for text in [
            "2025-11-09T15:55:00.000Z",
            "2025-11-09 15:55:00",
            "2025-11-09 15:55:00.000000",
            "2025-11-09 15:55:00.000000000",
            "2025-11-09 15:55",
            "2025-11-09T16:55:00+01:00",
            "2025-11-09 16:55:00+01",
            "2025-11-09 16:55:00+0100",
            "2025-11-09 15:55:00 UTC",
        ] {
            assert_eq!(instant(text), Some(at), "{text}");
        }
        for text in [
            "1762703700",
            "1762703700.0",
            "1762703700000",
            "1762703700000000",
            "1762703700000000000",
        ] {
            assert_eq!(epoch(text), Some(at), "{text}");
        }
        for text in ["", "today", "2025-13-09", "2025-11-09 15:55:00.0000001", "2025-11-09é"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_is_what_all_its_values_are() {
        let text = |text: &str| Raw::Text(text.into());
        let kind = |values: &[Raw]| Kind::of(values.iter());
        assert_eq!(kind(&[Raw::Number("1".into()), Raw::Null]), Kind::Number);
        assert_eq!(kind(&[text("1.5"), text("2")]), Kind::Number);
        assert_eq!(kind(&[text("007"), text("2")]), Kind::Text);
        assert_eq!(kind(&[text("2025-11-09 15:55:00"), Raw::Null]), Kind::Instant);
        assert_eq!(kind(&[text("2025-11-09"), text("soon")]), Kind::Text);
        assert_eq!(kind(&[Raw::Null]), Kind::Text);
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_is_shown(units in any::<i64>(), scale in -10i32..20) {
            let number = Number { units: units.into(), scale }.reduced();
            prop_assert_eq!(number.to_string().parse::<Number>(), Ok(number));
        }

        #[test]
        fn numbers_are_in_order(one in any::<i32>(), other in any::<i32>()) {
            let shown = |cents: i32| format!("{}{}.{:02}", if cents < 0 { "-" } else { "" },
                cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
            prop_assert_eq!(number(&shown(one)).cmp(&number(&shown(other))), one.cmp(&other));
        }
    }
}
