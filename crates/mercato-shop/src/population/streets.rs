//! Streets and cities, invented by `fake` once at start-up.

use std::collections::BTreeSet;

use fake::Fake;
use fake::faker::address::raw::{CityName, StreetName};
use fake::locales::EN;
use fake::rand::RngExt;

use super::Pool;

/// Number of streets, and of cities, that a shop's customers live in.
///
/// Enough that a street comes again only now and then, few enough to stay in the second-level cache
/// and to be invented in two milliseconds.
const SIZE: usize = 2048;

/// Names of streets, such as `Amy Parks`.
pub(super) fn streets(rng: &mut impl RngExt) -> Pool {
    distinct(|| StreetName(EN).fake_with_rng(rng))
}

/// Names of cities, such as `New Bobbyland`.
pub(super) fn cities(rng: &mut impl RngExt) -> Pool {
    distinct(|| CityName(EN).fake_with_rng(rng))
}

/// The first different texts, in the order in which they came.
fn distinct(mut invent: impl FnMut() -> String) -> Pool {
    let (mut seen, mut pool) = (BTreeSet::new(), Pool::default());
    // A word list that is too short for so many texts must not make this an endless loop.
    for _ in 0..4 * SIZE {
        let text = invent();
        if is_plain(&text) && !seen.contains(&text) {
            pool.push(&text);
            seen.insert(text);
        }
        if pool.len() as usize == SIZE {
            break;
        }
    }
    pool
}

/// Such texts need no escape in JSON and no quotes in CSV.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'\'' | b'-' | b'.');
    !text.is_empty() && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use mercato_draw::{Label, Seed};

    use super::*;
    use crate::purposes;

    #[test]
    fn pools_are_full_and_differ_from_seed_to_seed() {
        let of =
            |seed| streets(&mut Seed::new(seed).start_up_rng(Label::new(purposes::STREETS, 0)));
        assert_eq!(of(1).len(), SIZE as u32);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let cities = cities(&mut Seed::new(1).start_up_rng(Label::new(purposes::CITIES, 0)));
        assert_eq!(cities.len(), SIZE as u32);
    }
}
