//! What holds through a year, found once and kept.

use std::sync::OnceLock;

/// The first year, and how many there are: all that dates can have.
const FIRST_YEAR: i32 = 1;
const YEARS: usize = 9_999;
/// Years whose places are made together: a run sees a few of ten thousand.
const TOGETHER: usize = 100;

/// A value for each year, filled when first asked for.
///
/// What is in it must be a function of the year.
#[derive(Debug)]
pub(super) struct Years<T>(Box<[OnceLock<Together<T>>]>);

/// Years whose places were made together.
type Together<T> = Box<[OnceLock<T>]>;

impl<T> Years<T> {
    pub(super) fn new() -> Self {
        Self((0..YEARS.div_ceil(TOGETHER)).map(|_| OnceLock::new()).collect())
    }

    /// The value of `year`, which `find` finds; none for a year that no date has.
    #[inline]
    pub(super) fn get(&self, year: i32, find: impl FnOnce() -> T) -> Option<&T> {
        let number = usize::try_from(year - FIRST_YEAR).ok().filter(|number| *number < YEARS)?;
        let years = self.0.get(number / TOGETHER)?;
        let years = years.get_or_init(|| (0..TOGETHER).map(|_| OnceLock::new()).collect());
        Some(years[number % TOGETHER].get_or_init(find))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_year_of_dates_has_its_own_value_which_is_found_once() {
        let years = Years::new();
        for year in [1, 2, 99, 100, 101, 2026, 9_999] {
            assert_eq!(years.get(year, || year * 2), Some(&(year * 2)));
            assert_eq!(years.get(year, || unreachable!()), Some(&(year * 2)));
        }
        for year in [i32::MIN + 1, -1, 0, 10_000, i32::MAX] {
            assert_eq!(years.get(year, || unreachable!()), None, "{year}");
        }
    }
}
