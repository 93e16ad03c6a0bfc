//! The forms of values in texts, as regular expressions of the JSON Schema.

use crate::duration::Unit;

/// A decimal number as texts have it, as a regular expression.
pub(crate) const NUMBER: &str = r"([0-9]+(\.[0-9]+)?|\.[0-9]+)";

/// A decimal number above 0, as a regular expression.
const POSITIVE: &str = r"([0-9]*[1-9][0-9]*(\.[0-9]+)?|[0-9]*\.[0-9]*[1-9][0-9]*)";

/// From 0 to 1 with at most six decimals, as a regular expression.
pub(crate) const UP_TO_ONE: &str = r"(0+|0*1(\.0+)?|0*\.[0-9]{1,6}0*)";

/// The same in per cent.
pub(crate) const UP_TO_HUNDRED: &str =
    r"(0*[0-9]{1,2}(\.[0-9]{1,4}0*)?|0*\.[0-9]{1,4}0*|0*100(\.0+)?)";

/// Above 0 and up to 1,000,000 with at most six decimals, as a regular expression.
pub(crate) const PACE: &str =
    r"(0*[1-9][0-9]{0,5}(\.[0-9]{1,6}0*)?|0*1000000(\.0+)?|0*\.[0-9]{0,5}[1-9]0*)";

/// A year, month and day as texts have them, as a regular expression.
const DATE: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}";

pub(crate) fn time_pattern() -> String {
    format!(
        "{DATE}([Tt ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\\.[0-9]{{1,6}}0*)?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}}))?"
    )
}

pub(crate) fn duration_pattern() -> String {
    format!(r"({NUMBER}\s*{}\s*)+", Unit::pattern(Unit::Microseconds))
}

pub(crate) fn rate_pattern() -> String {
    format!(r"^\s*{POSITIVE}\s*(/\s*{}\s*)?$", Unit::pattern(Unit::Seconds))
}
