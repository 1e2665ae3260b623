//! `gauss-sim evaluate`: the logged predictions of a defense.

use super::harness::{Place, Row, any_table};

/// The columns of its rows: a contract.
const OWN: &str = "stage,metric,draws,rule,votes,estimate,low,high,interval,error,fitted,definition,denominator,samples\n";

/// Two samples of three draws each, by hand: C = 2 and 3, A = 0 and 2; with the undefended model right on both, and after
/// its own attack on the second.
const LONG: &str = "\
sample,label,input,draw,prediction
a,cat,clean,0,cat
a,cat,clean,1,dog
a,cat,clean,2,cat
a,cat,attacked,0,dog
a,cat,attacked,1,dog
a,cat,attacked,2,dog
b,dog,clean,0,dog
b,dog,clean,1,dog
b,dog,clean,2,dog
b,dog,attacked,0,dog
b,dog,attacked,1,cat
b,dog,attacked,2,dog
a,cat,undefended,0,cat
b,dog,undefended,0,dog
a,cat,undefended_attacked,0,dog
b,dog,undefended_attacked,0,dog
";

#[track_caller]
fn value(rows: &[Row], stage: &str, metric: &str, draws: &str) -> f64 {
    let row = rows.iter().find(|row| {
        (row.text("stage"), row.text("metric"), row.text("draws")) == (stage, metric, draws)
    });
    row.unwrap_or_else(|| panic!("{stage} {metric} {draws}")).number("estimate")
}

/// Every estimate of the table, by hand.
#[test]
fn estimates_are_those_by_hand() {
    let place = Place::new();
    place.write("logs.csv", LONG);
    let text = place.run("evaluate logs.csv --votes 1..3:2 --tries 1..2 --format csv").done().out;
    assert!(text.starts_with(OWN), "{text}");
    let rows = any_table(&text);
    for (stage, metric, draws, expected) in [
        ("undefended", "clean_accuracy", "", 1.0),
        ("undefended", "adversarial_accuracy", "", 0.5),
        ("undefended", "robust_accuracy", "", 0.5),
        ("undefended", "attack_success_rate", "", 0.5),
        ("defended", "clean_accuracy", "", 5.0 / 6.0),
        ("defended", "adversarial_accuracy", "", 2.0 / 6.0),
        ("defended", "robust_accuracy", "fresh", (2.0 / 3.0) / (5.0 / 3.0)),
        ("defended", "attack_success_rate", "fresh", 0.6),
        // C(C − 1)/6: 1/3 and 1.
        ("defended", "redraw_success_rate", "fresh", 1.0 - (4.0 / 3.0) / (5.0 / 3.0)),
        // One of three pairs of a, all of b.
        ("defended", "agreement", "", (1.0 / 3.0 + 1.0) / 2.0),
        ("defended", "invariance", "", 5.0 / 6.0),
        // Both of two: none of a, one of three pairs of b.
        ("defended", "adversarial_accuracy", "persistent=2", 1.0 / 6.0),
        ("defended", "robust_accuracy", "persistent=2", (1.0 / 3.0) / (5.0 / 3.0)),
        ("voted", "clean_accuracy", "", 1.0),
        ("voted", "adversarial_accuracy", "", 0.5),
        ("voted", "robust_accuracy", "fresh", 0.5),
    ] {
        let found = value(&rows, stage, metric, draws);
        assert!((found - expected).abs() < 1e-12, "{stage} {metric} {draws}: {found}");
    }
    // An interval is on both sides of its estimate, and that of a success rate is the other's, turned.
    for row in &rows {
        let [low, value, high] = ["low", "estimate", "high"].map(|name| row.number(name));
        assert!(low <= value && value <= high && low < high, "{row:?}");
        if row.text("metric") == "attack_success_rate" {
            let same = |other: &&Row| {
                other.text("metric") == "robust_accuracy"
                    && (other.text("stage"), other.text("draws"))
                        == (row.text("stage"), row.text("draws"))
            };
            let robust = rows.iter().find(same).expect("both");
            assert_eq!((1.0 - robust.number("high"), 1.0 - robust.number("low")), (low, high));
        }
    }
    // The same draws: 2 right of a and none stays, 3 of b of which 2 do.
    let text = place.run("evaluate logs.csv --paired --votes 3 --tries 1 --format csv").done().out;
    let rows = any_table(&text);
    assert!((value(&rows, "defended", "robust_accuracy", "same") - 2.0 / 5.0).abs() < 1e-12);
    // Other draws than its own: b has 3·2 − 2 of 6.
    let fresh = value(&rows, "defended", "robust_accuracy", "fresh");
    assert!((fresh - (4.0 / 6.0) / (5.0 / 3.0)).abs() < 1e-12, "{fresh}");
}

/// The archive of numpy, the arrays by flags and the long form say the same.
#[test]
fn the_forms_of_a_log_are_one() {
    let place = Place::new();
    place.write("logs.csv", LONG);
    let semicolons = LONG.replace(',', ";").replace("cat", "7.0").replace("dog", "-1");
    place.write("other.csv", semicolons);
    place.write("y.csv", "cat\ndog\n");
    let text = |args: &str| place.run(&format!("evaluate {args} --format csv")).done().out;
    assert_eq!(text("logs.csv"), text("other.csv"));
}

#[test]
fn a_folder_has_tables_charts_and_a_task() {
    let place = Place::new();
    let mut text = "sample,label,input,prediction\n".to_owned();
    // Counts of right draws that spread: sample i is right in about i of 8.
    for i in 0..400_u32 {
        for (input, less) in [("clean", 0), ("attacked", 2)] {
            for draw in 0..8 {
                let right = (i * 5 + draw * 3 + i / 9) % 8 + less <= i % 9;
                text += &format!("{i},1,{input},{}\n", u8::from(right));
            }
        }
    }
    place.write("logs.csv", &text);
    let run = place.run("evaluate logs.csv -o out --compare logs.csv").done();
    assert!(run.out.is_empty() && run.err.contains("wrote out: metrics.csv, "), "{run:?}");
    let names = place.names("out");
    for name in [
        "accuracy_vs_tries.svg",
        "accuracy_vs_votes.pdf",
        "comparison.csv",
        "counts.csv",
        "counts.png",
        "curves.csv",
        "fit.csv",
        "metrics.csv",
        "question.toml",
        "run.json",
        "task.toml",
    ] {
        assert!(names.iter().any(|other| other == name), "{name}: {names:?}");
    }
    let fit = &any_table(&place.text("out/fit.csv"))[0];
    // The fitted task is a question of other verbs, with the fitted numbers.
    let rows =
        place.run("theory --spec out/question.toml --stages defended --format csv").done().rows();
    let curves = any_table(&place.text("out/curves.csv"));
    let one = curves
        .iter()
        .find(|row| row.text("input") == "clean" && row.text("number") == "1")
        .unwrap();
    assert!((rows[0].number("clean_accuracy") - one.number("fitted")).abs() < 1e-12);
    assert_eq!(rows[0].number("eps"), fit.number("eps"));
    place.run("nd out/task.toml --sigma 1 --samples 0").done();
    // A log is as good as itself.
    for row in any_table(&place.text("out/comparison.csv")) {
        assert_eq!(row.number("difference"), 0.0);
        assert!(row.text("sign_p_value").is_empty() || row.number("sign_p_value") == 1.0);
    }
    // The charts can be drawn from the tables again.
    place.run("plot out -o again").done();
    let again = place.run("evaluate --spec out/run.json --format csv").done().out;
    assert_eq!(again, place.text("out/metrics.csv"));
}

/// One draw of eight samples: 5 are right under the first alone and 1 under the second alone, so that the exact two-sided p-value is
/// 2·(1 + 6)/64.
#[test]
fn a_comparison_is_that_by_hand() {
    let place = Place::new();
    for (name, right) in [("a.csv", "11111100"), ("b.csv", "00000110")] {
        let mut text = "sample,label,input,prediction\n".to_owned();
        for (i, said) in right.chars().enumerate() {
            text += &format!("{i},1,clean,{said}\n{i},1,attacked,{said}\n");
        }
        place.write(name, &text);
    }
    place.run("evaluate a.csv --compare b.csv --votes 1 --tries 1 -o out --no-plots").done();
    let rows = any_table(&place.text("out/comparison.csv"));
    for metric in ["clean_accuracy", "adversarial_accuracy"] {
        let row = rows.iter().find(|row| row.text("metric") == metric).expect(metric);
        for (column, expected) in [
            ("first", 0.75),
            ("second", 0.25),
            ("difference", -0.5),
            ("first_better", 5.0),
            ("second_better", 1.0),
            ("sign_p_value", 0.21875),
        ] {
            let found = row.number(column);
            assert!((found - expected).abs() < 1e-12, "{metric} {column}: {found}");
        }
    }
}

/// One defense always right, one always wrong: the difference is −1, and no interval begins before it.
#[test]
fn a_comparison_has_the_whole_difference() {
    let place = Place::new();
    for (name, said) in [("a.csv", 1), ("b.csv", 0)] {
        let mut text = "sample,label,input,prediction\n".to_owned();
        for i in 0..16 {
            text += &format!("{i},1,clean,{said}\n{i},1,attacked,{said}\n");
        }
        place.write(name, &text);
    }
    place.run("evaluate a.csv --compare b.csv --votes 1 --tries 1 -o out --no-plots").done();
    let rows = any_table(&place.text("out/comparison.csv"));
    let row = rows.iter().find(|row| row.text("metric") == "clean_accuracy").expect("a row");
    assert_eq!((row.number("difference"), row.number("low")), (-1.0, -1.0));
    // Of the mean 0 of ½(1 + difference): (1 + ½(1 − r)/r)¹⁶ = 40 at 1 − r.
    let growth = 40.0_f64.powf(1.0 / 16.0) - 1.0;
    let high = 2.0 * (1.0 - 0.5 / (growth + 0.5)) - 1.0;
    assert!((row.number("high") - high).abs() < 1e-10, "{row:?} {high}");
    assert!((row.number("p_value") - 2.0 / 1.5_f64.powi(16)).abs() < 1e-15, "{row:?}");
    assert!((row.number("sign_p_value") - 2.0 * 0.5_f64.powi(16)).abs() < 1e-18, "{row:?}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = Place::new();
    place.write("logs.csv", LONG);
    place.write("short.csv", LONG.replace("b,dog,clean,2,dog\n", ""));
    place.write("twice.csv", format!("{LONG}b,dog,clean,2,dog\n"));
    place.write("label.csv", LONG.replace("b,dog,clean,1", "b,cat,clean,1"));
    place.write("input.csv", LONG.replace("a,cat,attacked,1", "a,cat,hacked,1"));
    place.write("column.csv", LONG.replace("prediction", "said"));
    place.write("empty.csv", "sample,label,input,draw,prediction\n");
    place.write("half.csv", "sample,label,input,draw,prediction\na,1,clean,0,1\n");
    place.write("pickle", b"\x80\x04\x95\x05");
    place.write("cut.npz", b"PK\x03\x04\x14\x00");
    let data = format!("{}/tests/data/arrays", env!("CARGO_MANIFEST_DIR"));
    let other = LONG.replace("dog", "cow").replace("cat", "dog");
    place.write("other.csv", other);
    for (args, expected) in [
        ("", "--labels is missing: name a file of logs, or labels, clean and attacked by flags"),
        ("none.npz", "none.npz: cannot be read"),
        (
            "short.csv",
            "short.csv: has 2 draws of its sample number 2 on the input clean, and 3 of the first",
        ),
        ("twice.csv", "twice.csv: line 18 has the sample, input and draw of line 10"),
        ("label.csv", "label.csv: line 9: sample b has another label than before"),
        ("input.csv", "input.csv: line 6: \"hacked\" is no input: write one of clean, attacked"),
        (
            "column.csv",
            "column.csv: has no column prediction: write sample,label,input,draw,prediction",
        ),
        ("empty.csv", "empty.csv: has a header and no predictions"),
        ("half.csv", "half.csv: has no predictions on the input attacked"),
        ("pickle", "pickle: is a pickle, which is not read"),
        ("cut.npz", "cut.npz: is a broken archive"),
        ("{data}/objects.npz", "{data}/objects.npz: labels holds Python objects"),
        ("{data}/zeros.npz", "{data}/zeros.npz: it has no array labels, but x"),
        (
            "{data}/matrix.npy",
            "{data}/matrix.npy: it has no array labels, but one array without a name",
        ),
        ("--labels {data}/matrix.npy", "{data}/matrix.npy: labels has 0.5, which is no label"),
        (
            "--labels {data}/strings.npy --clean {data}/cube.npy --attacked {data}/cube.npy",
            "{data}/cube.npy: clean has 3 dimensions",
        ),
        ("logs.csv --votes inf", "--votes: inf is not possible: write whole numbers"),
        (
            "logs.csv --tries 0",
            "--tries: \"0\" is not a number of tries: write a whole number from 1 to 1000000, or as in 1..50",
        ),
        ("logs.csv --tries 1e9", "--tries: \"1e9\" is not a number of tries"),
        ("logs.csv --tries 1,inf", "--tries: \"1,inf\" is not a number of tries"),
        ("logs.csv --tries 1..9:0.5", "--tries: \"1..9:0.5\" is not a number of tries"),
        ("logs.csv --tries 1..3000", "--tries: 3000 numbers are too many"),
        ("logs.csv --confidence 1", "--confidence: "),
        ("logs.csv --compare other.csv", "--compare other.csv: its labels are others"),
        (
            "logs.csv --labels logs.csv",
            "logs.csv: is a table of all predictions: leave --labels out",
        ),
    ] {
        let [args, expected] = [args, expected].map(|text| text.replace("{data}", &data));
        let run = place.run(&format!("evaluate {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:?}");
        let line = run.err.trim_end();
        assert!(line.starts_with(&format!("error: {expected}")), "{args}: {line}");
        assert!(!line.contains('\n'), "{args}: {line}");
    }
}
