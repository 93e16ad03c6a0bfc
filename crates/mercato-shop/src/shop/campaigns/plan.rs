//! The plan of a campaign: its victim, its shape and its visits.
//!
//! A shape that is not possible (nobody at home, no category that is never bought, nothing that
//! cheap) becomes one by device, which always is.

use mercato_draw::below;
use mercato_engine::Arrival;
use mercato_patterns::fraud::{Anomaly, DeviceTrust, Habit, amount, location, time, velocity};

use super::clocks::Place;
use super::{Campaign, Campaigns};
use crate::shop::sessions::devices::{self, DEVICES};
use crate::shop::sessions::{
    FraudTraits, LONGEST_RUSHED, NO_CATEGORY, RUSHED, Session, SessionPlan,
};
use crate::shop::users::Visitor;

/// The anomalies that come whenever honest people do.
pub(super) const BY_DAY: [Anomaly; 5] =
    [Anomaly::Velocity, Anomaly::Location, Anomaly::Amount, Anomaly::Device, Anomaly::Pattern];

/// Fields of the hash of a campaign's word.
const CLOCK: u64 = 0;
const ANOMALY: u64 = 1;
const SPACING: u64 = 2;
const TRANSACTIONS: u64 = 3;
const DEVICE: u64 = 4;
const WHICH_DEVICE: u64 = 5;
const MICRO: u64 = 6;
const ITEMS: u64 = 7;
const VICTIM: u64 = 1 << 8;
const PLACE: u64 = 2 << 8;
const PRODUCT: u64 = 3 << 8;
const VISIT: u64 = 4 << 8;
/// Fields of the hash of a visit's word.
pub(super) const WHETHER_TAKEN_BACK: u64 = 5 << 8;
pub(super) const WHEN_TAKEN_BACK: u64 = (5 << 8) + 1;

/// Number of attempts to find a victim, a place or a product.
const TRIES: u64 = 8;
/// Out of a hundred fraudsters so many have a device that is not the victim's: those far away or in
/// a hurry, and others.
const OWN_DEVICE: [u64; 2] = [60, 35];
/// Out of a hundred anomalies of the amount so many are micro-transactions.
const MICRO_TRANSACTIONS: u64 = 35;
/// Longest time from the beginning of one purchase in a hurry to that of the next.
const PAUSE: i64 = LONGEST_RUSHED + 1_000_000;

/// When the visit begins that comes after one that began at `from` and was paid at `paid`.
pub(super) fn next_visit(campaign: &Campaign, from: i64, paid: i64) -> i64 {
    match campaign.anomaly {
        // Whoever is in a hurry has paid before the time is over.
        Anomaly::Location => paid + campaign.spacing - LONGEST_RUSHED,
        _ => from + campaign.spacing,
    }
}

impl Campaigns {
    /// The campaign of an arrival.
    pub(super) fn plan(&self, arrival: Arrival, word: u64) -> Campaign {
        let field = |field| self.draws.at(word, field);
        let place = self.clocks.pick(arrival.at, field(CLOCK));
        let wanted = match &self.anomalies {
            _ if place.at_night => Anomaly::Time,
            Some(anomalies) => BY_DAY[anomalies.pick(field(ANOMALY))],
            None => Anomaly::Time,
        };
        let Some(victim) = self.victim(place, arrival.at, wanted == Anomaly::Location, word) else {
            let sessions = [Session::empty(word); 2];
            return Campaign {
                word,
                at: arrival.at,
                spacing: 0,
                sessions,
                anomaly: wanted,
                visits: 0,
            };
        };
        let arrival = Arrival { substream: place.substream, ..arrival };
        let mut session = self.shop.visit(
            &victim,
            arrival,
            SessionPlan::SHORTEST_PURCHASE,
            self.draws.at(word, VISIT),
        );
        session.pace = RUSHED;
        session.traits = FraudTraits { is_fraud: true, ..FraudTraits::HONEST };
        let mut campaign = Campaign {
            word,
            at: arrival.at,
            spacing: 0,
            sessions: [session; 2],
            anomaly: wanted,
            visits: 1,
        };
        let is_possible = match wanted {
            Anomaly::Velocity => self.attack(&mut campaign),
            Anomaly::Location => self.travel(&mut campaign, &victim, arrival, place),
            Anomaly::Amount => self.spend(&mut campaign, arrival.at),
            Anomaly::Time => {
                self.borrow_device(&mut campaign, false);
                self.fill_cart(&mut campaign);
                self.is_by_night(&campaign, arrival.at, place)
            }
            Anomaly::Pattern => self.leave_habits(&mut campaign),
            Anomaly::Device => false,
        };
        if !is_possible {
            campaign = Campaign {
                anomaly: Anomaly::Device,
                visits: 1,
                sessions: [session; 2],
                ..campaign
            };
            self.disguise(&mut campaign);
        }
        campaign
    }

    /// A visit of a campaign.
    pub(super) fn session(&self, campaign: &Campaign, visit: u8) -> Session {
        let mut session = campaign.sessions[usize::from(visit > 0)];
        if campaign.anomaly == Anomaly::Velocity {
            session.word = self.draws.at(campaign.word, VISIT + u64::from(visit));
            session.traits.before = visit;
            session.listed = self.shop.listed(campaign.at + i64::from(visit) * campaign.spacing);
            session.first = self.shop.first_product(&session);
        }
        session
    }

    /// Any user of a clock, who must be at home if that is asked for; nobody where none is found.
    fn victim(&self, place: Place, at: i64, at_home: bool, word: u64) -> Option<Visitor> {
        let anybody = |field| {
            self.shop.users().anybody(place.substream, at, self.draws.at(word, VICTIM + field))
        };
        let found = (0..TRIES).filter_map(anybody);
        let mut found = found.peekable();
        let first = found.peek().copied();
        found.find(|victim| victim.at_home || !at_home).or(first)
    }

    /// Five to fifteen purchases as fast as it goes.
    fn attack(&self, campaign: &mut Campaign) -> bool {
        let word = campaign.word;
        let field = |field| self.draws.at(word, field);
        campaign.visits = velocity::transactions(field(TRANSACTIONS));
        campaign.spacing =
            velocity::spacing(campaign.visits, PAUSE, LONGEST_RUSHED, field(SPACING));
        self.borrow_device(campaign, true);
        true
    }

    /// An honest purchase at home, and one on another continent before anybody could be there.
    fn travel(
        &self,
        campaign: &mut Campaign,
        victim: &Visitor,
        arrival: Arrival,
        place: Place,
    ) -> bool {
        let word = campaign.word;
        let field = |field| self.draws.at(word, field);
        let places = self.shop.users().places();
        let home = usize::from(victim.city);
        let there = |number| below(field(PLACE + number), places.len() as u64) as usize;
        let is_far = |there: &usize| places[*there].continent() != places[home].continent();
        let gap = |there: usize| {
            Some((there, location::gap(self.chords.metres(home, there), field(SPACING))?))
        };
        let Some((there, gap)) =
            (0..TRIES).map(there).filter(is_far).find_map(gap).filter(|_| victim.at_home)
        else {
            return false;
        };
        let mut anchor =
            self.shop.visit(victim, arrival, SessionPlan::SHORTEST_PURCHASE, field(VISIT));
        anchor.pace = self.shop.pace(&anchor);
        anchor.first = self.shop.first_product(&anchor);
        campaign.sessions[0] = anchor;
        (campaign.visits, campaign.spacing) = (2, gap);
        self.borrow_device(campaign, true);
        let [_, stolen] = &mut campaign.sessions;
        stolen.word = field(VISIT + 1);
        stolen.city = there as u16;
        stolen.position = self.shop.users().somewhere(there as u16, field(PLACE + TRIES));
        stolen.at_home = false;
        stolen.first = self.shop.first_product(stolen);
        let paid = |session: &Session, from| {
            self.shop.walk_through(session, from, |_, _| {}).unwrap_or(from)
        };
        let first = paid(&campaign.sessions[0], arrival.at);
        let begins = next_visit(campaign, arrival.at, first);
        let second = paid(&campaign.sessions[1], begins);
        let [_, stolen] = &mut campaign.sessions;
        stolen.listed = self.shop.listed(begins);
        stolen.interest.hour = place.zone.local(begins).hour();
        stolen.traits.kmh = location::kmh(self.chords.metres(home, there), second - first);
        true
    }

    /// Far more than usual, or next to nothing.
    fn spend(&self, campaign: &mut Campaign, from: i64) -> bool {
        self.borrow_device(campaign, false);
        let word = campaign.word;
        let field = |field| self.draws.at(word, field);
        let [session, _] = campaign.sessions;
        let paid = self.shop.walk_through(&session, from, |_, _| {}).unwrap_or(from);
        let (own, month) = (session.interest.category, session.interest.month);
        let usual = self.shop.usual_basket(&session, own);
        let is_micro = below(field(MICRO), 100) < MICRO_TRANSACTIONS;
        let cheapest = if self.cheapest == session.disliked { own } else { self.cheapest };
        let products = |category| {
            let product =
                move |number| self.shop.catalogue().pick(category, month, field(PRODUCT + number));
            let price = move |product| self.shop.in_cart(&session, product, paid).1.cents();
            (0..TRIES).map(product).map(move |product| (product, price(product)))
        };
        let micro = || {
            let (product, price) = products(cheapest).min_by_key(|(_, price)| *price)?;
            amount::is_micro(price, usual).then_some((product, 1))
        };
        let small = if is_micro { micro() } else { None };
        let large = || {
            let possible =
                products(own).filter(|(_, price)| amount::items(*price, usual, 0).is_some());
            // Of dear things few make the sum.
            let (product, price) = possible.max_by_key(|(_, price)| *price)?;
            Some((product, amount::items(price, usual, field(ITEMS))?))
        };
        let Some((product, items)) = small.or_else(large) else { return false };
        for session in &mut campaign.sessions {
            session.first = product;
            session.traits.items = items;
        }
        true
    }

    /// Something that the victim never buys.
    fn leave_habits(&self, campaign: &mut Campaign) -> bool {
        self.borrow_device(campaign, false);
        for session in &mut campaign.sessions {
            session.interest.category = session.disliked;
            session.habit = Habit::Never;
        }
        let is_possible = campaign.sessions[0].disliked != NO_CATEGORY;
        if is_possible {
            self.fill_cart(campaign);
        }
        is_possible
    }

    /// An unknown device, or one that looks like a machine.
    fn disguise(&self, campaign: &mut Campaign) {
        let is_unknown = below(self.draws.at(campaign.word, DEVICE), 2) == 0;
        let (first, trust) = if is_unknown {
            (devices::UNKNOWN, DeviceTrust::Unknown)
        } else {
            (devices::SUSPICIOUS, DeviceTrust::Suspicious)
        };
        for session in &mut campaign.sessions {
            let kind = DEVICES[usize::from(session.device)].kind;
            let same = DEVICES[first..].iter().position(|device| device.kind == kind).unwrap_or(0);
            session.device = (first + same) as u8;
            session.trust = trust;
        }
        self.fill_cart(campaign);
    }

    /// A fraudster may have their own device, of the kinds that honest users have.
    fn borrow_device(&self, campaign: &mut Campaign, is_likely: bool) {
        let word = campaign.word;
        let field = |field| self.draws.at(word, field);
        if below(field(DEVICE), 100) < OWN_DEVICE[usize::from(!is_likely)] {
            let device = self.shop.params().device_choice.pick(field(WHICH_DEVICE)) as u8;
            // The first visit of a journey is the victim's own.
            for session in campaign.sessions.iter_mut().filter(|session| session.traits.is_fraud) {
                (session.device, session.trust) = (device, DeviceTrust::Other);
            }
        }
    }

    fn fill_cart(&self, campaign: &mut Campaign) {
        let first = self.shop.first_product(&campaign.sessions[0]);
        campaign.sessions.iter_mut().for_each(|session| session.first = first);
    }

    /// Returns whether the whole purchase is at night.
    fn is_by_night(&self, campaign: &Campaign, from: i64, place: Place) -> bool {
        let paid = self.shop.walk_through(&campaign.sessions[0], from, |_, _| {}).unwrap_or(from);
        [from, paid].iter().all(|at| time::HOURS.contains(&place.zone.local(*at).hour()))
    }
}
