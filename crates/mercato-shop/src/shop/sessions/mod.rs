//! Sessions: a user comes, looks around, and sometimes buys.
//!
//! One stream makes the records of two topics: what the user did, and the transaction if he bought.
//! So a transaction has its session's user, device, place and products, and is always behind the events that led to it.

mod basket;
mod config;
mod devices;
mod frame;
mod record;
mod render;
mod risk;
mod tax;
mod walk;

use std::sync::Arc;

use mercato_draw::{AliasTable, CounterHash, Label, Words, below};
use mercato_engine::{Arrival, Arrivals, Format, Rate, Record, Schedule, Step, Stream, StreamId, Trace, World};
use mercato_patterns::geographic::Position;
use mercato_schema::{Purchase, SessionEvent};

use super::catalogue::Catalogue;
use super::season::{Interest, Seasons, Traffic};
use super::users::{AGES, Trait, UserKind, Users, Visitor};
use super::{ShopParams, ShopRates};
use crate::purposes;
pub use config::SessionsConfig;
pub(super) use devices::choice as device_choice;
use frame::{Csv, Json};
use render::Renderer;
pub(super) use walk::Walks;
use walk::{Kind, Outcome, Walk};

/// The sessions of a shop: the topics `user-events` and `transactions`.
///
/// The key of an event is its session, that of a transaction its user; all records of a user belong to one shard.
#[derive(Debug, Clone)]
pub struct Shop {
    params: ShopParams,
    schedule: Schedule,
    users: Users,
    catalogue: Catalogue,
    seasons: Seasons,
    /// Favourite categories of each age.
    favourites: [AliasTable; AGES.len()],
    ages: AliasTable,
    category_choice: AliasTable,
    /// Cents in the middle of each category's range of prices.
    middles: Box<[i64]>,
    /// Tenths of a per cent for each city.
    taxes: Box<[u64]>,
    deals: CounterHash,
    steps: CounterHash,
    numbers: CounterHash,
    /// Sessions that buy nothing are left out where only transactions are wanted.
    events_wanted: bool,
    json: Renderer<Json>,
    csv: Renderer<Csv>,
}

/// Everything random about one session, and what its user brings along: numbers and table indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// From which everything else about the session is drawn.
    word: u64,
    position: Position,
    /// Updates of the catalogue made until it began: what it sees is what was sold then.
    listed: u64,
    /// As he is shown.
    user: u32,
    /// The first product in the cart.
    first: u32,
    /// Arrivals that may come before it must be over.
    room: u32,
    /// Parts of 2^31 of the time on each page that are left when the session is shortened.
    pace: u32,
    walk: Walk,
    interest: Interest,
    city: u16,
    device: u8,
    kind: UserKind,
    /// Which of 64 classes of usual spending the user belongs to.
    thrift: u8,
    at_home: bool,
    main_device: bool,
    /// Nobody comes, because the user whose turn it is sits in an aeroplane.
    empty: bool,
}

/// Fields of the hash of a session's word.
const DEVICE: u64 = 1 << 34;
const INTEREST: u64 = (1 << 34) + 1;
const SETTLING: u64 = (1 << 34) + 2;
const NOISE: u64 = (1 << 34) + 3;
const PAYMENT: u64 = (1 << 34) + 4;
const KIND: u64 = 1 << 35;
const PAGE: u64 = 1 << 36;

/// Out of a hundred sessions so many are from the user's usual device.
const USUAL_DEVICE: u64 = 85;
/// A transaction follows the click by at least this many microseconds, and by fewer than this many more.
const LEAST_SETTLING: i64 = 40_000;
const SETTLING_SPREAD: u64 = 900_000;
/// A transaction follows the click by less than this.
pub(super) const LONGEST_SETTLING: i64 = LEAST_SETTLING + SETTLING_SPREAD as i64;
/// Microseconds of a millisecond, the shortest time that records tell apart.
const MILLI: i64 = 1_000;
/// A whole part of the pace: fine enough for a day of pages in a minute, and times a page it fits 64 bits.
const WHOLE: u32 = 1 << 31;

/// The user events' topic, and that of the transactions.
const EVENTS: u16 = 0;
const TRANSACTIONS: u16 = 1;

impl Shop {
    /// The shop of `params` in `world`, with more or fewer sessions where `schedule` says so.
    pub fn new(world: World, params: ShopParams, schedule: Schedule) -> Self {
        let hash = |purpose| world.seed.hash(Label::new(purpose, 0));
        let catalogue = Catalogue::new(world, &params.catalogue);
        let users = params.users(world.seed);
        let weather = params.weather(hash(purposes::SHOP_WEATHER));
        Self {
            seasons: Seasons::new(params.calendar(), catalogue.categories(), weather),
            favourites: AGES.map(|(_, _, liking)| basket::favourites(catalogue.categories(), liking)),
            ages: basket::ages(),
            category_choice: catalogue.category_choice(),
            middles: catalogue.categories().iter().map(basket::middle).collect(),
            taxes: users
                .cities()
                .iter()
                .map(|city| params.tax.unwrap_or_else(|| tax::tenths(city.country().alpha2())))
                .collect(),
            deals: hash(purposes::SHOP_DEALS),
            steps: hash(purposes::SHOP_STEPS),
            numbers: hash(purposes::SHOP_SESSION_NUMBERS),
            events_wanted: true,
            json: Renderer::new(&params, &users, catalogue.categories()),
            csv: Renderer::new(&params, &users, catalogue.categories()),
            users,
            catalogue,
            params,
            schedule,
        }
    }

    /// Who comes to the shop.
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// What the shop sells.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// How much happens.
    pub fn rates(&self) -> ShopRates {
        self.params.rates
    }

    /// The record of an event as a value: the slow path, which says what the fast one must write; none for a transaction.
    pub fn event(&self, session: &Session, step: Step) -> Option<SessionEvent<'_>> {
        record::event(self, session, step)
    }

    /// The record of a transaction as a value; none for an event.
    pub fn purchase(&self, session: &Session, step: Step) -> Option<Purchase<'_>> {
        record::purchase(self, session, step)
    }

    /// What happens at a step.
    #[inline]
    fn kind_of(&self, session: &Session, step: u16) -> Kind {
        session.walk.kind(step, self.steps.at(session.word, KIND | u64::from(step)))
    }

    /// Time on the page of a step, in microseconds.
    #[inline]
    fn page_time(&self, session: &Session, step: u16) -> i64 {
        let whole = self.params.walks.page_time(self.steps, session.word, step);
        if session.pace == WHOLE {
            return whole;
        }
        (whole as u64 * u64::from(session.pace) / u64::from(WHOLE)) as i64
    }

    /// A number that no two sessions of a run share.
    #[inline]
    fn serial(&self, lane: u8, arrival: u64) -> u64 {
        arrival * self.params.lanes() + u64::from(lane)
    }

    /// The device of a visitor: his own as a rule.
    #[inline]
    fn device(&self, visitor: &Visitor, word: u64) -> (u8, bool) {
        let usual = below(self.steps.at(word, DEVICE), 100) < USUAL_DEVICE;
        let word = if usual {
            self.users.word_of(visitor, Trait::Device)
        } else {
            self.users.word_of(visitor, Trait::OtherDevice)
        };
        (self.params.device_choice.pick(word) as u8, usual)
    }

    #[inline]
    fn interest(&self, visitor: &Visitor, lane: u8, at: i64, word: u64) -> Interest {
        let age = self.ages.pick(self.users.word_of(visitor, Trait::Age));
        let favourite = self.favourites[age].pick(self.users.word_of(visitor, Trait::Favourite)) as u16;
        let place = self.users.cities()[usize::from(visitor.city)].position();
        let word = self.steps.at(word, INTEREST);
        self.seasons.interest(at, self.users.zone(lane), place, favourite, self.steps, word)
    }

    /// The part of its time that a session keeps to be over in time.
    #[inline]
    fn pace(&self, session: &Session) -> u32 {
        let longest = self.params.walks.longest();
        let total: i64 = (0..session.walk.events()).map(|step| self.page_time(session, step)).sum();
        if total <= longest {
            return WHOLE;
        }
        (u128::from(longest as u64) * u128::from(WHOLE) / u128::from(total as u64)) as u32
    }
}

impl Stream for Shop {
    type Entity = Session;

    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "shop", purpose: purposes::SHOP, rank: 1 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.params.events_topic.clone(), self.params.transactions_topic.clone()]
    }

    fn topic_of(&self, kind: u16) -> u16 {
        if usize::from(kind) < Kind::EVENTS { EVENTS } else { TRANSACTIONS }
    }

    fn narrow(&mut self, wanted: &[bool]) {
        self.events_wanted = wanted.get(usize::from(EVENTS)).copied().unwrap_or(true);
    }

    fn kinds(&self) -> Vec<String> {
        Kind::ALL.map(|kind| kind.name().to_owned()).into()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        let law = |(zone, millionths, spread)| {
            // The parameters have been checked for every lane.
            if let Some(even) = self.params.even_rate(millionths) {
                let rate = Rate::new(even, self.schedule.clone()).ok()?;
                return Some(Arrivals::Rate(rate.spread_by(spread)));
            }
            let traffic = Traffic::new(&self.params.week, self.params.months, &self.params.events, zone);
            let rate = Rate::new(millionths, self.schedule.clone()).ok()?;
            Some(Arrivals::Rate(rate.with_curve(Arc::new(traffic)).spread_by(spread)))
        };
        self.params.lane_rates(&self.users).into_iter().filter_map(law).collect()
    }

    fn words(&self) -> usize {
        1
    }

    #[inline]
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Session {
        let word = words.take();
        let deal = self.deals.child(arrival.lane.into());
        let walk = self.params.walks.walk(deal, arrival.index, self.steps, word);
        if !self.events_wanted && !walk.buys() {
            return Session::empty(word);
        }
        let Some(visitor) = self.users.visitor(arrival.lane, arrival.index, arrival.at) else {
            return Session::empty(word);
        };
        let (device, main_device) = self.device(&visitor, word);
        let interest = match walk.outcome {
            // Whoever sees one page and goes has shown no interest.
            Outcome::Bounce => Interest { category: 0, month: 0, hour: 0 },
            _ => self.interest(&visitor, arrival.lane, arrival.at, word),
        };
        let mut session = Session {
            word,
            position: visitor.position,
            // What is launched in the same millisecond is not seen yet.
            listed: self.catalogue.updates_until(arrival.at - MILLI),
            user: visitor.number,
            first: 0,
            room: u32::try_from(visitor.room).unwrap_or(u32::MAX),
            pace: WHOLE,
            walk,
            interest,
            city: visitor.city,
            device,
            kind: visitor.kind,
            thrift: (self.users.word_of(&visitor, Trait::Usual) >> 58) as u8,
            at_home: visitor.at_home,
            main_device,
            empty: false,
        };
        session.pace = self.pace(&session);
        if session.walk.lines > 0 {
            session.first = self.first_product(&session);
        }
        session
    }

    #[inline]
    fn owner(&self, session: &Session, _: Arrival, key: &mut Vec<u8>) {
        render::append_user(key, session.user);
    }

    #[inline]
    fn trace(&self, session: &Session, arrival: Arrival, trace: &mut Trace) {
        if session.empty {
            return;
        }
        trace.end_before(session.room.into());
        let mut at = arrival.at;
        let mut clicked = at;
        for step in 0..session.walk.events() {
            trace.push(at, self.kind_of(session, step) as u16);
            clicked = at;
            at += self.page_time(session, step);
        }
        if session.walk.buys() {
            let settling = below(self.steps.at(session.word, SETTLING), SETTLING_SPREAD) as i64;
            trace.push(clicked + LEAST_SETTLING + settling, Kind::Transaction as u16);
        }
    }

    fn longest_trace(&self) -> i64 {
        self.params.lookback()
    }

    #[inline]
    fn render(&self, session: &Session, step: Step, record: &mut Record<'_>) {
        let serial = self.serial(step.lane, step.arrival);
        match (self.topic_of(step.kind), record.format()) {
            (EVENTS, Format::Json) => {
                render::append_session(record.key(), self.session_code(serial));
                self.json.append_event(self, session, step, serial, record.value());
            }
            (EVENTS, Format::Csv) => {
                render::append_session(record.key(), self.session_code(serial));
                self.csv.append_event(self, session, step, serial, record.value());
            }
            (_, Format::Json) => {
                render::append_user(record.key(), session.user);
                self.json.append_purchase(self, session, step, serial, record.value());
            }
            (_, Format::Csv) => {
                render::append_user(record.key(), session.user);
                self.csv.append_purchase(self, session, step, serial, record.value());
            }
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns_of(EVENTS)
    }

    fn columns_of(&self, topic: u16) -> Vec<String> {
        match topic {
            EVENTS => SessionEvent::COLUMNS.map(str::to_owned).into(),
            _ => Purchase::COLUMNS.map(str::to_owned).into(),
        }
    }
}

impl Shop {
    /// The 48 bits that stand in a session's identifier: another for each serial, and in no visible order.
    #[inline]
    fn session_code(&self, serial: u64) -> u64 {
        const MASK: u64 = (1 << 48) - 1;
        let [factor, term] = [self.numbers.at(0, 0) | 1, self.numbers.at(0, 1)];
        let code = serial.wrapping_mul(factor).wrapping_add(term) & MASK;
        // Of half the bits or more, so doing it twice undoes it: no two serials meet.
        let code = (code ^ code >> 24).wrapping_mul(0x9e37_79b9_7f4a_7c15) & MASK;
        code ^ code >> 25
    }
}

impl Session {
    /// An arrival with which nobody comes.
    fn empty(word: u64) -> Self {
        Self {
            word,
            position: Position::default(),
            listed: 0,
            user: 0,
            first: 0,
            room: 0,
            pace: 0,
            walk: Walk { outcome: Outcome::Bounce, lines: 0, extras: 0 },
            interest: Interest { category: 0, month: 0, hour: 0 },
            city: 0,
            device: 0,
            kind: UserKind::New,
            thrift: 0,
            at_home: true,
            main_device: true,
            empty: true,
        }
    }
}
