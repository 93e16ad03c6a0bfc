//! Which run, and how much of it.

use super::super::{
    ConfigError, DisorderSection, Effective, Key, Layers, OnLag, Origin, RunSection, ScheduleEntry,
    Setting,
};
use crate::args::RunArgs;
use crate::env::fresh_seed;
use mercato_units::{
    Clock, Count, DurationOrNumber, Moment, Rate, SeedNumber, Shard, Threads, Timestamp,
};

/// What a program or stream does when nobody says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct RunDefaults {
    /// Event time in microseconds before a run ends that is given no other end; `None` for no end.
    pub duration: Option<i64>,
    /// The clock.
    pub clock: Clock,
}

/// A run, and the part of it that is wanted.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// The seed; a fresh one if nobody gave one.
    pub seed: Setting<u64>,
    /// The origin: event time at which the run begins.
    pub start: Setting<Timestamp>,
    /// Arrivals before the run ends.
    pub count: Option<Setting<u64>>,
    /// Records before the run ends, of those topics that are wanted; for commands that count
    /// records.
    pub records: Option<Setting<u64>>,
    /// The topics whose records are wanted; none for all.
    pub topics: Option<Vec<String>>,
    /// Event time in microseconds before the run ends.
    pub duration: Option<Setting<i64>>,
    /// Event time before which nothing is emitted.
    pub from: Option<Setting<Moment>>,
    /// Event time from which on nothing is emitted.
    pub to: Option<Setting<Moment>>,
    /// The clock.
    pub clock: Setting<Clock>,
    /// Rate of arrivals; the stream's own law if nobody gave one.
    pub rate: Option<Setting<Rate>>,
    /// Worker threads.
    pub threads: Setting<usize>,
    /// The shard to emit.
    pub shard: Setting<Shard>,
    /// Whether what is open at the end may finish.
    pub drain: Setting<bool>,
    /// What is done when records leave later than planned.
    pub on_lag: Setting<OnLag>,
    /// Lateness in microseconds beyond which the run counts as behind.
    pub lag_bound: Setting<i64>,
    /// Stretches of event time in which arrivals come more or less often.
    pub schedule: Vec<ScheduleEntry>,
    /// Faults that are put into the records on purpose.
    pub disorder: DisorderSection,
}

const SEED: Key = Key { flag: "--seed", variables: &["MERCATO_SEED"], file: "run.seed" };
const COUNT: Key = Key::new("--count", "run.count");
const DURATION: Key = Key::new("--duration", "run.duration");
const START: Key = Key::new("--start", "run.start");
const FROM: Key = Key::new("--from", "run.from");
const TO: Key = Key::new("--to", "run.to");
const BACKFILL: Key = Key::new("--backfill", "run.backfill");
const CLOCK: Key = Key::new("--clock", "run.clock");
const RATE: Key = Key::new("--rate", "run.rate");
const THREADS: Key = Key::new("--threads", "run.threads");
const SHARD: Key = Key::new("--shard", "run.shard");
const DRAIN: Key = Key::new("--drain", "run.drain");
const ON_LAG: Key = Key::new("--on-lag", "run.on_lag");
const LAG_BOUND: Key = Key::new("--lag-bound", "run.lag_bound");

/// Lateness beyond which a run counts as behind, unless told otherwise: longer than a broker takes
/// to change leaders.
const DEFAULT_LAG_BOUND: i64 = 5_000_000;

impl RunSettings {
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
        let file: RunSection = layers.section("run")?;
        let seed = layers.pick::<SeedNumber>(&SEED, args.seed, file.seed)?;
        let count = layers.pick::<Count>(&COUNT, args.count, file.count)?;
        let from = layers.pick::<Moment>(&FROM, args.from, file.from)?;
        let to = layers.pick::<Moment>(&TO, args.to, file.to)?;
        let clock = layers
            .pick(&CLOCK, args.clock, file.clock)?
            .unwrap_or(Setting::default(defaults.clock));
        let backfill = stretch(layers, &BACKFILL, args.backfill, file.backfill)?;
        let ends = count.is_some() || to.is_some() || backfill.is_some();
        let fallback = defaults.duration.filter(|_| !ends).map(Setting::default);
        let duration = stretch(layers, &DURATION, args.duration, file.duration)?;
        if let Some(Setting { value: 0, origin }) = &duration {
            let reason = "a run of no length has no records: it must be longer than 0";
            return Err(ConfigError::wrong(origin, DURATION.file, &reason));
        }
        let duration = duration.or(fallback);
        let start = layers.pick(&START, args.start, file.start)?;
        let threads = layers.pick::<Threads>(&THREADS, args.threads, file.threads)?;
        let settings = Self {
            seed: seed
                .map_or_else(|| Setting::default(fresh_seed()), |seed| seed.map(SeedNumber::get)),
            start: origin(start, backfill, duration.as_ref(), clock.value, now)?,
            count: count.map(|count| count.map(Count::get)),
            records: None,
            topics: None,
            duration,
            from,
            to,
            rate: layers.pick(&RATE, args.rate, file.rate)?,
            threads: threads.map_or_else(
                || Setting::default(default_threads(clock.value)),
                |set| set.map(as_usize),
            ),
            clock,
            shard: layers
                .pick(&SHARD, args.shard, file.shard)?
                .unwrap_or(Setting::default(Shard::WHOLE)),
            drain: layers.pick_switch(&DRAIN, args.drain, file.drain),
            on_lag: layers
                .pick_unnamed(&ON_LAG, args.on_lag, file.on_lag)
                .unwrap_or(Setting::default(OnLag::CatchUp)),
            lag_bound: stretch(layers, &LAG_BOUND, args.lag_bound, file.lag_bound)?
                .unwrap_or(Setting::default(DEFAULT_LAG_BOUND)),
            schedule: layers.section("schedule")?,
            disorder: layers.section("disorder")?,
        };
        settings.check_window()?;
        settings.check_schedule(layers)?;
        Ok(settings)
    }

    /// The effective configuration so far: schedule and faults; the binary adds its streams'
    /// sections.
    pub fn effective(&self) -> Result<Effective, ConfigError> {
        Effective::new(&self.schedule, &self.disorder)
    }

    /// Event time from which on the run makes no more arrivals, as far as it is given by duration,
    /// in microseconds since the Unix epoch.
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

    /// Refuses entries of the schedule that end before they begin or overlap, with the place at
    /// which they stand.
    fn check_schedule(&self, layers: &Layers) -> Result<(), ConfigError> {
        let span = |entry: &ScheduleEntry| {
            [entry.from, entry.to].map(|moment| moment.micros(self.start.value))
        };
        let shown = |entry: &ScheduleEntry| format!("from {} to {}", entry.from, entry.to);
        for (index, entry) in self.schedule.iter().enumerate() {
            let [from, to] = span(entry);
            let mut before = self.schedule[..index].iter();
            let reason = if from >= to {
                format!("the entry {} of `schedule` ends before it begins", shown(entry))
            } else if let Some(other) =
                before.find(|other| span(other)[0] < to && from < span(other)[1])
            {
                format!(
                    "the entry {} of `schedule` overlaps the one {}",
                    shown(entry),
                    shown(other)
                )
            } else {
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
            "the window ends at {} but begins at {from}: it must end after it begins",
            to.value
        );
        Err(ConfigError::wrong(&to.origin, TO.file, &reason))
    }
}

/// A stretch of time in microseconds; in a file it needs its unit.
pub(super) fn stretch(
    layers: &Layers,
    key: &Key,
    flag: Option<DurationOrNumber>,
    file: Option<DurationOrNumber>,
) -> Result<Option<Setting<i64>>, ConfigError> {
    let Some(found) = layers.pick(key, flag, file)? else { return Ok(None) };
    let wrong = |reason: String| ConfigError::wrong(&found.origin, key.file, &reason);
    if let (Origin::File(_), DurationOrNumber::Number(_)) = (&found.origin, found.value) {
        let number = found.value;
        return Err(wrong(format!(
            "invalid duration '{number}': expected a unit, because that of a bare number differs from program to \
             program; write {number}s or {number}m"
        )));
    }
    let duration = found
        .value
        .in_unit(layers.program().bare_duration)
        .map_err(|error| wrong(error.to_string()))?;
    let micros = duration.micros();
    Ok(Some(Setting { value: micros, origin: found.origin }))
}

/// Where the run begins: where it is told to, as long before now as it is told to, or such that
/// nothing of it lies in the future. On the clock `wall` nothing ever does.
fn origin(
    start: Option<Setting<Timestamp>>,
    backfill: Option<Setting<i64>>,
    duration: Option<&Setting<i64>>,
    clock: Clock,
    now: i64,
) -> Result<Setting<Timestamp>, ConfigError> {
    let before_now = |micros: i64, origin: Origin| match Timestamp::new(now.saturating_sub(micros))
    {
        Ok(value) => Ok(Setting { value, origin }),
        Err(error) => Err(ConfigError::wrong(&origin, BACKFILL.file, &error)),
    };
    match (start, backfill) {
        (Some(start), Some(backfill)) if start.origin.rank() == backfill.origin.rank() => {
            let reason = "run.start sets the beginning too: keep one of the two";
            Err(ConfigError::wrong(&backfill.origin, BACKFILL.file, &reason))
        }
        (Some(start), Some(backfill)) if start.origin.rank() > backfill.origin.rank() => Ok(start),
        (_, Some(backfill)) => before_now(backfill.value, backfill.origin),
        (Some(start), None) => Ok(start),
        (None, None) => {
            let ahead =
                duration.filter(|_| clock != Clock::Wall).map_or(0, |duration| duration.value);
            before_now(ahead, Origin::Default)
        }
    }
}

fn default_threads(clock: Clock) -> usize {
    match clock {
        Clock::Fast => std::thread::available_parallelism().map_or(1, usize::from),
        Clock::Wall | Clock::Paced { .. } => 1,
    }
}

fn as_usize(threads: Threads) -> usize {
    threads.get() as usize
}
