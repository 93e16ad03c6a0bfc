//! The plan of a session: how it ends is drawn first, and what leads there after.
//!
//! Outcomes and lengths are stratified: of every 1,024 sessions of a substream just as many buy as
//! the conversion says, and together they have as many events as the mean says, but for those that
//! bounce. So hourly totals hold, and not only in the long run.

use std::fmt::Display;

use mercato_draw::{AliasTable, CounterHash, Probability, Shuffle, below};
use mercato_lifecycle::Dwell;
use mercato_units::{Weight, enumerated};

use super::SessionsConfig;
use crate::shop::rates::ShopRates;
use crate::shop::user_updates::UpdateKind;
use crate::shop::users::{MILLION, share};
use crate::{ParamsError, choice, error};

enumerated! {
    /// The kinds of record: steps of a session, then those of the shop.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::shop) enum Kind {
        PageView,
        Search,
        ProductView,
        AddToCart,
        RemoveFromCart,
        Checkout,
        Purchase,
        Transaction,
        Alert,
        Profile,
    }
}

impl Kind {
    /// The kinds that are user events.
    pub(in crate::shop) const EVENTS: usize = 7;

    pub(in crate::shop) const fn name(self) -> &'static str {
        match self {
            Self::PageView => "page_view",
            Self::Search => "search",
            Self::ProductView => "product_view",
            Self::AddToCart => "add_to_cart",
            Self::RemoveFromCart => "remove_from_cart",
            Self::Checkout => "checkout",
            Self::Purchase => "purchase",
            Self::Transaction => "transaction",
            Self::Alert => "fraud_alert",
            Self::Profile => UpdateKind::Profile.name(),
        }
    }
}

/// The outcome of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::shop) enum Outcome {
    /// After one page.
    Bounce,
    /// After looking around.
    Browse,
    /// With something in the cart.
    Abandon,
    /// The same, after taking it out again.
    Remove,
    /// With a transaction.
    Purchase,
}

/// The shape of a session: what happens in which order, but neither when nor with which product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct SessionPlan {
    pub(super) outcome: Outcome,
    /// Products in the cart.
    pub(super) lines: u8,
    /// Steps besides those without which it would not end so.
    pub(super) extras: u16,
}

impl SessionPlan {
    /// One product is looked at, put into the cart and paid.
    pub(in crate::shop) const SHORTEST_PURCHASE: Self =
        Self { outcome: Outcome::Purchase, lines: 1, extras: 0 };

    /// Number of events.
    #[inline]
    pub(in crate::shop) fn events(self) -> u16 {
        let least = match self.outcome {
            Outcome::Bounce => 1,
            Outcome::Browse | Outcome::Abandon => 2,
            Outcome::Remove => 3,
            Outcome::Purchase => 2 * u16::from(self.lines) + 2,
        };
        least + self.extras
    }

    /// Returns the kind of a step; `word` decides steps that lead nowhere.
    #[inline]
    pub(super) fn kind(self, step: u16, word: u64) -> Kind {
        match (self.outcome, step) {
            (Outcome::Bounce, _) | (Outcome::Browse, 0) => Kind::PageView,
            (Outcome::Browse, step) if step > self.extras => Kind::ProductView,
            (_, 0) if self.extras > 0 => {
                if word >> 62 == 0 {
                    Kind::Search
                } else {
                    Kind::PageView
                }
            }
            (_, step) if step < self.extras || self.outcome == Outcome::Browse => {
                match word >> 61 {
                    0 | 1 => Kind::PageView,
                    2 => Kind::Search,
                    _ => Kind::ProductView,
                }
            }
            (_, step) => self.ending(step - self.extras),
        }
    }

    /// The steps without which it would not end so, from 0 on.
    #[inline]
    fn ending(self, step: u16) -> Kind {
        let lines = 2 * u16::from(self.lines);
        match step {
            step if step < lines => {
                if step % 2 == 0 {
                    Kind::ProductView
                } else {
                    Kind::AddToCart
                }
            }
            step if self.outcome == Outcome::Remove && step == lines => Kind::RemoveFromCart,
            step if step == lines => Kind::Checkout,
            _ => Kind::Purchase,
        }
    }

    /// The line of the cart that a step is about; none if it is about something else.
    #[inline]
    pub(super) fn line(self, step: u16) -> Option<u8> {
        let step = step.checked_sub(self.extras).filter(|_| self.outcome >= Outcome::Abandon)?;
        let line = (step / 2).min(u16::from(self.lines) - 1);
        Some(line as u8)
    }
}

/// Parameters of sessions, checked once.
#[derive(Debug, Clone)]
pub(in crate::shop) struct SessionModel {
    /// Ends of the stretches of outcomes, in millionths of a session.
    purchase: u64,
    abandon: u64,
    bounce: u64,
    removal: Probability,
    lines: AliasTable,
    /// Steps that lead nowhere, of every so many sessions.
    extras: Box<[u16]>,
    page_time: Dwell,
    longest: i64,
}

/// Sessions of one stratum of outcomes and lengths.
const DEAL: u64 = 1 << DEAL_BITS;
const DEAL_BITS: u32 = 10;
/// Longest and shortest time on a page, in microseconds.
const LONGEST_PAGE: i64 = 600_000_000;
const SHORTEST_PAGE: i64 = 1_000_000;
/// Replaces a standard deviation of 0, from which it is indistinguishable.
const LEAST_SIGMA: f64 = 0.001;
/// Most steps of a session besides those without which it would not end so.
const MOST_EXTRAS: u128 = 32_767;
/// Longest session that may be asked for.
const LONGEST_SESSION: i64 = 86_400_000_000;
/// Shortest session that may be the longest.
const SHORTEST_SESSION: i64 = 60_000_000;

impl SessionModel {
    pub(in crate::shop) fn new(
        config: &SessionsConfig,
        rates: &ShopRates,
    ) -> Result<Self, ParamsError> {
        let bounce = share("shop.sessions.bounce_rate", config.bounce_rate)?;
        let abandonment = share("shop.sessions.cart_abandonment", config.cart_abandonment)?;
        if abandonment > 990_000 {
            return Err(out_of_range("cart_abandonment", &config.cart_abandonment, 0, 0.99));
        }
        let removal = share("shop.sessions.removal_rate", config.removal_rate)?;
        let key = "shop.sessions.basket_lines";
        error::within(&format!("the length of {key}"), config.basket_lines.len() as u64, 1, 10)?;
        let lines = choice::table(key, config.basket_lines.iter().copied())?;
        let purchase = rates.conversion;
        let rest = MILLION - purchase;
        let abandon = (purchase * abandonment / (MILLION - abandonment)).min(rest);
        let bounce = bounce.min(rest - abandon);
        let (longest, page_time) = (config.longest.micros(), config.page_time.micros());
        if !(SHORTEST_SESSION..=LONGEST_SESSION).contains(&longest) {
            return Err(out_of_range("longest", &config.longest, "1m", "24h"));
        }
        if !(SHORTEST_PAGE..=LONGEST_PAGE).contains(&page_time) {
            return Err(out_of_range("page_time", &config.page_time, "1s", "10m"));
        }
        let dwell = |key: &str, median, sigma, min, max| {
            Dwell::lognormal(median, sigma, min, max).map_err(|source| ParamsError::Dwell {
                key: format!("shop.sessions.{key}"),
                source,
            })
        };
        for (key, sigma) in [("spread", config.spread), ("page_time_sigma", config.page_time_sigma)]
        {
            if !(0.0..=3.0).contains(&sigma) {
                return Err(out_of_range(key, &sigma, 0, 3));
            }
        }
        let mut session_model = Self {
            purchase,
            abandon,
            bounce,
            removal: Probability::ratio(removal, MILLION).map_err(|source| {
                ParamsError::Weights { key: "shop.sessions.removal_rate".to_owned(), source }
            })?,
            lines,
            extras: Box::new([]),
            page_time: dwell(
                "page_time_sigma",
                page_time,
                config.page_time_sigma.max(LEAST_SIGMA),
                SHORTEST_PAGE,
                LONGEST_PAGE,
            )?,
            longest,
        };
        let shape =
            dwell("spread", 1_000_000, config.spread.max(LEAST_SIGMA), 1_000, 1_000_000_000)?;
        session_model.extras = session_model.extras(&shape, config, rates, removal)?;
        Ok(session_model)
    }

    /// Returns the number of steps that lead nowhere in each session of a stratum, so that their
    /// mean is exact.
    fn extras(
        &self,
        shape: &Dwell,
        config: &SessionsConfig,
        rates: &ShopRates,
        removal: u64,
    ) -> Result<Box<[u16]>, ParamsError> {
        let shares = Weight::whole(config.basket_lines.iter().copied());
        let weights: u128 = shares.iter().map(|weight| u128::from(*weight)).sum();
        let products: u128 =
            shares.iter().zip(1u128..).map(|(weight, lines)| u128::from(*weight) * lines).sum();
        let million = u128::from(MILLION);
        let browse = MILLION - self.purchase - self.abandon - self.bounce;
        let least = u128::from(self.bounce + 2 * browse + 2 * self.abandon)
            + u128::from(self.abandon) * u128::from(removal) / million
            + u128::from(self.purchase) * (2 * products + 2 * weights) / weights.max(1);
        let Some(more) = u128::from(rates.events_per_session).checked_sub(least) else {
            return Err(ParamsError::Impossible {
                key: "shop.events_per_session".to_owned(),
                value: format!("{:.3}", rates.events_per_session as f64 / 1e6),
                bound: format!(
                    "these sessions take {:.3} events at least: a purchase of n products takes 2 n + 2 events, an abandoned \
                     cart 2 or 3, a bounce 1; use fewer transactions, smaller baskets or more events",
                    least as f64 / 1e6
                ),
            });
        };
        // Sessions that bounce take none, so the others take more.
        let longer = u128::from(MILLION - self.bounce).max(1);
        let total = more * u128::from(DEAL) / longer;
        let middle = |index: u64| (2 * index + 1) << (u64::BITS - DEAL_BITS - 1);
        let parts: Vec<u128> = (0..DEAL).map(|index| shape.pick(middle(index)) as u128).collect();
        let sum: u128 = parts.iter().sum();
        let mut before = 0;
        let extra = |part: &u128| {
            let from = before * total / sum;
            before += part;
            before * total / sum - from
        };
        let extras: Vec<u128> = parts.iter().map(extra).collect();
        let longest = extras.iter().copied().max().unwrap_or(0);
        if longest > MOST_EXTRAS {
            return Err(ParamsError::Impossible {
                key: "shop.events_per_session".to_owned(),
                value: format!("{:.3}", rates.events_per_session as f64 / 1e6),
                bound: format!(
                    "the longest sessions would have {longest} events, but at most {MOST_EXTRAS} are allowed; use fewer events, fewer \
                     bounces or a smaller shop.sessions.spread"
                ),
            });
        }
        Ok(extras.iter().map(|extra| *extra as u16).collect())
    }

    /// The longest time from the first event of a session to its last, in microseconds.
    pub(in crate::shop) fn longest(&self) -> i64 {
        self.longest
    }

    /// The mean time on a page that nothing cuts short, in microseconds.
    pub(in crate::shop) fn mean_page_time(&self) -> u128 {
        let middle = |index: u64| (2 * index + 1) << (u64::BITS - DEAL_BITS - 1);
        let sum: u128 = (0..DEAL)
            .map(|index| u128::from(self.page_time.pick(middle(index)).unsigned_abs()))
            .sum();
        sum / u128::from(DEAL)
    }

    /// The session of an arrival.
    #[inline]
    pub(super) fn plan(
        &self,
        stratum: CounterHash,
        arrival: u64,
        steps: CounterHash,
        word: u64,
    ) -> SessionPlan {
        let (number, place) = (arrival >> DEAL_BITS, arrival & (DEAL - 1));
        let own = stratum.child(number);
        let dealt = Shuffle::new(own, DEAL_BITS).apply(place);
        // A fraction of a card decides at the border between two outcomes.
        let quantile = (dealt * MILLION + below(own.at(place, 2), MILLION)) / DEAL;
        let outcome = match quantile {
            quantile if quantile < self.purchase => Outcome::Purchase,
            quantile if quantile < self.purchase + self.abandon => {
                if self.removal.hits(steps.at(word, REMOVAL)) {
                    Outcome::Remove
                } else {
                    Outcome::Abandon
                }
            }
            quantile if quantile < self.purchase + self.abandon + self.bounce => Outcome::Bounce,
            _ => Outcome::Browse,
        };
        let lines = match outcome {
            Outcome::Purchase => 1 + self.lines.pick(steps.at(word, LINES)) as u8,
            Outcome::Abandon | Outcome::Remove => 1,
            Outcome::Bounce | Outcome::Browse => 0,
        };
        let extras = match outcome {
            Outcome::Bounce => 0,
            _ => self.extras[Shuffle::new(own.child(1), DEAL_BITS).apply(place) as usize],
        };
        SessionPlan { outcome, lines, extras }
    }

    /// Time on the page of a step, before the session is shortened.
    #[inline]
    pub(super) fn page_time(&self, steps: CounterHash, word: u64, step: u16) -> i64 {
        self.page_time.pick(steps.at(word, PAGE_TIME | u64::from(step)))
    }
}

/// Fields of the hash of a session's word, besides those below 2^16 for its products.
const PAGE_TIME: u64 = 1 << 32;
const REMOVAL: u64 = 1 << 33;
const LINES: u64 = (1 << 33) + 1;

fn out_of_range(
    key: &str,
    value: &impl ToString,
    low: impl Display,
    high: impl Display,
) -> ParamsError {
    error::out_of_range(format!("shop.sessions.{key}"), value.to_string(), low, high)
}
