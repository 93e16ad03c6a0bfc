//! The rows of a result, one after the other, against the answer.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;

use mercato_units::enumerated;

use super::answer::{Answer, Cells, Column, found};
use super::cell::{Cell, Raw, Tolerance};
use super::report::{Difference, ResultReport, Verdict};
use crate::records::Node;

enumerated! {
    /// The meaning of several rows for one group.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
    pub enum Mode {
        /// Each row is final: no group has two.
        #[default]
        Append,
        /// A later row replaces the earlier of its group.
        Upsert,
        /// Rows say by their column `op` whether they are added (`+I`, `+U`) or taken back (`-U`,
        /// `-D`), as those of Flink do.
        Retract,
    }
}

impl Mode {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Upsert => "upsert",
            Self::Retract => "retract",
        }
    }
}

/// Name of the column that says what a row of a retract result does.
const OPERATION: &str = "op";

/// The names that the columns of the answer have in the result; by default their own.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    renamed: BTreeMap<String, String>,
}

impl Columns {
    /// Names of the answer with those of the result.
    pub fn new(renamed: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { renamed: renamed.into_iter().collect() }
    }

    fn of<'a>(&'a self, column: &'a Column) -> &'a str {
        self.renamed.get(&column.name).map_or(&column.name, String::as_str)
    }

    /// A name that the answer does not have.
    fn unknown(&self, answer: &Answer) -> Option<&str> {
        let is_known = |name: &&String| {
            !answer.keys.iter().chain(&answer.values).any(|column| column.name == **name)
        };
        self.renamed.keys().find(is_known).map(String::as_str)
    }
}

/// The reasons why a row cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// A line that is no object.
    #[error("{place} is no row: a result has JSON objects, or rows of CSV under a header")]
    Unreadable {
        /// Where the row stands.
        place: String,
    },
    /// A column that the row lacks.
    #[error("{place} has no column `{column}`: it has {columns}")]
    NoColumn {
        /// Where the row stands.
        place: String,
        /// The column that is looked for.
        column: String,
        /// The columns that are there, with commas between them.
        columns: String,
    },
    /// A column that the answer lacks.
    #[error("the answer has no column `{column}`: it has {columns}")]
    UnknownColumn {
        /// The name as given.
        column: String,
        /// The columns that are there, with commas between them.
        columns: String,
    },
    /// A column that the row has twice.
    #[error("{place} has the column `{column}` twice")]
    Twice {
        /// Where the row stands.
        place: String,
        /// The column.
        column: String,
    },
    /// A row that is taken back and is not there.
    #[error("{place} takes back a row that is not there: {group}")]
    NotThere {
        /// Where the row stands.
        place: String,
        /// Its group.
        group: String,
    },
    /// An operation that is none.
    #[error("{place} has `{operation}` as its op: +I, -U, +U and -D are known")]
    Operation {
        /// Where the row stands.
        place: String,
        /// The value that is there.
        operation: String,
    },
}

/// Where a row stands in the result.
type Place = Box<str>;

/// A row that is wrong.
#[derive(Debug)]
struct Finding<'a> {
    key: &'a [Cell],
    verdict: Verdict,
    /// The column that differs, with the value of the answer and that of the result.
    column: Option<(usize, &'a Cell, &'a Cell)>,
    place: Option<&'a str>,
}

/// A comparison that goes on.
#[derive(Debug)]
pub struct Comparison<'a> {
    answer: &'a Answer,
    columns: Columns,
    mode: Mode,
    tolerance: Tolerance,
    most: usize,
    /// The rows of the result with their places.
    rows: BTreeMap<Cells, (Cells, Place)>,
    /// Further rows of groups that had one already.
    again: BTreeMap<Cells, Vec<(Cells, Place)>>,
}

impl<'a> Comparison<'a> {
    /// Differences that are told in full, unless it is said otherwise.
    pub const DIFFERENCES: usize = 20;

    /// Takes back the row of a group, of which a topic says by a key without a value that it is
    /// deleted; a key that does not name the group's columns changes nothing.
    pub fn delete(&mut self, key: Node<'_>) {
        let cell = |column: &Column| {
            Some(column.kind.cell(&Raw::of(found(key, self.columns.of(column))?)))
        };
        let key: Option<Cells> = self.answer.keys.iter().map(cell).collect();
        if let Some(key) = key {
            self.rows.remove(&key);
        }
    }

    /// Begins to compare with `answer`; the report tells up to `most` differences in full.
    ///
    /// Refuses names of columns that the answer does not have.
    pub fn new(
        answer: &'a Answer,
        columns: Columns,
        mode: Mode,
        tolerance: Tolerance,
        most: usize,
    ) -> Result<Self, RowError> {
        if let Some(column) = columns.unknown(answer).filter(|_| !answer.is_empty()) {
            let known = answer.keys.iter().chain(&answer.values);
            let known: Vec<_> = known.map(|column| column.name.as_str()).collect();
            return Err(RowError::UnknownColumn {
                column: column.to_owned(),
                columns: known.join(", "),
            });
        }
        let (rows, again) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { answer, columns, mode, tolerance, most, rows, again })
    }

    /// Takes a row of the result, which stands at `place`; none where it cannot be read.
    pub fn add(
        &mut self,
        place: &impl fmt::Display,
        row: Option<Node<'_>>,
    ) -> Result<(), RowError> {
        let place = || place.to_string();
        let row = row.filter(|row| row.is_object());
        let row = row.ok_or_else(|| RowError::Unreadable { place: place() })?;
        let mut names: Vec<&str> = row.members().map(|(name, _)| name).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair.first() == pair.last()) {
            return Err(RowError::Twice { place: place(), column: twice[0].to_owned() });
        }
        let cells = |columns: &[Column]| -> Result<Cells, RowError> {
            let cell = |column: &Column| {
                let called = self.columns.of(column);
                let value = found(row, called).ok_or_else(|| RowError::NoColumn {
                    place: place(),
                    column: called.to_owned(),
                    columns: row.members().map(|(name, _)| name).collect::<Vec<_>>().join(", "),
                })?;
                Ok(column.kind.cell(&Raw::of(value)))
            };
            columns.iter().map(cell).collect()
        };
        let key = cells(&self.answer.keys)?;
        let value = cells(&self.answer.values)?;
        let is_taken_back = self.mode == Mode::Retract && is_taken_back(row, place)?;
        if is_taken_back {
            return self.take_back(key, &value, place);
        }
        match self.rows.entry(key) {
            Entry::Occupied(mut known) if self.mode == Mode::Upsert => {
                known.insert((value, place().into()));
            }
            Entry::Occupied(known) => {
                let again = self.again.entry(known.key().clone()).or_default();
                again.push((value, place().into()));
            }
            Entry::Vacant(free) => {
                free.insert((value, place().into()));
            }
        }
        Ok(())
    }

    /// Removes a row that was added with the same values.
    fn take_back(
        &mut self,
        key: Cells,
        value: &Cells,
        place: impl Fn() -> String,
    ) -> Result<(), RowError> {
        let others = self.again.get_mut(&key);
        let is_equal = |(other, _): &(Cells, Place)| other == value;
        if let Some(others) = others
            && let Some(index) = others.iter().position(is_equal)
        {
            others.remove(index);
            return Ok(());
        }
        if self.rows.get(&key).is_some_and(is_equal) {
            match self.again.get_mut(&key).and_then(Vec::pop) {
                Some(next) => drop(self.rows.insert(key, next)),
                None => drop(self.rows.remove(&key)),
            }
            return Ok(());
        }
        Err(RowError::NotThere { place: place(), group: self.answer.shown(&key) })
    }

    /// What was found.
    pub fn report(self) -> ResultReport {
        let mut findings: Vec<Finding<'_>> = self.findings().collect();
        findings.sort_by(|one, other| one.key.cmp(other.key));
        let count = |verdict: Verdict| {
            findings.iter().filter(|finding| finding.verdict == verdict).count() as u64
        };
        let counts: Vec<(Verdict, u64)> =
            Verdict::ALL.into_iter().map(|verdict| (verdict, count(verdict))).collect();
        let differing = count(Verdict::Missing) + count(Verdict::Value);
        ResultReport {
            expected: self.answer.len() as u64,
            actual: (self.rows.len() + self.again.values().map(Vec::len).sum::<usize>()) as u64,
            matching: self.answer.len() as u64 - differing,
            counts,
            differences: findings
                .iter()
                .take(self.most)
                .map(|finding| self.told(finding))
                .collect(),
        }
    }

    /// Whatever is wrong, in no particular order.
    fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        let wanted = self.answer.rows.iter().filter_map(|(key, expected)| {
            let Some((value, place)) = self.rows.get(key) else {
                return Some(Finding { key, verdict: Verdict::Missing, column: None, place: None });
            };
            let column = self.unequal(expected, value)?;
            let column = Some((column, &expected[column], &value[column]));
            Some(Finding { key, verdict: Verdict::Value, column, place: Some(place) })
        });
        let unwanted = self.rows.iter().filter(|(key, _)| !self.answer.rows.contains_key(*key));
        let unwanted = unwanted.map(|(key, (_, place))| {
            let is_known = self.answer.has_window(key);
            let verdict = if is_known { Verdict::Extra } else { Verdict::SpuriousWindow };
            Finding { key, verdict, column: None, place: Some(place) }
        });
        let again = self.again.iter().flat_map(|(key, rows)| {
            rows.iter().map(move |(_, place)| Finding {
                key,
                verdict: Verdict::Extra,
                column: None,
                place: Some(place),
            })
        });
        wanted.chain(unwanted).chain(again)
    }

    /// A finding in full.
    fn told(&self, finding: &Finding<'_>) -> Difference {
        let Finding { key, verdict, column, place } = finding;
        let name_of = |(index, ..): &(usize, _, _)| self.answer.values[*index].name.clone();
        Difference {
            verdict: *verdict,
            group: self.answer.shown(key),
            column: column.as_ref().map(name_of),
            expected: column.map(|(_, expected, _)| expected.to_string()),
            found: column.map(|(_, _, found)| found.to_string()),
            difference: column.and_then(|(_, expected, found)| by_how_much(expected, found)),
            place: place.map(str::to_owned),
        }
    }

    /// The first column whose value is another.
    fn unequal(&self, expected: &[Cell], found: &[Cell]) -> Option<usize> {
        let mut pairs = expected.iter().zip(found);
        pairs.position(|(expected, found)| !self.tolerance.accepts(expected, found))
    }
}

fn by_how_much(expected: &Cell, found: &Cell) -> Option<String> {
    match (expected, found) {
        (Cell::Number(expected), Cell::Number(found)) => Some(found.minus(*expected)?.to_string()),
        _ => None,
    }
}

/// Returns whether a row is taken back rather than added.
fn is_taken_back(row: Node<'_>, place: impl Fn() -> String) -> Result<bool, RowError> {
    match row.get(OPERATION).and_then(Node::text) {
        Some("+I" | "+U") => Ok(false),
        Some("-U" | "-D") => Ok(true),
        other => Err(RowError::Operation {
            place: place(),
            operation: other.unwrap_or_default().to_owned(),
        }),
    }
}
