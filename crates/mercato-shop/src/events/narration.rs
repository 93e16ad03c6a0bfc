//! Describes a sent event as document 002's producer does.

use mercato_schema::UserEvent;

/// The event in `value`, a record's JSON, as a person reads it; none if it is no event, as after a
/// fault.
///
/// ```
/// let value = br#"{"user_id":456,"event_type":"product_view","timestamp":"2024-01-15T10:30:45.123Z","metadata":{"product_id":234,"session_length":12.5}}"#;
/// assert_eq!(
///     mercato_shop::events::narrate(value).as_deref(),
///     Some("User: 456, Event: product_view, Product: 234, Session: 12.5min")
/// );
/// assert_eq!(mercato_shop::events::narrate(&value[..40]), None);
/// ```
pub fn narrate(value: &[u8]) -> Option<String> {
    let event: UserEvent<'_> = serde_json::from_slice(value).ok()?;
    let (metadata, length) = (&event.metadata, event.metadata.session_length);
    Some(format!(
        "User: {}, Event: {}, Product: {}, Session: {length}min",
        event.user_id, event.event_type, metadata.product_id
    ))
}

/// The block of details that document 002 logs of an event; none if it is not one.
pub fn details(value: &[u8]) -> Option<String> {
    let event: UserEvent<'_> = serde_json::from_slice(value).ok()?;
    let rule = "=".repeat(60);
    Some(format!(
        "{rule}\nEVENT DETAILS\n{rule}\nUser ID: {}\nEvent Type: {}\nTimestamp: {}\nProduct ID: {}\n\
         Session Length: {} minutes\n{rule}",
        event.user_id,
        event.event_type,
        event.timestamp,
        event.metadata.product_id,
        event.metadata.session_length
    ))
}
