//! The customers: each is a number, and everything about them is a function of the seed and that
//! number.
//!
//! Nothing is remembered: a customer who orders again is drawn again and is the same.

mod names;
mod people;
mod pool;
mod streets;

use mercato_draw::{CounterHash, Label, Permutation, Seed, below};

use crate::geography::{Geography, Place};
use crate::purposes;
pub(crate) use names::{DOMAINS, Names};
pub(crate) use people::{Mailbox, Person};
pub(crate) use pool::Pool;

/// The largest number of customers: as many as there are numbers of six digits without a leading
/// zero.
pub(crate) const MAX_CUSTOMERS: u32 = 900_000;

/// The number of the first customer, `CUST-100000`.
pub(crate) const FIRST_CUSTOMER: u32 = 100_000;

/// House numbers have three, four or five digits, each as often, as `fake` and its ancestors have
/// them.
const HOUSE_NUMBERS: [(u32, u32); 3] = [(100, 900), (1_000, 9_000), (10_000, 90_000)];

/// Field of the hash of homes for street, city and house number, after those of a place.
const STREET: u64 = 3;

/// Everything about one customer, as indices into pools and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Customer {
    /// The number after `CUST-`.
    pub(crate) number: u32,
    pub(crate) house: u32,
    postcode: u32,
    rule: u16,
    pub(crate) street: u16,
    pub(crate) city: u16,
    pub(crate) last_name: u16,
    pub(crate) first_name: u16,
    pub(crate) domain: u8,
}

impl Customer {
    /// Returns the customer's home.
    #[inline]
    pub(crate) fn place(&self) -> Place {
        Place { rule: self.rule, postcode: self.postcode }
    }
}

/// All customers of one seed.
#[derive(Debug, Clone)]
pub(crate) struct Population {
    pub(crate) names: Names,
    pub(crate) streets: Pool,
    pub(crate) cities: Pool,
    emails: Permutation,
    homes: CounterHash,
}

impl Population {
    /// Fills the pools; about two milliseconds.
    pub(crate) fn new(seed: Seed) -> Self {
        let names = Names::new();
        let hash = |purpose| seed.hash(Label::new(purpose, 0));
        #[expect(
            clippy::expect_used,
            reason = "a test says that the pinned word lists make millions of addresses"
        )]
        let emails = Permutation::new(hash(purposes::EMAILS), u64::from(names.combinations()))
            .expect("there are names");
        Self {
            streets: streets::streets(&mut seed.start_up_rng(Label::new(purposes::STREETS, 0))),
            cities: streets::cities(&mut seed.start_up_rng(Label::new(purposes::CITIES, 0))),
            names,
            emails,
            homes: hash(purposes::HOMES),
        }
    }

    /// The customer of that index, which is below [`MAX_CUSTOMERS`].
    #[inline]
    pub(crate) fn customer(&self, index: u32, geography: &Geography) -> Customer {
        let address = u64::from(index);
        let Place { rule, postcode } = geography.draw(self.homes, address);
        let (last_name, first_name, domain) = self.names.split(self.emails.apply(address) as u32);
        let mut word = Spread(self.homes.at(address, STREET));
        let (least, count) = HOUSE_NUMBERS[word.below(HOUSE_NUMBERS.len() as u32) as usize];
        Customer {
            number: FIRST_CUSTOMER + index,
            house: least + word.below(count),
            postcode,
            rule,
            street: word.below(self.streets.len()) as u16,
            city: word.below(self.cities.len()) as u16,
            last_name,
            first_name,
            domain,
        }
    }
}

impl Population {
    /// A customer's address of mail.
    pub(crate) fn email(&self, customer: &Customer) -> String {
        let domain = String::from_utf8_lossy(DOMAINS[usize::from(customer.domain)]);
        self.names.last.get(customer.last_name)
            + &self.names.first.get(customer.first_name)
            + &domain
    }
}

/// One word that serves several small draws: each takes the upper bits it needs and leaves the
/// rest.
struct Spread(u64);

impl Spread {
    #[inline]
    fn below(&mut self, bound: u32) -> u32 {
        let drawn = below(self.0, u64::from(bound));
        self.0 = self.0.wrapping_mul(u64::from(bound));
        drawn as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CountryConfig;

    fn usa() -> Geography {
        Geography::new("countries", &[CountryConfig::new("USA")]).unwrap()
    }

    #[test]
    fn no_two_customers_share_an_address_of_mail() {
        let (population, geography) = (Population::new(Seed::new(42)), usa());
        let email = |index| population.email(&population.customer(index, &geography));
        let mut emails: Vec<String> = (0..MAX_CUSTOMERS).map(email).collect();
        emails.sort_unstable();
        emails.dedup();
        assert_eq!(emails.len(), MAX_CUSTOMERS as usize);
    }

    #[test]
    fn a_customer_is_the_same_whenever_he_is_drawn() {
        let geography = usa();
        let (one, other) = (Population::new(Seed::new(42)), Population::new(Seed::new(42)));
        for index in [0, 1, 868_801, MAX_CUSTOMERS - 1] {
            assert_eq!(one.customer(index, &geography), other.customer(index, &geography));
        }
        let stranger = Population::new(Seed::new(43));
        assert_ne!(one.customer(7, &geography), stranger.customer(7, &geography));
    }

    #[test]
    fn house_numbers_have_three_to_five_digits() {
        let (population, geography) = (Population::new(Seed::new(1)), usa());
        let digits = |index| population.customer(index, &geography).house.to_string().len();
        let counts = (0..30_000).map(digits).fold([0; 6], |mut counts, digits| {
            counts[digits] += 1;
            counts
        });
        assert!(counts[3..].iter().all(|count| (9_600..10_400).contains(count)), "{counts:?}");
    }
}
