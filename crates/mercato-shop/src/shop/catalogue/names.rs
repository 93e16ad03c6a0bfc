//! Names of products: a brand, a line and a noun, and a number when these are exhausted.
//!
//! A category's words make a few thousand names; its products have them in a drawn order.
//! When all are given away the same come again with ` 2` after them, then with ` 3`: so no two
//! products of a category share a name, however many there are, and none is stored. For a small
//! catalogue all are rendered when it is made.

use std::ops::Range;
use std::sync::Arc;

use mercato_draw::Permutation;
use mercato_encode::{Out, digits};
use mercato_engine::World;

use super::category::{Category, Names};
use super::params::CatalogueParams;
use super::prices::Item;
use super::{hash, permutation};
use crate::purposes;

/// Catalogues of at most so many products have their names rendered: about three megabytes.
const RENDERED: u32 = 100_000;

/// The names of all products.
#[derive(Debug, Clone)]
pub(super) struct ProductNames {
    /// Of each category, its names in no order.
    orders: Box<[Permutation]>,
    rendered: Option<Rendered>,
}

/// Names one after another.
#[derive(Debug, Clone)]
struct Rendered {
    text: Arc<[u8]>,
    /// Start of each, and the end of the last.
    bounds: Arc<[u32]>,
}

/// A product's place among those of its category, as words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) brand: &'a str,
    pub(super) line: &'a str,
    pub(super) noun: &'a str,
    /// 1 for the first product of these words, which does not show it.
    pub(super) number: u64,
}

impl ProductNames {
    pub(super) fn new(world: World, params: &CatalogueParams) -> Self {
        let key = hash(world, purposes::PRODUCT_NAMES);
        let order = |(index, category): (usize, &Category)| {
            permutation(key.child(index as u64), category.words.count())
        };
        let mut names = Self {
            orders: params.categories.iter().enumerate().map(order).collect(),
            rendered: None,
        };
        if params.listed.is_none() && params.products() <= RENDERED {
            names.rendered = Some(names.render(params));
        }
        names
    }

    fn render(&self, params: &CatalogueParams) -> Rendered {
        let (mut text, mut bounds) = (Vec::new(), vec![0]);
        for (index, category) in params.categories.iter().enumerate() {
            for product in category.products() {
                append(&self.parts(category, index, Item { product, generation: 0 }), &mut text);
                bounds.push(text.len() as u32);
            }
        }
        Rendered { text: text.into(), bounds: bounds.into() }
    }

    /// Appends the name of an item of the category with that index.
    #[inline]
    pub(super) fn append(&self, category: &Category, index: usize, item: Item, out: &mut impl Out) {
        if let (Some(Rendered { text, bounds }), 0) = (&self.rendered, item.generation) {
            let [from, to] = [bounds[item.product as usize], bounds[item.product as usize + 1]];
            return out.extend(&text[from as usize..to as usize]);
        }
        append(&self.parts(category, index, item), out);
    }

    /// The words of an item of the category with that index: successors are named after all that
    /// came before them.
    pub(super) fn parts<'a>(&self, category: &'a Category, index: usize, item: Item) -> Parts<'a> {
        let Names { brands, lines, nouns } = &category.words;
        let Range { start, end } = category.products;
        let place = item.generation * u64::from(end - start) + u64::from(item.product - start);
        let order = &self.orders[index];
        let name = order.apply(place % order.size()) as usize;
        let (name, noun) = (name / nouns.len(), name % nouns.len());
        let (brand, line) = (name / lines.len(), name % lines.len());
        Parts {
            brand: &brands[brand],
            line: &lines[line],
            noun: &nouns[noun],
            number: 1 + place / order.size(),
        }
    }
}

impl Names {
    /// Returns the number of names that the words make.
    fn count(&self) -> u32 {
        (self.brands.len() * self.lines.len() * self.nouns.len()) as u32
    }
}

fn append(parts: &Parts<'_>, out: &mut impl Out) {
    for text in [parts.brand, " ", parts.line, " ", parts.noun] {
        out.extend(text.as_bytes());
    }
    if parts.number > 1 {
        out.byte(b' ');
        digits::unsigned(out, parts.number);
    }
}
