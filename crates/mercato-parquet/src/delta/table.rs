//! The table of a topic: what it is before a run, and the version that the run adds.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use mercato_schema::Description;
use serde_json::Value;

use super::actions::{self, Added, RUN};
use super::error::DeltaError;
use super::log::{self, Log};
use super::part::TableRun;
use super::schema::{self, PARTITION};
use crate::footer::Footer;

/// Times that a version is written again because another writer was faster.
const MOST_CONFLICTS: usize = 1000;

/// A version of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableVersion {
    /// The folder of the table.
    pub table: PathBuf,
    /// The version.
    pub version: u64,
}

/// The table of a topic.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) folder: PathBuf,
    pub(super) topic: String,
    pub(super) about: Description,
    /// Every file that the run may write.
    pub(super) files: Vec<PathBuf>,
    /// The metadata of the run's files, by which they are known.
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) run: TableRun,
}

/// What a table is before the part of the run is added.
enum Standing {
    /// There is none.
    New,
    /// It has this newest version.
    Grows(u64),
    /// The part was added as this version.
    Held(u64),
}

impl Table {
    /// The version that added this part of the run, if the table has it.
    pub(super) fn held(&self) -> Result<Option<TableVersion>, DeltaError> {
        match self.standing()? {
            Standing::Held(version) => {
                Ok(Some(TableVersion { table: self.folder.clone(), version }))
            }
            Standing::New | Standing::Grows(_) => Ok(None),
        }
    }

    fn standing(&self) -> Result<Standing, DeltaError> {
        let Some(log) = Log::read(&self.folder)? else { return Ok(Standing::New) };
        self.check_run(&log)?;
        let part = self.run.part;
        if let Some((_, version)) = log.parts.iter().find(|(held, _)| *held == part) {
            return Ok(Standing::Held(*version));
        }
        self.check_schema(&log)?;
        let table = self.folder.clone();
        if let Some((held, version)) = log.parts.iter().find(|(held, _)| held.overlaps(&part)) {
            return Err(DeltaError::Overlap { table, version: *version, held: *held, part });
        }
        for file in self.files.iter().filter_map(|file| self.relative(file)) {
            if let Some(version) = log.files.get(&file) {
                return Err(DeltaError::Held { table, version: *version, file });
            }
        }
        Ok(Standing::Grows(log.version))
    }

    /// Refuses a table of another program or of another run.
    fn check_run(&self, log: &Log) -> Result<(), DeltaError> {
        let table = self.folder.clone();
        let property = |name: &str| log.metadata.pointer(name).cloned().unwrap_or_default();
        let partitions = property("/partitionColumns");
        let was: Value = property("/configuration")
            .get(RUN)
            .and_then(|run| serde_json::from_str(run.as_str()?).ok())
            .unwrap_or_default();
        let is: Value = serde_json::from_str(&self.run.identity).unwrap_or_default();
        let Some(settings) =
            was.as_object().filter(|_| partitions == serde_json::json!([PARTITION]))
        else {
            let id = property("/id").as_str().unwrap_or("unknown").to_owned();
            return Err(DeltaError::Foreign { table, id, partitions: partitions.to_string() });
        };
        let names = is.as_object().into_iter().flat_map(|is| is.keys()).chain(settings.keys());
        for name in names {
            let (was, is) = (settings.get(name), is.get(name));
            if was != is {
                let shown = |value: Option<&Value>| match value {
                    Some(Value::String(text)) => text.clone(),
                    Some(value) => value.to_string(),
                    None => "unknown".to_owned(),
                };
                let setting =
                    if name == "origin" { "start".to_owned() } else { name.replace('_', " ") };
                return Err(DeltaError::OtherRun {
                    table,
                    setting,
                    was: shown(was),
                    is: shown(is),
                });
            }
        }
        Ok(())
    }

    fn check_schema(&self, log: &Log) -> Result<(), DeltaError> {
        let text = log.metadata.get("schemaString").and_then(Value::as_str).unwrap_or_default();
        let found: Value = serde_json::from_str(text).unwrap_or_default();
        match schema::difference(&found, &schema::of(&self.about)) {
            None => Ok(()),
            Some((was, is)) => Err(DeltaError::OtherSchema { table: self.folder.clone(), was, is }),
        }
    }

    /// Adds the run's files as the next version, unless the table has them.
    pub(super) fn add(&self) -> Result<(), DeltaError> {
        let files = self.added()?;
        for _ in 0..MOST_CONFLICTS {
            let (version, make) = match self.standing()? {
                Standing::New => (0, actions::table(&self.topic, &self.about, &self.run).to_vec()),
                Standing::Grows(newest) => (newest + 1, Vec::new()),
                Standing::Held(_) => return Ok(()),
            };
            let text = actions::version(&make, &files, &self.run);
            if log::add(&self.folder, version, &text)? {
                return Ok(());
            }
        }
        let reason = "other writers keep adding versions".to_owned();
        Err(DeltaError::Log { table: self.folder.clone(), reason })
    }

    /// The files of the run that are there: a day without records has none.
    ///
    /// Fails where one is of another run: on a day without records, nothing has replaced it.
    fn added(&self) -> Result<Vec<Added>, DeltaError> {
        let mut added = Vec::new();
        for path in &self.files {
            let failed = |source| DeltaError::File {
                action: "read the footer of",
                path: path.clone(),
                source,
            };
            let footer = match Footer::read(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                footer => footer.map_err(failed)?,
            };
            if footer.metadata != self.metadata {
                return Err(DeltaError::ForeignFile { path: path.clone() });
            }
            if let (Some(name), Some(day)) = (self.relative(path), actions::day_of(path)) {
                added.push(Added::new(&name, day, &footer, &self.about).map_err(failed)?);
            }
        }
        Ok(added)
    }

    /// The path of a file as the log has it.
    fn relative(&self, file: &Path) -> Option<String> {
        Some(file.strip_prefix(&self.folder).ok()?.to_str()?.to_owned())
    }
}
