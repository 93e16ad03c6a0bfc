//! `mercato generate`: the first records of one of the shop's topics.

mod spread;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mercato::Generation;
use mercato::config::Layers;
use mercato::config::args::{GenerateArgs, bound};
use mercato::config::{Counted, Program, Setting};
use mercato::runtime::exit::{Exit, Failure};
use mercato::shop::ParamsError;
use mercato::shop::shop::{Driver, ShopConfig, ShopParams, Topic};
use mercato::units::{Clock, Timestamp};

use crate::PROGRAM;
use crate::scenario::ScenarioArgs;

/// Records when nothing says how many: what document 004's own example makes.
const RECORDS: u64 = 1000;

/// Generate the first records of one of the shop's topics.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Generate {
    /// Type of records to generate
    #[arg(long = "type", value_name = "TYPE", value_parser = topics())]
    kind: Topic,

    /// Spread the records over the window from --start to this time, by the shop's hours and
    /// seasons instead of its rates; generates the window two or three times
    #[arg(long, value_name = "T", value_parser = bound::<Timestamp>(), requires = "start", conflicts_with_all = ["duration", "to", "backfill", "rate"])]
    end: Option<Timestamp>,

    #[command(flatten)]
    scenario: ScenarioArgs,

    #[command(flatten)]
    common: GenerateArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato generate --type transactions --count 1000
  mercato generate --type user-events --count 5000 --seed 42 --start 2025-01-01 --end 2025-01-08 -o events.csv
  mercato generate --type product-updates --count 100 --format csv
  mercato generate --type analytics-results --start 2025-01-01 --duration 24 -o metrics.ndjson
  mercato generate --type transactions --start 2025-01-01 --duration 24 -o null: --summary-json run.json

--count counts records here, and is 1000 unless --duration or --to limits the run.
A bare number for --duration is in hours. All types describe one shop: with the same seed, start and configuration, the
session and user of a transaction appear in the events, and its prices are those of the preceding product updates.
--end changes the rates of the requested type, and with them the shop.";

/// The shop's topics by the names that do not change with the configuration.
fn topics() -> impl TypedValueParser<Value = Topic> {
    let value = |topic: Topic| {
        PossibleValue::new(topic.name).help(topic.about).aliases(topic.aliases.iter().copied())
    };
    let unknown = "no such topic";
    PossibleValuesParser::new(Topic::ALL.map(value))
        .try_map(move |name| Topic::named(&name).ok_or(unknown))
}

impl Generate {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let program = Program { command: &["mercato", "generate"], ..PROGRAM };
        let mut generation = Generation::<ShopConfig>::prepare(program, &self.common, Clock::Fast)?;
        let Generation { run, stream: config, own_flags, layers, .. } = &mut generation;
        let topic = self.kind;
        if let (false, Some([absent, remedy])) = (topic.is_made(config), topic.optional) {
            let reason = format!("--type {}: {absent}", topic.name);
            return Err(Failure::new(Exit::Usage, reason).advise(remedy));
        }
        run.topics = Some(vec![topic.of(config).to_owned()]);
        own_flags.extend(["--type".to_owned(), topic.name.to_owned()]);
        self.scenario.apply(layers, config, run, own_flags)?;
        run.counted = Counted::Records;
        if run.count.is_none() && run.duration.is_none() && run.to.is_none() {
            run.count = Some(Setting::default(RECORDS));
        }
        if run.count.is_some() && run.shard.value.count() > 1 {
            let reason = "--shard cannot be combined with --count: the first records of a shard are not those of the run";
            return Err(Failure::new(Exit::Usage, reason)
                .advise("limit the run by time instead, with --to or --duration"));
        }
        let an_hour = self.expected(config, layers)?;
        if let Some(end) = self.end {
            let fixed = match topic.driver {
                Driver::Clock => Some("metrics is fixed at 500 per hour"),
                Driver::Users => Some("records of users follows from how many users there are"),
                Driver::Sessions | Driver::PriceUpdates => None,
            };
            if let Some(fixed) = fixed {
                let reason = format!("the number of {fixed}, so --end cannot spread them");
                return Err(Failure::new(Exit::Usage, reason)
                    .advise("limit the run by time instead, with --to or --duration"));
            }
            own_flags.extend(["--end".to_owned(), end.to_string()]);
            spread::over(&mut generation, end, topic, an_hour)?;
            // The rates that were found are the shop's; one in a file is not.
            generation.run.rate = None;
        }
        Ok(generation.carry_out()?)
    }

    /// Records of this type an hour in millionths; refuses a shop that never makes one, so that
    /// nobody waits for the first.
    fn expected(&self, config: &ShopConfig, layers: &Layers) -> Result<u64, Failure> {
        let refused = |error: ParamsError| Failure::new(Exit::Config, error).located(layers);
        let expected =
            ShopParams::new(config).and_then(|params| params.expected(None)).map_err(refused)?;
        let an_hour = match self.kind {
            // Not all are taken back, and those days later.
            topic if topic == Topic::CHARGEBACKS => expected.fraudulent,
            // Whoever comes has a profile, even if nobody ever changes.
            topic if topic == Topic::USERS => expected.users.saturating_add(expected.sessions),
            topic => topic.per_hour(&expected),
        };
        if an_hour > 0 {
            return Ok(an_hour);
        }
        let reason =
            format!("--type {}: the shop as configured never generates any", self.kind.name);
        let advice = "`mercato stats` and `mercato scenarios` list the expected records per hour";
        Err(Failure::new(Exit::Usage, reason).advise(advice))
    }
}
