//! Laws of activity by the clock: pieces tile event time, and daylight saving moves them as it
//! moves clocks.
#![cfg(feature = "temporal")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::{TZ_VARIANTS, Tz};
use mercato_patterns::temporal::{Week, WeeklyCurve};
use mercato_patterns::{Factor, Zone};
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// From 1840, before any standard time, to 2110, after the last transition of the database.
const INSTANTS: std::ops::Range<i64> = -4_102_444_800 * SECOND..4_417_977_600 * SECOND;

/// A week in which every hour has a factor of its own.
fn distinct_week() -> Week {
    let hours: Vec<Factor> =
        (0..24).map(|hour| Factor::from_millionths(1_000_000 + hour)).collect();
    let weekdays: Vec<Factor> =
        (0..7).map(|day| Factor::from_millionths((day + 1) * 1_000_000)).collect();
    Week::new(&hours, &weekdays).unwrap()
}

fn curve(zone: &str) -> WeeklyCurve {
    WeeklyCurve::new(distinct_week(), Zone::iana(zone).unwrap())
}

/// The pieces from one instant to another, as (start, factor, end).
fn pieces(curve: &WeeklyCurve, from: i64, to: i64) -> Vec<(i64, u64, i64)> {
    let mut pieces = Vec::new();
    let mut at = from;
    while at < to {
        let (factor, until) = curve.piece(at);
        assert!(until > at, "a piece of no length at {at}");
        pieces.push((at, factor, until));
        at = until;
    }
    pieces
}

/// What the factor must be, by chrono's own way from an instant to a local time.
fn expected_factor(zone: Tz, at: i64) -> u64 {
    let local = zone.timestamp_micros(at).unwrap();
    distinct_week()
        .factor(local.weekday().num_days_from_monday() as u8, local.hour() as u8)
        .millionths()
}

fn any_zone() -> impl Strategy<Value = Tz> {
    (0..TZ_VARIANTS.len()).prop_map(|index| TZ_VARIANTS[index])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_piece_is_the_same_from_anywhere_inside(zone in any_zone(), at in INSTANTS, share in 0u64..1_000_000) {
        let curve = curve(zone.name());
        let (factor, until) = curve.piece(at);
        prop_assert!(until > at && until - at <= HOUR);
        let inside = at + ((until - 1 - at) as u64 * share / 999_999) as i64;
        prop_assert_eq!(curve.piece(inside), (factor, until));
        prop_assert_eq!(curve.piece(until - 1), (factor, until));
    }

    #[test]
    fn every_instant_has_the_factor_of_its_local_hour(zone in any_zone(), at in INSTANTS) {
        let curve = curve(zone.name());
        prop_assert_eq!(curve.piece(at).0, expected_factor(zone, at));
    }

    #[test]
    fn fixed_offsets_have_whole_hours(minutes in -1080i32..=1080, at in INSTANTS) {
        let curve = WeeklyCurve::new(distinct_week(), Zone::fixed_minutes(minutes).unwrap());
        let until = curve.piece(at).1;
        prop_assert_eq!((until + i64::from(minutes) * 60 * SECOND).rem_euclid(HOUR), 0);
        prop_assert_eq!(curve.piece(until).1, until + HOUR);
    }

    #[test]
    fn no_instant_is_too_far(zone in any_zone(), at in any::<i64>()) {
        let (_, until) = curve(zone.name()).piece(at);
        prop_assert!(until > at || until == i64::MAX);
    }
}

proptest! {
    // Each case walks a year.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn around_every_change_of_offset_factors_are_local(zone in any_zone(), year in 1975i32..2036) {
        let curve = curve(zone.name());
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc();
        let zone_of = |at: i64| zone.timestamp_micros(at).unwrap().naive_local().and_utc().timestamp_micros() - at;
        for (from, factor, until) in pieces(&curve, start.timestamp_micros(), start.timestamp_micros() + 366 * 24 * HOUR) {
            prop_assert_eq!(zone_of(from), zone_of(until - 1), "an offset changes inside a piece");
            prop_assert_eq!(factor, expected_factor(zone, from));
            prop_assert_eq!(factor, expected_factor(zone, until - 1));
        }
    }
}

/// The local hours of a date with their length in minutes, in order of time.
fn day(zone: Tz, date: &str) -> Vec<(u64, i64)> {
    let midnight = |date: NaiveDate| {
        let midnight = date.and_hms_opt(0, 0, 0).unwrap();
        let first = zone.from_local_datetime(&midnight).earliest();
        // Chile turns its clocks at midnight: the day of spring begins at one.
        first
            .unwrap_or_else(|| zone.from_local_datetime(&(midnight + TimeDelta::hours(1))).unwrap())
            .timestamp_micros()
    };
    let date: NaiveDate = date.parse().unwrap();
    let weekday = date.weekday().num_days_from_monday() as u8;
    let hour_of = |factor: u64| {
        (0..24)
            .find(|hour| distinct_week().factor(weekday, *hour).millionths() == factor)
            .map(u64::from)
            .unwrap()
    };
    pieces(&curve(zone.name()), midnight(date), midnight(date.succ_opt().unwrap()))
        .into_iter()
        .map(|(from, factor, until)| (hour_of(factor), (until - from) / 60 / SECOND))
        .collect()
}

fn whole(hours: impl IntoIterator<Item = u64>) -> Vec<(u64, i64)> {
    hours.into_iter().map(|hour| (hour, 60)).collect()
}

#[test]
fn a_skipped_hour_does_not_come() {
    // Northern spring, and southern spring in October and September.
    for (zone, date, skipped) in [
        (Tz::Europe__London, "2026-03-29", 1),
        (Tz::America__New_York, "2026-03-08", 2),
        (Tz::Australia__Sydney, "2026-10-04", 2),
        (Tz::America__Santiago, "2026-09-06", 0),
    ] {
        assert_eq!(day(zone, date).len(), 23, "{zone}");
        assert_eq!(day(zone, date), whole((0..24).filter(|hour| *hour != skipped)), "{zone}");
    }
}

#[test]
fn a_repeated_hour_comes_twice() {
    for (zone, date, repeated) in [
        (Tz::Europe__London, "2026-10-25", 1),
        (Tz::America__New_York, "2026-11-01", 1),
        (Tz::Australia__Sydney, "2026-04-05", 2),
        (Tz::Pacific__Auckland, "2026-04-05", 2),
    ] {
        assert_eq!(day(zone, date).len(), 25, "{zone}");
        assert_eq!(day(zone, date), whole((0..=repeated).chain(repeated..24)), "{zone}");
    }
}

#[test]
fn half_an_hour_of_daylight_saving_halves_an_hour() {
    // Lord Howe Island turns by thirty minutes: 2:00 to 2:30 in spring, 2:00 back to 1:30 in
    // autumn.
    let spring: Vec<(u64, i64)> =
        (0..24).map(|hour| (hour, if hour == 2 { 30 } else { 60 })).collect();
    assert_eq!(day(Tz::Australia__Lord_Howe, "2026-10-04"), spring);
    let mut autumn = whole(0..24);
    autumn.insert(2, (1, 30));
    assert_eq!(day(Tz::Australia__Lord_Howe, "2026-04-05"), autumn);
}

#[test]
fn plain_days_have_their_hours_in_every_zone() {
    for zone in [
        Tz::Asia__Kolkata,
        Tz::Asia__Kathmandu,
        Tz::America__St_Johns,
        Tz::Australia__Eucla,
        Tz::UTC,
    ] {
        assert_eq!(day(zone, "2026-07-15"), whole(0..24), "{zone}");
    }
}

#[test]
fn quarter_hour_zones_step_at_their_own_full_hours() {
    let noon: NaiveDateTime = "2026-07-15T12:00:00".parse().unwrap();
    let at = Tz::Asia__Kathmandu.from_local_datetime(&noon).unwrap().timestamp_micros();
    let before = curve("Asia/Kathmandu").piece(at - 1);
    assert_eq!(before.1, at);
    assert_eq!(DateTime::from_timestamp_micros(at).unwrap().minute(), 15);
}

#[test]
fn a_week_of_summer_time_has_the_plain_mean() {
    let curve = WeeklyCurve::new(Week::business_hours(), Zone::iana("Europe/Berlin").unwrap());
    let monday =
        "2026-07-06T00:00:00Z".parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros();
    let pieces = pieces(&curve, monday, monday + 168 * HOUR);
    let sum: u64 = pieces.iter().map(|(_, factor, _)| factor).sum();
    assert_eq!((pieces.len(), sum), (168, curve.week().sum_millionths()));
}
