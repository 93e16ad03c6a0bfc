//! Ranges from the configuration, checked.

use std::fmt::Display;

use mercato_draw::UniformInt;

use crate::ParamsError;
use crate::error::out_of_range;

/// Refuses a range whose bounds cross or lie outside `allowed`.
pub(super) fn range<T: PartialOrd + Copy + Display>(
    key: &str,
    [low, high]: [T; 2],
    [least, most]: [T; 2],
) -> Result<(), ParamsError> {
    if let Some(outside) = [low, high].into_iter().find(|bound| !(least..=most).contains(bound)) {
        return Err(out_of_range(key, outside.to_string(), least, most));
    }
    if low > high {
        return Err(ParamsError::Crossed {
            key: key.to_owned(),
            low: low.to_string(),
            high: high.to_string(),
        });
    }
    Ok(())
}

/// The integers of a range.
pub(super) fn uniform(key: &str, [low, high]: [i64; 2]) -> Result<UniformInt, ParamsError> {
    let crossed = |_| ParamsError::Crossed {
        key: key.to_owned(),
        low: low.to_string(),
        high: high.to_string(),
    };
    UniformInt::new(low, high).map_err(crossed)
}
