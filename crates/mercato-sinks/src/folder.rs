//! A file for each topic, side by side in a folder.

use std::io::{Error, ErrorKind};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use mercato_encode::Batch;

use crate::{Contents, Delivery, FileSink, Safe, SafePoint, Sink, SinkError, UnfinishedFile};

/// A topic's name, and the first line of its file if that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicFile {
    /// The topic; its file is called like it.
    pub topic: String,
    /// The header of a CSV file.
    pub header: Option<Vec<u8>>,
}

/// A sink that writes the records of each topic to a file of its own, `<topic>.<ending>`, as
/// [`FileSink`] does.
///
/// No file gets its name before every one of them is written to its end: a disk that is full leaves
/// none that looks complete.
pub struct FolderSink {
    files: Vec<FileSink>,
}

impl FolderSink {
    /// Creates the folder if it is missing, and a partial file in it for each topic, or resumes those
    /// that an earlier run has `left`.
    ///
    /// Fails with [`SinkError::File`] where that cannot be done, and where two topics would have
    /// the same file or a topic's name is none for a file.
    pub fn create(
        folder: &Path,
        ending: &str,
        contents: &dyn Contents,
        topics: &[TopicFile],
        left: &[UnfinishedFile],
    ) -> Result<Self, SinkError> {
        let failed = |path: PathBuf| move |source| SinkError::file("create", path, 0, 0, source);
        for (index, TopicFile { topic, .. }) in topics.iter().enumerate() {
            let path = folder.join(topic);
            let refused =
                |reason| failed(path.clone())(Error::new(ErrorKind::InvalidInput, reason));
            if path.file_name() != Some(topic.as_ref()) || path.parent() != Some(folder) {
                return Err(refused("the topic name is not a valid file name"));
            }
            if topics[..index].iter().any(|other| other.topic == *topic) {
                return Err(refused("two topics have this name, but each needs its own file"));
            }
        }
        fs::create_dir_all(folder).map_err(failed(folder.to_owned()))?;
        let file = |topic: &TopicFile| {
            FileSink::open(&file_in(folder, &topic.topic, ending), contents, topic, left)
        };
        Ok(Self { files: topics.iter().map(file).collect::<Result<_, _>>()? })
    }

    fn each(
        &mut self,
        work: impl FnMut(&mut FileSink) -> Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        // Every file gets the call, also after one that fails; the first failure is reported.
        let results: Vec<_> = self.files.iter_mut().map(work).collect();
        results.into_iter().collect()
    }
}

/// The file of `topic` in `folder`.
pub(crate) fn file_in(folder: &Path, topic: &str, ending: &str) -> PathBuf {
    folder.join(format!("{topic}.{ending}"))
}

impl Sink for FolderSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        let spans = &batch.spans()[range.clone()];
        let mut start = range.start;
        for together in spans.chunk_by(|one, next| one.stamp.topic == next.stamp.topic) {
            let end = start + together.len();
            if let Some(file) = self.files.get_mut(usize::from(together[0].stamp.topic)) {
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
        self.files.iter().map(FileSink::delivery).fold(Delivery::default(), Delivery::plus)
    }

    /// All records if every file can be resumed, none if they have to be written again.
    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        let mut point = SafePoint::records(self.delivery().accepted);
        for file in &mut self.files {
            let (is_safe, unfinished) = file.unfinished()?;
            if !is_safe {
                point.safe = Safe::None;
            }
            point.files.extend(unfinished);
        }
        Ok(point)
    }

    /// Leaves all files unfinished if they will be resumed.
    fn stop(mut self: Box<Self>, goes_on: bool) -> Result<Delivery, SinkError> {
        if !goes_on {
            return self.finish();
        }
        self.safe_point()?;
        Ok(self.delivery())
    }

    /// Writes what is left of every file, and only then gives them their names.
    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        self.each(FileSink::end)?;
        self.each(FileSink::complete)?;
        Ok(self.delivery())
    }

    /// Leaves the whole records in the partial files.
    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        Ok(self.delivery())
    }
}

impl fmt::Debug for FolderSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.files).finish()
    }
}
