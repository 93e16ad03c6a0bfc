//! Summaries as lines for people, and the line that announces a run.

use std::collections::BTreeMap;
use std::fmt;

use mercato_units::{Duration, Timestamp};

use super::{Deliveries, Identity, Lateness, Pace, Summary};

/// A stream's terms for its entities, for the final statistics.
#[derive(Debug, Clone, Copy)]
pub enum SummaryStyle {
    /// The statistics of an order's lifecycle, in the words of order-gen's founding document.
    Orders,
    /// The statistics block of event-gen's founding document.
    Producer,
    /// A stream whose entities are one record each, which has this name in the plural:
    /// `transactions`.
    Single(&'static str),
    /// A stream of several topics whose entities are sessions.
    Topics,
}

/// A summary and the words for it; `Display` gives the lines.
#[derive(Debug, Clone, Copy)]
pub struct Human<'a> {
    summary: &'a Summary,
    wording: SummaryStyle,
    columnar: bool,
}

impl Human<'_> {
    /// Says that the bytes are those of records before they became columns, if they did.
    #[must_use]
    pub fn of_columns(self, columnar: bool) -> Self {
        Self { columnar, ..self }
    }
}

impl Summary {
    /// The summary as lines for people, without a line feed at the end.
    pub fn human(&self, wording: SummaryStyle) -> Human<'_> {
        Human { summary: self, wording, columnar: false }
    }
}

impl fmt::Display for Human<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.wording {
            SummaryStyle::Orders => orders(self.summary, formatter)?,
            SummaryStyle::Producer => producer(self.summary, formatter)?,
            SummaryStyle::Topics => topics(self.summary, formatter)?,
            SummaryStyle::Single(name) => single(self.summary, name, formatter)?,
        }
        let bytes = self.summary.counts.bytes;
        let before = if self.columnar { " before encoding" } else { "" };
        delivery(&self.summary.delivery, &format!("{bytes} bytes{before}"), formatter)?;
        named("Deliberate faults", &self.summary.counts.faults, formatter)?;
        if self.summary.counts.shed > 0 {
            writeln!(
                formatter,
                "Not sent because too late (--on-lag shed): {}",
                self.summary.counts.shed
            )?;
        }
        named("Not sent because invalid", &self.summary.counts.rejected, formatter)?;
        pace(&self.summary.pace, formatter)?;
        writeln!(formatter, "Seed: {}", self.summary.identity.seed)?;
        write!(formatter, "Reproduce with: {}", self.summary.command)
    }
}

/// The first line of most statistics.
const TITLE: &str = "=== Final Statistics ===";

fn orders(summary: &Summary, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counts = &summary.counts;
    writeln!(formatter, "{TITLE}")?;
    let minutes = counts.event_seconds / 60.0;
    let rate = if minutes > 0.0 { counts.first as f64 / minutes } else { 0.0 };
    writeln!(formatter, "Total new orders created: {}", counts.first)?;
    writeln!(
        formatter,
        "Total status updates (transitions): {}",
        counts.records.saturating_sub(counts.first)
    )?;
    // The document's words, unless a lifecycle of one's own ends otherwise than with a shipment.
    let completed = match counts.kinds.get("shipped") {
        Some(shipped) if *shipped != counts.last => "completed",
        _ => "shipped (completed)",
    };
    writeln!(formatter, "Total orders {completed}: {}", counts.last)?;
    writeln!(formatter, "Active orders (still in pipeline): {}", counts.open)?;
    writeln!(formatter, "Average rate: {rate:.1} new orders per minute")
}

fn producer(summary: &Summary, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Deliveries { sent: accepted, failed, .. } = summary.delivery;
    let (sent, seconds) = (accepted.saturating_sub(failed), summary.pace.elapsed_seconds);
    let rule = "=".repeat(60);
    writeln!(formatter, "{rule}\nPRODUCER STATISTICS\n{rule}")?;
    writeln!(formatter, "Runtime: {seconds:.1} seconds")?;
    writeln!(formatter, "Events Sent: {sent}")?;
    writeln!(formatter, "Events Failed: {failed}")?;
    writeln!(
        formatter,
        "Events/Second: {:.2}",
        if seconds > 0.0 { sent as f64 / seconds } else { 0.0 }
    )?;
    // Of nothing, nothing succeeded: the founding document's program says so too.
    writeln!(formatter, "Success Rate: {:.1}%", 100.0 * sent as f64 / accepted.max(1) as f64)?;
    writeln!(formatter, "{rule}")
}

fn single(summary: &Summary, name: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counts = &summary.counts;
    writeln!(formatter, "{TITLE}")?;
    let rate =
        if counts.event_seconds > 0.0 { counts.records as f64 / counts.event_seconds } else { 0.0 };
    writeln!(formatter, "Total {name}: {}", counts.records)?;
    writeln!(formatter, "Average rate: {rate:.2} {name} per second of event time")
}

fn topics(summary: &Summary, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counts = &summary.counts;
    writeln!(formatter, "{TITLE}")?;
    let hours = counts.event_seconds / 3600.0;
    for (topic, records) in &counts.topics {
        let rate = if hours > 0.0 { *records as f64 / hours } else { 0.0 };
        writeln!(formatter, "Total {topic}: {records}, {rate:.1} per hour of event time")?;
    }
    writeln!(formatter, "Sessions: {}, of which open at the end: {}", counts.first, counts.open)
}

fn delivery(delivery: &Deliveries, bytes: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Deliveries { to, sent, acknowledged, failed } = delivery;
    // `null:` brings a colon of its own.
    let to = if to.is_empty() { "nowhere".to_owned() } else { to.join(" and ") };
    let to = to.trim_end_matches(':');
    writeln!(
        formatter,
        "Delivered to {to}: {sent} sent, {acknowledged} acknowledged, {failed} failed, {bytes}"
    )
}

/// A line of counts by name; no line where there are none.
fn named(
    title: &str,
    counts: &BTreeMap<String, u64>,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    writeln!(formatter, "{title}: {}", named.join(", "))
}

fn pace(pace: &Pace, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(
        formatter,
        "Elapsed: {:.1} s, {:.1} records/s",
        pace.elapsed_seconds, pace.achieved_per_second
    )?;
    match pace.planned_per_second {
        Some(planned) => writeln!(formatter, " of {planned:.1} planned")?,
        None => writeln!(formatter)?,
    }
    lateness("Lateness", pace.lateness, formatter)?;
    lateness("Lateness when acknowledged", pace.acknowledged_lateness, formatter)
}

fn lateness(
    title: &str,
    lateness: Option<Lateness>,
    formatter: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let Some(Lateness { p50, p90, p99, p99_9, max }) = lateness else { return Ok(()) };
    writeln!(
        formatter,
        "{title}: p50 {p50:.3} ms, p90 {p90:.3} ms, p99 {p99:.3} ms, p99.9 {p99_9:.3} ms, max {max:.3} ms"
    )
}

/// The line that announces a run: its seed, its start, and where its records go.
pub fn hint(identity: &Identity, start: Timestamp, to: &[String]) -> String {
    let Identity { program, stream, seed, origin, .. } = identity;
    let before = Duration::from_micros(start.micros() - origin.micros()).unwrap_or_default();
    let warm_up =
        if before == Duration::ZERO { String::new() } else { format!(" --warm-up {before}") };
    let to = to.join(" and ");
    format!("{program}: {stream} with --seed {seed} --start {start}{warm_up}, to {to}")
}
