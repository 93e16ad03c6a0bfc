//! Reproducible integer randomness.
//!
//! Every draw of a run has an address, and the address alone decides its value:
//! the seed, a label for what is drawn, a block, and either a word of that block's
//! ChaCha8 stream or a position, step and field that are hashed.
//! So any draw can be made again alone, in any order, on any thread and machine,
//! and adding a draw somewhere moves no other.
//!
//! No float takes part: samplers map one 64-bit word to one outcome with integer arithmetic,
//! so the outcome is the same on every platform.
//!
//! ```
//! use mercato_draw::{AliasTable, Label, Seed};
//!
//! let seed = Seed::new(42);
//! let weights = AliasTable::new(&[60, 25, 10, 5])?;
//! let mut words = [0; 3];
//! seed.fill_block(Label::new(1, 0), 7, 0, &mut words);
//! let drawn = words.map(|word| weights.pick(word));
//! assert_eq!(drawn, [2, 3, 0]);
//! # Ok::<(), mercato_draw::DrawError>(())
//! ```

mod alias;
mod error;
mod hash;
mod murmur;
mod permutation;
mod sample;
mod seed;
mod shuffle;
mod words;

pub use alias::AliasTable;
pub use error::DrawError;
pub use hash::CounterHash;
pub use murmur::{murmur2, partition_of};
pub use permutation::Permutation;
pub use sample::{Probability, UniformInt, below, split};
pub use seed::{Label, Seed};
pub use shuffle::Shuffle;
pub use words::Words;
