//! Help, version, and that the examples in the help are true.

use super::harness::{Place, run};

const VERBS: [&str; 10] =
    ["theory", "simulate", "sweep", "plot", "claims", "train", "nd", "figures", "report", "merge"];

#[test]
fn help_names_every_verb_and_the_exit_codes() {
    let long = run("--help").done();
    assert_eq!(long.err, "");
    for text in VERBS.iter().chain(&["Usage:", "--version", "Exit status", "--sigma 0..4"]) {
        assert!(long.out.contains(text), "{text}: {}", long.out);
    }
    let short = run("-h").done();
    assert!(short.out.len() < long.out.len());
}

#[test]
fn no_arguments_show_the_help_as_a_usage_error() {
    let run = run("");
    assert_eq!(run.code, 2);
    assert_eq!(run.out, "");
    assert!(run.err.contains("Usage:") && run.err.contains("sweep --sigma 0..4"), "{}", run.err);
}

#[test]
fn version_is_the_package_s() {
    for flag in ["--version", "-V"] {
        assert_eq!(run(flag).done().out, format!("gauss-sim {}\n", env!("CARGO_PKG_VERSION")));
    }
}

#[test]
fn every_verb_s_help_names_its_flags_and_their_defaults() {
    let task =
        "--sigma --eps --mean --data-std --shift --threshold --votes --stages --draws --threads";
    let simulation = "--samples --seed --engine --votes-by --tries-by --confidence --false-alarm";
    let output = "--format --output --force";
    let long = "--resume --shard --precision --time --checkpoint-every";
    for (verb, flags) in [
        ("theory", [task, "--votes-for", output].join(" ")),
        ("simulate", [task, simulation, long, output].join(" ")),
        ("sweep", [task, simulation, long, output, "--no-plots"].join(" ")),
        ("merge", [output, "--allow-gaps --confidence --false-alarm --no-plots --threads"].join(" ")),
        ("plot", "--output --force <ROWS>".to_owned()),
        (
            "claims",
            [
                "--sigma --eps --mean --data-std --shift --claim --metric --draws --require",
                "--samples --seed --votes-by --confidence --false-alarm --no-plots --threads",
                output,
            ]
            .join(" "),
        ),
        (
            "nd",
            [
                "[TASK.toml] --example --sigma --eps --norm --votes --stages --draws --samples --seed",
                "--confidence --false-alarm --no-plots --threads",
                output,
            ]
            .join(" "),
        ),
        (
            "figures",
            "--only --width --theme --samples --seed --threads --latex --force -o".to_owned(),
        ),
        ("report", "--only --width --theme --samples --seed --threads --force -o".to_owned()),
        (
            "train",
            [
                "--sigma --eps --mean --data-std --shift --train-size --method --repetitions --epochs",
                "--learning-rate --batch-size --seed --no-plots --threads",
                output,
            ]
            .join(" "),
        ),
    ] {
        let help = run(&format!("{verb} --help")).done();
        assert_eq!(help.err, "");
        for flag in flags.split(' ') {
            assert!(help.out.contains(flag), "{verb} {flag}: {}", help.out);
        }
        assert!(help.out.contains("Examples:"), "{verb}");
        run(&format!("{verb} -h")).done();
    }
    let sweep = run("sweep --help").done().out;
    for default in
        ["0..4", "0.5", "101", "undefended,defended,trained,voted", "10M", "0.95", "1e-6"]
    {
        assert!(sweep.contains(&format!("[default: {default}]")), "{default}: {sweep}");
    }
}

/// A folder with the example tasks, where the project has them.
fn place_with_tasks() -> Place {
    let place = Place::new();
    let tasks = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/tasks");
    std::fs::create_dir_all(place.path("examples/tasks")).unwrap();
    for file in std::fs::read_dir(tasks).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        std::fs::copy(&file, place.path(&format!("examples/tasks/{name}"))).unwrap();
    }
    place
}

/// Each command line of the help's examples, with fewer samples and without charts: it is the
/// flags that must be right.
#[test]
fn the_examples_in_the_help_work() {
    let mut examples = 0;
    for verb in ["", "theory", "simulate", "sweep", "claims", "train", "nd", "figures", "report"] {
        for line in run(&format!("{verb} --help")).done().out.lines() {
            let Some(command) = line.trim().strip_prefix("gauss-sim ") else {
                continue;
            };
            let command = command.split('>').next().unwrap();
            let mut args: Vec<&str> = command.split_whitespace().collect();
            if let Some(samples) = args.iter().position(|arg| *arg == "--samples") {
                args.drain(samples..samples + 2);
            }
            if args.contains(&"--example") {
                // prints, and draws nothing
            } else if args[0] == "train" {
                if let Some(repetitions) = args.iter().position(|arg| *arg == "--repetitions") {
                    args.drain(repetitions..repetitions + 2);
                }
                args.extend(["--repetitions", "2"]);
            } else if args[0] != "theory" {
                // A batch for every share.
                let samples = if args.contains(&"--shard") { "1e6" } else { "1000" };
                args.extend(["--samples", samples]);
            }
            if ["simulate", "sweep"].contains(&args[0]) && !args.contains(&"--votes") {
                args.extend(["--votes", "11"]);
            }
            let list = args.contains(&"--list");
            if args[0] == "claims" && !list && !args.contains(&"--claim") {
                args.extend(["--claim", "defense-helps"]);
            }
            if ["sweep", "claims", "train", "nd"].contains(&args[0]) && !list {
                args.push("--no-plots");
            }
            if ["figures", "report"].contains(&args[0]) && !args.contains(&"--only") {
                let along = args.contains(&"--sigma");
                args.extend(["--only", if along { "robust_accuracy_vs_sigma" } else { "task" }]);
            }
            place_with_tasks().run_args(&args).done();
            examples += 1;
        }
    }
    assert_eq!(examples, 10 + 4 + 3 + 5 + 8 + 4 + 9 + 5 + 4, "found and run");
}
