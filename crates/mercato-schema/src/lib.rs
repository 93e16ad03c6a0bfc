//! The records of every stream, as a consumer reads them.
//!
//! Each record is declared once: as a plain serde type with the documented names and order of its
//! fields, with topic and Kafka key, and with the [`Description`] from which other formats follow.
//! The values that records are made of, such as [`Money`] and [`Timestamp`], come from
//! `mercato-units` and are exported again here.
//!
//! Nothing here knows how a record is made or sent.
//! The generator's fast path does not even use these types; it must write, byte for byte,
//! what `serde_json` writes for them.
//!
//! ```
//! use mercato_schema::{Money, Order, Timestamp};
//!
//! let order = Order {
//!     order_id: "order_00001".into(),
//!     customer_id: "customer_002".into(),
//!     amount: Money::from_cents(15_678),
//!     timestamp: Timestamp::from_micros(1_721_058_123_456_000),
//!     category: "Electronics".into(),
//! };
//! let json = r#"{"orderId":"order_00001","customerId":"customer_002","amount":156.78,"timestamp":1721058123456,"category":"Electronics"}"#;
//! assert_eq!(serde_json::to_string(&order)?, json);
//! assert_eq!(serde_json::from_str::<Order>(json)?, order);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod analytics_result;
mod change;
mod chargeback;
mod description;
pub mod dialect;
mod entries;
mod fraud_alert;
mod listing;
mod order;
mod product_update;
mod purchase;
mod record;
mod sale;
mod session_event;
mod transaction;
mod user_event;
mod user_update;

pub use mercato_units::{
    Degrees, Discount, Duration, Minutes, Money, MoneyRange, Rate, Score, Timestamp, duration,
    timestamp,
};

pub use analytics_result::{AnalyticsResult, Breakdown, Measure};
pub use change::ChangeForm;
pub use chargeback::Chargeback;
pub use description::{Described, Description, Field, InstantForm, Kind, Leaf};
pub use fraud_alert::FraudAlert;
pub use listing::Listing;
pub use order::Order;
pub use product_update::ProductUpdate;
pub use purchase::{Purchase, PurchaseDevice, PurchaseLocation, PurchasedProduct};
pub use sale::{Sale, ShippingAddress};
pub use session_event::{SessionDevice, SessionEvent};
pub use transaction::{DeviceInfo, MarketingAttribution, Transaction, UserLocation};
pub use user_event::{CustomValue, EventMetadata, UserEvent};
pub use user_update::UserUpdate;
