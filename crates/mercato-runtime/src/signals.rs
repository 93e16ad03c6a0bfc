//! SIGINT, SIGTERM and SIGHUP: the first ends the run in order, the second ends the process at once.
//!
//! A terminal that closes sends SIGHUP; a program that was started with it ignored, as `nohup`
//! does, goes on.

use std::fs;
use std::io;
use std::process;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::run::Interrupt;

/// Begins to listen, on a thread of its own; `stopping` says what the first signal stops.
///
/// A second signal exits with 128 plus its number, as a shell reports a process that a signal
/// ended.
pub fn listen(interrupt: Interrupt, stopping: &'static str) -> io::Result<()> {
    let hangup = (!is_ignored(SIGHUP, &status())).then_some(SIGHUP);
    let mut signals = Signals::new([SIGINT, SIGTERM].into_iter().chain(hangup))?;
    let listener = move || {
        for signal in signals.forever() {
            if interrupt.is_raised() {
                process::exit(128 + signal);
            }
            tracing::warn!("stopping: {stopping}; press Ctrl-C again to quit immediately");
            interrupt.raise();
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listener).map(drop)
}

/// The state of this process as Linux shows it; empty where there is no such file.
fn status() -> String {
    fs::read_to_string("/proc/self/status").unwrap_or_default()
}

/// Returns whether a process with this status ignores `signal`.
fn is_ignored(signal: i32, status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read() {
        let status = |mask: &str| format!("Name:\tx\nSigBlk:\tffff\nSigIgn:\t{mask}\n");
        assert!(is_ignored(SIGHUP, &status("0000000000000001")));
        assert!(is_ignored(SIGTERM, &status("0000000000004000")));
        assert!(!is_ignored(SIGHUP, &status("0000000000001000")));
        assert!(!is_ignored(SIGHUP, ""), "where it is not known, it is not ignored");
    }
}
