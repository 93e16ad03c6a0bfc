//! Trips: a separate calendar for every user, never stored.
//!
//! A user's time is divided into periods of four weeks that start at an hour of their own.
//! In some of them they travel: a day of travelling, some days away, a day of travelling back.
//! On a day of travelling they are not drawn, and no two places on earth are further apart than a
//! day's flight, so their next visit is always from a reachable place.

use mercato_draw::{CounterHash, Probability, below};

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Time from one possible trip to the next.
const PERIOD: i64 = 28 * DAY;
/// Duration of the journey each way.
const TRAVEL: i64 = DAY;
/// Shortest stay.
const LEAST_DAYS: u64 = 2;
/// Maximum number of additional days, all equally likely.
const MORE_DAYS: u64 = 12;

/// The trips of users.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trips {
    hash: CounterHash,
    often: Probability,
}

/// The location of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whereabouts {
    /// In their home city.
    Home,
    /// In a city that this word chooses, for a stay that this word names.
    Away(u64),
    /// On the way.
    Travelling,
}

impl Trips {
    /// The calendar in which a user travels in `often` of all periods.
    pub(super) fn new(hash: CounterHash, often: Probability) -> Self {
        Self { hash, often }
    }

    /// The part of all time that users who travel in `millionths` of all periods are on the way: a
    /// numerator and denominator.
    pub(super) fn lost(millionths: u64) -> (u64, u64) {
        (2 * (TRAVEL / HOUR) as u64 * millionths, (PERIOD / HOUR) as u64 * 1_000_000)
    }

    /// Returns the location of a user at an instant.
    #[inline]
    pub(super) fn at(&self, user: u64, at: i64) -> Whereabouts {
        let own = self.hash.child(user);
        let since = at.wrapping_add(below(own.at(0, 0), PERIOD as u64) as i64);
        let (period, within) = (since.div_euclid(PERIOD) as u64, since.rem_euclid(PERIOD));
        if !self.often.hits(own.at(period, 1)) {
            return Whereabouts::Home;
        }
        let stay = (LEAST_DAYS + below(own.at(period, 2), MORE_DAYS + 1)) as i64 * DAY;
        let leaves = below(own.at(period, 3), (PERIOD - stay - 2 * TRAVEL) as u64) as i64;
        match within - leaves {
            away if away < 0 || away >= stay + 2 * TRAVEL => Whereabouts::Home,
            away if (TRAVEL..TRAVEL + stay).contains(&away) => Whereabouts::Away(own.at(period, 4)),
            _ => Whereabouts::Travelling,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lies_between_two_places() {
        let trips = Trips::new(CounterHash::new(3, 3), Probability::ratio(1, 2).unwrap());
        for user in 0..40 {
            let mut last = (trips.at(user, 0), 0);
            let mut places = 0;
            for hour in 0..24 * 28 * 12 {
                let (at, now) = (hour * HOUR, trips.at(user, hour * HOUR));
                if now == Whereabouts::Travelling {
                    continue;
                }
                if now != last.0 && last.0 != Whereabouts::Travelling {
                    assert!(
                        at - last.1 >= TRAVEL,
                        "user {user} went from {:?} to {now:?} in {}",
                        last.0,
                        at - last.1
                    );
                    places += 1;
                }
                last = (now, at);
            }
            assert!(places > 2, "user {user} never left");
        }
    }

    #[test]
    fn the_time_lost_is_what_is_stated() {
        let share = 300_000;
        let trips =
            Trips::new(CounterHash::new(5, 3), Probability::ratio(share, 1_000_000).unwrap());
        let (hours, users) = (24 * 28 * 4, 500);
        let instants = (0..users).flat_map(|user| (0..hours).map(move |hour| (user, hour * HOUR)));
        let lost =
            instants.filter(|(user, at)| trips.at(*user, *at) == Whereabouts::Travelling).count();
        let (numerator, denominator) = Trips::lost(share);
        let expected = (users * hours as u64 * numerator) as f64 / denominator as f64;
        assert!((lost as f64 / expected - 1.0).abs() < 0.06, "{lost} of {expected}");
    }
}
