//! Where answers go, and in which format.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::{Compression, Format, OutputPath};
use mercato::units::Shard;

/// The format of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AnswerFile {
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values after a header
    Csv,
    /// Typed columns
    Parquet,
    /// Tests of sqllogictest
    Slt,
}

/// A destination as it is named.
#[derive(Debug, Clone)]
pub(super) struct Target {
    /// None for nowhere.
    path: Option<PathBuf>,
    is_folder: bool,
    /// The format that the name says.
    format: Option<AnswerFile>,
}

/// Where the answers go.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Stdout,
    Nowhere,
    File(PathBuf),
    /// A file for each query.
    Folder(PathBuf),
}

impl AnswerFile {
    fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Slt => "slt",
        }
    }
}

/// Reads the name of a destination.
pub(super) fn target(text: &str) -> Result<Target, String> {
    let path = PathBuf::from(text);
    if path.extension().is_some_and(|ending| ending == "slt") {
        return Ok(Target { path: Some(path), is_folder: false, format: Some(AnswerFile::Slt) });
    }
    let output = OutputPath::parse(text).map_err(|error| error.to_string())?;
    let format = match output.format() {
        _ if output.is_folder() => None,
        Format::Json if output.path().is_some_and(mercato::sinks::in_place) => None,
        Format::Json => Some(AnswerFile::Ndjson),
        Format::Csv => Some(AnswerFile::Csv),
        Format::Parquet => Some(AnswerFile::Parquet),
        Format::Avro | Format::Protobuf => {
            return Err("results are written to .ndjson, .csv, .parquet or .slt".to_owned());
        }
    };
    if format != Some(AnswerFile::Parquet) && output.compression() != Compression::None {
        return Err(
            "results are written uncompressed: expected .ndjson, .csv, .parquet or .slt".to_owned()
        );
    }
    Ok(Target { path: output.path().map(Path::to_owned), is_folder: output.is_folder(), format })
}

/// The place that `target` names, and the format of `queries` answers there.
pub(super) fn place(
    target: Option<&Target>,
    wanted: Option<AnswerFile>,
    queries: usize,
) -> Result<(Place, AnswerFile), Failure> {
    let refuse = |reason: &str| Failure::new(Exit::Usage, reason.to_owned());
    let named = target.and_then(|target| target.format);
    if let (Some(wanted), Some(named)) = (wanted, named)
        && wanted != named
    {
        return Err(refuse("--format contradicts the extension of --output: omit one of the two"));
    }
    let format = wanted.or(named).unwrap_or(AnswerFile::Ndjson);
    let place = match target {
        None => Place::Stdout,
        Some(Target { path: None, .. }) => Place::Nowhere,
        Some(Target { path: Some(path), is_folder: true, .. }) => Place::Folder(path.clone()),
        Some(Target { path: Some(path), .. }) => Place::File(path.clone()),
    };
    let is_folder = matches!(place, Place::Folder(_));
    if matches!(place, Place::Stdout) && format == AnswerFile::Parquet {
        return Err(refuse("Parquet is written to files: give one with -o"));
    }
    if queries > 1 && !is_folder && matches!(format, AnswerFile::Csv | AnswerFile::Parquet) {
        let failure = refuse("each query has columns of its own, so one file cannot hold several");
        return Err(failure.advise("give a directory with -o, or .ndjson or .slt"));
    }
    Ok((place, format))
}

impl Place {
    /// The files of the answers, by the names of their queries; none where they have no file.
    pub(super) fn files<'a>(
        &self,
        names: impl Iterator<Item = Option<&'a str>>,
        format: AnswerFile,
    ) -> Vec<PathBuf> {
        match self {
            Self::Stdout | Self::Nowhere => Vec::new(),
            Self::File(path) => vec![path.clone()],
            Self::Folder(folder) => names
                .map(|name| folder.join(format!("{}.{}", name.unwrap_or(ANSWER), format.ending())))
                .collect(),
        }
    }
}

/// The run that answers are about, for formats that have a place for it.
pub(super) struct RunName {
    /// Its identity as JSON.
    pub(super) brief: String,
    #[cfg_attr(not(feature = "parquet"), expect(dead_code, reason = "only Parquet names it"))]
    pub(super) shard: Shard,
}

/// The name of an answer whose query has none.
pub(super) const ANSWER: &str = "answer";
