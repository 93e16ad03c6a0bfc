//! The metrics: what each is made of, and by what it is broken down.

use mercato_schema::Measure;

use super::layout::{ByCategory, Event, OfPurchases, Row};

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    formula: Formula,
    pub(super) by_category: bool,
    pub(super) by_region: bool,
    pub(super) by_device: bool,
}

/// The formula of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Formula {
    /// So many.
    Count(Quantity),
    /// So much money.
    Money(Quantity),
    /// One divided by the other, to four decimals, halves up.
    Ratio(Quantity, Quantity),
    /// Money divided by a number, to the cent, halves up.
    MoneyPer(Quantity, Quantity),
}

/// A counted quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quantity {
    Transactions,
    Net,
    Gross,
    Tax,
    Units,
    Events,
    Of(Event),
    PriceChanges,
    Alerts,
}

/// Of which records a metric is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    All,
    Category(usize),
    Region(usize),
    Device(usize),
}

const fn metric(name: &'static str, formula: Formula, by: [bool; 3]) -> Metric {
    Metric { name, formula, by_category: by[0], by_region: by[1], by_device: by[2] }
}

const NOTHING: [bool; 3] = [false, false, false];
const CATEGORY: [bool; 3] = [true, false, false];
const DEVICE: [bool; 3] = [false, false, true];
const CATEGORY_DEVICE: [bool; 3] = [true, false, true];
const REGION_DEVICE: [bool; 3] = [false, true, true];
const EVERYTHING: [bool; 3] = [true, true, true];

const TRANSACTIONS: Metric =
    metric("transactions", Formula::Count(Quantity::Transactions), REGION_DEVICE);
const REVENUE: Metric = metric("revenue", Formula::Money(Quantity::Net), EVERYTHING);
const ORDER_VALUE: Metric = metric(
    "average_order_value",
    Formula::MoneyPer(Quantity::Gross, Quantity::Transactions),
    REGION_DEVICE,
);
const PAGE_VIEWS: Metric =
    metric("page_views", Formula::Count(Quantity::Of(Event::PageView)), DEVICE);
const PRODUCT_VIEWS: Metric =
    metric("product_views", Formula::Count(Quantity::Of(Event::ProductView)), CATEGORY_DEVICE);
const ADD_TO_CARTS: Metric =
    metric("add_to_carts", Formula::Count(Quantity::Of(Event::AddToCart)), CATEGORY_DEVICE);
const CHECKOUTS: Metric =
    metric("checkouts", Formula::Count(Quantity::Of(Event::Checkout)), DEVICE);
const FRAUD_ALERTS: Metric = metric("fraud_alerts", Formula::Count(Quantity::Alerts), NOTHING);

/// The metrics of each minute.
pub(super) const OF_A_MINUTE: [Metric; 8] = [
    TRANSACTIONS,
    REVENUE,
    ORDER_VALUE,
    PAGE_VIEWS,
    PRODUCT_VIEWS,
    ADD_TO_CARTS,
    CHECKOUTS,
    FRAUD_ALERTS,
];

/// The metrics of each hour.
pub(super) const OF_AN_HOUR: [Metric; 20] = [
    TRANSACTIONS,
    REVENUE,
    metric("gross_revenue", Formula::Money(Quantity::Gross), REGION_DEVICE),
    metric("tax", Formula::Money(Quantity::Tax), REGION_DEVICE),
    ORDER_VALUE,
    metric("units_sold", Formula::Count(Quantity::Units), EVERYTHING),
    metric(
        "units_per_transaction",
        Formula::Ratio(Quantity::Units, Quantity::Transactions),
        REGION_DEVICE,
    ),
    metric("average_unit_price", Formula::MoneyPer(Quantity::Net, Quantity::Units), EVERYTHING),
    metric("user_events", Formula::Count(Quantity::Events), DEVICE),
    PAGE_VIEWS,
    metric("searches", Formula::Count(Quantity::Of(Event::Search)), CATEGORY_DEVICE),
    PRODUCT_VIEWS,
    ADD_TO_CARTS,
    metric("cart_removals", Formula::Count(Quantity::Of(Event::RemoveFromCart)), CATEGORY_DEVICE),
    CHECKOUTS,
    metric(
        "view_to_cart_rate",
        Formula::Ratio(Quantity::Of(Event::AddToCart), Quantity::Of(Event::ProductView)),
        CATEGORY_DEVICE,
    ),
    metric(
        "checkout_completion_rate",
        Formula::Ratio(Quantity::Of(Event::Purchase), Quantity::Of(Event::Checkout)),
        DEVICE,
    ),
    metric("price_changes", Formula::Count(Quantity::PriceChanges), CATEGORY),
    FRAUD_ALERTS,
    metric("fraud_alert_rate", Formula::Ratio(Quantity::Alerts, Quantity::Transactions), NOTHING),
];

/// Units of one, of a cent.
const ONE: i64 = 10_000;
const CENT: i64 = ONE / 100;

impl Metric {
    /// The metric of some records; none where it is a mean or a share of nothing.
    pub(super) fn value(&self, row: Row<'_>, slot: Slot) -> Option<Measure> {
        let units = match self.formula {
            Formula::Count(what) => what.of(row, slot).saturating_mul(ONE),
            Formula::Money(what) => what.of(row, slot).saturating_mul(CENT),
            Formula::Ratio(part, whole) => {
                quotient(part.of(row, slot).saturating_mul(ONE), whole.of(row, slot))?
            }
            Formula::MoneyPer(money, number) => {
                quotient(money.of(row, slot), number.of(row, slot))?.saturating_mul(CENT)
            }
        };
        Some(Measure::from_units(units))
    }
}

/// The nearest whole number to a quotient, halves up; none where nothing is divided by.
fn quotient(part: i64, whole: i64) -> Option<i64> {
    let (part, whole) = (i128::from(part), i128::from(whole));
    let nearest = (2 * part + whole).div_euclid((whole != 0).then_some(2 * whole)?);
    i64::try_from(nearest).ok()
}

impl Quantity {
    fn of(self, row: Row<'_>, slot: Slot) -> i64 {
        let (region, device) = match slot {
            Slot::Region(region) => (Some(region), None),
            Slot::Device(device) => (None, Some(device)),
            Slot::All => (None, None),
            Slot::Category(category) => return self.of_category(row, category),
        };
        match self {
            Self::Transactions => row.purchases(OfPurchases::Count, region, device),
            Self::Net => row.purchases(OfPurchases::Net, region, device),
            Self::Gross => row.purchases(OfPurchases::Gross, region, device),
            Self::Tax => Self::Gross.of(row, slot) - Self::Net.of(row, slot),
            Self::Units => row.purchases(OfPurchases::Units, region, device),
            Self::Events => Event::ALL.into_iter().map(|event| row.events(event, device)).sum(),
            Self::Of(event) => row.events(event, device),
            Self::PriceChanges => row.of_categories(ByCategory::PriceChanges),
            Self::Alerts => row.alerts(),
        }
    }

    /// Metrics are broken down by category only where their quantities are.
    fn of_category(self, row: Row<'_>, category: usize) -> i64 {
        let what = match self {
            Self::Net => ByCategory::Net,
            Self::Units => ByCategory::Units,
            Self::Of(Event::Search) => ByCategory::Searches,
            Self::Of(Event::ProductView) => ByCategory::ProductViews,
            Self::Of(Event::AddToCart) => ByCategory::AddToCarts,
            Self::Of(Event::RemoveFromCart) => ByCategory::RemoveFromCarts,
            Self::PriceChanges => ByCategory::PriceChanges,
            Self::Transactions
            | Self::Gross
            | Self::Tax
            | Self::Events
            | Self::Of(_)
            | Self::Alerts => return 0,
        };
        row.of_category(what, category)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn quotients_are_rounded_halves_up() {
        for (part, whole, nearest) in
            [(1, 2, Some(1)), (1, 3, Some(0)), (5, 2, Some(3)), (7, 0, None), (0, 9, Some(0))]
        {
            assert_eq!(quotient(part, whole), nearest, "{part} / {whole}");
        }
    }

    #[test]
    fn five_hundred_an_hour_are_documented() {
        assert_eq!(60 * OF_A_MINUTE.len() + OF_AN_HOUR.len(), 500);
        let names: BTreeSet<_> = OF_AN_HOUR.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), OF_AN_HOUR.len());
        assert!(
            OF_A_MINUTE.iter().all(|metric| OF_AN_HOUR.contains(metric)),
            "a name means the same in both"
        );
    }
}
