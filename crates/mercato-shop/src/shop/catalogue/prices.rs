//! Prices and launches of products at any time, computed without history.
//!
//! Every product is updated once in a round of as many updates as there are products, in an order
//! of the round's own.
//! So the number of updates a product has had is the number of whole rounds, and one more if its
//! turn in this round has come; and its price follows from the product and that number alone.
//! After a fixed number of updates, at another time for each, the next one launches a successor in
//! its place.

use mercato_draw::{CounterHash, Permutation, below};
use mercato_engine::World;
use mercato_schema::Money;

use super::levels::Levels;
use super::listed::Listed;
use super::params::CatalogueParams;
use super::{hash, permutation};
use crate::purposes;

/// A product that is or was sold: the place it has in the range, and how many had that place
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The place, an index below [`super::Catalogue::products`].
    pub product: u32,
    /// 0 for a product that is there when the run begins, 1 for its successor, and so on.
    pub generation: u64,
}

/// A change of what is listed: of a price, or of what is sold at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceUpdate {
    /// From when on the new price is listed, in microseconds since the Unix epoch: the beginning of
    /// a millisecond.
    pub at: i64,
    /// The product, which is launched by this update if it has no price before.
    pub item: Item,
    /// The price listed until then; none for a product that is launched.
    pub before: Option<Money>,
    /// The price listed from then on; the same as before only where the category's range leaves no
    /// other.
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
    /// Every so manieth update of a product launches its successor; 0 if none does.
    life: u64,
    /// When in its life each product is as the run begins.
    ages: CounterHash,
    levels: Levels,
    /// The products, where the user lists them: only some of their prices change.
    listed: Option<Listed>,
}

impl Prices {
    pub(super) fn new(world: World, params: &CatalogueParams) -> Self {
        let rounds = hash(world, purposes::PRICE_UPDATES);
        let changing = params.listed.as_ref().map_or(params.products(), Listed::changing);
        Self {
            origin: world.origin,
            spacing: params.spacing,
            order: permutation(rounds, changing),
            rounds,
            life: params.life,
            ages: hash(world, purposes::PRODUCT_LAUNCHES),
            levels: Levels::new(world, params),
            listed: params.listed.clone(),
        }
    }

    /// The price of an item of a category listed at an instant; its last one if it has a successor
    /// already.
    #[inline]
    pub(super) fn at(&self, category: u16, item: Item, at: i64) -> Money {
        let Item { product, generation } = item;
        let had = self.had(product, self.updates_until(at));
        // The last update before the one that launches its successor.
        let last = ((generation + 1) * self.life).checked_sub(self.age(product) + 1);
        self.levels.price(category, product, last.map_or(had, |last| had.min(last)))
    }

    /// Returns the item sold in the place of a product after this many updates in total.
    #[inline]
    pub(super) fn item(&self, product: u32, updates: u64) -> Item {
        let (round, _) = self.round(updates);
        let [without, with] = [round, round + 1].map(|had| self.item_after(product, had));
        // Only where its turn in this round launches a successor does it matter whether it has
        // come.
        if without == with { without } else { self.item_after(product, self.had(product, updates)) }
    }

    /// Returns the number of updates of one product among this many in total.
    #[inline]
    fn had(&self, product: u32, updates: u64) -> u64 {
        let (round, turns) = self.round(updates);
        let Some(turn) = self.turn_of(product) else { return 0 };
        round + u64::from(self.order_of(round).invert(turn.into()) < turns)
    }

    /// The number of a product among those whose prices change, if its price does.
    #[inline]
    fn turn_of(&self, product: u32) -> Option<u32> {
        self.listed.as_ref().map_or(Some(product), |listed| listed.turn_of(product))
    }

    /// The number of the update of the same product before this one; none before its first.
    pub(super) fn update_before(&self, number: u64) -> Option<u64> {
        let (round, _) = self.round(number);
        let before = round.checked_sub(1)?;
        let turn = self.turn_of(self.product(number))?;
        Some(before * self.order.size() + self.order_of(before).invert(turn.into()))
    }

    /// Updates of a product's life that are over when the run begins.
    #[inline]
    fn age(&self, product: u32) -> u64 {
        below(self.ages.at(product.into(), 0), self.life)
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
        let turn = self.order_of(round).apply(turn) as u32;
        self.listed.as_ref().map_or(turn, |listed| listed.at_turn(turn))
    }

    /// The update of that number, whose product is of `category`.
    pub(super) fn update(&self, category: u16, product: u32, number: u64) -> PriceUpdate {
        let (round, _) = self.round(number);
        // Of this round the product has had its turn with this update.
        let item = self.item_after(product, round + 1);
        let launched = item.generation != self.item_after(product, round).generation;
        let exact = i128::from(self.origin) + (i128::from(number) + 1) * i128::from(self.spacing);
        let at = i64::try_from(exact).unwrap_or(i64::MAX - MILLI);
        PriceUpdate {
            at: at + (-at).rem_euclid(MILLI),
            item,
            before: (!launched).then(|| self.levels.price(category, product, round)),
            after: self.levels.price(category, product, round + 1),
        }
    }

    /// Returns the item sold in the place of a product after this many updates of its own.
    #[inline]
    fn item_after(&self, product: u32, had: u64) -> Item {
        let generation = (had + self.age(product)).checked_div(self.life);
        Item { product, generation: generation.unwrap_or(0) }
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
