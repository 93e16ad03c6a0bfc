//! A run that goes on where an earlier one was stopped or killed.
//!
//! The earlier run's summary says which run it was and how far it came; what is left is the rest of
//! the same pure function.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use mercato_config::{
    Effective, Origin, OutputSettings, RunRange, RunSpec, ScheduleEntry, Setting,
};
use mercato_engine::Cursor;
use mercato_sinks::{OutputPath, UnfinishedFile};
use mercato_units::Timestamp;

use super::{Plan, PlanError, SessionError};
use crate::summary::{Identity, Summary, SummaryError};

/// An earlier run that this one goes on with.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// The option that names the file.
    flag: &'static str,
    path: PathBuf,
    summary: Summary,
}

impl Resumed {
    /// Reads the run that `output` says to go on with, if it names one: `--resume` must be there, and
    /// a `--state` is there unless this is the run's beginning.
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
        if run.start.origin == Origin::Default || run.backfill.is_some() {
            let warm_up = run.start.value.micros() - run.origin().micros();
            let start = Timestamp::from_micros(origin.micros() + warm_up);
            run.start = Setting { value: start, origin: of_file };
        }
    }

    /// Returns whether the earlier run came to its end, so that nothing is left.
    pub(super) fn is_complete(&self) -> bool {
        !self.summary.end.is_early()
    }

    /// The file that says how far the earlier run came.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses to go on with another run than the one of `identity`, of which `part` is wanted.
    pub(super) fn check(&self, identity: &Identity, part: &RunRange) -> Result<(), SessionError> {
        let (was, is) = (&self.summary.identity, identity);
        let topics = |part: &RunRange| {
            part.topics.as_ref().map_or_else(|| "all topics".to_owned(), |topics| topics.join(","))
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
        ]
        .into_iter()
        .find(|(_, was, is)| was != is)
        .map(|(name, was, is)| (name.to_owned(), was, is))
        .or_else(|| self.configuration_differs(&is.config));
        let Some((name, was, is)) = difference else { return Ok(()) };
        Err(SessionError::usage(format!(
            "{}: {} is the state of another run: its {name} is {was}, but here it is {is}; use the \
             settings of that run, or another file",
            self.flag,
            self.path.display()
        )))
    }

    /// The first difference from the configuration `is`; entries that were appended to the schedule
    /// and begin after what has been sent are none.
    fn configuration_differs(&self, is: &Effective) -> Option<(String, String, String)> {
        let was = &self.summary.identity.config;
        let difference = was.difference(is)?;
        if difference.0.starts_with("schedule") {
            let entries = |config: &Effective| {
                config.section::<Vec<ScheduleEntry>>("schedule").ok().flatten().unwrap_or_default()
            };
            let (old, new) = (entries(was), entries(is));
            let reached = self.cursor().ok().flatten().map(|cursor| cursor.key().release_time);
            let origin = self.origin();
            let is_later = |entry: &ScheduleEntry| Some(entry.from.micros(origin)) > reached;
            if new.starts_with(&old) && new[old.len()..].iter().all(is_later) {
                return was.without("schedule").difference(&is.without("schedule"));
            }
        }
        Some(difference)
    }

    /// The cursor to go on from; none for a run that begins again.
    pub(super) fn cursor(&self) -> Result<Option<Cursor>, PlanError> {
        match &self.summary.unfinished {
            Some(unfinished) if unfinished.again || unfinished.from.is_some() => Ok(None),
            _ => serde_json::from_value(self.summary.cursor.clone()).map_err(PlanError::Cursor),
        }
    }

    /// Lets the run of `plan` begin where the earlier one has whole files up to.
    pub fn shorten(&self, plan: &mut Plan) {
        let from = self.summary.unfinished.as_ref().and_then(|unfinished| unfinished.from);
        if let Some(from) = from {
            plan.extent.from = plan.extent.from.max(Some(from.micros()));
        }
    }

    /// The output, going on with the files that the earlier run has left.
    pub(super) fn output(&self, output: &OutputPath) -> OutputPath {
        let files: Vec<UnfinishedFile> =
            self.summary.unfinished.as_ref().map(|left| left.files.clone()).unwrap_or_default();
        output.clone().going_on_with(files)
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
        let name = state.file_name().unwrap_or_default().to_string_lossy();
        let path = state.with_file_name(format!(".{name}.lock"));
        let failed = |source| SummaryError::Write { path: state.to_owned(), source };
        let file = File::create(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path, _file: file }),
            Err(TryLockError::Error(source)) => Err(failed(source).into()),
            Err(TryLockError::WouldBlock) => Err(SessionError::usage(format!(
                "--state: another run is using {}: wait for its end, or use another file",
                state.display()
            ))),
        }
    }
}

impl Drop for StateLock {
    fn drop(&mut self) {
        // A file that stays is locked again by the next run.
        let _ = std::fs::remove_file(&self.path);
    }
}
