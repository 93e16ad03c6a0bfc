//! Decline of sales with the rank of a product: a power law with one slope each for head, middle
//! and tail.
//!
//! Ranks are gathered in bands, each a quarter wider than the ranks before it are many, and within
//! a band all are alike.
//! So ten million ranks are a table of seventy bands, and a pick is one look-up and one
//! multiplication.
//! Weights are made once, of products, quotients and square roots alone: these are the same on
//! every machine.

use mercato_draw::{AliasTable, below};

use crate::ParamsError;
use crate::error::out_of_range;

/// Slope of the weights, in 32nds: the logarithm of a weight over that of a rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slope(u32);

/// Parts of a slope's unit.
const PARTS: f64 = 32.0;
/// Number of square roots that yield an exponent of 1/32.
const ROOTS: u32 = 5;
/// The steepest slope.
const STEEPEST: f64 = 3.0;
/// A band has one rank for so many before it.
const BAND: u32 = 4;
/// Sum to which the weights of a table are scaled: their sum stays far below that of an alias
/// table, and half a word is enough to pick by them.
const SCALE: f64 = (1u64 << 40) as f64;

impl Slope {
    /// The slope nearest to a number from 0 to 3.
    pub(super) fn new(key: String, number: f64) -> Result<Self, ParamsError> {
        if (0.0..=STEEPEST).contains(&number) {
            return Ok(Self((number * PARTS).round() as u32));
        }
        Err(out_of_range(key, number.to_string(), 0, STEEPEST))
    }

    /// `base`, which is at least 1, to the power of the slope.
    fn power(self, base: f64) -> f64 {
        let mut power = (0..self.0 >> ROOTS).fold(1.0, |power, _| power * base);
        let mut root = base;
        for bit in (0..ROOTS).rev() {
            root = root.sqrt();
            if self.0 >> bit & 1 == 1 {
                power *= root;
            }
        }
        power
    }
}

/// The weights of ranks 1 to `count`.
#[derive(Debug, Clone, Copy)]
pub(super) struct PowerLaw {
    slopes: [Slope; 3],
    /// Last rank of the head, and of the middle.
    ends: [f64; 2],
}

impl PowerLaw {
    /// Head, middle and tail are a third each of the logarithm of `count`.
    pub(super) fn new(slopes: [Slope; 3], count: u32) -> Self {
        let head = (1..=u64::from(count))
            .take_while(|root| root.pow(3) <= count.into())
            .last()
            .unwrap_or(1) as f64;
        Self { slopes, ends: [head, head * head] }
    }

    /// Returns the sales of this rank, relative to rank 1.
    fn weight(&self, rank: f64) -> f64 {
        let ([head, middle, tail], [first, second]) = (self.slopes, self.ends);
        let fall = |slope: Slope, from: f64, to: f64| slope.power(from) / slope.power(to);
        if rank <= first {
            fall(head, 1.0, rank)
        } else if rank <= second {
            fall(head, 1.0, first) * fall(middle, first, rank)
        } else {
            fall(head, 1.0, first) * fall(middle, first, second) * fall(tail, second, rank)
        }
    }
}

/// A choice among places by their ranks.
#[derive(Debug, Clone)]
pub(super) struct Ranks {
    table: AliasTable,
    bands: Box<[Band]>,
}

/// Places that are chosen alike.
#[derive(Debug, Clone, Copy)]
struct Band {
    first: u32,
    count: u32,
}

/// Places in the order of their ranks, and what they are chosen for together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) first: u32,
    pub(super) count: u32,
    pub(super) weight: u64,
}

impl Ranks {
    /// The choice among `groups`, at least one of which has a weight and places.
    pub(super) fn new(groups: &[Group], slopes: [Slope; 3]) -> Self {
        let sum: u64 =
            groups.iter().filter(|group| group.count > 0).map(|group| group.weight).sum();
        let (mut weights, mut bands) = (Vec::new(), Vec::new());
        for group in groups {
            let law = PowerLaw::new(slopes, group.count);
            let own: Vec<Band> = bands_of(group).collect();
            let weight = |band: &Band| {
                let middle = f64::from(band.first - group.first) + f64::from(band.count + 1) / 2.0;
                law.weight(middle) * f64::from(band.count)
            };
            let whole: f64 = own.iter().map(weight).sum();
            let share = group.weight as f64 / sum.max(1) as f64 * SCALE / whole;
            weights.extend(own.iter().map(|band| (weight(band) * share).max(1.0) as u64));
            bands.extend(own);
        }
        #[expect(
            clippy::expect_used,
            reason = "each group's weights sum to its share of 2^40, and each is at least 1"
        )]
        let table = AliasTable::new(&weights).expect("weights that make a choice");
        Self { table, bands: bands.into() }
    }

    /// The place that one word chooses: its upper half a band, its lower half a place in it.
    #[inline]
    pub(super) fn pick(&self, word: u64) -> u32 {
        let band = self.bands[self.table.pick(word & 0xffff_ffff_0000_0000)];
        band.first + below(word << 32, band.count.into()) as u32
    }
}

/// The bands of a group, each a quarter wider than the ranks before it are many.
fn bands_of(group: &Group) -> impl Iterator<Item = Band> {
    let (first, count) = (group.first, group.count);
    let mut before = 0;
    std::iter::from_fn(move || {
        let wide = (before / BAND).max(1).min(count - before);
        let band = Band { first: first + before, count: wide };
        before += wide;
        (wide > 0).then_some(band)
    })
}
