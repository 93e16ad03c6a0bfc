//! Dictionaries of values that are known before the first record.
//!
//! A record brings the row of a table in place of a value, so finding the value's number in the
//! dictionary of a row group is one look-up by index: nothing is hashed or compared.
//! A dictionary holds only what occurs, in the order in which it first occurs, as the dictionaries
//! of other values do; so it does not depend on how large a table is.

use crate::dictionary::{Numbers, Texts};

/// In place of a number: no value.
pub(crate) const NULL: u32 = u32::MAX;
/// In place of a number: a value that has not occurred in the row group yet.
const UNSEEN: u32 = u32::MAX - 1;

/// Distinct values of a table's field.
#[derive(Debug)]
pub(crate) enum Known {
    Texts(Texts),
    Numbers(Numbers),
}

/// The values of a table's field, and those of them that occur in a row group.
#[derive(Debug)]
pub(crate) struct Constants {
    known: Known,
    /// By row, the index of its distinct value, or [`NULL`].
    rows: Vec<u32>,
    /// By row, the number of its value in the dictionary, [`UNSEEN`] or [`NULL`].
    numbers: Vec<u32>,
    /// By distinct value, its number in the dictionary or [`UNSEEN`].
    by_value: Vec<u32>,
    /// The distinct values in the order of their numbers.
    order: Vec<u32>,
}

impl Constants {
    /// Texts, or nulls, by row.
    pub(crate) fn texts<'a>(rows: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut texts = Texts::new();
        let rows = rows.map(|text| text.map_or(NULL, |text| texts.number(text.as_bytes())));
        let rows = rows.collect();
        Self::new(Known::Texts(texts), rows)
    }

    /// Numbers, whatever their 64 bits mean, or nulls, by row.
    pub(crate) fn numbers(rows: impl Iterator<Item = Option<u64>>) -> Self {
        let mut numbers = Numbers::new();
        let rows = rows.map(|bits| bits.map_or(NULL, |bits| numbers.number(bits))).collect();
        Self::new(Known::Numbers(numbers), rows)
    }

    fn new(known: Known, rows: Vec<u32>) -> Self {
        let distinct = match &known {
            Known::Texts(texts) => texts.len(),
            Known::Numbers(numbers) => numbers.values().len(),
        };
        let (numbers, by_value) = (Vec::new(), vec![UNSEEN; distinct]);
        let mut constants = Self { known, rows, numbers, by_value, order: Vec::new() };
        constants.clear();
        constants
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The number of a row's value in the dictionary, which may be new there; [`NULL`] if there is
    /// no value.
    #[inline]
    pub(crate) fn number(&mut self, row: u32) -> u32 {
        match self.numbers[row as usize] {
            UNSEEN => self.see(row as usize),
            number => number,
        }
    }

    #[cold]
    fn see(&mut self, row: usize) -> u32 {
        let value = self.rows[row];
        let number = &mut self.by_value[value as usize];
        if *number == UNSEEN {
            *number = self.order.len() as u32;
            self.order.push(value);
        }
        self.numbers[row] = *number;
        *number
    }

    /// The number of distinct values that occur.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// The texts that occur, by number.
    pub(crate) fn seen_texts(&self) -> impl Iterator<Item = &[u8]> {
        let texts = match &self.known {
            Known::Texts(texts) => Some(texts),
            Known::Numbers(_) => None,
        };
        texts.into_iter().flat_map(|texts| self.order.iter().map(|value| texts.get(*value)))
    }

    /// The numbers that occur, by their numbers in the dictionary.
    pub(crate) fn seen_numbers(&self) -> impl Iterator<Item = u64> + Clone {
        let values = match &self.known {
            Known::Texts(_) => &[],
            Known::Numbers(numbers) => numbers.values(),
        };
        self.order.iter().filter_map(|value| values.get(*value as usize).copied())
    }

    /// Forgets what has occurred.
    pub(crate) fn clear(&mut self) {
        let Self { rows, numbers, by_value, order, .. } = self;
        numbers.clear();
        numbers.extend(rows.iter().map(|value| if *value == NULL { NULL } else { UNSEEN }));
        by_value.fill(UNSEEN);
        order.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_as_they_first_occur_whatever_the_table_holds() {
        let rows = [Some("DE"), Some("US"), None, Some("US"), Some("FR")];
        let mut constants = Constants::texts(rows.into_iter());
        for _ in 0..2 {
            let numbers: Vec<u32> = [3, 4, 1, 2, 3].map(|row| constants.number(row)).into();
            assert_eq!(numbers, [0, 1, 0, NULL, 0]);
            let seen: Vec<&[u8]> = constants.seen_texts().collect();
            assert_eq!(seen, [b"US", b"FR"]);
            assert_eq!(constants.len(), 2);
            constants.clear();
        }
        let mut constants = Constants::numbers([7, 5, 7].into_iter().map(Some));
        assert_eq!([2, 1, 0].map(|row| constants.number(row)), [0, 1, 0]);
        assert_eq!(constants.seen_numbers().collect::<Vec<_>>(), [7, 5]);
    }
}
