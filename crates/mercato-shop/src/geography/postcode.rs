//! Rules that say which postcodes a region has, numbered so that one integer stands for one
//! postcode.
//!
//! A rule is a text: `40000..44999` is a range of numbers of one width, `#` any digit, `@` any
//! letter of the country's alphabet, `[2-9]` or `[BV]` one of a few; other capitals, digits, spaces
//! and hyphens stand for themselves.
//! A range may have something after it: `1000..1109 @@`, `01000..19999-###`.

use mercato_encode::{Out, numbers};

/// The postcodes of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    parts: Box<[Part]>,
    count: u32,
}

/// One place of a postcode, or a range of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Range { low: u32, count: u32, width: u8 },
    OneOf(Box<[u8]>),
}

/// Longest postcode of a rule in bytes.
const MAX_LEN: usize = 16;

/// The form of a rule, for a message.
pub(crate) const EXPECTED: &str = "a postcode rule such as 40000..44999, 1000..1109 @@, K#@ #@# or SW[1-9] #@@, \
    of 1 to 16 characters and at most 4294967295 postcodes";

impl Rule {
    /// The rule of a text, if it is one; `letters` are what `@` stands for.
    pub(crate) fn parse(text: &str, letters: &str) -> Option<Self> {
        let mut rest = text.as_bytes();
        let mut parts = Vec::new();
        if let Some((low, behind)) = text.split_once("..") {
            let high = behind.get(..low.len())?;
            parts.push(range(low, high)?);
            rest = &behind.as_bytes()[low.len()..];
        }
        while !rest.is_empty() {
            let (part, behind) = place(rest, letters)?;
            parts.push(part);
            rest = behind;
        }
        let count = parts.iter().try_fold(1u32, |count, part| count.checked_mul(part.count()))?;
        let len: usize = parts.iter().map(Part::len).sum();
        ((1..=MAX_LEN).contains(&len) && count > 0).then(|| Self { parts: parts.into(), count })
    }

    /// Number of postcodes.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Appends postcode `number`, which is below [`Rule::count`].
    #[expect(clippy::inline_always, reason = "nearly every postcode is one number of fixed width")]
    #[inline(always)]
    pub(crate) fn append(&self, number: u32, out: &mut impl Out) {
        if let [Part::Range { low, width, .. }] = &*self.parts {
            numbers::padded(out, low + number, u32::from(*width));
        } else {
            self.append_parts(number, out);
        }
    }

    /// The last place counts fastest, as in a number.
    fn append_parts(&self, number: u32, out: &mut impl Out) {
        let mut scale = self.count;
        let mut rest = number;
        for part in &self.parts {
            scale /= part.count();
            let (index, below) = (rest / scale, rest % scale);
            match part {
                Part::Range { low, width, .. } => {
                    numbers::padded(out, low + index, u32::from(*width));
                }
                Part::OneOf(bytes) => out.byte(bytes[index as usize]),
            }
            rest = below;
        }
    }
}

impl Part {
    fn count(&self) -> u32 {
        match self {
            Self::Range { count, .. } => *count,
            Self::OneOf(bytes) => bytes.len() as u32,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Range { width, .. } => usize::from(*width),
            Self::OneOf(_) => 1,
        }
    }
}

fn range(low: &str, high: &str) -> Option<Part> {
    let number = |text: &str| {
        let digits =
            (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse::<u32>().ok() } else { None }
    };
    let (first, last) = (number(low)?, number(high)?);
    (first <= last).then(|| Part::Range {
        low: first,
        count: last - first + 1,
        width: low.len() as u8,
    })
}

/// The first place of a pattern, and what follows.
fn place<'a>(rest: &'a [u8], letters: &str) -> Option<(Part, &'a [u8])> {
    let (first, behind) = rest.split_first()?;
    match first {
        b'#' => Some((Part::OneOf((*b"0123456789").into()), behind)),
        b'@' if !letters.is_empty() => Some((Part::OneOf(letters.as_bytes().into()), behind)),
        b'[' => {
            let end = behind.iter().position(|byte| *byte == b']')?;
            Some((Part::OneOf(class(&behind[..end])?), &behind[end + 1..]))
        }
        literal if is_literal(*literal) => Some((Part::OneOf([*literal].into()), behind)),
        _ => None,
    }
}

/// The characters of `2-9` or `BV`.
fn class(text: &[u8]) -> Option<Box<[u8]>> {
    let characters: Vec<u8> = match text {
        [low, b'-', high] => (*low..=*high).collect(),
        _ => text.to_vec(),
    };
    let distinct =
        (1..characters.len()).all(|index| !characters[..index].contains(&characters[index]));
    let legal = characters.iter().all(|byte| is_literal(*byte));
    (!characters.is_empty() && distinct && legal).then(|| characters.into())
}

/// Such characters need no escape in JSON and no quotes in CSV.
fn is_literal(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rule: &str) -> Vec<String> {
        let rule = Rule::parse(rule, "XY").unwrap();
        let text = |number| {
            let mut out = Vec::new();
            rule.append(number, &mut out);
            String::from_utf8(out).unwrap()
        };
        (0..rule.count()).map(text).collect()
    }

    #[test]
    fn a_rule_counts_its_postcodes_in_order() {
        assert_eq!(texts("00998..01001"), ["00998", "00999", "01000", "01001"]);
        assert_eq!(texts("A[2-3]@ B"), ["A2X B", "A2Y B", "A3X B", "A3Y B"]);
        assert_eq!(texts("8..9-[BV]"), ["8-B", "8-V", "9-B", "9-V"]);
        assert_eq!(texts("#").len(), 10);
        let many = texts("10..12#@");
        assert_eq!((many.len(), many[0].as_str(), many[59].as_str()), (60, "100X", "129Y"));
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        let long = "#".repeat(17);
        let many = "#".repeat(10);
        for text in [
            "", "2..1", "10..9", "1..", "..1", "a", "\"", "[", "[]", "[9-2]", "[BB]", "1..2..3",
            "A..B", &long, &many,
        ] {
            assert_eq!(Rule::parse(text, "XY"), None, "{text:?}");
        }
        assert_eq!(Rule::parse("@", ""), None);
    }
}
