//! `mercato scenarios`: the shop's scenarios and what each one sets.

use clap::Args;
use mercato::config::args::{ConfigArgs, LogArgs};
use mercato::runtime::exit::{Exit, Failure};
use mercato::shop::ParamsError;
use mercato::shop::shop::{Expected, Scenario, ShopConfig, ShopParams};
use serde_json::{Value, json};

use crate::{layers, print};

/// List the shop's scenarios, presets and those of --config, and what each one sets.
///
/// Hourly figures are means over an ordinary week.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Scenarios {
    /// Print one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato scenarios
  mercato scenarios --config shop.toml --json
  mercato stream --scenario peak_traffic --duration 2
  mercato stream --scenario fraud_testing@+1h..+2h --duration 3

A scenario sets a traffic factor and a share of fraud. --scenario or `shop.scenario` applies it to the whole run,
--scenario NAME@FROM..TO or an entry of [[schedule]] to a period of it. To change presets or add others, use a file:
in a file:

  [shop.scenarios.flash_sale]
  rate = 8
  fraud_rate = 0.02
  description = \"everything at half price\"

Scenarios do not affect price updates, deliveries and the windows of analytics; --rate-multiplier and
`shop.rate_multiplier` scale everything.";

impl Scenarios {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let config: ShopConfig = layers.section("shop")?;
        let refused = |error: ParamsError| Failure::new(Exit::Config, error).located(&layers);
        let params = ShopParams::new(&config).map_err(refused)?;
        let mut rows = Vec::new();
        for scenario in params.scenarios().all() {
            rows.push((scenario, params.expected(Some(scenario.name())).map_err(refused)?));
        }
        let own = params.scenarios().own().name();
        print(&if self.json { format!("{:#}", as_json(&rows, own)) } else { table(&rows, own) })
    }
}

/// Millionths as a number.
fn decimal(millionths: u64) -> f64 {
    millionths as f64 / 1e6
}

/// The share of the transactions that are fraudulent.
fn fraud_rate(expected: &Expected) -> f64 {
    (expected.fraudulent as f64 / expected.transactions.max(1) as f64 * 1e6).round() / 1e6
}

fn as_json(rows: &[(&Scenario, Expected)], own: &str) -> Value {
    let entry = |(scenario, expected): &(&Scenario, Expected)| {
        json!({
            "name": scenario.name(),
            "description": scenario.description(),
            "rate": decimal(scenario.rate_millionths()),
            "fraud_rate": fraud_rate(expected),
            "per_hour": {
                "sessions": decimal(expected.sessions),
                "user_events": decimal(expected.events),
                "transactions": decimal(expected.transactions),
                "fraudulent_transactions": decimal(expected.fraudulent),
                "fraud_alerts": decimal(expected.alerts),
            },
        })
    };
    json!({ "own": own, "scenarios": rows.iter().map(entry).collect::<Vec<_>>() })
}

fn table(rows: &[(&Scenario, Expected)], own: &str) -> String {
    let width = rows.iter().map(|(scenario, _)| scenario.name().len()).max().unwrap_or(0);
    let mut lines = vec![format!(
        "{:width$}  {:>7}  {:>7}  {:>9}  {:>14}  {:>12}  {:>8}  FOR",
        "SCENARIO", "TRAFFIC", "FRAUD", "EVENTS/H", "TRANSACTIONS/H", "FRAUDULENT/H", "ALERTS/H"
    )];
    let whole = |millionths: u64| format!("{:.0}", decimal(millionths));
    lines.extend(rows.iter().map(|(scenario, expected)| {
        let mut purpose = scenario.description().to_owned();
        if scenario.name() == own {
            purpose += if purpose.is_empty() { "the default" } else { " (the default)" };
        }
        let line = format!(
            "{:width$}  {:>7}  {:>7}  {:>9}  {:>14}  {:>12}  {:>8}  {purpose}",
            scenario.name(),
            format!("{}x", decimal(scenario.rate_millionths())),
            format!("{} %", (fraud_rate(expected) * 1e6).round() / 1e4),
            whole(expected.events),
            whole(expected.transactions),
            whole(expected.fraudulent),
            whole(expected.alerts),
        );
        line.trim_end().to_owned()
    }));
    lines.join("\n")
}
