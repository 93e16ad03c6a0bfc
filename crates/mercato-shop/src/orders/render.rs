//! The fast path: copying what was rendered once and appending digits.

use std::marker::PhantomData;

use mercato_encode::digits;
use mercato_engine::Step;
use mercato_schema::Timestamp;

use super::frame::Frame;
use super::params::Customers;
use super::{OrdersParams, PlacedOrder};
use crate::quick::{self, Snippet};

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    /// Empty where customers are numbered.
    customers: Box<[Snippet<32>]>,
    categories: Box<[Snippet<32>]>,
    frame: PhantomData<F>,
}

impl<F: Frame> Renderer<F> {
    pub(super) fn new(params: &OrdersParams) -> Self {
        let snippet = |text: &String| Snippet::new(|out| F::text(out, text));
        let customers = match &params.customers {
            Customers::Numbered(_) => Box::default(),
            Customers::Listed(choice) => choice.names().iter().map(snippet).collect(),
        };
        Self {
            customers,
            categories: params.categories.names().iter().map(snippet).collect(),
            frame: PhantomData,
        }
    }

    /// Appends the record of one order.
    #[inline]
    pub(super) fn append(&self, order: &PlacedOrder, step: Step, out: &mut Vec<u8>) {
        out.extend_from_slice(F::ORDER);
        number(out, step.arrival + 1, 5);
        out.extend_from_slice(F::CUSTOMER);
        if let Some(customer) = self.customers.get(order.customer as usize) {
            customer.append(out);
        } else {
            out.extend_from_slice(F::QUOTE);
            numbered_customer(out, order.customer);
            out.extend_from_slice(F::QUOTE);
        }
        out.extend_from_slice(F::AMOUNT);
        quick::cents(out, order.amount_cents.into());
        out.extend_from_slice(F::TIMESTAMP);
        digits::signed(out, Timestamp::from_micros(step.at).millis());
        out.extend_from_slice(F::CATEGORY);
        self.categories[usize::from(order.category)].append(out);
        out.extend_from_slice(F::END);
    }
}

/// Appends `customer_001` for index 0.
#[inline]
pub(super) fn numbered_customer(out: &mut Vec<u8>, index: u32) {
    out.extend_from_slice(b"customer_");
    number(out, u64::from(index) + 1, 3);
}

/// Appends a number with leading zeros up to `width` digits; a wider number keeps all of its
/// digits.
#[inline]
fn number(out: &mut Vec<u8>, value: u64, width: u32) {
    match u32::try_from(value) {
        Ok(small) if small < 100_000_000 => {
            quick::padded(out, small, width.max(small.checked_ilog10().unwrap_or(0) + 1));
        }
        _ => digits::unsigned(out, value),
    }
}
