//! Fraud follows its configuration: how much there is, of which shape, how it scores and who
//! notices.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use mercato_draw::Words;
use mercato_encode::{Batch, Layout, Writer};
use mercato_engine::{Arrival, Arrivals, Extent, Run, Schedule, Step, Stream, StreamId, Trace};
use mercato_patterns::Zone;
use mercato_patterns::fraud::Anomaly;
use mercato_patterns::geographic::{Atlas, City, Position, distance_metres};
use mercato_schema::{Chargeback, FraudAlert, Purchase};
use mercato_shop::shop::{Campaign, Campaigns, Shop, ShopConfig, ShopParams, Topic};

use crate::drive::{ORIGIN, campaigns, world};
use mercato_test_support::statistics::follows;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// The shop with so much fraud, and nothing special about any day.
fn config(rate: f64) -> ShopConfig {
    let mut config = ShopConfig { calendar: false, ..ShopConfig::default() };
    config.fraud.rate = rate;
    config
}

fn only(anomaly: Anomaly) -> ShopConfig {
    let mut config = config(0.02);
    config.fraud.patterns = BTreeMap::from([(anomaly.name().to_owned(), 1.0)]);
    config
}

/// A stream of campaigns that keeps what it draws.
struct Watched {
    campaigns: Campaigns,
    drawn: Arc<Mutex<Vec<(Arrival, Campaign)>>>,
}

impl Stream for Watched {
    type Entity = Campaign;

    fn id(&self) -> StreamId {
        self.campaigns.id()
    }
    fn topics(&self) -> Vec<String> {
        self.campaigns.topics()
    }
    fn kinds(&self) -> Vec<String> {
        self.campaigns.kinds()
    }
    fn topic_of(&self, kind: u16) -> u16 {
        self.campaigns.topic_of(kind)
    }
    fn arrivals(&self) -> Vec<Arrivals> {
        self.campaigns.arrivals()
    }
    fn words(&self) -> usize {
        self.campaigns.words()
    }
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Campaign {
        let campaign = self.campaigns.draw(arrival, words);
        self.drawn.lock().unwrap().push((arrival, campaign));
        campaign
    }
    fn owner(&self, campaign: &Campaign, arrival: Arrival, key: &mut Vec<u8>) {
        self.campaigns.owner(campaign, arrival, key);
    }
    fn layout(&self, topic: u16) -> Layout {
        self.campaigns.layout(topic)
    }
    fn write<W: Writer>(&self, campaign: &Campaign, step: Step, writer: &mut W) {
        self.campaigns.write(campaign, step, writer);
    }
}

/// The steps of a campaign as the engine hands them out.
pub(crate) fn steps(stream: &Campaigns, campaign: &Campaign, arrival: Arrival) -> Vec<Step> {
    let mut trace = Trace::default();
    stream.trace(campaign, arrival, &mut trace);
    let step = |(number, (at, kind))| Step {
        arrival: arrival.index,
        substream: 0,
        number,
        kind,
        at,
        hurried: false,
    };
    (0..).zip(trace.steps()).map(step).collect()
}

/// The campaigns of so many hours with their steps.
fn plans(stream: &Campaigns, hours: i64) -> Vec<(Campaign, Vec<Step>)> {
    let drawn = Arc::default();
    let watched = Watched { campaigns: stream.clone(), drawn: Arc::clone(&drawn) };
    let extent = Extent { until: Some(ORIGIN + hours * HOUR), ..Extent::default() };
    let run = Run::builder(world(7)).extent(extent).stream(watched).unwrap();
    assert_eq!(run.batches().unwrap().filter(Batch::is_empty).count(), 0);
    let drawn = std::mem::take(&mut *drawn.lock().unwrap());
    drawn
        .into_iter()
        .map(|(arrival, campaign)| (campaign, steps(stream, &campaign, arrival)))
        .collect()
}

/// The transactions of a campaign in their order.
fn purchases<'a>(stream: &'a Campaigns, campaign: &Campaign, steps: &[Step]) -> Vec<Purchase<'a>> {
    steps.iter().filter_map(|step| stream.purchase(campaign, *step)).collect()
}

fn place(purchase: &Purchase<'_>) -> (&'static City, Position) {
    let at = &purchase.location;
    let is_there = |city: &&City| {
        (city.country().alpha2(), city.subdivision(), city.name())
            == (&*at.country, &*at.state, &*at.city)
    };
    let city = Atlas::world().cities().iter().find(is_there).unwrap();
    (city, Position::new(at.latitude.units(), at.longitude.units()).unwrap())
}

/// Everything of a run of the shop that is not an event.
#[derive(Default)]
struct Seen {
    purchases: BTreeMap<String, Seal>,
    alerts: Vec<(i64, FraudAlert<'static>)>,
    chargebacks: Vec<Chargeback<'static>>,
}

/// What is kept of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seal {
    at: i64,
    is_fraud: bool,
    score: i32,
}

fn see(config: &ShopConfig, hours: i64) -> Seen {
    let params = ShopParams::new(config).unwrap();
    let topics = [params.topic(Topic::TRANSACTIONS), params.topic(Topic::FRAUD_ALERTS)]
        .into_iter()
        .chain(params.chargebacks_topic());
    let topics = topics.map(str::to_owned).collect();
    let extent = Extent { until: Some(ORIGIN + hours * HOUR), drain: true, ..Extent::default() };
    let campaigns = Campaigns::new(world(5), &params, Schedule::default());
    let shop = Shop::new(world(5), params, Schedule::default());
    let run = Run::builder(world(5))
        .extent(extent)
        .topics(Some(topics))
        .and(shop)
        .beside(campaigns)
        .build()
        .unwrap();
    let mut seen = Seen::default();
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            let text = std::str::from_utf8(batch.value(index)).unwrap();
            match span.stamp.topic {
                0 => {
                    let purchase: Purchase<'_> = serde_json::from_str(text).unwrap();
                    let seal = Seal {
                        at: purchase.timestamp.micros(),
                        is_fraud: purchase.is_fraud,
                        score: purchase.fraud_score.units(),
                    };
                    assert_eq!(
                        seen.purchases.insert(purchase.transaction_id.to_string(), seal),
                        None
                    );
                }
                1 => seen.alerts.push((span.stamp.event_time, owned(text))),
                _ => seen.chargebacks.push(owned(text)),
            }
        }
    }
    seen
}

/// A record that outlives its batch.
fn owned<T: serde::Deserialize<'static>>(text: &str) -> T {
    serde_json::from_str(text.to_owned().leak()).unwrap()
}

#[test]
fn shares_of_fraud_and_of_its_anomalies_are_those_asked_for() {
    let stream = campaigns(7, &config(0.05));
    let mut found = Vec::new();
    for (campaign, steps) in plans(&stream, 24) {
        let fraudulent = purchases(&stream, &campaign, &steps)
            .iter()
            .filter(|purchase| purchase.is_fraud)
            .count();
        let wanted = if campaign.anomaly() == Anomaly::Velocity { 5..=15 } else { 1..=1 };
        assert!(wanted.contains(&fraudulent), "{fraudulent} by {:?}", campaign.anomaly());
        found.push((campaign.anomaly(), fraudulent));
    }
    let all: usize = found.iter().map(|(_, transactions)| transactions).sum();
    // 24 hours of a Sunday, which is busier than the mean of the week.
    assert!((10_000..22_000).contains(&all), "{all} in a day of 240,000 with five per cent");
    // Campaigns are independent, the transactions of one are not: so campaigns are counted.
    let campaigns = found.iter().map(|(anomaly, _)| *anomaly as usize);
    let weights = [30, 200, 200, 100, 100, 100];
    assert!(follows(campaigns.clone(), &weights), "{:?}", found.len());
    assert!(!follows(campaigns, &[30, 200, 220, 100, 80, 100]), "a mutant is told apart");
    let attacks = found.iter().filter(|(anomaly, _)| *anomaly == Anomaly::Velocity);
    let lengths = attacks.map(|(_, transactions)| transactions - 5);
    assert!(follows(lengths, &[1; 11]), "five to fifteen, each as likely");
}

#[test]
fn transactions_stay_as_many_whatever_the_share_of_fraud() {
    for (rate, wanted) in [(0.0, 0.0), (0.001, 0.001), (0.1, 0.1), (0.4, 0.4)] {
        let seen = see(&config(rate), 24);
        let fraud = seen.purchases.values().filter(|seal| seal.is_fraud).count() as f64;
        let all = seen.purchases.len() as f64;
        let plain = see(&config(0.0), 24).purchases.len() as f64;
        assert!((all / plain - 1.0).abs() < 0.02, "{all} and not {plain} at {rate}");
        let off = (fraud - wanted * all).abs();
        assert!(off <= 6.0 * (11.0 * wanted * all).sqrt(), "{fraud} of {all} at {rate}");
    }
}

#[test]
fn an_attack_by_velocity_lies_within_five_minutes() {
    let stream = campaigns(7, &only(Anomaly::Velocity));
    let mut attacks = 0;
    for (campaign, steps) in plans(&stream, 24) {
        let purchases = purchases(&stream, &campaign, &steps);
        let (first, last) = (purchases.first().unwrap(), purchases.last().unwrap());
        assert!((5..=15).contains(&purchases.len()));
        assert!(last.timestamp.micros() - first.timestamp.micros() <= 300 * SECOND);
        assert!(
            purchases.iter().all(|purchase| purchase.is_fraud && purchase.user_id == first.user_id)
        );
        assert!(purchases.is_sorted_by(|a, b| a.timestamp < b.timestamp));
        attacks += 1;
    }
    assert!(attacks > 300, "{attacks}");
}

#[test]
fn a_journey_that_nobody_can_make_begins_with_an_honest_purchase_at_home() {
    let stream = campaigns(7, &only(Anomaly::Location));
    let homes: BTreeMap<u32, &City> =
        stream.users().all().map(|(number, _, city)| (number, city)).collect();
    let (mut journeys, mut all) = (0, 0);
    for (campaign, steps) in plans(&stream, 24) {
        all += 1;
        if campaign.anomaly() != Anomaly::Location {
            continue;
        }
        let purchases = purchases(&stream, &campaign, &steps);
        let [anchor, stolen] = purchases.as_slice() else {
            unreachable!("{} purchases", purchases.len())
        };
        assert!(!anchor.is_fraud && stolen.is_fraud && anchor.user_id == stolen.user_id);
        let ((home, from), (there, to)) = (place(anchor), place(stolen));
        let user: u32 = anchor.user_id.strip_prefix("user_").unwrap().parse().unwrap();
        assert_eq!(home.name(), homes[&user].name(), "the honest purchase is at home");
        assert_ne!(home.continent(), there.continent());
        let hours = (stolen.timestamp.micros() - anchor.timestamp.micros()) as f64 / HOUR as f64;
        let kmh = f64::from(distance_metres(from, to)) / 1_000.0 / hours;
        assert!(hours > 0.0 && kmh > 900.0, "{kmh} km/h");
        journeys += 1;
    }
    assert!(journeys > 2_000 && journeys * 100 > all * 98, "{journeys} of {all}");
}

#[test]
fn purchases_at_night_are_at_night_by_the_users_clock() {
    let stream = campaigns(7, &only(Anomaly::Time));
    let (mut nights, mut all) = (0, 0);
    for (campaign, steps) in plans(&stream, 24) {
        all += 1;
        if campaign.anomaly() != Anomaly::Time {
            continue;
        }
        let purchases = purchases(&stream, &campaign, &steps);
        let home = stream
            .users()
            .all()
            .find(|(number, ..)| format!("user_{number:06}") == *purchases[0].user_id);
        let zone = Zone::iana(home.unwrap().2.zone()).unwrap();
        let hour = zone.local(purchases[0].timestamp.micros()).hour();
        assert!((2..4).contains(&hour), "at {hour} o'clock");
        nights += 1;
        if nights == 400 {
            break;
        }
    }
    assert!(nights == 400 && nights * 100 > all * 98, "{nights} of {all}");
}

#[test]
fn devices_and_categories_are_ones_that_honest_people_do_not_have() {
    let honest = see_honest();
    for anomaly in [Anomaly::Device, Anomaly::Pattern] {
        let stream = campaigns(7, &only(anomaly));
        let mut found = 0;
        for (campaign, steps) in plans(&stream, 3) {
            let purchase = &purchases(&stream, &campaign, &steps)[0];
            let device =
                (purchase.device_info.os.to_string(), purchase.device_info.browser.to_string());
            assert_eq!(honest.devices.contains(&device), anomaly != Anomaly::Device, "{device:?}");
            if let Some(bought) = honest.categories.get(&*purchase.user_id) {
                found += 1;
                if anomaly == Anomaly::Pattern {
                    assert!(
                        !bought.contains(&*purchase.products[0].category),
                        "{bought:?} and {purchase:?}"
                    );
                }
            }
        }
        assert!(found > 100, "{found}");
    }
}

#[derive(Default)]
struct Honest {
    devices: std::collections::BTreeSet<(String, String)>,
    categories: BTreeMap<String, std::collections::BTreeSet<String>>,
}

/// What honest people have and buy in half a day.
fn see_honest() -> Honest {
    let params = ShopParams::new(&config(0.02)).unwrap();
    let extent = Extent { until: Some(ORIGIN + DAY / 2), ..Extent::default() };
    let topics = Some(vec![params.topic(Topic::TRANSACTIONS).to_owned()]);
    // The users of the campaigns: the same seed.
    let shop = Shop::new(world(7), params, Schedule::default());
    let run = Run::builder(world(7)).extent(extent).topics(topics).stream(shop).unwrap();
    let mut honest = Honest::default();
    for batch in run.batches().unwrap() {
        for index in 0..batch.len() {
            let purchase: Purchase<'_> = serde_json::from_slice(batch.value(index)).unwrap();
            let device = &purchase.device_info;
            honest.devices.insert((device.os.to_string(), device.browser.to_string()));
            let own = honest.categories.entry(purchase.user_id.to_string()).or_default();
            own.extend(purchase.products.iter().map(|line| line.category.to_string()));
        }
    }
    honest
}

/// How often a fraudulent transaction has a higher score than an honest one, halves where they are
/// equal.
fn area_under_the_curve<'a>(seals: impl Iterator<Item = &'a Seal>) -> f64 {
    let mut counts = [[0f64; 101]; 2];
    for seal in seals {
        counts[usize::from(seal.is_fraud)][seal.score as usize] += 1.0;
    }
    let [honest, fraud] = counts;
    let mut below = 0.0;
    let mut area = 0.0;
    for score in 0..=100 {
        area += fraud[score] * (below + honest[score] / 2.0);
        below += honest[score];
    }
    area / (honest.iter().sum::<f64>() * fraud.iter().sum::<f64>())
}

#[test]
fn the_score_tells_fraud_as_well_as_stated_and_no_better() {
    let mut config = config(0.05);
    config.fraud.detection.true_positive_rate = 0.6;
    config.fraud.detection.false_positive_rate = 0.03;
    let seen = see(&config, 15);
    assert!(seen.purchases.len() >= 100_000, "{}", seen.purchases.len());
    let area = area_under_the_curve(seen.purchases.values());
    // The page of the stream says 0.91.
    assert!((0.89..0.93).contains(&area), "{area}");
    let mutant: Vec<Seal> = seen
        .purchases
        .values()
        .map(|seal| Seal { score: seal.score / 2 + 50 * i32::from(seal.is_fraud), ..seal.clone() })
        .collect();
    assert!(
        area_under_the_curve(mutant.iter()) > 0.97,
        "a score that knows the label is told apart"
    );

    // The detector errs as often as it is told to, and cites what is so.
    let mut positives = [0u32; 2];
    for (at, alert) in &seen.alerts {
        let seal = &seen.purchases[&*alert.transaction_id];
        positives[usize::from(seal.is_fraud)] += 1;
        assert_eq!(
            (alert.fraud_score.units(), alert.transaction_timestamp.micros()),
            (seal.score, seal.at)
        );
        assert!(
            seal.at < alert.timestamp.micros() && *at / 1_000 * 1_000 == alert.timestamp.micros()
        );
        let severity = ["low", "medium", "high", "critical"][(seal.score / 25).min(3) as usize];
        assert_eq!(alert.severity, severity);
    }
    let fraud = seen.purchases.values().filter(|seal| seal.is_fraud).count() as f64;
    let honest = seen.purchases.len() as f64 - fraud;
    for (found, all, rate) in [(positives[0], honest, 0.03), (positives[1], fraud, 0.6)] {
        let off = (f64::from(found) - all * rate).abs();
        assert!(off < 5.0 * (all * rate * (1.0 - rate)).sqrt(), "{found} of {all} at {rate}");
    }
    // Lognormal, with a median of two seconds.
    let mut latencies: Vec<i64> = seen
        .alerts
        .iter()
        .map(|(at, alert)| at / 1_000 - alert.transaction_timestamp.micros() / 1_000)
        .collect();
    latencies.sort_unstable();
    let quantile = |part: usize| latencies[latencies.len() * part / 100];
    assert!((1_900..2_300).contains(&quantile(50)), "{}", quantile(50));
    assert!((4_900..6_300).contains(&quantile(84)), "{}", quantile(84));
    assert!(latencies[0] >= 199 && *latencies.last().unwrap() <= 300_001);
}

#[test]
fn a_hundred_alerts_an_hour_come_by_default() {
    let seen = see(&ShopConfig { calendar: false, ..ShopConfig::default() }, 24 * 7);
    let an_hour = seen.alerts.len() as f64 / (24.0 * 7.0);
    assert!((an_hour - 100.0).abs() < 5.0 * (100.0f64 / 168.0).sqrt(), "{an_hour} an hour");
    assert!(seen.chargebacks.is_empty());
}

#[test]
fn chargebacks_come_days_after_the_fraud() {
    let mut config = config(0.05);
    config.fraud.chargebacks.share = 0.5;
    let seen = see(&config, 4);
    for chargeback in &seen.chargebacks {
        let seal = &seen.purchases[&*chargeback.transaction_id];
        assert!(seal.is_fraud);
        assert_eq!(seal.at, chargeback.transaction_timestamp.micros());
        assert!((DAY..=60 * DAY + 1_000).contains(&(chargeback.timestamp.micros() - seal.at)));
    }
    let fraud = seen.purchases.values().filter(|seal| seal.is_fraud).count() as f64;
    let off = (seen.chargebacks.len() as f64 - fraud / 2.0).abs();
    assert!(off < 5.0 * (fraud / 4.0).sqrt(), "{} of {fraud}", seen.chargebacks.len());
    let lookback = |config: &ShopConfig| campaigns(1, config).longest_trace();
    assert!(lookback(&config) > 60 * DAY && lookback(&ShopConfig::default()) < 3 * HOUR);
}
