//! Finding Java and Kafka, and fetching Kafka with Maven when it is not here.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Line};
use crate::{BrokerError, BrokerOptions};

/// The Kafka that is fetched; pinned, so that everybody tries the same one.
pub const KAFKA_VERSION: &str = "4.1.1";

/// Identity of the one cluster each data folder holds: 16 bytes in URL-safe base 64.
const CLUSTER_ID: &str = "bWVyY2F0by1sb2NhbC0wMQ";

/// The oldest Java that Kafka 4's broker runs on.
const OLDEST_JAVA: u32 = 17;

/// The default folder for fetched software: `$XDG_CACHE_HOME/mercato`, else `~/.cache/mercato`;
/// `None` without a home.
pub fn cache_dir(xdg_cache_home: Option<&Path>, home: Option<&Path>) -> Option<PathBuf> {
    let absolute = xdg_cache_home.filter(|dir| dir.is_absolute()).map(Path::to_owned);
    absolute.or_else(|| home.map(|home| home.join(".cache"))).map(|dir| dir.join("mercato"))
}

/// A Java that is new enough.
pub(crate) struct Java(PathBuf);

impl Java {
    /// Returns the command line that runs the broker.
    pub(crate) fn broker(&self, libs: &Path, properties: &Path) -> Line {
        self.run(
            libs,
            properties,
            &["-Xmx512m"],
            "kafka.Kafka",
            &[&properties.display().to_string()],
        )
    }

    /// Returns the command line that formats the data directory with its identity and users.
    pub(crate) fn format(&self, libs: &Path, properties: &Path, users: &[String]) -> Line {
        let path = properties.display().to_string();
        let mut arguments = vec!["format", "--cluster-id", CLUSTER_ID, "--config", &path];
        arguments.extend(users.iter().flat_map(|user| ["--add-scram", user]));
        self.run(libs, properties, &[], "kafka.tools.StorageTool", &arguments)
    }

    fn run(
        &self,
        libs: &Path,
        properties: &Path,
        options: &[&str],
        class: &str,
        arguments: &[&str],
    ) -> Line {
        let class_path = format!("{}/*", libs.display());
        let own = [
            "-cp",
            &class_path,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            class,
        ];
        let all = options.iter().chain(&own).chain(arguments).map(|part| (*part).to_owned());
        let dir = properties.parent().unwrap_or(Path::new("/")).to_owned();
        Line { program: self.0.clone(), arguments: all.collect(), dir }
    }
}

/// The `java` of `java_home`, else of the search path.
pub(crate) fn find_java(java_home: Option<&Path>) -> Result<Java, BrokerError> {
    let program =
        java_home.map_or_else(|| PathBuf::from("java"), |home| home.join("bin").join("java"));
    let none = |found: String| BrokerError::NoJava { found };
    let said = match Command::new(&program).arg("-version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(_) => return Err(none(format!("there is no {}", program.display()))),
    };
    match java_version(&said) {
        Some(version) if version >= OLDEST_JAVA => Ok(Java(program)),
        Some(version) => Err(none(format!("{} is version {version}", program.display()))),
        None => Err(none(format!("{} does not report its version", program.display()))),
    }
}

/// The major version in what `java -version` says: `17` of `"17.0.15"`, `8` of `"1.8.0_402"`.
fn java_version(said: &str) -> Option<u32> {
    let quoted = said.split('"').nth(1)?;
    let mut parts =
        quoted.split(|sign: char| !sign.is_ascii_digit()).map_while(|part| part.parse().ok());
    match parts.next()? {
        1 => parts.next(),
        major => Some(major),
    }
}

/// The folder with Kafka's jars: of `KAFKA_HOME`, else of the cache, fetched if need be.
pub(crate) fn find_libs(options: &BrokerOptions) -> Result<PathBuf, BrokerError> {
    if let Some(home) = &options.kafka_home {
        let libs = home.join("libs");
        return if is_kafka_4(&libs) {
            Ok(libs)
        } else {
            Err(BrokerError::NoKafka { path: home.clone() })
        };
    }
    let libs = options.cache_dir.join(format!("kafka-{KAFKA_VERSION}"));
    if !is_kafka_4(&libs) {
        fetch(&options.cache_dir, &libs)?;
    }
    Ok(libs)
}

fn is_kafka_4(libs: &Path) -> bool {
    let is_core = |name: &str| name.starts_with("kafka_2.13-4.");
    let mut entries = fs::read_dir(libs).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_str().is_some_and(is_core))
}

/// Fetches Kafka beside its place and moves it there when it is whole.
fn fetch(cache_dir: &Path, libs: &Path) -> Result<(), BrokerError> {
    let part = cache_dir.join(format!("kafka-{KAFKA_VERSION}.{}", std::process::id()));
    let jars = part.join("libs");
    fs::create_dir_all(&part).map_err(BrokerError::io("create", &part))?;
    let pom = part.join("pom.xml");
    fs::write(&pom, pom_text()).map_err(BrokerError::io("write", &pom))?;
    let log = cache_dir.join("maven.log");
    let arguments = [
        "--batch-mode",
        "--no-transfer-progress",
        "org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies",
        "-DincludeScope=runtime",
        &format!("-DoutputDirectory={}", jars.display()),
    ];
    let line = Line {
        program: "mvn".into(),
        arguments: arguments.map(str::to_owned).into(),
        dir: part.clone(),
    };
    let fetched = match process::run(&line, &log) {
        Err(BrokerError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
            Err(BrokerError::NoMaven)
        }
        Err(error) => Err(error),
        Ok(true) if is_kafka_4(&jars) => move_into_place(&jars, libs),
        Ok(_) => Err(BrokerError::Fetch { log }),
    };
    // What Maven downloaded stays in its own store, so a second attempt is quick.
    drop(fs::remove_dir_all(&part));
    fetched
}

fn move_into_place(jars: &Path, libs: &Path) -> Result<(), BrokerError> {
    match fs::rename(jars, libs) {
        Ok(()) => Ok(()),
        // Another process was quicker.
        Err(_) if is_kafka_4(libs) => Ok(()),
        Err(error) => Err(BrokerError::io("create", libs)(error)),
    }
}

/// A project whose dependencies are Kafka's broker and tools, and a logger that writes to standard
/// error.
fn pom_text() -> String {
    let dependency = |group: &str, artifact: &str, version: &str| {
        format!(
            "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>\n"
        )
    };
    let dependencies = [
        dependency("org.apache.kafka", "kafka_2.13", KAFKA_VERSION),
        dependency("org.apache.kafka", "kafka-server", KAFKA_VERSION),
        dependency("org.apache.kafka", "kafka-tools", KAFKA_VERSION),
        dependency("org.slf4j", "slf4j-simple", "1.7.36"),
    ];
    format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n<modelVersion>4.0.0</modelVersion>\n\
         <groupId>mercato</groupId><artifactId>local-broker</artifactId><version>1</version>\n\
         <dependencies>\n{}</dependencies>\n</project>\n",
        dependencies.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javas_version_is_its_major_number() {
        assert_eq!(java_version("openjdk version \"17.0.15\" 2025-04-15"), Some(17));
        assert_eq!(java_version("java version \"1.8.0_402\""), Some(8));
        assert_eq!(java_version("openjdk version \"25\" 2025-09-16"), Some(25));
        assert_eq!(java_version("openjdk version \"24-ea\" 2025-03-18"), Some(24));
        assert_eq!(java_version("command not found"), None);
    }

    #[test]
    fn the_cache_is_where_the_system_keeps_caches() {
        let (xdg, home) = (Path::new("/x"), Path::new("/h"));
        assert_eq!(cache_dir(Some(xdg), Some(home)), Some("/x/mercato".into()));
        assert_eq!(
            cache_dir(Some(Path::new("relative")), Some(home)),
            Some("/h/.cache/mercato".into())
        );
        assert_eq!(cache_dir(None, None), None);
    }

    #[test]
    fn a_missing_java_and_a_folder_that_is_no_kafka_are_said_in_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let no_java = find_java(Some(dir.path())).err().unwrap().to_string();
        assert!(
            no_java.starts_with("a local broker requires JDK 17 or newer, but there is no "),
            "{no_java}"
        );
        let mut options = BrokerOptions::new(dir.path(), dir.path());
        options.kafka_home = Some(dir.path().to_owned());
        assert!(matches!(find_libs(&options), Err(BrokerError::NoKafka { .. })));
    }
}
