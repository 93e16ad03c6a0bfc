//! The query: what is asked of the records of a topic, checked against their fields.

use mercato_patterns::Zone;
use mercato_schema::InstantForm;
use mercato_units::Duration;

use super::fields::{find, number};
use super::filter::{Condition, Filter};
use super::groups::Sizes;
use super::number::mean_digits;
use super::windows::Grid;
use super::{Aggregate, Field, FieldKind, Function, QueryError, Windows};

/// The names of the columns that say where a window begins and ends.
const BOUNDS: [&str; 2] = ["window_start", "window_end"];

/// What is asked, before it is known which fields there are.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The windows.
    pub windows: Windows,
    /// By how much windows begin later than at multiples of their length.
    pub offset: Option<Duration>,
    /// The zone whose clocks say where windows begin; UTC if there is none.
    pub zone: Option<Zone>,
    /// The fields to group by.
    pub by: Vec<String>,
    /// What is made of the records of a group.
    pub aggregates: Vec<Aggregate>,
    /// Which records count; all if there is none.
    pub filter: Option<Filter>,
}

/// Where the value of an aggregate is found in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Count,
    Sum(usize),
    Avg(usize),
    Min(usize),
    Max(usize),
    First(usize),
    Last(usize),
    Distinct(usize),
    Top(usize, u32),
}

/// A column of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerColumn {
    /// The name.
    pub name: String,
    /// The kind of its values.
    pub kind: FieldKind,
    /// True if its values are lists, as JSON.
    pub is_list: bool,
}

impl AnswerColumn {
    /// Returns true if JSON has its values in quotes.
    pub fn is_text(&self) -> bool {
        !self.is_list && !self.kind.is_number()
    }
}

/// A query that a stream can answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub(super) windows: Windows,
    pub(super) grid: Option<Grid>,
    pub(super) by: Vec<Field>,
    pub(super) values: Vec<Value>,
    pub(super) totals: Vec<Field>,
    pub(super) firsts: Vec<Field>,
    pub(super) lasts: Vec<Field>,
    pub(super) tallies: Vec<Field>,
    pub(super) condition: Option<Condition>,
    /// The list whose elements are counted, by the leaf that it is.
    pub(super) list: Option<usize>,
    /// The columns behind those of the window.
    columns: Vec<AnswerColumn>,
    /// The form in which records show their time.
    pub(super) time: InstantForm,
}

impl Query {
    /// Prepares a query, which is checked against a stream's fields.
    ///
    /// Refuses windows that there cannot be, an unknown field, a fold of text, a value that a field
    /// cannot have, elements of two lists, and anything that is asked for twice.
    pub fn new(fields: &[Field], question: &Question) -> Result<Self, QueryError> {
        let Question { windows, offset, zone, by, aggregates, filter } = question;
        if aggregates.is_empty() {
            return Err(QueryError::Nothing);
        }
        check_unique_names(by.iter().cloned())?;
        let bounds = BOUNDS.into_iter().filter(|_| *windows != Windows::None).map(str::to_owned);
        let names = aggregates.iter().map(Aggregate::name).chain(by.iter().cloned());
        check_unique_names(bounds.chain(names))?;
        let found = by.iter().map(|name| find(fields, name).cloned());
        let by = found.collect::<Result<Vec<Field>, _>>()?;
        let column = |field: &Field| AnswerColumn {
            name: field.name.clone(),
            kind: field.kind,
            is_list: false,
        };
        let mut query = Self {
            windows: *windows,
            grid: Grid::new(*windows, *offset, *zone)?,
            columns: by.iter().map(column).collect(),
            by,
            values: Vec::new(),
            totals: Vec::new(),
            firsts: Vec::new(),
            lasts: Vec::new(),
            tallies: Vec::new(),
            condition: filter.as_ref().map(|filter| filter.bind(fields)).transpose()?,
            list: None,
            time: time_of(fields),
        };
        for aggregate in aggregates {
            let (value, kind) = query.value(fields, &aggregate.function)?;
            query.values.push(value);
            let is_list = matches!(value, Value::Top(..));
            query.columns.push(AnswerColumn { name: aggregate.name(), kind, is_list });
        }
        query.list = query.only_list()?;
        Ok(query)
    }

    /// Makes room for the value of a function; returns where it is and of which kind.
    fn value(
        &mut self,
        fields: &[Field],
        function: &Function,
    ) -> Result<(Value, FieldKind), QueryError> {
        let mut total = |name: &str| {
            let field = number(fields, name)?;
            Ok::<_, QueryError>((place(&mut self.totals, field), field.kind))
        };
        Ok(match function {
            Function::Count => (Value::Count, FieldKind::Integer),
            Function::Sum(name) => total(name).map(|(at, kind)| (Value::Sum(at), kind))?,
            Function::Min(name) => total(name).map(|(at, kind)| (Value::Min(at), kind))?,
            Function::Max(name) => total(name).map(|(at, kind)| (Value::Max(at), kind))?,
            Function::Avg(name) => {
                let (at, kind) = total(name)?;
                (Value::Avg(at), FieldKind::Decimal(mean_digits(kind.digits())))
            }
            Function::First(name) => {
                let field = find(fields, name)?;
                (Value::First(place(&mut self.firsts, field)), field.kind)
            }
            Function::Last(name) => {
                let field = find(fields, name)?;
                (Value::Last(place(&mut self.lasts, field)), field.kind)
            }
            Function::CountDistinct(name) => {
                let at = place(&mut self.tallies, find(fields, name)?);
                (Value::Distinct(at), FieldKind::Integer)
            }
            Function::Top(number, name) => {
                let at = place(&mut self.tallies, find(fields, name)?);
                (Value::Top(at, *number), FieldKind::Text)
            }
        })
    }

    /// Every field that is read.
    fn read(&self) -> impl Iterator<Item = &Field> {
        let folded = [&self.by, &self.totals, &self.firsts, &self.lasts, &self.tallies];
        folded.into_iter().flatten().chain(self.condition.iter().flat_map(Condition::fields))
    }

    fn only_list(&self) -> Result<Option<usize>, QueryError> {
        let mut lists = self.read().filter(|field| field.element.is_some());
        let Some(first) = lists.next() else { return Ok(None) };
        match lists.find(|field| field.leaf != first.leaf) {
            Some(Field { name: field, .. }) => {
                let (field, other) = (field.clone(), first.name.clone());
                Err(QueryError::Lists { field, other })
            }
            None => Ok(Some(first.leaf)),
        }
    }

    pub(super) fn sizes(&self) -> Sizes {
        Sizes {
            totals: self.totals.len(),
            firsts: self.firsts.len(),
            lasts: self.lasts.len(),
            tallies: self.tallies.len(),
        }
    }

    /// The leaves of a record's description that are needed.
    pub fn leaves(&self) -> Vec<usize> {
        let mut leaves: Vec<usize> = self.read().map(|field| field.leaf).collect();
        leaves.sort_unstable();
        leaves.dedup();
        leaves
    }

    /// The form of the window's bounds; none where there are no windows.
    pub fn bounds(&self) -> Option<FieldKind> {
        let form = match self.windows {
            Windows::None => return None,
            // It begins with a record, whenever that was.
            Windows::Session { .. } if self.time.has_micros() => InstantForm::Micros,
            _ => InstantForm::Millis,
        };
        Some(FieldKind::Instant(form))
    }

    /// The columns of the answer, those of the window's bounds first.
    pub fn columns(&self) -> Vec<AnswerColumn> {
        let bound = |name: &str| {
            self.bounds().map(|kind| AnswerColumn { name: name.to_owned(), kind, is_list: false })
        };
        let bounds = BOUNDS.into_iter().filter_map(bound);
        bounds.chain(self.columns.iter().cloned()).collect()
    }
}

/// The form of a record's time; milliseconds, as Kafka has them, if it shows none.
fn time_of(fields: &[Field]) -> InstantForm {
    match fields.iter().find(|field| field.name == "timestamp").map(|field| field.kind) {
        Some(FieldKind::Instant(form)) => form,
        _ => InstantForm::Millis,
    }
}

/// The place of `field` in `folded`, where each field is once.
fn place(folded: &mut Vec<Field>, field: &Field) -> usize {
    folded.iter().position(|known| known == field).unwrap_or_else(|| {
        folded.push(field.clone());
        folded.len() - 1
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        let kinds = [
            ("status", FieldKind::Text, None),
            ("total", FieldKind::Decimal(2), None),
            ("quantity", FieldKind::Integer, None),
            ("lines.name", FieldKind::Text, Some(0)),
            ("notes.name", FieldKind::Text, Some(0)),
        ];
        let field = |(leaf, (name, kind, element)): (usize, (&str, FieldKind, Option<usize>))| {
            Field { name: name.to_owned(), kind, leaf, element }
        };
        kinds.into_iter().enumerate().map(field).collect()
    }

    fn query(windows: &str, by: &[&str], aggregates: &[&str]) -> Result<Query, QueryError> {
        let aggregates = aggregates.iter().map(|text| Aggregate::parse(text));
        let question = Question {
            windows: windows.parse()?,
            offset: None,
            zone: None,
            by: by.iter().map(ToString::to_string).collect(),
            aggregates: aggregates.collect::<Result<_, _>>()?,
            filter: None,
        };
        Query::new(&fields(), &question)
    }

    #[test]
    fn a_field_is_folded_once_however_often_it_is_asked_for() {
        let query = query("1m", &["status"], &["count", "sum(total)", "max( total )"]).unwrap();
        assert_eq!(query.totals.len(), 1);
        let names: Vec<String> = query.columns().into_iter().map(|column| column.name).collect();
        assert_eq!(
            names,
            ["window_start", "window_end", "status", "count", "sum(total)", "max(total)"]
        );
    }

    #[test]
    fn refused_queries_name_value_and_what_is_allowed() {
        let refused = |result: Result<Query, QueryError>| result.unwrap_err().to_string();
        assert!(
            refused(query("500us", &[], &["count"]))
                .starts_with("a window of 500us is not possible")
        );
        assert!(query("1ms", &[], &["count"]).is_ok());
        assert_eq!(
            refused(query("1s", &["status", "status"], &["count"])),
            "`status` is asked for twice: name it once"
        );
        assert!(
            refused(query("1s", &[], &["sum(total)", "sum( total)"]))
                .starts_with("`sum(total)` is asked for twice")
        );
        assert_eq!(
            refused(query("1s", &["state"], &["count"])),
            "there is no field `state`: the stream has status, total, quantity, lines.name, notes.name"
        );
        assert!(
            refused(query("1s", &["statsu"], &["count"]))
                .starts_with("there is no field `statsu`; did you mean `status`?: the stream has")
        );
        assert_eq!(
            refused(query("1s", &[], &["sum(status)"])),
            "`status` is text and cannot be folded: numbers are total, quantity"
        );
        assert!(
            refused(query("1s", &[], &["median(total)"]))
                .starts_with("`median(total)` is no aggregate: count, sum(FIELD), avg(FIELD)")
        );
        assert!(refused(query("1s", &[], &[])).starts_with("nothing is asked for"));
        assert!(query("0s", &[], &["count"]).is_err());
        assert!(
            refused(query("1s", &["lines.name"], &["first(notes.name)"]))
                .starts_with("`notes.name` is in another list than `lines.name`")
        );
    }
}
