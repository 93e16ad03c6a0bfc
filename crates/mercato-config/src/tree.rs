//! A configuration document as a tree that remembers where each part of it stands.
//!
//! TOML, YAML and JSON are all read into this tree, merged as trees, and only then deserialised,
//! so an error names file and line whichever the format, and however many files were laid over one
//! another.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A place in a file: path and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: Arc<Path>,
    /// Number of the line, from 1.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file.display(), self.line)
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// A value of a configuration file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Truth(bool),
    // Wide enough for both u64 and i64.
    Integer(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Table(Table),
}

impl Value {
    /// Number of entries of a list or table; 0 of anything else.
    pub(crate) fn entries(&self) -> usize {
        match self {
            Self::List(items) => items.len(),
            Self::Table(table) => table.len(),
            _ => 0,
        }
    }
}

/// Keys, each with its place, and their values.
pub(crate) type Table = BTreeMap<String, Entry>;

/// One key's value, and where the key stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: Place,
    pub(crate) node: Node,
}

impl Node {
    /// An empty table, for when there is no file.
    pub(crate) fn empty() -> Self {
        Self {
            value: Value::Table(Table::new()),
            place: Place { file: Path::new("").into(), line: 0 },
        }
    }

    /// Lays `later` over this: tables are merged key by key, everything else is replaced.
    pub(crate) fn overlay(&mut self, later: Self) {
        match (&mut self.value, later.value) {
            (Value::Table(mine), Value::Table(theirs)) => {
                for (key, entry) in theirs {
                    match mine.get_mut(&key) {
                        Some(known) => known.overlay(entry),
                        None => {
                            mine.insert(key, entry);
                        }
                    }
                }
            }
            (mine, theirs) => {
                *mine = theirs;
                self.place = later.place;
            }
        }
    }

    /// The value at `path`, keys with dots between them.
    pub(crate) fn at(&self, path: &str) -> Option<&Entry> {
        let (first, rest) =
            path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let Value::Table(table) = &self.value else { return None };
        let entry = table.get(first)?;
        rest.map_or(Some(entry), |rest| entry.node.at(rest))
    }
}

impl Entry {
    fn overlay(&mut self, later: Self) {
        self.key = later.key;
        self.node.overlay(later.node);
    }
}
