//! The laws of a run for the streams as they are: by delay and at a rate, over many borders of
//! short blocks, with orders open at each of them.

use mercato_encode::Shape;
use mercato_engine::{Batches, Cursor, Extent, Key, Run, RunBuilder, Shard};
use mercato_schema::ChangeForm;
use mercato_shop::orders::OrdersConfig;
use mercato_shop::sales::SalesConfig;
use mercato_shop::shop::{MarketConfig, ShopConfig, UsersConfig};
use proptest::prelude::*;

use crate::changes::{listings, lively};
use crate::drive::{ORIGIN, campaigns, orders, sales, shop, world};

/// Sixteen arrivals a block: a few minutes cross dozens of borders.
const BLOCK_LEN: u16 = 16;

const SECOND: i64 = 1_000_000;

type Line = (Key, String);

/// A stream of the shop, at a rate or by its own delays.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Sales {
        at_a_rate: bool,
    },
    Orders {
        at_a_rate: bool,
    },
    /// With users enough to be left alone, or so few that they have to hurry.
    Shop {
        users: u64,
    },
    /// The same with much fraud beside it, and all of its topics.
    Fraud,
    /// Changes of orders in this form, or of the listing of products.
    Changes {
        of_orders: bool,
        form: ChangeForm,
    },
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop_oneof![
        any::<bool>().prop_map(|at_a_rate| Kind::Sales { at_a_rate }),
        any::<bool>().prop_map(|at_a_rate| Kind::Orders { at_a_rate }),
        prop_oneof![Just(300), Just(10_000)].prop_map(|users| Kind::Shop { users }),
        Just(Kind::Fraud),
        (any::<bool>(), prop::sample::select(&ChangeForm::ALL[..]))
            .prop_map(|(of_orders, form)| Kind::Changes { of_orders, form }),
    ]
}

impl Kind {
    fn run(self, seed: u64, prepare: impl FnOnce(RunBuilder) -> RunBuilder) -> Run {
        let builder = prepare(Run::builder(world(seed)).block_len(BLOCK_LEN));
        let rate = |at_a_rate: bool| at_a_rate.then(|| "3/s".parse().unwrap());
        match self {
            Self::Sales { at_a_rate } => builder.stream(sales(
                seed,
                &SalesConfig { rate: rate(at_a_rate), ..SalesConfig::default() },
            )),
            Self::Shop { users } => {
                let market = |name: &str, time_zone_offset| MarketConfig {
                    name: name.to_owned(),
                    weight: 1.0,
                    time_zone_offset,
                };
                let config = ShopConfig {
                    users: UsersConfig { total: users, ..UsersConfig::default() },
                    regions: vec![market("Europe", Some(1.0)), market("Asia", None)],
                    events_per_session: Some(6.0),
                    events: Some("9000/h".parse().unwrap()),
                    ..ShopConfig::default()
                };
                builder.stream(shop(seed, &config))
            }
            Self::Fraud => {
                let mut config = ShopConfig {
                    transactions: Some("4000/h".parse().unwrap()),
                    ..ShopConfig::default()
                };
                config.fraud.rate = 0.3;
                config.fraud.chargebacks.share = 0.5;
                // Within the run, or nobody would see them.
                config.fraud.chargebacks.earliest = "1s".parse().unwrap();
                config.fraud.chargebacks.delay = "30s".parse().unwrap();
                config.fraud.chargebacks.latest = "2m".parse().unwrap();
                builder.and(shop(seed, &config)).beside(campaigns(seed, &config)).build()
            }
            Self::Changes { of_orders, form } => {
                let builder = builder.shape(Shape { changes: Some(form), ..Shape::default() });
                if of_orders {
                    builder.stream(sales(seed, &SalesConfig::default()))
                } else {
                    builder.stream(listings(seed, &lively(), form))
                }
            }
            Self::Orders { at_a_rate } => builder.stream(orders(
                seed,
                &OrdersConfig { rate: rate(at_a_rate), ..OrdersConfig::default() },
            )),
        }
        .unwrap()
    }
}

fn lines_of(batches: Batches) -> Vec<Line> {
    let lines = |batch: mercato_encode::Batch| -> Vec<Line> {
        let text = |index| String::from_utf8(batch.value(index).to_vec()).unwrap();
        batch
            .spans()
            .iter()
            .enumerate()
            .map(|(index, span)| (Key::from(&span.stamp), text(index)))
            .collect()
    };
    batches.flat_map(lines).collect()
}

fn lines(run: &Run) -> Vec<Line> {
    lines_of(run.batches().unwrap())
}

fn until(seconds: i64) -> Extent {
    Extent { until: Some(ORIGIN + seconds * SECOND), ..Extent::default() }
}

/// The place after record `index`.
fn cursor_behind(run: &Run, index: usize) -> Cursor {
    let mut batches = run.batches().unwrap();
    let mut before = 0;
    loop {
        let batch = batches.next().unwrap();
        if index < before + batch.len() {
            return Cursor::after(&batch.spans()[index - before].stamp, batches.lookback());
        }
        before += batch.len();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn law_1_the_same_records_however_far_ahead_tasks_are_planned(kind in kinds(), seed in any::<u64>(), ahead in 1usize..9) {
        let run = kind.run(seed, |builder| builder.extent(until(300)));
        prop_assert_eq!(lines_of(Batches::of(run.planner().unwrap().ahead(ahead))), lines(&run));
    }

    #[test]
    fn law_2_shards_merge_to_the_whole(kind in kinds(), seed in any::<u64>()) {
        let whole = lines(&kind.run(seed, |builder| builder.extent(until(300))));
        for count in [1, 2, 3, 7] {
            let shard = |index| Shard::new(index, count).unwrap();
            let of = |index| lines(&kind.run(seed, |builder| builder.extent(until(300)).shard(shard(index))));
            let mut merged: Vec<Line> = (0..count).flat_map(of).collect();
            merged.sort();
            prop_assert_eq!(&merged, &whole);
        }
    }

    #[test]
    fn law_3_a_resumed_run_goes_on_with_the_next_record(kind in kinds(), seed in any::<u64>(), pick in any::<prop::sample::Index>()) {
        let run = kind.run(seed, |builder| builder.extent(until(300)));
        let whole = lines(&run);
        let last = pick.index(whole.len());
        let resumed = lines_of(Batches::of(run.resume(&cursor_behind(&run, last)).unwrap()));
        prop_assert_eq!(&resumed, &whole[last + 1..]);
    }

    #[test]
    fn law_5_a_window_is_made_from_its_look_back_alone(kind in kinds(), seed in any::<u64>(), from in 0i64..280, length in 1i64..90) {
        let whole = lines(&kind.run(seed, |builder| builder.extent(until(300))));
        let (from, to) = (ORIGIN + from * SECOND, ORIGIN + (from + length) * SECOND);
        let window = Extent { from: Some(from), to: Some(to), ..until(300) };
        let inside: Vec<Line> = whole.into_iter().filter(|(key, _)| (from..to).contains(&key.release_time)).collect();
        prop_assert_eq!(lines(&kind.run(seed, |builder| builder.extent(window))), inside);
    }

    #[test]
    fn law_6_slices_are_made_of_few_blocks_however_long_the_run(kind in kinds(), seed in any::<u64>()) {
        let most = |seconds| {
            let mut planner = kind.run(seed, |builder| builder.extent(until(seconds))).planner().unwrap();
            std::iter::from_fn(move || planner.next_task().unwrap())
                .filter_map(|task| match task {
                    mercato_engine::Task::Render(slice) => Some(slice.blocks()),
                    mercato_engine::Task::Draw(_) => None,
                })
                .max()
                .unwrap()
        };
        // Blocks end at random, so a longer run may see a few more of them at once, but never ten
        // times as many.
        // The shop's hours differ by up to four times and a half.
        let busier = if matches!(kind, Kind::Shop { .. } | Kind::Fraud) { 9 } else { 2 };
        prop_assert!(most(6000) <= most(600) * busier / 2 + 4);
    }

    #[test]
    fn law_9_a_shorter_run_is_a_prefix(kind in kinds(), seed in any::<u64>(), few in 1u64..100, more in 0u64..100) {
        let of = |arrivals| {
            let extent = Extent { arrivals: Some(arrivals), ..Extent::default() };
            lines(&kind.run(seed, |builder| builder.extent(extent)))
        };
        let (short, long) = (of(few), of(few + more));
        prop_assert_eq!(&long[..short.len()], &short);
        let (minute, two) = (kind.run(seed, |builder| builder.extent(until(60))), kind.run(seed, |builder| builder.extent(until(120))));
        let (minute, two) = (lines(&minute), lines(&two));
        prop_assert_eq!(&two[..minute.len()], &minute);
    }
}
