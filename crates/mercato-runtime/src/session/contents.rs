//! Contents of output files: lines or columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use mercato_encode::Batch;
use mercato_engine::{self as engine, Run};
#[cfg(feature = "parquet")]
use mercato_parquet::Parquet;
use mercato_schema::dialect::avro;
use mercato_sinks::{
    AvroContainer, Compression, FileFormat, Format, OutputPath, RUN, Sink, TopicFile,
};
use mercato_units::Shard;
use xxhash_rust::xxh3::xxh3_128;

use super::SessionError;

/// The encoding of records that files of `format` hold.
pub fn encoding(format: Format) -> engine::Format {
    match format {
        Format::Json => engine::Format::Json,
        Format::Csv => engine::Format::Csv,
        Format::Parquet => engine::Format::Columns,
        Format::Avro => engine::Format::Avro,
        Format::Protobuf => engine::Format::Protobuf,
    }
}

/// The file format of a run's records.
#[derive(Debug, Clone)]
pub struct Packing(Kind);

#[derive(Debug, Clone)]
enum Kind {
    /// As they are, compressed or not.
    Lines(Compression),
    Avro(Box<AvroContainer>),
    #[cfg(feature = "parquet")]
    Columns(Box<Parquet>),
}

impl Packing {
    /// Files of `form` for the topics of `run`, whose records may be malformed on purpose.
    ///
    /// Fails where Parquet is asked for and it is not known what the fields of a topic hold, or how
    /// to write it, and where records are to be malformed.
    pub fn of(run: &Run, form: FileFormat, are_malformed: bool) -> Result<Self, SessionError> {
        match form.format {
            Format::Json | Format::Csv | Format::Protobuf => {
                return Ok(Self(Kind::Lines(form.compression)));
            }
            Format::Avro => {
                return Ok(Self(Kind::Avro(Box::new(container(run, form.compression)))));
            }
            Format::Parquet => {}
        }
        if are_malformed {
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

    /// The same files, with the run and its shard named in those that have a place for that.
    #[must_use]
    pub fn with_run(mut self, run: &str, shard: Shard) -> Self {
        match &mut self.0 {
            Kind::Lines(_) => {}
            Kind::Avro(container) => {
                container.sync = xxh3_128(run.as_bytes()).to_le_bytes();
                container.metadata.insert(RUN.to_owned(), run.as_bytes().to_vec());
            }
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => **parquet = parquet.clone().with_run(run, shard),
        }
        #[cfg(not(feature = "parquet"))]
        let _ = shard;
        self
    }

    /// The content of Avro files, if they are such.
    pub(super) fn avro(&self) -> Option<&AvroContainer> {
        if let Kind::Avro(container) = &self.0 { Some(container) } else { None }
    }

    /// The content of Parquet files, if they are such.
    #[cfg(feature = "parquet")]
    pub(super) fn parquet(&self) -> Option<&Parquet> {
        if let Kind::Columns(parquet) = &self.0 { Some(parquet) } else { None }
    }

    /// Opens the sink at `output`; fails where the files cannot be made.
    pub fn open(
        self,
        output: &OutputPath,
        topics: &[TopicFile],
    ) -> Result<Box<dyn Sink>, SessionError> {
        match self.0 {
            Kind::Lines(_) => Ok(output.open(topics)?),
            Kind::Avro(container) => Ok(output.open_with(topics, Arc::new(*container))?),
            #[cfg(feature = "parquet")]
            Kind::Columns(parquet) => Ok(output.open_with(topics, Arc::new(*parquet))?),
        }
    }

    /// Bytes of a file that holds the records of topic `index` of `run` in `batches`.
    ///
    /// Fails where they have no place in such a file.
    pub fn file_len(&self, run: &Run, index: u16, batches: &[Batch]) -> Result<u64, SessionError> {
        match &self.0 {
            Kind::Lines(compression) => Ok(compression.packed_len(records_of(index, batches))),
            Kind::Avro(container) => {
                let topic = run.topics().get(usize::from(index)).map_or("", String::as_str);
                let length = container.file_len(topic, records_of(index, batches));
                length.map_err(|error| SessionError::Columns(error.into()))
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

/// The records of topic `index` as they stand in a file.
fn records_of(index: u16, batches: &[Batch]) -> impl Iterator<Item = &[u8]> {
    batches.iter().flat_map(move |batch| {
        let is_of = move |record: &usize| batch.spans()[*record].stamp.topic == index;
        (0..batch.len()).filter(is_of).map(move |record| batch.line(record))
    })
}

/// Avro files with the schemas of a run's topics.
fn container(run: &Run, compression: Compression) -> AvroContainer {
    let schema = |(index, topic): (u16, &String)| {
        let schema = avro::schema(run.layout(index)?.description());
        Some((topic.clone(), schema.to_string()))
    };
    AvroContainer {
        schemas: (0..).zip(run.topics()).filter_map(schema).collect(),
        metadata: BTreeMap::new(),
        sync: [0; 16],
        compression,
    }
}
