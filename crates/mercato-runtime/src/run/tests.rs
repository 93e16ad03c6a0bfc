//! The run loop with a sink that holds it back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use mercato_sinks::DeliveryView;

use super::*;
use crate::metrics::{Registry, Snapshot};

/// Takes records and lets the test say how many of them are acknowledged; a write waits for the
/// test's word.
struct Held {
    accepted: Arc<AtomicU64>,
    acknowledged: Arc<AtomicU64>,
    writing: Sender<()>,
    go_on: Receiver<()>,
}

impl Sink for Held {
    fn write(&mut self, _: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.accepted.fetch_add(range.len() as u64, Ordering::Relaxed);
        // Once the test has seen enough, nothing waits any more.
        let _ = self.writing.send(());
        let _ = self.go_on.recv();
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    fn delivery(&self) -> Delivery {
        let (accepted, acknowledged) = (&self.accepted, &self.acknowledged);
        let [accepted, acknowledged] =
            [accepted, acknowledged].map(|count| count.load(Ordering::Relaxed));
        Delivery { accepted, acknowledged, ..Delivery::default() }
    }

    fn view(&self) -> Option<DeliveryView> {
        let (accepted, acknowledged) = (Arc::clone(&self.accepted), Arc::clone(&self.acknowledged));
        Some(DeliveryView::new(move || {
            let [accepted, acknowledged] =
                [&accepted, &acknowledged].map(|count| count.load(Ordering::Relaxed));
            Delivery { accepted, acknowledged, ..Delivery::default() }
        }))
    }

    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        self.acknowledged.store(self.accepted.load(Ordering::Relaxed), Ordering::Relaxed);
        Ok(self.delivery())
    }
}

#[test]
fn a_dashboard_sees_the_outage_while_a_write_waits() {
    let registry = Registry::default();
    let metrics = registry.register("toy", &["toys-0".into()], "0/1");
    let (accepted, acknowledged) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
    let ((writing, written), (word, go_on)) = (channel(), channel());
    let sink = Held { accepted, acknowledged: Arc::clone(&acknowledged), writing, go_on };
    let run = toy::run(500, 10);
    let pace = Pace::Scaled { numerator: 1, denominator: 1 };
    let drive = Drive { metrics: Some(metrics), ..Drive::new(1, pace) };
    let outcome = thread::scope(|scope| {
        let driven = scope.spawn(|| drive.run(&run, Box::new(sink), None).unwrap());
        let snapshot = || -> Snapshot { registry.aggregate() };
        written.recv().unwrap();
        thread::sleep(Duration::from_millis(300));
        let first = snapshot();
        assert!(first.delivery.in_flight() > 0, "{first:?}");
        assert!((300_000..5_000_000).contains(&first.lag_micros), "{first:?}");
        thread::sleep(Duration::from_millis(200));
        let later = snapshot();
        assert!(
            later.lag_micros >= first.lag_micros + 200_000,
            "the run stands still, its lag does not: {later:?}"
        );
        acknowledged.store(first.delivery.accepted, Ordering::Relaxed);
        assert_eq!(snapshot().delivery.in_flight(), 0, "what the sink knows is seen at once");
        drop(word);
        driven.join().unwrap()
    });
    let end = registry.aggregate();
    assert_eq!(
        (end.delivery.acknowledged, end.records()),
        (outcome.delivery.accepted, outcome.counts.records())
    );
    assert_eq!(end.lag_micros, 0, "a run that is over is behind nothing");
}
