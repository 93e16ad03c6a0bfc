//! The seed tree: one number at the root, an independent ChaCha8 stream for each label and block.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::CounterHash;

/// Fills the three quarters of the ChaCha key that the seed leaves open.
const KEY_TAIL: [u8; 24] = *b"mercato: one run, 1 seed";

/// Bits of the stream number that hold the block's index.
const BLOCK_BITS: u32 = 48;

/// The purpose of a draw: the upper 16 bits of a ChaCha stream number.
///
/// A label consists of a purpose, unique among everything that draws, and a substream,
/// which tells apart the arrival processes of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(u16);

impl Label {
    /// The label of substream `substream` of purpose `purpose`.
    pub const fn new(purpose: u8, substream: u8) -> Self {
        Self((purpose as u16) << 8 | substream as u16)
    }
}

/// The root of all randomness of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The tree that grows from `seed`; every 64-bit number is a valid one.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The number at the root.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Fills `words` with the words of a block's ChaCha8 stream, beginning with word `first`.
    ///
    /// A word has 64 bits. `block` must be below 2^48.
    pub fn fill_block(self, label: Label, block: u64, first: u64, words: &mut [u64]) {
        let mut rng = self.stream(label, block);
        rng.set_word_pos(u128::from(first) * 2);
        for word in words {
            *word = rng.next_u64();
        }
    }

    /// A generator for what is filled once at start-up, such as a pool of names.
    pub fn start_up_rng(self, label: Label) -> ChaCha8Rng {
        self.stream(label, (1 << BLOCK_BITS) - 1)
    }

    /// The counter hash for draws of `label` that have no fixed word.
    pub fn hash(self, label: Label) -> CounterHash {
        CounterHash::new(self.0, u64::from(label.0))
    }

    fn stream(self, label: Label, block: u64) -> ChaCha8Rng {
        debug_assert!(block < 1 << BLOCK_BITS, "block {block} does not fit 48 bits");
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.0.to_le_bytes());
        key[8..].copy_from_slice(&KEY_TAIL);
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(u64::from(label.0) << BLOCK_BITS | block);
        rng
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_word_of_a_block_can_be_drawn_alone() {
        let seed = Seed::new(9);
        let label = Label::new(3, 1);
        let mut all = [0; 100];
        seed.fill_block(label, 5, 0, &mut all);
        for first in [0usize, 1, 7, 31, 32, 63, 99] {
            let mut alone = [0];
            seed.fill_block(label, 5, first as u64, &mut alone);
            assert_eq!(alone[0], all[first], "word {first}");
        }
    }

    #[test]
    fn words_are_frozen() {
        let mut words = [0; 2];
        Seed::new(42).fill_block(Label::new(1, 0), 0, 0, &mut words);
        assert_eq!(words, FROZEN, "a changed word is a new data version");
    }

    const FROZEN: [u64; 2] = [0x8288_53f6_4f87_8d11, 0xfeda_af13_6bf4_d4d2];

    #[test]
    fn labels_substreams_and_blocks_are_independent_streams() {
        let seed = Seed::new(1);
        let mut seen = Vec::new();
        for (purpose, substream, block) in [(1, 0, 0), (1, 1, 0), (2, 0, 0), (1, 0, 1), (0, 1, 0)] {
            let mut word = [0];
            seed.fill_block(Label::new(purpose, substream), block, 0, &mut word);
            assert!(!seen.contains(&word[0]));
            seen.push(word[0]);
        }
    }
}
