//! Short pieces of records, cut so that a difference is in features.

/// Bytes of a record that are shown.
const SHOWN: usize = 160;

/// Bytes that are shown before the first difference.
const BEFORE: usize = 48;

/// The beginning of `text`.
pub(super) fn beginning(text: &[u8]) -> String {
    cut(text, 0)
}

/// Pieces of two texts around the first byte in which they differ.
pub(super) fn around_difference(one: &[u8], other: &[u8]) -> (String, String) {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let longest = one.len().max(other.len());
    let from = same.saturating_sub(BEFORE).min(longest.saturating_sub(SHOWN));
    (cut(one, from), cut(other, from))
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
    fn a_short_text_is_shown_whole_and_controls_are_visible() {
        assert_eq!(beginning(b"{\"a\":1}\r\x1b"), "{\"a\":1}\\r\\u{1b}");
        assert_eq!(around_difference(b"", b"ab"), (String::new(), "ab".into()));
    }
}
