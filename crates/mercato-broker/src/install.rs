//! Finding Kafka, fetched with Maven when it is not here, and the command lines that run it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::java;
use crate::maven::Download;
use crate::process::Line;
use crate::{BrokerError, BrokerOptions};

/// The Kafka that is fetched; pinned, so that everybody tries the same one.
pub const KAFKA_VERSION: &str = "4.1.1";

/// Identity of the one cluster each data folder holds: 16 bytes in URL-safe base 64.
const CLUSTER_ID: &str = "bWVyY2F0by1sb2NhbC0wMQ";

/// The default folder for fetched software: `$XDG_CACHE_HOME/mercato`, else `~/.cache/mercato`;
/// `None` without a home.
pub fn cache_dir(xdg_cache_home: Option<&Path>, home: Option<&Path>) -> Option<PathBuf> {
    let absolute = xdg_cache_home.filter(|dir| dir.is_absolute()).map(Path::to_owned);
    absolute.or_else(|| home.map(|home| home.join(".cache"))).map(|dir| dir.join("mercato"))
}

/// A Java that is new enough for Kafka.
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
    java::find(java_home, "broker").map(Java)
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
    download().fetched(&options.cache_dir)
}

fn download() -> Download<'static> {
    Download {
        title: format!("Apache Kafka {KAFKA_VERSION}"),
        folder: format!("kafka-{KAFKA_VERSION}"),
        instead: " or set KAFKA_HOME to an unpacked Kafka",
        project: Some(pom_text()),
        goal: &|folder| {
            vec![
                "org.apache.maven.plugins:maven-dependency-plugin:copy-dependencies".to_owned(),
                "-DincludeScope=runtime".to_owned(),
                format!("-DoutputDirectory={}", folder.display()),
            ]
        },
        is_whole: is_kafka_4,
    }
}

fn is_kafka_4(libs: &Path) -> bool {
    let is_core = |name: &str| name.starts_with("kafka_2.13-4.");
    let mut entries = fs::read_dir(libs).into_iter().flatten().flatten();
    entries.any(|entry| entry.file_name().to_str().is_some_and(is_core))
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
    fn a_folder_that_is_no_kafka_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut options = BrokerOptions::new(dir.path(), dir.path());
        options.kafka_home = Some(dir.path().to_owned());
        assert!(matches!(find_libs(&options), Err(BrokerError::NoKafka { .. })));
    }
}
