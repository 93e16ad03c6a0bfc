//! Files into trees, by the ending of their names, and CSV files into rows.

mod csv;
mod json;
mod toml;
mod yaml;

use std::path::Path;
use std::sync::Arc;

use super::ConfigError;
use super::tree::{Node, Place, Value};
use crate::text_file::read_text_file;

/// Why a text cannot be read: the line, and what the parser says.
type Broken = (u32, String);

/// A reader of one format.
type Reader = fn(&Source<'_>) -> Result<Node, Broken>;

/// Reads the file at `path`: TOML, YAML or JSON by its ending.
pub(super) fn file(path: &Path) -> Result<Node, ConfigError> {
    let reader = reader_of(path).ok_or_else(|| ConfigError::Ending { path: path.to_owned() })?;
    let text = read_text_file(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let file = Source::new(path, &text);
    let broken =
        |(line, reason)| ConfigError::Syntax { place: Place { file: path.into(), line }, reason };
    let node = reader(&file).map_err(broken)?;
    match node.value {
        Value::Table(_) => Ok(node),
        // An empty YAML file.
        Value::Null => Ok(Node::empty()),
        _ => Err(broken((1, "expected a table of sections at the top level".to_owned()))),
    }
}

/// Reads the CSV file at `path` and gives `take` the place and the cells of each row.
pub(super) fn each_row(
    path: &Path,
    mut take: impl FnMut(Place, Vec<String>) -> Result<(), ConfigError>,
) -> Result<(), ConfigError> {
    let text = read_text_file(path)
        .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
    let source = Source::new(path, &text);
    for row in csv::rows(&source) {
        let (line, cells) =
            row.map_err(|(line, reason)| ConfigError::Syntax { place: source.line(line), reason })?;
        take(source.line(line), cells)?;
    }
    Ok(())
}

/// Levels of nesting that are read; the deepest section has five.
const MAX_DEPTH: usize = 64;

/// The error of values that are nested too deeply.
fn too_deep() -> String {
    format!("values are nested more than {MAX_DEPTH} levels deep")
}

fn reader_of(path: &Path) -> Option<Reader> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "toml" => Some(toml::read),
        "yaml" | "yml" => Some(yaml::read),
        "json" => Some(json::read),
        _ => None,
    }
}

/// A file's text, and its name for the places in it.
struct Source<'a> {
    file: Arc<Path>,
    text: &'a str,
    /// Offset of the first byte of each line; a value's line is searched for in them, never
    /// counted.
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    fn new(path: &Path, text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect();
        Self { file: path.into(), text, lines }
    }

    /// The place of the byte at `offset`.
    fn place(&self, offset: usize) -> Place {
        self.line(self.line_of(offset))
    }

    fn line(&self, line: u32) -> Place {
        Place { file: Arc::clone(&self.file), line }
    }

    fn line_of(&self, offset: usize) -> u32 {
        self.lines.partition_point(|first| *first <= offset) as u32
    }
}
