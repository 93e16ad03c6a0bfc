//! Templates: everything about lines of one layout that can be rendered before the first record.

use mercato_schema::{Description, Field, Kind};

use crate::layout::{Constant, Part, Slot};
use crate::shape::{Instants, KeySource};
use crate::text::{InlineText, Texts};
use crate::{Layout, csv, digits, json, numbers};

/// The form of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One JSON object.
    Json,
    /// Comma-separated values by RFC 4180.
    Csv,
    /// JSON inside the quotes of a CSV field, so each of its own quotes is doubled.
    QuotedJson,
}

/// The text between the values of a record.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) cells: Box<[Cell]>,
    /// Text after the last value.
    pub(crate) end: InlineText<32>,
    pub(crate) key: KeySource,
    /// The form of every instant; none for that of its field.
    pub(crate) instants: Option<Instants>,
}

/// One slot.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// Text before its value; part of each text of a table.
    pub(crate) lead: InlineText<32>,
    pub(crate) content: Content,
    pub(crate) name: Box<str>,
}

/// The fixed part of a slot.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A value that is always there.
    Value,
    /// Text that may be missing, so its quotes and its prefix are not part of the lead.
    OptionalText { prefix: Box<[u8]> },
    /// The texts of a table.
    Table(Texts),
    /// The items of a list.
    List(Box<Template>),
    /// The members of a map up to the colon.
    Map(Texts),
}

impl Template {
    pub(crate) fn new(layout: &Layout, form: Form) -> Self {
        let leaves = layout.description().leaves();
        let kinds: Vec<(&Kind, bool)> =
            leaves.iter().map(|leaf| (&leaf.field.kind, leaf.nullable)).collect();
        let gaps = gaps(layout.description(), form);
        let mut compiler = Compiler { form, gaps: &gaps, kinds: &kinds, pending: Vec::new() };
        let cells = layout.slots().iter().map(|slot| compiler.cell(slot)).collect();
        let mut end = compiler.pending;
        end.extend_from_slice(gaps.last().map_or(b"", Vec::as_slice));
        let end = InlineText::new(&form.finished(end));
        Self { cells, end, key: layout.key.clone(), instants: layout.instants }
    }
}

impl Form {
    fn is_json(self) -> bool {
        self != Self::Csv
    }

    /// The bytes as they stand in a line.
    fn finished(self, bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Self::QuotedJson => double_quotes(&bytes),
            Self::Json | Self::Csv => bytes,
        }
    }
}

/// The same with each quote twice, as it stands in a CSV field that is quoted.
pub(crate) fn double_quotes(bytes: &[u8]) -> Vec<u8> {
    let double = |byte: &u8| std::iter::repeat_n(*byte, 1 + usize::from(*byte == b'"'));
    bytes.iter().flat_map(double).collect()
}

/// Renders the slots one after the other; what stands after one is left to the next.
struct Compiler<'a> {
    form: Form,
    gaps: &'a [Vec<u8>],
    /// The kind of each leaf, and whether it may be null.
    kinds: &'a [(&'a Kind, bool)],
    pending: Vec<u8>,
}

impl Compiler<'_> {
    fn cell(&mut self, slot: &Slot) -> Cell {
        let leaf = slot.leaves.start;
        let (mut lead, quote) = (std::mem::take(&mut self.pending), self.quote(leaf));
        let content = match &slot.part {
            Part::Table(rows) => {
                let row = |row: &Vec<Constant>| self.form.finished(self.row(&lead, leaf, row));
                let texts = Texts::new(rows.iter().map(row));
                lead.clear();
                Content::Table(texts)
            }
            Part::Value { prefix } => {
                lead.extend_from_slice(&self.gaps[leaf]);
                if is_text(self.kinds[leaf].0) && self.kinds[leaf].1 {
                    Content::OptionalText { prefix: prefix.as_bytes().into() }
                } else {
                    lead.extend_from_slice(quote);
                    lead.extend_from_slice(prefix.as_bytes());
                    self.pending.extend_from_slice(quote);
                    Content::Value
                }
            }
            Part::List(item) => {
                self.open(&mut lead, leaf, *b"[]");
                let nested = if self.form == Form::Json { Form::Json } else { Form::QuotedJson };
                Content::List(Box::new(Template::new(item, nested)))
            }
            Part::Map(names) => {
                self.open(&mut lead, leaf, *b"{}");
                Content::Map(Texts::new(names.iter().map(|name| self.member(name))))
            }
        };
        let lead = InlineText::new(&self.form.finished(lead));
        Cell { lead, content, name: slot.name.as_str().into() }
    }

    /// Begins a list or a map; in CSV the writer puts the brackets, because quotes depend on what is inside.
    fn open(&mut self, lead: &mut Vec<u8>, leaf: usize, [open, close]: [u8; 2]) {
        lead.extend_from_slice(&self.gaps[leaf]);
        if self.form.is_json() {
            lead.push(open);
            self.pending.push(close);
        }
    }

    /// A member of a map up to the colon.
    fn member(&self, name: &str) -> Vec<u8> {
        let mut text = Vec::new();
        json::string(&mut text, name);
        text.push(b':');
        if self.form == Form::Json { text } else { double_quotes(&text) }
    }

    fn quote(&self, leaf: usize) -> &'static [u8] {
        if self.form.is_json() && is_quoted(self.kinds[leaf].0) { b"\"" } else { b"" }
    }

    /// The fields of a table with these values, after `lead`.
    fn row(&self, lead: &[u8], first: usize, row: &[Constant]) -> Vec<u8> {
        let mut text = lead.to_vec();
        for (leaf, value) in (first..).zip(row) {
            text.extend_from_slice(&self.gaps[leaf]);
            self.constant(&mut text, self.kinds[leaf].0, value);
        }
        text
    }

    fn constant(&self, text: &mut Vec<u8>, kind: &Kind, value: &Constant) {
        match value {
            Constant::Null if self.form.is_json() => text.extend_from_slice(b"null"),
            Constant::Null => {}
            Constant::Text(value) if self.form.is_json() => json::string(text, value),
            Constant::Text(value) => csv::field(text, value),
            Constant::Boolean(value) => text.extend_from_slice(value.to_string().as_bytes()),
            Constant::Integer(value) => digits::signed(text, *value),
            Constant::Decimal(units) => numbers::scaled(text, *units, scale(kind)),
            Constant::Double(value) => {
                text.extend_from_slice(&serde_json::to_vec(value).unwrap_or_default());
            }
        }
    }
}

/// Digits after the point of a number of this kind.
fn scale(kind: &Kind) -> u32 {
    match kind {
        Kind::Decimal { scale, .. } | Kind::Number { scale } => u32::from(*scale),
        _ => 0,
    }
}

fn is_text(kind: &Kind) -> bool {
    matches!(kind, Kind::Identifier | Kind::Text)
}

/// Returns true if JSON writes the value in quotes.
fn is_quoted(kind: &Kind) -> bool {
    match kind {
        Kind::Identifier | Kind::Text => true,
        Kind::Instant(form) => !form.is_number(),
        _ => false,
    }
}

/// The texts before the value of each leaf, without its quotes, and after the last.
fn gaps(description: &Description, form: Form) -> Vec<Vec<u8>> {
    let mut gaps = Vec::new();
    let mut pending = Vec::new();
    if !form.is_json() {
        let count = description.leaves().len();
        gaps.extend((0..count).map(|leaf| if leaf == 0 { Vec::new() } else { b",".to_vec() }));
        gaps.push(Vec::new());
        return gaps;
    }
    let bare = matches!(description.fields.as_slice(), [field] if field.name.is_empty());
    if bare {
        return vec![Vec::new(), Vec::new()];
    }
    object(&description.fields, &mut pending, &mut gaps);
    gaps.push(pending);
    gaps
}

fn object(fields: &[Field], pending: &mut Vec<u8>, gaps: &mut Vec<Vec<u8>>) {
    pending.push(b'{');
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            pending.push(b',');
        }
        json::string(pending, &field.name);
        pending.push(b':');
        match &field.kind {
            Kind::Struct(inner) => object(inner, pending, gaps),
            _ => gaps.push(std::mem::take(pending)),
        }
    }
    pending.push(b'}');
}
