//! Shards of a run.

use std::fmt;
use std::str::FromStr;

use super::TextError;

/// One of the parts into which a run is cut by owner: `I/N`, with the index `I` below `N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// The largest number of shards, what the engine allows: 1024.
    pub const MAX: u32 = mercato_engine::Shard::MAX_COUNT;

    /// The whole run: shard 0 of 1.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Shard `index` of `count`; refuses an index that is not below `count`, and counts outside 1
    /// to [`Shard::MAX`].
    pub fn new(index: u32, count: u32) -> Result<Self, TextError> {
        let refused = |allowed| Err(TextError::new(format!("{index}/{count}"), "shard", allowed));
        if !(1..=Self::MAX).contains(&count) {
            return refused(format!("a run has 1 to {} shards", Self::MAX));
        }
        if index >= count {
            return refused(format!("with {count} shards the index runs from 0 to {}", count - 1));
        }
        Ok(Self { index, count })
    }

    /// Which of them, from 0.
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many there are.
    pub fn count(self) -> u32 {
        self.count
    }
}

impl FromStr for Shard {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let numbers = text
            .split_once('/')
            .and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        let shape = "write its index and how many there are, such as 0/4";
        let (index, count) = numbers.ok_or_else(|| TextError::new(text, "shard", shape))?;
        Self::new(index, count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.count)
    }
}
