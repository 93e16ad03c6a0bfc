//! The streams that `order-gen` makes.

use clap::ValueEnum;
use mercato::runtime::exit::{Exit, Failure};
use mercato::schema::Duration;
use mercato::shop::orders::OrdersConfig;
use mercato::shop::sales::SalesConfig;

use crate::cli::Cli;
use crate::generate;

/// The streams of `order-gen`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StreamName {
    /// Orders with a lifecycle, topic ecommerce-sales, key `order_id`; 5 minutes unless told
    /// otherwise
    Sales,
    /// Compact orders for stream processing lessons, topic orders, key `customerId`; no end unless
    /// told otherwise
    Orders,
}

impl StreamName {
    /// Generates the stream as the flags say.
    pub(crate) fn generate(self, cli: &Cli) -> Result<Exit, Failure> {
        match self {
            Self::Sales => generate::<SalesConfig>(cli),
            Self::Orders => generate::<OrdersConfig>(cli),
        }
    }
}

/// A stream whose arrivals come between a shortest and a longest delay.
pub(crate) trait Delays {
    /// The shortest and the longest delay.
    fn delays(&self) -> (Duration, Duration);

    /// Changes the bounds that are given, and drops the rate that would replace them.
    fn set_delays(&mut self, shortest: Option<Duration>, longest: Option<Duration>);
}

macro_rules! delays {
    ($($config:ty),*) => {$(
        impl Delays for $config {
            fn delays(&self) -> (Duration, Duration) {
                (self.min_delay, self.max_delay)
            }

            fn set_delays(&mut self, shortest: Option<Duration>, longest: Option<Duration>) {
                self.min_delay = shortest.unwrap_or(self.min_delay);
                self.max_delay = longest.unwrap_or(self.max_delay);
                self.rate = None;
            }
        }
    )*};
}

delays!(SalesConfig, OrdersConfig);
