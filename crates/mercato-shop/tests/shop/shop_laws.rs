//! What must hold in every record of the shop: causes before effects, references that resolve, prices that were listed,
//! journeys that can be made, sessions that do not overlap.

use std::collections::{BTreeMap, BTreeSet};

use mercato_draw::Seed;
use mercato_engine::{Burst, Extent, Run, Schedule, World};
use mercato_patterns::geographic::{Atlas, City, Position, distance_metres};
use mercato_schema::{Money, Purchase, SessionEvent, Timestamp};
use mercato_shop::shop::{Shop, ShopConfig, ShopParams, UsersConfig};

use crate::drive::ORIGIN;

const HOUR: i64 = 3_600_000_000;
const MILLI: i64 = 1_000;

/// What is known of a session.
#[derive(Default)]
struct Visit {
    user: String,
    device: String,
    from: i64,
    to: i64,
    viewed: BTreeSet<String>,
    cart: BTreeSet<String>,
    checked_out: bool,
    purchased: Option<i64>,
}

/// Everything seen in a run.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<String>,
    visits: BTreeMap<String, Visit>,
    /// By user: where and when he bought.
    places: BTreeMap<String, Vec<(i64, Position)>>,
    purchases: u64,
    events: u64,
}

impl Seen {
    fn event(&mut self, shop: &Shop, event: &SessionEvent<'_>) {
        self.events += 1;
        assert!(self.ids.insert(event.event_id.to_string()), "{} comes twice", event.event_id);
        let at = event.timestamp.micros();
        let visit = self.visits.entry(event.session_id.to_string()).or_insert_with(|| Visit {
            user: event.user_id.to_string(),
            device: event.device_info.device_type.to_string(),
            from: at,
            ..Visit::default()
        });
        assert_eq!((visit.user.as_str(), visit.device.as_str()), (&*event.user_id, &*event.device_info.device_type));
        assert!(at >= visit.to, "{} goes back in time", event.session_id);
        assert!(visit.purchased.is_none(), "nothing follows a purchase in {}", event.session_id);
        visit.to = at;
        let product = event.product_id.as_deref();
        if let Some(product) = product {
            let number: u32 = product.strip_prefix("prod_").unwrap().parse().unwrap();
            assert!((1..=shop.catalogue().products()).contains(&number), "{product}");
            let category = shop.catalogue().category_of(number - 1);
            assert_eq!(event.category.as_deref(), Some(shop.catalogue().categories()[usize::from(category)].name()));
        }
        match (&*event.event_type, product) {
            ("product_view", Some(product)) => assert!(
                !product.is_empty() && {
                    visit.viewed.insert(product.to_owned());
                    true
                }
            ),
            ("add_to_cart", Some(product)) => {
                assert!(visit.viewed.contains(product), "{product} went into the cart unseen");
                assert!(visit.cart.insert(product.to_owned()));
            }
            ("remove_from_cart", Some(product)) => assert!(visit.cart.remove(product), "{product} was not in the cart"),
            ("checkout", None) => assert!(!visit.cart.is_empty() && !std::mem::replace(&mut visit.checked_out, true)),
            ("purchase", None) => {
                assert!(visit.checked_out);
                visit.purchased = Some(at);
            }
            ("page_view" | "search", None) => {}
            other => assert_eq!(other, ("no such event", None)),
        }
    }

    fn purchase(&mut self, shop: &Shop, purchase: &Purchase<'_>, session: &str) {
        self.purchases += 1;
        assert!(self.ids.insert(purchase.transaction_id.to_string()));
        let at = purchase.timestamp.micros();
        let visit = &self.visits[session];
        assert_eq!(
            (visit.user.as_str(), visit.device.as_str()),
            (&*purchase.user_id, &*purchase.device_info.device_type)
        );
        assert!(at - visit.purchased.unwrap() >= MILLI);
        let bought: BTreeSet<String> = purchase.products.iter().map(|line| line.product_id.to_string()).collect();
        assert_eq!(bought, visit.cart, "what is paid is what was in the cart");
        let mut sum = 0;
        for line in &purchase.products {
            let product = line.product_id.strip_prefix("prod_").unwrap().parse::<u32>().unwrap() - 1;
            assert_eq!(line.price, shop.catalogue().price_at(product, at - MILLI), "the price is the one then listed");
            assert_eq!(line.name, shop.catalogue().name(product));
            sum += line.price.times(line.quantity).unwrap().cents();
        }
        let tax = purchase.total_amount.cents() - sum;
        assert!(tax >= 0 && tax * 100 <= sum * 28 + 100, "a tax of {tax} on {sum}");
        if purchase.location.country == "US" {
            assert_eq!(purchase.total_amount, Money::from_cents(sum + (sum * 8 + 50) / 100));
        }
        let place = &purchase.location;
        // There are several Portlands.
        let is_there = |city: &&City| {
            (city.country().alpha2(), city.subdivision(), city.name()) == (&*place.country, &*place.state, &*place.city)
        };
        let found = Atlas::world().cities().iter().find(is_there).unwrap();
        let position = Position::new(purchase.location.latitude.units(), purchase.location.longitude.units()).unwrap();
        assert!(distance_metres(found.position(), position) < 50_000);
        assert!(!purchase.is_fraud);
        self.places.entry(purchase.user_id.to_string()).or_default().push((at, position));
    }

    /// What can only be seen once all has been.
    fn conclude(&self) {
        let mut by_user: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
        for visit in self.visits.values() {
            by_user.entry(&visit.user).or_default().push((visit.from, visit.to));
        }
        for (user, visits) in &mut by_user {
            visits.sort_unstable();
            let apart = visits.windows(2).all(|pair| pair[0].1 < pair[1].0);
            assert!(apart, "sessions of {user} overlap");
        }
        for (user, places) in &self.places {
            for pair in places.windows(2) {
                let metres = i64::from(distance_metres(pair[0].1, pair[1].1));
                let hours = (pair[1].0 - pair[0].0) as f64 / HOUR as f64;
                assert!(
                    metres < 100_000 || metres as f64 / 1_000.0 / hours <= 900.0,
                    "{user} flew {metres} m in {hours} h"
                );
            }
        }
    }
}

/// Sees all of a run, with the session of each transaction.
fn see(run: &Run, shop: &Shop) -> Seen {
    let mut seen = Seen::default();
    let mut last: BTreeMap<(u8, u64, u16), String> = BTreeMap::new();
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            let place = span.stamp.coordinates;
            let arrival = (place.lane, place.block, place.position);
            if span.stamp.topic == 0 {
                let event: SessionEvent<'_> = serde_json::from_slice(batch.value(index)).unwrap();
                assert_eq!(event.timestamp, Timestamp::from_micros(span.stamp.event_time / MILLI * MILLI));
                seen.event(shop, &event);
                last.insert(arrival, event.session_id.to_string());
            } else {
                let purchase: Purchase<'_> = serde_json::from_slice(batch.value(index)).unwrap();
                seen.purchase(shop, &purchase, &last[&arrival]);
            }
        }
    }
    seen.conclude();
    seen
}

fn run(config: &ShopConfig, schedule: Schedule, hours: i64) -> (Run, Shop) {
    let world = World { seed: Seed::new(2026), origin: ORIGIN };
    let shop = Shop::new(world, ShopParams::new(config).unwrap(), schedule);
    let extent = Extent { until: Some(ORIGIN + hours * HOUR), drain: true, ..Extent::default() };
    (Run::builder(world).extent(extent).stream(shop.clone()).unwrap(), shop)
}

#[test]
fn every_record_of_the_documented_shop_is_possible() {
    let (run, shop) = run(&ShopConfig::default(), Schedule::default(), 2);
    let seen = see(&run, &shop);
    assert!(seen.events > 60_000 && seen.purchases > 6_000, "{} and {}", seen.events, seen.purchases);
}

#[test]
fn so_is_every_record_of_a_shop_whose_few_users_travel_much_and_have_to_hurry() {
    let users = UsersConfig { total: 150, trips: 1.0, ..UsersConfig::default() };
    let config = ShopConfig {
        users,
        transactions: Some("150/h".parse().unwrap()),
        events_per_session: Some(9.0),
        ..ShopConfig::default()
    };
    // A flash sale twenty times as busy in the second day.
    let burst = Burst { from: ORIGIN + 30 * HOUR, to: ORIGIN + 33 * HOUR, factor_millionths: 20_000_000 };
    let (run, shop) = run(&config, Schedule::new(vec![burst]).unwrap(), 60);
    let seen = see(&run, &shop);
    let places: BTreeSet<_> =
        seen.places.values().map(|places| places.iter().map(|place| place.1).collect::<BTreeSet<_>>().len()).collect();
    assert!(places.iter().any(|places| *places > 1), "somebody was on a journey");
}

#[test]
fn the_calibrated_shop_is_possible_too() {
    let (run, shop) = run(&ShopConfig::calibrated(), Schedule::default(), 3);
    let seen = see(&run, &shop);
    assert!(seen.purchases > 50);
}
