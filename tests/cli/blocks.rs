//! `gauss-sim blocks` and `nd --blocks`: independent sub-problems.

use super::harness::{Place, Row, any_table, assert_close, like_any_other, run, table};

/// The keys and rates of a row: a contract.
const OWN: &str = "blocks,mean,data_std,correlation,mix,norm,eps,pay,choice,k,evaluated,known,adversarial_low,adversarial_high,\
                   optimum,label,clean_accuracy,adversarial_accuracy,robust_accuracy,attack_success_rate,samples,";

#[track_caller]
fn rows_of(command: &str) -> Vec<Row> {
    let text = run(&format!("{command} --format csv")).done().out;
    assert!(text.starts_with(OWN), "{text}");
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    table(&text, &header)
}

fn rows(args: &str) -> Vec<Row> {
    rows_of(&format!("blocks {args}"))
}

fn of<'a>(rows: &'a [Row], choice: &str) -> &'a Row {
    rows.iter().find(|row| row.text("choice") == choice).unwrap()
}

/// The values of the note on orientation, and what theorems 1 and 2 say of them.
#[test]
fn known_values_are_met() {
    let two = rows("--blocks 2 --samples 0");
    assert_close(of(&two, "random").number("adversarial_accuracy"), 0.701_342_906_975_931, 1e-13);
    let five = rows("--mean 1 --norm inf --eps 0.5 --choice majority --samples 0");
    assert_close(five[0].number("adversarial_accuracy"), 0.825_442_804_134_119, 1e-14);
    let three = rows("--blocks 3 --eps 2 --choice random,vote=1,vote=2,vote=3 --samples 0");
    let values: Vec<f64> = three.iter().map(|row| row.number("adversarial_accuracy")).collect();
    assert!(values[2] < values[0] && values[0] < values[1], "{values:?}");
    assert_close(values[0], (values[1] + values[2] + values[3]) / 3.0, 1e-12);
    assert!(three.iter().all(|row| row.number("adversarial_accuracy") <= row.number("optimum")));
}

#[test]
fn theory_and_simulation_agree() {
    for args in [
        "--norm 2,1,inf,0 --eps 0,0.5,2,4 --choice random,votes,vote=5,single,joint,optimum",
        "--blocks 4 --mean 0.5,1,2,0 --data-std 1,0.5,2,1 --norm 2,1,inf,0 --eps 1,2",
        "--blocks 8 --mean 1 --norm 2,1 --eps 2,4 --choice random,majority",
        "--pay 0.1,0.3,1 --norm 2,1,inf,0 --blocks 3",
        "--blocks 2 --mix 0.8 --mean 1,2 --norm 2,1,inf,0 --eps 0,1,2.5",
        "--blocks 2 --correlation 0.6 --mix 0.3 --mean 1.5,0.5 --eps 0,0.5,1,3",
        "--blocks 2 --correlation -0.9 --mean 1,1 --eps 0.5,2",
        "--blocks 2 --correlation -0.7 --mix 0.8 --mean 1,0.5 --eps 0.5,2",
        "--blocks 1..4:1 --mean 0 --eps 0,1",
        "--mean 2 --blocks 12 --data-std 0.25 --eps 5 --norm 2",
    ] {
        for row in rows(&format!("{args} --samples 40k")) {
            assert_eq!(
                (row.text("agrees"), row.count("samples")),
                ("true", 40_000),
                "{args}: {row:?}"
            );
            let between = row.text("known") == "bounds";
            assert_eq!(row.text("adversarial_accuracy").is_empty(), between, "{args}: {row:?}");
            if between {
                let (low, high) = (row.number("adversarial_low"), row.number("adversarial_high"));
                assert!(low <= row.number("mc_adversarial_high"), "{args}: {row:?}");
                assert!(high >= row.number("mc_adversarial_low"), "{args}: {row:?}");
            }
        }
    }
}

/// An adversary who pays spares the random choice, and nothing else.
#[test]
fn a_price_helps_the_random_choice() {
    let (paid, spent) =
        (rows("--pay 1 --norm 1 --samples 0"), rows("--eps 1 --norm 1 --samples 0"));
    let value = |rows: &[Row], choice| of(rows, choice).number("adversarial_accuracy");
    assert!(value(&paid, "random") > value(&spent, "random") + 0.1);
    assert!(value(&paid, "random") > 0.9, "above each of the five blocks against a budget");
    for choice in ["single", "joint", "optimum", "vote"] {
        assert_close(value(&paid, choice), value(&spent, choice), 1e-15);
    }
    // Each block is worth 1/5: Φ(1.5 − 0.2).
    assert_close(value(&paid, "random"), 0.903_199_515_414_389_8, 1e-14);
    let paid = rows("--pay 1 --norm 2 --choice random --samples 20k");
    assert_eq!((paid[0].text("known"), paid[0].number("eps")), ("bounds", 1.0));
}

/// A mix of two classifiers is never above the deterministic optimum.
#[test]
fn no_mix_exceeds_the_optimum() {
    for rho in ["-0.5", "0.3", "0.9"] {
        for mix in ["0", "0.3", "0.5", "1"] {
            let rows = rows(&format!(
                "--blocks 2 --correlation {rho} --mix {mix} --mean 1,1.5 --eps 0..2/5 --samples 0 --choice random,optimum"
            ));
            for row in rows {
                let least = row.number("optimum") + 1e-12;
                assert!(row.number("adversarial_accuracy") <= least, "{row:?}");
            }
        }
    }
}

/// A block of each coordinate is what the blocks of its laws are; and real vectors agree with theory.
#[test]
fn a_task_has_blocks_of_coordinates() {
    let place = Place::new();
    let task = "[task]\nmean = [1.0, 2.0, 0.5, 0.5]\ncovariance = [1.0, 4.0, 0.25, 0.5]\n[adversary]\nnorm = 2\n";
    place.write("task.toml", task);
    let same = place.run("nd task.toml --blocks 0,1,2 --eps 1 --samples 0 --format csv").done();
    let known = rows("--blocks 3 --mean 1,2,0.5 --data-std 1,2,0.5 --eps 1 --samples 0");
    for (row, known) in any_table(&same.out).iter().zip(&known) {
        for rate in ["clean_accuracy", "adversarial_accuracy", "optimum"] {
            assert_close(row.number(rate), known.number(rate), 1e-12);
        }
    }
    for flags in ["--blocks 0-1,2-3", "--blocks 0+2,1+3 --norm inf", "--blocks 0-3 --norm 1"] {
        let run =
            place.run(&format!("nd task.toml {flags} --eps 0,0.5,1 --samples 40k --format csv"));
        for row in any_table(&run.done().out) {
            assert_eq!(row.text("agrees"), "true", "{flags}: {row:?}");
            assert!(row.number("adversarial_accuracy") <= row.number("optimum") + 1e-12);
        }
    }
    let full = "[task]\nmean = [1.0, 2.0, 0.5]\ncovariance = [[1, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 1]]\n[adversary]\nnorm = 3\n";
    place.write("full.toml", full);
    for (args, expected) in [
        ("nd full.toml --blocks 0-1,2", "--norm 3 is not possible: write --norm 2, 1, inf or 0"),
        (
            "nd full.toml --blocks 0-1,2 --norm 2",
            "full.toml: covariance[1][2] = 0.25 is not possible: 0, as between",
        ),
        (
            "nd full.toml --blocks 0,7 --norm 2",
            "full.toml: coordinate = 7 is not possible: a coordinate of the task, 0 to 2",
        ),
        ("nd full.toml --blocks 0,0-1 --norm 2", "--blocks: coordinate 0 is in two blocks"),
        ("nd full.toml --blocks x", "--blocks: \"x\" is neither a number of blocks, as in 5"),
        ("nd full.toml --blocks 3-", "--blocks: \"3-\" is no block of coordinates"),
        (
            "nd full.toml --blocks 0 --sigma 2",
            "--sigma does not go with --blocks: leave out one of the two",
        ),
        ("blocks --task full.toml", "--blocks (none) is not possible"),
        ("nd full.toml --pay 1", "--pay goes with --blocks: add it, or leave --pay out"),
        (
            "blocks --task full.toml --blocks 0 --mean 2",
            "--mean: the task says what its blocks are",
        ),
        ("blocks --blocks 0-3", "--blocks 0-3 is not possible: write how many blocks there are"),
    ] {
        let run = place.run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert!(run.err.starts_with(&format!("error: {expected}")), "{args}: {}", run.err);
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
    }
    // Coordinates within a block may be correlated.
    let whole =
        place.run("nd full.toml --blocks 0-2 --norm 2 --eps 0.5 --samples 20k --format csv");
    let whole = any_table(&whole.done().out);
    assert!(whole.iter().all(|row| row.text("agrees") == "true"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, expected) in [
        ("--blocks 0", "--blocks 0 is not possible: write whole numbers from 1 to 64"),
        ("--blocks 65", "--blocks 65 is not possible"),
        ("--blocks 2.5", "--blocks 2.5 is not possible"),
        ("--mean 1,2", "--mean 1,2 is not possible: write one number, or one for each of 5 blocks"),
        ("--mean -1", "--mean -1 is not possible: write a number from 0 to 1e15"),
        ("--mean x", "--mean: \"x\" is not a number"),
        ("--data-std 0", "--data-std 0 is not possible: write a number from 1e-15 to 1e15"),
        ("--norm 3", "--norm: \"3\" is not a norm of blocks: write 2, 1, inf or 0"),
        ("--eps -1", "--eps -1 is not possible: write a number from 0 to 1e15"),
        ("--pay 0", "--pay 0 is not possible: write a number from 1e-15 to 1e15"),
        ("--pay 1 --eps 1", "--eps: an adversary who pays has no budget"),
        ("--choice vote=6", "--choice vote=6 is not possible: write a vote of at most 5 blocks"),
        ("--choice vote=0", "--choice: \"vote=0\" is not a choice"),
        ("--choice best", "--choice: \"best\" is not a choice: write random, votes, majority"),
        (
            "--choice optimum --norm 0",
            "--choice optimum is not possible: write another choice, too",
        ),
        ("--correlation 0.5", "--correlation 0.5 is not possible: write it with --blocks 2"),
        ("--mix 0.3", "--mix 0.3 is not possible: write it with --blocks 2"),
        ("--blocks 2 --mix 2", "--mix 2 is not possible: write a number from 0 to 1"),
        (
            "--blocks 2 --correlation 1",
            "--correlation 1 is not possible: write a number from -0.999",
        ),
        (
            "--blocks 2 --correlation 0.5 --norm inf",
            "--correlation 0.5 is not possible: write 0 in",
        ),
        (
            "--blocks 2 --correlation 0.5 --data-std 1,2",
            "--correlation 0.5 is not possible: write 0, or one data_std for both",
        ),
        ("--blocks 2 --mix 0.3 --pay 1", "--pay 1 is not possible: write --eps"),
    ] {
        let run = run(&format!("blocks {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
        assert!(run.err.starts_with(&format!("error: {expected}")), "{args}: {}", run.err);
    }
}

/// Means of any size: one block that is right for certain decides for all, and no number is named that was not written.
#[test]
fn far_blocks_are_right_or_refused_by_name() {
    for (args, clean, attacked) in [
        ("--mean 0,1e15 --choice joint", 1.0, 1.0),
        ("--mean 0,1e15 --choice optimum", 1.0, 1.0),
        // A coin, Φ(−1) of it under attack, and a block that is out of reach.
        ("--mean 0,1e15 --choice random --norm inf", 0.75, 0.5 + 0.5 * 0.158_655_253_931_457_05),
        ("--mean 1e15,1e15 --choice joint,single,optimum --eps 1e15 --norm 2", 1.0, 1.0),
        ("--mean 1e15,1e15 --choice joint --eps 1e15 --norm inf", 1.0, 0.5),
        ("--mean 1,1 --choice joint --eps 1e15 --norm inf", 0.921_350_396_474_857_1, 0.0),
    ] {
        let found = run(&format!("blocks --blocks 2 {args} --samples 0 --format csv")).done().out;
        for row in any_table(&found) {
            // Of one block with the whole budget half of all are turned.
            let attacked = if row.text("choice") == "single" { 0.5 } else { attacked };
            assert!((row.number("clean_accuracy") - clean).abs() < 1e-13, "{args}: {row:?}");
            assert!(
                (row.number("adversarial_accuracy") - attacked).abs() < 1e-13,
                "{args}: {row:?}"
            );
        }
    }
}

/// A kind like any other: a folder with charts, shared, merged, resumed and drawn again.
#[test]
fn it_is_a_run_like_any_other() {
    let question = "--blocks 2,3 --norm 2,inf --eps 0..2/5 --samples 200k";
    like_any_other(
        "blocks",
        question,
        &["adversarial_accuracy_vs_eps", "adversarial_accuracy_vs_blocks"],
        true,
    );
}
