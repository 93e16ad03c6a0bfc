//! The records of a visit: what never changes about them, and what each one brings.

use mercato_encode::{Constant, Layout, Out, Writer, digits, numbers};
use mercato_engine::Step;
use mercato_patterns::geographic::City;
use mercato_schema::InstantForm;

use super::basket::Basket;
use super::devices::DEVICES;
use super::plan::Kind;
use super::{Session, Shop, ShopParams, fields};
use crate::shop::Topic;
use crate::shop::catalogue::Category;
use crate::shop::users::{Users, append_number, append_user};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// Pages that belong to no category.
pub(super) const PAGES: [&str; 8] =
    ["/", "/deals", "/new", "/account", "/wishlist", "/orders", "/help", "/stores"];
pub(super) const CHECKOUT: &str = "/checkout";
pub(super) const CONFIRMATION: &str = "/checkout/confirmation";
pub(super) const CART: &str = "/cart";

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

/// The layout of user events.
pub(super) fn event_layout(categories: &[Category]) -> Layout {
    let page = |category: Option<&str>, url: &str| [category.into(), url.into()];
    let mut pages: Vec<[Constant; 2]> = PAGES.into_iter().map(|url| page(None, url)).collect();
    pages.extend([CHECKOUT, CONFIRMATION].map(|url| page(None, url)));
    for category in categories {
        let [search, product] = urls(category);
        pages.extend([&search, &product, CART].map(|url| page(Some(category.name()), url)));
    }
    Topic::USER_EVENTS
        .layout()
        .prefix("event_id", "evt_")
        .prefix("user_id", "user_")
        .table("event_type", ["event_type"], Kind::ALL.map(|kind| [kind.name().into()]))
        .table("page", ["category", "page_url"], pages)
        .table(
            "device",
            ["device_info.device_type", "device_info.screen_resolution"],
            DEVICES.iter().map(|device| [device.kind, device.screen].map(Into::into)),
        )
}

/// The layout of transactions.
pub(super) fn purchase_layout(
    params: &ShopParams,
    users: &Users,
    categories: &[Category],
) -> Layout {
    let categories = categories.iter().map(|category| [category.name().into()]);
    let payments = params.payments.iter().map(|method| [method.as_str().into()]);
    Topic::TRANSACTIONS
        .layout()
        .prefix("transaction_id", "txn_")
        .prefix("user_id", "user_")
        .list("products", |line| line.table("category", ["category"], categories))
        .table("payment_method", ["payment_method"], payments)
        .table(
            "city",
            ["location.country", "location.state", "location.city"],
            users.places().iter().map(|city| city_row(city)),
        )
        .table(
            "device",
            ["device_info.device_type", "device_info.os", "device_info.browser"],
            DEVICES.iter().map(|device| [device.kind, device.os, device.browser].map(Into::into)),
        )
}

fn city_row(city: &City) -> [Constant; 3] {
    [city.country().alpha2(), city.subdivision(), city.name()].map(Into::into)
}

impl Visit<'_> {
    /// Writes the record of an event that is about `product`.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(super) fn write_event(self, product: Option<(u32, u16)>, writer: &mut impl Writer) {
        let Visit { shop, session, step, serial } = self;
        let code = shop.session_code(serial);
        writer.key(|key| append_session(key, code));
        writer.plain("event_id", |out| numbers::nine(out, event_number(serial, step.number)));
        writer.plain("user_id", |out| append_number(out, session.user));
        writer.plain("session_id", |out| append_session(out, code));
        writer.piece("event_type", step.kind.into());
        writer.instant("timestamp", step.at, InstantForm::Millis);
        let page = match product {
            None => shop.page(session, step),
            Some((_, category)) => {
                let of = if step.kind == Kind::ProductView as u16 { 1 } else { 2 };
                FIRST_OF_CATEGORY + usize::from(category) * OF_CATEGORY + of
            }
        };
        writer.optional_text("product_id", product, |(product, _), out| {
            shop.append_product(session, product, out);
        });
        writer.piece("page", page);
        writer.integer("duration_seconds", shop.duration_seconds(session, step));
        writer.piece("device", session.device.into());
    }

    /// Writes the record of the transaction that pays `basket`.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(super) fn write_purchase(self, basket: &Basket, writer: &mut impl Writer) {
        let Visit { shop, session, step, serial } = self;
        writer.key(|key| append_user(key, session.user));
        writer.plain("transaction_id", |out| numbers::nine(out, serial));
        writer.plain("user_id", |out| append_number(out, session.user));
        writer.instant("timestamp", step.at, InstantForm::Millis);
        writer.list("products", basket.lines(), |writer, line| {
            writer.plain("product_id", |out| shop.catalogue.append_id(line.item, out));
            writer.text("name", |out| shop.catalogue.append_name(line.item, out));
            writer.piece("category", line.category.into());
            writer.decimal("price", line.price.cents(), 2);
            writer.integer("quantity", line.quantity);
        });
        writer.decimal("total_amount", shop.total(session, basket.cents).cents(), 2);
        writer.piece("payment_method", shop.payment(session));
        writer.piece("city", session.city.into());
        writer.decimal("location.latitude", session.position.latitude_e4().into(), 4);
        writer.decimal("location.longitude", session.position.longitude_e4().into(), 4);
        writer.piece("device", session.device.into());
        writer.boolean("is_fraud", session.traits.is_fraud);
        writer.decimal("fraud_score", shop.score(session, basket.cents).units().into(), 2);
    }
}

/// The pages of a category's search and products.
pub(super) fn urls(category: &Category) -> [String; 2] {
    [format!("/search?category={}", category.slug()), format!("/products/{}", category.slug())]
}

impl Shop {
    /// Appends the identifier of what was sold in the place of a product when a session began.
    #[inline]
    pub(super) fn append_product(&self, session: &Session, product: u32, out: &mut impl Out) {
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

    /// Returns the page of [`PAGES`] that a step shows: usually the first.
    #[inline]
    pub(super) fn plain_page(&self, session: &Session, step: u16) -> usize {
        let word = self.steps.at(session.word, fields::PAGE | u64::from(step));
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
pub(super) fn append_session(out: &mut impl Out, code: u64) {
    out.array(b"sess_");
    out.put(&digits::hex_eight((code >> 16) as u32 & 0xffff_0000), 4);
    out.array(&digits::hex_eight(code as u32));
}
