//! Statistics of a shop, and its expected rates.

use std::collections::BTreeMap;

use mercato_draw::Seed;
use mercato_engine::World;
use mercato_schema::Money;
use mercato_shop::shop::{Expected, Shop, ShopConfig, ShopParams, ShopRates, Topic};
use mercato_units::Weight;

use super::Schedule;

/// Statistics of a shop. They do not depend on seed or start.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Statistics {
    /// Registered users.
    pub total_users: u64,
    /// Those of them who ever come.
    pub active_users: u64,
    /// Shares of the kinds of users, by name.
    pub user_types: BTreeMap<String, f64>,
    /// Shares of the regions in which users live, by name.
    pub regions: BTreeMap<String, f64>,
    /// Shares of the kinds of devices, by name.
    pub devices: BTreeMap<String, f64>,
    /// Products on sale.
    pub total_products: u64,
    /// The categories, in the order of the configuration.
    pub categories: Vec<CategoryStatistics>,
    /// Rates of sessions, events and transactions, before scenario and multiplier.
    pub rates: ShopRates,
    /// Expected rates per hour under the shop's own scenario, in millionths.
    pub per_hour: Expected,
    /// The longest time from an arrival to the last record it causes, in microseconds.
    pub lookback_micros: i64,
}

/// A category of products.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryStatistics {
    /// Its name.
    pub name: String,
    /// Its products.
    pub products: usize,
    /// The lowest and the highest price.
    pub prices: [Money; 2],
}

/// Users that are looked at one by one; of more, the first are.
const LOOKED_AT: usize = 1_000_000;

impl Statistics {
    /// Records of each topic that are to be expected an hour, in millionths.
    pub fn topics(&self, config: &ShopConfig) -> Vec<(String, u64)> {
        let topics = Topic::ALL.into_iter().filter(|topic| topic.is_made(config));
        topics.map(|topic| (topic.of(config).to_owned(), topic.per_hour(&self.per_hour))).collect()
    }

    pub(super) fn of(config: &ShopConfig, params: &ShopParams) -> Self {
        let shop =
            Shop::new(World { seed: Seed::new(0), origin: 0 }, params.clone(), Schedule::default());
        let (mut kinds, mut regions) = (BTreeMap::new(), BTreeMap::new());
        for (_, kind, city) in shop.users().all().take(LOOKED_AT) {
            *kinds.entry(kind.name().to_owned()).or_insert(0) += 1;
            *regions.entry(city.region().name().to_owned()).or_insert(0) += 1;
        }
        let devices = config.sessions.devices.iter();
        let weights = Weight::whole(devices.clone().map(|device| device.weight));
        let devices = devices.map(|device| device.name.clone()).zip(weights).collect();
        let category = |category: &mercato_shop::shop::catalogue::Category| CategoryStatistics {
            name: category.name().to_owned(),
            products: category.products().len(),
            prices: category.price_range(),
        };
        Self {
            total_users: shop.users().total(),
            active_users: shop.users().active(),
            user_types: shares(kinds),
            regions: shares(regions),
            devices: shares(devices),
            total_products: shop.catalogue().products().into(),
            categories: shop.catalogue().categories().iter().map(category).collect(),
            rates: params.rates(),
            // The own scenario was checked with the parameters.
            per_hour: params.expected(None).unwrap_or_default(),
            lookback_micros: params.lookback(),
        }
    }
}

/// Parts of their sum, to four decimals.
fn shares(counts: BTreeMap<String, u64>) -> BTreeMap<String, f64> {
    let all = counts.values().sum::<u64>().max(1) as f64;
    counts
        .into_iter()
        .map(|(name, count)| (name, (count as f64 / all * 1e4).round() / 1e4))
        .collect()
}
