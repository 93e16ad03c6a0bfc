//! A category that was checked.

use std::ops::Range;

use mercato_patterns::Factor;
use mercato_schema::{Money, MoneyRange};

use super::CategoryConfig;
use super::known::{self, KNOWN, Known};
use crate::error::out_of_range;
use crate::{ParamsError, error, suggest};

/// A category of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    name: String,
    slug: String,
    weight: u64,
    price: [Money; 2],
    resembles: Option<&'static str>,
    months: Option<[Factor; 12]>,
    pub(super) products: Range<u32>,
    pub(super) words: Names,
}

/// The words of product names in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) brands: Box<[String]>,
    pub(super) lines: Box<[String]>,
    pub(super) nouns: Box<[String]>,
}

/// The lowest price, in cents.
const LEAST_CENTS: i64 = 1;
/// The highest price, in cents: a million.
const MOST_CENTS: i64 = 100_000_000;
/// The longest text, in bytes: names of a whole catalogue then fit what they are counted with.
const LONGEST: u64 = 100;
/// The most nouns; a category of ten million products needs fewer.
const MOST_NOUNS: u64 = 10_000;
/// The highest weight: a thousand of them can be added up, and multiplied with the products.
pub(super) const MOST_WEIGHT: u64 = 1 << 32;

/// Shares of categories by their weights in 2^20 parts, none of them nothing.
pub(in crate::shop) fn shares(categories: &[Category]) -> Vec<u64> {
    let sum: u128 =
        categories.iter().map(|category| u128::from(category.weight())).sum::<u128>().max(1);
    categories
        .iter()
        .map(|category| ((u128::from(category.weight()) << 20) / sum).max(1) as u64)
        .collect()
}

impl Category {
    /// Checks the category at `key`, whose name is given at `name`; it has no products yet.
    pub(super) fn new(key: &str, name: &str, config: &CategoryConfig) -> Result<Self, ParamsError> {
        text(name, &config.name)?;
        error::within(&format!("{key}.weight"), config.weight.units(), 1, MOST_WEIGHT)?;
        let known = resembled(key, name, config)?;
        let words = known.map_or(known::ANY, |known| known.words);
        error::within(
            &format!("the length of {key}.nouns"),
            config.nouns.len() as u64,
            0,
            MOST_NOUNS,
        )?;
        for (index, noun) in config.nouns.iter().enumerate() {
            text(&format!("{key}.nouns[{index}]"), noun)?;
        }
        error::unique(&format!("{key}.nouns"), config.nouns.iter().map(String::as_str))?;
        let own = |words: &str| words.split('|').map(str::to_owned).collect();
        let nouns =
            if config.nouns.is_empty() { own(words.nouns) } else { config.nouns.clone().into() };
        Ok(Self {
            name: config.name.clone(),
            slug: slug(name, &config.name)?,
            weight: config.weight.units(),
            price: price(key, config, known)?,
            resembles: known.map(|known| known.name),
            months: months(&format!("{key}.months"), config)?,
            products: 0..0,
            words: Names { brands: own(words.brands), lines: own(words.lines), nouns },
        })
    }

    /// Gives it listed products, with the sum of their weights and their lowest and highest price.
    pub(super) fn set_products(&mut self, products: Range<u32>, weight: u64, price: [Money; 2]) {
        (self.products, self.weight, self.price) = (products, weight, price);
    }

    /// Returns the display name of the category.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in a page's address: letters and digits, with hyphens for what is between them.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Its share of products and interest, relative to the sum over the categories.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// Lowest and highest price at which any of its products is ever listed.
    pub fn price_range(&self) -> [Money; 2] {
        self.price
    }

    /// The known category whose words and seasons it has: itself or another; none if it is like no
    /// other.
    pub fn resembles(&self) -> Option<&'static str> {
        self.resembles
    }

    /// Returns the configured interest in each month, if any.
    pub fn months(&self) -> Option<[Factor; 12]> {
        self.months
    }

    /// Its products.
    pub fn products(&self) -> Range<u32> {
        self.products.clone()
    }
}

/// The known category of the same name, or the one that the configuration names.
fn resembled(
    key: &str,
    name: &str,
    config: &CategoryConfig,
) -> Result<Option<&'static Known>, ParamsError> {
    let unknown = |key: String, name: &str, rest: &str| ParamsError::Unknown {
        key,
        value: name.to_owned(),
        known: suggest::known(name, KNOWN.iter().map(|known| known.name)) + rest,
    };
    match (&config.like, known::find(&config.name)) {
        (Some(like), Some(known)) if like != known.name => Err(ParamsError::Impossible {
            key: format!("{key}.like"),
            value: like.clone(),
            bound: format!("{} is built in; omit it, or rename the category", known.name),
        }),
        (Some(like), _) => match known::find(like) {
            Some(known) => Ok(Some(known)),
            None => Err(unknown(format!("{key}.like"), like, "")),
        },
        (None, Some(known)) => Ok(Some(known)),
        (None, None) if config.price.is_some() => Ok(None),
        (None, None) => {
            Err(unknown(name.to_owned(), &config.name, "; any other needs a price range"))
        }
    }
}

/// Refuses a text that is empty or would have to be escaped in JSON.
pub(super) fn text(key: &str, text: &str) -> Result<(), ParamsError> {
    if text.is_empty() {
        return Err(ParamsError::Empty { key: key.to_owned() });
    }
    error::within(&format!("the bytes of {key}"), text.len() as u64, 1, LONGEST)?;
    if text.chars().any(|letter| letter.is_control() || matches!(letter, '"' | '\\')) {
        let (key, value) = (key.to_owned(), text.to_owned());
        return Err(ParamsError::Malformed {
            key,
            value,
            expected: "a text without quotes, backslashes and line ends",
        });
    }
    Ok(())
}

fn slug(key: &str, name: &str) -> Result<String, ParamsError> {
    let lower = name.to_ascii_lowercase();
    let parts =
        lower.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let slug = parts.collect::<Vec<_>>().join("-");
    if slug.is_empty() {
        let expected =
            "a name with a letter from A to Z or a digit, of which its page's address can be made";
        return Err(ParamsError::Malformed {
            key: key.to_owned(),
            value: name.to_owned(),
            expected,
        });
    }
    Ok(slug)
}

fn price(
    key: &str,
    config: &CategoryConfig,
    known: Option<&Known>,
) -> Result<[Money; 2], ParamsError> {
    let own = || known.map(|known| known.cents.map(Money::from_cents));
    let Some(range) = config.price.map(MoneyRange::ends).or_else(own) else {
        return Err(ParamsError::Empty { key: format!("{key}.price") });
    };
    checked(&format!("{key}.price"), range)
}

/// Refuses a range of prices, given at `key`, that no product can have.
pub(super) fn checked(key: &str, range: [Money; 2]) -> Result<[Money; 2], ParamsError> {
    for (index, price) in range.into_iter().enumerate() {
        if !(LEAST_CENTS..=MOST_CENTS).contains(&price.cents()) {
            return Err(out_of_range(
                format!("{key}[{index}]"),
                price.to_string(),
                "0.01",
                "1000000.00",
            ));
        }
    }
    if range[0] > range[1] {
        let [low, high] = range.map(|price| price.to_string());
        return Err(ParamsError::Crossed { key: key.to_owned(), low, high });
    }
    Ok(range)
}

fn months(key: &str, config: &CategoryConfig) -> Result<Option<[Factor; 12]>, ParamsError> {
    let Some(numbers) = config.months else { return Ok(None) };
    let mut months = [Factor::ONE; 12];
    for (index, (month, number)) in months.iter_mut().zip(numbers).enumerate() {
        *month = Factor::from_decimal(number)
            .map_err(|source| ParamsError::Factor { key: format!("{key}[{index}]"), source })?;
    }
    Ok(Some(months))
}
