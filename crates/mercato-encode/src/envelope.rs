//! Records of several topics in one place: each in an envelope that names its topic and key.

use crate::json;

/// An envelope around a record, so that one line shows all of it:
/// `{"topic":"orders","key":"o1","value":{…}}`.
///
/// The value stands there as it is; a record that was made malformed on purpose makes a line that
/// is as malformed.
/// A record without a key has `null` for it, and one without a value as well.
///
/// ```
/// use mercato_encode::Envelope;
///
/// let envelope = Envelope::new(&["orders".to_owned()]);
/// let mut line = Vec::new();
/// envelope.append(&mut line, 0, b"o\"1", b"{\"total\":5}");
/// assert_eq!(line, br#"{"topic":"orders","key":"o\"1","value":{"total":5}}"#);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// The beginning of a line for each topic, up to the key.
    heads: Vec<Vec<u8>>,
}

impl Envelope {
    /// Envelopes for records of `topics`, indexed by a span's topic.
    pub fn new(topics: &[String]) -> Self {
        let head = |topic: &String| {
            let mut head = b"{\"topic\":".to_vec();
            json::string(&mut head, topic);
            head.extend_from_slice(b",\"key\":");
            head
        };
        Self { heads: topics.iter().map(head).collect() }
    }

    /// Appends a record in its envelope, without a line feed.
    pub fn append(&self, line: &mut Vec<u8>, topic: u16, key: &[u8], value: &[u8]) {
        line.extend_from_slice(self.heads.get(usize::from(topic)).map_or(b"", Vec::as_slice));
        if key.is_empty() {
            line.extend_from_slice(b"null");
        } else {
            json::string(line, &String::from_utf8_lossy(key));
        }
        line.extend_from_slice(b",\"value\":");
        line.extend_from_slice(if value.is_empty() { b"null" } else { value });
        line.push(b'}');
    }
}
