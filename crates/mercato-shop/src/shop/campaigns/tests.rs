//! What a transaction shows does not depend on what it is, and is as much as its anomaly says.

use mercato_draw::{Seed, Words};
use std::sync::Arc;

use mercato_encode::{Batch, Encoding, WriteRecord, Writer};
use mercato_engine::{Arrival, Format, Schedule, Step, Stream, Trace, World};
use mercato_patterns::fraud::Anomaly;

use super::{Campaigns, Kind, Shop, TRANSACTIONS};
use crate::shop::sessions::{FraudTraits, Session};
use crate::shop::{ShopConfig, ShopParams};

/// The transaction of a visit.
struct Transaction<'a> {
    campaigns: &'a Campaigns,
    session: &'a Session,
    step: Step,
}

impl WriteRecord for Transaction<'_> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        self.campaigns.shop.write_visit(self.session, self.step, 7, writer, None);
    }
}

/// The transaction of a visit as text, with the label in front of the score taken out of it.
fn unlabelled(campaigns: &Campaigns, session: &Session, step: Step, format: Format) -> String {
    let layout = Arc::new(campaigns.shop.layout(TRANSACTIONS));
    let encoding = Encoding::new(&layout, format, |_| true);
    let mut batch = Batch::default();
    let mut record = Transaction { campaigns, session, step };
    assert!(encoding.encode::<true>(&mut batch, 0, &mut record).complete);
    let text = str::from_utf8(batch.open_value()).unwrap();
    let [yes, no] = match format {
        Format::Json => [r#""is_fraud":true,"#, r#""is_fraud":false,"#],
        Format::Csv | Format::Columns | Format::Avro | Format::Protobuf => [",true,", ",false,"],
    };
    let label = if session.traits.is_fraud { yes } else { no };
    let (before, score) = text.rsplit_once(label).unwrap();
    format!("{before}|{score}")
}

#[test]
fn equal_sight_gives_an_equal_score_whatever_the_label() {
    let origin = 1_762_646_400_000_000;
    let world = World { seed: Seed::new(3), origin };
    let params = ShopParams::new(&ShopConfig::default()).unwrap();
    let campaigns = Campaigns::new(world, &params, Schedule::default());
    let mut seen = [0; Anomaly::ALL.len()];
    for index in 0..3_000u64 {
        let at = origin + index as i64 * 60_000_000;
        let campaign =
            campaigns.plan(Arrival { index, substream: 0, at }, campaigns.draws.at(index, 1 << 40));
        for visit in 0..campaign.visits {
            let session = campaigns.session(&campaign, visit);
            let step = Step {
                arrival: index,
                substream: 0,
                number: 4,
                kind: Kind::Transaction as u16,
                at: at + 20_000_000,
                hurried: false,
            };
            let other = Session {
                traits: FraudTraits { is_fraud: !session.traits.is_fraud, ..session.traits },
                ..session
            };
            let [own, turned] = [session, other]
                .map(|session| campaigns.shop.purchase_of(&session, step, 7).unwrap());
            assert_ne!(own.is_fraud, turned.is_fraud);
            assert_eq!(own.fraud_score, turned.fraud_score, "{campaign:?}");
            for format in [Format::Json, Format::Csv] {
                let texts =
                    [session, other].map(|session| unlabelled(&campaigns, &session, step, format));
                assert_eq!(texts[0], texts[1]);
            }
            seen[campaign.anomaly as usize] += 1;
        }
    }
    assert!(seen.iter().all(|purchases| *purchases > 100), "{seen:?}");
}

#[test]
fn a_score_depends_on_what_is_seen() {
    let world = World { seed: Seed::new(3), origin: 1_762_646_400_000_000 };
    let params = ShopParams::new(&ShopConfig::default()).unwrap();
    let campaigns = Campaigns::new(world, &params, Schedule::default());
    let arrival = Arrival { index: 0, substream: 0, at: world.origin };
    let session = campaigns.session(&campaigns.plan(arrival, 1 << 63), 0);
    let step = Step {
        arrival: 0,
        substream: 0,
        number: 4,
        kind: Kind::Transaction as u16,
        at: world.origin + 20_000_000,
        hurried: false,
    };
    let score = |traits| {
        campaigns.shop.purchase_of(&Session { traits, ..session }, step, 7).unwrap().fraud_score
    };
    let plain = score(FraudTraits { before: 0, kmh: 0, ..session.traits });
    assert!(score(FraudTraits { before: 4, kmh: 0, ..session.traits }) > plain);
    assert!(score(FraudTraits { before: 0, kmh: 2_000, ..session.traits }) > plain);
}

#[test]
fn amounts_are_five_to_twenty_times_the_usual_or_next_to_nothing() {
    let origin = 1_762_646_400_000_000;
    let mut config = ShopConfig { calendar: false, ..ShopConfig::default() };
    config.fraud.patterns = [(Anomaly::Amount.name().to_owned(), 1.0)].into();
    let params = ShopParams::new(&config).unwrap();
    let world = World { seed: Seed::new(7), origin };
    let campaigns = Campaigns::new(world, &params, Schedule::default());
    let (mut large, mut micro, mut all) = (0, 0, 0);
    for index in 0..1_000u64 {
        let arrival = Arrival { index, substream: 0, at: origin + index as i64 * 60_000_000 };
        let campaign = campaigns.plan(arrival, campaigns.draws.at(index, 1 << 40));
        all += 1;
        if campaign.anomaly != Anomaly::Amount {
            continue;
        }
        let mut trace = Trace::default();
        campaigns.trace(&campaign, arrival, &mut trace);
        let purchase = (0..).zip(trace.steps()).find_map(|(number, (at, kind))| {
            let step = Step { arrival: index, substream: 0, number, kind, at, hurried: false };
            campaigns.purchase(&campaign, step)
        });
        let lines = purchase.unwrap().products;
        let sum: i64 =
            lines.iter().map(|line| line.price.times(line.quantity).unwrap().cents()).sum();
        let [_, session] = &campaign.sessions;
        let usual = campaigns.shop.usual_basket(session, session.interest.category);
        if (5 * usual..=20 * usual).contains(&sum) {
            large += 1;
        } else {
            assert!(sum * 100 <= usual * 15, "{sum} where {usual} is usual");
            micro += 1;
        }
    }
    assert!(
        large > 300 && micro > 100 && (large + micro) * 100 > all * 95,
        "{large} and {micro} of {all}"
    );
}

#[test]
fn a_usual_basket_is_the_mean_of_what_users_pay() {
    let origin = 1_762_646_400_000_000;
    for config in [ShopConfig::default(), ShopConfig::calibrated()] {
        let params = ShopParams::new(&config).unwrap();
        let world = World { seed: Seed::new(7), origin };
        let shop = Shop::new(world, params, Schedule::default());
        let (mut paid, mut usual) = (0, 0);
        for index in 0..60_000u64 {
            let arrival = Arrival { index, substream: 0, at: origin + index as i64 * 6_000_000 };
            let word = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let session = shop.draw(arrival, &mut Words::new(&[word]));
            let mut trace = Trace::default();
            shop.trace(&session, arrival, &mut trace);
            let is_paid = |(_, kind): &(i64, u16)| *kind == Kind::Transaction as u16;
            if let Some((at, _)) = trace.steps().find(is_paid) {
                paid += shop.cents(&session, at);
                usual += shop.usual_basket(&session, session.interest.category);
            }
        }
        assert!((80..=120).contains(&(paid * 100 / usual)), "{paid} and {usual}");
    }
}
