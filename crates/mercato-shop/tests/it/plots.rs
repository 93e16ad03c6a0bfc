//! What the campaigns of a run do, told from their records alone.

use std::collections::BTreeMap;

use mercato_patterns::geographic::Position;

use crate::witness::kmh;

const MINUTE: i64 = 60_000_000;

/// The purchases of one campaign.
struct Plot {
    user: u64,
    first: (i64, Position),
    last: (i64, Position),
    /// True if the first purchase was the victim's own.
    has_anchor: bool,
    frauds: u64,
    /// What its alerts name.
    accused: Option<String>,
}

/// The campaigns that go on, and how many there have been.
#[derive(Default)]
pub(crate) struct Plots {
    open: BTreeMap<(u64, u16), Plot>,
    pub(crate) attacks: u64,
    pub(crate) frauds_of_attacks: u64,
    pub(crate) journeys: u64,
    pub(crate) others: u64,
}

impl Plots {
    /// A purchase of a campaign: when and where.
    pub(crate) fn purchase(
        &mut self,
        campaign: (u64, u16),
        user: u64,
        made: (i64, Position),
        is_fraud: bool,
    ) {
        let plot = self.open.entry(campaign).or_insert_with(|| Plot {
            user,
            first: made,
            last: made,
            has_anchor: !is_fraud,
            frauds: 0,
            accused: None,
        });
        assert_eq!(plot.user, user, "a campaign has one victim");
        assert!(is_fraud || plot.first == made, "only what a campaign begins with may be honest");
        assert!(
            plot.first == made || plot.last.0 < made.0,
            "purchases of a campaign follow one another"
        );
        plot.last = made;
        plot.frauds += u64::from(is_fraud);
    }

    /// A true alert about a campaign that names this anomaly.
    pub(crate) fn accuse(&mut self, campaign: (u64, u16), anomaly: &str) {
        let accused = &mut self.open.get_mut(&campaign).unwrap().accused;
        assert_eq!(
            accused.get_or_insert_with(|| anomaly.to_owned()),
            anomaly,
            "a campaign is of one anomaly"
        );
    }

    /// Closes the campaigns whose last purchase is not such that they go on.
    pub(crate) fn close(&mut self, goes_on: impl Fn(i64) -> bool) {
        let plots = std::mem::take(&mut self.open).into_iter();
        let (open, over): (BTreeMap<_, _>, BTreeMap<_, _>) =
            plots.partition(|(_, plot)| goes_on(plot.last.0));
        self.open = open;
        for (campaign, plot) in over {
            let took = plot.last.0 - plot.first.0;
            let anomaly = plot.accused.as_deref();
            if plot.has_anchor {
                assert_eq!(plot.frauds, 1, "{campaign:?}");
                assert!(
                    kmh(plot.first, plot.last) > 900.0,
                    "{campaign:?} is a journey that can be made"
                );
                assert!(anomaly.is_none_or(|anomaly| anomaly == "location"), "{anomaly:?}");
                self.journeys += 1;
            } else if plot.frauds > 1 {
                assert!(
                    (5..=15).contains(&plot.frauds),
                    "{} transactions of {campaign:?}",
                    plot.frauds
                );
                assert!(took <= 5 * MINUTE, "{campaign:?} took {took} us");
                assert!(anomaly.is_none_or(|anomaly| anomaly == "velocity"), "{anomaly:?}");
                self.attacks += 1;
                self.frauds_of_attacks += plot.frauds;
            } else {
                let known =
                    |anomaly: &str| ["amount", "time", "device", "pattern"].contains(&anomaly);
                assert!(anomaly.is_none_or(known), "{anomaly:?}");
                self.others += 1;
            }
        }
    }
}
