//! Records as lines of JSON or CSV: copying what was rendered once, and appending digits in between.

#![expect(
    clippy::inline_always,
    reason = "a record is put together in registers only where no part of it is handed on by address"
)]

use mercato_schema::InstantForm;
use serde::Serialize;

use crate::out::Tail;
use crate::shape::form_of;
use crate::template::{Cell, Content, Template, double_quotes};
use crate::{Encoded, Out, Writer, csv, digits, json, numbers};

/// Writes one record as a line, `JSON` or else CSV.
///
/// With `CHECKED` each slot's name is compared with the layout's; a stream that is known to be right does without.
#[derive(Debug)]
pub(crate) struct LineWriter<'a, const JSON: bool, const CHECKED: bool> {
    out: Tail<'a>,
    template: &'a Template,
    next: usize,
    /// Inside the quotes of a CSV field, where JSON stands with each of its quotes doubled.
    nested: bool,
    keys: &'a mut Vec<u8>,
    /// Written as a whole, so that no slot is missing.
    whole: bool,
    flawed: bool,
}

impl<'a, const JSON: bool, const CHECKED: bool> LineWriter<'a, JSON, CHECKED> {
    pub(crate) fn new(template: &'a Template, room: &'a mut [u8], keys: &'a mut Vec<u8>) -> Self {
        let (out, next, nested) = (Tail::new(room), 0, false);
        Self { out, template, next, nested, keys, whole: false, flawed: false }
    }

    /// Ends the line; returns its length with the line feed, and whether every slot was written as it is described.
    #[inline(always)]
    pub(crate) fn finish(mut self) -> (usize, Encoded) {
        if !self.whole {
            let end = &self.template.end;
            self.append(|out| end.append(out));
        }
        self.out.byte(b'\n');
        let complete = self.whole || self.next == self.template.cells.len();
        let complete = complete && !self.flawed;
        (self.out.len(), Encoded { complete, whole: self.whole, absent: false })
    }

    /// The next slot, if it has this name.
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
        cell
    }

    /// Appends what stands before the next value.
    #[inline(always)]
    fn lead(&mut self, name: &str) {
        if let Some(cell) = self.cell(name) {
            self.append(|out| cell.lead.append(out));
        }
    }

    fn is_json(&self) -> bool {
        JSON || self.nested
    }

    /// Appends a quote of JSON.
    #[inline(always)]
    fn quote(&mut self) {
        if JSON {
            self.out.byte(b'"');
        } else if self.nested {
            self.out.array(b"\"\"");
        }
    }

    /// Appends with a tail of its own for the time of the call: whatever is not inlined takes the address of that one,
    /// and the length of the line stays in a register.
    #[inline(always)]
    fn append(&mut self, fill: impl FnOnce(&mut Tail<'a>)) {
        let mut out = std::mem::take(&mut self.out);
        fill(&mut out);
        self.out = out;
    }

    /// Appends text, in quotes if CSV wants them.
    #[inline(always)]
    fn append_text(&mut self, fill: impl FnOnce(&mut Tail<'a>)) {
        let start = self.out.len();
        self.append(fill);
        if !JSON && !self.nested {
            self.append(|out| requote(out, start));
        }
    }
}

impl<'a, const JSON: bool, const CHECKED: bool> Writer for LineWriter<'a, JSON, CHECKED> {
    type Out = Tail<'a>;

    #[inline(always)]
    fn key(&mut self, fill: impl FnOnce(&mut Vec<u8>)) {
        fill(self.keys);
    }

    #[inline(always)]
    fn plain(&mut self, name: &str, fill: impl FnOnce(&mut Tail<'a>)) {
        self.lead(name);
        self.append(fill);
    }

    #[inline(always)]
    fn text(&mut self, name: &str, fill: impl FnOnce(&mut Tail<'a>)) {
        self.lead(name);
        self.append_text(fill);
    }

    #[inline(always)]
    fn optional_text<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        fill: impl FnOnce(T, &mut Tail<'a>),
    ) {
        let Some(cell) = self.cell(name) else { return };
        self.append(|out| cell.lead.append(out));
        let Content::OptionalText { prefix } = &cell.content else {
            self.flawed = true;
            return;
        };
        let Some(value) = value else {
            if self.is_json() {
                self.out.array(b"null");
            }
            return;
        };
        self.quote();
        self.append_text(|out| {
            out.extend(prefix);
            fill(value, out);
        });
        self.quote();
    }

    fn string(&mut self, name: &str, value: &str) {
        self.lead(name);
        let nested = self.nested;
        self.append(|out| {
            if JSON {
                json::escaped(out, value);
            } else if nested {
                let mut text = Vec::new();
                json::escaped(&mut text, value);
                out.extend(&double_quotes(&text));
            } else {
                csv::field(out, value);
            }
        });
    }

    #[inline(always)]
    fn integer(&mut self, name: &str, value: u32) {
        self.lead(name);
        self.append(|out| numbers::unsigned(out, value));
    }

    #[inline(always)]
    fn long(&mut self, name: &str, value: i64) {
        self.lead(name);
        self.append(|out| numbers::signed(out, value));
    }

    #[inline(always)]
    fn decimal(&mut self, name: &str, units: i64, scale: u32) {
        self.lead(name);
        self.append(|out| numbers::scaled(out, units, scale));
    }

    #[inline(always)]
    fn instant(&mut self, name: &str, micros: i64, form: InstantForm) {
        self.lead(name);
        match form_of(form, self.template.instants) {
            InstantForm::Millis => self.append(|out| digits::millis(out, micros)),
            InstantForm::Micros => self.append(|out| digits::micros(out, micros)),
            InstantForm::EpochMillis => {
                self.append(|out| digits::signed(out, micros.div_euclid(1_000)));
            }
            InstantForm::EpochMicros => self.append(|out| digits::signed(out, micros)),
        }
    }

    #[inline(always)]
    fn boolean(&mut self, name: &str, value: bool) {
        self.lead(name);
        let text: (&[u8; 5], usize) = if value { (b"true ", 4) } else { (b"false", 5) };
        self.out.put(text.0, text.1);
    }

    #[inline(always)]
    fn piece(&mut self, name: &str, row: usize) {
        match self.cell(name).map(|cell| &cell.content) {
            Some(Content::Table(texts)) => self.append(|out| texts.append(row, out)),
            _ => self.flawed = true,
        }
    }

    #[inline(always)]
    fn null(&mut self, name: &str) {
        self.lead(name);
        if self.is_json() {
            self.out.array(b"null");
        }
    }

    #[inline(always)]
    fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let Some(cell) = self.cell(name) else { return };
        let Content::List(item) = &cell.content else {
            self.flawed = true;
            return;
        };
        self.append(|out| cell.lead.append(out));
        let outer = (self.template, self.next, self.nested);
        let (opened, mut empty) = (self.out.len(), true);
        if !JSON && !outer.2 {
            self.out.array(b"\"[");
        }
        self.nested = true;
        for value in items {
            if !std::mem::take(&mut empty) {
                self.out.byte(b',');
            }
            (self.template, self.next) = (item, 0);
            write(self, value);
            self.flawed |= self.next != item.cells.len();
            self.append(|out| item.end.append(out));
        }
        (self.template, self.next, self.nested) = outer;
        if !JSON && !outer.2 {
            self.close(opened, empty, *b"[]");
        }
    }

    fn map(&mut self, name: &str, members: impl IntoIterator<Item = (usize, i64)>, scale: u32) {
        let Some(cell) = self.cell(name) else { return };
        let Content::Map(names) = &cell.content else {
            self.flawed = true;
            return;
        };
        self.append(|out| cell.lead.append(out));
        let (opened, mut empty) = (self.out.len(), true);
        if !JSON && !self.nested {
            self.out.array(b"\"{");
        }
        for (index, units) in members {
            if !std::mem::take(&mut empty) {
                self.out.byte(b',');
            }
            self.append(|out| {
                names.append(index, out);
                numbers::scaled(out, units, scale);
            });
        }
        if !JSON && !self.nested {
            self.close(opened, empty, *b"{}");
        }
    }

    fn serialize(&mut self, value: &impl Serialize) {
        self.flawed |= self.whole || self.next > 0;
        self.whole = true;
        let mut text = Vec::new();
        let written = if JSON {
            serde_json::to_writer(&mut text, value)
        } else {
            serde_json::to_value(value).map(|value| csv::flatten(&mut text, &value))
        };
        self.flawed |= written.is_err();
        self.append(|out| out.extend(&text));
    }
}

/// Puts what was appended from `start` on in quotes if CSV wants it.
fn requote(out: &mut Tail<'_>, start: usize) {
    let Some(text) = out.since(start) else { return };
    if text.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        let text = String::from_utf8_lossy(text).into_owned();
        out.cut(start);
        csv::field(out, &text);
    }
}

impl<const JSON: bool, const CHECKED: bool> LineWriter<'_, JSON, CHECKED> {
    /// Ends a list or a map in a field of CSV, which needs quotes only where it has some inside.
    fn close(&mut self, opened: usize, empty: bool, brackets: [u8; 2]) {
        if empty {
            self.out.cut(opened);
            self.out.array(&brackets);
        } else {
            self.out.array(&[brackets[1], b'"']);
        }
    }
}
