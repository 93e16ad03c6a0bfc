//! The examples do what they say.

#[path = "../../examples/custom_stream.rs"]
mod custom_stream;
#[path = "../../examples/historical_data.rs"]
mod historical_data;
#[path = "../../examples/run_scenario.rs"]
mod run_scenario;
#[path = "../../examples/send_batch.rs"]
mod send_batch;
#[path = "../../examples/shop_statistics.rs"]
mod shop_statistics;
#[path = "../../examples/transactions.rs"]
mod transactions;

#[test]
fn a_stream_of_ones_own_is_paced_sharded_written_and_verified() {
    custom_stream::main().unwrap();
}

#[test]
fn a_stream_of_ones_own_stays_short() {
    assert!(include_str!("../../examples/custom_stream.rs").lines().count() < 75);
}

#[test]
fn an_hour_of_transactions_is_made_and_measured() {
    transactions::main().unwrap();
}

#[test]
fn a_shop_tells_what_it_contains() {
    shop_statistics::main().unwrap();
}

#[test]
fn a_batch_is_made_read_and_handed_to_a_sink() {
    send_batch::main().unwrap();
}

#[test]
fn scenarios_are_run_for_an_hour() {
    run_scenario::main().unwrap();
}

#[test]
fn days_of_history_are_written() {
    historical_data::main().unwrap();
}
