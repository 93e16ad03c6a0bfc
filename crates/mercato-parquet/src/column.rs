//! The values of one column of a row group, gathered until the group is full.

use std::ops::Range;

use crate::dictionary::{self, Numbers, Texts};
use crate::schema::Physical;

/// Entries with which a dictionary no longer fits the caches and hardly saves anything: numbers are
/// short themselves.
const MOST_TEXTS: usize = 1 << 16;
const MOST_NUMBERS: usize = 1 << 14;

/// In place of a number in a dictionary: no value.
const NULL: u32 = u32::MAX;

/// A column of a row group: values, and where they stand in their records.
#[derive(Debug)]
pub(crate) struct Column {
    /// The level of a value that is there; 0 where all always are, so none is kept.
    pub(crate) definition: u8,
    /// Whether a record may have several values.
    pub(crate) repeated: bool,
    pub(crate) definitions: Vec<u8>,
    pub(crate) repetitions: Vec<u8>,
    pub(crate) values: Values,
    pub(crate) nulls: u64,
    /// Where each page but the last ends.
    pages: Vec<Mark>,
}

/// A place in a column.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    levels: usize,
    values: usize,
}

/// A page of a column: which levels and which values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) levels: Range<usize>,
    pub(crate) values: Range<usize>,
}

/// Values of one type.
#[derive(Debug)]
pub(crate) enum Values {
    /// Texts by their numbers in a dictionary.
    KnownTexts { texts: Texts, numbers: Vec<u32> },
    /// Texts as they are, each behind its length; where each begins.
    Texts { plain: Vec<u8>, starts: Vec<u32> },
    /// Numbers of 64 bits by their numbers in a dictionary.
    KnownNumbers { known: Numbers, numbers: Vec<u32> },
    /// Numbers as they are.
    Numbers(Vec<u64>),
    /// Truth values.
    Booleans(Vec<bool>),
}

impl Column {
    /// An empty column of `physical` values, which are expected to repeat or not.
    pub(crate) fn new(physical: Physical, repeats: bool, definition: u8, repeated: bool) -> Self {
        let values = match (physical, repeats) {
            (Physical::Boolean, _) => Values::Booleans(Vec::new()),
            (Physical::Text, true) => {
                Values::KnownTexts { texts: Texts::new(), numbers: Vec::new() }
            }
            (Physical::Text, false) => Values::Texts { plain: Vec::new(), starts: Vec::new() },
            (_, true) => Values::KnownNumbers { known: Numbers::new(), numbers: Vec::new() },
            (_, false) => Values::Numbers(Vec::new()),
        };
        let (definitions, repetitions, pages) = (Vec::new(), Vec::new(), Vec::new());
        Self { definition, repeated, definitions, repetitions, values, nulls: 0, pages }
    }

    /// Notes a value that is there: the first of its record with `repetition` 0.
    #[inline]
    fn present(&mut self, repetition: u8) {
        if self.definition > 0 {
            self.definitions.push(self.definition);
        }
        if self.repeated {
            self.repetitions.push(repetition);
        }
    }

    /// Notes that there is no value: of a list that is empty with `definition` 0.
    pub(crate) fn absent(&mut self, repetition: u8, definition: u8) {
        self.definitions.push(definition);
        if self.repeated {
            self.repetitions.push(repetition);
        }
        self.nulls += 1;
    }

    #[inline]
    pub(crate) fn text(&mut self, repetition: u8, text: &[u8]) {
        self.present(repetition);
        match &mut self.values {
            Values::KnownTexts { texts, numbers } => {
                numbers.push(texts.number(text));
                if texts.len() > MOST_TEXTS {
                    self.values.spell_out();
                }
            }
            Values::Texts { plain, starts } => {
                starts.push(plain.len() as u32);
                plain.extend_from_slice(&(text.len() as u32).to_le_bytes());
                plain.extend_from_slice(text);
            }
            _ => debug_assert!(false, "a text in a column of others"),
        }
    }

    #[inline]
    pub(crate) fn number(&mut self, repetition: u8, number: u64) {
        self.present(repetition);
        match &mut self.values {
            Values::KnownNumbers { known, numbers } => {
                numbers.push(known.number(number));
                if known.values().len() > MOST_NUMBERS {
                    self.values.spell_out();
                }
            }
            Values::Numbers(numbers) => numbers.push(number),
            _ => debug_assert!(false, "a number in a column of others"),
        }
    }

    #[inline]
    pub(crate) fn boolean(&mut self, repetition: u8, value: bool) {
        self.present(repetition);
        match &mut self.values {
            Values::Booleans(values) => values.push(value),
            _ => debug_assert!(false, "a truth value in a column of others"),
        }
    }

    /// What [`Column::again`] takes to repeat the value that came last; nothing where there is no
    /// dictionary.
    pub(crate) fn last(&self) -> Option<u32> {
        let number = self.numbers()?.last();
        let is_null = self.definition > 0 && self.definitions.last() != Some(&self.definition);
        if is_null { Some(NULL) } else { number.copied() }
    }

    /// Repeats a value of this row group, or that there is none.
    #[inline]
    pub(crate) fn again(&mut self, repetition: u8, last: u32) {
        if last == NULL {
            return self.absent(repetition, self.definition - 1);
        }
        self.present(repetition);
        match &mut self.values {
            Values::KnownTexts { numbers, .. } | Values::KnownNumbers { numbers, .. } => {
                numbers.push(last)
            }
            _ => debug_assert!(false, "a number of a dictionary in a column without one"),
        }
    }

    #[inline]
    pub(crate) fn has_dictionary(&self) -> bool {
        self.numbers().is_some()
    }

    #[inline]
    fn numbers(&self) -> Option<&[u32]> {
        match &self.values {
            Values::KnownTexts { numbers, .. } | Values::KnownNumbers { numbers, .. } => {
                Some(numbers)
            }
            _ => None,
        }
    }

    /// Ends a page here, between two records.
    pub(crate) fn end_page(&mut self) {
        self.pages.push(self.here());
    }

    /// The pages so far, the one that has not ended included.
    pub(crate) fn pages(&self) -> impl Iterator<Item = Page> {
        let ends = self.pages.iter().copied().chain([self.here()]);
        let mut begin = Mark::default();
        ends.filter_map(move |end| {
            let page = Page { levels: begin.levels..end.levels, values: begin.values..end.values };
            begin = end;
            (!page.levels.is_empty()).then_some(page)
        })
    }

    /// Values and places without one.
    pub(crate) fn levels(&self) -> usize {
        if self.definition == 0 { self.values.len() } else { self.definitions.len() }
    }

    fn here(&self) -> Mark {
        Mark { levels: self.levels(), values: self.values.len() }
    }

    /// Gives up a dictionary that holds hardly less than the values themselves.
    pub(crate) fn settle(&mut self) {
        let entries = match &self.values {
            Values::KnownTexts { texts, .. } => texts.len(),
            Values::KnownNumbers { known, .. } => known.values().len(),
            _ => return,
        };
        if entries * 4 > self.values.len() * 3 && entries > 1 {
            self.values.spell_out();
        }
    }

    /// Empties the column and keeps its memory; what needed no dictionary is not tried with one
    /// again.
    pub(crate) fn clear(&mut self) {
        self.definitions.clear();
        self.repetitions.clear();
        self.pages.clear();
        self.nulls = 0;
        match &mut self.values {
            Values::KnownTexts { texts, numbers } => {
                texts.clear();
                numbers.clear();
            }
            Values::Texts { plain, starts } => {
                plain.clear();
                starts.clear();
            }
            Values::KnownNumbers { known, numbers } => {
                known.clear();
                numbers.clear();
            }
            Values::Numbers(numbers) => numbers.clear(),
            Values::Booleans(values) => values.clear(),
        }
    }
}

impl Values {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::KnownTexts { numbers, .. } | Self::KnownNumbers { numbers, .. } => numbers.len(),
            Self::Texts { starts, .. } => starts.len(),
            Self::Numbers(numbers) => numbers.len(),
            Self::Booleans(values) => values.len(),
        }
    }

    /// The bytes of the texts `range` as they are.
    pub(crate) fn texts_of<'a>(plain: &'a [u8], starts: &[u32], range: &Range<usize>) -> &'a [u8] {
        let place = |index: usize| starts.get(index).map_or(plain.len(), |start| *start as usize);
        &plain[place(range.start)..place(range.end)]
    }

    /// Replaces numbers in a dictionary by what they stand for.
    fn spell_out(&mut self) {
        match self {
            Self::KnownTexts { texts, numbers } => {
                let (mut plain, mut starts) = (Vec::new(), Vec::with_capacity(numbers.capacity()));
                for number in numbers.iter() {
                    let text = texts.get(*number);
                    starts.push(plain.len() as u32);
                    plain.extend_from_slice(&(text.len() as u32).to_le_bytes());
                    plain.extend_from_slice(text);
                }
                *self = Self::Texts { plain, starts };
            }
            Self::KnownNumbers { known, numbers } => {
                let values = known.values();
                *self =
                    Self::Numbers(numbers.iter().map(|number| values[*number as usize]).collect());
            }
            _ => {}
        }
    }

    /// The smallest and the largest text.
    pub(crate) fn text_bounds(&self) -> Option<(&[u8], &[u8])> {
        match self {
            Self::KnownTexts { texts, .. } => bounds(texts.iter()),
            Self::Texts { plain, starts } => {
                bounds(starts.iter().map(|start| dictionary::at(plain, *start)))
            }
            _ => None,
        }
    }

    /// The numbers that occur, each at least once.
    pub(crate) fn distinct_numbers(&self) -> &[u64] {
        match self {
            Self::KnownNumbers { known, .. } => known.values(),
            Self::Numbers(numbers) => numbers,
            _ => &[],
        }
    }
}

fn bounds<T: Copy + Ord>(mut values: impl Iterator<Item = T>) -> Option<(T, T)> {
    let first = values.next()?;
    Some(values.fold((first, first), |(low, high), value| (low.min(value), high.max(value))))
}
