//! Special days of the shop: those of the calendar, changed and added to by the configuration.

use mercato_patterns::seasonal::{Calendar, Date, Event, SeasonalError, When};
use mercato_patterns::{Factor, Zone};

use super::seasonality::factor;
use crate::shop::catalogue::known_categories;
use crate::shop::config::{SeasonalEventConfig, ShopConfig};
use crate::{ParamsError, error, suggest};

/// The largest number of events of a configuration's own: each is looked for in every year of every
/// time zone.
const MAX_EVENTS: u64 = 366;

/// The calendar's events, changed as the configuration says, and its own.
pub(super) fn events(config: &ShopConfig) -> Result<Vec<Event>, ParamsError> {
    error::within(
        "the length of shop.seasonal_events",
        config.seasonal_events.len() as u64,
        0,
        MAX_EVENTS,
    )?;
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
    let documented = known_categories();
    if own().any(|name| name == category) || documented.clone().any(|name| name == category) {
        return Ok(());
    }
    Err(ParamsError::Unknown {
        key: format!("shop.seasonal_events.{event:?}.categories"),
        value: category.to_owned(),
        known: suggest::known(category, own()),
    })
}

/// The event `name`: the calendar's, if it has one of this name, changed by what `own` says.
fn event(
    name: &str,
    own: &SeasonalEventConfig,
    base: Option<&Event>,
    known: &[Event],
) -> Result<Event, ParamsError> {
    let own_factor = |field: &str, value: Option<f64>| {
        value.map(|value| factor(&format!("seasonal_events.{name:?}.{field}"), value)).transpose()
    };
    let when = when(name, own, base, known)?;
    let multiplier = own_factor("multiplier", own.multiplier)?;
    let multiplier = multiplier.or(base.map(Event::factor)).unwrap_or(Factor::ONE);
    let event = lasting(name, own, base, when, multiplier)?;
    let categories = own
        .categories
        .clone()
        .or_else(|| base.map(|base| base.categories().to_vec()))
        .unwrap_or_default();
    let lift = own_factor("lift", own.lift)?;
    let lift = lift.or(base.map(Event::lift)).unwrap_or(Event::DEFAULT_LIFT);
    Ok(event.with_categories(categories).with_lift(lift))
}

/// The day on which the event `name` begins.
fn when(
    name: &str,
    own: &SeasonalEventConfig,
    base: Option<&Event>,
    known: &[Event],
) -> Result<When, ParamsError> {
    match (&own.date, base) {
        (Some(date), _) => date.parse().map_err(refused(name, "date")),
        (None, Some(base)) => Ok(base.when()),
        (None, None) => {
            let names = known.iter().map(Event::name);
            Err(ParamsError::Unknown {
                key: format!("shop.seasonal_events.{name:?}"),
                value: name.to_owned(),
                known: format!("{}; any other day requires a date", suggest::known(name, names)),
            })
        }
    }
}

/// The event `name` with its length: until a date, or for a number of hours.
fn lasting(
    name: &str,
    own: &SeasonalEventConfig,
    base: Option<&Event>,
    when: When,
    multiplier: Factor,
) -> Result<Event, ParamsError> {
    match (&own.until, &own.date) {
        (Some(until), Some(date)) => {
            let first: Date = date.parse().map_err(refused(name, "date"))?;
            let last: Date = until.parse().map_err(refused(name, "until"))?;
            Event::between(name, first, last, multiplier).map_err(refused(name, "until"))
        }
        (Some(until), None) => Err(ParamsError::Impossible {
            key: key(name, "until"),
            value: until.clone(),
            bound: "it requires a first day with a year; give one, or use duration_hours instead"
                .to_owned(),
        }),
        (None, _) => {
            let hours = own.duration_hours.or(base.map(Event::duration_hours)).unwrap_or(24);
            Event::new(name, when, hours, multiplier).map_err(refused(name, "duration_hours"))
        }
    }
}

fn key(name: &str, field: &str) -> String {
    format!("shop.seasonal_events.{name:?}.{field}")
}

/// Puts the key of a field before what is wrong with its value.
fn refused(name: &str, field: &str) -> impl FnOnce(SeasonalError) -> ParamsError {
    let key = key(name, field);
    move |source| ParamsError::Season { key, source }
}
