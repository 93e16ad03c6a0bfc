//! The programs as a user starts them, and the documents as a reader follows them.

mod architecture;
mod bad_input;
mod catalogue;
mod config;
mod dependencies;
mod deploy;
mod examples;
mod golden;
mod historical;
mod lag;
mod laws;
mod order_gen;
mod parquet;
mod real_kafka;
mod rules;
mod scenarios;
mod secrets;
mod shop_generate;
mod shop_stream;
mod stats;
mod ten_million;
mod tidy;
mod truth;
mod truth_shop;
mod values;
mod verify;
