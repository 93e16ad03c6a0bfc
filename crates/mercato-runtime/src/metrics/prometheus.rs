//! Metrics in the text format that Prometheus reads.

use std::fmt::Write;

use super::{LATENESS_BOUNDS, LatenessCounts, Registry, Snapshot};

/// One metric: its name, type and meaning, and what a run says to it.
struct Metric {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    value: fn(&Snapshot) -> f64,
}

const METRICS: [Metric; 13] = [
    Metric {
        name: "mercato_bytes_total",
        kind: "counter",
        help: "Total bytes of the records sent.",
        value: |run| run.bytes as f64,
    },
    Metric {
        name: "mercato_sent_total",
        kind: "counter",
        help: "Records passed to the sink.",
        value: |run| run.delivery.accepted as f64,
    },
    Metric {
        name: "mercato_acknowledged_total",
        kind: "counter",
        help: "Records acknowledged.",
        value: |run| run.delivery.acknowledged as f64,
    },
    Metric {
        name: "mercato_failed_total",
        kind: "counter",
        help: "Records that failed permanently.",
        value: |run| run.delivery.failed as f64,
    },
    Metric {
        name: "mercato_queue_records",
        kind: "gauge",
        help: "Records sent but neither acknowledged nor failed yet.",
        value: |run| run.delivery.in_flight() as f64,
    },
    Metric {
        name: "mercato_entities_total",
        kind: "counter",
        help: "Orders, sessions or other entities started.",
        value: |run| run.entered as f64,
    },
    Metric {
        name: "mercato_open_entities",
        kind: "gauge",
        help: "Entities with records still to come.",
        value: |run| run.open() as f64,
    },
    Metric {
        name: "mercato_faults_total",
        kind: "counter",
        help: "Records deliberately changed.",
        value: |run| run.faults as f64,
    },
    Metric {
        name: "mercato_rejected_total",
        kind: "counter",
        help: "Records not sent because their stream produced invalid bytes.",
        value: |run| run.rejected as f64,
    },
    Metric {
        name: "mercato_lag_seconds",
        kind: "gauge",
        help: "Time since the oldest unacknowledged record was due.",
        value: |run| run.lag_micros as f64 / 1e6,
    },
    Metric {
        name: "mercato_destination_silent",
        kind: "gauge",
        help: "1 while records wait for a destination that has stopped answering, else 0.",
        value: |run| f64::from(u8::from(run.is_silent)),
    },
    Metric {
        name: "mercato_event_time_seconds",
        kind: "gauge",
        help: "Event time that the run has reached, in seconds since the Unix epoch.",
        value: |run| run.event_time.unwrap_or(0) as f64 / 1e6,
    },
    Metric {
        name: "mercato_last_send_timestamp_seconds",
        kind: "gauge",
        help: "Wall-clock time at which a record was last sent, in seconds since the Unix epoch.",
        value: |run| run.last_sent.unwrap_or(0) as f64 / 1e6,
    },
];

/// A histogram of lateness.
struct Histogram {
    name: &'static str,
    help: &'static str,
    counts: fn(&Snapshot) -> &LatenessCounts,
}

const HISTOGRAMS: [Histogram; 2] = [
    Histogram {
        name: "mercato_lateness_seconds",
        help: "Delay between the scheduled and the actual time of sending.",
        counts: |run| &run.lateness,
    },
    Histogram {
        name: "mercato_acknowledged_lateness_seconds",
        help: "Delay between the scheduled time of sending and the acknowledgement.",
        counts: |run| &run.acknowledged_lateness,
    },
];

/// Everything `registry` knows.
pub(super) fn text(registry: &Registry) -> String {
    let runs = registry.snapshots();
    let mut text = String::new();
    head(&mut text, "mercato_records_total", "counter", "Records sent.");
    for run in &runs {
        for (topic, records) in &run.topics {
            let labels = format!("{},topic=\"{}\"", labels(run), escaped(topic));
            line(&mut text, "mercato_records_total", &labels, *records as f64);
        }
    }
    for Metric { name, kind, help, value } in METRICS {
        head(&mut text, name, kind, help);
        runs.iter().for_each(|run| line(&mut text, name, &labels(run), value(run)));
    }
    for Histogram { name, help, counts } in HISTOGRAMS {
        head(&mut text, name, "histogram", help);
        runs.iter().for_each(|run| histogram(&mut text, name, &labels(run), counts(run)));
    }
    text
}

fn histogram(text: &mut String, name: &str, labels: &str, counts: &LatenessCounts) {
    let mut so_far = 0;
    let bucket = format!("{name}_bucket");
    for (bound, count) in LATENESS_BOUNDS.iter().zip(counts.buckets) {
        so_far += count;
        let bounded = format!("{labels},le=\"{}\"", *bound as f64 / 1e6);
        line(text, &bucket, &bounded, so_far as f64);
    }
    let all: u64 = counts.buckets.iter().sum();
    line(text, &bucket, &format!("{labels},le=\"+Inf\""), all as f64);
    line(text, &format!("{name}_sum"), labels, counts.sum_micros as f64 / 1e6);
    line(text, &format!("{name}_count"), labels, all as f64);
}

fn labels(run: &Snapshot) -> String {
    format!("stream=\"{}\",shard=\"{}\"", escaped(&run.stream), escaped(&run.shard))
}

/// A label's value as the format wants it.
fn escaped(value: &str) -> String {
    value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, labels: &str, value: f64) {
    let _ = writeln!(text, "{name}{{{labels}}} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counts::Counts;

    #[test]
    fn every_metric_has_help_type_and_the_labels_of_its_run() {
        let registry = Registry::default();
        let run = registry.register("sales", &["a\"b".into()], "0/1");
        run.left(
            &Counts { by_topic: vec![7], bytes: 90, entered: 5, completed: 2, ..Counts::default() },
            1_500_000,
        );
        (0..7).for_each(|_| run.late(300));
        let text = text(&registry);
        for expected in [
            "# TYPE mercato_records_total counter\nmercato_records_total{stream=\"sales\",shard=\"0/1\",topic=\"a\\\"b\"} 7\n",
            "mercato_bytes_total{stream=\"sales\",shard=\"0/1\"} 90\n",
            "mercato_open_entities{stream=\"sales\",shard=\"0/1\"} 3\n",
            "mercato_event_time_seconds{stream=\"sales\",shard=\"0/1\"} 1.5\n",
            "mercato_lateness_seconds_bucket{stream=\"sales\",shard=\"0/1\",le=\"0.00025\"} 0\n",
            "mercato_lateness_seconds_bucket{stream=\"sales\",shard=\"0/1\",le=\"0.0005\"} 7\n",
            "mercato_lateness_seconds_bucket{stream=\"sales\",shard=\"0/1\",le=\"+Inf\"} 7\n",
            "mercato_lateness_seconds_count{stream=\"sales\",shard=\"0/1\"} 7\n",
        ] {
            assert!(text.contains(expected), "no {expected:?} in:\n{text}");
        }
        let named = text.lines().filter(|line| line.starts_with("# TYPE")).count();
        assert_eq!(named, METRICS.len() + HISTOGRAMS.len() + 1);
    }
}
