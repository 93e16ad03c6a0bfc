//! Protobuf definitions, in the syntax `proto3`.
//!
//! | kind | Protobuf |
//! |---|---|
//! | identifier, text | `string` |
//! | boolean, integer, long | `bool`, `int32`, `int64` |
//! | decimal | `string` in decimal digits, such as `"17.76"`: exact, readable in every language, and free of a convention about cents |
//! | number | `double` |
//! | instant | `google.protobuf.Timestamp` |
//! | struct | a message inside that of the record, named after its field: `ShippingAddress` |
//! | list | `repeated`; the message of its items is named after the field and `Item` |
//! | map | `map` from `string` |
//! | list or map directly in a list or map | a message with the only field `values = 1` |
//! | nullable | `optional`; a list or map cannot be absent, so one that is `null` is empty |
//!
//! A field's number is its place in the declaration, from 1: new fields are only ever appended, so
//! it is stable.
//! Field names are those of JSON.
//! Where Protobuf's own JSON would spell one otherwise, `json_name` keeps it, so that JSON printed
//! from a message has our names.

use std::collections::BTreeSet;

use crate::{Description, Field};

use super::names::{identifiers, indented, quoted, unique};
use super::walk::{Member, Scalar, TypeName, Types, members};

/// The package of every message.
pub const PACKAGE: &str = "mercato";

/// Where instants are defined.
const TIMESTAMP: &str = "google.protobuf.Timestamp";
/// Numbers that Protobuf keeps for itself.
const RESERVED: std::ops::Range<u32> = 19_000..20_000;

/// Returns the number of the field at a place among the fields of its record or struct, from 0.
///
/// ```
/// use mercato_schema::dialect::protobuf::field_number;
///
/// assert_eq!([0, 1, 18_998, 18_999].map(field_number), [1, 2, 18_999, 20_000]);
/// ```
pub fn field_number(place: usize) -> u32 {
    let number = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
    if number < RESERVED.start { number } else { number.saturating_add(RESERVED.len() as u32) }
}

/// Returns a file that defines the messages of these records.
///
/// ```
/// use mercato_schema::dialect::protobuf;
/// use mercato_schema::{Described, Order};
///
/// let file = protobuf::file(&[&Order::description()]);
/// assert!(file.contains("\nmessage Order {\n"));
/// assert!(file.contains("  string amount = 3;\n"));
/// ```
pub fn file(records: &[&Description]) -> String {
    let messages: Vec<String> = records
        .iter()
        .map(|description| {
            let name = TypeName::of_record(&description.name);
            let members = members(&Protobuf, &name, &description.fields);
            let about = comment(&super::about(description));
            format!("{about}{}", message(&description.name, &members))
        })
        .collect();
    let messages = messages.join("\n");
    let import = if messages.contains(TIMESTAMP) {
        "import \"google/protobuf/timestamp.proto\";\n\n"
    } else {
        ""
    };
    format!("syntax = \"proto3\";\n\npackage {PACKAGE};\n\n{import}{messages}")
}

struct Protobuf;

/// The number of values that a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    Repeated,
    Map,
}

/// The type of a field: the name of it, and the messages that it needs in the one around it.
#[derive(Debug)]
struct Type {
    times: Times,
    name: String,
    /// A definition of the message `name`; none if the name is known without.
    message: Option<String>,
}

impl Type {
    fn known(name: &str) -> Self {
        Self { times: Times::Once, name: name.to_owned(), message: None }
    }

    /// The type as an item: what has many values is a message of its own.
    fn single(self, name: &TypeName) -> Self {
        if self.times == Times::Once {
            return self;
        }
        let field = Field::new("values", "", crate::Kind::Boolean);
        let member = Member { field: &field, of: self };
        let message = message(&name.own, std::slice::from_ref(&member));
        Self { times: Times::Once, name: name.own.clone(), message: Some(message) }
    }
}

impl Types for Protobuf {
    type Type = Type;

    fn scalar(&self, scalar: Scalar) -> Type {
        Type::known(match scalar {
            Scalar::Text | Scalar::Decimal { .. } => "string",
            Scalar::Boolean => "bool",
            Scalar::Integer => "int32",
            Scalar::Long => "int64",
            Scalar::Number => "double",
            Scalar::Instant(_) => TIMESTAMP,
        })
    }

    fn structure(&self, name: &TypeName, members: &[Member<'_, Type>]) -> Type {
        let message = Some(message(&name.own, members));
        Type { times: Times::Once, name: name.own.clone(), message }
    }

    fn list(&self, name: &TypeName, item: Type) -> Type {
        Type { times: Times::Repeated, ..item.single(name) }
    }

    fn map(&self, name: &TypeName, value: Type) -> Type {
        Type { times: Times::Map, ..value.single(name) }
    }
}

/// Writes a message, with the messages that its fields need inside.
fn message(name: &str, members: &[Member<'_, Type>]) -> String {
    let names = identifiers(members.iter().map(|member| &*member.field.name));
    let mut taken: BTreeSet<String> = names.iter().cloned().collect();
    let (mut fields, mut inner) = (String::new(), String::new());
    for (place, (field_name, member)) in names.iter().zip(members).enumerate() {
        let mut of = member.of.name.clone();
        if let Some(message) = &member.of.message {
            of = unique(of, &mut taken);
            let message = message.replacen(&member.of.name, &of, 1);
            inner.push_str(&format!("\n  {}", indented(&message, 2).trim_end()));
            inner.push('\n');
        }
        let field = declaration(member, &of, field_name, field_number(place));
        let field = format!("{}{field}\n", comment(&member.field.doc));
        fields.push_str(&format!("  {}\n", indented(&field, 2).trim_end()));
    }
    format!("message {name} {{\n{fields}{inner}}}\n")
}

fn declaration(member: &Member<'_, Type>, of: &str, name: &str, number: u32) -> String {
    let field = member.field;
    let of = match member.of.times {
        Times::Once if field.nullable => format!("optional {of}"),
        Times::Once => of.to_owned(),
        Times::Repeated => format!("repeated {of}"),
        Times::Map => format!("map<string, {of}>"),
    };
    let json = if json_name(name) == field.name {
        String::new()
    } else {
        format!(" [json_name = {}]", quoted(&field.name))
    };
    format!("{of} {name} = {number}{json};")
}

/// Returns the JSON name that Protobuf derives from a field's name.
fn json_name(name: &str) -> String {
    let mut is_next_upper = false;
    let mut json = String::new();
    for letter in name.chars() {
        match letter {
            '_' => is_next_upper = true,
            letter if is_next_upper => {
                json.push(letter.to_ascii_uppercase());
                is_next_upper = false;
            }
            letter => json.push(letter),
        }
    }
    json
}

fn comment(text: &str) -> String {
    text.lines().map(|line| format!("// {line}\n")).collect()
}
