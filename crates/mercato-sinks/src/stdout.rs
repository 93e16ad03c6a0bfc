//! Records on standard output.

use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::fd::AsFd;

use mercato_encode::Batch;

use crate::account::Account;
use crate::body::Body;
use crate::file::write_header;
use crate::plain::Plain;
use crate::{Delivery, Sink, SinkError};

/// The path that stands for standard output in a [`SinkError::File`].
const NAME: &str = "standard output";

/// A sink that gives each range of records to the system in one write.
///
/// `std::io::Stdout` would look for the last line feed of every batch and copy what follows it;
/// this does not, and buffers nothing, so a record is out when `write` returns.
/// Nothing else may write to standard output meanwhile.
#[derive(Debug)]
pub struct StdoutSink<W = File> {
    body: Plain<W>,
    account: Account,
}

impl StdoutSink {
    /// Opens standard output and writes `header`, a line that is no record; its line feed is added
    /// if it has none.
    ///
    /// Fails with [`SinkError::Closed`] if nobody reads, with [`SinkError::File`] if it cannot be
    /// written.
    pub fn open(header: Option<&[u8]>) -> Result<Self, SinkError> {
        let descriptor = io::stdout()
            .as_fd()
            .try_clone_to_owned()
            .map_err(|source| SinkError::file("open", NAME, 0, 0, source))?;
        Self::over(File::from(descriptor), header)
    }
}

impl<W: Write + Send> StdoutSink<W> {
    /// The same over any unbuffered writer, which errors call standard output.
    pub fn over(out: W, header: Option<&[u8]>) -> Result<Self, SinkError> {
        let mut sink = Self { body: Plain::new(out, 0), account: Account::default() };
        if let Some(header) = header {
            let result = write_header(&mut sink.body, header);
            sink.settle(result)?;
        }
        Ok(sink)
    }

    /// Notes what an attempt has led to, and turns a failure into the sink's error.
    fn settle(&mut self, result: io::Result<()>) -> Result<(), SinkError> {
        let records = self.body.whole();
        self.account.settle(records, &result);
        result.map_err(|source| SinkError::file("write", NAME, records, self.body.bytes(), source))
    }
}

impl<W: Write + Send> Sink for StdoutSink<W> {
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

    /// Says what was written; a sink that has failed before fails again.
    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        self.flush()?;
        Ok(self.delivery())
    }
}
