//! The LaTeX of the figures, where there is one to read it.

use std::process::Command;

use super::harness::Place;

const DOCUMENT: &str = r"\documentclass{article}
\usepackage{graphicx}
\graphicspath{{f/}}
\begin{document}
\input{f/figures}
\end{document}
";

#[test]
fn every_figure_and_caption_compiles() {
    if Command::new("pdflatex").arg("--version").output().is_err() {
        eprintln!("left out: the LaTeX of the figures (pdflatex is not installed)");
        return;
    }
    let place = Place::new();
    place.run("figures --samples 1e4 --width 4.7in --latex -o f").done();
    place.write("paper.tex", DOCUMENT);
    let run = Command::new("pdflatex")
        .args(["-interaction=nonstopmode", "-halt-on-error", "paper.tex"])
        .current_dir(place.path("."))
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{log}");
    for trouble in ["Missing character", "Undefined control", "PDF inclusion", "Overfull"] {
        assert!(!log.contains(trouble), "{trouble}: {log}");
    }
    // The log breaks its lines anywhere, names of files included.
    let unbroken = log.replace('\n', "");
    let source = std::fs::read_to_string(place.path("f/figures.tex")).unwrap();
    let figures = names_of_figures(&source);
    assert!(figures.len() >= 11, "{source}");
    for figure in figures {
        assert!(unbroken.contains(&format!("{figure}.pdf>")), "{figure}: {log}");
    }
}

/// Returns the names that the source includes, without folder or extension.
fn names_of_figures(source: &str) -> Vec<String> {
    source
        .lines()
        .filter_map(|line| line.split_once(r"\includegraphics").map(|(_, rest)| rest))
        .filter_map(|rest| rest.split_once('{')?.1.split_once('}').map(|(name, _)| name))
        .map(|name| name.rsplit('/').next().unwrap_or(name).trim_end_matches(".pdf").to_owned())
        .collect()
}
