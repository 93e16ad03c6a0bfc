//! A column of a row group as it lies in a file: a dictionary page where there is a dictionary,
//! then data pages.

use std::io;

use crate::codec::Codec;
use crate::column::{Column, Page, Values};
use crate::hybrid;
use crate::physical::Physical;
use crate::schema::Leaf;
use crate::thrift::Structure;

/// Kinds of pages and of encodings, by the format's numbers.
const DATA_PAGE: i32 = 0;
const DICTIONARY_PAGE: i32 = 2;
const PLAIN: i32 = 0;
const RLE: i32 = 3;
const RLE_DICTIONARY: i32 = 8;

/// Texts longer than this are no bounds worth keeping.
const LONGEST_BOUND: usize = 64;

/// The footer's entry of a column of a row group.
#[derive(Debug)]
pub(crate) struct Chunk {
    start: u64,
    has_dictionary: bool,
    data_start: u64,
    values: u64,
    plain_bytes: u64,
    pub(crate) bytes: u64,
    nulls: u64,
    bounds: Option<(Vec<u8>, Vec<u8>)>,
}

/// Writes `column` to `out`, which stands at `start` of the file, and empties it.
pub(crate) fn write(
    column: &mut Column,
    physical: Physical,
    codec: &mut Codec,
    start: u64,
    out: &mut Vec<u8>,
    page: &mut Vec<u8>,
) -> io::Result<Chunk> {
    column.settle();
    let mut plain_bytes = 0;
    page.clear();
    let entries = append_entries(&column.values, physical, page);
    if let Some(entries) = entries {
        plain_bytes += append_page(codec, page, out, |header| {
            header.i32(1, DICTIONARY_PAGE);
            (7, entries, PLAIN)
        })?;
    }
    let data_start = start + out.len() as u64;
    for part in column.pages() {
        page.clear();
        append_levels(column, &part, page);
        append_values(&column.values, &part, physical, entries, page);
        let encoding = if entries.is_some() { RLE_DICTIONARY } else { PLAIN };
        plain_bytes += append_page(codec, page, out, |header| {
            header.i32(1, DATA_PAGE);
            (5, part.levels.len(), encoding)
        })?;
    }
    let chunk = Chunk {
        start,
        has_dictionary: entries.is_some(),
        data_start,
        values: column.levels() as u64,
        plain_bytes,
        bytes: out.len() as u64,
        nulls: column.nulls,
        bounds: bounds(&column.values, physical),
    };
    column.clear();
    Ok(chunk)
}

/// Appends the entries of the dictionary; returns their number, or none if there is no dictionary.
fn append_entries(values: &Values, physical: Physical, page: &mut Vec<u8>) -> Option<usize> {
    match values {
        // The format has no dictionaries of truth values.
        Values::Constants { .. } if physical == Physical::Boolean => None,
        Values::Constants { constants, .. } => {
            for text in constants.seen_texts() {
                page.extend_from_slice(&(text.len() as u32).to_le_bytes());
                page.extend_from_slice(text);
            }
            append_numbers(constants.seen_numbers(), physical, page);
            Some(constants.len())
        }
        Values::KnownTexts { texts, .. } => {
            page.extend_from_slice(texts.plain());
            Some(texts.len())
        }
        Values::KnownNumbers { known, .. } => {
            append_numbers(known.values().iter().copied(), physical, page);
            Some(known.values().len())
        }
        _ => None,
    }
}

/// Compresses `page` and appends it after its header; says how many bytes that would be without
/// compression.
fn append_page(
    codec: &mut Codec,
    page: &[u8],
    out: &mut Vec<u8>,
    kind: impl FnOnce(&mut Structure<'_>) -> (i16, usize, i32),
) -> io::Result<u64> {
    let packed = codec.pack(page)?;
    let before = out.len();
    Structure::append(out, |header| {
        let (field, values, encoding) = kind(header);
        header.i32(2, page.len() as i32);
        header.i32(3, packed.len() as i32);
        header.structure(field, |of_kind| {
            of_kind.i32(1, values as i32);
            of_kind.i32(2, encoding);
            if field == 5 {
                of_kind.i32(3, RLE);
                of_kind.i32(4, RLE);
            }
        });
    });
    let header = out.len() - before;
    out.extend_from_slice(packed);
    Ok((header + page.len()) as u64)
}

/// Repetition levels, then definition levels, each after the number of its bytes; what is always 0
/// is left out.
fn append_levels(column: &Column, part: &Page, page: &mut Vec<u8>) {
    let mut append = |levels: &[u8], width| {
        let start = page.len();
        page.extend_from_slice(&[0; 4]);
        hybrid::append(levels, width, page);
        let length = (page.len() - start - 4) as u32;
        page[start..start + 4].copy_from_slice(&length.to_le_bytes());
    };
    if column.repeated {
        append(&column.repetitions[part.levels.clone()], 1);
    }
    if column.definition() > 0 {
        append(
            &column.definitions[part.levels.clone()],
            hybrid::width(usize::from(column.definition()) + 1),
        );
    }
}

fn append_values(
    values: &Values,
    part: &Page,
    physical: Physical,
    entries: Option<usize>,
    page: &mut Vec<u8>,
) {
    let range = part.values.clone();
    match values {
        Values::Constants { constants, numbers } if physical == Physical::Boolean => {
            let known: Vec<bool> = constants.seen_numbers().map(|bits| bits != 0).collect();
            append_bits(numbers[range].iter().map(|number| known[*number as usize]), page);
        }
        Values::Constants { numbers, .. }
        | Values::KnownTexts { numbers, .. }
        | Values::KnownNumbers { numbers, .. } => {
            let width = hybrid::width(entries.unwrap_or(0));
            page.push(width as u8);
            hybrid::append(&numbers[range], width, page);
        }
        Values::Texts { plain, starts } => {
            page.extend_from_slice(Values::texts_of(plain, starts, &range));
        }
        Values::Numbers(numbers) => append_numbers(numbers[range].iter().copied(), physical, page),
        Values::Booleans(values) => append_bits(values[range].iter().copied(), page),
    }
}

/// Appends truth values, the first in the lowest bit.
fn append_bits(values: impl Iterator<Item = bool>, page: &mut Vec<u8>) {
    let start = page.len();
    for (place, value) in values.enumerate() {
        if place.is_multiple_of(8) {
            page.push(0);
        }
        page[start + place / 8] |= u8::from(value) << (place % 8);
    }
}

fn append_numbers(numbers: impl Iterator<Item = u64>, physical: Physical, page: &mut Vec<u8>) {
    if physical == Physical::Int32 {
        numbers.for_each(|number| page.extend_from_slice(&(number as u32).to_le_bytes()));
    } else {
        numbers.for_each(|number| page.extend_from_slice(&number.to_le_bytes()));
    }
}

/// The smallest and the largest value, as plain bytes.
fn bounds(values: &Values, physical: Physical) -> Option<(Vec<u8>, Vec<u8>)> {
    let number = |low: u64, high: u64| {
        let bytes = |value: u64| {
            let mut bytes = Vec::new();
            append_numbers([value].into_iter(), physical, &mut bytes);
            bytes
        };
        (bytes(low), bytes(high))
    };
    match (physical, values) {
        (Physical::Text, _) => {
            let (low, high) = values.text_bounds()?;
            (low.len().max(high.len()) <= LONGEST_BOUND).then(|| (low.to_vec(), high.to_vec()))
        }
        (Physical::Boolean, _) => {
            let truths = match values {
                Values::Booleans(values) => [values.contains(&false), values.contains(&true)],
                _ => [0, 1].map(|bits| values.distinct_numbers().contains(&bits)),
            };
            let [low, high] = [!truths[0], truths[1]].map(|value| vec![u8::from(value)]);
            (truths != [false; 2]).then_some((low, high))
        }
        (Physical::Double, _) => {
            let distinct = values.distinct_numbers();
            let numbers = distinct.iter().map(|bits| f64::from_bits(*bits));
            let (low, high) = numbers.fold(None, |bounds, number| {
                let (low, high) = bounds.unwrap_or((number, number));
                Some((f64::min(low, number), f64::max(high, number)))
            })?;
            // Zeros compare as equal, so the bounds must hold both of them.
            let (low, high) =
                (if low == 0.0 { -0.0 } else { low }, if high == 0.0 { 0.0 } else { high });
            Some(number(low.to_bits(), high.to_bits()))
        }
        _ => {
            let distinct = values.distinct_numbers();
            let numbers = distinct.iter().map(|number| *number as i64);
            let (low, high) = (numbers.clone().min()?, numbers.max()?);
            Some(number(low as u64, high as u64))
        }
    }
}

impl Chunk {
    /// Returns the offset of the chunk in the file.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Bytes without compression.
    pub(crate) fn plain_bytes(&self) -> u64 {
        self.plain_bytes
    }

    /// Writes what the footer says of the chunk.
    pub(crate) fn write(&self, leaf: &Leaf, codec: i32, chunk: &mut Structure<'_>) {
        chunk.i64(2, 0);
        chunk.structure(3, |about| {
            about.i32(1, leaf.physical.code());
            about.i32s(
                2,
                if self.has_dictionary { &[PLAIN, RLE, RLE_DICTIONARY] } else { &[PLAIN, RLE] },
            );
            about.binaries(3, &leaf.path);
            about.i32(4, codec);
            about.i64(5, self.values as i64);
            about.i64(6, self.plain_bytes as i64);
            about.i64(7, self.bytes as i64);
            about.i64(9, self.data_start as i64);
            if self.has_dictionary {
                about.i64(11, self.start as i64);
            }
            about.structure(12, |statistics| {
                statistics.i64(3, self.nulls as i64);
                if let Some((low, high)) = &self.bounds {
                    statistics.binary(5, high);
                    statistics.binary(6, low);
                }
            });
        });
    }
}
