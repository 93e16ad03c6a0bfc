//! The tables that a run's files are added to.

use mercato_engine::Run;
#[cfg(feature = "parquet")]
use mercato_parquet::delta::{DeltaTables, TablePart, TableRun};
#[cfg(feature = "parquet")]
use mercato_sinks::TableFormat;
use mercato_sinks::{OutputPath, Sink};
#[cfg(feature = "parquet")]
use mercato_units::Timestamp;

use super::{Packing, Session, SessionError};

/// Returns where the tables of `output` hold this part of the run already, if all of them do.
///
/// Fails where there are tables that the files cannot be added to; writes nothing.
pub(super) fn complete(
    session: &Session<'_>,
    output: &OutputPath,
    run: &Run,
) -> Result<Option<String>, SessionError> {
    let packing = session.packing(run, output.file_format())?;
    #[cfg(feature = "parquet")]
    if let Some(tables) = tables(session, output, run, &packing)? {
        let versions = tables.complete().map_err(failed)?;
        let shown = versions.map(|versions| {
            let each = versions.iter();
            let each = each.map(|at| format!("{} (version {})", at.table.display(), at.version));
            each.collect::<Vec<_>>().join(", ")
        });
        return Ok(shown.filter(|shown| !shown.is_empty()));
    }
    #[cfg(not(feature = "parquet"))]
    let _ = packing;
    Ok(None)
}

/// The sink that adds the files of `sink` to the tables of `output`, if it has any.
#[cfg_attr(
    not(feature = "parquet"),
    expect(clippy::unnecessary_wraps, reason = "with Parquet it can fail")
)]
pub(super) fn adding(
    session: &Session<'_>,
    output: &OutputPath,
    run: &Run,
    packing: &Packing,
    sink: Box<dyn Sink>,
) -> Result<Box<dyn Sink>, SessionError> {
    #[cfg(feature = "parquet")]
    if let Some(tables) = tables(session, output, run, packing)? {
        return tables.sink(sink).map_err(failed);
    }
    #[cfg(not(feature = "parquet"))]
    let _ = (session, output, run, packing);
    Ok(sink)
}

#[cfg(feature = "parquet")]
fn tables(
    session: &Session<'_>,
    output: &OutputPath,
    run: &Run,
    packing: &Packing,
) -> Result<Option<DeltaTables>, SessionError> {
    let (Some(partitions), Some(parquet)) = (output.partitions(), packing.parquet()) else {
        return Ok(None);
    };
    match partitions.table {
        None => Ok(None),
        Some(TableFormat::Delta) => {
            let identity = session.identity();
            let part = TablePart {
                shard: session.run.shard.value,
                from: Timestamp::from_micros(partitions.window.start),
                to: Timestamp::from_micros(partitions.window.end),
            };
            let run_of = TableRun { identity: identity.brief(), origin: identity.origin, part };
            DeltaTables::new(parquet, output, run.topics(), &run_of).map(Some).map_err(failed)
        }
    }
}

#[cfg(feature = "parquet")]
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> SessionError {
    SessionError::Table(error.into())
}
