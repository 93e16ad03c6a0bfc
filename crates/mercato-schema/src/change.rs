//! Change events: a row of a table before and after it changes.

use mercato_units::enumerated;

use crate::{Description, Field, Kind};

enumerated! {
    /// The form in which the changes of rows are written.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum ChangeForm {
        /// The row before and after the change, with what the change was, as Debezium writes it.
        Debezium,
        /// The row after the change; no value at all once it is deleted.
        Upsert,
    }
}

impl ChangeForm {
    /// Returns the description of what is written of a change, if `row` describes the rows.
    ///
    /// ```
    /// use mercato_schema::{ChangeForm, Described, Sale};
    ///
    /// let row = Sale::description();
    /// let event = ChangeForm::Debezium.value(&row);
    /// let names: Vec<&str> = event.fields.iter().map(|field| &*field.name).collect();
    /// assert_eq!(names, ["before", "after", "source", "op", "ts_ms"]);
    /// assert_eq!(ChangeForm::Upsert.value(&row), row);
    /// ```
    pub fn value(self, row: &Description) -> Description {
        match self {
            Self::Debezium => event(row),
            Self::Upsert => row.clone(),
        }
    }
}

fn event(row: &Description) -> Description {
    let state = |name: &'static str, doc: &'static str| Field {
        nullable: true,
        ..Field::new(name, doc, Kind::Struct(row.fields.clone()))
    };
    let source = Kind::Struct(vec![
        Field::new("version", "Version of this form of `source`.", Kind::Text),
        Field::new("connector", "Always `mercato`.", Kind::Text),
        Field::new("name", "Always `mercato`.", Kind::Text),
        Field::new("ts_ms", "Event time of the change in milliseconds since 1970.", Kind::Long),
        Field::new("snapshot", "`true` for a row that is there at the start.", Kind::Text),
        Field::new("db", "Always `shop`.", Kind::Text),
        Field::new("table", "Name of the table.", Kind::Text),
        Field::new(
            "sequence",
            "Coordinates of the change in the run: rank, substream, block, position and step.",
            Kind::Identifier,
        ),
    ]);
    Description {
        name: format!("{}Change", row.name).into(),
        doc: format!("A change of a row: {}", row.doc).into(),
        key: row.key.clone(),
        fields: vec![
            state("before", "The row before the change; `null` if there was none."),
            state("after", "The row after the change; `null` if it is deleted."),
            Field::new("source", "Origin of the change.", source),
            Field::new(
                "op",
                "`r` for a row that is there at the start, `c` for a new one, `u` for an update, `d` for a delete.",
                Kind::Text,
            ),
            Field::new("ts_ms", "Event time of the change in milliseconds since 1970.", Kind::Long),
        ],
    }
}
