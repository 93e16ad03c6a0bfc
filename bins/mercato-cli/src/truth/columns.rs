//! Answers as Parquet: decimal numbers as such, instants as timestamps, lists as JSON text.

use std::path::Path;
use std::sync::Arc;

use mercato::encode::{Batch, Coordinates, Encoding, Format, Layout, Stamp, WriteRecord, Writer};
use mercato::parquet::Parquet;
use mercato::runtime::exit::{Exit, Failure};
use mercato::schema::{Description, Field, Kind};
use mercato::sinks::{Compression, OutputPath, Sink, TopicFile};
use mercato::truth::answer::{AnswerColumn, FieldKind, Window, units};
use mercato::units::Timestamp;

use super::place::{ANSWER, RunName};

/// Digits of a number in a column, at most.
const MOST_DIGITS: u8 = 18;

/// A file that is being written.
pub(super) struct ColumnFile {
    columns: Vec<AnswerColumn>,
    encoding: Encoding,
    batch: Batch,
    sink: Box<dyn Sink>,
}

/// A row of an answer, with the bounds of its window first.
struct Row<'a> {
    columns: &'a [AnswerColumn],
    bounds: Option<(i64, i64)>,
    cells: &'a [Option<String>],
    /// The column whose number is too large.
    unfit: Option<&'a str>,
}

impl ColumnFile {
    pub(super) fn create(
        path: &Path,
        columns: &[AnswerColumn],
        run: &RunName,
    ) -> Result<Self, Failure> {
        let field = |column: &AnswerColumn| Field {
            nullable: !column.name.starts_with("window_"),
            ..Field::new(column.name.clone(), "", kind(column))
        };
        let description = Description {
            name: "Answer".into(),
            fields: columns.iter().map(field).collect(),
            ..Description::default()
        };
        let layout = Layout::new(description);
        let unexpected =
            |error: &dyn std::fmt::Display| Failure::new(Exit::Unexpected, error.to_string());
        let parquet = Parquet::new([(ANSWER, &layout)], Compression::Zstd)
            .map_err(|error| unexpected(&error))?
            .with_run(&run.brief, run.shard);
        let topic = TopicFile { topic: ANSWER.to_owned(), header: None };
        let output = OutputPath::parse(path).map_err(|error| unexpected(&error))?;
        let sink = output.open_with(&[topic], Arc::new(parquet))?;
        let encoding = Encoding::new(&layout.into(), Format::Columns, |_| true);
        Ok(Self { columns: columns.to_vec(), encoding, batch: Batch::default(), sink })
    }

    pub(super) fn window(&mut self, window: &Window) -> Result<(), Failure> {
        for cells in &window.rows {
            let mut row = Row { columns: &self.columns, bounds: window.bounds, cells, unfit: None };
            self.encoding.encode::<false>(&mut self.batch, 0, &mut row);
            if let Some(name) = row.unfit {
                let reason = format!("a value of {name} has more than {MOST_DIGITS} digits");
                return Err(Failure::new(Exit::File, reason).advise("write .ndjson or .csv"));
            }
            self.batch.seal(Stamp::at(0, Coordinates::default()));
            if self.batch.is_full() {
                self.hand_on()?;
            }
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), Failure> {
        self.sink.write(&self.batch, 0..self.batch.len())?;
        self.batch.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.hand_on()?;
        self.sink.finish()?;
        Ok(())
    }
}

fn kind(column: &AnswerColumn) -> Kind {
    match column.kind {
        _ if column.is_list => Kind::Text,
        FieldKind::Text | FieldKind::Boolean => Kind::Text,
        FieldKind::Instant(form) if form.is_number() => Kind::Long,
        FieldKind::Instant(form) => Kind::Instant(form),
        FieldKind::Integer => Kind::Long,
        FieldKind::Decimal(digits) => Kind::Decimal { precision: MOST_DIGITS, scale: digits as u8 },
    }
}

impl WriteRecord for Row<'_> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        let bounds: Vec<i64> = self.bounds.into_iter().flat_map(|(from, to)| [from, to]).collect();
        let (first, rest) = self.columns.split_at(bounds.len());
        for (column, micros) in first.iter().zip(bounds) {
            if let FieldKind::Instant(form) = column.kind {
                writer.instant(&column.name, micros, form);
            }
        }
        for (column, cell) in rest.iter().zip(self.cells) {
            let Some(text) = cell else {
                writer.null(&column.name);
                continue;
            };
            match kind(column) {
                Kind::Instant(form) => {
                    let instant = text.parse::<Timestamp>().map_or(0, Timestamp::micros);
                    writer.instant(&column.name, instant, form);
                }
                Kind::Long | Kind::Decimal { .. } => {
                    let digits = column.kind.digits();
                    let number = units(text, digits).and_then(|units| i64::try_from(units).ok());
                    let most = 10i64.pow(MOST_DIGITS.into());
                    let number = number.filter(|number| number.abs() < most);
                    if number.is_none() {
                        self.unfit = Some(&column.name);
                    }
                    match column.kind {
                        FieldKind::Decimal(_) => {
                            writer.decimal(&column.name, number.unwrap_or_default(), digits);
                        }
                        _ => writer.long(&column.name, number.unwrap_or_default()),
                    }
                }
                _ => writer.string(&column.name, text),
            }
        }
    }
}
