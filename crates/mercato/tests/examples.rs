//! The examples do what they say.

#[path = "../examples/custom_stream.rs"]
mod custom_stream;
#[path = "../examples/transactions.rs"]
mod transactions;

#[test]
fn a_stream_of_ones_own_is_paced_sharded_written_and_verified() {
    custom_stream::main().unwrap();
}

#[test]
fn a_stream_of_ones_own_stays_short() {
    assert!(include_str!("../examples/custom_stream.rs").lines().count() < 60);
}

#[test]
fn an_hour_of_transactions_is_made_and_measured() {
    transactions::main().unwrap();
}
