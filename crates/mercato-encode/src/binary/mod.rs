//! Records as Avro or Protobuf: copying what was rendered once, and appending values in between.
//!
//! Both write the values of a record one after the other; what stands between them differs:
//!
//! | | Avro | Protobuf |
//! |---|---|---|
//! | before a value | nothing, or the index of a union | the number of its field and how it is written |
//! | null | an index | nothing |
//! | struct | its fields | its length and its fields |
//! | list | number of items, items, 0 | each item as a field of its own |
//! | map | number of members, members, 0 | each member as a struct of name and value |
//!
//! A length that is not known in advance is put as one byte, which nearly always is enough, and set when the value is
//! there; a longer one moves the value.

#![expect(
    clippy::inline_always,
    reason = "a record is put together in registers only where no part of it is handed on by address"
)]

mod plan;
mod scalar;
mod template;
mod value;

use mercato_schema::InstantForm;
use serde::Serialize;

use self::scalar::{Scalar, length_bytes};
pub(crate) use self::template::Template;
use self::template::{Cell, Content, DEEPEST, Edges};
use crate::out::Tail;
use crate::{Encoded, Out, Writer};

/// Writes one record, as `AVRO` or else as Protobuf after its length.
///
/// With `CHECKED` each slot's name is compared with the layout's; a stream that is known to be right does without.
#[derive(Debug)]
pub(crate) struct BinaryWriter<'a, const AVRO: bool, const CHECKED: bool> {
    out: Tail<'a>,
    template: &'a Template,
    next: usize,
    keys: &'a mut Vec<u8>,
    /// Places of the lengths of the structs that have begun; outside of the writer, which would be kept in memory
    /// as a whole if it had a part that is found by a number.
    open: &'a mut Open,
    depth: usize,
    /// Written as a whole, so that no slot is missing.
    whole: bool,
    flawed: bool,
}

/// Places of the lengths of structs inside one another.
pub(crate) type Open = [u32; DEEPEST];

/// Bytes for the length of a Protobuf record: it nearly always has 128 to 16,383.
const LENGTH_BYTES: usize = 2;

impl<'a, const AVRO: bool, const CHECKED: bool> BinaryWriter<'a, AVRO, CHECKED> {
    pub(crate) fn new(
        template: &'a Template,
        room: &'a mut [u8],
        keys: &'a mut Vec<u8>,
        open: &'a mut Open,
    ) -> Self {
        let mut out = Tail::new(room);
        if !AVRO {
            out.array(&[0; LENGTH_BYTES]);
        }
        let flawed = template.flaw.is_some();
        Self { out, template, next: 0, keys, open, depth: 0, whole: false, flawed }
    }

    /// Ends the record; returns its length with what stands around it, and whether every slot was written as it is
    /// described.
    #[inline(always)]
    pub(crate) fn finish(mut self) -> (usize, Encoded) {
        if !self.whole {
            let end = &self.template.end;
            self.edges(end);
        }
        if !AVRO {
            self.append(|out| set_length::<false, LENGTH_BYTES>(out, 0));
        }
        let complete = self.whole || self.next == self.template.cells.len();
        let complete = complete && !self.flawed;
        (self.out.len(), Encoded { complete, whole: self.whole, absent: false })
    }

    /// The next slot, if it has this name, after the borders of structs before it.
    #[inline(always)]
    fn cell(&mut self, name: &str) -> Option<&'a Cell> {
        let cell = self.template.cells.get(self.next);
        self.next += 1;
        debug_assert_eq!(cell.map(|cell| &*cell.name), Some(name), "a slot out of order");
        if CHECKED && cell.is_none_or(|cell| *cell.name != *name) {
            self.flawed = true;
            return None;
        }
        self.flawed |= cell.is_none();
        if let Some(cell) = cell {
            self.edges(&cell.edges);
        }
        cell
    }

    /// Begins and ends structs.
    #[inline(always)]
    fn edges(&mut self, edges: &'a Edges) {
        if AVRO || edges.is_empty() {
            return;
        }
        for edge in edges {
            if let Some(lead) = edge {
                self.append(|out| lead.append(out));
                self.begin();
            } else {
                self.end();
            }
        }
    }

    /// Leaves room for the length of what comes next.
    #[inline(always)]
    fn begin(&mut self) {
        self.open[self.depth % DEEPEST] = self.out.len() as u32;
        self.depth += 1;
        self.out.byte(0);
    }

    /// Sets the length of what has begun last.
    #[inline(always)]
    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let place = self.open[self.depth % DEEPEST] as usize;
        self.append(|out| set_length::<AVRO, 1>(out, place));
    }

    /// Appends what stands before the next value; returns what is known of the value.
    #[inline(always)]
    fn lead(&mut self, name: &str) -> Option<&'a Content> {
        let cell = self.cell(name)?;
        self.append(|out| cell.lead.append(out));
        Some(&cell.content)
    }

    /// Appends with a tail of its own for the time of the call: whatever is not inlined takes the address of that one,
    /// and the length of the record stays in a register.
    #[inline(always)]
    fn append(&mut self, fill: impl FnOnce(&mut Tail<'a>)) {
        let mut out = std::mem::take(&mut self.out);
        fill(&mut out);
        self.out = out;
    }

    /// Appends a number of `units` of the last of `scale` digits after the point.
    #[inline(always)]
    fn number(&mut self, scalar: Scalar, units: i64, scale: u32) {
        self.append(|out| match scalar {
            Scalar::Decimal { .. } => scalar::decimal::<AVRO>(out, units, scale),
            Scalar::Double { .. } => scalar::double(out, units, scale),
            _ => scalar::whole::<AVRO>(out, units),
        });
    }
}

/// Sets the length of what was appended after `place`, for which `WIDTH` bytes were left there.
#[inline(always)]
fn set_length<const AVRO: bool, const WIDTH: usize>(out: &mut Tail<'_>, place: usize) {
    let (bytes, width) = length_bytes::<AVRO>(out.len().saturating_sub(place + WIDTH));
    if width == WIDTH {
        out.set(place, bytes.first_chunk::<WIDTH>().unwrap_or(&[0; WIDTH]));
    } else {
        out.replace(place, WIDTH, &bytes[..width]);
    }
}

impl<'a, const AVRO: bool, const CHECKED: bool> Writer for BinaryWriter<'a, AVRO, CHECKED> {
    type Out = Tail<'a>;

    #[inline(always)]
    fn key(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        fill(self.keys);
    }

    #[inline(always)]
    fn plain(&mut self, name: &str, fill: impl FnOnce(&mut Tail<'a>)) {
        let Some(Content::Text { prefix }) = self.lead(name) else {
            self.flawed = true;
            return;
        };
        let place = self.out.len().saturating_sub(prefix + 1);
        self.append(|out| {
            fill(out);
            set_length::<AVRO, 1>(out, place);
        });
    }

    #[inline(always)]
    fn text(&mut self, name: &str, fill: impl FnOnce(&mut Tail<'a>)) {
        self.plain(name, fill);
    }

    #[inline(always)]
    fn optional_text<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        fill: impl FnOnce(T, &mut Tail<'a>),
    ) {
        match value {
            Some(value) => self.plain(name, |out| fill(value, out)),
            None => self.null(name),
        }
    }

    fn string(&mut self, name: &str, value: &str) {
        self.plain(name, |out| out.extend(value.as_bytes()));
    }

    #[inline(always)]
    fn integer(&mut self, name: &str, value: u32) {
        self.long(name, value.into());
    }

    #[inline(always)]
    fn long(&mut self, name: &str, value: i64) {
        match self.lead(name) {
            Some(Content::Value(Scalar::Whole)) => {
                self.append(|out| scalar::whole::<AVRO>(out, value));
            }
            Some(Content::Value(Scalar::Double { .. })) => {
                self.append(|out| scalar::double(out, value, 0));
            }
            _ => self.flawed = true,
        }
    }

    #[inline(always)]
    fn decimal(&mut self, name: &str, units: i64, scale: u32) {
        match self.lead(name) {
            Some(Content::Value(scalar @ (Scalar::Decimal { .. } | Scalar::Double { .. }))) => {
                self.number(*scalar, units, scale);
            }
            _ => self.flawed = true,
        }
    }

    #[inline(always)]
    fn instant(&mut self, name: &str, micros: i64, form: InstantForm) {
        match self.lead(name) {
            Some(Content::Value(Scalar::Instant(_))) => {
                self.append(|out| scalar::instant::<AVRO>(out, micros, form));
            }
            _ => self.flawed = true,
        }
    }

    #[inline(always)]
    fn boolean(&mut self, name: &str, value: bool) {
        match self.lead(name) {
            Some(Content::Value(Scalar::Boolean)) => self.out.byte(u8::from(value)),
            _ => self.flawed = true,
        }
    }

    #[inline(always)]
    fn piece(&mut self, name: &str, row: usize) {
        let Some(Content::Table(pieces)) = self.cell(name).map(|cell| &cell.content) else {
            self.flawed = true;
            return;
        };
        for (edges, texts) in pieces {
            self.edges(edges);
            self.append(|out| texts.append(row, out));
        }
    }

    #[inline(always)]
    fn null(&mut self, name: &str) {
        match self.cell(name).map(|cell| &cell.null) {
            Some(Some(null)) => self.append(|out| null.append(out)),
            _ => self.flawed = true,
        }
    }

    #[inline(always)]
    fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let Some(Content::List { item, tag }) = self.lead(name) else {
            self.flawed = true;
            return;
        };
        let outer = (self.template, self.next);
        let (first, mut count) = (self.out.len(), 0);
        if AVRO {
            self.out.byte(0);
        }
        for value in items {
            count += 1;
            (self.template, self.next) = (item, 0);
            let start = tag.as_ref().map(|tag| {
                self.append(|out| tag.append(out));
                self.out.byte(0);
                self.out.len() - 1
            });
            write(self, value);
            self.flawed |= self.next != item.cells.len();
            self.edges(&item.end);
            if let Some(start) = start {
                self.append(|out| set_length::<AVRO, 1>(out, start));
            }
        }
        (self.template, self.next) = outer;
        if AVRO && count > 0 {
            self.append(|out| set_count(out, first, count));
        }
    }

    fn map(&mut self, name: &str, members: impl IntoIterator<Item = (usize, i64)>, scale: u32) {
        let Some(Content::Map { tag, names, value }) = self.lead(name) else {
            self.flawed = true;
            return;
        };
        let (first, mut count) = (self.out.len(), 0);
        if AVRO {
            self.out.byte(0);
        }
        for (index, units) in members {
            count += 1;
            self.append(|out| tag.append(out));
            let start = self.out.len();
            if !AVRO {
                self.out.byte(0);
            }
            self.append(|out| names.append(index, out));
            self.number(*value, units, scale);
            if !AVRO {
                self.append(|out| set_length::<AVRO, 1>(out, start));
            }
        }
        if AVRO && count > 0 {
            self.append(|out| set_count(out, first, count));
        }
    }

    fn serialize(&mut self, value: &impl Serialize) {
        self.flawed |= self.whole || self.next > 0;
        self.whole = true;
        let mut bytes = Vec::new();
        let written = serde_json::to_value(value).is_ok_and(|value| {
            value::write::<AVRO>(&mut bytes, &self.template.description.fields, &value)
        });
        self.flawed |= !written;
        self.append(|out| out.extend(&bytes));
    }
}

/// Ends a list or a map of Avro that began at `first`: the number of its items before them, 0 after them.
#[inline(always)]
fn set_count(out: &mut Tail<'_>, first: usize, count: usize) {
    let (bytes, width) = length_bytes::<true>(count);
    if width == 1 {
        out.set(first, &[bytes[0]]);
    } else {
        out.replace(first, 1, &bytes[..width]);
    }
    out.byte(0);
}
