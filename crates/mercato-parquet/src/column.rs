//! The values of one column of a row group, gathered until the group is full.

use std::borrow::Cow;
use std::ops::Range;

use crate::constants::{Constants, NULL};
use crate::dictionary::{self, Numbers, Texts};
use crate::physical::Physical;

/// Entries with which a dictionary no longer fits the caches and hardly saves anything: numbers are
/// short themselves.
const MOST_TEXTS: usize = 1 << 16;
const MOST_NUMBERS: usize = 1 << 14;

/// A column of a row group: values, and where they stand in their records.
#[derive(Debug)]
pub(crate) struct Column {
    nullable: bool,
    /// True if a record may have several values.
    pub(crate) repeated: bool,
    pub(crate) definitions: Vec<u8>,
    pub(crate) repetitions: Vec<u8>,
    pub(crate) values: Values,
    pub(crate) nulls: u64,
    /// End of each page but the last.
    pages: Vec<Mark>,
}

/// The levels of the items of some lists, or of the members of some maps.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    /// 0 for the first item of a list and for an empty list, 1 for other items.
    repetitions: Vec<u8>,
    /// 0 for an empty list, 1 for an item.
    definitions: Vec<u8>,
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
    /// Values of a table by their numbers in a dictionary.
    Constants { constants: Constants, numbers: Vec<u32> },
    /// Texts by their numbers in a dictionary.
    KnownTexts { texts: Texts, numbers: Vec<u32> },
    /// Texts as they are, each after its length; where each begins.
    Texts { plain: Vec<u8>, starts: Vec<u32> },
    /// Numbers of 64 bits by their numbers in a dictionary.
    KnownNumbers { known: Numbers, numbers: Vec<u32> },
    /// Numbers as they are.
    Numbers(Vec<u64>),
    /// Truth values.
    Booleans(Vec<bool>),
}

impl Levels {
    /// Replaces the levels by those of lists of these lengths.
    pub(crate) fn replace(&mut self, lengths: impl Iterator<Item = usize>) {
        self.repetitions.clear();
        self.definitions.clear();
        for length in lengths {
            let start = self.repetitions.len();
            let end = start + length.max(1);
            self.repetitions.resize(end, 1);
            self.repetitions[start] = 0;
            self.definitions.resize(end, u8::from(length > 0));
        }
    }
}

impl Column {
    /// An empty column of `physical` values, which are expected to repeat or not.
    pub(crate) fn new(physical: Physical, repeats: bool, nullable: bool, repeated: bool) -> Self {
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
        Self { nullable, repeated, definitions, repetitions, values, nulls: 0, pages }
    }

    /// Makes an empty column one of the values of a table.
    pub(crate) fn set_constants(&mut self, constants: Constants) {
        self.values = Values::Constants { constants, numbers: Vec::new() };
    }

    /// The level of a value that is there; 0 where all always are, so none is kept.
    pub(crate) fn definition(&self) -> u8 {
        u8::from(self.nullable) + u8::from(self.repeated)
    }

    /// Appends the levels of `count` places for values, at `levels` if they are items of lists.
    #[inline]
    pub(crate) fn place(
        &mut self,
        levels: Option<&Levels>,
        count: usize,
        is_there: impl Fn(usize) -> bool,
    ) {
        if let Some(levels) = levels {
            self.repetitions.extend_from_slice(&levels.repetitions);
        }
        let before = self.definitions.len();
        match (levels, self.nullable) {
            (None, false) => return,
            (None, true) => {
                self.definitions.extend((0..count).map(|item| u8::from(is_there(item))));
            }
            (Some(levels), false) => self.definitions.extend_from_slice(&levels.definitions),
            (Some(levels), true) => {
                let mut items = 0..count;
                self.definitions.extend(levels.definitions.iter().map(|definition| {
                    let item = if *definition == 0 { None } else { items.next() };
                    item.map_or(0, |item| 1 + u8::from(is_there(item)))
                }));
            }
        }
        let full = self.definition();
        let absent = self.definitions[before..].iter().filter(|definition| **definition < full);
        self.nulls += absent.count() as u64;
    }

    /// Appends texts; false if the column is none of texts.
    #[inline]
    pub(crate) fn texts<'a>(&mut self, new: impl Iterator<Item = &'a [u8]>) -> bool {
        for text in new {
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
                _ => return false,
            }
        }
        true
    }

    /// Appends numbers; false if the column is none of numbers.
    #[inline]
    pub(crate) fn numbers(&mut self, mut new: impl Iterator<Item = u64>) -> bool {
        if let Values::KnownNumbers { known, numbers } = &mut self.values {
            for number in &mut new {
                numbers.push(known.number(number));
                if known.values().len() > MOST_NUMBERS {
                    self.values.spell_out();
                    break;
                }
            }
        }
        match &mut self.values {
            Values::Numbers(numbers) => numbers.extend(new),
            Values::KnownNumbers { .. } => {}
            _ => return false,
        }
        true
    }

    /// Appends truth values; false if the column is none of them.
    pub(crate) fn booleans(&mut self, new: impl Iterator<Item = bool>) -> bool {
        match &mut self.values {
            Values::Booleans(values) => values.extend(new),
            _ => return false,
        }
        true
    }

    /// Appends what a table has in `rows`; false if it has no such rows or the column no table.
    #[inline]
    pub(crate) fn rows(&mut self, levels: Option<&Levels>, rows: &[u32]) -> bool {
        let Self { values: Values::Constants { constants, numbers }, nullable, .. } = self else {
            return false;
        };
        if rows.iter().max().is_some_and(|row| *row as usize >= constants.rows()) {
            return false;
        }
        if !*nullable {
            numbers.extend(rows.iter().map(|row| constants.number(*row)));
            self.place(levels, rows.len(), |_| true);
            return true;
        }
        let new: Vec<u32> = rows.iter().map(|row| constants.number(*row)).collect();
        numbers.extend(new.iter().filter(|number| **number != NULL));
        self.place(levels, rows.len(), |item| new[item] != NULL);
        true
    }

    /// Bytes of memory that the values take.
    pub(crate) fn bytes(&self) -> usize {
        let values = match &self.values {
            Values::Constants { numbers, .. } | Values::KnownNumbers { numbers, .. } => {
                numbers.len() * 4
            }
            Values::KnownTexts { texts, numbers } => texts.plain().len() + numbers.len() * 4,
            Values::Texts { plain, starts } => plain.len() + starts.len() * 4,
            Values::Numbers(numbers) => numbers.len() * 8,
            Values::Booleans(values) => values.len(),
        };
        values + self.definitions.len() + self.repetitions.len()
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
        if self.definition() == 0 { self.values.len() } else { self.definitions.len() }
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
            Values::Constants { constants, numbers } => {
                constants.clear();
                numbers.clear();
            }
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
            Self::Constants { numbers, .. }
            | Self::KnownTexts { numbers, .. }
            | Self::KnownNumbers { numbers, .. } => numbers.len(),
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
            Self::Constants { constants, .. } => bounds(constants.seen_texts()),
            Self::KnownTexts { texts, .. } => bounds(texts.iter()),
            Self::Texts { plain, starts } => {
                bounds(starts.iter().map(|start| dictionary::at(plain, *start)))
            }
            _ => None,
        }
    }

    /// The numbers that occur, each at least once.
    pub(crate) fn distinct_numbers(&self) -> Cow<'_, [u64]> {
        match self {
            Self::Constants { constants, .. } => constants.seen_numbers().collect(),
            Self::KnownNumbers { known, .. } => known.values().into(),
            Self::Numbers(numbers) => numbers.into(),
            _ => Cow::default(),
        }
    }
}

fn bounds<T: Copy + Ord>(mut values: impl Iterator<Item = T>) -> Option<(T, T)> {
    let first = values.next()?;
    Some(values.fold((first, first), |(low, high), value| (low.min(value), high.max(value))))
}
