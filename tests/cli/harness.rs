//! Runs of the program in a fresh folder, and readers of what it says that share no code with it.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

/// The columns of every CSV file and the members of every JSON row, in order: a contract.
pub(crate) const COLUMNS: [&str; 35] = [
    "stage",
    "mean",
    "data_std",
    "shift",
    "sigma",
    "threshold",
    "votes",
    "draws",
    "eps",
    "optimum",
    "label",
    "clean_accuracy",
    "adversarial_accuracy",
    "robust_accuracy",
    "attack_success_rate",
    "invariance",
    "samples",
    "clean_correct",
    "both_correct",
    "adversarial_correct",
    "invariant",
    "mc_clean_accuracy",
    "mc_clean_low",
    "mc_clean_high",
    "mc_adversarial_accuracy",
    "mc_adversarial_low",
    "mc_adversarial_high",
    "mc_robust_accuracy",
    "mc_robust_low",
    "mc_robust_high",
    "mc_invariance",
    "mc_invariance_low",
    "mc_invariance_high",
    "p_value",
    "agrees",
];

/// How many of the columns are there without a simulation.
pub(crate) const EXACT_COLUMNS: usize = 16;

/// No run of this suite takes long; one that does has started work that it should have refused.
const LIMIT: Duration = Duration::from_secs(600);

/// A fresh folder to run the program in.
pub(crate) struct Place(TempDir);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Runs the program in this folder; arguments are separated by white space.
    pub(crate) fn run(&self, args: &str) -> Run {
        self.run_args(&args.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn run_args(&self, args: &[&str]) -> Run {
        let mut command = assert_cmd::Command::new(program());
        let output = command.current_dir(&self.0).args(args).timeout(LIMIT).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code =
            output.status.code().unwrap_or_else(|| panic!("{args:?} did not come to an end"));
        Run { code, out: text(output.stdout), err: text(output.stderr) }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// The names in a folder, hidden ones too, sorted; `""` is the place itself.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<String> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }
}

/// Where the program is.
pub(crate) fn program() -> &'static std::path::Path {
    assert_cmd::cargo::cargo_bin!("gauss-sim")
}

/// Runs the program in a folder of its own, for what it prints.
pub(crate) fn run(args: &str) -> Run {
    Place::new().run(args)
}

impl Run {
    /// The run, if it was done and found agreement.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Standard output as CSV rows.
    #[track_caller]
    pub(crate) fn rows(&self) -> Vec<Row> {
        rows(&self.out)
    }
}

/// A row of CSV by its columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row(HashMap<String, String>);

impl Row {
    #[track_caller]
    pub(crate) fn text(&self, column: &str) -> &str {
        self.0.get(column).unwrap_or_else(|| panic!("no column {column}"))
    }

    #[track_caller]
    pub(crate) fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column} is {text:?}"))
    }

    #[track_caller]
    pub(crate) fn count(&self, column: &str) -> u64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column} is {text:?}"))
    }
}

/// CSV with the header of the contract.
#[track_caller]
pub(crate) fn rows(text: &str) -> Vec<Row> {
    table(text, &COLUMNS)
}

/// CSV by its own header, with cells between quotation marks where they have commas.
#[track_caller]
pub(crate) fn any_table(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.deserialize::<HashMap<String, String>>();
    rows.map(|row| Row(row.unwrap())).collect()
}

/// CSV with these columns.
#[track_caller]
pub(crate) fn table(text: &str, columns: &[&str]) -> Vec<Row> {
    assert!(text.ends_with('\n') && !text.contains('\r'), "line ends: {text}");
    let mut lines = text.lines();
    assert_eq!(lines.next().unwrap_or_default(), columns.join(","));
    let row = |line: &str| {
        let cells = cells(line);
        assert_eq!(cells.len(), columns.len(), "{line}");
        Row(columns.iter().zip(cells).map(|(c, v)| ((*c).to_owned(), v)).collect())
    };
    lines.map(row).collect()
}

/// The cells of a line; a comma between quotes belongs to its cell.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    cells
}

/// The members of the rows in JSON, each as it is written, with the keys in the order of the
/// contract: so that numbers can be compared to the last digit.
#[track_caller]
pub(crate) fn json_rows(text: &str) -> Vec<Row> {
    let document: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    keys.retain(|key| *key != "rows_drawn");
    keys.sort();
    assert_eq!(keys, ["rows", "run"]);
    let (_, rows) = text.split_once("\"rows\": [\n").unwrap();
    let rows = rows.split("\"rows_drawn\"").next().unwrap();
    let mut members: Vec<(&str, String)> = Vec::new();
    for line in rows.lines() {
        if let Some((key, value)) = line.trim().trim_end_matches(',').split_once(": ") {
            let value = if value == "null" { "" } else { value.trim_matches('"') };
            members.push((key.trim_matches('"'), value.to_owned()));
        }
    }
    let row = |members: &[(&str, String)]| {
        let keys: Vec<&str> = members.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, COLUMNS);
        Row(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
    };
    members.chunks(COLUMNS.len()).map(row).collect()
}

/// A share, as every accuracy and every limit is.
#[track_caller]
pub(crate) fn assert_share(row: &Row, column: &str) {
    let value = row.number(column);
    assert!((0.0..=1.0).contains(&value), "{column} = {value} in {row:?}");
}

/// Equal to within `tolerance`, absolute.
#[track_caller]
pub(crate) fn assert_close(value: f64, expected: f64, tolerance: f64) {
    assert!((value - expected).abs() <= tolerance, "{value} instead of {expected}");
}

/// Takes a sampled question of any kind through what all kinds have: a folder with these charts, shares that merge to the
/// same rows, a complete run that has nothing to do, and the record as a question. `verb` is what asks a file, with the flags
/// that make it that verb. Where rows can be drawn again by themselves, the first chart is compared.
pub(crate) fn like_any_other(verb: &str, question: &str, charts: &[&str], alone: bool) {
    let place = Place::new();
    place.run(&format!("{verb} {question} -o whole")).done();
    let names = place.names("whole");
    for chart in charts {
        assert!(names.contains(&format!("{chart}.pdf")), "{chart}: {names:?}");
    }
    for share in 1..=2 {
        place
            .run(&format!("{verb} {question} --shard {share}/2 --no-plots -o share{share}"))
            .done();
    }
    place.run("merge share1 share2 -o merged --no-plots").done();
    assert_eq!(place.text("merged/rows.csv"), place.text("whole/rows.csv"));
    let again = place.run(&format!("{verb} {question} --resume whole")).done();
    assert!(again.err.contains("nothing to do"), "{}", again.err);
    if alone {
        place.run("plot whole -o drawn").done();
        let chart = format!("{}.svg", charts[0]);
        assert!(place.read(&format!("drawn/{chart}")) == place.read(&format!("whole/{chart}")));
    }
    place.run(&format!("{verb} --spec whole/run.json -o spec --no-plots")).done();
    assert_eq!(place.text("spec/rows.csv"), place.text("whole/rows.csv"));
}
