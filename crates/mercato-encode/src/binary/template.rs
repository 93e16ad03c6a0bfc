//! Templates of binary records: tags, lengths and constants that are rendered before the first record.

use mercato_schema::{Description, Kind};

use super::plan::{Border, Plan, PlannedLeaf};
use super::scalar::{LENGTH_DELIMITED, Scalar, tag, text_of};
use crate::Layout;
use crate::layout::{Constant, Part, Slot};
use crate::text::{InlineText, Texts};

/// Structs inside one another that a record may have.
pub(crate) const DEEPEST: usize = 16;

/// Digits after the point that a number may have: all of those of a whole number of 64 bits.
const MOST_DIGITS: u32 = 18;

/// Everything about binary records of one layout that is known before the first.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) cells: Box<[Cell]>,
    pub(crate) end: Edges,
    pub(crate) description: Description,
    /// Why records of the layout cannot be written, if they cannot.
    pub(crate) flaw: Option<String>,
    /// The most structs inside one another.
    depth: usize,
}

/// One slot.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) edges: Edges,
    /// Bytes before a value; before the prefix of a text stands one byte to be set to the length of both.
    pub(crate) lead: InlineText<16>,
    /// Bytes in the place of a value that is not there, if it may be missing.
    pub(crate) null: Option<InlineText<8>>,
    pub(crate) content: Content,
    pub(crate) name: Box<str>,
}

/// The fixed part of a slot.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Text after a prefix of this length.
    Text { prefix: usize },
    /// Another single value.
    Value(Scalar),
    /// The values of a table, in pieces between the borders of structs.
    Table(Box<[(Edges, Texts)]>),
    /// The items of a list; in Protobuf, a struct comes after this tag and its length.
    List { item: Box<Template>, tag: Option<InlineText<8>> },
    /// The members of a map: bytes before each value, which in Protobuf follow this tag and a length.
    Map { tag: InlineText<8>, names: Texts, value: Scalar },
    /// A map of something else than numbers, which only comes as part of a whole record.
    Whole,
}

/// The borders of structs before a value, in order: bytes before the length of a struct that begins, or one that ends.
///
/// Only Protobuf has any, and none of structs that are part of a table as a whole.
pub(crate) type Edges = Box<[Option<InlineText<8>>]>;

impl Template {
    pub(crate) fn new<const AVRO: bool>(layout: &Layout) -> Self {
        Self::with::<AVRO>(layout, 1)
    }

    /// The template of records, or of the items of a list; an item that is not a struct is field `bare`.
    fn with<const AVRO: bool>(layout: &Layout, bare: u32) -> Self {
        let plan = Plan::new(layout, bare);
        let mut compiler = Compiler::<AVRO> { plan: &plan, flaw: None, depth: 0 };
        let cells = layout.slots().iter().map(|slot| compiler.cell(slot)).collect();
        let (end, _) = compiler.edges(&plan.end);
        let depth = plan.depth + compiler.depth;
        if depth > DEEPEST {
            compiler.refuse(format!("more than {DEEPEST} structs are inside one another"));
        }
        let (description, flaw) = (layout.description().clone(), compiler.flaw);
        Self { cells, end, description, flaw, depth }
    }
}

struct Compiler<'a, const AVRO: bool> {
    plan: &'a Plan<'a>,
    flaw: Option<String>,
    /// The most structs inside one another in the items of a list.
    depth: usize,
}

impl<const AVRO: bool> Compiler<'_, AVRO> {
    fn refuse(&mut self, reason: String) {
        self.flaw.get_or_insert(reason);
    }

    fn cell(&mut self, slot: &Slot) -> Cell {
        let name = slot.name.as_str().into();
        if let Part::Table(rows) = &slot.part {
            let content = Content::Table(self.table(slot, rows));
            let (edges, lead) = (Edges::default(), InlineText::new(&[]));
            return Cell { edges, lead, null: None, content, name };
        }
        let leaf = &self.plan.leaves[slot.leaves.start];
        let (edges, mut lead) = self.edges(&leaf.before);
        let null = leaf.field.nullable.then(|| {
            let absent: &[u8] = if AVRO { &[ABSENT] } else { &[] };
            InlineText::new(&[&lead, absent].concat())
        });
        before_value::<AVRO>(&mut lead, leaf);
        let content = match &slot.part {
            Part::List(item) => self.list(leaf, item),
            Part::Map(names) => self.map(slot, leaf, names),
            Part::Value { .. } | Part::Table(_) => self.value(slot, leaf),
        };
        if let (Content::Text { .. }, Part::Value { prefix }) = (&content, &slot.part) {
            lead.push(0);
            lead.extend_from_slice(prefix.as_bytes());
        }
        Cell { edges, lead: InlineText::new(&lead), null, content, name }
    }

    fn value(&mut self, slot: &Slot, leaf: &PlannedLeaf<'_>) -> Content {
        let prefix = if let Part::Value { prefix } = &slot.part { prefix.len() } else { 0 };
        match Scalar::of(&leaf.field.kind) {
            Some(Scalar::Text) => Content::Text { prefix },
            Some(scalar) => {
                self.check_digits(&slot.name, scalar);
                Content::Value(scalar)
            }
            None => Content::Whole,
        }
    }

    fn list(&mut self, leaf: &PlannedLeaf<'_>, item: &Layout) -> Content {
        let kind = if let Kind::List(of) = &leaf.field.kind { &**of } else { &leaf.field.kind };
        // Protobuf has a message around a list or a map in a list.
        let is_message = !AVRO && Scalar::of(kind).is_none();
        let item = Template::with::<AVRO>(item, if is_message { 1 } else { leaf.number });
        self.depth = self.depth.max(item.depth);
        if let Some(flaw) = &item.flaw {
            self.refuse(flaw.clone());
        }
        let tag = is_message.then(|| delimited(leaf.number));
        Content::List { item: Box::new(item), tag }
    }

    fn map(&mut self, slot: &Slot, leaf: &PlannedLeaf<'_>, names: &[String]) -> Content {
        let value = if let Kind::Map(of) = &leaf.field.kind { Scalar::of(of) } else { None };
        let value = value.filter(|value| {
            matches!(value, Scalar::Whole | Scalar::Decimal { .. } | Scalar::Double { .. })
        });
        let Some(value) = value else { return Content::Whole };
        self.check_digits(&slot.name, value);
        let member = |name: &String| {
            let mut text = Vec::new();
            if AVRO {
                text_of::<AVRO>(&mut text, name);
            } else {
                tag(&mut text, 1, LENGTH_DELIMITED);
                text_of::<AVRO>(&mut text, name);
                tag(&mut text, 2, value.wire_type());
            }
            text
        };
        let tag = if AVRO { InlineText::new(&[]) } else { delimited(leaf.number) };
        Content::Map { tag, names: Texts::new(names.iter().map(member)), value }
    }

    fn check_digits(&mut self, name: &str, value: Scalar) {
        let (Scalar::Decimal { scale } | Scalar::Double { scale }) = value else { return };
        if scale > MOST_DIGITS {
            self.refuse(format!(
                "{name} has {scale} digits after the point (at most {MOST_DIGITS} are possible)"
            ));
        }
    }

    /// The borders that a writer has to keep, and the bytes that say the rest.
    fn edges(&self, before: &[Border]) -> (Edges, Vec<u8>) {
        let mut bytes = Vec::new();
        let edge = |border: &Border| {
            let planned = &self.plan.structs[border.index()];
            match border {
                Border::Begin(_) if AVRO => {
                    bytes.extend(planned.nullable.then_some(PRESENT));
                    None
                }
                Border::Begin(_) => Some(Some(delimited(planned.number))),
                Border::End(_) => (!AVRO && !planned.in_table).then_some(None),
            }
        };
        let edges = before.iter().filter_map(edge).collect();
        (edges, bytes)
    }

    fn table(&mut self, slot: &Slot, rows: &[Vec<Constant>]) -> Box<[(Edges, Texts)]> {
        let leaves = &self.plan.leaves[slot.leaves.clone()];
        let mut texts: Vec<Vec<Vec<u8>>> = Vec::new();
        let mut edges = Vec::new();
        for row in rows {
            let mut pieces = Pieces::<AVRO>::new(self.plan);
            for (leaf, value) in leaves.iter().zip(row) {
                if !pieces.take(leaf, value) {
                    let (name, field) = (&slot.name, &leaf.field.name);
                    self.refuse(format!("{value:?} in the table {name} is not a value of {field}"));
                }
            }
            let (of_row, bytes): (Vec<_>, Vec<_>) = pieces.finish().into_iter().unzip();
            edges = of_row;
            texts.resize(bytes.len(), Vec::new());
            texts.iter_mut().zip(bytes).for_each(|(column, text)| column.push(text));
        }
        let edges = edges.iter().map(|before| self.edges(before).0);
        edges.zip(texts.into_iter().map(Texts::new)).collect()
    }
}

/// The index of null in the union that a nullable field is, as Avro writes it.
const ABSENT: u8 = 0;
/// The index of a value in that union.
const PRESENT: u8 = 2;

/// The tag of a field with a length.
fn delimited(number: u32) -> InlineText<8> {
    let mut text = Vec::new();
    tag(&mut text, number, LENGTH_DELIMITED);
    InlineText::new(&text)
}

/// Appends what stands before a value that is there.
fn before_value<const AVRO: bool>(out: &mut Vec<u8>, leaf: &PlannedLeaf<'_>) {
    if AVRO {
        out.extend(leaf.field.nullable.then_some(PRESENT));
    } else if let Some(scalar) = Scalar::of(&leaf.field.kind) {
        tag(out, leaf.number, scalar.wire_type());
    }
}

/// The bytes of one row of a table, between the borders that its writer keeps.
struct Pieces<'a, const AVRO: bool> {
    plan: &'a Plan<'a>,
    /// The borders before each piece, and its bytes.
    done: Vec<(Vec<Border>, Vec<u8>)>,
    /// Structs of the table that have begun: their numbers, and their bytes so far.
    open: Vec<(u32, Vec<u8>)>,
    /// The last piece has a value.
    begun: bool,
}

impl<'a, const AVRO: bool> Pieces<'a, AVRO> {
    fn new(plan: &'a Plan<'a>) -> Self {
        Self { plan, done: vec![Default::default()], open: Vec::new(), begun: false }
    }

    /// Appends a value; false if the field cannot have it.
    fn take(&mut self, leaf: &PlannedLeaf<'_>, value: &Constant) -> bool {
        for border in &leaf.before {
            self.border(*border);
        }
        self.begun = true;
        let mut text = Vec::new();
        let fits = match (value, Scalar::of(&leaf.field.kind)) {
            (Constant::Null, _) => {
                text.extend(AVRO.then_some(ABSENT));
                leaf.field.nullable
            }
            (value, Some(scalar)) => {
                before_value::<AVRO>(&mut text, leaf);
                scalar.constant::<AVRO>(&mut text, value)
            }
            (_, None) => false,
        };
        self.bytes().extend_from_slice(&text);
        fits
    }

    fn border(&mut self, border: Border) {
        let planned = &self.plan.structs[border.index()];
        match border {
            Border::Begin(_) if AVRO => {
                let presence = planned.nullable.then_some(PRESENT);
                self.bytes().extend(presence);
            }
            Border::Begin(_) if planned.in_table => self.open.push((planned.number, Vec::new())),
            Border::End(_) if AVRO => {}
            // One that is not open here belongs to the table before.
            Border::End(_) if planned.in_table => self.close(),
            _ => {
                if std::mem::take(&mut self.begun) {
                    self.done.push(Default::default());
                }
                if let Some((edges, _)) = self.done.last_mut() {
                    edges.push(border);
                }
            }
        }
    }

    /// Ends the innermost struct of the table, if one is open.
    fn close(&mut self) {
        let Some((number, text)) = self.open.pop() else { return };
        let out = self.bytes();
        tag(out, number, LENGTH_DELIMITED);
        super::scalar::length::<AVRO>(out, text.len());
        out.extend_from_slice(&text);
    }

    fn bytes(&mut self) -> &mut Vec<u8> {
        if let Some((_, text)) = self.open.last_mut() {
            return text;
        }
        if self.done.is_empty() {
            self.done.push(Default::default());
        }
        let last = self.done.len() - 1;
        &mut self.done[last].1
    }

    fn finish(mut self) -> Vec<(Vec<Border>, Vec<u8>)> {
        while !self.open.is_empty() {
            self.close();
        }
        self.done
    }
}
