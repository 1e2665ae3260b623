//! The commands of the README's list, in their order, twice: none refuses, whatever the first time has left.

use super::harness::Place;

/// The commands, without what each is said to do.
fn commands() -> Vec<String> {
    let readme = include_str!("../../README.md");
    let (_, list) = readme.split_once("## What it does").expect("the list of verbs");
    let (list, _) = list.split_once("\n## ").expect("its end");
    let lines = list.lines().filter_map(|line| line.strip_prefix("    gauss-sim "));
    lines
        .map(|line| {
            let (command, _) = line.trim().rsplit_once("  ").expect("what it does");
            command.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// What makes a command small: what is at stake here is that it is taken.
fn small(command: &str) -> String {
    let verb = command.split(' ').next().unwrap_or_default();
    let samples = |count: &str| {
        let words: Vec<&str> = command.split(' ').collect();
        match words.iter().position(|word| *word == "--samples") {
            // A run that goes on is longer than it was, and shares are of one run.
            Some(at) if words[at + 1] == "2e7" => command.replace("2e7", "2e4"),
            Some(at) => command.replace(words[at + 1], count),
            None => format!("{command} --samples {count}"),
        }
    };
    match verb {
        "simulate" | "sweep" | "nd" | "barrage" | "certify" | "query" | "blocks"
            if !command.contains("--shard") =>
        {
            samples("1e4")
        }
        "sweep" => command.replace("3e7", "3e5"),
        "figures" | "report" => samples("1000") + " --only task",
        "claims" if command.contains("-o ") => format!("{command} --claim defense-helps"),
        "train" => format!("{command} --train-size 100 --repetitions 5 --epochs 2"),
        _ => command.to_owned(),
    }
}

#[test]
fn the_list_of_the_readme_runs_twice_in_order() {
    let place = Place::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let commands = commands();
    assert!(commands.len() >= 15, "{commands:?}");
    for _ in 0..2 {
        for command in &commands {
            place.run(&small(command).replace("examples/", &format!("{examples}/"))).done();
        }
    }
    // All of it is in folders that git does not show.
    let ignored = include_str!("../../.gitignore");
    for name in place.names("") {
        let known = ["out", "gauss-sim-sweep"].iter().any(|known| name.starts_with(known));
        assert!(
            known && ignored.contains("/out") && ignored.contains("/gauss-sim-sweep*"),
            "{name}"
        );
    }
}
