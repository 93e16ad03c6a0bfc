//! Contents of output files: lines or columns.

use mercato_encode::Batch;
use mercato_engine::{self as engine, Run};
#[cfg(feature = "parquet")]
use mercato_parquet::Parquet;
use mercato_sinks::{Compression, FileFormat, Format, OutputPath, Sink, TopicFile};

use super::SessionError;
use mercato_config::RunSpec;

/// The encoding of records that files of `format` hold.
pub fn encoding(format: Format) -> engine::Format {
    match format {
        Format::Json => engine::Format::Json,
        Format::Csv => engine::Format::Csv,
        Format::Parquet => engine::Format::Columns,
    }
}

/// The file format of a run's records.
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
        if !form.format.is_columnar() {
            return Ok(Self(Kind::Lines(form.compression)));
        }
        if settings.disorder.malformed.millionths() > 0 {
            return Err(SessionError::usage(
                "malformed records cannot be written to typed columns: use .ndjson, or omit them",
            ));
        }
        #[cfg(feature = "parquet")]
        {
            let layout = |(index, topic)| Some((String::as_str(topic), &**run.layout(index)?));
            let topics = (0..).zip(run.topics()).filter_map(layout);
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

    /// Bytes of a file that holds the records of topic `index` of `run` in `batches`.
    ///
    /// Fails where they have no place in such a file.
    pub fn file_len(&self, run: &Run, index: u16, batches: &[Batch]) -> Result<u64, SessionError> {
        match &self.0 {
            Kind::Lines(compression) => {
                // Only columns are told apart by the topic's layout.
                let _ = run;
                let is_of =
                    |batch: &Batch, record: &usize| batch.spans()[*record].stamp.topic == index;
                let lines = batches.iter().flat_map(|batch| {
                    let records = (0..batch.len()).filter(move |record| is_of(batch, record));
                    records.map(move |record| batch.line(record))
                });
                Ok(compression.packed_len(lines))
            }
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => {
                let topic = run.topics().get(usize::from(index)).map_or("", String::as_str);
                let length = parquet.file_len(topic, index, batches);
                length.map_err(|error| SessionError::Columns(error.into()))
            }
        }
    }
}
