//! E-mail addresses: a last name, a first name and a domain that belongs to nobody.
//!
//! The three parts are three digits of one number, and a keyed permutation gives every customer
//! another number;
//! so no two customers have the same parts.
//! They have not the same address either, because no last name is the beginning of another:
//! from `campbellmichael` only one pair of names can be read.

use std::collections::BTreeSet;

use fake::locales::{Data, EN};

use super::Pool;

/// Domains that RFC 2606 reserves for examples.
pub(crate) const DOMAINS: [&[u8; 12]; 3] = [b"@example.com", b"@example.net", b"@example.org"];

/// Names as they stand in addresses: lower-case letters.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    pub(crate) last: Pool,
    pub(crate) first: Pool,
}

impl Names {
    /// The names of the word lists of `fake`.
    pub(crate) fn new() -> Self {
        let last = without_prefixes(clean(EN::NAME_LAST_NAME));
        Self {
            last: last.into_iter().collect(),
            first: clean(EN::NAME_FIRST_NAME).into_iter().collect(),
        }
    }

    /// Number of addresses.
    pub(crate) fn combinations(&self) -> u32 {
        self.last.len() * self.first.len() * DOMAINS.len() as u32
    }

    /// Last name, first name and domain of address `number`.
    #[inline]
    pub(crate) fn split(&self, number: u32) -> (u16, u16, u8) {
        let domains = DOMAINS.len() as u32;
        let (rest, domain) = (number / domains, number % domains);
        let (last, first) = (rest / self.first.len(), rest % self.first.len());
        (last as u16, first as u16, domain as u8)
    }
}

/// The letters of each name in lower case, in order and each once.
fn clean(names: &[&str]) -> BTreeSet<String> {
    let letters = |name: &&str| {
        name.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
    };
    names.iter().map(letters).filter(|name: &String| !name.is_empty()).collect()
}

/// Leaves out names that begin with another one; in order, such a name follows the one it begins
/// with.
fn without_prefixes(names: BTreeSet<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if kept.last().is_none_or(|before| !name.starts_with(before)) {
            kept.push(name);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::MAX_CUSTOMERS;

    #[test]
    fn there_are_more_addresses_than_customers() {
        let names = Names::new();
        assert!(names.combinations() >= MAX_CUSTOMERS, "{}", names.combinations());
        assert!(names.last.len() <= 1 << 16 && names.first.len() <= 1 << 16);
    }

    #[test]
    fn names_are_lower_case_letters_and_no_last_name_begins_another() {
        let names = Names::new();
        let all: Vec<String> = names.last.iter().collect();
        let clean =
            |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
        assert!(all.iter().all(clean) && names.first.iter().all(|name| clean(&name)));
        for (index, name) in all.iter().enumerate() {
            assert!(
                all.iter()
                    .enumerate()
                    .all(|(other, text)| other == index || !text.starts_with(name.as_str())),
                "{name}"
            );
        }
        assert!(all.contains(&"oconnell".to_owned()));
    }

    #[test]
    fn every_number_is_another_address() {
        let names = Names::new();
        let parts = |number| names.split(number);
        let seen: BTreeSet<_> = (0..100_000)
            .chain(names.combinations() - 10..names.combinations())
            .map(parts)
            .collect();
        assert_eq!(seen.len(), 100_010);
        assert_eq!(parts(names.combinations() - 1).0, names.last.len() as u16 - 1);
    }
}
