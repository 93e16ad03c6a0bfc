//! The fields of a sale, read from what it was drawn as.

use mercato_engine::{Field, FieldValue, Fields, Step, Stream};
use mercato_schema::Timestamp;

use super::{Purchase, Sales, append_order_id, text};

impl Fields for Sales {
    fn fields(&self) -> Vec<Field> {
        let field = |name: String| match name.as_str() {
            "quantity" => Field::integer(name),
            "price" | "total" => Field::decimal(name, 2),
            _ => Field::text(name),
        };
        self.columns().into_iter().map(field).collect()
    }

    fn field<'a>(&'a self, purchase: &Purchase, step: Step, index: usize) -> FieldValue<'a> {
        let product = &self.params.products[usize::from(purchase.product)];
        let customer = &purchase.customer;
        let text = |text: String| FieldValue::Text(text.into());
        match index {
            0 => text(self::text(|out| append_order_id(out, purchase.order))),
            1 => text(Timestamp::from_micros(step.at).to_string()),
            2 => FieldValue::Text(product.id.as_str().into()),
            3 => FieldValue::Text(product.name.as_str().into()),
            4 => FieldValue::Number(purchase.quantity.into()),
            5 => FieldValue::Number(purchase.price()),
            6 => FieldValue::Number(purchase.total()),
            7 => text(format!("CUST-{}", customer.number)),
            8 => text(self.population.email(customer)),
            9 => FieldValue::Text(
                self.params.payments.names()[usize::from(purchase.payment)].as_str().into(),
            ),
            10 => FieldValue::Text(self.address(customer).street),
            11 => FieldValue::Text(self.address(customer).city),
            12 => {
                FieldValue::Text(self.params.geography.region(customer.place().rule.into()).into())
            }
            13 => FieldValue::Text(self.address(customer).zip_code),
            14 => {
                FieldValue::Text(self.params.geography.country(customer.place().rule.into()).into())
            }
            15 => FieldValue::Text(
                self.params.lifecycle.states()[usize::from(step.kind)].as_str().into(),
            ),
            _ => FieldValue::Absent,
        }
    }
}

#[cfg(test)]
mod tests {
    use mercato_draw::{Seed, Words};
    use mercato_engine::{Arrival, Schedule, World};
    use serde_json::Value;

    use super::*;
    use crate::sales::SalesParams;

    #[test]
    fn fields_say_what_the_record_says() {
        let world = World { seed: Seed::new(3), origin: 0 };
        let sales = Sales::new(world, SalesParams::default(), Schedule::default());
        for index in 0..200u64 {
            let words: Vec<u64> = (0..5)
                .map(|word| world.seed.hash(mercato_draw::Label::new(9, 0)).at(index, word))
                .collect();
            let purchase = sales.draw(Arrival { index, lane: 0, at: 0 }, &mut Words::new(&words));
            let step = Step {
                arrival: index,
                lane: 0,
                number: 0,
                kind: (index % 4) as u16,
                at: 1_700_000_000_123_456,
                hurried: false,
            };
            let record = serde_json::to_value(sales.record(&purchase, step)).unwrap();
            for (place, field) in sales.fields().iter().enumerate() {
                let path = format!("/{}", field.name.replace('.', "/"));
                let written = record.pointer(&path).unwrap();
                match sales.field(&purchase, step, place) {
                    FieldValue::Text(text) => assert_eq!(written, text.as_ref(), "{}", field.name),
                    FieldValue::Number(number) if field.name == "quantity" => {
                        assert_eq!(written, number)
                    }
                    FieldValue::Number(cents) => {
                        assert_eq!(written, &Value::from(cents as f64 / 100.0))
                    }
                    FieldValue::Absent => unreachable!("a sale has every field"),
                }
            }
        }
    }
}
