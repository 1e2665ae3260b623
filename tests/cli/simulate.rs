//! `gauss-sim simulate`: exact beside simulated, intervals, the verdict.

use std::process::{Command, Stdio};

use super::harness::{COLUMNS, EXACT_COLUMNS, Place, Row, assert_share, json_rows, program, run};

/// Counts, their estimates, and what each is a share of.
const RATES: [(&str, &str, &str); 4] = [
    ("clean_correct", "samples", "mc_clean_accuracy"),
    ("adversarial_correct", "samples", "mc_adversarial_accuracy"),
    ("both_correct", "clean_correct", "mc_robust_accuracy"),
    ("invariant", "samples", "mc_invariance"),
];
const INTERVALS: [[&str; 3]; 4] = [
    ["mc_clean_low", "mc_clean_accuracy", "mc_clean_high"],
    ["mc_adversarial_low", "mc_adversarial_accuracy", "mc_adversarial_high"],
    ["mc_robust_low", "mc_robust_accuracy", "mc_robust_high"],
    ["mc_invariance_low", "mc_invariance", "mc_invariance_high"],
];
const COUNTS: [&str; 5] =
    ["samples", "clean_correct", "both_correct", "adversarial_correct", "invariant"];

fn counts(rows: &[Row]) -> Vec<u64> {
    rows.iter().flat_map(|row| COUNTS.map(|column| row.count(column))).collect()
}

#[test]
fn every_simulated_column_is_whole_and_reads_back_exactly() {
    let run =
        run("simulate --sigma 0,1 --eps 0..1/3 --samples 199_999 --votes 11 --format csv").done();
    let rows = run.rows();
    assert_eq!(rows.len(), 2 * 3 * 4);
    for row in &rows {
        // A prime, so that the rates have all the digits that a double has.
        assert_eq!(row.count("samples"), 199_999);
        assert!(row.count("both_correct") <= row.count("clean_correct"));
        assert!(row.count("both_correct") <= row.count("adversarial_correct"));
        for (count, of, rate) in RATES {
            // The very double, not one beside it.
            assert_eq!(row.number(rate), row.count(count) as f64 / row.count(of) as f64, "{rate}");
        }
        for [low, value, high] in INTERVALS {
            assert_share(row, low);
            assert_share(row, high);
            assert!(row.number(low) <= row.number(value) && row.number(value) <= row.number(high));
        }
        assert_share(row, "p_value");
        assert_eq!(row.text("agrees"), "true");
    }
    // At no budget, and where nothing is random, counts say so.
    assert_eq!(rows[0].count("clean_correct"), rows[0].count("adversarial_correct"));
    assert_eq!(rows[0].count("invariant"), 199_999);
}

#[test]
fn json_has_the_same_rows_and_says_how_they_came_about() {
    let question = "simulate --samples 3e4 --votes 11 --seed 5 --threads 2";
    let csv = run(&format!("{question} --format csv")).done().rows();
    let json = run(&format!("{question} --confidence 99% --false-alarm 1e-3 --format json")).done();
    let members = json_rows(&json.out);
    assert_eq!(counts(&members), counts(&csv));
    for (member, row) in members.iter().zip(&csv) {
        for column in &COLUMNS[..EXACT_COLUMNS] {
            assert_eq!(member.text(column), row.text(column));
        }
    }
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let simulation = &document["run"]["simulation"];
    assert_eq!(simulation["seed"], 5);
    assert_eq!(simulation["samples"], 30_000);
    assert_eq!(simulation["threads"], 2);
    assert_eq!(simulation["confidence"], 0.99);
    assert_eq!(simulation["false_alarm"], 1e-3);
    assert!(simulation["stream_version"].is_u64() && simulation["seconds"].is_f64());
    assert_eq!(document["run"]["judgement"]["verdict"], "agree");
    assert_eq!(document["rows"][0]["agrees"], true);
}

#[test]
fn for_csv_and_json_the_verdict_is_on_standard_error_and_nothing_else() {
    for format in ["csv", "json", "markdown", "latex"] {
        let run = run(&format!("simulate --samples 3e4 --votes 11 --format {format}")).done();
        assert_eq!(run.err.lines().count(), 1, "{run:#?}");
        assert!(run.err.starts_with("agree: theory and simulation, 4 rows"), "{}", run.err);
        assert!(!run.out.contains("agree:"), "{}", run.out);
        // No bar, no escape codes where there is no terminal.
        assert!(!run.err.contains(['\r', '\u{1b}']) && !run.err.contains("to go"), "{}", run.err);
    }
}

#[test]
fn the_table_has_caption_lines_and_verdict() {
    let run = run("simulate --sigma 0,1 --samples 3e4 --votes 11 --seed 3").done();
    assert_eq!(run.err, "");
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].contains(
            "σ = 0,1, ε = 0.5, same draws: 30,000 samples, votes by their median, seed 3"
        ),
        "{}",
        lines[0]
    );
    let with = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert_eq!([with(" exact "), with(" simulated "), with(" interval ")], [8, 8, 8]);
    assert_eq!(with("agrees"), 8);
    let verdict = lines.last().unwrap();
    assert!(
        verdict.starts_with("agree: ") && verdict.contains("false-alarm rate 1e-6"),
        "{verdict}"
    );
    assert!(verdict.ends_with("with 95% chance; intervals at 95%"), "{verdict}");
}

#[test]
fn markdown_and_latex_have_the_three_lines_of_a_row() {
    let markdown = run("simulate --samples 3e4 --votes 11 --format markdown").done().out;
    assert_eq!(markdown.lines().count(), 2 + 3 * 4);
    assert!(markdown.lines().all(|line| line.starts_with('|') && line.ends_with('|')));
    let latex = run("simulate --samples 3e4 --votes 11 --format latex").done().out;
    let cells: Vec<usize> =
        latex.lines().map(|line| line.matches('&').count()).filter(|&count| count > 0).collect();
    assert_eq!(cells, [6; 1 + 3 * 4]);
    assert!(latex.is_ascii(), "{latex}");
}

#[test]
fn without_samples_the_simulated_columns_are_empty() {
    let run = run("simulate --samples 0 --votes 11 --format csv").done();
    assert_eq!(run.err, "", "no verdict on nothing");
    for row in run.rows() {
        for column in &COLUMNS[EXACT_COLUMNS..] {
            assert_eq!(row.text(column), "", "{column}");
        }
    }
}

#[test]
fn counts_depend_on_the_seed_and_the_samples_and_on_nothing_else() {
    let base = "simulate --sigma 0.5,1 --eps 0.25,0.5 --samples 2e5 --votes 11 --format csv";
    let of = |more: &str| counts(&run(&format!("{base} {more}")).done().rows());
    let once = of("--threads 1");
    assert_eq!(once, of("--threads 2"));
    assert_eq!(once, of("--threads 7"));
    assert_eq!(once, of("--seed 1"), "the default");
    assert_eq!(once, of("--engine reference --confidence 0.5 --false-alarm 0.01"));
    let other = of("--seed 2");
    assert_ne!(once, other);
    assert_eq!(other, of("--seed 2 --threads 7"));
    let largest = u64::MAX;
    assert_ne!(once, of(&format!("--seed {largest}")));
}

#[test]
fn every_kernel_and_instruction_set_counts_the_same() {
    let place = Place::new();
    let base = "simulate --sigma 0.5,1 --eps 0,0.5 --samples 1e5 --votes 3,11 --format csv";
    let of = |more: &str| place.run(&format!("{base} {more}")).done().out;
    let reference = of("--engine reference");
    assert_eq!(reference, of("--engine simd"));
    assert_eq!(reference, of("--engine auto"));
    assert_eq!(reference, of("--engine simd --instructions portable"));
    place.run("simulate --samples 1e3 --engine simd -o kept").done();
    let record = place.json("kept/run.json");
    assert_eq!(record["simulation"]["engine"], "simd");
    let unknown = run("simulate --instructions abacus");
    assert_eq!((unknown.code, unknown.err.lines().count()), (2, 1));
    assert!(unknown.err.contains("--instructions: \"abacus\"") && unknown.err.contains("portable"));
}

#[test]
fn votes_can_be_drawn_or_their_median() {
    let base = "simulate --votes 3,11 --samples 1e5 --format csv";
    let draws = run(&format!("{base} --votes-by draws")).done().rows();
    let median = run(&format!("{base} --votes-by median")).done().rows();
    assert!(median.iter().all(|row| row.text("agrees") == "true"));
    assert_eq!(counts(&median), counts(&run(base).done().rows()), "which carries the samples");
    assert_eq!(counts(&draws[..3]), counts(&median[..3]), "where nobody votes");
    assert_ne!(counts(&draws[3..]), counts(&median[3..]));
}

/// Fresh draws have their own counts on both inputs, and leave the clean ones as they are.
#[test]
fn theta_can_be_drawn_fresh_for_the_attacked_input() {
    let base = "simulate --sigma 0,1 --votes 3 --samples 2e5 --format csv";
    let same = run(base).done().rows();
    let fresh = run(&format!("{base} --draws fresh")).done().rows();
    assert_eq!(
        counts(&fresh),
        counts(&run(&format!("{base} --draws fresh --engine reference")).done().rows())
    );
    assert_eq!(counts(&fresh[..4]), counts(&same[..4]), "without spread there is nothing to draw");
    for (fresh, same) in fresh.iter().zip(&same) {
        assert_eq!(fresh.text("agrees"), "true");
        assert_eq!(fresh.text("clean_correct"), same.text("clean_correct"));
        assert_eq!(fresh.text("invariant"), same.text("invariant"));
        assert!(fresh.number("both_correct") <= fresh.number("adversarial_correct"));
    }
    assert!(
        fresh[5..].iter().all(|row| row.number("both_correct") < row.number("adversarial_correct"))
    );
}

/// Several tries agree with theory, by both ways to vote and to try; one is fresh draws, to the last count.
#[test]
fn the_attacker_can_try_several_times() {
    let base = "simulate --sigma 0,1 --votes 3 --samples 2e5 --format csv --draws";
    let fresh = run(&format!("{base} fresh")).done().rows();
    assert_eq!(counts(&run(&format!("{base} persistent=1")).done().rows()), counts(&fresh));
    for by in ["--votes-by draws --tries-by draws", "--votes-by median --tries-by smallest"] {
        let many = run(&format!("{base} persistent=7 {by}")).done().rows();
        for (row, fresh) in many.iter().zip(&fresh).skip(5) {
            assert_eq!((row.text("draws"), row.text("agrees")), ("persistent=7", "true"));
            assert!(row.number("adversarial_correct") < fresh.number("adversarial_correct"));
            assert!(row.number("both_correct") <= row.number("adversarial_correct"));
        }
    }
}

#[test]
fn a_row_does_not_depend_on_the_rows_beside_it() {
    let alone = run("simulate --samples 1e5 --votes 11 --format csv").done().rows();
    let among =
        run("simulate --sigma 0.5,1 --eps 0,0.5,1 --samples 1e5 --votes 11 --format csv").done();
    let among: Vec<Row> =
        among.rows().into_iter().filter(|row| row.number("sigma") == 1.0).collect();
    assert_eq!(counts(&alone), counts(&among[4..8]), "common random numbers");
}

#[test]
fn counts_can_be_written_in_many_ways() {
    for samples in ["10000", "1e4", "10_000", "10k", "0.01M"] {
        let rows =
            run(&format!("simulate --votes 1 --format csv --samples {samples}")).done().rows();
        assert_eq!(rows[0].count("samples"), 10_000, "{samples}");
    }
}

#[test]
fn confidence_widens_the_intervals_and_nothing_else() {
    let of = |confidence: &str| {
        let args =
            format!("simulate --samples 3e4 --votes 11 --format csv --confidence {confidence}");
        run(&args).done().rows()
    };
    let width = |rows: &[Row]| rows[1].number("mc_robust_high") - rows[1].number("mc_robust_low");
    let (narrow, usual, wide) = (of("0.5"), of("0.95"), of("0.9999"));
    assert!(width(&narrow) < width(&usual) && width(&usual) < width(&wide));
    assert_eq!(usual, of("95%"));
    for (narrow, wide) in narrow.iter().zip(&wide) {
        assert_eq!(narrow.text("p_value"), wide.text("p_value"));
        assert_eq!(narrow.text("mc_robust_accuracy"), wide.text("mc_robust_accuracy"));
    }
    let said = run("simulate --samples 3e4 --votes 1 --confidence 0.9999999").done().out;
    assert!(said.contains("intervals at 99.99999%\n"), "{said}");
}

/// Runs seed after seed at an α so large that honest data often fall below it, until one run is
/// said to disagree. Each does with a chance of a half or so: that none of 20 does has one of 1e-6.
pub(crate) fn disagreeing(verb: &str) -> (Place, super::harness::Run) {
    for seed in 1..=20 {
        let place = Place::new();
        let question = "--stages undefended --samples 1e4 --false-alarm 0.999999 -o kept";
        let run = place.run(&format!("{verb} --sigma 1 {question} --seed {seed}"));
        match run.code {
            0 => {
                assert!(!run.err.contains("DISAGREE") && !run.out.contains("DISAGREE"), "{run:#?}");
            }
            1 => return (place, run),
            code => panic!("{code}: {run:#?}"),
        }
    }
    panic!("no seed disagrees");
}

#[test]
fn a_disagreement_is_said_and_the_files_are_written_all_the_same() {
    let (place, run) = disagreeing("simulate --format table");
    assert!(run.err.contains("DISAGREE: theory and simulation, in 1 of 1 rows"), "{run:#?}");
    assert!(run.out.contains("DISAGREES"), "{run:#?}");
    assert_eq!(place.names("kept"), ["counts.json", "rows.csv", "run.json"]);
    let rows = super::harness::rows(&place.text("kept/rows.csv"));
    assert_eq!(rows[0].text("agrees"), "false");
    let judgement = &place.json("kept/run.json")["judgement"];
    assert_eq!(judgement["verdict"], "DISAGREE");
    assert_eq!(judgement["disagreeing"], 1);
}

#[test]
fn odd_questions_have_answers_that_agree() {
    for args in [
        "--sigma 0,1e6 --eps 0,40",
        "--sigma 0 --eps 0",
        "--sigma 1e15 --eps 1e15",
        "--mean=-1",
        "--mean 0",
        "--data-std 1e-10",
        "--data-std 1e-15 --mean 1e15",
        "--shift 0",
        "--shift=-3",
        "--votes 1,2,inf",
        "--threshold=-1..2/7",
        "--sigma 1..1 --eps 0.5..0.5/1",
        "--confidence 1e-9",
        "--confidence 0.999999999999",
        "--false-alarm 1e-300",
        "--false-alarm 5e-324",
        "--eps 0..40/9 --sigma 0,5e-324",
    ] {
        let votes = if args.contains("votes") { "" } else { "--votes 11" };
        let run = run(&format!("simulate --samples 2e4 {votes} {args} --format csv")).done();
        for row in run.rows() {
            assert_eq!(row.text("agrees"), "true", "{args}: {row:?}");
            for column in INTERVALS.as_flattened() {
                assert!(row.text(column).is_empty() || row.number(column).is_finite());
            }
        }
    }
}

#[test]
fn a_single_sample_is_a_simulation() {
    for seed in 1..=8 {
        let run =
            run(&format!("simulate --samples 1 --seed {seed} --votes 11 --format csv")).done();
        for row in run.rows() {
            assert_eq!(row.count("samples"), 1);
            // Nothing to estimate robust accuracy from where nothing is correct.
            let empty = row.text("mc_robust_accuracy").is_empty();
            assert_eq!(empty, row.count("clean_correct") == 0);
        }
    }
}

/// The exit code with the reading ends of pipes closed before anything is written.
fn deaf(args: &str, out: Stdio, err: Stdio) -> Option<i32> {
    let place = Place::new();
    let mut command = Command::new(program());
    command.args(args.split_whitespace()).current_dir(place.path(""));
    let mut child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn().unwrap();
    drop((child.stdout.take(), child.stderr.take()));
    child.wait().unwrap().code()
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let much = "theory --sigma 0..4/3000 --stages undefended,defended --format csv";
    assert_eq!(deaf(much, Stdio::piped(), Stdio::null()), Some(0));
    let simulate = "simulate --samples 2e5 --votes 11 --format json";
    assert_eq!(deaf(simulate, Stdio::piped(), Stdio::piped()), Some(0));
    let sweep = "sweep --sigma 0,1 --samples 2e5 --votes 11 --no-plots -o kept";
    assert_eq!(deaf(sweep, Stdio::piped(), Stdio::piped()), Some(0));
    assert_eq!(deaf("theory --sigma=-1", Stdio::piped(), Stdio::piped()), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let full = || Stdio::from(std::fs::File::create("/dev/full").unwrap());
    assert_eq!(deaf("theory --format csv", full(), Stdio::null()), Some(2));
    // Nothing is lost that was asked for.
    assert_eq!(
        deaf("simulate --samples 1e4 --votes 11 --format csv", Stdio::null(), full()),
        Some(0)
    );
}
