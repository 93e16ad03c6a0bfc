//! Inputs near those of a corpus, each a function of a seed and a number.
//!
//! No search by coverage: that is libFuzzer's part. Pieces of valid inputs cut, repeated and set
//! together anew reach deep enough to show within seconds that a promise is broken.

use mercato_draw::CounterHash;

/// Longest input that is made, in bytes: parsers have bounds of their own far above.
const LONGEST: usize = 16 * 1024;

/// What is put in as a whole, because bytes alone seldom come to it.
const TOKENS: [&str; 24] = [
    "\"",
    "'",
    "\\",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{a0}",
    "=",
    ": ",
    ",",
    "#",
    "[",
    "]",
    "{",
    "}",
    "- ",
    "&a ",
    "*a",
    "|\n",
    "-1",
    "1e400",
    "170141183460469231731687303715884105728",
    "null",
];

/// The mutations of a corpus under a seed.
#[derive(Debug)]
pub struct Mutations<'a> {
    corpus: Vec<&'a [u8]>,
    hash: CounterHash,
}

impl<'a> Mutations<'a> {
    /// The mutations of these inputs.
    pub fn new(corpus: impl IntoIterator<Item = &'a [u8]>, seed: u64) -> Self {
        Self { corpus: corpus.into_iter().collect(), hash: CounterHash::new(seed, 0) }
    }

    /// The mutation of this number: an input of the corpus, changed one to eight times.
    pub fn at(&self, number: u64) -> Vec<u8> {
        let mut draws = Draws { hash: self.hash, number, next: 0 };
        let mut input = self.pick(&mut draws).to_vec();
        for _ in 0..=draws.below(8) {
            self.change(&mut input, &mut draws);
            input.truncate(LONGEST);
        }
        input
    }

    fn pick(&self, draws: &mut Draws) -> &[u8] {
        self.corpus.get(draws.below(self.corpus.len())).copied().unwrap_or_default()
    }

    fn change(&self, input: &mut Vec<u8>, draws: &mut Draws) {
        let (from, to) = draws.range(input.len());
        match draws.below(7) {
            0 => input.drain(from..to).for_each(drop),
            1 => {
                let piece = input[from..to].to_vec();
                let times = 1 + draws.below(3);
                insert(input, draws, &piece.repeat(times));
            }
            2 => {
                let token = TOKENS[draws.below(TOKENS.len())].as_bytes();
                insert(input, draws, token);
            }
            3 => {
                let token = TOKENS[draws.below(TOKENS.len())];
                let times = draws.below(LONGEST / token.len());
                insert(input, draws, token.repeat(times).as_bytes());
            }
            4 => {
                let other = self.pick(draws);
                let (from, to) = draws.range(other.len());
                insert(input, draws, &other[from..to]);
            }
            5 => {
                if let Some(byte) = input.get_mut(from) {
                    *byte ^= 1 << draws.below(8);
                }
            }
            _ => {
                if let Some(byte) = input.get_mut(from) {
                    *byte = draws.below(256) as u8;
                }
            }
        }
    }
}

/// Puts `piece` in anywhere.
fn insert(input: &mut Vec<u8>, draws: &mut Draws, piece: &[u8]) {
    let at = draws.below(input.len() + 1);
    input.splice(at..at, piece.iter().copied());
}

/// The draws of one mutation.
struct Draws {
    hash: CounterHash,
    number: u64,
    next: u64,
}

impl Draws {
    /// A number below `bound`; 0 where there is none.
    fn below(&mut self, bound: usize) -> usize {
        let word = self.hash.at(self.number, self.next);
        self.next += 1;
        mercato_draw::below(word, bound as u64) as usize
    }

    /// A range within `length`, more often short than long.
    fn range(&mut self, length: usize) -> (usize, usize) {
        let from = self.below(length);
        let most = self.below(length - from.min(length)) + 1;
        (from, (from + self.below(most) + 1).min(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutation_is_a_function_of_seed_and_number() {
        let corpus = [b"one = 1".as_slice(), b"[two]\n"];
        let made = |seed| {
            let mutations = Mutations::new(corpus, seed);
            (0..500).map(|number| mutations.at(number)).collect::<Vec<_>>()
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }

    #[test]
    fn an_empty_corpus_has_mutations_too() {
        let mutations = Mutations::new([], 7);
        assert!((0..500).any(|number| !mutations.at(number).is_empty()));
    }

    /// What every search of this kind must come upon: a bracket that is not closed, after a word.
    #[test]
    fn a_planted_mistake_is_found_within_seconds() {
        let mutations = Mutations::new([b"key = [1, 2]\nother = 'text'".as_slice()], 42);
        let breaks = |input: &[u8]| {
            let text = String::from_utf8_lossy(input);
            text.contains("text'") && text.matches('[').count() > 1 + text.matches(']').count()
        };
        assert!((0..20_000).any(|number| breaks(&mutations.at(number))));
    }
}
