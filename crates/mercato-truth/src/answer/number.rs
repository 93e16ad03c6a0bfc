//! Exact numbers: as records write them, and their means.

/// Digits after the point of a mean, at least.
const MEAN_DIGITS: u32 = 6;

/// A number of units of the last of `digits` digits after the point, as the records write it.
pub(super) fn shown(number: i128, digits: u32) -> String {
    let text = shown_in_full(number, digits);
    match text.split_once('.').map(|(whole, fraction)| (whole, fraction.trim_end_matches('0'))) {
        None => text,
        Some((whole, "")) => format!("{whole}.0"),
        Some((whole, kept)) => format!("{whole}.{kept}"),
    }
}

/// The same with all digits.
pub(super) fn shown_in_full(number: i128, digits: u32) -> String {
    if digits == 0 {
        return number.to_string();
    }
    let scale = 10u128.pow(digits);
    let (whole, fraction) = (number.unsigned_abs() / scale, number.unsigned_abs() % scale);
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{whole}.{fraction:0width$}", width = digits as usize)
}

/// Units of the last of `digits` digits after the point of a number as it is shown.
pub fn units(text: &str, digits: u32) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = if digits == 0 { "" } else { fraction };
    format!("{whole}{fraction:0<width$}", width = digits as usize).parse().ok()
}

/// Digits after the point of the mean of numbers with so many.
pub(super) fn mean_digits(digits: u32) -> u32 {
    digits.max(MEAN_DIGITS)
}

/// The mean of `count` numbers, whose sum has `digits` digits after the point, in units of the last
/// of [`mean_digits`]; half is rounded away from zero.
pub(super) fn mean(sum: i128, count: u64, digits: u32) -> Option<i128> {
    let count = i128::from(count);
    let scaled = sum.checked_mul(10i128.pow(mean_digits(digits) - digits))?;
    let (whole, rest) = (scaled.checked_div(count)?, scaled % count);
    let is_half = rest.unsigned_abs() * 2 >= count.unsigned_abs();
    Some(if is_half { whole + rest.signum() } else { whole })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_records_write_them() {
        for (number, text) in [(1116, "11.16"), (1200, "12.0"), (-50, "-0.5"), (0, "0.0")] {
            assert_eq!(shown(number, 2), text);
            assert_eq!(units(text, 2), Some(number));
        }
        assert_eq!((shown(-7, 0).as_str(), units("-7", 0)), ("-7", Some(-7)));
    }

    #[test]
    fn means_round_half_away_from_zero() {
        for (sum, count, mean_of) in [
            (1000, 3, "3.333333"),
            (2000, 3, "6.666667"),
            (-2000, 3, "-6.666667"),
            (1, 20_000, "0.000001"),
            (-1, 20_000, "-0.000001"),
            (1, 20_001, "0.0"),
            (1050, 2, "5.25"),
        ] {
            assert_eq!(
                shown(mean(sum, count, 2).unwrap(), mean_digits(2)),
                mean_of,
                "{sum}/{count}"
            );
        }
        assert_eq!(mean(5, 0, 0), None);
        assert_eq!((mean(7, 2, 8), mean_digits(8)), (Some(4), 8));
    }
}
