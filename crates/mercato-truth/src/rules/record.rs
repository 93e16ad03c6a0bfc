//! Records of any origin: which topic they are of, and their fields.

use std::fmt;
use std::sync::LazyLock;

use mercato_schema::{
    AnalyticsResult, Chargeback, Described, Description, Field, FraudAlert, InstantForm, Kind,
    ProductUpdate, Purchase, SessionEvent,
};
use serde_json::{Map, Value};

use crate::records::cells;

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

/// The descriptions of the topics' records, in the order of [`Topic::ALL`].
static DESCRIPTIONS: LazyLock<[Description; Topic::ALL.len()]> =
    LazyLock::new(|| Topic::ALL.map(Topic::describe));

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
            let (_, _, also) = topic.about();
            has(topic.identifier()) && has(also)
        })
    }

    /// The field that identifies a record: always the first.
    pub(super) fn identifier(self) -> &'static str {
        self.fields().first().map_or("", |field| &field.name)
    }

    /// The field that is the Kafka key.
    pub(super) fn key(self) -> &'static str {
        self.about().1
    }

    /// The fields of its records.
    pub(super) fn fields(self) -> &'static [Field] {
        &self.description().fields
    }

    fn description(self) -> &'static Description {
        &DESCRIPTIONS[self as usize]
    }

    fn describe(self) -> Description {
        match self {
            Self::ProductUpdates => ProductUpdate::description(),
            Self::UserEvents => SessionEvent::description(),
            Self::Transactions => Purchase::description(),
            Self::FraudAlerts => FraudAlert::description(),
            Self::Chargebacks => Chargeback::description(),
            Self::AnalyticsResults => AnalyticsResult::description(),
        }
    }

    /// Name, key, and a field that no other topic with such an identifier has.
    fn about(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::ProductUpdates => (ProductUpdate::TOPIC, ProductUpdate::KEY, "new_price"),
            Self::UserEvents => (SessionEvent::TOPIC, SessionEvent::KEY, "session_id"),
            Self::Transactions => (Purchase::TOPIC, Purchase::KEY, "products"),
            Self::FraudAlerts => (FraudAlert::TOPIC, FraudAlert::KEY, "transaction_id"),
            Self::Chargebacks => (Chargeback::TOPIC, Chargeback::KEY, "transaction_id"),
            Self::AnalyticsResults => (AnalyticsResult::TOPIC, AnalyticsResult::KEY, "metric_type"),
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
    let fields = topic.map_or(&[][..], Topic::fields);
    for (name, cell) in columns.iter().zip(cells) {
        let value =
            field_at(fields, name).map_or_else(|| of_text(&cell), |field| of_cell(&cell, field));
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
    Topic::ALL.into_iter().find(|topic| topic.description().columns() == columns)
}

/// The field at a dotted path.
fn field_at<'a>(fields: &'a [Field], path: &str) -> Option<&'a Field> {
    let named = |name: &str| fields.iter().find(|field| field.name == name);
    match path.split_once('.') {
        Some((group, path)) => match &named(group)?.kind {
            Kind::Struct(inner) => field_at(inner, path),
            _ => None,
        },
        None => named(path),
    }
}

/// A cell of a known column: where nothing may be `null`, an empty text is one.
fn of_cell(cell: &str, field: &Field) -> Value {
    let is_text = matches!(
        field.kind,
        Kind::Text | Kind::Identifier | Kind::Instant(InstantForm::Millis | InstantForm::Micros)
    );
    match cell.is_empty() {
        true if field.nullable || !is_text => Value::Null,
        _ if is_text => Value::String(cell.to_owned()),
        // What is no JSON stays a text, which is of the wrong type.
        _ => serde_json::from_str(cell).unwrap_or_else(|_| Value::String(cell.to_owned())),
    }
}

fn of_text(cell: &str) -> Value {
    if cell.is_empty() { Value::Null } else { Value::String(cell.to_owned()) }
}
