//! SIGINT and SIGTERM: the first ends the run in order, the second ends the process at once.

use std::io;
use std::process;
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::run::Interrupt;

/// Begins to listen, on a thread of its own.
///
/// A second signal exits with 128 plus its number, as a shell reports a process that a signal
/// ended.
pub(crate) fn listen(interrupt: Interrupt) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            if interrupt.is_raised() {
                process::exit(128 + signal);
            }
            tracing::warn!(
                "stopping: flushing records already sent; press Ctrl-C again to quit immediately"
            );
            interrupt.raise();
        }
    });
    Ok(())
}
