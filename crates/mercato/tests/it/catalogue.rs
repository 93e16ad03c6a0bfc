//! A catalogue of the user's own: what is sold is what the user lists, at the prices that the user gives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use mercato::Generator;
use mercato::schema::{Money, MoneyRange, ProductUpdate, Purchase, Timestamp};
use mercato::shop::ProductConfig;
use mercato::shop::shop::ShopConfig;
use mercato::shop::shop::catalogue::{CategoryConfig, ProductsConfig};

fn range(cents: [i64; 2]) -> MoneyRange {
    cents.map(Money::from_cents).into()
}

fn product(id: &str, category: &str, cents: [i64; 2], weight: u64) -> ProductConfig {
    ProductConfig {
        id: id.to_owned(),
        name: format!("Name of {id}, à la carte"),
        category: category.to_owned(),
        price: Some(range(cents)),
        weight: weight.into(),
    }
}

fn shop(products: &[ProductConfig]) -> ShopConfig {
    let mut config = ShopConfig::default();
    config.catalogue.products = ProductsConfig::List(products.to_vec());
    config
}

fn generator(products: &[ProductConfig]) -> Generator {
    let start: Timestamp = "2025-03-03T10:00:00Z".parse().unwrap();
    Generator::new(shop(products), 7, start).unwrap()
}

/// Two categories that alternate in the list, one of them known to the shop; every third price is fixed.
fn mixed() -> Vec<ProductConfig> {
    let of = |number: i64| {
        let category = if number % 2 == 0 { "Tea" } else { "Books" };
        let low = 500 + 10 * number;
        let high = if number % 3 == 0 { low } else { low + 400 };
        product(&format!("SKU/{number}"), category, [low, high], 1)
    };
    (0..30).map(of).collect()
}

#[test]
fn everything_sold_is_listed_and_costs_what_the_list_says() {
    let products = mixed();
    let listed: BTreeMap<&str, &ProductConfig> =
        products.iter().map(|product| (product.id.as_str(), product)).collect();
    let shop = generator(&products);
    let mut sold = BTreeSet::new();
    for purchase in shop.transactions(2_000).unwrap().values::<Purchase<'_>>() {
        for line in &purchase.unwrap().products {
            let product = listed[line.product_id.as_ref()];
            assert_eq!((&*line.name, &*line.category), (&*product.name, &*product.category));
            let [low, high] = product.price.unwrap().ends();
            assert!((low..=high).contains(&line.price), "{} costs {}", product.id, line.price);
            sold.insert(product.id.as_str());
        }
    }
    assert_eq!(sold.len(), products.len(), "each is sold");
    let statistics = shop.statistics();
    assert_eq!(statistics.total_products, 30);
    let categories: Vec<(&str, usize)> = statistics
        .categories
        .iter()
        .map(|category| (category.name.as_str(), category.products))
        .collect();
    assert_eq!(categories, [("Books", 15), ("Tea", 15)], "configured ones first");
}

#[test]
fn prices_change_within_their_ranges_and_nothing_is_launched() {
    let products = mixed();
    let listed: BTreeMap<&str, &ProductConfig> =
        products.iter().map(|product| (product.id.as_str(), product)).collect();
    let (mut changes, mut deliveries) = (0, 0);
    for update in generator(&products).product_updates(2_000).unwrap().values::<ProductUpdate<'_>>()
    {
        let update = update.unwrap();
        let [low, high] = listed[update.product_id.as_ref()].price.unwrap().ends();
        assert!((low..=high).contains(&update.new_price));
        match update.update_type.as_ref() {
            "price_change" => {
                assert!(low < high && update.old_price != Some(update.new_price), "{update:?}");
                changes += 1;
            }
            "delivery" => deliveries += 1,
            other => panic!("a {other} of a listed product"),
        }
    }
    assert!(changes > 1_700 && deliveries > 100, "{changes} and {deliveries}");
}

#[test]
fn fixed_prices_never_change_and_only_deliveries_are_reported() {
    let products: Vec<ProductConfig> =
        (0..5).map(|number| product(&number.to_string(), "Tea", [999; 2], 1)).collect();
    let shop = generator(&products);
    let updates = shop.product_updates(50).unwrap();
    for update in updates.values::<ProductUpdate<'_>>() {
        let update = update.unwrap();
        assert_eq!((update.update_type.as_ref(), update.new_price.cents()), ("delivery", 999));
    }
    // A tenth of the thousand updates that other shops have.
    assert_eq!(shop.statistics().per_hour.updates, 100_000_000);
    let silent = ShopConfig {
        catalogue: mercato::shop::shop::catalogue::CatalogueConfig {
            deliveries: 0.0,
            ..shop.config().catalogue.clone()
        },
        ..shop.config().clone()
    };
    let silent = Generator::new(silent, 7, "2025-03-03T10:00:00Z".parse().unwrap()).unwrap();
    let run = silent.run(Some("10m".parse().unwrap())).unwrap();
    let updates = run.topics().iter().position(|topic| topic == "product-updates").unwrap();
    let mut records = 0;
    for batch in run.batches().unwrap() {
        assert!(batch.spans().iter().all(|span| usize::from(span.stamp.topic) != updates));
        records += batch.len();
    }
    assert!(records > 100);
}

#[test]
fn products_are_sought_by_weight() {
    let products = [
        product("rare", "Tea", [500; 2], 1),
        product("usual", "Books", [500; 2], 9),
        product("often", "Tea", [500; 2], 30),
    ];
    let mut sold: BTreeMap<String, f64> = BTreeMap::new();
    for purchase in generator(&products).transactions(4_000).unwrap().values::<Purchase<'_>>() {
        // The first line; further ones are of what is left.
        let first = purchase.unwrap().products.remove(0).product_id.into_owned();
        *sold.entry(first).or_default() += 1.0 / 4_000.0;
    }
    assert!(
        sold["often"] > 3.0 * sold["usual"] / 2.0 && sold["usual"] > 2.0 * sold["rare"],
        "{sold:?}"
    );
}

#[test]
fn a_list_that_cannot_be_sold_is_refused_with_key_and_value() {
    let refused = |change: &dyn Fn(&mut ShopConfig)| {
        let mut config = shop(&mixed());
        change(&mut config);
        Generator::new(config, 7, Timestamp::from_micros(0)).unwrap_err().to_string()
    };
    let with = |change: fn(&mut ProductConfig)| {
        refused(&move |config: &mut ShopConfig| {
            if let ProductsConfig::List(products) = &mut config.catalogue.products {
                change(&mut products[4]);
            }
        })
    };
    let key = "shop.catalogue.products[4]";
    for (found, expected) in [
        (
            with(|product| product.id = "SKU/1".into()),
            format!("{key}.id: \"SKU/1\" is listed twice"),
        ),
        (with(|product| product.name.clear()), format!("{key}.name is empty")),
        (
            with(|product| product.id = "a b".into()),
            format!("{key}.id = \"a b\" is invalid: expected an identifier"),
        ),
        (
            with(|product| product.name = "27\" TV".into()),
            format!("{key}.name = \"27\\\" TV\" is invalid: expected"),
        ),
        (with(|product| product.weight = 0.into()), format!("{key}.weight: 0 is out of range")),
        (
            with(|product| product.price = Some(range([-100, 100]))),
            format!("{key}.price[0]: -1.00 is out of range (0.01 to 1000000.00)"),
        ),
        (
            with(|product| product.price = None),
            "shop.catalogue.products[0].category: unknown value \"Tea\"".to_owned(),
        ),
        (
            refused(&|config| config.catalogue.products = ProductsConfig::List(Vec::new())),
            "shop.catalogue.products is empty".to_owned(),
        ),
    ] {
        assert!(found.starts_with(&expected), "{found} and not {expected}");
    }
    // A known category has prices for what has none.
    let mut products = mixed();
    products
        .iter_mut()
        .filter(|product| product.category == "Books")
        .for_each(|book| book.price = None);
    let mut config = shop(&products);
    config.catalogue.categories.push(CategoryConfig::new("Clothing"));
    assert!(
        Generator::new(config, 7, Timestamp::from_micros(0)).is_ok(),
        "unused categories do not count"
    );
}

#[test]
fn chargebacks_are_a_topic_like_the_others() {
    let start = "2025-03-03T10:00:00Z".parse().unwrap();
    let mut config = ShopConfig::default();
    let none = Generator::new(config.clone(), 7, start).unwrap();
    assert!(none.chargebacks(1).unwrap_err().to_string().contains("chargebacks"));
    assert!(none.statistics().topics(&config).iter().all(|(topic, _)| topic != "chargebacks"));

    (config.fraud.rate, config.fraud.chargebacks.share) = (0.01, 0.5);
    let soon = |text: &str| text.parse().unwrap();
    let times = &mut config.fraud.chargebacks;
    (times.earliest, times.delay, times.latest) = (soon("1s"), soon("1m"), soon("10m"));
    let shop = Generator::new(config.clone(), 7, start).unwrap();
    assert_eq!(shop.chargebacks(3).unwrap().topic(), "chargebacks");
    let expected = ("chargebacks".to_owned(), 50_000_000);
    assert!(shop.statistics().topics(&config).contains(&expected), "a half of 1 % of 10,000");
}
