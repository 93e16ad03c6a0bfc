//! Records without the header that names their schema.

use crate::SchemaKind;

/// A record, and the id of the schema that stands before it.
///
/// ```
/// use mercato_registry::{SchemaKind, Unframed, header};
///
/// let value = [header(SchemaKind::Protobuf, 258), b"record".to_vec()].concat();
/// let unframed = Unframed::of(SchemaKind::Protobuf, &value)?;
/// assert_eq!((unframed.id, unframed.record), (258, &b"record"[..]));
/// # Ok::<(), mercato_registry::NotFramed>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unframed<'a> {
    /// The id of the schema.
    pub id: u32,
    /// The bytes of the record.
    pub record: &'a [u8],
}

/// Why a value is no record in Confluent's wire format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotFramed {
    /// The zero byte or the id is missing.
    #[error(
        "it is not in Confluent's wire format, which begins with a zero byte and the id of a schema \
         in four bytes"
    )]
    NoHeader,
    /// The list of indices that leads to a Protobuf message is cut off.
    #[error("the indices of its Protobuf message are cut off")]
    NoMessage,
    /// It names another message than the first one of its schema.
    #[error("it is message {indices:?} of its schema, counted from 0, and only the first is read")]
    OtherMessage {
        /// The indices that lead to it.
        indices: Vec<i64>,
    },
}

impl<'a> Unframed<'a> {
    /// Takes the header off a value whose schema is of this kind.
    ///
    /// Fails where there is none, and where it leads to another message than the first of a
    /// Protobuf schema.
    pub fn of(kind: SchemaKind, value: &'a [u8]) -> Result<Self, NotFramed> {
        let (id, rest) = Self::id_of(value).ok_or(NotFramed::NoHeader)?;
        let record = match kind {
            SchemaKind::Avro => rest,
            SchemaKind::Protobuf => of_first_message(rest)?,
        };
        Ok(Self { id, record })
    }

    /// The id that a value names, and what follows it; none if it is not framed.
    pub fn id_of(value: &[u8]) -> Option<(u32, &[u8])> {
        let (header, rest) = value.split_first_chunk::<5>()?;
        let [0, id @ ..] = *header else { return None };
        Some((u32::from_be_bytes(id), rest))
    }
}

/// The bytes after the indices, which must lead to the first message.
fn of_first_message(bytes: &[u8]) -> Result<&[u8], NotFramed> {
    let mut rest = bytes;
    let count = signed(&mut rest).ok_or(NotFramed::NoMessage)?;
    // No index at all means the first message.
    let indices: Option<Vec<i64>> = (0..count.min(64)).map(|_| signed(&mut rest)).collect();
    match indices.ok_or(NotFramed::NoMessage)? {
        indices if count >= 0 && indices.iter().all(|index| *index == 0) && count <= 1 => Ok(rest),
        indices => Err(NotFramed::OtherMessage { indices }),
    }
}

/// The number in base 128 at the front, with its sign in the lowest bit.
fn signed(bytes: &mut &[u8]) -> Option<i64> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(value: &[u8]) -> Result<Unframed<'_>, NotFramed> {
        Unframed::of(SchemaKind::Protobuf, value)
    }

    #[test]
    fn a_header_is_taken_off_and_anything_else_is_refused() {
        for header in [&[0, 0, 0, 0, 7, 0][..], &[0, 0, 0, 0, 7, 2, 0]] {
            let value = [header, b"x"].concat();
            assert_eq!(framed(&value), Ok(Unframed { id: 7, record: b"x" }));
        }
        let avro = Unframed::of(SchemaKind::Avro, &[0, 0, 0, 1, 0, 9]);
        assert_eq!(avro, Ok(Unframed { id: 256, record: &[9] }));
        for value in [&b""[..], b"\0\0\0\0", b"{\"a\":1}"] {
            assert_eq!(framed(value), Err(NotFramed::NoHeader));
        }
        let other = NotFramed::OtherMessage { indices: vec![1] };
        assert_eq!(framed(&[0, 0, 0, 0, 7, 2, 2, 9]), Err(other));
        let nested = NotFramed::OtherMessage { indices: vec![0, 0] };
        assert_eq!(framed(&[0, 0, 0, 0, 7, 4, 0, 0, 9]), Err(nested));
        assert_eq!(framed(&[0, 0, 0, 0, 7, 4, 0x80]), Err(NotFramed::NoMessage));
        assert_eq!(framed(&[0, 0, 0, 0, 7]), Err(NotFramed::NoMessage));
        assert!(framed(&[0, 0, 0, 0, 7, 1, 9]).is_err(), "a negative number of indices");
    }
}
