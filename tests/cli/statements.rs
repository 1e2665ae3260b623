//! `gauss-sim claims --list`: each statement with numbers that its command gives, too.

use std::collections::HashMap;

use super::harness::{Place, run};

/// The columns of the list: a contract.
const COLUMNS: &str = "statement,says,verdict,condition,case,supports,first_what,first,predicted,second_what,second,\
    beside_what,beside,command,region_command,samples,mc_first,mc_first_low,mc_first_high,mc_second,mc_second_low,\
    mc_second_high,mc_difference,mc_difference_low,mc_difference_high,p_value,agrees";

/// Each statement with its verdict, in the order of the argument.
const VERDICTS: [(&str, &str); 22] = [
    ("eot-needs-randomness", "conditional"),
    ("smaller-steps-suffice", "conditional"),
    ("eot-is-neutral", "conditional"),
    ("reach-is-accuracy", "conditional"),
    ("eot-is-the-gradient", "conditional"),
    ("one-success-is-enough", "fails"),
    ("invariance-frees-gradients", "conditional"),
    ("defense-helps", "conditional"),
    ("training-hurts", "conditional"),
    ("training-keeps-some", "conditional"),
    ("trade-off", "conditional"),
    ("vote-restores", "conditional"),
    ("vote-trade-off", "conditional"),
    ("larger-space-is-stronger", "conditional"),
    ("voting-restores", "conditional"),
    ("nothing-exceeds-the-optimum", "holds"),
    ("smoothing-certifies-what-is-there", "conditional"),
    ("smoothing-is-the-exception", "conditional"),
    ("harder-in-the-black-box-setting", "conditional"),
    ("low-query-adversary", "conditional"),
    ("forces-all-sub-problems", "conditional"),
    ("decouples-invariance", "conditional"),
];

type Cells = HashMap<String, String>;

/// Rows of CSV whose cells may be quoted.
fn rows(text: &str) -> Vec<Cells> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn number(row: &Cells, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} is {:?}", row[column]))
}

#[test]
fn every_statement_has_a_verdict_in_every_format() {
    let list = run("claims --list --format csv").done();
    assert_eq!((list.out.lines().next(), list.err.as_str()), (Some(COLUMNS), ""));
    let rows = rows(&list.out);
    let mut verdicts: Vec<(&str, &str)> = Vec::new();
    for row in &rows {
        let verdict = (row["statement"].as_str(), row["verdict"].as_str());
        if verdicts.last() != Some(&verdict) {
            verdicts.push(verdict);
        }
    }
    assert_eq!(verdicts, VERDICTS);
    // A verdict is what its cases say.
    for (name, verdict) in VERDICTS {
        let of = || rows.iter().filter(|row| row["statement"] == name);
        let supports: Vec<bool> = of().map(|row| row["supports"] == "true").collect();
        let expected = match (supports.contains(&true), supports.contains(&false)) {
            (true, false) => "holds",
            (true, true) => "conditional",
            _ => "fails",
        };
        assert_eq!(verdict, expected, "{name}");
        assert!(of().all(|row| row["samples"].is_empty() && row["agrees"].is_empty()));
        assert!(of().all(|row| row["says"].ends_with('.') && !row["condition"].is_empty()));
    }

    let json: serde_json::Value =
        serde_json::from_str(&run("claims --list --format json").done().out).unwrap();
    let members = json["rows"].as_array().unwrap();
    assert_eq!(members.len(), rows.len());
    for (member, row) in members.iter().zip(&rows) {
        assert_eq!(member["says"], row["says"].as_str());
        assert_eq!(member["first"].as_f64(), Some(number(row, "first")));
        assert!(member["agrees"].is_null());
    }
    assert_eq!(json["run"]["rows"], rows.len());

    let markdown = run("claims --list --format markdown").done().out;
    let table = run("claims --list").done().out;
    for row in &rows {
        let command = format!("`{}`", row["command"]);
        assert!(markdown.contains(&command) && table.contains(&row["command"]), "{command}");
        assert!(markdown.contains(&row["says"]) && table.contains(&row["says"]));
    }
    assert!(
        run("claims --list --format latex").done().out.contains("eot-is-neutral & holds under")
    );
}

/// The numbers are computed when the list is made; so are those of the command beside them, by other code.
#[test]
fn each_command_gives_the_numbers() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("examples/pools")).unwrap();
    for (name, text) in gauss_sim::experiments::barrage::examples::EXAMPLES {
        place.write(&format!("examples/pools/{name}.toml"), text);
    }
    std::fs::create_dir_all(place.path("examples/tasks")).unwrap();
    for (name, text) in gauss_sim::experiments::linear::examples::EXAMPLES {
        place.write(&format!("examples/tasks/{name}.toml"), text);
    }
    let list = rows(&run("claims --list --format csv").done().out);
    let mut answers: HashMap<String, Vec<Cells>> = HashMap::new();
    for row in &list {
        let command = row["command"].strip_prefix("gauss-sim ").unwrap().to_owned();
        let answer = answers.entry(command).or_insert_with_key(|command| {
            rows(&place.run(&format!("{command} --format csv")).done().out)
        });
        let [first, second] = ["first", "second"].map(|name| number(row, name));
        if !row["region_command"].is_empty() {
            let difference = number(&answer[0], "difference");
            assert!((second - first - difference).abs() < 1e-15, "{}", row["command"]);
            assert_eq!(row["supports"] == "true", answer[0]["holds"] == "everywhere");
            continue;
        }
        for (name, value) in [("first", first), ("second", second)] {
            let equal = |cells: &Cells| {
                let of = |column: &str| cells.get(column).and_then(|c| c.parse::<f64>().ok());
                let product = of("robust_accuracy").zip(of("clean_accuracy"));
                cells.values().any(|cell| cell.parse() == Ok(value))
                    || product.is_some_and(|(robust, clean)| robust * clean == value)
            };
            assert!(answer.iter().any(equal), "{} has no {name} {value}", row["command"]);
        }
        let value = row["beside"].parse::<f64>().ok();
        let given = |value: f64| answer.iter().any(|r| r.values().any(|c| c.parse() == Ok(value)));
        assert!(value.is_none_or(given), "{}: {value:?}", row["command"]);
    }
    assert_eq!(answers.len(), 46);
    // The regions decide the six claims.
    let regions = list.iter().map(|row| row["region_command"].as_str());
    let mut regions: Vec<&str> = regions.filter(|command| !command.is_empty()).collect();
    regions.dedup();
    assert_eq!(regions.len(), 6);
    let command = regions[3].strip_prefix("gauss-sim ").unwrap();
    assert_eq!(rows(&run(&format!("{command} --format csv")).done().out)[0]["holds"], "partly");
}

#[test]
fn each_case_is_simulated() {
    let run = run("claims --list --samples 2000 --seed 3 --format csv").done();
    assert!(run.err.starts_with("agree: theory and simulation, "), "{}", run.err);
    let mut differences = 0;
    for row in rows(&run.out) {
        assert_eq!((row["samples"].as_str(), row["agrees"].as_str()), ("2000", "true"), "{row:?}");
        if row["mc_difference"].is_empty() {
            // At 1e-9 a case that is right is outside of six standard errors.
            // What has no estimate, such as a truth without noise, is the other side of one that has.
            let name = if row["mc_first"].is_empty() { "second" } else { "first" };
            let (exact, estimate) = (number(&row, name), number(&row, &format!("mc_{name}")));
            let error = (exact * (1.0 - exact) / 1000.0).sqrt();
            assert!((exact - estimate).abs() <= 6.0 * error, "{row:?}");
            assert!(number(&row, "p_value") > 1e-6);
        } else {
            differences += 1;
        }
    }
    assert_eq!(differences, 12);
}

#[test]
fn other_flags_are_refused() {
    for (flag, named) in [
        ("--sigma 1", "--sigma"),
        ("--claim trade-off", "--claim"),
        ("-o list", "-o"),
        ("--require trade-off", "--require"),
        ("--false-alarm 0.1", "--false-alarm"),
    ] {
        let run = run(&format!("claims --list {flag}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{flag}");
        let line = format!("error: {named} does not go with --list");
        assert!(run.err.starts_with(&line) && run.err.lines().count() == 1, "{}", run.err);
    }
}
