//! The subcommands `completions` and `man` of every program: what shells and `man` know of it.
//!
//! Both are generated from the clap tree that parses the command line, so they always match it.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueHint};
use clap_complete::Shell as ShellName;

use crate::exit::{Exit, Failure};

/// The subcommands that every program has beside its own.
#[derive(Debug, Subcommand)]
pub enum Shell {
    /// Print the completion script of a shell
    Completions {
        /// Shell to complete for
        #[arg(value_name = "SHELL")]
        shell: ShellName,
    },
    /// Print the manual page, or write the pages of all subcommands into a directory
    Man {
        /// Directory, created if missing [default: print the program's own page]
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: Option<PathBuf>,
    },
}

impl Shell {
    /// Carries the subcommand out for the program whose tree is `program`.
    pub fn run(&self, program: clap::Command) -> Result<Exit, Failure> {
        match self {
            Self::Completions { shell } => print(&completions(*shell, program)),
            Self::Man { folder: None } => {
                print(&page(program).map_err(|error| Failure::new(Exit::Unexpected, error))?)
            }
            Self::Man { folder: Some(folder) } => pages(program, folder),
        }
    }
}

fn completions(shell: ShellName, mut program: clap::Command) -> Vec<u8> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, name, &mut script);
    script
}

fn page(program: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(program).render(&mut page)?;
    Ok(page)
}

fn pages(program: clap::Command, folder: &Path) -> Result<Exit, Failure> {
    let written =
        fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(program, folder));
    let failed = |error| {
        Failure::new(
            Exit::File,
            format!("cannot write manual pages to {}: {error}", folder.display()),
        )
        .advise("choose a writable directory")
    };
    written.map_err(failed)?;
    Ok(Exit::Done)
}

/// A reader that has gone, such as a pager, ends the program quietly.
fn print(bytes: &[u8]) -> Result<Exit, Failure> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(Exit::File, error)),
        _ => Ok(Exit::Done),
    }
}
