//! Exact decimal numbers as people type them, scaled to an integer unit without a float.

/// Why a text is no whole number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalError {
    /// Something else than digits with at most one point between them.
    Malformed,
    /// The number is no whole multiple of the smallest unit.
    TooFine,
    /// The number does not fit.
    TooLarge,
}

/// `text` times `scale`, which must come out whole.
///
/// Digits are needed on both sides of a point: `1.5`, but neither `.5` nor `1.`.
pub(crate) fn scaled(text: &str, scale: u64) -> Result<u64, DecimalError> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction.trim_end_matches('0')),
        Some(_) => return Err(DecimalError::Malformed),
        None => (text, ""),
    };
    let units = digits(whole)?.checked_mul(scale).ok_or(DecimalError::TooLarge)?;
    let part =
        if fraction.is_empty() { 0 } else { part_of(digits(fraction)?, fraction.len(), scale)? };
    units.checked_add(part).ok_or(DecimalError::TooLarge)
}

/// `fraction` / 10^`places` of `scale`.
fn part_of(fraction: u64, places: usize, scale: u64) -> Result<u64, DecimalError> {
    let divisor = 10u128.pow(places as u32);
    let product = u128::from(fraction) * u128::from(scale);
    if product % divisor == 0 { Ok((product / divisor) as u64) } else { Err(DecimalError::TooFine) }
}

/// At most 19 digits, so that the number and its power of ten fit their integers.
fn digits(text: &str) -> Result<u64, DecimalError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::Malformed);
    }
    if text.len() > 19 {
        return Err(DecimalError::TooLarge);
    }
    text.parse().map_err(|_| DecimalError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_exactly() {
        assert_eq!(scaled("1.5", 10), Ok(15));
        assert_eq!(scaled("0.30", 10), Ok(3));
        assert_eq!(scaled("0.000", 1), Ok(0));
        assert_eq!(scaled("007", 1), Ok(7));
        assert_eq!(scaled("1.55", 10), Err(DecimalError::TooFine));
        for malformed in ["", ".", ".5", "1.", "1.2.3", "-1", "+1", "1e3", "a"] {
            assert_eq!(scaled(malformed, 10), Err(DecimalError::Malformed), "{malformed:?}");
        }
        assert_eq!(scaled("18446744073709551616", 1), Err(DecimalError::TooLarge));
        assert_eq!(scaled("1000", u64::MAX), Err(DecimalError::TooLarge));
    }
}
