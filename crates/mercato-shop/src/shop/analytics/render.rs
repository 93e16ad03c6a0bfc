//! The fast path: names that were escaped once, and digits between.

use mercato_encode::{Segment, digits, json};
use mercato_engine::{Format, Window};
use mercato_schema::Measure;

use super::layout::Row;
use super::metrics::{Metric, Slot};
use super::{NUMBER_DIGITS, length_name, number_of};

/// The names of each dimension's values as the members of an object, for both formats.
#[derive(Debug, Clone)]
pub(super) struct Renderer {
    json: [Box<[Segment]>; 3],
    /// As text of a field in quotes.
    csv: [Box<[Segment]>; 3],
}

impl Renderer {
    pub(super) fn new(names: &[Vec<String>; 3]) -> Self {
        let member = |out: &mut Vec<u8>, name: &str| {
            json::string(out, name);
            out.push(b':');
        };
        let json = names
            .each_ref()
            .map(|names| names.iter().map(|name| Segment::new(|out| member(out, name))).collect());
        let csv = names.each_ref().map(|names| {
            let quoted = |out: &mut Vec<u8>, name: &str| {
                let mut text = Vec::new();
                member(&mut text, name);
                for byte in text {
                    if byte == b'"' {
                        out.push(b'"');
                    }
                    out.push(byte);
                }
            };
            names.iter().map(|name| Segment::new(|out| quoted(out, name))).collect()
        });
        Self { json, csv }
    }

    pub(super) fn append(
        &self,
        metric: &Metric,
        window: Window,
        row: Row<'_>,
        number: u16,
        format: Format,
        out: &mut Vec<u8>,
    ) {
        let text = match format {
            Format::Json => &JSON,
            Format::Csv => &CSV,
        };
        let times = [window.from, window.to, window.event_time()];
        let length = length_name(window).as_bytes();
        out.extend_from_slice(text[0]);
        out.extend_from_slice(length);
        out.push(b'_');
        digits::padded(out, number_of(window, number), NUMBER_DIGITS);
        out.extend_from_slice(text[1]);
        out.extend_from_slice(metric.name.as_bytes());
        out.extend_from_slice(text[2]);
        out.extend_from_slice(length);
        for (time, text) in times.into_iter().zip(&text[3..]) {
            out.extend_from_slice(text);
            out.extend_from_slice(&digits::millis_text(time));
        }
        out.extend_from_slice(text[6]);
        match (metric.value(row, Slot::All), format) {
            (Some(value), _) => append_value(out, value),
            (None, Format::Json) => out.extend_from_slice(b"null"),
            (None, Format::Csv) => {}
        }
        let names = match format {
            Format::Json => &self.json,
            Format::Csv => &self.csv,
        };
        let dimensions = [metric.by_category, metric.by_region, metric.by_device];
        let slots = [Slot::Category as fn(usize) -> Slot, Slot::Region, Slot::Device];
        for (dimension, slot) in slots.into_iter().enumerate() {
            out.extend_from_slice(text[7 + dimension]);
            let names = names[dimension].iter().enumerate().filter(|_| dimensions[dimension]);
            let mut members = names
                .filter_map(|(index, name)| Some((name, metric.value(row, slot(index))?)))
                .peekable();
            // A field needs quotes only where it has some inside.
            let quote: &[u8] =
                if format == Format::Csv && members.peek().is_some() { b"\"" } else { b"" };
            out.extend_from_slice(quote);
            out.push(b'{');
            for (place, (name, value)) in members.enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                name.append(out);
                append_value(out, value);
            }
            out.push(b'}');
            out.extend_from_slice(quote);
        }
        out.extend_from_slice(text[10]);
    }
}

fn append_value(out: &mut Vec<u8>, value: Measure) {
    json::fixed(out, value.units(), 4);
}

/// The text before each value, and behind the last.
const JSON: [&[u8]; 11] = [
    br#"{"result_id":"res_"#,
    br#"","metric_type":""#,
    br#"","window":""#,
    br#"","window_start":""#,
    br#"","window_end":""#,
    br#"","timestamp":""#,
    br#"","value":"#,
    br#","by_category":"#,
    br#","by_region":"#,
    br#","by_device":"#,
    b"}",
];
const CSV: [&[u8]; 11] = [b"res_", b",", b",", b",", b",", b",", b",", b",", b",", b",", b""];
