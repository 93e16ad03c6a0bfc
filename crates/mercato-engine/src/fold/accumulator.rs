//! Counters that can be added to.

/// A row of counters that can be added to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accumulator {
    cells: Vec<i64>,
    touched: bool,
}

impl Accumulator {
    pub(crate) fn of(cells: usize) -> Self {
        Self { cells: vec![0; cells], touched: false }
    }

    /// Adds to a counter, without regard to an overflow.
    ///
    /// # Panics
    ///
    /// When the run's fold has no such cell; the run ends then with an error that names the stream.
    #[inline]
    pub fn add(&mut self, cell: usize, amount: i64) {
        let sum = &mut self.cells[cell];
        *sum = sum.wrapping_add(amount);
        self.touched = true;
    }

    /// The counters.
    pub fn cells(&self) -> &[i64] {
        &self.cells
    }

    /// Returns true if anything has been added since the row was empty.
    pub(crate) fn is_touched(&self) -> bool {
        self.touched
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        for (sum, amount) in self.cells.iter_mut().zip(&other.cells) {
            *sum = sum.wrapping_add(*amount);
        }
        self.touched |= other.touched;
    }

    /// Empties the row.
    pub(crate) fn clear(&mut self) {
        self.cells.fill(0);
        self.touched = false;
    }

    /// Empties the row and makes it as long as a fold wants it.
    pub(crate) fn reset(&mut self, cells: usize) {
        if self.touched || self.cells.len() != cells {
            self.clear();
            self.cells.resize(cells, 0);
        }
    }

    /// Empties the row and returns the counters that were not 0.
    ///
    /// A slice of rare records has a window for each of them, so what it keeps must not be as long
    /// as the row.
    pub(crate) fn take(&mut self) -> Box<[(u32, i64)]> {
        if !self.touched {
            return Box::default();
        }
        let cells = (0..).zip(&self.cells).filter(|(_, amount)| **amount != 0);
        let cells = cells.map(|(cell, amount)| (cell, *amount)).collect();
        self.clear();
        cells
    }
}
