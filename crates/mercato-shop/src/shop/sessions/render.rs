//! The fast path: copying what was rendered once, and writing digits between.

use std::marker::PhantomData;

use mercato_encode::{Segment, digits};
use mercato_engine::Step;

use super::basket::Basket;
use super::devices::DEVICES;
use super::frame::Frame;
use super::walk::Kind;
use super::{Session, Shop, ShopParams};
use crate::quick::{self, Snippet};
use crate::shop::catalogue::Category;
use crate::shop::users::Users;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Digits of the shortest numbers of transactions and events.
const NUMBER_DIGITS: usize = 9;
/// Digits of the shortest numbers of users.
const USER_DIGITS: usize = 6;

/// Pages that belong to no category.
pub(super) const PAGES: [&str; 8] =
    ["/", "/deals", "/new", "/account", "/wishlist", "/orders", "/help", "/stores"];
pub(super) const CHECKOUT: &str = "/checkout";
pub(super) const CONFIRMATION: &str = "/checkout/confirmation";
pub(super) const CART: &str = "/cart";

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    kinds: Box<[Snippet<64>]>,
    /// Those of no category, then for each category those of a search, a product and the cart.
    pages: Box<[Segment]>,
    screens: Box<[Snippet<96>]>,
    categories: Box<[Snippet<64>]>,
    payments: Box<[Snippet<64>]>,
    cities: Box<[Snippet<96>]>,
    /// Those of honest people, then the same of fraudsters.
    devices: Box<[Snippet<128>]>,
    frame: PhantomData<F>,
}

/// A step of a session whose record is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit<'a> {
    pub(super) shop: &'a Shop,
    pub(super) session: &'a Session,
    pub(super) step: Step,
    /// The number of the session.
    pub(super) serial: u64,
}

/// Pages of a category: search, product, cart.
const OF_CATEGORY: usize = 3;
/// Places among the pages of no category.
const AT_CHECKOUT: usize = PAGES.len();
const AT_CONFIRMATION: usize = AT_CHECKOUT + 1;
const FIRST_OF_CATEGORY: usize = AT_CONFIRMATION + 1;

impl<F: Frame> Renderer<F> {
    pub(super) fn new(params: &ShopParams, users: &Users, categories: &[Category]) -> Self {
        let page =
            |category: Option<&str>, url: &str| Segment::new(|out| F::page(out, category, url));
        let mut pages: Vec<Segment> = PAGES.into_iter().map(|url| page(None, url)).collect();
        pages.extend([CHECKOUT, CONFIRMATION].map(|url| page(None, url)));
        for category in categories {
            let [search, product] = urls(category);
            pages.extend([&search, &product, CART].map(|url| page(Some(category.name()), url)));
        }
        Self {
            kinds: Kind::ALL
                .iter()
                .map(|kind| Snippet::new(|out| F::kind(out, kind.name())))
                .collect(),
            pages: pages.into(),
            screens: DEVICES
                .iter()
                .map(|device| Snippet::new(|out| F::screen(out, device)))
                .collect(),
            categories: categories
                .iter()
                .map(|own| Snippet::new(|out| F::category(out, own.name())))
                .collect(),
            payments: params
                .payments
                .iter()
                .map(|method| Snippet::new(|out| F::payment(out, method)))
                .collect(),
            cities: users
                .places()
                .iter()
                .map(|city| Snippet::new(|out| F::city(out, city)))
                .collect(),
            devices: [false, true]
                .into_iter()
                .flat_map(|is_fraud| DEVICES.iter().map(move |device| (device, is_fraud)))
                .map(|(device, is_fraud)| Snippet::new(|out| F::device(out, device, is_fraud)))
                .collect(),
            frame: PhantomData,
        }
    }

    /// Appends the record of an event that is about `product`.
    #[inline]
    pub(super) fn append_event(
        &self,
        visit: Visit<'_>,
        product: Option<(u32, u16)>,
        out: &mut Vec<u8>,
    ) {
        let Visit { shop, session, step, serial } = visit;
        out.extend_from_slice(F::EVENT);
        digits::padded(out, event_number(serial, step.number), NUMBER_DIGITS);
        out.extend_from_slice(F::EVENT_USER);
        digits::padded(out, session.user.into(), USER_DIGITS);
        out.extend_from_slice(F::SESSION);
        append_session(out, shop.session_code(serial));
        self.kinds[usize::from(step.kind)].append(out);
        out.extend_from_slice(&digits::millis_text(step.at));
        let page = if let Some((product, category)) = product {
            out.extend_from_slice(F::PRODUCT);
            shop.append_product(session, product, out);
            out.extend_from_slice(F::PRODUCT_END);
            let of = if step.kind == Kind::ProductView as u16 { 1 } else { 2 };
            FIRST_OF_CATEGORY + usize::from(category) * OF_CATEGORY + of
        } else {
            out.extend_from_slice(F::NO_PRODUCT);
            shop.page(session, step)
        };
        self.pages[page].append(out);
        quick::unsigned(out, shop.duration_seconds(session, step));
        self.screens[usize::from(session.device)].append(out);
    }

    /// Appends the record of the transaction that pays `basket`.
    #[inline]
    pub(super) fn append_purchase(&self, visit: Visit<'_>, basket: &Basket, out: &mut Vec<u8>) {
        let Visit { shop, session, step, serial } = visit;
        out.extend_from_slice(F::TRANSACTION);
        digits::padded(out, serial, NUMBER_DIGITS);
        out.extend_from_slice(F::EVENT_USER);
        digits::padded(out, session.user.into(), USER_DIGITS);
        out.extend_from_slice(F::TIME);
        out.extend_from_slice(&digits::millis_text(step.at));
        out.extend_from_slice(F::LINES);
        for (number, line) in basket.lines().iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            out.extend_from_slice(F::LINE);
            shop.catalogue.append_id(line.item, out);
            out.extend_from_slice(F::NAME);
            shop.catalogue.append_name(line.item, out);
            self.categories[usize::from(line.category)].append(out);
            quick::cents(out, line.price.cents());
            out.extend_from_slice(F::QUANTITY);
            quick::unsigned(out, line.quantity);
            out.extend_from_slice(F::LINE_END);
        }
        out.extend_from_slice(F::TOTAL);
        quick::cents(out, shop.total(session, basket.cents).cents());
        self.payments[shop.payment(session)].append(out);
        self.cities[usize::from(session.city)].append(out);
        quick::degrees(out, session.position.latitude_e4());
        out.extend_from_slice(F::LONGITUDE);
        quick::degrees(out, session.position.longitude_e4());
        self.devices
            [usize::from(session.act.is_fraud) * DEVICES.len() + usize::from(session.device)]
        .append(out);
        quick::hundredths(out, shop.score(session, basket.cents).units() as u32);
        out.extend_from_slice(F::END);
    }
}

/// The pages of a category's search and products.
pub(super) fn urls(category: &Category) -> [String; 2] {
    [format!("/search?category={}", category.slug()), format!("/products/{}", category.slug())]
}

impl Shop {
    /// Appends the identifier of what was sold in the place of a product when a session began.
    #[inline]
    pub(super) fn append_product(&self, session: &Session, product: u32, out: &mut Vec<u8>) {
        self.catalogue.append_id(self.catalogue.item(product, session.listed), out);
    }

    /// The product that an event is about.
    #[inline]
    pub(super) fn product_at(&self, session: &Session, step: Step) -> Option<u32> {
        const ABOUT: [u16; 3] =
            [Kind::ProductView as u16, Kind::AddToCart as u16, Kind::RemoveFromCart as u16];
        ABOUT.contains(&step.kind).then(|| self.product_of_step(session, step.number))
    }

    /// The product that an event is about, and its category.
    #[inline]
    pub(super) fn product_and_category(&self, session: &Session, step: Step) -> Option<(u32, u16)> {
        self.product_at(session, step).map(|product| (product, self.catalogue.category_of(product)))
    }

    /// The page of an event that is about no product.
    #[inline]
    fn page(&self, session: &Session, step: Step) -> usize {
        const SEARCH: u16 = Kind::Search as u16;
        const CHECKOUT: u16 = Kind::Checkout as u16;
        const PURCHASE: u16 = Kind::Purchase as u16;
        match step.kind {
            SEARCH => FIRST_OF_CATEGORY + usize::from(session.interest.category) * OF_CATEGORY,
            CHECKOUT => AT_CHECKOUT,
            PURCHASE => AT_CONFIRMATION,
            _ => self.plain_page(session, step.number),
        }
    }

    /// Which of [`PAGES`] a step shows: the first as a rule.
    #[inline]
    pub(super) fn plain_page(&self, session: &Session, step: u16) -> usize {
        let word = self.steps.at(session.word, super::PAGE | u64::from(step));
        ((word >> 60) as usize).saturating_sub(PAGES.len()) % PAGES.len()
    }

    /// Whole seconds on the page of an event as they were meant when it began; none once the
    /// session has to hurry.
    #[inline]
    pub(super) fn duration_seconds(&self, session: &Session, step: Step) -> u32 {
        if step.hurried { 0 } else { (self.page_time(session, step.number) / SECOND) as u32 }
    }
}

/// The number of an event: sessions have room for as many as the longest has.
#[inline]
pub(super) fn event_number(serial: u64, step: u16) -> u64 {
    // Most sessions have fewer than 64 events; the later ones of the others are numbered far
    // behind.
    match u64::from(step) {
        step @ 0..64 => serial * 64 + step,
        step => (1 << 60) + serial * (1 << 16) + step,
    }
}

/// Appends the identifier of a session: `sess_` and twelve hexadecimal digits.
#[inline]
pub(super) fn append_session(out: &mut Vec<u8>, code: u64) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = *b"sess_000000000000";
    let mut rest = code;
    for digit in text[5..].iter_mut().rev() {
        *digit = HEX[(rest & 15) as usize];
        rest >>= 4;
    }
    out.extend_from_slice(&text);
}

/// Appends the key: `user_` and six digits or more.
#[inline]
pub(super) fn append_user(out: &mut Vec<u8>, user: u32) {
    out.extend_from_slice(b"user_");
    digits::padded(out, user.into(), USER_DIGITS);
}
