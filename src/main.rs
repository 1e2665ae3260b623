//! Parses the command line, runs the verb, and reports errors.

use std::process::ExitCode;

use gauss_sim::cli::{command, one_line, run, say};

/// Bad usage or input.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    let result = match command().try_get_matches() {
        Ok(matches) => run(&matches),
        // Help and version are requested, and are not errors.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error)
            if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            error.exit()
        }
        Err(error) => Err(anyhow::anyhow!(one_line(&error))),
    };
    result.unwrap_or_else(|error| {
        say(&format!("error: {error:#}"));
        ExitCode::from(BAD_INPUT)
    })
}
