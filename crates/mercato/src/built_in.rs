//! The built-in streams by name: what every program and command knows of them.

use mercato_engine::{Format, Run};
use mercato_runtime::config::{Effective, Layers, RunSettings};
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::session::{self, Plan};
use mercato_runtime::summary::{Summary, Wording};
use mercato_schema::{Duration, Rate};
use mercato_shop::ParamsError;
use mercato_shop::orders::{self, Orders, OrdersConfig, OrdersParams};
use mercato_shop::sales::{Sales, SalesConfig, SalesParams};

/// The version of the tables and laws behind the built-in streams' records; a changed byte is another version.
pub const DATA_VERSION: u32 = 1;

/// A built-in stream and its configuration.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum BuiltIn {
    /// Orders that go through a lifecycle, one record for every change.
    Sales(Box<SalesConfig>),
    /// Compact orders, one record each.
    Orders(Box<OrdersConfig>),
}

impl BuiltIn {
    /// The names of all built-in streams; each is also the name of its section in a configuration.
    pub const NAMES: [&str; 2] = ["sales", "orders"];

    /// The stream `name` as the files of `layers` configure it; none if there is no such stream.
    pub fn configured(name: &str, layers: &Layers) -> Result<Option<Self>, Failure> {
        Ok(match name {
            "sales" => Some(Self::Sales(Box::new(layers.section(name)?))),
            "orders" => Some(Self::Orders(Box::new(layers.section(name)?))),
            _ => None,
        })
    }

    /// The stream of an earlier run, as it was configured then; none if this version knows no such stream.
    pub fn of_summary(summary: &Summary) -> Result<Option<Self>, Failure> {
        let config = &summary.identity.config;
        Ok(match summary.identity.stream.as_str() {
            "sales" => config.section("sales")?.map(|config| Self::Sales(Box::new(config))),
            "orders" => config.section("orders")?.map(|config| Self::Orders(Box::new(config))),
            _ => None,
        })
    }

    /// The stream's name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sales(_) => "sales",
            Self::Orders(_) => "orders",
        }
    }

    /// What the stream calls its entities.
    pub fn wording(&self) -> Wording {
        match self {
            Self::Sales(_) => Wording::Orders,
            Self::Orders(_) => Wording::Single("orders"),
        }
    }

    /// What is said of a record that was sent, from its value.
    pub fn narrate(&self) -> Option<fn(&[u8]) -> Option<String>> {
        match self {
            Self::Sales(_) => None,
            Self::Orders(_) => Some(|value| Some(format!("Order> {}", orders::narrate(value)?))),
        }
    }

    /// Event time in microseconds after which a run ends that is given no other end.
    pub fn default_duration(&self) -> Option<i64> {
        match self {
            Self::Sales(_) => Some(300_000_000),
            Self::Orders(_) => None,
        }
    }

    /// Lets arrivals come at `rate` instead of by delays.
    pub fn set_rate(&mut self, rate: Rate) {
        match self {
            Self::Sales(config) => config.rate = Some(rate),
            Self::Orders(config) => config.rate = Some(rate),
        }
    }

    /// Changes the bounds of the delays between arrivals, each where it is given.
    pub fn set_delays(&mut self, shortest: Option<Duration>, longest: Option<Duration>) {
        let (min_delay, max_delay) = match self {
            Self::Sales(config) => (&mut config.min_delay, &mut config.max_delay),
            Self::Orders(config) => (&mut config.min_delay, &mut config.max_delay),
        };
        *min_delay = shortest.unwrap_or(*min_delay);
        *max_delay = longest.unwrap_or(*max_delay);
    }

    /// What determines the records besides seed and origin.
    pub fn effective(&self, settings: &RunSettings) -> Result<Effective, Failure> {
        let effective = match self {
            Self::Sales(config) => session::effective(settings, self.name(), config),
            Self::Orders(config) => session::effective(settings, self.name(), config),
        };
        Ok(effective?)
    }

    /// The run that `plan` describes.
    pub fn run(&self, plan: &Plan, format: Format) -> Result<Run, Failure> {
        let refused = |error: ParamsError| Failure::new(Exit::Config, error);
        let schedule = plan.schedule.clone();
        match self {
            Self::Sales(config) => {
                plan.run(Sales::new(plan.world, SalesParams::new(config).map_err(refused)?, schedule), format)
            }
            Self::Orders(config) => {
                plan.run(Orders::new(plan.world, OrdersParams::new(config).map_err(refused)?, schedule), format)
            }
        }
    }
}
