//! What product updates say of prices, launches and deliveries, and what that means to sessions.

use std::collections::BTreeMap;

use mercato_schema::{Money, ProductUpdate};
use mercato_shop::shop::Shop;
use mercato_shop::shop::catalogue::Item;

use crate::numbers::{Numbers, number};

const MILLI: i64 = 1_000;

/// What a product's last update says.
struct Listing {
    before: Option<Money>,
    since: i64,
    price: Money,
}

/// What is listed, as told by the updates so far, and how many there were.
#[derive(Default)]
pub(crate) struct Listings {
    /// From when on updates are no longer sent, while sessions go on to their end.
    pub(crate) until: i64,
    last: BTreeMap<u64, Listing>,
    /// When products were replaced.
    replaced: BTreeMap<u64, i64>,
    pub(crate) changes: u64,
    pub(crate) deliveries: u64,
}

impl Listings {
    /// A product update.
    pub(crate) fn update(
        &mut self,
        shop: &Shop,
        update: &ProductUpdate<'_>,
        numbers: &mut Numbers,
    ) {
        let (at, product) = (update.timestamp.micros(), number("prod_", &update.product_id));
        let item = item(shop, product);
        assert_eq!(update.name, shop.catalogue().name(item));
        assert_eq!(
            update.new_price,
            shop.catalogue().price_at(item, at),
            "an update says what is listed"
        );
        assert!(!self.replaced.contains_key(&product), "{product} is sold no more");
        let last = self.last.get(&product);
        if update.quantity.is_some() {
            self.deliveries += 1;
            numbers.take("dlv_", &update.update_id);
            assert_eq!(update.old_price, Some(update.new_price));
            assert!(
                item.generation == 0 || last.is_some(),
                "{product} is delivered before its launch"
            );
            return;
        }
        self.changes += 1;
        numbers.take("upd_", &update.update_id);
        if let Some(replaced) = &update.replaces {
            assert!(
                last.is_none() && update.old_price.is_none(),
                "{product} was there before its launch"
            );
            let replaced = self.replaced.insert(number("prod_", replaced), at);
            assert!(replaced.is_none(), "{product} replaces what was replaced");
        } else {
            assert_eq!(update.old_price, Some(shop.catalogue().price_at(item, at - MILLI)));
            let joins = |last: &Listing| last.since < at && Some(last.price) == update.old_price;
            assert!(last.is_none_or(joins), "prices of {product} join");
            assert!(item.generation == 0 || last.is_some(), "{product} changes before its launch");
        }
        self.last.insert(
            product,
            Listing { before: update.old_price, since: at, price: update.new_price },
        );
    }

    /// A product is seen at a time by a session that has gone on since another.
    pub(crate) fn see(&self, product: u64, item: Item, (from, at): (i64, i64)) {
        if at >= self.until {
            return;
        }
        let last = self.last.get(&product);
        let is_launched =
            last.is_some_and(|last| last.before.is_some() || last.since <= at - MILLI);
        assert!(item.generation == 0 || is_launched, "{product} is seen before its launch");
        let replaced = self.replaced.get(&product);
        assert!(
            replaced.is_none_or(|replaced| from <= *replaced),
            "{product} is shown behind its end"
        );
    }

    /// A product is paid at a time.
    pub(crate) fn pay(&self, product: u64, price: Money, at: i64) {
        if let Some(last) = self.last.get(&product).filter(|_| at < self.until) {
            let listed = if last.since <= at - MILLI { Some(last.price) } else { last.before };
            assert_eq!(Some(price), listed, "{product} is paid as its last update says");
        }
    }
}

/// The item that has a number.
pub(crate) fn item(shop: &Shop, number: u64) -> Item {
    assert!(number > 0);
    let products = u64::from(shop.catalogue().products());
    Item { product: ((number - 1) % products) as u32, generation: (number - 1) / products }
}
