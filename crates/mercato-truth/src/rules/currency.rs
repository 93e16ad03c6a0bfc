//! Currencies: how many decimals amounts have, and which amounts can be compared.

use mercato_units::minor_digits;

use super::recent::hash;
use crate::records::Node;

/// The currency of a record or of a line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Currency {
    digits: u32,
    /// The hash of its code; none where a record does not say its currency.
    code: Option<u64>,
}

impl Currency {
    /// The currency of a record that names none, such as those of a shop with one currency.
    pub(super) const UNNAMED: Self = Self { digits: 2, code: None };

    /// The currency that `object` names, or else `around`, that of the object around it.
    pub(super) fn of(object: Node<'_>, around: Self) -> Self {
        Self::named(object.get("currency"), around)
    }

    /// The currency whose code is the text `code`, or else `around`.
    #[inline]
    pub(super) fn named(code: Option<Node<'_>>, around: Self) -> Self {
        let code = code.and_then(Node::text);
        code.map_or(around, |code| Self { digits: minor_digits(code), code: Some(hash(code)) })
    }

    /// An amount in units of the currency's last decimal, if it has no more decimals.
    pub(super) fn units(self, amount: Node<'_>) -> Option<i64> {
        amount.minor_units(self.digits)
    }

    /// Returns true if amounts of both can be compared: they are the same, or one is unnamed and as
    /// many decimals are known of both.
    pub(super) fn is_like(self, other: Self) -> bool {
        self.digits == other.digits
            && (self.code == other.code || self.code.is_none() || other.code.is_none())
    }

    /// The name of the unit that [`Currency::units`] counts.
    pub(super) fn unit(self) -> &'static str {
        if self.digits == 2 { "cents" } else { "minor units" }
    }
}
