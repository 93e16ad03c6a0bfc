//! The stream `transactions` of document 001: purchases of one product, with who, where, by which
//! device and why.
//!
//! There is a substream of arrivals for each time zone, so that the rate follows the users' own
//! clocks. Which zone, city, device and position a user has is a function of the seed and the user
//! alone.

mod campaigns;
mod catalogue;
mod config;
mod devices;
mod params;
mod residents;
mod serials;
mod week;

use mercato_draw::{CounterHash, Label, Permutation, Words, below};
use mercato_encode::{Constant, Layout, Out, Writer, digits, numbers};
use mercato_engine::{Arrival, Arrivals, Schedule, Step, Stream, StreamId, World};
use mercato_patterns::geographic::{City, Position, Postcode};
use mercato_schema::{
    Degrees, DeviceInfo, Discount, InstantForm, MarketingAttribution, Timestamp, Transaction,
    UserLocation,
};

use crate::purposes;
pub use campaigns::CampaignConfig;
pub use config::{PaymentConfig, TransactionsConfig, WeekConfig, ZoneConfig};
pub use params::TransactionsParams;
use residents::{COUNTRIES, MAX_USERS};
use serials::TransactionNumbers;

/// The stream `transactions`.
///
/// The key is `user_id`; there is one kind.
#[derive(Debug, Clone)]
pub struct Transactions {
    params: TransactionsParams,
    schedule: Schedule,
    numbers: TransactionNumbers,
    users: Permutation,
    homes: CounterHash,
    /// Index of the country of each city.
    countries: Box<[u8]>,
}

/// Everything random about one transaction, and what its user brings along: numbers and table
/// indices, 40 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkout {
    /// As it is shown.
    user: u32,
    position: Position,
    postcode: Option<Postcode>,
    city: u16,
    device: u16,
    product: u16,
    payment: u16,
    campaign: u16,
    /// From the beginning of the session.
    browsed_seconds: u16,
    /// One item is 0.
    quantity: u8,
    /// Hundredths.
    discount: u8,
}

/// Words of one arrival: user; product and quantity; payment and discount; campaign and length of
/// the session.
const WORDS: usize = 4;

/// The lowest number a user is shown with: the first of nine digits.
const FIRST_USER: u32 = 100_000_000;

/// The shortest time between the beginning of a session and its transaction.
const LEAST_BROWSED_SECONDS: u64 = 30;
/// Maximum number of additional seconds, all equally likely.
const BROWSED_SECONDS: u64 = 1_800;

/// A trait of a user, drawn from the hash of their number.
#[derive(Debug, Clone, Copy)]
enum Trait {
    Device,
    Position,
    Postcode,
}

impl Transactions {
    /// The stream of `params` in `world`, with more or fewer arrivals where `schedule` says so.
    pub fn new(world: World, params: TransactionsParams, schedule: Schedule) -> Self {
        let hash = |purpose| world.seed.hash(Label::new(purpose, 0));
        #[expect(
            clippy::expect_used,
            reason = "there are numbers of nine digits, and fewer than 2^62"
        )]
        let users = Permutation::coarse(hash(purposes::USER_NUMBERS), MAX_USERS.into())
            .expect("a possible size");
        Self {
            numbers: TransactionNumbers::new(
                hash(purposes::TRANSACTION_NUMBERS),
                &params.residents.shares(),
            ),
            users,
            homes: hash(purposes::USER_TRAITS),
            countries: params.residents.cities.iter().map(|city| country_of(city)).collect(),
            params,
            schedule,
        }
    }

    /// The record of one transaction as a value: the slow path, which says what the fast one must
    /// write.
    pub fn record(&self, checkout: &Checkout, step: Step) -> Transaction<'_> {
        let Checkout { user, .. } = checkout;
        let product = &self.params.products[usize::from(checkout.product)];
        let payment = &self.params.payments[usize::from(checkout.payment)];
        let timestamp = Timestamp::from_micros(step.at);
        Transaction {
            transaction_id: self.transaction_id(step).into(),
            user_id: format!("user_{user}").into(),
            session_id: session_id(checkout, step).into(),
            product_id: product.id.as_str().into(),
            product_name: product.model.into(),
            category_id: format!("cat_{}", product.category.key).into(),
            category_name: product.category.name.into(),
            subcategory: product.subcategory.into(),
            brand: product.brand.into(),
            price: product.price,
            quantity: u32::from(checkout.quantity) + 1,
            discount_applied: Discount::from_units(checkout.discount.into()),
            payment_method: payment.method.as_str().into(),
            payment_provider: payment.provider.as_str().into(),
            currency: self.params.residents.cities[usize::from(checkout.city)]
                .country()
                .currency()
                .into(),
            timestamp,
            user_location: self.location(checkout),
            device_info: self.device(checkout),
            marketing_attribution: self.attribution(checkout),
        }
    }

    fn transaction_id(&self, step: Step) -> String {
        let day: String = Timestamp::from_micros(step.at)
            .to_string()
            .chars()
            .filter(|c| *c != '-')
            .take(8)
            .collect();
        format!("txn_{day}_{:09}", self.numbers.number(step.substream, step.arrival))
    }

    fn location(&self, checkout: &Checkout) -> UserLocation<'_> {
        let city = self.params.residents.cities[usize::from(checkout.city)];
        UserLocation {
            country: city.country().alpha2().into(),
            state: city.subdivision().into(),
            city: city.name().into(),
            zip_code: checkout
                .postcode
                .map_or_else(String::new, |postcode| postcode.to_string())
                .into(),
            latitude: Degrees::from_units(checkout.position.latitude_e4()),
            longitude: Degrees::from_units(checkout.position.longitude_e4()),
        }
    }

    fn device(&self, checkout: &Checkout) -> DeviceInfo<'_> {
        let device = &self.params.devices[usize::from(checkout.device)];
        DeviceInfo {
            kind: device.kind.into(),
            os: device.os.into(),
            browser: device.browser.into(),
            user_agent: device.user_agent.into(),
        }
    }

    fn attribution(&self, checkout: &Checkout) -> MarketingAttribution<'_> {
        let way = &self.params.campaigns[usize::from(checkout.campaign)];
        MarketingAttribution {
            campaign_id: way.campaign.as_deref().map(Into::into),
            channel: way.channel.as_str().into(),
            referrer: way.referrer.as_deref().map(Into::into),
        }
    }

    /// A word that belongs to a user for ever.
    #[inline]
    fn word_of(&self, user: u32, what: Trait) -> u64 {
        self.homes.at(user.into(), what as u64)
    }
}

impl Stream for Transactions {
    type Entity = Checkout;
    // The types of parameters and records guarantee it, and tests compare every byte with
    // `serde_json`.
    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        StreamId { name: "transactions", purpose: purposes::TRANSACTIONS, rank: 2 }
    }

    fn topics(&self) -> Vec<String> {
        vec![self.params.topic.clone()]
    }

    fn kinds(&self) -> Vec<String> {
        vec!["transaction".to_owned()]
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        let law = |substream| self.params.arrivals(substream, self.schedule.clone());
        self.params.residents.substreams.iter().map(law).collect()
    }

    fn words(&self) -> usize {
        WORDS
    }

    #[inline]
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Checkout {
        let params = &self.params;
        let (user, city) = params.residents.pick(arrival.substream, words.take());
        let home = params.residents.cities[usize::from(city)];
        let (product, quantity) = halves(words.take());
        let (payment, discount) = halves(words.take());
        let (campaign, browsed) = halves(words.take());
        Checkout {
            user: FIRST_USER + self.users.apply(user.into()) as u32,
            position: params.scatter.around(home.position(), self.word_of(user, Trait::Position)),
            postcode: home.postcode(self.word_of(user, Trait::Postcode)),
            city,
            device: params.device_choice.pick(self.word_of(user, Trait::Device)) as u16,
            product: params.product_choice.pick(product) as u16,
            payment: params.payment_choice.pick(payment) as u16,
            campaign: params.campaign_choice.pick(campaign) as u16,
            browsed_seconds: (LEAST_BROWSED_SECONDS + below(browsed, BROWSED_SECONDS)) as u16,
            quantity: params.quantities.pick(quantity) as u8,
            discount: params.discounts.pick(discount) as u8,
        }
    }

    #[inline]
    fn owner(&self, checkout: &Checkout, _: Arrival, key: &mut Vec<u8>) {
        append_user(key, checkout.user);
    }

    fn layout(&self, _: u16) -> Layout {
        let params = &self.params;
        let discounts = params.most_discount() + 1;
        let basket = |index: usize| {
            let (quantity, discount) = (1 + index / discounts, index % discounts);
            [Constant::Integer(quantity as i64), Constant::Decimal(discount as i64)]
        };
        let payment = |payment: &params::Payment| {
            let (method, provider) = (payment.method.clone(), payment.provider.clone());
            CURRENCIES.map(move |currency| [method.as_str(), &provider, currency].map(Into::into))
        };
        Layout::of::<Transaction>()
            .prefix("transaction_id", "txn_")
            .prefix("user_id", "user_")
            .prefix("session_id", "sess_")
            .table("product", PRODUCT, params.products.iter().map(product_row))
            .table(
                "basket",
                ["quantity", "discount_applied"],
                (0..params.quantities.len() * discounts).map(basket),
            )
            .table(
                "payment",
                ["payment_method", "payment_provider", "currency"],
                params.payments.iter().flat_map(payment),
            )
            .table("city", CITY, params.residents.cities.iter().map(|city| city_row(city)))
            .table("device", DEVICE, params.devices.iter().map(device_row))
            .table("campaign", CAMPAIGN, params.campaigns.iter().map(campaign_row))
    }

    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write<W: Writer>(&self, checkout: &Checkout, step: Step, writer: &mut W) {
        let number = self.numbers.number(step.substream, step.arrival);
        let discounts = self.params.most_discount() + 1;
        let basket = usize::from(checkout.quantity) * discounts + usize::from(checkout.discount);
        let country = usize::from(self.countries[usize::from(checkout.city)]);
        writer.key(|key| append_user(key, checkout.user));
        writer.plain("transaction_id", |out| {
            out.array(&digits::date(step.at));
            out.byte(b'_');
            numbers::nine(out, number);
        });
        writer.plain("user_id", |out| numbers::nine(out, checkout.user.into()));
        writer.plain("session_id", |out| {
            numbers::signed(out, session_second(checkout, step.at));
            out.array(b"_user");
            numbers::nine(out, checkout.user.into());
        });
        writer.piece("product", checkout.product.into());
        writer.piece("basket", basket);
        writer.piece("payment", usize::from(checkout.payment) * CURRENCIES.len() + country);
        writer.instant("timestamp", step.at, InstantForm::Millis);
        writer.piece("city", checkout.city.into());
        writer.plain("user_location.zip_code", |out| {
            if let Some(postcode) = &checkout.postcode {
                out.extend(postcode.as_bytes());
            }
        });
        let position = checkout.position;
        writer.decimal("user_location.latitude", position.latitude_e4().into(), 4);
        writer.decimal("user_location.longitude", position.longitude_e4().into(), 4);
        writer.piece("device", checkout.device.into());
        writer.piece("campaign", checkout.campaign.into());
    }
}

const PRODUCT: [&str; 7] =
    ["product_id", "product_name", "category_id", "category_name", "subcategory", "brand", "price"];
const CITY: [&str; 3] = ["user_location.country", "user_location.state", "user_location.city"];
const DEVICE: [&str; 4] =
    ["device_info.type", "device_info.os", "device_info.browser", "device_info.user_agent"];
const CAMPAIGN: [&str; 3] = [
    "marketing_attribution.campaign_id",
    "marketing_attribution.channel",
    "marketing_attribution.referrer",
];

fn product_row(product: &catalogue::Product) -> [Constant; 7] {
    let category = product.category;
    let category_id = format!("cat_{}", category.key);
    let texts = [
        &product.id,
        product.model,
        &category_id,
        category.name,
        product.subcategory,
        product.brand,
    ];
    let [id, name, category_id, category, subcategory, brand] = texts.map(Constant::from);
    let price = Constant::Decimal(product.price.cents());
    [id, name, category_id, category, subcategory, brand, price]
}

fn city_row(city: &City) -> [Constant; 3] {
    [city.country().alpha2(), city.subdivision(), city.name()].map(Into::into)
}

fn device_row(device: &devices::Device) -> [Constant; 4] {
    [device.kind, device.os, device.browser, device.user_agent].map(Into::into)
}

fn campaign_row(way: &CampaignConfig) -> [Constant; 3] {
    [way.campaign.as_deref().into(), way.channel.as_str().into(), way.referrer.as_deref().into()]
}

/// The currencies of [`COUNTRIES`], in their order.
const CURRENCIES: [&str; 3] = ["USD", "CAD", "GBP"];

/// Index of a city's country among [`COUNTRIES`].
fn country_of(city: &City) -> u8 {
    COUNTRIES.iter().position(|code| *code == city.country().alpha2()).unwrap_or_default() as u8
}

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;

/// The second at which the session of a transaction began.
#[inline]
fn session_second(checkout: &Checkout, at: i64) -> i64 {
    at.div_euclid(SECOND) - i64::from(checkout.browsed_seconds)
}

/// Appends the key: `user_` and nine digits.
#[inline]
fn append_user(out: &mut Vec<u8>, user: u32) {
    out.array(b"user_");
    numbers::nine(out, user.into());
}

fn session_id(checkout: &Checkout, step: Step) -> String {
    format!("sess_{}_user{}", session_second(checkout, step.at), checkout.user)
}

/// Two words of one: each is as good as a whole one for a choice whose weights need no more than 32
/// bits.
#[inline]
fn halves(word: u64) -> (u64, u64) {
    (word & 0xffff_ffff_0000_0000, word << 32)
}
