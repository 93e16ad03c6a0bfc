//! The options of a run: its identity, the part of it that is wanted, and its pace.

use std::collections::BTreeMap;

use clap::ArgAction;
use mercato_units::{
    Clock, Count, Duration, DurationOrNumber, Moment, Rate, SeedNumber, Shard, Threads, Timestamp,
    Unit, ValueError,
};

use super::options;
use crate::env::fresh_seed;
use crate::value::OrSeconds;
use crate::{
    Cdc, ConfigError, DisorderList, DisorderSection, Effective, Layers, OnLag, Origin,
    RecordSection, ScheduleEntry, Setting, TimestampFormat,
};

/// The defaults of a program or stream.
#[derive(Debug, Clone, Copy)]
pub struct RunDefaults {
    /// Default duration in microseconds of event time; `None` for no limit.
    pub duration: Option<i64>,
    /// The clock.
    pub clock: Clock,
    /// Warm-up in microseconds of a run that starts now; 0 for none.
    pub warm_up: i64,
}

/// The things that `--count` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Arrivals: orders, transactions, events or sessions.
    Arrivals,
    /// Records of the wanted topics.
    Records,
}

options! {
    /// The specification of a run: its identity, the part of it that is wanted, and its pace.
    [run] "Run" => RunArgs, RunSection, RunSpec(args, layers, defaults: &RunDefaults, now: Timestamp);

    /// Random seed: the same seed, start and settings produce the same records
    seed: SeedNumber, default("random, printed with the run", fresh_seed()),
        flag("seed", value_name = "N", allow_negative_numbers = true), env("MERCATO_SEED"), repeat(always);

    /// Start the run at this event time, such as 2025-01-31T09:30:00Z
    start: Timestamp, default("now; now minus the duration if a duration is given and the clock is not `wall`", now),
        flag("start", value_name = "T"), repeat(always);

    /// Start this long ago: generate history at full speed, then continue live; replaces the start
    backfill: DurationOrNumber, unset(),
        flag("backfill", value_name = "D", allow_negative_numbers = true, conflicts_with = "start");

    /// Begin this long before the start, without emitting: orders and sessions are under way at the
    /// start
    warm_up: DurationOrNumber, unset("1h for `mercato stream` that starts now, else none"),
        flag("warm-up", value_name = "D", allow_negative_numbers = true), repeat(given);

    /// Stop after this many arrivals (orders, transactions, events or sessions)
    count: Count, unset("no limit"),
        flag("count", value_name = "N", allow_negative_numbers = true), repeat(given);

    /// Stop after this much event time: 90s, 5m, 2h
    duration: DurationOrNumber, unset("5m for `sales` unless another option ends the run, else no limit"),
        flag("duration", value_name = "D", allow_negative_numbers = true), repeat(given);

    /// Emit only records from this time on; may be an offset from the start such as +10m
    from: Moment, unset("the start"), flag("from", value_name = "T"), repeat(given);

    /// Emit only records before this time; may be an offset from the start such as +20m
    to: Moment, unset("the end"), flag("to", value_name = "T"), schema(example = "+20m"), repeat(given);

    /// Arrival rate: 1000/h, 2/m, 50/s; a bare number is per hour
    rate: Rate, unset("the stream's own"),
        flag("rate", value_name = "R", allow_hyphen_values = true), repeat(given);

    /// Pace: `wall` (event time is wall time; past records are sent at once), `fast` (no waiting),
    /// or a factor such as 1x or 60x
    clock: Clock, default("wall; fast for `mercato generate` and `mercato historical`", defaults.clock),
        flag("clock", value_name = "C"), repeat(given);

    /// Number of worker threads; does not affect the records
    threads: Threads, default("all cores with the clock `fast`, else 1", default_threads(clock.value)),
        flag("threads", value_name = "N", allow_negative_numbers = true);

    /// Emit only shard I of N; each key belongs to exactly one shard
    shard: Shard, default("0/1"), flag("shard", value_name = "I/N"), repeat(given);

    /// Key of the records: a field of every topic by its CSV name, such as `user_id`, or `none`
    key: String, unset("the key of each topic"), flag("key", value_name = "FIELD"),
        schema(example = &"user_id"), repeat(given);

    /// Write all instants as `iso` text, or as numbers: `epoch-ms` or `epoch-us`
    timestamp_format: TimestampFormat, unset("the form of each field"),
        flag("timestamp-format", value_name = "FORM"), repeat(given);

    /// Write changes of rows: `debezium` events with the row before and after, or `upsert`: the row
    /// after the change, and a tombstone for a deleted one
    cdc: Cdc, unset("records as their topic has them"), flag("cdc", value_name = "FORM"), repeat(given);

    /// Disturb records on purpose: KIND=SHARE or KIND=SHARE:MAX, separated by commas; kinds are late,
    /// reorder, duplicate, drop, future and malformed
    faults: DisorderList, unset("none"), flag("disorder", value_name = "LIST"), env("MERCATO_DISORDER"),
        key("disorder"), repeat(given);

    /// After the end, let open orders or sessions finish instead of leaving them open
    drain: bool, otherwise(false), flag("drain", action = ArgAction::SetTrue), repeat(given);

    /// Action when records fall behind schedule: `catch-up` at full speed, `shed` records that are
    /// too late (skipped, counted and listed in the ledger), or `stretch` the schedule by the lag
    on_lag: OnLag, default("catch-up"), flag("on-lag", value_name = "WHAT");

    /// Lateness above which a run counts as late, and its records as too late
    lag_bound: OrSeconds, default("5s"), flag("lag-bound", value_name = "D", allow_negative_numbers = true),
        schema(example = "5s");

    merged {
        /// The unit of [`RunSpec::count`].
        counted: Counted = Counted::Arrivals;
        /// The topics whose records are wanted; none for all.
        topics: Option<Vec<String>> = None;
        /// Periods of event time with a higher or lower arrival rate.
        schedule: Vec<ScheduleEntry> = layers.section("schedule")?;
        /// Faults that are deliberately injected into the records.
        disorder: DisorderSection = layers.section("disorder")?;
    }
}

impl RunSpec {
    /// Resolves the flags over `layers`, for a run that is started at `now`, microseconds since the
    /// Unix epoch.
    ///
    /// The default duration holds only if neither count, duration, end of window nor backfill is
    /// given.
    /// Fails when a file or variable is wrong, or when the window is empty.
    pub fn resolve(
        args: &RunArgs,
        layers: &Layers,
        defaults: &RunDefaults,
        now: i64,
    ) -> Result<Self, ConfigError> {
        let started = Timestamp::new(now)
            .map_err(|error| ConfigError::Usage { reason: error.to_string() })?;
        let mut spec = Self::merge(args, layers, defaults, started)?;
        if let Some(list) = &spec.faults {
            list.value.apply(&mut spec.disorder);
        }
        spec.settle_duration(defaults)?;
        spec.settle_start(now)?;
        spec.settle_warm_up(defaults)?;
        spec.check_window()?;
        spec.check_schedule(layers)?;
        Ok(spec)
    }

    fn settle_duration(&mut self, defaults: &RunDefaults) -> Result<(), ConfigError> {
        if let Some(Setting { value: 0, origin }) = &self.duration {
            let shortest = Duration::of(1, Unit::Microseconds);
            let reason = ValueError::out_of_range("duration", "0s", shortest, Duration::MAX);
            return Err(ConfigError::wrong(origin, "run.duration", &reason));
        }
        let ends = self.count.is_some() || self.to.is_some() || self.backfill.is_some();
        if self.duration.is_none() && !ends {
            self.duration = defaults.duration.map(Setting::default);
        }
        Ok(())
    }

    /// Moves the start back by the backfill, or so far that no part of the run lies in the future;
    /// with the clock `wall` none ever does.
    fn settle_start(&mut self, now: i64) -> Result<(), ConfigError> {
        let duration = self.duration.as_ref();
        let (before, blamed, origin) = match &self.backfill {
            Some(Setting { origin, .. }) if origin.rank() == self.start.origin.rank() => {
                let reason = "conflicts with run.start: keep one of the two";
                return Err(ConfigError::wrong(origin, "run.backfill", &reason));
            }
            Some(Setting { value, origin }) if origin.rank() > self.start.origin.rank() => {
                (*value, ("run.backfill", origin.clone()), origin.clone())
            }
            _ if self.start.origin == Origin::Default && self.clock.value != Clock::Wall => {
                let set = duration.cloned().unwrap_or_else(|| Setting::default(0));
                (set.value, ("run.duration", set.origin), Origin::Default)
            }
            _ => return Ok(()),
        };
        let Ok(value) = Timestamp::new(now.saturating_sub(before)) else {
            let (key, origin) = blamed;
            return Err(ConfigError::wrong(&origin, key, &too_long_ago(before, now)));
        };
        self.start = Setting { value, origin };
        Ok(())
    }

    /// Gives a run that starts now its stream's warm-up, unless something else says which part of
    /// it is wanted; refuses one before 1970, and one of a run that counts arrivals.
    fn settle_warm_up(&mut self, defaults: &RunDefaults) -> Result<(), ConfigError> {
        let starts_now = self.start.origin == Origin::Default && self.clock.value == Clock::Wall;
        if self.warm_up.is_none() && starts_now && self.from.is_none() && self.count.is_none() {
            self.warm_up =
                Some(defaults.warm_up).filter(|micros| *micros > 0).map(Setting::default);
        }
        let Some(Setting { value, origin }) = self.warm_up.as_ref().filter(|set| set.value > 0)
        else {
            return Ok(());
        };
        let reason = if self.count.is_some() {
            "cannot be combined with run.count, which counts from the beginning of the warm-up: end \
             the run with run.duration"
                .to_owned()
        } else if self.origin().micros() < 0 {
            let (warm_up, start) =
                (Duration::from_micros(*value).unwrap_or_default(), self.start.value);
            format!("{warm_up} before the start, {start}, is earlier than 1970")
        } else {
            return Ok(());
        };
        Err(ConfigError::wrong(origin, "run.warm_up", &reason))
    }

    /// The event time at which the run begins: its start, or as much earlier as it warms up.
    pub fn origin(&self) -> Timestamp {
        Timestamp::from_micros(self.start.value.micros() - self.warm_up_micros())
    }

    /// The duration of the warm-up in microseconds; 0 without one.
    pub fn warm_up_micros(&self) -> i64 {
        self.warm_up.as_ref().map_or(0, |warm_up| warm_up.value)
    }

    /// The periods of the schedule, as the run's identity records them: counted from its origin,
    /// so at fixed times where a warm-up lies between origin and start.
    pub fn fixed_schedule(&self) -> Vec<ScheduleEntry> {
        let fixed = |moment: Moment| match self.warm_up_micros() {
            0 => moment,
            _ => Moment::At(Timestamp::from_micros(moment.micros(self.start.value))),
        };
        let entry = |entry: &ScheduleEntry| ScheduleEntry {
            from: fixed(entry.from),
            to: fixed(entry.to),
            ..entry.clone()
        };
        self.schedule.iter().map(entry).collect()
    }

    /// The effective configuration so far: schedule and faults; the binary adds its streams'
    /// sections.
    pub fn effective(&self) -> Result<Effective, ConfigError> {
        let effective = Effective::new(&self.fixed_schedule(), &self.disorder)?;
        match self.record() {
            record if record == RecordSection::default() => Ok(effective),
            record => effective.with("record", &record),
        }
    }

    /// The shape in which records are written.
    pub fn record(&self) -> RecordSection {
        RecordSection {
            key: self.key.as_ref().map(|key| key.value.clone()),
            timestamp_format: self.timestamp_format.as_ref().map(|format| format.value),
            cdc: self.cdc.as_ref().map(|form| form.value),
        }
    }

    /// Returns the event time at which arrivals end, if a duration sets it, in microseconds since
    /// the Unix epoch.
    pub fn end(&self) -> Option<i64> {
        self.duration
            .as_ref()
            .map(|duration| self.start.value.micros().saturating_add(duration.value))
    }

    /// Adds entries that flags give to those of files; refuses one that ends before it begins or
    /// overlaps another.
    pub fn schedule_also(
        &mut self,
        entries: impl IntoIterator<Item = ScheduleEntry>,
        layers: &Layers,
    ) -> Result<(), ConfigError> {
        self.schedule.extend(entries);
        self.check_schedule(layers)
    }

    /// Refuses schedule entries that end before they start or overlap, and reports their place.
    fn check_schedule(&self, layers: &Layers) -> Result<(), ConfigError> {
        let span = |entry: &ScheduleEntry| {
            [entry.from, entry.to].map(|moment| moment.micros(self.start.value))
        };
        let shown = |entry: &ScheduleEntry| format!("from {} to {}", entry.from, entry.to);
        // The entries so far by their beginnings; none of them overlaps another.
        let mut known: BTreeMap<i64, (i64, &ScheduleEntry)> = BTreeMap::new();
        for (index, entry) in self.schedule.iter().enumerate() {
            let [from, to] = span(entry);
            let last = known.range(..to).next_back().map(|(_, entry)| *entry);
            let reason = if from >= to {
                format!("the `schedule` entry {} ends before it starts", shown(entry))
            } else if let Some((_, other)) = last.filter(|(end, _)| from < *end) {
                format!("the `schedule` entry {} overlaps the entry {}", shown(entry), shown(other))
            } else {
                known.insert(from, (to, entry));
                continue;
            };
            return Err(match layers.place_of_entry("schedule", index) {
                Some(place) => ConfigError::File { place, reason },
                None => ConfigError::Usage { reason },
            });
        }
        Ok(())
    }

    fn check_window(&self) -> Result<(), ConfigError> {
        let Some(to) = &self.to else { return Ok(()) };
        let begin = self
            .from
            .as_ref()
            .map_or(self.start.value.micros(), |from| from.value.micros(self.start.value));
        if to.value.micros(self.start.value) > begin.max(self.start.value.micros()) {
            return Ok(());
        }
        let from = self
            .from
            .as_ref()
            .map_or_else(|| self.start.value.to_string(), |from| from.value.to_string());
        let reason = format!(
            "the window ends at {} but starts at {from}: the end must be after the start",
            to.value
        );
        Err(ConfigError::wrong(&to.origin, "run.to", &reason))
    }
}

/// Says that a run of `micros` that ends at `now` would start too early.
fn too_long_ago(micros: i64, now: i64) -> String {
    let shown = |micros| Duration::from_micros(micros).unwrap_or_default();
    let day = Unit::Days.micros();
    format!(
        "{} before now is earlier than 1970; give --start, or at most {}",
        shown(micros),
        shown(now.div_euclid(day) * day)
    )
}

fn default_threads(clock: Clock) -> u64 {
    match clock {
        Clock::Fast => std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64),
        Clock::Wall | Clock::Paced { .. } => 1,
    }
}
