//! `gauss-sim completions` and `gauss-sim man`.

use super::harness::{Place, run};

const VERBS: [&str; 7] = ["theory", "simulate", "sweep", "plot", "claims", "train", "nd"];

#[test]
fn every_shell_learns_every_verb() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = run(&format!("completions {shell}")).done().out;
        for text in VERBS.iter().chain(&["--sigma", "--votes"]) {
            let text = if shell == "fish" { text.trim_start_matches('-') } else { text };
            assert!(script.contains(text), "{shell}: {text}");
        }
    }
    let place = Place::new();
    place.write("gauss-sim.bash", run("completions bash").done().out);
    let mut bash = std::process::Command::new("bash");
    let read = bash.arg("-n").arg(place.path("gauss-sim.bash")).status();
    assert!(read.map_or(true, |status| status.success()), "bash, if it is there, can read it");
}

#[test]
fn a_shell_that_there_is_not_is_refused_in_one_line() {
    let run = run("completions sh");
    assert_eq!((run.code, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{run:#?}");
    assert!(run.err.contains("\"sh\" is not possible: write one of bash"), "{}", run.err);
}

#[test]
fn manual_pages_of_the_program_and_of_each_verb() {
    let page = run("man").done().out;
    assert!(page.contains(".TH gauss-sim 1"), "{page}");
    let place = Place::new();
    place.run("man -o pages").done();
    let pages = place.names("pages");
    for verb in VERBS {
        let name = format!("gauss-sim-{verb}.1");
        assert!(pages.contains(&name), "{pages:?}");
        assert!(place.text(&format!("pages/{name}")).contains("Examples:"), "{name}");
    }
    assert_eq!(place.text("pages/gauss-sim.1"), page);
    let again = place.run("man -o pages");
    assert_eq!((again.code, again.out.as_str()), (2, ""));
    assert!(again.err.contains("pages/gauss-sim.1 exists"), "{}", again.err);
}
