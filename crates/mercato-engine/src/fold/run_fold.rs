//! The fold of a run: its windows and the routes of its records.

use std::fmt;

use mercato_encode::{Batch, Coordinates, Encoding, Stamp};

use super::{ErasedFold, FoldWindow, Window, window_start};
use crate::check::{Check, Claim};
use crate::disorder::DisorderStage;
use crate::route::Route;
use crate::settings::StreamSettings;

/// The rank of a fold's records: after those of all streams.
pub(crate) const FOLD_RANK: u8 = u8::MAX;

/// A fold as a run has it.
pub(crate) struct RunFold {
    pub(crate) fold: Box<dyn ErasedFold>,
    pub(super) windows: Vec<FoldWindow>,
    /// Routes of the records, by length of the window.
    routes: Box<[Route]>,
    pub(crate) origin: i64,
    encoding: Option<Encoding>,
    check: Option<Check>,
    disorder: DisorderStage,
}

impl RunFold {
    pub(crate) fn new(
        fold: Box<dyn ErasedFold>,
        (routes, encoding): (Box<[Route]>, Option<Encoding>),
        settings: &StreamSettings,
    ) -> Self {
        let origin = settings.world.origin;
        let check = fold.is_checked().then(|| settings.check());
        let (windows, disorder) = (fold.windows(), settings.disorder.clone());
        Self { fold, windows, routes, origin, encoding, check, disorder }
    }

    /// Length of the shortest windows.
    pub(crate) fn shortest(&self) -> i64 {
        self.windows.first().map_or(1, |window| window.micros)
    }

    /// Length of the longest windows.
    pub(crate) fn longest(&self) -> i64 {
        self.windows.last().map_or(1, |window| window.micros)
    }

    /// Event time of a record of the fold; none if it is none.
    pub(crate) fn time_of(&self, coordinates: Coordinates) -> Option<i64> {
        let window = self
            .windows
            .get(usize::from(coordinates.substream))
            .filter(|_| coordinates.rank == FOLD_RANK)?;
        let windows = i64::try_from(coordinates.block).ok()?.checked_add(1)?;
        window_start(self.origin, window.micros)
            .checked_add(windows.checked_mul(window.micros)?)?
            .checked_sub(1)
    }

    /// The window of a length that ends at `to`.
    pub(super) fn window(&self, length: usize, to: i64) -> Window {
        let micros = self.windows[length].micros;
        let from = to.saturating_sub(micros);
        let first = window_start(self.origin, micros);
        Window {
            length: length as u8,
            from,
            to,
            number: from.abs_diff(first) / micros.unsigned_abs(),
        }
    }

    /// Appends a record of a window; nothing if the stream's own check finds a flaw in it.
    pub(super) fn append(
        &self,
        window: Window,
        cells: &[i64],
        number: u16,
        coordinates: Coordinates,
        batch: &mut Batch,
    ) {
        let route = self.routes[usize::from(window.length)];
        let topic = route.topic.unwrap_or_default();
        let Some(encoding) = &self.encoding else { return };
        let encoded = self.fold.encode(encoding, batch, topic, window, cells, number);
        let claim = Claim { known: true, moved: false, columns: route.columns, encoded };
        let at = window.event_time();
        if let Some(flaw) = self.check.and_then(|check| check.flaw(batch, claim)) {
            batch.reject(flaw, at, coordinates);
            return;
        }
        let stamp = Stamp {
            event_time: at,
            release_time: at,
            coordinates,
            topic,
            kind: route.kind,
            first: false,
            last: false,
        };
        self.disorder.seal(batch, stamp);
    }
}

impl fmt::Debug for RunFold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold")
            .field("name", &self.fold.name())
            .field("windows", &self.windows)
            .finish_non_exhaustive()
    }
}
