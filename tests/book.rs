//! Every command that the README and the book name is one that the program takes.

use std::fs;
use std::path::{Path, PathBuf};

/// The chapters, and the README.
fn chapters() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).expect("the book");
    let docs = docs.map(|entry| entry.expect("a file").path());
    let chapters = docs.filter(|path| path.extension().is_some_and(|ending| ending == "md"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("text");
        (path, text)
    };
    chapters.chain([root.join("README.md")]).map(read).collect()
}

/// The commands of a text: indented lines, and what stands between backquotes.
fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with("    "));
    let lines = lines.map(|line| line.trim_start().trim_start_matches("$ "));
    let inline = text.split('`').skip(1).step_by(2).filter(|code| !code.contains('\n'));
    let all = lines.chain(inline).filter(|line| line.starts_with("gauss-sim "));
    all.map(str::to_owned).collect()
}

/// Whether the program takes such a command line, or it names a verb and no more.
fn is_taken(command: &str) -> bool {
    let words: Vec<&str> =
        command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
    let program = gauss_sim::cli::command();
    let verb = words.get(1).is_some_and(|verb| program.find_subcommand(verb).is_some());
    verb && (words.len() == 2 || program.try_get_matches_from(words).is_ok())
}

#[test]
fn every_command_is_one() {
    let mut seen = 0;
    for (path, text) in chapters() {
        for command in commands(&text) {
            // Names that stand for something else, and parts of shell scripts.
            if ["VERB", "SHELL", "…", "$", "|", ">", "\\", "&", "NAME", "{"]
                .iter()
                .any(|mark| command.contains(mark))
            {
                continue;
            }
            let without_comment = command.split(" #").next().unwrap_or(&command);
            // In a list of commands what each does stands behind it.
            let without_text =
                without_comment.trim_end().rsplit_once("  ").map(|(before, _)| before);
            let taken = is_taken(without_comment) || without_text.is_some_and(is_taken);
            assert!(taken, "{}: {command}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 35, "{seen}");
}

/// Each link to a file of this repository leads somewhere.
#[test]
fn every_link_leads_somewhere() {
    let mut seen = 0;
    for (path, text) in chapters() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or(target);
            if file.is_empty() || target.contains("://") {
                continue;
            }
            let place = path.parent().expect("a folder").join(file);
            assert!(place.exists(), "{}: {target}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}
