//! Room on a disk, for whoever wants to know before it is too late.

use std::io;
use std::path::Path;

/// Bytes that whoever runs the program may still write to the disk of `path`, which need not be
/// there yet.
///
/// None where the system cannot be asked.
pub fn free_bytes(path: &Path) -> io::Result<Option<u64>> {
    let path = std::path::absolute(path)?;
    let Some(there) = path.ancestors().find(|folder| folder.exists()) else { return Ok(None) };
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(there)?;
        Ok(Some(found.f_bavail.saturating_mul(found.f_frsize)))
    }
    #[cfg(not(unix))]
    {
        let _ = there;
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_has_the_room_of_the_one_it_will_be_in() {
        let folder = tempfile::tempdir().unwrap();
        let free = free_bytes(folder.path()).unwrap().unwrap();
        assert!(free > 0);
        let inside = free_bytes(&folder.path().join("a/b/c")).unwrap().unwrap();
        // Others write to the same disk.
        assert!(inside.abs_diff(free) < free / 2, "{inside} and {free}");
    }
}
