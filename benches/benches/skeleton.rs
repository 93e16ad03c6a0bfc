//! Layer 2, `mercato-engine`: when entities arrive, planned without drawing anything else.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mercato::engine::{Planner, Run, Schedule, Task};
use mercato::shop::sales::{Sales, SalesParams};
use mercato_benches::{endless, possible, quick, sales, world};

/// Blocks of one iteration.
const BLOCKS: u64 = 64;

/// Plans blocks, and hands out the slices between them, without carrying anything out.
fn plan(planner: &mut Planner) {
    let mut planned = 0;
    while planned < BLOCKS {
        match black_box(possible(planner.next_task())) {
            Some(Task::Draw(_)) => planned += 1,
            Some(Task::Render(_)) => {}
            None => return,
        }
    }
}

fn skeletons(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("skeleton");
    group.throughput(Throughput::Elements(BLOCKS * u64::from(Run::BLOCK_LEN)));
    let by_delay = endless(Sales::new(world(), SalesParams::default(), Schedule::default()));
    let at_rate = endless(sales(10));
    for (name, run) in [("by delay, per arrival", by_delay), ("at a rate, per arrival", at_rate)] {
        let mut planner = possible(run.planner());
        group.bench_function(name, |bencher| bencher.iter(|| plan(&mut planner)));
    }
    group.finish();
}

criterion_group! { name = skeleton; config = quick(); targets = skeletons }
criterion_main!(skeleton);
