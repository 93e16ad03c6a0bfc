//! The process of a state directory's broker.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::BrokerError;

/// The recorded state of a started broker.
pub(crate) struct State {
    pub(crate) pid: u32,
    pub(crate) port: u16,
    /// Its `server.properties`, by which its command line is recognised.
    pub(crate) properties: PathBuf,
}

impl State {
    /// Reads the recorded state; `None` if there is none or it is invalid.
    pub(crate) fn read(dir: &Path) -> Result<Option<Self>, BrokerError> {
        let path = file(dir);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(BrokerError::io("read", &path)(error)),
        }
    }

    pub(crate) fn write(&self, dir: &Path) -> Result<(), BrokerError> {
        let path = file(dir);
        let text = format!("{}\n{}\n{}\n", self.pid, self.port, self.properties.display());
        fs::write(&path, text).map_err(BrokerError::io("write", &path))
    }

    pub(crate) fn remove(dir: &Path) -> Result<(), BrokerError> {
        let path = file(dir);
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
        Some(Self { pid, port, properties: lines.next()?.into() })
    }
}

fn file(dir: &Path) -> PathBuf {
    dir.join("broker.pid")
}
