//! Layer 3, `mercato-parquet`: columns as files, compressed with Zstandard and counted in place of
//! written; and the same columns, as Arrow arrays, through the `parquet` crate.
//!
//! The second figure is the reason for which the format is written by hand: ours is to be at least
//! twice as fast.

use std::io;

use criterion::{Criterion, criterion_group, criterion_main};
use mercato::encode::Layout;
use mercato::engine::{Extent, Format, Run, Schedule};
use mercato::parquet::Parquet;
use mercato::schema::Kind;
use mercato::shop::shop::{Shop, ShopConfig, ShopParams};
use mercato::sinks::Compression;
use mercato_benches::arrow::record_batch;
use mercato_benches::{possible, quick, world};
use parquet::arrow::ArrowWriter;
use parquet::basic::ZstdLevel;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

/// Sessions of a sample: some hundred thousand records of either topic.
const SESSIONS: u64 = 1_500_000;

/// The fastest settings found that leave the file no larger: pages, row groups and bounds as ours,
/// and no dictionary for values of which hardly two records share one.
fn properties(layout: &Layout) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(parquet::basic::Compression::ZSTD(possible(ZstdLevel::try_new(1))))
        .set_max_row_group_row_count(Some(1 << 17))
        .set_data_page_row_count_limit(1 << 14)
        .set_write_batch_size(1 << 14)
        .set_data_page_size_limit(16 << 20)
        .set_dictionary_page_size_limit(64 << 20)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for leaf in layout.description().leaves() {
        if matches!(leaf.field.kind, Kind::Identifier | Kind::Instant(_)) {
            let path = leaf.path.split('.').map(str::to_owned).collect::<Vec<_>>();
            builder = builder.set_column_dictionary_enabled(ColumnPath::new(path), false);
        }
    }
    builder.build()
}

fn files(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parquet");
    for (topic, sessions) in [("transactions", SESSIONS), ("user-events", SESSIONS / 20)] {
        let shop = Shop::new(
            world(),
            possible(ShopParams::new(&ShopConfig::default())),
            Schedule::default(),
        );
        let extent = Extent { arrivals: Some(sessions), ..Extent::default() };
        let builder = Run::builder(world()).topics(Some(vec![topic.to_owned()])).extent(extent);
        let run = possible(builder.format(Format::Columns).stream(shop));
        let layout = possible(run.layout(0).ok_or("a topic has a layout"));
        let batches: Vec<_> = possible(run.batches()).collect();
        let records: usize = batches.iter().map(mercato::encode::Batch::len).sum();
        group.throughput(criterion::Throughput::Elements(records as u64));
        let parquet = possible(Parquet::new([(topic, &**layout)], Compression::Zstd));
        group.bench_function(topic, |bencher| {
            bencher.iter(|| possible(parquet.file_len(topic, 0, &batches)));
        });
        let columns = batches.iter().filter_map(|batch| batch.columns(0));
        let arrays: Vec<_> = columns.map(|columns| record_batch(layout, columns)).collect();
        let properties = properties(layout);
        group.bench_function(format!("{topic} by the parquet crate"), |bencher| {
            bencher.iter(|| {
                let (schema, properties) = (arrays[0].schema(), Some(properties.clone()));
                let mut writer = possible(ArrowWriter::try_new(io::sink(), schema, properties));
                arrays.iter().for_each(|batch| possible(writer.write(batch)));
                possible(writer.close())
            });
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = quick(); targets = files }
criterion_main!(benches);
