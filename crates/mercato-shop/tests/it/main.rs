//! The streams as their consumers see them: the same bytes as the slow path, the documented values,
//! the right laws.

#![expect(clippy::unwrap_used, reason = "a test may stop where it goes wrong")]

mod addresses;
mod analytics;
mod analytics_bytes;
mod bytes;
mod catalogue;
mod catalogue_configuration;
mod changes;
mod configuration;
mod documented_keys;
mod documented_records;
mod drive;
mod events;
mod fraud_configuration;
mod fraud_laws;
mod frozen;
mod listings;
mod numbers;
mod orders;
mod people;
mod plots;
mod run_laws;
mod sales;
mod shop_any;
mod shop_bytes;
mod shop_configuration;
mod shop_laws;
mod shop_shares;
mod transaction_configuration;
mod transaction_laws;
mod transactions;
mod updates;
mod witness;
