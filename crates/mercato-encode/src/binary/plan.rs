//! The fields of a layout in the order of their values, with the borders of structs between them.

use mercato_schema::dialect::protobuf::field_number;
use mercato_schema::{Field, Kind};

use crate::Layout;
use crate::layout::Part;

/// The leaves of a description, and the structs around them.
#[derive(Debug, Default)]
pub(crate) struct Plan<'a> {
    pub(crate) leaves: Vec<PlannedLeaf<'a>>,
    pub(crate) structs: Vec<PlannedStruct>,
    /// Borders after the last leaf.
    pub(crate) end: Vec<Border>,
    /// The most structs inside one another.
    pub(crate) depth: usize,
    /// Field number of a list's items, unless they are structs.
    bare: u32,
}

/// A field that is not a struct.
#[derive(Debug)]
pub(crate) struct PlannedLeaf<'a> {
    pub(crate) before: Vec<Border>,
    pub(crate) field: &'a Field,
    /// Its number in Protobuf.
    pub(crate) number: u32,
}

/// A struct inside a record.
#[derive(Debug)]
pub(crate) struct PlannedStruct {
    pub(crate) number: u32,
    pub(crate) nullable: bool,
    /// All of it is in one table, so it is rendered with the rows.
    pub(crate) in_table: bool,
    first: usize,
    end: usize,
}

/// The beginning or the end of a struct, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    Begin(usize),
    End(usize),
}

impl Border {
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Begin(index) | Self::End(index) => index,
        }
    }
}

impl<'a> Plan<'a> {
    pub(crate) fn new(layout: &'a Layout, bare: u32) -> Self {
        let mut plan = Self { bare, ..Self::default() };
        plan.walk(&layout.description().fields, 1);
        let tables = layout.slots().iter().filter(|slot| matches!(slot.part, Part::Table(_)));
        for slot in tables {
            let leaves = &slot.leaves;
            let is_inside = |planned: &&mut PlannedStruct| {
                planned.first < planned.end
                    && leaves.start <= planned.first
                    && planned.end <= leaves.end
            };
            plan.structs.iter_mut().filter(is_inside).for_each(|planned| planned.in_table = true);
        }
        plan
    }

    fn walk(&mut self, fields: &'a [Field], depth: usize) {
        for (place, field) in fields.iter().enumerate() {
            let number = field_number(place);
            let Kind::Struct(inner) = &field.kind else {
                let number = if field.name.is_empty() { self.bare } else { number };
                let before = std::mem::take(&mut self.end);
                self.leaves.push(PlannedLeaf { before, field, number });
                continue;
            };
            let (index, first, nullable) = (self.structs.len(), self.leaves.len(), field.nullable);
            self.structs.push(PlannedStruct {
                number,
                nullable,
                in_table: false,
                first,
                end: first,
            });
            self.depth = self.depth.max(depth);
            self.end.push(Border::Begin(index));
            self.walk(inner, depth + 1);
            self.end.push(Border::End(index));
            self.structs[index].end = self.leaves.len();
        }
    }
}
