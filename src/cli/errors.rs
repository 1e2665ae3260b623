//! Usage errors as one line each.

use std::error::Error as _;

use clap::error::{ContextKind, ErrorKind};
use task::range::quote;

/// Returns a usage error in one line: clap's message without the usage and the pointer to the help, which `--help`
/// shows.
#[must_use]
pub fn one_line(error: &clap::Error) -> String {
    if let Some(line) = bad_value(error) {
        return line;
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).take_while(|line| {
        !line.starts_with("Usage:") && !line.starts_with("For more information")
    });
    let parts: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    let line = parts.join(" ").replace(" tip: ", "; ");
    format!("{}; see --help", line.strip_prefix("error: ").unwrap_or(&line))
}

/// Returns the message for an invalid value of a flag or an unknown verb, with what would be right.
fn bad_value(error: &clap::Error) -> Option<String> {
    let context = |kind| error.get(kind).map(ToString::to_string).filter(|text| !text.is_empty());
    // `--sigma <RANGE>`.
    let flag = || context(ContextKind::InvalidArg)?.split(' ').next().map(str::to_owned);
    match error.kind() {
        // The parsers' messages quote the value and say what would be right.
        ErrorKind::ValueValidation => Some(format!("{}: {}", flag()?, error.source()?)),
        ErrorKind::InvalidValue => Some(format!(
            "{}: {} is not possible: write one of {}",
            flag()?,
            quote(&context(ContextKind::InvalidValue)?),
            context(ContextKind::ValidValue)?
        )),
        ErrorKind::InvalidSubcommand => {
            let verbs = super::command();
            let verbs: Vec<&str> = verbs.get_subcommands().map(clap::Command::get_name).collect();
            let verb = quote(&context(ContextKind::InvalidSubcommand)?);
            Some(format!("{verb} is not a verb: write one of {}; see --help", verbs.join(", ")))
        }
        // An argument left over because a flag lacks its value, such as the 1 of `--sigma --eps 1`.
        ErrorKind::UnknownArgument => {
            let left_over = context(ContextKind::InvalidArg).filter(|arg| !arg.starts_with('-'))?;
            let left_over = quote(&left_over);
            Some(format!(
                "{left_over} belongs to no flag: one before it may lack its value; see --help"
            ))
        }
        _ => None,
    }
}
