//! All sources of settings laid over one another.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::tree::{Node, Value};
use super::{ConfigError, Key, Origin, Place, Program, Setting, de, read};
use crate::env::Environment;

/// The sections that every program knows.
const COMMON: [&str; 6] = ["run", "output", "kafka", "log", "schedule", "disorder"];

/// The sources of settings below the flags: environment, `.env` and files.
///
/// `Debug` shows the names of variables and files only, because values may be secrets.
#[derive(Clone)]
pub struct Layers {
    program: Program,
    environment: Environment,
    files: Vec<PathBuf>,
    tree: Node,
}

impl Layers {
    /// Reads `files` in order, later ones over earlier ones: tables are merged, anything else is
    /// replaced.
    ///
    /// Fails when a file cannot be read, or has a section that neither this program nor another one
    /// knows.
    pub fn load(
        program: Program,
        files: &[PathBuf],
        environment: Environment,
    ) -> Result<Self, ConfigError> {
        let mut tree = Node::empty();
        for path in files {
            let file = read::file(path)?;
            check_sections(&file, &program)?;
            tree.overlay(file);
        }
        Ok(Self { program, environment, files: files.to_vec(), tree })
    }

    /// The program whose settings these are.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The environment and `.env`.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The files, in the order in which they were laid over one another.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }

    /// A section of the files; its default when no file has it.
    ///
    /// `T` should deny unknown fields: the error then names file, line and the nearest known key.
    pub fn section<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, ConfigError> {
        let Some(entry) = self.tree.at(name) else { return Ok(T::default()) };
        de::from_node(&entry.node).map_err(|refused| ConfigError::File {
            reason: refused.sentence(name),
            place: refused.place.unwrap_or_else(|| entry.key.clone()),
        })
    }

    /// Where a file sets `path` (keys with dots between them), if one does.
    pub fn file_origin(&self, path: &str) -> Option<Origin> {
        self.tree.at(path).map(|entry| Origin::File(entry.key.clone()))
    }

    /// Where a file sets the setting that a message begins with, such as
    /// `events.users: the minimum…`, or what is nearest around it.
    pub fn place_of_first_word(&self, message: &str) -> Option<Place> {
        let words = message.strip_prefix("the length of ").unwrap_or(message);
        let path = words.split([' ', ':', ',']).next()?;
        if let Some((list, rest)) = path.split_once('[').filter(|(list, _)| !list.contains('.')) {
            // An entry of a list of tables stands on lines of its own.
            let index = rest.split(']').next().and_then(|index| index.parse().ok());
            if let Some(place) = index.and_then(|index| self.place_of_entry(list, index)) {
                return Some(place);
            }
        }
        let mut keys: Vec<&str> =
            path.split('.').map(|key| key.split('[').next().unwrap_or(key)).collect();
        while !keys.is_empty() {
            if let Some(entry) = self.tree.at(&keys.join(".")) {
                return Some(entry.key.clone());
            }
            keys.pop();
        }
        None
    }

    /// Where the entry at `index` of the list `path` stands in a file.
    pub(crate) fn place_of_entry(&self, path: &str, index: usize) -> Option<Place> {
        let Value::List(entries) = &self.tree.at(path)?.node.value else { return None };
        entries.get(index).map(|entry| entry.place.clone())
    }

    /// The strongest value of a setting: `flag`, else environment, else `.env`, else `file`;
    /// nothing if no one set it.
    ///
    /// `file` is what the setting's section holds for it.
    /// Fails when a variable that would count is wrong.
    pub fn pick<T>(
        &self,
        key: &Key,
        flag: Option<T>,
        file: Option<T>,
    ) -> Result<Option<Setting<T>>, ConfigError>
    where
        T: FromStr,
        T::Err: Display,
    {
        if let Some(value) = flag {
            return Ok(Some(Setting { value, origin: Origin::Flag(key.flag) }));
        }
        if let Some((text, origin)) = self.variable(key) {
            let parsed =
                text.parse().map_err(|reason| ConfigError::wrong(&origin, key.file, &reason));
            return parsed.map(|value| Some(Setting { value, origin }));
        }
        Ok(self.of_file(key, file))
    }

    /// Like [`Layers::pick`], for a setting that no variable has.
    pub fn pick_unnamed<T>(
        &self,
        key: &Key,
        flag: Option<T>,
        file: Option<T>,
    ) -> Option<Setting<T>> {
        let flag = flag.map(|value| Setting { value, origin: Origin::Flag(key.flag) });
        flag.or_else(|| self.of_file(key, file))
    }

    /// Like [`Layers::pick`], for a switch that is off unless someone turns it on.
    pub fn pick_switch(&self, key: &Key, flag: bool, file: Option<bool>) -> Setting<bool> {
        self.pick_unnamed(key, flag.then_some(true), file).unwrap_or(Setting::default(false))
    }

    /// The variable that sets `key`, and its value.
    pub fn variable(&self, key: &Key) -> Option<(&str, Origin)> {
        let own = self
            .program
            .variables
            .iter()
            .filter(|(file, _)| *file == key.file)
            .map(|(_, name)| *name);
        let names: Vec<&str> = key.variables.iter().copied().chain(own).collect();
        self.environment.find(&names)
    }

    fn of_file<T>(&self, key: &Key, file: Option<T>) -> Option<Setting<T>> {
        let value = file?;
        Some(Setting { value, origin: self.file_origin(key.file).unwrap_or(Origin::Default) })
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Layers")
            .field("program", &self.program)
            .field("environment", &self.environment)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

fn check_sections(file: &Node, program: &Program) -> Result<(), ConfigError> {
    let Value::Table(table) = &file.value else { return Ok(()) };
    let known: Vec<&str> = COMMON.iter().chain(program.sections).copied().collect();
    let unknown = table.iter().find(|(name, _)| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |(name, entry)| {
        let reason = de::unknown_key(name, &entry.key, &known).sentence("");
        Err(ConfigError::File { place: entry.key.clone(), reason })
    })
}
