//! Software that Maven fetches, once for everybody who shares a cache folder.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::BrokerError;
use crate::process::{self, Line};

/// Software that Maven can fetch.
pub(crate) struct Download<'a> {
    /// Its name and version.
    pub(crate) title: String,
    /// Its folder in the cache, which names the version.
    pub(crate) folder: String,
    /// The other way to have it, as the end of a message; empty if there is none.
    pub(crate) instead: &'static str,
    /// The project in which Maven runs; none for a goal that needs none.
    pub(crate) project: Option<String>,
    /// Maven's goal and flags, given the folder that takes the files.
    pub(crate) goal: &'a dyn Fn(&Path) -> Vec<String>,
    /// Returns whether a folder has all of it.
    pub(crate) is_whole: fn(&Path) -> bool,
}

impl Download<'_> {
    /// Returns the folder with the software, fetched if it is not there.
    pub(crate) fn fetched(&self, cache_dir: &Path) -> Result<PathBuf, BrokerError> {
        let place = cache_dir.join(&self.folder);
        if !(self.is_whole)(&place) {
            self.fetch(cache_dir, &place)?;
        }
        Ok(place)
    }

    /// Fetches the software beside its place and moves it there when it is whole.
    fn fetch(&self, cache_dir: &Path, place: &Path) -> Result<(), BrokerError> {
        let part = cache_dir.join(format!("{}.{}", self.folder, std::process::id()));
        let files = part.join("files");
        fs::create_dir_all(&part).map_err(BrokerError::io("create", &part))?;
        if let Some(project) = &self.project {
            let pom = part.join("pom.xml");
            fs::write(&pom, project).map_err(BrokerError::io("write", &pom))?;
        }
        let log = cache_dir.join("maven.log");
        let own = ["--batch-mode", "--no-transfer-progress"].map(str::to_owned);
        let line = Line {
            program: "mvn".into(),
            arguments: own.into_iter().chain((self.goal)(&files)).collect(),
            dir: part.clone(),
        };
        let what = self.title.clone();
        let fetched = match process::run(&line, &log) {
            Err(BrokerError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                Err(BrokerError::NoMaven { what, instead: self.instead })
            }
            Err(error) => Err(error),
            Ok(true) if (self.is_whole)(&files) => self.move_into_place(&files, place),
            Ok(_) => Err(BrokerError::Fetch { what, log }),
        };
        // What Maven downloaded stays in its own store, so a second attempt is quick.
        drop(fs::remove_dir_all(&part));
        fetched
    }

    fn move_into_place(&self, files: &Path, place: &Path) -> Result<(), BrokerError> {
        match fs::rename(files, place) {
            Ok(()) => Ok(()),
            // Another process was quicker.
            Err(_) if (self.is_whole)(place) => Ok(()),
            Err(error) => Err(BrokerError::io("create", place)(error)),
        }
    }
}
