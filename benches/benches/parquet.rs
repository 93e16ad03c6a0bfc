//! Layer 3, `mercato-parquet`: encoded batches as columns, compressed with Zstandard and counted in
//! place of written.

use criterion::{Criterion, criterion_group, criterion_main};
use mercato::engine::{Extent, Run, Schedule};
use mercato::parquet::Parquet;
use mercato::shop::shop::{Shop, ShopConfig, ShopParams};
use mercato::sinks::Compression;
use mercato_benches::{possible, quick, throughput, world};

/// Sessions of a sample: some hundred thousand records of either topic.
const SESSIONS: u64 = 1_500_000;

fn parquet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parquet");
    for (topic, sessions) in [("transactions", SESSIONS), ("user-events", SESSIONS / 20)] {
        let shop = Shop::new(
            world(),
            possible(ShopParams::new(&ShopConfig::default())),
            Schedule::default(),
        );
        let extent = Extent { arrivals: Some(sessions), ..Extent::default() };
        let builder = Run::builder(world()).topics(Some(vec![topic.to_owned()])).extent(extent);
        let run = possible(builder.stream(shop));
        let (mut records, mut lines) = (0, Vec::new());
        for batch in possible(run.batches()) {
            records += batch.len() as u64;
            lines.extend_from_slice(&batch.bytes);
        }
        let columns = run.columns(0);
        let parquet = possible(Parquet::new([(topic, columns)], Compression::Zstd));
        group.throughput(throughput(records, lines.len() as u64));
        group.bench_function(topic, |bencher| {
            bencher.iter(|| possible(parquet.file_len(topic, &lines)))
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = parquet }
criterion_main!(benches);
