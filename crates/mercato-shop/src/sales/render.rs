//! The fast path: copying what was rendered once and appending digits.

use std::marker::PhantomData;

use mercato_encode::digits::{self, Precision, TimeWriter};
use mercato_engine::Step;

use super::frame::Frame;
use super::{Purchase, SalesParams};
use crate::geography::Geography;
use crate::population::{DOMAINS, Population};
use crate::quick::{self, Snippet};

const TIME: TimeWriter = TimeWriter::new(Precision::Micros);

/// Everything of one format that can be rendered before the first record.
#[derive(Debug, Clone)]
pub(super) struct Renderer<F> {
    products: Box<[Snippet<96>]>,
    payments: Box<[Snippet<96>]>,
    /// One for each postcode rule, so that a place leads there at once.
    regions: Box<[Snippet<32>]>,
    countries: Box<[Snippet<32>]>,
    statuses: Box<[Snippet<16>]>,
    frame: PhantomData<F>,
}

impl<F: Frame> Renderer<F> {
    pub(super) fn new(params: &SalesParams) -> Self {
        let geography = &params.geography;
        let product = |product: &super::params::Product| {
            Snippet::new(|out| F::product(out, &product.id, &product.name))
        };
        let region = |rule| Snippet::new(|out| F::region(out, geography.region(rule)));
        let country = |rule| Snippet::new(|out| F::country(out, geography.country(rule)));
        Self {
            products: params.products.iter().map(product).collect(),
            payments: snippets(params.payments.names(), F::payment),
            regions: (0..geography.rules()).map(region).collect(),
            countries: (0..geography.rules()).map(country).collect(),
            statuses: snippets(params.lifecycle.states(), F::status),
            frame: PhantomData,
        }
    }

    /// Appends the record of one step.
    #[inline]
    pub(super) fn append(
        &self,
        purchase: &Purchase,
        step: Step,
        population: &Population,
        geography: &Geography,
        out: &mut Vec<u8>,
    ) {
        out.extend_from_slice(F::ORDER);
        order_digits(out, purchase.order);
        out.extend_from_slice(F::TIMESTAMP);
        TIME.write(out, step.at);
        self.products[usize::from(purchase.product)].append(out);
        quick::unsigned(out, purchase.quantity.into());
        out.extend_from_slice(F::PRICE);
        quick::cents(out, purchase.price());
        out.extend_from_slice(F::TOTAL);
        quick::cents(out, purchase.total());
        self.append_customer(purchase, population, geography, out);
        self.statuses[usize::from(step.kind)].append(out);
    }

    /// Customer, payment method and address: what stands between total and status.
    #[inline]
    fn append_customer(
        &self,
        purchase: &Purchase,
        population: &Population,
        geography: &Geography,
        out: &mut Vec<u8>,
    ) {
        let customer = &purchase.customer;
        let rule = usize::from(customer.place().rule);
        out.extend_from_slice(F::CUSTOMER);
        quick::padded(out, customer.number, 6);
        out.extend_from_slice(F::EMAIL);
        population.names.last.append(customer.last_name, out);
        population.names.first.append(customer.first_name, out);
        out.extend_from_slice(DOMAINS[usize::from(customer.domain)]);
        self.payments[usize::from(purchase.payment)].append(out);
        quick::unsigned(out, customer.house);
        out.push(b' ');
        population.streets.append(customer.street, out);
        out.extend_from_slice(F::CITY);
        population.cities.append(customer.city, out);
        self.regions[rule].append(out);
        geography.postcode(customer.place(), out);
        self.countries[rule].append(out);
    }
}

fn snippets<const N: usize>(texts: &[String], render: fn(&mut Vec<u8>, &str)) -> Box<[Snippet<N>]> {
    texts.iter().map(|text| Snippet::new(|out| render(out, text))).collect()
}

/// Appends the digits of an order number: eight, or as many as a wider number has.
#[inline]
pub(super) fn order_digits(out: &mut Vec<u8>, number: u64) {
    match u32::try_from(number) {
        Ok(number) if number < 100_000_000 => digits::eight(out, number),
        _ => digits::unsigned(out, number),
    }
}
