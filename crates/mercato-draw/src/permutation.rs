//! Keyed permutations: unique identifiers without remembering which were given out.

use crate::{CounterHash, DrawError, below};

/// Pairs of rounds of the Feistel network; four rounds make a permutation that no statistical test
/// of the output tells from a random one (Luby and Rackoff), which is all an identifier needs.
const ROUNDS: u64 = 2;

/// A permutation of the numbers 0 to n−1, decided by a key.
///
/// A Feistel network on a rectangle: the value's row and column take turns in being moved by a hash
/// of the other.
/// The rectangle has at least n places and hardly more, so a value that falls outside, and is
/// permuted again until it falls inside (cycle walking), is rare.
///
/// ```
/// use mercato_draw::{Label, Permutation, Seed};
///
/// let shuffle = Permutation::new(Seed::new(42).hash(Label::new(1, 0)), 1000)?;
/// let image = shuffle.apply(7);
/// assert!(image < 1000);
/// assert_eq!(shuffle.invert(image), 7);
/// # Ok::<(), mercato_draw::DrawError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutation {
    hash: CounterHash,
    size: u64,
    rows: u32,
    columns: u32,
    rounds: u64,
}

impl Permutation {
    /// Largest number of values.
    pub const MAX_SIZE: u64 = 1 << 62;

    /// The permutation of `size` values under the key of `hash`; refuses none and more than 2^62.
    pub fn new(hash: CounterHash, size: u64) -> Result<Self, DrawError> {
        if size == 0 || size > Self::MAX_SIZE {
            return Err(DrawError::Domain { size, max: Self::MAX_SIZE });
        }
        let columns = size.isqrt().max(1);
        Ok(Self {
            hash,
            size,
            rows: size.div_ceil(columns) as u32,
            columns: columns as u32,
            rounds: ROUNDS,
        })
    }

    /// A permutation at half the price, for identifiers that only shall not stand in a row.
    ///
    /// Neighbours land far apart, as with [`Permutation::new`], but values a column apart stay a
    /// column apart.
    /// Refuses the same sizes.
    pub fn coarse(hash: CounterHash, size: u64) -> Result<Self, DrawError> {
        Ok(Self { rounds: 1, ..Self::new(hash, size)? })
    }

    /// A permutation of as many values under the key of another hash: what [`Permutation::new`]
    /// gives, without its square root.
    #[inline]
    #[must_use]
    pub fn rekeyed(self, hash: CounterHash) -> Self {
        Self { hash, ..self }
    }

    /// Number of values.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The image of `value`, which must be below the size.
    #[inline]
    pub fn apply(&self, value: u64) -> u64 {
        debug_assert!(value < self.size, "{value} is outside 0..{}", self.size);
        self.walk(value, Self::forward)
    }

    /// The value whose image is `image`, which must be below the size.
    #[inline]
    pub fn invert(&self, image: u64) -> u64 {
        debug_assert!(image < self.size, "{image} is outside 0..{}", self.size);
        self.walk(image, Self::backward)
    }

    /// Steps until the value is inside; one that began inside always comes back.
    #[inline]
    fn walk(&self, start: u64, step: impl Fn(&Self, u64) -> u64) -> u64 {
        let mut value = step(self, start);
        while value >= self.size {
            value = step(self, value);
        }
        value
    }

    #[inline]
    fn forward(&self, value: u64) -> u64 {
        let (mut row, mut column) = self.split(value);
        for round in 0..self.rounds {
            row = plus(row, self.offset(2 * round, column, self.rows), self.rows);
            column = plus(column, self.offset(2 * round + 1, row, self.columns), self.columns);
        }
        u64::from(row) * u64::from(self.columns) + u64::from(column)
    }

    #[inline]
    fn backward(&self, value: u64) -> u64 {
        let (mut row, mut column) = self.split(value);
        for round in (0..self.rounds).rev() {
            column = plus(
                column,
                self.columns - self.offset(2 * round + 1, row, self.columns),
                self.columns,
            );
            row = plus(row, self.rows - self.offset(2 * round, column, self.rows), self.rows);
        }
        u64::from(row) * u64::from(self.columns) + u64::from(column)
    }

    #[inline]
    fn split(&self, value: u64) -> (u32, u32) {
        let columns = u64::from(self.columns);
        ((value / columns) as u32, (value % columns) as u32)
    }

    /// Returns the shift of one coordinate, determined by the other.
    #[inline]
    fn offset(&self, round: u64, other: u32, bound: u32) -> u32 {
        below(self.hash.at(other.into(), round), bound.into()) as u32
    }
}

/// A sum around a circle.
#[inline]
fn plus(a: u32, b: u32, bound: u32) -> u32 {
    let sum = u64::from(a) + u64::from(b);
    if sum >= u64::from(bound) { (sum - u64::from(bound)) as u32 } else { sum as u32 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn permutation(key: u64, size: u64) -> Permutation {
        Permutation::new(CounterHash::new(key, 0), size).unwrap()
    }

    proptest! {
        #[test]
        fn every_value_is_hit_once(key in any::<u64>(), size in 1u64..3000) {
            let shuffle = permutation(key, size);
            let mut images: Vec<u64> = (0..size).map(|value| shuffle.apply(value)).collect();
            images.sort_unstable();
            prop_assert!(images.into_iter().eq(0..size));
        }

        #[test]
        fn a_coarse_permutation_hits_every_value_once(key in any::<u64>(), size in 1u64..3000) {
            let shuffle = Permutation::coarse(CounterHash::new(key, 0), size).unwrap();
            let mut images: Vec<u64> = (0..size).map(|value| shuffle.apply(value)).collect();
            prop_assert!((0..size).all(|value| shuffle.invert(shuffle.apply(value)) == value));
            images.sort_unstable();
            prop_assert!(images.into_iter().eq(0..size));
        }

        #[test]
        fn inverting_undoes_applying(key in any::<u64>(), size in 1u64..=Permutation::MAX_SIZE, pick in any::<u64>()) {
            let shuffle = permutation(key, size);
            let value = pick % size;
            prop_assert_eq!(shuffle.invert(shuffle.apply(value)), value);
        }
    }

    #[test]
    fn another_key_gives_what_a_new_permutation_would() {
        assert_eq!(permutation(1, 1_000).rekeyed(CounterHash::new(2, 0)), permutation(2, 1_000));
    }

    #[test]
    fn neighbours_land_far_apart() {
        let coarse = Permutation::coarse(CounterHash::new(3, 0), 100_000_000).unwrap();
        for shuffle in [permutation(3, 100_000_000), coarse] {
            let near = (0..10_000)
                .filter(|i| shuffle.apply(*i).abs_diff(shuffle.apply(i + 1)) < 100_000)
                .count();
            // Two uniform values lie that close with a probability of 0.002.
            assert!(near < 60, "{near} of 10,000 neighbours stay close");
        }
    }

    #[test]
    fn impossible_sizes_are_refused() {
        let hash = CounterHash::new(0, 0);
        assert!(Permutation::new(hash, 0).is_err());
        assert!(Permutation::new(hash, Permutation::MAX_SIZE + 1).is_err());
    }
}
