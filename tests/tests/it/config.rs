//! `mercato config`: a file to begin with, what settings come to, mistakes, and the schema.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::path::Path;

use mercato_test_support::{Program, folder};
use serde_json::Value;

fn config(words: &str) -> Program {
    Program::new("mercato").words("config").words(words)
}

fn shown(program: Program) -> Value {
    serde_json::from_slice(&program.run().success()).unwrap()
}

/// The file that `config init` prints, with every setting made instead of commented out.
fn uncommented() -> String {
    let lines = config("init").run().lines();
    let line = |line: &String| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with(' ') || setting.starts_with("    ") => {
            setting.to_owned()
        }
        _ => line.clone(),
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_file_to_begin_with_sets_nothing() {
    let folder = folder();
    config("init -o mercato.toml").in_folder(folder.path()).run().success();
    let with = shown(
        config("show --json --seed 1 --start 2026-01-01 --config mercato.toml")
            .in_folder(folder.path()),
    );
    assert_eq!(with, shown(config("show --json --seed 1 --start 2026-01-01")));
    config("init -o mercato.toml")
        .in_folder(folder.path())
        .run()
        .fails_with(8, &["mercato.toml", "--force"]);
    config("init --force -o mercato.toml").in_folder(folder.path()).run().success();
}

#[test]
fn its_settings_are_the_defaults_wherever_there_are_any() {
    let folder = folder();
    let text = uncommented();
    std::fs::write(folder.path().join("all.toml"), &text).unwrap();
    let of_file = shown(
        config("show --json --backfill 1h --warm-up 0 --config all.toml").in_folder(folder.path()),
    );
    let defaults = shown(config("show --json"));
    let mut compared = 0;
    for (key, default) in defaults.as_object().unwrap() {
        let section = key.split('.').next().unwrap();
        let is_stream =
            !["run", "output", "kafka", "log", "schedule", "disorder"].contains(&section);
        // What has no default stands there with an example: rates above all.
        if is_stream && of_file[key]["value"] != default["value"] {
            assert_eq!(
                key.rsplit('.').next(),
                Some("rate"),
                "{key}: {} and not {}",
                of_file[key],
                default
            );
        }
        compared += usize::from(is_stream);
    }
    assert!(compared > 40, "{compared}");
}

#[test]
fn each_of_its_settings_is_possible_by_itself() {
    let folder = folder();
    let path = folder.path().join("one.toml");
    let (mut table, mut settings) = (String::new(), Vec::new());
    for line in config("init").run().lines() {
        let setting = line.strip_prefix('#').filter(|line| !line.starts_with(' ')).unwrap_or(&line);
        match setting.strip_suffix(']') {
            Some(_) if setting.starts_with('[') => table = setting.to_owned(),
            // Lists over several lines are defaults, and those are compared.
            _ if setting.contains(" = ")
                && !setting.ends_with('[')
                && table.starts_with("[shop") =>
            {
                settings.push(format!("{table}\n{setting}\n"));
            }
            _ => {}
        }
    }
    assert!(settings.len() > 35, "{}", settings.len());
    for setting in settings {
        std::fs::write(&path, &setting).unwrap();
        let ended = config("validate").arg(&path).run();
        assert_eq!(ended.code, Some(0), "{setting}{}", ended.stderr);
    }
}

#[test]
fn every_value_is_shown_with_where_it_comes_from() {
    let folder = folder();
    std::fs::write(
        folder.path().join("shop.toml"),
        "[run]\nthreads = 3\n\n[sales]\nmin_delay = \"2s\"\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join(".env"),
        "\nLOG_LEVEL=warn\nKAFKA_PROPERTY_SASL_PASSWORD=hunter2\n",
    )
    .unwrap();
    let words = "show --config shop.toml --rate 100/h -X linger.ms=5";
    let run = |words: &str| config(words).env("MERCATO_SEED", "7").in_folder(folder.path());
    let all = shown(run(words).words("--json"));
    for (key, value, origin) in [
        ("run.seed", Value::from(7), "MERCATO_SEED in the environment"),
        ("run.threads", Value::from(3), "shop.toml:2"),
        ("run.rate", Value::from("100/h"), "--rate"),
        ("run.duration", Value::Null, "default"),
        ("log.level", Value::from("warn"), "LOG_LEVEL in .env:2"),
        ("sales.min_delay", Value::from("2s"), "shop.toml:5"),
        ("sales.max_delay", Value::from("6s"), "default"),
        ("sales.rate", Value::from("100/h"), "--rate"),
        ("kafka.properties.linger.ms", Value::from("5"), "-X"),
    ] {
        assert_eq!(all[key]["value"], value, "{key}");
        assert_eq!(all[key]["origin"], origin, "{key}");
    }
    let lines = run(words).run().lines();
    assert!(!lines.iter().any(|line| line.contains("hunter2")), "secrets are not shown");
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("run.threads = 3 ") && line.ends_with("# shop.toml:2"))
    );
    let only = run("show log").run().lines();
    assert!(only.iter().all(|line| line.starts_with("log.")) && only.len() == 4, "{only:?}");
    run("show payments").run().fails_with(2, &["payments", "sales"]);
}

#[test]
fn mistakes_are_all_told_with_their_lines() {
    let folder = folder();
    let wrong = "[run]\nsede = 1\n\n[sales]\nmin_dealy = \"1s\"\n\n[orders]\nmin_delay = \"9s\"\n\n[log]\nlevel = \"loud\"\n";
    std::fs::write(folder.path().join("wrong.toml"), wrong).unwrap();
    config("validate wrong.toml").in_folder(folder.path()).run().fails_with(
        3,
        &[
            "wrong.toml:2: unknown key `run.sede`; did you mean `seed`?",
            "wrong.toml:5: unknown key `sales.min_dealy`; did you mean `min_delay`?",
            "orders.min_delay",
            "wrong.toml:11",
        ],
    );
    std::fs::write(folder.path().join("right.yaml"), "sales:\n  customers: 10\n").unwrap();
    assert_eq!(config("validate right.yaml").in_folder(folder.path()).run().lines(), ["ok"]);
    config("validate none.toml").in_folder(folder.path()).run().fails_with(3, &["none.toml"]);
    config("validate").run().fails_with(2, &["FILE"]);
    std::fs::write(folder.path().join("other.toml"), "[run]\nthreads = 0\n").unwrap();
    std::fs::write(folder.path().join("broken.toml"), "[run\n").unwrap();
    config("validate broken.toml none.toml right.yaml wrong.toml other.toml")
        .in_folder(folder.path())
        .run()
        .fails_with(
            3,
            &[
                "broken.toml:1",
                "none.toml",
                "wrong.toml:2: unknown key `run.sede`",
                "other.toml:2: run.threads: 0 is out of range",
            ],
        );
}

#[test]
fn wrong_properties_of_clients_are_told_with_their_lines() {
    let folder = folder();
    let (one, two) = ("wrong.toml:3: ", "wrong.toml:5: ");
    for (properties, told) in [
        ("\"linger.mss\" = 5\n", &[one, "invalid property linger.mss=[redacted]"][..]),
        ("linger.ms = -7\n\nacks = \"most\"\n", &[one, "linger.ms=-7", two, "acks=most"]),
        ("\"schema.registry.ulr\" = \"http://r:1\"\n", &[one, "did you mean schema.registry.url?"]),
        ("auto.register.schema = false\n", &[one, "did you mean auto.register.schemas?"]),
        ("\"use.schema.id\" = \"x\"\n", &[one, "the id of a schema"]),
    ] {
        let text = format!("[kafka]\n[kafka.properties]\n{properties}");
        std::fs::write(folder.path().join("wrong.toml"), text).unwrap();
        config("validate wrong.toml").in_folder(folder.path()).run().fails_with(3, told);
        if !told[1].contains("schema") {
            let run = Program::new("order-gen").words("--count 1 --clock fast --config wrong.toml");
            run.in_folder(folder.path()).run().fails_with(3, told);
        }
    }
    // What a flag gives again is not the file's mistake.
    std::fs::write(folder.path().join("right.toml"), "[kafka.properties]\nacks = \"all\"\n")
        .unwrap();
    let run = Program::new("order-gen").words("--count 1 --kafka -X acks=most --config right.toml");
    let ended = run.in_folder(folder.path()).run();
    assert!(ended.stderr.contains("acks=most") && !ended.stderr.contains("right.toml:"));
    ended.fails_with(3, &[]);
    let run =
        Program::new("order-gen").words("--count 1 --kafka -X schema.registry.ulr=http://r:1");
    run.run().fails_with(3, &["did you mean schema.registry.url?"]);
}

/// Returns whether `value` is what `schema` says; the part of JSON Schema that the configuration's
/// own uses.
pub(super) fn conforms(value: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let refused = |what: &str| Err(format!("{value} is not {what}: {schema}"));
    if let Some(path) = schema["$ref"].as_str() {
        let name = path.strip_prefix("#/$defs/").unwrap();
        conforms(value, &root["$defs"][name], root)?;
    }
    for list in ["anyOf", "oneOf"] {
        if let Some(forms) = schema[list].as_array()
            && !forms.iter().any(|form| conforms(value, form, root).is_ok())
        {
            return refused(list);
        }
    }
    let is = |kind: &Value| match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("{other}"),
    };
    let typed = match &schema["type"] {
        Value::Null => true,
        Value::Array(kinds) => kinds.iter().any(is),
        kind => is(kind),
    };
    if !typed {
        return refused("of the type");
    }
    if schema["enum"].as_array().is_some_and(|names| !names.contains(value)) {
        return refused("one of the names");
    }
    let number = value.as_f64();
    if number.zip(schema["minimum"].as_f64()).is_some_and(|(number, least)| number < least)
        || number.zip(schema["maximum"].as_f64()).is_some_and(|(number, most)| number > most)
    {
        return refused("within the bounds");
    }
    for item in value.as_array().into_iter().flatten() {
        if schema["items"].is_object() {
            conforms(item, &schema["items"], root)?;
        }
    }
    let Some(table) = value.as_object() else { return Ok(()) };
    if let Some(missing) = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| !table.contains_key(key.as_str().unwrap()))
    {
        return refused(&format!("complete without {missing}"));
    }
    for (key, entry) in table {
        match (&schema["properties"][key], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(false)) => return refused(&format!("allowed to have {key}")),
            (Value::Null, more) if more.is_object() => conforms(entry, more, root)?,
            (Value::Null, _) => {}
            (property, _) => conforms(entry, property, root)?,
        }
    }
    Ok(())
}

pub(super) fn toml(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

pub(super) fn schema() -> Value {
    serde_json::from_slice(&config("schema").run().success()).unwrap()
}

#[test]
fn the_schema_fits_what_is_right_and_refuses_what_is_wrong() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    conforms(&toml(&uncommented()), &schema, &schema).unwrap();
    conforms(&toml(&config("init").run().lines().join("\n")), &schema, &schema).unwrap();
    for right in [
        "[run]\nshard = \"1023/1024\"\nclock = \"0.000001x\"\nrate = \"0.5/s\"",
        "[run]\nshard = \"0/1\"\nclock = \"1000000x\"\nrate = \".25 / min\"",
        "[disorder]\nmalformed = \"0.000001\"\n[shop]\nrate_multiplier = 0.000001",
        "[disorder]\nmalformed = \"100%\"\n[shop]\nrate_multiplier = 1000",
        "[disorder]\nmalformed = \"0.0001 %\"\n[run]\nclock = \"2.50x\"",
    ] {
        conforms(&toml(right), &schema, &schema).unwrap();
    }
    for wrong in [
        "[run]\nsede = 1",
        "[run]\nseed = -1",
        "[run]\non_lag = \"wait\"",
        "[shop]\nrate_multiplier = 0",
        "[shop]\nrate_multiplier = 1000.5",
        "[slaes]",
        "[sales]\nmin_delay = -5",
        "[sales]\nproducts = [{ id = \"P\", name = \"Tea\" }]",
        "[[schedule]]\nfrom = \"+1m\"\nto = \"+2m\"",
        "[disorder]\nkinds = [\"late\"]",
        "[sales.lifecycle]\nstates = [\"a\"]\ntransitions = [{ from = \"a\", to = \"b\", dwell = { fixd = \"1s\" } }]",
    ] {
        assert!(conforms(&toml(wrong), &schema, &schema).is_err(), "{wrong}");
    }
}

#[test]
fn the_examples_fit_the_schema_and_are_right() {
    let schema = schema();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples");
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            conforms(&toml(&text), &schema, &schema)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(config("validate").arg(&path).run().lines(), ["ok"], "{}", path.display());
        }
    }
}
