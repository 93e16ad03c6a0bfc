//! Adds sessions to the analytics: each event, each transaction and each alert.

use mercato_engine::{Accumulator, Step};

use super::basket::Basket;
use super::devices::DEVICES;
use super::plan::Kind;
use super::{Session, Shop};
use crate::shop::analytics::{CellLayout, Event, PurchaseAccumulator};
use crate::shop::users::Users;

/// Counts records of sessions.
#[derive(Debug, Clone)]
pub(super) struct Counting {
    layout: CellLayout,
    /// The kind of each device.
    devices: Box<[u8]>,
    /// The region of each city: that of its country, which is what a record shows.
    regions: Box<[u8]>,
}

impl Counting {
    pub(super) fn new(users: &Users, categories: usize) -> Self {
        Self {
            layout: CellLayout::new(categories),
            devices: DEVICES.iter().map(|device| CellLayout::device_of(device.kind)).collect(),
            regions: users.places().iter().map(|city| city.country().region() as u8).collect(),
        }
    }
}

impl Shop {
    /// Adds what the event, the transaction or the alert of a visit says.
    #[inline]
    pub(in crate::shop) fn accumulate_visit(
        &self,
        session: &Session,
        step: Step,
        accumulator: &mut Accumulator,
    ) {
        if usize::from(step.kind) < Kind::EVENTS {
            self.accumulate_event(
                session,
                step,
                self.product_and_category(session, step),
                accumulator,
            );
        } else if step.kind == Kind::Alert as u16 {
            CellLayout::alert(accumulator);
        } else if step.kind == Kind::Transaction as u16 {
            self.accumulate_purchase(session, &self.basket(session, step.at), accumulator);
        }
    }

    /// Adds an event that is about `product`.
    #[inline]
    pub(super) fn accumulate_event(
        &self,
        session: &Session,
        step: Step,
        product: Option<(u32, u16)>,
        accumulator: &mut Accumulator,
    ) {
        let category = product.map_or(session.interest.category, |(_, category)| category);
        let device = self.counting.devices[usize::from(session.device)];
        self.counting.layout.event(accumulator, EVENTS[usize::from(step.kind)], device, category);
    }

    /// Adds the transaction that pays `basket`.
    #[inline]
    pub(super) fn accumulate_purchase(
        &self,
        session: &Session,
        basket: &Basket,
        accumulator: &mut Accumulator,
    ) {
        let counting = &self.counting;
        let purchase = PurchaseAccumulator {
            region: counting.regions[usize::from(session.city)],
            device: counting.devices[usize::from(session.device)],
            gross_cents: self.total(session, basket.cents).cents(),
        };
        let lines = basket.lines().iter().map(|line| (line.category, line.quantity, line.cents()));
        counting.layout.purchase(accumulator, purchase, lines);
    }
}

/// The counted event of each kind.
const EVENTS: [Event; Kind::EVENTS] = {
    let mut events = [Event::PageView; Kind::EVENTS];
    events[Kind::Search as usize] = Event::Search;
    events[Kind::ProductView as usize] = Event::ProductView;
    events[Kind::AddToCart as usize] = Event::AddToCart;
    events[Kind::RemoveFromCart as usize] = Event::RemoveFromCart;
    events[Kind::Checkout as usize] = Event::Checkout;
    events[Kind::Purchase as usize] = Event::Purchase;
    events
};
