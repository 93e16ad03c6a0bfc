//! The macro by which every record is declared once.
//!
//! A field is one line, its name and a word for what it holds, under the sentence that documents
//! it.
//! The word decides the Rust type, the serde attributes and the [`Kind`](crate::Kind) alike, so
//! they cannot disagree:
//!
//! | word | Rust type | kind |
//! |---|---|---|
//! | `identifier` | `Cow<'a, str>` | `Identifier` |
//! | `text` | `Cow<'a, str>` | `Text` |
//! | `bool` | `bool` | `Boolean` |
//! | `u32` | `u32` | `Integer` |
//! | `u64` | `u64` | `Long` |
//! | `money` | `Money` | `Decimal` |
//! | `degrees`, `discount`, `measure`, `minutes`, `score` | the type of that name | `Number` |
//! | `millis`, `micros`, `epoch_millis` | `Timestamp` | `Instant` in that form |
//! | `struct T` | `T<'a>` | `Struct` of the fields of `T` |
//! | `list of T` | `Vec<T<'a>>` | `List` of such structs |
//! | `map of measure` | `Breakdown<'a>` | `Map` |
//! | `optional` before any but instants, lists and maps | `Option` of it | nullable |
//!
//! A field that is a keyword in Rust or spelled otherwise in JSON has its JSON name after `as`.
//! The last field may be `others`: an object's further members, whose names and kinds are known
//! only at run time and which the description leaves out.
//!
//! ```text
//! record! {
//!     /// A purchase of one product.
//!     #[derive(Debug, Clone, PartialEq, Eq)]
//!     #[record(topic = "purchases", key = "user_id")]
//!     pub struct Purchase<'a> {
//!         /// Unique id: `p_` and nine digits.
//!         purchase_id: identifier,
//!         /// Id of the user: `user_` and six digits.
//!         user_id: text,
//!         /// Price with tax, in euros.
//!         price: money,
//!     }
//! }
//! ```
//!
//! This expands to the struct with its serde form, the constants `TOPIC` and `KEY` if there is a
//! `#[record]`, and the implementation of [`Described`](crate::Described).

use std::borrow::Cow;

/// Declares a record, or a struct inside one; see the head of this module.
macro_rules! record {
    (
        $(#[doc = $doc:literal])+
        #[derive($($derive:ident),+)]
        $(#[record(topic = $topic:tt, key = $key:tt)])?
        $vis:vis struct $name:ident<'a> { $($fields:tt)+ }
    ) => {
        record! {
            @fields { [$($doc)+] [$($derive),+] $vis $name [$($topic $key)?] } [] $($fields)+
        }
    };

    // The fields, one by one: `@fields HEAD [DONE…] REST…`.
    (@fields $head:tt $done:tt) => {
        record! { @emit $head [deny_unknown_fields] $done [] }
    };
    (@fields $head:tt $done:tt $(#[doc = $doc:literal])+ $field:ident: others,) => {
        record! { @emit $head [] $done [
            $(#[doc = $doc])+
            #[serde(flatten, with = "crate::entries")]
            pub $field: Vec<(std::borrow::Cow<'a, str>, $crate::CustomValue<'a>)>,
        ] }
    };
    (@fields $head:tt $done:tt
        $(#[doc = $doc:literal])+ $field:ident as $json:tt: $($rest:tt)+
    ) => {
        record! { @kind {
            $head $done [$($doc)+] $field [$json] [rename = $json,]
        } required $($rest)+ }
    };
    (@fields $head:tt $done:tt $(#[doc = $doc:literal])+ $field:ident: $($rest:tt)+) => {
        record! { @kind {
            $head $done [$($doc)+] $field [stringify!($field)] []
        } required $($rest)+ }
    };

    // The word of a field: its serde attributes, Rust type and kind.
    (@kind $state:tt required optional $($rest:tt)+) => {
        record! { @kind $state optional $($rest)+ }
    };
    (@kind $state:tt $need:ident identifier, $($rest:tt)*) => {
        record! { @done $state $need [borrow] [std::borrow::Cow<'a, str>] [Identifier] $($rest)* }
    };
    (@kind $state:tt $need:ident text, $($rest:tt)*) => {
        record! { @done $state $need [borrow] [std::borrow::Cow<'a, str>] [Text] $($rest)* }
    };
    (@kind $state:tt $need:ident bool, $($rest:tt)*) => {
        record! { @done $state $need [] [bool] [Boolean] $($rest)* }
    };
    (@kind $state:tt $need:ident u32, $($rest:tt)*) => {
        record! { @done $state $need [] [u32] [Integer] $($rest)* }
    };
    (@kind $state:tt $need:ident u64, $($rest:tt)*) => {
        record! { @done $state $need [] [u64] [Long] $($rest)* }
    };
    (@kind $state:tt $need:ident money, $($rest:tt)*) => {
        record! { @done $state $need [] [$crate::Money] [MONEY] $($rest)* }
    };
    (@kind $state:tt $need:ident degrees, $($rest:tt)*) => {
        record! { @number $state $need Degrees $($rest)* }
    };
    (@kind $state:tt $need:ident discount, $($rest:tt)*) => {
        record! { @number $state $need Discount $($rest)* }
    };
    (@kind $state:tt $need:ident measure, $($rest:tt)*) => {
        record! { @number $state $need Measure $($rest)* }
    };
    (@kind $state:tt $need:ident minutes, $($rest:tt)*) => {
        record! { @number $state $need Minutes $($rest)* }
    };
    (@kind $state:tt $need:ident score, $($rest:tt)*) => {
        record! { @number $state $need Score $($rest)* }
    };
    (@kind $state:tt required millis, $($rest:tt)*) => {
        record! { @instant $state [with = "crate::timestamp::millis"] Millis $($rest)* }
    };
    (@kind $state:tt required micros, $($rest:tt)*) => {
        record! { @instant $state [with = "crate::timestamp::micros"] Micros $($rest)* }
    };
    (@kind $state:tt required epoch_millis, $($rest:tt)*) => {
        record! { @instant $state [with = "crate::timestamp::epoch_millis"] EpochMillis $($rest)* }
    };
    (@kind $state:tt $need:ident struct $of:ident, $($rest:tt)*) => {
        record! { @done $state $need [borrow] [$of<'a>]
            [Struct(<$of<'_> as $crate::Described>::description().fields)]
        $($rest)* }
    };
    (@kind $state:tt required list of $of:ident, $($rest:tt)*) => {
        record! { @done $state required [borrow] [Vec<$of<'a>>]
            [List(Box::new($crate::Kind::Struct(
                <$of<'_> as $crate::Described>::description().fields,
            )))]
        $($rest)* }
    };
    (@kind $state:tt required map of measure, $($rest:tt)*) => {
        record! { @done $state required [borrow] [$crate::Breakdown<'a>]
            [Map(Box::new($crate::Kind::Number { scale: $crate::Measure::DECIMALS }))]
        $($rest)* }
    };
    (@number $state:tt $need:ident $of:ident $($rest:tt)*) => {
        record! { @done $state $need [] [$crate::$of]
            [Number { scale: $crate::$of::DECIMALS }]
        $($rest)* }
    };
    (@instant $state:tt [$($serde:tt)*] $form:ident $($rest:tt)*) => {
        record! { @done $state required [$($serde)*] [$crate::Timestamp]
            [Instant($crate::InstantForm::$form)]
        $($rest)* }
    };

    // A field with everything known is one of those done.
    (@done $state:tt optional $serde:tt [$($type:tt)+] $kind:tt $($rest:tt)*) => {
        record! { @done $state true $serde [Option<$($type)+>] $kind $($rest)* }
    };
    (@done $state:tt required $serde:tt $type:tt $kind:tt $($rest:tt)*) => {
        record! { @done $state false $serde $type $kind $($rest)* }
    };
    (@done
        { $head:tt [$($done:tt)*] $doc:tt $field:ident $json:tt [$($rename:tt)*] }
        $nullable:literal [$($serde:tt)*] $type:tt $kind:tt $($rest:tt)*
    ) => {
        record! {
            @fields $head
            [$($done)* { $doc $field $json [$($rename)* $($serde)*] $type $kind $nullable }]
            $($rest)*
        }
    };

    (@emit
        { [$($doc:literal)+] [$($derive:ident),+] $vis:vis $name:ident [$($topic:tt $key:tt)?] }
        [$($serde:tt)*]
        [$({
            [$($about:literal)+] $field:ident [$($json:tt)+] [$($attribute:tt)*]
            [$($type:tt)+] [$($kind:tt)+] $nullable:literal
        })+]
        [$($others:tt)*]
    ) => {
        $(#[doc = $doc])+
        #[derive($($derive,)+ serde::Serialize, serde::Deserialize)]
        #[serde($($serde)*)]
        $vis struct $name<'a> {
            $(
                $(#[doc = $about])+
                #[serde($($attribute)*)]
                $vis $field: $($type)+,
            )+
            $($others)*
        }

        $(impl $name<'_> {
            /// The topic unless a configuration names another.
            $vis const TOPIC: &'static str = $topic;
            /// The name of the field that is the Kafka key.
            $vis const KEY: &'static str = $key;
        })?

        impl $crate::Described for $name<'_> {
            fn description() -> $crate::Description {
                $crate::Description {
                    name: stringify!($name).into(),
                    doc: $crate::record::summary(&[$($doc),+]),
                    key: concat!($($key)?).into(),
                    fields: vec![$($crate::Field {
                        name: ($($json)+).into(),
                        doc: $crate::record::summary(&[$($about),+]),
                        kind: $crate::Kind::$($kind)+,
                        nullable: $nullable,
                    }),+],
                }
            }
        }
    };
}

pub(crate) use record;

/// Returns the first paragraph of a doc comment, given line by line, as one line.
pub(crate) fn summary(lines: &[&'static str]) -> Cow<'static, str> {
    let mut paragraph = lines.iter().map(|line| line.trim()).take_while(|line| !line.is_empty());
    let first = paragraph.next().unwrap_or_default();
    paragraph.fold(Cow::Borrowed(first), |text, line| format!("{text} {line}").into())
}

#[cfg(test)]
#[expect(clippy::struct_field_names, reason = "an id is called after its record")]
mod tests {
    use crate::{Described, Description, Field, InstantForm, Kind, Measure, Money};

    record! {
        /// A visit
        /// to the shop.
        ///
        /// Nobody buys.
        #[derive(Debug, PartialEq)]
        #[record(topic = "visits", key = "visitId")]
        struct Visit<'a> {
            /// Unique id.
            visit_id as "visitId": identifier,
            /// Money spent,
            /// in euros.
            spent: optional money,
            /// Time of entry.
            at: epoch_millis,
            /// The shop.
            shop: struct Shop,
            /// The aisles walked through.
            aisles: list of Shop,
        }
    }

    record! {
        /// A shop.
        #[derive(Debug, PartialEq)]
        struct Shop<'a> {
            /// Its kind.
            kind as "type": text,
            /// Its size.
            size: optional measure,
        }
    }

    fn field(name: &'static str, doc: &'static str, kind: Kind, nullable: bool) -> Field {
        Field { name: name.into(), doc: doc.into(), kind, nullable }
    }

    #[test]
    fn a_declaration_becomes_a_description() {
        let shop = vec![
            field("type", "Its kind.", Kind::Text, false),
            field("size", "Its size.", Kind::Number { scale: 4 }, true),
        ];
        let aisles = Kind::List(Box::new(Kind::Struct(shop.clone())));
        let expected = Description {
            name: "Visit".into(),
            doc: "A visit to the shop.".into(),
            key: "visitId".into(),
            fields: vec![
                field("visitId", "Unique id.", Kind::Identifier, false),
                field("spent", "Money spent, in euros.", Kind::MONEY, true),
                field("at", "Time of entry.", Kind::Instant(InstantForm::EpochMillis), false),
                field("shop", "The shop.", Kind::Struct(shop), false),
                field("aisles", "The aisles walked through.", aisles, false),
            ],
        };
        assert_eq!(Visit::description(), expected);
        assert_eq!((Visit::TOPIC, Visit::KEY), ("visits", "visitId"));
        assert_eq!(Shop::description().key, "");
    }

    #[test]
    fn a_declaration_becomes_a_serde_type() {
        let json = r#"{"visitId":"v","spent":0.5,"at":1000,"shop":{"type":"a","size":null},"aisles":[{"type":"b","size":1.5}]}"#;
        let visit: Visit<'_> = serde_json::from_str(json).unwrap();
        assert!(matches!(visit.visit_id, std::borrow::Cow::Borrowed("v")), "text is not copied");
        assert_eq!(visit.spent, Some(Money::from_cents(50)));
        assert_eq!(visit.aisles[0].size, Some(Measure::from_units(15_000)));
        assert_eq!(serde_json::to_string(&visit).unwrap(), json);
        let more = json.replacen('{', r#"{"colour":"red","#, 1);
        assert!(serde_json::from_str::<Visit<'_>>(&more).is_err(), "a field too many");
    }
}
