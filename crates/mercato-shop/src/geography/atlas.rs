//! The form in which built-in countries are written down.

/// A country that a configuration can name by its code alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Country {
    /// ISO 3166-1 alpha-3.
    pub(crate) code: &'static str,
    /// Letters that `@` stands for in a postcode rule.
    pub(crate) letters: &'static str,
    /// Regions in any order.
    pub(crate) regions: &'static [Region],
}

/// Code, weight (population) and postcode rules, separated by `|`.
pub(crate) type Region = (&'static str, u64, &'static str);

/// Letters of countries whose postcodes have none.
pub(crate) const NO_LETTERS: &str = "";
