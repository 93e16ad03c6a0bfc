//! The fast path: copying what was rendered once, and writing digits into it.

use std::marker::PhantomData;

use mercato_encode::{Segment, digits};

use super::frame::Frame;
use super::residents::COUNTRIES;
use super::{Checkout, TransactionsParams};
use crate::quick::{self, Snippet};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Length of a time with milliseconds.
const TIME_LEN: usize = 24;
/// Digits of a user.
const USER_LEN: usize = 9;

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    products: Box<[Segment]>,
    /// By quantity, then discount.
    baskets: Box<[Snippet<32>]>,
    discounts: usize,
    /// By payment, then country.
    payments: Box<[Snippet<112>]>,
    cities: Box<[CityText]>,
    devices: Box<[Segment]>,
    campaigns: Box<[Snippet<128>]>,
    frame: PhantomData<F>,
}

/// What a city's name brings with it.
#[derive(Debug, Clone)]
struct CityText {
    text: Snippet<96>,
    /// Index of its country.
    country: usize,
}

impl<F: Frame> Renderer<F> {
    pub(super) fn new(params: &TransactionsParams) -> Self {
        let discounts = params.most_discount() + 1;
        let basket = |index: usize| {
            Snippet::new(|out| F::basket(out, 1 + index / discounts, index % discounts))
        };
        let city = |city: &&mercato_patterns::geographic::City| CityText {
            text: Snippet::new(|out| F::city(out, city)),
            country: COUNTRIES
                .iter()
                .position(|code| *code == city.country().alpha2())
                .unwrap_or_default(),
        };
        let payment = |payment| {
            CURRENCIES.map(|currency| Snippet::new(|out| F::payment(out, payment, currency)))
        };
        Self {
            products: params
                .products
                .iter()
                .map(|product| Segment::new(|out| F::product(out, product)))
                .collect(),
            baskets: (0..params.quantities.len() * discounts).map(basket).collect(),
            discounts,
            payments: params.payments.iter().flat_map(payment).collect(),
            cities: params.residents.cities.iter().map(city).collect(),
            devices: params
                .devices
                .iter()
                .map(|device| Segment::new(|out| F::device(out, device)))
                .collect(),
            campaigns: params
                .campaigns
                .iter()
                .map(|way| Snippet::new(|out| F::campaign(out, way)))
                .collect(),
            frame: PhantomData,
        }
    }

    /// Appends the record of one transaction at `at`.
    #[inline]
    pub(super) fn append(&self, checkout: &Checkout, number: u64, at: i64, out: &mut Vec<u8>) {
        let time = digits::millis_text(at);
        head::<F>(out, checkout, number, at, &time);
        self.products[usize::from(checkout.product)].append(out);
        let basket =
            usize::from(checkout.quantity) * self.discounts + usize::from(checkout.discount);
        self.baskets[basket].append(out);
        let city = &self.cities[usize::from(checkout.city)];
        self.payments[usize::from(checkout.payment) * CURRENCIES.len() + city.country].append(out);
        out.extend_from_slice(&time);
        city.text.append(out);
        if let Some(postcode) = &checkout.postcode {
            out.extend_from_slice(postcode.as_bytes());
        }
        out.extend_from_slice(F::LATITUDE);
        quick::degrees(out, checkout.position.latitude_e4());
        out.extend_from_slice(F::LONGITUDE);
        quick::degrees(out, checkout.position.longitude_e4());
        self.devices[usize::from(checkout.device)].append(out);
        self.campaigns[usize::from(checkout.campaign)].append(out);
    }
}

/// The currencies of [`COUNTRIES`], in their order.
pub(super) const CURRENCIES: [&str; 3] = ["USD", "CAD", "GBP"];

/// The second at which the session of a transaction began.
#[inline]
pub(super) fn session_second(checkout: &Checkout, at: i64) -> i64 {
    at.div_euclid(SECOND) - i64::from(checkout.browsed_seconds)
}

/// The three identifiers.
#[inline]
fn head<F: Frame>(
    out: &mut Vec<u8>,
    checkout: &Checkout,
    number: u64,
    at: i64,
    time: &[u8; TIME_LEN],
) {
    let session = session_second(checkout, at);
    let user = nine(checkout.user);
    let (Ok(number @ 0..1_000_000_000), Ok(session @ 1_000_000_000..)) =
        (u32::try_from(number), u32::try_from(session))
    else {
        return long_head::<F>(out, &user, number, session, time);
    };
    let start = out.len();
    out.extend_from_slice(F::HEAD);
    let Some(head) = out.get_mut(start..start + F::HEAD.len()) else { return };
    head[F::DATE..F::DATE + 8].copy_from_slice(&date(time));
    head[F::DATE + 9..F::DATE + 18].copy_from_slice(&nine(number));
    head[F::USER..F::USER + USER_LEN].copy_from_slice(&user);
    head[F::SESSION] = b'0' + (session / 1_000_000_000) as u8;
    head[F::SESSION + 1..F::SESSION + 10].copy_from_slice(&nine(session % 1_000_000_000));
    head[F::SESSION + 15..F::SESSION + 24].copy_from_slice(&user);
}

/// The same where a number is longer than documented, or the session began before 2001 or after
/// 2106.
#[cold]
fn long_head<F: Frame>(
    out: &mut Vec<u8>,
    user: &[u8],
    number: u64,
    session: i64,
    time: &[u8; TIME_LEN],
) {
    out.extend_from_slice(&F::HEAD[..F::DATE]);
    out.extend_from_slice(&date(time));
    out.push(b'_');
    digits::padded(out, number, 9);
    out.extend_from_slice(&F::HEAD[F::DATE + 18..F::USER]);
    out.extend_from_slice(user);
    out.extend_from_slice(&F::HEAD[F::USER + USER_LEN..F::SESSION]);
    digits::signed(out, session);
    out.extend_from_slice(b"_user");
    out.extend_from_slice(user);
}

/// Year, month and day of a time without anything between them.
#[inline]
fn date(time: &[u8; TIME_LEN]) -> [u8; 8] {
    let [y1, y2, y3, y4, _, m1, m2, _, d1, d2, ..] = *time;
    [y1, y2, y3, y4, m1, m2, d1, d2]
}

/// The nine digits of a number below 10^9.
#[inline]
fn nine(value: u32) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = quick::eight(value % 100_000_000);
    [b'0' + (value / 100_000_000) as u8, a, b, c, d, e, f, g, h]
}

/// Appends the key: `user_` and nine digits.
#[inline]
pub(super) fn append_user(out: &mut Vec<u8>, user: u32) {
    out.extend_from_slice(b"user_");
    out.extend_from_slice(&nine(user));
}
