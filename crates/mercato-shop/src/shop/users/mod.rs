//! Users: who they are, where they live and how often they come, as functions of a number.
//!
//! Nothing is stored for any user, so a hundred million cost as much as ten.
//! Users who keep the same clock form a crowd, a substream of arrivals whose rate follows that
//! clock.

mod clocks;
mod config;
mod schedule;
mod trips;

use mercato_draw::{AliasTable, CounterHash, Label, Permutation, Probability, Seed, below};
use mercato_patterns::Zone;
use mercato_patterns::geographic::{Atlas, City, Position, Region, Scatter};
use mercato_units::enumerated;

pub(super) use config::share;
pub use config::{MarketConfig, UsersConfig};
use schedule::UserSchedule;
use trips::{Trips, Whereabouts};

use crate::{ParamsError, error, purposes};

/// Millionths in one.
pub(super) const MILLION: u64 = 1_000_000;

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
    trips: Trips,
    scatter: Scatter,
    /// Parts that are lost to travelling: a numerator and a denominator.
    lost: (u64, u64),
}

/// The users of one clock.
#[derive(Debug, Clone)]
struct Crowd {
    zone: Zone,
    schedule: UserSchedule,
    /// Number of the first among all active users.
    first: u64,
    vips: u64,
    regulars: u64,
    /// Cities of this clock, indices into all.
    cities: Box<[u16]>,
    towns: AliasTable,
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

/// Who comes with an arrival, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visitor {
    /// The number in `user_000123`.
    pub number: u32,
    /// The kind of user.
    pub kind: UserKind,
    /// Index of their current city.
    pub city: u16,
    /// True if it is their home city.
    pub at_home: bool,
    /// Position within the city.
    pub position: Position,
    /// Their number in the source of all their randomness.
    index: u64,
    /// His next visit is at least this many arrivals later.
    pub(super) min_gap: u64,
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
}

/// Ages, with hundredths of the users in each and how much more they like what the young like, in
/// hundredths.
///
/// The shares and likings are this house's choice; liking is balanced, so that all ages together
/// buy by the categories' weights.
pub(super) const AGES: [(&str, u64, i64); 6] = [
    ("18-24", 15, 30),
    ("25-34", 25, 15),
    ("35-44", 20, 0),
    ("45-54", 15, -15),
    ("55-64", 15, -20),
    ("65+", 10, -30),
];

impl Users {
    /// The users that `config` describes, in the regions of `markets`.
    pub fn new(
        seed: Seed,
        config: &UsersConfig,
        markets: &[MarketConfig],
    ) -> Result<Self, ParamsError> {
        error::within("shop.users.total", config.total, 1, UsersConfig::MAX_TOTAL)?;
        let shares = config.shares()?;
        let hash = |purpose| seed.hash(Label::new(purpose, 0));
        let active = (config.total * shares.active / MILLION).max(1);
        let (cities, weights) = weighted_cities(markets)?;
        let clocks = clocks(&cities, markets)?;
        let weight_of =
            |members: &[usize]| members.iter().map(|city| u128::from(weights[*city])).sum::<u128>();
        let whole = weights.iter().copied().map(u128::from).sum::<u128>().max(1);
        let (mut crowds, mut before) = (Vec::new(), 0u128);
        for (substream, (zone, members)) in clocks.into_iter().enumerate() {
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
            let regulars_of = |users: u64| {
                (users - vips_of(users)) * shares.regular / (MILLION - shares.vip).max(1)
            };
            let vips = vips_of(first + users) - vips_of(first);
            let regulars = regulars_of(first + users) - regulars_of(first);
            let often = regulars / 2;
            let levels = [vips, often, regulars - often, users - vips - regulars];
            let slots =
                UserSchedule::new(hash(purposes::SHOP_SEATS).child(substream as u64), levels);
            let cities = members.into_iter().map(|city| city as u16).collect();
            crowds.push(Crowd { zone, schedule: slots, first, vips, regulars, cities, towns });
        }
        let numbers =
            Permutation::coarse(hash(purposes::SHOP_USER_NUMBERS), config.total).map_err(
                |source| ParamsError::Weights { key: "shop.users.total".to_owned(), source },
            )?;
        let often = Probability::ratio(shares.trips, MILLION).map_err(|source| {
            ParamsError::Weights { key: "shop.users.trips".to_owned(), source }
        })?;
        Ok(Self {
            total: config.total,
            active,
            destinations: AliasTable::new(&weights).map_err(|source| ParamsError::Weights {
                key: "shop.regions".to_owned(),
                source,
            })?,
            cities: cities.len(),
            places: with_the_rest_of_the_world(cities),
            crowds: crowds.into(),
            numbers,
            traits: hash(purposes::SHOP_USER_TRAITS),
            trips: Trips::new(hash(purposes::SHOP_TRIPS), often),
            scatter: Scatter::new(config.scatter_metres).map_err(|source| ParamsError::Place {
                key: "shop.users.scatter_metres".to_owned(),
                source,
            })?,
            lost: Trips::lost(shares.trips),
        })
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
        self.crowds
            .iter()
            .map(|crowd| (crowd.zone, crowd.schedule.count(), crowd.schedule.least_min_gap()))
    }

    /// The zone of a substream.
    pub(super) fn zone(&self, substream: u8) -> Zone {
        self.crowds[usize::from(substream)].zone
    }

    /// The part of all arrivals that is lost because users are travelling.
    pub(super) fn lost(&self) -> (u64, u64) {
        self.lost
    }

    /// Returns the user of an arrival; `None` if the scheduled user is travelling.
    #[inline]
    pub(super) fn visitor(&self, substream: u8, arrival: u64, at: i64) -> Option<Visitor> {
        let turn = self.crowds[usize::from(substream)].schedule.at(arrival);
        self.found(substream, turn.user, turn.min_gap, at)
    }

    /// Returns a random user of a substream at an instant, all equally likely; `None` if the user
    /// is travelling.
    pub(in crate::shop) fn anybody(&self, substream: u8, at: i64, word: u64) -> Option<Visitor> {
        let substreams = usize::from(substream);
        let end = self.crowds.get(substreams + 1).map_or(self.active, |next| next.first);
        let user = below(word, end - self.crowds[substreams].first);
        self.found(substream, user, u64::MAX, at)
    }

    /// The `user`th user of a substream where he is.
    #[inline]
    fn found(&self, substream: u8, user: u64, min_gap: u64, at: i64) -> Option<Visitor> {
        let crowd = &self.crowds[usize::from(substream)];
        let index = crowd.first + user;
        let (city, stay) = match self.trips.at(index, at) {
            Whereabouts::Travelling => return None,
            Whereabouts::Home => (crowd.home(self.word(index, Trait::Home)), 0),
            Whereabouts::Away(word) => (self.destinations.pick(word) as u16, word | 1),
        };
        let word = self.traits.at(index ^ stay, Trait::Position as u64);
        Some(Visitor {
            number: self.numbers.apply(index) as u32,
            kind: crowd.kind(user),
            city,
            at_home: stay == 0,
            position: self.somewhere(city, word),
            index,
            min_gap,
        })
    }

    /// The arrival with which the user of an arrival came before, and where from: his last known
    /// place.
    pub fn before(&self, substream: u8, arrival: u64) -> Option<u64> {
        self.crowds.get(usize::from(substream))?.schedule.before(arrival)
    }

    /// Every active user: their number, kind and home city.
    pub fn all(&self) -> impl Iterator<Item = (u32, UserKind, &'static City)> {
        self.crowds.iter().enumerate().flat_map(move |(substream, crowd)| {
            let next = self.crowds.get(substream + 1).map_or(self.active, |next| next.first);
            (0..next - crowd.first).map(move |user| {
                let index = crowd.first + user;
                let home = crowd.home(self.word(index, Trait::Home));
                (self.numbers.apply(index) as u32, crowd.kind(user), self.places[usize::from(home)])
            })
        })
    }

    /// A word that belongs to a user for ever.
    #[inline]
    fn word(&self, index: u64, what: Trait) -> u64 {
        self.traits.at(index, what as u64)
    }

    /// A word that belongs to a visitor for ever.
    #[inline]
    pub(super) fn word_of(&self, visitor: &Visitor, what: Trait) -> u64 {
        self.word(visitor.index, what)
    }
}

impl Crowd {
    #[inline]
    fn home(&self, word: u64) -> u16 {
        self.cities[self.towns.pick(word)]
    }

    #[inline]
    fn kind(&self, user: u64) -> UserKind {
        match user {
            user if user < self.vips => UserKind::Vip,
            user if user < self.vips + self.regulars => UserKind::Regular,
            _ => UserKind::New,
        }
    }
}

/// Cities of markets, and after them all others.
fn with_the_rest_of_the_world(mut cities: Vec<&'static City>) -> Box<[&'static City]> {
    let own = |city: &City| cities.iter().any(|own| std::ptr::eq(*own, city));
    let others: Vec<&'static City> =
        Atlas::world().cities().iter().filter(|city| !own(city)).collect();
    cities.extend(others);
    cities.into()
}

/// The cities of all markets, each with its part of the users.
fn weighted_cities(
    markets: &[MarketConfig],
) -> Result<(Vec<&'static City>, Vec<u64>), ParamsError> {
    let regions = config::regions(markets)?;
    let atlas = Atlas::world();
    let (mut cities, mut weights) = (Vec::new(), Vec::new());
    for (region, share) in regions {
        let own = atlas.in_region(region).into_iter().map(|city| &atlas.cities()[city]);
        let inhabitants: u64 = own.clone().map(|city| u64::from(city.population_thousands())).sum();
        for city in own {
            cities.push(city);
            // Shares are millionths and cities have thousands of thousands, so nothing is rounded
            // to nothing.
            weights.push(
                share * MILLION * u64::from(city.population_thousands()) / inhabitants.max(1),
            );
        }
    }
    Ok((cities, weights))
}

/// Cities by clock: those of a region with a fixed offset keep that one.
fn clocks(
    cities: &[&'static City],
    markets: &[MarketConfig],
) -> Result<Vec<(Zone, Vec<usize>)>, ParamsError> {
    let offset_of = |region: Region| markets.iter().position(|market| market.name == region.name());
    let (mut fixed, mut free) = (Vec::new(), Vec::new());
    for (number, city) in cities.iter().enumerate() {
        let market =
            offset_of(city.region()).filter(|market| markets[*market].time_zone_offset.is_some());
        match market {
            Some(market) => fixed.push((market, number)),
            None => free.push(number),
        }
    }
    let own: Vec<&City> = free.iter().map(|city| cities[*city]).collect();
    let mut clocks: Vec<(Zone, Vec<usize>)> = clocks::by_clock(&own)
        .into_iter()
        .map(|(zone, members)| (zone, members.into_iter().map(|city| free[city]).collect()))
        .collect();
    for (number, market) in markets.iter().enumerate() {
        if let Some(zone) = market.zone(number)? {
            let members: Vec<usize> =
                fixed.iter().filter(|(own, _)| *own == number).map(|(_, city)| *city).collect();
            clocks.push((zone, members));
        }
    }
    Ok(clocks)
}
