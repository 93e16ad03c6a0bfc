//! When arrivals come more or less often: the entries of `[[schedule]]`, laid out in event time.
//!
//! What a scenario means is the stream's business, so it is asked: a timetable knows names only.

use mercato_engine::{Burst, EngineError, Schedule};

use crate::exit::{Exit, Failure};
use mercato_config::ScheduleEntry;
use mercato_units::{Factor, Timestamp};

/// Stretches of event time with a factor on arrivals and perhaps a scenario, none overlapping
/// another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Timetable {
    stretches: Vec<Stretch>,
}

/// A stretch of event time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    burst: Burst,
    scenario: Option<String>,
}

/// Millionths in one.
const UNIT: u64 = 1_000_000;

impl Timetable {
    /// The entries of a run that begins at `origin`; refuses entries that overlap or end before
    /// they begin.
    pub fn new(entries: &[ScheduleEntry], origin: Timestamp) -> Result<Self, EngineError> {
        let stretch = |entry: &ScheduleEntry| Stretch {
            burst: Burst {
                from: entry.from.micros(origin),
                to: entry.to.micros(origin),
                factor_millionths: entry.factor.map_or(UNIT, Factor::millionths),
            },
            scenario: entry.scenario.clone(),
        };
        let stretches: Vec<Stretch> = entries.iter().map(stretch).collect();
        Schedule::new(stretches.iter().map(|stretch| stretch.burst).collect())?;
        Ok(Self { stretches })
    }

    /// The names of the scenarios, in the order of their entries, each with its entry's index.
    pub fn scenarios(&self) -> impl Iterator<Item = (usize, &str)> {
        let stretches = self.stretches.iter().enumerate();
        stretches.filter_map(|(index, stretch)| Some((index, stretch.scenario.as_deref()?)))
    }

    /// The same without the stretches that have a scenario, for a stream that has none.
    #[must_use]
    pub fn without_scenarios(&self) -> Self {
        Self {
            stretches: self
                .stretches
                .iter()
                .filter(|stretch| stretch.scenario.is_none())
                .cloned()
                .collect(),
        }
    }

    /// The factors for the stream `name`, which has no scenarios; refuses a stretch that has one.
    pub fn bursts(&self, name: &str) -> Result<Schedule, Failure> {
        if let Some((index, scenario)) = self.scenarios().next() {
            let reason = format!(
                "invalid schedule[{index}].scenario = {scenario:?}: the stream {name} has no scenarios"
            );
            return Err(Failure::new(Exit::Config, reason).advise("use a `factor` instead"));
        }
        self.under(|_| UNIT).map_err(|error| Failure::new(Exit::Config, error))
    }

    /// The factors under scenarios: `factor` gives that of a scenario in millionths, and without a
    /// name that of the run's own, which holds wherever no entry says another.
    ///
    /// Refuses factors that are too high together.
    pub fn under(
        &self,
        mut factor: impl FnMut(Option<&str>) -> u64,
    ) -> Result<Schedule, EngineError> {
        let own = factor(None);
        let mut burst = |stretch: &Stretch| {
            let times = stretch.scenario.as_deref().map_or(own, |name| factor(Some(name)));
            let both = u128::from(stretch.burst.factor_millionths) * u128::from(times);
            let factor_millionths =
                u64::try_from((both + u128::from(UNIT / 2)) / u128::from(UNIT)).unwrap_or(u64::MAX);
            Burst { factor_millionths, ..stretch.burst }
        };
        Schedule::new(self.stretches.iter().map(&mut burst).collect())?.elsewhere(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(from: &str, to: &str, factor: &str, scenario: &str) -> ScheduleEntry {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ScheduleEntry {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
            factor: given(factor).map(|text| text.parse().unwrap()),
            scenario: given(scenario),
        }
    }

    #[test]
    fn factor_and_scenario_multiply_and_the_runs_own_holds_elsewhere() {
        let origin = Timestamp::new(0).unwrap();
        let entries = [
            entry("+1s", "+2s", "2", ""),
            entry("+2s", "+3s", "", "peak"),
            entry("+4s", "+5s", "0.5", "peak"),
        ];
        let timetable = Timetable::new(&entries, origin).unwrap();
        assert_eq!(timetable.scenarios().collect::<Vec<_>>(), [(1, "peak"), (2, "peak")]);
        let burst = |from, to, factor_millionths| Burst { from, to, factor_millionths };
        let expected = Schedule::new(vec![
            burst(1_000_000, 2_000_000, 200_000),
            burst(2_000_000, 3_000_000, 3_000_000),
            burst(4_000_000, 5_000_000, 1_500_000),
        ]);
        let expected = expected.unwrap().elsewhere(100_000).unwrap();
        assert_eq!(
            timetable.under(|name| if name.is_some() { 3_000_000 } else { 100_000 }).unwrap(),
            expected
        );
        assert!(timetable.under(|_| 600_000_000).is_err(), "twice 600 is too often");
    }

    #[test]
    fn a_stream_without_scenarios_says_so() {
        let origin = Timestamp::new(0).unwrap();
        let timetable = Timetable::new(&[entry("+1s", "+2s", "", "peak")], origin).unwrap();
        let refused = timetable.bursts("orders").unwrap_err().to_string();
        assert!(
            refused.contains("schedule[0].scenario = \"peak\"") && refused.contains("orders"),
            "{refused}"
        );
        assert_eq!(timetable.without_scenarios().bursts("orders").unwrap(), Schedule::default());
    }
}
