//! Appending CSV fields by RFC 4180, and flattening nested values to dotted columns.

use serde_json::Value;

use crate::Out;

/// Appends `text` as a field, quoted where it holds a comma, a quote or a line break.
pub fn field(out: &mut impl Out, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend(text.as_bytes());
        return;
    }
    out.byte(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.byte(b'"');
        }
        out.byte(byte);
    }
    out.byte(b'"');
}

/// Appends the header line of `columns`, without a line feed.
pub fn header(out: &mut Vec<u8>, columns: &[String]) {
    for (index, column) in columns.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        field(out, column);
    }
}

/// Appends every scalar of `value` in document order, separated by commas.
///
/// Nested objects become consecutive fields; an array is one field that holds its JSON; `null` is
/// empty.
pub fn flatten(out: &mut Vec<u8>, value: &Value) {
    append(out, value, &mut true);
}

/// The dotted names of the columns that [`flatten`] fills for `value`.
pub fn columns(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    collect(&mut names, "", value);
    names
}

fn append(out: &mut Vec<u8>, value: &Value, first: &mut bool) {
    if let Value::Object(members) = value {
        for member in members.values() {
            append(out, member, first);
        }
        return;
    }
    if !std::mem::take(first) {
        out.push(b',');
    }
    match value {
        Value::Null | Value::Object(_) => {}
        Value::String(text) => field(out, text),
        scalar => field(out, &scalar.to_string()),
    }
}

fn collect(names: &mut Vec<String>, prefix: &str, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path =
                    if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                collect(names, &path, member);
            }
        }
        _ => names.push(prefix.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nested_values_become_dotted_columns() {
        let value = json!({"id": null, "place": {"city": "Bonn, Beuel", "at": [1, 2]}, "note": "say \"hi\""});
        let mut out = Vec::new();
        flatten(&mut out, &value);
        assert_eq!(String::from_utf8(out).unwrap(), r#","Bonn, Beuel","[1,2]","say ""hi""""#);
        assert_eq!(columns(&value), ["id", "place.city", "place.at", "note"]);
    }

    #[test]
    fn a_header_is_quoted_like_a_field() {
        let mut out = Vec::new();
        header(&mut out, &["a".into(), "b,c".into()]);
        assert_eq!(out, b"a,\"b,c\"");
    }
}
