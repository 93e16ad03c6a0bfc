//! The products of a session.

use mercato_draw::{AliasTable, below};
use mercato_schema::Money;

use super::{Session, SessionPlan, Shop};
use crate::shop::catalogue::{Category, Item, shares};
use crate::shop::users::{Trait, UserKind, Visitor};

/// A line of a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) item: Item,
    pub(super) quantity: u32,
    pub(super) price: Money,
    /// The category of the product.
    pub(super) category: u16,
}

impl Line {
    /// Cents of all items of the line.
    #[inline]
    pub(super) fn cents(&self) -> i64 {
        self.price.cents() * i64::from(self.quantity)
    }
}

/// The cart of a session at checkout.
#[derive(Debug)]
pub(super) struct Basket {
    lines: [Line; MAX_LINES],
    count: usize,
    /// Of all lines together, without tax.
    pub(super) cents: i64,
}

impl Basket {
    #[inline]
    pub(super) fn lines(&self) -> &[Line] {
        &self.lines[..self.count]
    }
}

/// Most lines a basket can have.
pub(super) const MAX_LINES: usize = 10;
/// Fields of a session's hash for the products of its steps: a step has 16 of them.
const FIELDS: u64 = 16;
/// First field of a basket's lines, after those of all steps.
const LINES: u64 = 1 << 24;
/// Out of a hundred products so many are of the category the session is about.
const OF_INTEREST: u64 = 70;
/// Fields of a step for another category where one is a user's aversion.
const OTHERS: std::ops::Range<u64> = 6..FIELDS;
/// No category at all.
pub(in crate::shop) const NO_CATEGORY: u16 = u16::MAX;
/// Number of attempts to find another product if one is already in the basket.
const TRIES: u64 = 8;

impl Shop {
    /// The first product that goes into the cart of a session: one of the category that the session
    /// is about.
    #[inline]
    pub(in crate::shop) fn first_product(&self, session: &Session) -> u32 {
        self.taken(session, false, LINES)
    }

    /// The products in the cart of a session, each once.
    #[inline]
    pub(super) fn cart(&self, session: &Session, products: &mut [u32; MAX_LINES]) -> usize {
        let lines = usize::from(session.plan.lines).min(MAX_LINES);
        products[0] = session.first;
        for line in 1..lines {
            let (before, rest) = products.split_at_mut(line);
            let fields = LINES + line as u64 * (TRIES + 1) * FIELDS;
            let mut product = self.taken(session, true, fields);
            let mut tries = 0;
            while before.contains(&product) {
                tries += 1;
                // A category of few products: then the next of the whole catalogue.
                product = if tries < TRIES {
                    self.taken(session, true, fields + tries * FIELDS)
                } else {
                    self.next_product(session, product)
                };
            }
            rest[0] = product;
        }
        lines
    }

    /// The product that a step is about.
    #[inline]
    pub(super) fn product_of_step(&self, session: &Session, step: u16) -> u32 {
        match session.plan.line(step) {
            Some(0) => session.first,
            Some(line) => {
                let mut products = [0; MAX_LINES];
                self.cart(session, &mut products);
                products[usize::from(line)]
            }
            None => {
                let fields = u64::from(step) * FIELDS;
                let category = self.category(session, true, fields);
                self.catalogue.pick(
                    category,
                    session.interest.month,
                    self.field(session, fields + 2),
                )
            }
        }
    }

    /// The cart of a session at the prices listed at `at`.
    #[inline]
    pub(super) fn basket(&self, session: &Session, at: i64) -> Basket {
        const NO_LINE: Line = Line {
            item: Item { product: 0, generation: 0 },
            quantity: 0,
            price: Money::from_cents(0),
            category: NO_CATEGORY,
        };
        let mut products = [0; MAX_LINES];
        let count = self.cart(session, &mut products);
        let mut basket = Basket { lines: [NO_LINE; MAX_LINES], count, cents: 0 };
        for (number, (line, product)) in basket.lines.iter_mut().zip(&products[..count]).enumerate()
        {
            *line = self.line(session, number, *product, at);
            basket.cents += line.cents();
        }
        basket
    }

    /// The line of a cart for a product, at the price listed at `at`.
    #[inline]
    fn line(&self, session: &Session, number: usize, product: u32, at: i64) -> Line {
        let word = self.field(session, LINES + number as u64 * (TRIES + 1) * FIELDS + 5);
        let (item, price) = self.in_cart(session, product, at);
        let quantity = match session.traits.items {
            0 => 1 + self.params.quantities.pick(word) as u32,
            items => items,
        };
        Line { item, quantity, price, category: self.catalogue.category_of(product) }
    }

    /// Returns the item bought in the place of a product at an instant, and its price.
    #[inline]
    pub(in crate::shop) fn in_cart(
        &self,
        session: &Session,
        product: u32,
        at: i64,
    ) -> (Item, Money) {
        let item = self.catalogue.item(product, session.listed);
        // A price that changed in the same millisecond has not reached the cart.
        (item, self.catalogue.price_at(item, at - 1_000))
    }

    /// Returns the one of two products nearer to the user's usual spending.
    #[inline]
    fn taken(&self, session: &Session, may_wander: bool, fields: u64) -> u32 {
        let category = self.category(session, may_wander, fields);
        let find = |field| {
            self.catalogue.pick(
                category,
                session.interest.month,
                self.field(session, fields + field),
            )
        };
        let (first, second) = (find(2), find(3));
        if first == second {
            return first;
        }
        let usual = self.usual(session, category);
        let far = |product| self.catalogue.base_price(product).cents().abs_diff(usual);
        if far(second) < far(first) { second } else { first }
    }

    /// Cents that a user usually spends on a product of a category.
    #[inline]
    pub(super) fn usual(&self, session: &Session, category: u16) -> i64 {
        self.as_usual(session, self.middles[usize::from(category)])
    }

    /// Cents that a user usually spends in a session that is about a category.
    #[inline]
    pub(in crate::shop) fn usual_basket(&self, session: &Session, category: u16) -> i64 {
        self.as_usual(session, self.baskets[usize::from(category)]).max(1)
    }

    /// What a user usually spends where the median user spends so many cents.
    #[inline]
    fn as_usual(&self, session: &Session, median: i64) -> i64 {
        let hundredths = self.params.usual[usize::from(session.spending_class & 63)];
        let kind = match session.kind {
            UserKind::Vip => 160,
            UserKind::Regular => 100,
            UserKind::New => 80,
        };
        median * i64::from(hundredths) / 100 * kind / 100
    }

    /// The session's category as a rule, else any by its weight.
    #[inline]
    fn category(&self, session: &Session, may_wander: bool, fields: u64) -> u16 {
        if !may_wander || below(self.field(session, fields), 100) < OF_INTEREST {
            return session.interest.category;
        }
        let category = self.category_choice.pick(self.field(session, fields + 1)) as u16;
        if category != session.disliked {
            return category;
        }
        let again = |field| self.category_choice.pick(self.field(session, fields + field)) as u16;
        OTHERS
            .map(again)
            .find(|category| *category != session.disliked)
            .unwrap_or(session.interest.category)
    }

    /// The product after another in the catalogue, without what the user never buys.
    #[cold]
    fn next_product(&self, session: &Session, product: u32) -> u32 {
        let next = (product + 1) % self.catalogue.products();
        if self.catalogue.category_of(next) != session.disliked {
            return next;
        }
        self.catalogue.categories()[usize::from(session.disliked)].products().end
            % self.catalogue.products()
    }

    /// The category that a user never buys; none where there are too few others to fill a basket
    /// from.
    #[inline]
    pub(super) fn aversion(&self, visitor: &Visitor) -> u16 {
        let Some(aversions) = &self.aversions else { return NO_CATEGORY };
        aversions.pick(self.users.word_of(visitor, Trait::Aversion)) as u16
    }

    /// The category that a user likes best.
    #[inline]
    pub(super) fn favourite(&self, visitor: &Visitor, disliked: u16) -> u16 {
        let liked = &self.favourites[self.users.age_of(visitor)];
        let word = self.users.word_of(visitor, Trait::Favourite);
        let favourite = liked.pick(word) as u16;
        if favourite != disliked {
            return favourite;
        }
        let again = |field| liked.pick(self.steps.at(word, field)) as u16;
        let others = self.catalogue.categories().len() as u16;
        OTHERS.map(again).find(|category| *category != disliked).unwrap_or((disliked + 1) % others)
    }

    #[inline]
    fn field(&self, session: &Session, field: u64) -> u64 {
        self.steps.at(session.word, field)
    }
}

impl SessionPlan {
    /// Returns whether a basket is paid.
    pub(super) fn buys(self) -> bool {
        self.outcome == super::plan::Outcome::Purchase
    }
}

/// Returns the preference of young users for a category, in hundredths of the likings of age groups; our own choice.
fn youth(category: &Category) -> i64 {
    match category.resembles() {
        Some("Electronics") => 100,
        Some("Clothing" | "Sports & Outdoors") => 50,
        Some("Books" | "Home & Garden") => -100,
        _ => 0,
    }
}

/// The favourite categories of an age that likes what the young like so much more, in hundredths.
///
/// All ages together like the categories by their weights.
pub(super) fn favourites(categories: &[Category], liking: i64) -> AliasTable {
    let shares = shares(categories);
    let mean = shares
        .iter()
        .zip(categories)
        .map(|(share, category)| *share as i64 * youth(category))
        .sum::<i64>()
        >> 20;
    let weight = |(share, category): (&u64, &Category)| {
        (*share as i64 * (10_000 + liking * (youth(category) - mean)).max(0)) as u64
    };
    table(&shares.iter().zip(categories).map(weight).collect::<Vec<_>>())
}

/// Returns the distribution of the category that a user never buys: the less popular a category,
/// the more users avoid it, so that all users together buy the categories by their weights. `None`
/// if a basket could not be filled without one of them.
pub(super) fn aversions(categories: &[Category]) -> Option<AliasTable> {
    let shares = shares(categories);
    let (sum, products) = (shares.iter().sum::<u64>(), categories.last()?.products().end);
    let rest =
        |category: &Category| products - (category.products().end - category.products().start);
    if categories.len() < 2 || categories.iter().any(|category| rest(category) < MAX_LINES as u32) {
        return None;
    }
    AliasTable::new(&shares.iter().map(|share| sum - share).collect::<Vec<_>>()).ok()
}

/// Cents in the middle of a category's range of prices, on a scale of ratios.
pub(super) fn middle(category: &Category) -> i64 {
    let [low, high] = category.price_range().map(Money::cents);
    (low as u64 * high as u64).isqrt() as i64
}

/// Cents of the usual basket of the median user in sessions about each category, where a basket has
/// so many lines and a line so many items, in thousandths of the mean: the first line is of that
/// category, and so are most of the others.
pub(super) fn usual_baskets(categories: &[Category], [lines, items]: [i64; 2]) -> Box<[i64]> {
    let shares = shares(categories);
    let anything = shares
        .iter()
        .zip(categories)
        .map(|(share, category)| i128::from(*share) * i128::from(middle(category)))
        .sum::<i128>()
        / i128::from(shares.iter().sum::<u64>().max(1));
    let of_interest = i128::from(OF_INTEREST);
    let basket = |category: &Category| {
        let own = i128::from(middle(category));
        let other = (own * of_interest + anything * (100 - of_interest)) / 100;
        let all_lines = own * 1_000 + other * i128::from(lines - 1_000);
        (all_lines * i128::from(items) / 1_000_000) as i64
    };
    categories.iter().map(basket).collect()
}

#[expect(
    clippy::expect_used,
    reason = "a checked catalogue has categories, and their shares are above zero"
)]
fn table(weights: &[u64]) -> AliasTable {
    AliasTable::new(weights).expect("weights that make a choice")
}
