//! Bytes that were rendered once and are copied ever after.

/// A part of a record that never changes: `"product_id":"PROD-004","product_name":"USB-C Cable"`.
///
/// Rendering and escaping happen when the catalogue is loaded; a record only copies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segment(Box<[u8]>);

impl Segment {
    /// The segment that `render` appends.
    pub fn new(render: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut bytes = Vec::new();
        render(&mut bytes);
        Self(bytes.into_boxed_slice())
    }

    /// Appends the segment to a record.
    #[inline]
    pub fn append(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    /// The rendered bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
