//! The sections `[shop.users]` and `[[shop.regions]]` of a configuration, as they are written.

use mercato_patterns::Zone;
use mercato_patterns::geographic::Region;
use mercato_units::{Share, as_share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AgeGroupConfig, MILLION};
use crate::error::out_of_range;
use crate::{ParamsError, error};

/// The users of the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UsersConfig {
    /// All users, from 1 to 1,000,000,000; 10,000 by default.
    pub total: u64,
    /// Share of users who are ever active, above 0 and up to 1; 0.7 by default.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub active_ratio: f64,
    /// Share of those that are VIPs, from 0 to 1; 0.05 by default. They come most often and buy
    /// most.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub vip_ratio: f64,
    /// Share of those that are new, from 0 to 1; 0.25 by default. The rest are regular users.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub new_ratio: f64,
    /// Share of four-week periods in which a user travels, from 0 to 1; 0.1 by default.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub trips: f64,
    /// Standard deviation, in metres, of where users are around the centre of their city; 2,500 by
    /// default, at most 20,000.
    pub scatter_metres: u32,
    /// Share of the active users who change in thirty days, from 0 to 1; 0.05 by default. A change
    /// is a record of the topic `users`: a new user becomes a regular one, others move to another
    /// city or have a new e-mail address. With 0 nobody changes.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub changes: f64,
    /// Age groups, at most 100; six by default, from `18-24` to `65+`.
    pub age_groups: Vec<AgeGroupConfig>,
}

impl Default for UsersConfig {
    fn default() -> Self {
        Self {
            total: 10_000,
            active_ratio: 0.7,
            vip_ratio: 0.05,
            new_ratio: 0.25,
            trips: 0.1,
            scatter_metres: 2_500,
            changes: 0.05,
            age_groups: AgeGroupConfig::documented(),
        }
    }
}

/// Shares in millionths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    pub(super) active: u64,
    pub(super) vip: u64,
    pub(super) regular: u64,
    pub(super) trips: u64,
    /// Of the active users, in a month.
    pub(super) changes: u64,
}

impl UsersConfig {
    /// The largest number of users.
    pub const MAX_TOTAL: u64 = 1_000_000_000;

    pub(super) fn shares(&self) -> Result<Shares, ParamsError> {
        let active = share("shop.users.active_ratio", self.active_ratio)?;
        let vip = share("shop.users.vip_ratio", self.vip_ratio)?;
        let new = share("shop.users.new_ratio", self.new_ratio)?;
        if active == 0 {
            return Err(ParamsError::Impossible {
                key: "shop.users.active_ratio".to_owned(),
                value: self.active_ratio.to_string(),
                bound: "it must be above 0 and at most 1, or there are no visitors".to_owned(),
            });
        }
        let Some(regular) = MILLION.checked_sub(vip + new) else {
            return Err(ParamsError::Impossible {
                key: "shop.users.vip_ratio + shop.users.new_ratio".to_owned(),
                value: format!("{} + {}", self.vip_ratio, self.new_ratio),
                bound: "their sum must be at most 1; the rest are regular users".to_owned(),
            });
        };
        let trips = share("shop.users.trips", self.trips)?;
        let changes = share("shop.users.changes", self.changes)?;
        Ok(Shares { active, vip, regular, trips, changes })
    }
}

/// A share from 0 to 1 in millionths.
pub(in crate::shop) fn share(key: &str, value: f64) -> Result<u64, ParamsError> {
    let millionths = (value * MILLION as f64).round();
    if (0.0..=MILLION as f64).contains(&millionths) {
        return Ok(millionths as u64);
    }
    Err(out_of_range(key, value.to_string(), 0, 1))
}

/// A region in which users live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MarketConfig {
    /// `North America`, `Europe`, `Asia` or `Others`.
    pub name: String,
    /// Weight of the region's users, relative to the sum over the list; 45, 30, 20 and 5 by
    /// default.
    pub weight: f64,
    /// Hours ahead of UTC (behind, if negative) that all its clocks show, in quarters, from -18 to
    /// 18; those of each city's time zone by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone_offset: Option<f64>,
}

impl MarketConfig {
    /// The documented regions.
    pub fn documented() -> Vec<Self> {
        let market = |region: Region| Self {
            name: region.name().to_owned(),
            weight: region.default_share_percent() as f64,
            time_zone_offset: None,
        };
        Region::ALL.map(market).into()
    }

    /// The clock that holds for the whole region, if it has one; `number` is its place in the list.
    pub(super) fn zone(&self, number: usize) -> Result<Option<Zone>, ParamsError> {
        let key = || format!("shop.regions[{number}].time_zone_offset");
        let Some(hours) = self.time_zone_offset else { return Ok(None) };
        let quarters = hours * 4.0;
        if quarters.fract() != 0.0 || hours.abs() > 18.0 {
            return Err(ParamsError::Impossible {
                key: key(),
                value: hours.to_string(),
                bound: "it must be from -18 to 18 hours, in quarters".to_owned(),
            });
        }
        let zone = Zone::fixed_minutes(quarters as i32 * 15);
        zone.map(Some).map_err(|source| ParamsError::Zone { key: key(), source })
    }
}

/// The regions of a list, each with its share in millionths of the sum.
pub(super) fn regions(markets: &[MarketConfig]) -> Result<Vec<(Region, u64)>, ParamsError> {
    if markets.is_empty() {
        return Err(ParamsError::Empty { key: "shop.regions".to_owned() });
    }
    error::unique("shop.regions", markets.iter().map(|market| market.name.as_str()))?;
    let mut weights = Vec::new();
    for (number, market) in markets.iter().enumerate() {
        let region = Region::by_name(&market.name).ok_or_else(|| ParamsError::Unknown {
            key: format!("shop.regions[{number}].name"),
            value: market.name.clone(),
            known: Region::ALL.map(Region::name).join(", "),
        })?;
        let weight = (market.weight * MILLION as f64).round();
        if !(0.0..=1e12).contains(&weight) {
            return Err(out_of_range(
                format!("shop.regions[{number}].weight"),
                market.weight.to_string(),
                0,
                1_000_000,
            ));
        }
        weights.push((region, weight as u128));
    }
    let sum: u128 = weights.iter().map(|(_, weight)| weight).sum();
    if sum == 0 {
        return Err(ParamsError::Impossible {
            key: "shop.regions[].weight".to_owned(),
            value: "0 in sum".to_owned(),
            bound: "at least one region must have a weight above 0".to_owned(),
        });
    }
    let share =
        |(region, weight): (Region, u128)| (region, (weight * u128::from(MILLION) / sum) as u64);
    Ok(weights.into_iter().filter(|(_, weight)| *weight > 0).map(share).collect())
}
