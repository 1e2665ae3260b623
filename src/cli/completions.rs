//! `gauss-sim completions` and `gauss-sim man`, from the definition of the command line.

use anyhow::{Result, anyhow};
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use super::flags::{self, Output};
use super::output::print;
use super::{Outcome, Verb, say};
use crate::run::output_dir::OutputDir;

/// The verb `completions`: completions of verbs, flags and values for a shell.
pub(super) struct Completions;

impl Verb for Completions {
    fn command(&self) -> Command {
        Command::new("completions")
            .about("Completions of verbs, flags and values for a shell")
            .after_long_help(
                "\
Examples:
  gauss-sim completions bash > ~/.local/share/bash-completion/completions/gauss-sim
  gauss-sim completions zsh > \"${fpath[1]}/_gauss-sim\"
  gauss-sim completions fish > ~/.config/fish/completions/gauss-sim.fish",
            )
            .arg(
                Arg::new("shell")
                    .value_name("SHELL")
                    .required(true)
                    .value_parser(value_parser!(Shell))
                    .help("The shell"),
            )
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let shell = matches.get_one::<Shell>("shell").copied().unwrap_or(Shell::Bash);
        let mut text = Vec::new();
        let mut command = super::command();
        let name = command.get_name().to_owned();
        clap_complete::generate(shell, &mut command, name, &mut text);
        print(&String::from_utf8(text)?)?;
        Ok(Outcome::Done)
    }
}

/// The verb `man`: the manual page of the program, and with -o one for each verb as well.
pub(super) struct Man;

impl Verb for Man {
    fn command(&self) -> Command {
        Command::new("man")
            .about("Manual pages: one of the program, and with -o one of each verb, too")
            .after_long_help(
                "\
Examples:
  gauss-sim man | man -l -
  gauss-sim man -o ~/.local/share/man/man1
      then: man gauss-sim-sweep",
            )
            .arg(flags::folder(
                "Write the page of the program and those of its verbs into this folder",
            ))
            .arg(flags::force("Write over pages that are there"))
    }

    fn run(&self, matches: &ArgMatches) -> Result<Outcome> {
        let mut program = super::command();
        program.build();
        let output = Output::of(matches);
        let Some(path) = &output.folder else {
            print(&String::from_utf8(page(program)?)?)?;
            return Ok(Outcome::Done);
        };
        // `build` has given each verb the name of its page: gauss-sim-sweep.
        let pages: Vec<(String, Command)> = std::iter::once(&program)
            .chain(program.get_subcommands())
            .map(|page| {
                let name = page.get_display_name().unwrap_or(page.get_name());
                (name.to_owned(), page.clone())
            })
            .collect();
        let folder = OutputDir::open(path, output.force).map_err(|error| anyhow!("-o {error}"))?;
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
    clap_mangen::Man::new(command).render(&mut text)?;
    Ok(text)
}
