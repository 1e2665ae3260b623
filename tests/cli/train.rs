//! `gauss-sim train`: learners watched.

use super::harness::{Place, Row, run, table};

const STATISTICS: [&str; 5] = ["mean", "sd", "q05", "q50", "q95"];

/// The columns of train.csv and epochs.csv: a contract.
fn columns() -> Vec<String> {
    let first = [
        "method",
        "mean",
        "data_std",
        "shift",
        "sigma",
        "eps",
        "train_size",
        "epoch",
        "repetitions",
        "learned",
        "constant",
        "separable",
        "reversed",
        "diverged",
    ];
    let mut columns: Vec<String> = first.map(str::to_owned).to_vec();
    for quantity in
        ["threshold", "clean_accuracy", "adversarial_accuracy", "robust_accuracy", "invariance"]
    {
        columns.extend(STATISTICS.map(|statistic| format!("{quantity}_{statistic}")));
        columns.extend((quantity == "threshold").then(|| "asymptotic_sd".to_owned()));
    }
    columns.extend(["minimisers", "lowest_minimiser", "highest_minimiser"].map(str::to_owned));
    columns
}

#[track_caller]
fn rows(text: &str) -> Vec<Row> {
    let columns = columns();
    table(text, &columns.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Small, and done at once.
const SMALL: &str = "train --train-size 100,1000 --repetitions 40 --epochs 3";

#[test]
fn the_rows_of_the_three_methods() {
    let rows = rows(&run(&format!("{SMALL} --format csv")).done().out);
    let names: Vec<(&str, u64)> =
        rows.iter().map(|row| (row.text("method"), row.count("train_size"))).collect();
    let at = |n| [("zero-one", n), ("logistic", n), ("sgd", n)];
    assert_eq!(names, [at(100), at(1000)].concat());
    for row in &rows {
        assert_eq!((row.count("repetitions"), row.count("learned")), (40, 40));
        assert_eq!(row.text("epoch"), if row.text("method") == "sgd" { "3" } else { "" });
        assert_eq!(row.text("asymptotic_sd").is_empty(), row.text("method") == "sgd");
        assert_eq!(row.text("minimisers").is_empty(), row.text("method") != "zero-one");
        for quantity in
            ["threshold", "clean_accuracy", "adversarial_accuracy", "robust_accuracy", "invariance"]
        {
            let [mean, sd, low, middle, high] =
                STATISTICS.map(|statistic| row.number(&format!("{quantity}_{statistic}")));
            assert!(
                low < middle && middle < high && low < mean && mean < high && sd > 0.0,
                "{row:?}"
            );
        }
        // nothing is more accurate than the best threshold, nor less invariant than half
        assert!(row.number("clean_accuracy_q95") <= 0.760_249_938_906_523_3);
        assert!(row.number("invariance_q05") > 0.5);
    }
    let best = &rows[0];
    assert!(best.number("minimisers") >= 1.0);
    assert!(best.number("lowest_minimiser") < best.number("threshold_mean"));
    assert!(best.number("highest_minimiser") > best.number("threshold_mean"));
}

/// With so little noise of training, k̂ is shift: the accuracies are those of stage `trained`, 20 digits
/// of which are known. k̂ − shift, about 0.01, costs its square.
#[test]
fn much_training_finds_the_trained_stage() {
    let found =
        run("train --train-size 50000 --method logistic --repetitions 10 --eps 0.5,1 --format csv");
    let rows = rows(&found.done().out);
    assert_eq!(rows.len(), 2);
    for (column, exact) in [
        ("clean_accuracy_mean", 0.760_249_938_906_523_3),
        ("adversarial_accuracy_mean", 0.638_163_195_084_118_5),
        ("invariance_mean", 0.817_730_030_700_849_1),
    ] {
        let value = rows[0].number(column);
        assert!((value - exact).abs() < 1e-3, "{column}: {value}");
    }
    assert!(rows[1].number("robust_accuracy_mean") < rows[0].number("robust_accuracy_mean"));
    assert_eq!(rows[1].text("threshold_mean"), rows[0].text("threshold_mean"));
}

#[test]
fn the_table_is_for_reading() {
    let found = run(SMALL).done();
    for text in ["σ = 1", "ε = 0.5", "40 repetitions, seed 1", "learning rate 0.1", "theory"] {
        assert!(found.out.contains(text), "{text}: {}", found.out);
    }
    assert_eq!(found.out.lines().filter(|line| line.starts_with(" logistic")).count(), 2);
    assert_eq!(found.err, "");
}

#[test]
fn every_format() {
    let json: serde_json::Value =
        serde_json::from_str(&run(&format!("{SMALL} --format json")).done().out).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 6);
    assert_eq!(json["epochs"].as_array().unwrap().len(), 2 * 4);
    assert_eq!(json["run"]["spec"]["train_size"], "100,1000");
    assert_eq!(json["rows"][0]["epoch"], serde_json::Value::Null);
    let markdown = run(&format!("{SMALL} --format markdown")).done().out;
    assert!(markdown.starts_with("| method"), "{markdown}");
    let latex = run(&format!("{SMALL} --format latex")).done().out;
    assert!(latex.starts_with("\\begin{tabular}") && latex.contains("sd $k$"), "{latex}");
}

#[test]
fn a_folder_gets_rows_epochs_a_record_and_charts() {
    let place = Place::new();
    let question = format!("{SMALL} --sigma 0.5,1 -o found");
    assert_eq!(place.run(&question).done().out, "");
    let mut files =
        ["counts.json", "epochs.csv", "run.json", "train.csv"].map(str::to_owned).to_vec();
    for name in ["threshold_sd_vs_train_size", "training_vs_epoch"] {
        files.extend(["pdf", "png", "svg"].map(|ending| format!("{name}.{ending}")));
    }
    files.sort();
    assert_eq!(place.names("found"), files);
    let (last, epochs) =
        (rows(&place.text("found/train.csv")), rows(&place.text("found/epochs.csv")));
    assert_eq!((last.len(), epochs.len()), (2 * 2 * 3, 2 * 2 * 4));
    // before training every classifier is the undefended one, exactly
    for start in epochs.iter().filter(|row| row.text("epoch") == "0") {
        assert_eq!(start.number("threshold_mean"), 0.0);
        assert_eq!(start.number("robust_accuracy_sd"), 0.0);
    }
    let known = epochs.iter().find(|row| row.number("sigma") == 1.0).unwrap();
    assert_eq!(known.number("invariance_mean"), 0.75);
    // training raises invariance and lowers robust accuracy
    for pair in epochs.windows(2).filter(|pair| pair[0].text("epoch") < pair[1].text("epoch")) {
        assert!(pair[0].number("invariance_mean") < pair[1].number("invariance_mean") + 1e-3);
    }
    let rises = |n: &str| {
        let of: Vec<&Row> = epochs
            .iter()
            .filter(|row| row.number("sigma") == 1.0 && row.text("train_size") == n)
            .collect();
        of[3].number("invariance_mean") > of[0].number("invariance_mean")
            && of[3].number("robust_accuracy_mean") < of[0].number("robust_accuracy_mean")
    };
    assert!(rises("100") && rises("1000"));
    assert_eq!(place.json("found/run.json")["spec"]["method"][2], "sgd");
    for text in ["k = shift", "N = 100", "rate of invariance"] {
        assert!(place.text("found/training_vs_epoch.svg").contains(text), "{text}");
    }

    let again = place.run(&question);
    assert_eq!(again.code, 2);
    assert!(
        again.err.contains("counts.json exists") && again.err.contains("--force"),
        "{}",
        again.err
    );
    place.run(&format!("{question} --force --no-plots")).done();
}

/// Where next to nothing can be learned the limit laws are far off the page, and the charts still drawn.
#[test]
fn charts_of_hopeless_training() {
    for question in ["--mean 1e-300", "--learning-rate 1e308", "--shift 0 --sigma 0 --epochs 0"] {
        let place = Place::new();
        let sizes = "--train-size 2,100,1000 --repetitions 5 -o found";
        place.run(&format!("train {question} {sizes}")).done();
        assert!(place.names("found").contains(&"threshold_sd_vs_train_size.png".to_owned()));
    }
}

#[test]
fn a_folder_without_sgd_has_no_epochs() {
    let place = Place::new();
    place.run("train --method logistic --train-size 50 --repetitions 3 -o found").done();
    assert_eq!(place.names("found"), ["counts.json", "run.json", "train.csv"]);
}

#[test]
fn no_number_depends_on_the_threads() {
    let question = format!("{SMALL} --sigma 0.5,2 --format csv --threads");
    let one = run(&format!("{question} 1")).done().out;
    assert_eq!(run(&format!("{question} 3")).done().out, one);
    assert_ne!(run(&format!("{question} 3 --seed 2")).done().out, one);
}

/// Repetitions without a threshold are counted, and said in one line each; their cells are empty where
/// none is left.
#[test]
fn failures_are_said_and_not_numbers() {
    let found = run("train --train-size 1 --repetitions 5 --method zero-one,logistic --format csv");
    let found = found.done();
    let few = rows(&found.out);
    assert_eq!((few[0].count("constant"), few[0].count("learned")), (5, 0));
    assert_eq!((few[1].count("separable"), few[1].count("learned")), (5, 0));
    for row in &few {
        for column in columns().iter().filter(|name| name.contains("_q") || name.contains("_sd")) {
            assert!(column == "asymptotic_sd" || row.text(column).is_empty(), "{column}: {row:?}");
        }
    }
    assert_eq!(found.err.lines().count(), 2, "{}", found.err);
    assert!(found.err.contains("logistic at sigma 1, train size 1: 5 of 5 repetitions"));
    assert!(!found.out.contains("NaN") && !found.out.contains("inf"), "{}", found.out);

    let blown = run(
        "train --method sgd --train-size 100 --repetitions 5 --epochs 2 --learning-rate 1e308 --format csv",
    );
    let blown = blown.done();
    let row = &rows(&blown.out)[0];
    assert_eq!(row.count("learned") + row.count("diverged") + row.count("reversed"), 5);
    assert!(row.count("diverged") > 0, "{row:?}");
    assert!(blown.err.contains("diverged"), "{}", blown.err);
    let table = run("train --method sgd --train-size 100 --repetitions 5 --learning-rate 1e308");
    let table = table.done();
    assert!(table.out.contains(" of 5") && table.out.contains("1e308,"), "{}", table.out);
}

#[test]
fn bad_questions_are_refused_in_one_line() {
    for (args, texts) in [
        (
            "--method magic",
            ["--method", "\"magic\" is not a method: write zero-one, logistic or sgd"],
        ),
        ("--mean 0", ["--mean 0", "above 0"]),
        ("--mean=-1", ["--mean -1", "above 0"]),
        ("--data-std 0", ["--data-std 0", "from 1e-15"]),
        ("--sigma=-1", ["--sigma -1", "from 0"]),
        ("--eps=-1", ["--eps -1", "from 0"]),
        ("--train-size 0", ["--train-size 0", "from 1 to 10000000"]),
        ("--train-size 1e8", ["--train-size 100000000", "from 1 to 10000000"]),
        ("--repetitions 0", ["--repetitions 0", "at least 1"]),
        ("--repetitions 1e6", ["--repetitions 1000000, --epochs 20", "at most 5 million"]),
        (
            "--train-size 1e7 --repetitions 1e4",
            ["--train-size 1e7, --repetitions 10000", "at most 1e11"],
        ),
        ("--epochs 1.5", ["--epochs", "not a whole number"]),
        ("--batch-size 0", ["--batch-size 0", "from 1 to"]),
        ("--learning-rate 0", ["--learning-rate 0", "above 0"]),
        ("--learning-rate=-1", ["--learning-rate -1", "above 0"]),
        ("--learning-rate fast", ["--learning-rate", "not a number"]),
        ("--sigma 0..4/1000 --eps 0..1/1000 --train-size 1", ["--sigma 0..4/1000", "at most"]),
    ] {
        let place = Place::new();
        let run = place.run(&format!("train {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        for text in texts {
            assert!(run.err.contains(text), "{text} is not in {}", run.err);
        }
        assert!(place.names("").is_empty());
    }
}

/// What only sgd looks at is said to change nothing where sgd is not asked for.
#[test]
fn flags_of_sgd_are_said_to_change_nothing_without_it() {
    let args = "train --train-size 20 --repetitions 2 --epochs 3 --learning-rate 0.2";
    let without = run(&format!("{args} --method zero-one")).done();
    let lines: Vec<&str> = without.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", without.err);
    for (line, flag) in lines.iter().zip(["--epochs 3", "--learning-rate 0.2"]) {
        assert!(
            line.starts_with(&format!("{flag} changes nothing without the method sgd")),
            "{line}"
        );
    }
    assert_eq!(run(&format!("{args} --method sgd")).done().err, "");
}
