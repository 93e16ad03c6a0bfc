//! Objects that come again byte for byte: read once, then looked up as a whole.
//!
//! Where a buyer lives, what device is used, what was bought at which price: the same text stands
//! in many records.
//! All values of such an object are in dictionaries, and one look-up finds their numbers there in
//! place of reading each value and looking it up.
//! The columns hold the same with and without it.

use std::ops::Range;

use crate::column::Column;
use crate::dictionary::Texts;

/// Different objects of a row group with which hardly one comes again soon enough, and their texts
/// leave the caches.
const MOST_OBJECTS: usize = 1 << 15;

/// The objects of one field that came in a row group.
#[derive(Debug)]
pub(crate) struct Objects {
    columns: Range<usize>,
    texts: Texts,
    /// For each text, what its columns take to repeat it.
    values: Vec<u32>,
    given_up: bool,
}

impl Objects {
    /// None yet of those whose values are in `columns`.
    pub(crate) fn new(columns: Range<usize>) -> Self {
        Self { columns, texts: Texts::new(), values: Vec::new(), given_up: false }
    }

    /// Repeats the values of the object that `rest` begins with if it is known, and says how many
    /// bytes it takes.
    #[inline]
    pub(crate) fn again(
        &mut self,
        rest: &[u8],
        repetition: u8,
        columns: &mut [Column],
    ) -> Option<usize> {
        if self.given_up {
            return None;
        }
        let columns = &mut columns[self.columns.clone()];
        if !columns.iter().all(Column::has_dictionary) {
            self.give_up();
            return None;
        }
        // A text in the object may have a brace, too; then this is only a part of it, and no part
        // was ever learnt.
        let taken = memchr::memchr(b'}', rest)? + 1;
        let first = self.texts.known(&rest[..taken])? as usize * columns.len();
        for (column, value) in columns.iter_mut().zip(&self.values[first..]) {
            column.again(repetition, *value);
        }
        Some(taken)
    }

    /// Learns the object that was just read into the columns: `text` is all of it.
    pub(crate) fn learn(&mut self, text: &[u8], columns: &[Column]) {
        if self.given_up {
            return;
        }
        let known = self.texts.len();
        if (self.texts.number(text) as usize) < known {
            return;
        }
        for column in &columns[self.columns.clone()] {
            match column.last() {
                Some(value) => self.values.push(value),
                None => return self.give_up(),
            }
        }
        if self.texts.len() > MOST_OBJECTS {
            self.give_up();
        }
    }

    /// For good: the next row group will be no better.
    #[cold]
    fn give_up(&mut self) {
        *self = Self { given_up: true, ..Self::new(self.columns.clone()) };
    }

    /// Forgets all objects: the next row group has other dictionaries.
    pub(crate) fn clear(&mut self) {
        if !self.given_up {
            self.texts.clear();
            self.values.clear();
        }
    }
}
