//! One declaration of an option, for every place that knows of it.
//!
//! [`options!`] expands a table of options to three structs:
//! the flags as clap reads them, the section of a file as serde reads it and its JSON Schema
//! describes it, and the settings that flags, environment, `.env`, files and defaults come to, each
//! with its origin.
//! From the same table come `mercato config show` and the command that repeats a run ([`Row`]).
//! So an option is added by its row here and by the code that obeys it.

mod compression;
mod confluent;
mod headers;
pub(crate) mod kafka;
pub(crate) mod log;
pub(crate) mod output;
mod public;
mod row;
pub(crate) mod run;
mod variables;

pub use compression::{TopicCompression, TopicCompressions};
pub use headers::Header;
pub(crate) use row::Merged;
pub use row::{Repeat, Row};

/// Declares the options of one section of a file and their flags.
///
/// A row is `name: Type, FALLBACK, flag("long-name", CLAP ATTRIBUTES)`, below the sentence that
/// flags and files show, and then, as far as it has them, `env("VARIABLE")`,
/// `key("name in files")`, `schema(SCHEMARS ATTRIBUTES)` and `repeat(always)` or `repeat(given)`
/// for the command that repeats a run.
/// The fallback is what holds unless somebody sets the option:
///
/// - `default("5s")`: this value, written as a flag takes it;
/// - `default("all cores", EXPRESSION)`: a computed value and its description;
///   the expression may name options that stand above;
/// - `otherwise(EXPRESSION)`: a value that needs no description, such as a switch that is off;
/// - `unset("the stream's own")`, `unset()`: none; the setting is an `Option`.
macro_rules! options {
    (
        $(#[doc = $about:tt])+
        [$section:ident] $heading:literal => $args:ident, $file:ident, $merged:ident($given_args:ident, $layers:ident $(, $given:ident: $given_type:ty)*);
        $(
            $(#[doc = $doc:tt])+
            $name:ident: $type:ty, $kind:ident($($fallback:tt)*), flag($long:tt $(, $($arg:tt)+)?)
            $(, env($variable:tt))? $(, key($key:tt))? $(, schema($($schema:tt)+))? $(, repeat($repeat:ident))?;
        )+
        $(flags { $($flags:tt)* })?
        $(file { $($keys:tt)* })?
        $(merged { $($(#[doc = $extra_doc:tt])+ $extra:ident: $extra_type:ty = $extra_value:expr;)* })?
    ) => {
        $(#[doc = $about])+
        /// These are the flags; one that was not given is `None`.
        #[derive(Debug, Clone, Default, clap::Args)]
        #[command(next_help_heading = $heading)]
        pub struct $args {
            $(
                $(#[doc = $doc])+
                #[arg(
                    long = $long,
                    help = options!(@help [$($doc)+] [$($variable)?] $kind($($fallback)*)),
                    value_parser = <$type as $crate::value::OptionValue>::parser(),
                    $($($arg)+)?
                )]
                pub $name: Option<$type>,
            )+
            $($($flags)*)?
        }

        $(#[doc = $about])+
        /// These are the keys of a file; one that was not given is `None`.
        #[derive(Debug, Clone, Default, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct $file {
            $($($keys)*)?
            $(
                $(#[doc = $doc])+
                $(#[serde(rename = $key)])?
                #[schemars(
                    description = options!(@description [$($doc)+] $kind($($fallback)*)),
                    $($($schema)+)?
                )]
                pub $name: Option<<$type as $crate::value::OptionValue>::Written>,
            )+
        }

        $(#[doc = $about])+
        /// These are the effective values, each with its origin.
        #[derive(Debug, Clone)]
        pub struct $merged {
            $(
                $(#[doc = $doc])+
                pub $name: options!(@setting $kind <$type as $crate::value::OptionValue>::Resolved),
            )+
            $($($(#[doc = $extra_doc])+ pub $extra: $extra_type,)*)?
        }

        impl $merged {
            /// Merges flags, environment, `.env`, files and defaults, the first of them that sets
            /// an option.
            ///
            /// Fails when a variable or a key of a file is wrong.
            fn merge(
                $given_args: &$args,
                $layers: &$crate::Layers,
                $($given: $given_type,)*
            ) -> Result<Self, $crate::ConfigError> {
                let section: $file = $layers.section(stringify!($section))?;
                $(
                    let key = options!(@key $section $name $long [$($variable)?] [$($key)?]);
                    let $name = $layers.option::<$type>(&key, $given_args.$name.clone(), section.$name)?;
                    let $name = options!(@fall_back $type, $layers, $name, $kind($($fallback)*));
                )+
                $($(let $extra = $extra_value;)*)?
                Ok(Self { $($name,)+ $($($extra,)*)? })
            }

            /// The options as rows: name, value, origin.
            pub fn rows(&self) -> Vec<$crate::options::Row> {
                vec![$(
                    $crate::options::Row::new::<$type>(
                        options!(@key $section $name $long [$($variable)?] [$($key)?]),
                        $crate::options::Merged::setting(&self.$name),
                        options!(@repeat $kind $($repeat)?),
                    ),
                )+]
            }
        }
    };

    (@help [$($doc:tt)+] [$($variable:tt)?] $kind:ident($($fallback:tt)*)) => {
        concat!(
            $($doc,)+
            options!(@note " [default: " "]" $kind($($fallback)*)),
            $(" [env: ", $variable, "]",)?
        )
        .trim_ascii_start()
    };
    (@description [$($doc:tt)+] $kind:ident($($fallback:tt)*)) => {
        concat!($($doc,)+ ".", options!(@note " Default: " "." $kind($($fallback)*))).trim_ascii_start()
    };
    (@note $before:tt $after:tt unset()) => { "" };
    (@note $before:tt $after:tt otherwise($value:expr)) => { "" };
    (@note $before:tt $after:tt $kind:ident($text:literal $(, $value:expr)?)) => {
        concat!($before, $text, $after)
    };

    (@setting unset $type:ty) => { Option<$crate::Setting<$type>> };
    (@setting $kind:ident $type:ty) => { $crate::Setting<$type> };

    (@key $section:ident $name:ident $long:tt [$($variable:tt)?] []) => {
        $crate::Key {
            flag: concat!("--", $long),
            variables: &[$($variable)?],
            file: concat!(stringify!($section), ".", stringify!($name)),
        }
    };
    (@key $section:ident $name:ident $long:tt [$($variable:tt)?] [$key:tt]) => {
        $crate::Key {
            flag: concat!("--", $long),
            variables: &[$($variable)?],
            file: concat!(stringify!($section), ".", $key),
        }
    };

    (@fall_back $type:ty, $layers:ident, $found:ident, unset($($text:literal)?)) => { $found };
    (@fall_back $type:ty, $layers:ident, $found:ident, default($text:literal)) => {
        match $found {
            Some(setting) => setting,
            None => $crate::Setting::default($layers.default_of::<$type>($text)?),
        }
    };
    (@fall_back $type:ty, $layers:ident, $found:ident, default($text:literal, $value:expr)) => {
        options!(@fall_back $type, $layers, $found, otherwise($value))
    };
    (@fall_back $type:ty, $layers:ident, $found:ident, otherwise($value:expr)) => {
        match $found {
            Some(setting) => setting,
            None => $crate::Setting::default($value),
        }
    };

    (@repeat $kind:ident) => { $crate::options::Repeat::Never };
    (@repeat $kind:ident always) => { $crate::options::Repeat::Always };
    (@repeat unset given) => { $crate::options::Repeat::Set };
    (@repeat $kind:ident given) => { $crate::options::Repeat::Given };
}
pub(crate) use options;
