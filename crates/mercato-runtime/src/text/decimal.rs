//! Decimal numbers, read and shown exactly as millionths.

/// Digits after the point that a decimal may have.
pub(super) const DIGITS: usize = 6;

/// Millionths in one.
pub(super) const ONE: u64 = 1_000_000;

/// What a decimal looks like, for messages.
pub(super) const SHAPE: &str = "at most 13 digits, and at most 6 more after the point";

/// Reads a decimal without sign or exponent as millionths; nothing when it has another shape.
pub(super) fn millionths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = digits(whole) && digits(part) && whole.len() <= 13 && part.len() <= DIGITS;
    if !shaped || whole.is_empty() && part.is_empty() || text.ends_with('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u64 = format!("{part:0<DIGITS$}").parse().ok()?;
    Some(whole * ONE + part)
}

/// Shows millionths as a decimal without trailing zeros.
pub(super) fn show(millionths: u64) -> String {
    let (whole, part) = (millionths / ONE, millionths % ONE);
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:0DIGITS$}").trim_end_matches('0').to_owned()
}
