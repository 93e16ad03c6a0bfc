//! Records on standard output.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::fd::AsFd;

use mercato_encode::Batch;

use crate::account::Account;
use crate::body::Body;
use crate::file::write_header;
use crate::plain::Plain;
use crate::{AvroContainer, Delivery, Sink, SinkError};

/// The path that stands for standard output in a [`SinkError::File`].
const NAME: &str = "standard output";

/// A sink that gives each range of records to the system in one write.
///
/// `std::io::Stdout` would look for the last line feed of every batch and copy what follows it;
/// this does not, and buffers nothing, so a record is out when `write` returns.
/// Nothing else may write to standard output meanwhile.
pub struct StdoutSink<W = File> {
    body: Box<dyn Body<Taken<W>>>,
    account: Account,
}

/// A writer and the number of bytes it has taken.
struct Taken<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Taken<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.out.write(bytes)?;
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl StdoutSink {
    /// Opens standard output and writes `header`, a line that is no record; its line feed is added
    /// if it has none.
    ///
    /// Fails with [`SinkError::Closed`] if nobody reads, with [`SinkError::File`] if it cannot be
    /// written.
    pub fn open(header: Option<&[u8]>) -> Result<Self, SinkError> {
        Self::over(descriptor()?, header)
    }

    /// Opens standard output for a container file of the records of `topic`.
    ///
    /// Fails as [`StdoutSink::open`] does, and if the topic has no schema.
    pub fn open_avro(container: &AvroContainer, topic: &str) -> Result<Self, SinkError> {
        let out = Taken { out: descriptor()?, bytes: 0 };
        let body = container.body(topic, out);
        let body = body.map_err(|source| SinkError::file("write", NAME, 0, 0, source))?;
        Ok(Self { body, account: Account::default() })
    }
}

fn descriptor() -> Result<File, SinkError> {
    let descriptor = io::stdout().as_fd().try_clone_to_owned();
    descriptor.map(File::from).map_err(|source| SinkError::file("open", NAME, 0, 0, source))
}

impl<W: Write + Send + 'static> StdoutSink<W> {
    /// The same over any unbuffered writer, which errors call standard output.
    pub fn over(out: W, header: Option<&[u8]>) -> Result<Self, SinkError> {
        let body = Box::new(Plain::new(Taken { out, bytes: 0 }, 0));
        let mut sink = Self { body, account: Account::default() };
        if let Some(header) = header {
            let result = write_header(sink.body.as_mut(), header);
            sink.settle(result)?;
        }
        Ok(sink)
    }

    /// Notes what an attempt has led to, and turns a failure into the sink's error.
    fn settle(&mut self, result: io::Result<()>) -> Result<(), SinkError> {
        let records = self.body.whole();
        self.account.settle(records, &result);
        let bytes = self.body.out().bytes;
        result.map_err(|source| SinkError::file("write", NAME, records, bytes, source))
    }
}

impl<W: Write + Send + 'static> Sink for StdoutSink<W> {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.account.accept(batch, &range);
        let result = self.account.check().and_then(|()| self.body.take(batch, range));
        self.settle(result)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let result = self.account.check().and_then(|()| self.body.flush());
        self.settle(result)
    }

    fn delivery(&self) -> Delivery {
        self.account.delivery()
    }

    /// Writes what is left; a sink that has failed before fails again.
    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        let result = self.account.check().and_then(|()| self.body.end());
        self.settle(result)?;
        Ok(self.delivery())
    }
}

impl<W> fmt::Debug for StdoutSink<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StdoutSink").field("account", &self.account).finish_non_exhaustive()
    }
}
