//! `gauss-sim sweep`: a folder with rows, record and charts, and when there is none.

use std::collections::BTreeSet;
use std::fs;

use super::harness::{Place, Run, json_rows, rows};
use super::simulate::disagreeing;

const ENDINGS: [&str; 3] = ["pdf", "png", "svg"];

/// The files of these charts, and the three of every simulated run, sorted.
fn files(charts: &[String]) -> Vec<String> {
    let charts = charts.iter().flat_map(|chart| ENDINGS.map(|ending| format!("{chart}.{ending}")));
    let files: BTreeSet<String> =
        charts.chain(["counts.json", "rows.csv", "run.json"].map(str::to_owned)).collect();
    files.into_iter().collect()
}

/// The same of a run with votes, of which some are drawn as a check.
fn files_with_votes(charts: &[String]) -> Vec<String> {
    let mut files = files(charts);
    files.push("rows_drawn.csv".to_owned());
    files.sort();
    files
}

/// The charts against a variable: the clean accuracy knows no budget.
fn against(variable: &str) -> Vec<String> {
    let mut quantities = vec!["adversarial_accuracy", "attack_success_rate", "robust_accuracy"];
    quantities.extend((variable == "sigma").then_some("clean_accuracy"));
    quantities.iter().map(|quantity| format!("{quantity}_vs_{variable}")).collect()
}

#[track_caller]
fn assert_refused(run: &Run, texts: &[&str]) {
    assert_eq!(run.code, 2, "{run:#?}");
    assert_eq!(run.out, "");
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    for text in texts {
        assert!(run.err.contains(text), "{text}: {}", run.err);
    }
}

#[test]
fn the_main_job_makes_a_fresh_folder_and_says_its_name() {
    let place = Place::new();
    let run = place.run("sweep --samples 2e4 --votes 11").done();
    assert_eq!(place.names(""), ["gauss-sim-sweep"]);
    assert_eq!(place.names("gauss-sim-sweep"), files_with_votes(&against("sigma")));
    for text in ["324 rows", "20,000 samples", "seed 1", "into gauss-sim-sweep"] {
        assert!(run.err.contains(text), "what was chosen, {text}: {}", run.err);
    }
    assert_eq!(run.err.lines().count(), 1, "no progress without a terminal: {}", run.err);
    for text in [
        "wrote gauss-sim-sweep: rows.csv, rows_drawn.csv, run.json",
        "\nagree: ",
        "all 324 rows are in rows.csv",
    ] {
        assert!(run.out.contains(text), "{text}: {}", run.out);
    }
    let table = rows(&place.text("gauss-sim-sweep/rows.csv"));
    assert_eq!(table.len(), 324);
    assert!(table.iter().all(|row| row.text("agrees") == "true" && row.number("eps") == 0.5));
    let record = place.json("gauss-sim-sweep/run.json");
    assert_eq!(record["program"], "gauss-sim");
    assert_eq!(record["version"], env!("CARGO_PKG_VERSION"));
    for (key, value) in [("sigma", "0..4"), ("eps", "0.5"), ("threshold", "0"), ("votes", "11")] {
        assert_eq!(record["spec"][key], value);
    }
    for key in ["mean", "data_std", "shift"] {
        assert_eq!(record["spec"][key], 1.0);
    }
    assert_eq!(record["spec"]["stages"].as_array().unwrap().len(), 4);
    assert_eq!(record["simulation"]["samples"], 20_000);
    assert_eq!(record["simulation"]["seed"], 1);
    assert!(record["simulation"]["stream_version"].is_u64());
    assert!(record["wall_seconds"].as_f64().unwrap() > 0.0);
    assert!(record["started"].as_str().unwrap().ends_with('Z'));
    assert_eq!(record["judgement"]["rows"], 324);
}

#[test]
fn a_taken_name_gets_a_number() {
    let place = Place::new();
    let sweep = "sweep --sigma 0,1 --samples 1e4 --votes 1 --no-plots";
    place.run(sweep).done();
    let first = place.read("gauss-sim-sweep/run.json");
    assert!(place.run(sweep).done().out.contains("wrote gauss-sim-sweep-2: "));
    place.write("gauss-sim-sweep-3", "a file");
    assert!(place.run(sweep).done().out.contains("wrote gauss-sim-sweep-4: "));
    assert_eq!(place.read("gauss-sim-sweep/run.json"), first);
    assert_eq!(place.read("gauss-sim-sweep-3"), b"a file");
    assert_eq!(place.names("gauss-sim-sweep-4"), files(&[]));
}

#[test]
fn charts_are_what_their_names_say() {
    let place = Place::new();
    place.run("sweep --sigma 0..2/3 --eps 0..1/3 --samples 1e4 --votes 11,inf -o surface").done();
    let mut charts = [against("sigma"), against("eps")].concat();
    // A vote of infinitely many gains nothing anywhere.
    for stage in ["defended_k0", "trained_k1", "voted_n11"] {
        charts.push(format!("robust_accuracy_gain_{stage}"));
    }
    assert_eq!(place.names("surface"), files_with_votes(&charts));
    for name in place.names("surface") {
        let bytes = place.read(&format!("surface/{name}"));
        match name.rsplit_once('.').unwrap().1 {
            "svg" => {
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.starts_with("<?xml") || text.starts_with("<svg"), "{name}");
                assert!(text.trim_end().ends_with("</svg>"), "{name}");
                assert!(!text.contains("NaN") && !text.contains("\"inf"), "{name}");
            }
            "pdf" => {
                assert!(bytes.starts_with(b"%PDF-"), "{name}");
                assert!(bytes.trim_ascii_end().ends_with(b"%%EOF"), "{name}");
            }
            "png" => {
                assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{name}");
                assert_eq!(bytes[bytes.len() - 8..bytes.len() - 4], *b"IEND", "{name}");
            }
            _ => {}
        }
    }
}

#[test]
fn charts_can_be_left_out_and_a_point_has_none() {
    let place = Place::new();
    place.run("sweep --sigma 0..2/3 --samples 1e4 --votes 1 --no-plots -o bare").done();
    assert_eq!(place.names("bare"), files(&[]));
    place.run("sweep --sigma 1 --samples 1e4 --votes 1 -o point").done();
    assert_eq!(place.names("point"), files(&[]));
    place.run("sweep --sigma 0 --eps 0..1/3 --samples 1e4 --votes 1 -o budgets").done();
    assert_eq!(place.names("budgets"), files(&against("eps")));
}

#[test]
fn without_samples_a_sweep_is_exact() {
    let place = Place::new();
    let run = place.run("sweep --samples 0 --sigma 0..2/3 --votes 11 -o exact").done();
    assert!(!run.out.contains("agree"), "{}", run.out);
    let mut expected = files(&against("sigma"));
    expected.retain(|name| name != "counts.json");
    assert_eq!(place.names("exact"), expected);
    let table = rows(&place.text("exact/rows.csv"));
    assert!(
        table.iter().all(|row| row.text("samples").is_empty() && row.text("agrees").is_empty())
    );
    assert!(place.json("exact/run.json")["simulation"].is_null());
}

#[test]
fn the_record_is_enough_to_run_it_again() {
    let place = Place::new();
    let question =
        "--sigma 0.1,0.5..1/3 --eps 0.3 --mean 1.5 --data-std 0.7 --shift 0.9 --threshold 0.2";
    let chosen = "--votes 3,10 --samples 70_000 --seed 42 --votes-by median --threads 2 --confidence 90% --false-alarm 1e-4";
    place.run(&format!("sweep {question} {chosen} --no-plots -o first")).done();
    let command = place.json("first/run.json")["command"].clone();
    let args: Vec<&str> = command.as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    let elsewhere = Place::new();
    elsewhere.run_args(&args[1..]).done();
    assert_eq!(elsewhere.read("first/rows.csv"), place.read("first/rows.csv"));
}

#[test]
fn rows_and_charts_do_not_depend_on_the_threads() {
    let place = Place::new();
    for threads in [1, 2, 7] {
        let sweep = "sweep --sigma 0..2/5 --samples 2e5 --votes 11";
        place.run(&format!("{sweep} --threads {threads} -o {threads}")).done();
        let timed = ["counts.json", "run.json"];
        let files = files_with_votes(&against("sigma"));
        for name in files.iter().filter(|name| !timed.contains(&name.as_str())) {
            let [one, this] = [1, threads].map(|n| place.read(&format!("{n}/{name}")));
            assert!(one == this, "{name} with {threads} threads");
        }
    }
}

#[test]
fn what_is_printed_in_a_format_is_what_is_kept() {
    let place = Place::new();
    let sweep = "sweep --sigma 0..1/3 --samples 1e4 --votes 11 --no-plots";
    let csv = place.run(&format!("{sweep} --format csv -o a")).done();
    assert_eq!(csv.out, place.text("a/rows.csv"));
    let lines: Vec<&str> = csv.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", csv.err);
    assert!(lines[0].ends_with("into a") && lines[1].starts_with("agree: "), "{}", csv.err);
    let json = place.run(&format!("{sweep} --format json -o b")).done();
    assert_eq!(json_rows(&json.out).len(), 12);
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let mut kept = place.json("b/run.json");
    assert_eq!(
        kept.as_object_mut().unwrap().remove("files").unwrap(),
        serde_json::json!(["rows.csv", "rows_drawn.csv"])
    );
    assert_eq!(document["run"], kept);
}

/// More samples than this machine draws in its lifetime: whoever starts them does not come back.
const ENDLESS: &str = "--samples 1e15";

#[test]
fn a_file_in_the_way_is_found_before_the_work_and_left_alone() {
    for name in
        ["rows.csv", "run.json", "robust_accuracy_vs_sigma.svg", "adversarial_accuracy_vs_eps.png"]
    {
        let place = Place::new();
        fs::create_dir(place.path("taken")).unwrap();
        place.write(&format!("taken/{name}"), "mine");
        let run = place.run(&format!("sweep --sigma 0..2/3 --eps 0,1 {ENDLESS} -o taken"));
        assert_refused(&run, &[&format!("taken/{name}"), "--force", "-o"]);
        assert_eq!(place.names("taken"), [name]);
        assert_eq!(place.read(&format!("taken/{name}")), b"mine");
    }
    // Charts that are not drawn are in nobody's way.
    let place = Place::new();
    fs::create_dir(place.path("taken")).unwrap();
    place.write("taken/robust_accuracy_vs_sigma.svg", "mine");
    place.run("sweep --sigma 0..2/3 --samples 1e4 --votes 1 --no-plots -o taken").done();
    assert_eq!(place.read("taken/robust_accuracy_vs_sigma.svg"), b"mine");
}

#[test]
fn force_writes_over_what_is_there() {
    let place = Place::new();
    let sweep = "sweep --sigma 0..2/3 --samples 1e4 --votes 1 -o kept";
    place.run(sweep).done();
    let before = place.read("kept/rows.csv");
    place.write("kept/notes.txt", "mine");
    place.run(&format!("{sweep} --seed 2 --force")).done();
    assert_ne!(place.read("kept/rows.csv"), before);
    assert_eq!(place.read("kept/notes.txt"), b"mine");
    assert_eq!(place.names("kept").len(), files(&against("sigma")).len() + 1);
    // A folder with the name of a file is nothing to write over, and found before the work.
    fs::remove_file(place.path("kept/rows.csv")).unwrap();
    fs::create_dir(place.path("kept/rows.csv")).unwrap();
    let run = place.run(&format!("sweep {ENDLESS} --force -o kept"));
    assert_refused(&run, &["kept/rows.csv", "folder", "-o"]);
}

#[test]
fn a_folder_that_cannot_be_is_found_before_the_work() {
    let place = Place::new();
    place.write("file", "mine");
    for folder in ["file", "file/below", "file/far/below"] {
        for verb in ["sweep", "simulate"] {
            let run = place.run(&format!("{verb} {ENDLESS} -o {folder}"));
            assert_refused(&run, &["-o", folder, "cannot be written into"]);
        }
    }
    assert_refused(&place.run("theory -o file/below"), &["-o", "file/below"]);
    assert_eq!(place.names(""), ["file"]);
    assert_eq!(place.read("file"), b"mine");
}

#[test]
fn a_file_in_the_way_of_the_printing_verbs_is_left_alone() {
    for verb in ["theory", "simulate --samples 1e15"] {
        let place = Place::new();
        place.write("run.json", "mine");
        assert_refused(&place.run(&format!("{verb} -o .")), &["run.json exists", "--force"]);
        assert_eq!(place.names(""), ["run.json"]);
        assert_eq!(place.read("run.json"), b"mine");
    }
    let place = Place::new();
    place.write("run.json", "mine");
    place.run("theory -o . --force").done();
    assert_eq!(place.json("run.json")["program"], "gauss-sim");
}

#[test]
fn a_disagreement_is_the_exit_code_of_a_sweep_with_all_its_files() {
    let (place, run) = disagreeing("sweep");
    assert!(run.out.contains("\nDISAGREE: theory and simulation, in 1 of 1 rows"), "{run:#?}");
    assert_eq!(place.names("kept"), files(&[]));
    assert_eq!(rows(&place.text("kept/rows.csv"))[0].text("agrees"), "false");
}

#[test]
fn every_range_has_its_charts() {
    for range in [
        "--sigma 0,5e-324",
        "--sigma 1,1.0000000000000002",
        "--sigma 1e-3..1e6/log4",
        "--sigma 0..1e-300/3",
        "--sigma 0,1e15",
    ] {
        let place = Place::new();
        place.run(&format!("sweep {range} --stages undefended,trained --samples 1e3 -o o")).done();
        assert_eq!(place.names("o"), files(&against("sigma")), "{range}");
    }
}
