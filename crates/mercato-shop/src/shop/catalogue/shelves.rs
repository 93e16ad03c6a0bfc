//! Chooses a product of a category: by popularity, and seasonal products only in their months.
//!
//! The places of a category are its evergreen products by rank, then those of each season by rank.
//! A keyed permutation says which product stands at which place, so nothing is stored for any of
//! them.

use mercato_draw::{AliasTable, CounterHash, Permutation};
use mercato_engine::World;
use mercato_units::enumerated;

use super::category::Category;
use super::hash;
use super::params::CatalogueParams;
use super::popularity::{Group, Ranks};
use crate::purposes;

enumerated! {
    /// The months in which some products are sold.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Season {
        /// December to February.
        Winter,
        /// March to May.
        Spring,
        /// June to August.
        Summer,
        /// September to November.
        Autumn,
    }
}

/// Number of seasons.
const SEASONS: u32 = Season::ALL.len() as u32;
/// Parts of a share.
const MILLION: u64 = 1_000_000;

impl Season {
    /// The season of a month, 0 for January to 11 for December; months beyond wrap around.
    #[inline]
    pub(super) fn of_month(month: u8) -> Self {
        match month % 12 {
            11 | 0 | 1 => Self::Winter,
            2..=4 => Self::Spring,
            5..=7 => Self::Summer,
            _ => Self::Autumn,
        }
    }
}

/// The products of one category by place.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    /// The category's first product.
    first: u32,
    order: Permutation,
    ranks: [Ranks; SEASONS as usize],
    /// The weights of listed products, where these are not all alike.
    weights: Option<AliasTable>,
}

impl Shelf {
    pub(super) fn new(
        world: World,
        params: &CatalogueParams,
        index: usize,
        category: &Category,
    ) -> Self {
        let count = category.products.end - category.products.start;
        let bounds = bounds(count, params.seasonal_share);
        let evergreen = bounds[0];
        let ranks = |season: usize| {
            let own = bounds[season + 1] - bounds[season];
            let groups = [
                Group { first: 0, count: evergreen, weight: evergreen.into() },
                Group {
                    first: bounds[season],
                    count: own,
                    weight: u64::from(own) * u64::from(SEASONS),
                },
            ];
            Ranks::new(&groups, params.slopes)
        };
        let key = hash(world, purposes::PRODUCT_RANKS).child(index as u64);
        Self {
            first: category.products.start,
            order: order(key, count),
            ranks: Season::ALL.map(|season| ranks(season as usize)),
            weights: weights(params, category),
        }
    }

    /// The product that one word chooses in a season.
    #[inline]
    pub(super) fn pick(&self, season: Season, word: u64) -> u32 {
        if let Some(weights) = &self.weights {
            return self.first + weights.pick(word) as u32;
        }
        let place = self.ranks[season as usize].pick(word);
        self.first + self.order.apply(place.into()) as u32
    }
}

/// The places where the products of each season begin, and where the last end, of so many products
/// and a seasonal share in millionths.
fn bounds(count: u32, seasonal_share: u64) -> [u32; SEASONS as usize + 1] {
    let seasonal = (u64::from(count) * seasonal_share / MILLION) as u32;
    let evergreen = count - seasonal;
    std::array::from_fn(|season| {
        evergreen + seasonal.saturating_mul(season as u32).div_ceil(SEASONS)
    })
}

/// The choice among the listed products of a category, if they are sought by weight.
fn weights(params: &CatalogueParams, category: &Category) -> Option<AliasTable> {
    let listed = params.listed.as_ref().filter(|listed| listed.weighted)?;
    let weights: Vec<u64> = category.products().map(|product| listed.get(product).weight).collect();
    #[expect(
        clippy::expect_used,
        reason = "the weights of the whole list make a choice, and each is above zero"
    )]
    Some(AliasTable::new(&weights).expect("weights that make a choice"))
}

/// Returns the order of products; the coarse permutation is random enough, because it is not
/// visible.
fn order(key: CounterHash, count: u32) -> Permutation {
    #[expect(
        clippy::expect_used,
        reason = "a category has a product, and whatever is counted in 32 bits is below 2^62"
    )]
    Permutation::coarse(key, count.into()).expect("a possible size")
}

#[cfg(test)]
mod tests;
