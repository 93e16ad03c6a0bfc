//! Something on the calendar that makes people buy.

use super::{Date, SeasonalError, When};
use crate::Factor;

/// A stretch of hours that comes again by a rule, with its factor on traffic and the categories it
/// lifts.
///
/// ```
/// use mercato_patterns::{Factor, seasonal::Event};
///
/// // As document 004 writes it: date, multiplier, duration, categories.
/// let event = Event::new("Black Friday", "2024-11-29".parse()?, 24, Factor::from_decimal(8.0)?)?
///     .with_categories(["Electronics", "Clothing"]);
/// assert!(event.lifts("Clothing"));
///
/// let upside_down = Event::between("Sale", "2024-11-29".parse()?, "2024-11-28".parse()?, Factor::ONE);
/// assert_eq!(
///     upside_down.unwrap_err().to_string(),
///     "the event \"Sale\" ends on 2024-11-28 before it starts on 2024-11-29"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    name: String,
    when: When,
    duration_hours: u32,
    factor: Factor,
    lift: Factor,
    categories: Vec<String>,
}

impl Event {
    /// Most hours an event may last: 92 days.
    pub const MAX_HOURS: u32 = 92 * 24;

    /// Default factor of an event on the weights of its categories: 2.
    ///
    /// Document 004 names categories without a number; that they take twice their usual part of a
    /// crowd is this house's choice.
    pub const DEFAULT_LIFT: Factor = Factor::from_millionths(2_000_000);

    /// An event that begins with a local day and lasts so many hours (as a stop-watch counts them,
    /// 1 to 2,208).
    pub fn new(
        name: impl Into<String>,
        when: When,
        duration_hours: u32,
        factor: Factor,
    ) -> Result<Self, SeasonalError> {
        let name = name.into();
        if !(1..=Self::MAX_HOURS).contains(&duration_hours) {
            return Err(SeasonalError::Duration {
                name,
                hours: u64::from(duration_hours),
                max: Self::MAX_HOURS,
            });
        }
        Ok(Self {
            name,
            when,
            duration_hours,
            factor,
            lift: Self::DEFAULT_LIFT,
            categories: Vec::new(),
        })
    }

    /// An event from the beginning of a day to the end of another, 24 hours each; refuses dates
    /// upside down.
    pub fn between(
        name: impl Into<String>,
        first: Date,
        last: Date,
        factor: Factor,
    ) -> Result<Self, SeasonalError> {
        let name = name.into();
        let days = last.day_number() - first.day_number() + 1;
        let Ok(days @ 1..) = u64::try_from(days) else {
            return Err(SeasonalError::UpsideDown { name, first, last });
        };
        match u32::try_from(days * 24) {
            Ok(hours) if hours <= Self::MAX_HOURS => {
                Self::new(name, When::once(first), hours, factor)
            }
            _ => Err(SeasonalError::Duration { name, hours: days * 24, max: Self::MAX_HOURS }),
        }
    }

    /// Lifts these categories, and no others.
    #[must_use]
    pub fn with_categories<S: Into<String>>(
        mut self,
        categories: impl IntoIterator<Item = S>,
    ) -> Self {
        self.categories = categories.into_iter().map(Into::into).collect();
        self
    }

    /// Another factor on the weight of its categories.
    #[must_use]
    pub fn with_lift(mut self, lift: Factor) -> Self {
        self.lift = lift;
        self
    }

    /// Another factor on all traffic.
    #[must_use]
    pub(crate) fn with_factor(mut self, factor: Factor) -> Self {
        self.factor = factor;
        self
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rule for its first day.
    pub fn when(&self) -> When {
        self.when
    }

    /// Hours from its beginning to its end.
    pub fn duration_hours(&self) -> u32 {
        self.duration_hours
    }

    /// The factor on all traffic.
    pub fn factor(&self) -> Factor {
        self.factor
    }

    /// The factor on the weight of its categories.
    pub fn lift(&self) -> Factor {
        self.lift
    }

    /// The categories it lifts.
    pub fn categories(&self) -> &[String] {
        &self.categories
    }

    /// Returns whether it lifts a category.
    pub fn lifts(&self, category: &str) -> bool {
        self.categories.iter().any(|known| known == category)
    }
}
