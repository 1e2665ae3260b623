//! The walls of the house: who may know of whom.

use std::fs;
use std::path::{Path, PathBuf};

/// The sources below a folder.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("a file")) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

/// The lines of code of a source, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

#[track_caller]
fn nobody_says(folder: &str, words: &[&str], except: &[&str]) {
    for (path, text) in sources(folder) {
        if except
            .iter()
            .any(|spared| path.ends_with(spared) || path.to_string_lossy().contains(spared))
        {
            continue;
        }
        for line in code(&text) {
            for word in words {
                assert!(!line.contains(word), "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn run_table_and_check_name_no_experiment() {
    for room in ["src/run", "src/table", "src/check"] {
        nobody_says(room, &["experiments::", "crate::cli", "crate::report::paper"], &[]);
    }
}

#[test]
fn only_the_command_line_knows_that_there_is_one() {
    let words = ["clap", "indicatif", "signal_hook", "crate::cli"];
    nobody_says("src", &words, &["src/cli/", "src/main.rs", "src/lib.rs"]);
}

/// Cargo keeps the crates apart; this keeps their manifests so.
#[test]
fn the_crates_depend_on_the_task_alone() {
    let manifest = |room: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(room).join("Cargo.toml");
        let text = fs::read_to_string(path).expect("a manifest");
        let start = text.find("[dependencies]").expect("dependencies");
        let end = text[start + 1..].find("\n[").map_or(text.len(), |at| start + 1 + at);
        text[start..end].to_owned()
    };
    let rooms = ["task", "theory", "engine", "plots"];
    for (room, knows) in
        [("task", &[][..]), ("plots", &[]), ("theory", &["task"]), ("engine", &["task"])]
    {
        let text = manifest(room);
        for other in rooms {
            let names = text.lines().any(|line| {
                line.starts_with(other) || line.contains(&format!("gauss-sim-{other}"))
            });
            assert_eq!(names, knows.contains(&other), "{room} and {other}");
        }
    }
}

/// A folder of a kind of experiment says nothing of another, but for the four stages, which others compare with.
#[test]
fn kinds_of_experiments_are_rooms_of_their_own() {
    for kind in ["linear", "training", "claims"] {
        let others: Vec<String> = ["linear", "training", "claims"]
            .iter()
            .filter(|other| **other != kind)
            .map(|other| format!("experiments::{other}"))
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        nobody_says(&format!("src/experiments/{kind}"), &others, &[]);
    }
}
