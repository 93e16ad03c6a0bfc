//! Many short texts behind one another, so that drawing one touches one place in memory.

/// Texts that need neither escapes in JSON nor quotes in CSV, found by their index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pool {
    text: String,
    ends: Vec<u32>,
}

impl Pool {
    /// Number of texts.
    pub(crate) fn len(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Appends a text.
    pub(crate) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    /// The text of that index.
    #[inline]
    pub(crate) fn get(&self, index: u16) -> &str {
        let index = usize::from(index);
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start as usize..self.ends[index] as usize]
    }

    /// All texts in order.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|index| self.get(index as u16))
    }
}

impl<S: AsRef<str>> FromIterator<S> for Pool {
    fn from_iter<I: IntoIterator<Item = S>>(texts: I) -> Self {
        let mut pool = Self::default();
        texts.into_iter().for_each(|text| pool.push(text.as_ref()));
        pool
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_where_they_were_put() {
        let texts = ["Amy", "", "New Bobbyland"];
        let pool: Pool = texts.iter().collect();
        assert_eq!(pool.len(), 3);
        assert!(pool.iter().eq(texts));
    }
}
