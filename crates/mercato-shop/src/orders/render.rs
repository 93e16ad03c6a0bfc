//! The fast path: copying what was rendered once and appending digits.

use std::marker::PhantomData;

use mercato_encode::{Segment, digits, json};
use mercato_engine::Step;
use mercato_schema::Timestamp;

use super::frame::Frame;
use super::params::Customers;
use super::{OrdersParams, PlacedOrder};

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    /// Empty where customers are numbered.
    customers: Box<[Segment]>,
    categories: Box<[Segment]>,
    frame: PhantomData<F>,
}

impl<F: Frame> Renderer<F> {
    pub(super) fn new(params: &OrdersParams) -> Self {
        let segment = |text: &String| Segment::new(|out| F::text(out, text));
        let customers = match &params.customers {
            Customers::Numbered(_) => Box::default(),
            Customers::Listed(choice) => choice.names().iter().map(segment).collect(),
        };
        Self { customers, categories: params.categories.names().iter().map(segment).collect(), frame: PhantomData }
    }

    /// Appends the record of one order.
    #[inline]
    pub(super) fn append(&self, order: &PlacedOrder, step: Step, out: &mut Vec<u8>) {
        out.extend_from_slice(F::ORDER);
        digits::padded(out, step.arrival + 1, 5);
        out.extend_from_slice(F::CUSTOMER);
        match self.customers.get(order.customer as usize) {
            Some(customer) => customer.append(out),
            None => {
                out.extend_from_slice(F::QUOTE);
                numbered_customer(out, order.customer);
                out.extend_from_slice(F::QUOTE);
            }
        }
        out.extend_from_slice(F::AMOUNT);
        json::cents(out, order.amount_cents.into());
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
    digits::padded(out, u64::from(index) + 1, 3);
}
