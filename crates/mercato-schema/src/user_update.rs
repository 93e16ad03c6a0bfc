//! The users of document 004: who they are, as a record of their own.
//!
//! The document names users and their kinds but shows no record of them, so topic and fields are
//! ours.

use crate::record::record;

record! {
    /// A user's profile, or a change of it.
    ///
    /// Every record says everything about its user, so a compacted topic is the list of users, to
    /// which events and transactions join by `user_id`.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "users", key = "user_id")]
    pub struct UserUpdate<'a> {
        /// Id of the update, unique in a run: `usr_` for a profile, `pre_` for the profile before a
        /// user's first change, `chg_` for a change, and at least nine digits.
        update_id: identifier,
        /// Id of the user: `user_` and at least six digits.
        user_id: text,
        /// Type of the update: `profile`, `became_regular`, `moved` or `email_changed`.
        update_type: text,
        /// Time from which the record holds, in UTC with milliseconds.
        timestamp: millis,
        /// Kind of the user: `vip`, `regular` or `new`.
        user_type: text,
        /// Age group, such as `25-34`.
        age_group: text,
        /// First and last name.
        name: text,
        /// E-mail address, which no other user has.
        email: text,
        /// Country of the user's home as an ISO 3166-1 alpha-2 code, such as `US`.
        country: text,
        /// State, province or region of the home as the second part of its ISO 3166-2 code, such as
        /// `CA`.
        state: text,
        /// City of the home.
        city: text,
        /// Kind before; `null` unless the user became a regular one.
        previous_user_type: optional text,
        /// E-mail address before; `null` unless it changed.
        previous_email: optional text,
        /// City before; `null` unless the user moved.
        previous_city: optional text,
    }
}
