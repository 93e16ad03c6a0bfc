//! Shards of a run.

use std::fmt;
use std::str::FromStr;

use crate::ValueError;

/// One of the parts into which a run is cut by owner: `I/N`, with the index `I` below `N`.
///
/// ```
/// use mercato_units::Shard;
///
/// assert_eq!("2/3".parse::<Shard>()?.index(), 2);
/// let refused = "3/2".parse::<Shard>().unwrap_err().to_string();
/// assert_eq!(refused, "invalid shard '3/2': with 2 shards the index is 0 or 1");
/// # Ok::<(), mercato_units::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// The largest number of shards: every shard walks all arrivals, so more than eight seldom
    /// help.
    pub const MAX_COUNT: u32 = 1024;

    /// The whole run: shard 0 of 1.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// Shard `index` of `count`; refuses an index that is not below `count`, and a count outside 1
    /// to [`Shard::MAX_COUNT`].
    pub fn new(index: u32, count: u32) -> Result<Self, ValueError> {
        let refused =
            |allowed: String| ValueError::invalid("shard", format!("{index}/{count}"), allowed);
        match count {
            1..=Self::MAX_COUNT if index < count => Ok(Self { index, count }),
            1 => Err(refused("with 1 shard the index is 0".to_owned())),
            2 => Err(refused("with 2 shards the index is 0 or 1".to_owned())),
            3..=Self::MAX_COUNT => {
                Err(refused(format!("with {count} shards the index is 0 to {}", count - 1)))
            }
            _ => Err(refused(format!("expected 1 to {} shards", Self::MAX_COUNT))),
        }
    }

    /// Returns the index, from 0.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Returns the number of shards.
    pub fn count(self) -> u32 {
        self.count
    }

    /// Returns true if this is the only shard.
    pub fn is_whole(self) -> bool {
        self.count == 1
    }
}

impl FromStr for Shard {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let numbers = text
            .split_once('/')
            .and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        let (index, count) = numbers.ok_or_else(|| {
            ValueError::invalid("shard", text, "expected I/N, such as 0/4 for the first of four")
        })?;
        Self::new(index, count)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{reads, refuses};

    #[test]
    fn shards_have_an_index_below_their_number() {
        let shard = |index, count| Shard::new(index, count).unwrap();
        reads(&[("0/1", Shard::WHOLE), ("2/3", shard(2, 3)), ("1023/1024", shard(1023, 1024))]);
        refuses::<Shard>(&[
            ("3/2", "with 2 shards the index is 0 or 1"),
            ("1/1", "with 1 shard the index is 0"),
            ("7/5", "with 5 shards the index is 0 to 4"),
            ("0/0", "expected 1 to 1024 shards"),
            ("0/1025", "expected 1 to 1024 shards"),
            ("1", "expected I/N, such as 0/4"),
            ("a/b", "expected I/N, such as 0/4"),
            ("-1/2", "expected I/N, such as 0/4"),
        ]);
    }
}
