//! Descriptions as schemas in the languages of other tools.
//!
//! Names, kinds, nullability and the sentences about the fields come from the [`Description`]
//! alone.
//! A dialect knows only its types and its punctuation; one walk over the description serves all.

mod arrow;
pub mod avro;
pub mod delta;
pub mod json_schema;
mod names;
pub mod protobuf;
mod python;
mod spark;
mod sql;
mod walk;

use crate::{ChangeForm, Description, Field, Kind};

/// The records of a topic.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The topic's name.
    pub topic: &'a str,
    /// The description of its records.
    pub description: &'a Description,
    /// The form in which changes of them are written, if they are rows and changes are written.
    pub changes: Option<ChangeForm>,
}

impl<'a> Record<'a> {
    /// The records of a topic as they are.
    pub fn new(topic: &'a str, description: &'a Description) -> Self {
        Self { topic, description, changes: None }
    }

    /// The description of the topic's values.
    fn value(&self) -> Description {
        let row = || self.description.clone();
        self.changes.map_or_else(row, |form| form.value(self.description))
    }
}

/// A language in which the schema of a record can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// JSON Schema.
    JsonSchema,
    /// Avro.
    Avro,
    /// Protobuf.
    Protobuf,
    /// Arrow, as Python.
    Arrow,
    /// Spark, as Python.
    Spark,
    /// Flink SQL.
    Flink,
    /// PostgreSQL.
    Postgres,
    /// ClickHouse.
    ClickHouse,
    /// DuckDB.
    DuckDb,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 9] = [
        Self::JsonSchema,
        Self::Avro,
        Self::Protobuf,
        Self::Arrow,
        Self::Spark,
        Self::Flink,
        Self::Postgres,
        Self::ClickHouse,
        Self::DuckDb,
    ];

    /// Returns its name, such as `json-schema`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JsonSchema => "json-schema",
            Self::Avro => "avro",
            Self::Protobuf => "protobuf",
            Self::Arrow => "arrow",
            Self::Spark => "spark",
            Self::Flink => "flink",
            Self::Postgres => "postgres",
            Self::ClickHouse => "clickhouse",
            Self::DuckDb => "duckdb",
        }
    }

    /// Returns a line about what is written.
    pub const fn about(self) -> &'static str {
        match self {
            Self::JsonSchema => "JSON Schema, draft 2020-12",
            Self::Avro => "Avro schema (.avsc)",
            Self::Protobuf => "Protobuf messages (.proto)",
            Self::Arrow => "Arrow schema in Python, that of the Parquet files",
            Self::Spark => "Spark StructType in Python",
            Self::Flink => "Flink SQL table of the Kafka connector",
            Self::Postgres => "PostgreSQL table for the CSV files",
            Self::ClickHouse => "ClickHouse table",
            Self::DuckDb => "DuckDB table",
        }
    }

    /// Returns true if one file can hold the schemas of several records.
    pub const fn holds_several(self) -> bool {
        !matches!(self, Self::JsonSchema | Self::Avro)
    }

    /// Returns true if it describes JSON, the only format that changes of rows have.
    pub const fn reads_changes(self) -> bool {
        matches!(
            self,
            Self::JsonSchema | Self::Spark | Self::Flink | Self::ClickHouse | Self::DuckDb
        )
    }

    /// Returns the text of a file with the schemas of these records, which ends with a line break.
    ///
    /// A dialect that does not [hold several](Self::holds_several) has one document after another.
    ///
    /// ```
    /// use mercato_schema::dialect::{Dialect, Record};
    /// use mercato_schema::{Described, Order};
    ///
    /// let description = Order::description();
    /// let table = Dialect::Flink.write(&[Record::new("orders", &description)]);
    /// assert!(table.contains("  `amount` DECIMAL(15, 2) NOT NULL COMMENT 'Amount of the order"));
    /// ```
    pub fn write(self, records: &[Record<'_>]) -> String {
        // A table of Flink is about rows whatever is written of them, all others about values.
        let values: Vec<Description> = records.iter().map(Record::value).collect();
        let pairs = records.iter().zip(&values);
        let of_values: Vec<Record<'_>> =
            pairs.map(|(record, value)| Record { description: value, ..*record }).collect();
        let records = if self == Self::Flink { records } else { &of_values };
        let each = |write: fn(&Record<'_>) -> String| {
            records.iter().map(write).collect::<Vec<_>>().join("\n")
        };
        match self {
            Self::JsonSchema => {
                each(|record| format!("{:#}\n", json_schema::schema(record.description)))
            }
            Self::Avro => each(|record| format!("{:#}\n", avro::schema(record.description))),
            Self::Protobuf => {
                let records: Vec<&Description> =
                    records.iter().map(|record| record.description).collect();
                protobuf::file(&records)
            }
            Self::Arrow => {
                format!("{}\n{}", arrow::IMPORTS, variables(records, arrow::assignment))
            }
            Self::Spark => {
                let schemas = variables(records, spark::assignment);
                format!("{}\n{schemas}", spark::imports(&schemas))
            }
            Self::Flink => each(sql::flink::table),
            Self::Postgres => each(sql::postgres::table),
            Self::ClickHouse => each(sql::clickhouse::table),
            Self::DuckDb => each(sql::duckdb::table),
        }
    }
}

/// Writes each record's schema into a variable named after its topic.
fn variables(records: &[Record<'_>], write: fn(&str, &Record<'_>) -> String) -> String {
    let names = names::identifiers(records.iter().map(|record| record.topic));
    let assigned = |(name, record)| write(&format!("{name}_schema"), record);
    names.iter().zip(records).map(assigned).collect::<Vec<_>>().join("\n")
}

/// Returns the sentences about a record: its meaning and its Kafka key.
fn about(description: &Description) -> String {
    if description.key.is_empty() {
        return description.doc.to_string();
    }
    format!("{} Kafka key: {}.", description.doc, description.key).trim_start().to_owned()
}

/// Returns the field with the event time: the instant that is called `timestamp`, else the first.
pub fn event_time(description: &Description) -> Option<&Field> {
    let is_instant = |field: &&Field| matches!(field.kind, Kind::Instant(_)) && !field.nullable;
    let mut instants = description.fields.iter().filter(is_instant);
    let first = instants.clone().next();
    instants.find(|field| field.name == "timestamp").or(first)
}
