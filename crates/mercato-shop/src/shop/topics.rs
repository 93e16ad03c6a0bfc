//! The topics of the shop: one row each, and whatever must know of all of them reads the table.

use std::sync::LazyLock;

use mercato_encode::{Layout, Rows};
use mercato_schema::{
    AnalyticsResult, Chargeback, Described, Description, FraudAlert, ProductUpdate, Purchase,
    SessionEvent, UserUpdate,
};

use super::{Expected, PRODUCTS, ShopConfig};

/// A topic of the shop.
///
/// ```
/// use mercato_shop::shop::{ShopConfig, Topic};
///
/// let config = ShopConfig { updates_topic: "prices".to_owned(), ..ShopConfig::default() };
/// let topic = Topic::named("product_update").expect("it is an alias of product-updates");
/// assert_eq!((topic.name, topic.of(&config)), ("product-updates", "prices"));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Topic {
    /// Its name, unless a configuration gives another.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// The key of `[shop]` that names it.
    pub key: &'static str,
    /// One-line description of its records.
    pub about: &'static str,
    /// Number of partitions for its volume.
    pub partitions: u32,
    /// True if only the last record of each key matters.
    pub compacted: bool,
    /// The table whose changes it can have instead of its records; none where these are events.
    pub rows: Option<Rows>,
    /// The rate that drives its volume.
    pub driver: Driver,
    /// Its place between cause and effect: of records of one time those of the lowest rank come
    /// first.
    pub rank: u8,
    /// Why a shop may be without it, and what gives it one; none where every shop has it.
    pub optional: Option<[&'static str; 2]>,
    index: usize,
    described: fn() -> Description,
    configured: fn(&ShopConfig) -> &String,
    made: fn(&ShopConfig) -> bool,
    expected: fn(&Expected) -> u64,
}

/// The rate that drives a topic's volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The rate of sessions.
    Sessions,
    /// The catalogue's `price_updates`.
    PriceUpdates,
    /// The number of users: one record for each, and one for each of their changes.
    Users,
    /// Nothing: there are as many an hour at any rate.
    Clock,
}

impl Topic {
    /// User activity.
    pub const USER_EVENTS: Self = Self {
        name: SessionEvent::TOPIC,
        aliases: &["user_events", "user-event", "events"],
        key: "events_topic",
        about: "User activity in the shop",
        partitions: 6,
        compacted: false,
        rows: None,
        driver: Driver::Sessions,
        optional: None,
        rank: 2,
        index: 0,
        described: SessionEvent::description,
        configured: |config| &config.events_topic,
        made: |_| true,
        expected: |expected| expected.events,
    };
    /// Purchases.
    pub const TRANSACTIONS: Self = Self {
        name: Purchase::TOPIC,
        aliases: &["transaction"],
        key: "transactions_topic",
        about: "Purchases",
        rank: 3,
        index: 1,
        described: Purchase::description,
        configured: |config| &config.transactions_topic,
        expected: |expected| expected.transactions,
        ..Self::USER_EVENTS
    };
    /// Price changes, launches and deliveries; a product's present state is its last update.
    pub const PRODUCT_UPDATES: Self = Self {
        name: ProductUpdate::TOPIC,
        aliases: &["product_updates", "product-update", "updates"],
        key: "updates_topic",
        about: "Price changes, launches and deliveries",
        partitions: 3,
        compacted: true,
        rows: Some(PRODUCTS),
        driver: Driver::PriceUpdates,
        optional: None,
        rank: 0,
        index: 2,
        described: ProductUpdate::description,
        configured: |config| &config.updates_topic,
        made: |_| true,
        expected: |expected| expected.updates,
    };
    /// Who the users are; a user's present state is their last record.
    pub const USERS: Self = Self {
        name: UserUpdate::TOPIC,
        aliases: &["user", "user-updates", "user-profiles"],
        key: "users_topic",
        about: "Profiles of users, and their changes",
        rows: None,
        driver: Driver::Users,
        rank: 1,
        index: 3,
        described: UserUpdate::description,
        configured: |config| &config.users_topic,
        expected: |expected| expected.users,
        ..Self::PRODUCT_UPDATES
    };
    /// Fraud alerts on transactions.
    pub const FRAUD_ALERTS: Self = Self {
        name: FraudAlert::TOPIC,
        aliases: &["fraud_alerts", "fraud-alert", "alerts"],
        key: "alerts_topic",
        about: "Fraud alerts on transactions",
        partitions: 3,
        rank: 4,
        index: 4,
        described: FraudAlert::description,
        configured: |config| &config.alerts_topic,
        expected: |expected| expected.alerts,
        ..Self::USER_EVENTS
    };
    /// Transactions that are taken back.
    pub const CHARGEBACKS: Self = Self {
        name: Chargeback::TOPIC,
        aliases: &["chargeback"],
        key: "chargebacks_topic",
        about: "Transactions reversed days later",
        optional: Some([
            "this shop has no chargebacks",
            "use a configuration file in which [shop.fraud.chargebacks] has a `share` above 0",
        ]),
        partitions: 3,
        rank: 5,
        index: 5,
        described: Chargeback::description,
        configured: |config| &config.chargebacks_topic,
        made: |config| config.fraud.chargebacks.share > 0.0,
        expected: |expected| expected.chargebacks,
        ..Self::USER_EVENTS
    };
    /// Metrics of the others.
    pub const ANALYTICS_RESULTS: Self = Self {
        name: AnalyticsResult::TOPIC,
        aliases: &["analytics_results", "analytics-result", "analytics"],
        key: "analytics_topic",
        about: "Per-minute and per-hour aggregates of the other topics",
        partitions: 3,
        driver: Driver::Clock,
        rank: 6,
        index: 6,
        described: AnalyticsResult::description,
        configured: |config| &config.analytics_topic,
        expected: |expected| expected.results,
        ..Self::USER_EVENTS
    };

    /// Every topic, in the order in which a run has them.
    pub const ALL: [Self; 7] = [
        Self::USER_EVENTS,
        Self::TRANSACTIONS,
        Self::PRODUCT_UPDATES,
        Self::USERS,
        Self::FRAUD_ALERTS,
        Self::CHARGEBACKS,
        Self::ANALYTICS_RESULTS,
    ];

    /// The topic that is called so, or by an alias, with hyphens and underscores alike.
    pub fn named(name: &str) -> Option<Self> {
        let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
        let is = |known: &str| plain(known) == plain(name);
        Self::ALL
            .into_iter()
            .find(|topic| is(topic.name) || topic.aliases.iter().any(|alias| is(alias)))
    }

    /// Its name in a configuration.
    pub fn of(self, config: &ShopConfig) -> &str {
        (self.configured)(config)
    }

    /// Returns whether a shop has it.
    pub fn is_made(self, config: &ShopConfig) -> bool {
        (self.made)(config)
    }

    /// Returns the expected records per hour, in millionths.
    pub fn per_hour(self, expected: &Expected) -> u64 {
        (self.expected)(expected)
    }

    /// The description of its records, from which every reader of them takes names and kinds.
    pub fn description(self) -> &'static Description {
        static DESCRIPTIONS: LazyLock<[Description; Topic::ALL.len()]> =
            LazyLock::new(|| Topic::ALL.map(|topic| (topic.described)()));
        &DESCRIPTIONS[self.index]
    }

    /// A layout of its records, as the stream that writes them begins it.
    pub(super) fn layout(self) -> Layout {
        Layout::new(self.description().clone())
    }

    /// Its place in [`Topic::ALL`].
    pub fn index(self) -> usize {
        self.index
    }
}

impl PartialEq for Topic {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl Eq for Topic {}

impl std::fmt::Debug for Topic {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Topic").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_its_index_and_names_a_key_of_the_shop() {
        let config = serde_json::to_value(ShopConfig::default()).unwrap();
        for (index, topic) in Topic::ALL.iter().enumerate() {
            assert_eq!(topic.index(), index, "{topic:?}");
            assert_eq!(config[topic.key], topic.name, "{topic:?}");
            assert_eq!(Topic::named(&topic.name.replace('-', "_")), Some(*topic));
        }
    }

    #[test]
    fn a_topic_that_nothing_feeds_is_not_made() {
        let mut config = ShopConfig::default();
        assert!(!config.topics().contains(&"chargebacks"));
        config.fraud.chargebacks.share = 0.5;
        assert_eq!(config.topics().len(), Topic::ALL.len());
    }
}
