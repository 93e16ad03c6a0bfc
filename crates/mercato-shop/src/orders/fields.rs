//! The fields of an order, read from what it was drawn as.

use mercato_engine::{Field, FieldValue, Fields, Step};
use mercato_schema::Timestamp;

use super::{Customers, Orders, PlacedOrder};

impl Fields for Orders {
    fn fields(&self) -> Vec<Field> {
        vec![
            Field::text("orderId"),
            Field::text("customerId"),
            Field::decimal("amount", 2),
            Field::integer("timestamp"),
            Field::text("category"),
        ]
    }

    fn field<'a>(&'a self, order: &PlacedOrder, step: Step, index: usize) -> FieldValue<'a> {
        match index {
            0 => FieldValue::Text(format!("order_{:05}", step.arrival + 1).into()),
            1 => FieldValue::Text(match &self.params.customers {
                Customers::Numbered(_) => format!("customer_{:03}", order.customer + 1).into(),
                Customers::Listed(choice) => {
                    choice.names()[order.customer as usize].as_str().into()
                }
            }),
            2 => FieldValue::Number(order.amount_cents.into()),
            3 => FieldValue::Number(Timestamp::from_micros(step.at).millis()),
            4 => FieldValue::Text(
                self.params.categories.names()[usize::from(order.category)].as_str().into(),
            ),
            _ => FieldValue::Absent,
        }
    }
}
