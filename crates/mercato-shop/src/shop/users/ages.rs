//! Age groups: how many users are in each, and what they like.

use mercato_draw::AliasTable;
use mercato_units::Weight;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::out_of_range;
use crate::{ParamsError, choice, error};

/// An age group of users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgeGroupConfig {
    /// The name in records, such as `25-34`; no two groups share one.
    pub name: String,
    /// Weight of the group, relative to the sum over the list; 1 by default.
    #[serde(default)]
    pub weight: Weight,
    /// How much more than others the group likes what the young like, from -1 to 1; 0 by default.
    /// With 0.3, electronics are 30 % more often a favourite, and books 30 % less. Only differences
    /// count, so that all users together like the categories by their weights.
    #[serde(default)]
    pub liking: f64,
}

/// Age groups that are known to be possible.
#[derive(Debug, Clone)]
pub(in crate::shop) struct AgeGroups {
    names: Box<[String]>,
    table: AliasTable,
    likings: Box<[i64]>,
}

/// Names, hundredths of the users, and likings in hundredths; this house's choice.
const DOCUMENTED: [(&str, u64, i32); 6] = [
    ("18-24", 15, 30),
    ("25-34", 25, 15),
    ("35-44", 20, 0),
    ("45-54", 15, -15),
    ("55-64", 15, -20),
    ("65+", 10, -30),
];

impl AgeGroupConfig {
    /// The most groups.
    pub const MOST: u64 = 100;

    /// The age groups of a shop that names none.
    pub fn documented() -> Vec<Self> {
        let group = |(name, weight, liking): (&str, u64, i32)| Self {
            name: name.to_owned(),
            weight: weight.into(),
            liking: f64::from(liking) / 100.0,
        };
        DOCUMENTED.map(group).into()
    }
}

impl AgeGroups {
    pub(super) fn new(groups: &[AgeGroupConfig]) -> Result<Self, ParamsError> {
        const KEY: &str = "shop.users.age_groups";
        error::within(
            &format!("the length of {KEY}"),
            groups.len() as u64,
            1,
            AgeGroupConfig::MOST,
        )?;
        error::unique(KEY, groups.iter().map(|group| group.name.as_str()))?;
        let mut likings = Vec::new();
        for (number, AgeGroupConfig { name, liking, .. }) in groups.iter().enumerate() {
            if name.is_empty() {
                return Err(ParamsError::Empty { key: format!("{KEY}[{number}].name") });
            }
            if !(-1.0..=1.0).contains(liking) {
                let key = format!("{KEY}[{number}].liking");
                return Err(out_of_range(key, liking.to_string(), -1, 1));
            }
            likings.push((liking * 100.0).round() as i64);
        }
        let weights = || groups.iter().map(|group| group.weight);
        let table = choice::table(KEY, weights())?;
        let shares = Weight::whole(weights());
        let all: i128 = shares.iter().map(|share| i128::from(*share)).sum();
        let sum: i128 = shares
            .iter()
            .zip(&likings)
            .map(|(share, own)| i128::from(*share) * i128::from(*own))
            .sum();
        let mean = (sum / all.max(1)) as i64;
        likings.iter_mut().for_each(|liking| *liking -= mean);
        let names = groups.iter().map(|group| group.name.clone()).collect();
        Ok(Self { names, table, likings: likings.into() })
    }

    /// The names of the groups.
    pub(in crate::shop) fn names(&self) -> &[String] {
        &self.names
    }

    /// How much more each group likes what the young like, in hundredths; 0 in the mean.
    pub(in crate::shop) fn likings(&self) -> &[i64] {
        &self.likings
    }

    /// The group of a word.
    #[inline]
    pub(in crate::shop) fn pick(&self, word: u64) -> usize {
        self.table.pick(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, weight: u64, liking: f64) -> AgeGroupConfig {
        AgeGroupConfig { name: name.to_owned(), weight: weight.into(), liking }
    }

    #[test]
    fn likings_are_balanced() {
        let documented = AgeGroups::new(&AgeGroupConfig::documented()).unwrap();
        assert_eq!(documented.likings(), [30, 15, 0, -15, -20, -30]);
        let young = AgeGroups::new(&[group("a", 1, 0.8), group("b", 3, 0.0)]).unwrap();
        assert_eq!(young.likings(), [60, -20]);
    }

    #[test]
    fn groups_that_make_no_choice_are_refused() {
        let refused = |groups: &[AgeGroupConfig]| AgeGroups::new(groups).unwrap_err().to_string();
        assert!(refused(&[]).contains("the length of shop.users.age_groups"));
        let many: Vec<_> = (0..101).map(|number| group(&number.to_string(), 1, 0.0)).collect();
        assert!(refused(&many).contains("101"), "{}", refused(&many));
        assert!(
            refused(&[group("a", 1, 0.0), group("a", 2, 0.0)]).contains("\"a\" is listed twice")
        );
        assert!(refused(&[group("", 1, 0.0)]).contains("age_groups[0].name"));
        assert!(refused(&[group("a", 0, 0.0)]).contains("shop.users.age_groups"));
        let wrong = refused(&[group("a", 1, 0.0), group("b", 1, 1.5)]);
        assert!(wrong.contains("age_groups[1].liking") && wrong.contains("1.5"), "{wrong}");
        assert!(refused(&[group("a", 1, f64::NAN)]).contains("liking"));
    }
}
