//! `gauss-sim nd`: the task in d dimensions, from a file.

use super::harness::{COLUMNS, Place, Row, assert_close, assert_share, run, table};

/// The columns before those of every row: a contract.
const OWN: [&str; 16] = [
    "stage",
    "dimension",
    "norm",
    "prior",
    "sigma",
    "votes",
    "draws",
    "eps",
    "margin_mean",
    "margin_data_std",
    "margin_offset",
    "margin_sigma",
    "margin_eps",
    "optimum_low",
    "optimum_high",
    "gap",
];

/// Where the columns begin that rows of every kind end with.
const ANSWER: usize = 10;

/// The five exact values.
const EXACT: [&str; 5] = [
    "clean_accuracy",
    "adversarial_accuracy",
    "robust_accuracy",
    "attack_success_rate",
    "invariance",
];

#[track_caller]
fn rows(text: &str) -> Vec<Row> {
    table(text, &[OWN.as_slice(), &COLUMNS[ANSWER..]].concat())
}

/// A task of the examples.
fn example(name: &str) -> String {
    format!("{}/examples/tasks/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// The rows of a run on a task of the examples.
#[track_caller]
fn of_example(name: &str, args: &str) -> Vec<Row> {
    let place = Place::new();
    let file = example(name);
    let args: Vec<&str> =
        ["nd", &file, "--format", "csv"].into_iter().chain(args.split(' ')).collect();
    rows(&place.run_args(&args).done().out)
}

#[track_caller]
fn at<'a>(rows: &'a [Row], stage: &str, votes: &str) -> &'a Row {
    let mut found =
        rows.iter().filter(|row| row.text("stage") == stage && row.text("votes") == votes);
    let row = found.next().unwrap_or_else(|| panic!("no row of {stage} {votes}"));
    assert_eq!(found.next(), None, "{stage} {votes}");
    row
}

const GRID: &str =
    "--sigma 0,0.3,1,2.5 --eps 0,0.5,1.3 --votes 1,2,11,inf --samples 0 --format csv";

/// The five values of each row, as they are written, by stage, sigma, votes and ε.
fn exact(rows: &[Row]) -> Vec<([String; 4], [String; 5])> {
    let mut values: Vec<_> = rows
        .iter()
        .filter(|row| row.text("stage") != "optimum")
        .map(|row| {
            let number = |column: &str| row.number(column).to_string();
            let key = [
                row.text("stage").to_owned(),
                number("sigma"),
                row.text("votes").to_owned(),
                number("eps"),
            ];
            (key, EXACT.map(number))
        })
        .collect();
    values.sort();
    values
}

/// To the last digit, whatever the norm, which is |·| in one dimension, and the draws.
#[test]
fn one_dimension_is_the_one_dimensional_program() {
    let place = Place::new();
    place.write(
        "other.toml",
        "[task]\nmean = 1.5\ncovariance = 0.49\n[defense]\nshift = 0.4\ncovariance = 1\n",
    );
    let paper = example("one_dimension");
    for (file, task) in [
        (paper.as_str(), "--mean 1 --data-std 1 --shift 1"),
        ("other.toml", "--mean 1.5 --data-std 0.7 --shift 0.4"),
    ] {
        for draws in ["same", "fresh", "persistent=3"] {
            let theory = format!("theory {GRID} {task} --draws {draws}").replace("--samples 0", "");
            let expected = exact(&place.run(&theory).done().rows());
            for norm in ["1", "2", "3.5", "inf"] {
                let args = format!("nd {file} {GRID} --draws {draws} --norm {norm}");
                let args: Vec<&str> = args.split_whitespace().collect();
                let found = exact(&rows(&place.run_args(&args).done().out));
                assert_eq!(found, expected, "{file} {draws} {norm}");
            }
        }
    }
}

#[test]
fn theory_and_simulation_agree_on_every_example() {
    for (name, args, dimension) in [
        ("one_dimension", "--votes 2,11,inf", "1"),
        ("isotropic", "--sigma 0,1,2 --eps 0,0.5,1,2 --votes 5,inf", "2"),
        ("isotropic", "--draws fresh --norm 1", "2"),
        ("isotropic", "--draws persistent=4 --norm 3 --votes 4", "2"),
        ("max_norm", "--eps 0.1..0.3/3 --votes 101,inf", "4"),
        ("proportional", "--norm inf", "3"),
        ("correlated", "--eps 0,0.5,3 --votes 3 --draws fresh", "20"),
    ] {
        let rows = of_example(name, &format!("{args} --samples 20k"));
        for row in &rows {
            assert_eq!(row.text("dimension"), dimension);
            assert_eq!(
                (row.text("agrees"), row.count("samples")),
                ("true", 20_000),
                "{name}: {row:?}"
            );
            EXACT.iter().for_each(|column| assert_share(row, column));
            assert!(row.number("gap") > -1e-12, "nothing beats the optimum: {row:?}");
            assert!(row.number("optimum_low") <= row.number("optimum_high"));
        }
    }
}

/// What is gained in the conditional metric is paid for in accuracy: robust × clean ≤ optimum in every row, exact and,
/// by the lower ends of its intervals, simulated.
#[test]
fn no_row_is_above_the_optimum() {
    let grid = "--sigma 0,0.2,1,6 --eps 0,0.1,0.9,1.3,5 --votes 2,11,inf --samples 500 --seed 4";
    for name in ["one_dimension", "isotropic", "max_norm", "proportional", "correlated"] {
        for (norm, draws) in
            [("1", "same"), ("2", "same"), ("2", "fresh"), ("inf", "persistent=3"), ("3", "fresh")]
        {
            let rows = of_example(name, &format!("{grid} --norm {norm} --draws {draws}"));
            assert!(rows.len() >= 100, "{name}");
            for row in rows {
                let most = row.number("optimum_high");
                let both = row.number("robust_accuracy") * row.number("clean_accuracy");
                let seen = row.number("mc_clean_low") * row.number("mc_robust_low");
                let attacked = row.number("adversarial_accuracy");
                for product in [both, attacked] {
                    assert!(product <= most + 1e-12, "{name} {norm} {draws}: {product} {row:?}");
                }
                assert!(seen <= most, "{name} {norm} {draws}: {row:?}");
            }
        }
    }
}

/// ε(1) = 1: the vote is the optimum there, and not at half of it; nor is the undefended classifier.
#[test]
fn with_isotropic_noise_the_vote_is_the_l2_optimum() {
    let rows = of_example("isotropic", "--eps 1 --votes 101,inf --samples 0");
    assert!(at(&rows, "voted", "inf").number("gap").abs() < 1e-14);
    let steps = ["101", "inf"].map(|votes| at(&rows, "voted", votes).number("gap"));
    assert!(steps[0] > 1e-3 && steps[0] < 1e-2, "{steps:?}");
    assert!(at(&rows, "undefended", "").number("gap") > 0.05);
    assert!(at(&rows, "voted", "inf").number("invariance") < 0.99, "not back to undefended");
    let rows = of_example("isotropic", "--eps 0.5 --votes inf --samples 0");
    assert!(at(&rows, "voted", "inf").number("gap") > 1e-3);
}

/// The ε of other sigmas, as the program says it.
#[test]
fn the_budget_of_the_noise_is_where_the_gap_closes() {
    let place = Place::new();
    let file = example("isotropic");
    for sigma in ["0.25", "0.5", "2"] {
        let point = ["nd", &file, "--sigma", sigma, "--votes", "inf", "--samples", "0", "--format"];
        let ask = |more: &[&str]| place.run_args(&[point.as_slice(), more].concat()).done().out;
        let document: serde_json::Value = serde_json::from_str(&ask(&["json"])).unwrap();
        let training = &document["run"]["findings"]["training"][0];
        let eps = training["optimal_at_eps"].as_f64().unwrap();
        assert_eq!(training["vote_restores_undefended"], false);
        let there = rows(&ask(&["csv", "--eps", &eps.to_string()]));
        assert!(at(&there, "voted", "inf").number("gap").abs() < 1e-13, "{sigma}");
        let beside = rows(&ask(&["csv", "--eps", &(eps * 1.1).to_string()]));
        assert!(at(&beside, "voted", "inf").number("gap") > 1e-6, "{sigma}");
    }
}

#[test]
fn noise_that_fits_reaches_the_optimum_under_the_max_norm() {
    let rows = of_example("max_norm", "--eps 0.2 --votes inf --samples 0");
    assert!(at(&rows, "voted", "inf").number("gap").abs() < 1e-14);
    assert!(at(&rows, "undefended", "").number("gap") > 0.04);
    assert!(at(&rows, "trained", "").number("gap") > 0.1, "one draw does not");
    let other = of_example("max_norm", "--eps 0.2 --votes inf --samples 0 --norm 2");
    assert!(at(&other, "voted", "inf").number("gap") > 1e-3, "nor does it against another norm");
}

#[test]
fn noise_in_proportion_to_the_data_leads_back_to_undefended() {
    for norm in ["1", "2", "inf"] {
        let rows = of_example(
            "proportional",
            &format!("--sigma 1.7 --votes inf --norm {norm} --samples 0"),
        );
        let (voted, undefended) = (at(&rows, "voted", "inf"), at(&rows, "undefended", ""));
        for column in EXACT {
            assert_close(voted.number(column), undefended.number(column), 1e-14);
        }
        assert_close(voted.number("invariance"), 1.0, 1e-9);
        assert!(voted.number("gap") > 1e-3);
    }
}

/// Beyond ‖μ‖ the adversary makes the classes one.
#[test]
fn where_nothing_can_be_learned_a_constant_is_optimal() {
    let rows = of_example("correlated", "--eps 5 --samples 10k");
    let optimum = at(&rows, "optimum", "");
    for column in ["clean_accuracy", "adversarial_accuracy", "mc_clean_accuracy"] {
        assert_close(
            optimum.number(column),
            0.7,
            if column.starts_with("mc") { 0.03 } else { 0.0 },
        );
    }
    assert_eq!(optimum.number("robust_accuracy"), 1.0);
    assert_eq!(optimum.text("margin_mean"), "");
    assert_eq!(optimum.text("agrees"), "true");
}

#[test]
fn a_folder_has_rows_weights_charts_and_findings() {
    let place = Place::new();
    let file = example("isotropic");
    let args = "--eps 0..1/3 --sigma 0,1 --votes 3 --samples 2k -o kept --seed 5";
    let args: Vec<&str> = ["nd", &file].into_iter().chain(args.split(' ')).collect();
    let first = place.run_args(&args).done();
    assert_eq!(first.out, "");
    assert!(
        first.err.starts_with("wrote kept: rows.csv, classifiers.csv, run.json, "),
        "{}",
        first.err
    );
    assert!(first.err.contains("agree: theory and simulation, 30 rows"), "{}", first.err);
    assert_eq!(rows(&place.text("kept/rows.csv")).len(), 30);
    let record = place.json("kept/run.json");
    assert_eq!(record["spec"]["task"]["task"]["covariance"], serde_json::json!([1.0, 0.25]));
    assert_eq!(record["simulation"]["seed"], 5);
    assert_eq!(record["judgement"]["verdict"], "agree");
    assert_eq!(record["findings"]["optima"].as_array().unwrap().len(), 3);
    let weights =
        table(&place.text("kept/classifiers.csv"), &["stage", "sigma", "eps", "bias", "w0", "w1"]);
    assert_eq!(weights.len(), 1 + 3 + 2 * 2, "undefended, optima, defended and trained");
    for line in &weights {
        assert_close(line.number("w0").hypot(line.number("w1")), 1.0, 1e-15);
    }
    // Again, from rows alone.
    place.run("plot kept/rows.csv -o again").done();
    let charts = place.names("again");
    assert!(charts.contains(&"gap_to_optimum_vs_eps.png".to_owned()), "{charts:?}");
    for chart in charts {
        assert_eq!(
            place.read(&format!("again/{chart}")),
            place.read(&format!("kept/{chart}")),
            "{chart}"
        );
    }
    // Nothing is written over.
    let again = place.run_args(&args);
    assert_eq!((again.code, again.out.as_str()), (2, ""));
    assert!(again.err.starts_with("error: kept/counts.json exists"), "{}", again.err);
}

/// One line, exit code 2, the entry or the flag by name.
#[test]
fn bad_tasks_and_flags_are_refused_by_name() {
    let place = Place::new();
    place.write("good.toml", "[task]\nmean = [1, 2]\ncovariance = 1\n");
    place.write("asymmetric.toml", "[task]\nmean = [1, 2]\ncovariance = [[1, 0.5], [0.6, 1]]\n");
    place.write("syntax.toml", "[task]\nmean = [1, 2\ncovariance = 1\n");
    place.write("slip.toml", "[task]\nmean = [1, 2]\ncovarance = 1\n");
    place.write("indefinite.toml", "[task]\nmean = [1, 2, 0]\ncovariance = 's.csv'\n");
    place.write("s.csv", "1,0.9,-0.9\n0.9,1,0.9\n-0.9,0.9,1\n");
    for (args, expected) in [
        ("nd", "TASK.toml is missing: name a task in TOML"),
        ("nd none.toml", "none.toml: cannot be read"),
        ("nd --example best", "--example: \"best\" is not an example: write isotropic, max_norm"),
        ("nd asymmetric.toml", "asymmetric.toml: task.covariance[1][0] = 0.6 is not possible: 0.5"),
        ("nd syntax.toml", "syntax.toml: line 3 is not TOML: "),
        ("nd slip.toml", "slip.toml: task.covarance is not known: write mean, covariance, prior"),
        ("nd indefinite.toml", "indefinite.toml: pivot 2 of task.covariance = "),
        (
            "nd good.toml --norm 0.5",
            "--norm: \"0.5\" is not a norm: write a number of at least 1, or inf",
        ),
        ("nd good.toml --sigma -1", "--sigma -1 is not possible: write a number from 0"),
        ("nd good.toml --eps -1", "--eps -1 is not possible: write a number from 0"),
        ("nd good.toml --stages best", "--stages: \"best\" is not a stage: write undefended"),
        ("nd good.toml --sigma 0..1/2000 --eps 0..1/2000", "--sigma 0..1/2000, --eps 0..1/2000"),
    ] {
        let run = place.run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
        assert!(run.err.starts_with(&format!("error: {expected}")), "{args}: {}", run.err);
    }
    assert_eq!(place.names("").len(), 6, "nothing was made");
    place.run("nd good.toml --samples 1k").done();
}

#[test]
fn the_counts_do_not_depend_on_threads() {
    let file = example("max_norm");
    let place = Place::new();
    let counts = |threads: &str| {
        let args = ["nd", &file, "--samples", "5k", "--format", "csv", "--threads", threads];
        place.run_args(&args).done().out
    };
    assert_eq!(counts("1"), counts("3"));
}

#[test]
fn an_example_is_printed_to_begin_with() {
    let place = Place::new();
    let text = place.run("nd --example isotropic").done().out;
    assert_eq!(text, std::fs::read_to_string(example("isotropic")).unwrap());
    place.write("task.toml", text);
    place.run("nd task.toml --samples 1k").done();
}

#[test]
fn the_help_explains_the_file() {
    let help = run("nd --help").done().out;
    for word in
        ["[task]", "[defense]", "[adversary]", "CSV", "--sigma", "optimum", "isotropic.toml"]
    {
        assert!(help.contains(word), "{word}");
    }
}
