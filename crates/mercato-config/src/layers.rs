//! All sources of settings laid over one another.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::tree::{Node, Value};
use super::{ConfigError, Key, Origin, Place, Program, Setting, de, read, rows};
use crate::env::Environment;
use crate::value::OptionValue;

/// The sections that every program knows.
const COMMON: [&str; 6] = ["run", "output", "kafka", "log", "schedule", "disorder"];

/// The setting that each program also has a variable of its own for, because the name of a topic
/// fits one stream only.
const TOPIC: &str = "kafka.topic";

/// The sources of settings below the flags: environment, `.env` and files.
///
/// `Debug` shows the names of variables and files only, because values may be secrets.
#[derive(Clone)]
pub struct Layers {
    program: Program,
    environment: Environment,
    files: Vec<PathBuf>,
    /// Files that those of settings name, such as lists of products.
    named: Vec<PathBuf>,
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
        let (mut tree, mut named) = (Node::empty(), Vec::new());
        for path in files {
            let mut file = read::file(path)?;
            check_sections(&file, &program)?;
            named.extend(rows::load(&mut file, &program, path)?);
            tree.overlay(file);
        }
        Ok(Self { program, environment, files: files.to_vec(), named, tree })
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

    /// Every file that was read: those of settings, and those that they name.
    pub fn read_files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().chain(&self.named).map(PathBuf::as_path)
    }

    /// The same files without environment and `.env`.
    pub(crate) fn without_environment(&self) -> Self {
        Self { environment: Environment::default(), ..self.clone() }
    }

    /// A section of the files; its default when no file has it.
    ///
    /// `T` should deny unknown fields: the error then names file, line and the nearest known key.
    pub fn section<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, ConfigError> {
        let Some(entry) = self.tree.at(name) else { return Ok(T::default()) };
        de::from_node(&entry.node).map_err(|refused| ConfigError::File {
            reason: refused.sentence(name, self.program.sections),
            place: refused.place.unwrap_or_else(|| entry.key.clone()),
        })
    }

    /// Returns the place at which a file sets `path` (keys separated by dots), if any.
    pub fn file_origin(&self, path: &str) -> Option<Origin> {
        self.tree.at(path).map(|entry| Origin::File(entry.key.clone()))
    }

    /// Returns the place at which a file sets a property of Kafka's clients, by its name as it is
    /// there: as one key, or as tables within tables.
    pub fn place_of_property(&self, name: &str) -> Option<Place> {
        fn find<'a>(node: &'a Node, name: &str) -> Option<&'a Place> {
            let Value::Table(table) = &node.value else { return None };
            let whole = table.get(name).map(|entry| &entry.key);
            whole.or_else(|| {
                let mut entries = table.iter();
                entries.find_map(|(first, entry)| {
                    find(&entry.node, name.strip_prefix(first.as_str())?.strip_prefix('.')?)
                })
            })
        }
        find(&self.tree.at("kafka.properties")?.node, name).cloned()
    }

    /// Returns the place of the setting that a message starts with, such as `events.users: the
    /// minimum…`, or of its nearest parent.
    pub fn place_of_first_word(&self, message: &str) -> Option<Place> {
        let openings = ["the length of ", "invalid "];
        let after = |opening: &&str| message.strip_prefix(*opening);
        let words = openings.iter().find_map(after).unwrap_or(message);
        let path = words.split([' ', ':', ',']).next()?;
        let (mut node, mut place) = (&self.tree, None);
        for step in path.split(['.', '[']) {
            let (next, found) = match (&node.value, step.strip_suffix(']')) {
                (Value::Table(table), None) => match table.get(step) {
                    Some(entry) => (&entry.node, &entry.key),
                    None => break,
                },
                (Value::List(entries), Some(index)) => {
                    match index.parse().ok().and_then(|index: usize| entries.get(index)) {
                        Some(entry) => (entry, &entry.place),
                        None => break,
                    }
                }
                _ => break,
            };
            (node, place) = (next, Some(found.clone()));
        }
        place
    }

    /// Returns the place of the entry at `index` of the list `path` in a file.
    pub(crate) fn place_of_entry(&self, path: &str, index: usize) -> Option<Place> {
        let Value::List(entries) = &self.tree.at(path)?.node.value else { return None };
        entries.get(index).map(|entry| entry.place.clone())
    }

    /// The value of a flag that files do not have: `flag`, else environment, else `.env`; nothing
    /// if no one set it.
    ///
    /// Fails when a variable that would count is wrong.
    pub fn pick<T>(&self, key: &Key, flag: Option<T>) -> Result<Option<Setting<T>>, ConfigError>
    where
        T: FromStr,
        T::Err: Display,
    {
        if let Some(value) = flag {
            return Ok(Some(Setting { value, origin: Origin::Flag(key.flag) }));
        }
        let Some((text, origin)) = self.variable(key) else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(Setting { value, origin })),
            Err(reason) => Err(ConfigError::wrong(&origin, key.file, &reason)),
        }
    }

    /// The strongest value of an option, resolved for the program: `flag`, else environment, else
    /// `.env`, else `file`, which is what the option's section holds.
    pub(crate) fn option<T: OptionValue>(
        &self,
        key: &Key,
        flag: Option<T>,
        file: Option<T::Written>,
    ) -> Result<Option<Setting<T::Resolved>>, ConfigError> {
        let (value, origin) = if let Some(value) = flag.and_then(T::given) {
            (Ok(value), Origin::Flag(key.flag))
        } else if let Some((text, origin)) = self.variable(key) {
            (T::parse(text), origin)
        } else if let Some(value) = file {
            (Ok(value.into()), self.file_origin(key.file).unwrap_or(Origin::Default))
        } else {
            return Ok(None);
        };
        let resolved = value.and_then(|value| value.resolve(&self.program, &origin));
        match resolved {
            Ok(value) => Ok(Some(Setting { value, origin })),
            Err(reason) => Err(ConfigError::wrong(&origin, key.file, &reason)),
        }
    }

    /// The default of an option, written as a flag takes it.
    pub(crate) fn default_of<T: OptionValue>(
        &self,
        text: &str,
    ) -> Result<T::Resolved, ConfigError> {
        let value = T::parse(text).and_then(|value| value.resolve(&self.program, &Origin::Default));
        value.map_err(|reason| ConfigError::Usage { reason })
    }

    /// The variable that sets `key`, and its value.
    ///
    /// The program's own variable for its topic ([`Program::topic_variable`]) comes first, those
    /// that all programs have second, and its other variables last.
    pub fn variable(&self, key: &Key) -> Option<(&str, Origin)> {
        let topic = (key.file == TOPIC).then(|| self.program.topic_variable());
        let own = self
            .program
            .variables
            .iter()
            .filter(|(file, _)| *file == key.file)
            .map(|(_, name)| *name);
        let shared = key.variables.iter().copied().chain(own);
        let scoped = topic.as_deref().and_then(|name| self.environment.find(&[name]));
        scoped.or_else(|| self.environment.find(&shared.collect::<Vec<_>>()))
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
    let streams = program.sections.iter().map(|section| section.name);
    let known: Vec<&'static str> = COMMON.into_iter().chain(streams).collect();
    let Some((name, entry)) = table.iter().find(|(name, _)| !known.contains(&name.as_str())) else {
        return Ok(());
    };
    let refused = de::unknown_key(name, &entry.key, known);
    let reason = refused.sentence("", program.sections);
    Err(ConfigError::File { place: entry.key.clone(), reason })
}
