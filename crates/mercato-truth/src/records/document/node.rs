//! A value inside a document.

use mercato_schema::Money;

use super::decimal::units;
use super::{Cell, Document, Span};

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number, as it is spelled.
    Number,
    /// A text.
    Text,
    /// A sequence of values.
    Array,
    /// Values under names.
    Object,
}

/// A value inside a [`Document`].
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    index: u32,
    cell: &'a Cell,
}

/// The cell of a document that holds nothing.
static NOTHING: Cell = Cell {
    kind: NodeKind::Null,
    key: Span { start: 0, end: 0 },
    value: Span { start: 0, end: 0 },
    at: 0,
    next: 1,
};

impl<'a> Node<'a> {
    #[inline]
    pub(super) fn new(document: &'a Document, index: u32) -> Self {
        let cell = document.cells.get(index as usize).unwrap_or(&NOTHING);
        Self { document, index, cell }
    }

    /// The kind of the value.
    #[inline]
    pub fn kind(self) -> NodeKind {
        self.cell.kind
    }

    /// Returns true for `null`.
    #[inline]
    pub fn is_null(self) -> bool {
        self.cell.kind == NodeKind::Null
    }

    /// Returns true for an object.
    #[inline]
    pub fn is_object(self) -> bool {
        self.cell.kind == NodeKind::Object
    }

    /// The content of a text.
    #[inline]
    pub fn text(self) -> Option<&'a str> {
        (self.cell.kind == NodeKind::Text).then(|| self.piece(self.cell.value))
    }

    /// A number as it is spelled.
    #[inline]
    pub fn number(self) -> Option<&'a str> {
        (self.cell.kind == NodeKind::Number).then(|| self.piece(self.cell.value))
    }

    /// A truth value.
    pub fn boolean(self) -> Option<bool> {
        (self.cell.kind == NodeKind::Boolean).then(|| self.piece(self.cell.value) == "true")
    }

    /// The whole number of 64 bits that a number without fraction and exponent is.
    pub fn whole(self) -> Option<i64> {
        self.number()?.parse().ok()
    }

    /// The double nearest to a number.
    pub fn double(self) -> Option<f64> {
        self.number()?.parse().ok()
    }

    /// An amount of money in cents: exactly as it is spelled, or the amount whose double is spelled
    /// with more digits.
    pub fn cents(self) -> Option<i64> {
        let text = self.number()?;
        let exact = units::<2>(text);
        exact.or_else(|| Money::from_number(text.parse().ok()?).ok().map(Money::cents))
    }

    /// An amount of money in units of its last of so many decimals; as with [`Node::cents`], exactly.
    pub(crate) fn minor_units(self, decimals: u32) -> Option<i64> {
        match decimals {
            0 => units::<0>(self.number()?),
            3 => units::<3>(self.number()?),
            4 => units::<4>(self.number()?),
            _ => self.cents(),
        }
    }

    /// The value as it stands in the text that was read; of a text, its content.
    pub fn json(self) -> &'a str {
        // A decoded text is elsewhere, without its quotes; everything else is where it was read.
        self.piece(self.cell.value)
    }

    /// The position of the value's first byte in the text that was read.
    pub(crate) fn at(self) -> usize {
        self.cell.at as usize
    }

    /// The value of the member called `name`; the first, if there are several.
    #[inline]
    pub fn get(self, name: &str) -> Option<Node<'a>> {
        let end = if self.is_object() { self.cell.next } else { 0 };
        let mut index = self.index + 1;
        while index < end {
            let cell = self.document.cells.get(index as usize)?;
            let length = (cell.key.end - cell.key.start) as usize;
            if length == name.len() && self.piece(cell.key) == name {
                return Some(Node { document: self.document, index, cell });
            }
            index = cell.next;
        }
        None
    }

    /// The members of an object, in order.
    #[inline]
    pub fn members(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let inside = self.inside(NodeKind::Object);
        inside.map(|node| (node.piece(node.cell.key), node))
    }

    /// The elements of an array, in order.
    #[inline]
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.inside(NodeKind::Array)
    }

    #[inline]
    fn inside(self, kind: NodeKind) -> impl Iterator<Item = Node<'a>> {
        let end = if self.cell.kind == kind { self.cell.next } else { 0 };
        let mut index = self.index + 1;
        std::iter::from_fn(move || {
            let node = (index < end).then(|| Node::new(self.document, index))?;
            index = node.cell.next;
            Some(node)
        })
    }

    #[inline]
    fn piece(self, span: Span) -> &'a str {
        self.document.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}
