//! The walls of the house: who may know of whom.

use std::collections::{BTreeMap, BTreeSet};
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
        nobody_says(room, &["experiments::", "crate::cli", "crate::paper"], &[]);
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

/// Another face is one of the library: it has no command line, and names no experiment.
#[test]
fn other_faces_know_no_command_line_and_no_kind() {
    let kinds = kinds().into_iter().map(|(name, _)| format!("experiments::{name}"));
    let kinds: Vec<String> = kinds.collect();
    let words: Vec<&str> = kinds.iter().map(String::as_str).chain(["clap", "::cli"]).collect();
    for face in ["python", "web"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(face).join("Cargo.toml");
        let text = fs::read_to_string(path).expect("a manifest");
        let library = text.lines().find(|line| line.starts_with("gauss-sim ="));
        let library = library.expect("the library");
        assert!(library.contains("default-features = false"), "{face}");
        assert!(!library.contains("features = ["), "{face}");
        nobody_says(&format!("{face}/src"), &words, &[]);
    }
}

/// The rooms of `src`, each of which may know those before it: no two know each other.
const ROOMS: [&str; 9] =
    ["arrays", "table", "report", "experiment", "check", "run", "experiments", "paper", "cli"];

/// The names that follow `path`, as in `path::name` or `path::{name, …}`, in code.
fn named(text: &str, path: &str) -> BTreeSet<String> {
    let code: String = code(text).map(|line| line.to_owned() + "\n").collect();
    let word = |text: &str| -> String {
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut names = BTreeSet::new();
    for (_, rest) in code.match_indices(path).map(|(at, _)| (at, &code[at + path.len()..])) {
        match rest.strip_prefix('{') {
            // Of a list the first name of each entry.
            Some(list) => {
                let list = list.split(';').next().unwrap_or("");
                names.extend(list.split([',', '{']).map(word));
            }
            None => {
                names.insert(word(rest));
            }
        }
    }
    names
}

/// The room of a source below `folder`: its first folder, or the file itself.
fn room(folder: &str, path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let inner = path.strip_prefix(root).expect("a source of the folder");
    let first = inner.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn rooms_know_those_before_them_alone() {
    for (path, text) in sources("src") {
        let own = room("src", &path);
        let Some(place) = ROOMS.iter().position(|room| *room == own) else {
            assert!(["main", "lib"].contains(&own.as_str()), "{own}: which place has it in ROOMS?");
            continue;
        };
        for name in named(&text, "crate::") {
            let later = ROOMS[place + 1..].contains(&name.as_str());
            assert!(!later, "{}: {own} comes before {name}", path.display());
        }
    }
}

/// No two files of a room know each other, neither at once nor by way of others.
#[test]
fn there_are_no_circles_within_a_room() {
    let rooms =
        ROOMS.iter().filter(|room| **room != "experiment").map(|room| format!("src/{room}"));
    let kinds = kinds().into_iter().filter(|(_, folder)| folder.is_dir());
    let kinds = kinds.map(|(name, _)| format!("src/experiments/{name}"));
    for folder in rooms.chain(kinds) {
        let from_root = folder.replacen("src/", "crate::", 1).replace('/', "::") + "::";
        let mut knows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (path, text) in sources(&folder) {
            let own = room(&folder, &path);
            let mut names = named(&text, &from_root);
            // A file of a folder says super of that folder.
            let of_folder = path.parent().is_some_and(|parent| parent.ends_with(&folder));
            names.extend(named(&text, if of_folder { "super::" } else { "super::super::" }));
            names.remove(&own);
            knows.entry(own).or_default().extend(names);
        }
        // The register of a room knows all of it.
        knows.remove("mod");
        while let Some(free) =
            knows.iter().find(|(_, names)| !names.iter().any(|name| knows.contains_key(name)))
        {
            let free = free.0.clone();
            knows.remove(&free);
        }
        assert!(knows.is_empty(), "{folder}: a circle among {:?}", knows.keys());
    }
}

/// The kinds of experiments, each with its folder or file.
fn kinds() -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/experiments");
    let entries =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file").path());
    let kind = |path: PathBuf| {
        let source = if path.is_dir() { path.join("mod.rs") } else { path.clone() };
        let text = fs::read_to_string(source).expect("a source");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        text.contains("pub static KIND").then_some((name, path))
    };
    let kinds: Vec<_> = entries.filter_map(kind).collect();
    assert!(kinds.len() >= 4, "{kinds:?}");
    kinds
}

/// Where two kinds meet: certificates of a task in d dimensions read its file, and are those of one dimension.
const MEETING: [(&str, &[&str]); 2] =
    [("blocks", &["linear"]), ("certify_nd", &["certify", "linear"])];

/// A kind of experiment says nothing of another, but for the four stages, which others compare with, and where two meet.
#[test]
fn kinds_of_experiments_are_rooms_of_their_own() {
    let kinds = kinds();
    for (kind, path) in &kinds {
        let texts = match path.is_dir() {
            true => sources(&format!("src/experiments/{kind}")),
            false => vec![(path.clone(), fs::read_to_string(path).expect("a source"))],
        };
        for (source, text) in texts {
            let mut names = named(&text, "experiments::");
            names.extend(named(&text, "super::"));
            let meets = |other: &str| {
                MEETING.iter().any(|(one, others)| one == kind && others.contains(&other))
            };
            let others = kinds.iter().map(|(other, _)| other);
            for other in others.filter(|o| *o != kind && *o != "stages" && !meets(o)) {
                assert!(!names.contains(other), "{}: {other}", source.display());
            }
        }
    }
}
