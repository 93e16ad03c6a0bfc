//! The stream `transactions` of document 001: purchases of one product, with who, where, by which
//! device and why.
//!
//! There is a lane of arrivals for each time zone, so that the rate follows the users' own clocks.
//! Which zone, city, device and position a user has is a function of the seed and the user alone.

mod campaigns;
mod catalogue;
mod config;
mod devices;
mod fields;
mod frame;
mod numbers;
mod params;
mod render;
mod residents;

use mercato_draw::{CounterHash, Label, Permutation, Words, below};
use mercato_engine::{Arrival, Arrivals, Format, Record, Schedule, Step, Stream, StreamId, World};
use mercato_patterns::geographic::{Position, Postcode};
use mercato_schema::{
    Degrees, Described, DeviceInfo, Discount, MarketingAttribution, Timestamp, Transaction,
    UserLocation,
};

use crate::purposes;
pub use campaigns::CampaignConfig;
pub use config::{PaymentConfig, TransactionsConfig, WeekConfig, ZoneConfig};
use frame::{Csv, Json};
use numbers::TransactionNumbers;
pub use params::TransactionsParams;
use render::Renderer;
use residents::MAX_USERS;

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
    json: Renderer<Json>,
    csv: Renderer<Csv>,
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
/// How many more seconds it may be, all equally likely.
const BROWSED_SECONDS: u64 = 1_800;

/// What is drawn for a user, from the hash of his number.
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
            json: Renderer::new(&params),
            csv: Renderer::new(&params),
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
        format!("txn_{day}_{:09}", self.numbers.number(step.lane, step.arrival))
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
        let law = |lane| self.params.arrivals(lane, self.schedule.clone());
        self.params.residents.lanes.iter().map(law).collect()
    }

    fn words(&self) -> usize {
        WORDS
    }

    #[inline]
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Checkout {
        let params = &self.params;
        let (user, city) = params.residents.pick(arrival.lane, words.take());
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
        render::append_user(key, checkout.user);
    }

    #[inline]
    fn render(&self, checkout: &Checkout, step: Step, record: &mut Record<'_>) {
        render::append_user(record.key(), checkout.user);
        let number = self.numbers.number(step.lane, step.arrival);
        match record.format() {
            Format::Json => self.json.append(checkout, number, step.at, record.value()),
            Format::Csv => self.csv.append(checkout, number, step.at, record.value()),
        }
    }

    fn columns(&self) -> Vec<String> {
        Transaction::description().columns()
    }
}

fn session_id(checkout: &Checkout, step: Step) -> String {
    format!("sess_{}_user{}", render::session_second(checkout, step.at), checkout.user)
}

/// Two words of one: each is as good as a whole one for a choice whose weights need no more than 32
/// bits.
#[inline]
fn halves(word: u64) -> (u64, u64) {
    (word & 0xffff_ffff_0000_0000, word << 32)
}
