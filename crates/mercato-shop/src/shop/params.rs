//! The parameters of the shop, checked once.

use mercato_draw::{AliasTable, CounterHash, Seed};
use mercato_engine::Rate;
use mercato_lifecycle::Dwell;
use mercato_patterns::seasonal::{Calendar, Date, Event, SeasonalError, Weather, When};
use mercato_patterns::temporal::Week;
use mercato_patterns::{Factor, Zone};

use super::catalogue::{CatalogueConfig, CatalogueParams};
use super::config::{SeasonalEventConfig, ShopWeekConfig};
use super::fraud::FraudParams;
use super::rates::ShopRates;
use super::scenarios::{Scenarios, Traffic};
use super::season;
use super::sessions::{self, Walks};
use super::topics::Topic;
use super::users::{MILLION, Users};
use super::{MarketConfig, ShopConfig, UsersConfig};
use crate::choice::{self, Choice};
use crate::error::out_of_range;
use crate::{ParamsError, error, suggest};

/// Parameters of the shop that are known to be possible.
///
/// ```
/// use mercato_shop::shop::{ShopConfig, ShopParams};
///
/// let config = ShopConfig { transactions: Some("50000/h".parse()?), events_per_session: Some(4.0),
/// ..ShopConfig::default() }; assert_eq!(ShopParams::new(&config)?.rates().sessions,
/// 125_000_000_000);
///
/// let crowded = ShopConfig { events: Some("100000/h".parse()?), ..config };
/// let error = ShopParams::new(&crowded).unwrap_err().to_string();
/// assert!(error.starts_with("shop.conversion = 2 is not possible"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ShopParams {
    /// The names of the topics, in the order of [`Topic::ALL`].
    topics: [String; Topic::ALL.len()],
    pub(super) rates: ShopRates,
    scenarios: Scenarios,
    multiplier: u64,
    /// Changed prices, launches and deliveries an hour before the multiplier, in millionths.
    product_updates: u64,
    pub(super) week: Week,
    pub(super) months: Option<[Factor; 12]>,
    pub(super) events: Vec<Event>,
    /// Millionths: how busy the shop is in the mean of years, special days included.
    mean_factor: u64,
    weather: bool,
    users: UsersConfig,
    markets: Vec<MarketConfig>,
    /// One for each clock with users.
    lanes: u64,
    pub(super) catalogue: CatalogueParams,
    pub(super) walks: Walks,
    pub(super) quantities: AliasTable,
    pub(super) device_choice: AliasTable,
    pub(super) payments: Box<[String]>,
    pub(super) payment_choice: AliasTable,
    /// Tenths of a per cent everywhere; none where each country has its own.
    pub(super) tax: Option<u64>,
    /// What users of each class usually spend, in hundredths of the middle.
    pub(super) usual: [u32; 64],
    fraud: FraudParams,
}

/// The rate from which on a clock's users follow its hours: a block of 1,024 then takes 117 years,
/// each hour of which is looked at.
///
/// Where they come more rarely, once in 40 days together, no hour can be told from another.
const LEAST_MILLIONTHS_PER_HOUR: u128 = 1_000;
/// Hours of a week.
const WEEK_HOURS: u128 = 168;
/// Shortest time in which the same user can be expected again at the busiest hour, in milliseconds.
const LEAST_ROOM_MILLIS: u128 = 1_000;

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
        let sessions = &config.sessions;
        let lines = sessions.basket_lines.len() as u64;
        let products = config.catalogue.products.count();
        if lines > u64::from(products) {
            error::within("the length of shop.sessions.basket_lines", lines, 1, products.into())?;
        }
        error::within(
            "the length of shop.sessions.quantities",
            sessions.quantities.len() as u64,
            1,
            100,
        )?;
        let payments = Choice::new("shop.sessions.payment_methods", &sessions.payment_methods)?;
        let mut params = Self {
            topics: Topic::ALL.map(|topic| topic.of(config).to_owned()),
            rates,
            scenarios: Scenarios::new(config)?,
            multiplier,
            product_updates: product_updates(&config.catalogue, catalogue.has_updates()),
            week: week(&config.week)?,
            months: config
                .week
                .months
                .as_ref()
                .map(|months| factors("months", months))
                .transpose()?,
            events: events(config)?,
            mean_factor: 0,
            weather: config.weather,
            users: config.users.clone(),
            markets: config.regions.clone(),
            lanes: 0,
            catalogue,
            walks: Walks::new(sessions, &rates)?,
            quantities: choice::table(
                "shop.sessions.quantities",
                sessions.quantities.iter().copied(),
            )?,
            device_choice: sessions::device_choice(&sessions.devices)?,
            payments: payments.names().into(),
            payment_choice: payments.table().clone(),
            tax: sessions.tax_percent.map(tax).transpose()?,
            usual: usual()?,
            fraud: FraudParams::new(&config.fraud)?,
        };
        params.mean_factor = season::mean_of_years(&params.week, params.months, &params.events);
        // Where users live and how many share a clock is the same under every seed.
        let users = Users::new(Seed::new(0), &params.users, &params.markets)?;
        params.lanes = users.lanes().count() as u64;
        params.check_lanes(&users)?;
        Ok(params)
    }

    /// How much happens, before the multiplier.
    pub fn rates(&self) -> ShopRates {
        self.rates
    }

    /// Factor on all sessions and price updates, in millionths.
    pub(super) fn multiplier(&self) -> u64 {
        self.multiplier
    }

    /// Changed prices, launches and deliveries an hour before the multiplier, in millionths.
    pub(super) fn product_updates(&self) -> u64 {
        self.product_updates
    }

    /// The share of transactions that are fraudulent in normal traffic, in millionths.
    pub(super) fn fraud_millionths(&self) -> u64 {
        self.fraud.rate()
    }

    /// The scenarios that a run may have.
    pub fn scenarios(&self) -> &Scenarios {
        &self.scenarios
    }

    /// What the scenario `name`, or without a name the shop's own, makes of arrivals.
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
        self.walks.longest() + sessions::LONGEST_SETTLING + self.fraud.longest_latency()
    }

    /// How much fraud there is, and who notices.
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

    pub(super) fn users(&self, seed: Seed) -> Users {
        #[expect(clippy::expect_used, reason = "checked when the parameters were made")]
        Users::new(seed, &self.users, &self.markets).expect("checked users")
    }

    pub(super) fn weather(&self, hash: CounterHash) -> Option<Weather> {
        self.weather.then(|| Weather::new(hash))
    }

    /// What the categories are wanted for when, in local time.
    pub(super) fn calendar(&self) -> Calendar {
        let shop = Calendar::shop(Zone::UTC);
        let bare = shop.events().iter().fold(shop.clone(), |calendar, event| {
            calendar.without_event(event.name()).unwrap_or_else(|_| shop.clone())
        });
        self.catalogue.on_calendar(self.events.iter().cloned().fold(bare, Calendar::with_event))
    }

    /// Number of lanes of sessions.
    pub(super) fn lanes(&self) -> u64 {
        self.lanes
    }

    /// Fraudulent transactions in millionths an hour, as the mean of a plain week; a multiplier
    /// makes more of them.
    pub(super) fn fraudulent(&self) -> u128 {
        let transactions =
            u128::from(self.rates.transactions) * u128::from(self.multiplier) / u128::from(MILLION);
        transactions * u128::from(self.fraud.rate()) / u128::from(MILLION)
    }

    /// For each lane its zone, its rate where the week's factor is 1, in millionths an hour, and by
    /// how many arrivals it is spread.
    pub(super) fn lane_rates(&self, users: &Users) -> Vec<(Zone, u64, u16)> {
        let seats: u128 = users.lanes().map(|(_, seats, _)| u128::from(seats)).sum::<u128>().max(1);
        let mean = self.hours().map(|hour| u128::from(hour.millionths())).sum::<u128>().max(1);
        let (lost, whole) = users.lost();
        let sessions =
            u128::from(self.rates.sessions) * u128::from(self.multiplier) / u128::from(MILLION);
        // What campaigns buy is bought by nobody else.
        let sessions =
            sessions * u128::from(self.fraud.honest_share(self.fraud.rate())) / u128::from(MILLION);
        // Visits that fall into a day of travelling are made good by the others.
        let sessions = sessions * u128::from(whole) / u128::from(whole - lost);
        let lane = |(zone, own, room): (Zone, u64, u64)| {
            let rate =
                sessions * u128::from(own) * u128::from(MILLION) * WEEK_HOURS / (seats * mean);
            // Half of the room is left to what follows from a visit.
            let spread = (room / 4).clamp(1, 1024) as u16;
            (zone, u64::try_from(rate).unwrap_or(u64::MAX), spread)
        };
        users.lanes().map(lane).collect()
    }

    /// The even rate of a lane whose arrivals come so rarely that no hour can be told from another;
    /// none for any other.
    pub(super) fn even_rate(&self, millionths: u64) -> Option<u64> {
        let mean = u128::from(millionths) * u128::from(self.mean_factor) / u128::from(MILLION);
        (mean < LEAST_MILLIONTHS_PER_HOUR).then_some(mean.max(1) as u64)
    }

    /// How much busier than a plain week's the mean hour of years is, special days included, in
    /// millionths.
    pub(super) fn seasons(&self) -> u64 {
        let plain = self.hours().map(|hour| u128::from(hour.millionths())).sum::<u128>().max(1);
        let factor = u128::from(self.mean_factor) * u128::from(MILLION) * WEEK_HOURS / plain;
        u64::try_from(factor).unwrap_or(u64::MAX).max(1)
    }

    /// Refuses rates at which nobody comes in a lifetime, and rates at which the same users come
    /// again at once.
    fn check_lanes(&self, users: &Users) -> Result<(), ParamsError> {
        let busiest = u128::from(self.busiest_millionths());
        let usual = u128::from(self.mean_factor);
        if usual == 0 {
            return Err(ParamsError::Impossible {
                key: "shop.week with shop.seasonal_events".to_owned(),
                value: "0 throughout the year".to_owned(),
                bound: "some hour of some month must have a factor above 0, and no event that makes it 0".to_owned(),
            });
        }
        for ((zone, rate, _), (_, _, room)) in self.lane_rates(users).into_iter().zip(users.lanes())
        {
            if rate > Rate::MAX {
                return Err(ParamsError::Impossible {
                    key: "shop.events".to_owned(),
                    value: format!("{} sessions an hour", self.rates.sessions / MILLION),
                    bound: format!(
                        "in an hour of factor 1 the users of {zone} would come more than a thousand million times a \
                         second; a lower rate or larger factors in shop.week can be"
                    ),
                });
            }
            if u128::from(rate) * usual / u128::from(MILLION) < 1 {
                return Err(ParamsError::Impossible {
                    key: "shop.events".to_owned(),
                    value: format!("{} sessions an hour", self.rates.sessions / MILLION),
                    bound: format!(
                        "the users of {zone} would come less than once in a hundred years; a higher rate or fewer regions can be"
                    ),
                });
            }
            let top = u128::from(rate) * busiest / u128::from(MILLION);
            let room_millis = u128::from(room) * 3_600_000 * u128::from(MILLION) / top.max(1);
            if room_millis < LEAST_ROOM_MILLIS {
                return Err(ParamsError::Impossible {
                    key: "shop.users.total".to_owned(),
                    value: users.total().to_string(),
                    bound: format!(
                        "at the busiest hour the busiest users of {zone} would come again within {room_millis} ms; \
                         more users or fewer sessions can be"
                    ),
                });
            }
        }
        Ok(())
    }

    /// The highest factor of any hour.
    fn busiest_millionths(&self) -> u64 {
        let hour = self.hours().max().unwrap_or(Factor::ONE).millionths();
        let month = self.months.iter().flatten().copied().max().unwrap_or(Factor::ONE);
        let event =
            self.events.iter().map(Event::factor).max().unwrap_or(Factor::ONE).max(Factor::ONE);
        season::times(season::times(hour, month), event)
    }

    /// The factor of each hour of the week.
    fn hours(&self) -> impl Iterator<Item = Factor> {
        (0..7).flat_map(move |day| (0..24).map(move |hour| self.week.factor(day, hour)))
    }
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

/// What users of each class usually spend: lognormal, between a quarter of the middle and five
/// times as much.
fn usual() -> Result<[u32; 64], ParamsError> {
    let law = Dwell::lognormal(100_000, 0.6, 25_000, 500_000);
    let law = law.map_err(|source| ParamsError::Dwell { key: "shop.users".to_owned(), source })?;
    Ok(std::array::from_fn(|class| law.pick(((2 * class as u64) + 1) << 57) as u32 / 1_000))
}

fn factor(key: &str, value: f64) -> Result<Factor, ParamsError> {
    Factor::from_decimal(value)
        .map_err(|source| ParamsError::Factor { key: format!("shop.{key}"), source })
}

/// As many factors as the array has places.
fn factors<const N: usize>(key: &str, values: &[f64]) -> Result<[Factor; N], ParamsError> {
    let key = format!("week.{key}");
    error::within(&format!("the length of shop.{key}"), values.len() as u64, N as u64, N as u64)?;
    let mut factors = [Factor::ONE; N];
    for (index, (slot, value)) in factors.iter_mut().zip(values).enumerate() {
        *slot = factor(&format!("{key}[{index}]"), *value)?;
    }
    if factors.iter().all(|factor| *factor == Factor::ZERO) {
        return Err(ParamsError::Impossible {
            key: format!("shop.{key}"),
            value: "0 throughout".to_owned(),
            bound: "at least one factor must be above 0".to_owned(),
        });
    }
    Ok(factors)
}

fn week(config: &ShopWeekConfig) -> Result<Week, ParamsError> {
    let (peak, day) = (factor("week.peak", config.peak)?, factor("week.day", config.day)?);
    let weekend = factor("week.weekend", config.weekend)?;
    let hours = match &config.hours {
        Some(hours) => factors::<24>("hours", hours)?,
        None => std::array::from_fn(|hour| match hour {
            10 | 14 | 19 | 20 => peak,
            9..21 => day,
            _ => Factor::ONE,
        }),
    };
    let highest = hours.iter().copied().max().unwrap_or(Factor::ONE);
    if u128::from(highest.millionths()) * u128::from(weekend.millionths())
        > u128::from(Factor::MAX.millionths()) * u128::from(MILLION)
    {
        return Err(ParamsError::Impossible {
            key: "shop.week.weekend".to_owned(),
            value: weekend.to_string(),
            bound: format!(
                "with the highest hour's {highest} the product must be at most {}; only relations count, so smaller factors can be",
                Factor::MAX
            ),
        });
    }
    let weekdays =
        std::array::from_fn::<_, 7, _>(|day| if day < 5 { Factor::ONE } else { weekend });
    Week::new(&hours, &weekdays)
        .map_err(|source| ParamsError::Week { key: "shop.week".to_owned(), source })
}

/// The calendar's events, changed as the configuration says, and its own.
fn events(config: &ShopConfig) -> Result<Vec<Event>, ParamsError> {
    let known = Calendar::shop(Zone::UTC);
    let mut events = if config.calendar { known.events().to_vec() } else { Vec::new() };
    for (name, own) in &config.seasonal_events {
        let base = known.events().iter().find(|event| event.name() == name);
        let event = event(name, own, base, known.events())?;
        events.retain(|event| event.name() != name);
        events.push(event);
    }
    for event in &events {
        for category in event.categories() {
            check_category(config, event.name(), category)?;
        }
    }
    Ok(events)
}

/// Refuses a category that neither the catalogue has nor the shop knows.
fn check_category(config: &ShopConfig, event: &str, category: &str) -> Result<(), ParamsError> {
    let categories = &config.catalogue.categories;
    let own = || categories.iter().map(|category| category.name.as_str());
    let documented = super::catalogue::known_categories();
    if own().any(|name| name == category) || documented.clone().any(|name| name == category) {
        return Ok(());
    }
    Err(ParamsError::Unknown {
        key: format!("shop.seasonal_events.{event:?}.categories"),
        value: category.to_owned(),
        known: suggest::known(category, own()),
    })
}

fn event(
    name: &str,
    own: &SeasonalEventConfig,
    base: Option<&Event>,
    known: &[Event],
) -> Result<Event, ParamsError> {
    let key = |field: &str| format!("shop.seasonal_events.{name:?}.{field}");
    let refused = |field: &str| {
        let key = key(field);
        move |source: SeasonalError| ParamsError::Season { key, source }
    };
    let when: When = match (&own.date, base) {
        (Some(date), _) => date.parse().map_err(refused("date"))?,
        (None, Some(base)) => base.when(),
        (None, None) => {
            let names = known.iter().map(Event::name);
            return Err(ParamsError::Unknown {
                key: format!("shop.seasonal_events.{name:?}"),
                value: name.to_owned(),
                known: format!("{}; any other day needs a date", suggest::known(name, names)),
            });
        }
    };
    let multiplier = own
        .multiplier
        .map(|value| factor(&format!("seasonal_events.{name:?}.multiplier"), value))
        .transpose()?;
    let factor_on_all = multiplier.or(base.map(Event::factor)).unwrap_or(Factor::ONE);
    let event = match (&own.until, &own.date) {
        (Some(until), Some(date)) => {
            let first: Date = date.parse().map_err(refused("date"))?;
            let last: Date = until.parse().map_err(refused("until"))?;
            Event::between(name, first, last, factor_on_all).map_err(refused("until"))?
        }
        (Some(until), None) => {
            return Err(ParamsError::Impossible {
                key: key("until"),
                value: until.clone(),
                bound: "it needs a date with a year as the first day; give that, or duration_hours instead".to_owned(),
            });
        }
        (None, _) => {
            let hours = own.duration_hours.or(base.map(Event::duration_hours)).unwrap_or(24);
            Event::new(name, when, hours, factor_on_all).map_err(refused("duration_hours"))?
        }
    };
    let categories = own
        .categories
        .clone()
        .or_else(|| base.map(|base| base.categories().to_vec()))
        .unwrap_or_default();
    let lift = own
        .lift
        .map(|value| factor(&format!("seasonal_events.{name:?}.lift"), value))
        .transpose()?;
    let lift = lift.or(base.map(Event::lift)).unwrap_or(Event::DEFAULT_LIFT);
    Ok(event.with_categories(categories).with_lift(lift))
}
