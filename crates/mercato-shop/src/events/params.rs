//! The parameters of the stream `events`, checked once.

use mercato_draw::UniformInt;
use mercato_schema::{Described, EventMetadata, Minutes};

use super::EventsConfig;
use super::custom::CustomField;
use super::ranges::{range, uniform};
use crate::arrival::ArrivalLaw;
use crate::choice::Choice;
use crate::{ParamsError, error};

/// Parameters of the stream `events` that are known to be possible.
///
/// ```
/// use mercato_shop::events::{EventsConfig, EventsParams};
///
/// let config = EventsConfig { users: [1000, 1], ..EventsConfig::default() };
/// let error = EventsParams::new(&config).unwrap_err();
/// assert_eq!(error.to_string(), "events.users: the minimum 1000 is above the maximum 1");
/// ```
#[derive(Debug, Clone)]
pub struct EventsParams {
    pub(super) topic: String,
    pub(super) arrivals: ArrivalLaw,
    pub(super) users: UniformInt,
    pub(super) products: UniformInt,
    /// Hundredths of a minute.
    pub(super) session: UniformInt,
    pub(super) types: Choice,
    pub(super) fields: Box<[CustomField]>,
}

/// The longest session in hundredths of a minute: ten thousand hours.
const MAX_SESSION: Minutes = Minutes::from_hundredths(60_000_000);
/// The largest number of further fields.
const MAX_FIELDS: u64 = 64;

/// Users, products and lengths of a session in combination that one word can tell apart and still
/// have a half left for the event's type.
const MAX_COMBINATIONS: u128 = 1 << 32;

impl EventsParams {
    /// Checks a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &EventsConfig) -> Result<Self, ParamsError> {
        error::topic("events.topic", &config.topic)?;
        let hundredths = config.session_length.map(Minutes::hundredths);
        range("events.session_length", config.session_length, [Minutes::default(), MAX_SESSION])?;
        Ok(Self {
            topic: config.topic.clone(),
            arrivals: ArrivalLaw::every("events", config.interval, config.rate)?,
            users: numbers("events.users", config.users)?,
            products: numbers("events.products", config.products)?,
            session: uniform(
                "events.session_length",
                hundredths.map(|hundredths| hundredths as i64),
            )?,
            types: Choice::new("events.types", &config.types)?,
            fields: fields("events.metadata", config)?,
        })
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Returns whether one word is enough for what every event has.
    pub(super) fn is_compact(&self) -> bool {
        let count = |range: UniformInt| u128::from(range.high().abs_diff(range.low())) + 1;
        [self.users, self.products, self.session].map(count).iter().product::<u128>()
            <= MAX_COMBINATIONS
    }
}

impl Default for EventsParams {
    /// The parameters of document 002.
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the built-in configuration is fixed, and a test checks it"
        )]
        Self::new(&EventsConfig::default()).expect("the built-in configuration is possible")
    }
}

/// Numbers of users or products; there is nothing to check but their order.
fn numbers(key: &str, bounds: [u32; 2]) -> Result<UniformInt, ParamsError> {
    uniform(key, bounds.map(i64::from))
}

fn fields(key: &str, config: &EventsConfig) -> Result<Box<[CustomField]>, ParamsError> {
    error::within(&format!("the length of {key}"), config.metadata.len() as u64, 0, MAX_FIELDS)?;
    let own = config.metadata.iter().map(|field| field.name.as_str());
    let documented = EventMetadata::description();
    error::unique(key, documented.fields.iter().map(|field| &*field.name).chain(own))?;
    let field = |(index, field)| CustomField::new(&format!("{key}[{index}]"), field);
    config.metadata.iter().enumerate().map(field).collect()
}
