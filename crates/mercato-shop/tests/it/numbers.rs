//! The numbers of identifiers, each of which comes once.

use std::collections::BTreeMap;

/// Numbers that have been there by their prefix, a bit each.
#[derive(Default)]
pub(crate) struct Numbers(BTreeMap<&'static str, BTreeMap<u64, u64>>);

impl Numbers {
    /// The number of an identifier that nothing had before.
    pub(crate) fn take(&mut self, prefix: &'static str, id: &str) -> u64 {
        let number = number(prefix, id);
        let bits = self.0.entry(prefix).or_default().entry(number / 64).or_default();
        assert_eq!(*bits >> (number % 64) & 1, 0, "{id} comes twice");
        *bits |= 1 << (number % 64);
        number
    }
}

/// The number after the prefix of an identifier.
pub(crate) fn number(prefix: &str, id: &str) -> u64 {
    id.strip_prefix(prefix).unwrap().parse().unwrap()
}
