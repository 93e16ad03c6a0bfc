//! The banner that document 002's producer begins with.

use mercato::Generation;
use mercato::config::{KafkaSettings, OutputSettings};
use mercato::shop::events::EventsConfig;
use mercato::units::Clock;

/// Describes the run that is about to start.
pub(crate) fn banner(generation: &Generation<EventsConfig>) -> String {
    let Generation { stream: events, kafka, output, .. } = generation;
    let kafka = kafka.as_ref();
    let rule = "=".repeat(60);
    let topic = kafka.and_then(|kafka| kafka.topic.as_ref()).map(|topic| topic.value.to_string());
    let topic = topic.unwrap_or_else(|| events.topic.clone());
    format!(
        "{rule}\neCommerce User Event Producer\n{rule}\n{}\nTopic: {topic}\n{}\n{rule}",
        to(kafka, output),
        pace(events)
    )
}

/// Describes the pace once the destination is open; nothing of a run that does not wait.
pub(crate) fn opening(generation: &Generation<EventsConfig>) -> Option<String> {
    let Generation { stream: events, run, .. } = generation;
    let pace = match events.rate {
        Some(rate) => format!("at {rate}"),
        None => format!("every {:?} seconds", events.interval.micros() as f64 / 1e6),
    };
    let is_live = run.clock.value != Clock::Fast;
    is_live.then(|| format!("Starting to produce events {pace}...\nPress Ctrl+C to stop"))
}

fn to(kafka: Option<&KafkaSettings>, output: &OutputSettings) -> String {
    match (kafka, &output.output) {
        (Some(kafka), _) => format!("Kafka Bootstrap Servers: {}", kafka.connection.brokers.value),
        (None, Some(output)) => output.value.path().map_or_else(
            || "Output: none".to_owned(),
            |path| format!("Output: {}", path.display()),
        ),
        (None, None) => "Output: standard output".to_owned(),
    }
}

fn pace(events: &EventsConfig) -> String {
    match events.rate {
        Some(rate) => format!("Event Rate: {rate}"),
        // At least one decimal, as the document shows it.
        None => format!("Event Interval: {:?} seconds", events.interval.micros() as f64 / 1e6),
    }
}
