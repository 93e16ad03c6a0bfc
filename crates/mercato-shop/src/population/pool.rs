//! Many short texts, each in a field of one width, so that taking one touches one place in memory.

use mercato_encode::Out;

/// Texts that need neither escapes in JSON nor quotes in CSV, found by their index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pool {
    /// Each text in a field of [`FIELD`] bytes, its length in the last.
    fields: Vec<[u8; FIELD]>,
}

/// Bytes of a text's field; the longest street has 22.
const FIELD: usize = 32;
/// Position of the text length within a field.
const LEN: usize = FIELD - 1;

impl Pool {
    /// Number of texts.
    pub(crate) fn len(&self) -> u32 {
        self.fields.len() as u32
    }

    /// Appends a text of at most 31 bytes; a longer one is left out.
    pub(crate) fn push(&mut self, text: &str) {
        let mut field = [0; FIELD];
        if let Some(place) = field[..LEN].get_mut(..text.len()) {
            place.copy_from_slice(text.as_bytes());
            field[LEN] = text.len() as u8;
            self.fields.push(field);
        }
    }

    /// Appends the text of that index to a record.
    #[inline]
    pub(crate) fn append(&self, index: u16, out: &mut impl Out) {
        let field = &self.fields[usize::from(index)];
        out.put(field, usize::from(field[LEN]));
    }

    /// The text of that index.
    pub(crate) fn get(&self, index: u16) -> String {
        let mut text = Vec::new();
        self.append(index, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// All texts in order.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = String> {
        (0..self.fields.len()).map(|index| self.get(index as u16))
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
