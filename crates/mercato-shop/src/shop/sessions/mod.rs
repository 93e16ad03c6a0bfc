//! Sessions: a user comes, looks around, and sometimes buys.
//!
//! One stream makes the records of four topics: what the user did, the transaction if they bought,
//! the alert if the detector suspects an honest user, and at their first visit who they are.
//! So a transaction has its session's user, device, place and products, and always comes after the
//! events that led to it.
//! Fraudsters come in a stream of their own, `campaigns`, whose visits are sessions too.
//!
//! | module | what is in it |
//! |---|---|
//! | `session` | a session, and how it follows from its visitor |
//! | `plan` | which steps a session has |
//! | `timing` | when they are made |
//! | `basket`, `payment`, `tax` | what is bought, and what it comes to |
//! | `numbers`, `fields` | numbers of sessions, and the words that they are drawn from |
//! | `render`, `record` | records as bytes, and as values |
//! | `accumulator` | what records add to the analytics |

mod accumulator;
mod basket;
mod config;
pub(super) mod devices;
mod fields;
mod numbers;
mod payment;
mod plan;
mod record;
mod render;
mod session;
mod tax;
mod timing;
mod warm_up;

use std::sync::Arc;

use mercato_draw::{AliasTable, CounterHash, Label, Words};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Accumulator, Arrival, Arrivals, Rate, Schedule, Step, Stream, StreamId, Trace, World,
};
use mercato_schema::{FraudAlert, Purchase, SessionEvent, UserUpdate};

use super::catalogue::Catalogue;
use super::fraud::Answer;
use super::season::Seasons;
use super::user_updates::{self, Update};
use super::users::{Users, append_user};
use super::{ShopParams, ShopRates, Topic};
use crate::purposes;
use accumulator::Counting;
pub(super) use basket::NO_CATEGORY;
pub use config::SessionsConfig;
pub(super) use devices::choice as device_choice;
pub(super) use payment::FraudTraits;
pub(super) use plan::{Kind, SessionModel, SessionPlan};
use render::Visit;
pub use session::Session;
pub(super) use timing::{LONGEST_RUSHED, LONGEST_SETTLING, RUSHED};

/// The sessions of a shop: the topics `user-events`, `transactions`, for false alarms
/// `fraud-alerts`, and for users who have not come before `users`.
///
/// The key of an event is its session, that of a transaction or profile its user and that of an
/// alert its transaction; all records of a user belong to one shard.
#[derive(Debug, Clone)]
pub struct Shop {
    params: ShopParams,
    schedule: Schedule,
    users: Users,
    catalogue: Catalogue,
    seasons: Seasons,
    /// Favourite categories of each age.
    favourites: Box<[AliasTable]>,
    category_choice: AliasTable,
    /// Distribution of the category that a user never buys.
    aversions: Option<AliasTable>,
    /// Cents in the middle of each category's range of prices.
    middles: Box<[i64]>,
    /// Cents of the median user's usual basket in sessions about each category.
    baskets: Box<[i64]>,
    /// Tenths of a per cent for each city.
    taxes: Box<[u64]>,
    deals: CounterHash,
    steps: CounterHash,
    numbers: CounterHash,
    counting: Counting,
    wanted: Wanted,
}

/// The requested topics: sessions that lead to none of them are omitted.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    events: bool,
    transactions: bool,
    users: bool,
}

/// The user events' topic, that of the transactions, that of the alerts and that of the users.
pub(super) const EVENTS: u16 = 0;
pub(super) const TRANSACTIONS: u16 = 1;
pub(super) const ALERTS: u16 = 2;
pub(super) const USERS: u16 = 3;

impl Shop {
    /// The shop of `params` in `world`, with more or fewer sessions where `schedule` says so.
    pub fn new(world: World, params: ShopParams, schedule: Schedule) -> Self {
        let hash = |purpose| world.seed.hash(Label::new(purpose, 0));
        let catalogue = Catalogue::new(world, &params.catalogue);
        let users = params.users(world);
        let weather = params.weather(hash(purposes::SHOP_WEATHER));
        Self {
            seasons: Seasons::new(params.calendar(), catalogue.categories(), weather),
            favourites: users
                .ages()
                .likings()
                .iter()
                .map(|liking| basket::favourites(catalogue.categories(), *liking))
                .collect(),
            category_choice: catalogue.category_choice(),
            aversions: basket::aversions(catalogue.categories()),
            middles: catalogue.categories().iter().map(basket::middle).collect(),
            baskets: basket::usual_baskets(catalogue.categories(), params.usual_items),
            taxes: users
                .places()
                .iter()
                .map(|city| params.tax.unwrap_or_else(|| tax::tenths(city.country().alpha2())))
                .collect(),
            deals: hash(purposes::SHOP_DEALS),
            steps: hash(purposes::SHOP_STEPS),
            numbers: hash(purposes::SHOP_SESSION_NUMBERS),
            counting: Counting::new(&users, catalogue.categories().len()),
            wanted: Wanted { events: true, transactions: true, users: true },
            users,
            catalogue,
            params,
            schedule,
        }
    }

    /// The users of the shop.
    pub fn users(&self) -> &Users {
        &self.users
    }

    /// Returns the catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Returns the rates.
    pub fn rates(&self) -> ShopRates {
        self.params.rates
    }

    /// Returns the parameters of the shop.
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
        record::event(self, session, session.own(step), self.serial(step.substream, step.arrival))
    }

    /// The record of a transaction as a value; none for an event.
    pub fn purchase(&self, session: &Session, step: Step) -> Option<Purchase<'_>> {
        record::purchase(self, session, step, self.serial(step.substream, step.arrival))
    }

    /// The record of an alert as a value; none for anything else.
    pub fn alert(&self, session: &Session, step: Step) -> Option<FraudAlert<'static>> {
        let (answer, alarm) =
            self.alarm(session, step, None, self.serial(step.substream, step.arrival));
        (step.kind == Kind::Alert as u16).then(|| answer.alert(alarm))
    }

    /// The record of a user as a value; none for anything else.
    pub fn user(&self, session: &Session, step: Step) -> Option<UserUpdate<'_>> {
        let serial = self.serial(step.substream, step.arrival);
        self.user_of(session.user, step, serial)
    }

    /// The profile of the user of the visit of this number as a value; none for another step.
    pub(super) fn user_of(&self, user: u32, step: Step, serial: u64) -> Option<UserUpdate<'_>> {
        (step.kind == Kind::Profile as u16)
            .then(|| Update::of_visit(&self.users, user, serial, step.at).record(&self.users))
    }

    /// Returns the kind of a step.
    #[inline]
    fn kind_of(&self, session: &Session, step: u16) -> Kind {
        session.plan.kind(step, self.steps.at(session.word, fields::KIND | u64::from(step)))
    }
}

impl Stream for Shop {
    type Entity = Session;

    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "shop", purpose: purposes::SHOP, rank: 2 }
    }

    fn topics(&self) -> Vec<String> {
        let params = &self.params;
        [Topic::USER_EVENTS, Topic::TRANSACTIONS, Topic::FRAUD_ALERTS, Topic::USERS]
            .map(|topic| params.topic(topic).to_owned())
            .into()
    }

    fn topic_of(&self, kind: u16) -> u16 {
        match usize::from(kind) {
            ..Kind::EVENTS => EVENTS,
            Kind::EVENTS => TRANSACTIONS,
            _ if kind == Kind::Alert as u16 => ALERTS,
            _ => USERS,
        }
    }

    fn narrow(&mut self, wanted: &[bool]) {
        let is_wanted = |topic| wanted.get(usize::from(topic)).copied().unwrap_or(true);
        self.wanted = Wanted {
            events: is_wanted(EVENTS),
            transactions: is_wanted(TRANSACTIONS),
            users: is_wanted(USERS),
        };
    }

    fn kinds(&self) -> Vec<String> {
        Kind::ALL.map(|kind| kind.name().to_owned()).into()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        let law = |(zone, millionths, spread)| {
            // The parameters have been checked for every substream.
            if let Some(even) = self.params.even_rate(millionths) {
                let rate = Rate::new(even, self.schedule.clone()).ok()?;
                return Some(Arrivals::Rate(rate.spread_by(spread)));
            }
            let traffic = self.params.seasonality.traffic(zone);
            let rate = Rate::new(millionths, self.schedule.clone()).ok()?;
            Some(Arrivals::Rate(rate.with_curve(Arc::new(traffic)).spread_by(spread)))
        };
        self.params.substream_rates(&self.users).into_iter().filter_map(law).collect()
    }

    fn words(&self) -> usize {
        1
    }

    #[inline]
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Session {
        let word = words.take();
        let stratum = self.deals.child(arrival.substream.into());
        let plan = self.params.session_model.plan(stratum, arrival.index, self.steps, word);
        if !self.wanted.events
            && !(plan.buys() && (self.wanted.transactions || self.alarms(false, word)))
        {
            return self.absent(arrival, word);
        }
        let Some(visitor) = self.users.visitor(arrival.substream, arrival.index, arrival.at) else {
            return self.absent(arrival, word);
        };
        let mut session = self.visit(&visitor, arrival, plan, word);
        session.pace = self.pace(&session);
        if session.plan.lines > 0 {
            session.first = self.first_product(&session);
        }
        session
    }

    #[inline]
    fn owner(&self, session: &Session, _: Arrival, key: &mut Vec<u8>) {
        append_user(key, session.user);
    }

    #[inline]
    fn trace(&self, session: &Session, arrival: Arrival, trace: &mut Trace) {
        if session.introduces {
            trace.introduce(arrival.at, Kind::Profile as u16);
        }
        if session.empty {
            return;
        }
        trace.end_before(session.min_gap.into());
        let paid = self.walk_through(session, arrival.at, |at, kind| trace.push(at, kind as u16));
        if let Some(paid) = paid {
            trace.push(paid, Kind::Transaction as u16);
            if self.alarms(false, session.word) {
                // No user waits for it, so it may come after their next visit.
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
            ALERTS => Answer::alert_layout(),
            _ => user_updates::layout(&self.users),
        }
    }

    #[inline]
    fn write<W: Writer>(&self, session: &Session, step: Step, writer: &mut W) {
        self.write_any(session, step, writer, None);
    }

    #[inline]
    fn accumulate(&self, session: &Session, step: Step, accumulator: &mut Accumulator) {
        self.accumulate_visit(session, session.own(step), accumulator);
    }

    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write_accumulated<W: Writer>(
        &self,
        session: &Session,
        step: Step,
        writer: &mut W,
        accumulator: Option<&mut Accumulator>,
    ) {
        self.write_any(session, step, writer, accumulator);
    }
}

impl Shop {
    /// Writes the record of a step, and adds up what it says if asked to.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write_any(
        &self,
        session: &Session,
        step: Step,
        writer: &mut impl Writer,
        accumulator: Option<&mut Accumulator>,
    ) {
        let serial = self.serial(step.substream, step.arrival);
        let step = session.own(step);
        match self.topic_of(step.kind) {
            EVENTS | TRANSACTIONS => {
                return self.write_visit(session, step, serial, writer, accumulator);
            }
            ALERTS => self.write_alert(session, step, None, serial, writer),
            _ => self.write_user(session.user, step, serial, writer),
        }
        if let Some(accumulator) = accumulator {
            self.accumulate_visit(session, step, accumulator);
        }
    }

    /// Nobody, or only the profile of a user whose first arrival it is.
    #[inline]
    fn absent(&self, arrival: Arrival, word: u64) -> Session {
        let newcomer = || self.users.newcomer(arrival.substream, arrival.index);
        match self.wanted.users.then(newcomer).flatten() {
            Some(user) => Session::introduction(user, word),
            None => Session::empty(word),
        }
    }

    /// Writes the profile of the user of the visit of this number.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(super) fn write_user(&self, user: u32, step: Step, serial: u64, writer: &mut impl Writer) {
        Update::of_visit(&self.users, user, serial, step.at).write(writer);
    }

    /// Writes an event or the transaction of a visit, which has a number of its own, and adds up
    /// what it says if asked to.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(super) fn write_visit(
        &self,
        session: &Session,
        step: Step,
        serial: u64,
        writer: &mut impl Writer,
        accumulator: Option<&mut Accumulator>,
    ) {
        let visit = Visit { shop: self, session, step, serial };
        if usize::from(step.kind) < Kind::EVENTS {
            let product = self.product_and_category(session, step);
            visit.write_event(product, writer);
            if let Some(accumulator) = accumulator {
                self.accumulate_event(session, step, product, accumulator);
            }
        } else {
            let basket = self.basket(session, step.at);
            visit.write_purchase(&basket, writer);
            if let Some(accumulator) = accumulator {
                self.accumulate_purchase(session, &basket, accumulator);
            }
        }
    }
}
