//! Products are sold by rank and season; both are found from the product here, which the shop never
//! needs.

use std::iter::repeat_n;

use mercato_draw::Seed;
use mercato_schema::Money;
use mercato_test_support::statistics::follows;
use proptest::prelude::*;

use super::*;
use crate::shop::catalogue::{Catalogue, CatalogueConfig, CategoryConfig};

/// A catalogue, and what is needed to look up the place of a product in it.
struct Shop {
    catalogue: Catalogue,
    seasonal_share: u64,
}

impl Shop {
    fn new(config: &CatalogueConfig) -> Self {
        let world = World { seed: Seed::new(42), origin: 1_721_260_800_000_000 };
        let params = CatalogueParams::new("catalogue", config).unwrap();
        let catalogue = Catalogue::new(world, &params);
        Self { catalogue, seasonal_share: params.seasonal_share }
    }

    /// The place of a product in its category, and where the products of each season begin.
    fn place(&self, product: u32) -> (u32, [u32; SEASONS as usize + 1]) {
        let category = usize::from(self.catalogue.category_of(product));
        let count = self.catalogue.categories()[category].products().len() as u32;
        let shelf = &self.catalogue.shelves[category];
        let place = shelf.order.invert(u64::from(product - shelf.first)) as u32;
        (place, bounds(count, self.seasonal_share))
    }

    /// The season in which a product is sold, if it is not sold all year.
    fn season(&self, product: u32) -> Option<Season> {
        let (place, bounds) = self.place(product);
        Season::ALL.into_iter().find(|season| {
            let index = *season as usize;
            (bounds[index]..bounds[index + 1]).contains(&place)
        })
    }
}

/// One category of so many products, none of them seasonal.
fn gadgets(products: u32) -> CatalogueConfig {
    let price = Some([100, 100_000].map(Money::from_cents).into());
    CatalogueConfig {
        products: products.into(),
        categories: vec![CategoryConfig { price, ..CategoryConfig::new("Gadgets") }],
        seasonal_share: 0.0,
        ..CatalogueConfig::default()
    }
}

proptest! {
    #[test]
    fn whoever_picks_gets_a_product_of_the_category_that_is_in_season(
        products in 7u32..5_000,
        seasonal_share in 0.0..=0.5,
        popularity in prop::array::uniform3(0.0..=3.0),
        category in 0u16..7,
        month in 0u8..12,
        words in prop::collection::vec(any::<u64>(), 20),
    ) {
        let config = CatalogueConfig { products: products.into(), seasonal_share, popularity, ..CatalogueConfig::default() };
        let shop = Shop::new(&config);
        let own = shop.catalogue.categories()[usize::from(category)].products();
        for word in words.into_iter().chain([0, u64::MAX]) {
            let product = shop.catalogue.pick(category, month, word);
            prop_assert!(own.contains(&product));
            prop_assert_eq!(shop.catalogue.category_of(product), category);
            prop_assert!(shop.season(product).is_none_or(|season| season == Season::of_month(month)));
        }
        let seasonal = own.clone().filter(|product| shop.season(*product).is_some()).count();
        let share = own.len() as f64 * seasonal_share;
        prop_assert!((seasonal as f64 - share).abs() <= 1.0 + share / 1e6);
    }
}

/// Picks of the category `Gadgets` in July by rank, of what is sold all year.
fn picks_by_rank(shop: &Shop, picks: u64) -> Vec<u64> {
    let hash = CounterHash::new(7, 7);
    let mut counts = vec![0; shop.catalogue.products() as usize];
    for pick in 0..picks {
        let product = shop.catalogue.pick(0, 6, hash.at(pick, 0));
        if shop.season(product).is_none() {
            counts[shop.place(product).0 as usize] += 1;
        }
    }
    counts
}

/// The slope of log sales over log rank between two ranks, from bands of ranks that are a quarter
/// wide.
fn slope(counts: &[u64], from: usize, to: usize) -> f64 {
    let (mut points, mut first) = (Vec::new(), from);
    while first < to {
        let next = (first + (first / 4).max(1)).min(to);
        let mean = counts[first - 1..next - 1].iter().sum::<u64>() as f64 / (next - first) as f64;
        points.push((((first + next - 1) as f64 / 2.0).ln(), mean.ln()));
        first = next;
    }
    let count = points.len() as f64;
    let (x, y) = (
        points.iter().map(|p| p.0).sum::<f64>() / count,
        points.iter().map(|p| p.1).sum::<f64>() / count,
    );
    points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>()
        / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
}

#[test]
fn sales_fall_with_the_rank_as_published_clickstreams_have_it() {
    let shop = Shop::new(&gadgets(27_000));
    let counts = picks_by_rank(&shop, 20_000_000);
    // A third of the logarithm each: up to rank 30, up to rank 900.
    let slopes = [slope(&counts, 1, 30), slope(&counts, 30, 900), slope(&counts, 900, 20_000)];
    for (slope, expected) in slopes.into_iter().zip([-0.5, -1.1, -1.5]) {
        assert!((slope - expected).abs() < 0.05, "{slopes:?}");
    }
}

#[test]
fn a_flat_popularity_makes_all_products_alike() {
    let shop = Shop::new(&CatalogueConfig { popularity: [0.0; 3], ..gadgets(500) });
    let counts = picks_by_rank(&shop, 100_000);
    let outcomes =
        counts.iter().enumerate().flat_map(|(rank, count)| repeat_n(rank, *count as usize));
    assert!(follows(outcomes, &[1; 500]));
}

#[test]
fn seasonal_products_are_sold_in_their_months_alone_and_as_often_over_a_year() {
    let shop = Shop::new(&CatalogueConfig { seasonal_share: 0.2, ..CatalogueConfig::default() });
    let first = shop.catalogue.categories()[0].products();
    let seasonal = first.clone().filter(|product| shop.season(*product).is_some()).count();
    assert_eq!((first.len(), seasonal), (250, 50));
    let hash = CounterHash::new(9, 9);
    let mut sold_in_season = 0;
    for pick in 0..120_000u64 {
        let month = (pick % 12) as u8;
        let season = shop.season(shop.catalogue.pick(0, month, hash.at(pick, 0)));
        assert!(season.is_none_or(|season| season == Season::of_month(month)));
        sold_in_season += usize::from(season.is_some());
    }
    // A fifth of the products have a fifth of the sales; 13 and 12 products a season.
    assert!((sold_in_season as f64 / 120_000.0 - 0.2).abs() < 0.01, "{sold_in_season}");
    assert_eq!(Season::of_month(11), Season::Winter);
    assert_eq!([2, 5, 8].map(Season::of_month), [Season::Spring, Season::Summer, Season::Autumn]);
}
