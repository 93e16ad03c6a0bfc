//! Envelopes: a record in an object with its topic and key, as records of several topics come in
//! one place.
//!
//! Two are known: the one that mercato writes, `{"topic":…,"key":…,"value":{…}}`, and that of
//! `kcat -J`, where the record is a text in `payload` among partition, offset and more.

use super::document::{Node, NodeKind};

/// The content of an envelope.
#[derive(Debug, Clone, Copy)]
pub struct Enclosed<'a> {
    /// The topic on the envelope.
    pub topic: &'a str,
    /// The key on it, if it is a text.
    pub key: Option<&'a str>,
    /// The record.
    pub value: EnclosedValue<'a>,
}

/// A record in an envelope.
#[derive(Debug, Clone, Copy)]
pub enum EnclosedValue<'a> {
    /// JSON of the envelope itself.
    Inline(Node<'a>),
    /// A text that is the record.
    Text(&'a str),
    /// No value: a tombstone, the delete of a key.
    Tombstone,
}

impl<'a> Enclosed<'a> {
    /// Opens the envelope that `value` is, if it is one.
    pub fn of(value: Node<'a>) -> Option<Self> {
        let topic = value.get("topic")?.text()?;
        let (key, is_kcat) = (value.get("key")?, value.get("partition").is_some());
        let field = if is_kcat && value.get("offset").is_some() { "payload" } else { "value" };
        let inside = value.get(field)?;
        let value = match inside.kind() {
            NodeKind::Null => EnclosedValue::Tombstone,
            NodeKind::Object => EnclosedValue::Inline(inside),
            NodeKind::Text if is_kcat => EnclosedValue::Text(inside.text()?),
            _ => return None,
        };
        Some(Self { topic, key: key.text(), value })
    }

    /// The record's text; none for a tombstone.
    pub fn json(&self) -> Option<&'a str> {
        match self.value {
            EnclosedValue::Inline(node) => Some(node.json()),
            EnclosedValue::Text(text) => Some(text),
            EnclosedValue::Tombstone => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;

    #[test]
    fn both_envelopes_are_opened_and_nothing_else_is() {
        let mut document = Document::default();
        for (text, expected) in [
            (
                r#"{"topic":"t","key":"k","value":{"a":1}}"#,
                Some(("t", Some("k"), Some("{\"a\":1}"))),
            ),
            (
                r#"{"topic":"t","partition":0,"offset":7,"tstype":"create","ts":1,"broker":1,"key":"k","payload":"{\"a\":1}"}"#,
                Some(("t", Some("k"), Some("{\"a\":1}"))),
            ),
            (
                r#"{"payload":null,"key":"k","offset":7,"partition":0,"topic":"t"}"#,
                Some(("t", Some("k"), None)),
            ),
            (r#"{"topic":"t","key":null,"value":null}"#, Some(("t", None, None))),
            (r#"{"topic":"t","value":"text","key":"k"}"#, None),
            (r#"{"topic":1,"key":"k","value":{}}"#, None),
            (r#"{"key":"k","value":{}}"#, None),
        ] {
            assert!(document.read(text.as_bytes()));
            let found = Enclosed::of(document.root());
            let found = found.map(|found| (found.topic, found.key, found.json()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
