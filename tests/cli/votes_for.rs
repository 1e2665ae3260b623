//! `theory --votes-for`: how many votes are enough.

use super::harness::{Place, Run, assert_close, run};

const HEADER: &str = "mean,data_std,sigma,draws,eps,tolerance,limit_robust_accuracy,one_vote_gap,votes,gap,\
                      gap_error,votes_settled,settled_gap,coefficient,power,votes_estimated";

/// The cells of CSV, without the header.
fn cells(run: &Run) -> Vec<Vec<String>> {
    let mut lines = run.out.lines();
    assert_eq!(lines.next(), Some(HEADER));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn robust(sigma: &str, votes: &str) -> f64 {
    let args = format!("theory --sigma {sigma} --votes {votes} --stages voted --format csv");
    run(&args).done().rows()[0].number("robust_accuracy")
}

#[test]
fn the_number_is_the_smallest_that_is_enough() {
    let run = run("theory --votes-for 1e-4 --sigma 0.5,1 --eps 0.5 --format csv").done();
    let rows = cells(&run);
    assert_eq!(rows.len(), 2);
    for row in &rows {
        let (sigma, votes): (&str, u32) = (&row[2], row[8].parse().unwrap());
        let limit = robust(sigma, "inf");
        assert_close(row[6].parse().unwrap(), limit, 0.0);
        let gap = |votes: u32| robust(sigma, &votes.to_string()) - limit;
        assert_close(row[9].parse().unwrap(), gap(votes), 1e-15);
        assert_close(row[7].parse().unwrap(), gap(1), 1e-14);
        assert!(gap(votes).abs() <= 1e-4 && gap(votes - 2).abs() > 1e-4, "{row:?}");
    }
}

#[test]
fn every_format_has_every_point() {
    let of = |format: &str| {
        run(&format!("theory --votes-for 1e-3 --sigma 0..2/3 --eps 0,0.5 --format {format}"))
            .done()
            .out
    };
    assert_eq!(of("csv").lines().count(), 1 + 6);
    assert_eq!(of("markdown").lines().count(), 2 + 6);
    assert_eq!(of("latex").lines().filter(|line| line.contains('&')).count(), 1 + 6);
    assert!(of("latex").is_ascii());
    let json: serde_json::Value = serde_json::from_str(&of("json")).unwrap();
    assert_eq!(json["rows"].as_array().unwrap().len(), 6);
    assert_eq!(json["run"]["spec"]["votes_for"], 1e-3);
    let keys: Vec<&String> = json["rows"][0].as_object().unwrap().keys().collect();
    assert!(HEADER.split(',').all(|key| keys.iter().any(|k| *k == key)), "{keys:?}");
    let table = of("table");
    assert!(table.contains("within 0.001 of the limit") && table.contains('σ'), "{table}");
}

#[test]
fn a_million_votes_may_not_be_enough() {
    let found = run("theory --votes-for 1e-13 --format csv").done();
    let row = &cells(&found)[0];
    assert_eq!([8, 9, 10, 11, 12].map(|i| row[i].as_str()), [""; 5]);
    assert!(row[15].parse::<f64>().unwrap() > 1e6);
    assert!(run("theory --votes-for 1e-13").done().out.contains("> 1000000"));
    assert!(run("theory --votes-for 1e-13 --format latex").done().out.contains("$>$ 1000000"));
}

#[test]
fn fresh_draws_need_more() {
    let row = |draws: &str| {
        let args = format!("theory --votes-for 1e-3 --eps 0 --draws {draws} --format csv");
        cells(&run(&args).done()).remove(0)
    };
    assert_eq!(row("same")[8], "1");
    let fresh = row("fresh");
    assert_eq!(fresh[14], "0.5");
    // 1e-3 is reached at about (c/1e-3)²
    let (found, estimate): (f64, f64) = (fresh[8].parse().unwrap(), fresh[15].parse().unwrap());
    assert!((found / estimate - 1.0).abs() < 0.01, "{fresh:?}");
}

#[test]
fn a_folder_takes_the_table() {
    let place = Place::new();
    let kept = place.run("theory --votes-for 1e-3 -o plan").done();
    assert_eq!(kept.out, "");
    assert_eq!(kept.err, "wrote plan: votes.csv, run.json\n");
    assert_eq!(place.names("plan"), ["run.json", "votes.csv"]);
    let printed = place.run("theory --votes-for 1e-3 --format csv").done();
    assert_eq!(place.text("plan/votes.csv"), printed.out);
    // not over what is there
    let again = place.run("theory --votes-for 1e-2 -o plan");
    assert_eq!((again.code, again.err.lines().count()), (2, 1), "{again:?}");
    assert_eq!(place.text("plan/votes.csv"), printed.out);
}

#[test]
fn what_is_refused() {
    for (args, texts) in [
        ("--votes-for 0", ["--votes-for", "0", "1e-13 to 1"]),
        ("--votes-for -1", ["--votes-for", "-1", "1e-13 to 1"]),
        ("--votes-for abc", ["--votes-for", "abc", "not a number"]),
        ("--votes-for 1e-20", ["--votes-for", "1e-20", "1e-13 to 1"]),
        ("--votes-for 2", ["--votes-for", "2", "1e-13 to 1"]),
        ("--votes-for 1e-3 --votes 11", ["--votes-for", "--votes ", "cannot be used with"]),
        ("--votes-for 1e-3 --stages voted", ["--votes-for", "--stages", "cannot be used with"]),
        ("--votes-for 1e-3 --threshold 0", ["--votes-for", "--threshold", "cannot be used with"]),
        ("--votes-for 1e-3 --sigma -1 -o plan", ["--sigma", "-1", "from 0"]),
    ] {
        let place = Place::new();
        let run = place.run(&format!("theory {args}"));
        assert_eq!((run.code, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{run:?}");
        for text in texts {
            assert!(run.err.contains(text), "{text}: {}", run.err);
        }
        assert!(place.names("").is_empty());
    }
}
