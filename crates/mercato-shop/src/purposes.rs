//! What the shop draws for: one number each, so that no two kinds of draw share their randomness.
//!
//! A number is part of the data version: it is never given to something else.
//! The engine keeps 0 for faults, and users' own streams have 128 to 255.

/// What is random about one sale, from the words of its arrival.
pub const SALES: u8 = 1;
/// What is random about one order of document 003, from the words of its arrival.
pub const ORDERS: u8 = 2;
/// How long a sale stays in each state and which state follows.
pub const SALE_STEPS: u8 = 3;
/// The permutation that turns a sale's arrival into its order number.
pub const ORDER_NUMBERS: u8 = 4;
/// The permutation that turns a customer's number into an e-mail address.
pub const EMAILS: u8 = 5;
/// Where a customer lives.
pub const HOMES: u8 = 6;
/// Which street names exist, drawn once at start-up.
pub const STREETS: u8 = 7;
/// Which cities exist, drawn once at start-up.
pub const CITIES: u8 = 8;
/// What is random about one transaction of document 001, from the words of its arrival.
pub const TRANSACTIONS: u8 = 10;
/// The permutation that turns a transaction's arrival into its number.
pub const TRANSACTION_NUMBERS: u8 = 11;
/// The permutation that turns a user of the transactions into the number he is shown with.
pub const USER_NUMBERS: u8 = 12;
/// What belongs to a user of the transactions: device, position, postcode.
pub const USER_TRAITS: u8 = 13;
/// What is random about one user event of document 002, from the words of its arrival.
pub const EVENTS: u8 = 20;
/// The configured fields of a user event.
pub const EVENT_FIELDS: u8 = 21;
/// Which products of a category are popular, and which are sold in a season only.
pub const PRODUCT_RANKS: u8 = 30;
/// What the products of a category are called.
pub const PRODUCT_NAMES: u8 = 31;
/// What a product costs when nothing is changed.
pub const PRODUCT_PRICES: u8 = 32;
/// Which product a price update concerns, and by how much.
pub const PRICE_UPDATES: u8 = 33;
/// When products are launched in the place of others.
pub const PRODUCT_LAUNCHES: u8 = 34;
/// What is random about one session of the shop, from the word of its arrival.
pub const SHOP: u8 = 40;
/// In which order the users of the shop come.
pub const SHOP_SEATS: u8 = 41;
/// The permutation that turns a user of the shop into the number he is shown with.
pub const SHOP_USER_NUMBERS: u8 = 42;
/// What belongs to a user of the shop: home, device, age, favourites, usual spending.
pub const SHOP_USER_TRAITS: u8 = 43;
/// Who travels when and where to.
pub const SHOP_TRIPS: u8 = 44;
/// Which sessions of the shop end how.
pub const SHOP_DEALS: u8 = 45;
/// The steps of a session: times, products, payment.
pub const SHOP_STEPS: u8 = 46;
/// The bijection behind the identifiers of sessions.
pub const SHOP_SESSION_NUMBERS: u8 = 47;
/// The weather.
pub const SHOP_WEATHER: u8 = 48;
/// What is random about one fraud campaign of the shop, from the word of its arrival.
pub const CAMPAIGNS: u8 = 49;
/// The stream of the shop's product updates: which product is delivered, and how much of it.
pub const PRODUCT_UPDATES: u8 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_a_number_of_its_own() {
        let mut all = vec![
            SALES,
            ORDERS,
            SALE_STEPS,
            ORDER_NUMBERS,
            EMAILS,
            HOMES,
            STREETS,
            CITIES,
            EVENTS,
            EVENT_FIELDS,
        ];
        all.extend([TRANSACTIONS, TRANSACTION_NUMBERS, USER_NUMBERS, USER_TRAITS]);
        all.extend([PRODUCT_RANKS, PRODUCT_NAMES, PRODUCT_PRICES, PRICE_UPDATES, PRODUCT_LAUNCHES]);
        all.extend([SHOP, SHOP_SEATS, SHOP_USER_NUMBERS, SHOP_USER_TRAITS, SHOP_TRIPS]);
        all.extend([
            SHOP_DEALS,
            SHOP_STEPS,
            SHOP_SESSION_NUMBERS,
            SHOP_WEATHER,
            CAMPAIGNS,
            PRODUCT_UPDATES,
        ]);
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(all.iter().all(|purpose| (1..128).contains(purpose)));
    }
}
