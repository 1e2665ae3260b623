//! `gauss-sim figures` and `gauss-sim report`: which files, what is in them, and what is refused.

use std::collections::BTreeSet;

use super::harness::{Place, Run, any_table, rows};

const NAMES: [&str; 22] = [
    "task",
    "robust_accuracy_vs_sigma",
    "robust_accuracy_vs_eps",
    "robust_accuracy_vs_invariance",
    "robust_accuracy_vs_votes",
    "training_vs_epoch",
    "claims_map",
    "metrics_and_draws",
    "convergence",
    "adversarial_accuracy_nd",
    "gap_to_optimum",
    "accuracy_vs_gradients",
    "steps_and_eot",
    "sign_match_vs_gradients",
    "judges_vs_steps",
    "barrage_plane",
    "barrage_gains",
    "certified_accuracy",
    "certified_accuracy_nd",
    "blocks_vs_eps",
    "accuracy_vs_queries",
    "best_noise_for_queries",
];

/// The files of these figures.
fn files(names: &[&str], others: &[&str]) -> Vec<String> {
    let of = |name: &&str| ["md", "pdf", "png", "svg"].map(|ending| format!("{name}.{ending}"));
    let files: BTreeSet<String> = names
        .iter()
        .flat_map(of)
        .chain(["data", "definitions.md", "run.json"].iter().chain(others).map(ToString::to_string))
        .collect();
    files.into_iter().collect()
}

#[track_caller]
fn assert_refused(place: &Place, run: &Run, texts: &[&str]) {
    assert_eq!(run.code, 2, "{run:#?}");
    assert_eq!((run.out.as_str(), run.err.lines().count()), ("", 1), "{run:#?}");
    for text in texts {
        assert!(run.err.contains(text), "{text}: {}", run.err);
    }
    assert!(place.names("").is_empty(), "{:?}", place.names(""));
}

#[test]
fn every_figure_comes_with_its_rows_and_its_caption() {
    let place = Place::new();
    let run = place.run("figures --samples 1e4 --latex").done();
    assert_eq!(place.names(""), ["gauss-sim-figures"]);
    assert_eq!(place.names("gauss-sim-figures"), files(&NAMES, &["figures.tex"]));
    let others = [
        "task_rates",
        "task_rates_drawn",
        "robust_accuracy_vs_sigma_drawn",
        "robust_accuracy_vs_eps_drawn",
        "robust_accuracy_vs_invariance_drawn",
        "claims",
        "training_ends",
        "votes_leading_term",
        "barrage_optimum",
        "barrage_gained",
    ]
    .map(|name| format!("{name}.csv"));
    let tables = NAMES.map(|name| format!("{name}.csv")).into_iter().chain(others);
    let data: BTreeSet<String> =
        tables.chain(["bart.toml", "isotropic.toml", "max_norm.toml"].map(str::to_owned)).collect();
    let data: Vec<String> = data.into_iter().collect();
    assert_eq!(place.names("gauss-sim-figures/data"), data);
    for name in NAMES {
        let caption = place.text(&format!("gauss-sim-figures/{name}.md"));
        assert!(caption.starts_with("**") && caption.ends_with("`.\n"), "{caption}");
        let command =
            format!("gauss-sim figures --only {name} --samples 10000 --seed 1 -o figures");
        assert!(caption.contains(&command), "{caption}");
        let beside = caption.contains("`definitions.md`");
        assert!(beside || caption.contains("share"), "a denominator: {caption}");
        let svg = place.text(&format!("gauss-sim-figures/{name}.svg"));
        assert!(svg.starts_with("<svg width=\"468pt\""), "{name}: {}", &svg[..80]);
        assert!(place.read(&format!("gauss-sim-figures/{name}.pdf")).starts_with(b"%PDF"));
        assert!(place.read(&format!("gauss-sim-figures/{name}.png")).starts_with(b"\x89PNG"));
        assert!(run.out.contains(&format!("{name}.{{svg,pdf,png,md}}")), "{}", run.out);
    }
    let definitions = place.text("gauss-sim-figures/definitions.md");
    for part in ["The robust accuracy is the share", "Draws are same", "Lines are exact values"] {
        assert_eq!(definitions.matches(part).count(), 1, "{part}: {definitions}");
    }
    let tex = place.text("gauss-sim-figures/figures.tex");
    assert_eq!(tex.matches("% gauss-sim figures --only ").count(), NAMES.len());
    assert!(tex.contains("sgn($x + \\theta - k$)") && !tex.contains("$k$ = "), "{tex}");
    assert!(tex.is_ascii(), "{:?}", tex.chars().find(|c| !c.is_ascii()));
    for part in ["\\begin{figure}", "\\includegraphics[width=468bp]", "\\caption{", "\\label{fig:"]
    {
        assert_eq!(tex.matches(part).count(), NAMES.len(), "{part}");
    }
    assert_eq!(tex.matches('{').count(), tex.matches('}').count());
    let record = place.json("gauss-sim-figures/run.json");
    assert_eq!(record["judgement"]["verdict"], "agree");
    let line = run.out.lines().find(|line| line.starts_with("agree: ")).unwrap();
    let judged = record["judgement"]["rows"].as_u64().unwrap();
    assert!(judged > 1000 && record["rows"].as_u64().unwrap() > judged, "{line}");
    // Rows that other verbs read.
    let sigma = rows(&place.text("gauss-sim-figures/data/robust_accuracy_vs_sigma.csv"));
    assert_eq!(sigma.len(), 81 * 4);
    assert!(sigma.iter().all(|row| row.text("agrees") == "true" && row.count("samples") == 10_000));
    place.run("plot gauss-sim-figures/data/gap_to_optimum.csv -o again").done();
}

/// The rows of a figure are those of the commands that its caption names, to the last byte.
#[test]
fn the_rows_are_those_of_the_commands_in_the_captions() {
    let place = Place::new();
    place.run("figures --samples 1e4 --seed 5 -o figures").done();
    let mut compared = 0;
    for name in NAMES {
        let caption = place.text(&format!("figures/{name}.md"));
        let Some(line) = caption.lines().find(|line| line.starts_with("The same rows")) else {
            continue;
        };
        let mut found = String::new();
        for (number, command) in line.split('`').skip(1).step_by(2).enumerate() {
            let folder = format!("{name}-{number}");
            let command = command.strip_prefix("gauss-sim ").unwrap();
            let command = command.split(" -o ").next().unwrap();
            let charts = if command.starts_with("simulate") { "" } else { "--no-plots" };
            place.run(&format!("{command} {charts} -o {folder}")).done();
            let file = match name {
                "claims_map" => "regions.csv",
                "training_vs_epoch" => "epochs.csv",
                _ => "rows.csv",
            };
            let text = place.text(&format!("{folder}/{file}"));
            let rows = if number == 0 { &text } else { text.split_once('\n').unwrap().1 };
            found += rows;
        }
        let table = if name == "task" { "task_rates" } else { name };
        assert!(found == place.text(&format!("figures/data/{table}.csv")), "{name}");
        compared += 1;
    }
    assert_eq!(compared, 20, "all but those of convergence and of signs");
    let claims = place.text("figures/data/claims.csv");
    assert_eq!(claims, place.text("claims_map-0/claims.csv"));
}

/// Each figure takes the parameters that it has, says so in its caption, and is made again by the command there.
#[test]
fn parameters_stand_in_place_of_the_usual_ones() {
    let place = Place::new();
    let given = "--sigma 0.2..3/8 --eps 0.3 --mean 1.5 --draws fresh";
    let only = "task,robust_accuracy_vs_sigma,robust_accuracy_vs_eps,gap_to_optimum";
    let run =
        place.run(&format!("figures --only {only} {given} --samples 1e4 --latex -o f")).done();
    for line in [
        "--sigma 0.2..3/8: task and robust_accuracy_vs_eps show one σ, and keep their own",
        "--eps 0.3: robust_accuracy_vs_eps shows a range of ε, and keeps its own",
    ] {
        assert!(run.err.contains(line), "{line}: {}", run.err);
    }
    let name = "robust_accuracy_vs_sigma";
    let caption = place.text(&format!("f/{name}.md"));
    let question = "--sigma 0.2..3/8 --eps 0.3 --mean 1.5 --draws fresh";
    for part in [
        "μ = 1.5, ν = 1, shift = 1, ε = 0.3, fresh draws, 101 votes",
        &format!("gauss-sim figures --only {name} {question} --samples 10000 --seed 1 -o figures"),
        &format!("gauss-sim sweep {question} --samples 10000 --seed 1"),
    ] {
        assert!(caption.contains(part), "{part}: {caption}");
    }
    let found = rows(&place.text(&format!("f/data/{name}.csv")));
    assert_eq!(found.len(), 8 * 4);
    for row in &found {
        assert_eq!((row.number("mean"), row.number("eps"), row.text("draws")), (1.5, 0.3, "fresh"));
    }
    place.run(&format!("sweep {question} --samples 1e4 --no-plots -o rows")).done();
    assert_eq!(place.text("rows/rows.csv"), place.text(&format!("f/data/{name}.csv")));
    let drawn = place.text("rows/rows_drawn.csv");
    assert_eq!(drawn, place.text(&format!("f/data/{name}_drawn.csv")));
    // Figures with other questions say only what they take.
    let command = |name: &str| {
        let caption = place.text(&format!("f/{name}.md"));
        let line = caption.lines().find(|line| line.starts_with("Made by `")).unwrap();
        line.trim_start_matches("Made by `gauss-sim figures --only ").to_owned()
    };
    assert!(command("task").starts_with("task --eps 0.3 --mean 1.5 --samples"));
    assert!(command("robust_accuracy_vs_eps").contains("_eps --mean 1.5 --draws fresh --samples"));
    assert!(command("gap_to_optimum").starts_with("gap_to_optimum --sigma 0.2..3/8 --samples"));
    let record = place.json("f/run.json");
    assert_eq!(record["spec"]["parameters"]["sigma"], "0.2..3/8");
    assert_eq!(record["spec"]["parameters"]["mean"], 1.5);
    assert!(record["spec"]["parameters"]["votes"].is_null());
    // The command of a caption gives the same bytes.
    place.run("figures --only task --eps 0.3 --mean 1.5 --samples 1e4 -o again").done();
    for file in ["task.svg", "task.md", "data/task.csv"] {
        assert!(place.read(&format!("f/{file}")) == place.read(&format!("again/{file}")), "{file}");
    }
}

/// The figures of attacks, barrages, certificates, questions and blocks, too: their rows are those of the verb with the same flags.
#[test]
fn attacks_and_barrages_take_parameters() {
    let place = Place::new();
    let given = "--mean 0.5 --data-std 1.25 --eps 0.3 --sigma 0.75 --draws fresh --votes 5";
    let only = "accuracy_vs_gradients,judges_vs_steps,barrage_plane,barrage_gains,certified_accuracy,accuracy_vs_queries";
    place.run(&format!("figures --only {only} {given} --samples 1e4 -o f")).done();
    for (name, taken, said) in [
        (
            "accuracy_vs_gradients",
            "--sigma 0.75 --eps 0.3 --mean 0.5 --data-std 1.25",
            "d = 256, μ = 0.5, ν = 1.25, σ = 0.75, ε = 0.3 in ℓ∞",
        ),
        (
            "judges_vs_steps",
            "--sigma 0.75 --eps 0.3 --mean 0.5 --data-std 1.25",
            "σ = 0.75, μ = 0.5, ν = 1.25, ε = 0.3, steps of ε/4",
        ),
        (
            "barrage_plane",
            "--eps 0.3 --mean 0.5 --data-std 1.25 --votes 5 --draws fresh",
            "μ = 0.5, ν = 1.25, ε = 0.3, fresh draws, 5 votes",
        ),
        (
            "barrage_gains",
            "--eps 0.3 --mean 0.5 --data-std 1.25 --draws fresh",
            "μ = 0.5, ν = 1.25, ε = 0.3, fresh draws",
        ),
        (
            "certified_accuracy",
            "--sigma 0.75 --mean 0.5 --data-std 1.25",
            "noise of σ = 0.75; μ = 0.5, ν = 1.25",
        ),
        ("accuracy_vs_queries", "--sigma 0.75 --eps 0.3 --mean 0.5 --data-std 1.25 --votes 5", ""),
    ] {
        let caption = place.text(&format!("f/{name}.md"));
        let again = format!("gauss-sim figures --only {name} {taken} --samples 10000 --seed 1");
        for part in [again.as_str(), said] {
            assert!(caption.contains(part), "{name}: {part}: {caption}");
        }
        let text = place.text(&format!("f/data/{name}.csv"));
        if text.lines().next().unwrap().contains(",mean,") {
            assert!(any_table(&text).iter().all(|row| row.number("mean") == 0.5), "{name}");
        }
        let command =
            caption.lines().find_map(|line| line.strip_prefix("The same rows are given by `"));
        let command = command.expect(name).trim_end_matches("`.").trim_start_matches("gauss-sim ");
        let command = command.replace("figures/data/", "f/data/");
        place.run(&format!("{command} --force --no-plots")).done();
        let folder = command.rsplit(' ').next().unwrap();
        assert_eq!(
            place.text(&format!("{folder}/rows.csv")),
            place.text(&format!("f/data/{name}.csv")),
            "{name}"
        );
    }
}

/// A parameter that no figure has is said to change nothing; a figure whose question has no answer is left out.
#[test]
fn what_figures_do_not_take_is_said() {
    let place = Place::new();
    let run =
        place.run("figures --only sign_match_vs_gradients --mean 2 --samples 1e3 -o a").done();
    assert!(run.err.contains("--mean 2 changes nothing in these figures: leave --mean out"));
    let caption = place.text("a/sign_match_vs_gradients.md");
    assert!(!caption.contains("--mean"), "{caption}");
    let only = "--only task,robust_accuracy_vs_invariance --shift 0 --samples 1e3";
    let run = place.run(&format!("figures {only} -o b")).done();
    let line = "robust_accuracy_vs_invariance is left out: --shift 0";
    assert!(run.err.contains(line) && run.err.lines().count() == 1, "{}", run.err);
    assert_eq!(place.names("b"), files(&["task"], &[]));
    // A limit is no vote that could be drawn, so that nothing is checked, and no caption says so.
    for (votes, checked) in [("inf", false), ("5", true)] {
        let folder = format!("votes-{votes}");
        place.run(&format!("figures --only task --votes {votes} --samples 1e3 -o {folder}")).done();
        let definitions = place.text(&format!("{folder}/definitions.md"));
        assert_eq!(definitions.contains("as a check, all votes"), checked, "{definitions}");
        let data = place.names(&format!("{folder}/data"));
        assert_eq!(data.contains(&"task_rates_drawn.csv".to_owned()), checked, "{data:?}");
    }
    let run = place.run("report --only task --eps 0.3 --samples 1e3 -o page.html").done();
    assert_eq!(run.err, "");
    let page = place.text("page.html");
    assert!(page.contains("gauss-sim report --only task --eps 0.3 --samples 1000 --seed 1"));
    assert!(page.contains("gauss-sim figures --only task --eps 0.3 --samples 1000 --seed 1"));
    assert_eq!(page.matches("The robust accuracy is the share").count(), 1);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let place = Place::new();
    let only = "--only convergence,task --only gap_to_optimum --samples 1e4";
    for (folder, threads) in [("a", 1), ("b", 2)] {
        place.run(&format!("figures {only} --threads {threads} -o {folder}")).done();
    }
    let names = place.names("a");
    assert_eq!(names, files(&["convergence", "task", "gap_to_optimum"], &[]));
    assert_eq!(names, place.names("b"));
    let data = place.names("a/data").into_iter().map(|name| format!("data/{name}"));
    for name in
        names.into_iter().filter(|name| name.contains('.') && name != "run.json").chain(data)
    {
        assert!(place.read(&format!("a/{name}")) == place.read(&format!("b/{name}")), "{name}");
    }
    place.run(&format!("figures {only} --seed 2 -o c")).done();
    let name = "data/convergence.csv";
    assert_ne!(place.text(&format!("a/{name}")), place.text(&format!("c/{name}")));
}

#[test]
fn width_and_theme_change_the_look_and_no_row() {
    let place = Place::new();
    let only = "figures --only task --samples 1e4";
    place.run(&format!("{only} -o usual")).done();
    place.run(&format!("{only} --width 82.55mm --theme dark -o dark")).done();
    place.run(&format!("{only} --width 3.25in --theme grey -o grey")).done();
    for folder in ["dark", "grey"] {
        assert_eq!(
            place.text("usual/data/task.csv"),
            place.text(&format!("{folder}/data/task.csv"))
        );
        let svg = place.text(&format!("{folder}/task.svg"));
        assert!(svg.starts_with("<svg width=\"234"), "{}", &svg[..60]);
        // Text keeps its size: the ticks of a column are set in 7 points.
        assert!(svg.contains("font-size=\"700\""), "{}", &svg[..900]);
    }
    assert!(place.text("dark/task.svg").contains("#16191D"));
    let grey = place.text("grey/task.svg");
    for color in grey.split('#').skip(1).map(|rest| &rest[..6]) {
        assert!(color[..2] == color[2..4] && color[..2] == color[4..6], "{color}");
    }
    let caption = place.text("dark/task.md");
    assert!(caption.contains("--width 82.55mm --theme dark"), "{caption}");
    // The usual width is that in any unit, and no flag of a command.
    place.run(&format!("{only} --width 468pt -o points")).done();
    let caption = place.text("points/task.md");
    assert!(!caption.contains("--width"), "{caption}");
}

#[test]
fn what_is_refused() {
    let verbs = ["figures", "report"];
    let cases: [(&str, &[&str]); 21] = [
        ("--only pie", &["--only", "\"pie\"", "task, robust_accuracy_vs_sigma", "barrage_gains"]),
        ("--only task,", &["--only", "\"\"", "write one of"]),
        ("--width 3.25", &["--width", "\"3.25\"", "3.25in, 8.25cm, 82.5mm or 234pt"]),
        ("--width wide", &["--width", "\"wide\"", "3.25in"]),
        ("--width -3in", &["--width", "\"-3in\"", "3.25in"]),
        ("--width 1in", &["--width", "\"1in\"", "from 3in to 20in"]),
        ("--width nanin", &["--width", "\"nanin\"", "3.25in"]),
        ("--theme pink", &["--theme", "\"pink\"", "light, dark, grey"]),
        ("--samples 999", &["--samples", "\"999\"", "from 1000"]),
        ("--samples 0", &["--samples", "\"0\"", "from 1000"]),
        ("--samples x", &["--samples", "\"x\"", "whole number"]),
        ("--seed -1", &["--seed", "\"-1\"", "from 0"]),
        ("--sigma x", &["--sigma", "\"x\"", "number"]),
        ("--sigma -1", &["--sigma", "-1", "not possible"]),
        ("--eps -1..1", &["--eps", "-1", "not possible"]),
        ("--data-std 0", &["--data-std", "0", "not possible"]),
        ("--votes 0", &["--votes", "0", "write"]),
        ("--draws often", &["--draws", "\"often\"", "write"]),
        ("--mean", &["--mean"]),
        ("--only task --sigma 0..4", &["--sigma 0..4", "write one σ", "task"]),
        ("--only robust_accuracy_vs_invariance --shift 0", &["--shift 0", "another shift"]),
    ];
    for (args, texts) in cases {
        for verb in verbs {
            let place = Place::new();
            let run = place.run(&format!("{verb} {args}"));
            assert_refused(&place, &run, texts);
        }
    }
}

#[test]
fn nothing_is_written_over_or_half_written() {
    let place = Place::new();
    let only = "figures --only claims_map,task --samples 1e3 -o f";
    std::fs::create_dir_all(place.path("f/data")).unwrap();
    for taken in ["f/claims_map.png", "f/data/task_rates.csv", "f/task.md"] {
        place.write(taken, "mine");
        let run = place.run(only);
        assert_eq!(run.code, 2, "{run:#?}");
        assert!(run.err.contains("exists") && run.err.lines().count() == 1, "{}", run.err);
        let left = place.names("f").len() + place.names("f/data").len();
        assert_eq!(left, 2, "the folder of the rows, and the file");
        assert_eq!(place.text(taken), "mine");
        std::fs::remove_file(place.path(taken)).unwrap();
    }
    place.run(only).done();
    assert_eq!(place.run(only).code, 2);
    place.run(&format!("{only} --force")).done();
}

#[test]
fn the_report_is_one_page_that_needs_nothing_else() {
    let place = Place::new();
    let args = "report --only convergence,task --samples 1e4";
    let run = place.run(&format!("{args} -o page.html")).done();
    assert_eq!(place.names(""), ["page.html"]);
    assert!(run.out.contains("agree: ") && run.out.contains("page.html"), "{}", run.out);
    let page = place.text("page.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    assert!(page.contains("<meta name=\"viewport\""));
    assert_eq!(page.matches("<svg ").count(), 2 * 2, "for a screen and for a phone");
    assert_eq!(page.matches("<table>").count(), 4, "with the votes that were drawn in full");
    for part in ["src=", "@import", "<link rel=\"stylesheet\"", "url("] {
        assert!(!page.contains(part), "{part}");
    }
    // The only addresses are the paper's and the name spaces of SVG.
    for (at, _) in page.match_indices("http") {
        let known = ["https://arxiv.org/abs/2206.09491", "http://www.w3.org/"];
        assert!(known.iter().any(|known| page[at..].starts_with(known)), "{}", &page[at..at + 60]);
    }
    assert!(page.contains("gauss-sim figures --only task --samples 10000 --seed 1 -o figures"));
    assert!(page.contains("gauss-sim report --only task,convergence --samples 10000 --seed 1"));
    assert_eq!(place.run(&format!("{args} -o page.html")).code, 2);
    place.run(&format!("{args} -o again.html")).done();
    assert!(page == place.text("again.html"));
    let run = place.run(&format!("{args} -o .."));
    assert!(run.code == 2 && run.err.contains("-o"), "{run:#?}");
}

/// The whole page opens with every statement, simulated; a page of some figures has none.
#[test]
fn the_report_opens_with_the_statements() {
    let place = Place::new();
    place.run("report --samples 1e4 -o page.html").done();
    let page = place.text("page.html");
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("<section id=\"statements\">") < at("<nav>"));
    let section = &page[at("<section id=\"statements\">")..at("<nav>")];
    assert!(section.contains("agree: theory and simulation, "));
    assert_eq!(section.matches("<tr>").count(), 1 + 22);
    assert_eq!(section.matches("<code>gauss-sim ").count(), 54);
    assert_eq!(section.matches("simulated: ").count(), 54);
    assert_eq!(page.matches("<figure>").count(), NAMES.len());
    place.run("report --only task --samples 1e4 -o task.html").done();
    assert!(!place.text("task.html").contains("id=\"statements\""));
}
