//! What a comparison has found.

use std::fmt;

use mercato_units::enumerated;
use serde::Serialize;

enumerated! {
    /// What is wrong with a row.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Verdict {
        /// The answer has the group, and the result has not.
        Missing,
        /// The window is right, but the answer has no such group in it, or has it once and the result
        /// again.
        Extra,
        /// The answer has no row of any group in that window.
        SpuriousWindow,
        /// The group is there with another value.
        Value,
    }
}

impl Verdict {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::SpuriousWindow => "spurious_window",
            Self::Value => "value",
        }
    }
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What is wrong with it.
    pub verdict: Verdict,
    /// Its group: the columns by which rows are found, with their values.
    pub group: String,
    /// The column that has another value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The value of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The value of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// By how much the number found is larger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// Where the row stands in the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// The numbers of rows, and the first differences in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultReport {
    /// Rows of the answer.
    pub expected: u64,
    /// Rows of the result; those of an upsert or retract result after all changes.
    pub actual: u64,
    /// Rows that are right.
    pub matching: u64,
    /// Numbers of rows by verdict.
    pub counts: Vec<(Verdict, u64)>,
    /// The first of them, in the order of their groups.
    pub differences: Vec<Difference>,
}

impl ResultReport {
    /// Returns true if every row is right.
    pub fn is_clean(&self) -> bool {
        self.counts.iter().all(|(_, count)| *count == 0)
    }

    /// Returns true if there was nothing to compare.
    pub fn is_empty(&self) -> bool {
        (self.expected, self.actual) == (0, 0)
    }

    /// Number of rows with this verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.counts.iter().find(|(of, _)| *of == verdict).map_or(0, |(_, count)| *count)
    }
}

impl fmt::Display for ResultReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, actual, matching, differences, .. } = self;
        if self.is_clean() {
            return write!(f, "the result is right: {matching} of {expected} rows, and no other");
        }
        let found = self.counts.iter().filter(|(_, count)| *count > 0);
        let found: Vec<_> =
            found.map(|(verdict, count)| format!("{count} {}", verdict.name())).collect();
        write!(
            f,
            "the result is wrong: {matching} of {expected} rows are right, {actual} were found: {}",
            found.join(", ")
        )?;
        differences.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.verdict.name(), self.group)?;
        if let Some(column) = &self.column {
            let shown = |value: &Option<String>| value.clone().unwrap_or_default();
            let (expected, found) = (shown(&self.expected), shown(&self.found));
            write!(f, ": {column} is {found} instead of {expected}")?;
        }
        if let Some(difference) = &self.difference {
            let sign = if difference.starts_with('-') { "" } else { "+" };
            write!(f, " ({sign}{difference})")?;
        }
        self.place.iter().try_for_each(|place| write!(f, ", at {place}"))
    }
}
