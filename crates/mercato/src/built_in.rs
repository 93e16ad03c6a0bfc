//! The built-in streams by name: what every program and command knows of them.

use crate::Schedules;
use mercato_config::{ConfigError, Effective, Layers, RunSpec};
use mercato_engine::{Disorder, Field, Fields, Format, Run, Stream};
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::session::{self, Narration, Plan};
use mercato_runtime::summary::{Summary, Wording};
use mercato_schema::{Duration, Rate};
use mercato_shop::ParamsError;
use mercato_shop::events::{self, Events, EventsConfig, EventsParams};
use mercato_shop::orders::{self, Orders, OrdersConfig, OrdersParams};
use mercato_shop::sales::{Sales, SalesConfig, SalesParams};
use mercato_shop::shop::{
    Analytics, Campaigns, ProductUpdates, Shop, ShopConfig, ShopParams, fields,
};
use mercato_shop::transactions::{Transactions, TransactionsConfig, TransactionsParams};
use mercato_truth::answer::{self, Columns, Projected, Query, QueryError, Window};

/// The version of the tables and laws behind the built-in streams' records; a changed byte is
/// another version.
pub const DATA_VERSION: u32 = 2;

/// A built-in stream and its configuration.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum BuiltIn {
    /// Orders that go through a lifecycle, one record for every change.
    Sales(Box<SalesConfig>),
    /// Compact orders, one record each.
    Orders(Box<OrdersConfig>),
    /// What users do in the shop, one record an event.
    Events(Box<EventsConfig>),
    /// One shop: sessions that make user events and transactions, and the price changes in between.
    Shop(Box<ShopConfig>),
    /// Purchases with who, where, by which device and why, one record each.
    Transactions(Box<TransactionsConfig>),
}

impl BuiltIn {
    /// The names of all built-in streams; each is also the name of its section in a configuration.
    pub const NAMES: [&str; 5] = ["shop", "sales", "orders", "events", "transactions"];

    /// The stream `name` as the files of `layers` configure it; none if there is no such stream.
    pub fn configured(name: &str, layers: &Layers) -> Result<Option<Self>, Failure> {
        Ok(match name {
            "shop" => Some(Self::Shop(Box::new(layers.section(name)?))),
            "sales" => Some(Self::Sales(Box::new(layers.section(name)?))),
            "orders" => Some(Self::Orders(Box::new(layers.section(name)?))),
            "events" => Some(Self::Events(Box::new(layers.section(name)?))),
            "transactions" => Some(Self::Transactions(Box::new(layers.section(name)?))),
            _ => None,
        })
    }

    /// The stream of an earlier run, as it was configured then; none if this version knows no such
    /// stream.
    pub fn of_summary(summary: &Summary) -> Result<Option<Self>, Failure> {
        let config = &summary.identity.config;
        Ok(match summary.identity.stream.as_str() {
            "shop" => config.section("shop")?.map(|config| Self::Shop(Box::new(config))),
            "sales" => config.section("sales")?.map(|config| Self::Sales(Box::new(config))),
            "orders" => config.section("orders")?.map(|config| Self::Orders(Box::new(config))),
            "events" => config.section("events")?.map(|config| Self::Events(Box::new(config))),
            "transactions" => {
                config.section("transactions")?.map(|config| Self::Transactions(Box::new(config)))
            }
            _ => None,
        })
    }

    /// The stream's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Shop(_) => "shop",
            Self::Sales(_) => "sales",
            Self::Orders(_) => "orders",
            Self::Events(_) => "events",
            Self::Transactions(_) => "transactions",
        }
    }

    /// What the stream calls its entities.
    pub fn wording(&self) -> Wording {
        match self {
            Self::Shop(_) => Wording::Topics,
            Self::Sales(_) => Wording::Orders,
            Self::Orders(_) => Wording::Single("orders"),
            Self::Events(_) => Wording::Producer,
            Self::Transactions(_) => Wording::Single("transactions"),
        }
    }

    /// How a record that goes to Kafka is told of.
    pub fn narrate(&self) -> Option<Narration> {
        match self {
            Self::Shop(_) | Self::Sales(_) | Self::Transactions(_) => None,
            Self::Orders(_) => Some(Narration::Sending(|value| {
                Some(format!("Order> {}", orders::narrate(value)?))
            })),
            Self::Events(_) => {
                let sent = |value: &[u8]| {
                    Some(format!("Event sent successfully - {}", events::narrate(value)?))
                };
                Some(Narration::Delivery(sent))
            }
        }
    }

    /// Event time in microseconds after which a run ends that is given no other end.
    pub fn default_duration(&self) -> Option<i64> {
        match self {
            Self::Sales(_) => Some(300_000_000),
            Self::Shop(_) | Self::Orders(_) | Self::Events(_) | Self::Transactions(_) => None,
        }
    }

    /// Takes over what a program's settings say of the stream: the rate of arrivals.
    ///
    /// Fails when the stream cannot have that rate.
    pub fn set_settings(&mut self, settings: &RunSpec) -> Result<(), Failure> {
        let Some(setting) = &settings.rate else { return Ok(()) };
        let before = self.clone();
        let changed = self.set_rate(setting.value).and_then(|()| self.check());
        let Err(error) = changed else { return Ok(()) };
        if before.check().is_err() {
            return Err(Failure::new(Exit::Config, error));
        }
        // It is the rate that makes the stream impossible, wherever the error sees it.
        let reason = format!("with {} {error}", setting.value);
        Err(ConfigError::wrong(&setting.origin, "run.rate", &reason).into())
    }

    /// Whether the configuration makes a stream.
    fn check(&self) -> Result<(), ParamsError> {
        match self {
            Self::Shop(config) => ShopParams::new(config).map(drop),
            Self::Sales(config) => SalesParams::new(config).map(drop),
            Self::Orders(config) => OrdersParams::new(config).map(drop),
            Self::Events(config) => EventsParams::new(config).map(drop),
            Self::Transactions(config) => TransactionsParams::new(config).map(drop),
        }
    }

    /// Lets arrivals come at `rate` instead of by delays: orders, transactions, events or sessions.
    ///
    /// Fails for a shop whose rates do not fit together, and for one that cannot have so many
    /// sessions.
    pub fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        match self {
            Self::Shop(config) => **config = config.with_sessions(rate)?,
            Self::Sales(config) => config.rate = Some(rate),
            Self::Orders(config) => config.rate = Some(rate),
            Self::Events(config) => config.rate = Some(rate),
            Self::Transactions(config) => config.rate = rate,
        }
        Ok(())
    }

    /// Changes the bounds of the delays between arrivals, each where it is given, and keeps no rate
    /// beside them;
    /// a stream with one interval takes the longest.
    pub fn set_delays(&mut self, shortest: Option<Duration>, longest: Option<Duration>) {
        if shortest.or(longest).is_none() {
            return;
        }
        let (min_delay, max_delay, rate) = match self {
            Self::Sales(config) => (&mut config.min_delay, &mut config.max_delay, &mut config.rate),
            Self::Orders(config) => {
                (&mut config.min_delay, &mut config.max_delay, &mut config.rate)
            }
            Self::Events(config) => {
                if let Some(interval) = longest.or(shortest) {
                    (config.interval, config.rate) = (interval, None);
                }
                return;
            }
            // They come at a rate.
            Self::Shop(_) | Self::Transactions(_) => return,
        };
        *min_delay = shortest.unwrap_or(*min_delay);
        *max_delay = longest.unwrap_or(*max_delay);
        *rate = None;
    }

    /// The shortest and the longest delay between arrivals; none at all where they come at a rate
    /// only.
    pub fn delays(&self) -> (Duration, Duration) {
        match self {
            Self::Sales(config) => (config.min_delay, config.max_delay),
            Self::Orders(config) => (config.min_delay, config.max_delay),
            Self::Events(config) => (config.interval, config.interval),
            Self::Shop(_) | Self::Transactions(_) => (Duration::default(), Duration::default()),
        }
    }

    /// What determines the records besides seed and origin.
    pub fn effective(&self, settings: &RunSpec) -> Result<Effective, Failure> {
        let effective = match self {
            Self::Shop(config) => session::effective(settings, self.name(), config),
            Self::Sales(config) => session::effective(settings, self.name(), config),
            Self::Orders(config) => session::effective(settings, self.name(), config),
            Self::Events(config) => session::effective(settings, self.name(), config),
            Self::Transactions(config) => session::effective(settings, self.name(), config),
        };
        Ok(effective?)
    }

    /// The run that `plan` describes.
    pub fn run(&self, plan: &Plan, format: Format) -> Result<Run, Failure> {
        let refused = |error: ParamsError| Failure::new(Exit::Config, error);
        let schedule = || plan.timetable.bursts(self.name());
        match self {
            Self::Shop(config) => {
                let params = ShopParams::new(config).map_err(refused)?;
                let Schedules { sessions, campaigns } = Schedules::new(&params, &plan.timetable)?;
                let updates = ProductUpdates::new(plan.world, &params);
                // Sessions are drawn only where somebody sees them, or counts them.
                let only_updates =
                    plan.topics.as_ref().is_some_and(|names| *names == [params.updates_topic()]);
                if only_updates && plan.extent.arrivals.is_none() {
                    return plan.run(updates, format);
                }
                let campaigns = Campaigns::new(plan.world, &params, campaigns);
                let analytics = Analytics::new(&params);
                let shop = Shop::new(plan.world, params, sessions);
                plan.build(
                    plan.builder(format)?
                        .and(shop)
                        .beside(updates)
                        .beside(campaigns)
                        .folded(analytics),
                )
            }
            Self::Sales(config) => plan.run(
                Sales::new(plan.world, SalesParams::new(config).map_err(refused)?, schedule()?),
                format,
            ),
            Self::Orders(config) => plan.run(
                Orders::new(plan.world, OrdersParams::new(config).map_err(refused)?, schedule()?),
                format,
            ),
            Self::Events(config) => plan.run(
                Events::new(plan.world, EventsParams::new(config).map_err(refused)?, schedule()?),
                format,
            ),
            Self::Transactions(config) => {
                let params = TransactionsParams::new(config).map_err(refused)?;
                plan.run(Transactions::new(plan.world, params, schedule()?), format)
            }
        }
    }

    /// The run of `plan` as a fold for the question that `ask` makes of the stream's fields.
    ///
    /// Of a shop the plan must want one topic, and the question is about its records.
    pub fn question(
        &self,
        plan: &Plan,
        ask: impl FnOnce(&[Field]) -> Result<Query, QueryError>,
    ) -> Result<(Query, Folding), Failure> {
        let refused = |error: ParamsError| Failure::new(Exit::Config, error);
        let schedule = || plan.timetable.bursts(self.name());
        match self {
            Self::Shop(config) => fold_shop(config, plan, ask),
            Self::Sales(config) => fold(
                Sales::new(plan.world, SalesParams::new(config).map_err(refused)?, schedule()?),
                plan,
                ask,
            ),
            Self::Orders(config) => fold(
                Orders::new(plan.world, OrdersParams::new(config).map_err(refused)?, schedule()?),
                plan,
                ask,
            ),
            Self::Events(config) => fold(
                Events::new(plan.world, EventsParams::new(config).map_err(refused)?, schedule()?),
                plan,
                ask,
            ),
            Self::Transactions(config) => {
                let params = TransactionsParams::new(config).map_err(refused)?;
                fold(Transactions::new(plan.world, params, schedule()?), plan, ask)
            }
        }
    }
}

/// A run whose records are reduced to what a question needs.
#[derive(Debug)]
pub struct Folding(Run);

impl Folding {
    /// Folds the run; see [`answer::answer`].
    pub fn answer(&self, query: &Query, each: impl FnMut(&Window) -> bool) -> Result<(), Failure> {
        answer::answer(&self.0, query, each).map_err(|error| Failure::new(Exit::Usage, error))
    }
}

fn fold<S: Fields>(
    stream: S,
    plan: &Plan,
    ask: impl FnOnce(&[Field]) -> Result<Query, QueryError>,
) -> Result<(Query, Folding), Failure> {
    let query = ask(&stream.fields()).map_err(|error| Failure::new(Exit::Usage, error))?;
    // The answer is about the records as they were meant to be.
    let meant = Plan { disorder: Disorder::default(), ..plan.clone() };
    Ok((query.clone(), Folding(meant.run(Projected::new(stream, query), Format::Json)?)))
}

/// A fold over one topic of the shop.
fn fold_shop(
    config: &ShopConfig,
    plan: &Plan,
    ask: impl FnOnce(&[Field]) -> Result<Query, QueryError>,
) -> Result<(Query, Folding), Failure> {
    let usage = |reason: String| Failure::new(Exit::Usage, reason);
    let params = ShopParams::new(config).map_err(|error| Failure::new(Exit::Config, error))?;
    let Schedules { sessions, campaigns } = Schedules::new(&params, &plan.timetable)?;
    let updates = ProductUpdates::new(plan.world, &params);
    let campaigns = Campaigns::new(plan.world, &params, campaigns);
    let shop = Shop::new(plan.world, params, sessions);
    let [topic] = plan.topics.as_deref().unwrap_or_default() else {
        return Err(usage("a question is about the records of one topic".to_owned()));
    };
    let columns = columns_of(&campaigns, topic).or_else(|| columns_of(&updates, topic));
    let columns = columns.ok_or_else(|| {
        usage(format!("the records of {topic} are folds already: ask of the topics they fold"))
    })?;
    let query = ask(&fields::fields(&columns)).map_err(|error| Failure::new(Exit::Usage, error))?;
    // The answer is about the records as they were meant to be.
    let meant = Plan { disorder: Disorder::default(), ..plan.clone() };
    let builder = meant.builder(Format::Csv)?;
    let builder = builder.and(Columns::new(shop, &query, &fields::NULLABLE));
    let builder = builder.beside(Columns::new(campaigns, &query, &fields::NULLABLE));
    let run = meant.build(builder.beside(Columns::new(updates, &query, &fields::NULLABLE)))?;
    Ok((query, Folding(run)))
}

/// The columns of a topic's records, if the stream makes any.
fn columns_of(stream: &impl Stream, topic: &str) -> Option<Vec<String>> {
    let index = stream.topics().iter().position(|name| name == topic)?;
    Some(stream.columns_of(index as u16))
}
