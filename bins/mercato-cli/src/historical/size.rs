//! Estimates the size of a history and checks the free disk space.
//!
//! Sessions and product updates are as many as arrive; results of analytics come by the clock, and
//! nearly all profiles of users at the beginning, so each of these is counted in its own way.

use mercato::engine::{Extent, Format, Run, Shard};
use mercato::runtime::estimate::{Estimate, human_bytes};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::session::{Packing, Plan, encoding};
use mercato::schema::Timestamp;
use mercato::shop::shop::{Analytics, Driver, ShopConfig, Topic};
use mercato::sinks::{FileFormat, free_bytes};
use mercato::units::Rate;
use mercato::{Generation, Generator, Statistics, StreamError, StreamSpec};

/// Microseconds of the first sample: a second, which is enough for the busiest shop.
const FIRST_SAMPLE: i64 = 1_000_000;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// Profiles that say enough of all.
const PROFILES: u64 = 2_048;

/// Sessions an hour, in millionths, of a shop whose results of analytics are about as long as those of any.
const QUIET: u64 = 1_000_000_000;

/// Says how large the history will be; refuses it where the disk has less room, unless it is
/// `forced`.
pub(super) fn check(
    generation: &Generation<ShopConfig>,
    form: FileFormat,
    forced: bool,
) -> Result<(), Failure> {
    let estimate = estimate(generation, form)?;
    let output = &generation.output;
    let path = output.output.as_ref().and_then(|output| output.value.path());
    let free = match path {
        Some(path) => free_bytes(path).map_err(|error| {
            Failure::new(
                Exit::File,
                format!("cannot determine the free space for {}: {error}", path.display()),
            )
        })?,
        None => None,
    };
    let place =
        path.map_or_else(|| "discarded".to_owned(), |path| format!("into {}", path.display()));
    let room = free.map(|free| format!("; {} free", human_bytes(free))).unwrap_or_default();
    let told = format!("{estimate}, {place}{room}");
    if free.is_some_and(|free| free < estimate.bytes) && !forced {
        let failure =
            Failure::new(Exit::File, format!("not enough disk space for the history: {told}"));
        return Err(failure
            .advise("use fewer days, --topics, --compress zst or another directory, or --force to start anyway"));
    }
    logging::say(&told);
    Ok(())
}

/// The size of the whole history.
fn estimate(generation: &Generation<ShopConfig>, form: FileFormat) -> Result<Estimate, Failure> {
    let Generation { run: settings, stream, output, .. } = generation;
    let mut shop = stream.clone();
    shop.set_settings(settings)?;
    let history = History {
        plan: Plan::of_settings(settings)?,
        shop,
        format: encoding(output.encoding()),
        form,
        are_malformed: settings.disorder.malformed.millionths() > 0,
    };
    let run = history.run(&history.plan)?;
    let mut all = Estimate::default();
    for of_driver in [History::arriving, History::users, History::results] {
        for topic in of_driver(&history, run.topics())? {
            all += topic;
        }
    }
    Ok(all)
}

/// A history, of which samples are made.
struct History {
    plan: Plan,
    shop: ShopConfig,
    format: Format,
    form: FileFormat,
    are_malformed: bool,
}

impl History {
    fn run(&self, plan: &Plan) -> Result<Run, StreamError> {
        self.shop.run(plan, self.format)
    }

    /// The plan of these topics alone, from the beginning to `until` and to this many records.
    fn part(&self, topics: &[String], until: i64, records: Option<u64>) -> Plan {
        let extent = Extent { until: Some(until), records, drain: true, ..Extent::default() };
        Plan { extent, topics: Some(topics.to_vec()), ..self.plan.clone() }
    }

    /// Those of `topics` whose volume such a rate drives.
    fn driven(&self, topics: &[String], by: impl Fn(Driver) -> bool) -> Vec<String> {
        let driven: Vec<&str> = (Topic::ALL.iter().filter(|topic| by(topic.driver)))
            .map(|topic| topic.of(&self.shop))
            .collect();
        topics.iter().filter(|topic| driven.contains(&topic.as_str())).cloned().collect()
    }

    fn measured(&self, sample: &Run) -> Result<Vec<(String, Estimate)>, Failure> {
        let packing = Packing::of(sample, self.form, self.are_malformed)?;
        Ok(Estimate::measured(sample, &packing)?)
    }

    /// Topics whose records follow from arrivals: as many for each as in the sample.
    fn arriving(&self, topics: &[String]) -> Result<Vec<Estimate>, Failure> {
        let is_arriving = |driver| !matches!(driver, Driver::Users | Driver::Clock);
        let topics = self.driven(topics, is_arriving);
        if topics.is_empty() {
            return Ok(Vec::new());
        }
        let end = self.plan.extent.until.unwrap_or(i64::MAX);
        let until = |until| self.run(&self.part(&topics, until, None));
        let sample = sample(until, self.plan.world.origin, end)?;
        let whole = self.run(&Plan { topics: Some(topics.clone()), ..self.plan.clone() })?;
        let arrivals = |run: &Run| u128::from(run.expected_arrivals().unwrap_or(0));
        let (all, some) = (arrivals(&whole), arrivals(&sample).max(1));
        let scaled = |(_, topic): (String, Estimate)| {
            let records = u128::from(topic.records) * all / some;
            topic.scaled_to(u64::try_from(records).unwrap_or(u64::MAX))
        };
        Ok(self.measured(&sample)?.into_iter().map(scaled).collect())
    }

    /// Users: one profile for each who comes, and their changes.
    fn users(&self, topics: &[String]) -> Result<Vec<Estimate>, Failure> {
        let topics = self.driven(topics, |driver| driver == Driver::Users);
        if topics.is_empty() {
            return Ok(Vec::new());
        }
        let (from, to) = self.hours();
        let statistics = Generator::new(self.shop.clone(), 0, Timestamp::from_micros(0))
            .map_err(|error| Failure::new(Exit::Config, error))?
            .statistics();
        let per_hour = |millionths: u64| millionths as f64 / 1e6;
        let sessions = per_hour(statistics.per_hour.sessions);
        let came = |hours: f64| visitors(&statistics, sessions * hours);
        let changes = per_hour(statistics.per_hour.users) * (to - from);
        let records = (came(to) - came(from) + changes) / f64::from(self.plan.shard.count());
        let until = self.plan.world.origin.saturating_add(HOUR);
        let sample = self.run(&self.part(&topics, until, Some(PROFILES)))?;
        let scaled = |(_, topic): (String, Estimate)| topic.scaled_to(records as u64);
        Ok(self.measured(&sample)?.into_iter().map(scaled).collect())
    }

    /// Results of analytics: as many an hour at any rate, all of them in the first shard.
    fn results(&self, topics: &[String]) -> Result<Vec<Estimate>, Failure> {
        let topics = self.driven(topics, |driver| driver == Driver::Clock);
        if topics.is_empty() || self.plan.shard.index() > 0 {
            return Ok(Vec::new());
        }
        let (from, to) = self.hours();
        let records = (to - from) * Analytics::RESULTS_PER_HOUR as f64;
        let mut quiet = self.shop.clone();
        if let Some(rate) = Rate::from_millionths_per_hour(QUIET) {
            quiet.set_rate(rate).map_err(StreamError::from)?;
        }
        let until = self.plan.world.origin.saturating_add(2 * HOUR);
        let part = Plan { shard: Shard::WHOLE, ..self.part(&topics, until, None) };
        let sample = quiet.run(&part, self.format)?;
        let scaled = |(_, topic): (String, Estimate)| topic.scaled_to(records as u64);
        Ok(self.measured(&sample)?.into_iter().map(scaled).collect())
    }

    /// Hours from the origin to the beginning and to the end of the history.
    fn hours(&self) -> (f64, f64) {
        let Extent { from, until, to, .. } = self.plan.extent;
        let origin = self.plan.world.origin;
        let end = until.into_iter().chain(to).min().unwrap_or(origin);
        let hours = |time: i64| time.saturating_sub(origin).max(0) as f64 / HOUR as f64;
        (from.map_or(0.0, hours), hours(end))
    }
}

/// Active users who have come after this many visits.
///
/// They take turns: those who come half as often come once in two rounds, and so on, so every user
/// has come after eight rounds.
fn visitors(statistics: &Statistics, visits: f64) -> f64 {
    let share = |kind: &str| statistics.user_types.get(kind).copied().unwrap_or_default();
    let (vips, regulars, others) = (share("vip"), share("regular"), share("new"));
    let levels = [(vips, 1.0), (regulars / 2.0, 0.5), (regulars / 2.0, 0.25), (others, 0.125)];
    let round: f64 = levels.iter().map(|(share, often)| share * often).sum();
    let rounds = visits / (round * statistics.active_users as f64).max(1.0);
    let came = levels.iter().map(|(share, often)| share * (rounds * often).min(1.0));
    came.sum::<f64>() * statistics.active_users as f64
}

/// The beginning of the run with as many arrivals as an estimate needs, or all of it.
fn sample(
    until: impl Fn(i64) -> Result<Run, StreamError>,
    origin: i64,
    end: i64,
) -> Result<Run, StreamError> {
    let mut length = FIRST_SAMPLE;
    loop {
        let last = origin.saturating_add(length).min(end);
        let run = until(last)?;
        if last == end
            || run.expected_arrivals().is_some_and(|arrivals| arrivals >= Estimate::SAMPLE)
        {
            return Ok(run);
        }
        length = length.saturating_mul(2);
    }
}
