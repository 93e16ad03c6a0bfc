//! The layout of counters in the row of a window.
//!
//! Counts by region and by kind of device are kept by both at once, so a transaction
//! adds to four cells and an event to one; sums over either are made when the window is over.

use mercato_engine::Accumulator;
use mercato_patterns::geographic::Region;
use mercato_units::enumerated;

/// Kinds of device in the order in which they are shown.
pub(in crate::shop) const DEVICE_KINDS: [&str; 3] = ["mobile", "desktop", "tablet"];

const DEVICES: usize = DEVICE_KINDS.len();
const REGIONS: usize = Region::ALL.len();

enumerated! {
    /// User events that are counted apart.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in crate::shop) enum Event {
        PageView,
        Search,
        ProductView,
        AddToCart,
        RemoveFromCart,
        Checkout,
        Purchase,
    }
}

impl Event {
    /// Returns its counters by category, if any.
    const fn by_category(self) -> Option<ByCategory> {
        match self {
            Self::Search => Some(ByCategory::Searches),
            Self::ProductView => Some(ByCategory::ProductViews),
            Self::AddToCart => Some(ByCategory::AddToCarts),
            Self::RemoveFromCart => Some(ByCategory::RemoveFromCarts),
            Self::PageView | Self::Checkout | Self::Purchase => None,
        }
    }
}

/// Counters of transactions by region and device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OfPurchases {
    Count,
    /// Cents with tax.
    Gross,
    /// Cents without.
    Net,
    Units,
}

/// Counters by category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByCategory {
    Searches,
    ProductViews,
    AddToCarts,
    RemoveFromCarts,
    /// Cents without tax.
    Net,
    Units,
    PriceChanges,
}

const PURCHASES: usize = Event::ALL.len() * DEVICES;
const ALERTS: usize = PURCHASES + 4 * REGIONS * DEVICES;
const CATEGORIES: usize = ALERTS + 1;
const BY_CATEGORY: usize = 7;

/// A purchase, so far as it is counted.
#[derive(Debug, Clone, Copy)]
pub(in crate::shop) struct PurchaseAccumulator {
    pub(in crate::shop) region: u8,
    pub(in crate::shop) device: u8,
    pub(in crate::shop) gross_cents: i64,
}

/// The cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct CellLayout {
    categories: usize,
}

impl CellLayout {
    pub(in crate::shop) fn new(categories: usize) -> Self {
        Self { categories }
    }

    pub(super) fn cells(self) -> usize {
        CATEGORIES + BY_CATEGORY * self.categories
    }

    /// The place of a kind of device among those that are shown.
    pub(in crate::shop) fn device_of(kind: &str) -> u8 {
        DEVICE_KINDS.iter().position(|known| *known == kind).unwrap_or_default() as u8
    }

    #[inline]
    fn category(self, what: ByCategory, category: u16) -> usize {
        CATEGORIES + what as usize * self.categories + usize::from(category)
    }

    /// Counts an event; one that is about a category names it.
    #[inline]
    pub(in crate::shop) fn event(
        self,
        accumulator: &mut Accumulator,
        event: Event,
        device: u8,
        category: u16,
    ) {
        accumulator.add(event as usize * DEVICES + usize::from(device), 1);
        if let Some(what) = event.by_category() {
            accumulator.add(self.category(what, category), 1);
        }
    }

    /// Counts a transaction, whose lines are category, units and cents.
    #[inline]
    pub(in crate::shop) fn purchase(
        self,
        accumulator: &mut Accumulator,
        purchase: PurchaseAccumulator,
        lines: impl Iterator<Item = (u16, u32, i64)>,
    ) {
        let (mut all_units, mut all_cents) = (0, 0);
        for (category, units, cents) in lines {
            accumulator.add(self.category(ByCategory::Net, category), cents);
            accumulator.add(self.category(ByCategory::Units, category), units.into());
            all_units += i64::from(units);
            all_cents += cents;
        }
        let place = usize::from(purchase.region) * DEVICES + usize::from(purchase.device);
        let mut add = |what, amount| {
            accumulator.add(PURCHASES + what as usize * REGIONS * DEVICES + place, amount);
        };
        add(OfPurchases::Count, 1);
        add(OfPurchases::Gross, purchase.gross_cents);
        add(OfPurchases::Net, all_cents);
        add(OfPurchases::Units, all_units);
    }

    /// Counts a changed price.
    #[inline]
    pub(in crate::shop) fn price_change(self, accumulator: &mut Accumulator, category: u16) {
        accumulator.add(self.category(ByCategory::PriceChanges, category), 1);
    }

    /// Counts a fraud alert.
    #[inline]
    pub(in crate::shop) fn alert(accumulator: &mut Accumulator) {
        accumulator.add(ALERTS, 1);
    }
}

/// The counters of a window that is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) layout: CellLayout,
    pub(super) cells: &'a [i64],
}

impl Row<'_> {
    /// Returns the count of an event, on all devices or on one.
    pub(super) fn events(self, event: Event, device: Option<usize>) -> i64 {
        let own = &self.cells[event as usize * DEVICES..][..DEVICES];
        device.map_or_else(|| own.iter().sum(), |device| own[device])
    }

    /// A sum over transactions of one region and device, or of all.
    pub(super) fn purchases(
        self,
        what: OfPurchases,
        region: Option<usize>,
        device: Option<usize>,
    ) -> i64 {
        let own = &self.cells[PURCHASES + what as usize * REGIONS * DEVICES..][..REGIONS * DEVICES];
        let is_asked = |place: usize| {
            region.is_none_or(|region| place / DEVICES == region)
                && device.is_none_or(|device| place % DEVICES == device)
        };
        own.iter().enumerate().filter(|(place, _)| is_asked(*place)).map(|(_, sum)| sum).sum()
    }

    pub(super) fn of_category(self, what: ByCategory, category: usize) -> i64 {
        self.cells[self.layout.category(what, category as u16)]
    }

    pub(super) fn of_categories(self, what: ByCategory) -> i64 {
        (0..self.layout.categories).map(|category| self.of_category(what, category)).sum()
    }

    pub(super) fn alerts(self) -> i64 {
        self.cells[ALERTS]
    }
}
