//! A folder for each topic, in it one for each day of event time, and in that one file: the layout
//! that analytical engines read as a table partitioned by `dt`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{Error, ErrorKind};
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, fs};

use mercato_encode::Batch;

use crate::{
    Contents, Delivery, FileFormat, FileSink, Safe, SafePoint, Sink, SinkError, TopicFile, partial,
};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The days of a directory, and the part of each that is written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partitions {
    /// Number of the part, the same for all files of one writer: several of them share a folder.
    pub part: u64,
    /// The days that records may be of, counted from 1970-01-01 in UTC.
    pub days: RangeInclusive<i64>,
    /// True if files of another run are replaced.
    pub replace: bool,
    /// The records' event times, in microseconds since the Unix epoch.
    pub window: Range<i64>,
    /// The kind of table that each topic's files are added to, once all are complete.
    pub table: Option<TableFormat>,
}

/// A kind of table that is made of files in folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Delta Lake.
    Delta,
}

impl Partitions {
    /// The days of event time from `from` until before `to`, both in microseconds since the Unix
    /// epoch.
    pub fn between(part: u64, from: i64, to: i64) -> Self {
        let days = day_of(from)..=day_of(to.saturating_sub(1)).max(day_of(from));
        Self { part, days, replace: false, window: from..to, table: None }
    }

    /// The file of a topic's records of a day: `FOLDER/TOPIC/dt=2025-01-31/part-00000.ndjson`.
    fn file(&self, folder: &Path, topic: &str, day: i64, form: FileFormat) -> PathBuf {
        folder
            .join(topic)
            .join(format!("dt={}", date(day)))
            .join(format!("part-{:05}.{form}", self.part))
    }

    /// Every file that may come to be.
    pub(crate) fn files(&self, folder: &Path, topics: &[String], form: FileFormat) -> Vec<PathBuf> {
        let of_topic = |topic: &String| {
            self.days.clone().map(|day| self.file(folder, topic, day, form)).collect()
        };
        topics.iter().flat_map::<Vec<PathBuf>, _>(of_topic).collect()
    }
}

/// A sink that writes each topic's records of each day to a file of their own, as [`FileSink`]
/// does.
///
/// Records come in the order of event time, so a day is over with the first record of the next, in
/// whichever topic: its files get their names then, and a run that is stopped in between leaves
/// whole days.
/// A day without records has no file.
pub struct PartitionedSink {
    folder: PathBuf,
    partitions: Partitions,
    form: FileFormat,
    contents: Arc<dyn Contents>,
    topics: Vec<TopicFile>,
    /// The day that is being written.
    day: i64,
    /// Its files, by topic.
    open: BTreeMap<u16, FileSink>,
    /// Delivery counts of completed days.
    over: Delivery,
}

impl PartitionedSink {
    /// Makes the folder if it is not there, and removes unfinished files of its days that killed runs
    /// have left. A run that `goes_on` also replaces whole days of an earlier one: they would hold the
    /// same records.
    ///
    /// Fails with [`SinkError::File`] where that cannot be done, where a topic's name is none for a
    /// folder, and where one of the files exists already and is not to be replaced: days of two runs must not be
    /// taken for one history.
    pub fn create(
        folder: &Path,
        partitions: Partitions,
        form: FileFormat,
        contents: Arc<dyn Contents>,
        topics: &[TopicFile],
        goes_on: bool,
    ) -> Result<Self, SinkError> {
        let refused = |path: PathBuf, kind, reason| {
            SinkError::file("create", path, 0, 0, Error::new(kind, reason))
        };
        for TopicFile { topic, .. } in topics {
            let path = folder.join(topic);
            if path.file_name() != Some(topic.as_ref()) || path.parent() != Some(folder) {
                let reason = "the topic name is not a valid directory name";
                return Err(refused(path, ErrorKind::InvalidInput, reason));
            }
        }
        let names: Vec<String> = topics.iter().map(|file| file.topic.clone()).collect();
        let files = || partitions.files(folder, &names, form);
        if !(partitions.replace || goes_on)
            && let Some(path) = files().into_iter().find(|path| path.exists())
        {
            let reason = "it already exists, from another run";
            return Err(refused(path, ErrorKind::AlreadyExists, reason));
        }
        fs::create_dir_all(folder)
            .map_err(|source| SinkError::file("create", folder, 0, 0, source))?;
        // No state refers to unfinished days, so what a killed run has left of them serves nobody.
        let remove = if goes_on { partial::remove_left } else { partial::remove_dead };
        for path in files() {
            remove(&path)
                .map_err(|source| SinkError::file("remove what is left of", path, 0, 0, source))?;
        }
        let (folder, topics) = (folder.to_owned(), topics.to_vec());
        Ok(Self {
            folder,
            partitions,
            form,
            contents,
            topics,
            day: i64::MIN,
            open: BTreeMap::new(),
            over: Delivery::default(),
        })
    }

    /// The file of a topic in the day that is being written.
    fn file(&mut self, topic: u16) -> Result<Option<&mut FileSink>, SinkError> {
        let Some(to) = self.topics.get(usize::from(topic)) else { return Ok(None) };
        if let Entry::Vacant(place) = self.open.entry(topic) {
            let path = self.partitions.file(&self.folder, &to.topic, self.day, self.form);
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder)
                .map_err(|source| SinkError::file("create", folder, 0, 0, source))?;
            place.insert(FileSink::create_with(path, self.contents.as_ref(), to)?);
        }
        Ok(self.open.get_mut(&topic))
    }

    /// Completes the day's files, once all of them are written to their ends.
    fn complete_day(&mut self) -> Result<(), SinkError> {
        let result = self.each(FileSink::end).and_then(|()| self.each(FileSink::complete));
        // What has failed stays where it is counted.
        result.inspect(|()| {
            let files = std::mem::take(&mut self.open);
            let delivered = files.into_values().map(|file| file.delivery());
            self.over = delivered.fold(self.over, Delivery::plus);
        })
    }

    fn each(
        &mut self,
        work: impl FnMut(&mut FileSink) -> Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        // Every file gets the call, also after one that fails; the first failure is reported.
        let results: Vec<_> = self.open.values_mut().map(work).collect();
        results.into_iter().collect()
    }
}

impl Sink for PartitionedSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        let spans = &batch.spans()[range.clone()];
        let mut start = range.start;
        let place =
            |span: &mercato_encode::Span| (span.stamp.topic, day_of(span.stamp.release_time));
        for together in spans.chunk_by(|one, next| place(one) == place(next)) {
            let end = start + together.len();
            let (topic, day) = place(&together[0]);
            if day != self.day {
                self.complete_day()?;
                self.day = day;
            }
            if let Some(file) = self.file(topic)? {
                file.write(batch, start..end)?;
            }
            start = end;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.each(FileSink::flush)
    }

    fn delivery(&self) -> Delivery {
        self.open.values().map(FileSink::delivery).fold(self.over, Delivery::plus)
    }

    /// Writes what is left of every topic's last day, and only then gives them their names.
    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        self.complete_day()?;
        Ok(self.delivery())
    }

    /// All records before the day that is being written.
    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        if self.open.is_empty() {
            return Ok(SafePoint::records(0));
        }
        let safe = Safe::Before(self.day.saturating_mul(DAY));
        Ok(SafePoint { safe, files: Vec::new() })
    }

    /// Leaves the days that are over, and nothing of the last, which is not.
    fn stop(mut self: Box<Self>, _: bool) -> Result<Delivery, SinkError> {
        for file in std::mem::take(&mut self.open).into_values() {
            let folder = file.path().parent().map(Path::to_owned);
            file.discard();
            // Only an empty folder can be removed.
            let _ = folder.map(fs::remove_dir);
        }
        Ok(self.over)
    }

    /// Leaves the days that are over, and the whole records of the last in partial files.
    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        Ok(self.delivery())
    }
}

impl fmt::Debug for PartitionedSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartitionedSink")
            .field("folder", &self.folder)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// Days from 1970-01-01 to the one in which an instant lies, in UTC.
fn day_of(micros: i64) -> i64 {
    micros.div_euclid(DAY)
}

/// The date of a day in the proleptic Gregorian calendar: Howard Hinnant's `civil_from_days`, whose
/// years begin in March.
fn date(day: i64) -> String {
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        for (day, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_089, "2025-01-01"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
            (2_567_806, "9000-06-01"),
        ] {
            assert_eq!(date(day), text);
        }
        let day = |text: &str| (0..40_000).find(|day| date(*day) == text).unwrap();
        assert_eq!(
            (day("2024-12-31") + 1, day("2024-03-01") - day("2024-02-28")),
            (day("2025-01-01"), 2)
        );
    }

    #[test]
    fn a_window_has_the_days_it_reaches_into() {
        let days = |from, to| Partitions::between(0, from, to).days;
        assert_eq!(days(0, DAY), 0..=0);
        assert_eq!(days(0, DAY + 1), 0..=1);
        assert_eq!(days(DAY - 1, 3 * DAY), 0..=2);
        assert_eq!(days(5 * DAY, 5 * DAY), 5..=5);
    }
}
