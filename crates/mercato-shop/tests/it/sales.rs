//! The stream `sales` does what document 000 says, in the proportions it should.

use std::collections::BTreeMap;

use mercato_engine::Stream;
use mercato_schema::Sale;
use mercato_shop::sales::{Purchase, Sales, SalesConfig};
use mercato_shop::{DwellConfig, Weighted};
use mercato_units::Weight;

use crate::drive::{self, entities, first_step, steps};
use mercato_test_support::assert_products;
use mercato_test_support::statistics::{bin, follows};

const DRAWS: u64 = 100_000;

/// The first records of a stream.
fn records(sales: &Sales, count: u64) -> impl Iterator<Item = Sale<'_>> {
    entities(sales, count).map(|(arrival, purchase)| sales.record(&purchase, first_step(arrival)))
}

#[test]
fn an_entity_is_compact() {
    assert!(size_of::<Purchase>() <= 48, "{} bytes", size_of::<Purchase>());
}

#[test]
fn nothing_but_time_and_status_changes_in_an_order() {
    let sales = drive::sales(42, &SalesConfig::default());
    let states = ["pending", "confirmed", "processing", "shipped"];
    let dwell = [10..=30, 15..=45, 20..=60].map(|seconds: std::ops::RangeInclusive<i64>| {
        seconds.start() * 1_000_000..=seconds.end() * 1_000_000
    });
    for (arrival, purchase) in entities(&sales, 2_000) {
        let records: Vec<Sale> =
            steps(&sales, arrival).iter().map(|step| sales.record(&purchase, *step)).collect();
        assert!(records.iter().map(|sale| &*sale.status).eq(states));
        assert_eq!(records[0].timestamp.micros(), arrival.at);
        for (pair, dwell) in records.windows(2).zip(&dwell) {
            assert!(dwell.contains(&(pair[1].timestamp.micros() - pair[0].timestamp.micros())));
            let mut next = pair[1].clone();
            next.timestamp = pair[0].timestamp;
            next.status = pair[0].status.clone();
            assert_eq!(next, pair[0]);
        }
    }
    assert_eq!(sales.longest_trace(), 135_000_000);
    assert_eq!(sales.kinds(), states);
}

#[test]
fn values_have_the_documented_forms() {
    let sales = drive::sales(42, &SalesConfig::default());
    let digits = |text: &str, prefix: &str, count: usize| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == count && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let catalogue: BTreeMap<String, (String, [i64; 2])> = SalesConfig::default()
        .products
        .into_iter()
        .map(|product| {
            let category = SalesConfig::default().categories[&product.category];
            (
                product.id,
                (
                    product.name,
                    product.price.unwrap_or(category).ends().map(mercato_schema::Money::cents),
                ),
            )
        })
        .collect();
    for sale in records(&sales, 20_000) {
        assert!(
            digits(&sale.order_id, "ORD-", 8) && digits(&sale.customer_id, "CUST-", 6),
            "{sale:?}"
        );
        let (name, [low, high]) = &catalogue[&*sale.product_id];
        assert_eq!(*name, sale.product_name);
        assert!((*low..=*high).contains(&sale.price.cents()), "{sale:?}");
        assert!((1..=5).contains(&sale.quantity));
        assert_eq!(sale.total.cents(), sale.price.cents() * i64::from(sale.quantity));
        let (name, domain) = sale.customer_email.split_once('@').unwrap();
        assert!(name.len() > 3 && name.bytes().all(|b| b.is_ascii_lowercase()), "{sale:?}");
        assert!(["example.com", "example.net", "example.org"].contains(&domain));
    }
}

#[test]
fn the_catalogue_has_the_documented_products() {
    let products = SalesConfig::default().products.into_iter();
    assert_products(&products.map(|product| (product.id, product.name)).collect::<Vec<_>>());
}

#[test]
fn a_customer_keeps_his_mail_and_his_home() {
    let sales = drive::sales(42, &SalesConfig { customers: 500, ..SalesConfig::default() });
    let mut known = BTreeMap::new();
    let mut mails = BTreeMap::new();
    for sale in records(&sales, 20_000) {
        let home = (sale.customer_email.clone(), sale.shipping_address.clone());
        assert_eq!(*known.entry(sale.customer_id.clone()).or_insert_with(|| home.clone()), home);
        assert_eq!(
            *mails.entry(sale.customer_email).or_insert_with(|| sale.customer_id.clone()),
            sale.customer_id
        );
    }
    assert_eq!(known.len(), 500);
    assert_eq!(known.first_key_value().unwrap().0, "CUST-100000");
    assert_eq!(known.last_key_value().unwrap().0, "CUST-100499");
}

/// More customers must not move those who are there.
#[test]
fn a_customer_is_the_same_among_few_and_among_many() {
    let homes = |customers| {
        let sales = drive::sales(42, &SalesConfig { customers, ..SalesConfig::default() });
        let home =
            |sale: Sale<'_>| (sale.customer_id.into_owned(), sale.customer_email.into_owned());
        records(&sales, 30_000).map(home).collect::<BTreeMap<String, String>>()
    };
    let (few, many) = (homes(1_000), homes(2_000));
    assert!(few.iter().all(|(customer, mail)| many.get(customer) == Some(mail)));
}

fn product(sale: &Sale<'_>) -> usize {
    sale.product_id[5..].parse::<usize>().unwrap() - 1
}

#[test]
fn products_come_equally_often() {
    let plain = SalesConfig::default();
    let mut loaded = plain.clone();
    loaded.products.iter_mut().for_each(|product| product.weight = 10.into());
    loaded.products[3].weight = 11.into();
    let follow = |config: &SalesConfig, weights: &[u64]| {
        let sales = drive::sales(42, config);
        follows(records(&sales, DRAWS).map(|sale| product(&sale)), weights)
    };
    assert!(follow(&plain, &[1; 15]));
    assert!(!follow(&loaded, &[1; 15]), "a product sold too often would not be noticed");
    let weights = Weight::whole(loaded.products.iter().map(|product| product.weight));
    assert!(follow(&loaded, &weights));
}

#[test]
fn quantities_come_equally_often() {
    let follow = |quantity| {
        let sales = drive::sales(42, &SalesConfig { quantity, ..SalesConfig::default() });
        follows(records(&sales, DRAWS).map(|sale| sale.quantity as usize - 1), &[1; 5])
    };
    assert!(follow([1, 5]));
    assert!(!follow([1, 4]), "a quantity that never comes would not be noticed");
}

#[test]
fn payment_methods_come_by_their_weights() {
    let methods = SalesConfig::default().payment_methods;
    let follow = |weights: [u64; 6], expected: [u64; 6]| {
        let payment_methods: Vec<Weighted> = methods
            .iter()
            .zip(weights)
            .map(|(method, weight)| Weighted { weight: weight.into(), ..method.clone() })
            .collect();
        let sales = drive::sales(42, &SalesConfig { payment_methods, ..SalesConfig::default() });
        let index = |sale: Sale<'_>| {
            methods.iter().position(|method| method.name == sale.payment_method).unwrap()
        };
        follows(records(&sales, DRAWS).map(index), &expected)
    };
    assert!(follow([1; 6], [1; 6]));
    assert!(follow([50, 20, 15, 8, 5, 2], [50, 20, 15, 8, 5, 2]));
    assert!(
        !follow([50, 20, 15, 8, 5, 2], [49, 20, 15, 8, 5, 3]),
        "a wrong share would not be noticed"
    );
}

#[test]
fn prices_are_uniform_in_cents() {
    let follow = |low: i64| {
        let mut config = SalesConfig::default();
        let price = [low, 1_999].map(mercato_schema::Money::from_cents);
        config.products.iter_mut().for_each(|product| product.price = Some(price.into()));
        let sales = drive::sales(42, &config);
        let outcome = |sale: Sale<'_>| bin(sale.price.cents().max(1_000), 1_000, 1_999, 50);
        follows(records(&sales, DRAWS).map(outcome), &[1; 50])
    };
    assert!(follow(1_000));
    assert!(!follow(980), "two percent at the wrong end would not be noticed");
}

#[test]
fn customers_come_equally_often() {
    let sales = drive::sales(42, &SalesConfig { customers: 100, ..SalesConfig::default() });
    let index = |sale: Sale<'_>| sale.customer_id[5..].parse::<usize>().unwrap() - 100_000;
    let drawn: Vec<usize> = records(&sales, DRAWS).map(index).collect();
    assert!(follows(drawn.iter().copied(), &[1; 100]));
    let skewed =
        drawn.iter().enumerate().map(|(draw, customer)| if draw % 50 == 0 { 0 } else { *customer });
    assert!(!follows(skewed, &[1; 100]), "a customer who orders too often would not be noticed");
}

#[test]
fn times_in_each_state_are_uniform() {
    let bounds = [[10, 30], [15, 45], [20, 60]];
    let follow = |config: &SalesConfig| {
        let sales = drive::sales(42, config);
        let walks: Vec<_> = (0..DRAWS).map(|index| steps(&sales, drive::arrival(index))).collect();
        bounds.iter().enumerate().all(|(state, [low, high])| {
            let (low, high) = (low * 1_000_000, high * 1_000_000);
            let lasted =
                walks.iter().map(|steps| (steps[state + 1].at - steps[state].at).clamp(low, high));
            follows(lasted.map(|lasted| bin(lasted, low, high, 40)), &[1; 40])
        })
    };
    let plain = SalesConfig::default();
    assert!(follow(&plain));
    let mut longer = plain;
    longer.lifecycle.transitions[1].dwell =
        DwellConfig::Uniform(["15s", "46s"].map(|text| text.parse().unwrap()));
    assert!(!follow(&longer), "a second too long would not be noticed");
}
