//! CSV (RFC 4180, UTF-8) into rows of cells that know their lines.

use super::{Broken, Source};

/// A row: the line on which it begins, and its cells.
pub(super) type Row = (u32, Vec<String>);

/// The rows of a text in their order, blank lines left out; one end of line may be written as CRLF
/// and another as LF.
pub(super) fn rows(source: &Source<'_>) -> impl Iterator<Item = Result<Row, Broken>> {
    let mut reader = Reader { rest: source.text.trim_start_matches('\u{feff}'), line: 1 };
    std::iter::from_fn(move || {
        reader.skip_blank_lines();
        (!reader.rest.is_empty()).then(|| reader.row())
    })
}

/// Reads the remaining text.
struct Reader<'a> {
    rest: &'a str,
    line: u32,
}

impl Reader<'_> {
    fn skip_blank_lines(&mut self) {
        while let Some(rest) = self.rest.strip_prefix('\n').or(self.rest.strip_prefix("\r\n")) {
            (self.rest, self.line) = (rest, self.line + 1);
        }
    }

    fn row(&mut self) -> Result<Row, Broken> {
        let (line, mut cells) = (self.line, Vec::new());
        loop {
            cells.push(match self.rest.strip_prefix('"') {
                Some(rest) => {
                    self.rest = rest;
                    self.quoted()?
                }
                None => self.plain()?,
            });
            if !self.goes_on()? {
                return Ok((line, cells));
            }
        }
    }

    /// A cell without quotes.
    fn plain(&mut self) -> Result<String, Broken> {
        let end = self.rest.find([',', '\n', '"']).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        if rest.starts_with('"') {
            let reason =
                "a quote inside a cell: put the whole cell in quotes, and double those in it";
            return Err((self.line, reason.to_owned()));
        }
        self.rest = rest;
        let cell = if rest.starts_with(',') { cell } else { cell.trim_end_matches('\r') };
        if cell.contains('\r') {
            return Err((self.line, "lines must end in LF or CRLF, not in CR alone".to_owned()));
        }
        Ok(cell.to_owned())
    }

    /// The rest of a cell whose opening quote has been read.
    fn quoted(&mut self) -> Result<String, Broken> {
        let (opened, mut cell) = (self.line, String::new());
        loop {
            let Some((text, rest)) = self.rest.split_once('"') else {
                return Err((opened, "a cell's closing quote is missing".to_owned()));
            };
            cell.push_str(text);
            self.line += text.bytes().filter(|byte| *byte == b'\n').count() as u32;
            self.rest = rest;
            match self.rest.strip_prefix('"') {
                Some(rest) => self.rest = rest,
                None => return Ok(cell),
            }
            cell.push('"');
        }
    }

    /// Passes what ends a cell; whether another follows in the row.
    fn goes_on(&mut self) -> Result<bool, Broken> {
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return Ok(true);
        }
        if let Some(rest) = self.rest.strip_prefix('\n').or(self.rest.strip_prefix("\r\n")) {
            (self.rest, self.line) = (rest, self.line + 1);
            return Ok(false);
        }
        if self.rest.is_empty() {
            return Ok(false);
        }
        Err((
            self.line,
            "text after a closing quote: a comma or the end of the line must follow".to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Result<Vec<Row>, Broken> {
        rows(&Source::new(Path::new("c.csv"), text)).collect()
    }

    #[test]
    fn quotes_line_ends_and_a_mark_of_the_byte_order_are_read() {
        let row =
            |line, cells: &[&str]| (line, cells.iter().map(|cell| (*cell).to_owned()).collect());
        let read =
            read("\u{feff}id,name\r\n1,\"27\"\" Monitor, \nblack\"\r\n\r\n2,\n3,\"\"").unwrap();
        let expected: Vec<Row> = vec![
            row(1, &["id", "name"]),
            row(2, &["1", "27\" Monitor, \nblack"]),
            row(5, &["2", ""]),
            row(6, &["3", ""]),
        ];
        assert_eq!(read, expected);
        assert_eq!(super::rows(&Source::new(Path::new("c.csv"), "\n\r\n")).count(), 0);
    }

    #[test]
    fn quotes_that_do_not_fit_are_refused_with_their_line() {
        for (text, line, reason) in [
            ("a\nb\"c\n", 2, "a quote inside a cell"),
            ("a\n\"b\nc", 2, "closing quote is missing"),
            ("a\n\"b\n\"c\n", 3, "text after a closing quote"),
            ("a,b\r1,2\r", 1, "lines must end in LF or CRLF"),
            ("a\nb\rc\r\n", 2, "lines must end in LF or CRLF"),
        ] {
            let (found, said) = read(text).unwrap_err();
            assert!(found == line && said.contains(reason), "{text:?}: {found} {said}");
        }
    }
}
