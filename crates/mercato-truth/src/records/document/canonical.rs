//! One form for every spelling of a value.

use super::decimal::Normal;
use super::{Document, Node, NodeKind};

impl Document {
    /// Appends the value that was read in a form that is the same for every spelling of it: blanks,
    /// escapes, the order of keys and the spelling of numbers don't matter, everything else does.
    pub(crate) fn append_canonical(&self, out: &mut Vec<u8>) {
        append(self.root(), out);
    }
}

impl Node<'_> {
    /// Returns whether two values are the same, however they are spelled.
    pub(crate) fn is_same(self, other: Self) -> bool {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        append(self, &mut one);
        append(other, &mut two);
        one == two
    }
}

fn append(node: Node<'_>, out: &mut Vec<u8>) {
    match node.kind() {
        NodeKind::Null | NodeKind::Boolean => out.extend_from_slice(node.json().as_bytes()),
        NodeKind::Number => append_number(node.json(), out),
        NodeKind::Text => append_text(node.json().as_bytes(), out),
        NodeKind::Array => {
            out.push(b'[');
            for item in node.items() {
                append(item, out);
                out.push(b',');
            }
            out.push(b']');
        }
        NodeKind::Object => {
            let mut members: Vec<_> = node.members().collect();
            // Stable: of two members with one name the order counts.
            members.sort_by_key(|(name, _)| *name);
            out.push(b'{');
            for (name, value) in members {
                append_text(name.as_bytes(), out);
                append(value, out);
            }
            out.push(b'}');
        }
    }
}

/// Appends a text; texts come with their length, so that none can look like what follows.
pub(crate) fn append_text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text);
}

/// Appends a number in its normal form.
fn append_number(text: &str, out: &mut Vec<u8>) {
    let Some(Normal { is_negative, digits, exponent }) = Normal::of(text) else {
        out.extend_from_slice(text.as_bytes());
        return;
    };
    out.push(if is_negative { b'-' } else { b'+' });
    digits.iter().for_each(|digits| out.extend_from_slice(digits.as_bytes()));
    out.push(b'e');
    out.extend_from_slice(&exponent.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Vec<u8> {
        let mut document = Document::default();
        assert!(document.read(text.as_bytes()), "{text}");
        let mut out = Vec::new();
        document.append_canonical(&mut out);
        out
    }

    #[test]
    fn a_value_has_one_form_however_it_is_spelled() {
        for (one, other) in [
            (r#"{"a":72.0,"b":["é",null]}"#, r#"{ "b" : ["\u00e9", null], "a": 7.2e1 }"#),
            (r#"{"a":"/","\u0062":1}"#, r#"{"b":1.00,"a":"\/"}"#),
            ("[]", " [ ] "),
        ] {
            assert_eq!(canonical(one), canonical(other), "{one} {other}");
        }
        for (one, other) in [
            (r#"{"a":72.01}"#, r#"{"a":72.0}"#),
            (r#"{"a":"1"}"#, r#"{"a":1}"#),
            (r#"{"a":null}"#, "{}"),
            (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#),
            ("[1,2]", "[2,1]"),
            ("[[1],2]", "[[1,2]]"),
            (r#"["ab",""]"#, r#"["a","b"]"#),
        ] {
            assert_ne!(canonical(one), canonical(other), "{one} {other}");
        }
    }
}
