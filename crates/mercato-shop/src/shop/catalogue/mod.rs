//! The catalogue of a shop: products in categories, with names, changing prices and seasons.
//!
//! A product is a number, from 0 on, and everything about it is a function of the seed and that
//! number: its category and popularity never change in a run, and its price at any time is found at
//! once, in whatever order one asks.
//! When its time is over, a successor with another name takes its place in the range: both are
//! [`Item`]s of one number.
//! So ten million products cost no more memory than the categories they are in; only the names of a
//! small catalogue are kept, to be copied.
//!
//! ```
//! use mercato_draw::Seed;
//! use mercato_engine::World;
//! use mercato_schema::Timestamp;
//! use mercato_shop::shop::catalogue::{Catalogue, CatalogueParams};
//!
//! let origin: Timestamp = "2024-07-18T00:00:00Z".parse()?;
//! let world = World { seed: Seed::new(42), origin: origin.micros() };
//! let catalogue = Catalogue::new(world, &CatalogueParams::default());
//! assert_eq!((catalogue.products(), catalogue.categories()[0].name()), (1_000, "Electronics"));
//!
//! // Somebody takes a product of electronics in July.
//! let product = catalogue.pick(0, 6, 0x1234_5678_9abc_def0);
//! assert_eq!(catalogue.category_of(product), 0);
//! let item = catalogue.item(product, catalogue.updates_until(origin.micros()));
//! let mut id = Vec::new();
//! catalogue.append_id(item, &mut id);
//! assert!(id.starts_with(b"prod_000"));
//!
//! // The first update is due when the first of its equal distances has passed.
//! let update = catalogue.update(0);
//! assert_eq!(update.at, origin.micros() + 3_600_000);
//! assert_eq!(Some(catalogue.price_at(update.item, update.at - 1)), update.before);
//! assert_eq!(catalogue.price_at(update.item, update.at), update.after);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod category;
mod config;
mod known;
mod levels;
mod listed;
mod names;
mod params;
mod popularity;
mod prices;
mod shelves;

pub use category::Category;
pub(super) use category::shares;
pub use config::{CatalogueConfig, CategoryConfig, ProductsConfig};
use listed::Listed;
use mercato_draw::{AliasTable, CounterHash, Label, Permutation};
use mercato_encode::{Out, numbers};
use mercato_engine::World;
use mercato_schema::Money;
use names::{Parts, ProductNames};
pub use params::CatalogueParams;
use params::MAX_CATEGORIES;
use prices::Prices;
pub use prices::{Item, PriceUpdate};
use shelves::{Season, Shelf};

/// Everything a shop sells in a run.
#[derive(Debug, Clone)]
pub struct Catalogue {
    categories: Box<[Category]>,
    /// For each category, the first product of the next.
    ends: Box<[u32]>,
    shelves: Box<[Shelf]>,
    names: ProductNames,
    prices: Prices,
    /// The products, where the user lists them.
    listed: Option<Listed>,
}

/// Digits of the shortest identifiers.
const ID_DIGITS: usize = 6;

impl Catalogue {
    /// The catalogue of `params` in `world`.
    pub fn new(world: World, params: &CatalogueParams) -> Self {
        Self {
            shelves: params
                .categories
                .iter()
                .enumerate()
                .map(|(index, category)| Shelf::new(world, params, index, category))
                .collect(),
            names: ProductNames::new(world, params),
            prices: Prices::new(world, params),
            listed: params.listed.clone(),
            ends: params.categories.iter().map(|category| category.products.end).collect(),
            categories: params.categories.clone(),
        }
    }

    /// Number of products; they are numbered from 0 on.
    pub fn products(&self) -> u32 {
        self.categories.last().map_or(0, |last| last.products.end)
    }

    /// The categories in the order of the configuration.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category of a product.
    #[inline]
    pub fn category_of(&self, product: u32) -> u16 {
        debug_assert!(product < self.products(), "there is no product {product}");
        self.ends.partition_point(|end| *end <= product) as u16
    }

    /// The product of a category that one word chooses, by popularity, in a month from 0 for
    /// January to 11;
    /// what is sold in another season is never chosen.
    #[inline]
    pub fn pick(&self, category: u16, month: u8, word: u64) -> u32 {
        self.shelves[usize::from(category)].pick(Season::of_month(month), word)
    }

    /// A choice of a category by its weight.
    pub(super) fn category_choice(&self) -> AliasTable {
        #[expect(
            clippy::expect_used,
            reason = "a checked catalogue has categories, and their shares are above zero"
        )]
        AliasTable::new(&category::shares(&self.categories)).expect("weights that make a choice")
    }

    /// Returns the item sold in the place of a product after this many updates.
    #[inline]
    pub fn item(&self, product: u32, updates: u64) -> Item {
        self.prices.item(product, updates)
    }

    /// The price of an item listed at an instant, in microseconds since the Unix epoch; the last
    /// one it had if it has a successor by then.
    ///
    /// All instants of a millisecond have one price, since records show no more of their time.
    #[inline]
    pub fn price_at(&self, item: Item, at: i64) -> Money {
        self.prices.at(self.category_of(item.product), item, at)
    }

    /// The price of a product before its first update.
    #[inline]
    pub(crate) fn base_price(&self, product: u32) -> Money {
        self.prices.first(self.category_of(product), product)
    }

    /// The price update of a number, from 0 on.
    pub fn update(&self, number: u64) -> PriceUpdate {
        let product = self.prices.product(number);
        self.prices.update(self.category_of(product), product, number)
    }

    /// The number of the update of the same product before this one; none before its first.
    pub(super) fn update_before(&self, number: u64) -> Option<u64> {
        self.prices.update_before(number)
    }

    /// Returns the number of price updates until an instant, inclusive.
    #[inline]
    pub fn updates_until(&self, at: i64) -> u64 {
        self.prices.updates_until(at)
    }

    /// Returns whether any price ever changes: not where all products are listed with one price.
    pub(super) fn has_updates(&self) -> bool {
        self.listed.as_ref().is_none_or(|listed| listed.changing() > 0)
    }

    /// Microseconds from one price update to the next, before each is moved to the next whole
    /// millisecond.
    pub(crate) fn update_spacing(&self) -> i64 {
        self.prices.spacing()
    }

    /// Appends the identifier of an item: that of a listed product, else `prod_` and a number from
    /// 1 on, of six digits or more; successors have those after all products that are there when
    /// the run begins.
    #[inline]
    pub fn append_id(&self, item: Item, out: &mut impl Out) {
        if let Some(listed) = &self.listed {
            return out.extend(listed.get(item.product).id.as_bytes());
        }
        out.array(b"prod_");
        let number = item.generation * u64::from(self.products()) + u64::from(item.product) + 1;
        numbers::at_least(out, number, ID_DIGITS);
    }

    /// Appends the name of an item, in which nothing has to be escaped in JSON.
    #[inline]
    pub fn append_name(&self, item: Item, out: &mut impl Out) {
        if let Some(listed) = &self.listed {
            return out.extend(listed.get(item.product).name.as_bytes());
        }
        let index = usize::from(self.category_of(item.product));
        self.names.append(&self.categories[index], index, item, out);
    }

    /// The name of an item, distinct within its category unless the user lists one twice.
    pub fn name(&self, item: Item) -> String {
        if let Some(listed) = &self.listed {
            return listed.get(item.product).name.clone();
        }
        let Parts { brand, .. } = self.parts(item);
        format!("{brand} {}", self.model(item))
    }

    /// Returns the brand of an item that is not listed.
    pub fn brand(&self, item: Item) -> &str {
        self.parts(item).brand
    }

    /// The name of an item that is not listed, without its brand.
    pub fn model(&self, item: Item) -> String {
        let Parts { line, noun, number, .. } = self.parts(item);
        if number > 1 { format!("{line} {noun} {number}") } else { format!("{line} {noun}") }
    }

    fn parts(&self, item: Item) -> Parts<'_> {
        let index = usize::from(self.category_of(item.product));
        self.names.parts(&self.categories[index], index, item)
    }
}

/// The names of the categories that the shop knows.
pub(super) fn known_categories() -> impl Iterator<Item = &'static str> + Clone {
    known::KNOWN.iter().map(|known| known.name)
}

/// The hash of a purpose in a world.
fn hash(world: World, purpose: u8) -> CounterHash {
    world.seed.hash(Label::new(purpose, 0))
}

/// A permutation of at least one thing.
fn permutation(hash: CounterHash, count: u32) -> Permutation {
    #[expect(clippy::expect_used, reason = "whatever is counted in 32 bits is fewer than 2^62")]
    Permutation::new(hash, count.max(1).into()).expect("a possible size")
}
