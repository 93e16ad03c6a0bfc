//! The settings of a run that its streams and its fold share.

use mercato_encode::{Format, Shape};
use mercato_units::Shard;

use crate::check::Check;
use crate::disorder::DisorderStage;
use crate::world::World;

/// Arrivals in a block unless a test says otherwise.
pub(crate) const BLOCK_LEN: u16 = 1024;

/// Settings shared by the streams and the fold of a run.
#[derive(Debug, Clone)]
pub(crate) struct StreamSettings {
    pub(crate) world: World,
    pub(crate) block_len: u16,
    pub(crate) shard: Shard,
    pub(crate) format: Format,
    /// Columns that are kept of records as columns; none: all.
    pub(crate) fields: Option<Vec<String>>,
    pub(crate) shape: Shape,
    /// Bytes of the largest record that a checked stream may have.
    pub(crate) largest_record: usize,
    pub(crate) disorder: DisorderStage,
    /// Everything is drawn for the run's fold, also what makes no record.
    pub(crate) accumulated: bool,
}

impl StreamSettings {
    /// The check that each record of a checked stream must pass.
    #[inline]
    pub(crate) fn check(&self) -> Check {
        Check { largest: self.largest_record, format: self.format }
    }
}
