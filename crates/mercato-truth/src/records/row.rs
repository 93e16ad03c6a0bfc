//! Rows of CSV, cut into cells by RFC 4180.

use csv_core::{ReadRecordResult, Reader};

/// The cells of a row, with buffers for the next one.
///
/// ```
/// use mercato_truth::Row;
///
/// let mut row = Row::default();
/// row.read(b"7,\"Lamp, \"\"red\"\"\",");
/// assert_eq!(row.cells().collect::<Vec<_>>(), [&b"7"[..], b"Lamp, \"red\"", b""]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Row {
    cells: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Row {
    /// Reads a row without its line ending; what was read before is forgotten.
    pub fn read(&mut self, row: &[u8]) {
        let mut reader = Reader::new();
        let (mut rest, mut written) = (row, 0);
        self.count = 0;
        // Cells are never longer than what they are made of.
        self.cells.resize(row.len().max(1), 0);
        loop {
            if self.count == self.ends.len() {
                self.ends.resize(self.count.max(32) * 2, 0);
            }
            let (result, read, cells, ends) =
                reader.read_record(rest, &mut self.cells[written..], &mut self.ends[self.count..]);
            (rest, written, self.count) = (&rest[read..], written + cells, self.count + ends);
            match result {
                ReadRecordResult::OutputFull => self.cells.resize(self.cells.len() * 2, 0),
                ReadRecordResult::InputEmpty | ReadRecordResult::OutputEndsFull => {}
                ReadRecordResult::Record | ReadRecordResult::End => return,
            }
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Returns true if nothing has been read.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The cells in order, unquoted.
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let ends = &self.ends[..self.count];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| &self.cells[start..*end])
    }

    /// The cells as texts; bytes that are no UTF-8 are replaced.
    pub fn texts(&self) -> Vec<String> {
        self.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(row: &str) -> Vec<String> {
        let mut cells = Row::default();
        cells.read(row.as_bytes());
        cells.texts()
    }

    #[test]
    fn rows_are_cut_by_rfc_4180() {
        assert_eq!(texts("a,,\"b\r\nc\",\"\""), ["a", "", "b\r\nc", ""]);
        assert_eq!(texts("5\" disk,\"6\"\" disk\""), ["5\" disk", "6\" disk"]);
        assert_eq!(texts(","), ["", ""]);
        assert_eq!(texts(&vec!["x"; 500].join(",")).len(), 500);
        assert_eq!(texts("\"never closed,b"), ["never closed,b"]);
    }
}
