//! Short pieces of records, cut so that a difference is in sight.

use crate::records::{Document, Node, NodeKind};

/// Bytes of a record that are shown.
const SHOWN: usize = 160;

/// Bytes that are shown before the first difference.
const BEFORE: usize = 48;

/// The beginning of `text`.
pub(super) fn beginning(text: &[u8]) -> String {
    cut(text, 0)
}

/// Pieces of two texts around the first value in which they differ, or, if they are no JSON, around
/// the first byte.
pub(super) fn around_difference(one: &[u8], other: &[u8]) -> (String, String) {
    if let Some((at_one, at_other)) = different_values(one, other) {
        let from = |at: usize, text: &[u8]| {
            at.saturating_sub(BEFORE).min(text.len().saturating_sub(SHOWN))
        };
        return (cut(one, from(at_one, one)), cut(other, from(at_other, other)));
    }
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let longest = one.len().max(other.len());
    let from = same.saturating_sub(BEFORE).min(longest.saturating_sub(SHOWN));
    (cut(one, from), cut(other, from))
}

/// The positions of the first value that differs between two JSON texts.
fn different_values(one: &[u8], other: &[u8]) -> Option<(usize, usize)> {
    let (mut left, mut right) = (Document::default(), Document::default());
    let are_read = left.read(one) && right.read(other);
    are_read.then(|| first_different(left.root(), right.root())).flatten()
}

fn first_different(one: Node<'_>, other: Node<'_>) -> Option<(usize, usize)> {
    if one.is_same(other) {
        return None;
    }
    let here = (one.at(), other.at());
    let inside = match (one.kind(), other.kind()) {
        (NodeKind::Object, NodeKind::Object) => {
            let mut members = one.members();
            members.find_map(|(name, value)| match other.get(name) {
                Some(found) => first_different(value, found),
                None => Some((value.at(), other.at())),
            })
        }
        (NodeKind::Array, NodeKind::Array) => {
            one.items().zip(other.items()).find_map(|(one, other)| first_different(one, other))
        }
        _ => None,
    };
    Some(inside.unwrap_or(here))
}

fn cut(text: &[u8], from: usize) -> String {
    let from = from.min(text.len());
    let to = (from + SHOWN).min(text.len());
    let piece = String::from_utf8_lossy(&text[from..to]);
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{}{}", dots(from > 0), visible(&piece), dots(to < text.len()))
}

/// `text` with control characters made visible and quotes left as they are.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_difference_is_in_sight() {
        let one = [b"a".repeat(1000), b"x".to_vec(), b"b".repeat(1000)].concat();
        let other = [b"a".repeat(1000), b"y".to_vec(), b"b".repeat(1000)].concat();
        let (one, other) = around_difference(&one, &other);
        assert!(one.starts_with("…aaa") && one.ends_with("bbb…") && one.contains('x'), "{one}");
        assert_eq!(one.replace('x', "y"), other);
    }

    #[test]
    fn a_different_value_is_in_sight_however_the_rest_is_spelled() {
        let rest = format!("\"z\":\"{}\"", "-".repeat(400));
        let one = format!("{{\"a\":1.50,\"b\":[1,{{\"c\":72.0}}],{rest}}}");
        let other = format!("{{ {rest}, \"b\": [1, {{\"c\": 72.01}}], \"a\": 1.5}}");
        let (one, other) = around_difference(one.as_bytes(), other.as_bytes());
        assert!(one.contains("72.0}") && other.contains("72.01}"), "{one}\n{other}");
    }

    #[test]
    fn a_short_text_is_shown_whole_and_controls_are_visible() {
        assert_eq!(beginning(b"{\"a\":1}\r\x1b"), "{\"a\":1}\\r\\u{1b}");
        assert_eq!(around_difference(b"", b"ab"), (String::new(), "ab".into()));
    }
}
