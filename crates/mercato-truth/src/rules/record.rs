//! Records of any origin: which topic they are of, and their fields.

use std::fmt;

use mercato_schema::table::{Column, ColumnKind, TABLES, csv_names};
use serde_json::{Map, Value};

use crate::profile::cells;

/// A topic of the shop: the five of document 004, and chargebacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Topic {
    /// `product-updates`.
    ProductUpdates,
    /// `user-events`.
    UserEvents,
    /// `transactions`.
    Transactions,
    /// `fraud-alerts`.
    FraudAlerts,
    /// `chargebacks`, which the document does not have.
    Chargebacks,
    /// `analytics-results`.
    AnalyticsResults,
}

impl Topic {
    /// Every topic, causes before their effects.
    pub const ALL: [Self; 6] = [
        Self::ProductUpdates,
        Self::UserEvents,
        Self::Transactions,
        Self::FraudAlerts,
        Self::Chargebacks,
        Self::AnalyticsResults,
    ];

    /// What the document calls it.
    pub fn name(self) -> &'static str {
        self.about().0
    }

    /// The topic that is called so, with `-` or `_`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }

    /// The topic whose records look like `value`.
    pub fn shaped_like(value: &Value) -> Option<Self> {
        let has = |field: &str| value.get(field).is_some();
        Self::ALL.into_iter().find(|topic| {
            let (_, identifier, _, also) = topic.about();
            has(identifier) && has(also)
        })
    }

    /// The field that identifies a record.
    pub(super) fn identifier(self) -> &'static str {
        self.about().1
    }

    /// The field that is the Kafka key.
    pub(super) fn key(self) -> &'static str {
        self.about().2
    }

    /// What its fields hold, if that is known.
    pub(super) fn table(self) -> Option<&'static [Column]> {
        TABLES
            .into_iter()
            .find(|table| table.first().is_some_and(|column| column.name == self.identifier()))
    }

    /// Name, identifier, key, and a field that no other topic with such an identifier has.
    fn about(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::ProductUpdates => ("product-updates", "update_id", "product_id", "new_price"),
            Self::UserEvents => ("user-events", "event_id", "session_id", "session_id"),
            Self::Transactions => ("transactions", "transaction_id", "user_id", "products"),
            Self::FraudAlerts => ("fraud-alerts", "alert_id", "transaction_id", "transaction_id"),
            Self::Chargebacks => {
                ("chargebacks", "chargeback_id", "transaction_id", "transaction_id")
            }
            Self::AnalyticsResults => {
                ("analytics-results", "result_id", "metric_type", "metric_type")
            }
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The object of a row under `columns`, with numbers where the topic has numbers; none if it is of
/// another width.
pub(super) fn of_row(row: &str, columns: &[String], topic: Option<Topic>) -> Option<Value> {
    let cells = cells(row);
    if cells.len() != columns.len() {
        return None;
    }
    let mut object = Map::new();
    let table = topic.and_then(Topic::table).unwrap_or_default();
    for (name, cell) in columns.iter().zip(cells) {
        let value =
            column(table, name).map_or_else(|| of_text(&cell), |column| of_cell(&cell, column));
        match name.split_once('.') {
            Some((group, field)) => {
                let group = object.entry(group).or_insert_with(|| Value::Object(Map::new()));
                group.as_object_mut()?.insert(field.to_owned(), value);
            }
            None => {
                object.insert(name.clone(), value);
            }
        }
    }
    Some(Value::Object(object))
}

/// The topic whose CSV files have these columns.
pub(super) fn with_columns(columns: &[String]) -> Option<Topic> {
    Topic::ALL
        .into_iter()
        .find(|topic| topic.table().is_some_and(|table| csv_names(table) == columns))
}

fn column(table: &'static [Column], name: &str) -> Option<&'static Column> {
    let find =
        |table: &'static [Column], name: &str| table.iter().find(|column| column.name == name);
    match name.split_once('.') {
        Some((group, field)) => find(table, group).and_then(|column| match column.kind {
            ColumnKind::Group(inner) => find(inner, field),
            _ => None,
        }),
        None => find(table, name),
    }
}

/// A cell of a known column: where nothing may be `null`, an empty text is one.
fn of_cell(cell: &str, column: &Column) -> Value {
    let is_text =
        matches!(column.kind, ColumnKind::Text | ColumnKind::Identifier | ColumnKind::Millis);
    match cell.is_empty() {
        true if column.nullable || !is_text => Value::Null,
        _ if is_text => Value::String(cell.to_owned()),
        // What is no JSON stays a text, which is of the wrong type.
        _ => serde_json::from_str(cell).unwrap_or_else(|_| Value::String(cell.to_owned())),
    }
}

fn of_text(cell: &str) -> Value {
    if cell.is_empty() { Value::Null } else { Value::String(cell.to_owned()) }
}
