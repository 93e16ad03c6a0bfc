//! Appending JSON values, byte for byte as `serde_json` writes them.

use crate::{Out, digits};

/// Appends an amount of cents as a number: `11.16`, `12.0`, `-0.5`.
///
/// That is the shortest text of the nearest double, as `serde_json` writes it, found without a
/// float.
/// It holds for amounts below 10^15 cents, where every cent has a double of its own.
#[inline]
pub fn cents(out: &mut impl Out, cents: i64) {
    if cents < 0 {
        out.byte(b'-');
    }
    let magnitude = cents.unsigned_abs();
    digits::unsigned(out, magnitude / 100);
    let (tens, ones) = ((magnitude / 10 % 10) as u8, (magnitude % 10) as u8);
    if ones == 0 {
        out.array(&[b'.', b'0' + tens]);
    } else {
        out.array(&[b'.', b'0' + tens, b'0' + ones]);
    }
}

/// Appends a fixed-point number of `decimals` digits after the point as the shortest text of the
/// nearest double.
///
/// It holds where the number has at most 15 significant digits.
/// Values nearer to zero than 10^-5 would be written with an exponent; `decimals` is at most 5
/// therefore.
#[inline]
pub fn fixed(out: &mut impl Out, value: i64, decimals: u32) {
    debug_assert!((1..=5).contains(&decimals));
    if value < 0 {
        out.byte(b'-');
    }
    let magnitude = value.unsigned_abs();
    let scale = 10u64.pow(decimals);
    digits::unsigned(out, magnitude / scale);
    out.byte(b'.');
    let (mut fraction, mut width) = (magnitude % scale, decimals as usize);
    while width > 1 && fraction % 10 == 0 {
        fraction /= 10;
        width -= 1;
    }
    digits::padded(out, fraction, width);
}

/// Appends `text` as a JSON string with its quotes.
pub fn string(out: &mut impl Out, text: &str) {
    out.byte(b'"');
    escaped(out, text);
    out.byte(b'"');
}

/// Appends what stands between the quotes of a JSON string.
pub fn escaped(out: &mut impl Out, text: &str) {
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let Some(escape) = escape(*byte) else { continue };
        out.extend(&bytes[copied..at]);
        copied = at + 1;
        match escape {
            b'u' => {
                out.array(b"\\u00");
                digits::hex(out, &[*byte]);
            }
            short => out.array(&[b'\\', short]),
        }
    }
    out.extend(&bytes[copied..]);
}

/// The letter behind the backslash, for bytes that need one.
fn escape(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        b'\n' => Some(b'n'),
        b'\r' => Some(b'r'),
        b'\t' => Some(b't'),
        0x08 => Some(b'b'),
        0x0c => Some(b'f'),
        0x00..=0x1f => Some(b'u'),
        _ => None,
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
        fn cents_are_what_serde_json_writes(amount in -100_000_000_000_000i64..100_000_000_000_000) {
            let expected = serde_json::to_string(&(amount as f64 / 100.0)).unwrap();
            prop_assert_eq!(text(|out| cents(out, amount)), expected);
        }

        #[test]
        fn small_amounts_are_what_serde_json_writes(amount in -20_000i64..20_000) {
            prop_assume!(amount != 0);
            let expected = serde_json::to_string(&(amount as f64 / 100.0)).unwrap();
            prop_assert_eq!(text(|out| cents(out, amount)), expected);
        }

        #[test]
        fn fixed_point_is_what_serde_json_writes(value in -1_000_000_000_000i64..1_000_000_000_000, decimals in 1u32..=5) {
            let expected = serde_json::to_string(&(value as f64 / 10f64.powi(decimals as i32))).unwrap();
            prop_assert_eq!(text(|out| fixed(out, value, decimals)), expected);
        }

        #[test]
        fn strings_are_what_serde_json_writes(value in any::<String>()) {
            prop_assert_eq!(text(|out| string(out, &value)), serde_json::to_string(&value).unwrap());
        }
    }

    #[test]
    fn every_ascii_character_is_what_serde_json_writes() {
        let all: String = (0u8..128).map(char::from).collect();
        assert_eq!(text(|out| string(out, &all)), serde_json::to_string(&all).unwrap());
    }

    #[test]
    fn nothing_has_one_digit_behind_the_point() {
        assert_eq!(text(|out| cents(out, 0)), "0.0");
        assert_eq!(text(|out| fixed(out, 0, 4)), "0.0");
    }
}
