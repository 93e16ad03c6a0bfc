//! `mercato generate`: the first records of one of the shop's topics.

mod spread;

use clap::{Args, ValueEnum};
use mercato::config::Layers;
use mercato::config::args::{GenerateArgs, bound};
use mercato::config::{Counted, Program, Setting};
use mercato::runtime::exit::{Exit, Failure};
use mercato::shop::ParamsError;
use mercato::shop::shop::{ShopConfig, ShopParams};
use mercato::units::{Clock, Timestamp};
use mercato::{BuiltIn, Generation};

use crate::PROGRAM;
use crate::scenario::ScenarioArgs;

/// Records when nothing says how many: what document 004's own example makes.
const RECORDS: u64 = 1000;

/// Make the first records of one of the shop's topics.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Generate {
    /// What to make
    #[arg(long = "type", value_name = "TYPE")]
    kind: Kind,

    /// Spread the records over the time from --start until before this, by the shop's hours and
    /// seasons, instead of making them at its rates; the window is made two or three times for that
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

--count is the number of records here, and 1000 unless --count, --duration, --to or --end says otherwise.
A bare number for --duration counts hours. All types are of one shop: under one seed, start and configuration a
transaction's session and user are those of the events, and its prices those of the updates before it.
With --end the rates of the wanted type are others, and so is the shop.";

/// The shop's topics by the names that do not change with the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// What users buy
    #[value(alias = "transaction")]
    Transactions,
    /// What they do in the shop
    #[value(aliases = ["user_events", "user-event", "events"])]
    UserEvents,
    /// Prices that change
    #[value(aliases = ["product_updates", "product-update", "updates"])]
    ProductUpdates,
    /// Alarms about transactions
    #[value(aliases = ["fraud_alerts", "fraud-alert", "alerts"])]
    FraudAlerts,
    /// Transactions that are taken back days later, where `shop.fraud.chargebacks` has a share
    #[value(alias = "chargeback")]
    Chargebacks,
    /// What the others add up to, minute by minute and hour by hour
    #[value(aliases = ["analytics_results", "analytics-result", "analytics"])]
    AnalyticsResults,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Transactions => "transactions",
            Self::UserEvents => "user-events",
            Self::ProductUpdates => "product-updates",
            Self::FraudAlerts => "fraud-alerts",
            Self::Chargebacks => "chargebacks",
            Self::AnalyticsResults => "analytics-results",
        }
    }

    fn topic(self, config: &ShopConfig) -> &str {
        match self {
            Self::Transactions => &config.transactions_topic,
            Self::UserEvents => &config.events_topic,
            Self::ProductUpdates => &config.updates_topic,
            Self::FraudAlerts => &config.alerts_topic,
            Self::Chargebacks => &config.chargebacks_topic,
            Self::AnalyticsResults => &config.analytics_topic,
        }
    }
}

impl Generate {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let program = Program { command: &["mercato", "generate"], ..PROGRAM };
        let mut generation = Generation::prepare(program, "shop", &self.common, Clock::Fast)?;
        let Generation { run, stream, own_flags, layers, .. } = &mut generation;
        let BuiltIn::Shop(config) = stream else { return Ok(Exit::Unexpected) };
        if self.kind == Kind::Chargebacks
            && !config.topics().contains(&config.chargebacks_topic.as_str())
        {
            let failure =
                Failure::new(Exit::Usage, "--type chargebacks: nothing is taken back in this shop");
            return Err(failure.advise(
                "give --config a file in which [shop.fraud.chargebacks] has a `share` above 0",
            ));
        }
        run.topics = Some(vec![self.kind.topic(config).to_owned()]);
        own_flags.extend(["--type".to_owned(), self.kind.name().to_owned()]);
        self.scenario.apply(layers, config, run, own_flags)?;
        run.counted = Counted::Records;
        if run.count.is_none() && run.duration.is_none() && run.to.is_none() {
            run.count = Some(Setting::default(RECORDS));
        }
        if run.count.is_some() && run.shard.value.count() > 1 {
            let reason = "the first records of a shard are not those of the whole: --shard does not go with --count";
            return Err(Failure::new(Exit::Usage, reason)
                .advise("cut the run by time instead, with --to or --duration"));
        }
        let an_hour = self.expected(config, layers)?;
        if let Some(end) = self.end {
            if self.kind == Kind::AnalyticsResults {
                let reason =
                    "there are 500 metrics an hour at any rate, so --end cannot spread them";
                return Err(Failure::new(Exit::Usage, reason)
                    .advise("cut the run by time instead, with --to or --duration"));
            }
            own_flags.extend(["--end".to_owned(), end.to_string()]);
            spread::over(&mut generation, end, self.kind, an_hour)?;
            // The rates that were found are the shop's; one in a file is not.
            generation.run.rate = None;
        }
        generation.carry_out()
    }

    /// Records of this type an hour in millionths; refuses a shop that never makes one, so that
    /// nobody waits for the first.
    fn expected(&self, config: &ShopConfig, layers: &Layers) -> Result<u64, Failure> {
        let refused = |error: ParamsError| Failure::new(Exit::Config, error).located(layers);
        let expected =
            ShopParams::new(config).and_then(|params| params.expected(None)).map_err(refused)?;
        let an_hour = match self.kind {
            Kind::Transactions => expected.transactions,
            Kind::UserEvents => expected.events,
            Kind::ProductUpdates => expected.updates,
            Kind::FraudAlerts => expected.alerts,
            // Not all are taken back, and those days later.
            Kind::Chargebacks => expected.fraudulent,
            Kind::AnalyticsResults => expected.results,
        };
        if an_hour > 0 {
            return Ok(an_hour);
        }
        let reason =
            format!("--type {}: this shop never makes any as it is configured", self.kind.name());
        let advice = "`mercato stats` and `mercato scenarios` say what is to be expected an hour";
        Err(Failure::new(Exit::Usage, reason).advise(advice))
    }
}
