//! Events and months laid over event time.

use std::collections::BTreeMap;

use super::{Date, Event, SeasonalError};
use crate::{Factor, Zone};

/// Microseconds in an hour.
const HOUR_MICROS: i64 = 3_600_000_000;

/// The events of a shop, the months of its categories, and the zone whose midnight begins a day.
///
/// Where events overlap, the highest factor holds: two sales at once draw no more than the better
/// one.
/// Every answer is constant by steps, as the temporal engine's is; a step also ends with the local
/// year, so that it can be found from the dates of three years alone, in a few microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Zone,
    events: Vec<Event>,
    months: BTreeMap<String, [Factor; 12]>,
}

/// One coming of an event: its instants in microseconds.
struct Coming<'a> {
    event: &'a Event,
    from: i64,
    to: i64,
}

impl Calendar {
    /// The calendar of `events`, none twice, each beginning at midnight in `zone`; no month differs
    /// from another.
    pub fn new(events: Vec<Event>, zone: Zone) -> Result<Self, SeasonalError> {
        for (index, event) in events.iter().enumerate() {
            if events.iter().take(index).any(|other| other.name() == event.name()) {
                return Err(SeasonalError::Duplicate { name: event.name().to_owned() });
            }
        }
        Ok(Self { zone, events, months: BTreeMap::new() })
    }

    /// Another factor on all traffic while the event of that name runs; refuses a name that no
    /// event has.
    ///
    /// ```
    /// use mercato_patterns::seasonal::Calendar;
    /// use mercato_patterns::{Factor, Zone};
    ///
    /// // The custom configuration of document 004: a Black Friday of ten times the traffic.
    /// let calendar = Calendar::shop(Zone::UTC).with_event_factor("Black Friday", Factor::from_decimal(10.0)?)?;
    /// // 2026-11-27 12:00 UTC.
    /// assert_eq!(calendar.traffic(1_795_780_800_000_000).0, 10_000_000);
    ///
    /// let refusal = calendar.with_event_factor("Black Fryday", Factor::ONE).unwrap_err().to_string();
    /// assert_eq!(refusal, "unknown event \"Black Fryday\": did you mean \"Black Friday\"?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_event_factor(mut self, name: &str, factor: Factor) -> Result<Self, SeasonalError> {
        let index = self.position(name)?;
        self.events[index] = self.events[index].clone().with_factor(factor);
        Ok(self)
    }

    /// Adds an event after the others, or puts it in the place of the one that has its name.
    #[must_use]
    pub fn with_event(mut self, event: Event) -> Self {
        match self.position(event.name()) {
            Ok(index) => self.events[index] = event,
            Err(_) => self.events.push(event),
        }
        self
    }

    /// Leaves out the event of that name; refuses a name that no event has.
    pub fn without_event(mut self, name: &str) -> Result<Self, SeasonalError> {
        self.events.remove(self.position(name)?);
        Ok(self)
    }

    /// Applies the events and months of the category `like` to another category, which keeps months
    /// of its own.
    #[must_use]
    pub fn with_category_like(mut self, category: &str, like: &str) -> Self {
        for event in &mut self.events {
            if event.lifts(like) && !event.lifts(category) {
                let categories: Vec<String> =
                    event.categories().iter().cloned().chain([category.to_owned()]).collect();
                *event = event.clone().with_categories(categories);
            }
        }
        if let Some(months) = self.months.get(like).copied() {
            self.months.entry(category.to_owned()).or_insert(months);
        }
        self
    }

    /// Multiplies the weight of a category by its month's factor, January first.
    #[must_use]
    pub fn with_months(mut self, category: impl Into<String>, months: [Factor; 12]) -> Self {
        self.months.insert(category.into(), months);
        self
    }

    /// The events in the order given.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The event of that name; refuses a name that no event has.
    pub fn event(&self, name: &str) -> Result<&Event, SeasonalError> {
        self.position(name).map(|index| &self.events[index])
    }

    /// The zone whose midnight begins a day.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The factor on all traffic at an instant in millionths, and the first microsecond at which it
    /// may be another.
    pub fn traffic(&self, at_micros_utc: i64) -> (u64, i64) {
        let (factor, until) = self.highest(at_micros_utc, |event| Some(event.factor()));
        (factor.millionths(), until)
    }

    /// The factors on all traffic through a local year in millionths, each with the first
    /// microsecond at which it no longer holds: what [`traffic`](Self::traffic) says, for whoever
    /// asks often.
    ///
    /// The first may have begun before the year; the last ends with it.
    ///
    /// ```
    /// use mercato_patterns::Zone;
    /// use mercato_patterns::seasonal::Calendar;
    ///
    /// let calendar = Calendar::shop(Zone::UTC);
    /// // 2026-11-27 12:00 UTC, on Black Friday.
    /// let at = 1_795_780_800_000_000;
    /// let year = calendar.traffic_of_year(2026);
    /// let step = year.iter().find(|(until, _)| at < *until).copied();
    /// assert_eq!(step.map(|(until, factor)| (factor, until)), Some(calendar.traffic(at)));
    /// ```
    pub fn traffic_of_year(&self, year: i32) -> Vec<(i64, u64)> {
        let steps = self.steps(year, |event| Some(event.factor()));
        steps.into_iter().map(|(until, factor)| (until, factor.millionths())).collect()
    }

    /// The factor on a category's weight at an instant in millionths, and the first microsecond at
    /// which it may be another.
    ///
    /// It is the month's factor times the highest lift of the events that name the category;
    /// a category of which the calendar knows nothing has 1.
    pub fn category(&self, category: &str, at_micros_utc: i64) -> (u64, i64) {
        let (lift, until) =
            self.highest(at_micros_utc, |event| event.lifts(category).then(|| event.lift()));
        let Some(months) = self.months.get(category) else {
            return (lift.millionths(), until);
        };
        let local = self.zone.local(at_micros_utc);
        let month = months[usize::from(local.month - 1) % 12];
        let next = self.start_of_month(local.year, local.month + 1).unwrap_or(until);
        ((month * lift).millionths(), until.min(next))
    }

    /// The events that run at an instant.
    pub fn running(&self, at_micros_utc: i64) -> impl Iterator<Item = &Event> {
        let year = self.zone.local(at_micros_utc).year;
        self.comings(year)
            .filter(move |coming| (coming.from..coming.to).contains(&at_micros_utc))
            .map(|coming| coming.event)
    }

    /// First and last microsecond (not included) of an event's coming in the year its rule counts,
    /// if it comes in that year.
    pub fn coming(&self, event: &Event, year: i32) -> Option<(i64, i64)> {
        let from = self.zone.start_of_local_day(event.when().day_in(year)?);
        Some((from, from + i64::from(event.duration_hours()) * HOUR_MICROS))
    }

    fn position(&self, name: &str) -> Result<usize, SeasonalError> {
        let position = self.events.iter().position(|event| event.name() == name);
        position
            .ok_or_else(|| SeasonalError::unknown_event(name, self.events.iter().map(Event::name)))
    }

    /// The highest of the running events' values, 1 if none runs, and until when that is so.
    fn highest(&self, at: i64, value: impl Fn(&Event) -> Option<Factor>) -> (Factor, i64) {
        let year = self.zone.local(at).year;
        let step = |year| self.steps(year, &value).into_iter().find(|(until, _)| at < *until);
        // Where clocks repeat the last hour of a year, it belongs to the next.
        let (until, factor) =
            step(year).or_else(|| step(year.saturating_add(1))).unwrap_or((i64::MAX, Factor::ONE));
        (factor, until)
    }

    /// The steps of the highest value through a local year, each with its end; the first reaches
    /// back as far as the year before.
    fn steps(&self, year: i32, value: impl Fn(&Event) -> Option<Factor>) -> Vec<(i64, Factor)> {
        // Beyond the years of dates nothing happens.
        let start = self.start_of_month(year, 1).unwrap_or(i64::MIN);
        let end = self.start_of_month(year.max(Date::FIRST_YEAR - 1), 13).unwrap_or(i64::MAX);
        let comings: Vec<(Coming<'_>, Factor)> = self
            .comings(year)
            .filter_map(|coming| value(coming.event).map(|factor| (coming, factor)))
            .collect();
        let mut edges: Vec<i64> = (comings.iter())
            .flat_map(|(coming, _)| [coming.from, coming.to])
            .filter(|edge| (start..end).contains(edge))
            .chain([end])
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let highest = |until: i64| {
            let running = |coming: &Coming<'_>| coming.from < until && until <= coming.to;
            let factors = comings.iter().filter(|(coming, _)| running(coming));
            factors.map(|(_, factor)| *factor).max().unwrap_or(Factor::ONE)
        };
        edges.into_iter().map(|until| (until, highest(until))).collect()
    }

    /// The comings that can reach into a local year: an event lasts less than a year and begins
    /// within a month of its rule's.
    fn comings(&self, year: i32) -> impl Iterator<Item = Coming<'_>> {
        self.events.iter().flat_map(move |event| {
            (year.saturating_sub(1)..=year.saturating_add(1))
                .filter_map(move |year| self.coming(event, year))
                .map(move |(from, to)| Coming { event, from, to })
        })
    }

    /// The first microsecond of a local month, the thirteenth being the next year's first.
    fn start_of_month(&self, year: i32, month: u8) -> Option<i64> {
        let (year, month) = if month > 12 { (year + 1, 1) } else { (year, month) };
        Date::new(year, month, 1).ok().map(|date| self.zone.start_of_local_day(date.day_number()))
    }
}
