//! Watches a run of the whole shop go by and holds every record against what must be so.
//!
//! What is over is forgotten, so runs may be long: of a record a bit is kept, which says that its
//! number was there.

use std::collections::{BTreeMap, BTreeSet};

use mercato_engine::Run;
use mercato_patterns::geographic::{Atlas, City, Position, distance_metres};
use mercato_schema::{FraudAlert, Money, Purchase, SessionEvent, Timestamp};
use mercato_shop::shop::Shop;

use crate::listings::{Listings, item};
use crate::numbers::{Numbers, number};
use crate::people::People;
use crate::plots::Plots;

pub(crate) const HOUR: i64 = 3_600_000_000;
const MILLI: i64 = 1_000;
/// Nothing refers to what is so old: sessions take half an hour, campaigns two hours more and
/// alerts five minutes.
const OVER: i64 = 6 * HOUR;

/// The block and position of a campaign; `None` for the user's own session.
pub(crate) type Campaign = Option<(u64, u16)>;

/// What is known of a session that goes on.
#[derive(Default)]
struct Visit {
    user: u64,
    device: String,
    from: i64,
    to: i64,
    viewed: BTreeSet<u64>,
    cart: BTreeSet<u64>,
    checked_out: bool,
    purchased: Option<i64>,
}

/// What is known of whoever is in the shop: the actual user, or a campaign in their name.
#[derive(Default)]
struct Customer {
    /// His session, and when it was last heard of.
    session: String,
    heard: i64,
}

/// Place and time of the user's own purchases.
#[derive(Default)]
struct Journey {
    place: Option<(i64, Position)>,
    cities: BTreeSet<String>,
}

/// A transaction of which an alert may come.
struct Sale {
    at: i64,
    user: u64,
    total: Money,
    score: i32,
    is_fraud: bool,
    alerted: bool,
}

/// What has been seen of a run.
#[derive(Default)]
pub(crate) struct Seen {
    numbers: Numbers,
    pub(crate) listings: Listings,
    visits: BTreeMap<String, Visit>,
    /// Sessions that are over, with when they were last heard of.
    over: BTreeMap<String, i64>,
    customers: BTreeMap<(u64, Campaign), Customer>,
    journeys: BTreeMap<u64, Journey>,
    sales: BTreeMap<u64, Sale>,
    forgotten: i64,
    pub(crate) plots: Plots,
    pub(crate) people: People,
    pub(crate) events: u64,
    pub(crate) purchases: u64,
    pub(crate) frauds: u64,
    pub(crate) alerts: u64,
}

impl Seen {
    /// Returns whether some user has bought in more than one city.
    pub(crate) fn somebody_travelled(&self) -> bool {
        self.journeys.values().any(|journey| journey.cities.len() > 1)
    }

    /// All records.
    pub(crate) fn records(&self) -> u64 {
        self.events
            + self.purchases
            + self.alerts
            + self.listings.changes
            + self.listings.deliveries
            + self.people.types.values().sum::<u64>()
    }

    fn event(&mut self, shop: &Shop, event: &SessionEvent<'_>, campaign: Campaign) {
        self.events += 1;
        self.people.of(&event.user_id);
        self.numbers.take("evt_", &event.event_id);
        let (at, user) = (event.timestamp.micros(), number("user_", &event.user_id));
        let customer = self.customers.entry((user, campaign)).or_default();
        if customer.session != event.session_id {
            assert!(customer.heard < at, "sessions of {user} overlap");
            if let Some(before) = self.visits.remove(&customer.session) {
                assert!(
                    before.purchased.is_none(),
                    "{} was paid and made no transaction",
                    customer.session
                );
                self.over.insert(std::mem::take(&mut customer.session), before.to);
            }
            assert!(!self.over.contains_key(&*event.session_id), "sessions of {user} overlap");
            customer.session = event.session_id.to_string();
        }
        customer.heard = at;
        let visit = self.visits.entry(event.session_id.to_string()).or_insert_with(|| Visit {
            user,
            device: event.device_info.device_type.to_string(),
            from: at,
            to: at,
            ..Visit::default()
        });
        assert_eq!((visit.user, visit.device.as_str()), (user, &*event.device_info.device_type));
        assert!(at >= visit.to, "{} goes back in time", event.session_id);
        assert!(visit.purchased.is_none(), "nothing follows a purchase in {}", event.session_id);
        visit.to = at;
        let product = event.product_id.as_deref().map(|id| number("prod_", id));
        if let Some(product) = product {
            let item = item(shop, product);
            let category = shop.catalogue().category_of(item.product);
            assert_eq!(
                event.category.as_deref(),
                Some(shop.catalogue().categories()[usize::from(category)].name())
            );
            self.listings.see(product, item, (visit.from, at));
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
            ("checkout", None) => {
                assert!(!visit.cart.is_empty() && !std::mem::replace(&mut visit.checked_out, true));
            }
            ("purchase", None) => {
                assert!(visit.checked_out);
                visit.purchased = Some(at);
            }
            ("page_view" | "search", None) => {}
            other => assert_eq!(other, ("no such event", None)),
        }
    }

    fn purchase(
        &mut self,
        shop: &Shop,
        purchase: &Purchase<'_>,
        session: &str,
        campaign: Campaign,
    ) {
        self.purchases += 1;
        self.people.of(&purchase.user_id);
        let id = self.numbers.take("txn_", &purchase.transaction_id);
        let (at, user) = (purchase.timestamp.micros(), number("user_", &purchase.user_id));
        let visit = self.visits.remove(session).unwrap();
        self.over.insert(session.to_owned(), at);
        assert_eq!((visit.user, visit.device.as_str()), (user, &*purchase.device_info.device_type));
        assert!(at - visit.purchased.unwrap() >= MILLI, "a purchase comes before its transaction");
        let bought: BTreeSet<u64> =
            purchase.products.iter().map(|line| number("prod_", &line.product_id)).collect();
        assert_eq!(bought, visit.cart, "what is paid is what was in the cart");
        let mut sum = 0;
        for line in &purchase.products {
            let product = number("prod_", &line.product_id);
            let item = item(shop, product);
            assert_eq!(
                line.price,
                shop.catalogue().price_at(item, at - MILLI),
                "the price is the one then listed"
            );
            self.listings.pay(product, line.price, at);
            assert_eq!(line.name, shop.catalogue().name(item));
            sum += line.price.times(line.quantity).unwrap().cents();
        }
        let tax = purchase.total_amount.cents() - sum;
        assert!(tax >= 0 && tax * 100 <= sum * 28 + 100, "a tax of {tax} on {sum}");
        if purchase.location.country == "US" {
            assert_eq!(purchase.total_amount, Money::from_cents(sum + (sum * 8 + 50) / 100));
        }
        self.customers.get_mut(&(user, campaign)).unwrap().heard = at;
        let (total, score, is_fraud) =
            (purchase.total_amount, purchase.fraud_score.units(), purchase.is_fraud);
        self.sales.insert(id, Sale { at, user, total, score, is_fraud, alerted: false });
        let position = position(purchase);
        if let Some(campaign) = campaign {
            self.plots.purchase(campaign, user, (at, position), is_fraud);
        }
        if is_fraud {
            self.frauds += 1;
            assert!(campaign.is_some(), "an honest session is never a fraudster's");
            return;
        }
        let journey = self.journeys.entry(user).or_default();
        if let Some((before, last)) = journey.place.replace((at, position)) {
            let metres = distance_metres(last, position);
            assert!(
                metres < 100_000 || kmh((before, last), (at, position)) <= 900.0,
                "{user} flew {metres} m"
            );
        }
        if !journey.cities.contains(&*purchase.location.city) {
            journey.cities.insert(purchase.location.city.to_string());
        }
    }

    fn alert(&mut self, alert: &FraudAlert<'_>, campaign: Campaign) {
        self.alerts += 1;
        let id = number("txn_", &alert.transaction_id);
        assert_eq!(id, number("alert_", &alert.alert_id));
        let sale = self.sales.get_mut(&id).unwrap();
        let said = (alert.transaction_timestamp.micros(), number("user_", &alert.user_id));
        assert_eq!((sale.at, sale.user), said, "what an alert says of its transaction is so");
        assert_eq!((sale.total, sale.score), (alert.amount, alert.fraud_score.units()));
        // Both times are shown in milliseconds.
        let after = alert.timestamp.micros() - sale.at;
        assert!(
            (199 * MILLI..=300_001 * MILLI).contains(&after),
            "{} came after {after} us",
            alert.alert_id
        );
        assert!(!std::mem::replace(&mut sale.alerted, true), "one alert a transaction");
        if sale.is_fraud {
            self.plots.accuse(campaign.unwrap(), &alert.pattern);
        }
    }

    /// Forgets what is over, once an hour.
    fn forget(&mut self, now: i64) {
        if now < self.forgotten + HOUR {
            return;
        }
        self.forgotten = now;
        let goes_on = |at: i64| now - at < OVER;
        self.visits.retain(|session, visit| {
            assert!(
                goes_on(visit.to) || visit.purchased.is_none(),
                "{session} was paid and made no transaction"
            );
            goes_on(visit.to)
        });
        self.over.retain(|_, at| goes_on(*at));
        self.customers.retain(|_, customer| goes_on(customer.heard));
        self.sales.retain(|_, sale| goes_on(sale.at));
        self.plots.close(goes_on);
    }
}

/// Kilometres an hour from one place to another.
pub(crate) fn kmh((from, here): (i64, Position), (to, there): (i64, Position)) -> f64 {
    f64::from(distance_metres(here, there)) / 1_000.0 / ((to - from) as f64 / HOUR as f64)
}

/// Where somebody bought, which is in the city that is named.
fn position(purchase: &Purchase<'_>) -> Position {
    let place = &purchase.location;
    // There are several Portlands.
    let is_there = |city: &&City| {
        (city.country().alpha2(), city.subdivision(), city.name())
            == (&*place.country, &*place.state, &*place.city)
    };
    let city = Atlas::world().cities().iter().find(is_there).unwrap();
    let position = Position::new(place.latitude.units(), place.longitude.units()).unwrap();
    assert!(distance_metres(city.position(), position) < 50_000);
    position
}

/// Sees all of a run whose sessions begin before `until` and go on to their end.
pub(crate) fn see(run: &Run, shop: &Shop, until: i64) -> Seen {
    assert_eq!(
        run.topics(),
        ["user-events", "transactions", "fraud-alerts", "users", "product-updates"]
    );
    let mut seen = Seen::default();
    seen.listings.until = until;
    let users: BTreeSet<u64> = shop.users().all().map(|(number, ..)| u64::from(number)).collect();
    let mut last: BTreeMap<(u8, u8, u64, u16), String> = BTreeMap::new();
    let mut batches = run.batches().unwrap();
    while let Some(batch) = batches.next() {
        for (index, span) in batch.spans().iter().enumerate() {
            let place = span.stamp.coordinates;
            let arrival = (place.rank, place.substream, place.block, place.position);
            let campaign = (place.rank == 3).then_some((place.block, place.position));
            match span.stamp.topic {
                0 => {
                    let event: SessionEvent<'_> =
                        serde_json::from_slice(batch.value(index)).unwrap();
                    assert_eq!(
                        event.timestamp,
                        Timestamp::from_micros(span.stamp.event_time / MILLI * MILLI)
                    );
                    seen.event(shop, &event, campaign);
                    if event.event_type == "purchase" {
                        last.insert(arrival, event.session_id.to_string());
                    }
                }
                1 => {
                    let purchase: Purchase<'_> =
                        serde_json::from_slice(batch.value(index)).unwrap();
                    assert!(
                        users.contains(&number("user_", &purchase.user_id)),
                        "{} is nobody",
                        purchase.user_id
                    );
                    seen.purchase(shop, &purchase, &last.remove(&arrival).unwrap(), campaign);
                }
                2 => seen.alert(&serde_json::from_slice(batch.value(index)).unwrap(), campaign),
                3 => seen.people.update(std::str::from_utf8(batch.value(index)).unwrap()),
                _ => {
                    let update = serde_json::from_slice(batch.value(index)).unwrap();
                    seen.listings.update(shop, &update, &mut seen.numbers);
                }
            }
            seen.forget(span.stamp.event_time);
        }
        batches.recycle(batch);
    }
    assert!(last.is_empty(), "every purchase makes a transaction");
    seen.plots.close(|_| false);
    seen
}
