//! A canary secret on every way into a program, and in nothing that comes out of it at any log
//! level.
//!
//! What a login with a real broker says is heard by `real_kafka`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::thread;

use mercato_test_support::{Ended, Program, folder, read};

const CANARY: &str = "c4n4ry-53cr37";

/// Nobody listens there, and a program says so within seconds.
const NOWHERE: &str = "127.0.0.1:1";

/// Where a secret is put.
#[derive(Debug, Clone, Copy)]
enum Way {
    Flags,
    Variable(&'static str),
    DotEnv,
    Properties,
    StandardInput,
    File,
}

/// The ways in, and what is put there; `{}` stands for the secret.
const WAYS: [(Way, &str); 36] = [
    (Way::Flags, "-X sasl.password={}"),
    (Way::Flags, "-X sasl.pasword={}"),
    (Way::Flags, "-X sasl.password:{}"),
    (Way::Flags, "-X sasl.oauthbearer.token.endpoint.url=https://me:{}@localhost/ -X acks=most"),
    (Way::Flags, "-X http.proxy=http://me:{}@localhost/"),
    (Way::Flags, "-b me:{}@localhost:1"),
    (Way::Flags, "-b SASL_SSL://me:{}@localhost:1,localhost:2"),
    (Way::Variable("KAFKA_BOOTSTRAP_SERVERS"), "me:{}@localhost:1"),
    (Way::Variable("CNFL_KAFKA_BROKER"), "me:{}@localhost:1"),
    (Way::Variable("CNFL_KC_API_SECRET"), "{}"),
    (Way::Variable("KAFKA_PROPERTY_SASL_PASSWORD"), "{}"),
    (Way::Variable("KAFKA_PROPERTY_SSL_KEY_PASSWORD"), "{}"),
    (Way::Variable("KAFKA_PROPERTY_SASL_PASWORD"), "{}"),
    (Way::DotEnv, "KAFKA_PROPERTY_SASL_USERNAME=me\nKAFKA_PROPERTY_SASL_PASSWORD={}\n"),
    (Way::DotEnv, "KAFKA_BOOTSTRAP_SERVERS=me:{}@localhost:1\n"),
    (Way::DotEnv, "KAFKA_PROPERTY_SASL_PASSWORD=\"{}\n"),
    (
        Way::Properties,
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.username=me\nsasl.password={}\n",
    ),
    (
        Way::Properties,
        "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.username={}\nsasl.password=x\n",
    ),
    (Way::Properties, "sasl.password {}\n"),
    (Way::Properties, "sasl.pasword={}\n"),
    (Way::Properties, "bootstrap.servers=me:{}@localhost:1\n"),
    (Way::Properties, "ssl.key.pem={}\nsecurity.protocol=SSL\n"),
    (Way::Properties, "ssl.ca.pem={}\nsecurity.protocol=SSL\n"),
    (
        Way::Properties,
        "ssl.key.password={}\nssl.key.location=/no/such/key.pem\nsecurity.protocol=SSL\n",
    ),
    (
        Way::Properties,
        "ssl.keystore.password={}\nssl.keystore.location=/no/such/store.p12\nsecurity.protocol=SSL\n",
    ),
    (
        Way::Properties,
        "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.\
         PlainLoginModule required username=\"me\" password=\"{}\";\n",
    ),
    (Way::Properties, "sasl.jaas.config=org.example.Module needed password=\"{}\n"),
    (
        Way::Properties,
        "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.method=oidc\n\
         sasl.oauthbearer.client.id=me\nsasl.oauthbearer.client.secret={}\n",
    ),
    (
        Way::Properties,
        "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\nenable.sasl.oauthbearer.unsecure.jwt=true\n\
         sasl.oauthbearer.config=principal={} scope={}\n",
    ),
    (Way::StandardInput, "sasl.username=me\nsasl.password={}\n"),
    (Way::Flags, "-X schema.registry.url=http://me:{}@localhost:1 -X acks=most"),
    (Way::Variable("KAFKA_PROPERTY_SCHEMA_REGISTRY_URL"), "registry-of-me:{}@localhost:1"),
    (
        Way::File,
        "[output]\nformat = \"avro\"\n[kafka.properties]\n\"schema.registry.url\" = \"http://me:{}@127.0.0.1:1\"\n",
    ),
    (
        Way::File,
        "[output]\nformat = \"avro\"\n[kafka.properties]\n\"schema.registry.url\" = \"me:{}@127.0.0.1:1\"\n",
    ),
    (
        Way::File,
        "[output]\nformat = \"protobuf\"\n[kafka.properties]\n\"schema.registry.url\" = \"http://127.0.0.1:1\"\n\
         \"basic.auth.user.info\" = \"me:{}\"\n",
    ),
    (Way::File, "[kafka.properties]\n\"sasl.username\" = \"me\"\n\"sasl.password\" = \"{}\"\n"),
];

/// `program` with the canary on its way in, and everything that it is asked to say.
fn program(program: Program, way: Way, text: &str, folder: &Path) -> (Program, String) {
    let names_the_brokers = text.contains("@localhost:");
    let program = match way {
        Way::Variable("CNFL_KC_API_SECRET") => {
            program.env("CNFL_KAFKA_BROKER", NOWHERE).env("CNFL_KC_API_KEY", "me")
        }
        _ if names_the_brokers => program,
        _ => program.words("-b").arg(NOWHERE),
    };
    let text = text.replace("{}", CANARY);
    let file = |name: &str| {
        std::fs::write(folder.join(name), &text).unwrap();
        name.to_owned()
    };
    let program = match way {
        Way::Flags => program.words(&text),
        Way::Variable(name) => program.env(name, &text),
        Way::DotEnv => {
            file(".env");
            program
        }
        Way::Properties => program.words("--command-config").arg(file("client.properties")),
        Way::File => program.words("--config").arg(file("run.toml")),
        Way::StandardInput => return (program.words("--command-config -"), text),
    };
    (program, String::new())
}

/// Everything that a program said on its streams and in its files.
fn said(ended: &Ended, files: &[&Path]) -> String {
    let mut all = String::from_utf8_lossy(&ended.stdout).into_owned() + &ended.stderr;
    for path in files.iter().filter(|path| path.exists()) {
        all += &String::from_utf8_lossy(&read(path));
    }
    all
}

fn assert_silent(way: Way, text: &str) {
    let folder = folder();
    let (log, summary) = (folder.path().join("out.log"), folder.path().join("run.json"));
    for format in ["text", "json"] {
        let generator =
            Program::new("order-gen").words("--kafka --count 10 --clock fast --log-level trace");
        let generator =
            generator.words("--metrics-listen 127.0.0.1:0 -X debug=all --log-format").arg(format);
        let generator = generator.arg("--log-file").arg(&log).arg("--summary-json").arg(&summary);
        let tool = Program::new("mercato").words("health -X debug=all");
        for started in [generator, tool] {
            let (started, input) =
                program(started.in_folder(folder.path()), way, text, folder.path());
            let ended = started.run_with_input(input.as_bytes());
            let said = said(&ended, &[&log, &summary]);
            assert!(matches!(ended.code, Some(2..=4)), "{way:?} {text}: {:?} {said}", ended.code);
            assert!(!ended.stderr.is_empty(), "{way:?} {text}");
            assert!(!said.contains(CANARY), "{way:?} {text}: {said}");
        }
    }
}

#[test]
fn a_secret_comes_out_of_no_program_whichever_way_it_came_in() {
    thread::scope(|scope| {
        let ways = WAYS.map(|(way, text)| scope.spawn(move || assert_silent(way, text)));
        ways.into_iter().for_each(|way| way.join().unwrap());
    });
}
