//! People by name: as they are called, and as they stand in addresses of mail.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fake::locales::{Data, EN};
use mercato_draw::below;
use mercato_encode::{Out, numbers};

use super::{DOMAINS, Pool};

/// Names as people write them, and the same in lower-case letters.
#[derive(Debug)]
struct Spelled {
    written: Pool,
    letters: Pool,
}

static LAST: LazyLock<Spelled> = LazyLock::new(|| Spelled::new(EN::NAME_LAST_NAME));
static FIRST: LazyLock<Spelled> = LazyLock::new(|| Spelled::new(EN::NAME_FIRST_NAME));

/// A person's first and last name, and where they have mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Person {
    first: u16,
    last: u16,
    domain: u8,
}

/// An address of mail: of this person, with this number in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) person: Person,
    /// A number that nobody else has, because many share a name.
    pub(crate) number: u32,
    /// Addresses that the person has had before.
    pub(crate) before: u64,
}

impl Spelled {
    /// The plain names of a list, in order and each once.
    fn new(names: &[&str]) -> Self {
        let plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'\'';
        let names: BTreeSet<&str> = names
            .iter()
            .copied()
            .filter(|name| !name.is_empty() && name.bytes().all(plain))
            .collect();
        let letters = |name: &&str| {
            name.chars()
                .filter(char::is_ascii_alphabetic)
                .map(|letter| letter.to_ascii_lowercase())
                .collect::<String>()
        };
        Self { letters: names.iter().map(letters).collect(), written: names.into_iter().collect() }
    }
}

impl Person {
    /// The person of a word.
    pub(crate) fn of(word: u64) -> Self {
        let (last, first) = (LAST.written.len().into(), FIRST.written.len().into());
        // What the first draw leaves of the word is as good as another.
        let (word, rest) = (word, word.wrapping_mul(last));
        Self {
            last: below(word, last) as u16,
            first: below(rest, first) as u16,
            domain: below(rest.wrapping_mul(first), DOMAINS.len() as u64) as u8,
        }
    }

    /// Appends the first and the last name.
    pub(crate) fn append_name(self, out: &mut impl Out) {
        FIRST.written.append(self.first, out);
        out.byte(b' ');
        LAST.written.append(self.last, out);
    }
}

impl Mailbox {
    /// Appends the address: no two mailboxes have the same.
    pub(crate) fn append(self, out: &mut impl Out) {
        LAST.letters.append(self.person.last, out);
        FIRST.letters.append(self.person.first, out);
        numbers::unsigned(out, self.number);
        let (again, domain) = {
            let domains = DOMAINS.len() as u64;
            let domain = (self.before % domains + u64::from(self.person.domain)) % domains;
            (self.before / domains, domain as usize)
        };
        if again > 0 {
            out.byte(b'.');
            numbers::at_least(out, again, 1);
        }
        out.array(DOMAINS[domain]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        append(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_those_that_stand_in_addresses() {
        assert_eq!(LAST.written.len(), LAST.letters.len());
        assert_eq!(FIRST.written.len(), FIRST.letters.len());
        for word in (0..2_000u64).map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            let person = Person::of(word);
            let name = text(|out| person.append_name(out));
            let mailbox = Mailbox { person, number: 71, before: 0 };
            let address = text(|out| mailbox.append(out));
            let (first, last) = name.split_once(' ').unwrap();
            let letters = format!("{last}{first}").replace('\'', "").to_lowercase();
            assert!(address.starts_with(&format!("{letters}71@example.")), "{name}: {address}");
        }
    }

    #[test]
    fn every_address_is_another() {
        let person = Person::of(1 << 50);
        let addresses: BTreeSet<String> = (0..40)
            .flat_map(|before| [7, 71].map(|number| Mailbox { person, number, before }))
            .map(|mailbox| text(|out| mailbox.append(out)))
            .collect();
        assert_eq!(addresses.len(), 80);
    }
}
