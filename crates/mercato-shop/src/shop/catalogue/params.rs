//! The catalogue's parameters, checked once.

use std::collections::BTreeSet;

use mercato_patterns::seasonal::Calendar;
use mercato_schema::Rate;

use super::category::Category;
use super::listed::Listed;
use super::popularity::Slope;
use super::{CatalogueConfig, CategoryConfig, ProductsConfig};
use crate::error::out_of_range;
use crate::{ParamsError, error};

/// Parameters of a catalogue that are known to be possible.
///
/// ```
/// use mercato_shop::shop::catalogue::{CatalogueConfig, CatalogueParams, CategoryConfig};
///
/// let config = CatalogueConfig { categories: vec![CategoryConfig::new("Electonics")],
/// ..CatalogueConfig::default() }; let error = CatalogueParams::new("catalogue",
/// &config).unwrap_err(); assert_eq!(
///     error.to_string(),
///     "catalogue.categories[0].name: unknown value \"Electonics\"; expected one of Electronics, Clothing, Books, \
///      Home & Garden, Sports & Outdoors, Beauty & Health, Toys & Games; did you mean \"Electronics\"?; \
///      any other needs a price range"
/// );
/// ```
#[derive(Debug, Clone)]
pub struct CatalogueParams {
    /// With their products.
    pub(super) categories: Box<[Category]>,
    /// Microseconds from one price update to the next.
    pub(super) spacing: i64,
    /// Every so manieth update of a product launches its successor; 0 if none does.
    pub(super) life: u64,
    /// Deliveries an hour, in millionths.
    pub(super) deliveries: u64,
    /// Millionths.
    pub(super) seasonal_share: u64,
    pub(super) slopes: [Slope; 3],
    /// The products, where the user lists them.
    pub(super) listed: Option<Listed>,
}

/// More products than any shop has.
const MAX_PRODUCTS: u64 = 10_000_000;
/// More categories than anybody can list.
pub(super) const MAX_CATEGORIES: u64 = 1_000;
/// The highest rate of price updates, in millionths an hour: ten thousand a second. Rounding the
/// distance of two to whole microseconds then makes at most a hundredth of it.
const MAX_UPDATES: u64 = 10_000 * 3_600 * MILLION;
/// The lowest, in millionths an hour: one in a thousand hours.
const MIN_UPDATES: u64 = MILLION / 1_000;
const MILLION: u64 = 1_000_000;
/// Most deliveries for each update.
const MAX_DELIVERIES: f64 = 10.0;
/// Microseconds of an hour.
const HOUR: u64 = 3_600 * MILLION;

impl CatalogueParams {
    /// Checks the configuration at `key`; the error names the key, its value and what is possible.
    pub fn new(key: &str, config: &CatalogueConfig) -> Result<Self, ParamsError> {
        let at = |field: &str| format!("{key}.{field}");
        let (listed, categories) = products(key, config)?;
        let launches = share(&at("launches"), config.launches, 0.5)?;
        let seasonal_share = share(&at("seasonal_share"), config.seasonal_share, 0.5)?;
        let [head, middle, tail] = config.popularity;
        Ok(Self {
            categories,
            spacing: spacing(&at("price_updates"), config.price_updates, MILLION)?,
            life: if listed.is_some() { 0 } else { life(launches) },
            deliveries: deliveries(
                &at("deliveries"),
                config.deliveries,
                config.price_updates,
                MILLION,
            )?,
            seasonal_share: if listed.is_some() { 0 } else { seasonal_share },
            slopes: [
                Slope::new(at("popularity[0]"), head)?,
                Slope::new(at("popularity[1]"), middle)?,
                Slope::new(at("popularity[2]"), tail)?,
            ],
            listed,
        })
    }

    /// Lets updates and deliveries come so many millionths times as often as `config` says; refuses
    /// what is too often or too seldom then.
    pub(in crate::shop) fn update_more_often(
        &mut self,
        key: &str,
        config: &CatalogueConfig,
        millionths: u64,
    ) -> Result<(), ParamsError> {
        let at = |field: &str| format!("{key}.{field}");
        self.spacing = spacing(&at("price_updates"), config.price_updates, millionths)?;
        self.deliveries =
            deliveries(&at("deliveries"), config.deliveries, config.price_updates, millionths)?;
        Ok(())
    }

    /// The categories in the order of the configuration.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// A calendar that knows these categories too: what it says of a known category is true of
    /// those that resemble it, unless they have months of their own.
    pub fn on_calendar(&self, calendar: Calendar) -> Calendar {
        self.categories.iter().fold(calendar, |calendar, category| {
            let calendar = match category.months() {
                Some(months) => calendar.with_months(category.name(), months),
                None => calendar,
            };
            match category.resembles() {
                Some(like) => calendar.with_category_like(category.name(), like),
                None => calendar,
            }
        })
    }

    /// Returns whether any price ever changes.
    pub(in crate::shop) fn has_updates(&self) -> bool {
        self.listed.as_ref().is_none_or(|listed| listed.changing() > 0)
    }

    /// Deliveries an hour, in millionths.
    pub(in crate::shop) fn deliveries(&self) -> u64 {
        self.deliveries
    }

    /// Number of products.
    pub fn products(&self) -> u32 {
        self.categories.last().map_or(0, |last| last.products.end)
    }
}

impl Default for CatalogueParams {
    /// A thousand products in seven categories.
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the built-in configuration is fixed, and a test checks it"
        )]
        Self::new("catalogue", &CatalogueConfig::default())
            .expect("the built-in configuration is possible")
    }
}

/// Microseconds from one update to the next at `rate` times so many millionths.
fn spacing(key: &str, rate: Rate, factor: u64) -> Result<i64, ParamsError> {
    let millionths =
        u128::from(rate.millionths_per_hour()) * u128::from(factor) / u128::from(MILLION);
    let allowed = u128::from(MIN_UPDATES)..=u128::from(MAX_UPDATES);
    if !allowed.contains(&millionths) {
        let value = match factor {
            MILLION => rate.to_string(),
            _ => format!("{rate}, times shop.rate_multiplier,"),
        };
        return Err(out_of_range(key, value, "0.001/h", "10000/s"));
    }
    Ok((u128::from(HOUR * MILLION) / millionths) as i64)
}

/// Deliveries an hour in millionths, where there are `each` for every update at `rate` times so
/// many millionths.
fn deliveries(key: &str, each: f64, rate: Rate, factor: u64) -> Result<u64, ParamsError> {
    let each = u128::from(share(key, each, MAX_DELIVERIES)?);
    let updates = u128::from(rate.millionths_per_hour()) * u128::from(factor) / u128::from(MILLION);
    // Rates and shares are bounded, so it fits.
    Ok((updates * each / u128::from(MILLION)) as u64)
}

/// Updates from one launch in a product's place to the next, where launches have this share in
/// millionths.
fn life(share: u64) -> u64 {
    (MILLION + share / 2).checked_div(share).unwrap_or(0)
}

/// Millionths of a number from 0 to `most`.
fn share(key: &str, share: f64, most: f64) -> Result<u64, ParamsError> {
    if (0.0..=most).contains(&share) {
        return Ok((share * MILLION as f64).round() as u64);
    }
    Err(out_of_range(key, share.to_string(), 0, most))
}

/// The listed products, if there are any, and the categories with their products.
fn products(
    key: &str,
    config: &CatalogueConfig,
) -> Result<(Option<Listed>, Box<[Category]>), ParamsError> {
    error::loaded(&format!("{key}.products_file"), config.products_file.as_deref())?;
    let config = &config.with_whole_weights();
    let list = format!("{key}.categories");
    let categories = match &config.products {
        ProductsConfig::List(products) => {
            let (listed, categories) = Listed::new(key, config, products)?;
            (Some(listed), categories)
        }
        ProductsConfig::Count(products) => (None, made_up(key, *products, &config.categories)?),
    };
    unique_slugs(&list, &categories.1)?;
    Ok(categories)
}

/// The categories of so many made-up products.
fn made_up(
    key: &str,
    products: u32,
    configs: &[CategoryConfig],
) -> Result<Box<[Category]>, ParamsError> {
    let count = configs.len() as u64;
    error::within(&format!("{key}.products"), products.into(), 1, MAX_PRODUCTS)?;
    error::within(&format!("the length of {key}.categories"), count, 1, MAX_CATEGORIES)?;
    if u64::from(products) < count {
        return Err(ParamsError::Impossible {
            key: format!("{key}.products"),
            value: products.to_string(),
            bound: format!("each of the {count} categories needs a product"),
        });
    }
    let category = |(index, config)| {
        let key = format!("{key}.categories[{index}]");
        Category::new(&key, &format!("{key}.name"), config)
    };
    let mut categories: Box<[Category]> =
        configs.iter().enumerate().map(category).collect::<Result<_, _>>()?;
    let weights: Vec<u64> = categories.iter().map(Category::weight).collect();
    let mut first = 0;
    for (category, count) in categories.iter_mut().zip(divided(products, &weights)) {
        category.products = first..first + count;
        first += count;
    }
    Ok(categories)
}

/// Refuses categories whose pages would be one: names that differ in more than letters and digits
/// are the same.
fn unique_slugs(key: &str, categories: &[Category]) -> Result<(), ParamsError> {
    let mut slugs = BTreeSet::new();
    match categories.iter().find(|category| !slugs.insert(category.slug())) {
        Some(twice) => {
            Err(ParamsError::Duplicate { key: key.to_owned(), value: twice.name().to_owned() })
        }
        None => Ok(()),
    }
}

/// `products` divided in the proportion of `weights` by the largest remainders, at least one for
/// each.
fn divided(products: u32, weights: &[u64]) -> Vec<u32> {
    let sum = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
    let quota = |weight: &u64| u128::from(*weight) * u128::from(products);
    let mut parts: Vec<u32> =
        weights.iter().map(|weight| ((quota(weight) / sum) as u32).max(1)).collect();
    let mut by_remainder: Vec<usize> =
        (0..weights.len()).filter(|index| quota(&weights[*index]) >= sum).collect();
    by_remainder.sort_by_key(|index| std::cmp::Reverse(quota(&weights[*index]) % sum));
    let given: u32 = parts.iter().sum();
    for index in by_remainder.into_iter().cycle().take(products.saturating_sub(given) as usize) {
        parts[index] += 1;
    }
    // Those that got one although they had a right to less take it from the largest.
    for _ in products..given {
        if let Some(largest) = parts.iter_mut().max_by_key(|part| **part) {
            *largest -= 1;
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn products_are_divided_as_weights_are(
            weights in prop::collection::vec(1u64..1000, 1..20),
            products in 20u32..100_000,
        ) {
            let parts = divided(products, &weights);
            let sum: u64 = weights.iter().sum();
            prop_assert_eq!(parts.iter().sum::<u32>(), products);
            prop_assert!(parts.iter().all(|part| *part >= 1));
            for (part, weight) in parts.iter().zip(&weights) {
                let share = u64::from(products) * weight / sum;
                // One more by its remainder; fewer only where others needed their one.
                prop_assert!(u64::from(*part) <= share + 1 && u64::from(*part) + 20 >= share);
            }
        }
    }

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        assert_eq!(divided(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(divided(10, &[5, 3, 2]), [5, 3, 2]);
        assert_eq!(divided(3, &[1_000, 1, 1]), [1, 1, 1]);
        assert_eq!(
            divided(1_000, &[25, 20, 15, 15, 10, 10, 5]),
            [250, 200, 150, 150, 100, 100, 50]
        );
    }
}
