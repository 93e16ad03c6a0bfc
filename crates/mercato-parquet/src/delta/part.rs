//! The part of a run whose files a table gets in one version.

use std::fmt;
use std::str::FromStr;

use mercato_units::{Shard, Timestamp, ValueError};

/// The run whose records a table holds, and the part of it that is added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRun {
    /// The run's identity as a JSON object, the same for every part.
    pub identity: String,
    /// The origin of the run in event time.
    pub origin: Timestamp,
    /// The part that is added.
    pub part: TablePart,
}

/// A part of a run: the records of a shard in a window of event time.
///
/// Its text is the `appId` of a transaction in a table's log, by which a part is known again.
///
/// ```
/// use mercato_parquet::delta::TablePart;
///
/// let part: TablePart = "mercato shard 0/2 from 2025-03-03T00:00:00Z to 2025-03-05T00:00:00Z".parse()?;
/// assert_eq!(part.shard.count(), 2);
/// # Ok::<(), mercato_units::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TablePart {
    /// The shard.
    pub shard: Shard,
    /// The start of the window.
    pub from: Timestamp,
    /// The end of the window, excluded.
    pub to: Timestamp,
}

impl TablePart {
    /// Returns true if some records may belong to both parts.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let in_time = self.from < other.to && other.from < self.to;
        let (one, two) = (self.shard, other.shard);
        // Shards of one number of shards share no record.
        in_time && (one.count() != two.count() || one.index() == two.index())
    }
}

impl fmt::Display for TablePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shard, from, to } = self;
        write!(f, "mercato shard {shard} from {from} to {to}")
    }
}

impl FromStr for TablePart {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let words: Vec<&str> = text.split(' ').collect();
        let ["mercato", "shard", shard, "from", from, "to", to] = words[..] else {
            let expected = "expected mercato shard I/N from TIME to TIME";
            return Err(ValueError::invalid("part of a run", text, expected));
        };
        Ok(Self { shard: shard.parse()?, from: from.parse()?, to: to.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(shard: &str, from: &str, to: &str) -> TablePart {
        format!("mercato shard {shard} from {from} to {to}").parse().unwrap()
    }

    #[test]
    fn a_part_is_known_again_by_its_text() {
        let all = part("1/3", "2025-03-03", "2025-03-05T12:00:00.5Z");
        let text = all.to_string();
        assert_eq!(text, "mercato shard 1/3 from 2025-03-03T00:00:00Z to 2025-03-05T12:00:00.500Z");
        assert_eq!(text.parse::<TablePart>().unwrap(), all);
        for other in ["", "spark", "mercato shard 3/3 from 2025-03-03 to 2025-03-04"] {
            other.parse::<TablePart>().unwrap_err();
        }
    }

    #[test]
    fn parts_overlap_in_time_and_by_shard() {
        let all = part("0/1", "2025-03-03", "2025-03-05");
        assert!(!all.overlaps(&part("0/1", "2025-03-05", "2025-03-06")), "the days that follow");
        assert!(!all.overlaps(&part("0/1", "2025-03-01", "2025-03-03")), "the days before");
        assert!(all.overlaps(&part("0/1", "2025-03-04", "2025-03-06")));
        assert!(all.overlaps(&part("1/2", "2025-03-04", "2025-03-06")), "a shard of the whole");
        let half = part("0/2", "2025-03-03", "2025-03-05");
        assert!(!half.overlaps(&part("1/2", "2025-03-03", "2025-03-05")), "the other half");
        assert!(half.overlaps(&half));
    }
}
