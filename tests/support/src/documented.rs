//! Lists of the founding documents that more than one package is held to.

/// Asserts that products, as ids and names in the order of their ids, are those of `order-gen`:
/// fifteen, among them the thirteen that have documented names.
pub fn assert_products(products: &[(String, String)]) {
    let ids: Vec<String> = (1..=15).map(|number| format!("PROD-{number:03}")).collect();
    assert!(products.iter().map(|(id, _)| id).eq(&ids), "{products:?}");
    assert_eq!(products[3].1, "USB-C Cable");
    for name in [
        "Wireless Headphones",
        "Smart Watch",
        "Webcam HD",
        "4K Monitor",
        "Mechanical Keyboard",
        "Wireless Mouse",
        "Laptop Stand",
        "Phone Case",
        "Portable Charger",
        "Desk Organizer",
        "Desk Lamp",
        "Bluetooth Speaker",
    ] {
        assert!(products.iter().any(|(_, product)| product == name), "{name}");
    }
}
