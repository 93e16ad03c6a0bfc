//! The words one arrival may draw.

/// The 64-bit words that belong to one arrival, taken one after the other.
///
/// An arrival that asks for more words than its stream reserved would reach into its neighbour's,
/// so the last word is repeated instead and a debug build stops.
#[derive(Debug)]
pub struct Words<'a> {
    words: &'a [u64],
    next: usize,
}

impl<'a> Words<'a> {
    /// The words of one arrival.
    pub fn new(words: &'a [u64]) -> Self {
        Self { words, next: 0 }
    }

    /// The next word.
    #[inline]
    pub fn take(&mut self) -> u64 {
        debug_assert!(
            self.next < self.words.len(),
            "the stream reserved only {} words",
            self.words.len()
        );
        let word = self.words.get(self.next).or(self.words.last()).copied().unwrap_or_default();
        self.next += 1;
        word
    }
}
