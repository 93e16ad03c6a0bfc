//! Campaigns: fraudsters who use the accounts and cards of the shop's users.
//!
//! A campaign is an entity of its own and never an edit of an honest session. It has a victim, one
//! of the six anomalies of the pattern engine, and one or more visits, each of which is the
//! shortest session that ends in a transaction:
//! a product is viewed, put into the cart, checked out and paid. So whatever holds for transactions
//! and events of honest people holds for these too, and both go to the same topics.
//!
//! Honest sessions are fewer by as many transactions as campaigns make. A campaign of the anomaly
//! `location` brings an honest visit along: that of the victim at home, without which the other
//! would be no anomaly.

mod clocks;
mod plan;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use clocks::Clocks;
use mercato_draw::{AliasTable, CounterHash, Label, Words};
use mercato_encode::{Layout, Writer};
use mercato_engine::{
    Accumulator, Arrival, Arrivals, Curve, Rate, Schedule, Step, Stream, StreamId, Trace, World,
};
use mercato_patterns::fraud::{Anomaly, location, velocity};
use mercato_patterns::geographic::Chords;
use mercato_schema::{Chargeback, FraudAlert, Purchase, SessionEvent, UserUpdate};

use super::sessions::{ALERTS, EVENTS, Kind, LONGEST_SETTLING, Session, Shop, TRANSACTIONS, USERS};
use super::{ShopParams, Users};
use crate::purposes;
use crate::shop::fraud::Answer;

/// The fraud campaigns of a shop: records of the topics `user-events`, `transactions`,
/// `fraud-alerts`, `users` and, where there are any, `chargebacks`.
///
/// Keys are those of the shop's own records. All of a campaign belongs to the shard of its victim.
#[derive(Debug, Clone)]
pub struct Campaigns {
    shop: Shop,
    schedule: Schedule,
    clocks: Arc<Clocks>,
    /// Anomaly of a campaign that does not come at night.
    anomalies: Option<AliasTable>,
    chords: Chords,
    /// The category in which products cost least.
    cheapest: u16,
    draws: CounterHash,
    /// Kinds of record that a visit can make.
    kinds_of_a_visit: u16,
}

/// Everything random about one campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Campaign {
    /// From which everything else about the campaign is drawn.
    word: u64,
    /// When it began.
    at: i64,
    /// Microseconds between the beginnings of two visits of an attack by velocity, or from the
    /// honest transaction to the fraudulent one.
    spacing: i64,
    /// The first visit, and those that follow it.
    sessions: [Session; 2],
    anomaly: Anomaly,
    /// None where the victim could not be found.
    visits: u8,
}

/// The topic of chargebacks among those of the stream.
const CHARGEBACKS: u16 = 4;
/// The kind of a chargeback among those of a visit.
const CHARGEBACK: u16 = Kind::ALL.len() as u16;
/// Visits that a campaign can have, and one more, so that their numbers are the campaign's with
/// four bits more.
const VISITS: u64 = 16;
const _: () = assert!((velocity::MOST as u64) < VISITS, "every visit has a number");
/// The rate from which on campaigns follow the hours, in millionths an hour: one in ten hours. A
/// block of 1,024 then takes more than a year, each hour of which is looked at by all clocks.
const LEAST_MILLIONTHS_PER_HOUR: u64 = 100_000;

impl Campaigns {
    /// The campaigns against the shop of `params` in `world`, with more or fewer of them where
    /// `schedule` says so.
    pub fn new(world: World, params: &ShopParams, schedule: Schedule) -> Self {
        let shop = Shop::new(world, params.clone(), Schedule::default());
        #[expect(
            clippy::expect_used,
            reason = "the week was checked, and the night of a possible week is one"
        )]
        let clocks = Clocks::new(params, shop.users()).expect("a possible week");
        let shares = params.fraud().shares();
        let by_day = plan::BY_DAY.map(|anomaly| shares.campaigns(anomaly));
        let price = |category: &super::catalogue::Category| category.price_range()[0];
        let categories = shop.catalogue().categories();
        let cheapest =
            (0..categories.len()).min_by_key(|index| price(&categories[*index])).unwrap_or(0);
        Self {
            clocks: Arc::new(clocks),
            anomalies: AliasTable::new(&by_day).ok(),
            chords: Chords::new(shop.users().places().iter().map(|city| city.position())),
            cheapest: cheapest as u16,
            draws: world.seed.hash(Label::new(purposes::CAMPAIGNS, u8::MAX)),
            kinds_of_a_visit: CHARGEBACK + u16::from(params.fraud().has_chargebacks()),
            shop,
            schedule,
        }
    }

    /// The accounts and cards they use.
    pub fn users(&self) -> &Users {
        self.shop.users()
    }

    /// The record of an event as a value: the slow path, which says what the fast one must write;
    /// none for another step.
    pub fn event(&self, campaign: &Campaign, step: Step) -> Option<SessionEvent<'_>> {
        let (visit, session, local) = self.visit_of(campaign, step);
        self.shop.event_of(&session, local, self.serial(step.arrival, visit))
    }

    /// The record of a transaction as a value; none for another step.
    pub fn purchase(&self, campaign: &Campaign, step: Step) -> Option<Purchase<'_>> {
        let (visit, session, local) = self.visit_of(campaign, step);
        self.shop.purchase_of(&session, local, self.serial(step.arrival, visit))
    }

    /// The record of an alert as a value; none for another step.
    pub fn alert(&self, campaign: &Campaign, step: Step) -> Option<FraudAlert<'static>> {
        let (visit, session, local) = self.visit_of(campaign, step);
        let (answer, alarm) = self.shop.alarm(
            &session,
            local,
            accused(campaign, &session),
            self.serial(step.arrival, visit),
        );
        (local.kind == Kind::Alert as u16).then(|| answer.alert(alarm))
    }

    /// The record of a chargeback as a value; none for another step.
    pub fn chargeback(&self, campaign: &Campaign, step: Step) -> Option<Chargeback<'static>> {
        let (visit, session, local) = self.visit_of(campaign, step);
        let ago = self.taken_back(&session).filter(|_| local.kind == CHARGEBACK)?;
        Some(
            self.shop.answer(&session, local, ago, self.serial(step.arrival, visit)).0.chargeback(),
        )
    }

    /// The record of a user as a value; none for another step.
    pub fn user(&self, campaign: &Campaign, step: Step) -> Option<UserUpdate<'_>> {
        let (visit, session, local) = self.visit_of(campaign, step);
        self.shop.user_of(session.user, local, self.serial(step.arrival, visit))
    }

    /// The number of a visit, which no session and no other visit has.
    fn serial(&self, arrival: u64, visit: u8) -> u64 {
        self.shop.campaign_serial(arrival * VISITS + u64::from(visit))
    }

    /// The visit of a step as a session, and the step as one of that session.
    fn visit_of(&self, campaign: &Campaign, step: Step) -> (u8, Session, Step) {
        let (visit, kind) =
            ((step.kind / self.kinds_of_a_visit) as u8, step.kind % self.kinds_of_a_visit);
        let number = Kind::OF_A_PURCHASE.iter().position(|own| *own as u16 == kind);
        let number = number.unwrap_or(Kind::OF_A_PURCHASE.len()) as u16;
        (visit, self.session(campaign, visit), Step { kind, number, ..step })
    }

    /// Microseconds after which the transaction of a visit is taken back, if it is.
    fn taken_back(&self, session: &Session) -> Option<i64> {
        let [whether, when] = [plan::WHETHER_TAKEN_BACK, plan::WHEN_TAKEN_BACK];
        let word = |field| self.draws.at(session.word, field);
        self.shop
            .params()
            .fraud()
            .chargeback(word(whether), word(when))
            .filter(|_| session.traits.is_fraud)
    }

    /// Writes the record of a step, and adds up what it says if asked to.
    fn write_any(
        &self,
        campaign: &Campaign,
        step: Step,
        writer: &mut impl Writer,
        accumulator: Option<&mut Accumulator>,
    ) {
        let (visit, session, local) = self.visit_of(campaign, step);
        let serial = self.serial(step.arrival, visit);
        match self.topic_of(local.kind) {
            EVENTS | TRANSACTIONS => {
                return self.shop.write_visit(&session, local, serial, writer, accumulator);
            }
            ALERTS => {
                self.shop.write_alert(&session, local, accused(campaign, &session), serial, writer);
            }
            USERS => self.shop.write_user(session.user, local, serial, writer),
            _ => {
                let ago = self.taken_back(&session).unwrap_or(0);
                let (answer, _) = self.shop.answer(&session, local, ago, serial);
                answer.write_chargeback(writer);
            }
        }
        if let Some(accumulator) = accumulator {
            self.shop.accumulate_visit(&session, local, accumulator);
        }
    }
}

impl Campaign {
    /// Returns the anomaly that gives the campaign away.
    pub fn anomaly(&self) -> Anomaly {
        self.anomaly
    }
}

/// The anomaly that a true alarm names; a false one names what looks strangest.
fn accused(campaign: &Campaign, session: &Session) -> Option<Anomaly> {
    session.traits.is_fraud.then_some(campaign.anomaly)
}

impl Stream for Campaigns {
    type Entity = Campaign;

    fn id(&self) -> StreamId {
        StreamId { name: "campaigns", purpose: purposes::CAMPAIGNS, rank: 3 }
    }

    fn topics(&self) -> Vec<String> {
        let params = self.shop.params();
        let mut topics = self.shop.topics();
        topics.extend(params.chargebacks_topic().map(str::to_owned));
        topics
    }

    fn topic_of(&self, kind: u16) -> u16 {
        match kind % self.kinds_of_a_visit {
            CHARGEBACK => CHARGEBACKS,
            kind => self.shop.topic_of(kind),
        }
    }

    /// The same for each visit that there may be: the kind of a step says which visit it belongs
    /// to.
    fn kinds(&self) -> Vec<String> {
        let mut of_a_visit: Vec<String> = Kind::ALL.map(|kind| kind.name().to_owned()).into();
        of_a_visit.extend((self.kinds_of_a_visit > CHARGEBACK).then(|| "chargeback".to_owned()));
        (0..velocity::MOST).flat_map(|_| of_a_visit.clone()).collect()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        let params = self.shop.params();
        let campaigns = params.fraudulent() * u128::from(params.fraud().shares().all_campaigns());
        // As the mean of years, because that is what the curve counts in.
        let mean = campaigns / 1_000_000_000 * u128::from(params.seasonality.mean_to_plain_week())
            / 1_000_000;
        let mean = u64::try_from(mean).unwrap_or(u64::MAX).min(Rate::MAX);
        let Ok(rate) = Rate::new(mean, self.schedule.clone()) else { return Vec::new() };
        if mean < LEAST_MILLIONTHS_PER_HOUR {
            return vec![Arrivals::Rate(rate)];
        }
        let curve: Arc<dyn Curve> = Arc::clone(&self.clocks) as _;
        vec![Arrivals::Rate(rate.with_curve(curve))]
    }

    fn words(&self) -> usize {
        1
    }

    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Campaign {
        self.plan(arrival, words.take())
    }

    fn owner(&self, campaign: &Campaign, arrival: Arrival, key: &mut Vec<u8>) {
        let [session, _] = &campaign.sessions;
        self.shop.owner(session, arrival, key);
    }

    fn trace(&self, campaign: &Campaign, arrival: Arrival, trace: &mut Trace) {
        let mut steps = Vec::new();
        let mut from = arrival.at;
        if campaign.visits > 0 {
            // Whether the victim has ever come is not known here; a profile may come again.
            steps.push((from, Kind::Profile as u16));
        }
        for visit in 0..campaign.visits {
            let session = self.session(campaign, visit);
            let first = u16::from(visit) * self.kinds_of_a_visit;
            let paid = self
                .shop
                .walk_through(&session, from, |at, kind| steps.push((at, first + kind as u16)));
            let Some(paid) = paid else { continue };
            steps.push((paid, first + Kind::Transaction as u16));
            if self.shop.alarms(session.traits.is_fraud, session.word) {
                steps.push((paid + self.shop.latency(session.word), first + Kind::Alert as u16));
            }
            steps.extend(self.taken_back(&session).map(|after| (paid + after, first + CHARGEBACK)));
            from = plan::next_visit(campaign, from, paid);
        }
        // Visits follow one another sooner than their alerts come.
        steps.sort_by_key(|(at, _)| *at);
        for (at, kind) in steps {
            trace.push(at, kind);
        }
    }

    fn longest_trace(&self) -> i64 {
        let params = self.shop.params();
        let purchases = params.session_model.longest() + LONGEST_SETTLING + location::LONGEST_GAP;
        purchases.max(velocity::WINDOW) + params.fraud().longest_answer()
    }

    fn layout(&self, topic: u16) -> Layout {
        match topic {
            CHARGEBACKS => Answer::chargeback_layout(),
            topic => self.shop.layout(topic),
        }
    }

    fn write<W: Writer>(&self, campaign: &Campaign, step: Step, writer: &mut W) {
        self.write_any(campaign, step, writer, None);
    }

    fn accumulate(&self, campaign: &Campaign, step: Step, accumulator: &mut Accumulator) {
        let (_, session, local) = self.visit_of(campaign, step);
        self.shop.accumulate_visit(&session, local, accumulator);
    }

    fn write_accumulated<W: Writer>(
        &self,
        campaign: &Campaign,
        step: Step,
        writer: &mut W,
        accumulator: Option<&mut Accumulator>,
    ) {
        self.write_any(campaign, step, writer, accumulator);
    }
}
