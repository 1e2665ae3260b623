//! `gauss-sim certify`: randomized smoothing with finitely many answers.

use super::harness::{Row, assert_close, like_any_other, run};

/// The keys and rates of a row: a contract.
const OWN: &str = "mean,data_std,shift,threshold,prior,sigma,n0,n,alpha,radius,procedure,average_certified_radius,radius_max,\
                   constant_radius,true_radius_accuracy,abstain_floor,label,certified_accuracy,right,wrong,abstain,\
                   certified_among_answered,samples,";

#[track_caller]
fn rows(args: &str) -> Vec<Row> {
    let text = run(&format!("certify {args} --format csv")).done().out;
    assert!(text.starts_with(OWN), "{text}");
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    super::harness::table(&text, &header)
}

/// The values of the note on orientation.
#[test]
fn known_values_are_met() {
    let row = &rows("--n 100 --samples 0")[0];
    assert_close(row.number("certified_accuracy"), 0.511_281_752_558_623, 1e-14);
    assert_close(row.number("abstain"), 0.192_821_772_422_307, 1e-14);
    assert_close(row.number("abstain_floor"), 0.024_262_489_688_657_1, 1e-14);
    let row = &rows("--n 1000 --samples 0")[0];
    assert_close(row.number("average_certified_radius"), 0.9039, 1e-4);
    assert_close(row.number("constant_radius"), 1.2316, 1e-4);
}

/// Infinitely many answers certify the adversarial accuracy, whatever the noise is; and nothing certifies more.
#[test]
fn the_limit_is_the_adversarial_accuracy() {
    let question = "--mean 1.2 --data-std 0.8";
    for row in
        rows(&format!("{question} --sigma 0.25,1,4 --n 50,1e7,inf --radius 0,0.5,1 --samples 0"))
    {
        let eps = row.text("radius").to_owned();
        let known = run(&format!(
            "theory {question} --sigma 1 --stages undefended --eps {eps} --format csv"
        ))
        .done();
        let known = known.rows()[0].number("adversarial_accuracy");
        assert_close(row.number("true_radius_accuracy"), known, 1e-14);
        match row.text("n") {
            "inf" => assert_close(row.number("certified_accuracy"), known, 1e-14),
            _ => assert!(row.number("certified_accuracy") < known),
        }
        let total = row.number("right") + row.number("wrong") + row.number("abstain");
        assert_close(total, 1.0, 1e-13);
    }
}

#[test]
fn theory_and_simulation_agree() {
    for args in [
        "--sigma 0.5,1,3 --n0 10,101 --n 10,101,1000,inf --alpha 0.001,0.1 --radius 0,0.5,1.5",
        "--shift 1 --threshold 0.25 --prior 0.2 --n 200 --n0 7,inf --radius 0,1",
        "--predict --n 10,11,100,inf --sigma 0.5,2 --alpha 0.001,0.3",
        "--predict --shift 1 --prior 1 --n 64",
        "--mean -0.5 --data-std 0.1 --sigma 2 --n 20,400 --alpha 0.5",
        "--prior 0 --n 50 --alpha 0.0009765625 --n0 1",
    ] {
        for row in rows(&format!("{args} --samples 20k")) {
            assert_eq!(
                (row.text("agrees"), row.count("samples")),
                ("true", 20_000),
                "{args}: {row:?}"
            );
            let answered = row.count("answered_right") + row.count("answered_wrong");
            assert_eq!(answered + row.count("abstained"), 20_000);
            let predict = row.text("procedure") == "predict";
            assert_eq!(row.text("certified_accuracy").is_empty(), predict);
            assert_eq!(row.text("mc_certified_accuracy").is_empty(), predict);
        }
    }
}

#[test]
fn the_planner_answers_or_says_why_not() {
    for (args, expected) in [
        (
            "radius=4",
            "radius 4: n = 218105 is the smallest number that does, and every larger number does",
        ),
        (
            "abstain=0.02",
            "abstain ≤ 0.02: impossible: a selection by n0 = 100 answers alone leaves abstain above 0.024262",
        ),
        (
            "abstain=0.05",
            "abstain ≤ 0.05: n = 2171 is the smallest number that does, every number from 2213 on does",
        ),
        (
            "loss=0.04",
            "loss ≤ 0.04 at radius 0.5: n = 1398 is the smallest number that does, every number from 1440 on does",
        ),
        ("radius=40", "radius 40: no n up to 1000000000 is enough: radius 40 takes a larger sigma"),
    ] {
        let found = run(&format!("certify --n-for {args}")).done().out;
        assert!(found.starts_with(expected), "{found}");
    }
    // The number that is found is enough, and the one before is not.
    let abstain: Vec<f64> = rows("--n 2170,2171,2212,2213 --samples 0")
        .iter()
        .map(|row| row.number("abstain"))
        .collect();
    assert_eq!(
        abstain.iter().map(|share| *share <= 0.05).collect::<Vec<_>>(),
        [false, true, false, true]
    );
    let found =
        run("certify --n-for abstain=0.05 --sigma 0.5,1 --n0 100,inf --format json").done().out;
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert!(found.to_string().contains("\"n_from\":2213"), "{found}");
}

#[test]
fn ten_answers_never_predict_at_a_thousandth() {
    let run = run("certify --predict --n 10 --samples 0 --format csv").done();
    assert!(
        run.err.contains("n = 10, alpha = 0.001: always abstains")
            && run.err.contains("it takes 11"),
        "{}",
        run.err
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, expected) in [
        ("--alpha 2", "--alpha 2 is not possible: write a number from 1e-100 to 0.5"),
        ("--alpha 0", "--alpha 0 is not possible"),
        ("--n 0", "--n: \"0\" is not a number of answers: write whole numbers from 1"),
        ("--n 10.5", "--n: \"10.5\" is not a number of answers"),
        ("--n 1..3:0.5", "--n: \"1..3:0.5\" includes 1.5"),
        ("--n0 none", "--n0: \"none\" is not a number of answers"),
        (
            "--sigma 0",
            "--sigma 0 is not possible: write a number from 1e-15 to 1e15: a certificate needs noise",
        ),
        ("--radius -1", "--radius -1 is not possible: write a number from 0"),
        ("--radius nan", "--radius: \"nan\""),
        ("--prior 2", "--prior 2 is not possible: write a number from 0 to 1"),
        ("--data-std 0", "--data-std 0 is not possible"),
        ("--predict=perhaps", "--predict: \"perhaps\" is neither true nor false"),
        ("--predict --radius 1", "--radius: --predict selects no class and certifies no radius"),
        ("--predict --n-for radius=4", "--n-for: --predict selects no class"),
        (
            "--n-for foo",
            "--n-for: \"foo\" is not possible: write radius=4, abstain=0.02 or loss=0.01",
        ),
        (
            "--n-for abstain=2",
            "--n-for: \"abstain=2\" is not possible: write a share between 0 and 1",
        ),
        ("--n 1..50000:1 --radius 0..1/101", "--sigma 1, --n 1..50000:1"),
    ] {
        let run = run(&format!("certify {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
        assert!(run.err.starts_with(&format!("error: {expected}")), "{args}: {}", run.err);
    }
}

/// A kind like any other: a folder with charts, shared, merged, resumed and drawn again.
#[test]
fn it_is_a_run_like_any_other() {
    let question = "--sigma 0.5,1,2 --n 50,500,inf --radius 0..2/9 --samples 200k";
    like_any_other(
        "certify",
        question,
        &["certified_accuracy_vs_sigma", "certified_accuracy_vs_radius", "abstain_vs_n"],
        true,
    );
}
