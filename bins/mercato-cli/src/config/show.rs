//! `mercato config show`: the effective settings and the origin of each.

use clap::Args;
use mercato::STREAMS;
use mercato::config::args::{ConfigArgs, GenerateArgs, LogArgs};
use mercato::config::env::{Environment, now_micros};
use mercato::config::{
    Connection, Header, KafkaSettings, Layers, LogSettings, Origin, OutputSettings, Property, Row,
    RunDefaults, RunSpec, Setting,
};
use mercato::runtime::exit::{Exit, Failure};
use mercato::units::Clock;
use mercato::units::secret::{REDACTED, is_sensitive};
use serde_json::{Map, Value, json};

use crate::{PROGRAM, print};

/// Show every setting with its value and origin.
///
/// Accepts the flags of the generating commands. Secrets are redacted.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Show {
    /// Sections to show, such as run or sales [default: all]
    #[arg(value_name = "SECTION", value_parser = sections())]
    sections: Vec<String>,

    /// Print one JSON object with the value and origin of each setting
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    common: GenerateArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato config show --config shop.toml
  MERCATO_SEED=42 mercato config show run --rate 50/s
  mercato config show sales --json";

/// The sections that are no stream's.
const COMMON: [&str; 6] = ["run", "output", "kafka", "log", "schedule", "disorder"];

fn sections() -> Vec<&'static str> {
    COMMON.into_iter().chain(mercato::NAMES).collect()
}

/// Letters of a value that are shown before it is cut; `--json` shows all.
const WIDTH: usize = 80;

/// Settings with their origins.
#[derive(Debug, Default)]
struct Rows(Vec<(String, Value, String)>);

impl Show {
    /// All settings under these files.
    pub(super) fn of(config: &ConfigArgs, log: &LogArgs) -> Self {
        let (config, log) = (config.clone(), log.clone());
        let common = GenerateArgs { config, log, ..GenerateArgs::default() };
        Self { sections: Vec::new(), json: false, common }
    }

    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let layers = Layers::load(PROGRAM, &self.common.config.config, Environment::capture()?)?;
        let mut rows = self.rows(&layers)?;
        if !self.sections.is_empty() {
            let section = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
            rows.0.retain(|(key, ..)| self.sections.contains(&section(key)));
        }
        print(&if self.json { rows.json() } else { rows.text() })
    }

    fn rows(&self, layers: &Layers) -> Result<Rows, Failure> {
        let defaults = RunDefaults { duration: None, clock: Clock::Wall, warm_up: 0 };
        let run = RunSpec::resolve(&self.common.run, layers, &defaults, now_micros())?;
        let kafka = KafkaSettings::assumed(&self.common.kafka, layers)?;
        let mut rows = Rows::default();
        rows.options(run.rows());
        rows.options(OutputSettings::resolve(&self.common.output, layers)?.rows());
        rows.options(kafka.rows());
        rows.headers(&kafka.headers, &self.common.kafka.header, layers);
        rows.connection(&kafka.connection, &self.common, layers);
        rows.options(LogSettings::resolve(&self.common.log, layers)?.rows());
        let schedule = serde_json::to_value(&run.schedule)
            .map_err(|error| Failure::new(Exit::Unexpected, error))?;
        rows.of_file("schedule", &schedule, layers);
        let disorder = serde_json::to_value(&run.disorder)
            .map_err(|error| Failure::new(Exit::Unexpected, error))?;
        rows.of_file("disorder", &disorder, layers);
        for row in STREAMS {
            let (name, mut stream) = (row.name, row.configured(layers)?);
            // One rate is for one stream; where another cannot have it, its own stays.
            let _ = stream.set_settings(&run);
            let section = stream.effective(&run)?.section::<Value>(name)?.unwrap_or_default();
            rows.of_file(name, &section, layers);
            if let (Some(rate), Some(row)) =
                (&run.rate, rows.0.iter_mut().find(|row| row.0 == format!("{name}.rate")))
            {
                row.2 = rate.origin.to_string();
            }
        }
        Ok(rows)
    }
}

/// Returns true if Kafka's client knows the property; one that it does not know may be a misspelt
/// secret.
#[cfg(feature = "kafka")]
fn is_known(name: &str) -> bool {
    mercato::kafka::config::is_known(name)
}

/// Without the client nobody can say, so nothing is shown.
#[cfg(not(feature = "kafka"))]
fn is_known(_: &str) -> bool {
    false
}

impl Rows {
    fn push(&mut self, key: &str, value: Value, origin: &Origin) {
        self.0.push((key.to_owned(), value, origin.to_string()));
    }

    /// The options of a section, as they are declared.
    fn options(&mut self, rows: Vec<Row>) {
        for Row { key, value, origin, .. } in rows {
            self.push(key.file, value, &origin);
        }
    }

    fn headers(&mut self, headers: &[Header], flags: &[Header], layers: &Layers) {
        for header @ Header { name, value } in headers {
            let key = format!("kafka.headers.{name}");
            let shown = if is_sensitive(name) { REDACTED } else { value };
            let of_file = layers.file_origin(&key).filter(|_| !flags.contains(header));
            let origin = of_file.unwrap_or(Origin::Flag("--header"));
            self.push(&key, json!(shown), &origin);
        }
    }

    fn connection(&mut self, connection: &Connection, args: &GenerateArgs, layers: &Layers) {
        let Setting { value: brokers, origin } = &connection.brokers;
        self.push("kafka.bootstrap_servers", json!(brokers.to_string()), origin);
        for (index, Property { name, value }) in connection.properties.iter().enumerate() {
            // Of two values of one property the later wins.
            if connection.properties[index + 1..].iter().any(|later| later.name == *name) {
                continue;
            }
            let shown = if is_sensitive(name) || !is_known(name) { REDACTED } else { value };
            self.0.push((
                format!("kafka.properties.{name}"),
                json!(shown),
                property_origin(name, args, layers),
            ));
        }
    }

    /// A section, or a part of one, that only files set.
    fn of_file(&mut self, path: &str, value: &Value, layers: &Layers) {
        match value {
            Value::Object(table) if !table.is_empty() => {
                table
                    .iter()
                    .for_each(|(key, value)| self.of_file(&format!("{path}.{key}"), value, layers));
            }
            value => {
                let origin = layers.file_origin(path).unwrap_or(Origin::Default);
                self.0.push((path.to_owned(), value.clone(), origin.to_string()));
            }
        }
    }

    fn json(&self) -> String {
        let entry = |(key, value, origin): &(String, Value, String)| {
            (key.clone(), json!({ "value": value, "origin": origin }))
        };
        format!("{:#}", Value::Object(self.0.iter().map(entry).collect::<Map<_, _>>()))
    }

    fn text(&self) -> String {
        let shown = |(key, value, origin): &(String, Value, String)| {
            let value = if value.is_null() { "not set".to_owned() } else { value.to_string() };
            let cut = value.char_indices().nth(WIDTH).map(|(end, _)| format!("{}…", &value[..end]));
            (format!("{key} = {}", cut.unwrap_or(value)), origin.clone())
        };
        let lines: Vec<_> = self.0.iter().map(shown).collect();
        let width = lines
            .iter()
            .map(|(line, _)| line.chars().count())
            .filter(|width| *width <= WIDTH)
            .max()
            .unwrap_or(0);
        let lines = lines.iter().map(|(line, origin)| format!("{line:width$}  # {origin}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Returns the origin of a client property; properties files and Confluent Cloud's variables have
/// no line numbers.
fn property_origin(name: &str, args: &GenerateArgs, layers: &Layers) -> String {
    let variable = format!("KAFKA_PROPERTY_{}", name.to_ascii_uppercase().replace('.', "_"));
    let connection = &args.kafka.connection;
    if connection.command_property.iter().any(|property| property.name == name) {
        return "-X".to_owned();
    }
    if let Some((_, origin)) = layers.environment().find(&[&variable]) {
        return origin.to_string();
    }
    if let Some(path) = &connection.command_config {
        return path.display().to_string();
    }
    let of_file = layers.file_origin(&format!("kafka.properties.{name}"));
    of_file
        .or_else(|| layers.file_origin("kafka.properties"))
        .unwrap_or(Origin::Default)
        .to_string()
}
