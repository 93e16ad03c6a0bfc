//! Exact decimal numbers as people type them, scaled to an integer unit without a float.

/// Why a text is no whole number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalError {
    /// Something else than digits with at most one point between or before them.
    Malformed,
    /// The number is no whole multiple of the smallest unit.
    TooFine,
    /// The number does not fit.
    TooLarge,
}

/// The millionths in one.
pub(crate) const MILLION: u64 = 1_000_000;

/// `text` times `scale`, which must come out whole.
///
/// Digits are needed after a point, not before it: `1.5` and `.5`, but not `1.`.
pub(crate) fn scaled(text: &str, scale: u64) -> Result<u64, DecimalError> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(DecimalError::Malformed),
        Some(("", fraction)) => ("0", fraction),
        Some(parts) => parts,
        None => (text, "0"),
    };
    let units = digits(whole)?.checked_mul(scale).ok_or(DecimalError::TooLarge)?;
    units.checked_add(part_of(fraction, scale)?).ok_or(DecimalError::TooLarge)
}

/// The decimals `fraction` of `scale`.
fn part_of(fraction: &str, scale: u64) -> Result<u64, DecimalError> {
    // Whatever is no digit is told before trailing zeros are dropped.
    let all = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = if all { fraction.trim_end_matches('0') } else { fraction };
    if fraction.is_empty() {
        return Ok(0);
    }
    let digits = digits(fraction).map_err(|error| match error {
        DecimalError::TooLarge => DecimalError::TooFine,
        other => other,
    })?;
    let divisor = 10u128.pow(fraction.len() as u32);
    let product = u128::from(digits) * u128::from(scale);
    if product % divisor == 0 { Ok((product / divisor) as u64) } else { Err(DecimalError::TooFine) }
}

/// A whole number of at most 19 digits, so that it and its power of ten fit their integers.
fn digits(text: &str) -> Result<u64, DecimalError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    if text.len() > 19 {
        return Err(DecimalError::TooLarge);
    }
    text.parse().map_err(|_| DecimalError::TooLarge)
}

/// Shows millionths as a decimal without trailing zeros.
pub(crate) fn show(millionths: u64) -> String {
    let (whole, part) = (millionths / MILLION, millionths % MILLION);
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:06}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_exactly() {
        assert_eq!(scaled("1.5", 10), Ok(15));
        assert_eq!(scaled(".5", 10), Ok(5));
        assert_eq!(scaled("0.30", 10), Ok(3));
        assert_eq!(scaled("0.000", 1), Ok(0));
        assert_eq!(scaled("007", 1), Ok(7));
        assert_eq!(scaled("1.55", 10), Err(DecimalError::TooFine));
        assert_eq!(scaled("0.123456789012345678901", 10), Err(DecimalError::TooFine));
        for malformed in ["", ".", "1.", "1.2.3", "-1", "+1", "1e3", "a", "1.x0"] {
            assert_eq!(scaled(malformed, 10), Err(DecimalError::Malformed), "{malformed:?}");
        }
        assert_eq!(scaled("18446744073709551616", 1), Err(DecimalError::TooLarge));
        assert_eq!(scaled("1000", u64::MAX), Err(DecimalError::TooLarge));
    }

    #[test]
    fn what_is_shown_is_read() {
        for millionths in [0, 1, 10, 999_999, 1_000_000, 1_500_000, u64::MAX] {
            let read = scaled(&show(millionths), MILLION);
            assert_eq!(read, Ok(millionths), "{millionths}");
        }
    }
}
