//! Days of history, in folders that analytical tools read as tables.

use std::path::Path;

use mercato_encode::csv;
use mercato_engine::{Extent, Format};
use mercato_runtime::run::{Drive, Outcome, Pace};
use mercato_runtime::session::{Packing, encoding};
use mercato_sinks::{FileFormat, OutputPath, Partitions, TopicFile};

use super::{Generator, GeneratorError};
use crate::DATA_VERSION;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

impl Generator {
    /// The most days of history that can be made at once: ten years.
    pub const MOST_DAYS: u32 = 3_650;

    /// Makes so many days of history from the start on into `folder`: a folder for each wanted
    /// topic, in it one for each day (`transactions/dt=2025-03-03/part-00000.ndjson`), on as many
    /// threads as wanted.
    ///
    /// Files have their names once they are whole, and none is ever replaced: a second history into
    /// the same folder is refused. Fails where the number of days is not from 1 to
    /// [`Generator::MOST_DAYS`].
    pub fn history(
        &self,
        days: u32,
        folder: impl AsRef<Path>,
        form: FileFormat,
        threads: usize,
    ) -> Result<Outcome, GeneratorError> {
        if !(1..=Self::MOST_DAYS).contains(&days) {
            return Err(GeneratorError::Days { days, max: Self::MOST_DAYS });
        }
        let from = self.world.origin;
        let to = from.saturating_add(i64::from(days) * DAY);
        let format = encoding(form.format);
        let run =
            self.of(Extent { until: Some(to), ..Extent::default() }, self.topics.clone(), format)?;
        let header = |index| {
            let mut line = Vec::new();
            csv::header(&mut line, run.columns(index));
            line
        };
        let file = |(index, topic): (u16, &String)| TopicFile {
            topic: topic.clone(),
            header: (format == Format::Csv).then(|| header(index)),
        };
        let files: Vec<TopicFile> = (0..).zip(run.topics()).map(file).collect();
        let path = OutputPath::folder(folder.as_ref()).with_format(form)?;
        let path = path.partitioned(Partitions::between(self.shard.index().into(), from, to));
        let of_run = serde_json::json!({
            "stream": "shop",
            "data_version": DATA_VERSION,
            "seed": self.world.seed.number(),
            "origin": from,
        });
        let packing = Packing::of(&run, form, false)?.with_run(&of_run.to_string(), self.shard);
        let sink = packing.open(&path, &files)?;
        Ok(Drive::new(threads, Pace::Fast).run(&run, sink, None)?)
    }
}
