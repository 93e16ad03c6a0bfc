//! The process of a state directory's server.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::BrokerError;

/// The recorded state of a started server.
pub(crate) struct State {
    pub(crate) pid: u32,
    pub(crate) port: u16,
    /// A path that only this server's command line names, by which it is recognised.
    pub(crate) own: PathBuf,
}

impl State {
    /// Reads the recorded state of the server of this name; `None` if there is none or it is invalid.
    pub(crate) fn read(dir: &Path, server: &str) -> Result<Option<Self>, BrokerError> {
        let path = file(dir, server);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BrokerError::io("read", &path)(error)),
        }
    }

    pub(crate) fn write(&self, dir: &Path, server: &str) -> Result<(), BrokerError> {
        let path = file(dir, server);
        let text = format!("{}\n{}\n{}\n", self.pid, self.port, self.own.display());
        fs::write(&path, text).map_err(BrokerError::io("write", &path))
    }

    pub(crate) fn remove(dir: &Path, server: &str) -> Result<(), BrokerError> {
        let path = file(dir, server);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(BrokerError::io("remove", &path)(error))
            }
            _ => Ok(()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.parse().ok()?;
        let port = lines.next()?.parse().ok()?;
        Some(Self { pid, port, own: lines.next()?.into() })
    }
}

fn file(dir: &Path, server: &str) -> PathBuf {
    dir.join(format!("{server}.pid"))
}
