//! Ready-made configuration files: the examples of the documentation.

/// A ready-made configuration file.
#[derive(Debug, Clone, Copy)]
pub struct Preset {
    /// Its name, that of the file in `docs/examples` without the extension.
    pub name: &'static str,
    /// The file, TOML with comments.
    pub text: &'static str,
}

macro_rules! presets {
    ($($name:literal),+ $(,)?) => {
        [$(Preset { name: $name, text: include_str!(concat!("../../../../docs/examples/", $name, ".toml")) }),+]
    };
}

/// All ready-made configuration files.
pub const PRESETS: [Preset; 5] =
    presets!["black-friday", "calibrated", "own-categories", "small-shop", "two-regions"];

impl Preset {
    /// What the configuration is for: the first line of the file's comment.
    pub fn about(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches(['#', ' '])
    }
}
