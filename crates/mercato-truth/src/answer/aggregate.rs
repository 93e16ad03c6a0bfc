//! Aggregates: the ways to make one value of many records.

use std::fmt;

use super::QueryError;

/// What is made of the records of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Function {
    /// The number of records.
    Count,
    /// The sum of a field.
    Sum(String),
    /// The mean of a field, with at least six digits after the point, half rounded away from zero.
    Avg(String),
    /// The smallest value of a field.
    Min(String),
    /// The largest value of a field.
    Max(String),
    /// The number of different values of a field.
    CountDistinct(String),
    /// The value of a field in the first record that has it.
    First(String),
    /// The value of a field in the last record that has it.
    Last(String),
    /// The most frequent values of a field, so many at most.
    Top(u32, String),
}

/// A function, and the name that its results have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// The function.
    pub function: Function,
    /// The name if it is not that of the function.
    pub alias: Option<String>,
}

/// The most values that `top` tells.
const MOST_TOP: u32 = 10_000;

impl Aggregate {
    /// Every form, for messages about text that is none of them.
    pub const FORMS: &'static str = "count, sum(FIELD), avg(FIELD), min(FIELD), max(FIELD), count_distinct(FIELD), first(FIELD), \
         last(FIELD) and top(N, FIELD)";

    /// Reads one aggregate: `count`, `sum(FIELD)`, `top(3, FIELD)`, each also followed by `as NAME`.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let unknown = || QueryError::Aggregate { text: text.to_owned() };
        let (function, alias) = match text.split_once(" as ") {
            Some((function, alias)) => (function.trim(), Some(alias.trim())),
            None => (text.trim(), None),
        };
        if alias == Some("") {
            return Err(unknown());
        }
        let function = Function::parse(function).ok_or_else(unknown)?;
        Ok(Self { function, alias: alias.map(str::to_owned) })
    }

    /// Reads a list of aggregates with commas between them.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, QueryError> {
        let (mut depth, mut start, mut found) = (0usize, 0, Vec::new());
        for (place, byte) in text.bytes().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b',' if depth == 0 => {
                    found.push(Self::parse(&text[start..place])?);
                    start = place + 1;
                }
                _ => {}
            }
        }
        found.push(Self::parse(&text[start..])?);
        Ok(found)
    }

    /// The name of its results.
    pub fn name(&self) -> String {
        self.alias.clone().unwrap_or_else(|| self.function.to_string())
    }
}

impl Function {
    fn parse(text: &str) -> Option<Self> {
        if text == "count" {
            return Some(Self::Count);
        }
        let (name, inner) = text.strip_suffix(')')?.split_once('(')?;
        let field = inner.trim().to_owned();
        Some(match name {
            "sum" => Self::Sum(field),
            "avg" => Self::Avg(field),
            "min" => Self::Min(field),
            "max" => Self::Max(field),
            "count_distinct" => Self::CountDistinct(field),
            "first" => Self::First(field),
            "last" => Self::Last(field),
            "top" => {
                let (number, field) = inner.split_once(',')?;
                let number = number.trim().parse().ok()?;
                let is_possible = (1..=MOST_TOP).contains(&number);
                return is_possible.then(|| Self::Top(number, field.trim().to_owned()));
            }
            _ => return None,
        })
    }
}

/// Writes what [`Aggregate::parse`] reads.
impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.function.fmt(f)?;
        self.alias.as_ref().map_or(Ok(()), |alias| write!(f, " as {alias}"))
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Sum(field) => write!(f, "sum({field})"),
            Self::Avg(field) => write!(f, "avg({field})"),
            Self::Min(field) => write!(f, "min({field})"),
            Self::Max(field) => write!(f, "max({field})"),
            Self::CountDistinct(field) => write!(f, "count_distinct({field})"),
            Self::First(field) => write!(f, "first({field})"),
            Self::Last(field) => write!(f, "last({field})"),
            Self::Top(number, field) => write!(f, "top({number},{field})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregates_are_read_as_they_are_shown() {
        let text = "count,sum( total ),top(3, status),avg(total) as mean";
        let names: Vec<String> =
            Aggregate::parse_list(text).unwrap().iter().map(Aggregate::name).collect();
        assert_eq!(names, ["count", "sum(total)", "top(3,status)", "mean"]);
        for wrong in ["", "counts", "sum", "top(0,a)", "top(a)", "count as ", "sum(a),,count"] {
            assert!(Aggregate::parse_list(wrong).is_err(), "{wrong}");
        }
    }
}
