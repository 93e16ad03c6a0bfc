//! The path of `-o`: a file, a folder with a file for each topic or for each day of it, or nothing.

use std::path::PathBuf;

use mercato_engine::Run;
use mercato_sinks::{OutputPath, Sink};

use super::{Destination, refuse_shared_rows, topic_files, with_article};
use crate::run::Interrupt;
use crate::session::{Session, SessionError, tables};

struct Output<'a> {
    session: &'a Session<'a>,
    path: &'a OutputPath,
}

/// The output, if one is named.
pub(super) fn wanted<'a>(session: &'a Session<'a>) -> Option<Box<dyn Destination + 'a>> {
    let path = &session.output.output.as_ref()?.value;
    Some(Box::new(Output { session, path }))
}

impl Output<'_> {
    /// Refuses to replace a file unless that is asked for; what is no file, such as a named pipe,
    /// is written to.
    fn check_free(&self, run: &Run) -> Result<(), SessionError> {
        if let Some(resumed) = &self.session.resumed {
            // Days that were written after the state was are written again.
            let is_whole = !self.path.is_partitioned() && !self.path.is_null();
            return if is_whole { resumed.check_files(&self.files(run)) } else { Ok(()) };
        }
        if self.session.output.force.value {
            return Ok(());
        }
        match self.path.files(run.topics()).into_iter().find(|path| path.is_file()) {
            None => Ok(()),
            Some(path) => Err(SessionError::Exists { path }),
        }
    }
}

impl Destination for Output<'_> {
    fn check(&self, run: &Run) -> Result<(), SessionError> {
        self.check_free(run)?;
        if self.path.is_folder() || self.path.is_null() {
            return Ok(());
        }
        refuse_shared_rows(self.session, run)?;
        let format = self.session.output.encoding();
        match run.topics() {
            topics @ [_, _, ..] if format.is_columnar() || format.is_binary() => {
                Err(SessionError::usage(format!(
                    "{} file holds records of one topic, but there are {}: give a directory \
                 (ending in /) with -o for one file each, or choose one topic",
                    with_article(format),
                    topics.join(", ")
                )))
            }
            _ => Ok(()),
        }
    }

    fn open(&self, run: &Run, _: &Interrupt) -> Result<Box<dyn Sink>, SessionError> {
        let packing = self.session.packing(run, self.path.file_format())?;
        let path = self.session.resumed.as_ref().map(|resumed| resumed.output(self.path));
        let path = path.as_ref().unwrap_or(self.path);
        let sink = packing.clone().open(path, &topic_files(self.session, run))?;
        tables::adding(self.session, path, run, &packing, sink)
    }

    fn complete(&self, run: &Run) -> Result<Option<String>, SessionError> {
        match self.path.partitions() {
            Some(partitions) if partitions.table.is_some() => {
                tables::complete(self.session, self.path, run)
            }
            _ => Ok(None),
        }
    }

    fn names(&self, _: &Run) -> Vec<String> {
        let path = self.path.path();
        vec![path.map_or_else(|| "null:".to_owned(), |path| path.display().to_string())]
    }

    fn files(&self, run: &Run) -> Vec<PathBuf> {
        self.path.files(run.topics())
    }
}
