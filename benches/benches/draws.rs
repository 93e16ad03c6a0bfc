//! Layer 0, `mercato-draw`: what one draw costs.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mercato::draw::{AliasTable, Label, Permutation, UniformInt};
use mercato_benches::{possible, quick, world};

/// Draws of one iteration, so that the loop around them costs nothing.
const DRAWS: u64 = 1024;

/// Words of a block of `sales`: one for the time and five for the entity of each of 1,024 arrivals.
const BLOCK_WORDS: usize = 6 * 1024;

fn blocks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("draws");
    let (seed, label) = (world().seed, Label::new(200, 0));
    let mut words = vec![0; BLOCK_WORDS];
    group.throughput(Throughput::ElementsAndBytes {
        elements: BLOCK_WORDS as u64,
        bytes: 8 * BLOCK_WORDS as u64,
    });
    let mut block = 0;
    group.bench_function("chacha8 block of 6,144 words", |bencher| {
        bencher.iter(|| {
            block += 1;
            seed.fill_block(label, block, 0, black_box(&mut words));
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("chacha8 one word of a new block", |bencher| {
        bencher.iter(|| {
            block += 1;
            seed.fill_block(label, block, 0, black_box(&mut words[..1]));
        });
    });
    group.finish();
}

/// Measures `draw` of 1,024 numbers or words.
fn each(criterion: &mut Criterion, name: &str, draw: impl Fn(u64) -> u64) {
    let mut words = vec![0; DRAWS as usize];
    world().seed.fill_block(Label::new(201, 0), 0, 0, &mut words);
    let mut group = criterion.benchmark_group("draws");
    group.throughput(Throughput::Elements(DRAWS));
    group.bench_function(name, |bencher| {
        bencher.iter_batched_ref(
            || words.clone(),
            |words| words.iter().fold(0, |sum: u64, word| sum.wrapping_add(draw(*word))),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn samplers(criterion: &mut Criterion) {
    let hash = world().seed.hash(Label::new(202, 0));
    each(criterion, "counter hash", |word| hash.at(word, 3));
    let shuffle = possible(Permutation::new(hash, 100_000_000));
    each(criterion, "permutation of 10^8", |word| shuffle.apply(word % 100_000_000));
    let weights: Vec<u64> = (1..=51).collect();
    let alias = possible(AliasTable::new(&weights));
    each(criterion, "alias table of 51 weights", |word| alias.pick(word) as u64);
    let uniform = possible(UniformInt::new(500, 30_000));
    each(criterion, "uniform integer", |word| uniform.pick(word) as u64);
}

criterion_group! { name = draws; config = quick(); targets = blocks, samplers }
criterion_main!(draws);
