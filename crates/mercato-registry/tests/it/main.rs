//! The client against a registry that answers as it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use mercato_registry::{Registered, Registry, RegistryConfig, RegistryError, Schema, SchemaKind};
use mercato_test_support::registry::{Registry as Fake, Reply};
use serde_json::{Value, json};

const OWN: &str = r#"{"type":"record","name":"Order","fields":[{"name":"a","type":"long"}]}"#;
const OTHER: &str = r#"{"type":"record","name":"Order","fields":[{"name":"a","type":"string"}]}"#;

fn schema(kind: SchemaKind) -> Schema<'static> {
    Schema { topic: "orders", record: "mercato.Order", kind, text: OWN }
}

fn ask(url: &str, properties: &[(&str, &str)]) -> Result<Registered, RegistryError> {
    let properties = properties.iter().copied();
    let config = RegistryConfig::new(properties, Some(url), None).unwrap().unwrap();
    Registry::new(config).id(&schema(SchemaKind::Avro))
}

fn fails(reply: Reply, properties: &[(&str, &str)]) -> RegistryError {
    let fake = Fake::start(move |_| reply.clone());
    let error = ask(&fake.url, properties).unwrap_err();
    assert!(error.to_string().contains(&fake.url), "{error}");
    error
}

#[test]
fn a_schema_is_registered_looked_up_or_found_as_the_properties_say() {
    let body = json!({"id": 70_000, "version": 3, "schema": OWN});
    let fake = Fake::start(move |_| Reply::new(200, &body));
    let subject = |name: &str| Some(name.to_owned());
    for (properties, what, expected) in [
        (&[][..], "POST /subjects/orders-value/versions", subject("orders-value")),
        (
            &[("auto.register.schemas", "false")],
            "POST /subjects/orders-value",
            subject("orders-value"),
        ),
        (
            &[("use.latest.version", "true"), ("value.subject.name.strategy", "record")],
            "GET /subjects/mercato.Order/versions/latest",
            subject("mercato.Order"),
        ),
        (&[("use.schema.id", "70000")], "GET /schemas/ids/70000", None),
    ] {
        let found = ask(&fake.url, properties).unwrap();
        assert_eq!(found, Registered { id: 70_000, subject: expected }, "{what}");
        let asked = fake.asked().pop().unwrap();
        assert_eq!(asked.what, what);
        if what.starts_with("POST") {
            assert_eq!(asked.body, json!({"schema": OWN, "schemaType": "AVRO"}));
        }
    }
    assert_eq!(fake.asked().len(), 4, "one question each");
}

#[test]
fn the_user_is_sent_and_never_shown() {
    let fake = Fake::start(|_| Reply::new(401, &json!({"error_code": 40101, "message": "no"})));
    let user = [("basic.auth.user.info", "ann:topsecret")];
    let error = ask(&fake.url, &user).unwrap_err();
    let asked = fake.asked().pop().unwrap();
    assert_eq!(asked.authorization.as_deref(), Some("Basic YW5uOnRvcHNlY3JldA=="));
    let text = error.to_string();
    assert!(
        error.is_connection() && text.contains("orders-value") && text.contains("register"),
        "{text}"
    );
    assert!(!text.contains("topsecret") && !text.contains("YW5u"), "{text}");
}

#[test]
fn refusals_name_subject_version_and_what_to_do() {
    let fake = Fake::start(|asked| {
        if asked.what.starts_with("GET") {
            return Reply::new(200, &json!({"id": 1, "version": 4, "schema": OTHER}));
        }
        Reply::new(
            409,
            &json!({"error_code": 409, "message": "incompatible with an earlier schema"}),
        )
    });
    let error = ask(&fake.url, &[]).unwrap_err();
    assert!(!error.is_connection());
    let text = error.to_string();
    for said in ["orders-value after version 4", "incompatible with an earlier", "another topic"] {
        assert!(text.contains(said), "{text}");
    }
    let error = ask(&fake.url, &[("use.latest.version", "true")]).unwrap_err().to_string();
    assert!(error.contains("version 4 of subject orders-value"), "{error}");
    assert!(error.contains("field a: string instead of long"), "{error}");

    let body = json!({"error_code": 42201, "message": "Invalid schema"});
    let error = fails(Reply::new(422, &body), &[]);
    assert!(matches!(error, RegistryError::Invalid { .. }) && !error.is_connection());
    assert!(error.to_string().contains("Invalid schema (error 42201)"), "{error}");

    let missing = json!({"error_code": 40403, "message": "Schema not found"});
    let error = fails(Reply::new(404, &missing), &[("auto.register.schemas", "false")]);
    assert!(error.to_string().contains("auto.register.schemas=true"), "{error}");
    let error = fails(Reply::new(404, &missing), &[("use.schema.id", "9")]);
    assert!(error.to_string().starts_with("schema 9 is not in the schema registry"), "{error}");

    let error = fails(Reply::new(500, &json!({"error_code": 50001, "message": "store"})), &[]);
    assert!(error.is_connection() && error.to_string().contains("500"), "{error}");
    let page = Reply { status: 200, body: "<html>".to_owned(), delay: Duration::ZERO };
    assert!(fails(page, &[]).to_string().contains("not JSON"));
    let other = json!({"schema": OWN, "schemaType": "PROTOBUF"});
    let error = fails(Reply::new(200, &other), &[("use.schema.id", "9")]);
    assert!(error.to_string().contains("type PROTOBUF"), "{error}");
}

#[test]
fn a_registry_that_is_slow_or_away_is_not_waited_for_long() {
    let slow = Reply { status: 200, body: "{}".to_owned(), delay: Duration::from_secs(2) };
    let error = fails(slow, &[("schema.registry.request.timeout.ms", "100")]);
    let RegistryError::Timeout { millis, .. } = &error else { unreachable!("{error}") };
    assert!(*millis == 100 && error.is_connection());
    let gone = format!("http://127.0.0.1:{}", mercato_test_support::free_port());
    let error = ask(&gone, &[]).unwrap_err();
    assert!(matches!(error, RegistryError::Unreachable { .. }), "{error}");
    assert!(error.is_connection() && error.to_string().contains(&gone), "{error}");
    // The second address is asked where the first does not answer.
    let fake = Fake::that_takes_all();
    assert_eq!(ask(&format!("{gone},{}", fake.url), &[]).unwrap().id, 1);
}

#[test]
fn an_id_without_an_address_is_taken_as_it_is() {
    let config = RegistryConfig::new([("use.schema.id", "7")], None, None).unwrap().unwrap();
    let registry = Registry::new(config);
    let found = registry.id(&schema(SchemaKind::Protobuf)).unwrap();
    assert_eq!(found, Registered { id: 7, subject: None });
    assert_eq!(Value::from(found.id), json!(7));
}

#[test]
fn a_schema_that_records_name_is_compared_with_the_expected_one() {
    let check = |reply: Reply, kind| {
        let fake = Fake::start(move |_| reply.clone());
        let config = RegistryConfig::new([], Some(&fake.url), None).unwrap().unwrap();
        let checked = Registry::new(config).check(9, &schema(kind));
        assert_eq!(fake.asked()[0].what, "GET /schemas/ids/9");
        checked
    };
    let there = |text: &str| Reply::new(200, &json!({"schema": text}));
    assert_eq!(check(there(OWN), SchemaKind::Avro), Ok(()));
    let proto = "syntax = \"proto3\";\npackage shop;\nmessage Sale { string a = 1; }";
    for (reply, said) in [
        (there(&OTHER.replace("Order", "Sale")), ["schema 9, which is Sale", "field a: string"]),
        (
            Reply::new(200, &json!({"schema": proto, "schemaType": "PROTOBUF"})),
            ["schema 9, which is shop.Sale", "of type PROTOBUF"],
        ),
        (Reply::new(404, &json!({"message": "not found"})), ["schema 9", "registry of those who"]),
    ] {
        let error = check(reply, SchemaKind::Avro).unwrap_err().to_string();
        assert!(said.iter().all(|said| error.contains(said)), "{error}");
    }
    let foreign = check(there(OTHER), SchemaKind::Avro).unwrap_err();
    assert!(foreign.to_string().contains("mercato.Order") && !foreign.is_connection(), "{foreign}");
}
