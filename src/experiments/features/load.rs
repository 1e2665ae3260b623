//! The rows of the two classes: which train, and which are held out.

use engine::stream::{LANES, Purpose, Stream};
use task::MAX_MAGNITUDE;
use task::linear::MAX_DIMENSION;
use task::range::short;

use super::data::{DataFile, HeldOut, Pair};
use super::spec::FeaturesSpec;
use crate::arrays::{Array, ArrayEntry, ArrayFile, Classes};

/// What arrays of features and of labels are called in a file of several.
const FEATURES: [&str; 4] = ["features", "X", "x", "X_test"];
const LABELS: [&str; 4] = ["labels", "y", "Y", "y_test"];

/// The numbers of the features, and the rows of each class.
pub(super) struct Rows {
    /// Row by row.
    pub(super) values: Vec<f64>,
    /// By class, −1 first, the numbers of rows, ascending.
    pub(super) classes: [Vec<usize>; 2],
}

/// Training rows and held-out rows.
pub(super) struct Loaded {
    pub(super) names: [String; 2],
    pub(super) columns: usize,
    pub(super) train: Rows,
    /// The values are those of `train` where they are empty.
    pub(super) held_out: Rows,
    /// What was noticed and left out.
    pub(super) notes: Vec<String>,
}

impl Loaded {
    /// The values of the held-out rows.
    pub(super) fn held_out_values(&self) -> &[f64] {
        match self.held_out.values.is_empty() {
            true => &self.train.values,
            false => &self.held_out.values,
        }
    }
}

/// Reads the files of a question and shares the rows out. An error is one line.
pub(super) fn load(spec: &FeaturesSpec) -> Result<Loaded, String> {
    let mut notes = Vec::new();
    let classes = Classes::default();
    let all =
        Labelled::read(&spec.features, spec.labels.as_ref(), "--labels", &classes, &mut notes)?;
    let names = named(&classes.names(), spec.classes.as_ref(), &all.labels_of)?;
    let columns = all.columns;
    let of_classes = |all: &Labelled| -> Result<[Vec<usize>; 2], String> {
        // Classes that are named may be met for the first time in the second file.
        let codes = names.each_ref().map(|name| classes.code(name));
        let codes = [codes[0].clone()?, codes[1].clone()?];
        Ok(codes.map(|code| (0..all.codes.len()).filter(|i| all.codes[*i] == code).collect()))
    };
    let rows = of_classes(&all)?;
    let (train, held_out) = match &spec.test {
        HeldOut::Share(share) => {
            if spec.test_labels.is_some() {
                return Err(format!(
                    "--test-labels goes with --test FILE: --test {share} holds out rows of {}",
                    spec.features.name()
                ));
            }
            let [train, held_out] = split(rows, *share, spec.seed.0);
            let values = all.values;
            (Rows { values, classes: train }, Rows { values: Vec::new(), classes: held_out })
        }
        HeldOut::File(file) => {
            let labels = spec.test_labels.as_ref();
            let test = Labelled::read(file, labels, "--test-labels", &classes, &mut notes)?;
            if test.columns != columns {
                let (found, features) = (test.columns, spec.features.name());
                return Err(
                    file.wrong(&format!("has {found} columns, and {features} has {columns}"))
                );
            }
            let held_out = of_classes(&test)?;
            (
                Rows { values: all.values, classes: rows },
                Rows { values: test.values, classes: held_out },
            )
        }
    };
    for (rows, what, least) in [(&train, "training", 1), (&held_out, "held-out", 2)] {
        for (rows, name) in rows.classes.iter().zip(&names) {
            if rows.len() < least {
                let found = rows.len();
                return Err(format!(
                    "class {name} has {found} {what} rows: it takes {least} at least; give more rows, or another --test"
                ));
            }
        }
    }
    Ok(Loaded { names, columns, train, held_out, notes })
}

/// Shares rows out at random: the numbers of those that train, and of those that are held out. The same seed makes the same
/// choice of the same rows.
fn split(classes: [Vec<usize>; 2], share: f64, seed: u64) -> [[Vec<usize>; 2]; 2] {
    let mut rows: Vec<(usize, usize)> = classes
        .into_iter()
        .enumerate()
        .flat_map(|(class, rows)| rows.into_iter().map(move |row| (row, class)))
        .collect();
    rows.sort_unstable();
    let mut stream = Stream::new(seed, 0, Purpose::HeldOutRows);
    let mut keys: Vec<u64> = Vec::with_capacity(rows.len() + LANES);
    while keys.len() < rows.len() {
        let (high, low) = (stream.step(), stream.step());
        keys.extend(high.iter().zip(&low).map(|(h, l)| u64::from(*h) << 32 | u64::from(*l)));
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_unstable_by_key(|i| (keys[*i], *i));
    let held_out = (share * rows.len() as f64).round() as usize;
    let of = |order: &[usize]| {
        let mut classes = [Vec::new(), Vec::new()];
        order.iter().for_each(|i| classes[rows[*i].1].push(rows[*i].0));
        classes.iter_mut().for_each(|rows| rows.sort_unstable());
        classes
    };
    [of(&order[held_out..]), of(&order[..held_out])]
}

/// The names of the two classes, −1 first.
fn named(known: &[String], asked: Option<&Pair>, file: &str) -> Result<[String; 2], String> {
    let mut sorted = known.to_vec();
    let as_numbers: Option<Vec<i128>> = known.iter().map(|name| name.parse().ok()).collect();
    match as_numbers {
        Some(_) => sorted.sort_by_key(|name| name.parse::<i128>().unwrap_or_default()),
        None => sorted.sort(),
    }
    let shown = |most: usize| {
        let more = if sorted.len() > most { ", …" } else { "" };
        sorted.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ") + more
    };
    if let Some(Pair(names)) = asked {
        return match names.iter().find(|name| !known.contains(name)) {
            Some(none) => Err(format!(
                "--classes {}: {file} has no class {none}: it has {}",
                names.join(","),
                shown(12)
            )),
            None => Ok(names.clone()),
        };
    }
    match sorted.as_slice() {
        [one] => Err(format!("{file} has one class only ({one}): the task has two")),
        [a, b] => Ok([a.clone(), b.clone()]),
        [a, b, ..] => Err(format!(
            "--classes is missing: {file} has {} classes ({}): write two of them, as in --classes {a},{b}",
            sorted.len(),
            shown(12)
        )),
        [] => Err(format!("{file} has no labels")),
    }
}

/// Features with the codes of their labels.
struct Labelled {
    values: Vec<f64>,
    columns: usize,
    codes: Vec<u16>,
    /// The name of the file of the labels.
    labels_of: String,
}

impl Labelled {
    fn read(
        file: &DataFile,
        labels: Option<&DataFile>,
        flag: &str,
        classes: &Classes,
        notes: &mut Vec<String>,
    ) -> Result<Self, String> {
        if file.name().is_empty() {
            return Err(
                "FEATURES is missing: name a file of features: .npy, .npz, safetensors or text"
                    .to_owned(),
            );
        }
        let opened = file.open()?;
        let wrong = |reason: String| file.wrong(&reason);
        // Labels first: they are small, and often what is wrong.
        let separate =
            labels.map(|labels| Ok::<_, String>((labels, labels.open()?))).transpose()?;
        let (labels_file, entry) = match &separate {
            Some((labels, opened)) => {
                (*labels, find(opened, &LABELS).map_err(|reason| labels.wrong(&reason))?)
            }
            None => match LABELS.iter().find_map(|name| opened.get(name)) {
                Some(entry) => (file, entry),
                None => {
                    return Err(format!(
                        "{flag} is missing: name the file of the labels of {}",
                        file.name()
                    ));
                }
            },
        };
        let found = entry.labels(classes).map_err(|reason| labels_file.wrong(&reason))?;
        let codes = match found.as_list() {
            Some(codes) => codes.to_vec(),
            None => {
                return Err(labels_file
                    .wrong("has several labels a row: save one for each row of the features"));
            }
        };
        let entry = find(&opened, &FEATURES).map_err(wrong)?;
        let array = entry.numbers().map_err(wrong)?;
        let columns = array.columns.unwrap_or(1);
        let notice = |file: &DataFile, noticed: &[String]| -> Vec<String> {
            noticed.iter().map(|note| file.wrong(note)).collect()
        };
        notes.extend(notice(file, &array.notes));
        notes.extend(notice(labels_file, &found.notes));
        if array.rows != codes.len() {
            let (rows, labels) = (array.rows, codes.len());
            return Err(labels_file
                .wrong(&format!("has {labels} labels, and {} has {rows} rows", file.name())));
        }
        if columns > MAX_DIMENSION {
            return Err(wrong(format!(
                "has {columns} columns: at most {MAX_DIMENSION} are possible"
            )));
        }
        check(&array, columns).map_err(wrong)?;
        Ok(Self { values: array.values, columns, codes, labels_of: labels_file.name() })
    }
}

/// The array of a file: the only one, or the one with such a name.
fn find<'a>(file: &'a ArrayFile, names: &[&str]) -> Result<ArrayEntry<'a>, String> {
    match names.iter().find_map(|name| file.get(name)) {
        Some(entry) => Ok(entry),
        None if file.names().count() == 1 => file.only(),
        None => {
            let known: Vec<&str> = file.names().take(6).collect();
            Err(format!("has no array {} or {}: it has {}", names[0], names[1], known.join(", ")))
        }
    }
}

/// Fails where a number is none, or too large.
fn check(array: &Array, columns: usize) -> Result<(), String> {
    let wrong = |x: &f64| x.is_nan() || x.abs() > MAX_MAGNITUDE;
    let Some(at) = array.values.iter().position(wrong) else { return Ok(()) };
    let (row, column, value) = (at / columns, at % columns, short(array.values[at]));
    Err(format!(
        "row {row}, column {column} (from 0) is {value}: numbers from -1e15 to 1e15 are possible; leave such rows out, or \
         fill them in"
    ))
}
