//! What the records of users say, held against what users do.

use std::collections::{BTreeMap, BTreeSet};

use mercato_encode::csv;
use mercato_engine::{Arrival, Extent, Format, Run, Schedule, Step, Stream, Trace};
use mercato_schema::{Purchase, SessionEvent, UserUpdate};
use mercato_shop::shop::{
    AgeGroupConfig, Campaigns, Shop, ShopConfig, ShopParams, UserUpdates, UsersConfig,
};
use proptest::prelude::*;

use crate::drive::{ORIGIN, Rendered, world};
use crate::witness::HOUR;

/// The last record of each user, and how many there were of each type.
#[derive(Default)]
pub(crate) struct People {
    last: BTreeMap<String, UserUpdate<'static>>,
    identifiers: BTreeSet<String>,
    addresses: BTreeMap<String, String>,
    pub(crate) types: BTreeMap<String, u64>,
}

impl People {
    /// Takes a record in, which must follow from the user's record before.
    pub(crate) fn update(&mut self, text: &str) {
        let update: UserUpdate<'static> = serde_json::from_str(text.to_owned().leak()).unwrap();
        let id = update.update_id.to_string();
        assert!(self.identifiers.insert(id.clone()), "{id} again");
        *self.types.entry(update.update_type.to_string()).or_default() += 1;
        let owner = self.addresses.entry(update.email.to_string());
        assert_eq!(*owner.or_insert_with(|| update.user_id.to_string()), update.user_id);
        let before = self.last.insert(update.user_id.to_string(), update.clone());
        let [kind, email, city] =
            [&update.previous_user_type, &update.previous_email, &update.previous_city];
        let is_set = [kind, email, city].map(Option::is_some);
        let Some(before) = before else {
            assert_eq!((&*update.update_type, is_set), ("profile", [false; 3]));
            return;
        };
        assert!(before.timestamp <= update.timestamp);
        // The record before, with what the update says has changed.
        let mut after = UserUpdate {
            update_id: update.update_id.clone(),
            update_type: update.update_type.clone(),
            timestamp: update.timestamp,
            previous_user_type: None,
            previous_email: None,
            previous_city: None,
            ..before.clone()
        };
        match &*update.update_type {
            "profile" => {}
            "became_regular" => {
                assert_eq!(&*after.user_type, "new");
                after.previous_user_type = Some(after.user_type.clone());
                after.user_type = "regular".into();
            }
            "moved" => {
                after.previous_city = Some(before.city.clone());
                let home = |user: &UserUpdate<'_>| {
                    [&user.country, &user.state, &user.city].map(ToString::to_string)
                };
                assert_ne!(home(&before), home(&update), "{id} moves to where they are");
                let UserUpdate { country, state, city, .. } = update.clone();
                after = UserUpdate { country, state, city, ..after };
            }
            "email_changed" => {
                after.previous_email = Some(before.email.clone());
                assert_ne!(before.email, update.email);
                after.email.clone_from(&update.email);
            }
            other => assert_eq!(other, "no such change"),
        }
        assert_eq!(after, update);
    }

    /// The last record of a user, whom there must be one of.
    pub(crate) fn of(&self, user: &str) -> &UserUpdate<'static> {
        let known = self.last.get(user);
        assert!(known.is_some(), "nobody knows {user}");
        known.unwrap()
    }

    /// The share of a type among all changes.
    fn share(&self, kind: &str) -> f64 {
        let changes: u64 =
            self.types.iter().filter(|(kind, _)| *kind != "profile").map(|(_, count)| count).sum();
        self.types.get(kind).copied().unwrap_or(0) as f64 / changes as f64
    }
}

/// A small shop whose users change every month.
fn restless() -> ShopConfig {
    let users = UsersConfig { total: 400, changes: 1.0, trips: 0.0, ..UsersConfig::default() };
    let mut config =
        ShopConfig { users, events: Some("400/h".parse().unwrap()), ..ShopConfig::default() };
    config.fraud.rate = 0.02;
    config
}

fn run(config: &ShopConfig, days: i64) -> Run {
    let params = ShopParams::new(config).unwrap();
    let extent = Extent { until: Some(ORIGIN + days * 24 * HOUR), ..Extent::default() };
    Run::builder(world(11))
        .extent(extent)
        .and(Shop::new(world(11), params.clone(), Schedule::default()))
        .beside(UserUpdates::new(world(11), &params))
        .beside(Campaigns::new(world(11), &params, Schedule::default()))
        .build()
        .unwrap()
}

/// Sees so many days of a shop; returns the people, and how many purchases were made at home and
/// elsewhere.
fn see(config: &ShopConfig, days: i64) -> (People, [u64; 2]) {
    let run = run(config, days);
    assert_eq!(run.topics(), ["user-events", "transactions", "fraud-alerts", "users"]);
    let (mut people, mut bought) = (People::default(), [0; 2]);
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            let text = std::str::from_utf8(batch.value(index)).unwrap();
            match span.stamp.topic {
                0 => drop(
                    people.of(&serde_json::from_str::<SessionEvent<'_>>(text).unwrap().user_id),
                ),
                1 => {
                    let purchase: Purchase<'_> = serde_json::from_str(text).unwrap();
                    let (user, place) = (people.of(&purchase.user_id), &purchase.location);
                    let is_home = (&user.country, &user.state, &user.city)
                        == (&place.country, &place.state, &place.city);
                    bought[usize::from(!is_home)] += u64::from(!purchase.is_fraud);
                }
                3 => people.update(text),
                _ => {}
            }
        }
    }
    (people, bought)
}

#[test]
fn users_are_known_before_they_do_anything_and_buy_where_they_live() {
    let (people, [at_home, away]) = see(&restless(), 75);
    assert!(at_home > 50_000 && away == 0, "{at_home} at home, {away} elsewhere");
    assert_eq!(people.last.len(), 280, "everybody comes");
    // In two and a half months: a new user becomes a regular one once, and the rest is halved.
    assert!((people.share("became_regular") - 0.1).abs() < 0.005, "{:?}", people.types);
    let [moves, emails] = ["moved", "email_changed"].map(|kind| people.share(kind));
    assert!((0.4..0.5).contains(&moves) && (0.4..0.5).contains(&emails), "{:?}", people.types);
    let changes: u64 = 700;
    let profiles = people.types["profile"];
    assert_eq!(people.types.values().sum::<u64>() - profiles, changes);
    assert!(profiles > 2 * 280, "with their first visit, and before their first change");
}

#[test]
fn who_travels_buys_elsewhere_and_comes_back() {
    let mut config = restless();
    config.users.trips = 0.3;
    let (_, [at_home, away]) = see(&config, 60);
    let share = away as f64 / (at_home + away) as f64;
    assert!((0.05..0.15).contains(&share), "{share} are bought on trips");
}

#[test]
fn without_changes_there_are_profiles_alone() {
    let mut config = restless();
    (config.users.changes, config.fraud.rate) = (0.0, 0.0);
    let (people, _) = see(&config, 40);
    assert_eq!(people.types, [("profile".to_owned(), 280)].into());
}

#[test]
fn as_many_change_as_are_expected() {
    let config = ShopConfig::default();
    let params = ShopParams::new(&config).unwrap();
    let hour = params.expected(None).unwrap().users as f64 / 1e6;
    let changes = 7_000.0 * 0.05 / 720.0;
    let campaigns = 10.0 * (0.3 / 10.0 + 0.7);
    assert!((hour - changes - campaigns).abs() < 0.05, "{hour}");
}

#[test]
fn people_are_of_the_configured_age_groups() {
    let mut config = restless();
    let group = |name: &str, weight: u64| AgeGroupConfig {
        name: name.to_owned(),
        weight: weight.into(),
        liking: 0.0,
    };
    config.users.age_groups = vec![group("young, or \"so\"", 1), group("old", 3)];
    let (people, _) = see(&config, 20);
    let old = people.last.values().filter(|user| user.age_group == "old").count();
    assert!((190..230).contains(&old), "{old} of 280");
    assert!(people.last.values().any(|user| user.age_group == "young, or \"so\""));
}

fn check(updates: &Rendered<UserUpdates>, index: u64) -> Result<usize, TestCaseError> {
    let arrival = Arrival { index, substream: 0, at: ORIGIN + index as i64 };
    let change = updates.draw(arrival, &mut mercato_draw::Words::new(&[]));
    let mut trace = Trace::default();
    updates.trace(&change, arrival, &mut trace);
    for (number, (at, kind)) in (0..).zip(trace.steps()) {
        let step = Step { arrival: index, substream: 0, number, kind, at, hurried: false };
        let record = updates.record(&change, step).unwrap();
        let mut row = Vec::new();
        csv::flatten(&mut row, &serde_json::to_value(&record).unwrap());
        for (format, expected) in
            [(Format::Json, serde_json::to_vec(&record).unwrap()), (Format::Csv, row)]
        {
            let (key, value) = updates.line(&change, step, format);
            prop_assert_eq!(&key, record.user_id.as_bytes());
            prop_assert_eq!(
                String::from_utf8(value).unwrap(),
                String::from_utf8(expected).unwrap()
            );
        }
        updates.columns_agree(&change, step, &record);
    }
    Ok(trace.steps().count())
}

proptest! {
    #[test]
    fn changes_are_written_as_serde_writes_them(seed: u64, total in 1u64..1_000_000_000, index in 0u64..1 << 35) {
        let mut config = ShopConfig::default();
        config.users.total = total.max(1_000);
        config.users.changes = 1.0;
        let params = ShopParams::new(&config).unwrap();
        let updates = Rendered::new(UserUpdates::new(world(seed), &params));
        let active = total.max(1_000) * 7 / 10;
        let records = check(&updates, index)?;
        prop_assert_eq!(records, if index == 0 { 0 } else if index <= active { 2 } else { 1 });
    }
}

#[test]
fn the_first_changes_are_frozen() {
    let mut config = ShopConfig::default();
    config.users.total = 20;
    config.users.changes = 1.0;
    config.transactions = Some("10/h".parse().unwrap());
    let run = run(&config, 13);
    let mut found = Vec::new();
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            if span.stamp.topic == 3 {
                found.push(String::from_utf8(batch.value(index).to_vec()).unwrap());
            }
        }
    }
    let kind = |kind: &'static str| {
        let sign = format!(r#""update_type":"{kind}""#);
        found.iter().find(|line| line.contains(&sign)).unwrap_or_else(|| panic!("no {kind}"))
    };
    let lines = ["profile", "became_regular", "moved", "email_changed"].map(kind);
    let found = lines.map(String::as_str).join("\n");
    assert_eq!(found, FROZEN, "a changed record is a new data version; found\n{found}");
}

const FROZEN: &str = r#"{"update_id":"usr_000000000","user_id":"user_000011","update_type":"profile","timestamp":"2025-11-09T00:01:03.132Z","user_type":"regular","age_group":"55-64","name":"Raymond Casper","email":"casperraymond11@example.com","country":"US","state":"NY","city":"Buffalo","previous_user_type":null,"previous_email":null,"previous_city":null}
{"update_id":"chg_000000004","user_id":"user_000017","update_type":"became_regular","timestamp":"2025-11-19T17:08:34.285Z","user_type":"regular","age_group":"45-54","name":"Alec Wiza","email":"wizaalec17@example.org","country":"CN","state":"SN","city":"Xi'an","previous_user_type":"new","previous_email":null,"previous_city":null}
{"update_id":"chg_000000000","user_id":"user_000011","update_type":"moved","timestamp":"2025-11-11T03:25:42.857Z","user_type":"regular","age_group":"55-64","name":"Raymond Casper","email":"casperraymond11@example.com","country":"US","state":"FL","city":"Tampa","previous_user_type":null,"previous_email":null,"previous_city":"Buffalo"}
{"update_id":"chg_000000001","user_id":"user_000009","update_type":"email_changed","timestamp":"2025-11-13T06:51:25.714Z","user_type":"regular","age_group":"25-34","name":"Fabian Bergnaum","email":"bergnaumfabian9@example.com","country":"JP","state":"27","city":"Osaka","previous_user_type":null,"previous_email":"bergnaumfabian9@example.org","previous_city":null}"#;
