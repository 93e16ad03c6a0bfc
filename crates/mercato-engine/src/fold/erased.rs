//! The erasure of a fold's type.

use mercato_encode::{Batch, Encoded, Encoding, Layout, WriteRecord, Writer};

use super::{Fold, FoldWindow, Window};

/// A fold of a run, whatever its type.
pub(crate) trait ErasedFold: Send + Sync {
    fn name(&self) -> &'static str;
    fn topic(&self) -> String;
    fn windows(&self) -> Vec<FoldWindow>;
    fn cells(&self) -> usize;
    fn is_checked(&self) -> bool;
    fn layout(&self) -> Layout;

    /// Appends record `number` of a window to `batch`, where it is open.
    fn encode(
        &self,
        encoding: &Encoding,
        batch: &mut Batch,
        topic: u16,
        window: Window,
        cells: &[i64],
        number: u16,
    ) -> Encoded;
}

impl<F: Fold> ErasedFold for F {
    fn name(&self) -> &'static str {
        Fold::name(self)
    }

    fn topic(&self) -> String {
        Fold::topic(self)
    }

    fn windows(&self) -> Vec<FoldWindow> {
        Fold::windows(self)
    }

    fn cells(&self) -> usize {
        Fold::cells(self)
    }

    fn is_checked(&self) -> bool {
        Fold::is_checked(self)
    }

    fn layout(&self) -> Layout {
        Fold::layout(self)
    }

    fn encode(
        &self,
        encoding: &Encoding,
        batch: &mut Batch,
        topic: u16,
        window: Window,
        cells: &[i64],
        number: u16,
    ) -> Encoded {
        let mut record = WindowRecord { fold: self, window, cells, number };
        encoding.encode::<true>(batch, topic, &mut record)
    }
}

/// A record of a window, for an [encoding](Encoding) of the fold's layout.
#[derive(Debug)]
pub struct WindowRecord<'a, F> {
    /// The fold.
    pub fold: &'a F,
    /// The window that is over.
    pub window: Window,
    /// Its counters.
    pub cells: &'a [i64],
    /// Number of the record among those of the window.
    pub number: u16,
}

impl<F: Fold> WriteRecord for WindowRecord<'_, F> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        self.fold.write(self.window, self.cells, self.number, writer);
    }
}
