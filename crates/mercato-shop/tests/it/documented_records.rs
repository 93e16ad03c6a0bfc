//! The records that the stream's page shows are those of the run that it names.

use std::collections::BTreeSet;

use mercato_draw::Seed;
use mercato_engine::{Extent, Run, Schedule, World};
use mercato_shop::shop::{
    Analytics, Campaigns, ProductUpdates, Shop, ShopConfig, ShopParams, UserUpdates,
};

const PAGE: &str = include_str!("../../../../docs/streams/shop.md");

#[test]
fn records_on_the_page_are_of_the_run_with_its_seed_and_start() {
    assert!(PAGE.contains("`--seed 42 --start 2026-01-01T00:00:00Z`"));
    // 2026-01-01T00:00:00Z.
    let world = World { seed: Seed::new(42), origin: 1_767_225_600_000_000 };
    let params = ShopParams::new(&ShopConfig::default()).unwrap();
    let (updates, analytics) = (ProductUpdates::new(world, &params), Analytics::new(&params));
    let users = UserUpdates::new(world, &params);
    let campaigns = Campaigns::new(world, &params, Schedule::default());
    let shop = Shop::new(world, params, Schedule::default());
    let extent = Extent { until: Some(world.origin + 3_600_000_000), ..Extent::default() };
    let builder = Run::builder(world)
        .extent(extent)
        .and(shop)
        .beside(updates)
        .beside(users)
        .beside(campaigns)
        .folded(analytics);
    let run = builder.build().unwrap();
    let mut missing: BTreeSet<&[u8]> =
        PAGE.lines().filter(|line| line.starts_with(r#"{""#)).map(str::as_bytes).collect();
    assert_eq!(missing.len(), 6, "the page shows a record of each topic");
    for batch in run.batches().unwrap() {
        for index in 0..batch.len() {
            missing.remove(batch.value(index));
        }
    }
    let missing: Vec<_> = missing.into_iter().map(String::from_utf8_lossy).collect();
    assert!(missing.is_empty(), "the first hour has no such records: {missing:#?}");
}
