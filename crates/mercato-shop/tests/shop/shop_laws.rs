//! What must hold in every record of the shop: causes before effects, references that resolve, prices that were listed,
//! journeys that can be made, sessions that do not overlap.

use std::collections::{BTreeMap, BTreeSet};

use mercato_draw::Seed;
use mercato_engine::{Burst, Extent, Run, Schedule, World};
use mercato_patterns::geographic::{Atlas, City, Position, distance_metres};
use mercato_schema::{FraudAlert, Money, Purchase, SessionEvent, Timestamp};
use mercato_shop::shop::catalogue::Item;
use mercato_shop::shop::{Campaigns, Shop, ShopConfig, ShopParams, UsersConfig};

use crate::drive::ORIGIN;

const HOUR: i64 = 3_600_000_000;
const MILLI: i64 = 1_000;

/// What is known of a session that goes on.
#[derive(Default)]
struct Visit {
    user: u64,
    device: String,
    to: i64,
    viewed: BTreeSet<u64>,
    cart: BTreeSet<u64>,
    checked_out: bool,
    purchased: Option<i64>,
}

/// Who is in the shop: a user himself, or a campaign that goes by his name.
type Actor = (u64, Option<(u64, u16)>);

/// What is known of whoever is in the shop.
#[derive(Default)]
struct Customer {
    /// His session, and when it was last heard of.
    session: String,
    heard: i64,
}

/// Where and when a user himself has bought.
#[derive(Default)]
struct Journey {
    place: Option<(i64, Position)>,
    cities: BTreeSet<String>,
}

/// What has been seen of a run; little is kept of what is over.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<(bool, u64)>,
    visits: BTreeMap<String, Visit>,
    over: BTreeSet<String>,
    customers: BTreeMap<Actor, Customer>,
    journeys: BTreeMap<u64, Journey>,
    /// Transactions of the last minutes: when, whose, for how much and with which score.
    recent: BTreeMap<String, (i64, String, Money, i32)>,
    alerted: BTreeSet<String>,
    purchases: u64,
    frauds: u64,
    events: u64,
}

/// The number behind the prefix of an identifier.
fn number(prefix: &str, id: &str) -> u64 {
    id.strip_prefix(prefix).unwrap().parse().unwrap()
}

impl Seen {
    fn event(&mut self, shop: &Shop, event: &SessionEvent<'_>, campaign: Option<(u64, u16)>) {
        self.events += 1;
        assert!(self.ids.insert((false, number("evt_", &event.event_id))), "{} comes twice", event.event_id);
        let (at, user) = (event.timestamp.micros(), number("user_", &event.user_id));
        let customer = self.customers.entry((user, campaign)).or_default();
        if customer.session != event.session_id {
            assert!(customer.heard < at, "sessions of {user} overlap");
            if let Some(before) = self.visits.remove(&customer.session) {
                assert!(before.purchased.is_none(), "{} was paid and made no transaction", customer.session);
                self.over.insert(std::mem::take(&mut customer.session));
            }
            assert!(!self.over.contains(&*event.session_id), "sessions of {user} overlap");
            customer.session = event.session_id.to_string();
        }
        customer.heard = at;
        let visit = self.visits.entry(event.session_id.to_string()).or_insert_with(|| Visit {
            user,
            device: event.device_info.device_type.to_string(),
            to: at,
            ..Visit::default()
        });
        assert_eq!((visit.user, visit.device.as_str()), (user, &*event.device_info.device_type));
        assert!(at >= visit.to, "{} goes back in time", event.session_id);
        assert!(visit.purchased.is_none(), "nothing follows a purchase in {}", event.session_id);
        visit.to = at;
        let product = event.product_id.as_deref().map(|id| number("prod_", id));
        if let Some(product) = product {
            assert!(product > 0);
            let category = shop.catalogue().category_of(item(shop, product).product);
            assert_eq!(event.category.as_deref(), Some(shop.catalogue().categories()[usize::from(category)].name()));
        }
        match (&*event.event_type, product) {
            ("product_view", Some(product)) => {
                visit.viewed.insert(product);
            }
            ("add_to_cart", Some(product)) => {
                assert!(visit.viewed.contains(&product), "{product} went into the cart unseen");
                assert!(visit.cart.insert(product));
            }
            ("remove_from_cart", Some(product)) => {
                assert!(visit.cart.remove(&product), "{product} was not in the cart");
            }
            ("checkout", None) => assert!(!visit.cart.is_empty() && !std::mem::replace(&mut visit.checked_out, true)),
            ("purchase", None) => {
                assert!(visit.checked_out);
                visit.purchased = Some(at);
            }
            ("page_view" | "search", None) => {}
            other => assert_eq!(other, ("no such event", None)),
        }
    }

    fn purchase(&mut self, shop: &Shop, purchase: &Purchase<'_>, session: &str, campaign: Option<(u64, u16)>) {
        self.purchases += 1;
        assert!(self.ids.insert((true, number("txn_", &purchase.transaction_id))));
        let (at, user) = (purchase.timestamp.micros(), number("user_", &purchase.user_id));
        let visit = self.visits.remove(session).unwrap();
        self.over.insert(session.to_owned());
        assert_eq!((visit.user, visit.device.as_str()), (user, &*purchase.device_info.device_type));
        assert!(at - visit.purchased.unwrap() >= MILLI, "a purchase comes before its transaction");
        let bought: BTreeSet<u64> = purchase.products.iter().map(|line| number("prod_", &line.product_id)).collect();
        assert_eq!(bought, visit.cart, "what is paid is what was in the cart");
        let mut sum = 0;
        for line in &purchase.products {
            let item = item(shop, number("prod_", &line.product_id));
            assert_eq!(line.price, shop.catalogue().price_at(item, at - MILLI), "the price is the one then listed");
            assert_eq!(line.name, shop.catalogue().name(item));
            sum += line.price.times(line.quantity).unwrap().cents();
        }
        let tax = purchase.total_amount.cents() - sum;
        assert!(tax >= 0 && tax * 100 <= sum * 28 + 100, "a tax of {tax} on {sum}");
        if purchase.location.country == "US" {
            assert_eq!(purchase.total_amount, Money::from_cents(sum + (sum * 8 + 50) / 100));
        }
        assert!(!purchase.is_fraud || campaign.is_some(), "an honest session is never a fraudster's");
        self.customers.get_mut(&(user, campaign)).unwrap().heard = at;
        let said = (at, purchase.user_id.to_string(), purchase.total_amount, purchase.fraud_score.units());
        self.recent.insert(purchase.transaction_id.to_string(), said);
        let position = position(purchase);
        if purchase.is_fraud {
            self.frauds += 1;
            return;
        }
        let journey = self.journeys.entry(user).or_default();
        if let Some((before, last)) = journey.place.replace((at, position)) {
            let (metres, hours) = (distance_metres(last, position), (at - before) as f64 / HOUR as f64);
            let speed = f64::from(metres) / 1_000.0 / hours;
            assert!(metres < 100_000 || speed <= 900.0, "{user} flew {metres} m in {hours} h");
        }
        journey.cities.insert(purchase.location.city.to_string());
    }

    fn alert(&mut self, alert: &FraudAlert<'_>) {
        let (at, made) = (alert.timestamp.micros(), alert.transaction_timestamp.micros());
        let transaction = self.recent.get(&*alert.transaction_id);
        let said = (made, alert.user_id.to_string(), alert.amount, alert.fraud_score.units());
        assert_eq!(transaction, Some(&said), "what an alert says of its transaction is so");
        // Both are shown in milliseconds.
        assert!(
            (199 * MILLI..=300_000 * MILLI + MILLI).contains(&(at - made)),
            "{} came after {}",
            alert.alert_id,
            at - made
        );
        assert!(self.alerted.insert(alert.transaction_id.to_string()), "one alert a transaction");
        if self.recent.len() > 20_000 {
            self.recent.retain(|_, (made, ..)| at - *made <= 301_000 * MILLI);
        }
    }
}

/// The item that has a number.
fn item(shop: &Shop, number: u64) -> Item {
    let products = u64::from(shop.catalogue().products());
    Item { product: ((number - 1) % products) as u32, generation: (number - 1) / products }
}

/// Where somebody bought, which is in the city that is named.
fn position(purchase: &Purchase<'_>) -> Position {
    let place = &purchase.location;
    // There are several Portlands.
    let is_there = |city: &&City| {
        (city.country().alpha2(), city.subdivision(), city.name()) == (&*place.country, &*place.state, &*place.city)
    };
    let city = Atlas::world().cities().iter().find(is_there).unwrap();
    let position = Position::new(place.latitude.units(), place.longitude.units()).unwrap();
    assert!(distance_metres(city.position(), position) < 50_000);
    position
}

/// Sees all of a run, with the session of each transaction.
fn see(run: &Run, shop: &Shop) -> Seen {
    assert_eq!(run.topics(), ["user-events", "transactions", "fraud-alerts"]);
    let mut seen = Seen::default();
    let mut last: BTreeMap<(u8, u8, u64, u16), String> = BTreeMap::new();
    let mut batches = run.batches().unwrap();
    while let Some(batch) = batches.next() {
        for (index, span) in batch.spans().iter().enumerate() {
            let place = span.stamp.coordinates;
            let arrival = (place.rank, place.lane, place.block, place.position);
            let campaign = (place.rank == 2).then_some((place.block, place.position));
            if span.stamp.topic == 0 {
                let event: SessionEvent<'_> = serde_json::from_slice(batch.value(index)).unwrap();
                assert_eq!(event.timestamp, Timestamp::from_micros(span.stamp.event_time / MILLI * MILLI));
                seen.event(shop, &event, campaign);
                if event.event_type == "purchase" {
                    last.insert(arrival, event.session_id.to_string());
                }
            } else if span.stamp.topic == 1 {
                let purchase: Purchase<'_> = serde_json::from_slice(batch.value(index)).unwrap();
                seen.purchase(shop, &purchase, &last.remove(&arrival).unwrap(), campaign);
            } else {
                seen.alert(&serde_json::from_slice(batch.value(index)).unwrap());
            }
        }
        batches.recycle(batch);
    }
    assert!(last.is_empty(), "every purchase makes a transaction");
    seen
}

fn run(config: &ShopConfig, schedule: Schedule, hours: i64) -> (Run, Shop) {
    let world = World { seed: Seed::new(2026), origin: ORIGIN };
    let params = ShopParams::new(config).unwrap();
    let campaigns = Campaigns::new(world, &params, schedule.clone());
    let shop = Shop::new(world, params, schedule);
    let extent = Extent { until: Some(ORIGIN + hours * HOUR), drain: true, ..Extent::default() };
    (Run::builder(world).extent(extent).and(shop.clone()).beside(campaigns).build().unwrap(), shop)
}

#[test]
fn every_record_of_the_documented_shop_is_possible() {
    let (run, shop) = run(&ShopConfig::default(), Schedule::default(), 2);
    let seen = see(&run, &shop);
    assert!(seen.events > 60_000 && seen.purchases > 6_000, "{} and {}", seen.events, seen.purchases);
    assert!(seen.frauds > 3 && seen.alerted.len() > 50, "{} and {}", seen.frauds, seen.alerted.len());
}

/// Ten million records; `.ci/run` runs it on the optimised build.
#[test]
#[ignore = "takes a minute on an optimised build"]
fn ten_million_records_are_possible() {
    let (run, shop) = run(&ShopConfig::default(), Schedule::default(), 100);
    let seen = see(&run, &shop);
    assert!(seen.events + seen.purchases >= 10_000_000, "{} and {}", seen.events, seen.purchases);
}

#[test]
fn so_is_every_record_of_a_shop_whose_few_users_travel_much_and_have_to_hurry() {
    let users = UsersConfig { total: 150, trips: 1.0, ..UsersConfig::default() };
    let mut config = ShopConfig {
        users,
        transactions: Some("150/h".parse().unwrap()),
        events_per_session: Some(9.0),
        ..ShopConfig::default()
    };
    config.fraud.rate = 0.2;
    // A flash sale twenty times as busy in the second day.
    let burst = Burst { from: ORIGIN + 30 * HOUR, to: ORIGIN + 33 * HOUR, factor_millionths: 20_000_000 };
    let (run, shop) = run(&config, Schedule::new(vec![burst]).unwrap(), 60);
    let seen = see(&run, &shop);
    assert!(seen.journeys.values().any(|journey| journey.cities.len() > 1), "somebody was on a journey");
}

#[test]
fn the_calibrated_shop_is_possible_too() {
    let (run, shop) = run(&ShopConfig::calibrated(), Schedule::default(), 3);
    let seen = see(&run, &shop);
    assert!(seen.purchases > 50);
}
