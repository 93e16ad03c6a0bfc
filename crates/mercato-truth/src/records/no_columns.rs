//! Parquet files in a build that cannot read them.

use std::fs::File;
use std::io;

use mercato_schema::Description;

/// Refuses to read columns.
pub(super) fn lines(_: File, _: &[Description]) -> io::Result<io::Empty> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "this program was built without Parquet: build it with the feature parquet",
    ))
}
