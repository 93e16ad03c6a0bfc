//! Document 004's `orchestrator.generate_historical_data(days=30)`: a folder for each topic, in it
//! one for each day.
//!
//! Two days of a small shop are made in the folder for temporary files, and removed again.

use std::error::Error;

use mercato::Generator;
use mercato::shop::shop::ShopConfig;
use mercato::sinks::FileFormat;

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let small = ShopConfig::default().with_sessions("500/h".parse()?)?;
    let generator = Generator::new(small, 42, "2025-03-03T00:00:00Z".parse()?)?;
    let folder = std::env::temp_dir().join(format!("mercato-history-{}", std::process::id()));
    let results = generator.history(2, &folder, FileFormat::NDJSON, 2)?;
    println!(
        "{} records, {} bytes in {}",
        results.delivery.acknowledged,
        results.delivery.bytes,
        folder.display()
    );
    for day in ["dt=2025-03-03", "dt=2025-03-04"] {
        let path = folder.join("transactions").join(day).join("part-00000.ndjson");
        println!(
            "{}: {} transactions",
            path.display(),
            std::fs::read_to_string(&path)?.lines().count()
        );
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
