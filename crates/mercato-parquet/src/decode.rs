//! Thrift's compact protocol, as far as a reader of footers needs it: a structure becomes a tree of
//! values, whatever its fields mean.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};

/// Levels of structures and lists; footers have fewer than ten.
const DEEPEST: usize = 32;

/// A value as the protocol knows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Boolean(bool),
    /// A whole number of any width.
    Whole(i64),
    Double(f64),
    Binary(Vec<u8>),
    List(Vec<Value>),
    /// Fields by their numbers.
    Structure(BTreeMap<i16, Value>),
}

impl Value {
    /// Reads the structure at the start of `bytes`.
    pub(crate) fn structure(bytes: &[u8]) -> Result<Self> {
        Reader { bytes }.structure(DEEPEST)
    }

    /// The field of a structure.
    pub(crate) fn field(&self, number: i16) -> Option<&Self> {
        if let Self::Structure(fields) = self { fields.get(&number) } else { None }
    }

    /// A whole number in a field of a structure.
    pub(crate) fn whole(&self, number: i16) -> Option<i64> {
        if let Some(Self::Whole(value)) = self.field(number) { Some(*value) } else { None }
    }

    /// Bytes in a field of a structure.
    pub(crate) fn binary(&self, number: i16) -> Option<&[u8]> {
        if let Some(Self::Binary(bytes)) = self.field(number) { Some(bytes) } else { None }
    }

    /// A list in a field of a structure; empty where there is none.
    pub(crate) fn list(&self, number: i16) -> &[Self] {
        if let Some(Self::List(items)) = self.field(number) { items } else { &[] }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
    fn structure(&mut self, depth: usize) -> Result<Value> {
        let mut fields = BTreeMap::new();
        let mut last = 0_i16;
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Ok(Value::Structure(fields));
            }
            let step = i16::from(header >> 4);
            last = if step > 0 { last.wrapping_add(step) } else { self.whole()? as i16 };
            let value = match header & 0xf {
                1 => Value::Boolean(true),
                2 => Value::Boolean(false),
                kind => self.value(kind, depth)?,
            };
            fields.insert(last, value);
        }
    }

    /// Reads a value of this kind, which stands alone or in a list.
    fn value(&mut self, kind: u8, depth: usize) -> Result<Value> {
        let deeper = || depth.checked_sub(1).ok_or_else(|| wrong("it is nested too deeply"));
        match kind {
            1 | 2 => Ok(Value::Boolean(self.byte()? == 1)),
            3 => Ok(Value::Whole(i64::from(self.byte()? as i8))),
            4..=6 => Ok(Value::Whole(self.whole()?)),
            7 => {
                let mut bits = [0; 8];
                bits.copy_from_slice(self.take(8)?);
                Ok(Value::Double(f64::from_le_bytes(bits)))
            }
            8 => {
                let length = self.varint()?;
                Ok(Value::Binary(self.take(length)?.to_vec()))
            }
            9 | 10 => self.list(deeper()?),
            12 => self.structure(deeper()?),
            _ => Err(wrong("it has a value of an unknown kind")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value> {
        let header = self.byte()?;
        let length = if header >> 4 == 0xf { self.varint()? } else { u64::from(header >> 4) };
        // No room is taken for what is only claimed: each item has at least a byte.
        (0..length).map(|_| self.value(header & 0xf, depth)).collect::<Result<_>>().map(Value::List)
    }

    fn whole(&mut self) -> Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(wrong("it has a number of more than 64 bits"))
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn take(&mut self, length: u64) -> Result<&[u8]> {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some((taken, rest)) = self.bytes.split_at_checked(length) else {
            return Err(wrong("it ends early"));
        };
        self.bytes = rest;
        Ok(taken)
    }
}

fn wrong(reason: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the footer cannot be read: {reason}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::thrift::Structure;

    fn written() -> Vec<u8> {
        let mut out = Vec::new();
        Structure::append(&mut out, |top| {
            top.i32(1, -3);
            top.boolean(3, true);
            top.i64(4, i64::MIN);
            top.binary(6, b"ab");
            top.i32s(7, &[1; 15]);
            top.binaries(8, &["x".to_owned(), String::new()]);
            top.structures(9, &[5, 6], |inner, value| inner.i32(2, *value));
            top.unit(10);
        });
        out
    }

    #[test]
    fn what_is_written_is_read() {
        let read = Value::structure(&written()).unwrap();
        assert_eq!((read.whole(1), read.whole(4)), (Some(-3), Some(i64::MIN)));
        assert_eq!(read.field(3), Some(&Value::Boolean(true)));
        assert_eq!(read.binary(6), Some(&b"ab"[..]));
        assert_eq!(read.list(7), [const { Value::Whole(1) }; 15]);
        assert_eq!(read.list(8), [Value::Binary(b"x".to_vec()), Value::Binary(Vec::new())]);
        let inner: Vec<_> = read.list(9).iter().map(|inner| inner.whole(2)).collect();
        assert_eq!(inner, [Some(5), Some(6)]);
        assert_eq!(read.field(10), Some(&Value::Structure(BTreeMap::new())));
    }

    #[test]
    fn what_is_cut_off_or_too_deep_is_refused() {
        let whole = written();
        for length in 0..whole.len() {
            Value::structure(&whole[..length]).unwrap_err();
        }
        // A list of lists of lists, without end.
        let deep = [&[0x19][..], &[0x19; 10_000]].concat();
        assert!(Value::structure(&deep).unwrap_err().to_string().contains("too deeply"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = Value::structure(&bytes);
        }
    }
}
