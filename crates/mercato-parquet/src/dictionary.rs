//! The distinct values of a column in the order in which they first came.
//!
//! A table with open addressing in place of a hash map: its order is that of arrival and never that
//! of a hash, so the same records always make the same file.

use xxhash_rust::xxh3::xxh3_64;

/// Places at the beginning, a power of two.
const PLACES: usize = 1 << 10;

/// Hash table of the values seen so far: each slot holds a value's number plus one, and half of its
/// hash.
#[derive(Debug)]
struct Places {
    places: Vec<u64>,
    taken: usize,
}

impl Places {
    fn new() -> Self {
        Self { places: vec![0; PLACES], taken: 0 }
    }

    /// The number of the value with this hash for which `is_it` holds, and whether it is the next
    /// new one.
    #[inline]
    fn find(&mut self, hash: u64, is_it: impl Fn(u32) -> bool) -> (u32, bool) {
        let (mask, tag) = (self.places.len() - 1, hash >> 32 << 32);
        let mut at = (hash >> 32) as usize & mask;
        loop {
            let place = self.places[at];
            if place == 0 {
                break;
            }
            let number = place as u32 - 1;
            if place >> 32 << 32 == tag && is_it(number) {
                return (number, false);
            }
            at = (at + 1) & mask;
        }
        let number = self.taken as u32;
        self.places[at] = tag | u64::from(number + 1);
        self.taken += 1;
        if self.taken * 2 > self.places.len() {
            self.grow();
        }
        (number, true)
    }

    fn grow(&mut self) {
        let larger = vec![0; self.places.len() * 2];
        let mask = larger.len() - 1;
        for place in std::mem::replace(&mut self.places, larger) {
            let mut at = (place >> 32) as usize & mask;
            while place != 0 && self.places[at] != 0 {
                at = (at + 1) & mask;
            }
            if place != 0 {
                self.places[at] = place;
            }
        }
    }

    fn clear(&mut self) {
        self.places.fill(0);
        self.taken = 0;
    }
}

/// Distinct texts.
#[derive(Debug)]
pub(crate) struct Texts {
    places: Places,
    /// Each after its length of four bytes: as Parquet has them.
    plain: Vec<u8>,
    /// Start of each.
    starts: Vec<u32>,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Self { places: Places::new(), plain: Vec::new(), starts: Vec::new() }
    }

    /// The number of `text`, which is new or not.
    #[inline]
    pub(crate) fn number(&mut self, text: &[u8]) -> u32 {
        let Self { places, plain, starts } = self;
        let (number, is_new) =
            places.find(xxh3_64(text), |number| at(plain, starts[number as usize]) == text);
        if is_new {
            starts.push(plain.len() as u32);
            plain.extend_from_slice(&(text.len() as u32).to_le_bytes());
            plain.extend_from_slice(text);
        }
        number
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// All texts, each after its length.
    pub(crate) fn plain(&self) -> &[u8] {
        &self.plain
    }

    pub(crate) fn get(&self, number: u32) -> &[u8] {
        at(&self.plain, self.starts[number as usize])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.starts.iter().map(|start| at(&self.plain, *start))
    }

    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.plain.clear();
        self.starts.clear();
    }
}

/// The text that begins with its length at `start`.
#[inline]
pub(crate) fn at(plain: &[u8], start: u32) -> &[u8] {
    let (length, rest) = plain[start as usize..].split_at(4);
    let length = length.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    &rest[..length]
}

/// Distinct numbers, whatever their 64 bits mean.
#[derive(Debug)]
pub(crate) struct Numbers {
    places: Places,
    values: Vec<u64>,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        Self { places: Places::new(), values: Vec::new() }
    }

    /// The number of `value`, which is new or not.
    #[inline]
    pub(crate) fn number(&mut self, value: u64) -> u32 {
        let Self { places, values } = self;
        // Multiplied by an odd number, every bit reaches the upper half; folding brings the lower
        // ones there too.
        let hash = (value ^ value >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (number, is_new) = places.find(hash, |number| values[number as usize] == value);
        if is_new {
            values.push(value);
        }
        number
    }

    pub(crate) fn values(&self) -> &[u64] {
        &self.values
    }

    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.values.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_as_they_first_come() {
        let (mut texts, mut numbers) = (Texts::new(), Numbers::new());
        for round in 0..2 {
            for value in 0..5_000u32 {
                assert_eq!(texts.number(value.to_string().as_bytes()), value, "{round}");
                assert_eq!(numbers.number(u64::from(value) << 40), value, "{round}");
            }
        }
        assert_eq!((texts.len(), numbers.values().len()), (5_000, 5_000));
        assert_eq!(texts.get(4_321), b"4321");
        assert_eq!(texts.iter().nth(17), Some(&b"17"[..]));
        texts.clear();
        assert_eq!((texts.number(b"x"), texts.number(b""), texts.number(b"x")), (0, 1, 0));
        assert_eq!(texts.plain(), b"\x01\0\0\0x\0\0\0\0");
    }
}
