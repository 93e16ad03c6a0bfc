//! A broker that stops answering without closing its connections.

use std::thread::sleep;
use std::time::Duration;

use mercato_test_support::{ended_within, folder, free_port, get, json, metric};

use super::SOON;
use super::broker::Broker;

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_broker_that_freezes_is_told_of_and_seen() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    for delivery in ["at-least-once", "exactly-once"] {
        let summary = folder.path().join(format!("{delivery}.json"));
        broker.mercato("topics create --partitions 3").arg(delivery).run().success();
        let metrics = format!("127.0.0.1:{}", free_port());
        let words = "--flat --rate 500/s --duration 18s --clock 1x --metrics-listen";
        let program = broker.program("txn-gen", words).arg(&metrics).words("--delivery");
        let program = program.arg(delivery).words("-t").arg(delivery);
        let child = program.arg("--summary-json").arg(&summary).start();
        sleep(Duration::from_secs(4));
        assert_eq!(get(&metrics, "/readyz").0, 200);
        broker.freeze();
        sleep(Duration::from_secs(8));
        let (status, body) = get(&metrics, "/readyz");
        let (_, page) = get(&metrics, "/metrics");
        broker.thaw();
        assert!(status == 503 && body.contains("stopped answering"), "{status}: {body}");
        assert!(metric(&page, "mercato_destination_silent") > 0.5, "{page}");
        sleep(Duration::from_secs(2));
        assert_eq!(get(&metrics, "/readyz").0, 200);
        let ended = ended_within(child, SOON);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        for words in
            ["no answer from ", " are waiting", " answers again, after ", "acknowledged: p50"]
        {
            let found = ended.stderr.matches(words).count();
            assert_eq!(found, 1, "{words:?} in {}", ended.stderr);
        }
        let pace = &json(&summary)["pace"];
        let millis = |field: &str, percentile: &str| pace[field][percentile].as_f64().unwrap();
        // A commit waits for the broker, and the run for the commit.
        let is_held_up = delivery == "exactly-once";
        assert_eq!(millis("lateness", "max") > 2_000.0, is_held_up, "{pace}");
        assert!(millis("acknowledged_lateness", "max") > 7_000.0, "{pace}");
        assert!(millis("acknowledged_lateness", "p50") > millis("lateness", "p50"), "{pace}");
        assert_eq!(json(&summary)["delivery"]["failed"], 0);
        broker.verified("transactions", delivery, &summary);
    }
}
