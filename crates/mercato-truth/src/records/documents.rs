//! Records of one kind as documents, whether they come as JSON or as rows under a header.

use super::actual::Actual;
use super::document::{Document, Node};
use super::header::Header;
use super::lines::{Lines, LinesError};
use super::row::Row;

/// Records as documents, one at a time.
#[derive(Debug)]
pub struct Documents {
    lines: Lines,
    is_csv: bool,
    header: Option<Header>,
    columns: Vec<String>,
    row: Row,
    json: Vec<u8>,
    document: Document,
}

impl Documents {
    /// The records of `lines`, or its rows if `is_csv`, whose cells are texts, or `null` where they
    /// are empty.
    pub fn new(lines: Lines, is_csv: bool) -> Self {
        Self {
            lines: if is_csv { lines.rows() } else { lines },
            is_csv,
            header: None,
            columns: Vec::new(),
            row: Row::default(),
            json: Vec::new(),
            document: Document::default(),
        }
    }

    /// The file's path, or what else the records are called.
    pub fn name(&self) -> &str {
        self.lines.name()
    }

    /// The columns of the rows' header, once the first row was read.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next record with the number of its line; no document if it cannot be read.
    pub fn read(&mut self) -> Result<Option<(u64, Option<Node<'_>>)>, LinesError> {
        let (line, is_read) = loop {
            let Some(found) = self.lines.next(0)? else { return Ok(None) };
            let line = found.position;
            if !self.is_csv {
                break (line, self.document.read(found.value));
            }
            self.row.read(found.value);
            let Some(header) = &mut self.header else {
                self.columns = self.row.texts();
                self.header = Some(Header::new(&self.columns, &[], false));
                continue;
            };
            break (
                line,
                header.object(&self.row, &mut self.json) && self.document.read(&self.json),
            );
        };
        Ok(Some((line, is_read.then(|| self.document.root()))))
    }
}
