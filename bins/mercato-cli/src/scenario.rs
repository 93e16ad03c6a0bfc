//! `--scenario`: traffic and fraud of the shop.

use std::fmt;
use std::str::FromStr;

use clap::Args;
use mercato::BuiltIn;
use mercato::config::{Layers, RunSpec, ScheduleEntry};
use mercato::runtime::exit::{Exit, Failure};
use mercato::shop::shop::{Scenarios, ShopConfig};
use mercato::units::Moment;

/// Scenarios of a run.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ScenarioArgs {
    /// Run under this scenario, or with @FROM..TO only during that period, such as
    /// `peak_traffic@+1h..+2h`; may be repeated; `mercato scenarios` lists all [default:
    /// `normal_traffic`]
    #[arg(long = "scenario", value_name = "NAME[@FROM..TO]", value_parser = Asked::from_str)]
    asked: Vec<Asked>,
}

/// A scenario and its period.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    name: String,
    stretch: Option<(Moment, Moment)>,
}

impl FromStr for Asked {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, stretch)) = text.split_once('@') else {
            return Ok(Self { name: text.to_owned(), stretch: None });
        };
        let shape =
            "expected NAME, or NAME@FROM..TO with times such as +1h or 2026-11-27T08:00:00Z";
        let (from, to) = stretch.split_once("..").ok_or(shape)?;
        let moment = |text: &str| text.parse::<Moment>().map_err(|error| error.to_string());
        Ok(Self { name: name.to_owned(), stretch: Some((moment(from)?, moment(to)?)) })
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.stretch {
            None => formatter.write_str(&self.name),
            Some((from, to)) => write!(formatter, "{}@{from}..{to}", self.name),
        }
    }
}

impl ScenarioArgs {
    /// Applies the scenarios to a run that a command only refers to; refuses them for any stream
    /// but the shop.
    pub(crate) fn apply_to(
        &self,
        stream: &mut BuiltIn,
        layers: &Layers,
        run: &mut RunSpec,
    ) -> Result<(), Failure> {
        let name = stream.row().name;
        match stream.config_mut::<ShopConfig>() {
            Some(config) => self.apply(layers, config, run, &mut Vec::new()),
            None if self.asked.is_empty() => Ok(()),
            None => {
                let reason = format!(
                    "--scenario applies to the stream shop only; {name} has no scenarios: omit it"
                );
                Err(Failure::new(Exit::Usage, reason))
            }
        }
    }

    /// Applies the scenarios to the shop and to the run's schedule; refuses unknown ones, two for
    /// the whole run, and overlapping periods.
    pub(crate) fn apply(
        &self,
        layers: &Layers,
        config: &mut ShopConfig,
        run: &mut RunSpec,
        own_flags: &mut Vec<String>,
    ) -> Result<(), Failure> {
        if self.asked.is_empty() {
            return Ok(());
        }
        let usage = |reason: String| Failure::new(Exit::Usage, format!("--scenario: {reason}"));
        // What the flag replaces need not be right.
        let normal = ShopConfig { scenario: Scenarios::NORMAL.to_owned(), ..config.clone() };
        let known = Scenarios::new(&normal)
            .map_err(|error| Failure::new(Exit::Config, error).located(layers))?;
        let (mut whole, mut entries) = (None, Vec::new());
        for asked in &self.asked {
            let scenario = known
                .find("--scenario", &asked.name)
                .map_err(|error| Failure::new(Exit::Usage, error))?;
            let name = scenario.name().to_owned();
            match asked.stretch {
                Some((from, to)) => {
                    entries.push(ScheduleEntry { from, to, factor: None, scenario: Some(name) });
                }
                None => {
                    if let Some(other) = whole.replace(name) {
                        return Err(usage(format!(
                            "{other} and {} cannot both hold for the whole run: keep one of them, or limit one to a period as in \
                             {}@+1h..+2h",
                            asked.name, asked.name
                        )));
                    }
                }
            }
            own_flags.extend(["--scenario".to_owned(), asked.to_string()]);
        }
        if let Some(whole) = whole {
            config.scenario = whole;
        }
        run.schedule_also(entries, layers).map_err(|error| usage(error.to_string()))
    }
}
