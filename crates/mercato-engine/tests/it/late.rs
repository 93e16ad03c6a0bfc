//! A toy law of delays, to show that the laws of a run are those of its order of release.

use std::sync::Arc;

use mercato_encode::Coordinates;
use mercato_engine::{Delay, Disorder};
use proptest::prelude::*;

/// Of four records, one goes through a gateway that sends once in `period`, one is late by up to
/// `longest`, and two are on time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Late {
    pub(crate) longest: i64,
    period: i64,
}

impl Delay for Late {
    fn longest_micros(&self) -> i64 {
        self.longest
    }

    fn delay_micros(&self, event_time: i64, coordinates: Coordinates) -> i64 {
        let Coordinates { rank, substream, block, position, step } = coordinates;
        let number = [u64::from(rank), substream.into(), block, position.into(), step.into()]
            .into_iter()
            .fold(7, |hash: u64, part| (hash ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        match number >> 62 {
            0 => self.period - 1 - event_time.rem_euclid(self.period),
            1 => (number >> 16 & 0xffff_ffff) as i64 % (self.longest + 1),
            _ => 0,
        }
    }
}

impl Late {
    pub(crate) fn disorder(self) -> Disorder {
        Disorder { delay: Some(Arc::new(self)), ..Disorder::default() }
    }
}

/// Delays from none at all to longer than the traces of the toys.
pub(crate) fn lates() -> impl Strategy<Value = Late> {
    (0i64..6_000_000, 1i64..500_000).prop_map(|(longest, period)| Late { longest, period })
}
