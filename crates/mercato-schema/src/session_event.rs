//! The user event of document 004: a step of a session.

use crate::record::record;

record! {
    /// A user's action in a session, one record per step.
    ///
    /// A step that concerns no product has `null` there instead of leaving the field out.
    /// Every record then has the same fields in the same places: a reader that infers its schema
    /// from the first records, as Spark does, finds all of them, and a CSV file has the same
    /// columns
    /// in every line, empty where JSON has `null`.
    /// A record that leaves such a field out is read as if it were `null`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "user-events", key = "session_id")]
    pub struct SessionEvent<'a> {
        /// Id of the event, unique in a run: `evt_` and nine digits, more from the 10^9th on.
        event_id: identifier,
        /// Id of the user: `user_` and at least six digits.
        user_id: text,
        /// Id of the session, the same in each of its events: `sess_` and twelve hexadecimal
        /// digits.
        session_id: text,
        /// Type of the event, such as `product_view`.
        event_type: text,
        /// Time at which the step began, in UTC with milliseconds.
        timestamp: millis,
        /// Id of the product: `prod_` and at least six digits; `null` if the step concerns no
        /// product.
        product_id: optional text,
        /// Display name of the category of the product or page; `null` if there is none.
        category: optional text,
        /// Path of the page, such as `/products/electronics`.
        page_url: text,
        /// Duration of the step in whole seconds.
        duration_seconds: u32,
        /// The user's device.
        device_info: struct SessionDevice,
    }
}

record! {
    /// The device of a user in a session.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SessionDevice<'a> {
        /// Type of the device: `desktop`, `mobile` or `tablet`.
        device_type: text,
        /// Width and height of the screen in pixels, such as `1920x1080`.
        screen_resolution: text,
    }
}
