//! Answers on their way: lines, tests or columns, in files or on standard output.

use std::io::{self, Write};
use std::path::Path;

use mercato::runtime::exit::Failure;
use mercato::sinks::{PartialFile, SinkError};
use mercato::truth::answer::{
    AnswerColumn, AnswerFormat, Query, Table, Window, append, header, slt,
};

use super::columns::ColumnFile;
use super::place::{ANSWER, AnswerFile, Place, RunName};

/// Lines are handed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// The answers of some queries.
pub(super) struct Answers {
    queries: Vec<(Option<String>, Vec<AnswerColumn>)>,
    outputs: Vec<Output>,
}

/// The destination of one answer, or of all.
enum Output {
    Lines {
        format: AnswerFormat,
        bytes: Bytes,
    },
    /// Rows by query.
    Tests {
        comment: String,
        rows: Vec<Vec<String>>,
        bytes: Bytes,
    },
    Columns(Box<ColumnFile>),
}

/// Bytes on their way.
struct Bytes {
    pending: Vec<u8>,
    out: Out,
}

enum Out {
    Stdout,
    Nowhere,
    File(PartialFile),
}

impl Answers {
    /// Begins the answers of `queries`, by their names; `run` identifies the run where a format has a
    /// place for that.
    pub(super) fn open(
        queries: impl Iterator<Item = (Option<String>, Vec<AnswerColumn>)>,
        place: &Place,
        format: AnswerFile,
        run: &RunName,
    ) -> Result<Self, Failure> {
        let queries: Vec<_> = queries.collect();
        let files = place.files(queries.iter().map(|(name, _)| name.as_deref()), format);
        if let Place::Folder(folder) = place {
            std::fs::create_dir_all(folder)
                .map_err(|source| SinkError::file("create", folder, 0, 0, source))?;
        }
        let mut answers = Self { queries, outputs: Vec::new() };
        match place {
            Place::Stdout => answers.begin(Out::Stdout, format, run, 0),
            Place::Nowhere => answers.begin(Out::Nowhere, format, run, 0),
            Place::File(_) | Place::Folder(_) => {
                for (index, path) in files.iter().enumerate() {
                    if format == AnswerFile::Parquet {
                        let columns = &answers.queries[index].1;
                        answers.outputs.push(Output::Columns(Box::new(ColumnFile::create(
                            path, columns, run,
                        )?)));
                    } else {
                        let file = PartialFile::create(path)
                            .map_err(|source| SinkError::file("create", path, 0, 0, source))?;
                        answers.begin(Out::File(file), format, run, index);
                    }
                }
            }
        }
        Ok(answers)
    }

    fn begin(&mut self, out: Out, format: AnswerFile, run: &RunName, index: usize) {
        let mut bytes = Bytes { pending: Vec::new(), out };
        let format = match format {
            AnswerFile::Slt => {
                let rows = vec![Vec::new(); self.queries.len()];
                self.outputs.push(Output::Tests {
                    comment: format!("# {}\n\n", run.brief),
                    rows,
                    bytes,
                });
                return;
            }
            AnswerFile::Csv => {
                bytes.pending.extend(header(&self.queries[index].1));
                bytes.pending.push(b'\n');
                AnswerFormat::Csv
            }
            AnswerFile::Ndjson | AnswerFile::Parquet => AnswerFormat::Json,
        };
        self.outputs.push(Output::Lines { format, bytes });
    }

    /// Takes a window of a query.
    pub(super) fn window(&mut self, query: usize, window: &Window) -> Result<(), Failure> {
        let is_shared = self.outputs.len() < self.queries.len();
        let (name, columns) = &self.queries[query];
        match &mut self.outputs[if is_shared { 0 } else { query }] {
            Output::Lines { format, bytes } => {
                append(window, name.as_deref(), columns, *format, &mut bytes.pending);
                Ok(bytes.hand_on(PIECE)?)
            }
            Output::Tests { rows, .. } => {
                slt::lines(window, columns, &mut rows[query]);
                Ok(())
            }
            Output::Columns(file) => file.window(window),
        }
    }

    /// Completes the answers.
    pub(super) fn finish(self) -> Result<(), Failure> {
        let is_shared = self.outputs.len() < self.queries.len();
        for (index, output) in self.outputs.into_iter().enumerate() {
            match output {
                Output::Lines { bytes, .. } => bytes.finish()?,
                Output::Columns(file) => file.finish()?,
                Output::Tests { comment, rows, mut bytes } => {
                    bytes.pending.extend_from_slice(comment.as_bytes());
                    let all = self.queries.iter().zip(rows).enumerate();
                    for (_, ((name, columns), rows)) in
                        all.filter(|(query, _)| is_shared || *query == index)
                    {
                        let name = name.as_deref().unwrap_or(ANSWER);
                        bytes.pending.extend(slt::test(name, columns, rows).into_bytes());
                    }
                    bytes.finish()?;
                }
            }
        }
        Ok(())
    }
}

/// The names of queries with the columns of their answers.
pub(super) fn columns_of<'a>(
    names: impl Iterator<Item = Option<String>> + 'a,
    queries: &'a [Query],
) -> impl Iterator<Item = (Option<String>, Vec<AnswerColumn>)> + 'a {
    names.zip(queries).map(|(name, query)| (name, query.columns()))
}

/// Writes a whole table as NDJSON or CSV.
pub(super) fn table(table: &Table, place: &Place, format: AnswerFile) -> Result<(), Failure> {
    let out = match place {
        Place::Stdout => Out::Stdout,
        Place::Nowhere => Out::Nowhere,
        Place::File(path) | Place::Folder(path) => Out::File(
            PartialFile::create(path)
                .map_err(|source| SinkError::file("create", path, 0, 0, source))?,
        ),
    };
    let mut bytes = Bytes { pending: Vec::new(), out };
    let format = if format == AnswerFile::Csv { AnswerFormat::Csv } else { AnswerFormat::Json };
    if format == AnswerFormat::Csv {
        bytes.pending.extend(table.header());
        bytes.pending.push(b'\n');
    }
    let mut written = Ok(());
    table.rows(format, |row| {
        bytes.pending.extend_from_slice(row);
        bytes.pending.push(b'\n');
        written = bytes.hand_on(PIECE);
        written.is_ok()
    });
    written?;
    Ok(bytes.finish()?)
}

impl Bytes {
    /// Writes the pending bytes once there are at least `least`.
    fn hand_on(&mut self, least: usize) -> Result<(), SinkError> {
        if self.pending.len() < least {
            return Ok(());
        }
        let written = match &mut self.out {
            Out::Stdout => io::stdout().lock().write_all(&self.pending),
            Out::Nowhere => Ok(()),
            Out::File(file) => file.write_all(&self.pending),
        };
        self.pending.clear();
        let path = if let Out::File(file) = &self.out {
            file.path()
        } else {
            Path::new("standard output")
        };
        written.map_err(|source| SinkError::file("write", path, 0, 0, source))
    }

    fn finish(mut self) -> Result<(), SinkError> {
        self.hand_on(0)?;
        let Out::File(file) = self.out else { return Ok(()) };
        let path = file.target().to_owned();
        file.finish().map_err(|source| SinkError::file("complete", path, 0, 0, source))
    }
}
