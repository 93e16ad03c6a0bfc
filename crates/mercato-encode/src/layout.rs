//! Layouts: which parts of a record are written each time, and which were rendered when the stream was made.

use std::ops::Range;

use mercato_schema::{ChangeForm, Described, Description, Field, Kind};

use crate::shape::{Instants, KeySource, Shape};

/// A description, and what a stream knows of its records before it writes the first.
///
/// A record has *slots* in the order of its fields.
/// Each field is a slot of its own, unless a [table](Layout::table) holds it: fields that belong together and have one
/// of a few combinations of values (a product, a city, a device) are rendered once for each combination, by every
/// writer in its own way, and a record only says which it is.
///
/// ```
/// use mercato_encode::Layout;
/// use mercato_schema::Order;
///
/// let categories = ["Books", "Toys"];
/// let layout = Layout::of::<Order>()
///     .prefix("orderId", "order_")
///     .table("category", ["category"], categories.map(|name| [name.into()]));
/// assert!(layout.flaw().is_none());
/// assert!(layout.prefix("no_such_field", "x").flaw().is_some());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    description: Description,
    slots: Vec<Slot>,
    flaw: Option<String>,
    pub(crate) key: KeySource,
    /// The form of every instant; none for that of its field.
    pub(crate) instants: Option<Instants>,
    rows: Option<Rows>,
    changes: Option<ChangeForm>,
}

/// The table whose rows the records of a layout are, each as it is after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// The name of the table.
    pub table: &'static str,
    /// True if rows are deleted in time.
    pub are_deleted: bool,
}

/// One or more fields of a record that are written together.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The name by which a stream writes it: that of its field, or of its table.
    pub name: String,
    /// Indices of its fields among the [leaves](Description::leaves) of the description.
    pub leaves: Range<usize>,
    /// Its kind.
    pub part: Part,
}

/// The kind of a slot, fixed before the first record.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A value that each record brings, if it is text after this prefix.
    Value {
        /// Prefix of every value.
        prefix: String,
    },
    /// One of these combinations of values, each with one value for each of the slot's fields.
    Table(Vec<Vec<Constant>>),
    /// Any number of items of this layout.
    List(Box<Layout>),
    /// Values under some of these names.
    Map(Vec<String>),
}

/// A value that is known before the first record.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A number in units of the last digit after the point that its field has.
    Decimal(i64),
    /// A number as JSON writes the double.
    Double(f64),
}

impl From<&str> for Constant {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Constant {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Constant {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Into::into)
    }
}

impl Layout {
    /// A layout in which every field is a slot.
    pub fn new(description: Description) -> Self {
        let slots = (0..).zip(description.leaves()).map(|(index, leaf)| Slot {
            name: leaf.path,
            leaves: index..index + 1,
            part: match &leaf.field.kind {
                Kind::List(item) => Part::List(Box::new(Self::new(item_description(item)))),
                Kind::Map(_) => Part::Map(Vec::new()),
                _ => Part::Value { prefix: String::new() },
            },
        });
        let slots = slots.collect();
        Self {
            description,
            slots,
            flaw: None,
            key: KeySource::Stream,
            instants: None,
            rows: None,
            changes: None,
        }
    }

    /// The layout of a record type.
    pub fn of<R: Described>() -> Self {
        Self::new(R::description())
    }

    /// Declares what every value of a text field begins with; the stream writes only the rest.
    #[must_use]
    pub fn prefix(mut self, field: &str, prefix: &str) -> Self {
        match self.slot_mut(field) {
            Some(Slot { part: Part::Value { prefix: own }, .. }) => prefix.clone_into(own),
            _ => self.refuse(&format!("{field} is not a single value, so it cannot have a prefix")),
        }
        self
    }

    /// Declares that consecutive `fields` have one of a few combinations of values, and are one slot `name`.
    #[must_use]
    pub fn table<const N: usize>(
        mut self,
        name: &str,
        fields: [&str; N],
        rows: impl IntoIterator<Item = [Constant; N]>,
    ) -> Self {
        let first = self.slots.iter().position(|slot| fields.first() == Some(&&*slot.name));
        let found = first.and_then(|first| Some((first, self.slots.get(first..first + N)?)));
        let Some((first, _)) = found.filter(|(_, slots)| {
            let is_value = |slot: &Slot| matches!(slot.part, Part::Value { .. });
            slots.iter().zip(&fields).all(|(slot, field)| slot.name == *field && is_value(slot))
        }) else {
            self.refuse(&format!("{} are not consecutive values of the record", fields.join(", ")));
            return self;
        };
        let leaves = self.slots[first].leaves.start..self.slots[first + N - 1].leaves.end;
        let rows = rows.into_iter().map(Vec::from).collect();
        let slot = Slot { name: name.to_owned(), leaves, part: Part::Table(rows) };
        self.slots.splice(first..first + N, [slot]);
        self
    }

    /// Declares what is known of the items of a list.
    #[must_use]
    pub fn list(mut self, field: &str, refine: impl FnOnce(Self) -> Self) -> Self {
        let Some(Slot { part: Part::List(item), .. }) = self.slot_mut(field) else {
            self.refuse(&format!("{field} is not a list"));
            return self;
        };
        **item = refine(item.as_ref().clone());
        if let Some(flaw) = item.flaw.clone() {
            self.flaw.get_or_insert(flaw);
        }
        self
    }

    /// Declares the names under which a map may have values.
    #[must_use]
    pub fn names(mut self, field: &str, names: impl IntoIterator<Item = String>) -> Self {
        match self.slot_mut(field) {
            Some(Slot { part: Part::Map(own), .. }) => *own = names.into_iter().collect(),
            _ => self.refuse(&format!("{field} is not a map")),
        }
        self
    }

    /// Declares that each record is a row of a table after a change, so that changes can be written
    /// instead; its key names the row.
    #[must_use]
    pub fn rows_of(mut self, rows: Rows) -> Self {
        self.rows = Some(rows);
        self
    }

    /// The table whose rows the records are, if they are such.
    pub fn rows(&self) -> Option<Rows> {
        self.rows
    }

    /// The form in which changes of rows are written; none for records as they are.
    pub fn changes(&self) -> Option<ChangeForm> {
        self.changes
    }

    /// The description of what is written: of the records, or of the changes of rows.
    pub fn value(&self) -> Description {
        let row = &self.description;
        self.changes.map_or_else(|| row.clone(), |form| form.value(row))
    }

    /// The texts that the key can have, if a table holds the key's field; `None` if a key is made for
    /// each record.
    pub fn known_keys(&self) -> Option<Vec<Vec<u8>>> {
        let leaves = self.description.leaves();
        let leaf = leaves.iter().position(|leaf| leaf.path == self.description.key)?;
        let slot = self.slots.iter().find(|slot| slot.leaves.contains(&leaf))?;
        let Part::Table(rows) = &slot.part else { return None };
        let column = leaf - slot.leaves.start;
        let text = |row: &Vec<Constant>| match row.get(column) {
            Some(Constant::Text(text)) => Some(text.clone().into_bytes()),
            _ => None,
        };
        let mut keys: Vec<Vec<u8>> = rows.iter().map(text).collect::<Option<_>>()?;
        keys.sort_unstable();
        keys.dedup();
        Some(keys)
    }

    /// Returns the layout of the same records in another shape.
    ///
    /// Fails with the path of the key if it is not a single value of the record.
    ///
    /// ```
    /// use mercato_encode::{Layout, RecordKey, Shape};
    /// use mercato_schema::Order;
    ///
    /// let by = |key: &str| Shape { key: Some(RecordKey::Field(key.to_owned())), ..Shape::default() };
    /// let layout = Layout::of::<Order>().shaped(&by("category"));
    /// assert_eq!(layout.map(|layout| layout.description().key.clone()), Ok("category".into()));
    /// assert_eq!(Layout::of::<Order>().shaped(&by("colour")), Err("colour".to_owned()));
    /// ```
    pub fn shaped(mut self, shape: &Shape) -> Result<Self, String> {
        self.key = shape.apply(&mut self.description)?;
        self.changes = shape.changes;
        self.reform(shape.instants);
        Ok(self)
    }

    fn reform(&mut self, instants: Option<Instants>) {
        self.instants = instants;
        let instants = Shape { instants, ..Shape::default() };
        for slot in &mut self.slots {
            if let Part::List(item) = &mut slot.part {
                // Nothing but a key could be refused.
                let _ = instants.apply(&mut item.description);
                item.reform(instants.instants);
            }
        }
    }

    /// Description of the record.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The slots in order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The first declaration that does not fit the description, if there is one.
    pub fn flaw(&self) -> Option<&str> {
        self.flaw.as_deref()
    }

    fn slot_mut(&mut self, name: &str) -> Option<&mut Slot> {
        self.slots.iter_mut().find(|slot| slot.name == name)
    }

    fn refuse(&mut self, reason: &str) {
        let name = &self.description.name;
        self.flaw.get_or_insert_with(|| format!("the layout of {name} is impossible: {reason}"));
    }
}

/// The items of a list as records; those that are no structs have one field without a name.
fn item_description(item: &Kind) -> Description {
    let fields = match item {
        Kind::Struct(fields) => fields.clone(),
        kind => {
            vec![Field { name: "".into(), doc: "".into(), kind: kind.clone(), nullable: false }]
        }
    };
    Description { name: "item".into(), doc: "".into(), key: "".into(), fields }
}
