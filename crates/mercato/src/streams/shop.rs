//! The stream `shop`: one shop with several topics.

use mercato_config::RowsFile;
use mercato_encode::Shape;
use mercato_engine::{Extent, Format, Run};
use mercato_runtime::session::Plan;
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::{Rate, Timestamp};
use mercato_shop::ParamsError;
use mercato_shop::shop::{
    Analytics, Campaigns, Crowding, Listings, ProductUpdates, Shop, ShopConfig, ShopParams, Topic,
    UserUpdates,
};

use super::{StreamSpec, TopicPreset, TopicRecord, products, records};
use crate::{Schedules, StreamError};

/// The settings of document 004's `DataGenerationConfig`.
const DOCUMENT_004: &[(&str, &str)] = &[
    ("total_users", "shop.users.total"),
    ("active_user_ratio", "shop.users.active_ratio"),
    ("vip_user_ratio", "shop.users.vip_ratio"),
    ("total_products", "shop.catalogue.products"),
    ("categories", "shop.catalogue.categories"),
    ("price_ranges", "shop.catalogue.categories[].price"),
    ("base_transaction_rate", "shop.transactions"),
    ("peak_hour_multiplier", "shop.week.peak"),
    ("weekend_multiplier", "shop.week.weekend"),
    ("fraud_rate", "shop.fraud.rate"),
    ("fraud_patterns", "shop.fraud.patterns"),
];

/// Microseconds of the periods that are searched for hours with too few users: of a run with an end
/// at most a year, of one that counts the first hour, of any other the first day.
const YEAR: i64 = 366 * DAY;
const DAY: i64 = 24 * HOUR;
const HOUR: i64 = 3_600_000_000;

impl StreamSpec for ShopConfig {
    const NAME: &'static str = "shop";
    const ABOUT: &'static str = "One shop whose sessions produce user events and transactions (mercato generate, mercato stream).";
    const WORDING: SummaryStyle = SummaryStyle::Topics;
    /// Longer than nearly all sessions, the settling of their transactions included.
    const WARM_UP: i64 = 3_600_000_000;
    const ROWS_FILES: &'static [RowsFile] = products::OF_SHOP;
    const DOCUMENTED: &'static [(&'static str, &'static str)] = DOCUMENT_004;
    const HAS_SCENARIOS: bool = true;

    fn topics() -> Vec<TopicPreset> {
        let preset = |topic: &Topic| TopicPreset {
            name: topic.name,
            partitions: topic.partitions,
            compacted: topic.compacted,
            table: topic.rows.map(|rows| rows.table),
        };
        Topic::ALL.iter().map(preset).collect()
    }

    fn records(&self, shape: &Shape, topic: Option<&str>) -> Result<Vec<TopicRecord>, StreamError> {
        // Chargebacks have a record type in a shop without any, too.
        let mut config = self.clone();
        let share = &mut config.fraud.chargebacks.share;
        if *share == 0.0 {
            *share = 1.0;
        }
        Ok(records::of_run(&config.run(&records::any_plan(shape, topic), Format::Json)?))
    }

    fn check(&self) -> Result<(), ParamsError> {
        ShopParams::new(self).map(drop)
    }

    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError> {
        *self = self.with_sessions(rate)?;
        Ok(())
    }

    /// Warns of users who come again before a visit ends, because they are too few for the traffic.
    fn warning(&self, plan: &Plan) -> Option<String> {
        let sessions = [Topic::USER_EVENTS, Topic::TRANSACTIONS].map(|topic| topic.of(self));
        let is_wanted = |name: &String| sessions.contains(&name.as_str());
        if plan.topics.as_ref().is_some_and(|topics| !topics.iter().any(is_wanted)) {
            return None;
        }
        let params = ShopParams::new(self).ok()?;
        let schedule = Schedules::new(&params, &plan.timetable).ok()?.sessions;
        let Extent { from, to, until, .. } = plan.extent;
        let from = from.unwrap_or(plan.world.origin);
        let looked_at =
            |end: Option<i64>, most: i64| from.saturating_add(most).min(end.unwrap_or(i64::MAX));
        let to = match (to, until) {
            // How long a count takes follows from the traffic; an hour is long for most.
            (None, None) if plan.extent.arrivals.or(plan.extent.records).is_some() => {
                looked_at(None, HOUR)
            }
            (None, None) => looked_at(None, DAY),
            _ => looked_at(to.into_iter().chain(until).min(), YEAR),
        };
        let Crowding { zone, at, gap_millis, visit_millis, enough } =
            params.crowding(&schedule, from, to)?;
        let seconds = |millis: u64| millis as f64 / 1e3;
        Some(format!(
            "at {} the busiest users of {zone} return every {:.1} s, but an average visit takes {:.0} s, so \
             visits are cut short and many events have a `duration_seconds` of 0: set shop.users.total \
             to {enough} or more (now {}), or use a lower rate",
            Timestamp::from_micros(at),
            seconds(gap_millis),
            seconds(visit_millis),
            self.users.total
        ))
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        let Parts { shop, updates, listings, users, campaigns, analytics, updates_topic } =
            Parts::new(self, plan)?;
        // Sessions are drawn only where somebody sees them, or counts them.
        let only_updates = plan.topics.as_ref().is_some_and(|names| *names == [updates_topic]);
        let builder = plan.builder(format)?;
        if only_updates && plan.extent.arrivals.is_none() {
            let builder = match listings {
                Some(listings) => builder.and(listings),
                None => builder.and(updates),
            };
            return Ok(plan.build(builder)?);
        }
        let builder = builder.and(shop);
        let builder = match listings {
            Some(listings) => builder.beside(listings),
            None => builder.beside(updates),
        };
        Ok(plan.build(builder.beside(users).beside(campaigns).folded(analytics))?)
    }
}

/// The streams that a shop is made of.
struct Parts {
    shop: Shop,
    updates: ProductUpdates,
    /// In their place, where changes of rows are wanted.
    listings: Option<Listings>,
    users: UserUpdates,
    campaigns: Campaigns,
    analytics: Analytics,
    updates_topic: String,
}

impl Parts {
    fn new(config: &ShopConfig, plan: &Plan) -> Result<Self, StreamError> {
        let params = ShopParams::new(config)?;
        let Schedules { sessions, campaigns } = Schedules::new(&params, &plan.timetable)?;
        Ok(Self {
            updates: ProductUpdates::new(plan.world, &params),
            listings: plan
                .shape
                .changes
                .map(|form| Listings::new(plan.world, &params, plan.warm_up, form)),
            users: UserUpdates::new(plan.world, &params),
            campaigns: Campaigns::new(plan.world, &params, campaigns),
            analytics: Analytics::new(&params),
            updates_topic: params.topic(Topic::PRODUCT_UPDATES).to_owned(),
            shop: Shop::new(plan.world, params, sessions).seen_after(plan.world, plan.warm_up),
        })
    }
}
