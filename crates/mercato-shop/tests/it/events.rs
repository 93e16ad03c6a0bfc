//! The stream `events` does what document 002 says, in the proportions it should.

use mercato_draw::{Seed, Words};
use mercato_engine::{Extent, Format, Run, Schedule, Stream, World};
use mercato_schema::{CustomValue, Minutes, UserEvent};
use mercato_shop::Weighted;
use mercato_shop::events::{Events, EventsConfig, EventsParams, FieldConfig, UserAction, narrate};

use crate::drive::{self, entities, first_step};
use mercato_test_support::statistics::{bin, follows};

const DRAWS: u64 = 200_000;

fn records(events: &Events, count: u64) -> impl Iterator<Item = UserEvent<'_>> {
    entities(events, count).map(|(arrival, event)| events.record(&event, first_step(arrival)))
}

/// Ranges so large that they do not fit one word together.
fn wide() -> EventsConfig {
    EventsConfig { users: [0, u32::MAX], products: [7, 4_000_000_000], ..EventsConfig::default() }
}

#[test]
fn an_entity_is_compact() {
    assert!(size_of::<UserAction>() <= 16);
    assert_eq!(
        drive::events(1, &EventsConfig::default()).words(),
        1,
        "the documented ranges fit one word"
    );
    assert_eq!(drive::events(1, &wide()).words(), 4);
}

#[test]
fn values_have_the_documented_ranges_and_reach_their_ends() {
    let events = drive::events(42, &EventsConfig::default());
    let (mut users, mut products, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    for event in records(&events, 50_000) {
        assert!(event.metadata.custom.is_empty());
        users.push(event.user_id);
        products.push(event.metadata.product_id);
        lengths.push(event.metadata.session_length.hundredths());
    }
    let ends = |values: &[u64]| {
        (values.iter().min().copied().unwrap(), values.iter().max().copied().unwrap())
    };
    assert_eq!((ends(&users), ends(&products), ends(&lengths)), ((1, 1000), (1, 500), (50, 3000)));
    assert_eq!(events.kinds(), ["product_view", "add_to_cart", "checkout", "bounce"]);
    assert_eq!(events.longest_trace(), 0);
}

#[test]
fn one_event_comes_every_three_seconds_exactly() {
    let events = drive::events(42, &EventsConfig::default());
    let extent = Extent { arrivals: Some(3000), ..Extent::default() };
    let run = Run::builder(drive::world(42)).extent(extent).stream(events).unwrap();
    let mut expected = drive::ORIGIN;
    for batch in run.batches().unwrap() {
        for span in batch.spans() {
            assert_eq!(span.stamp.event_time, expected);
            expected += 3_000_000;
        }
    }
    assert_eq!(expected, drive::ORIGIN + 3000 * 3_000_000);
}

fn event_type(event: &UserEvent<'_>) -> usize {
    EventsConfig::default().types.iter().position(|known| known.name == event.event_type).unwrap()
}

#[test]
fn types_come_by_their_weights() {
    for config in [EventsConfig::default(), wide()] {
        let events = drive::events(42, &config);
        let types = || records(&events, DRAWS).map(|event| event_type(&event));
        assert!(follows(types(), &[40, 25, 20, 15]));
        for mutant in [[41, 25, 20, 14], [40, 26, 19, 15], [25, 40, 20, 15]] {
            assert!(!follows(types(), &mutant), "{mutant:?} would not be noticed");
        }
    }
}

#[test]
fn custom_types_come_by_their_weights() {
    let weights = [40, 25, 20, 10, 5, 0];
    let weighted = |(index, weight): (usize, u64)| Weighted {
        name: format!("type {index}"),
        weight: weight.into(),
    };
    let config = EventsConfig {
        types: weights.into_iter().enumerate().map(weighted).collect(),
        ..EventsConfig::default()
    };
    let events = drive::events(42, &config);
    let number = |event: UserEvent<'_>| {
        event.event_type.strip_prefix("type ").unwrap().parse::<usize>().unwrap()
    };
    assert!(
        follows(records(&events, DRAWS).map(number), &weights[..5]),
        "and nothing of weight 0 comes"
    );
    assert!(
        !follows(records(&events, DRAWS).map(number), &[40, 25, 20, 11, 4]),
        "one percent would not be noticed"
    );
}

/// Returns whether a value is uniform in `bins` bins from `low` to `high`; what lies below counts
/// as `low`.
fn uniform(
    config: &EventsConfig,
    value: impl Fn(&UserEvent<'_>) -> i64,
    [low, high]: [i64; 2],
    bins: usize,
) -> bool {
    let events = drive::events(42, config);
    let outcome = |event: UserEvent<'_>| bin(value(&event).max(low), low, high, bins);
    follows(records(&events, DRAWS).map(outcome), &vec![1; bins])
}

#[test]
fn users_products_and_sessions_are_uniform() {
    let documented = EventsConfig::default();
    let user = |event: &UserEvent<'_>| event.user_id as i64;
    let product = |event: &UserEvent<'_>| event.metadata.product_id as i64;
    let session = |event: &UserEvent<'_>| event.metadata.session_length.hundredths() as i64;
    assert!(uniform(&documented, user, [1, 1000], 1000));
    assert!(uniform(&documented, product, [1, 500], 500));
    assert!(uniform(&documented, session, [50, 3000], 227));

    let mutant = EventsConfig { users: [0, 1000], ..documented.clone() };
    assert!(!uniform(&mutant, user, [1, 1000], 1000), "a user too many would not be noticed");
    let mutant = EventsConfig { products: [0, 500], ..documented.clone() };
    assert!(!uniform(&mutant, product, [1, 500], 500), "a product too many would not be noticed");
    let shorter = [20, 3000].map(Minutes::from_hundredths);
    let mutant = EventsConfig { session_length: shorter, ..documented };
    assert!(!uniform(&mutant, session, [50, 3000], 227), "eighteen seconds would not be noticed");
}

#[test]
fn draws_that_share_a_word_are_independent() {
    let events = drive::events(42, &EventsConfig::default());
    // Fifth of users, fifth of products, fifth of sessions and type together: what one word is
    // split into.
    let cell = |event: UserEvent<'_>| {
        let fifths = [
            bin(event.user_id as i64, 1, 1000, 5),
            bin(event.metadata.product_id as i64, 1, 500, 5),
            bin(event.metadata.session_length.hundredths() as i64, 50, 3004, 5),
        ];
        fifths.into_iter().fold(event_type(&event), |cell, fifth| cell * 5 + fifth)
    };
    // The 2,951 lengths are no multiple of five: the last fifth has 587 hundredths and the others
    // 591.
    let weight = |cell: usize| [40, 25, 20, 15][cell / 125] * [591, 591, 591, 591, 587][cell % 5];
    let weights: Vec<u64> = (0..500).map(weight).collect();
    assert!(follows(records(&events, DRAWS).map(cell), &weights));
    let tied = |event: UserEvent<'_>| {
        let user = bin(event.user_id as i64, 1, 1000, 5);
        let tied = if event.user_id.is_multiple_of(50) {
            user
        } else {
            bin(event.metadata.product_id as i64, 1, 500, 5)
        };
        user * 5 + tied
    };
    assert!(
        !follows(records(&events, DRAWS).map(tied), &[1; 25]),
        "one in fifty would not be noticed"
    );
}

/// The example of document 002, and a constant.
fn with_fields() -> EventsConfig {
    let texts = [("electronics", 2), ("clothing", 1), ("books", 1)];
    let choice =
        texts.map(|(name, weight)| Weighted { name: name.to_owned(), weight: weight.into() });
    let field = |name: &str| FieldConfig { name: name.to_owned(), ..FieldConfig::default() };
    let metadata = vec![
        FieldConfig { choice: Some(choice.into()), ..field("category") },
        FieldConfig { decimal: Some([10.0, 500.0]), ..field("price") },
        FieldConfig { constant: Some("web".into()), ..field("source") },
        FieldConfig { integer: Some([-2, 5]), ..field("quantity") },
    ];
    EventsConfig { metadata, ..EventsConfig::default() }
}

fn custom<'a>(event: &'a UserEvent<'_>, name: &str) -> &'a CustomValue<'a> {
    let field = event.metadata.custom.iter().find(|(known, _)| known == name);
    &field.unwrap().1
}

#[test]
fn custom_fields_follow_their_laws() {
    let events = drive::events(42, &with_fields());
    let category = |event: UserEvent<'_>| match custom(&event, "category") {
        CustomValue::Text(text) => {
            ["electronics", "clothing", "books"].iter().position(|known| known == text).unwrap()
        }
        other => panic!("{other:?} is no category"),
    };
    assert!(follows(records(&events, DRAWS).map(category), &[2, 1, 1]));
    assert!(
        !follows(records(&events, DRAWS).map(category), &[51, 25, 24]),
        "one percent would not be noticed"
    );
    let quantity = |event: UserEvent<'_>| match custom(&event, "quantity") {
        CustomValue::Integer(number) => (number + 2) as usize,
        other => panic!("{other:?} is no quantity"),
    };
    assert!(follows(records(&events, DRAWS).map(quantity), &[1; 8]));
    assert!(!follows(records(&events, DRAWS).map(quantity), &[21, 20, 20, 20, 20, 20, 20, 20]));
    let cents = |event: &UserEvent<'_>| match custom(event, "price") {
        CustomValue::Decimal(number) => (number * 100.0).round() as i64,
        other => panic!("{other:?} is no price"),
    };
    assert!(uniform(&with_fields(), cents, [1_000, 50_000], 49));
    let mut mutant = with_fields();
    mutant.metadata[1].decimal = Some([2.0, 500.0]);
    assert!(!uniform(&mutant, cents, [1_000, 50_000], 49), "eight units would not be noticed");
}

#[test]
fn a_field_more_changes_no_other_draw() {
    let mut fewer = with_fields();
    let removed = fewer.metadata.remove(0);
    fewer.metadata.rotate_left(1);
    let (with, without) = (drive::events(42, &with_fields()), drive::events(42, &fewer));
    for (one, other) in records(&with, 1000).zip(records(&without, 1000)) {
        assert_eq!((one.user_id, &one.event_type), (other.user_id, &other.event_type));
        assert_eq!(one.metadata.session_length, other.metadata.session_length);
        for (name, value) in &other.metadata.custom {
            assert_eq!(custom(&one, name), value);
        }
        assert!(other.metadata.custom.iter().all(|(name, _)| *name != removed.name));
    }
}

#[test]
fn fields_of_different_names_and_seeds_are_drawn_apart() {
    let field = |name: &str| FieldConfig {
        name: name.to_owned(),
        integer: Some([0, 1_000_000]),
        ..FieldConfig::default()
    };
    let names = ["a", "b", "a_long_name_of_a_field", "a_long_name_of_a_fiela", "\0", "\0\0"];
    let config = EventsConfig { metadata: names.map(field).into(), ..EventsConfig::default() };
    let words = [0];
    let values = |seed: u64| {
        let world = World { seed: Seed::new(seed), origin: drive::ORIGIN };
        let events = Events::new(world, EventsParams::new(&config).unwrap(), Schedule::default());
        let event = events.draw(drive::arrival(0), &mut Words::new(&words));
        let record = events.record(&event, first_step(drive::arrival(0)));
        record
            .metadata
            .custom
            .into_iter()
            .map(|(_, value)| format!("{value:?}"))
            .collect::<Vec<_>>()
    };
    let mut all: Vec<String> = [1, 2].into_iter().flat_map(values).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 12);
}

#[test]
fn a_sent_event_is_narrated_as_documented() {
    let events = drive::Rendered::new(drive::events(42, &with_fields()));
    for (arrival, event) in entities(&*events, 100) {
        let step = first_step(arrival);
        let (_, json) = events.line(&event, step, Format::Json);
        let UserEvent { user_id, event_type, metadata, .. } = events.record(&event, step);
        let (product, length) = (metadata.product_id, metadata.session_length);
        let expected = format!(
            "User: {user_id}, Event: {event_type}, Product: {product}, Session: {length}min"
        );
        assert_eq!(narrate(&json), Some(expected));
    }
}
