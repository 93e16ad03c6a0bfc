//! Document 004's `orchestrator.run_scenario('peak_traffic', duration_hours=1.0)`, and
//! `producer.start_streaming(…)`.
//!
//! An hour of event time goes by in a moment here; `Pace::Wall` instead of `Pace::Fast` makes it an
//! hour of everyone's, and a `KafkaSink` instead of the `NullSink` sends it.

use std::error::Error;

use mercato::Generator;
use mercato::runtime::run::{Drive, Pace};
use mercato::shop::shop::ShopConfig;
use mercato::sinks::NullSink;

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let normal = Generator::new(ShopConfig::default(), 42, "2025-03-03T10:00:00Z".parse()?)?;
    let mut records = Vec::new();
    for scenario in ["normal_traffic", "peak_traffic", "maintenance_mode"] {
        // topics=['transactions', 'user-events'], duration_hours=1.0
        let shop = normal.with_scenario(scenario)?.with_topics(&["transactions", "user-events"])?;
        let run = shop.run(Some("1h".parse()?))?;
        let outcome = Drive::new(2, Pace::Fast).run(&run, Box::new(NullSink::default()), None)?;
        println!("{scenario}: {} records", outcome.counts.records());
        records.push(outcome.counts.records() as f64);
    }
    assert!(
        (records[1] / records[0] - 3.0).abs() < 0.1 && (records[2] / records[0] - 0.1).abs() < 0.01
    );

    // A scenario can also hold for a stretch: ten minutes of attacks from the half-hour on.
    let attacked = normal.with_scenario_between("fraud_testing", "30m".parse()?, "40m".parse()?)?;
    let arrivals = attacked.run(Some("1h".parse()?))?.expected_arrivals().unwrap_or_default();
    println!("{arrivals} arrivals in an hour with an attack");
    Ok(())
}
