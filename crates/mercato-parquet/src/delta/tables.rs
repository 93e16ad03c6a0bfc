//! The tables of a run: one for each topic.

use mercato_sinks::{OutputPath, Sink};

use super::error::DeltaError;
use super::part::TableRun;
use super::schema::PARTITION;
use super::sink::DeltaSink;
use super::table::{Table, TableVersion};
use crate::Parquet;

/// The Delta tables that the topics of a run are added to.
#[derive(Debug)]
pub struct DeltaTables {
    tables: Vec<Table>,
}

impl DeltaTables {
    /// The tables of `topics` in the folder of `output`, whose files hold `parquet`.
    ///
    /// Fails with [`DeltaError::Partition`] where records have a field that is called like the
    /// partition.
    pub fn new(
        parquet: &Parquet,
        output: &OutputPath,
        topics: &[String],
        run: &TableRun,
    ) -> Result<Self, DeltaError> {
        let Some(folder) = output.path() else { return Ok(Self { tables: Vec::new() }) };
        let table = |topic: &String| {
            let about = parquet.layouts.get(topic)?.description().clone();
            Some(Table {
                folder: folder.join(topic),
                topic: topic.clone(),
                about,
                files: output.files(std::slice::from_ref(topic)),
                metadata: parquet.metadata.iter().map(owned).collect(),
                run: run.clone(),
            })
        };
        let tables: Vec<Table> = topics.iter().filter_map(table).collect();
        for Table { topic, about, .. } in &tables {
            let is_partition =
                |field: &&mercato_schema::Field| field.name.eq_ignore_ascii_case(PARTITION);
            if let Some(field) = about.fields.iter().find(is_partition) {
                let (topic, field) = (topic.clone(), field.name.to_string());
                return Err(DeltaError::Partition { topic, field });
            }
        }
        Ok(Self { tables })
    }

    /// Returns the tables that hold this part of the run already, if all do; none if some do not.
    ///
    /// Fails where a table exists that the files cannot be added to. Writes nothing.
    pub fn complete(&self) -> Result<Option<Vec<TableVersion>>, DeltaError> {
        let versions: Vec<_> = self.tables.iter().map(Table::held).collect::<Result<_, _>>()?;
        Ok(versions.into_iter().collect())
    }

    /// The sink that hands records to `inner`, and adds the files to the tables when all are
    /// complete; records of tables that hold them already are not written again.
    ///
    /// Fails as [`complete`](Self::complete) does.
    pub fn sink(self, inner: Box<dyn Sink>) -> Result<Box<dyn Sink>, DeltaError> {
        let unless_held = |table: Table| Ok(table.held()?.is_none().then_some(table));
        let tables = self.tables.into_iter().map(unless_held).collect::<Result<_, DeltaError>>()?;
        Ok(Box::new(DeltaSink::new(inner, tables)))
    }
}

fn owned((name, value): &(&'static str, String)) -> (String, String) {
    ((*name).to_owned(), value.clone())
}
