//! The catalogue's configuration: what may be written, what is refused and how that is said.

use std::error::Error;

use mercato_patterns::Zone;
use mercato_patterns::seasonal::Calendar;
use mercato_schema::Money;
use mercato_shop::shop::catalogue::{CatalogueConfig, CatalogueParams, CategoryConfig};

fn read(text: &str) -> CatalogueConfig {
    toml::from_str(text).unwrap()
}

/// What a user is told, cause by cause.
fn refused(text: &str) -> String {
    let error = CatalogueParams::new("catalogue", &read(text)).unwrap_err();
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    message
}

#[test]
fn the_default_reads_back() {
    let config = CatalogueConfig::default();
    assert_eq!(read(&toml::to_string(&config).unwrap()), config);
    assert_eq!(read(""), config);
    assert_eq!(CatalogueParams::default().products(), 1_000);
}

#[test]
fn the_documents_own_categories_can_be_written() {
    let config = read(
        "categories = [{ name = 'Electronics', price = [100.0, 2000.0] }, \
         { name = 'Fashion', like = 'Clothing', price = [20.0, 500.0] }, \
         { name = 'Home', price = [30.0, 800.0], nouns = ['Lamp', 'Rug'], months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2] }]",
    );
    let params = CatalogueParams::new("catalogue", &config).unwrap();
    let shown: Vec<_> = params
        .categories()
        .iter()
        .map(|category| (category.name(), category.resembles()))
        .collect();
    assert_eq!(
        shown,
        [("Electronics", Some("Electronics")), ("Fashion", Some("Clothing")), ("Home", None)]
    );
    assert_eq!(params.categories()[2].price_range(), [3_000, 80_000].map(Money::from_cents));
    assert_eq!(params.categories()[2].months().unwrap()[11].to_string(), "2");
    assert_eq!(params.categories()[0].products().len(), 334);
    assert_eq!(read(&toml::to_string(&config).unwrap()), config);
}

#[test]
fn own_categories_have_the_seasons_of_what_they_resemble_or_months_of_their_own() {
    let config = read(
        "categories = [{ name = 'Fashion', like = 'Clothing', price = [20, 500] }, \
         { name = 'Books', months = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1] }, { name = 'Gadgets', price = [5, 10] }]",
    );
    let params = CatalogueParams::new("catalogue", &config).unwrap();
    let calendar = params.on_calendar(Calendar::shop(Zone::UTC));
    // 2026-11-27T12:00:00Z, a Black Friday, and 2026-11-30T12:00:00Z, a Cyber Monday.
    let (friday, monday) = (1_795_780_800_000_000, 1_796_040_000_000_000);
    assert_eq!(calendar.category("Fashion", friday), calendar.category("Clothing", friday));
    assert_eq!(calendar.category("Fashion", friday).0, 2_200_000);
    assert_eq!(
        (calendar.category("Books", friday).0, calendar.category("Books", monday).0),
        (3_000_000, 6_000_000)
    );
    assert_eq!(calendar.category("Gadgets", friday).0, 1_000_000);
}

#[test]
fn a_category_may_stand_alone_with_its_name() {
    let config = read("categories = ['Books', { name = 'Clothing', weight = 3 }]");
    assert_eq!(config.categories[0], CategoryConfig::new("Books"));
    assert_eq!(config.categories[1].weight, 3.into());
    let error =
        toml::from_str::<CatalogueConfig>("categories = [{ name = 'Books', prise = [1, 2] }]")
            .unwrap_err();
    assert!(error.message().contains("unknown field `prise`"), "{error}");
}

#[test]
fn what_is_no_catalogue_is_refused() {
    let known = "Electronics, Clothing, Books, Home & Garden, Sports & Outdoors, Beauty & Health, Toys & Games";
    for (text, message) in [
        ("products = 0", "catalogue.products: 0 is out of range (1 to 10000000)"),
        ("products = 10000001", "catalogue.products: 10000001 is out of range (1 to 10000000)"),
        (
            "products = 6",
            "catalogue.products = 6 is invalid: each of the 7 categories needs a product",
        ),
        ("categories = []", "the length of catalogue.categories: 0 is out of range (1 to 1000)"),
        (
            "categories = ['Bokos']",
            &format!(
                "catalogue.categories[0].name: unknown value \"Bokos\"; expected one of {known}; did you mean \"Books\"?; \
                 any other needs a price range"
            ),
        ),
        (
            "categories = [{ name = 'Fashion', like = 'clothing' }]",
            &format!(
                "catalogue.categories[0].like: unknown value \"clothing\"; expected one of {known}; did you mean \"Clothing\"?"
            ),
        ),
        (
            "categories = [{ name = 'Books', like = 'Clothing' }]",
            "catalogue.categories[0].like = Clothing is invalid: Books is built in; \
             omit it, or rename the category",
        ),
        (
            &format!("categories = [{{ name = 'Books', nouns = ['{}'] }}]", "x".repeat(101)),
            "the bytes of catalogue.categories[0].nouns[0]: 101 is out of range (1 to 100)",
        ),
        ("categories = ['Books', 'Books']", "catalogue.categories: \"Books\" is listed twice"),
        (
            "categories = ['Toys & Games', { name = 'toys games', price = [1, 2] }]",
            "catalogue.categories: \"toys games\" is listed twice",
        ),
        ("categories = ['']", "catalogue.categories[0].name is empty"),
        (
            "categories = [{ name = 'a\"b', price = [1, 2] }]",
            "catalogue.categories[0].name = \"a\\\"b\" is invalid: expected a text without quotes, backslashes and line ends",
        ),
        (
            "categories = [{ name = '本', price = [1, 2] }]",
            "catalogue.categories[0].name = \"本\" is invalid: expected a name with a letter from A to Z or a digit, \
             of which its page's address can be made",
        ),
        (
            "categories = [{ name = 'Books', weight = 0 }]",
            "catalogue.categories[0].weight: 0 is out of range (1 to 4294967296)",
        ),
        (
            "categories = [{ name = 'Books', price = [20, 10] }]",
            "catalogue.categories[0].price: the minimum 20.00 is above the maximum 10.00",
        ),
        (
            "categories = [{ name = 'Books', price = [0, 10] }]",
            "catalogue.categories[0].price[0]: 0.00 is out of range (0.01 to 1000000.00)",
        ),
        (
            "categories = [{ name = 'Books', price = [1, 1000000.01] }]",
            "catalogue.categories[0].price[1]: 1000000.01 is out of range (0.01 to 1000000.00)",
        ),
        (
            "categories = [{ name = 'Books', nouns = ['A', ''] }]",
            "catalogue.categories[0].nouns[1] is empty",
        ),
        (
            "categories = [{ name = 'Books', nouns = ['A', 'A'] }]",
            "catalogue.categories[0].nouns: \"A\" is listed twice",
        ),
        (
            "categories = [{ name = 'Books', months = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1] }]",
            "invalid catalogue.categories[0].months[11]: the factor -1 is out of range (0 to 1000)",
        ),
        (
            "price_updates = '10001/s'",
            "catalogue.price_updates: 10001/s is out of range (0.001/h to 10000/s)",
        ),
        (
            "price_updates = '0.0009/h'",
            "catalogue.price_updates: 0.0009/h is out of range (0.001/h to 10000/s)",
        ),
        ("seasonal_share = 0.6", "catalogue.seasonal_share: 0.6 is out of range (0 to 0.5)"),
        ("seasonal_share = nan", "catalogue.seasonal_share: NaN is out of range (0 to 0.5)"),
        ("popularity = [0.5, 1, 3.1]", "catalogue.popularity[2]: 3.1 is out of range (0 to 3)"),
    ] {
        assert_eq!(refused(text), message, "{text}");
    }
}
