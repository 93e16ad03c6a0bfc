//! A file of queries: many questions that are answered in one pass.

use std::path::Path;

use mercato::config::read_text_file;
use mercato::runtime::exit::{Exit, Failure};
use mercato::truth::answer::{Aggregate, Field, Filter, Query, QueryError, Question};
use serde::Deserialize;

/// A question with the name of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// None where it was asked by flags.
    pub(crate) name: Option<String>,
    pub(crate) question: Question,
}

impl Named {
    /// The question as a query of these fields.
    pub(super) fn query(&self, fields: &[Field]) -> Result<Query, QueryError> {
        let of = |error: QueryError| match self.name.clone() {
            Some(name) => QueryError::Of { name, error: Box::new(error) },
            None => error,
        };
        Query::new(fields, &self.question).map_err(of)
    }

    /// The question under the names of its flags.
    pub(super) fn told(&self) -> serde_json::Value {
        let Question { windows, offset, zone, by, aggregates, filter } = &self.question;
        serde_json::json!({
            "name": self.name,
            "window": windows.to_string(),
            "offset": offset.map(|offset| offset.to_string()),
            "zone": zone.map(|zone| zone.to_string()),
            "by": by,
            "agg": aggregates.iter().map(Aggregate::to_string).collect::<Vec<_>>(),
            "where": filter.as_ref().map(Filter::text),
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    query: Vec<Entry>,
}

/// The flags of a question, under the same names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    window: String,
    offset: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    by: Texts,
    agg: Option<Texts>,
    r#where: Option<String>,
}

/// One text with commas in it, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// Reads the questions of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Named>, Failure> {
    let text = read_text_file(path).map_err(|error| {
        Failure::new(Exit::File, format!("cannot read {}: {error}", path.display()))
    })?;
    let refuse = |reason: &str| {
        Failure::new(Exit::Config, format!("{}: {}", path.display(), reason.trim_end()))
    };
    let file: File = toml::from_str(&text).map_err(|error| refuse(&error.to_string()))?;
    let mut found: Vec<Named> = Vec::new();
    for entry in file.query {
        let of =
            |error: &dyn std::fmt::Display| refuse(&format!("query `{}`: {error}", entry.name));
        // The name is that of a file and of a table.
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
        if entry.name.is_empty() || !entry.name.chars().all(is_plain) {
            return Err(of(&"a name has letters, digits, `_` and `-` only"));
        }
        if found.iter().any(|known| known.name.as_ref() == Some(&entry.name)) {
            return Err(of(&"there are two of this name: give each its own"));
        }
        let question = entry.question().map_err(|error| of(&error))?;
        if question.aggregates.iter().any(|aggregate| aggregate.name() == "query") {
            return Err(of(&"`query` is the column of its name: call the aggregate otherwise"));
        }
        found.push(Named { name: Some(entry.name), question });
    }
    if found.is_empty() { Err(refuse("there is no [[query]] in it")) } else { Ok(found) }
}

impl Entry {
    fn question(&self) -> Result<Question, QueryError> {
        let agg = self.agg.as_ref().map_or_else(|| vec!["count".to_owned()], Texts::whole);
        let lists = agg.iter().map(|text| Aggregate::parse_list(text));
        Ok(Question {
            windows: self.window.parse()?,
            offset: self.offset.as_deref().map(str::parse).transpose()?,
            zone: self.zone.as_deref().map(str::parse).transpose()?,
            by: self.by.split(),
            aggregates: lists.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect(),
            filter: self.r#where.as_deref().map(Filter::parse).transpose()?,
        })
    }
}

impl Texts {
    fn whole(&self) -> Vec<String> {
        match self {
            Self::One(text) => vec![text.clone()],
            Self::Many(texts) => texts.clone(),
        }
    }

    fn split(&self) -> Vec<String> {
        let whole = self.whole();
        whole.iter().flat_map(|text| text.split(',')).map(|name| name.trim().to_owned()).collect()
    }
}
