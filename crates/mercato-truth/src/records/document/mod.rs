//! A JSON text as a flat list of cells over its own bytes, reused from record to record.
//!
//! Records are read here and not as `serde_json::Value`, which allocates every name and every text
//! and turns numbers into doubles: checking rules spent more than half of its time there.
//! A [`Document`] keeps its buffers, so that reading a record allocates nothing in steady state,
//! and keeps numbers as they are spelled, so that they can be compared exactly.
//!
//! It accepts what `serde_json` accepts, and nothing else; a property test holds the two together.

mod canonical;
mod decimal;
mod node;
mod scan;

pub(crate) use canonical::append_text;
pub use node::{Node, NodeKind};

/// A part of the text of a document.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    end: u32,
}

/// A value with the name it has in its object.
#[derive(Debug, Clone, Copy)]
struct Cell {
    kind: NodeKind,
    key: Span,
    /// The value as it is spelled; of a text, its decoded content.
    value: Span,
    /// The position of the value in the text that was read.
    at: u32,
    /// Index of the cell that follows this one and everything inside it.
    next: u32,
}

/// A JSON value that was read, with buffers for the next one.
///
/// ```
/// use mercato_truth::Document;
///
/// let mut document = Document::default();
/// assert!(document.read(br#"{"id": "a", "price": 1.50, "tags": ["x", "y"]}"#));
/// let record = document.root();
/// assert_eq!(record.get("id").and_then(|id| id.text()), Some("a"));
/// assert_eq!(record.get("price").and_then(|price| price.number()), Some("1.50"));
/// assert_eq!(record.get("tags").map_or(0, |tags| tags.items().count()), 2);
/// assert!(!document.read(b"{torn"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The text that was read, and after it the texts that hold escapes, decoded.
    text: String,
    decoded: String,
    cells: Vec<Cell>,
}

impl Document {
    /// Reads a JSON value and returns true, or returns false if `json` is none.
    ///
    /// The value that was read before is forgotten.
    pub fn read(&mut self, json: &[u8]) -> bool {
        self.text.clear();
        self.decoded.clear();
        self.cells.clear();
        let Ok(text) = str::from_utf8(json) else { return false };
        // Positions have 32 bits, for the text and its decoded copies.
        if text.len() >= (u32::MAX / 2) as usize
            || !scan::scan(text, &mut self.cells, &mut self.decoded)
        {
            self.cells.clear();
            return false;
        }
        self.text.push_str(text);
        self.text.push_str(&self.decoded);
        true
    }

    /// Returns the value that was read; `null` if there was none.
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }
}
