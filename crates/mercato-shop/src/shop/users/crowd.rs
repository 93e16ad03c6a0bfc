//! Crowds: users who keep the same clock, and live where it is kept.

use mercato_draw::{AliasTable, CounterHash};
use mercato_patterns::Clock;
use mercato_patterns::geographic::City;

use super::config::Shares;
use super::schedule::UserSchedule;
use super::{MILLION, MarketConfig, Trait, UserKind, places};
use crate::ParamsError;

/// The users of one clock.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    pub(super) clock: Clock,
    pub(super) schedule: UserSchedule,
    /// Number of the first among all active users.
    pub(super) first: u64,
    pub(super) vips: u64,
    pub(super) regulars: u64,
    /// Cities of this clock, indices into all.
    pub(super) cities: Box<[u16]>,
    pub(super) towns: AliasTable,
}

/// Number of attempts to find a home that is another.
const TRIES: u64 = 8;
/// Field of a user's traits for homes after the first.
const LATER_HOMES: u64 = 1 << 32;

impl Crowd {
    /// Returns true if there is no other city to move to.
    #[inline]
    pub(super) fn is_of_one_city(&self) -> bool {
        self.cities.len() < 2
    }

    /// A user's home city after so many moves: always another than the one before.
    #[inline]
    pub(super) fn home(&self, traits: CounterHash, index: u64, moves: u64) -> u16 {
        let town = match moves {
            0 => self.towns.pick(traits.at(index, Trait::Home as u64)),
            moves => self.later_home(traits, index, moves),
        };
        self.cities[town]
    }

    /// Homes of even numbers are drawn as the first one is, those between so that they are neither
    /// the one before nor the one after: so each is found without the others.
    #[cold]
    fn later_home(&self, traits: CounterHash, index: u64, moves: u64) -> usize {
        let drawn = |moves: u64, attempt: u64| {
            self.towns.pick(traits.at(index, LATER_HOMES + moves * TRIES + attempt))
        };
        let even = |moves: u64| match moves {
            // Where there are two cities, everybody comes back.
            moves if moves == 0 || self.cities.len() == 2 => {
                self.towns.pick(traits.at(index, Trait::Home as u64))
            }
            moves => drawn(moves, 0),
        };
        if moves.is_multiple_of(2) {
            return even(moves);
        }
        let [before, after] = [even(moves - 1), even(moves + 1)];
        let is_other = |town: &usize| *town != before && *town != after;
        let count = self.cities.len();
        (0..TRIES)
            .map(|attempt| drawn(moves, attempt))
            .chain((1..count).map(|further| (before + further) % count))
            .find(is_other)
            .unwrap_or(before)
    }

    /// The kind that a user of the crowd has at first.
    #[inline]
    pub(super) fn kind(&self, user: u64) -> UserKind {
        match user {
            user if user < self.vips => UserKind::Vip,
            user if user < self.vips + self.regulars => UserKind::Regular,
            _ => UserKind::New,
        }
    }
}

/// The crowds of `active` users in `cities`, which have such weights: one for each clock that
/// anybody keeps.
pub(super) fn crowds(
    active: u64,
    shares: Shares,
    cities: &[&'static City],
    weights: &[u64],
    markets: &[MarketConfig],
    seats: CounterHash,
) -> Result<Box<[Crowd]>, ParamsError> {
    let weight_of =
        |members: &[usize]| members.iter().map(|city| u128::from(weights[*city])).sum::<u128>();
    let whole = weights.iter().copied().map(u128::from).sum::<u128>().max(1);
    let (mut crowds, mut before) = (Vec::new(), 0u128);
    for (substream, (zone, members)) in places::clocks(cities, markets)?.into_iter().enumerate() {
        let first = (u128::from(active) * before / whole) as u64;
        before += weight_of(&members);
        let users = (u128::from(active) * before / whole) as u64 - first;
        let towns: Vec<u64> = members.iter().map(|city| weights[*city]).collect();
        let (Some(_), Ok(towns)) = (users.checked_sub(1), AliasTable::new(&towns)) else {
            continue;
        };
        // Counted over all users before, so that rounding never adds up; regulars among those
        // that are no VIPs, so that together they are never more than there are.
        let vips_of = |users: u64| users * shares.vip / MILLION;
        let regulars_of =
            |users: u64| (users - vips_of(users)) * shares.regular / (MILLION - shares.vip).max(1);
        let vips = vips_of(first + users) - vips_of(first);
        let regulars = regulars_of(first + users) - regulars_of(first);
        let often = regulars / 2;
        let levels = [vips, often, regulars - often, users - vips - regulars];
        let schedule = UserSchedule::new(seats.child(substream as u64), levels);
        let cities = members.into_iter().map(|city| city as u16).collect();
        crowds.push(Crowd {
            clock: Clock::new(zone),
            schedule,
            first,
            vips,
            regulars,
            cities,
            towns,
        });
    }
    Ok(crowds.into())
}

#[cfg(test)]
mod tests {
    use mercato_patterns::Zone;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_new_home_is_another(key: u64, weights in prop::collection::vec(1u64..100, 2..9), moves in 0u64..50) {
            let crowd = Crowd {
                clock: Clock::new(Zone::UTC),
                schedule: UserSchedule::new(CounterHash::new(key, 1), [1, 0, 0, 0]),
                first: 0,
                vips: 1,
                regulars: 0,
                cities: (0..weights.len() as u16).map(|city| city * 3).collect(),
                towns: AliasTable::new(&weights).unwrap(),
            };
            let home = |moves| crowd.home(CounterHash::new(key, 2), 77, moves);
            prop_assert_ne!(home(moves), home(moves + 1));
            prop_assert!(crowd.cities.contains(&home(moves)));
        }
    }
}
