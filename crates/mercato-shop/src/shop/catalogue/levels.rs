//! The prices a product has: its regular one, and what updates make of it.
//!
//! Updates of a product take turns: raised by a little, regular again, on offer, regular again, and
//! so on;
//! where a product begins is drawn. So about half of all products are listed at their regular
//! price, a quarter above it and a quarter on offer, and an update changes the price.
//! Everything is counted in whole cents.

use std::collections::BTreeMap;
use std::sync::Arc;

use mercato_draw::{CounterHash, below};
use mercato_engine::World;
use mercato_schema::Money;

use super::hash;
use super::params::CatalogueParams;
use crate::purposes;

/// Percent of the regular price when it is raised.
const RAISED: [i64; 4] = [105, 106, 108, 110];
/// Percent of the regular price on offer.
const OFFERS: [i64; 6] = [95, 90, 85, 80, 75, 70];
/// The last two digits that prices like to have, in proportion to how often.
const ENDINGS: [i64; 8] = [99, 99, 99, 99, 99, 95, 95, 49];

/// Pieces of a range of prices, each by the same factor above the one before.
const PIECES: usize = 32;
/// Parts of a cent in which the bounds of the pieces are counted.
const PARTS: u64 = 1 << 10;

/// The prices of every product by the number of its updates.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    /// Regular price of a product.
    regular: CounterHash,
    /// By how much an update changes it.
    changes: CounterHash,
    ranges: Box<[Range]>,
    /// The range of each product, where these are listed; else each category has its own.
    own: Option<Arc<[u32]>>,
}

/// The prices of a category.
#[derive(Debug, Clone)]
struct Range {
    low: i64,
    high: i64,
    /// Between them regular prices are drawn: where there is room, offers and raised prices are in
    /// the range too.
    regular: [i64; 2],
    /// Bounds of the pieces of the regular prices.
    bounds: [u64; PIECES + 1],
}

impl Levels {
    pub(super) fn new(world: World, params: &CatalogueParams) -> Self {
        let (ranges, own) = ranges(params);
        Self {
            regular: hash(world, purposes::PRODUCT_PRICES),
            changes: hash(world, purposes::PRICE_UPDATES).child(u64::MAX),
            ranges,
            own,
        }
    }

    /// The price of a product of a category after so many updates.
    #[inline]
    pub(super) fn price(&self, category: u16, product: u32, updates: u64) -> Money {
        let range = match &self.own {
            Some(own) => own[product as usize] as usize,
            None => usize::from(category),
        };
        let range = &self.ranges[range];
        let word = self.regular.at(product.into(), 0);
        // The lowest bits: the highest decide the price.
        let (begin, ending) = (word & 3, ENDINGS[(word >> 2 & 7) as usize]);
        let regular = range.regular(word, ending);
        let percent = match updates.wrapping_add(begin) % 4 {
            1 => &RAISED[..],
            3 => &OFFERS[..],
            _ => return Money::from_cents(regular),
        };
        let choice = below(self.changes.at(product.into(), updates), percent.len() as u64);
        Money::from_cents(range.changed(regular, percent[choice as usize], ending))
    }
}

/// The ranges of the categories, or of listed products, each once, and which one each of these has.
fn ranges(params: &CatalogueParams) -> (Box<[Range]>, Option<Arc<[u32]>>) {
    let Some(listed) = &params.listed else {
        let of = |category: &super::Category| Range::new(category.price_range().map(Money::cents));
        return (params.categories.iter().map(of).collect(), None);
    };
    let (mut known, mut ranges) = (BTreeMap::new(), Vec::new());
    let of = |product| {
        let cents = listed.get(product).cents;
        *known.entry(cents).or_insert_with(|| {
            ranges.push(Range::new(cents));
            ranges.len() as u32 - 1
        })
    };
    let own = (0..params.products()).map(of).collect();
    (ranges.into(), Some(own))
}

impl Range {
    fn new([low, high]: [i64; 2]) -> Self {
        let (lowest, highest) = ((low * 100 + 69) / 70, high * 100 / 110);
        let regular = if lowest <= highest { [lowest, highest] } else { [low, high] };
        let mut bounds = [0; PIECES + 1];
        (bounds[0], bounds[PIECES]) =
            (regular[0].unsigned_abs() * PARTS, regular[1].unsigned_abs() * PARTS);
        // Halved again and again: between two bounds lies their geometric mean.
        let mut step = PIECES / 2;
        while step > 0 {
            for middle in (step..PIECES).step_by(2 * step) {
                let product = u128::from(bounds[middle - step]) * u128::from(bounds[middle + step]);
                bounds[middle] = product.isqrt() as u64;
            }
            step /= 2;
        }
        Self { low, high, regular, bounds }
    }

    /// The price that a word makes, each factor above the lowest as likely as another.
    #[inline]
    fn regular(&self, word: u64, ending: i64) -> i64 {
        let piece = below(word, PIECES as u64) as usize;
        let (from, to) = (self.bounds[piece], self.bounds[piece + 1]);
        let parts = from + below(word.wrapping_mul(PIECES as u64), to - from);
        let [low, high] = self.regular;
        rounded((parts / PARTS) as i64, ending, low, high)
    }

    /// So much percent of a regular price, and another price if there is one.
    #[inline]
    fn changed(&self, regular: i64, percent: i64, ending: i64) -> i64 {
        let exact = (regular * percent / 100).clamp(self.low, self.high);
        let price = rounded(exact, ending, self.low, self.high);
        if price != regular {
            price
        } else if exact != regular {
            exact
        } else {
            self.beside(regular, percent)
        }
    }

    /// The price a cent above or below, where the range has one: a few percent of a few cents are
    /// nothing.
    #[cold]
    fn beside(&self, regular: i64, percent: i64) -> i64 {
        (regular + (percent - 100).signum()).clamp(self.low, self.high)
    }
}

/// The price nearest to `cents` that ends in `ending`, if it is between `low` and `high`; else
/// `cents`.
#[inline]
fn rounded(cents: i64, ending: i64, low: i64, high: i64) -> i64 {
    let price = (cents - ending + 50).div_euclid(100) * 100 + ending;
    if (low..=high).contains(&price) { price } else { cents }
}
