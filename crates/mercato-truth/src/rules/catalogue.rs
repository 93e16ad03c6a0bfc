//! The rules by name, with what each asks for.

use std::fmt;

use mercato_units::enumerated;

enumerated! {
    /// The rules that records of the topics of document 004 have to meet, whoever made them.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Rule {
        /// A record is one JSON object, or a row as wide as its header.
        Readable,
        /// Every field is there, and `null` only where it may be.
        Required,
        /// A field's value has the field's type.
        Type,
        /// No name occurs twice in one object.
        Duplicate,
        /// Identifiers begin as the document has them.
        Identifier,
        /// A value is one of those that the configuration names.
        KnownValue,
        /// A user is one of the configured shop.
        KnownUser,
        /// A product is one of the configured shop.
        KnownProduct,
        /// No two records have the same identifier.
        Unique,
        /// A product has one name and one category.
        Product,
        /// A session is of one user.
        Session,
        /// A user is introduced before they do anything.
        Introduced,
        /// An alert is about a transaction that there is.
        Alerted,
        /// A product is paid at the price that its last update lists.
        ListedPrice,
        /// Times are RFC 3339 with a zone.
        Timestamp,
        /// Records of a key come in the order of their times.
        Order,
        /// An alert comes after its transaction.
        Cause,
        /// Latitude and longitude are on the globe.
        Coordinates,
        /// A position is near the city it names.
        City,
        /// Nobody who is honest travels faster than an airliner.
        Travel,
        /// A total is the sum of its lines with a plausible tax.
        Total,
        /// A basket is not empty.
        Basket,
        /// Quantities are whole and positive.
        Quantity,
        /// Prices are positive.
        Price,
        /// Scores lie between 0 and 1.
        Score,
        /// Nobody who is honest buys more often than an attack.
        Velocity,
        /// Time on a page is neither negative nor longer than a day.
        Duration,
        /// The old price of an update is the new one of the update before.
        PriceHistory,
        /// What a user was before is what their record before says.
        UserHistory,
    }
}

impl Rule {
    /// Family and name: `geography.travel`.
    pub fn name(self) -> &'static str {
        self.told().0
    }

    /// The requirement of the rule, with its bound.
    pub fn meaning(self) -> &'static str {
        self.told().1
    }

    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Readable => {
                ("schema.readable", "a record is one JSON object, or a row as wide as its header")
            }
            Self::Required => {
                ("schema.required", "every field is there, and null only where it may be")
            }
            Self::Type => (
                "schema.type",
                "a value has its field's type; money has at most the decimals of its currency",
            ),
            Self::Duplicate => ("schema.duplicate", "a name occurs once in an object"),
            Self::Identifier => (
                "schema.identifier",
                "identifiers begin with txn_, user_, prod_, evt_ or sess_, as their field says",
            ),
            Self::KnownValue => (
                "schema.known",
                "a value, or values together such as country, state and city, are among those configured",
            ),
            Self::KnownUser => ("references.user", "a user is one of the configured shop"),
            Self::KnownProduct => ("references.item", "a product is one of the configured shop"),
            Self::Unique => {
                ("references.unique", "no two records of a topic have the same identifier")
            }
            Self::Product => {
                ("references.product", "a product has the same name and category in every record")
            }
            Self::Session => ("references.session", "all events of a session are of one user"),
            Self::Introduced => (
                "references.profile",
                "the user of an event or transaction has a record among users before it",
            ),
            Self::Alerted => {
                ("references.alert", "an alert is about a transaction that came before it")
            }
            Self::ListedPrice => (
                "references.price",
                "a line's price is the one that the product's last update lists",
            ),
            Self::Timestamp => (
                "chronology.timestamp",
                "a time is RFC 3339 with a zone and any number of decimals, of the years 1970 to 9999",
            ),
            Self::Order => {
                ("chronology.order", "records of one key stand in the order of their times")
            }
            Self::Cause => ("chronology.cause", "an alert is later than its transaction"),
            Self::Coordinates => {
                ("geography.coordinates", "latitude -90 to 90, longitude -180 to 180")
            }
            Self::City => (
                "geography.city",
                "a position is at most 100 km from the city that name, state and country mean, if that is known",
            ),
            Self::Travel => (
                "geography.travel",
                "between two honest purchases a user moves at most 900 km/h, or 200 km in all",
            ),
            Self::Total => (
                "business.total",
                "a total is the sum of price times quantity plus 0 to 30 % of tax",
            ),
            Self::Basket => ("business.basket", "a transaction has at least one line"),
            Self::Quantity => ("business.quantity", "a quantity is a whole number above 0"),
            Self::Price => ("business.price", "a price is above 0"),
            Self::Score => ("business.score", "a fraud score is 0 to 1"),
            Self::Velocity => {
                ("business.velocity", "a user has fewer than 16 honest purchases within 5 minutes")
            }
            Self::Duration => ("business.duration", "an event lasts 0 to 86,400 seconds"),
            Self::PriceHistory => (
                "business.price_history",
                "an update's old price is the new price of the product's update before",
            ),
            Self::UserHistory => (
                "business.user_history",
                "a user's previous type, e-mail address and city are those of the record before",
            ),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
