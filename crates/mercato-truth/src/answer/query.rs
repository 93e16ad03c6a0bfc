//! The query: the width of its windows, the fields it groups by, and its aggregates.

use std::fmt;

use mercato_schema::{Description, Duration, InstantForm, Kind};

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// The narrowest window in microseconds: its bounds are written with milliseconds.
const NARROWEST: i64 = 1_000;

/// The kind of a field's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text, to group by.
    Text,
    /// A whole number.
    Integer,
    /// A number with this many digits after the point.
    Decimal(u32),
}

/// A field that can be queried, by the name that it has as a CSV column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, with dots for nested fields.
    pub name: String,
    /// The kind of its values.
    pub kind: FieldKind,
    /// Index among the [leaves](Description::leaves) of the description.
    pub leaf: usize,
}

/// Returns the fields of a record that can be queried: all but lists and maps.
pub fn fields(description: &Description) -> Vec<Field> {
    let leaves = description.leaves().into_iter().enumerate();
    let field = |(leaf, found): (usize, mercato_schema::Leaf<'_>)| {
        let kind = match &found.field.kind {
            Kind::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros)
            | Kind::Integer
            | Kind::Long => FieldKind::Integer,
            Kind::Identifier
            | Kind::Text
            | Kind::Boolean
            | Kind::Instant(InstantForm::Millis | InstantForm::Micros) => FieldKind::Text,
            Kind::Decimal { scale, .. } | Kind::Number { scale } => {
                FieldKind::Decimal(u32::from(*scale))
            }
            Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => return None,
        };
        Some(Field { name: found.path, kind, leaf })
    };
    leaves.filter_map(field).collect()
}

/// Digits after the point of a field's values.
pub(super) fn digits_of(kind: FieldKind) -> u32 {
    match kind {
        FieldKind::Decimal(digits) => digits,
        FieldKind::Text | FieldKind::Integer => 0,
    }
}

/// A way to make one number of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aggregate {
    /// The number of records.
    Count,
    /// Their sum of a field.
    Sum(String),
    /// The smallest value of a field.
    Min(String),
    /// The largest value of a field.
    Max(String),
}

impl Aggregate {
    /// Reads `count`, `sum(FIELD)`, `min(FIELD)` or `max(FIELD)`.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let unknown = || QueryError::Aggregate { text: text.to_owned() };
        if text == "count" {
            return Ok(Self::Count);
        }
        let (name, field) =
            text.strip_suffix(')').and_then(|text| text.split_once('(')).ok_or_else(unknown)?;
        let field = field.trim().to_owned();
        match name {
            "sum" => Ok(Self::Sum(field)),
            "min" => Ok(Self::Min(field)),
            "max" => Ok(Self::Max(field)),
            _ => Err(unknown()),
        }
    }

    /// The field that is folded; none for a count.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Count => None,
            Self::Sum(field) | Self::Min(field) | Self::Max(field) => Some(field),
        }
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Sum(field) => write!(f, "sum({field})"),
            Self::Min(field) => write!(f, "min({field})"),
            Self::Max(field) => write!(f, "max({field})"),
        }
    }
}

/// The reasons why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// Text that is no aggregate.
    #[error("`{text}` is no aggregate: count, sum(FIELD), min(FIELD) and max(FIELD) are")]
    Aggregate {
        /// The text.
        text: String,
    },
    /// No aggregate at all.
    #[error(
        "nothing is asked for: name at least one of count, sum(FIELD), min(FIELD) and max(FIELD)"
    )]
    Nothing,
    /// A field that the stream does not have.
    #[error("there is no field `{field}`: the stream has {known}")]
    UnknownField {
        /// The name as given.
        field: String,
        /// The names that there are, with commas between them.
        known: String,
    },
    /// A field of text where a number is needed.
    #[error("`{field}` is text and cannot be folded: numbers are {numbers}")]
    NoNumber {
        /// The name as given.
        field: String,
        /// The fields that hold numbers, with commas between them.
        numbers: String,
    },
    /// A window that would not end with the day, or that is too narrow to be told from the next.
    #[error(
        "a window of {width} is not possible: it must be at least 1ms and divide the day, as 1s, 1m, 5m, 1h and 1d do"
    )]
    Window {
        /// The width as people write it.
        width: String,
    },
    /// The same field to group by, or the same aggregate, twice.
    #[error("`{name}` is asked for twice: name it once")]
    Twice {
        /// The field or aggregate that is named twice.
        name: String,
    },
}

/// A query that a stream can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    window_micros: i64,
    by: Vec<(usize, Field)>,
    folded: Vec<(usize, Field)>,
    aggregates: Vec<Aggregate>,
}

impl Query {
    /// Prepares a query, which is checked against a stream's fields.
    ///
    /// Refuses a width below a millisecond or that does not divide the day, an unknown field, a
    /// fold of text, and anything that is asked for twice.
    pub fn new(
        fields: &[Field],
        window_micros: i64,
        by: &[String],
        aggregates: Vec<Aggregate>,
    ) -> Result<Self, QueryError> {
        if window_micros < NARROWEST || DAY % window_micros != 0 {
            let width = Duration::from_micros(window_micros).map(|width| width.to_string());
            return Err(QueryError::Window {
                width: width.unwrap_or_else(|| format!("{window_micros}us")),
            });
        }
        check_unique_names(by.iter().cloned())?;
        check_unique_names(aggregates.iter().map(Aggregate::to_string))?;
        if aggregates.is_empty() {
            return Err(QueryError::Nothing);
        }
        let by = by.iter().map(|name| find(fields, name)).collect::<Result<_, _>>()?;
        let mut folded: Vec<(usize, Field)> = Vec::new();
        for name in aggregates.iter().filter_map(Aggregate::field) {
            let found = number(fields, find(fields, name)?)?;
            if !folded.contains(&found) {
                folded.push(found);
            }
        }
        Ok(Self { window_micros, by, folded, aggregates })
    }

    /// Width of a window in microseconds.
    pub fn window_micros(&self) -> i64 {
        self.window_micros
    }

    /// The fields that are grouped by, each with its index.
    pub fn by(&self) -> &[(usize, Field)] {
        &self.by
    }

    /// The fields that are folded, each once and with its index.
    pub fn folded(&self) -> &[(usize, Field)] {
        &self.folded
    }

    /// The names of the columns that are needed.
    pub fn columns(&self) -> Vec<String> {
        self.by.iter().chain(&self.folded).map(|(_, field)| field.name.clone()).collect()
    }

    /// The aggregates, in order.
    pub fn aggregates(&self) -> &[Aggregate] {
        &self.aggregates
    }
}

fn check_unique_names(names: impl Iterator<Item = String>) -> Result<(), QueryError> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(QueryError::Twice { name });
        }
        seen.push(name);
    }
    Ok(())
}

fn find(fields: &[Field], name: &str) -> Result<(usize, Field), QueryError> {
    let found = fields.iter().find(|field| field.name == name);
    let unknown =
        || QueryError::UnknownField { field: name.to_owned(), known: names(fields.iter()) };
    found.map(|field| (field.leaf, field.clone())).ok_or_else(unknown)
}

fn number(fields: &[Field], found: (usize, Field)) -> Result<(usize, Field), QueryError> {
    if found.1.kind != FieldKind::Text {
        return Ok(found);
    }
    let numbers = names(fields.iter().filter(|field| field.kind != FieldKind::Text));
    Err(QueryError::NoNumber { field: found.1.name, numbers })
}

fn names<'a>(fields: impl Iterator<Item = &'a Field>) -> String {
    fields.map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        let field = |(leaf, (name, kind)): (usize, (&str, FieldKind))| Field {
            name: name.to_owned(),
            kind,
            leaf,
        };
        let kinds = [
            ("status", FieldKind::Text),
            ("total", FieldKind::Decimal(2)),
            ("quantity", FieldKind::Integer),
        ];
        kinds.into_iter().enumerate().map(field).collect()
    }

    fn query(window: i64, by: &[&str], aggregates: &[&str]) -> Result<Query, QueryError> {
        let aggregates =
            aggregates.iter().map(|text| Aggregate::parse(text)).collect::<Result<_, _>>()?;
        Query::new(
            &fields(),
            window,
            &by.iter().map(ToString::to_string).collect::<Vec<_>>(),
            aggregates,
        )
    }

    #[test]
    fn a_field_is_folded_once_however_often_it_is_asked_for() {
        let query =
            query(60_000_000, &["status"], &["count", "sum(total)", "max( total )"]).unwrap();
        assert_eq!(query.folded().len(), 1);
        assert_eq!(query.aggregates()[2].to_string(), "max(total)");
    }

    #[test]
    fn refused_queries_name_value_and_what_is_allowed() {
        let refused = |result: Result<Query, QueryError>| result.unwrap_err().to_string();
        assert_eq!(
            refused(query(7_000_000, &[], &["count"])),
            "a window of 7s is not possible: it must be at least 1ms and divide the day, as 1s, 1m, 5m, 1h and 1d do"
        );
        assert!(
            refused(query(500, &[], &["count"])).starts_with("a window of 500us is not possible")
        );
        assert!(query(1_000, &[], &["count"]).is_ok());
        assert_eq!(
            refused(query(1_000_000, &["status", "status"], &["count"])),
            "`status` is asked for twice: name it once"
        );
        assert!(
            refused(query(1_000_000, &[], &["sum(total)", "sum( total)"]))
                .starts_with("`sum(total)` is asked for twice")
        );
        assert_eq!(
            refused(query(1_000_000, &["state"], &["count"])),
            "there is no field `state`: the stream has status, total, quantity"
        );
        assert_eq!(
            refused(query(1_000_000, &[], &["sum(status)"])),
            "`status` is text and cannot be folded: numbers are total, quantity"
        );
        assert_eq!(
            refused(query(1_000_000, &[], &["median(total)"])),
            "`median(total)` is no aggregate: count, sum(FIELD), min(FIELD) and max(FIELD) are"
        );
        assert!(refused(query(1_000_000, &[], &[])).starts_with("nothing is asked for"));
        assert!(query(0, &[], &["count"]).is_err());
    }
}
