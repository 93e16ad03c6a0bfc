//! The `Writer` trait: how a stream says what a record holds, whatever it is written as.

use mercato_schema::InstantForm;
use serde::Serialize;

use crate::{Change, Out};

/// Takes the values of one record in the order of its [slots](crate::Layout::slots).
///
/// A stream writes its records against this trait, once; text lines and columns are implementations of it, and each is
/// compiled into the stream, so that nothing stands between a drawn number and its digits.
///
/// Each call names its slot. The name is for the reader and for tests: a stream that is not
/// [checked](crate::Encoding::encode) pays nothing for it, and in debug builds a wrong name panics.
pub trait Writer {
    /// Where the bytes of a text are appended.
    type Out: Out;

    /// Appends the record's key.
    fn key(&mut self, fill: impl FnOnce(&mut Vec<u8>));

    /// Writes text in which neither JSON nor CSV escapes or quotes anything, after its prefix.
    fn plain(&mut self, name: &str, fill: impl FnOnce(&mut Self::Out));

    /// Writes text that may have spaces and commas too, and nothing that JSON escapes.
    fn text(&mut self, name: &str, fill: impl FnOnce(&mut Self::Out));

    /// Writes text as [`Writer::text`] does, or null.
    fn optional_text<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        fill: impl FnOnce(T, &mut Self::Out),
    );

    /// Writes any text.
    fn string(&mut self, name: &str, value: &str);

    /// Writes a whole number.
    fn integer(&mut self, name: &str, value: u32);

    /// Writes a whole number of 64 bits.
    fn long(&mut self, name: &str, value: i64);

    /// Writes a number of `units` of the last of `scale` digits after the point; money is cents of scale 2.
    fn decimal(&mut self, name: &str, units: i64, scale: u32);

    /// Writes an instant given in microseconds since the Unix epoch.
    fn instant(&mut self, name: &str, micros: i64, form: InstantForm);

    /// Writes `true` or `false`.
    fn boolean(&mut self, name: &str, value: bool);

    /// Writes the fields of a table, which have the values of its row `row`.
    fn piece(&mut self, name: &str, row: usize);

    /// Writes that there is no value.
    fn null(&mut self, name: &str);

    /// Writes a list; `write` writes the slots of one item.
    fn list<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Self, T),
    );

    /// Writes a map of numbers: each the index of its name among [those declared](crate::Layout::names), and units of
    /// the last of `scale` digits after the point.
    fn map(&mut self, name: &str, members: impl IntoIterator<Item = (usize, i64)>, scale: u32);

    /// Writes a whole record at once: the comfortable way, five to ten times slower than slot by slot.
    ///
    /// A value that is not as the record's description says is a flaw of the record.
    fn serialize(&mut self, value: &impl Serialize);
}

/// A record that can be written by any writer; written again, it is the same.
pub trait WriteRecord {
    /// Writes the record's key and its slots.
    fn write<W: Writer>(&mut self, writer: &mut W);

    /// The change of its row that the record is; asked for only where changes are written.
    fn change(&self) -> Change {
        Change::default()
    }

    /// Writes the key and the slots of the row as it was before the change; not asked for where
    /// there was none.
    fn write_before<W: Writer>(&mut self, _writer: &mut W) {}
}
