//! The parameters of the stream `transactions`, checked once.

use mercato_draw::AliasTable;
use mercato_engine::{Arrivals, Rate, Schedule};
use mercato_patterns::geographic::Scatter;
use mercato_patterns::temporal::Week;
use mercato_schema::Discount;

use super::campaigns::{self, CampaignConfig};
use super::catalogue::{self, Product, share};
use super::devices::{self, Device};
use super::residents::{Residents, Substream};
use super::week::week;
use super::{PaymentConfig, TransactionsConfig};
use crate::choice::{self, Choice};
use crate::curve::local_week;
use crate::error::out_of_range;
use crate::{ParamsError, error};

/// Parameters of the stream `transactions` that are known to be possible.
///
/// ```
/// use std::error::Error;
///
/// use mercato_shop::transactions::{TransactionsConfig, TransactionsParams, ZoneConfig};
///
/// let zone = ZoneConfig { name: "Europe/Londn".into(), weight: None, week: None };
/// let config = TransactionsConfig { zones: vec![zone], ..TransactionsConfig::default() };
/// let error = TransactionsParams::new(&config).unwrap_err();
/// assert_eq!(error.to_string(), "invalid transactions.zones[0].name");
/// let cause = error.source().map(ToString::to_string);
/// assert_eq!(cause.as_deref(), Some("unknown time zone \"Europe/Londn\": did you mean \"Europe/London\"?"));
/// ```
#[derive(Debug, Clone)]
pub struct TransactionsParams {
    pub(super) topic: String,
    millionths_per_hour: u64,
    /// The shop's week.
    week: Week,
    flat: bool,
    pub(super) residents: Residents,
    pub(super) scatter: Scatter,
    pub(super) products: Box<[Product]>,
    pub(super) product_choice: AliasTable,
    /// Outcome 0 is one item.
    pub(super) quantities: AliasTable,
    /// Outcomes are hundredths.
    pub(super) discounts: AliasTable,
    pub(super) payments: Box<[Payment]>,
    pub(super) payment_choice: AliasTable,
    pub(super) devices: Box<[Device]>,
    pub(super) device_choice: AliasTable,
    pub(super) campaigns: Box<[CampaignConfig]>,
    pub(super) campaign_choice: AliasTable,
}

/// A method with one of its providers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Payment {
    pub(super) method: String,
    pub(super) provider: String,
}

/// The largest number of items that a weight can be given for.
const MAX_QUANTITY: u64 = 100;
/// The lowest rate of a zone whose hours differ: a block of 1,024 then takes 117 years.
const LEAST_MILLIONTHS_PER_HOUR: u64 = 1_000;
/// Parts of a share.
const MILLION: u64 = 1_000_000;

impl TransactionsParams {
    /// Checks a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &TransactionsConfig) -> Result<Self, ParamsError> {
        error::topic("transactions.topic", &config.topic)?;
        let products = catalogue::products();
        let devices = devices::devices();
        let product_choice = product_choice("transactions.categories", config, &products)?;
        let device_choice = device_choice("transactions.devices", config, &devices)?;
        let (payments, payment_choice) =
            payments("transactions.payment_methods", &config.payment_methods)?;
        campaigns::check("transactions.campaigns", &config.campaigns)?;
        let quantity_key = "transactions.quantities";
        error::within(
            &format!("the length of {quantity_key}"),
            config.quantities.len() as u64,
            1,
            MAX_QUANTITY,
        )?;
        let scatter = Scatter::new(config.scatter_metres);
        let params = Self {
            topic: config.topic.clone(),
            millionths_per_hour: config.rate.millionths_per_hour(),
            week: week("transactions.week", &config.week)?,
            flat: config.flat,
            residents: Residents::new(config.users, &config.countries, &config.zones)?,
            scatter: scatter.map_err(|source| ParamsError::Place {
                key: "transactions.scatter_metres".to_owned(),
                source,
            })?,
            products: products.into(),
            product_choice,
            quantities: choice::table(quantity_key, config.quantities.iter().copied())?,
            discounts: discounts(config.discounted, config.max_discount)?,
            payments,
            payment_choice,
            devices: devices.into(),
            device_choice,
            campaign_choice: choice::table(
                "transactions.campaigns",
                config.campaigns.iter().map(|campaign| campaign.weight),
            )?,
            campaigns: config.campaigns.clone().into(),
        };
        params.check_rate(config)?;
        Ok(params)
    }

    /// Refuses a rate at which a zone's next block would take centuries to fill, each hour of which
    /// must be looked at.
    fn check_rate(&self, config: &TransactionsConfig) -> Result<(), ParamsError> {
        let rarest = self
            .residents
            .substreams
            .iter()
            .min_by_key(|substream| substream.users.end - substream.users.start);
        let Some(substream) = rarest
            .filter(|substream| !self.flat && self.share(substream) < LEAST_MILLIONTHS_PER_HOUR)
        else {
            return Ok(());
        };
        let users = substream.users.end - substream.users.start;
        let least = u128::from(LEAST_MILLIONTHS_PER_HOUR) * u128::from(config.users)
            / u128::from(users.max(1))
            + 1;
        // In thousandths, rounded up: no more digits than a person wants to type.
        let least = least.div_ceil(1_000) as f64 / 1_000.0;
        Err(ParamsError::Impossible {
            key: "transactions.rate".to_owned(),
            value: config.rate.to_string(),
            bound: format!(
                "the {users} of {} users in {} would buy less than once in a thousand hours; \
                 it must be at least {least}/h; or use fewer zones or a flat week",
                config.users, substream.zone
            ),
        })
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Largest outcome of the table of discounts, in hundredths.
    pub(super) fn most_discount(&self) -> usize {
        self.discounts.len() - 1
    }

    /// A substream's users' part of the rate, rounded so that nothing of it is lost.
    fn share(&self, substream: &Substream) -> u64 {
        let users = self.residents.substreams.last().map_or(1, |last| last.users.end);
        let before =
            |user: u32| u128::from(self.millionths_per_hour) * u128::from(user) / u128::from(users);
        (before(substream.users.end) - before(substream.users.start)) as u64
    }

    /// The law of one substream: its users' part of the rate, by the clock of its zone.
    pub(super) fn arrivals(&self, substream: &Substream, schedule: Schedule) -> Arrivals {
        #[expect(
            clippy::expect_used,
            reason = "a part of a rate is no more than the rate, which was checked"
        )]
        let rate = Rate::new(self.share(substream).max(1), schedule).expect("a possible rate");
        let curve = local_week(substream.week.as_ref().unwrap_or(&self.week), substream.zone)
            .filter(|_| !self.flat);
        Arrivals::Rate(match curve {
            Some(curve) => rate.with_curve(curve),
            None => rate,
        })
    }
}

impl Default for TransactionsParams {
    /// The parameters of document 001.
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the built-in configuration is fixed, and a test checks it"
        )]
        Self::new(&TransactionsConfig::default()).expect("the built-in configuration is possible")
    }
}

fn product_choice(
    key: &str,
    config: &TransactionsConfig,
    products: &[Product],
) -> Result<AliasTable, ParamsError> {
    Choice::new(key, &config.categories)?;
    let weights = catalogue::product_weights(key, products, &config.categories)?;
    choice::table(key, weights.into_iter())
}

fn device_choice(
    key: &str,
    config: &TransactionsConfig,
    devices: &[Device],
) -> Result<AliasTable, ParamsError> {
    Choice::new(key, &config.devices)?;
    let weights = devices::device_weights(key, devices, &config.devices)?;
    choice::table(key, weights.into_iter())
}

/// Outcome 0 is no discount, the others are hundredths.
fn discounts(discounted: f64, most: Discount) -> Result<AliasTable, ParamsError> {
    let millionths = (discounted * MILLION as f64).round();
    if !(0.0..=MILLION as f64).contains(&millionths) {
        return Err(out_of_range("transactions.discounted", discounted.to_string(), 0, 1));
    }
    let (with, most) = (millionths as u64, most.units());
    if most < 1 {
        return Err(ParamsError::Impossible {
            key: "transactions.max_discount".to_owned(),
            value: "0".to_owned(),
            bound: "it must be from 0.01 to 1; to disable discounts, set discounted = 0".to_owned(),
        });
    }
    let without = (MILLION - with) * most as u64;
    choice::table(
        "transactions.discounted",
        std::iter::once(without).chain((0..most).map(|_| with)),
    )
}

/// Every method with each of its providers.
fn payments(
    key: &str,
    methods: &[PaymentConfig],
) -> Result<(Box<[Payment]>, AliasTable), ParamsError> {
    let named = |method: &PaymentConfig| crate::Weighted {
        name: method.name.clone(),
        weight: method.weight,
    };
    Choice::new(key, &methods.iter().map(named).collect::<Vec<_>>())?;
    let sum = methods.iter().map(|method| method.weight).sum();
    let (mut payments, mut weights) = (Vec::new(), Vec::new());
    for (index, method) in methods.iter().enumerate() {
        Choice::new(&format!("{key}[{index}].providers"), &method.providers)?;
        let within = method.providers.iter().map(|provider| provider.weight).sum();
        for provider in &method.providers {
            payments.push(Payment { method: method.name.clone(), provider: provider.name.clone() });
            weights.push(share(method.weight, sum, provider.weight, within));
        }
    }
    Ok((payments.into(), choice::table(key, weights.into_iter())?))
}
