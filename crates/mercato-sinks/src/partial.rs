//! Files that are written beside their name and get it when they are whole.
//!
//! Whoever finds a file under its own name may read it without asking whether its writer is done,
//! or has crashed.
//! Two runs that write the same name each have a partial file, and the last to finish wins.
//! A partial file is locked by its writer, so that one whose writer was killed can be told from it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::SinkError;

/// Maximum number of unfinished files of one name.
const MOST_PARTIALS: u32 = 1000;

/// Writes `bytes` to `path` so that the file is there whole or not at all.
///
/// Fails with [`SinkError::File`] naming `path`, or with [`SinkError::Closed`] when `path` is a
/// pipe without a reader.
pub fn write_whole(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), SinkError> {
    let path = path.as_ref();
    let at = |action| move |source| SinkError::file(action, path, 0, 0, source);
    let mut file = PartialFile::create(path).map_err(at("create"))?;
    file.write_all(bytes).map_err(at("write"))?;
    file.finish().map_err(at("complete"))
}

/// A file that is written beside its name and gets the name when it is whole and on the disk.
///
/// Until then the bytes are in `.NAME.partial`, or `.NAME.partial-2` and so on when that exists, so
/// that neither another run's file nor what a failed run has left is overwritten.
/// The dot hides them from engines that read all files of a folder.
/// An existing file stays readable under its name until the new one replaces it.
///
/// Pipes, devices and descriptors (`/dev/null`, `/dev/stdout`, a fifo) cannot be replaced; they are
/// written in place.
///
/// Dropped without [`finish`](Self::finish) it removes its partial file, unless
/// [`keep_partial`](Self::keep_partial)
/// was called.
/// It does not buffer: give it big pieces.
///
/// ```
/// use std::io::Write;
/// use mercato_sinks::PartialFile;
///
/// # fn main() -> std::io::Result<()> {
/// let folder = tempfile::tempdir()?;
/// let name = folder.path().join("summary.json");
/// let mut file = PartialFile::create(&name)?;
/// file.write_all(b"{}\n")?;
/// assert!(!name.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(&name)?, b"{}\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PartialFile {
    file: File,
    target: PathBuf,
    // None for what is written in place, and after the rename.
    partial: Option<PathBuf>,
    bytes: u64,
    kept: bool,
    closed: bool,
}

impl PartialFile {
    /// Opens the partial file of `target`, or `target` itself if it is a pipe, a device or a
    /// descriptor.
    ///
    /// A link is followed, so what it points to is replaced and the link stays.
    /// An existing file's permissions pass to the one that replaces it.
    /// Fails where a file could not be put in the end: `target` is a folder, is write-protected, or
    /// its folder does not exist or lets nothing be created.
    pub fn create(target: impl Into<PathBuf>) -> io::Result<Self> {
        let target = target.into();
        if in_place(&target) {
            // Appending, because `/dev/stdout` may stand for a file that holds something already.
            let file = OpenOptions::new().append(true).open(&target)?;
            return Ok(Self { file, target, partial: None, bytes: 0, kept: false, closed: false });
        }
        let target = fs::canonicalize(&target).unwrap_or(target);
        let replaced = replaceable(&target)?;
        let (file, partial) = create_beside(&target)?;
        let created =
            Self { file, target, partial: Some(partial), bytes: 0, kept: false, closed: false };
        if let Some(permissions) = replaced {
            created.file.set_permissions(permissions)?;
        }
        Ok(created)
    }

    /// Opens the partial file of `target` that an earlier run left at `partial`, cut back to its
    /// first `bytes` bytes.
    ///
    /// Fails where the file is not there or has fewer bytes.
    pub(crate) fn reopen(target: PathBuf, partial: PathBuf, bytes: u64) -> io::Result<Self> {
        let refused = |reason: String| {
            let reason = format!("{reason}; delete the state to begin again");
            io::Error::new(ErrorKind::InvalidData, reason)
        };
        // A link could lead anywhere, and a pipe would never end.
        if !fs::symlink_metadata(&partial).is_ok_and(|found| found.is_file()) {
            return Err(refused("it is gone, or is no file".to_owned()));
        }
        let mut file = OpenOptions::new().write(true).open(&partial)?;
        let length = file.metadata()?.len();
        if length < bytes {
            return Err(refused(format!("it has {length} bytes, but {bytes} were written")));
        }
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(bytes))?;
        Ok(Self { file, target, partial: Some(partial), bytes, kept: true, closed: false })
    }

    /// The unfinished file; `None` for a file that is written in place.
    pub(crate) fn partial(&self) -> Option<&Path> {
        self.partial.as_deref()
    }

    /// Waits until the bytes so far are on the disk, and keeps them if the file is never finished.
    pub(crate) fn settle(&mut self) -> io::Result<()> {
        let Some(partial) = &self.partial else { return Ok(()) };
        self.file.sync_data()?;
        if !self.kept {
            self.kept = true;
            sync_folder(partial);
        }
        Ok(())
    }

    /// Removes the partial file.
    pub(crate) fn discard(&mut self) {
        self.closed = true;
        if let Some(partial) = self.partial.take() {
            // Its name already says that it is not whole.
            let _ = fs::remove_file(partial);
        }
    }

    /// The name the file will have when it is whole.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Returns the current path of the bytes: the partial file, or the target if it is written in
    /// place.
    pub fn path(&self) -> &Path {
        self.partial.as_deref().unwrap_or(&self.target)
    }

    /// Bytes written so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Leaves the partial file where it is if the file is never finished.
    pub fn keep_partial(&mut self) {
        self.kept = true;
    }

    /// Waits until the bytes are on the disk and gives the file its name, replacing what had it.
    ///
    /// A file written in place is only closed.
    pub fn finish(mut self) -> io::Result<()> {
        self.complete()
    }

    /// Does the same unless something has the name already, also if it got it this very moment.
    ///
    /// Fails with [`ErrorKind::AlreadyExists`] then, and removes the partial file.
    pub fn finish_new(mut self) -> io::Result<()> {
        self.close();
        let Some(partial) = &self.partial else { return Ok(()) };
        self.file.sync_all()?;
        match fs::hard_link(partial, &self.target) {
            // Some file systems have no hard links; there, two writers can miss each other.
            Err(error) if error.kind() != ErrorKind::AlreadyExists && !self.target.exists() => {
                fs::rename(partial, &self.target)?;
                self.partial = None;
            }
            linked => linked?,
        }
        sync_folder(&self.target);
        Ok(())
    }

    /// Does the work of [`finish`](Self::finish) for an owner that cannot give the file away.
    pub(crate) fn complete(&mut self) -> io::Result<()> {
        self.close();
        let Some(partial) = &self.partial else { return Ok(()) };
        self.file.sync_all()?;
        fs::rename(partial, &self.target)?;
        self.partial = None;
        sync_folder(&self.target);
        Ok(())
    }

    /// Refuses every byte from now on.
    ///
    /// flate2's encoder writes the end of the stream when it is dropped, which would make a broken
    /// file look whole.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Returns whether the partial file will still be there when this is dropped.
    pub(crate) fn stays(&self) -> bool {
        self.kept || self.partial.is_none()
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Err(io::Error::other("the file is closed"));
        }
        // Compressors do not all try again after an interruption, so they never see one.
        loop {
            match self.file.write(bytes) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(count) => {
                    self.bytes += count as u64;
                    return Ok(count);
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if let Some(partial) = self.partial.take_if(|_| !self.kept) {
            // Nobody is left to hear of a failure, and the name already says that the file is not
            // whole.
            let _ = fs::remove_file(partial);
        }
    }
}

/// Returns whether `path` is there and is neither a file nor a folder, or names a descriptor of
/// this process.
pub fn in_place(path: &Path) -> bool {
    let descriptor = ["/dev/stdout", "/dev/stderr"].iter().any(|name| path == Path::new(name))
        || ["/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|folder| path.parent() == Some(Path::new(folder)));
    descriptor || fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

/// The permissions of the file at `target` if there is one, and an error if it must not be
/// replaced.
fn replaceable(target: &Path) -> io::Result<Option<fs::Permissions>> {
    let Ok(found) = fs::metadata(target) else { return Ok(None) };
    if found.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    // A rename would go through, and replace what someone has protected.
    if found.permissions().readonly() {
        return Err(io::Error::new(ErrorKind::PermissionDenied, "the file is write-protected"));
    }
    Ok(Some(found.permissions()))
}

/// Creates the first of `.NAME.partial`, `.NAME.partial-2`, … that does not exist.
fn create_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    let Some(name) = target.file_name() else {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the path has no file name"));
    };
    for number in 1..=MOST_PARTIALS {
        let path = target.with_file_name(partial_name(name, number));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                // Until the program ends, however it ends: so others know that the file has a writer.
                let _ = file.try_lock();
                return Ok((file, path));
            }
        }
    }
    Err(io::Error::new(
        ErrorKind::AlreadyExists,
        "too many unfinished files of this name; remove those ending in .partial",
    ))
}

/// Returns the name of the `number`th unfinished file of `name`.
fn partial_name(name: &OsStr, number: u32) -> OsString {
    let mut partial = OsString::from(".");
    partial.push(name);
    partial.push(".partial");
    if number > 1 {
        partial.push(format!("-{number}"));
    }
    partial
}

/// Removes the unfinished files of `target` that earlier runs have left.
pub fn remove_left(target: &Path) -> io::Result<()> {
    left(target)?.into_iter().try_for_each(fs::remove_file)
}

/// Removes those of them that no running program writes.
pub(crate) fn remove_dead(target: &Path) -> io::Result<()> {
    for path in left(target)? {
        // Where files cannot be locked, nobody knows.
        if File::open(&path)?.try_lock().is_ok() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The unfinished files of `target`.
fn left(target: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(name) = target.file_name() else { return Ok(Vec::new()) };
    let first = partial_name(name, 1);
    let folder =
        target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = match fs::read_dir(folder) {
        // A folder that is none holds nothing; whoever writes there says so.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        entries => entries?,
    };
    let mut left = Vec::new();
    for entry in entries {
        let found = entry?.file_name();
        let rest = found.as_encoded_bytes().strip_prefix(first.as_encoded_bytes());
        let is_left = |rest: &[u8]| {
            rest.is_empty()
                || rest.strip_prefix(b"-").is_some_and(|rest| rest.iter().all(u8::is_ascii_digit))
        };
        if rest.is_some_and(is_left) {
            left.push(folder.join(found));
        }
    }
    Ok(left)
}

/// Asks that the new name survives a crash of the machine.
///
/// Not every file system lets a folder be synced, and the file itself is safe already, so this
/// cannot fail.
fn sync_folder(target: &Path) {
    let folder =
        target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
