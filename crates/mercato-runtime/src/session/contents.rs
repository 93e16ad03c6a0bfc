//! What the files of an output hold: lines, or the columns that are made of them.

use mercato_engine::Run;
#[cfg(feature = "parquet")]
use mercato_parquet::Parquet;
use mercato_sinks::{Compression, FileFormat, Format, OutputPath, Sink, TopicFile};

use super::Session;
use crate::exit::{Exit, Failure};
use mercato_config::{ConfigError, RunSpec};

/// How records of a run become files.
#[derive(Debug, Clone)]
pub struct Packing(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// As they are, compressed or not.
    Lines(Compression),
    #[cfg(feature = "parquet")]
    Columns(Box<Parquet>),
}

impl Packing {
    /// Files of `form` for the topics of `run`, which has these settings.
    ///
    /// Fails where Parquet is asked for and it is not known what the fields of a topic hold, or how
    /// to write it, and where records are to be malformed.
    pub fn of(run: &Run, form: FileFormat, settings: &RunSpec) -> Result<Self, Failure> {
        if form.format != Format::Parquet {
            return Ok(Self(Kind::Lines(form.compression)));
        }
        if settings.disorder.malformed.millionths() > 0 {
            let reason =
                "malformed records are no rows of typed columns: write .ndjson, or leave them out";
            return Err(ConfigError::Usage { reason: reason.to_owned() }.into());
        }
        #[cfg(feature = "parquet")]
        {
            let topics =
                (0..).zip(run.topics()).map(|(index, topic)| (topic.as_str(), run.columns(index)));
            let parquet = Parquet::new(topics, form.compression);
            Ok(Self(Kind::Columns(Box::new(
                parquet.map_err(|error| Failure::new(Exit::Usage, error))?,
            ))))
        }
        #[cfg(not(feature = "parquet"))]
        {
            let _ = run;
            let reason = "this program was built without Parquet: take ndjson or csv, or build it with its feature parquet";
            Err(Failure::new(Exit::Usage, reason))
        }
    }

    /// Opens the sink at `output`; fails where the files cannot be made.
    pub(super) fn open(
        self,
        output: &OutputPath,
        topics: &[TopicFile],
    ) -> Result<Box<dyn Sink>, Failure> {
        match self.0 {
            Kind::Lines(_) => Ok(output.open(topics)?),
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => Ok(output.open_with(topics, std::sync::Arc::new(*parquet))?),
        }
    }

    /// Bytes of a file that holds `lines`, records of `topic` each ended by a line feed.
    ///
    /// Fails where they have no place in such a file.
    pub fn file_len(&self, topic: &str, lines: &[u8]) -> Result<u64, Failure> {
        match &self.0 {
            Kind::Lines(compression) => {
                let _ = topic;
                Ok(compression.packed_len(lines))
            }
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => parquet
                .file_len(topic, lines)
                .map_err(|error| Failure::new(Exit::Unexpected, error)),
        }
    }
}

impl Session<'_> {
    /// Refuses Parquet where lines are asked for, and where records of several topics would share a
    /// file.
    pub(super) fn check_columnar(&self, run: &Run) -> Result<(), Failure> {
        if self.output.encoding() != Format::Parquet {
            return Ok(());
        }
        let refused = |reason: String| Err(ConfigError::Usage { reason }.into());
        let Some(output) = &self.output.output else {
            return refused(
                "Parquet is written to files, not to standard output: give -o a file or a folder"
                    .to_owned(),
            );
        };
        if let (false, [_, _, ..]) =
            (output.value.is_folder() || output.value.is_null(), run.topics())
        {
            return refused(format!(
                "a Parquet file holds records of one topic, and there are {}: give -o a folder, which ends in /, for a \
                 file each, or choose one topic",
                run.topics().join(", ")
            ));
        }
        Ok(())
    }
}
