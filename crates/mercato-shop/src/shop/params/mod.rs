//! The parameters of the shop, checked once.

mod crowding;
mod seasonality;
mod special_days;
mod substreams;

pub use crowding::Crowding;
use mercato_draw::{AliasTable, CounterHash, Seed};
use mercato_engine::World;
use mercato_lifecycle::Dwell;
use mercato_patterns::Zone;
use mercato_patterns::seasonal::{Calendar, Weather};
use mercato_units::Weight;

use super::catalogue::{CatalogueConfig, CatalogueParams};
use super::fraud::FraudParams;
use super::rates::ShopRates;
use super::scenarios::{Scenarios, Traffic};
use super::sessions::{self, SessionModel, SessionsConfig};
use super::topics::Topic;
use super::users::{Changes, MILLION, Users};
use super::{MarketConfig, ShopConfig, UsersConfig};
use crate::choice::{self, Choice};
use crate::error::out_of_range;
use crate::{ParamsError, error};
use seasonality::Seasonality;

/// Parameters of the shop that are known to be possible.
///
/// ```
/// use mercato_shop::shop::{ShopConfig, ShopParams};
///
/// let transactions = Some("50000/h".parse()?);
/// let events_per_session = Some(4.0);
/// let config = ShopConfig { transactions, events_per_session, ..ShopConfig::default() };
/// assert_eq!(ShopParams::new(&config)?.rates().sessions, 125_000_000_000);
///
/// let crowded = ShopConfig { events: Some("100000/h".parse()?), ..config };
/// let error = ShopParams::new(&crowded).unwrap_err().to_string();
/// assert!(error.starts_with("shop.conversion = 2 is invalid"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ShopParams {
    /// The names of the topics, in the order of [`Topic::ALL`].
    topics: [String; Topic::ALL.len()],
    pub(super) rates: ShopRates,
    scenarios: Scenarios,
    multiplier: u64,
    /// Price changes, launches and deliveries an hour before the multiplier, in millionths.
    product_updates: u64,
    /// Changes of users an hour, in millionths.
    user_changes: u64,
    /// When it is busy.
    pub(super) seasonality: Seasonality,
    weather: bool,
    users: UsersConfig,
    markets: Vec<MarketConfig>,
    /// One for each clock with users.
    substreams: u64,
    pub(super) catalogue: CatalogueParams,
    pub(super) session_model: SessionModel,
    pub(super) quantities: AliasTable,
    pub(super) device_choice: AliasTable,
    pub(super) payments: Box<[String]>,
    pub(super) payment_choice: AliasTable,
    /// Tenths of a per cent everywhere; none where each country has its own.
    pub(super) tax: Option<u64>,
    /// Usual spending of each class of users, in hundredths of the median.
    pub(super) usual: [u32; 64],
    /// Lines of a basket and items of a line, in thousandths of the mean.
    pub(super) usual_items: [i64; 2],
    fraud: FraudParams,
}

impl ShopParams {
    /// Checks a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &ShopConfig) -> Result<Self, ParamsError> {
        for topic in Topic::ALL {
            error::topic(&format!("shop.{}", topic.key), topic.of(config))?;
        }
        error::unique("shop topics", config.topics())?;
        let rates = ShopRates::new(config)?;
        let multiplier = multiplier(config.rate_multiplier)?;
        let mut catalogue = CatalogueParams::new("shop.catalogue", &config.catalogue)?;
        catalogue.update_more_often("shop.catalogue", &config.catalogue, multiplier)?;
        let sessions = &fitting_sessions(config);
        check_lengths(config, sessions)?;
        let payments = Choice::new("shop.sessions.payment_methods", &sessions.payment_methods)?;
        let mut params = Self {
            topics: Topic::ALL.map(|topic| topic.of(config).to_owned()),
            rates,
            scenarios: Scenarios::new(config)?,
            multiplier,
            product_updates: product_updates(&config.catalogue, catalogue.has_updates()),
            user_changes: 0,
            seasonality: Seasonality::new(&config.week, special_days::events(config)?)?,
            weather: config.weather,
            users: config.users.clone(),
            markets: config.regions.clone(),
            substreams: 0,
            catalogue,
            session_model: SessionModel::new(sessions, &rates)?,
            quantities: choice::table(
                "shop.sessions.quantities",
                sessions.quantities.iter().copied(),
            )?,
            device_choice: sessions::device_choice(&sessions.devices)?,
            payments: payments.names().into(),
            payment_choice: payments.table().clone(),
            tax: sessions.tax_percent.map(tax).transpose()?,
            usual: usual()?,
            usual_items: [&sessions.basket_lines, &sessions.quantities]
                .map(|weights| mean_thousandths(weights)),
            fraud: FraudParams::new(&config.fraud)?,
        };
        // Where users live and how many share a clock is the same under every seed.
        let world = World { seed: Seed::new(0), origin: 0 };
        let users = Users::new(world, &params.users, &params.markets)?;
        params.substreams = users.substreams().count() as u64;
        params.user_changes = users.changes().map_or(0, Changes::per_hour);
        params.check_substreams(&users)?;
        Ok(params)
    }

    /// Returns the rates before the multiplier.
    pub fn rates(&self) -> ShopRates {
        self.rates
    }

    /// Factor on all sessions and price updates, in millionths.
    pub(super) fn multiplier(&self) -> u64 {
        self.multiplier
    }

    /// Price changes, launches and deliveries an hour before the multiplier, in millionths.
    pub(super) fn product_updates(&self) -> u64 {
        self.product_updates
    }

    /// Changes of users an hour, in millionths.
    pub(super) fn user_changes(&self) -> u64 {
        self.user_changes
    }

    /// The share of transactions that are fraudulent in normal traffic, in millionths.
    pub(super) fn fraud_millionths(&self) -> u64 {
        self.fraud.rate()
    }

    /// The scenarios that a run may have.
    pub fn scenarios(&self) -> &Scenarios {
        &self.scenarios
    }

    /// Returns the arrivals under the scenario `name`, or without a name under the shop's own.
    ///
    /// Fails where there is no such scenario, and where it would have campaigns come too often.
    pub fn traffic(&self, name: Option<&str>) -> Result<Traffic, ParamsError> {
        let own = self.fraud.rate();
        self.scenarios.traffic(name, own, |fraud| self.fraud.honest_share(fraud))
    }

    /// The longest time from a session's arrival to the last record it causes, in microseconds: the
    /// longest session, what it takes to settle its transaction, and until an alert is raised about
    /// it.
    pub fn lookback(&self) -> i64 {
        self.session_model.longest() + sessions::LONGEST_SETTLING + self.fraud.longest_latency()
    }

    /// Amount of fraud, and its detection.
    pub fn fraud(&self) -> &FraudParams {
        &self.fraud
    }

    /// The configured name of a topic.
    pub fn topic(&self, topic: Topic) -> &str {
        &self.topics[topic.index()]
    }

    /// The topic of transactions that are taken back; none where none is.
    pub fn chargebacks_topic(&self) -> Option<&str> {
        self.fraud.has_chargebacks().then_some(self.topic(Topic::CHARGEBACKS))
    }

    pub(super) fn users(&self, world: World) -> Users {
        #[expect(clippy::expect_used, reason = "checked when the parameters were made")]
        Users::new(world, &self.users, &self.markets).expect("checked users")
    }

    pub(super) fn weather(&self, hash: CounterHash) -> Option<Weather> {
        self.weather.then(|| Weather::new(hash))
    }

    /// Returns the calendar of demand, in local time.
    pub(super) fn calendar(&self) -> Calendar {
        let shop = Calendar::shop(Zone::UTC);
        let bare = shop.events().iter().fold(shop.clone(), |calendar, event| {
            calendar.without_event(event.name()).unwrap_or_else(|_| shop.clone())
        });
        self.catalogue
            .on_calendar(self.seasonality.events.iter().cloned().fold(bare, Calendar::with_event))
    }

    /// Number of substreams of sessions.
    pub(super) fn substreams(&self) -> u64 {
        self.substreams
    }

    /// Fraudulent transactions in millionths an hour, as the mean of a plain week; a multiplier
    /// makes more of them.
    pub(super) fn fraudulent(&self) -> u128 {
        let transactions =
            u128::from(self.rates.transactions) * u128::from(self.multiplier) / u128::from(MILLION);
        transactions * u128::from(self.fraud.rate()) / u128::from(MILLION)
    }
}

/// The configuration of sessions, with the default table of baskets cut to the number of products:
/// a small catalogue must not be refused for a setting that nobody made.
fn fitting_sessions(config: &ShopConfig) -> SessionsConfig {
    let mut sessions = config.sessions.clone();
    if sessions.basket_lines == SessionsConfig::default().basket_lines {
        sessions.basket_lines.truncate(config.catalogue.products.count() as usize);
    }
    sessions
}

/// Refuses tables of baskets that are longer than baskets can be.
fn check_lengths(config: &ShopConfig, sessions: &SessionsConfig) -> Result<(), ParamsError> {
    let lines = sessions.basket_lines.len() as u64;
    let products = u64::from(config.catalogue.products.count());
    if lines > products {
        error::within("the length of shop.sessions.basket_lines", lines, 1, products)?;
    }
    let quantities = sessions.quantities.len() as u64;
    error::within("the length of shop.sessions.quantities", quantities, 1, 100)
}

/// Deliveries come on top of changed prices and launches.
fn product_updates(config: &CatalogueConfig, has_updates: bool) -> u64 {
    let listed = config.price_updates.millionths_per_hour();
    let deliveries = (listed as f64 * config.deliveries).round() as u64;
    if has_updates { listed.saturating_add(deliveries) } else { deliveries }
}

fn multiplier(value: f64) -> Result<u64, ParamsError> {
    let millionths = (value * MILLION as f64).round();
    if (1.0..=1e9).contains(&millionths) {
        return Ok(millionths as u64);
    }
    Err(out_of_range("shop.rate_multiplier", value.to_string(), 0.000_001, 1000))
}

fn tax(percent: f64) -> Result<u64, ParamsError> {
    let tenths = (percent * 10.0).round();
    if (0.0..=1000.0).contains(&tenths) {
        return Ok(tenths as u64);
    }
    Err(out_of_range("shop.sessions.tax_percent", percent.to_string(), 0, 100))
}

/// Returns the usual spending of each class of users: lognormal, from a quarter to five times the
/// median.
fn usual() -> Result<[u32; 64], ParamsError> {
    let law = Dwell::lognormal(100_000, 0.6, 25_000, 500_000);
    let law = law.map_err(|source| ParamsError::Dwell { key: "shop.users".to_owned(), source })?;
    Ok(std::array::from_fn(|class| law.pick(((2 * class as u64) + 1) << 57) as u32 / 1_000))
}

/// The mean of the numbers from 1 on that have these weights, in thousandths.
fn mean_thousandths(weights: &[Weight]) -> i64 {
    let weights = Weight::whole(weights.iter().copied()).into_iter().map(u128::from);
    let (sum, all) = weights
        .zip(1u128..)
        .fold((0, 0), |(sum, all), (weight, number)| (sum + weight * number, all + weight));
    (sum * 1_000 / all.max(1)) as i64
}
