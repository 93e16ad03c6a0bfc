//! Laws of the calendar and the sky: pieces tile event time, events come when almanacs say, weather
//! changes little by little.
#![cfg(feature = "seasonal")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::{DateTime, Utc};
use mercato_draw::CounterHash;
use mercato_patterns::seasonal::{Calendar, Event, Response, SeasonalError, Weather, When};
use mercato_patterns::{Factor, Zone};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000_000;
/// 1900 to 2200.
const INSTANTS: std::ops::Range<i64> = -2_208_988_800_000_000..7_258_118_400_000_000;
const ZONES: [&str; 5] =
    ["America/New_York", "Europe/London", "Pacific/Apia", "America/Santiago", "Asia/Kolkata"];

fn at(instant: &str) -> i64 {
    instant.parse::<DateTime<Utc>>().unwrap().timestamp_micros()
}

fn shop(zone: &str) -> Calendar {
    Calendar::shop(Zone::iana(zone).unwrap())
}

fn times(factor: u64) -> Factor {
    Factor::from_millionths(factor * 1_000_000)
}

/// A calendar of random events, overlapping as they like.
fn any_calendar() -> impl Strategy<Value = Calendar> {
    let when = prop_oneof![
        (1u8..=12, 1u8..=28).prop_map(|(month, day)| When::each_year(month, day).unwrap()),
        (1u8..=5, 0u8..=6, 1u8..=12)
            .prop_map(|(nth, weekday, month)| When::weekday_of_month(nth, weekday, month).unwrap()),
        (-31i32..=31).prop_map(|days| When::easter().plus_days(days).unwrap()),
    ];
    let event = (when, 1u32..=Event::MAX_HOURS, 0u64..10, any::<bool>());
    (prop::collection::vec(event, 0..6), 0..ZONES.len()).prop_map(|(events, zone)| {
        let events = events.into_iter().enumerate().map(|(index, (when, hours, factor, books))| {
            let event = Event::new(index.to_string(), when, hours, times(factor)).unwrap();
            event.with_categories(if books { vec!["Books"] } else { vec![] })
        });
        let months = std::array::from_fn(|month| times(month as u64 + 1));
        Calendar::new(events.collect(), Zone::iana(ZONES[zone]).unwrap())
            .unwrap()
            .with_months("Books", months)
    })
}

proptest! {
    #[test]
    fn a_piece_is_the_same_from_anywhere_inside(calendar in any_calendar(), at in INSTANTS, share in 0u64..1_000_000) {
        type Curve = fn(&Calendar, i64) -> (u64, i64);
        let curves: [Curve; 2] = [Calendar::traffic, |calendar, at| calendar.category("Books", at)];
        for curve in curves {
            let (factor, until) = curve(&calendar, at);
            prop_assert!(until > at && until - at <= 367 * 24 * HOUR);
            let inside = at + ((until - 1 - at) as u64 / 1_000_000 * share) as i64;
            prop_assert_eq!(curve(&calendar, inside), (factor, until));
            prop_assert_eq!(curve(&calendar, until - 1), (factor, until));
        }
    }

    #[test]
    fn traffic_has_the_highest_factor_of_what_runs(calendar in any_calendar(), at in INSTANTS) {
        let highest = calendar.running(at).map(Event::factor).max().unwrap_or(Factor::ONE);
        prop_assert_eq!(calendar.traffic(at).0, highest.millionths());
    }

    #[test]
    fn a_year_of_traffic_is_what_each_of_its_instants_says(calendar in any_calendar(), at in INSTANTS) {
        let year = calendar.traffic_of_year(calendar.zone().local(at).year);
        prop_assert!(year.is_sorted_by(|(until, _), (next, _)| until < next));
        let step = year.into_iter().find(|(until, _)| at < *until);
        prop_assert_eq!(step.map(|(until, factor)| (factor, until)), Some(calendar.traffic(at)));
    }

    #[test]
    fn no_instant_is_too_far(at in any::<i64>()) {
        let (_, until) = shop("Europe/London").category("Books", at);
        prop_assert!(until > at || until == i64::MAX);
    }

    #[test]
    fn weather_changes_little_by_little(
        key in any::<u64>(),
        latitude in -700_000..700_000,
        longitude in -1_800_000..=1_800_000,
        day in -100_000i64..100_000,
    ) {
        let weather = Weather::new(CounterHash::new(key, 0));
        let here = weather.on(latitude, longitude, day);
        prop_assert!((-600..=480).contains(&here.temperature_tenths) && here.wetness_millionths < 1_000_000);
        // A smooth curve rises by at most 1.5 of its range in a cell: six degrees a day, one in
        // half a degree of the globe.
        let tomorrow = weather.on(latitude, longitude, day + 1);
        prop_assert!(here.temperature_tenths.abs_diff(tomorrow.temperature_tenths) <= 66);
        prop_assert!(here.wetness_millionths.abs_diff(tomorrow.wetness_millionths) <= 310_000);
        let beside = weather.on(latitude + 1_000, (longitude + 1_000).min(1_800_000), day);
        prop_assert!(here.temperature_tenths.abs_diff(beside.temperature_tenths) <= 9);
        // The date line is no edge.
        prop_assert_eq!(weather.on(latitude, 1_800_000, day), weather.on(latitude, -1_800_000, day));
    }
}

#[test]
fn the_shops_events_of_a_year_are_frozen() {
    let calendar = shop("America/New_York");
    let comings: Vec<String> = calendar
        .events()
        .iter()
        .map(|event| {
            let (from, to) = calendar.coming(event, 2026).unwrap();
            let from = DateTime::from_timestamp_micros(from).unwrap().format("%m-%dT%H");
            let to = DateTime::from_timestamp_micros(to).unwrap().format("%m-%dT%H");
            format!("{} {from} {to} {}", event.name(), event.factor())
        })
        .collect();
    let expected = [
        "New Year 01-01T05 01-02T05 4",
        "Valentine's Day 02-13T05 02-15T05 4",
        "Easter 04-03T04 04-06T04 4",
        "Mother's Day 05-09T04 05-11T04 4",
        "Father's Day 06-20T04 06-22T04 4",
        "Summer Sale 07-14T04 07-16T04 5",
        "Back to School 08-31T04 09-07T04 4",
        "Halloween 10-30T04 11-01T04 4",
        "Singles' Day 11-11T05 11-12T05 5",
        "Thanksgiving 11-26T05 11-27T05 5",
        "Black Friday 11-27T05 11-28T05 8",
        "Cyber Monday 11-30T05 12-01T05 7",
        "Christmas 12-25T05 12-28T05 6",
    ];
    assert_eq!(comings, expected);
}

#[test]
fn the_documents_events_are_met() {
    let calendar = shop("Europe/London");
    let factor = |instant| calendar.traffic(at(instant)).0;
    assert_eq!(factor("2024-11-29T00:00:00Z"), 8_000_000);
    assert_eq!(factor("2024-11-29T23:59:59Z"), 8_000_000);
    assert_eq!(factor("2024-11-30T00:00:00Z"), 1_000_000);
    assert_eq!(factor("2024-12-27T23:59:59Z"), 6_000_000);
    assert!(calendar.events().iter().all(|event| (times(4)..=times(8)).contains(&event.factor())));
}

#[test]
fn an_event_that_crosses_the_year_does_not_stop_there() {
    let sale = Event::new("Sale", "12-30".parse().unwrap(), 96, times(3)).unwrap();
    let calendar = Calendar::new(vec![sale], Zone::UTC).unwrap();
    assert_eq!(
        calendar.traffic(at("2025-12-30T00:00:00Z")),
        (3_000_000, at("2026-01-01T00:00:00Z"))
    );
    assert_eq!(
        calendar.traffic(at("2026-01-01T00:00:00Z")),
        (3_000_000, at("2026-01-03T00:00:00Z"))
    );
    assert_eq!(
        calendar.traffic(at("2026-01-03T00:00:00Z")),
        (1_000_000, at("2026-12-30T00:00:00Z"))
    );
}

#[test]
fn categories_follow_events_and_months() {
    let calendar = shop("Europe/London");
    let toys = |instant| calendar.category("Toys & Games", at(instant));
    assert_eq!(toys("2026-02-10T00:00:00Z"), (750_000, at("2026-03-01T00:00:00Z")));
    assert_eq!(toys("2026-12-25T12:00:00Z"), (3_700_000, at("2026-12-28T00:00:00Z")));
    assert_eq!(
        calendar.category("Gadgets", at("2026-12-25T12:00:00Z")),
        (1_000_000, at("2027-01-01T00:00:00Z"))
    );
}

#[test]
fn months_leave_a_year_as_it_was() {
    let calendar = shop("Europe/London");
    for category in calendar.events().iter().flat_map(Event::categories) {
        let months = (1..=12).map(|month| {
            calendar.category(category, at(&format!("2026-{month:02}-24T12:00:00Z"))).0
        });
        assert_eq!(months.sum::<u64>(), 12_000_000, "{category}");
    }
}

#[test]
fn every_event_is_four_to_eight_times_and_lifts_categories() {
    let calendar = shop("America/New_York");
    for event in calendar.events() {
        assert!((times(4)..=times(8)).contains(&event.factor()), "{}", event.name());
        assert!(!event.categories().is_empty(), "{}", event.name());
        for year in [1970, 2024, 2400] {
            let (from, to) = calendar.coming(event, year).unwrap();
            assert_eq!(to - from, i64::from(event.duration_hours()) * HOUR);
            assert!(calendar.traffic(from).0 >= event.factor().millionths());
        }
    }
}

#[test]
fn events_are_changed_added_and_left_out_by_name() {
    let black_friday = at("2026-11-27T12:00:00Z");
    let calendar = shop("Europe/London").with_event_factor("Black Friday", times(10)).unwrap();
    assert_eq!(calendar.traffic(black_friday).0, 10_000_000);
    assert_eq!(calendar.category("Electronics", black_friday).0, 2_600_000, "its lift stays");
    assert_eq!(calendar.events().len(), 13);

    let longer = Event::new("Black Friday", "11-27".parse().unwrap(), 48, times(10)).unwrap();
    let calendar = calendar.with_event(longer);
    assert_eq!(calendar.traffic(at("2027-11-28T12:00:00Z")).0, 10_000_000);
    assert_eq!(calendar.events().len(), 13);

    let founders = Event::new("Founders' Day", "03-03".parse().unwrap(), 24, times(5)).unwrap();
    let calendar = calendar.with_event(founders).without_event("Easter").unwrap();
    assert_eq!(calendar.traffic(at("2026-03-03T12:00:00Z")).0, 5_000_000);
    assert_eq!(calendar.traffic(at("2026-04-04T12:00:00Z")).0, 1_000_000);
    assert!(Event::new("Founders' Day", "03-03".parse().unwrap(), 0, times(5)).is_err());

    let refusal = |name: &str| calendar.event(name).unwrap_err().to_string();
    assert_eq!(
        refusal("black friday"),
        "unknown event \"black friday\": did you mean \"Black Friday\"?"
    );
    assert!(
        refusal("Zzz").starts_with("unknown event \"Zzz\": there are New Year, "),
        "{}",
        refusal("Zzz")
    );
    assert_eq!(
        calendar.clone().without_event("Easter").unwrap_err(),
        calendar.event("Easter").unwrap_err()
    );
    let empty = Calendar::new(vec![], Zone::UTC)
        .unwrap()
        .with_event_factor("Easter", times(2))
        .unwrap_err();
    assert_eq!(empty.to_string(), "unknown event \"Easter\": the calendar has none");
}

#[test]
fn a_category_may_be_like_another() {
    let calendar = shop("Europe/London").with_category_like("Fashion", "Clothing");
    for day in 0..365 {
        let at = at("2026-01-01T00:00:00Z") + day * 24 * HOUR;
        assert_eq!(calendar.category("Fashion", at), calendar.category("Clothing", at));
    }
    let flat = [Factor::ONE; 12];
    let calendar = shop("Europe/London")
        .with_months("Fashion", flat)
        .with_category_like("Fashion", "Clothing");
    assert_eq!(
        calendar.category("Fashion", at("2026-11-27T12:00:00Z")).0,
        2_000_000,
        "months of its own stay"
    );
}

#[test]
fn what_makes_no_calendar_is_refused() {
    let sale = |hours| Event::new("Sale", When::easter(), hours, times(2));
    assert_eq!(
        sale(0).unwrap_err().to_string(),
        "the event \"Sale\" cannot last 0 hours (allowed: 1 to 2208)"
    );
    assert!(sale(2_209).is_err());
    let twice = Calendar::new(vec![sale(1).unwrap(), sale(2).unwrap()], Zone::UTC);
    assert_eq!(twice, Err(SeasonalError::Duplicate { name: "Sale".to_owned() }));
    let long = Event::between(
        "Sale",
        "0001-01-01".parse().unwrap(),
        "9999-12-31".parse().unwrap(),
        times(2),
    );
    assert!(matches!(long, Err(SeasonalError::Duration { .. })));
}

#[test]
fn weather_is_frozen() {
    // London in summer.
    let weather = Weather::new(CounterHash::new(1, 2));
    let skies: Vec<String> =
        (0..4).map(|week| weather.on(515_074, -1_278, 20_600 + 7 * week).to_string()).collect();
    assert_eq!(
        skies,
        [
            "22.2 °C, wetness 0.12",
            "24.9 °C, wetness 0.52",
            "26.5 °C, wetness 0.56",
            "24.4 °C, wetness 0.24"
        ]
    );
}

#[test]
fn weather_is_as_varied_as_promised() {
    let weather = Weather::new(CounterHash::new(5, 5));
    // The same day of the year, so that only the departure varies.
    let skies: Vec<_> = (0..20_000i64)
        .map(|i| weather.on(433_000, (i % 360 - 180) as i32 * 10_000, i / 360 * 731))
        .collect();
    let count = skies.len() as f64;
    let mean = skies.iter().map(|sky| f64::from(sky.wetness_millionths)).sum::<f64>() / count;
    assert!((mean - 500_000.0).abs() < 20_000.0, "{mean}");
    let mean = skies.iter().map(|sky| f64::from(sky.temperature_tenths)).sum::<f64>() / count;
    let variance =
        skies.iter().map(|sky| (f64::from(sky.temperature_tenths) - mean).powi(2)).sum::<f64>()
            / count;
    assert!((30.0..50.0).contains(&variance.sqrt()), "departures vary by {}", variance.sqrt());
    let outdoors = Response::of_shop_category("Sports & Outdoors");
    let moved = skies.iter().filter(|sky| outdoors.factor(**sky) != Factor::ONE).count();
    assert!(moved * 2 > skies.len(), "weather moves {moved} of {} days", skies.len());
}
