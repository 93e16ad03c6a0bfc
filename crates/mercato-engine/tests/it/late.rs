//! Disorder of the toys, to show that the laws of a run are those of its order of release.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use mercato_encode::FaultKind;
use mercato_engine::{Deviation, Deviations, Disorder, Dwell};
use mercato_units::Share;
use proptest::prelude::*;

/// Records of one run that are late, swapped, repeated, left out or ahead of their time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Late {
    deviations: Deviations,
    /// The longest time from an event to its release.
    pub(crate) longest: i64,
}

impl Late {
    pub(crate) fn disorder(self) -> Disorder {
        Disorder { deviations: self.deviations, ..Disorder::default() }
    }

    fn with(self, kind: FaultKind, share: u32, longest: Option<i64>) -> Self {
        let share = format!("{share}%").parse::<Share>().expect("a share");
        let time = longest.map(|longest| Dwell::uniform(1_000, longest).expect("a law"));
        let counts =
            matches!(kind, FaultKind::Late | FaultKind::Reorder) && share > Share::default();
        let longest = self.longest + longest.filter(|_| counts).unwrap_or(0);
        Self { deviations: self.deviations.with(kind, Deviation { share, time }), longest }
    }
}

/// Delays from none at all to longer than the traces of the toys.
pub(crate) fn lates() -> impl Strategy<Value = Late> {
    (0u32..60, 1_000i64..6_000_000, 0u32..60, 1_000i64..500_000).prop_map(
        |(late, longest, reorder, near)| {
            Late::default().with(FaultKind::Late, late, Some(longest)).with(
                FaultKind::Reorder,
                reorder,
                Some(near),
            )
        },
    )
}

/// The same with records that are repeated, left out or ahead of their time.
pub(crate) fn disorders() -> impl Strategy<Value = Late> {
    let behind = prop::option::of(1_000i64..2_000_000);
    (lates(), 0u32..60, behind, 0u32..60, 0u32..60, 1_000i64..9_000_000).prop_map(
        |(late, duplicate, behind, drop, future, ahead)| {
            late.with(FaultKind::Duplicate, duplicate, behind)
                .with(FaultKind::Drop, drop, None)
                .with(FaultKind::Future, future, Some(ahead))
        },
    )
}
