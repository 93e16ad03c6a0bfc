//! Purposes of the shop's draws: one number each, so that no two kinds of draw share their
//! randomness.
//!
//! A number is part of the data version: it is never given to something else.
//! The engine keeps 0 for faults, and users' own streams have 128 to 255.

/// Declares the purposes as constants; the compiler refuses a number that is given twice or is not
/// the shop's.
macro_rules! purposes {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)+) => {
        #[allow(
            non_camel_case_types,
            clippy::upper_case_acronyms,
            reason = "each is called what its constant is called"
        )]
        #[derive(Clone, Copy)]
        #[repr(u8)]
        enum Purpose { $($name = $number),+ }

        $(
            $(#[$doc])*
            pub const $name: u8 = Purpose::$name as u8;
            const _: () = assert!(0 < $name && $name < 128, "not one of the shop's numbers");
        )+
    };
}

purposes! {
    /// The randomness of one sale, from the words of its arrival.
    SALES = 1;
    /// The randomness of one order of document 003, from the words of its arrival.
    ORDERS = 2;
    /// Dwell times and transitions of a sale.
    SALE_STEPS = 3;
    /// The permutation that turns a sale's arrival into its order number.
    ORDER_NUMBERS = 4;
    /// The permutation that turns a customer's number into an e-mail address.
    EMAILS = 5;
    /// The home of a customer.
    HOMES = 6;
    /// The street names, drawn once at startup.
    STREETS = 7;
    /// The cities, drawn once at startup.
    CITIES = 8;
    /// The randomness of one transaction of document 001, from the words of its arrival.
    TRANSACTIONS = 10;
    /// The permutation that turns a transaction's arrival into its number.
    TRANSACTION_NUMBERS = 11;
    /// The permutation that maps a user of the transactions to their displayed number.
    USER_NUMBERS = 12;
    /// Traits of a user of the transactions: device, position, postcode.
    USER_TRAITS = 13;
    /// The randomness of one user event of document 002, from the words of its arrival.
    EVENTS = 20;
    /// The configured fields of a user event.
    EVENT_FIELDS = 21;
    /// Popularity and seasonality of a category's products.
    PRODUCT_RANKS = 30;
    /// Names of the products of a category.
    PRODUCT_NAMES = 31;
    /// Regular price of a product.
    PRODUCT_PRICES = 32;
    /// Product and amount of a price update.
    PRICE_UPDATES = 33;
    /// When products are launched in the place of others.
    PRODUCT_LAUNCHES = 34;
    /// The randomness of one session of the shop, from the word of its arrival.
    SHOP = 40;
    /// In which order the users of the shop come.
    SHOP_SEATS = 41;
    /// The permutation that maps a user of the shop to their displayed number.
    SHOP_USER_NUMBERS = 42;
    /// Traits of a user of the shop: home, device, age, favourites, usual spending.
    SHOP_USER_TRAITS = 43;
    /// The trips of users.
    SHOP_TRIPS = 44;
    /// Outcomes of the shop's sessions.
    SHOP_DEALS = 45;
    /// The steps of a session: times, products, payment.
    SHOP_STEPS = 46;
    /// The bijection behind the identifiers of sessions.
    SHOP_SESSION_NUMBERS = 47;
    /// The weather.
    SHOP_WEATHER = 48;
    /// The randomness of one fraud campaign of the shop, from the word of its arrival.
    CAMPAIGNS = 49;
    /// The stream of the shop's product updates: which product is delivered, and how much of it.
    PRODUCT_UPDATES = 50;
    /// The order in which the shop's users change.
    USER_CHANGES = 51;
    /// The stream of these changes, which draws nothing.
    USER_UPDATES = 52;
}
