//! The shop from another Rust program: records as values, runs for any sink, days of history, what
//! the shop contains.
//!
//! Everything here is a short way to what the rest of the workspace offers; the records are those
//! that `mercato stream` makes from the same configuration, seed and start.

mod history;
mod records;
mod statistics;

use mercato_config::ScheduleEntry;
use mercato_draw::Seed;
use mercato_encode::Shape;
use mercato_engine::{Disorder, EngineError, Extent, Format, Run, Schedule, Shard, World};
use mercato_runtime::run::RunError;
use mercato_runtime::session::{Plan, SessionError, Timetable};
use mercato_schema::{Duration, Timestamp};
use mercato_shop::ParamsError;
use mercato_shop::shop::{ShopConfig, ShopParams, Topic};
use mercato_sinks::{OutputPathError, SinkError};
use mercato_units::Moment;

use crate::{StreamError, StreamSpec};
pub use records::Records;
pub use statistics::{CategoryStatistics, Statistics};

/// Why a generator cannot do what is asked of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeneratorError {
    /// A configuration is no shop, or names a scenario that there is none of.
    #[error(transparent)]
    Shop(#[from] ParamsError),
    /// A topic that the shop does not have.
    #[error("unknown topic `{name}`: expected one of {known}")]
    Topic {
        /// The name as given.
        name: String,
        /// The topics that there are, with commas between them.
        known: String,
    },
    /// A number of days that is no history.
    #[error("days: {days} is out of range (1 to {max})")]
    Days {
        /// The number as given.
        days: u32,
        /// The highest number.
        max: u32,
    },
    /// A start, an end or a stretch that no run can have.
    #[error("{reason}")]
    Time {
        /// The underlying error.
        reason: String,
    },
    /// The parameters make no run.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// A stream broke off, or parts of a run contradict each other.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A run stopped on its way.
    #[error(transparent)]
    Stopped(#[from] RunError),
    /// A name is none for an output.
    #[error(transparent)]
    Output(#[from] OutputPathError),
    /// Records could not go where they should.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// Records have no place in such files.
    #[error(transparent)]
    Files(#[from] SessionError),
}

/// A shop, a seed and a start: all that its records follow from.
///
/// ```
/// use mercato::Generator;
/// use mercato::schema::Purchase;
/// use mercato::shop::shop::ShopConfig;
///
/// let start = "2025-03-03T10:00:00Z".parse()?;
/// let generator = Generator::new(ShopConfig::default(), 42, start)?;
///
/// let transactions = generator.transactions(100)?;
/// assert_eq!((transactions.topic(), transactions.len()), ("transactions", 100));
/// let first: Purchase<'_> = transactions.values().next().expect("there are a hundred")?;
/// assert!(first.timestamp > start && first.total_amount.cents() > 0);
///
/// let busy = generator.with_scenario("peak_traffic")?;
/// assert_eq!(busy.statistics().per_hour.transactions, 30_000_000_000, "in millionths");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Generator {
    config: ShopConfig,
    params: ShopParams,
    world: World,
    schedule: Vec<ScheduleEntry>,
    topics: Option<Vec<String>>,
    shard: Shard,
}

impl Generator {
    /// The generator of a shop's records from `start` on.
    ///
    /// Fails where the configuration is no shop; the error names key, value and what is possible.
    pub fn new(config: ShopConfig, seed: u64, start: Timestamp) -> Result<Self, GeneratorError> {
        let params = ShopParams::new(&config)?;
        let world = World { seed: Seed::new(seed), origin: start.micros() };
        Ok(Self { config, params, world, schedule: Vec::new(), topics: None, shard: Shard::WHOLE })
    }

    /// The same shop under a scenario: one of the four documented ones, or of the configuration's
    /// own.
    ///
    /// Fails where there is no such scenario; the error names the nearest one.
    pub fn with_scenario(&self, name: &str) -> Result<Self, GeneratorError> {
        let scenario = self.params.scenarios().find("scenario", name)?.name().to_owned();
        let config = ShopConfig { scenario, ..self.config.clone() };
        Ok(Self { params: ShopParams::new(&config)?, config, ..self.clone() })
    }

    /// The same shop with a scenario from one moment until before another, both counted from the
    /// start.
    ///
    /// Records before `from` do not change. Fails where there is no such scenario, and where the
    /// stretch ends before it begins or overlaps another.
    ///
    /// ```
    /// use mercato::Generator;
    /// use mercato::shop::shop::ShopConfig;
    ///
    /// let generator = Generator::new(ShopConfig::default(), 42, "2025-03-03T10:00:00Z".parse()?)?;
    /// let attacked = generator.with_scenario_between("fraud_testing", "30m".parse()?,
    /// "45m".parse()?)?; let before = |generator: &Generator| Ok::<_,
    /// mercato::GeneratorError>(generator.user_events(1_000)?.lines().map(<[u8]>::to_vec).collect::<Vec<_>>());
    /// assert_eq!(before(&attacked)?, before(&generator)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_scenario_between(
        &self,
        name: &str,
        from: Duration,
        to: Duration,
    ) -> Result<Self, GeneratorError> {
        let scenario = self.params.scenarios().find("scenario", name)?.name().to_owned();
        let [from, to] = [from, to].map(Moment::After);
        let mut schedule = self.schedule.clone();
        schedule.push(ScheduleEntry { from, to, factor: None, scenario: Some(scenario) });
        let changed = Self { schedule, ..self.clone() };
        changed.timetable()?;
        Ok(changed)
    }

    /// The same shop with everything `factor` times as often: sessions, transactions and price
    /// updates.
    ///
    /// Fails where the product with the configuration's own multiplier is not from 0.000001 to
    /// 1,000.
    pub fn with_rate_multiplier(&self, factor: f64) -> Result<Self, GeneratorError> {
        let config = ShopConfig {
            rate_multiplier: self.config.rate_multiplier * factor,
            ..self.config.clone()
        };
        Ok(Self { params: ShopParams::new(&config)?, config, ..self.clone() })
    }

    /// The same shop, of which only these topics are wanted.
    ///
    /// Fails where the shop has no topic of a name.
    pub fn with_topics(&self, names: &[&str]) -> Result<Self, GeneratorError> {
        let topics = names.iter().map(|name| self.known(name)).collect::<Result<_, _>>()?;
        Ok(Self { topics: Some(topics), ..self.clone() })
    }

    /// The same shop, of whose users and products only those of a shard are wanted.
    #[must_use]
    pub fn with_shard(&self, shard: Shard) -> Self {
        Self { shard, ..self.clone() }
    }

    /// The shop's configuration.
    pub fn config(&self) -> &ShopConfig {
        &self.config
    }

    /// The shop's topics.
    pub fn topics(&self) -> Result<Vec<String>, GeneratorError> {
        Ok(self.of(Extent::default(), None, Format::Json)?.topics().to_vec())
    }

    /// Returns the contents of the shop and its expected records per hour.
    pub fn statistics(&self) -> Statistics {
        Statistics::of(&self.config, &self.params)
    }

    /// The first `count` transactions.
    pub fn transactions(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::TRANSACTIONS.of(&self.config), count)
    }

    /// The first `count` events of users.
    pub fn user_events(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::USER_EVENTS.of(&self.config), count)
    }

    /// The first `count` changes of prices.
    pub fn product_updates(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::PRODUCT_UPDATES.of(&self.config), count)
    }

    /// The first `count` profiles of users and changes of them.
    pub fn users(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::USERS.of(&self.config), count)
    }

    /// The first `count` alarms about transactions.
    pub fn fraud_alerts(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::FRAUD_ALERTS.of(&self.config), count)
    }

    /// The first `count` transactions that are taken back.
    ///
    /// Fails where [`ChargebacksConfig`](mercato_shop::shop::ChargebacksConfig) has no share: the
    /// shop then has no such topic.
    pub fn chargebacks(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::CHARGEBACKS.of(&self.config), count)
    }

    /// The first `count` results of analytics.
    pub fn analytics_results(&self, count: u64) -> Result<Records, GeneratorError> {
        self.records(Topic::ANALYTICS_RESULTS.of(&self.config), count)
    }

    /// The first `count` records of a topic, held in memory.
    ///
    /// Fails where the shop has no such topic.
    pub fn records(&self, topic: &str, count: u64) -> Result<Records, GeneratorError> {
        let topic = self.known(topic)?;
        let extent = Extent { records: Some(count), ..Extent::default() };
        Records::of(&self.of(extent, Some(vec![topic]), Format::Json)?)
    }

    /// The records of a topic from one time until before another, held in memory.
    ///
    /// They are those that the whole run has there. Fails where the shop has no such topic, and
    /// where the window is empty.
    pub fn records_between(
        &self,
        topic: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Records, GeneratorError> {
        let topic = self.known(topic)?;
        let extent =
            Extent { from: Some(from.micros()), to: Some(to.micros()), ..Extent::default() };
        Records::of(&self.of(extent, Some(vec![topic]), Format::Json)?)
    }

    /// The run of all wanted topics that ends after so much event time, or never, for
    /// [`Drive`](mercato_runtime::run::Drive) to carry out into a sink.
    pub fn run(&self, duration: Option<Duration>) -> Result<Run, GeneratorError> {
        let until = duration.map(|duration| self.world.origin.saturating_add(duration.micros()));
        self.of(Extent { until, ..Extent::default() }, self.topics.clone(), Format::Json)
    }

    fn of(
        &self,
        extent: Extent,
        topics: Option<Vec<String>>,
        format: Format,
    ) -> Result<Run, GeneratorError> {
        let (shard, timetable) = (self.shard, self.timetable()?);
        let plan = Plan {
            world: self.world,
            warm_up: 0,
            extent,
            shard,
            timetable,
            topics,
            fields: None,
            disorder: Disorder::default(),
            shape: Shape::default(),
        };
        Ok(StreamSpec::run(&self.config, &plan, format)?)
    }

    fn timetable(&self) -> Result<Timetable, GeneratorError> {
        let time =
            |reason: &dyn std::fmt::Display| GeneratorError::Time { reason: reason.to_string() };
        let origin = Timestamp::new(self.world.origin).map_err(|error| time(&error))?;
        Ok(Timetable::new(&self.schedule, origin)?)
    }

    /// The topic of this name, with hyphens and underscores alike.
    fn known(&self, name: &str) -> Result<String, GeneratorError> {
        let topics = self.topics()?;
        let plain = |text: &str| text.replace('_', "-");
        let found = topics.iter().find(|topic| plain(topic) == plain(name));
        let unknown = || GeneratorError::Topic { name: name.to_owned(), known: topics.join(", ") };
        found.cloned().ok_or_else(unknown)
    }
}
