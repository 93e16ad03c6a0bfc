//! Rows as objects: the header of a CSV file says where each cell belongs.

use std::collections::BTreeMap;

use mercato_schema::{Field, InstantForm, Kind};

use super::document::Document;
use super::row::Row;

/// Names in a path at most; what follows the last is part of it.
///
/// Groups are built, written and dropped by recursion, and their depth is up to whoever wrote the
/// header.
const MAX_NAMES: usize = 16;

/// The columns of a CSV file, as the shape of an object.
#[derive(Debug, Clone, Default)]
pub struct Header {
    width: usize,
    members: Vec<Member>,
    /// Room for the cells of a row that are JSON already.
    cell: Document,
}

/// A member of the object: a column, or members under one name.
#[derive(Debug, Clone)]
struct Member {
    name: String,
    inside: Inside,
}

#[derive(Debug, Clone)]
enum Inside {
    Cell { column: usize, form: Form },
    Group(Vec<Member>),
}

/// The way in which a cell becomes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A text, empty or not.
    Text,
    /// A text; `null` if it is empty.
    NullableText,
    /// JSON; `null` if it is empty.
    Json,
    /// Numbers and arrays are JSON, the rest is text.
    Guessed,
}

impl Header {
    /// The shape of rows under `columns`, whose dotted names become groups.
    ///
    /// `fields` says which of them are texts; a column that it doesn't know is text if `guess` is
    /// false, and otherwise what it looks like.
    pub fn new(columns: &[String], fields: &[Field], guess: bool) -> Self {
        let mut header = Self { width: columns.len(), ..Self::default() };
        let mut groups = Groups::default();
        for (column, path) in columns.iter().enumerate() {
            let unknown = if guess { Form::Guessed } else { Form::NullableText };
            let form = field_at(fields, path).map_or(unknown, form_of);
            let cell = Inside::Cell { column, form };
            insert(&mut header.members, &mut groups, path, MAX_NAMES, cell);
        }
        header
    }

    /// Writes the object that `row` is into `json`, or returns false if it has another number of
    /// cells.
    pub fn object(&mut self, row: &Row, json: &mut Vec<u8>) -> bool {
        json.clear();
        if row.len() != self.width {
            return false;
        }
        let cells: Vec<&[u8]> = row.cells().collect();
        append_group(&self.members, &cells, &mut self.cell, json);
        true
    }
}

/// Where the groups among some members are, and those inside of them.
#[derive(Debug, Default)]
struct Groups<'a>(BTreeMap<&'a str, (usize, Self)>);

/// Adds a column under its path of up to `names` names; a name that is there already is there twice
/// then.
fn insert<'a>(
    members: &mut Vec<Member>,
    groups: &mut Groups<'a>,
    path: &'a str,
    names: usize,
    cell: Inside,
) {
    let Some((name, rest)) = path.split_once('.').filter(|_| names > 1) else {
        members.push(Member { name: path.to_owned(), inside: cell });
        return;
    };
    let (index, below) = groups.0.entry(name).or_insert_with(|| {
        members.push(Member { name: name.to_owned(), inside: Inside::Group(Vec::new()) });
        (members.len() - 1, Groups::default())
    });
    if let Inside::Group(inner) = &mut members[*index].inside {
        insert(inner, below, rest, names - 1, cell);
    }
}

fn append_group(members: &[Member], cells: &[&[u8]], scratch: &mut Document, json: &mut Vec<u8>) {
    json.push(b'{');
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        append_text(&member.name, json);
        json.push(b':');
        match &member.inside {
            Inside::Group(inner) => append_group(inner, cells, scratch, json),
            Inside::Cell { column, form } => {
                append_cell(cells.get(*column).copied().unwrap_or_default(), *form, scratch, json);
            }
        }
    }
    json.push(b'}');
}

fn append_cell(cell: &[u8], form: Form, scratch: &mut Document, json: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(cell);
    match form {
        Form::Json | Form::NullableText | Form::Guessed if cell.is_empty() => {
            json.extend_from_slice(b"null");
        }
        // What is no JSON stays a text, which is of the wrong type.
        Form::Json if scratch.read(cell) => json.extend_from_slice(cell),
        Form::Guessed
            if matches!(cell.first(), Some(b'[' | b'-' | b'0'..=b'9')) && scratch.read(cell) =>
        {
            json.extend_from_slice(cell);
        }
        _ => append_text(&text, json),
    }
}

fn append_text(text: &str, json: &mut Vec<u8>) {
    json.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
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

/// The form of a known column: where nothing may be `null`, an empty text is one.
fn form_of(field: &Field) -> Form {
    let is_text = is_text(&field.kind);
    match (is_text, field.nullable) {
        (true, true) => Form::NullableText,
        (true, false) => Form::Text,
        (false, _) => Form::Json,
    }
}

/// Returns whether a cell of this kind is a text as it stands.
pub(crate) fn is_text(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Text | Kind::Identifier | Kind::Instant(InstantForm::Millis | InstantForm::Micros)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(columns: &[&str], row: &str, guess: bool) -> Option<String> {
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        let fields = [
            Field::new("id", "", Kind::Identifier),
            Field::new("total", "", Kind::MONEY),
            Field::new("at", "", Kind::Struct(vec![Field::new("city", "", Kind::Text)])),
        ];
        let (mut cells, mut json) = (Row::default(), Vec::new());
        cells.read(row.as_bytes());
        let fits = Header::new(&columns, &fields, guess).object(&cells, &mut json);
        fits.then(|| String::from_utf8(json).unwrap())
    }

    #[test]
    fn a_row_is_an_object_with_groups() {
        let columns = ["id", "at.city", "total", "at.zone", "more"];
        assert_eq!(
            object(&columns, "007,,1.50,,5", false).as_deref(),
            Some(r#"{"id":"007","at":{"city":"","zone":null},"total":1.50,"more":"5"}"#)
        );
        assert_eq!(
            object(&columns, "7,\"a\"\"b\",x,z,5", true).as_deref(),
            Some(r#"{"id":"7","at":{"city":"a\"b","zone":"z"},"total":"x","more":5}"#)
        );
        assert_eq!(object(&columns, "7,8", false), None);
        assert_eq!(object(&["id", "id"], "1,2", false).as_deref(), Some(r#"{"id":"1","id":"2"}"#));
    }

    #[test]
    fn a_name_is_split_into_at_most_sixteen() {
        let dots = ".".repeat(300_000);
        let json = object(&[&dots], "1", false).unwrap();
        assert_eq!(json.matches('{').count(), MAX_NAMES);
        assert!(json.contains(&format!("\"{}\":\"1\"", &dots[MAX_NAMES - 1..])));
        let (fifteen, deep) = ("a.".repeat(15), "a.".repeat(16));
        let columns = [format!("{fifteen}b"), format!("{deep}b"), format!("{deep}c")];
        let json = object(&columns.each_ref().map(String::as_str), "1,2,3", false).unwrap();
        let inner = r#"{"b":"1","a.b":"2","a.c":"3"}"#;
        assert_eq!(json, "{\"a\":".repeat(15) + inner + &"}".repeat(15));
    }

    #[test]
    fn many_groups_are_in_the_order_of_the_columns() {
        let columns: Vec<String> = (0..300_000).map(|n| format!("g{}.x{n}", n % 150_000)).collect();
        let header = Header::new(&columns, &[], true);
        assert_eq!(header.members.len(), 150_000);
        assert!(
            header.members.iter().enumerate().all(|(n, member)| member.name == format!("g{n}"))
        );
    }
}
