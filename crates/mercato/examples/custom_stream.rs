//! A stream of one's own: a record and how it is drawn; threads, shards, pacing, sinks and
//! verification come with it.

use std::error::Error;

use mercato::draw::{Seed, Words, below};
use mercato::engine::{
    Arrival, Arrivals, Extent, Layout, Rate, Run, Schedule, Shard, Step, Stream, StreamId, World,
    Writer,
};
use mercato::runtime::run::{Drive, Pace};
use mercato::schema::{Description, Field, Kind};
use mercato::{sinks::OutputPath, truth::Lines, truth::Verifier};
use serde::Serialize;

#[derive(Debug, Clone, Copy, Serialize)]
struct Reading {
    sensor: u64,
    celsius: f64,
}

struct Sensors(Arrivals);

#[rustfmt::skip]
impl Stream for Sensors {
    type Entity = Reading;
    fn id(&self) -> StreamId { StreamId { name: "readings", purpose: 128, rank: 0 } }
    fn topics(&self) -> Vec<String> { vec!["readings".into()] }
    fn kinds(&self) -> Vec<String> { vec!["reading".into()] }
    fn layout(&self, _: u16) -> Layout {
        let fields = vec![
            Field::new("sensor", "Number of the sensor, 0 to 99.", Kind::Long),
            Field::new("celsius", "Degrees Celsius, 0 to 39.9.", Kind::Number { scale: 1 }),
        ];
        Layout::new(Description { name: "Reading".into(), fields, ..Description::default() })
    }
    fn arrivals(&self) -> Vec<Arrivals> { vec![self.0.clone()] }
    fn words(&self) -> usize { 2 }
    fn draw(&self, _: Arrival, words: &mut Words<'_>) -> Reading {
        Reading { sensor: below(words.take(), 100), celsius: below(words.take(), 400) as f64 / 10.0 }
    }
    fn owner(&self, reading: &Reading, _: Arrival, key: &mut Vec<u8>) {
        key.extend_from_slice(reading.sensor.to_string().as_bytes());
    }
    fn write<W: Writer>(&self, reading: &Reading, _: Step, writer: &mut W) {
        writer.key(|key| key.extend_from_slice(reading.sensor.to_string().as_bytes()));
        writer.serialize(reading);
    }
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let world = World { seed: Seed::new(42), origin: 1_762_646_400_000_000 };
    let extent = Extent { arrivals: Some(5_000), ..Extent::default() };
    for shard in 0..2 {
        let rate = Rate::new(3_600_000_000_000, Schedule::default())?; // 1000/s in millionths an hour
        let sensors = Sensors(Arrivals::Rate(rate));
        let run =
            Run::builder(world).extent(extent).shard(Shard::new(shard, 2)?).stream(sensors)?;
        let pace = Pace::Scaled { numerator: 10, denominator: 1 }; // ten times its own clock
        let drive = Drive::new(2, pace);
        let path =
            std::env::temp_dir().join(format!("readings-{}-{shard}.ndjson", std::process::id()));
        let outcome = drive.run(&run, OutputPath::parse(&path)?.open(&[])?, None)?;
        assert!(Verifier::new(&run).verify(&mut Lines::open(&path)?)?.is_clean());
        println!(
            "{} readings of shard {shard} written and verified",
            outcome.delivery.acknowledged
        );
        std::fs::remove_file(path)?;
    }
    Ok(())
}
