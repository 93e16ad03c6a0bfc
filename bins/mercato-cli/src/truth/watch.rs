//! Watching an answer while it is computed: the progress line, and a signal that stops it.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use mercato::config::RunSpec;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::progress::AnswerProgress;
use mercato::runtime::run::Interrupt;
use mercato::runtime::signals;
use mercato::units::Timestamp;

/// The progress of an answer that is being computed.
pub(super) struct Watch {
    interrupt: Interrupt,
    records: Arc<AtomicU64>,
    reached: Arc<AtomicI64>,
    _progress: AnswerProgress,
}

impl Watch {
    /// Begins to watch the answer about the run that `settings` describe.
    pub(super) fn start(settings: &RunSpec) -> Result<Self, Failure> {
        let interrupt = Interrupt::default();
        signals::listen(interrupt.clone(), "the answer will not be complete")
            .map_err(|error| Failure::new(Exit::Unexpected, error))?;
        let (records, reached) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicI64::new(i64::MIN)));
        let (range, origin) = (settings.range(), settings.origin().micros());
        let from = range.from.map_or(origin, Timestamp::micros);
        let by_duration = range.duration_micros.map(|duration| origin.saturating_add(duration));
        let to = range.to.map(Timestamp::micros).into_iter().chain(by_duration).min();
        let progress = AnswerProgress::start(Arc::clone(&records), Arc::clone(&reached), from, to);
        Ok(Self { interrupt, records, reached, _progress: progress })
    }

    /// Notes how far the answer has come; returns whether to go on.
    pub(super) fn going(&self, records: u64, reached: i64) -> ControlFlow<()> {
        self.records.store(records, Ordering::Relaxed);
        self.reached.store(reached, Ordering::Relaxed);
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Returns whether a signal has stopped it.
    pub(super) fn is_stopped(&self) -> bool {
        self.interrupt.is_raised()
    }
}
