//! Runs that end by their number of records.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato_draw::Seed;
use mercato_engine::{Arrivals, Delays, Extent, Run, Schedule, World};
use mercato_test_support::toy::Toy;
use proptest::prelude::*;

use crate::common::{cursor_after, lines, lines_after, lines_ahead};

const ORIGIN: i64 = 1_700_000_000_000_000;

fn run(seed: u64, extent: Extent) -> Run {
    let world = World { seed: Seed::new(seed), origin: ORIGIN };
    let arrivals = Delays::new(1, 50_000, Schedule::default()).map(Arrivals::Delays).unwrap();
    Run::builder(world).block_len(16).extent(extent).stream(Toy::new(vec![arrivals])).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_run_of_so_many_records_is_that_long_a_prefix(
        seed in any::<u64>(), records in 0u64..3_000, drain in any::<bool>(), ahead in 0usize..20,
    ) {
        let extent = Extent { until: Some(ORIGIN + 9_000_000), drain, ..Extent::default() };
        let whole = lines(&run(seed, extent));
        let limited = run(seed, Extent { records: Some(records), ..extent });
        let cut = &whole[..whole.len().min(records as usize)];
        prop_assert_eq!(lines(&limited), cut);
        prop_assert_eq!(lines_ahead(&limited, ahead), cut, "planned ahead");
    }

    #[test]
    fn a_run_without_other_end_ends_by_records(seed in any::<u64>(), records in 1u64..2_000) {
        let extent = Extent { records: Some(records), ..Extent::default() };
        prop_assert_eq!(lines(&run(seed, extent)).len() as u64, records);
    }

    #[test]
    fn a_run_of_so_many_records_is_resumed_and_ends_where_it_would_have(
        seed in any::<u64>(), records in 2u64..2_000, stop in any::<prop::sample::Index>(),
    ) {
        let run = run(seed, Extent { records: Some(records), ..Extent::default() });
        let whole = lines(&run);
        let stop = stop.index(whole.len());
        prop_assert_eq!(&lines_after(&run, &cursor_after(&run, stop)), &whole[stop + 1..]);
    }
}
