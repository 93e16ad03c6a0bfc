//! A week from the configuration, checked: the shop's or that of one zone.

use mercato_patterns::Factor;
use mercato_patterns::temporal::Week;

use super::WeekConfig;
use crate::ParamsError;

/// The week at `key`; refuses numbers that are not factors, a wrong number of them, and a week in
/// which nothing happens.
pub(super) fn week(key: &str, config: &WeekConfig) -> Result<Week, ParamsError> {
    let factors = |field: &str, numbers: &[f64]| {
        let factor = |(index, number): (usize, &f64)| {
            Factor::from_decimal(*number).map_err(|source| ParamsError::Factor {
                key: format!("{key}.{field}[{index}]"),
                source,
            })
        };
        numbers.iter().enumerate().map(factor).collect::<Result<Vec<_>, _>>()
    };
    let (hours, weekdays) =
        (factors("hours", &config.hours)?, factors("weekdays", &config.weekdays)?);
    Week::new(&hours, &weekdays).map_err(|source| ParamsError::Week { key: key.to_owned(), source })
}
