//! The answer as a table: what each group should have.

use std::collections::{BTreeMap, BTreeSet};

use super::cell::{Cell, Kind, Raw};
use crate::records::{Documents, LinesError, Node};

/// Name of the column that says where a window begins.
const WINDOW: &str = "window_start";

/// The reasons why an answer cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The file cannot be read.
    #[error(transparent)]
    Lines(#[from] LinesError),
    /// A line that is no row of an answer.
    #[error("{name}:{line} is no row of an answer: it should have the columns {columns}")]
    Row {
        /// The answer's name.
        name: String,
        /// Number of the line, counted from 1.
        line: u64,
        /// Names of the columns, with commas between them.
        columns: String,
    },
    /// Two rows of one group.
    #[error("{name}:{line} is of the same group as an earlier row: {group}")]
    Twice {
        /// The answer's name.
        name: String,
        /// Number of the line, counted from 1.
        line: u64,
        /// The group.
        group: String,
    },
    /// Nothing to compare.
    #[error("{name} has no column of values, only {columns}")]
    NoValues {
        /// The answer's name.
        name: String,
        /// Names of the columns, with commas between them.
        columns: String,
    },
    /// A column that rows cannot be found by.
    #[error("{name} has no column `{column}`: it has {columns}")]
    NoColumn {
        /// The answer's name.
        name: String,
        /// The name as given.
        column: String,
        /// Names of the columns, with commas between them.
        columns: String,
    },
}

/// A column of the answer.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// The values of a row, by which it is found or which are compared.
pub(super) type Cells = Box<[Cell]>;

/// The rows that a result should have.
#[derive(Debug, Clone)]
pub struct Answer {
    name: String,
    pub(super) keys: Vec<Column>,
    pub(super) values: Vec<Column>,
    pub(super) rows: BTreeMap<Cells, Cells>,
    /// The windows that have rows; none where the answer has no windows.
    windows: Option<(usize, BTreeSet<Cell>)>,
}

impl Answer {
    /// Reads the rows that `mercato truth` has written.
    ///
    /// Rows are found by the columns `keys` or, if none are named, by all that hold no aggregate.
    /// An answer without rows has no columns either; everything is too much then.
    pub fn read(mut from: Documents, keys: &[String]) -> Result<Self, AnswerError> {
        let mut names: Vec<String> = Vec::new();
        let mut rows: Vec<(u64, Vec<Raw>)> = Vec::new();
        let name = from.name().to_owned();
        while let Some((line, row)) = from.read()? {
            let row = row.filter(|row| row.is_object());
            if names.is_empty()
                && let Some(row) = row
            {
                row.members().for_each(|(member, value)| leaves(member, value, &mut names));
            }
            let cells = row.and_then(|row| cells_of(row, &names)).ok_or_else(|| {
                AnswerError::Row { name: name.clone(), line, columns: names.join(", ") }
            })?;
            rows.push((line, cells));
        }
        let is_key: Vec<bool> = if keys.is_empty() {
            names.iter().map(|name| !is_aggregate(name)).collect()
        } else {
            names.iter().map(|name| keys.contains(name)).collect()
        };
        let columns = names.join(", ");
        if let Some(column) = keys.iter().find(|key| !names.contains(key) && !rows.is_empty()) {
            return Err(AnswerError::NoColumn { name, column: column.clone(), columns });
        }
        if !rows.is_empty() && is_key.iter().all(|is_key| *is_key) {
            return Err(AnswerError::NoValues { name, columns });
        }
        Self::of_rows(name, &names, &is_key, &rows)
    }

    fn of_rows(
        name: String,
        names: &[String],
        is_key: &[bool],
        rows: &[(u64, Vec<Raw>)],
    ) -> Result<Self, AnswerError> {
        let kind = |index: usize| Kind::of(rows.iter().map(move |(_, cells)| &cells[index]));
        let column = |index: usize| Column { name: names[index].clone(), kind: kind(index) };
        let of = |wanted: bool| (0..names.len()).filter(move |index| is_key[*index] == wanted);
        let (keys, values): (Vec<Column>, Vec<Column>) =
            (of(true).map(column).collect(), of(false).map(column).collect());
        let mut answer = Self { name, keys, values, rows: BTreeMap::new(), windows: None };
        for (line, cells) in rows {
            let typed = |indices: &mut dyn Iterator<Item = usize>, columns: &[Column]| -> Cells {
                indices
                    .zip(columns)
                    .map(|(index, column)| column.kind.cell(&cells[index]))
                    .collect()
            };
            let key = typed(&mut of(true), &answer.keys);
            let value = typed(&mut of(false), &answer.values);
            if answer.rows.contains_key(&key) {
                let group = answer.shown(&key);
                return Err(AnswerError::Twice { name: answer.name, line: *line, group });
            }
            answer.rows.insert(key, value);
        }
        if let Some(window) = answer.keys.iter().position(|column| column.name == WINDOW) {
            let starts = answer.rows.keys().map(|key| key[window].clone()).collect();
            answer.windows = Some((window, starts));
        }
        Ok(answer)
    }

    /// The columns that rows are found by although they hold numbers, as aggregates do.
    pub fn doubtful(&self) -> impl Iterator<Item = String> {
        let numbers = self.keys.iter().filter(|column| column.kind == Kind::Number);
        numbers.map(|column| column.name.clone())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns true if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns whether the row's window has any row in the answer; true without windows.
    pub(super) fn has_window(&self, key: &[Cell]) -> bool {
        self.windows.as_ref().is_none_or(|(index, starts)| starts.contains(&key[*index]))
    }

    /// A group as people read it: `window_start=…, status=…`.
    pub(super) fn shown(&self, key: &[Cell]) -> String {
        let pairs = self.keys.iter().zip(key);
        let shown = pairs.map(|(column, cell)| format!("{}={cell}", column.name));
        shown.collect::<Vec<_>>().join(", ")
    }
}

/// Returns whether a column of this name holds an aggregate: `count`, or `sum(total)` and the like.
fn is_aggregate(name: &str) -> bool {
    name == "count" || name.ends_with(')') && name.contains('(')
}

/// Adds the names of a member, which a row of CSV under dotted names has as groups.
fn leaves(name: &str, value: Node<'_>, names: &mut Vec<String>) {
    if !value.is_object() {
        return names.push(name.to_owned());
    }
    value.members().for_each(|(member, value)| leaves(&format!("{name}.{member}"), value, names));
}

/// The values under `names`; none if one is missing.
fn cells_of(row: Node<'_>, names: &[String]) -> Option<Vec<Raw>> {
    names.iter().map(|name| found(row, name).map(Raw::of)).collect()
}

/// The value under a name that may have dots in it, or stand for members of members.
pub(super) fn found<'a>(row: Node<'a>, name: &str) -> Option<Node<'a>> {
    row.get(name).or_else(|| {
        let (outer, inner) = name.split_once('.')?;
        found(row.get(outer)?, inner)
    })
}
