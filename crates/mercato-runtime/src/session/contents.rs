//! What the files of an output hold: lines, or the columns that are made of them.

use mercato_engine::Run;
#[cfg(feature = "parquet")]
use mercato_parquet::Parquet;
use mercato_sinks::{Compression, FileFormat, Format, OutputPath, Sink, TopicFile};

use super::SessionError;
use mercato_config::RunSpec;

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
    pub fn of(run: &Run, form: FileFormat, settings: &RunSpec) -> Result<Self, SessionError> {
        if form.format != Format::Parquet {
            return Ok(Self(Kind::Lines(form.compression)));
        }
        if settings.disorder.malformed.millionths() > 0 {
            return Err(SessionError::usage(
                "malformed records are no rows of typed columns: write .ndjson, or leave them out",
            ));
        }
        #[cfg(feature = "parquet")]
        {
            let topics =
                (0..).zip(run.topics()).map(|(index, topic)| (topic.as_str(), run.columns(index)));
            let parquet = Parquet::new(topics, form.compression);
            let parquet = parquet.map_err(|error| SessionError::Columns(error.into()))?;
            Ok(Self(Kind::Columns(Box::new(parquet))))
        }
        #[cfg(not(feature = "parquet"))]
        {
            let _ = run;
            Err(SessionError::NoParquet)
        }
    }

    /// Opens the sink at `output`; fails where the files cannot be made.
    pub(super) fn open(
        self,
        output: &OutputPath,
        topics: &[TopicFile],
    ) -> Result<Box<dyn Sink>, SessionError> {
        match self.0 {
            Kind::Lines(_) => Ok(output.open(topics)?),
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => Ok(output.open_with(topics, std::sync::Arc::new(*parquet))?),
        }
    }

    /// Bytes of a file that holds `lines`, records of `topic` each ended by a line feed.
    ///
    /// Fails where they have no place in such a file.
    pub fn file_len(&self, topic: &str, lines: &[u8]) -> Result<u64, SessionError> {
        match &self.0 {
            Kind::Lines(compression) => {
                let _ = topic;
                Ok(compression.packed_len(lines))
            }
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => {
                parquet.file_len(topic, lines).map_err(|error| SessionError::Columns(error.into()))
            }
        }
    }
}
