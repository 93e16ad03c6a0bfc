//! Thrift's compact protocol, as far as a writer of Parquet needs it: page headers and the footer
//! are made of it.

/// Types as a field's header names them; in a list, elements have the same ones.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

/// A structure that is being written: its fields, in ascending order of their numbers.
#[derive(Debug)]
pub(crate) struct Structure<'a> {
    out: &'a mut Vec<u8>,
    last: i16,
}

impl<'a> Structure<'a> {
    /// Appends the structure that `fill` fills.
    pub(crate) fn append(out: &'a mut Vec<u8>, fill: impl FnOnce(&mut Structure<'_>)) {
        fill(&mut Structure { out, last: 0 });
        out.push(0);
    }

    pub(crate) fn boolean(&mut self, field: i16, value: bool) {
        self.header(field, if value { TRUE } else { FALSE });
    }

    pub(crate) fn i32(&mut self, field: i16, value: i32) {
        self.header(field, I32);
        zigzag(self.out, value.into());
    }

    pub(crate) fn i64(&mut self, field: i16, value: i64) {
        self.header(field, I64);
        zigzag(self.out, value);
    }

    pub(crate) fn binary(&mut self, field: i16, value: &[u8]) {
        self.header(field, BINARY);
        binary(self.out, value);
    }

    pub(crate) fn structure(&mut self, field: i16, fill: impl FnOnce(&mut Structure<'_>)) {
        self.header(field, STRUCT);
        Structure::append(self.out, fill);
    }

    /// A structure without fields, as unions have them that say nothing but which of them it is.
    pub(crate) fn unit(&mut self, field: i16) {
        self.structure(field, |_| ());
    }

    pub(crate) fn i32s(&mut self, field: i16, values: &[i32]) {
        self.list(field, I32, values.len());
        values.iter().for_each(|value| zigzag(self.out, (*value).into()));
    }

    pub(crate) fn binaries(&mut self, field: i16, values: &[String]) {
        self.list(field, BINARY, values.len());
        values.iter().for_each(|value| binary(self.out, value.as_bytes()));
    }

    pub(crate) fn structures<T>(
        &mut self,
        field: i16,
        values: &[T],
        mut fill: impl FnMut(&mut Structure<'_>, &T),
    ) {
        self.list(field, STRUCT, values.len());
        values
            .iter()
            .for_each(|value| Structure::append(self.out, |structure| fill(structure, value)));
    }

    /// The type and how far the number is from that of the field before.
    fn header(&mut self, field: i16, kind: u8) {
        debug_assert!((1..16).contains(&(field - self.last)), "fields ascend in small steps");
        self.out.push(((field - self.last) as u8) << 4 | kind);
        self.last = field;
    }

    fn list(&mut self, field: i16, kind: u8, len: usize) {
        self.header(field, LIST);
        if len < 15 {
            self.out.push((len as u8) << 4 | kind);
        } else {
            self.out.push(0xf0 | kind);
            varint(self.out, len as u64);
        }
    }
}

/// Seven bits a byte, the lowest first; all but the last have the highest bit set.
pub(crate) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(out: &mut Vec<u8>, value: i64) {
    varint(out, ((value << 1) ^ (value >> 63)) as u64);
}

fn binary(out: &mut Vec<u8>, value: &[u8]) {
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_as_the_protocol_has_them() {
        let mut out = Vec::new();
        Structure::append(&mut out, |top| {
            top.i32(1, -3);
            top.boolean(3, true);
            top.i64(4, 150);
            top.binary(6, b"ab");
            top.i32s(7, &[1; 15]);
            top.structure(8, |inner| inner.i32(2, 7));
        });
        let ones = [0x02; 15];
        let parts: [&[u8]; 7] = [
            &[0x15, 0x05],
            &[0x21],
            &[0x16, 0xac, 0x02],
            &[0x28, 2, b'a', b'b'],
            &[0x19, 0xf5, 15],
            &ones,
            &[0x1c, 0x25, 14, 0, 0],
        ];
        assert_eq!(out, parts.concat());
    }
}
