//! Small text files of settings: whole, bounded, and only from what has an end.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Bytes of the largest file of settings that is read.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// Reads a regular file of at most 16 MiB.
///
/// A device may never end and a named pipe may never begin, so both are refused.
pub fn read_text_file(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if !metadata.is_file() {
        return Err(io::Error::new(
            ErrorKind::InvalidInput,
            "it is not a regular file: a device or pipe may never end",
        ));
    }
    read_text(File::open(path)?)
}

/// Reads text of at most 16 MiB to its end.
pub(crate) fn read_text(source: impl Read) -> io::Result<String> {
    let mut text = Vec::new();
    source.take(MAX_FILE_BYTES + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(io::Error::new(
            ErrorKind::FileTooLarge,
            format!("it is larger than {} MiB", MAX_FILE_BYTES / (1024 * 1024)),
        ));
    }
    let text = String::from_utf8(text).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::new(ErrorKind::InvalidData, format!("line {line} is not valid UTF-8"))
    })?;
    // Editors on Windows put a byte order mark in front, which not every parser skips.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Returns whether users other than the owner can read the file.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    const GROUP_OR_OTHERS_READ: u32 = 0o044;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & GROUP_OR_OTHERS_READ != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_refused() {
        let said = |path: &str| read_text_file(Path::new(path)).unwrap_err().to_string();
        assert!(said("/dev/zero").contains("not a regular file"));
        assert!(said("/").contains("directory"));
        let endless = read_text(io::repeat(b'a')).unwrap_err();
        assert_eq!(endless.kind(), ErrorKind::FileTooLarge);
        assert_eq!(read_text("a=b".as_bytes()).unwrap(), "a=b");
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused_with_its_line() {
        let refused = read_text(&b"a\nb\nc\xff\n"[..]).unwrap_err();
        assert_eq!(refused.to_string(), "line 3 is not valid UTF-8");
    }
}
