//! Flags, environment, `.env` and files, and which of them counts.

use std::path::Path;

use mercato_test_support::{Program, folder, json};

use super::order_gen;

/// The seed of a run that was started in `folder` with `flags` and the environment's `seed`.
fn seed(folder: &Path, flags: &str, seed: Option<&str>) -> u64 {
    let path = folder.join("run.json");
    let program =
        Program::new("order-gen").in_folder(folder).words("-q --count 1 --clock fast -o null:");
    let program = seed.into_iter().fold(program, |program, seed| program.env("MERCATO_SEED", seed));
    program.words(flags).words("--summary-json").arg(&path).run().success();
    json(&path)["identity"]["seed"].as_u64().unwrap()
}

#[test]
fn flag_before_environment_before_dotenv_before_file() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    assert_ne!(seed(folder.path(), "", None), seed(folder.path(), "", None), "fresh by default");
    write("a.toml", "[run]\nseed = 1\n");
    write("b.yaml", "run:\n  seed: 2\n");
    assert_eq!(seed(folder.path(), "--config a.toml", None), 1);
    assert_eq!(
        seed(folder.path(), "--config a.toml --config b.yaml", None),
        2,
        "the later file wins"
    );
    write(".env", "# lessons\nexport MERCATO_SEED=3\n");
    assert_eq!(seed(folder.path(), "--config a.toml", None), 3);
    assert_eq!(seed(folder.path(), "--config a.toml", Some("4")), 4);
    assert_eq!(seed(folder.path(), "--config a.toml --seed 5", Some("4")), 5);
}

#[test]
fn delays_of_the_command_line_are_stronger_than_a_rate_in_a_file() {
    let folder = folder();
    for text in
        ["[sales]\nrate = \"100/s\"\n[orders]\nrate = \"100/s\"\n", "[run]\nrate = \"100/s\"\n"]
    {
        let path = folder.path().join("rates.toml");
        std::fs::write(&path, text).unwrap();
        for stream in ["sales", "orders"] {
            let count = |flags: &str| {
                let flags = format!("--stream {stream} --duration 1m {flags} --config");
                order_gen(&flags).arg(&path).run().lines().len()
            };
            assert!(count("") > 5_000, "{stream}: a hundred a second");
            assert!(
                (30..300).contains(&count("--min-delay 1 --max-delay 2")),
                "{stream}: one in 1 to 2 s"
            );
            assert!(
                (10..200).contains(&count("--min-delay 1")),
                "{stream}: the longest is the default"
            );
        }
    }
}

#[test]
fn a_burst_in_the_schedule_multiplies_arrivals_while_it_lasts() {
    let folder = folder();
    let path = folder.path().join("flash.toml");
    let text = "[[schedule]]\nfrom = \"+10m\"\nto = \"+20m\"\nfactor = 10\n";
    std::fs::write(&path, text).unwrap();
    for law in ["--rate 2/s", "--min-delay 0.4 --max-delay 0.6"] {
        let flags = format!("--stream orders --duration 30m {law} --config");
        let with = order_gen(&flags).arg(&path).run().records();
        let minute = |order: &serde_json::Value| {
            (order["timestamp"].as_i64().unwrap() - 1_762_703_740_000) / 60_000
        };
        let within = |from: i64, to: i64| {
            with.iter().filter(|order| (from..to).contains(&minute(order))).count()
        };
        let (before, during, after) = (within(0, 10), within(10, 20), within(20, 30));
        assert!(
            (1_150..=1_250).contains(&before) && (1_150..=1_250).contains(&after),
            "{law}: {before} and {after}"
        );
        assert!((11_800..=12_200).contains(&during), "{law}: {during}");
        let without = order_gen(flags.trim_end_matches(" --config")).run().records();
        assert_eq!(with[..before], without[..before], "a burst changes nothing before it");
    }
}

#[test]
fn backfill_begins_that_long_ago() {
    let folder = folder();
    let path = folder.path().join("run.json");
    let flags = "-q --backfill 60 --duration 30 --rate 2/s -o null: --summary-json";
    let (_, took) = mercato_test_support::timed(|| {
        Program::new("order-gen").words(flags).arg(&path).run().success()
    });
    let summary = json(&path);
    assert!(summary["counts"]["first"].as_u64().unwrap() > 3_500, "{summary}");
    assert!(took.as_secs() < 20, "an hour ago is due at once: {took:?}");
}

#[test]
fn a_file_alone_contacts_no_broker() {
    let folder = folder();
    let path = folder.path().join("shop.toml");
    std::fs::write(&path, "[kafka]\nbootstrap_servers = \"localhost:1\"\n").unwrap();
    assert_eq!(order_gen("--count 1 --config").arg(&path).run().lines().len(), 1);
}
