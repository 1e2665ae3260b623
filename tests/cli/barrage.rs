//! `gauss-sim barrage`: several transformations of a pool, in random order.

use super::harness::{COLUMNS, Place, Row, assert_close, assert_share, run, table};

/// The columns before those of every row: a contract.
const OWN: [&str; 9] =
    ["choose", "stage", "threshold", "votes", "draws", "eps", "blind_move", "optimum", "sequences"];

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

/// The pool of the note on orientation.
const LAB: [[f64; 3]; 6] = [
    [1.0, 0.0, 0.5],
    [1.0, 0.8, 0.3],
    [0.5, 0.0, 0.0],
    [1.0, -0.2, 1.0],
    [2.0, 0.3, 0.0],
    [0.8, 0.6, 0.4],
];

fn pool(maps: &[[f64; 3]]) -> String {
    let map = |[scale, shift, sigma]: &[f64; 3]| {
        format!("[[transform]]\nscale = {scale:?}\nshift = {shift:?}\nsigma = {sigma:?}\n")
    };
    maps.iter().map(map).collect()
}

#[track_caller]
fn rows(text: &str) -> Vec<Row> {
    table(text, &[OWN.as_slice(), &COLUMNS[ANSWER..]].concat())
}

/// The rows of a question about this pool.
#[track_caller]
fn ask(maps: &[[f64; 3]], args: &str) -> Vec<Row> {
    let place = Place::new();
    place.write("pool.toml", pool(maps));
    rows(&place.run(&format!("barrage pool.toml --format csv {args}")).done().out)
}

#[track_caller]
fn conserved(row: &Row) {
    let product = row.number("robust_accuracy") * row.number("clean_accuracy");
    assert!(product <= row.number("optimum") + 1e-12, "{row:?}");
    assert!(row.number("adversarial_accuracy") <= row.number("optimum") + 1e-12, "{row:?}");
}

#[test]
fn the_values_for_orientation_are_printed() {
    for (draws, robust) in [("same", 0.891_013_310_071_90), ("fresh", 0.750_929_921_591_49)] {
        let rows = ask(&LAB, &format!("--choose 6 --stages untrained --samples 0 --draws {draws}"));
        let [row] = rows.as_slice() else { panic!("one row") };
        assert_eq!((row.text("choose"), row.text("sequences")), ("6", "720"));
        assert_eq!((row.number("threshold"), row.text("votes")), (0.0, ""));
        for (column, known) in [
            ("clean_accuracy", 0.640_818_025_950_67),
            ("adversarial_accuracy", 0.570_977_390_456_05),
            ("robust_accuracy", robust),
            ("invariance", 0.664_429_375_615_19),
            ("optimum", 0.691_462_461_274_013_1),
        ] {
            assert_close(row.number(column), known, 1e-14);
        }
        conserved(row);
    }
}

/// Half of the draws say the same of every input, and rounding hides what the other half has: no number, and a word.
#[test]
fn a_vote_that_hangs_on_rounding_has_no_exact_value() {
    let place = Place::new();
    place.write("pool.toml", pool(&[[0.1, -1.114_087_473_088_936_3, 0.0], [0.1, 0.0, 1e-6]]));
    let question = "barrage pool.toml --choose 1 --mean 0 --data-std 0.2 --eps 0 --votes 101,inf";
    let run = place.run(&format!("{question} --samples 2000 --format csv")).done();
    let rows = rows(&run.out);
    let known: Vec<bool> = rows.iter().map(|row| !row.text("clean_accuracy").is_empty()).collect();
    assert_eq!(known, [true, true, true, false]);
    assert!((rows[3].number("mc_clean_accuracy") - 0.5).abs() < 0.1);
    assert!(run.err.contains("choose 1: of infinitely many votes it is not known"), "{}", run.err);
}

/// One map that adds is the defense of `theory`, by other formulas.
#[test]
fn one_map_that_adds_is_the_one_of_theory() {
    for draws in ["same", "fresh", "persistent=3"] {
        let found = ask(
            &[[1.0, 1.0, 0.7]],
            &format!(
                "--samples 0 --draws {draws} --eps 0,0.5,1.5 --votes 2,11,inf --mean 1.2 --data-std 0.8"
            ),
        );
        let known = run(&format!(
            "theory --sigma 0.7 --eps 0,0.5,1.5 --votes 2,11,inf --mean 1.2 --data-std 0.8 --draws {draws} --stages \
             defended,trained,voted --format csv"
        ))
        .done()
        .rows();
        assert_eq!(found.len(), known.len());
        for (found, known) in found.iter().zip(&known) {
            for column in EXACT {
                assert_close(found.number(column), known.number(column), 2e-13);
            }
            assert_eq!(found.number("blind_move"), found.number("eps"));
            conserved(found);
        }
    }
}

/// Every stage, protocol and kind of pool: exact values beside counts.
#[test]
fn theory_and_simulation_agree() {
    let turn: &[[f64; 3]] = &[[-1.0, 0.3, 0.4], [2.0, 0.0, 0.5], [0.5, -0.4, 0.0]];
    let steps: &[[f64; 3]] =
        &[[1.0, -1.0, 0.0], [1.0, 1.0, 0.0], [-1.0, 0.25, 0.0], [0.0, 0.3, 0.2]];
    for (maps, args, many) in [
        (&LAB[..], "--choose 1..3 --eps 0,0.5,2 --votes 1,4,11,inf", 3 * 3 * 6),
        (&LAB[..], "--choose 2,6 --draws fresh --votes 3,inf", 2 * 4),
        (&LAB[..], "--choose 2 --draws persistent=4 --votes 5,inf", 4),
        (turn, "--choose 1..3 --draws fresh --votes 3,inf --eps 0.5,2", 3 * 2 * 4),
        (turn, "--choose 2 --votes 3,inf --mean 0.5 --data-std 2", 4),
        (steps, "--choose 1,2 --votes 3,inf --draws persistent=2", 2 * 4),
        (steps, "--choose 2,4 --votes 2,inf", 2 * 4),
    ] {
        let rows = ask(maps, &format!("{args} --samples 20k"));
        assert_eq!(rows.len(), many, "{args}");
        for row in &rows {
            assert_eq!(
                (row.text("agrees"), row.count("samples")),
                ("true", 20_000),
                "{args}: {row:?}"
            );
            if row.text("robust_accuracy").is_empty() {
                assert_eq!((row.text("votes"), row.text("draws")), ("3", "same"), "{row:?}");
                continue;
            }
            EXACT.iter().for_each(|column| assert_share(row, column));
            conserved(row);
        }
    }
}

/// More than 1e8 sequences: counts alone, with the optimum, and a line that says so.
#[test]
fn too_many_sequences_are_simulated_only() {
    let place = Place::new();
    let maps: Vec<[f64; 3]> = (0..30).map(|i| [0.9, 0.1 * f64::from(i) - 1.0, 0.2]).collect();
    place.write("pool.toml", pool(&maps));
    let run =
        place.run("barrage pool.toml --choose 1,7 --votes 3 --samples 5k --format csv").done();
    assert!(
        run.err.contains("choose 7: too many different sequences for exact values"),
        "{}",
        run.err
    );
    let rows = rows(&run.out);
    assert_eq!(rows.len(), 6);
    for row in &rows {
        let exact = row.text("choose") == "1";
        EXACT.iter().for_each(|column| assert_eq!(row.text(column).is_empty(), !exact, "{row:?}"));
        assert_share(row, "mc_clean_accuracy");
        assert_close(row.number("optimum"), 0.691_462_461_274_013, 1e-15);
        // What was counted is below the optimum, too.
        let both = row.number("mc_robust_low") * row.number("mc_clean_low");
        assert!(both <= row.number("optimum"), "{row:?}");
    }
    assert_eq!(rows[3].text("sequences"), "10260432000");
    let limit = place.run("barrage pool.toml --choose 7 --votes inf");
    assert_eq!(limit.code, 2);
    assert!(limit.err.starts_with(
        "error: --votes inf: what infinitely many draws say is not known of 10260432000"
    ));
    assert_eq!(limit.err.lines().count(), 1);
}

#[test]
fn a_folder_goes_on_merges_and_draws_again() {
    let place = Place::new();
    place.write("pool.toml", format!("title = 'six'\n{}", pool(&LAB)));
    let question = "barrage pool.toml --choose 1..3 --votes 3 --draws fresh --seed 5";
    place.run(&format!("{question} --samples 300k -o whole")).done();
    let names = place.names("whole");
    for name in [
        "pool.toml",
        "rows.csv",
        "run.json",
        "counts.json",
        "robust_accuracy_vs_clean_accuracy.png",
        "clean_accuracy_vs_choose.svg",
    ] {
        assert!(names.iter().any(|found| found == name), "{name}: {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("_vs_eps")));
    // The record asks the same question, without the file.
    let record = place.json("whole/run.json");
    assert_eq!(record["spec"]["pool"]["transform"].as_array().unwrap().len(), 6);
    place.run("barrage --spec whole/run.json -o again").done();
    assert_eq!(place.text("again/rows.csv"), place.text("whole/rows.csv"));
    // So does the pool of the folder.
    place
        .run(&format!("{question} --samples 100k -o long").replace("pool.toml", "whole/pool.toml"))
        .done();
    place.run("barrage --resume long --samples 300k").done();
    assert_eq!(place.text("long/rows.csv"), place.text("whole/rows.csv"));
    for share in ["1/2", "2/2"] {
        let folder = share.replace('/', "of");
        place
            .run(&format!("{question} --samples 300k --shard {share} -o {folder} --no-plots"))
            .done();
    }
    place.run("merge 1of2 2of2 -o merged --no-plots").done();
    assert_eq!(place.text("merged/rows.csv"), place.text("whole/rows.csv"));
    place.run("plot whole -o drawn").done();
    for chart in place.names("drawn") {
        assert_eq!(
            place.read(&format!("drawn/{chart}")),
            place.read(&format!("whole/{chart}")),
            "{chart}"
        );
    }
    let other = place.run("barrage whole/pool.toml --resume whole --choose 2");
    assert_eq!(other.code, 2);
    assert!(other.err.starts_with("error: --choose 2: the run in whole has 1..3"), "{}", other.err);
}

#[test]
fn the_counts_do_not_depend_on_threads() {
    let place = Place::new();
    place.write("pool.toml", pool(&LAB));
    let counts = |threads: &str| {
        let args = format!(
            "barrage pool.toml --choose 1..4 --votes 5 --samples 200k --format csv --threads {threads}"
        );
        place.run(&args).done().out
    };
    assert_eq!(counts("1"), counts("3"));
}

/// One line, exit code 2, the entry or the flag by name.
#[test]
fn bad_pools_and_flags_are_refused_by_name() {
    let place = Place::new();
    place.write("good.toml", pool(&LAB[..3]));
    place.write("empty.toml", "title = 'none'\n");
    place.write("slip.toml", "[[transform]]\nscael = 1\n");
    place.write("negative.toml", "[[transform]]\n[[transform]]\nsigma = -0.5\n");
    place.write("nan.toml", "[[transform]]\nshift = nan\n");
    place.write("syntax.toml", "[[transform]\nscale = 1\n");
    for (args, expected) in [
        ("barrage", "POOL.toml is missing: name a pool in TOML"),
        ("barrage none.toml", "none.toml: cannot be read"),
        (
            "barrage empty.toml",
            "empty.toml: it has no transform: write a section [[transform]] for each",
        ),
        (
            "barrage slip.toml",
            "slip.toml: transform[0].scael is not known: write name, scale, shift, sigma",
        ),
        (
            "barrage negative.toml",
            "negative.toml: transform[1].sigma = -0.5 is not possible: a number from 0",
        ),
        ("barrage nan.toml", "nan.toml: transform[0].shift = NaN is not possible"),
        ("barrage syntax.toml", "syntax.toml: line 1 is not TOML: "),
        ("barrage good.toml --choose 4", "--choose 4: good.toml has 3 transforms"),
        (
            "barrage good.toml --choose 0",
            "--choose: \"0\" is not a number of transformations: write a whole number",
        ),
        (
            "barrage good.toml --choose 1..41",
            "--choose: \"1..41\" is not a number of transformations",
        ),
        ("barrage good.toml --choose inf", "--choose: \"inf\" is not a number of transformations"),
        ("barrage good.toml --choose 1.5", "--choose: \"1.5\" is not a number of transformations"),
        ("barrage good.toml --eps -1", "--eps -1 is not possible: write a number from 0"),
        ("barrage good.toml --eps nan", "--eps: \"nan\""),
        ("barrage good.toml --data-std 0", "--data-std 0 is not possible"),
        (
            "barrage good.toml --stages best",
            "--stages: \"best\" is not a stage: write untrained, trained or voted",
        ),
        ("barrage good.toml --draws often", "--draws: \"often\" is not a draw protocol"),
    ] {
        let run = place.run(args);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
        assert!(run.err.starts_with(&format!("error: {expected}")), "{args}: {}", run.err);
    }
    assert_eq!(place.names("").len(), 6, "nothing was made");
}

/// The example of the book: 25 transformations, exact.
#[test]
fn the_example_pool_is_answered() {
    let file = format!("{}/examples/pools/bart.toml", env!("CARGO_MANIFEST_DIR"));
    let place = Place::new();
    let args = [
        "barrage",
        &file,
        "--choose",
        "1..2",
        "--votes",
        "inf",
        "--samples",
        "0",
        "--format",
        "csv",
    ];
    let rows = rows(&place.run_args(&args).done().out);
    assert_eq!(
        rows.iter().map(|row| row.text("sequences")).collect::<Vec<_>>(),
        ["25", "25", "25", "600", "600", "600"]
    );
    rows.iter().for_each(conserved);
    // More transformations: more robust in the conditional metric, less accurate.
    let of = |choose: &str, column: &str| {
        let row = rows.iter().find(|r| r.text("choose") == choose && r.text("stage") == "trained");
        row.unwrap().number(column)
    };
    assert!(of("2", "robust_accuracy") > of("1", "robust_accuracy"));
    assert!(of("2", "clean_accuracy") < of("1", "clean_accuracy"));
}

#[test]
fn the_help_explains_the_pool() {
    let help = run("barrage --help").done().out;
    for word in ["[[transform]]", "scale", "--choose", "untrained", "1e8", "bart.toml"] {
        assert!(help.contains(word), "{word}");
    }
}
