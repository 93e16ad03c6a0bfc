//! Answers as lines, in a file or on standard output.

use std::io::{self, Write};

use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::{Compression, Format, OutputPath, PartialFile, SinkError};
use mercato::truth::answer::{AnswerColumn, AnswerFormat, Table, Window, append, header};

/// Lines are handed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// The destination of the answer.
pub(super) struct Lines {
    format: AnswerFormat,
    pending: Vec<u8>,
    /// None for standard output.
    file: Option<PartialFile>,
}

impl Lines {
    pub(super) fn open(output: Option<&OutputPath>) -> Result<Self, Failure> {
        let Some(output) = output else {
            return Ok(Self { format: AnswerFormat::Json, pending: Vec::new(), file: None });
        };
        if output.compression() != Compression::None {
            return Err(Failure::new(
                Exit::Usage,
                "results are written uncompressed: -o must end in .ndjson or .csv",
            ));
        }
        let create = |path: &std::path::Path| {
            PartialFile::create(path)
                .map_err(|source| SinkError::file("create", path, 0, 0, source))
        };
        let format =
            if output.format() == Format::Csv { AnswerFormat::Csv } else { AnswerFormat::Json };
        Ok(Self { format, pending: Vec::new(), file: output.path().map(create).transpose()? })
    }

    /// Writes the pending bytes once there are at least `least`.
    fn hand_on(&mut self, least: usize) -> Result<(), SinkError> {
        if self.pending.len() < least {
            return Ok(());
        }
        let (path, written) = match &mut self.file {
            Some(file) => (file.path().to_owned(), file.write_all(&self.pending)),
            None => ("standard output".into(), io::stdout().lock().write_all(&self.pending)),
        };
        self.pending.clear();
        written.map_err(|source| SinkError::file("write", path, 0, 0, source))
    }

    /// Begins an answer of these columns.
    pub(super) fn begin(&mut self, columns: &[AnswerColumn]) {
        if self.format == AnswerFormat::Csv {
            self.pending.extend(header(columns));
            self.pending.push(b'\n');
        }
    }

    /// Writes a window.
    pub(super) fn window(
        &mut self,
        window: &Window,
        columns: &[AnswerColumn],
    ) -> Result<(), SinkError> {
        append(window, None, columns, self.format, &mut self.pending);
        self.hand_on(PIECE)
    }

    /// Writes a whole table.
    pub(super) fn table(mut self, table: &Table) -> Result<Exit, Failure> {
        if self.format == AnswerFormat::Csv {
            self.pending.extend(table.header());
            self.pending.push(b'\n');
        }
        let mut failed = None;
        table.rows(self.format, |row| {
            self.pending.extend_from_slice(row);
            self.pending.push(b'\n');
            failed = self.hand_on(PIECE).err();
            failed.is_none()
        });
        self.end(failed)
    }

    /// Completes the answer, unless that has failed; a reader who has gone needs no more of it.
    pub(super) fn end(self, failed: Option<SinkError>) -> Result<Exit, Failure> {
        match failed.map_or_else(|| self.finish(), Err) {
            Err(SinkError::Closed) | Ok(()) => Ok(Exit::Done),
            Err(error) => Err(error.into()),
        }
    }

    fn finish(mut self) -> Result<(), SinkError> {
        self.hand_on(0)?;
        let Some(file) = self.file else { return Ok(()) };
        let path = file.target().to_owned();
        file.finish().map_err(|source| SinkError::file("complete", path, 0, 0, source))
    }
}
