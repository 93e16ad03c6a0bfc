//! Configurations are read as people write them, shown as they were read, and refused with key,
//! value and bound.

use std::error::Error;

use mercato_shop::events::{EventsConfig, EventsParams};
use mercato_shop::orders::{OrdersConfig, OrdersParams};
use mercato_shop::sales::{SalesConfig, SalesParams};
use mercato_shop::shop::ShopConfig;
use mercato_shop::transactions::{TransactionsConfig, TransactionsParams};
use serde::{Deserialize, Serialize};

use crate::drive::{self, entities, first_step};

/// The part of a configuration file that belongs to the shop.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    sales: SalesConfig,
    orders: OrdersConfig,
    events: EventsConfig,
}

fn read(text: &str) -> File {
    toml::from_str(text).unwrap()
}

/// The message of an error and of what caused it.
fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[test]
fn nothing_given_is_what_the_documents_say() {
    assert_eq!(read(""), File::default());
    assert!(SalesParams::new(&SalesConfig::default()).is_ok());
    assert!(OrdersParams::new(&OrdersConfig::default()).is_ok());
    assert!(EventsParams::new(&EventsConfig::default()).is_ok());
}

#[test]
fn what_is_shown_reads_back() {
    let mut file = read(FULL);
    assert_eq!(read(&toml::to_string(&file).unwrap()), file);
    file.sales.rate = None;
    let json = serde_json::to_string(&file).unwrap();
    assert_eq!(serde_json::from_str::<File>(&json).unwrap(), file);
    let plain = File::default();
    assert_eq!(read(&toml::to_string(&plain).unwrap()), plain);
}

const FULL: &str = r#"
[sales]
topic = "my.sales"
min_delay = "500ms"
max_delay = "2s"
rate = "50/s"
customers = 1000
quantity = [1, 3]
payment_methods = ["cash", { name = "card", weight = 3 }]

[[sales.countries]]
code = "USA"
weight = 9

[[sales.countries]]
code = "ATL"
letters = "XYZ"
regions = [{ code = "N", weight = 2, postcodes = ["1000..1999", "@#"] }, { code = "S", postcodes = ["9###"] }]

[sales.categories]
Books = [5.00, 19.99]

[[sales.products]]
id = "B-1"
name = "Rust in a Week"
category = "Books"
weight = 5

[[sales.products]]
id = "B-2"
name = "Rust in a Year"
category = "Books"
price = [29, 49.5]

[sales.lifecycle]
states = ["placed", "sent", "cancelled"]

[[sales.lifecycle.transitions]]
from = "placed"
to = "sent"
weight = 9
dwell = ["10s", "30s"]

[[sales.lifecycle.transitions]]
from = "placed"
to = "cancelled"
dwell = { exponential = { mean = "1m", max = "1h" } }

[orders]
rate = 3600
customers = ["ann", { name = "bob", weight = 2 }]
amount = [1.00, 2.50]
categories = ["Tea"]

[events]
interval = "500ms"
users = [5, 6]
products = [0, 4294967295]
session_length = [1, 2.25]
types = ["search", { name = "wishlist_add", weight = 3 }]

[[events.metadata]]
name = "category"
choice = ["electronics", { name = "books", weight = 2 }]

[[events.metadata]]
name = "price"
decimal = [10, 499.9]
decimals = 1

[[events.metadata]]
name = "quantity"
integer = [1, 5]

[[events.metadata]]
name = "source"
constant = "web"
"#;

#[test]
fn weights_may_be_fractions_in_every_list() {
    // Document 002's own weights among them.
    let fractions =
        FULL.replace("weight = 9", "weight = 0.9").replace("weight = 5", "weight = 0.05");
    let types = "[{ name = 'a', weight = 0.2 }, { name = 'b', weight = 0.1 }, { name = 'c', weight = 0.3 }, \
                 { name = 'd', weight = 0.3 }, { name = 'e', weight = 0.05 }, { name = 'f', weight = '0.05' }]";
    let fractions = fractions
        .replace("[\"search\", { name = \"wishlist_add\", weight = 3 }]", types)
        .replace("weight = 3 }", "weight = 0.333333 }")
        .replace("weight = 2", "weight = 0.25");
    let file = read(&fractions);
    assert!(SalesParams::new(&file.sales).is_ok());
    assert!(OrdersParams::new(&file.orders).is_ok());
    assert!(EventsParams::new(&file.events).is_ok());
    assert_eq!(read(&toml::to_string(&file).unwrap()), file, "what is shown reads back");
    let shown = serde_json::to_value(&file).unwrap();
    assert_eq!(shown["events"]["types"][4], serde_json::json!({ "name": "e", "weight": 0.05 }));
    let transactions: TransactionsConfig = toml::from_str(
        "quantities = [0.7, 0.2, 0.1]\n\
         categories = [{ name = 'books', weight = 0.5 }, { name = 'toys', weight = 0.25 }]\n\
         devices = [{ name = 'mobile', weight = 0.65 }, { name = 'desktop', weight = 0.35 }]\n\
         payment_methods = [{ name = 'x', weight = 0.6, providers = [{ name = 'y', weight = 0.1 }] }]\n\
         campaigns = [{ campaign = 'c', channel = 'd', weight = 0.5 }]\n\
         zones = [{ name = 'Europe/London', weight = 0.5 }, { name = 'America/New_York', weight = 1.5 }]",
    )
    .unwrap();
    TransactionsParams::new(&transactions).unwrap();
    let shop: ShopConfig = toml::from_str(
        "sessions = { basket_lines = [0.9, 0.1], quantities = [0.92, 0.08], \
                      devices = [{ name = 'mobile', weight = 0.65 }, { name = 'desktop', weight = 0.35 }] }\n\
         catalogue = { categories = [{ name = 'Books', weight = 0.25 }, { name = 'Clothing', weight = 0.75 }] }",
    )
    .unwrap();
    let shop = drive::shop(7, &shop);
    let categories = shop.catalogue().categories().iter();
    let products = categories.map(|category| category.products().len());
    assert_eq!(products.collect::<Vec<_>>(), [250, 750]);
}

#[test]
fn fractions_and_whole_numbers_of_one_proportion_make_the_same_records() {
    let types = |weights: [&str; 3]| {
        let entry = |(name, weight)| format!("{{ name = '{name}', weight = {weight} }}");
        let list = ["a", "b", "c"].into_iter().zip(weights).map(entry).collect::<Vec<_>>();
        let config = toml::from_str::<EventsConfig>(&format!("types = [{}]", list.join(", ")));
        let events = drive::events(7, &config.unwrap());
        let record = |(arrival, event)| {
            serde_json::to_string(&events.record(&event, first_step(arrival))).unwrap()
        };
        entities(&events, 500).map(record).collect::<Vec<_>>()
    };
    assert_eq!(types(["0.2", "0.05", "0.75"]), types(["20", "5", "75"]));
    assert_ne!(types(["0.2", "0.05", "0.75"]), types(["5", "20", "75"]));
}

#[test]
fn a_whole_configuration_is_possible() {
    let file = read(FULL);
    let sales = SalesParams::new(&file.sales).unwrap();
    assert_eq!(sales.topic(), "my.sales");
    assert_eq!(sales.lifecycle().longest(), 3_600_000_000);
    assert!(OrdersParams::new(&file.orders).is_ok());
    assert!(EventsParams::new(&file.events).is_ok());
}

#[test]
fn a_misspelt_key_is_named_with_what_is_known() {
    for (text, part) in [
        ("[sales]\nproduct = []", "unknown field `product`, expected one of `topic`"),
        ("[sales]\nproducts = [{ id = 'a', nmae = 'b', category = 'c' }]", "unknown field `nmae`"),
        ("[orders]\ncustomer = 5", "unknown field `customer`"),
        ("[orders]\ncustomers = -5", "expected a number of customers, or a list"),
        ("[orders]\ncustomers = [{ name = 'ann', wieght = 2 }]", "unknown field `wieght`"),
        ("[orders]\namount = [1.001, 2]", "at most two decimals"),
        ("[sales]\nmin_delay = true", "expected a duration such as"),
        ("[sales]\nmax_delay = '5 parsecs'", "invalid duration '5 parsecs'"),
        ("[sales.lifecycle]\nstates = []\ntransitons = []", "unknown field `transitons`"),
        ("[[sales.countries]]\ncode = 'USA'\nshare = 2", "unknown field `share`"),
        ("[events]\nuser = [1, 2]", "unknown field `user`"),
        ("[events]\nusers = [-1, 2]", "invalid value: integer `-1`"),
        ("[sales]\nmax_delay = '101d'", "101d is out of range (0s to 100d)"),
        ("[events]\nsession_length = [0.5, 30.005]", "expected minutes with at most two decimals"),
        ("[events]\ntypes = [{ name = 'a', weight = -1 }]", "-1 is out of range (0 to"),
        ("[[events.metadata]]\nname = 'a'\nchoise = ['b']", "unknown field `choise`"),
    ] {
        let error = toml::from_str::<File>(text).unwrap_err();
        assert!(error.message().contains(part), "{text}\n{}", error.message());
    }
}

#[test]
fn an_impossible_value_is_named_with_its_bound() {
    let sales =
        |text: &str| SalesParams::new(&read(&format!("[sales]\n{text}")).sales).unwrap_err();
    for (text, message) in [
        (
            "topic = 'a b'",
            "sales.topic = \"a b\" is invalid: expected a topic name: 1 to 249 letters, digits, dots, hyphens and underscores",
        ),
        ("customers = 0", "sales.customers: 0 is out of range (1 to 900000)"),
        ("quantity = [5, 1]", "sales.quantity: the minimum 5 is above the maximum 1"),
        ("quantity = [0, 1]", "sales.quantity: 0 is out of range (1 to 10000)"),
        ("min_delay = '7s'", "sales.min_delay: the minimum 7s is above the maximum 6s"),
        ("min_delay = '0s'\nmax_delay = '0s'", "sales.max_delay: 0s is out of range (1us to 100d)"),
        ("payment_methods = []", "sales.payment_methods is empty"),
        ("payment_methods = ['a', 'a']", "sales.payment_methods: \"a\" is listed twice"),
        (
            "payment_methods = [{ name = 'a', weight = 0 }]",
            "invalid sales.payment_methods: the weights sum to zero; at least one must be positive",
        ),
        ("countries = []", "sales.countries is empty"),
        (
            "countries = ['usa']",
            "sales.countries[0].code = \"usa\" is invalid: expected an ISO 3166-1 alpha-3 code, three capitals such as USA",
        ),
        (
            "countries = ['USA', { code = 'ATL', regions = [{ code = 'N', postcodes = ['12..3'] }] }]",
            "sales.countries[1].regions[0].postcodes[0] = \"12..3\" is invalid: expected a postcode rule such as 40000..44999, \
             1000..1109 @@, K#@ #@# or SW[1-9] #@@, of 1 to 16 characters and at most 4294967295 postcodes",
        ),
        ("products = []", "sales.products is empty"),
        (
            "products = [{ id = 'a', name = 'b', category = 'Bread' }]",
            "sales.products[0].category: unknown value \"Bread\"; expected one of Audio Equipment, Computer Accessories, \
             Electronics, Mobile Accessories, Office Supplies",
        ),
        (
            "products = [{ id = 'a', name = 'b', category = 'Electronics', price = [2, 1] }]",
            "sales.products[0].price: the minimum 2.00 is above the maximum 1.00",
        ),
        (
            "products = [{ id = 'a', name = 'b', category = 'Electronics', price = [0, 1] }]",
            "sales.products[0].price: 0.00 is out of range (0.01 to 10000000.00)",
        ),
        (
            "lifecycle = { states = ['a', 'b'], transitions = [{ from = 'a', to = 'b', dwell = ['2s', '1s'] }] }",
            "invalid sales.lifecycle.transitions[0].dwell: \
             the minimum duration of 2000000 us is above the maximum of 1000000 us",
        ),
        (
            "lifecycle = { states = ['a', 'b'], transitions = [{ from = 'a', to = 'c', dwell = '1s' }] }",
            "invalid sales.lifecycle: a transition names the unknown state \"c\"; expected one of a, b",
        ),
    ] {
        assert_eq!(chain(&sales(text)), message, "{text}");
    }
    let unknown = chain(&sales("countries = ['XYZ']"));
    assert!(
        unknown.starts_with(
            "sales.countries[0].code: unknown value \"XYZ\"; expected one of USA, CAN"
        ),
        "{unknown}"
    );
    let orders = |text: &str| {
        chain(&OrdersParams::new(&read(&format!("[orders]\n{text}")).orders).unwrap_err())
    };
    assert_eq!(orders("customers = 0"), "orders.customers: 0 is out of range (1 to 1000000)");
    assert_eq!(orders("customers = []"), "orders.customers is empty");
    assert_eq!(
        orders("amount = [500, 10]"),
        "orders.amount: the minimum 500.00 is above the maximum 10.00"
    );
}

#[test]
fn impossible_events_are_named_with_their_bound() {
    let events =
        |text: &str| EventsParams::new(&read(&format!("[events]\n{text}")).events).unwrap_err();
    let metadata = |text: &str| format!("metadata = [{text}]");
    for (text, message) in [
        ("users = [1000, 1]".into(), "events.users: the minimum 1000 is above the maximum 1"),
        ("products = [9, 8]".into(), "events.products: the minimum 9 is above the maximum 8"),
        (
            "session_length = [30, 0.5]".into(),
            "events.session_length: the minimum 30.0 is above the maximum 0.5",
        ),
        (
            "session_length = [0, 1000000]".into(),
            "events.session_length: 1000000.0 is out of range (0.0 to 600000.0)",
        ),
        ("interval = '0s'".into(), "events.interval: 0s is out of range (1us to 100d)"),
        ("types = []".into(), "events.types is empty"),
        ("types = ['a', 'b', 'a']".into(), "events.types: \"a\" is listed twice"),
        (
            "types = [{ name = 'a', weight = 0 }]".into(),
            "invalid events.types: the weights sum to zero; at least one must be positive",
        ),
        (metadata("{ integer = [1, 2] }"), "events.metadata[0].name is empty"),
        (
            metadata("{ name = 'a', constant = 1 }, { name = 'a', constant = 2 }"),
            "events.metadata: \"a\" is listed twice",
        ),
        (
            metadata("{ name = 'product_id', constant = 1 }"),
            "events.metadata: \"product_id\" is listed twice",
        ),
        (
            metadata("{ name = 'a' }"),
            "events.metadata[0] = \"a\" is invalid: expected a field with one of choice, integer, decimal and constant",
        ),
        (
            metadata("{ name = 'a', integer = [1, 2], constant = 1 }"),
            "events.metadata[0] = \"a\" is invalid: expected a field with one of choice, integer, decimal and constant",
        ),
        (
            metadata("{ name = 'a', constant = 1, decimals = 2 }"),
            "events.metadata[0].decimals = 2 is invalid: only a decimal has digits after the point",
        ),
        (
            metadata("{ name = 'a', integer = [2, 1] }"),
            "events.metadata[0].integer: the minimum 2 is above the maximum 1",
        ),
        (
            metadata("{ name = 'a', integer = [0, 9007199254740992] }"),
            "events.metadata[0].integer: 9007199254740992 is out of range \
             (-9007199254740991 to 9007199254740991)",
        ),
        (
            metadata("{ name = 'b', constant = 1 }, { name = 'a', decimal = [2, 1.5] }"),
            "events.metadata[1].decimal: the minimum 2 is above the maximum 1.5",
        ),
        (
            metadata("{ name = 'a', decimal = [1, 1.005] }"),
            "events.metadata[0].decimal = 1.005 is invalid: it must have at most 2 digits after the point",
        ),
        (
            metadata("{ name = 'a', decimal = [1, nan] }"),
            "events.metadata[0].decimal: NaN is out of range (-9999999999999.99 to 9999999999999.99)",
        ),
        (
            metadata("{ name = 'a', decimal = [1, 2], decimals = 6 }"),
            "events.metadata[0].decimals: 6 is out of range (1 to 5)",
        ),
        (
            metadata("{ name = 'a', choice = ['x', 'x'] }"),
            "events.metadata[0].choice: \"x\" is listed twice",
        ),
        (
            metadata("{ name = 'a', constant = [1] }"),
            "events.metadata[0].constant = \"[1]\" is invalid: expected a text, a number, true or false",
        ),
    ] {
        assert_eq!(chain(&events(&text)), message, "{text}");
    }
}
