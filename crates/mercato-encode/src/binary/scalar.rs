//! Single values as Avro and Protobuf write them.
//!
//! `AVRO` says which of the two: both write whole numbers in base 128, Avro with the sign in the lowest bit.

#![expect(
    clippy::inline_always,
    reason = "part of every record, whose place must not be passed by address"
)]

use mercato_schema::{InstantForm, Kind};

use crate::Out;
use crate::layout::Constant;

/// The form of a single value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar {
    /// Text after its length.
    Text,
    /// One byte.
    Boolean,
    /// A whole number.
    Whole,
    /// An exact decimal number: unscaled bytes in Avro, text in Protobuf.
    Decimal { scale: u32 },
    /// The nearest double of a decimal number.
    Double { scale: u32 },
    /// An instant: a whole number in Avro, a `google.protobuf.Timestamp` in Protobuf.
    Instant(InstantForm),
}

impl Scalar {
    /// The form of values of `kind`, unless they are made of several.
    pub(crate) fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::Identifier | Kind::Text => Self::Text,
            Kind::Boolean => Self::Boolean,
            Kind::Integer | Kind::Long => Self::Whole,
            Kind::Decimal { scale, .. } => Self::Decimal { scale: u32::from(*scale) },
            Kind::Number { scale } => Self::Double { scale: u32::from(*scale) },
            Kind::Instant(form) => Self::Instant(*form),
            Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => return None,
        })
    }

    /// The wire type of Protobuf: how long the value is, or where its length stands.
    pub(crate) fn wire_type(self) -> u32 {
        match self {
            Self::Boolean | Self::Whole => 0,
            Self::Double { .. } => 1,
            Self::Text | Self::Decimal { .. } | Self::Instant(_) => LENGTH_DELIMITED,
        }
    }

    /// Appends a constant; returns false if it is of another type.
    pub(crate) fn constant<const AVRO: bool>(self, out: &mut Vec<u8>, value: &Constant) -> bool {
        match (self, value) {
            (Self::Text, Constant::Text(text)) => text_of::<AVRO>(out, text),
            (Self::Boolean, Constant::Boolean(truth)) => out.push(u8::from(*truth)),
            (Self::Whole, Constant::Integer(number)) => whole::<AVRO>(out, *number),
            (Self::Decimal { scale }, Constant::Decimal(units)) => {
                decimal::<AVRO>(out, *units, scale);
            }
            (Self::Double { scale }, Constant::Decimal(units)) => double(out, *units, scale),
            (Self::Double { .. }, Constant::Integer(number)) => double(out, *number, 0),
            (Self::Double { .. }, Constant::Double(number)) => {
                out.extend_from_slice(&number.to_le_bytes());
            }
            _ => return false,
        }
        true
    }
}

/// The wire type of what stands after its length: text, messages.
pub(crate) const LENGTH_DELIMITED: u32 = 2;

/// Appends the tag of field `number`.
pub(crate) fn tag(out: &mut Vec<u8>, number: u32, wire_type: u32) {
    varint(out, u64::from(number << 3 | wire_type));
}

/// Appends text after its length.
pub(crate) fn text_of<const AVRO: bool>(out: &mut Vec<u8>, text: &str) {
    length::<AVRO>(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Appends a length or a number of items.
pub(crate) fn length<const AVRO: bool>(out: &mut Vec<u8>, len: usize) {
    whole::<AVRO>(out, len as i64);
}

/// The bytes of a length, and how many they are.
#[inline]
pub(crate) fn length_bytes<const AVRO: bool>(len: usize) -> ([u8; 8], usize) {
    let (bytes, width) = spread(if AVRO { (len as u64) << 1 } else { len as u64 });
    (bytes.to_le_bytes(), width)
}

/// Appends a whole number.
#[inline(always)]
pub(crate) fn whole<const AVRO: bool>(out: &mut impl Out, value: i64) {
    // The sign moves to the lowest bit, so that small negative numbers are short.
    varint(out, if AVRO { (value << 1 ^ value >> 63) as u64 } else { value as u64 });
}

/// Appends a number in base 128, lowest digit first, with the highest bit set in all bytes but the last.
#[inline(always)]
pub(crate) fn varint(out: &mut impl Out, value: u64) {
    if value < 0x80 {
        out.byte(value as u8);
    } else if value < 1 << 56 {
        let (bytes, width) = spread(value);
        out.put(&bytes.to_le_bytes(), width);
    } else {
        let (bytes, width) = wide(value);
        out.put(&bytes, width);
    }
}

/// The bytes of a number below 2^56 in base 128, the first in the lowest byte, and how many they are.
#[inline]
fn spread(value: u64) -> (u64, usize) {
    // Groups of 28, 14 and then 7 bits move apart, all at once.
    let halves = value & 0x0fff_ffff | (value & 0x00ff_ffff_f000_0000) << 4;
    let quarters = halves & 0x0000_3fff_0000_3fff | (halves & 0x0fff_c000_0fff_c000) << 2;
    let groups = quarters & 0x007f_007f_007f_007f | (quarters & 0x3f80_3f80_3f80_3f80) << 1;
    let width = (71 - (groups | 1).leading_zeros() as usize) / 8;
    let continued = 0x8080_8080_8080_8080 & ((1 << (8 * (width - 1))) - 1);
    (groups | continued, width)
}

/// The bytes of any number, up to ten.
#[inline(never)]
fn wide(mut value: u64) -> ([u8; 10], usize) {
    let (mut bytes, mut width) = ([0; 10], 0);
    while value >= 0x80 {
        bytes[width] = value as u8 | 0x80;
        value >>= 7;
        width += 1;
    }
    bytes[width] = value as u8;
    (bytes, width + 1)
}

/// Appends an exact decimal number: the shortest two's complement, highest byte first, in Avro; all `scale` digits
/// after the point as text in Protobuf.
#[inline(always)]
pub(crate) fn decimal<const AVRO: bool>(out: &mut impl Out, units: i64, scale: u32) {
    if AVRO {
        let bits = 65 - (units ^ units >> 63).leading_zeros() as usize;
        let width = bits.div_ceil(8);
        let [a, b, c, d, e, f, g, h] = (units << (64 - 8 * width)).to_be_bytes();
        out.put(&[2 * width as u8, a, b, c, d, e, f, g, h], 1 + width);
    } else {
        let (text, len) = decimal_text(units, scale);
        out.put(&text, 1 + len);
    }
}

/// The text of a decimal number after its length, which is returned too.
#[inline(never)]
fn decimal_text(units: i64, scale: u32) -> ([u8; 32], usize) {
    let (mut bytes, mut at) = ([0; 32], 32);
    let (mut rest, mut digit) = (units.unsigned_abs(), 0);
    while rest > 0 || digit <= scale {
        if digit == scale && scale > 0 {
            at -= 1;
            bytes[at] = b'.';
        }
        at -= 1;
        bytes[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        digit += 1;
    }
    if units < 0 {
        at -= 1;
        bytes[at] = b'-';
    }
    let len = 32 - at;
    let mut text = [0; 32];
    text[0] = len as u8;
    text[1..=len].copy_from_slice(&bytes[at..]);
    (text, len)
}

/// Appends the double nearest to `units` of the last of `scale` digits after the point.
///
/// Both are exact as doubles below 2^53 and 10^22, and a division of such is rounded correctly on every machine.
#[inline(always)]
pub(crate) fn double(out: &mut impl Out, units: i64, scale: u32) {
    const POWERS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let value = match POWERS.get(scale as usize) {
        Some(power) => units as f64 / power,
        None => units as f64 / 10_f64.powi(scale as i32),
    };
    out.array(&value.to_le_bytes());
}

/// Appends an instant given in microseconds since the Unix epoch, as exactly as its text is.
#[inline(always)]
pub(crate) fn instant<const AVRO: bool>(out: &mut impl Out, micros: i64, form: InstantForm) {
    if AVRO {
        let count = match form {
            InstantForm::Micros | InstantForm::EpochMicros => micros,
            InstantForm::Millis | InstantForm::EpochMillis => micros.div_euclid(1_000),
        };
        return whole::<true>(out, count);
    }
    let (second, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let shown = match form {
        InstantForm::Micros | InstantForm::EpochMicros => fraction,
        InstantForm::Millis | InstantForm::EpochMillis => fraction - fraction % 1_000,
    };
    let (nanos, nanos_width) = spread(shown as u64 * 1_000);
    // Seconds are field 1 and nanoseconds field 2 of the message.
    if (0..1 << 56).contains(&second) {
        let (seconds, width) = spread(second as u64);
        out.array(&[(2 + width + nanos_width) as u8, 0x08]);
        out.put(&seconds.to_le_bytes(), width);
    } else {
        let (seconds, width) = wide(second as u64);
        out.array(&[(2 + width + nanos_width) as u8, 0x08]);
        out.put(&seconds, width);
    }
    out.byte(0x10);
    out.put(&nanos.to_le_bytes(), nanos_width);
}
