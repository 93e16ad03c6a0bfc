//! Postcodes that belong to a city.
//!
//! A city lists ranges of what its country's post sorts by: whole ZIP codes in the United States,
//! forward sortation areas in Canada, postcode districts in the United Kingdom.
//! The rest of a Canadian or British code is drawn from the letters and digits its place allows.

use std::fmt;

use mercato_draw::{below, split};

/// Letters of Canadian postcodes: no D, F, I, O, Q, U anywhere (Canada Post).
const CANADIAN: &[u8; 20] = b"ABCEGHJKLMNPRSTVWXYZ";
/// Letters that end a British postcode: no C, I, K, M, O, V (Royal Mail).
const BRITISH: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";
/// Longest postcode: `SW19 5AE`.
const LONGEST: usize = 8;

/// The postcode system of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    /// `94105`.
    UnitedStates,
    /// `M4B 1B3`.
    Canada,
    /// `EH3 7QA`.
    UnitedKingdom,
}

/// Sorting areas in a row: `letters` and then a number, or the index of a letter, from `first` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    letters: [u8; 2],
    first: u32,
    count: u32,
}

/// The postcodes of a city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postcodes {
    system: System,
    /// The prefix of each sorting area's postcodes: in the United States the whole postcode.
    areas: Box<[Postcode]>,
}

/// One postcode, as it is written on a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode {
    bytes: [u8; LONGEST],
    length: u8,
}

impl Postcodes {
    /// The form of a list of ranges, for messages.
    pub(super) const EXPECTED: &'static str = "a list of ranges such as 94102-94105 (US), M4A-M4Y (CA) or EH1-EH17 (GB), and empty for other countries";

    /// Reads ranges separated by spaces, by the rules of a country; nothing if they break them or
    /// the country has none.
    pub(super) fn parse(alpha2: &str, text: &str) -> Option<Self> {
        let system = match alpha2 {
            "US" => System::UnitedStates,
            "CA" => System::Canada,
            "GB" => System::UnitedKingdom,
            _ => return None,
        };
        let ranges: Vec<Range> = text
            .split_ascii_whitespace()
            .map(|range| system.range(range))
            .collect::<Option<_>>()?;
        let stems = |range: Range| {
            (0..range.count).map(move |place| system.stem(range.letters, range.first + place))
        };
        let areas: Box<[Postcode]> = ranges.into_iter().flat_map(stems).collect();
        (!areas.is_empty()).then_some(Self { system, areas })
    }

    /// The postcode of one word; every one that the ranges allow is equally likely.
    #[inline]
    pub fn pick(&self, word: u64) -> Postcode {
        let (area, rest) = split(word, self.areas.len() as u64);
        let mut postcode = self.areas[area as usize];
        self.system.end(&mut postcode, below(rest, self.system.endings()) as u32);
        postcode
    }
}

impl System {
    /// Reads `first-last`, or one area alone.
    fn range(self, text: &str) -> Option<Range> {
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let ((letters, first), (last_letters, last)) = (self.area(from)?, self.area(to)?);
        (letters == last_letters && first <= last).then(|| Range {
            letters,
            first,
            count: last - first + 1,
        })
    }

    /// Splits an area into what stays the same in a range and what counts up.
    fn area(self, text: &str) -> Option<([u8; 2], u32)> {
        let digits = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
            let good =
                lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            good.then(|| text.parse().ok()).flatten()
        };
        match (self, text.as_bytes()) {
            (Self::UnitedStates, _) => Some(([0; 2], digits(text, 5..=5)?)),
            (Self::Canada, &[province, digit @ b'0'..=b'9', letter]) => {
                let allowed = CANADIAN.contains(&province) && !b"WZ".contains(&province);
                let index = CANADIAN.iter().position(|known| *known == letter)? as u32;
                allowed.then_some(([province, digit], index))
            }
            (Self::UnitedKingdom, bytes) => {
                let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
                let area = match *bytes.get(..letters)? {
                    [first] => [first, 0],
                    [first, second] => [first, second],
                    _ => return None,
                };
                Some((area, digits(text.get(letters..)?, 1..=2)?))
            }
            (Self::Canada, _) => None,
        }
    }

    /// Returns the number of postcodes of an area.
    fn endings(self) -> u64 {
        match self {
            Self::UnitedStates => 1,
            // A leading zero is Canada Post's own, and in Britain the tenth sector of a few
            // districts.
            Self::Canada => 9 * 20 * 10,
            Self::UnitedKingdom => 9 * 20 * 20,
        }
    }

    /// Returns the prefix of an area's postcodes.
    fn stem(self, letters: [u8; 2], area: u32) -> Postcode {
        let mut stem = Postcode { bytes: [0; LONGEST], length: 0 };
        match self {
            Self::UnitedStates => {
                for power in [10_000, 1_000, 100, 10, 1] {
                    stem.push_digit(area / power);
                }
            }
            Self::Canada => {
                stem.push(&[letters[0], letters[1], CANADIAN[area as usize % 20], b' ']);
            }
            Self::UnitedKingdom => {
                stem.push(letters.split(|byte| *byte == 0).next().unwrap_or_default());
                if area >= 10 {
                    stem.push_digit(area / 10);
                }
                stem.push_digit(area);
                stem.push(b" ");
            }
        }
        stem
    }

    /// Appends ending number `ending` to what an area's postcodes begin with.
    #[inline]
    fn end(self, postcode: &mut Postcode, ending: u32) {
        let (last, rest) = (ending as usize % 20, ending / 20);
        match self {
            Self::UnitedStates => {}
            Self::Canada => postcode.push(&[digit(1 + rest / 10), CANADIAN[last], digit(rest)]),
            Self::UnitedKingdom => {
                postcode.push(&[digit(1 + rest / 20), BRITISH[rest as usize % 20], BRITISH[last]]);
            }
        }
    }
}

/// The last digit of a number.
#[inline]
fn digit(number: u32) -> u8 {
    b'0' + (number % 10) as u8
}

impl Postcode {
    /// The text, at most eight ASCII characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// The text as bytes.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.length)).unwrap_or_default()
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        let end = usize::from(self.length) + bytes.len();
        if let Some(place) = self.bytes.get_mut(usize::from(self.length)..end) {
            place.copy_from_slice(bytes);
            self.length = end as u8;
        }
    }

    /// Appends the last digit of a number.
    fn push_digit(&mut self, number: u32) {
        self.push(&[digit(number)]);
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postcode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picks(alpha2: &str, ranges: &str) -> Vec<String> {
        let postcodes = Postcodes::parse(alpha2, ranges).unwrap();
        [0, u64::MAX / 3, u64::MAX / 3 * 2, u64::MAX]
            .map(|word| postcodes.pick(word).to_string())
            .to_vec()
    }

    #[test]
    fn postcodes_are_frozen() {
        assert_eq!(picks("US", "02108-02111 02116"), ["02108", "02109", "02111", "02116"]);
        assert_eq!(picks("CA", "M4A-M4Y X1A"), ["M4A 1A0", "M4J 6Z9", "M4S 3Z9", "X1A 9Z9"]);
        assert_eq!(picks("GB", "E1-E18 SW19"), ["E1 1AA", "E7 3ZZ", "E13 6ZZ", "SW19 9ZZ"]);
    }

    #[test]
    fn ranges_that_no_post_has_are_refused() {
        for (alpha2, ranges) in [
            ("US", "9410"),
            ("US", "94105-94102"),
            ("US", "94105-"),
            ("US", ""),
            ("CA", "W1A"),
            ("CA", "M4D"),
            ("CA", "M4A-M5A"),
            ("GB", "E"),
            ("GB", "E1-EH2"),
            ("GB", "EHX1"),
            ("GB", "É1"),
            ("FR", "75001"),
        ] {
            assert_eq!(Postcodes::parse(alpha2, ranges), None, "{alpha2} {ranges}");
        }
    }
}
