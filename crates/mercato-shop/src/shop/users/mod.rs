//! Users: who they are, where they live and how often they come, as functions of a number.
//!
//! Nothing is stored for any user, so a hundred million cost as much as ten.
//! Users who keep the same clock form a crowd, a substream of arrivals whose rate follows that
//! clock.

mod ages;
mod changes;
mod clocks;
mod config;
mod crowd;
mod places;
mod schedule;
mod state;
mod trips;

use mercato_draw::{AliasTable, CounterHash, Label, Permutation, Probability, below};
use mercato_encode::{Out, numbers};
use mercato_engine::World;
use mercato_patterns::geographic::{City, Position, Scatter};
use mercato_patterns::{Clock, Zone};
use mercato_units::enumerated;

pub use ages::AgeGroupConfig;
pub(super) use ages::AgeGroups;
pub(super) use changes::{Change, Changes};
use config::Shares;
pub(super) use config::share;
pub use config::{MarketConfig, UsersConfig};
use crowd::Crowd;
use schedule::Turn;
pub(super) use state::{State, Transition};
use trips::{Trips, Whereabouts};

use crate::{ParamsError, error, purposes};

/// Millionths in one.
pub(super) const MILLION: u64 = 1_000_000;

/// Digits of the shortest numbers of users.
const NUMBER_DIGITS: usize = 6;

/// All users of a shop.
#[derive(Debug, Clone)]
pub struct Users {
    total: u64,
    active: u64,
    /// The cities in which users can be, and after them the rest of the world's.
    places: Box<[&'static City]>,
    /// Number of cities that users can be in.
    cities: usize,
    /// Destinations of trips.
    destinations: AliasTable,
    crowds: Box<[Crowd]>,
    numbers: Permutation,
    traits: CounterHash,
    ages: AgeGroups,
    /// None where nobody ever changes.
    changes: Option<Changes>,
    trips: Trips,
    scatter: Scatter,
    /// Parts that are lost to travelling and moving: a numerator and a denominator.
    lost: (u64, u64),
}

enumerated! {
    /// The kind of a user.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum UserKind {
        /// Comes most often and buys most.
        Vip,
        /// Comes now and then.
        Regular,
        /// Has only begun to come.
        New,
    }
}

impl UserKind {
    /// The name in statistics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vip => "vip",
            Self::Regular => "regular",
            Self::New => "new",
        }
    }
}

/// The user of an arrival, and their location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visitor {
    /// The number in `user_000123`.
    pub number: u32,
    /// The kind of user they are by then.
    pub kind: UserKind,
    /// Index of their current city.
    pub city: u16,
    /// True if it is their home city.
    pub at_home: bool,
    /// Position within the city.
    pub position: Position,
    /// Their number in the source of all their randomness.
    index: u64,
    /// Their next visit is at least this many arrivals later.
    pub(super) min_gap: u64,
    /// True if the arrival is their first of the run.
    pub(super) is_first: bool,
}

/// A trait of a user, drawn from the hash of their number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trait {
    Home,
    Position,
    Device,
    OtherDevice,
    Age,
    Favourite,
    Usual,
    /// The category that the user never buys.
    Aversion,
    /// First and last name, and the provider of mail.
    Name,
}

impl Users {
    /// The users of `world` that `config` describes, in the regions of `markets`.
    pub fn new(
        world: World,
        config: &UsersConfig,
        markets: &[MarketConfig],
    ) -> Result<Self, ParamsError> {
        error::within("shop.users.total", config.total, 1, UsersConfig::MAX_TOTAL)?;
        let shares = config.shares()?;
        let hash = |purpose| world.seed.hash(Label::new(purpose, 0));
        let active = (config.total * shares.active / MILLION).max(1);
        let (cities, weights) = places::weighted_cities(markets)?;
        let crowds =
            crowd::crowds(active, shares, &cities, &weights, markets, hash(purposes::SHOP_SEATS))?;
        let refused =
            |key: &'static str| move |source| ParamsError::Weights { key: key.to_owned(), source };
        let numbers = Permutation::coarse(hash(purposes::SHOP_USER_NUMBERS), config.total)
            .map_err(refused("shop.users.total"))?;
        let often =
            Probability::ratio(shares.trips, MILLION).map_err(refused("shop.users.trips"))?;
        Ok(Self {
            total: config.total,
            active,
            destinations: AliasTable::new(&weights).map_err(refused("shop.regions"))?,
            cities: cities.len(),
            places: places::with_the_rest_of_the_world(cities),
            crowds,
            ages: AgeGroups::new(&config.age_groups)?,
            changes: Changes::new(
                world.origin,
                hash(purposes::USER_CHANGES),
                active,
                shares.changes,
            )
            .map_err(refused("shop.users.total"))?,
            numbers,
            traits: hash(purposes::SHOP_USER_TRAITS),
            trips: Trips::new(hash(purposes::SHOP_TRIPS), often),
            scatter: Scatter::new(config.scatter_metres).map_err(|source| ParamsError::Place {
                key: "shop.users.scatter_metres".to_owned(),
                source,
            })?,
            lost: lost(shares),
        })
    }

    /// Their age groups.
    pub(super) fn ages(&self) -> &AgeGroups {
        &self.ages
    }

    /// Lets the first so many arrivals of each substream be those of a warm-up, which nobody sees.
    pub(super) fn warm_up(&mut self, arrivals: impl IntoIterator<Item = u64>) {
        for (crowd, arrivals) in self.crowds.iter_mut().zip(arrivals) {
            crowd.schedule.warm_up(arrivals);
        }
    }

    /// All users, those who never come included.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Users who come.
    pub fn active(&self) -> u64 {
        self.active
    }

    /// All cities in which users can be.
    pub fn cities(&self) -> &[&'static City] {
        &self.places[..self.cities]
    }

    /// The same, and after them all other cities of the world.
    pub(super) fn places(&self) -> &[&'static City] {
        &self.places
    }

    /// Somewhere around the centre of a place.
    pub(super) fn somewhere(&self, place: u16, word: u64) -> Position {
        self.scatter.around(self.places[usize::from(place)].position(), word)
    }

    /// One substream for each clock: its zone, its slots in proportion to which it is visited, and
    /// fewest arrivals between two visits of a user.
    pub(super) fn substreams(&self) -> impl Iterator<Item = (Zone, u64, u64)> {
        self.crowds.iter().map(|crowd| {
            (crowd.clock.zone(), crowd.schedule.count(), crowd.schedule.least_min_gap())
        })
    }

    /// The clock of a substream.
    pub(super) fn clock(&self, substream: u8) -> &Clock {
        &self.crowds[usize::from(substream)].clock
    }

    /// The part of all arrivals that is lost because users are travelling or moving.
    pub(super) fn lost(&self) -> (u64, u64) {
        self.lost
    }

    /// Returns the user of an arrival; `None` if the scheduled user is travelling.
    #[inline]
    pub(super) fn visitor(&self, substream: u8, arrival: u64, at: i64) -> Option<Visitor> {
        let turn = self.crowds[usize::from(substream)].schedule.at(arrival);
        self.found(substream, turn, at)
    }

    /// Returns a random user of a substream at an instant, all equally likely; `None` if the user
    /// is travelling.
    pub(in crate::shop) fn anybody(&self, substream: u8, at: i64, word: u64) -> Option<Visitor> {
        let substreams = usize::from(substream);
        let end = self.crowds.get(substreams + 1).map_or(self.active, |next| next.first);
        let user = below(word, end - self.crowds[substreams].first);
        self.found(substream, Turn { user, min_gap: u64::MAX, is_first: false }, at)
    }

    /// The `user`th user of a substream where they are.
    #[inline]
    fn found(&self, substream: u8, turn: Turn, at: i64) -> Option<Visitor> {
        let crowd = &self.crowds[usize::from(substream)];
        let index = crowd.first + turn.user;
        let (kind, moves) = self.kind_and_moves(crowd, index, at)?;
        let (city, stay) = match self.trips.at(index, at) {
            Whereabouts::Travelling => return None,
            Whereabouts::Home => (crowd.home(self.traits, index, moves), 0),
            Whereabouts::Away(word) => (self.destinations.pick(word) as u16, word | 1),
        };
        let word = self.traits.at(index ^ stay, Trait::Position as u64);
        Some(Visitor {
            number: self.number(index),
            kind,
            city,
            at_home: stay == 0,
            position: self.somewhere(city, word),
            index,
            min_gap: turn.min_gap,
            is_first: turn.is_first,
        })
    }

    /// The arrival with which the user of an arrival came before, and where from: his last known
    /// place.
    pub fn before(&self, substream: u8, arrival: u64) -> Option<u64> {
        self.crowds.get(usize::from(substream))?.schedule.before(arrival)
    }

    /// Every active user as the run begins: their number, kind and home city.
    pub fn all(&self) -> impl Iterator<Item = (u32, UserKind, &'static City)> {
        self.crowds.iter().enumerate().flat_map(move |(substream, crowd)| {
            let next = self.crowds.get(substream + 1).map_or(self.active, |next| next.first);
            (0..next - crowd.first).map(move |user| {
                let index = crowd.first + user;
                let home = crowd.home(self.traits, index, 0);
                (self.number(index), crowd.kind(user), self.places[usize::from(home)])
            })
        })
    }

    /// The number that records show of a user: from 1 to the total.
    #[inline]
    fn number(&self, index: u64) -> u32 {
        self.numbers.apply(index) as u32 + 1
    }

    /// The user of whom records show this number, if they are active.
    fn index(&self, number: u32) -> u64 {
        self.numbers.invert(u64::from(number).saturating_sub(1))
    }

    /// A word that belongs to a user for ever.
    #[inline]
    fn word(&self, index: u64, what: Trait) -> u64 {
        self.traits.at(index, what as u64)
    }

    /// The age group of a visitor.
    #[inline]
    pub(super) fn age_of(&self, visitor: &Visitor) -> usize {
        self.ages.pick(self.word_of(visitor, Trait::Age))
    }

    /// A word that belongs to a visitor for ever.
    #[inline]
    pub(super) fn word_of(&self, visitor: &Visitor, what: Trait) -> u64 {
        self.word(visitor.index, what)
    }
}

/// The part of all time that users are on the way, on trips or to another home: a numerator and a
/// denominator.
fn lost(shares: Shares) -> (u64, u64) {
    let (travelling, whole) = Trips::lost(shares.trips);
    let there = (whole - travelling) * (MILLION - Changes::lost(shares.changes));
    (whole * MILLION - there, whole * MILLION)
}

/// Appends the identifier of a user: `user_` and six digits or more.
#[inline]
pub(super) fn append_user(out: &mut impl Out, user: u32) {
    out.array(b"user_");
    append_number(out, user);
}

/// Appends what follows `user_` in the identifier of a user.
#[inline]
pub(super) fn append_number(out: &mut impl Out, user: u32) {
    numbers::at_least(out, user.into(), NUMBER_DIGITS);
}
