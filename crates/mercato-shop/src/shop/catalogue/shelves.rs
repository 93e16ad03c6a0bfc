//! Chooses a product of a category: by popularity, and seasonal products only in their months.
//!
//! The places of a category are its evergreen products by rank, then those of each season by rank.
//! A keyed permutation says which product stands at which place, so nothing is stored for any of
//! them.

use mercato_draw::{AliasTable, CounterHash, Permutation};
use mercato_engine::World;

use super::category::Category;
use super::hash;
use super::params::CatalogueParams;
use super::popularity::{Group, Ranks};
use crate::purposes;

/// The months in which some products are sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// December to February.
    Winter,
    /// March to May.
    Spring,
    /// June to August.
    Summer,
    /// September to November.
    Autumn,
}

/// Number of seasons.
const SEASONS: u32 = 4;
/// Parts of a share.
const MILLION: u64 = 1_000_000;

impl Season {
    /// The season of a month, 0 for January to 11 for December; months beyond wrap around.
    #[inline]
    pub fn of_month(month: u8) -> Self {
        match month % 12 {
            11 | 0 | 1 => Self::Winter,
            2..=4 => Self::Spring,
            5..=7 => Self::Summer,
            _ => Self::Autumn,
        }
    }

    fn of_index(index: usize) -> Self {
        [Self::Winter, Self::Spring, Self::Summer, Self::Autumn][index % 4]
    }
}

/// The products of one category by place.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    /// The category's first product.
    first: u32,
    order: Permutation,
    /// Start of each season's products, and the end of the last.
    bounds: [u32; SEASONS as usize + 1],
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
        let seasonal = (u64::from(count) * params.seasonal_share / MILLION) as u32;
        let evergreen = count - seasonal;
        let bounds = std::array::from_fn(|season| {
            evergreen + seasonal.saturating_mul(season as u32).div_ceil(SEASONS)
        });
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
            bounds,
            ranks: [0, 1, 2, 3].map(ranks),
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

    /// The season in which a product is sold, if it is not sold all year.
    pub(super) fn season(&self, product: u32) -> Option<Season> {
        let place = self.place(product);
        (0..SEASONS as usize)
            .find(|index| (self.bounds[*index]..self.bounds[index + 1]).contains(&place))
            .map(Season::of_index)
    }

    /// Returns the popularity rank of a product among those sold at the same time, from 0 for the
    /// most popular.
    pub(super) fn rank(&self, product: u32) -> u32 {
        let place = self.place(product);
        self.season(product).map_or(place, |season| place - self.bounds[season as usize])
    }

    fn place(&self, product: u32) -> u32 {
        self.order.invert(u64::from(product - self.first)) as u32
    }
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
