//! The value of one field of a line that has been written, as a key.
//!
//! Only lines of our own writers are read here, which have no white space between values; so that a
//! stream pays nothing for a key that nobody has asked for.

use crate::json;
use crate::shape::KeySource;

/// Appends the key of a JSON line; nothing for `null`.
pub(crate) fn of_json(source: &KeySource, line: &[u8], key: &mut Vec<u8>) {
    let KeySource::Field { names, .. } = source else { return };
    let mut value = line.trim_ascii_end();
    for name in names {
        let mut text = Vec::new();
        json::string(&mut text, name);
        let Some(found) = member(value, &text) else { return };
        value = found;
    }
    match value {
        b"null" => {}
        [b'"', text @ .., b'"'] if !text.contains(&b'\\') => key.extend_from_slice(text),
        [b'"', ..] => {
            let text: Option<String> = serde_json::from_slice(value).ok();
            key.extend_from_slice(text.unwrap_or_default().as_bytes());
        }
        number => key.extend_from_slice(number),
    }
}

/// The value of the member whose name is written as `name`.
fn member<'a>(object: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = object.strip_prefix(b"{")?;
    loop {
        let (found, after) = rest.split_at_checked(value_len(rest))?;
        let after = after.strip_prefix(b":")?;
        let (value, after) = after.split_at_checked(value_len(after))?;
        if found == name {
            return Some(value);
        }
        rest = after.strip_prefix(b",")?;
    }
}

/// The number of bytes of the value at the start of `text`.
fn value_len(text: &[u8]) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (index, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => {
                quoted = !quoted;
                if !quoted && depth == 0 {
                    return index + 1;
                }
            }
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' if depth == 1 => return index + 1,
            b',' | b':' | b'}' | b']' if depth == 0 => return index,
            _ => {}
        }
    }
    text.len()
}

/// Appends the key of a CSV line; nothing for an empty field.
pub(crate) fn of_csv(source: &KeySource, line: &[u8], key: &mut Vec<u8>) {
    let KeySource::Field { column, .. } = source else { return };
    let (mut at, mut quoted, mut bytes) = (0, false, line.iter().peekable());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&&b'"') => {
                bytes.next();
                if at == *column {
                    key.push(b'"');
                }
            }
            b'"' => quoted = !quoted,
            b',' if !quoted => at += 1,
            b'\n' if !quoted => return,
            byte if at == *column => key.push(*byte),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(names: &[&str], column: usize) -> KeySource {
        KeySource::Field { names: names.iter().map(|name| (*name).to_owned()).collect(), column }
    }

    #[test]
    fn a_value_of_any_kind_is_a_key() {
        let line = b"{\"a\":\"x,\\\"}\",\"b\":{\"c\":[{\"d\":1},2],\"d\":-1.50,\"e\\\"\":true},\"f\":null,\"g\":\"\"}\n";
        for (names, expected) in [
            (&["a"][..], "x,\"}"),
            (&["b", "d"], "-1.50"),
            (&["b", "e\""], "true"),
            (&["f"], ""),
            (&["g"], ""),
            (&["h"], ""),
            (&["a", "b"], ""),
        ] {
            let mut key = Vec::new();
            of_json(&source(names, 0), line, &mut key);
            assert_eq!(String::from_utf8(key).unwrap(), expected, "{names:?}");
        }
        let line = b"a,\"b,\"\"\nc\",,-1.5\n";
        for (column, expected) in ["a", "b,\"\nc", "", "-1.5", ""].into_iter().enumerate() {
            let mut key = Vec::new();
            of_csv(&source(&[], column), line, &mut key);
            assert_eq!(String::from_utf8(key).unwrap(), expected, "{column}");
        }
    }
}
