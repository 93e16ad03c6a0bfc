//! Names and texts of records as other languages spell them.

use std::collections::BTreeSet;

/// Returns `name` in upper camel case: `shipping_address` becomes `ShippingAddress`.
pub(super) fn camel(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String =
        words.map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..])).collect();
    guarded(name)
}

/// Returns `name` as an identifier of ASCII letters, digits and underscores: `user-events` becomes
/// `user_events`.
pub(super) fn identifier(name: &str) -> String {
    guarded(name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

/// Returns an identifier for each name; one that an earlier name has is numbered.
pub(super) fn identifiers<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names.into_iter().map(|name| unique(identifier(name), &mut taken)).collect()
}

/// Returns `name`, numbered if it is taken, and takes it.
pub(super) fn unique(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.unwrap_or(name);
    taken.insert(free.clone());
    free
}

/// An identifier begins with a letter or an underscore.
fn guarded(name: String) -> String {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name
    }
}

/// Returns `text` as a literal in double quotes, which JSON, Python and Protobuf read alike.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Indents every line of `text` but the first and empty ones.
pub(super) fn indented(text: &str, by: usize) -> String {
    let indent = format!("\n{}", " ".repeat(by));
    text.replace('\n', &indent).replace(&format!("{indent}\n"), "\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (name, expected) in
            [("user-events", "user_events"), ("a b", "a_b"), ("1st", "_1st"), ("", "_"), ("é", "_")]
        {
            assert_eq!(identifier(name), expected);
        }
        assert_eq!(
            identifiers(["a-b", "a_b", "a.b", "a_b_2"]),
            ["a_b", "a_b_2", "a_b_3", "a_b_2_2"]
        );
        for (name, expected) in
            [("shipping_address", "ShippingAddress"), ("orderId", "OrderId"), ("2nd", "_2nd")]
        {
            assert_eq!(camel(name), expected);
        }
    }
}
