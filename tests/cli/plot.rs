//! `gauss-sim plot`: charts again, from rows alone.

use std::fs;

use super::harness::{COLUMNS, Place};

/// A small sweep in `kept`, with charts or without.
fn swept(more: &str) -> Place {
    let place = Place::new();
    place.run(&format!("sweep --sigma 0..2/3 --samples 1e4 --votes 11 -o kept {more}")).done();
    place
}

/// The rows of `place` with something done to them, plotted: one line, exit code 2, nothing made.
#[track_caller]
fn assert_refused(place: &Place, file: &str, texts: &[&str]) {
    let before = place.names("");
    let run = place.run_args(&["plot", file, "-o", "charts"]);
    assert_eq!(run.code, 2, "{file}: {run:#?}");
    assert_eq!(run.out, "");
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    for text in [file].iter().chain(texts) {
        assert!(run.err.contains(text), "{text}: {}", run.err);
    }
    let cause = run.err.matches("os error").count();
    assert!(cause <= 1, "the cause is said once: {}", run.err);
    assert_eq!(place.names(""), before);
}

#[test]
fn charts_from_rows_are_those_of_the_sweep_to_the_last_byte() {
    let place = swept("--eps 0..1/3");
    let run = place.run("plot kept/rows.csv -o again").done();
    assert_eq!(run.err, "");
    assert!(
        run.out.starts_with("wrote again: robust_accuracy_vs_sigma.{svg,pdf,png}, "),
        "{}",
        run.out
    );
    let mut charts = place.names("kept");
    let tables = ["counts.json", "rows.csv", "rows_drawn.csv", "run.json"];
    charts.retain(|name| !tables.contains(&name.as_str()));
    assert_eq!(place.names("again"), charts);
    assert_eq!(charts.len(), 3 * (4 + 3 + 3));
    for name in charts {
        let [first, again] =
            ["kept", "again"].map(|folder| place.read(&format!("{folder}/{name}")));
        assert!(first == again, "{name}");
    }
}

/// Rows of several tries read back: their charts are the sweep's, and the title says how many.
#[test]
fn rows_of_several_tries_are_drawn_again() {
    let place = swept("--draws persistent=5");
    place.run("plot kept/rows.csv -o again").done();
    let name = "adversarial_accuracy_vs_sigma.svg";
    assert!(place.read(&format!("kept/{name}")) == place.read(&format!("again/{name}")));
    assert_eq!(place.json("kept/run.json")["spec"]["draws"], "persistent=5");
}

#[test]
fn charts_go_beside_the_rows_and_over_others_only_by_force() {
    let place = swept("--no-plots");
    place.run("plot kept/rows.csv").done();
    assert_eq!(place.names("kept").len(), 4 + 12);
    let drawn = place.read("kept/robust_accuracy_vs_sigma.svg");
    place.write("kept/robust_accuracy_vs_sigma.svg", "mine");
    let run = place.run("plot kept/rows.csv");
    assert_eq!((run.code, run.out.as_str(), run.err.lines().count()), (2, "", 1), "{}", run.err);
    assert!(run.err.contains("kept/robust_accuracy_vs_sigma.svg") && run.err.contains("--force"));
    assert_eq!(place.read("kept/robust_accuracy_vs_sigma.svg"), b"mine");
    place.run("plot kept/rows.csv --force").done();
    assert_eq!(place.read("kept/robust_accuracy_vs_sigma.svg"), drawn);
    assert_eq!(place.names("kept").len(), 4 + 12);
}

#[test]
fn rows_of_the_current_folder_and_of_printing_verbs_will_do() {
    let place = Place::new();
    let rows = place.run("theory --sigma 0..1/3 --votes 11,inf --format csv").done().out;
    place.write("mine.csv", rows);
    assert!(place.run("plot mine.csv").done().out.starts_with("wrote .: "));
    assert_eq!(place.names("").len(), 1 + 12);
}

#[test]
fn what_holds_no_rows_is_refused() {
    let place = swept("--no-plots");
    let rows = place.text("kept/rows.csv");
    let header = rows.lines().next().unwrap().to_owned() + "\n";
    fs::create_dir(place.path("folder")).unwrap();
    place.write("empty.csv", "");
    place.write("header.csv", header);
    place.write("words.csv", "one line, and\nanother\n");
    place.write("binary.csv", b"\xff\xfe\x00\x01\n\xff\n".repeat(99));
    place.write("record.csv", place.text("kept/run.json"));
    place.write("quoted.csv", format!("\"{rows}"));
    assert_refused(&place, "missing.csv", &["cannot be read"]);
    assert_refused(&place, "folder", &["folder/rows.csv cannot be read"]);
    assert_refused(&place, "empty.csv", &["no rows"]);
    assert_refused(&place, "header.csv", &["no rows"]);
    for name in ["words.csv", "binary.csv", "record.csv", "quoted.csv"] {
        assert_refused(&place, name, &["is not a table of rows", "name a CSV file of rows"]);
    }
}

/// Tables of other verbs, and a cell that cannot be: in few words, with the column and the line.
#[test]
fn what_is_wrong_with_a_table_is_named() {
    let place = swept("--no-plots");
    place.run("claims --claim trade-off --sigma 0..1/3 --eps 0..0.5/3 --no-plots -o c").done();
    place.run("train --repetitions 2 --train-size 50 --no-plots -o t").done();
    let text = "beside the rows of gauss-sim claims, claims.csv";
    assert_refused(&place, "c/regions.csv", &["is not a table of rows", text]);
    // Those have charts of their own, of which rows alone do not say everything.
    for file in ["c/claims.csv", "t/train.csv", "c", "t"] {
        place.run(&format!("plot {file} -o charts --force")).done();
    }
    for record in ["c/run.json", "t/run.json"] {
        fs::remove_file(place.path(record)).unwrap();
    }
    assert_refused(&place, "c/claims.csv", &["run.json"]);
    assert_refused(&place, "t/train.csv", &["run.json"]);
    let rows = place.text("kept/rows.csv");
    let line = rows.lines().nth(2).unwrap();
    let (stage, rest) = line.split_once(',').unwrap();
    let (_, rest) = rest.split_once(',').unwrap();
    place.write("cell.csv", rows.replace(line, &format!("{stage},one,{rest}")));
    assert_refused(&place, "cell.csv", &["(line 3, mean: \"one\" is not a number)"]);
    place.write("stage.csv", rows.replace(line, &line.replace(stage, "attacked")));
    assert_refused(&place, "stage.csv", &["line 3", "\"attacked\" is not a stage"]);
}

/// The cells of a table, changed one by one, with another separator and other line ends.
fn rewritten(
    rows: &str,
    mark: &str,
    end: &str,
    edit: impl Fn(usize, &str, &str) -> String,
) -> String {
    let header: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
    let line = |(number, line): (usize, &str)| {
        let cells = line.split(',').zip(&header).map(|(cell, name)| edit(number, name, cell));
        cells.collect::<Vec<_>>().join(mark) + end
    };
    rows.lines().enumerate().map(line).collect()
}

/// A number as pandas writes a column in which cells are missing, or R with its decimal comma.
fn float(cell: &str, point: &str) -> String {
    let whole = cell.parse::<u64>().is_ok();
    let cell = if whole { format!("{cell}.0") } else { cell.to_owned() };
    if cell.parse::<f64>().is_ok() { cell.replace('.', point) } else { cell }
}

/// The same charts, whatever pandas, R or a spreadsheet has made of the rows.
#[test]
fn rows_that_other_programs_have_rewritten_are_read() {
    let place = swept("");
    let rows = place.text("kept/rows.csv");
    let pandas = rewritten(&rows, ",", "\n", |line, name, cell| {
        // an index without a name, words for truth, floats for counts
        let cell = match cell {
            "true" => "True".to_owned(),
            "false" => "False".to_owned(),
            cell if line > 0 && name != "stage" => float(cell, "."),
            cell => cell.to_owned(),
        };
        let index = if line == 0 { String::new() } else { (line - 1).to_string() };
        if name == "stage" { format!("{index},{cell}") } else { cell }
    });
    let r = rewritten(&rows, ";", "\r\n", |line, name, cell| {
        let cell = match cell {
            "" => "NA".to_owned(),
            "true" | "false" => cell.to_uppercase(),
            cell if line > 0 => float(cell, ","),
            cell => cell.to_owned(),
        };
        let quoted = line == 0 || ["stage", "label", "draws"].contains(&name);
        if quoted { format!("\"{cell}\"") } else { cell }
    });
    let tabs = rewritten(&rows, "\t", "\r\n", |_, _, cell| cell.to_owned());
    // Columns from last to first, and one that is not ours.
    let reordered: String = rows
        .lines()
        .enumerate()
        .map(|(line, cells)| {
            let mut cells: Vec<&str> = cells.split(',').rev().collect();
            cells.insert(3, if line == 0 { "remark" } else { "mine" });
            cells.join(",") + "\n"
        })
        .collect();
    let marked = "\u{feff}".to_owned() + &rows.replace('\n', "\r\n");
    for (name, text) in
        [("pandas", pandas), ("r", r), ("tabs", tabs), ("reordered", reordered), ("marked", marked)]
    {
        place.write(&format!("{name}.csv"), text);
        let run = place.run(&format!("plot {name}.csv -o {name}")).done();
        assert_eq!(run.err, "", "{name}");
        for chart in place.names(name) {
            assert!(
                place.read(&format!("{name}/{chart}")) == place.read(&format!("kept/{chart}")),
                "{name}: {chart}"
            );
        }
        assert_eq!(place.names(name).len(), 12, "{name}");
    }
    // Between semicolons a comma may part thousands: that is no count.
    let thousands = rewritten(&rows, ";", "\n", |line, name, cell| match name {
        "samples" if line > 0 => "10,000".to_owned(),
        _ => cell.to_owned(),
    });
    place.write("thousands.csv", thousands);
    assert_refused(&place, "thousands.csv", &["line 2, samples: \"10,000\" is not a count"]);
}

/// Rows of two runs in one file: what is there twice is said, and the title has the range of samples.
#[test]
fn rows_of_several_runs_are_noticed() {
    let place = swept("--no-plots");
    place.run("sweep --sigma 0..2/3 --samples 3e4 --votes 11 --seed 2 --no-plots -o more").done();
    let more = place.text("more/rows.csv");
    let both = place.text("kept/rows.csv") + more.split_once('\n').unwrap().1;
    place.write("both.csv", both);
    let run = place.run("plot both.csv -o both").done();
    assert_eq!(run.err.lines().count(), 1, "{}", run.err);
    assert!(run.err.contains("12 of 24 rows repeat the point of another"), "{}", run.err);
    let svg = place.text("both/robust_accuracy_vs_sigma.svg");
    assert!(svg.contains("10,000") && svg.contains("30,000"), "how many samples there are");
}

/// `--metric`, `--width`, `--theme` and `--no-title` choose charts and change their look.
#[test]
fn charts_are_chosen_and_dressed() {
    let place = swept("--no-plots");
    place.run("plot kept/rows.csv --metric robust -o usual").done();
    let look = "--metric robust --width 3.25in --theme grey --no-title";
    place.run(&format!("plot kept/rows.csv {look} -o paper")).done();
    let names = ["pdf", "png", "svg"].map(|kind| format!("robust_accuracy_vs_sigma.{kind}"));
    assert_eq!((place.names("usual"), place.names("paper")), (names.to_vec(), names.to_vec()));
    let [usual, paper] = ["usual", "paper"]
        .map(|folder| place.text(&format!("{folder}/robust_accuracy_vs_sigma.svg")));
    assert!(usual.contains("10,000 samples") && !paper.contains("10,000 samples"));
    assert!(paper.contains("width=\"234pt\"") && !usual.contains("width=\"234pt\""), "{paper}");
}

#[test]
fn a_file_that_ends_too_soon_is_refused_wherever_it_ends() {
    let place = swept("--no-plots");
    let rows = place.text("kept/rows.csv");
    let last = rows.trim_end().rfind('\n').unwrap() + 1;
    let line = &rows[last..];
    // In the header, early, and inside the last row: after a few cells, and inside its last word.
    for end in [50, rows.len() / 2, last + 1, last + line.len() / 2, rows.len() - "ue\n".len()] {
        place.write("cut.csv", &rows[..end]);
        assert_refused(&place, "cut.csv", &["is not a table of rows"]);
    }
}

#[test]
fn a_missing_column_is_named() {
    let place = swept("--no-plots");
    let rows = place.text("kept/rows.csv");
    for (index, column) in COLUMNS.into_iter().enumerate() {
        let mut without = String::new();
        for line in rows.lines() {
            let mut cells: Vec<&str> = line.split(',').collect();
            cells.remove(index);
            without += &(cells.join(",") + "\n");
        }
        place.write("without.csv", without);
        assert_refused(&place, "without.csv", &["is not a table of rows", column]);
    }
    place.write("other.csv", rows.replace("robust_accuracy", "robustness"));
    assert_refused(&place, "other.csv", &["it has no robust_accuracy"]);
}

#[test]
fn a_cell_that_no_run_writes_is_refused() {
    let place = swept("--no-plots --eps 0,1");
    let rows = place.text("kept/rows.csv");
    for (column, value) in [
        ("stage", "retrained"),
        ("mean", "one"),
        ("mean", "7"),
        ("data_std", "0"),
        ("sigma", "nan"),
        ("sigma", ""),
        ("sigma", "-1"),
        ("sigma", "1e308"),
        ("votes", "0"),
        ("draws", "many"),
        ("draws", "persistent=0"),
        ("eps", "inf"),
        ("robust_accuracy", "nan"),
        ("robust_accuracy", "1e300"),
        ("clean_accuracy", "-0.5"),
        ("samples", "-3"),
        ("clean_correct", "0.5"),
        ("mc_robust_high", "inf"),
        ("agrees", "perhaps"),
    ] {
        let index = COLUMNS.iter().position(|name| *name == column).unwrap();
        let mut lines: Vec<String> = rows.lines().map(str::to_owned).collect();
        let mut cells: Vec<&str> = lines[4].split(',').collect();
        cells[index] = value;
        lines[4] = cells.join(",");
        place.write("odd.csv", lines.join("\n") + "\n");
        assert_refused(&place, "odd.csv", &[]);
    }
}

#[test]
fn a_single_point_has_nothing_to_be_drawn_against() {
    let place = Place::new();
    place.write("point.csv", place.run("theory --format csv").done().out);
    assert_refused(&place, "point.csv", &["one sigma and one eps", "--sigma 0..4"]);
}

#[test]
fn thresholds_and_votes_at_one_point_are_something_to_draw() {
    let place = Place::new();
    let kept = "sweep --sigma 1 --threshold 0..1/5 --votes 1,3,11 --samples 1e4 -o kept";
    let run = place.run(kept).done();
    let charts = ["robust_accuracy_vs_invariance", "robust_accuracy_vs_votes"];
    for chart in charts {
        assert!(run.out.contains(&format!("{chart}.{{svg,pdf,png}}")), "{}", run.out);
    }
    assert_eq!(place.names("kept").len(), 4 + 3 * charts.len());
    place.run("plot kept/rows.csv -o again").done();
    for name in place.names("again") {
        let [first, again] =
            ["kept", "again"].map(|folder| place.read(&format!("{folder}/{name}")));
        assert!(first == again, "{name}");
    }
    let svg = place.text("again/robust_accuracy_vs_invariance.svg");
    for text in ["σ = 1", "defended (k = 0)", "trained (k = 1)", "undefended", "simulation"] {
        assert!(svg.contains(text), "{text}");
    }
    // They are looked for before the work as all other files.
    let run = place.run("sweep --sigma 1 --votes 1,3,11 --samples 1e15 -o again");
    assert_eq!(run.code, 2, "{run:#?}");
    assert!(run.err.contains("again/robust_accuracy_vs_votes"), "{}", run.err);
}

#[test]
fn a_folder_that_cannot_be_is_refused() {
    let place = swept("--no-plots");
    place.write("file", "mine");
    for folder in ["file", "file/below"] {
        let run = place.run(&format!("plot kept/rows.csv -o {folder}"));
        assert_eq!(
            (run.code, run.out.as_str(), run.err.lines().count()),
            (2, "", 1),
            "{}",
            run.err
        );
        assert!(run.err.contains("-o") && run.err.contains(folder), "{}", run.err);
    }
    assert_eq!(place.read("file"), b"mine");
}
