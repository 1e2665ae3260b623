//! `gauss-sim completions` and `gauss-sim man`: from the definition of the command line.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use super::results::print;
use super::{Cli, Outcome, say};
use crate::store::Folder;

/// Completions of verbs, flags and values for a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim completions bash > ~/.local/share/bash-completion/completions/gauss-sim
  gauss-sim completions zsh > \"${fpath[1]}/_gauss-sim\"
  gauss-sim completions fish > ~/.config/fish/completions/gauss-sim.fish")]
pub(super) struct Args {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

impl Args {
    pub(super) fn run(self) -> Result<Outcome> {
        let mut text = Vec::new();
        let mut command = Cli::command();
        let name = command.get_name().to_owned();
        clap_complete::generate(self.shell, &mut command, name, &mut text);
        print(&String::from_utf8(text)?)?;
        Ok(Outcome::Done)
    }
}

/// Manual pages: one of the program, and with -o one of each verb, too
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  gauss-sim man | man -l -
  gauss-sim man -o ~/.local/share/man/man1
      then: man gauss-sim-sweep")]
pub(super) struct ManArgs {
    /// Write the page of the program and those of its verbs into this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write over pages that are there
    #[arg(long)]
    force: bool,
}

impl ManArgs {
    pub(super) fn run(self) -> Result<Outcome> {
        let mut program = Cli::command();
        program.build();
        let Some(path) = &self.output else {
            print(&String::from_utf8(page(program)?)?)?;
            return Ok(Outcome::Done);
        };
        // `build` has given each verb the name of its page: gauss-sim-sweep
        let pages: Vec<(String, Command)> = std::iter::once(&program)
            .chain(program.get_subcommands())
            .map(|page| {
                let name = page.get_display_name().unwrap_or(page.get_name());
                (name.to_owned(), page.clone())
            })
            .collect();
        let folder = Folder::open(path, self.force).map_err(|error| anyhow!("-o {error}"))?;
        let file = |name: &str| format!("{name}.1");
        for (name, _) in &pages {
            folder.expect_free(&file(name))?;
        }
        for (name, command) in pages {
            folder.write(&file(&name), &page(command)?)?;
        }
        say(&format!("wrote the manual pages into {}", folder.path().display()));
        Ok(Outcome::Done)
    }
}

fn page(command: Command) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    Man::new(command).render(&mut text)?;
    Ok(text)
}
