//! Scanning JSON by RFC 8259 into cells.

use super::{Cell, NodeKind, Span};

/// Deepest nesting that is read, as in `serde_json`.
const DEEPEST: u32 = 127;

/// Bytes that end a run of plain characters in a text: quote, backslash and controls.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

/// The highest bit of each byte of `word` that is a quote, a backslash or a control.
///
/// Only the lowest of them is exact: a borrow may mark bytes above one that stops.
#[inline]
fn stops(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGHEST: u64 = ONES << 7;
    let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    (below(word, 0x20) | is(b'"') | is(b'\\')) & HIGHEST
}

/// Appends the cells of the value in `text`, and the content of texts with escapes to `decoded`;
/// returns false if `text` is not one JSON value.
pub(super) fn scan(text: &str, cells: &mut Vec<Cell>, decoded: &mut String) -> bool {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, cells, decoded };
    let is_value = scanner.value(Span::default(), DEEPEST).is_some();
    scanner.skip_blanks();
    is_value && scanner.at == text.len()
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    cells: &'a mut Vec<Cell>,
    decoded: &'a mut String,
}

impl Scanner<'_> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes `byte` after blanks, if it is the next.
    #[inline]
    fn take(&mut self, byte: u8) -> Option<()> {
        self.skip_blanks();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn value(&mut self, key: Span, depth: u32) -> Option<()> {
        self.skip_blanks();
        let at = self.at as u32;
        let (kind, value) = match self.peek()? {
            b'"' => (NodeKind::Text, self.string()?),
            b'{' => return self.container(NodeKind::Object, key, depth.checked_sub(1)?),
            b'[' => return self.container(NodeKind::Array, key, depth.checked_sub(1)?),
            b't' => (NodeKind::Boolean, self.word(b"true")?),
            b'f' => (NodeKind::Boolean, self.word(b"false")?),
            b'n' => (NodeKind::Null, self.word(b"null")?),
            _ => (NodeKind::Number, self.number()?),
        };
        let next = self.cells.len() as u32 + 1;
        self.cells.push(Cell { kind, key, value, at, next });
        Some(())
    }

    /// Takes an object or an array, whose cell comes before those inside it.
    fn container(&mut self, kind: NodeKind, key: Span, depth: u32) -> Option<()> {
        let (index, at) = (self.cells.len(), self.at as u32);
        self.cells.push(Cell { kind, key, value: Span::default(), at, next: 0 });
        let value = match kind {
            NodeKind::Object => self.members(depth)?,
            _ => self.items(depth)?,
        };
        let next = self.cells.len() as u32;
        let cell = self.cells.get_mut(index)?;
        (cell.value, cell.next) = (value, next);
        Some(())
    }

    fn members(&mut self, depth: u32) -> Option<Span> {
        let start = self.at as u32;
        self.at += 1;
        if self.take(b'}').is_none() {
            loop {
                self.skip_blanks();
                if self.peek()? != b'"' {
                    return None;
                }
                let key = self.string()?;
                self.take(b':')?;
                self.value(key, depth)?;
                if self.take(b',').is_none() {
                    self.take(b'}')?;
                    break;
                }
            }
        }
        Some(Span { start, end: self.at as u32 })
    }

    fn items(&mut self, depth: u32) -> Option<Span> {
        let start = self.at as u32;
        self.at += 1;
        if self.take(b']').is_none() {
            loop {
                self.value(Span::default(), depth)?;
                if self.take(b',').is_none() {
                    self.take(b']')?;
                    break;
                }
            }
        }
        Some(Span { start, end: self.at as u32 })
    }

    fn word(&mut self, word: &[u8]) -> Option<Span> {
        let start = self.at;
        self.at += word.len();
        let is_there = self.bytes.get(start..self.at)? == word;
        is_there.then_some(Span { start: start as u32, end: self.at as u32 })
    }

    fn number(&mut self) -> Option<Span> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek()? {
            b'0' => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(Span { start: start as u32, end: self.at as u32 })
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    /// The content of a text; where it holds escapes, decoded behind the text that is read.
    fn string(&mut self) -> Option<Span> {
        self.at += 1;
        let start = self.at;
        self.skip_plain();
        if self.peek()? == b'"' {
            let span = Span { start: start as u32, end: self.at as u32 };
            self.at += 1;
            return Some(span);
        }
        let from = self.text.len() + self.decoded.len();
        let mut piece = start;
        loop {
            self.decoded.push_str(self.text.get(piece..self.at)?);
            match self.peek()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return None,
            }
            piece = self.at;
            self.skip_plain();
        }
        self.at += 1;
        let end = self.text.len() + self.decoded.len();
        Some(Span { start: from as u32, end: end as u32 })
    }

    /// Passes over plain characters, eight at a time as long as there are as many.
    #[inline]
    fn skip_plain(&mut self) {
        while let Some(word) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let stops = stops(u64::from_le_bytes(*word));
            if stops != 0 {
                self.at += (stops.trailing_zeros() / u8::BITS) as usize;
                return;
            }
            self.at += word.len();
        }
        while self.peek().is_some_and(|byte| !STOPS[usize::from(byte)]) {
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Option<()> {
        self.at += 1;
        let byte = self.peek()?;
        self.at += 1;
        let letter = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.code_point()?,
            _ => return None,
        };
        self.decoded.push(letter);
        Some(())
    }

    fn code_point(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        if self.bytes.get(self.at..self.at + 2)? != b"\\u" {
            return None;
        }
        self.at += 2;
        let second = self.unit().filter(|unit| (0xdc00..0xe000).contains(unit))?;
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00))
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::super::{Document, Node};
    use super::*;

    /// The value that `serde_json` would have read.
    fn value(node: Node<'_>) -> Value {
        match node.kind() {
            NodeKind::Null => Value::Null,
            NodeKind::Boolean => Value::Bool(node.boolean().unwrap()),
            NodeKind::Number => serde_json::from_str(node.number().unwrap()).unwrap(),
            NodeKind::Text => Value::String(node.text().unwrap().to_owned()),
            NodeKind::Array => Value::Array(node.items().map(value).collect()),
            NodeKind::Object => Value::Object(
                node.members().map(|(key, inner)| (key.to_owned(), value(inner))).collect(),
            ),
        }
    }

    fn agrees(text: &str) {
        let mut document = Document::default();
        // Numbers beyond a double are read here, where none becomes a double.
        let expected = serde_json::from_str::<Value>(text);
        if expected.as_ref().is_err_and(|error| error.to_string().contains("out of range")) {
            return;
        }
        let read = document.read(text.as_bytes()).then(|| value(document.root()));
        assert_eq!(read, expected.ok(), "{text}");
    }

    #[test]
    fn texts_are_read_as_serde_json_reads_them() {
        for text in [
            "",
            " ",
            "null",
            "nul",
            "true1",
            "-",
            "-0",
            "01",
            "1.",
            ".5",
            "1e",
            "1E+2",
            "\"",
            "\"\\x\"",
            "\"\\u00e9\\n\\/\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\u+123\"",
            "\"a\nb\"",
            "[",
            "[]",
            "[1,]",
            "[1 2]",
            "{}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{\"a\":{\"b\":[{},[]]},\"\\u0061\":2}",
            "{a:1}",
            "{} {}",
            "\t[ 1 , \"x\" ]\r\n",
            "\u{feff}1",
        ] {
            agrees(text);
        }
        for depth in [126, 127, 128, 129] {
            agrees(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_serde_json_reads_it(text in r#"[\[\]{}:, "\\u0-9a-f.eE+\-ntrl]{0,24}"#) {
            agrees(&text);
        }

        #[test]
        fn any_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let read = Document::default().read(&bytes);
            let is_json = serde_json::from_slice::<Value>(&bytes).is_ok();
            prop_assert!(read || !is_json);
        }
    }
}
