//! Resuming a run that was stopped or killed.
//!
//! Its summary says which run it was and how far it got; what remains is the rest of the same pure
//! function.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use mercato_config::{
    Effective, Origin, OutputSettings, RunRange, RunSpec, ScheduleEntry, Setting,
};
use mercato_engine::Cursor;
use mercato_sinks::{OutputPath, UnfinishedFile, remove_left};
use mercato_units::{Duration, Timestamp};

use super::{Plan, PlanError, SessionError};
use crate::summary::{Identity, Summary, SummaryError};

/// The option that keeps the state of a run in Kafka.
pub(super) const EXACTLY_ONCE: &str = "--delivery exactly-once";

/// The earlier run that is resumed.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// The option that names the file.
    flag: &'static str,
    path: PathBuf,
    summary: Summary,
}

impl Resumed {
    /// Reads the summary that `output` names, if any: the file of `--resume` must exist, that of
    /// `--state` does not when a run starts.
    ///
    /// Fails where the file cannot be read, or is no summary.
    pub fn read(output: &OutputSettings) -> Result<Option<Self>, SummaryError> {
        let read = |flag, path: &PathBuf| {
            let summary = Summary::read(path)?;
            Ok(Some(Self { flag, path: path.clone(), summary }))
        };
        match (&output.state, &output.resume) {
            (_, Some(resume)) => read("--resume", &resume.value),
            (Some(state), None) if state.value.exists() => read("--state", &state.value),
            _ => Ok(None),
        }
    }

    /// Reads the state that a run has stored in Kafka, at `place`.
    ///
    /// Fails where it is no summary.
    pub(super) fn stored(state: &[u8], place: PathBuf) -> Result<Self, SummaryError> {
        let summary = Summary::parse(state, &place)?;
        Ok(Self { flag: EXACTLY_ONCE, path: place, summary })
    }

    /// The event time at which the earlier run began.
    pub fn origin(&self) -> Timestamp {
        self.summary.identity.origin
    }

    /// Takes seed and start from the earlier run, where `run` leaves them to chance or the clock.
    pub fn pin(&self, run: &mut RunSpec) {
        let Identity { seed, origin, .. } = &self.summary.identity;
        let of_file = Origin::Flag(self.flag);
        if run.seed.origin == Origin::Default {
            run.seed = Setting { value: *seed, origin: of_file.clone() };
        }
        let is_chosen = |origin: &Origin| *origin != Origin::Default;
        if !run.warm_up.as_ref().is_some_and(|warm_up| is_chosen(&warm_up.origin)) {
            let warm_up = self.summary.part.warm_up_micros;
            run.warm_up = (warm_up > 0).then(|| Setting::default(warm_up));
        }
        if !is_chosen(&run.start.origin) || run.backfill.is_some() {
            let start = Timestamp::from_micros(origin.micros() + run.warm_up_micros());
            run.start = Setting { value: start, origin: of_file };
        }
    }

    /// Returns whether the earlier run came to its end, so that nothing is left.
    pub(super) fn is_complete(&self) -> bool {
        !self.summary.end.is_early()
    }

    /// The thing to choose for another run.
    fn another(&self) -> &'static str {
        if self.flag == EXACTLY_ONCE { "--run-name" } else { "file" }
    }

    /// The file that says how far the earlier run came.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses to resume a run other than that of `identity`, `part` and the destinations `to`.
    pub(super) fn check(
        &self,
        identity: &Identity,
        part: &RunRange,
        to: &[String],
    ) -> Result<(), SessionError> {
        let (was, is) = (&self.summary.identity, identity);
        let topics = |part: &RunRange| {
            part.topics.as_ref().map_or_else(|| "all topics".to_owned(), |topics| topics.join(","))
        };
        let window = |part: &RunRange| {
            part.from.map_or_else(|| "the start".to_owned(), |from| from.to_string())
        };
        let drain = |part: &RunRange| if part.drain { "on" } else { "off" }.to_owned();
        let warm_up = |part: &RunRange| {
            Duration::from_micros(part.warm_up_micros).unwrap_or_default().to_string()
        };
        let places = |names: &[String]| -> String {
            // A broker may be reached at another address.
            let place = |name: &String| match name.strip_prefix("topic ") {
                Some(topic) => topic.split(" at ").next().unwrap_or(topic).to_owned(),
                None => name.clone(),
            };
            names.iter().map(place).collect::<Vec<_>>().join(", ")
        };
        let there = &self.summary.part;
        let difference = [
            ("program", was.program.clone(), is.program.clone()),
            ("stream", was.stream.clone(), is.stream.clone()),
            ("data version", was.data_version.to_string(), is.data_version.to_string()),
            ("seed", was.seed.to_string(), is.seed.to_string()),
            ("origin", was.origin.to_string(), is.origin.to_string()),
            ("shard", there.shard.to_string(), part.shard.to_string()),
            ("topics", topics(there), topics(part)),
            ("warm-up", warm_up(there), warm_up(part)),
            ("beginning", window(there), window(part)),
            ("drain", drain(there), drain(part)),
            ("destination", places(&self.summary.delivery.to), places(to)),
        ]
        .into_iter()
        .find(|(_, was, is)| was != is)
        .map(|(name, was, is)| (name.to_owned(), was, is))
        .or_else(|| self.configuration_differs(&is.config));
        let Some((name, was, is)) = difference else { return self.check_end(part) };
        Err(SessionError::usage(format!(
            "{}: {} is the state of another run: its {name} is {was}, but here it is {is}; use the \
             settings of that run, or another {}",
            self.flag,
            self.path.display(),
            self.another()
        )))
    }

    /// Refuses to move the end of a complete run, and to move an end before what has been sent.
    fn check_end(&self, part: &RunRange) -> Result<(), SessionError> {
        let there = &self.summary.part;
        let ends = |part: &RunRange| (part.count, part.records, part.duration_micros, part.to);
        if ends(there) == ends(part) {
            return Ok(());
        }
        let until =
            part.duration_micros.map(|micros| self.origin().micros().saturating_add(micros));
        let until = until.into_iter().chain(part.to.map(Timestamp::micros)).min();
        let reason = if self.is_complete() {
            format!(
                "belongs to a complete run with another end; use another {} for a longer run",
                self.another()
            )
        } else if until.is_some_and(|until| self.reached() >= Some(until)) {
            "belongs to a run that has already passed this end; give a later one".to_owned()
        } else {
            return Ok(());
        };
        Err(SessionError::usage(format!("{}: {} {reason}", self.flag, self.path.display())))
    }

    /// The event time up to which records have been written.
    fn reached(&self) -> Option<i64> {
        let from = self.summary.unfinished.as_ref().and_then(|unfinished| unfinished.from);
        let cursor = || self.cursor().ok().flatten().map(|cursor| cursor.key().release_time);
        from.map(Timestamp::micros).or_else(cursor)
    }

    /// The first difference from the configuration `is`; schedule entries that were appended and
    /// begin after what has been sent do not count.
    fn configuration_differs(&self, is: &Effective) -> Option<(String, String, String)> {
        let was = &self.summary.identity.config;
        let difference = was.difference(is)?;
        if difference.0.starts_with("schedule") {
            let entries = |config: &Effective| {
                config.section::<Vec<ScheduleEntry>>("schedule").ok().flatten().unwrap_or_default()
            };
            let (old, new) = (entries(was), entries(is));
            let (reached, origin) = (self.reached(), self.origin());
            let is_later = |entry: &ScheduleEntry| Some(entry.from.micros(origin)) > reached;
            if new.starts_with(&old) && new[old.len()..].iter().all(is_later) {
                return was.without("schedule").difference(&is.without("schedule"));
            }
        }
        Some(difference)
    }

    /// The cursor to resume from; none for a run that starts again.
    pub(super) fn cursor(&self) -> Result<Option<Cursor>, PlanError> {
        match &self.summary.unfinished {
            Some(unfinished) if unfinished.again || unfinished.from.is_some() => Ok(None),
            _ => serde_json::from_value(self.summary.cursor.clone()).map_err(PlanError::Cursor),
        }
    }

    /// Starts the run of `plan` after the files that are complete.
    pub fn shorten(&self, plan: &mut Plan) {
        let from = self.summary.unfinished.as_ref().and_then(|unfinished| unfinished.from);
        if let Some(from) = from {
            plan.extent.from = plan.extent.from.max(Some(from.micros()));
        }
    }

    /// The unfinished files of the earlier run.
    fn left(&self) -> &[UnfinishedFile] {
        self.summary.unfinished.as_ref().map_or(&[], |left| &left.files)
    }

    /// Refuses to write `files` if the earlier run has left others unfinished.
    pub(super) fn check_files(&self, files: &[PathBuf]) -> Result<(), SessionError> {
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let mut wanted: Vec<PathBuf> = files.iter().map(absolute).collect();
        let mut left: Vec<PathBuf> = self.left().iter().map(|left| left.target.clone()).collect();
        wanted.sort_unstable();
        left.sort_unstable();
        let begins = left.is_empty() && matches!(self.cursor(), Ok(None));
        if wanted == left || begins {
            return self.check_taken();
        }
        let shown = |paths: &[PathBuf]| match paths.first() {
            Some(path) => path.display().to_string(),
            None => "files that have their names".to_owned(),
        };
        Err(SessionError::usage(format!(
            "{}: {} has left {}, but this run writes {}; write to the same place; only a run with --state, or one that was \
             killed, can be resumed in its files",
            self.flag,
            self.path.display(),
            shown(&left),
            shown(&wanted)
        )))
    }

    /// Refuses to replace a file that somebody else created under the name of an unfinished one.
    fn check_taken(&self) -> Result<(), SessionError> {
        // A run that was killed while it ended may have named some of its files.
        let is_own = |left: &UnfinishedFile| {
            !left.partial.exists()
                && std::fs::metadata(&left.target).is_ok_and(|found| found.len() == left.bytes)
        };
        match self.left().iter().find(|left| left.target.is_file() && !is_own(left)) {
            None => Ok(()),
            Some(left) => Err(SessionError::usage(format!(
                "{}: {} is there already, but {} has left it unfinished: move it away",
                self.flag,
                left.target.display(),
                self.path.display()
            ))),
        }
    }

    /// Refuses to resume from a file that has changed since it was read.
    pub(super) fn check_unchanged(&self) -> Result<(), SessionError> {
        // What Kafka stores is final once the run has fenced the one before.
        if self.flag == EXACTLY_ONCE || Summary::read(&self.path)? == self.summary {
            return Ok(());
        }
        Err(SessionError::usage(format!(
            "{}: another run has just used {}: start again",
            self.flag,
            self.path.display()
        )))
    }

    /// The output, resuming the unfinished files of the earlier run.
    pub(super) fn output(&self, output: &OutputPath) -> OutputPath {
        output.clone().going_on_with(self.left().to_vec())
    }
}

/// Keeps a second process from using the same state.
#[derive(Debug)]
pub(super) struct StateLock {
    path: PathBuf,
    _file: File,
}

impl StateLock {
    /// Locks the state at `state` until the lock is dropped; refuses one that another run has
    /// locked.
    pub(super) fn take(state: &Path) -> Result<Self, SessionError> {
        // However it is spelled, or linked to, it is one state.
        let shown = state.display();
        let state = &std::fs::canonicalize(state).unwrap_or_else(|_| state.to_owned());
        let name = state.file_name().unwrap_or_default().to_string_lossy();
        let path = state.with_file_name(format!(".{name}.lock"));
        let failed = |source| SummaryError::Write { path: state.to_owned(), source };
        loop {
            let mut options = File::options();
            let file = options.create(true).truncate(false).write(true).open(&path);
            let file = file.map_err(failed)?;
            match file.try_lock() {
                // Unless the run that held it has removed it meanwhile.
                Ok(()) if is_at(&file, &path) => {
                    remove_left(state).map_err(failed)?;
                    return Ok(Self { path, _file: file });
                }
                Ok(()) => {}
                Err(TryLockError::Error(source)) => return Err(failed(source).into()),
                Err(TryLockError::WouldBlock) => {
                    return Err(SessionError::usage(format!(
                        "--state: another run is using {shown}: wait for its end, or use another file"
                    )));
                }
            }
        }
    }
}

/// Returns whether an open file is still the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |found: std::fs::Metadata| (found.dev(), found.ino());
    let there = std::fs::metadata(path).ok().map(number);
    there.is_some() && there == file.metadata().ok().map(number)
}

/// Returns whether an open file is still the one at `path`, which nobody can remove.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

impl Drop for StateLock {
    fn drop(&mut self) {
        // Before the lock is given up, so that nobody else's is removed.
        let _ = std::fs::remove_file(&self.path);
    }
}
