//! What a product costs at any time, without remembering what it cost before.
//!
//! Every product is updated once in a round of as many updates as there are products, in an order of the round's own.
//! So the number of updates a product has had is the number of whole rounds, and one more if its turn in this round
//! has come; and its price follows from the product and that number alone.

use mercato_draw::{CounterHash, Permutation};
use mercato_engine::World;
use mercato_schema::Money;

use super::levels::Levels;
use super::params::CatalogueParams;
use super::{hash, permutation};
use crate::purposes;

/// A change of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceUpdate {
    /// From when on the new price is listed, in microseconds since the Unix epoch: the beginning of a millisecond.
    pub at: i64,
    /// The product.
    pub product: u32,
    /// The price listed until then.
    pub before: Money,
    /// The price listed from then on; the same only where the category's range leaves no other.
    pub after: Money,
}

/// Microseconds of a millisecond.
const MILLI: i64 = 1_000;

/// Every price of a run.
#[derive(Debug, Clone)]
pub(super) struct Prices {
    origin: i64,
    spacing: i64,
    /// Under no round's key.
    order: Permutation,
    rounds: CounterHash,
    levels: Levels,
}

impl Prices {
    pub(super) fn new(world: World, params: &CatalogueParams) -> Self {
        let rounds = hash(world, purposes::PRICE_UPDATES);
        Self {
            origin: world.origin,
            spacing: params.spacing,
            order: permutation(rounds, params.products()),
            rounds,
            levels: Levels::new(world, params),
        }
    }

    /// The price of a product of a category listed at an instant.
    #[inline]
    pub(super) fn at(&self, category: u16, product: u32, at: i64) -> Money {
        let (round, turns) = self.round(self.updates_until(at));
        let had_its_turn = self.order_of(round).invert(product.into()) < turns;
        self.levels.price(category, product, round + u64::from(had_its_turn))
    }

    /// The price of a product of a category before its first update.
    #[inline]
    pub(super) fn first(&self, category: u16, product: u32) -> Money {
        self.levels.price(category, product, 0)
    }

    /// Updates made until an instant, one at that instant included.
    #[inline]
    pub(super) fn updates_until(&self, at: i64) -> u64 {
        let shown = at.saturating_sub(at.rem_euclid(MILLI));
        if shown < self.origin {
            return 0;
        }
        shown.abs_diff(self.origin) / self.spacing.unsigned_abs()
    }

    /// Microseconds from one update to the next.
    pub(super) fn spacing(&self) -> i64 {
        self.spacing
    }

    /// The product that an update concerns.
    pub(super) fn product(&self, number: u64) -> u32 {
        let (round, turn) = self.round(number);
        self.order_of(round).apply(turn) as u32
    }

    /// The update of that number, whose product is of `category`.
    pub(super) fn update(&self, category: u16, product: u32, number: u64) -> PriceUpdate {
        let (round, _) = self.round(number);
        let exact = i128::from(self.origin) + (i128::from(number) + 1) * i128::from(self.spacing);
        let at = i64::try_from(exact).unwrap_or(i64::MAX - MILLI);
        PriceUpdate {
            at: at + (-at).rem_euclid(MILLI),
            product,
            before: self.levels.price(category, product, round),
            after: self.levels.price(category, product, round + 1),
        }
    }

    /// Whole rounds before an update, and its turn in its own.
    #[inline]
    fn round(&self, number: u64) -> (u64, u64) {
        (number / self.order.size(), number % self.order.size())
    }

    #[inline]
    fn order_of(&self, round: u64) -> Permutation {
        self.order.rekeyed(self.rounds.child(round))
    }
}
