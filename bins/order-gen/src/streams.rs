//! The dispatch of a stream by its name, and what `order-gen` needs of its configuration.

use mercato::runtime::exit::{Exit, Failure};
use mercato::schema::Duration;
use mercato::shop::orders::OrdersConfig;
use mercato::shop::sales::SalesConfig;

use crate::cli::{Cli, StreamName};
use crate::generate;

/// Generates the stream that the flags name.
pub(crate) fn generate_named(cli: &Cli) -> Result<Exit, Failure> {
    match cli.stream {
        StreamName::Sales => generate::<SalesConfig>(cli),
        StreamName::Orders => generate::<OrdersConfig>(cli),
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
