//! `gauss-sim claims`: what is true of the paper, where, and under which definition.

use super::harness::{Place, Row, assert_close, run, table};
use super::long::assert_refused;

/// The columns of claims.csv: a contract.
const COLUMNS: [&str; 35] = [
    "claim",
    "metric",
    "draws",
    "votes",
    "mean",
    "data_std",
    "shift",
    "sigma_low",
    "sigma_high",
    "eps_low",
    "eps_high",
    "sigma_points",
    "eps_points",
    "unresolved_points",
    "holds",
    "failing_share",
    "untold_share",
    "proven_to_hold",
    "proven_to_fail",
    "violation",
    "violation_sigma",
    "violation_eps",
    "witness_sigma",
    "witness_eps",
    "first",
    "second",
    "difference",
    "samples",
    "mc_difference",
    "mc_low",
    "mc_high",
    "p_value",
    "shown",
    "samples_needed",
    "agrees",
];

/// The counterexample of the paper's order.
const POINT: &str = "claims --sigma 0.3 --eps 0.1";

fn of<'a>(rows: &'a [Row], claim: &str, metric: &str, draws: &str) -> &'a Row {
    rows.iter()
        .find(|row| {
            (row.text("claim"), row.text("metric"), row.text("draws")) == (claim, metric, draws)
        })
        .unwrap_or_else(|| panic!("{claim} {metric} {draws}"))
}

#[test]
fn one_command_answers_for_a_point() {
    let run = run(POINT).done();
    for text in ["undefended 0.969804", "trained (k = 1) 0.969604", "defended (k = 0) 0.969545"] {
        assert!(run.out.contains(text), "{text}: {}", run.out);
    }
    let line = run.out.lines().find(|line| line.contains("defense-helps")).unwrap();
    assert!(line.contains("robust & ASR, same") && line.contains("fails"), "{line}");
    assert_eq!(run.err, "");
}

/// Differences by 40-digit arithmetic, under every definition.
#[test]
fn the_rows_of_a_point() {
    let rows = table(&run(&format!("{POINT} --format csv")).done().out, &COLUMNS);
    assert_eq!(rows.len(), 6 * 3 * 3);
    let known = [
        ("defense-helps", "robust_accuracy", "same", -2.590_230_092_475_963e-4),
        ("defense-helps", "attack_success_rate", "same", 2.590_230_092_475_963e-4),
        ("training-keeps-some", "robust_accuracy", "same", -2.001_747_184_878_291_4e-4),
        ("training-hurts", "robust_accuracy", "same", -5.884_829_075_976_72e-5),
        ("training-hurts", "adversarial_accuracy", "fresh", -0.091_939_652_484_075_1),
        ("defense-helps", "robust_accuracy", "fresh", -0.038_172_228_787_173_9),
    ];
    for (claim, metric, draws, difference) in known {
        let row = of(&rows, claim, metric, draws);
        // differences of numbers near 1, each right to an ulp or two
        assert_close(row.number("difference"), difference, 1e-15);
        assert_eq!(row.text("holds"), "nowhere");
        assert_eq!(row.text("failing_share"), "1.0");
        assert_eq!(row.text("samples"), "");
    }
    assert_eq!(of(&rows, "vote-restores", "robust_accuracy", "same").text("holds"), "everywhere");
    // a proof for shared draws, none for others
    assert_eq!(of(&rows, "trade-off", "robust_accuracy", "same").text("proven_to_fail"), "1.0");
    assert_eq!(of(&rows, "trade-off", "robust_accuracy", "fresh").text("proven_to_fail"), "");
}

/// A claim is a strict order: where both sides are exactly equal it fails. With ε = mean every adversarial accuracy of
/// a single draw is ½.
#[test]
fn a_claim_fails_where_both_sides_are_equal() {
    let question = "claims --claim training-keeps-some --metric adversarial_accuracy --draws same";
    let point = run(&format!("{question} --sigma 1 --eps 1")).done().out;
    assert!(point.contains(" fails ") && !point.contains(" holds "), "{point}");
    let line = run(&format!("{question} --sigma 0.5..1/3 --eps 1")).done().out;
    assert!(line.contains("fails at every point"), "{line}");
    let rows = table(&run(&format!("{POINT} --format csv")).done().out, &COLUMNS);
    assert!(rows.iter().all(|row| row.text("unresolved_points") == "0"));
}

/// Far in the tails both sides are tiny, and their difference has a sign and digits: 40-digit arithmetic.
#[test]
fn differences_in_the_tails_have_their_digits() {
    let question = "claims --claim training-keeps-some --draws same --sigma 0.5,1 --eps 20 \
                    --require training-keeps-some";
    let run = run(&format!("{question} --format csv")).done();
    let rows = table(&run.out, &COLUMNS);
    // at the witness: Φ(−19/√2)/Φ(1/√2)
    let second = 2.478_931_133_540_232e-41;
    for (metric, sign) in [("robust_accuracy", 1.0), ("attack_success_rate", -1.0)] {
        let row = of(&rows, "training-keeps-some", metric, "same");
        assert_eq!((row.number("witness_sigma"), row.number("witness_eps")), (1.0, 20.0));
        assert_close(row.number("difference") / second, sign, 1e-12);
    }
    let shown = super::harness::run(&format!("{question} --metric robust_accuracy")).done().out;
    assert!(shown.contains("second − first +2.479e-41"), "{shown}");
    assert!(shown.contains("robust 2.48e-41"), "{shown}");
    let point = super::harness::run(
        "claims --claim training-keeps-some --draws same --sigma 1 --eps 20 --metric robust_accuracy",
    );
    assert!(point.done().out.contains("trained (k = 1) 2.48e-41"));
}

/// What the paper's claim about the trade-off needs: 12 digits of the frontier's ends.
#[test]
fn a_frontier_is_printed_with_its_ends() {
    let question = "claims --claim trade-off --metric robust_accuracy --draws same";
    let found = run(&format!("{question} --sigma 0..1/11 --eps 0..0.5/6")).done().out;
    for text in ["(σ 0.646135544074, ε 0)", "(σ 0, ε 0.307937521145)", "by bounds over"] {
        assert!(found.contains(text), "{text}: {found}");
    }
    // the ends do not depend on the grid
    let other = run(&format!("{question} --sigma 0..2/7 --eps 0..1.5/5")).done().out;
    assert!(other.contains("(σ 0.646135544074, ε 0)"), "{other}");
    assert!(other.contains("for every ε where σ > 0.646135544074"), "{other}");
    // at one sigma the frontier is a point
    let line = run(&format!("{question} --sigma 0.3 --eps 0..0.5/6")).done().out;
    assert!(line.contains("(σ 0.3, ε 0.239141014998)"), "{line}");
    // in a region that ends within the failing part, there is no such sigma
    let within = run(&format!("{question} --sigma 0..0.4/5 --eps 0..0.5/6")).done().out;
    assert!(!within.contains("for every ε where"), "{within}");
}

#[test]
fn a_required_claim_decides_the_exit_status() {
    let fails = run("claims --sigma 0.5..1/6 --eps 0..1/6 --claim trade-off --require trade-off");
    assert_eq!(fails.code, 1, "{fails:#?}");
    assert!(fails.err.contains("--require trade-off: fails under robust_accuracy, same"));
    assert_eq!(fails.err.lines().count(), 1, "{}", fails.err);
    let holds = "claims --sigma 0.65..1/6 --eps 0..1/6 --claim trade-off --require trade-off";
    run(holds).done();
    // the same region under the metric of others
    let other = run(&format!("{holds} --metric adversarial_accuracy"));
    assert_eq!(other.code, 1, "{other:#?}");
}

/// The claims may be named by a file, or by the run that is resumed: one that is required and not among them would pass
/// without having been looked at.
#[test]
fn a_claim_is_required_of_those_that_a_file_or_a_run_asks_about() {
    let place = Place::new();
    let question =
        "experiment = \"claims\"\nclaim = \"defense-helps\"\nsigma = \"0.3\"\neps = \"0.1\"\n";
    std::fs::write(place.path("q.toml"), question).unwrap();
    let refused = ["--require trade-off", "defense-helps", "--claim"];
    for args in ["--spec q.toml", "--spec q.toml -o found", "--spec q.toml --samples 1000 -o found"]
    {
        assert_refused(&place.run(&format!("claims {args} --require trade-off")), &refused);
        assert_eq!(place.names(""), ["q.toml"]);
    }
    // A flag stands over the file, and what the file asks about may be required.
    assert_eq!(place.run("claims --spec q.toml --require defense-helps").code, 1);
    let over = "claims --spec q.toml --claim trade-off --require trade-off";
    assert_eq!(place.run(over).code, 1);
    place.run("claims --spec q.toml --samples 1000 --no-plots -o kept").done();
    let resumed = place.run("claims --resume kept --require trade-off");
    assert_refused(&resumed, &refused);
    assert_eq!(place.run("claims --resume kept --require defense-helps").code, 1);
}

/// On the same samples the sign of a difference shows long before either accuracy is known as well.
#[test]
fn a_witness_is_confirmed_by_simulation() {
    let question = format!(
        "{POINT} --claim defense-helps,training-keeps-some --metric adversarial_accuracy \
         --draws same --samples 1e6 --format csv"
    );
    let first = run(&question).done();
    let rows = table(&first.out, &COLUMNS);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!(row.text("shown"), "first");
        assert_eq!(row.text("agrees"), "true");
        assert_eq!(row.count("samples"), 1_000_000);
        assert!(row.count("samples_needed") < 1_000_000);
        let (low, high) = (row.number("mc_low"), row.number("mc_high"));
        assert!(
            low <= row.number("mc_difference") && row.number("mc_difference") <= high && high < 0.0
        );
    }
    // each of the two accuracies, near 0.81, has an interval 1.5e-3 wide of its own
    let width = rows[1].number("mc_high") - rows[1].number("mc_low");
    assert!(width < 1.4e-3, "{width}");
    assert_eq!(run(&question).done().out, first.out);
    assert_ne!(run(&format!("{question} --seed 2")).done().out, first.out);
}

#[test]
fn a_folder_gets_rows_regions_a_record_and_charts() {
    let place = Place::new();
    let question = "claims --sigma 0..1/6 --eps 0..0.6/5 --claim trade-off,training-hurts \
                    --draws same,fresh -o found";
    let run = place.run(question).done();
    assert_eq!(run.out, "");
    let mut files = vec!["claims.csv", "regions.csv", "run.json"];
    let charts = ["claims_map", "claims_map_by_definition", "definitions_vs_eps"];
    let charts: Vec<String> = charts
        .iter()
        .flat_map(|name| ["pdf", "png", "svg"].map(|end| format!("{name}.{end}")))
        .collect();
    files.extend(charts.iter().map(String::as_str));
    files.sort_unstable();
    assert_eq!(place.names("found"), files);
    assert_eq!(table(&place.text("found/claims.csv"), &COLUMNS).len(), 2 * 3 * 2);
    let columns = ["claim", "metric", "draws", "verdict", "region", "sigma", "eps", "frontier"];
    let points = table(&place.text("found/regions.csv"), &columns);
    let frontier = || points.iter().filter(|point| point.text("frontier") == "true");
    let ends = frontier().filter(|point| point.number("eps") == 0.0);
    let ends: Vec<f64> = ends.map(|point| point.number("sigma")).collect();
    for end in [0.646_135_544_074_434, 0.489_384_024_712_338] {
        assert!(ends.iter().any(|sigma| (sigma - end).abs() < 1e-12), "{end}: {ends:?}");
    }
    // What is no frontier is an edge of the region that was looked at.
    let edge = |point: &&Row| point.text("verdict") == "fails" && point.text("frontier") != "true";
    assert!(points.iter().any(|point| edge(&point)) && frontier().count() > 20);
    for point in points.iter().filter(edge) {
        let (sigma, eps) = (point.number("sigma"), point.number("eps"));
        assert!([0.0, 1.0].contains(&sigma) || [0.0, 0.6].contains(&eps), "{sigma}, {eps}");
    }
    let record = place.json("found/run.json");
    assert_eq!(record["spec"]["sigma"], "0..1/6");
    let map = place.text("found/claims_map.svg");
    for text in ["trade-off fails (at ε = 0: σ &lt; 0.6461)", "(at ε = 0: σ &lt; 0.4894)"] {
        assert!(map.contains(text), "{text}: {map}");
    }

    let again = place.run(question);
    assert_eq!(again.code, 2);
    assert!(
        again.err.contains("claims.csv exists") && again.err.contains("--force"),
        "{}",
        again.err
    );
    place.run(&format!("{question} --force --no-plots")).done();
}

#[test]
fn every_format() {
    let question = "claims --sigma 0.2..1/3 --eps 0.1..1/3 --claim defense-helps --format";
    let json: serde_json::Value =
        serde_json::from_str(&run(&format!("{question} json")).done().out).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 9);
    assert_eq!(json["run"]["spec"]["claim"][0], "defense-helps");
    assert!(!json["regions"].as_array().unwrap().is_empty());
    let markdown = run(&format!("{question} markdown")).done().out;
    assert!(markdown.starts_with("| claim"), "{markdown}");
    let latex = run(&format!("{question} latex")).done().out;
    assert!(latex.starts_with("\\begin{tabular}") && latex.contains("\\%"), "{latex}");
    assert!(latex.contains("robust \\& ASR") && !latex.contains("robust & ASR"), "{latex}");
}

/// The headline: under fresh draws, votes raise the robust accuracy and invariance. Values by `theory/oracle`.
#[test]
fn votes_reverse_the_claim_under_fresh_draws() {
    let question = "claims --claim vote-trade-off --metric robust_accuracy --draws fresh --sigma 0.5 --eps 0.3 \
                    --votes 1,11,101";
    let shown = run(question).done().out;
    for text in
        ["votes n = 1, 11, 101", "along n = 1, 11, 101 while", "reversed at each of the 2 steps"]
    {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    let of = |votes: &str| {
        let line = shown.lines().find(|line| line.contains(votes) && line.contains("invariance"));
        let line = line.unwrap_or_else(|| panic!("{votes}: {shown}"));
        ["robust ", "invariance "].map(|name| {
            let number = line.split(name).nth(1).and_then(|rest| rest.split_whitespace().next());
            number.unwrap().parse::<f64>().unwrap()
        })
    };
    let found = ["(n = 1) ", "(n = 11) ", "(n = 101)"].map(of);
    for ([robust, _], four_digits) in found.iter().zip([0.8496, 0.8956, 0.9010]) {
        assert!((robust - four_digits).abs() < 5e-5, "{found:?}");
    }
    assert!(found.windows(2).all(|pair| pair[0][1] < pair[1][1]), "{found:?}");
    // The same as a row, by samples, and as a requirement.
    let csv = format!("{question} --format csv --samples 1e6 --require vote-trade-off");
    let required = run(&csv);
    assert_eq!(required.code, 1);
    assert!(required.err.contains("fresh draws, along n = 1, 11, 101, at σ = 0.5"), "{required:?}");
    let rows = table(&required.out, &COLUMNS);
    let row = &rows[0];
    assert_eq!((row.text("votes"), row.text("holds")), ("1,11,101", "nowhere"));
    assert_eq!((row.text("first"), row.text("second")), ("voted (n = 101)", "voted (n = 1)"));
    assert_eq!((row.text("shown"), row.text("agrees")), ("first", "true"));
    // Along others it holds at some steps, and the limit is a number of votes, too.
    let limit =
        run("claims --claim vote-trade-off,vote-restores --metric robust_accuracy --draws same \
                     --sigma 1 --eps 0.5 --votes 1..4,inf --samples 1e5 --format csv");
    let rows = table(&limit.done().out, &COLUMNS);
    assert!(
        rows.iter().all(|row| row.text("holds") == "everywhere" && row.text("agrees") == "true")
    );
    assert_eq!(rows[0].text("second"), "voted (n = ∞)");
}

/// Votes are part of the question: in the region's text, the record, a resumed run; and said where nothing uses them.
#[test]
fn votes_are_part_of_the_question() {
    let place = Place::new();
    let question = "claims --claim vote-trade-off,defense-helps --metric robust_accuracy --draws same \
                    --sigma 0..1/4 --eps 0..0.6/4";
    let shown = place.run(&format!("{question} --votes 1,11")).done().out;
    for text in [
        "votes n = 1, 11)",
        "vote-trade-off, robust_accuracy, same draws: the metric falls along n = 1, 11",
    ] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    place.run(&format!("{question} --votes 1,11 --samples 1000 -o kept")).done();
    assert_eq!(place.json("kept/run.json")["spec"]["votes"], "1,11");
    assert!(place.text("kept/claims_map.svg").contains("votes n = 1, 11"));
    let rows = table(&place.text("kept/claims.csv"), &COLUMNS);
    assert_eq!(of(&rows, "vote-trade-off", "robust_accuracy", "same").text("votes"), "1,11");
    assert_eq!(of(&rows, "defense-helps", "robust_accuracy", "same").text("votes"), "");
    place.run("claims --resume kept --votes 1,11").done();
    assert_refused(&place.run("claims --resume kept --votes 1,13"), &["--votes 1,13", "1,11"]);
    let all = table(&place.run(&format!("{question} --format csv")).done().out, &COLUMNS);
    assert_eq!(of(&all, "vote-trade-off", "robust_accuracy", "same").text("votes"), "all");
    let idle = place.run(&format!("{POINT} --claim trade-off --votes 11")).done();
    assert_eq!(
        idle.err,
        "--votes 11 changes nothing without vote-restores or vote-trade-off: leave --votes out\n"
    );
}

#[test]
fn bad_questions_are_refused_in_one_line() {
    for (args, texts) in [
        ("--votes 11", ["--votes 11", "write at least two numbers, as in 1,11,101"]),
        ("--votes 7,8", ["--votes 7,8", "an even one decides as the odd one before it"]),
        ("--votes 0,1", ["--votes", "whole number from 1"]),
        ("--sigma 0..1/101 --eps 0..1/101 --votes 1..999", ["--votes 1..999", "at most"]),
        ("--claim magic", ["--claim", "\"magic\" is not a claim: write defense-helps"]),
        ("--metric accuracy", ["--metric", "write robust_accuracy"]),
        ("--draws often", ["--draws", "same, fresh, or persistent=T"]),
        ("--require magic", ["--require", "write defense-helps"]),
        ("--claim trade-off --require defense-helps", ["--require defense-helps", "--claim"]),
        ("--mean 0", ["--mean 0", "above 0"]),
        ("--mean -1", ["--mean -1", "above 0"]),
        ("--mean 31", ["--mean 31", "at most 30 times the noise"]),
        ("--shift 0", ["--shift 0", "another number"]),
        ("--sigma 0", ["--sigma 0", "above 0"]),
        ("--eps 0", ["--eps 0", "above 0"]),
        ("--eps=-1", ["--eps -1", "from 0"]),
        ("--sigma 0..1/1001 --eps 0..1/1001", ["--sigma 0..1/1001", "at most"]),
    ] {
        let place = Place::new();
        let run = place.run(&format!("claims {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{}", run.err);
        for text in texts {
            assert!(run.err.contains(text), "{text} is not in {}", run.err);
        }
        assert!(place.names("").is_empty());
    }
}
