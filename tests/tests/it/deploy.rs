//! docs/deploy, as far as a machine without Docker can check it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use mercato_test_support::{Program, ended_within, folder, get, json, read, signal};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

use crate::real_kafka::Broker;
use crate::workspace::{self, root};

/// The name under which every file knows the image.
const IMAGE: &str = "mercato:0.1.0";

/// Nobody listens there, so a program that got so far as to connect exits with 4.
const NOBODY: &str = "127.0.0.1:1";

fn deploy() -> PathBuf {
    root().join("docs/deploy")
}

fn text(path: &str) -> String {
    String::from_utf8(read(&deploy().join(path))).unwrap()
}

fn yaml(path: &str) -> Value {
    let text = text(path);
    let documents = Yaml::load_from_str(&text).unwrap();
    assert_eq!(documents.len(), 1, "{path}");
    value(&documents[0])
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(truth)) => (*truth).into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => text.to_string().into(),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(entries) => {
            let entry = |(key, entry): (&Yaml<'_>, &Yaml<'_>)| {
                (key.as_str().unwrap().to_owned(), value(entry))
            };
            Value::Object(entries.iter().map(entry).collect::<Map<_, _>>())
        }
        other => unreachable!("no file needs {other:?}"),
    }
}

/// Strings of a list; Kubernetes and compose refuse numbers and booleans where they want strings.
fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|item| item.as_str().unwrap_or_else(|| unquoted(item)).to_owned())
        .collect()
}

fn unquoted(value: &Value) -> ! {
    unreachable!("{value} wants quotes")
}

/// A start of one of our programs as a file describes it.
#[derive(Debug, Clone)]
struct Start {
    program: String,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
}

impl Start {
    fn of(entry_point: &Value, arguments: &Value, variables: Vec<(String, String)>) -> Self {
        let mut words = strings(entry_point);
        if words.is_empty() {
            words.push(Dockerfile::read().entry_point);
        }
        let program = words.remove(0);
        Self { program, arguments: [words, strings(arguments)].concat(), variables }
    }

    /// The value of a flag.
    fn flag(&self, name: &str) -> Option<&str> {
        let at = self.arguments.iter().position(|argument| argument == name)?;
        Some(&self.arguments[at + 1])
    }

    /// The same with another value for a flag that it has.
    fn with(mut self, name: &str, value: &str) -> Self {
        if let Some(at) = self.arguments.iter().position(|argument| argument == name) {
            value.clone_into(&mut self.arguments[at + 1]);
        }
        self
    }

    /// The same without a flag and its value.
    fn without(mut self, name: &str) -> Self {
        if let Some(at) = self.arguments.iter().position(|argument| argument == name) {
            self.arguments.drain(at..at + 2);
        }
        self
    }

    /// The program with these arguments and, as far as `keep` lets them through, these variables.
    fn program(&self, keep: impl Fn(&str) -> bool) -> Program {
        let kept = self.variables.iter().filter(|(name, _)| keep(name));
        let program = kept
            .fold(Program::new(&self.program), |program, (name, value)| program.env(name, value));
        self.arguments.iter().fold(program, Program::arg)
    }
}

/// The services of the compose file that are ours.
fn services() -> Vec<Start> {
    let compose = yaml("compose.yaml");
    let ours = compose["services"]
        .as_object()
        .unwrap()
        .values()
        .filter(|service| service["image"] == IMAGE);
    ours.map(|service| {
        let variables = service["environment"].as_object().unwrap().iter();
        let variables = variables
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect();
        Start::of(&service["entrypoint"], &service["command"], variables)
    })
    .collect()
}

/// The only container of a Kubernetes file.
fn container(path: &str) -> Value {
    let containers = yaml(path)["spec"]["template"]["spec"]["containers"].take();
    assert_eq!(containers.as_array().unwrap().len(), 1, "{path}");
    assert_eq!(containers[0]["image"], IMAGE, "{path}");
    containers[0].clone()
}

/// How Kubernetes starts it, as the pod with this index.
fn pod(path: &str, index: u32) -> Start {
    let container = container(path);
    let variable = |variable: &Value| {
        let from = &variable["valueFrom"];
        let field = from["fieldRef"]["fieldPath"].as_str();
        let given = variable["value"].as_str().or(from["secretKeyRef"]["key"].as_str());
        let value = given.map_or_else(
            || {
                assert_eq!(field, Some("metadata.labels['apps.kubernetes.io/pod-index']"));
                index.to_string()
            },
            str::to_owned,
        );
        (variable["name"].as_str().unwrap().to_owned(), value)
    };
    let variables: Vec<_> = container["env"].as_array().unwrap().iter().map(variable).collect();
    let mut start = Start::of(&container["command"], &container["args"], variables.clone());
    for argument in &mut start.arguments {
        // What Kubernetes adds to the pods of a job.
        *argument = argument.replace("$(JOB_COMPLETION_INDEX)", &index.to_string());
        for (name, value) in &variables {
            *argument = argument.replace(&format!("$({name})"), value);
        }
        assert!(!argument.contains("$("), "{argument} names a variable that is not there");
    }
    start
}

const DEPLOYMENT: &str = "kubernetes/deployment.yaml";
const EVENT_GEN: &str = "kubernetes/event-gen.yaml";
const INDEXED_JOB: &str = "kubernetes/indexed-job.yaml";
const STATEFUL_SET: &str = "kubernetes/statefulset.yaml";

fn starts() -> Vec<Start> {
    let mut starts = services();
    starts.extend([
        pod(DEPLOYMENT, 0),
        pod(EVENT_GEN, 0),
        pod(INDEXED_JOB, 0),
        pod(INDEXED_JOB, 3),
        pod(STATEFUL_SET, 0),
        pod(STATEFUL_SET, 2),
    ]);
    starts
}

/// What the Dockerfile says.
struct Dockerfile {
    entry_point: String,
    /// Sources of `COPY` that come from the repository.
    sources: Vec<String>,
    /// Words of its lines, where line ends are escaped joined.
    words: Vec<Vec<String>>,
}

impl Dockerfile {
    fn read() -> Self {
        let text = text("Dockerfile").replace("\\\n", " ");
        let words: Vec<Vec<String>> =
            text.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
        let of = |instruction: &'static str| {
            words.iter().filter(move |line| line.first().is_some_and(|word| word == instruction))
        };
        let entry_point = of("ENTRYPOINT").next_back().unwrap()[1..].join(" ");
        let entry_point: Vec<String> = serde_json::from_str(&entry_point).unwrap();
        let copies = of("COPY").filter(|line| !line[1].starts_with("--"));
        let sources = copies.flat_map(|line| line[1..line.len() - 1].to_vec()).collect();
        Self { entry_point: entry_point.join(" "), sources, words }
    }

    /// Words of all lines that follow `word`.
    fn after(&self, word: &str) -> BTreeSet<&str> {
        let pairs = self.words.iter().flat_map(|line| line.windows(2));
        pairs.filter(|pair| pair[0] == word).map(|pair| pair[1].as_str()).collect()
    }
}

/// The packages that a release has: what is not published, such as the fuzz targets, is in none.
fn packages() -> Vec<Value> {
    let mut packages = workspace::packages();
    packages.retain(|package| package["publish"].is_null());
    packages
}

/// The programs of a package.
fn programs(package: &Value) -> impl Iterator<Item = &str> {
    let targets = package["targets"].as_array().unwrap().iter();
    targets
        .filter(|target| target["kind"][0] == "bin")
        .map(|target| target["name"].as_str().unwrap())
}

#[test]
fn every_file_parses_and_names_files_that_are_there() {
    for path in
        ["compose.yaml", "prometheus.yml", "grafana/datasource.yaml", "grafana/dashboards.yaml"]
    {
        yaml(path);
    }
    for (path, version, kind) in [
        (DEPLOYMENT, "apps/v1", "Deployment"),
        (INDEXED_JOB, "batch/v1", "Job"),
        (STATEFUL_SET, "apps/v1", "StatefulSet"),
    ] {
        let file = yaml(path);
        assert_eq!((&file["apiVersion"], &file["kind"]), (&version.into(), &kind.into()), "{path}");
    }
    let compose = yaml("compose.yaml");
    for service in compose["services"].as_object().unwrap().values() {
        for volume in strings(&service["volumes"]) {
            let (here, _) = volume.split_once(':').unwrap();
            assert!(deploy().join(here).is_file(), "{here}");
        }
    }
    let paths = ["README.md", "Dockerfile", "compose.yaml", DEPLOYMENT, EVENT_GEN];
    let texts = paths.into_iter().chain([INDEXED_JOB, STATEFUL_SET]).map(text);
    let texts = texts.collect::<Vec<_>>().join("\n");
    let named = texts.split(|letter: char| letter.is_whitespace() || letter == '`');
    for path in
        named.filter(|word| word.starts_with("docs/deploy/") || word.starts_with("tests/tests/"))
    {
        assert!(root().join(path).exists(), "{path}");
    }
}

#[test]
fn the_image_holds_every_program_and_is_built_from_what_is_there() {
    let dockerfile = Dockerfile::read();
    let allowed = text("Dockerfile.dockerignore");
    for source in &dockerfile.sources {
        assert!(root().join(source).exists(), "{source}");
        assert!(
            allowed.lines().any(|line| line.strip_prefix('!') == Some(source)),
            "{source} is left out"
        );
    }
    let packages = packages();
    let with_programs: Vec<&Value> =
        packages.iter().filter(|package| programs(package).next().is_some()).collect();
    let named = with_programs.iter().map(|package| package["name"].as_str().unwrap());
    assert_eq!(dockerfile.after("-p"), named.collect());
    let built: BTreeSet<&str> =
        with_programs.iter().flat_map(|package| programs(package)).collect();
    let copied =
        dockerfile.words.iter().flatten().filter_map(|word| word.strip_prefix("target/release/"));
    assert_eq!(copied.collect::<BTreeSet<_>>(), built);
    assert!(built.contains(dockerfile.entry_point.as_str()));
    assert_ne!(dockerfile.after("USER").first().unwrap().split(':').next(), Some("0"));
}

#[test]
fn every_command_is_accepted_up_to_the_broker() {
    for start in starts() {
        let start = start.with("--metrics-listen", "127.0.0.1:0");
        // All settings are read, and the client takes all properties, before anything connects.
        let program = start.program(|name| name != "KAFKA_BOOTSTRAP_SERVERS");
        program.env("KAFKA_BOOTSTRAP_SERVERS", NOBODY).run().fails_with(4, &[NOBODY]);
    }
}

#[test]
fn every_generating_command_makes_records() {
    for start in starts().into_iter().filter(|start| start.program.ends_with("-gen")) {
        let of_kafka = ["--delivery", "--run-name"];
        let flags = ["--count", "--clock"].into_iter().chain(of_kafka);
        let start = flags.fold(start, Start::without);
        let start = start.with("--metrics-listen", "127.0.0.1:0");
        let program = start.program(|name| !name.starts_with("KAFKA_"));
        assert!(!program.words("--count 100 --clock fast").run().success().is_empty(), "{start:?}");
    }
}

/// The number of pods of a Kubernetes file.
fn pods(path: &str) -> u32 {
    let spec = yaml(path)["spec"].take();
    let pods = spec["completions"].as_u64().or(spec["replicas"].as_u64());
    u32::try_from(pods.unwrap()).unwrap()
}

#[test]
fn the_pods_of_a_job_and_of_a_set_are_the_shards_of_one_run() {
    let job = yaml(INDEXED_JOB)["spec"].take();
    assert_eq!(job["completionMode"], "Indexed");
    assert_eq!(job["parallelism"], job["completions"]);
    for path in [INDEXED_JOB, STATEFUL_SET] {
        let pods = pods(path);
        for index in 0..pods {
            let start = pod(path, index);
            assert_eq!(start.flag("--shard"), Some(format!("{index}/{pods}").as_str()));
            assert!(start.flag("--seed").is_some() && start.flag("--start").is_some(), "{start:?}");
        }
    }
}

/// Pods of the job as processes that are killed and started again until all of them are done.
#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn real_pods_that_are_killed_and_started_again_send_one_run() {
    let Some(broker) = Broker::fresh("") else { return };
    broker
        .mercato("topics create --partitions 3 --retention forever ecommerce-sales")
        .run()
        .success();
    let count = 40_000;
    let run = |index: u32| {
        let start = pod(INDEXED_JOB, index).with("--count", &count.to_string());
        let start = start.with("--clock", "2x");
        let program = start.program(|name| !name.starts_with("KAFKA_"));
        program.env("KAFKA_BOOTSTRAP_SERVERS", broker.address()).words("-q").start()
    };
    let mut children: Vec<Child> = (0..pods(INDEXED_JOB)).map(run).collect();
    let mut kills = 0;
    while children.iter_mut().any(|child| child.try_wait().unwrap().is_none()) {
        sleep(Duration::from_millis(1_500));
        let index = kills % children.len();
        if kills < 6 && children[index].try_wait().unwrap().is_none() {
            signal(&children[index], "KILL");
            let killed = std::mem::replace(&mut children[index], run(index as u32));
            ended_within(killed, Duration::from_secs(20));
            kills += 1;
        }
    }
    assert_eq!(kills, 6, "each pod and two of them again");
    for child in children {
        let ended = ended_within(child, Duration::from_secs(20));
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }
    let start = pod(INDEXED_JOB, 0);
    let verify = ["--seed", "--start", "--rate"].into_iter().fold(
        broker.mercato("verify sales --kafka").words(&format!("--count {count}")),
        |program, flag| program.arg(flag).arg(start.flag(flag).unwrap()),
    );
    let verified = verify.run();
    assert_eq!(
        verified.code,
        Some(0),
        "{}{}",
        verified.stderr,
        String::from_utf8_lossy(&verified.stdout)
    );
}

#[test]
fn the_password_comes_from_a_secret_and_nobody_is_root() {
    for path in [DEPLOYMENT, EVENT_GEN, INDEXED_JOB, STATEFUL_SET] {
        let container = container(path);
        let env = container["env"].as_array().unwrap();
        let password =
            env.iter().find(|variable| variable["name"] == "KAFKA_PROPERTY_SASL_PASSWORD").unwrap();
        assert!(
            password["valueFrom"]["secretKeyRef"]["name"].is_string()
                && password.get("value").is_none()
        );
        assert_eq!(yaml(path)["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"], true);
        assert_eq!(container["securityContext"]["allowPrivilegeEscalation"], false);
    }
}

#[test]
fn one_port_of_metrics_is_meant_everywhere() {
    let prometheus = yaml("prometheus.yml");
    let target =
        prometheus["scrape_configs"][0]["static_configs"][0]["targets"][0].as_str().unwrap();
    let (service, port) = target.split_once(':').unwrap();
    let compose = yaml("compose.yaml");
    let listening = strings(&compose["services"][service]["command"]);
    let address = format!("0.0.0.0:{port}");
    assert!(listening.contains(&address), "{listening:?}");

    let deployment = container(DEPLOYMENT);
    assert_eq!(pod(DEPLOYMENT, 0).flag("--metrics-listen"), Some(address.as_str()));
    assert_eq!(deployment["ports"][0]["containerPort"].to_string(), port);
    let annotations = yaml(DEPLOYMENT)["spec"]["template"]["metadata"]["annotations"].take();
    assert_eq!(annotations["prometheus.io/port"], port);
    assert_eq!(Dockerfile::read().after("EXPOSE"), BTreeSet::from([port]));

    let datasource = yaml("grafana/datasource.yaml");
    let scraped = &prometheus["global"]["scrape_interval"];
    assert_eq!(&datasource["datasources"][0]["jsonData"]["timeInterval"], scraped);
}

/// Every `"expr"` of the dashboard and every query of its variables.
fn queries(value: &Value, found: &mut Vec<String>) {
    if let Value::Object(fields) = value {
        let query =
            |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| text.contains('('));
        found.extend(["expr", "query"].into_iter().filter_map(query).map(str::to_owned));
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|field| queries(field, found)),
        Value::Array(items) => items.iter().for_each(|item| queries(item, found)),
        _ => {}
    }
}

/// Words of a query that begin with a letter, outside of its quoted strings and variables of
/// Grafana.
fn identifiers(query: &str) -> Vec<String> {
    let unquoted: String = query.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let words =
        unquoted.split(|letter: char| !(letter.is_ascii_alphanumeric() || "_$".contains(letter)));
    words
        .filter(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_dashboard_asks_for_metrics_and_labels_that_a_run_has() {
    let flags = "--rate 100/s --duration 1m -o null: --metrics-listen 127.0.0.1:0";
    let mut child = Program::new("order-gen").words(flags).start();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = said
        .find_map(|line| Some(line.split_once("http://")?.1.strip_suffix("/metrics")?.to_owned()))
        .unwrap();
    let probes = container(DEPLOYMENT);
    for probe in ["readinessProbe", "livenessProbe"] {
        let path = probes[probe]["httpGet"]["path"].as_str().unwrap();
        let answered = (0..200).any(|_| {
            get(&address, path).0 == 200 || {
                sleep(Duration::from_millis(50));
                false
            }
        });
        assert!(answered, "{path}");
    }
    let path =
        yaml("prometheus.yml")["scrape_configs"][0]["metrics_path"].as_str().unwrap().to_owned();
    let (status, page) = get(&address, &path);
    assert_eq!(status, 200);
    signal(&child, "TERM");
    ended_within(child, Duration::from_secs(20));

    let samples = page.lines().filter(|line| !line.starts_with('#'));
    let mut known: BTreeSet<String> = samples.flat_map(identifiers).collect();
    known.extend(
        ["sum", "max", "by", "rate", "histogram_quantile", "label_values"].map(str::to_owned),
    );
    let mut found = Vec::new();
    queries(&json(&deploy().join("grafana-dashboard.json")), &mut found);
    let words: BTreeSet<String> = found.iter().flat_map(|query| identifiers(query)).collect();
    let unknown: Vec<_> = words.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?} are not in:\n{page}");
    for metric in [
        "records_total",
        "lag_seconds",
        "lateness_seconds_bucket",
        "queue_records",
        "failed_total",
        "open_entities",
    ] {
        assert!(words.contains(&format!("mercato_{metric}")), "nothing shows {metric}");
    }
}

#[test]
fn the_dashboard_is_where_grafana_looks_for_it() {
    let compose = yaml("compose.yaml");
    let grafana = &compose["services"]["grafana"];
    let home =
        grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"].as_str().unwrap();
    assert!(strings(&grafana["volumes"]).contains(&format!("./grafana-dashboard.json:{home}:ro")));
    let provider = yaml("grafana/dashboards.yaml")["providers"][0]["options"]["path"].take();
    assert_eq!(Path::new(home).parent().unwrap().to_str(), provider.as_str());
    let url = yaml("grafana/datasource.yaml")["datasources"][0]["url"].take();
    let host = url.as_str().unwrap().trim_start_matches("http://").split(':').next().unwrap();
    assert!(compose["services"].get(host).is_some(), "{host}");
}

#[test]
fn the_page_tells_of_commands_that_exist() {
    let page = text("README.md");
    let mut told = 0;
    for line in page.lines().filter_map(|line| line.strip_prefix("    ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (program, flags) = match (words[0], words.iter().position(|word| *word == IMAGE)) {
            ("docker", Some(image)) if words[1] == "run" => {
                let entry = words
                    .iter()
                    .position(|word| *word == "--entrypoint")
                    .map(|at| words[at + 1].to_owned());
                (entry.unwrap_or_else(|| Dockerfile::read().entry_point), &words[image + 1..])
            }
            ("mercato", _) => ("mercato".to_owned(), &words[1..]),
            _ => continue,
        };
        Program::new(&program).words(&flags.join(" ")).words("--help").run().success();
        told += 1;
    }
    assert!(told >= 10, "{told}");
}

#[test]
fn completions_know_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script =
            Program::new("mercato").words("completions").arg(shell).run().lines().join("\n");
        for word in [
            "broker",
            "registry",
            "topics",
            "verify",
            "truth",
            "completions",
            "--command-config",
            "if-not-exists",
        ] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(script.contains(word), "no {word} for {shell}");
        }
    }
    Program::new("mercato")
        .words("completions tcsh")
        .run()
        .fails_with(2, &["tcsh", "bash", "powershell"]);
}

#[test]
fn manual_pages_are_printed_or_written_into_a_folder() {
    let printed = Program::new("mercato").words("man").run().lines().join("\n");
    assert!(
        printed.contains(".TH mercato 1") && printed.contains("mercato\\-verify(1)"),
        "{printed}"
    );
    let folder = folder();
    let pages = folder.path().join("share/man1");
    assert!(Program::new("mercato").words("man").arg(&pages).run().success().is_empty());
    for page in ["mercato.1", "mercato-topics-create.1", "mercato-verify.1", "mercato-man.1"] {
        assert!(!read(&pages.join(page)).is_empty(), "{page}");
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    Program::new("mercato")
        .words("man")
        .arg(&file)
        .run()
        .fails_with(8, &["manual pages", "file", "hint"]);
}

#[test]
fn every_program_is_in_the_archive_of_a_release() {
    let page = text("README.md");
    for package in packages().iter().filter(|package| programs(package).next().is_some()) {
        let binstall = &package["metadata"]["binstall"];
        let url = "{ repo }/releases/download/v{ version }/mercato-{ version }-{ target }.tar.gz";
        assert_eq!(binstall["pkg-url"], url, "{}", package["name"]);
        assert_eq!(binstall["bin-dir"], "mercato-{ version }-{ target }/{ bin }{ binary-ext }");
        let version = package["version"].as_str().unwrap();
        assert!(
            page.contains(&format!("name=mercato-{version}-")) && IMAGE.ends_with(version),
            "{version}"
        );
        assert!(
            programs(package).all(|program| page.contains(&format!(" target/release/{program} ")))
        );
    }
}
