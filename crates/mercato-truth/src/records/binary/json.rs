//! Values spelled as a run spells them in JSON.

use mercato_encode::{digits, json, numbers};
use mercato_schema::InstantForm;

use super::source::Flaw;

/// Digits after the point that the writer of decimal numbers knows.
const MOST_DIGITS: u8 = 5;

pub(super) fn text(out: &mut Vec<u8>, bytes: &[u8]) -> Result<(), Flaw> {
    let text = str::from_utf8(bytes).map_err(|_| "a text is not UTF-8".to_owned())?;
    json::string(out, text);
    Ok(())
}

pub(super) fn boolean(out: &mut Vec<u8>, truth: bool) {
    out.extend_from_slice(if truth { b"true" } else { b"false" });
}

pub(super) fn whole(out: &mut Vec<u8>, number: i64) {
    digits::signed(out, number);
}

pub(super) fn double(out: &mut Vec<u8>, number: f64) {
    out.extend_from_slice(serde_json::Value::from(number).to_string().as_bytes());
}

pub(super) fn decimal(out: &mut Vec<u8>, units: i64, scale: u8) {
    if scale <= MOST_DIGITS {
        numbers::scaled(out, units, u32::from(scale));
    } else {
        double(out, units as f64 / 10_f64.powi(i32::from(scale)));
    }
}

pub(in crate::records) fn instant(out: &mut Vec<u8>, micros: i64, form: InstantForm) {
    match form {
        InstantForm::EpochMillis => return digits::signed(out, micros.div_euclid(1_000)),
        InstantForm::EpochMicros => return digits::signed(out, micros),
        InstantForm::Millis | InstantForm::Micros => {}
    }
    out.push(b'"');
    if form == InstantForm::Millis {
        digits::millis(out, micros);
    } else {
        digits::micros(out, micros);
    }
    out.push(b'"');
}

/// Appends items between brackets, with commas between them.
pub(super) fn sequence<T>(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    items: impl IntoIterator<Item = T>,
    mut append: impl FnMut(&mut Vec<u8>, T) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append(out, item)?;
    }
    out.push(close);
    Ok(())
}
