//! The records as values: the slow path, which says what the fast one must write.

use mercato_engine::Step;
use mercato_schema::{
    Degrees, Purchase, PurchaseDevice, PurchaseLocation, PurchasedProduct, SessionDevice,
    SessionEvent, Timestamp,
};

use super::devices::DEVICES;
use super::plan::Kind;
use super::render::{self, CART, CHECKOUT, CONFIRMATION, PAGES};
use super::{Session, Shop};
use crate::shop::users::append_user;

pub(super) fn event<'a>(
    shop: &'a Shop,
    session: &Session,
    step: Step,
    serial: u64,
) -> Option<SessionEvent<'a>> {
    let kind = Kind::ALL.into_iter().take(Kind::EVENTS).find(|kind| *kind as u16 == step.kind)?;
    let product = shop.product_at(session, step);
    let about =
        product.map_or(session.interest.category, |product| shop.catalogue.category_of(product));
    let category = &shop.catalogue.categories()[usize::from(about)];
    let [search, listed] = render::urls(category);
    let page_url = match kind {
        Kind::Search => search,
        Kind::ProductView => listed,
        Kind::AddToCart | Kind::RemoveFromCart => CART.to_owned(),
        Kind::Checkout => CHECKOUT.to_owned(),
        Kind::Purchase => CONFIRMATION.to_owned(),
        Kind::PageView | Kind::Transaction | Kind::Alert | Kind::Profile => {
            PAGES[shop.plain_page(session, step.number)].to_owned()
        }
    };
    let has_category = product.is_some() || kind == Kind::Search;
    let device = &DEVICES[usize::from(session.device)];
    Some(SessionEvent {
        event_id: format!("evt_{:09}", render::event_number(serial, step.number)).into(),
        user_id: text(|out| append_user(out, session.user)).into(),
        session_id: text(|out| render::append_session(out, shop.session_code(serial))).into(),
        event_type: kind.name().into(),
        timestamp: Timestamp::from_micros(step.at),
        product_id: product
            .map(|product| text(|out| shop.append_product(session, product, out)).into()),
        category: has_category.then(|| category.name().into()),
        page_url: page_url.into(),
        duration_seconds: shop.duration_seconds(session, step),
        device_info: SessionDevice {
            device_type: device.kind.into(),
            screen_resolution: device.screen.into(),
        },
    })
}

pub(super) fn purchase<'a>(
    shop: &'a Shop,
    session: &Session,
    step: Step,
    serial: u64,
) -> Option<Purchase<'a>> {
    if step.kind != Kind::Transaction as u16 {
        return None;
    }
    let basket = shop.basket(session, step.at);
    let product = |line: &super::basket::Line| PurchasedProduct {
        product_id: text(|out| shop.catalogue.append_id(line.item, out)).into(),
        name: shop.catalogue.name(line.item).into(),
        category: shop.catalogue.categories()[usize::from(line.category)].name().into(),
        price: line.price,
        quantity: line.quantity,
    };
    let city = shop.users.places()[usize::from(session.city)];
    let device = &DEVICES[usize::from(session.device)];
    Some(Purchase {
        transaction_id: format!("txn_{serial:09}").into(),
        user_id: text(|out| append_user(out, session.user)).into(),
        timestamp: Timestamp::from_micros(step.at),
        products: basket.lines().iter().map(product).collect(),
        total_amount: shop.total(session, basket.cents),
        payment_method: shop.params.payments[shop.payment(session)].as_str().into(),
        location: PurchaseLocation {
            country: city.country().alpha2().into(),
            state: city.subdivision().into(),
            city: city.name().into(),
            latitude: Degrees::from_units(session.position.latitude_e4()),
            longitude: Degrees::from_units(session.position.longitude_e4()),
        },
        device_info: PurchaseDevice {
            device_type: device.kind.into(),
            os: device.os.into(),
            browser: device.browser.into(),
        },
        is_fraud: session.traits.is_fraud,
        fraud_score: shop.score(session, basket.cents),
    })
}

fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    append(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}
