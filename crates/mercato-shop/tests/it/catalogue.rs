//! The catalogue as its users see it: prices are what the updates made of them, names are distinct,
//! laws are kept.

use std::collections::BTreeSet;

use mercato_draw::{CounterHash, Seed};
use mercato_engine::World;
use mercato_schema::{Money, Rate};
use mercato_shop::shop::catalogue::{
    Catalogue, CatalogueConfig, CatalogueParams, Category, CategoryConfig, Item, PriceUpdate,
};
use proptest::prelude::*;

use mercato_test_support::statistics::follows;

/// 2024-07-18T00:00:00Z.
const ORIGIN: i64 = 1_721_260_800_000_000;

fn catalogue(config: &CatalogueConfig) -> Catalogue {
    let world = World { seed: Seed::new(42), origin: ORIGIN };
    Catalogue::new(world, &CatalogueParams::new("catalogue", config).unwrap())
}

fn of_products(products: u32) -> Catalogue {
    catalogue(&CatalogueConfig { products: products.into(), ..CatalogueConfig::default() })
}

/// What is there when the run begins.
fn first(product: u32) -> Item {
    Item { product, generation: 0 }
}

/// A catalogue of products whose prices are between `low` and `high` cents.
fn between(products: u32, low: i64, high: i64, price_updates: Rate) -> CatalogueConfig {
    let price = Some([low, high].map(Money::from_cents).into());
    let categories = vec![CategoryConfig { price, ..CategoryConfig::new("Gadgets") }];
    CatalogueConfig {
        products: products.into(),
        categories,
        price_updates,
        ..CatalogueConfig::default()
    }
}

proptest! {
    #[test]
    fn a_price_is_what_the_updates_before_made_of_it(
        seed in any::<u64>(),
        origin in -1_000_000_000_000_000i64..4_000_000_000_000_000,
        products in 1u32..30,
        millionths_per_hour in prop_oneof![1_000_000u64..36_000_000_000, 36_000_000_000u64..36_000_000_000_000_000],
        [low, high] in prop::array::uniform2(1i64..50_000),
        lags in prop::collection::vec(0i64..1_000_000, 8),
        launches in prop_oneof![Just(0.0), 0.05..=0.5],
    ) {
        let rate = Rate::from_millionths_per_hour(millionths_per_hour.min(36_000_000_000_000)).unwrap();
        let config = CatalogueConfig { launches, ..between(products, low.min(high), low.max(high), rate) };
        let params = CatalogueParams::new("catalogue", &config).unwrap();
        let catalogue = Catalogue::new(World { seed: Seed::new(seed), origin }, &params);
        let prices = |at| {
            let updates = catalogue.updates_until(at);
            let items = (0..products).map(|product| catalogue.item(product, updates));
            items.map(|item| (item, catalogue.price_at(item, at))).collect::<Vec<_>>()
        };
        let mut listed = prices(origin - 1);
        prop_assert_eq!(&listed, &prices(i64::MIN));
        prop_assert!(listed.iter().all(|(item, _)| item.generation == 0));
        let mut gone = Vec::new();
        for number in 0..6 * u64::from(products) {
            let PriceUpdate { at, item, before, after } = catalogue.update(number);
            prop_assert!(at >= origin && at % 1_000 == 0);
            let place = &mut listed[item.product as usize];
            if let Some(before) = before {
                prop_assert_eq!(*place, (item, before));
            } else {
                prop_assert!(launches > 0.0);
                prop_assert_eq!(item, Item { generation: place.0.generation + 1, ..place.0 });
                gone.push(*place);
            }
            *place = (item, after);
            // What is sold no more keeps its last price.
            prop_assert!(gone.iter().all(|(item, last)| catalogue.price_at(*item, at) == *last));
            prop_assert!(catalogue.updates_until(at) > number && catalogue.updates_until(at - 1) <= number);
            let next = catalogue.update(number + 1).at;
            if next > at {
                let lag = lags[number as usize % lags.len()] % (next - at);
                prop_assert_eq!(catalogue.updates_until(at + lag), number + 1);
                prop_assert_eq!(&listed, &prices(at + lag));
                prop_assert_eq!(&listed, &prices(next - 1));
            }
        }
    }

    #[test]
    fn prices_stay_in_their_range_and_updates_change_them(
        low in 1i64..90_000_000,
        wide in 4i64..10_000,
        product in 0u32..100,
        number in 0u64..10_000,
    ) {
        let high = (low + low * wide / 10).min(100_000_000);
        prop_assume!(high > low);
        let catalogue = catalogue(&between(100, low, high, CatalogueConfig::default().price_updates));
        let range = Money::from_cents(low)..=Money::from_cents(high);
        let PriceUpdate { at, before, after, .. } = catalogue.update(number);
        prop_assert!(before.is_none_or(|before| range.contains(&before)) && range.contains(&after));
        prop_assert!(range.contains(&catalogue.price_at(catalogue.item(product, number), at)));
        // Below that, there may be no room for an offer or a raise of a cent.
        prop_assert!(wide < 6 || low < 10 || before != Some(after), "{after} stays in {range:?}");
    }
}

#[test]
fn each_product_has_one_turn_in_a_round_and_rounds_differ() {
    let catalogue = of_products(1_000);
    let turns = |round: u64| {
        (1_000 * round..1_000 * (round + 1)).map(|number| catalogue.update(number).item.product)
    };
    for round in 0..3 {
        assert_eq!(turns(round).collect::<BTreeSet<_>>().len(), 1_000);
    }
    assert!(turns(0).zip(turns(1)).filter(|(first, second)| first == second).count() < 10);
    // A thousand an hour by default: the first round ends with the first hour.
    assert_eq!(catalogue.update(999).at, ORIGIN + 3_600_000_000);
}

#[test]
fn updates_alternate_between_the_regular_price_and_others() {
    let catalogue = catalogue(&CatalogueConfig { launches: 0.0, ..CatalogueConfig::default() });
    let (mut regular, mut raised, mut offers) = (0, 0, 0);
    for product in 0..1_000 {
        let price = |hours: i64| catalogue.price_at(first(product), ORIGIN + hours * 3_600_000_000);
        let prices = [price(0), price(1), price(2), price(3)];
        let usual = usize::from(prices[0] != prices[2]);
        assert_eq!(prices[usual], prices[usual + 2], "{prices:?}");
        match prices[0].cmp(&prices[usual]) {
            std::cmp::Ordering::Equal => regular += 1,
            std::cmp::Ordering::Less => offers += 1,
            std::cmp::Ordering::Greater => raised += 1,
        }
        let others = [prices[1 - usual].cents(), prices[(3 - usual) % 4].cents()];
        let base = prices[usual].cents();
        assert!(
            others.iter().any(|price| (base..=base * 11 / 10 + 50).contains(price)),
            "{prices:?}"
        );
        assert!(
            others.iter().any(|price| (base * 7 / 10 - 50..base).contains(price)),
            "{prices:?}"
        );
    }
    let outcomes = [(regular, 0), (raised, 1), (offers, 2)];
    let outcomes =
        outcomes.into_iter().flat_map(|(count, outcome)| std::iter::repeat_n(outcome, count));
    assert!(follows(outcomes, &[2, 1, 1]), "{regular} regular, {raised} raised, {offers} on offer");
}

#[test]
fn prices_end_as_prices_do_and_spread_over_their_range() {
    let catalogue = of_products(20_000);
    let products = catalogue.categories()[0].products();
    let [low, high] = catalogue.categories()[0].price_range().map(|price| price.cents() as f64);
    let prices: Vec<i64> =
        products.map(|product| catalogue.price_at(first(product), ORIGIN).cents()).collect();
    let usual = prices.iter().filter(|price| [99, 95, 49].contains(&(*price % 100))).count();
    assert!(usual * 100 > prices.len() * 97, "{usual} of {}", prices.len());
    // As many below the geometric mean as above, for offers and raises nearly cancel.
    let below = prices.iter().filter(|price| (**price as f64) < (low * high).sqrt()).count();
    assert!((below as f64 / prices.len() as f64 - 0.5).abs() < 0.08, "{below} of {}", prices.len());
}

#[test]
fn names_are_distinct_within_a_category_and_need_no_escaping() {
    let catalogue = of_products(60_000);
    let mut rendered = Vec::new();
    for category in catalogue.categories() {
        let mut seen = BTreeSet::new();
        for product in category.products() {
            let name = catalogue.name(first(product));
            rendered.clear();
            catalogue.append_name(first(product), &mut rendered);
            assert_eq!(rendered, name.as_bytes());
            assert_eq!(serde_json::to_string(&name).unwrap(), format!("\"{name}\""));
            assert_eq!(
                name,
                format!("{} {}", catalogue.brand(first(product)), catalogue.model(first(product)))
            );
            assert!(seen.insert(name), "{product} has a name for the second time");
        }
    }
    // More products than the words have names for: the rest are numbered.
    let names: Vec<String> = catalogue.categories()[0]
        .products()
        .map(|product| catalogue.name(first(product)))
        .collect();
    assert!(
        !names[0].ends_with(" 2") && names.iter().any(|name| name.ends_with(" 5")),
        "{:?}",
        names.last()
    );
}

#[test]
fn successors_are_named_and_numbered_behind_all_before_them() {
    let catalogue = of_products(1_000);
    let mut names = BTreeSet::new();
    for product in catalogue.categories()[0].products() {
        for generation in 0..40 {
            let item = Item { product, generation };
            let (mut name, mut id) = (Vec::new(), Vec::new());
            catalogue.append_name(item, &mut name);
            catalogue.append_id(item, &mut id);
            assert_eq!(name, catalogue.name(item).as_bytes());
            assert_eq!(
                id,
                format!("prod_{:06}", generation * 1_000 + u64::from(product) + 1).as_bytes()
            );
            assert!(names.insert(name), "{item:?} has a name for the second time");
        }
    }
}

#[test]
fn launches_come_in_their_share_at_times_of_their_own() {
    let catalogue = of_products(1_000);
    let launched = |updates: std::ops::Range<u64>| {
        updates.filter(|number| catalogue.update(*number).before.is_none()).collect::<Vec<_>>()
    };
    // One in five hundred of a product's updates is one, so every product has one in five hundred
    // rounds.
    assert_eq!(launched(0..500_000).len(), 1_000);
    let hundred = launched(0..100_000).len();
    assert!((150..250).contains(&hundred), "{hundred} in a fifth of the time");
    assert!(
        launched(0..10_000).windows(2).all(|pair| pair[1] - pair[0] > 1),
        "no two behind each other"
    );
}

#[test]
fn a_name_is_the_same_whether_rendered_before_or_not() {
    let (small, large) = (of_products(100_000), of_products(100_001));
    for product in (0..25_000).step_by(7) {
        let (mut rendered, mut composed) = (Vec::new(), Vec::new());
        small.append_name(first(product), &mut rendered);
        large.append_name(first(product), &mut composed);
        assert_eq!(rendered, composed);
    }
}

#[test]
fn identifiers_have_six_digits_or_more() {
    let catalogue = of_products(10_000_000);
    let id = |product| {
        let mut id = Vec::new();
        catalogue.append_id(first(product), &mut id);
        String::from_utf8(id).unwrap()
    };
    assert_eq!([id(0), id(1_233)], ["prod_000001", "prod_001234"]);
    assert_eq!([id(999_999), id(9_999_999)], ["prod_1000000", "prod_10000000"]);
}

#[test]
fn categories_have_products_by_weight_and_every_product_a_category() {
    let catalogue = of_products(1_000);
    let counts: Vec<usize> =
        catalogue.categories().iter().map(|category| category.products().len()).collect();
    assert_eq!(counts, [250, 200, 150, 150, 100, 100, 50]);
    for (index, category) in catalogue.categories().iter().enumerate() {
        assert!(
            category.products().all(|product| usize::from(catalogue.category_of(product)) == index)
        );
    }
    let slugs: Vec<&str> = catalogue.categories().iter().map(Category::slug).collect();
    let expected = [
        "electronics",
        "clothing",
        "books",
        "home-garden",
        "sports-outdoors",
        "beauty-health",
        "toys-games",
    ];
    assert_eq!(slugs, expected);
}

#[test]
fn a_catalogue_of_one_product_sells_it() {
    let catalogue = catalogue(&between(1, 500, 500, CatalogueConfig::default().price_updates));
    assert!([0, u64::MAX].into_iter().all(|word| catalogue.pick(0, 3, word) == 0));
    assert_eq!(catalogue.price_at(first(0), ORIGIN + 1_000_000_000_000), Money::from_cents(500));
    // There is no other price.
    let update = catalogue.update(5);
    assert_eq!(
        (update.before, update.after),
        (Some(Money::from_cents(500)), Money::from_cents(500))
    );
}

#[test]
fn a_catalogue_is_frozen() {
    let catalogue = of_products(1_000);
    let shown = |product| {
        format!("{} {}", catalogue.name(first(product)), catalogue.price_at(first(product), ORIGIN))
    };
    assert_eq!(
        [0, 300, 999].map(shown),
        [
            "Nexquil Everyday Camera 305.95",
            "Marlowe Vintage Scarf 15.99",
            "Starling Family Rocket 8.46"
        ]
    );
    let picks: Vec<u32> =
        (0..5).map(|pick| catalogue.pick(2, 6, CounterHash::new(1, 1).at(pick, 0))).collect();
    assert_eq!(picks, [527, 452, 565, 452, 541]);
    assert_eq!([0, 1, 1_000].map(|number| catalogue.update(number).item.product), [112, 408, 866]);
}
