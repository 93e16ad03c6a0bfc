//! Analytics: what the records of the other topics add up to, eight metrics a minute and twenty an
//! hour.
//!
//! Every metric follows from the records that a consumer sees, exactly: counts, cents, and
//! quotients of the two by a rule of rounding. The shop's streams add up what their records say in
//! the cells of [`layout`]; [`metrics`] makes metrics of the cells. Nothing is drawn.

mod layout;
mod metrics;

use mercato_encode::{Layout, Out, Writer, numbers};
use mercato_engine::{Fold, FoldWindow, Window};
use mercato_patterns::geographic::Region;
use mercato_schema::{AnalyticsResult, Breakdown, InstantForm, Measure, Timestamp};

use self::metrics::{Metric, OF_A_MINUTE, OF_AN_HOUR, Slot};
use super::{ShopParams, Topic};
pub(super) use layout::{CellLayout, Event, PurchaseAccumulator};
use layout::{DEVICE_KINDS, Row};

/// The metrics of a shop: the topic `analytics-results`, keyed by the metric.
///
/// A fold over the streams of the same shop, which accumulator for it and for no other.
#[derive(Debug, Clone)]
pub struct Analytics {
    topic: String,
    layout: CellLayout,
    /// Names of the categories, the regions and the kinds of device.
    names: [Vec<String>; 3],
}

const MILLI: i64 = 1_000;
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
/// Names of the windows' lengths.
const LENGTHS: [&str; 2] = ["1m", "1h"];
/// Digits of the shortest numbers of results.
const NUMBER_DIGITS: usize = 9;

impl Analytics {
    /// Results of an hour: those of its minutes and its own.
    pub const RESULTS_PER_HOUR: u64 = 60 * OF_A_MINUTE.len() as u64 + OF_AN_HOUR.len() as u64;

    /// The metrics of the shop of `params`.
    pub fn new(params: &ShopParams) -> Self {
        let categories: Vec<String> = params
            .catalogue
            .categories()
            .iter()
            .map(|category| category.name().to_owned())
            .collect();
        let names = [
            categories,
            Region::ALL.map(|region| region.name().to_owned()).into(),
            DEVICE_KINDS.map(str::to_owned).into(),
        ];
        Self {
            topic: params.topic(Topic::ANALYTICS_RESULTS).to_owned(),
            layout: CellLayout::new(names[0].len()),
            names,
        }
    }

    /// The record as a value: the slow path, which says what the fast one must write; none if the
    /// window has not so many.
    pub fn record(
        &self,
        window: Window,
        cells: &[i64],
        number: u16,
    ) -> Option<AnalyticsResult<'_>> {
        let metric = metrics_of(window.length).get(usize::from(number))?;
        let row = Row { layout: self.layout, cells };
        let [by_category, by_region, by_device] = self.names.each_ref().map(Vec::as_slice);
        let breakdown = |is_there: bool, names: &[String], slot: fn(usize) -> Slot| {
            let names = names.iter().enumerate().filter(|_| is_there);
            let value = |(index, name): (usize, &String)| {
                Some((name.clone().into(), metric.value(row, slot(index))?))
            };
            Breakdown(names.filter_map(value).collect())
        };
        Some(AnalyticsResult {
            result_id: format!(
                "res_{}_{:0NUMBER_DIGITS$}",
                length_name(window),
                number_of(window, number)
            )
            .into(),
            metric_type: metric.name.into(),
            window: length_name(window).into(),
            window_start: Timestamp::from_micros(window.from),
            window_end: Timestamp::from_micros(window.to),
            timestamp: Timestamp::from_micros(window.to - MILLI),
            value: metric.value(row, Slot::All),
            by_category: breakdown(metric.by_category, by_category, Slot::Category),
            by_region: breakdown(metric.by_region, by_region, Slot::Region),
            by_device: breakdown(metric.by_device, by_device, Slot::Device),
        })
    }
}

/// The metrics of windows of one length.
fn metrics_of(length: u8) -> &'static [Metric] {
    if length == 0 { &OF_A_MINUTE } else { &OF_AN_HOUR }
}

fn length_name(window: Window) -> &'static str {
    LENGTHS[usize::from(window.length != 0)]
}

/// The number of a result among those of its window's length.
fn number_of(window: Window, number: u16) -> u64 {
    window.number * metrics_of(window.length).len() as u64 + u64::from(number)
}

impl Fold for Analytics {
    fn name(&self) -> &'static str {
        "analytics"
    }

    fn topic(&self) -> String {
        self.topic.clone()
    }

    fn windows(&self) -> Vec<FoldWindow> {
        let window = |length: u8, micros, kind: &str| FoldWindow {
            micros,
            records: metrics_of(length).len() as u16,
            kind: kind.to_owned(),
        };
        vec![window(0, MINUTE, "minute_metric"), window(1, HOUR, "hour_metric")]
    }

    fn cells(&self) -> usize {
        self.layout.cells()
    }

    fn is_checked(&self) -> bool {
        false
    }

    fn layout(&self) -> Layout {
        let metrics = OF_AN_HOUR.map(|metric| [metric.name.into()]);
        let [by_category, by_region, by_device] = self.names.clone();
        Topic::ANALYTICS_RESULTS
            .layout()
            .prefix("result_id", "res_")
            .table("metric_type", ["metric_type"], metrics)
            .table("window", ["window"], LENGTHS.map(|length| [length.into()]))
            .names("by_category", by_category)
            .names("by_region", by_region)
            .names("by_device", by_device)
    }

    fn write<W: Writer>(&self, window: Window, cells: &[i64], number: u16, writer: &mut W) {
        let Some(metric) = metrics_of(window.length).get(usize::from(number)) else { return };
        let row = Row { layout: self.layout, cells };
        writer.key(|key| key.extend_from_slice(metric.name.as_bytes()));
        writer.plain("result_id", |out| {
            out.extend(length_name(window).as_bytes());
            out.byte(b'_');
            numbers::nine(out, number_of(window, number));
        });
        writer.piece("metric_type", index_of(metric));
        writer.piece("window", usize::from(window.length != 0));
        writer.instant("window_start", window.from, InstantForm::Millis);
        writer.instant("window_end", window.to, InstantForm::Millis);
        writer.instant("timestamp", window.event_time(), InstantForm::Millis);
        match metric.value(row, Slot::All) {
            Some(value) => writer.decimal("value", value.units(), MEASURE_DECIMALS),
            None => writer.null("value"),
        }
        let mut breakdown = |field, is_there, names: &[String], slot: fn(usize) -> Slot| {
            let indices = if is_there { 0..names.len() } else { 0..0 };
            let member = |index| Some((index, metric.value(row, slot(index))?.units()));
            writer.map(field, indices.filter_map(member), MEASURE_DECIMALS);
        };
        let [categories, regions, devices] = &self.names;
        breakdown("by_category", metric.by_category, categories, Slot::Category);
        breakdown("by_region", metric.by_region, regions, Slot::Region);
        breakdown("by_device", metric.by_device, devices, Slot::Device);
    }
}

/// Index of a metric among those of an hour, which are all there are.
fn index_of(metric: &Metric) -> usize {
    OF_AN_HOUR.iter().position(|other| other.name == metric.name).unwrap_or_default()
}

/// Digits after the point of a measure.
const MEASURE_DECIMALS: u32 = Measure::DECIMALS as u32;
