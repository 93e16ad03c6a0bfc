//! A local schema registry: Apicurio, whose Confluent API is what clients of Kafka speak.
//!
//! As with the broker, everything that a registry leaves behind is in one state folder.
//! Schemas and their ids are kept there, because records of a topic name them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::BrokerError;
use crate::http;
use crate::java;
use crate::maven::Download;
use crate::process::Line;
use crate::server::{Server, Status, check_port};

/// The registry that is fetched; the newest that runs on JDK 17.
pub const APICURIO_VERSION: &str = "3.0.9";

/// The default port, that of Confluent's registry.
pub const DEFAULT_PORT: u16 = 8081;

/// Where the registry has Confluent's API.
const API: &str = "/apis/ccompat/v7";

const REGISTRY: Server = Server {
    name: "registry",
    mark: "apicurio-registry-app",
    address: |port| format!("http://localhost:{port}{API}"),
    answers: |port, limit| http::answers(port, &format!("{API}/subjects"), limit),
};

/// Options of a local schema registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryOptions {
    /// Folder for its log, data and process number; one registry for each.
    pub state_dir: PathBuf,
    /// Folder that the registry is fetched into, once for all; see [`cache_dir`](crate::cache_dir).
    pub cache_dir: PathBuf,
    /// A JDK to use instead of the `java` of the search path: `JAVA_HOME`.
    pub java_home: Option<PathBuf>,
    /// Port on loopback; [`DEFAULT_PORT`] by default.
    pub port: u16,
    /// True if schemas of an earlier run are removed first; kept by default.
    pub fresh: bool,
    /// Time limit for startup; 120 s by default.
    pub start_timeout: Duration,
}

impl RegistryOptions {
    /// A registry with defaults.
    pub fn new(state_dir: impl Into<PathBuf>, cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            state_dir: state_dir.into(),
            cache_dir: cache_dir.into(),
            java_home: None,
            port: DEFAULT_PORT,
            fresh: false,
            start_timeout: Duration::from_secs(120),
        }
    }
}

/// A registry that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedRegistry {
    /// Its address, in the form of `--schema-registry`.
    pub address: String,
    /// Its process.
    pub pid: u32,
    /// Its log.
    pub log: PathBuf,
    /// True if it was running before.
    pub was_running: bool,
}

/// Starts a registry and returns when it answers; one that runs already is left as it is.
///
/// The first start on a machine fetches about 110 MB.
pub fn start(options: &RegistryOptions) -> Result<StartedRegistry, BrokerError> {
    let address = (REGISTRY.address)(options.port);
    match status(&options.state_dir)? {
        Status::Running { address: running, pid, log, .. } if running == address => {
            return Ok(StartedRegistry { address, pid, log, was_running: true });
        }
        Status::Running { address, .. } => {
            return Err(BrokerError::RunsElsewhere { server: REGISTRY.name, address });
        }
        Status::Stopped => {}
    }
    let java = java::find(options.java_home.as_deref(), REGISTRY.name)?;
    let jar = jar(&download().fetched(&options.cache_dir)?);
    check_port(options.port, "")?;
    let state_dir = prepare(options)?;
    let line = Line {
        program: java,
        arguments: arguments(options.port, &state_dir, &jar),
        dir: state_dir.clone(),
    };
    let pid = REGISTRY.launch(
        &line,
        &options.state_dir,
        options.port,
        state_dir,
        options.start_timeout,
    )?;
    let log = REGISTRY.log(&options.state_dir);
    Ok(StartedRegistry { address, pid, log, was_running: false })
}

/// Returns the status of the registry of `state_dir`.
pub fn status(state_dir: &Path) -> Result<Status, BrokerError> {
    REGISTRY.status(state_dir)
}

/// Stops the registry of `state_dir` and waits up to `limit` for its end; false when none was
/// running.
pub fn stop(state_dir: &Path, limit: Duration) -> Result<bool, BrokerError> {
    REGISTRY.stop(state_dir, limit)
}

/// Makes the state folder, without the schemas of an earlier registry if a fresh one is wanted;
/// returns its whole path.
fn prepare(options: &RegistryOptions) -> Result<PathBuf, BrokerError> {
    let (state_dir, data_dir) = (&options.state_dir, options.state_dir.join("data"));
    if options.fresh && data_dir.exists() {
        fs::remove_dir_all(&data_dir).map_err(BrokerError::io("remove", &data_dir))?;
    }
    fs::create_dir_all(&data_dir).map_err(BrokerError::io("create", &data_dir))?;
    state_dir.canonicalize().map_err(BrokerError::io("find", state_dir))
}

/// The arguments of Java, in whose folder the state is.
fn arguments(port: u16, state_dir: &Path, jar: &Path) -> Vec<String> {
    vec![
        "-Xmx512m".to_owned(),
        // Read by nobody but us, who know the process again by it.
        format!("-Dmercato.state={}", state_dir.display()),
        "-Dquarkus.http.host=127.0.0.1".to_owned(),
        format!("-Dquarkus.http.port={port}"),
        "-Dapicurio.datasource.url=jdbc:h2:file:./data/registry".to_owned(),
        "-jar".to_owned(),
        jar.display().to_string(),
    ]
}

fn download() -> Download<'static> {
    Download {
        title: format!("Apicurio Registry {APICURIO_VERSION}"),
        folder: format!("apicurio-{APICURIO_VERSION}"),
        instead: "",
        project: None,
        goal: &|folder| {
            let artifact =
                format!("io.apicurio:apicurio-registry-app:{APICURIO_VERSION}:tar.gz:all");
            vec![
                "org.apache.maven.plugins:maven-dependency-plugin:unpack".to_owned(),
                format!("-Dartifact={artifact}"),
                format!("-DoutputDirectory={}", folder.display()),
            ]
        },
        is_whole: |folder| jar(folder).is_file() && folder.join("lib").is_dir(),
    }
}

fn jar(folder: &Path) -> PathBuf {
    folder.join(format!("apicurio-registry-app-{APICURIO_VERSION}-runner.jar"))
}
