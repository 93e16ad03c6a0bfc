//! Scores how suspicious a purchase looks, from its observable features.

use mercato_draw::below;

use super::{Anomaly, location, time};

/// The features of a purchase that a shop can observe, which exclude the true label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features {
    /// The sum in hundredths of what the user usually spends.
    pub times_usual_hundredths: u64,
    /// Hour of the user's day.
    pub hour: u8,
    /// Trust in the device.
    pub device: DeviceTrust,
    /// True if the user buys such things.
    pub habit: Habit,
    /// True if the user is away from home.
    pub away: bool,
    /// Transactions in the five minutes before.
    pub before: u8,
    /// Speed in km/h at which the user must have travelled since the previous purchase.
    pub kmh: u32,
}

/// Trust in a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceTrust {
    /// The one the user usually has.
    Usual,
    /// Another of the usual sort.
    Other,
    /// The device is unknown.
    Unknown,
    /// It looks like a machine's.
    Suspicious,
}

/// The match between a purchase and the user's habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// His favourite.
    Usual,
    /// Something else.
    Other,
    /// The category that the user never buys.
    Never,
}

/// The model's own noise is less than so many hundredths.
const NOISE: u64 = 22;
/// The highest score.
const MOST: u32 = 100;

impl Features {
    /// The score of a model in hundredths from 0 to 100: what is seen, and the model's own noise
    /// from `word`.
    #[inline]
    pub fn score(&self, word: u64) -> u32 {
        // The smaller of two: most scores are low.
        let noise = below(word, NOISE).min(below(word.rotate_left(32), NOISE)) as u32;
        let away = if self.away { 6 } else { 0 };
        let seen: u32 = self.points().iter().sum();
        (noise + away + seen).min(MOST)
    }

    /// Returns the most suspicious anomaly; `None` if nothing is unusual.
    pub fn strangest(&self) -> Option<Anomaly> {
        let points = self.points();
        // Of equals the first.
        let strangest =
            Anomaly::ALL.into_iter().rev().max_by_key(|anomaly| points[*anomaly as usize])?;
        (points[strangest as usize] > 0).then_some(strangest)
    }

    /// Hundredths for each anomaly; this house's choice.
    #[inline]
    fn points(&self) -> [u32; Anomaly::ALL.len()] {
        let velocity = match self.before {
            0 => 0,
            1 => 12,
            2 => 24,
            3 | 4 => 38,
            _ => 50,
        };
        let location = if self.kmh > location::POSSIBLE_KMH { 34 } else { 0 };
        let amount = match self.times_usual_hundredths {
            0..=15 => 14,
            16..=250 => 0,
            251..=400 => 7,
            401..=700 => 18,
            701..=1_200 => 32,
            _ => 42,
        };
        let time = if time::HOURS.contains(&self.hour) { 12 } else { 0 };
        let device = match self.device {
            DeviceTrust::Usual => 0,
            DeviceTrust::Other => 9,
            DeviceTrust::Unknown => 26,
            DeviceTrust::Suspicious => 38,
        };
        let pattern = match self.habit {
            Habit::Usual => 0,
            Habit::Other => 2,
            Habit::Never => 22,
        };
        [velocity, location, amount, time, device, pattern]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Features = Features {
        times_usual_hundredths: 100,
        hour: 12,
        device: DeviceTrust::Usual,
        habit: Habit::Usual,
        away: false,
        before: 0,
        kmh: 0,
    };

    #[test]
    fn whatever_is_strange_makes_the_score_higher_and_is_named() {
        assert_eq!(PLAIN.strangest(), None);
        let strange = [
            (Features { before: 4, ..PLAIN }, Anomaly::Velocity),
            (Features { kmh: 901, ..PLAIN }, Anomaly::Location),
            (Features { times_usual_hundredths: 1_900, ..PLAIN }, Anomaly::Amount),
            (Features { times_usual_hundredths: 3, ..PLAIN }, Anomaly::Amount),
            (Features { hour: 3, ..PLAIN }, Anomaly::Time),
            (Features { device: DeviceTrust::Unknown, ..PLAIN }, Anomaly::Device),
            (Features { habit: Habit::Never, ..PLAIN }, Anomaly::Pattern),
        ];
        for (features, anomaly) in strange {
            assert_eq!(features.strangest(), Some(anomaly), "{features:?}");
            assert!(features.score(7) > PLAIN.score(7), "{features:?}");
        }
        let all = Features { kmh: 9_000, before: 9, device: DeviceTrust::Suspicious, ..PLAIN };
        assert_eq!(all.score(u64::MAX), 100);
    }

    #[test]
    fn noise_is_mostly_low() {
        let scores =
            (0..10_000u64).map(|number| PLAIN.score(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let low = scores.clone().filter(|score| *score < 11).count();
        assert!((7_200..7_800).contains(&low), "{low}");
        assert!(scores.max() < Some(22));
    }
}
