//! Compares schemas by what decides the bytes of a record, as far as the language allows.

use serde_json::Value;

use crate::SchemaKind;

/// The difference between a schema that is `found` and the one that is wanted; none if records of
/// one can be read by the other byte for byte.
pub(crate) fn difference(kind: SchemaKind, found: &str, wanted: &str) -> Option<String> {
    match kind {
        SchemaKind::Avro => {
            let [found, wanted] = [found, wanted].map(|text| match serde_json::from_str(text) {
                Ok(schema) => schema,
                Err(_) => Value::String(text.to_owned()),
            });
            avro("", &found, &wanted)
        }
        SchemaKind::Protobuf => {
            let [found, wanted] = [found, wanted].map(statements);
            let extra = found.iter().find(|statement| !wanted.contains(statement));
            let missing = wanted.iter().find(|statement| !found.contains(statement));
            missing
                .map(|statement| format!("`{statement}` is missing"))
                .or_else(|| extra.map(|statement| format!("`{statement}` is too much")))
        }
    }
}

/// The full name of the record that a schema describes, of whichever language it is.
pub(crate) fn name_of(schema: &str) -> String {
    let full = |space: Option<&str>, name: &str| {
        space.map_or_else(|| name.to_owned(), |space| format!("{space}.{name}"))
    };
    if let Ok(schema) = serde_json::from_str::<Value>(schema) {
        let text = |member: &str| schema[member].as_str();
        let name = text("name").or(text("title")).unwrap_or("a schema without a name");
        return full(text("namespace"), name);
    }
    let statements = statements(schema);
    let after = |word: &str| {
        let mut found = statements.iter().filter_map(|statement| statement.strip_prefix(word));
        found.next().map(|rest| rest.trim_end_matches(['{', ' ']))
    };
    match after("message ") {
        Some(name) => full(after("package "), name),
        None => "a schema without a message".to_owned(),
    }
}

/// Compares types; names of records count only where they are read, so they are left out.
fn avro(path: &str, found: &Value, wanted: &Value) -> Option<String> {
    let at = |reason: String| {
        Some(if path.is_empty() { reason } else { format!("field {path}: {reason}") })
    };
    let [found, wanted] = [found, wanted].map(bare);
    match (found, wanted) {
        (Value::Array(found), Value::Array(wanted)) if found.len() == wanted.len() => {
            found.iter().zip(wanted).find_map(|(found, wanted)| avro(path, found, wanted))
        }
        (Value::Object(one), Value::Object(other)) if one.get("type") == other.get("type") => {
            for part in ["logicalType", "precision", "scale"] {
                if one.get(part) != other.get(part) {
                    return at(format!("{} instead of {}", shown(found), shown(wanted)));
                }
            }
            for part in ["items", "values"] {
                if let (Some(found), Some(wanted)) = (one.get(part), other.get(part)) {
                    return avro(path, found, wanted);
                }
            }
            fields(path, &found["fields"], &wanted["fields"])
        }
        (found, wanted) if found == wanted => None,
        (found, wanted) => at(format!("{} instead of {}", shown(found), shown(wanted))),
    }
}

fn fields(path: &str, found: &Value, wanted: &Value) -> Option<String> {
    let (Value::Array(found), Value::Array(wanted)) = (found, wanted) else { return None };
    let name = |field: &Value| field["name"].as_str().unwrap_or_default().to_owned();
    let names = |fields: &[Value]| fields.iter().map(name).collect::<Vec<_>>();
    let [of_found, of_wanted] = [names(found), names(wanted)];
    if of_found != of_wanted {
        let place = if path.is_empty() { String::new() } else { format!("field {path}: ") };
        let at = of_found.iter().zip(&of_wanted).position(|(one, other)| one != other);
        let at = at.unwrap_or(of_found.len().min(of_wanted.len()));
        let [one, other] = [&of_found, &of_wanted].map(|names| {
            names.get(at).map_or_else(|| "no field".to_owned(), |name| format!("`{name}`"))
        });
        return Some(format!("{place}{one} stands where {other} is written"));
    }
    found.iter().zip(wanted).find_map(|(one, other)| {
        let name = name(one);
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        avro(&path, &one["type"], &other["type"])
    })
}

/// A type without an object around it that says nothing else.
fn bare(schema: &Value) -> &Value {
    match schema {
        Value::Object(members) if members.len() == 1 => members.get("type").unwrap_or(schema),
        schema => schema,
    }
}

/// The name of a type.
fn shown(schema: &Value) -> String {
    match schema {
        Value::String(name) => name.clone(),
        Value::Array(parts) => parts.iter().map(shown).collect::<Vec<_>>().join(" or "),
        Value::Object(members) => {
            let logical = members.get("logicalType").or_else(|| members.get("type"));
            let name = logical.map(shown).unwrap_or_default();
            match (members.get("precision"), members.get("scale")) {
                (Some(precision), Some(scale)) => format!("{name}({precision}, {scale})"),
                _ => name,
            }
        }
        other => other.to_string(),
    }
}

/// The statements of a Protobuf file without comments, options of JSON and white space.
fn statements(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let text = lines.collect::<Vec<_>>().join(" ");
    let words = |part: &str| {
        let part = part.split('[').next().unwrap_or_default();
        part.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let parts = text.split_inclusive([';', '{', '}']).map(words);
    parts
        .map(|part| part.trim_end_matches(';').trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn avro_schemas_differ_by_what_decides_bytes() {
        let own = r#"{"type":"record","name":"A","doc":"d","fields":[{"name":"a","type":"long"},{"name":"b","type":["null",{"type":"bytes","logicalType":"decimal","precision":15,"scale":2}],"default":null}]}"#;
        let of = |found: &str| difference(SchemaKind::Avro, found, own);
        assert_eq!(of(own), None);
        assert_eq!(of(&own.replace(r#","doc":"d""#, "").replace("\"A\"", "\"B\"")), None);
        assert_eq!(of(&own.replace("\"long\"", r#"{"type":"long"}"#)), None);
        for (change, to, said) in [
            ("\"long\"", "\"int\"", "field a: int instead of long"),
            ("\"scale\":2", "\"scale\":3", "decimal(15, 3) instead of decimal(15, 2)"),
            ("\"name\":\"b\"", "\"name\":\"c\"", "`c` stands where `b` is written"),
            ("[\"null\",", "[\"string\",", "field b: string instead of null"),
        ] {
            let found = of(&own.replace(change, to)).unwrap();
            assert!(found.contains(said), "{found}");
        }
        assert!(of("\"string\"").is_some() && of("nothing").is_some());
    }

    #[test]
    fn protobuf_files_differ_by_their_statements() {
        let own =
            "syntax = \"proto3\";\n// A.\nmessage A {\n  string a = 1 [json_name = \"a\"];\n}\n";
        let of = |found: &str| difference(SchemaKind::Protobuf, found, own);
        assert_eq!(
            of("syntax=\"proto3\"; message A { string a = 1; }").as_deref(),
            Some("`syntax = \"proto3\"` is missing")
        );
        assert_eq!(of("syntax = \"proto3\";\n\nmessage A {\n  string a = 1;\n}"), None);
        assert_eq!(
            of(&own.replace("string", "bytes")).as_deref(),
            Some("`string a = 1` is missing")
        );
        assert_eq!(
            of(&own.replace("}\n", "int32 b = 2; }\n")).as_deref(),
            Some("`int32 b = 2` is too much")
        );
    }
}
