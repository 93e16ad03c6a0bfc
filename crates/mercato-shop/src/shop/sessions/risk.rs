//! The score of a fraud model: how unusual a purchase looks, from what the shop can see.
//!
//! The score knows nothing of who really is a fraudster, and like any model it errs on both sides.

use mercato_draw::below;
use mercato_schema::Score;

/// What the shop sees of a purchase besides its basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct Sight {
    /// The sum in hundredths of what the user usually spends.
    pub(in crate::shop) times_usual_hundredths: u64,
    /// Hour of his day.
    pub(in crate::shop) hour: u8,
    /// Whether he uses another device than usual.
    pub(in crate::shop) other_device: bool,
    /// Whether he is away from home.
    pub(in crate::shop) away: bool,
}

/// The score of what is seen, with the model's own noise from `word`.
#[inline]
pub(in crate::shop) fn score(sight: Sight, word: u64) -> Score {
    // The smaller of two: most scores are low.
    let noise = below(word, 22).min(below(word.rotate_left(32), 22));
    let amount = match sight.times_usual_hundredths {
        0..=15 => 14,
        16..=250 => 0,
        251..=400 => 7,
        401..=700 => 18,
        701..=1_200 => 32,
        _ => 42,
    };
    let hour = if (2..4).contains(&sight.hour) { 12 } else { 0 };
    let device = if sight.other_device { 9 } else { 0 };
    let place = if sight.away { 6 } else { 0 };
    Score::from_units((noise + amount + hour + device + place) as i32)
}
