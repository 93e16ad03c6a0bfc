//! Finding a Java that is new enough.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::BrokerError;

/// The oldest Java that the servers run on.
const OLDEST: u32 = 17;

/// The `java` of `java_home`, else of the search path, for a server of this name.
pub(crate) fn find(java_home: Option<&Path>, server: &'static str) -> Result<PathBuf, BrokerError> {
    let program =
        java_home.map_or_else(|| PathBuf::from("java"), |home| home.join("bin").join("java"));
    let none = |found: String| BrokerError::NoJava { server, found };
    let said = match Command::new(&program).arg("-version").output() {
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(_) => return Err(none(format!("there is no {}", program.display()))),
    };
    match version(&said) {
        Some(version) if version >= OLDEST => Ok(program),
        Some(version) => Err(none(format!("{} is version {version}", program.display()))),
        None => Err(none(format!("{} does not report its version", program.display()))),
    }
}

/// The major version in what `java -version` says: `17` of `"17.0.15"`, `8` of `"1.8.0_402"`.
fn version(said: &str) -> Option<u32> {
    let quoted = said.split('"').nth(1)?;
    let mut parts =
        quoted.split(|sign: char| !sign.is_ascii_digit()).map_while(|part| part.parse().ok());
    match parts.next()? {
        1 => parts.next(),
        major => Some(major),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javas_version_is_its_major_number() {
        assert_eq!(version("openjdk version \"17.0.15\" 2025-04-15"), Some(17));
        assert_eq!(version("java version \"1.8.0_402\""), Some(8));
        assert_eq!(version("openjdk version \"25\" 2025-09-16"), Some(25));
        assert_eq!(version("openjdk version \"24-ea\" 2025-03-18"), Some(24));
        assert_eq!(version("command not found"), None);
    }

    #[test]
    fn a_missing_java_is_said_in_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let no_java = find(Some(dir.path()), "broker").err().unwrap().to_string();
        assert!(
            no_java.starts_with("a local broker requires JDK 17 or newer, but there is no "),
            "{no_java}"
        );
    }
}
