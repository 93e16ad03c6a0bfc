//! Sessions: a user comes, looks around, and sometimes buys.
//!
//! One stream makes the records of three topics: what the user did, the transaction if he bought,
//! and the alert if the detector suspects him, who is honest.
//! So a transaction has its session's user, device, place and products, and is always behind the
//! events that led to it.
//! Fraudsters come in a stream of their own, `campaigns`, whose visits are sessions too.

mod basket;
mod config;
pub(super) mod devices;
mod payment;
mod record;
mod render;
mod tally;
mod tax;
mod walk;

use std::sync::Arc;

use mercato_draw::{AliasTable, CounterHash, Label, Words, below};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Arrival, Arrivals, Rate, Schedule, Step, Stream, StreamId, Tally, Trace, World,
};
use mercato_patterns::fraud::{DeviceTrust, Habit};
use mercato_patterns::geographic::Position;
use mercato_schema::{FraudAlert, Purchase, SessionEvent};

use super::catalogue::Catalogue;
use super::fraud::Answer;
use super::season::{Interest, Seasons, Traffic};
use super::users::{AGES, Trait, UserKind, Users, Visitor};
use super::{ShopParams, ShopRates, Topic};
use crate::purposes;
pub(super) use basket::NO_CATEGORY;
pub use config::SessionsConfig;
pub(super) use devices::choice as device_choice;
pub(super) use payment::Act;
use render::Visit;
use tally::Counting;
use walk::Outcome;
pub(super) use walk::{Kind, Walk, Walks};

/// The sessions of a shop: the topics `user-events`, `transactions` and, for false alarms,
/// `fraud-alerts`.
///
/// The key of an event is its session, that of a transaction its user and that of an alert its
/// transaction; all records of a user belong to one shard.
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
    /// Which category a user never buys.
    aversions: Option<AliasTable>,
    /// Cents in the middle of each category's range of prices.
    middles: Box<[i64]>,
    /// Tenths of a per cent for each city.
    taxes: Box<[u64]>,
    deals: CounterHash,
    steps: CounterHash,
    numbers: CounterHash,
    counting: Counting,
    wanted: Wanted,
}

/// Which topics somebody wants: what would lead to none of them is left out.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    events: bool,
    transactions: bool,
}

/// Everything random about one session, and what its user brings along: numbers and table indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// From which everything else about the session is drawn.
    pub(super) word: u64,
    pub(super) position: Position,
    /// Updates of the catalogue made until it began: what it sees is what was sold then.
    pub(super) listed: u64,
    /// As he is shown.
    pub(super) user: u32,
    /// The first product in the cart.
    pub(super) first: u32,
    /// Arrivals that may come before it must be over.
    pub(super) room: u32,
    /// Parts of 2^31 of the time on each page that are left when the session is shortened;
    /// [`HASTE`] for a fraudster's.
    pub(super) pace: u32,
    /// How it differs from those of honest people.
    pub(super) act: Act,
    pub(super) walk: Walk,
    pub(super) interest: Interest,
    /// The category that the user never buys.
    pub(super) averse: u16,
    pub(super) city: u16,
    pub(super) device: u8,
    pub(super) trust: DeviceTrust,
    pub(super) habit: Habit,
    pub(super) kind: UserKind,
    /// Which of 64 classes of usual spending the user belongs to.
    pub(super) thrift: u8,
    pub(super) at_home: bool,
    /// Nobody comes, because the user whose turn it is sits in an aeroplane.
    pub(super) empty: bool,
}

/// Fields of the hash of a session's word.
const DEVICE: u64 = 1 << 34;
const INTEREST: u64 = (1 << 34) + 1;
const SETTLING: u64 = (1 << 34) + 2;
const NOISE: u64 = (1 << 34) + 3;
const PAYMENT: u64 = (1 << 34) + 4;
const ALARM: u64 = (1 << 34) + 5;
const LATENCY: u64 = (1 << 34) + 6;
const STRANGEST: u64 = (1 << 34) + 7;
const KIND: u64 = 1 << 35;
const PAGE: u64 = 1 << 36;
const PAGE_HASTE: u64 = 1 << 37;

/// Out of a hundred sessions so many are from the user's usual device.
const USUAL_DEVICE: u64 = 85;
/// A transaction follows the click by at least this many microseconds, and by fewer than this many
/// more.
const LEAST_SETTLING: i64 = 40_000;
const SETTLING_SPREAD: u64 = 900_000;
/// A transaction follows the click by less than this.
pub(super) const LONGEST_SETTLING: i64 = LEAST_SETTLING + SETTLING_SPREAD as i64;
/// Microseconds of a millisecond, the shortest time that records tell apart.
const MILLI: i64 = 1_000;
/// A whole part of the pace: fine enough for a day of pages in a minute, and times a page it fits
/// 64 bits.
const WHOLE: u32 = 1 << 31;
/// The pace of who has no time to read: a page takes a second and less than three more, whatever is
/// on it.
pub(super) const HASTE: u32 = 0;
const LEAST_HASTE: i64 = 1_000_000;
const HASTE_SPREAD: u64 = 3_000_000;
/// Longest time from the beginning of a shortest purchase in haste to its transaction.
pub(super) const LONGEST_HASTE: i64 = 3 * (LEAST_HASTE + HASTE_SPREAD as i64) + LONGEST_SETTLING;

/// The user events' topic, that of the transactions and that of the alerts.
pub(super) const EVENTS: u16 = 0;
pub(super) const TRANSACTIONS: u16 = 1;
pub(super) const ALERTS: u16 = 2;

impl Shop {
    /// The shop of `params` in `world`, with more or fewer sessions where `schedule` says so.
    pub fn new(world: World, params: ShopParams, schedule: Schedule) -> Self {
        let hash = |purpose| world.seed.hash(Label::new(purpose, 0));
        let catalogue = Catalogue::new(world, &params.catalogue);
        let users = params.users(world.seed);
        let weather = params.weather(hash(purposes::SHOP_WEATHER));
        Self {
            seasons: Seasons::new(params.calendar(), catalogue.categories(), weather),
            favourites: AGES
                .map(|(_, _, liking)| basket::favourites(catalogue.categories(), liking)),
            ages: basket::ages(),
            category_choice: catalogue.category_choice(),
            aversions: basket::aversions(catalogue.categories()),
            middles: catalogue.categories().iter().map(basket::middle).collect(),
            taxes: users
                .places()
                .iter()
                .map(|city| params.tax.unwrap_or_else(|| tax::tenths(city.country().alpha2())))
                .collect(),
            deals: hash(purposes::SHOP_DEALS),
            steps: hash(purposes::SHOP_STEPS),
            numbers: hash(purposes::SHOP_SESSION_NUMBERS),
            counting: Counting::new(&users, catalogue.categories().len()),
            wanted: Wanted { events: true, transactions: true },
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

    /// How the shop is configured.
    pub(super) fn params(&self) -> &ShopParams {
        &self.params
    }

    /// The record of an event of the visit of this number as a value; none for another step.
    pub(super) fn event_of(
        &self,
        session: &Session,
        step: Step,
        serial: u64,
    ) -> Option<SessionEvent<'_>> {
        record::event(self, session, step, serial)
    }

    /// The record of the transaction of the visit of this number as a value; none for another step.
    pub(super) fn purchase_of(
        &self,
        session: &Session,
        step: Step,
        serial: u64,
    ) -> Option<Purchase<'_>> {
        record::purchase(self, session, step, serial)
    }

    /// The record of an event as a value: the slow path, which says what the fast one must write;
    /// none for a transaction.
    pub fn event(&self, session: &Session, step: Step) -> Option<SessionEvent<'_>> {
        record::event(self, session, step, self.serial(step.lane, step.arrival))
    }

    /// The record of a transaction as a value; none for an event.
    pub fn purchase(&self, session: &Session, step: Step) -> Option<Purchase<'_>> {
        record::purchase(self, session, step, self.serial(step.lane, step.arrival))
    }

    /// The record of an alert as a value; none for anything else.
    pub fn alert(&self, session: &Session, step: Step) -> Option<FraudAlert<'static>> {
        let (answer, alarm) = self.alarm(session, step, None, self.serial(step.lane, step.arrival));
        (step.kind == Kind::Alert as u16).then(|| answer.alert(alarm))
    }

    /// What happens at a step.
    #[inline]
    fn kind_of(&self, session: &Session, step: u16) -> Kind {
        session.walk.kind(step, self.steps.at(session.word, KIND | u64::from(step)))
    }

    /// Time on the page of a step, in microseconds.
    #[inline]
    fn page_time(&self, session: &Session, step: u16) -> i64 {
        if session.pace == HASTE {
            return LEAST_HASTE
                + below(self.steps.at(session.word, PAGE_HASTE | u64::from(step)), HASTE_SPREAD)
                    as i64;
        }
        let whole = self.params.walks.page_time(self.steps, session.word, step);
        if session.pace == WHOLE {
            return whole;
        }
        (whole as u64 * u64::from(session.pace) / u64::from(WHOLE)) as i64
    }

    /// A number that no two sessions of a run share, and none with a visit of a campaign.
    #[inline]
    fn serial(&self, lane: u8, arrival: u64) -> u64 {
        arrival * (self.params.lanes() + 1) + u64::from(lane)
    }

    /// The number of the `nth` visit of all campaigns: they are numbered as if they were one more
    /// lane of sessions.
    #[inline]
    pub(super) fn campaign_serial(&self, nth: u64) -> u64 {
        nth * (self.params.lanes() + 1) + self.params.lanes()
    }

    /// The device of a visitor: his own as a rule.
    #[inline]
    fn device(&self, visitor: &Visitor, word: u64) -> (u8, DeviceTrust) {
        if below(self.steps.at(word, DEVICE), 100) < USUAL_DEVICE {
            let own = self.users.word_of(visitor, Trait::Device);
            return (self.params.device_choice.pick(own) as u8, DeviceTrust::Usual);
        }
        let other = self.users.word_of(visitor, Trait::OtherDevice);
        (self.params.device_choice.pick(other) as u8, DeviceTrust::Other)
    }

    /// What a visitor wants who has a favourite category and an aversion.
    #[inline]
    fn interest(
        &self,
        visitor: &Visitor,
        lane: u8,
        at: i64,
        tastes: [u16; 2],
        word: u64,
    ) -> Interest {
        let place = self.users.cities()[usize::from(visitor.city)].position();
        let word = self.steps.at(word, INTEREST);
        self.seasons.interest(at, self.users.zone(lane), place, tastes, self.steps, word)
    }

    /// The session of a visitor with this walk, at his own pace and before anything is in the cart.
    #[inline]
    pub(super) fn visit(
        &self,
        visitor: &Visitor,
        arrival: Arrival,
        walk: Walk,
        word: u64,
    ) -> Session {
        let (device, trust) = self.device(visitor, word);
        // Whoever sees one page and goes has shown no interest.
        let mut interest = Interest { category: 0, month: 0, hour: 0 };
        let (mut averse, mut habit) = (basket::NO_CATEGORY, Habit::Usual);
        if walk.outcome != Outcome::Bounce {
            averse = self.aversion(visitor);
            let favourite = self.favourite(visitor, averse);
            interest = self.interest(visitor, arrival.lane, arrival.at, [favourite, averse], word);
            habit = if interest.category == favourite { Habit::Usual } else { Habit::Other };
        }
        Session {
            word,
            position: visitor.position,
            listed: self.listed(arrival.at),
            user: visitor.number,
            first: 0,
            room: u32::try_from(visitor.room).unwrap_or(u32::MAX),
            pace: WHOLE,
            act: Act::HONEST,
            walk,
            interest,
            averse,
            city: visitor.city,
            device,
            trust,
            habit,
            kind: visitor.kind,
            thrift: (self.users.word_of(visitor, Trait::Usual) >> 58) as u8,
            at_home: visitor.at_home,
            empty: false,
        }
    }

    /// Updates of the catalogue that a session sees which begins at `at`: not one that is made in
    /// the same millisecond.
    #[inline]
    pub(super) fn listed(&self, at: i64) -> u64 {
        self.catalogue.updates_until(at - MILLI)
    }

    /// The time of each event of a session, of the kind that `event` is told, and of its
    /// transaction if there is one.
    #[inline]
    pub(super) fn walk_through(
        &self,
        session: &Session,
        from: i64,
        mut event: impl FnMut(i64, Kind),
    ) -> Option<i64> {
        let (mut at, mut clicked) = (from, from);
        for step in 0..session.walk.events() {
            event(at, self.kind_of(session, step));
            clicked = at;
            at += self.page_time(session, step);
        }
        session.walk.buys().then(|| {
            let settling = below(self.steps.at(session.word, SETTLING), SETTLING_SPREAD) as i64;
            clicked + LEAST_SETTLING + settling
        })
    }

    /// The part of its time that a session keeps to be over in time.
    #[inline]
    pub(super) fn pace(&self, session: &Session) -> u32 {
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
        let params = &self.params;
        [Topic::USER_EVENTS, Topic::TRANSACTIONS, Topic::FRAUD_ALERTS]
            .map(|topic| params.topic(topic).to_owned())
            .into()
    }

    fn topic_of(&self, kind: u16) -> u16 {
        match usize::from(kind) {
            ..Kind::EVENTS => EVENTS,
            Kind::EVENTS => TRANSACTIONS,
            _ => ALERTS,
        }
    }

    fn narrow(&mut self, wanted: &[bool]) {
        let is_wanted = |topic| wanted.get(usize::from(topic)).copied().unwrap_or(true);
        self.wanted = Wanted { events: is_wanted(EVENTS), transactions: is_wanted(TRANSACTIONS) };
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
            let traffic =
                Traffic::new(&self.params.week, self.params.months, &self.params.events, zone);
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
        if !self.wanted.events
            && !(walk.buys() && (self.wanted.transactions || self.alarms(false, word)))
        {
            return Session::empty(word);
        }
        let Some(visitor) = self.users.visitor(arrival.lane, arrival.index, arrival.at) else {
            return Session::empty(word);
        };
        let mut session = self.visit(&visitor, arrival, walk, word);
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
        let paid = self.walk_through(session, arrival.at, |at, kind| trace.push(at, kind as u16));
        if let Some(paid) = paid {
            trace.push(paid, Kind::Transaction as u16);
            if self.alarms(false, session.word) {
                // No user waits for it, so it may come when he has come again.
                trace.follow(self.latency(session.word), Kind::Alert as u16);
            }
        }
    }

    fn longest_trace(&self) -> i64 {
        self.params.lookback()
    }

    fn layout(&self, topic: u16) -> Layout {
        let categories = self.catalogue.categories();
        match topic {
            EVENTS => render::event_layout(categories),
            TRANSACTIONS => render::purchase_layout(&self.params, &self.users, categories),
            _ => Answer::alert_layout(),
        }
    }

    #[inline]
    fn write<W: Writer>(&self, session: &Session, step: Step, writer: &mut W) {
        self.write_any(session, step, writer, None);
    }

    #[inline]
    fn tally(&self, session: &Session, step: Step, tally: &mut Tally) {
        self.tally_visit(session, step, tally);
    }

    #[inline]
    fn write_tallied<W: Writer>(
        &self,
        session: &Session,
        step: Step,
        writer: &mut W,
        tally: &mut Tally,
    ) {
        self.write_any(session, step, writer, Some(tally));
    }
}

impl Shop {
    /// Writes the record of a step, and adds up what it says if asked to.
    #[inline]
    fn write_any(
        &self,
        session: &Session,
        step: Step,
        writer: &mut impl Writer,
        tally: Option<&mut Tally>,
    ) {
        let serial = self.serial(step.lane, step.arrival);
        if self.topic_of(step.kind) != ALERTS {
            return self.write_visit(session, step, serial, writer, tally);
        }
        self.write_alert(session, step, None, serial, writer);
        if let Some(tally) = tally {
            self.tally_visit(session, step, tally);
        }
    }

    /// Writes an event or the transaction of a visit, which has a number of its own, and adds up
    /// what it says if asked to.
    #[inline]
    pub(super) fn write_visit(
        &self,
        session: &Session,
        step: Step,
        serial: u64,
        writer: &mut impl Writer,
        tally: Option<&mut Tally>,
    ) {
        let visit = Visit { shop: self, session, step, serial };
        if usize::from(step.kind) < Kind::EVENTS {
            let product = self.product_and_category(session, step);
            visit.write_event(product, writer);
            if let Some(tally) = tally {
                self.tally_event(session, step, product, tally);
            }
        } else {
            let basket = self.basket(session, step.at);
            visit.write_purchase(&basket, writer);
            if let Some(tally) = tally {
                self.tally_purchase(session, &basket, tally);
            }
        }
    }

    /// The 48 bits that stand in a session's identifier: another for each serial, and in no visible
    /// order.
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
    pub(super) fn empty(word: u64) -> Self {
        Self {
            word,
            position: Position::default(),
            listed: 0,
            user: 0,
            first: 0,
            room: 0,
            pace: 0,
            act: Act::HONEST,
            walk: Walk { outcome: Outcome::Bounce, lines: 0, extras: 0 },
            interest: Interest { category: 0, month: 0, hour: 0 },
            averse: basket::NO_CATEGORY,
            city: 0,
            device: 0,
            trust: DeviceTrust::Usual,
            habit: Habit::Usual,
            kind: UserKind::New,
            thrift: 0,
            at_home: true,
            empty: true,
        }
    }
}
