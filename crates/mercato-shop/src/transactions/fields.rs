//! The fields of a transaction, read from what it was drawn as.

use mercato_encode::digits;
use mercato_engine::{Field, FieldValue, Fields, Step};
use mercato_schema::{Described, Kind, Leaf, Transaction};

use super::{Checkout, Transactions, session_id};

impl Fields for Transactions {
    fn fields(&self) -> Vec<Field> {
        let field = |leaf: Leaf<'_>| match leaf.field.kind {
            Kind::Integer | Kind::Long => Field::integer(&leaf.path),
            Kind::Decimal { scale, .. } | Kind::Number { scale } => {
                Field::decimal(&leaf.path, scale.into())
            }
            _ => Field::text(&leaf.path),
        };
        Transaction::description().leaves().into_iter().map(field).collect()
    }

    fn field<'a>(&'a self, checkout: &Checkout, step: Step, index: usize) -> FieldValue<'a> {
        match index {
            0 => FieldValue::Text(self.transaction_id(step).into()),
            1 => FieldValue::Text(format!("user_{}", checkout.user).into()),
            2 => FieldValue::Text(session_id(checkout, step).into()),
            3..=9 => self.product_field(checkout, index),
            10 => FieldValue::Number(i64::from(checkout.quantity) + 1),
            11 => FieldValue::Number(checkout.discount.into()),
            12 => text(&self.params.payments[usize::from(checkout.payment)].method),
            13 => text(&self.params.payments[usize::from(checkout.payment)].provider),
            15 => FieldValue::Text(shown(step).into()),
            14 | 16..=21 => self.place_field(checkout, index),
            22..=25 => self.device_field(checkout, index),
            _ => self.campaign_field(checkout, index),
        }
    }
}

impl Transactions {
    fn product_field(&self, checkout: &Checkout, index: usize) -> FieldValue<'_> {
        let product = &self.params.products[usize::from(checkout.product)];
        match index {
            3 => text(&product.id),
            4 => text(product.model),
            5 => FieldValue::Text(format!("cat_{}", product.category.key).into()),
            6 => text(product.category.name),
            7 => text(product.subcategory),
            8 => text(product.brand),
            _ => FieldValue::Number(product.price.cents()),
        }
    }

    fn place_field(&self, checkout: &Checkout, index: usize) -> FieldValue<'_> {
        let city = self.params.residents.cities[usize::from(checkout.city)];
        match index {
            14 => text(city.country().currency()),
            16 => text(city.country().alpha2()),
            17 => text(city.subdivision()),
            18 => text(city.name()),
            19 => FieldValue::Text(
                checkout.postcode.map_or_else(String::new, |code| code.to_string()).into(),
            ),
            20 => FieldValue::Number(checkout.position.latitude_e4().into()),
            _ => FieldValue::Number(checkout.position.longitude_e4().into()),
        }
    }

    fn device_field(&self, checkout: &Checkout, index: usize) -> FieldValue<'_> {
        let device = &self.params.devices[usize::from(checkout.device)];
        text([device.kind, device.os, device.browser, device.user_agent][index - 22])
    }

    fn campaign_field(&self, checkout: &Checkout, index: usize) -> FieldValue<'_> {
        let way = &self.params.campaigns[usize::from(checkout.campaign)];
        match index {
            26 => way.campaign.as_deref().map_or(FieldValue::Absent, text),
            27 => text(&way.channel),
            28 => way.referrer.as_deref().map_or(FieldValue::Absent, text),
            _ => FieldValue::Absent,
        }
    }
}

/// The time as the record shows it.
fn shown(step: Step) -> String {
    String::from_utf8_lossy(&digits::millis_text(step.at)).into_owned()
}

fn text(text: &str) -> FieldValue<'_> {
    FieldValue::Text(text.into())
}
