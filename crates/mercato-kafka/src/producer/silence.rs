//! A broker that stops answering without closing its connections, as a frozen one does: told once,
//! and once more when it answers again.
//!
//! librdkafka notices only when a request times out, after a minute.
//! Here the silence itself counts: something waits for an answer, and nothing is answered.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::ProducerConfig;

/// Silence that is told, besides the time that a record may linger here.
const LIMIT: Duration = Duration::from_secs(5);

/// Longest time that one look adds, so that a program which was stopped itself blames nobody.
const MOST_PER_LOOK: Duration = Duration::from_secs(1);

/// A change worth a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// Nothing has been answered for so long.
    Silent(Duration),
    /// An answer came after so long.
    Answers(Duration),
}

/// The silence so far; a pure machine without a clock.
#[derive(Debug, Default)]
struct Silence {
    lasts: Duration,
    is_told: bool,
}

impl Silence {
    /// Judges the time that `passed` since the last look.
    fn judge(
        &mut self,
        has_answered: bool,
        is_waiting: bool,
        passed: Duration,
        limit: Duration,
    ) -> Option<News> {
        if !has_answered && is_waiting {
            self.lasts += passed.min(MOST_PER_LOOK);
            let is_news = self.lasts >= limit && !self.is_told;
            self.is_told |= is_news;
            return is_news.then_some(News::Silent(self.lasts));
        }
        let Self { lasts, is_told } = std::mem::take(self);
        is_told.then_some(News::Answers(lasts))
    }
}

/// Watches whether brokers answer; producers that replace one another share it.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    address: String,
    limit: Duration,
    silence: Mutex<Silence>,
    is_silent: AtomicBool,
    has_answered: AtomicBool,
    /// True while a call waits for an answer, such as that to a commit.
    is_calling: AtomicBool,
}

impl Watch {
    /// A watch over the brokers of `config`.
    pub(crate) fn new(config: &ProducerConfig) -> Self {
        let linger = config.client.get("linger.ms").and_then(|millis| millis.parse().ok());
        let limit = LIMIT + Duration::from_micros((linger.unwrap_or(0.0_f64) * 1e3) as u64);
        Self { address: config.address().to_owned(), limit, ..Self::default() }
    }

    /// A broker has answered.
    pub(crate) fn answered(&self) {
        self.has_answered.store(true, Ordering::Relaxed);
    }

    /// Carries out a call that waits for brokers.
    pub(crate) fn calling<T>(&self, call: impl FnOnce() -> T) -> T {
        self.is_calling.store(true, Ordering::Relaxed);
        let outcome = call();
        self.is_calling.store(false, Ordering::Relaxed);
        outcome
    }

    /// Returns whether nothing has been answered for longer than a broker may take.
    pub(crate) fn is_silent(&self) -> bool {
        self.is_silent.load(Ordering::Relaxed)
    }

    /// Looks again after `passed`, while so many records wait; `is_down` if the log says already that no
    /// broker can be reached.
    pub(crate) fn look(&self, records: u64, passed: Duration, is_down: bool) {
        let has_answered = self.has_answered.swap(false, Ordering::Relaxed);
        let is_waiting = records > 0 || self.is_calling.load(Ordering::Relaxed);
        let mut silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        let news = silence.judge(has_answered, is_waiting, passed, self.limit);
        self.is_silent.store(silence.is_told, Ordering::Relaxed);
        drop(silence);
        let Self { address, .. } = self;
        match news {
            Some(News::Silent(lasts)) if !is_down => {
                let seconds = lasts.as_secs_f64();
                let waiting = match records {
                    0 => "a transaction is waiting".to_owned(),
                    _ => format!("{records} records are waiting"),
                };
                tracing::warn!(target: "mercato_kafka", "no answer from {address} for {seconds:.1} s; {waiting}");
            }
            Some(News::Answers(lasts)) => {
                let seconds = lasts.as_secs_f64();
                tracing::warn!(target: "mercato_kafka", "{address} answers again, after {seconds:.1} s");
            }
            Some(News::Silent(_)) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(500);

    fn judge(silence: &mut Silence, has_answered: bool, is_waiting: bool) -> Option<News> {
        silence.judge(has_answered, is_waiting, TICK, LIMIT)
    }

    #[test]
    fn silence_is_told_once_and_so_is_its_end() {
        let mut silence = Silence::default();
        for _ in 0..9 {
            assert_eq!(judge(&mut silence, false, true), None);
        }
        assert_eq!(judge(&mut silence, false, true), Some(News::Silent(LIMIT)));
        for _ in 0..30 {
            assert_eq!(judge(&mut silence, false, true), None);
        }
        let all = TICK * 40;
        assert_eq!(judge(&mut silence, true, true), Some(News::Answers(all)));
        assert_eq!(judge(&mut silence, true, true), None);
    }

    #[test]
    fn who_waits_for_nothing_hears_no_silence() {
        let mut silence = Silence::default();
        for look in 0..100 {
            assert_eq!(judge(&mut silence, false, look % 9 > 0), None, "it never waits 5 s");
            assert_eq!(judge(&mut silence, look % 7 == 0, false), None);
        }
    }

    #[test]
    fn a_program_that_was_stopped_itself_blames_no_broker() {
        let mut silence = Silence::default();
        let hour = Duration::from_secs(3_600);
        assert_eq!(silence.judge(false, true, hour, LIMIT), None);
        assert_eq!(silence.judge(true, true, TICK, LIMIT), None);
    }
}
