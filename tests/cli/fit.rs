//! `gauss-sim fit`: the Gaussian task of features, and how far held-out rows are from it.

use std::fs;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;

use super::harness::{Place, Row, any_table, assert_close, assert_share, table};

/// The columns of rows: a contract.
const COLUMNS: [&str; 19] = [
    "stage",
    "norm",
    "sigma",
    "margin_sigma",
    "votes",
    "n0",
    "n",
    "alpha",
    "eps",
    "held_out",
    "right",
    "accuracy",
    "low",
    "high",
    "band_low",
    "band_high",
    "fitted_accuracy",
    "moments_accuracy",
    "class_moments_accuracy",
];

#[track_caller]
fn rows(place: &Place, folder: &str) -> Vec<Row> {
    table(&place.text(&format!("{folder}/rows.csv")), &COLUMNS)
}

/// One array as numpy.save writes it.
fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Writes X.npy and y.npy: n rows of N(y·mean, I + 0.25·11ᵀ), of which a third is of class 1, else 0.
fn write_task(place: &Place, n: usize, mean: &[f64], seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let d = mean.len();
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for row in 0..n {
        let label = i64::from(row % 3 == 0);
        let common: f64 = rng.sample(StandardNormal);
        for mean in mean {
            let own: f64 = rng.sample(StandardNormal);
            let value = (2 * label - 1) as f64 * mean + 0.5 * common + own;
            x.extend(value.to_le_bytes());
        }
        y.extend(label.to_le_bytes());
    }
    place.write("X.npy", npy("<f8", &format!("({n}, {d})"), &x));
    place.write("y.npy", npy("<i8", &format!("({n},)"), &y));
}

/// The digits of the example, beside the program.
fn pixels() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/digits/pixels.npz").to_owned()
}

/// A known task comes back: its parameters, the accuracies of the held-out rows within the band (at confidence 1 − 1e-6), and `nd` takes the
/// file and has the same accuracies as the column of the fitted task.
#[test]
fn a_known_task_comes_back() {
    let place = Place::new();
    write_task(&place, 9000, &[0.6, 0.2, 0.9], 1);
    for norm in ["2", "inf", "1"] {
        let fit = format!(
            "fit X.npy --labels y.npy --norm {norm} --eps 0,0.25,0.5 --sigma 0,0.7 --votes 1,11,inf --confidence 0.999999 -o \
             norm{norm} --no-plots"
        );
        place.run(&fit).done();
        let found = rows(&place, &format!("norm{norm}"));
        assert_eq!(found.len(), 12);
        for row in &found {
            assert_eq!(row.count("held_out"), 4500);
            for name in ["fitted_accuracy", "moments_accuracy", "class_moments_accuracy"] {
                let inside = row.number("band_low")..=row.number("band_high");
                assert!(inside.contains(&row.number(name)), "{name} {row:?}");
            }
        }
        let nd = format!(
            "nd norm{norm}/task.toml --sigma 0.7 --eps 0,0.25,0.5 --stages undefended,defended --samples 0 --format csv"
        );
        let nd = any_table(&place.run(&nd).done().out);
        for row in &nd {
            let same = found.iter().find(|own| {
                own.text("stage") == row.text("stage") && own.number("eps") == row.number("eps")
            });
            let own = same.unwrap().number("fitted_accuracy");
            assert_close(own, row.number("adversarial_accuracy"), 1e-9);
        }
        // Infinitely many votes are no noise.
        for eps in ["0.0", "0.25", "0.5"] {
            let of = |stage: &str, votes: &str| {
                let here = |row: &&Row| {
                    row.text("stage") == stage
                        && row.text("votes") == votes
                        && row.text("eps") == eps
                };
                found.iter().find(here).unwrap().number("accuracy")
            };
            assert_eq!(of("undefended", ""), of("voted", "inf"));
        }
    }
    let task: toml::Table = toml::from_str(&place.text("norm2/task.toml")).unwrap();
    let number = |value: &toml::Value| value.as_float().unwrap();
    for (found, known) in task["task"]["mean"].as_array().unwrap().iter().zip([0.6, 0.2, 0.9]) {
        // A third of 4500 rows is of class 1: the standard error of a mean is .0177.
        assert_close(number(found), known, 0.09);
    }
    for (i, row) in task["task"]["covariance"].as_array().unwrap().iter().enumerate() {
        for (j, entry) in row.as_array().unwrap().iter().enumerate() {
            assert_close(number(entry), if i == j { 1.25 } else { 0.25 }, 0.14);
        }
    }
}

/// Counts and margins are of the same rows, intervals contain them, and the choice of rows follows the seed.
#[test]
fn rows_are_counts_of_margins() {
    let place = Place::new();
    write_task(&place, 301, &[0.5, 0.5], 2);
    let fit = |more: &str, folder: &str| {
        place
            .run(&format!(
                "fit X.npy --labels y.npy --eps 0,0.1,0.6 --sigma 0,1 {more} -o {folder} --no-plots"
            ))
            .done();
    };
    fit("--test 0.4", "a");
    let margins = any_table(&place.text("a/margins.csv"));
    assert_eq!(margins.len(), 120);
    for row in rows(&place, "a") {
        let eps = row.number("eps");
        let right = margins.iter().filter(|margin| margin.number("margin") > eps).count() as u64;
        assert_eq!(row.count("held_out"), 120);
        for name in ["accuracy", "band_low", "band_high", "fitted_accuracy"] {
            assert_share(&row, name);
        }
        if row.text("stage") == "undefended" {
            assert_eq!(row.count("right"), right);
            assert_close(row.number("accuracy"), right as f64 / 120.0, 1e-15);
            assert!(
                row.number("low") < row.number("accuracy")
                    && row.number("accuracy") < row.number("high")
            );
        }
        // √(ln 40/240)
        assert_close(row.number("accuracy") - row.number("band_low"), 0.123_977_3, 1e-6);
    }
    let held_out = |folder: &str| -> Vec<String> {
        let margins = any_table(&place.text(&format!("{folder}/margins.csv")));
        margins.iter().map(|row| row.text("row").to_owned()).collect()
    };
    fit("--test 0.4", "again");
    fit("--test 0.4 --seed 2", "other");
    assert_eq!(held_out("a"), held_out("again"));
    assert_ne!(held_out("a"), held_out("other"));
    assert_eq!(place.text("a/rows.csv"), place.text("again/rows.csv"));
    // The record asks it again, from another folder; not of another file.
    place.run("fit --spec a/run.json -o same --no-plots").done();
    assert_eq!(place.text("a/rows.csv"), place.text("same/rows.csv"));
    write_task(&place, 301, &[0.5, 0.4], 2);
    let changed = place.run("fit --spec a/run.json -o changed");
    assert!(changed.code == 2 && changed.err.contains("is not what it was"), "{changed:?}");
    let record = place.json("a/run.json");
    assert_eq!(record["findings"]["held_out"].as_array().unwrap().len(), 2);
    assert!(record["simulation"].is_null() && record["findings"]["band"].as_f64().is_some());
}

/// Features and labels in every format are the same; strings are classes, too.
#[test]
fn formats_are_the_same() {
    let place = Place::new();
    write_task(&place, 60, &[1.0, 0.0], 3);
    let bytes = place.read("X.npy");
    let values: Vec<f64> = bytes[bytes.len() - 60 * 16..]
        .chunks(8)
        .map(|word| f64::from_le_bytes(word.try_into().unwrap()))
        .collect();
    let lines = |separator: &str| -> String {
        let line = |row: &[f64]| format!("{:?}{separator}{:?}\n", row[0], row[1]);
        values.chunks(2).map(line).collect()
    };
    place.write("X.csv", "first,second\n".to_owned() + &lines(","));
    place.write("X.txt", lines(" "));
    let labels = |names: [&str; 2]| -> String {
        (0..60).map(|row| names[usize::from(row % 3 == 0)].to_owned() + "\n").collect()
    };
    place.write("y.csv", labels(["0", "1"]));
    place.write("cats.csv", labels(["cat", "dog"]));
    let fit = |files: &str| -> String {
        let run = place
            .run(&format!("fit {files} --eps 0,0.5 --format csv -o out --force --no-plots"))
            .done();
        run.out
    };
    let first = fit("X.npy --labels y.npy");
    assert_eq!(first.lines().count(), 3);
    for files in [
        "X.csv --labels y.csv",
        "X.txt --labels y.npy",
        "X.npy --labels cats.csv",
        "X.npy --labels cats.csv --classes cat,dog",
    ] {
        assert_eq!(fit(files), first, "{files}");
    }
    // A test file of its own: the same rows, which then are all of them.
    let all = fit("X.npy --labels y.npy --test X.csv --test-labels y.csv");
    assert!(all.lines().nth(1).unwrap().contains(",60,"), "{all}");
    // A model of the other sign has the same margins.
    let turned = fit("X.npy --labels y.npy --classes 1,0");
    let accuracy = |text: &str| any_table(text)[1].number("accuracy");
    assert_eq!(accuracy(&turned), accuracy(&first));
}

/// scikit-learn 1.9.1 on the pixels of 3 and 8, which have constant columns: shrinkage, fitted margin, the smallest margin, and counts.
#[test]
fn digits_are_as_scikit_learn_has_them() {
    let place = Place::new();
    let pixels = pixels();
    for (shrinkage, weight, mean, least) in [
        ("lw", 0.054620882952466955, 0.458523507562683, 0.005471966865311121),
        ("oas", 0.05397900696296114, 0.45778960937411595, 0.005695109996331639),
    ] {
        let fit = format!(
            "fit {pixels} --classes 3,8 --test {pixels} --shrinkage {shrinkage} --eps 0,0.25,0.5 -o {shrinkage} --no-plots"
        );
        place.run(&fit).done();
        let record = place.json(&format!("{shrinkage}/run.json"));
        assert_close(record["findings"]["shrinkage"].as_f64().unwrap(), weight, 1e-12);
        let law = &any_table(&place.text(&format!("{shrinkage}/laws.csv")))[0];
        assert_close(law.number("mean"), mean, 1e-10);
        let margins = any_table(&place.text(&format!("{shrinkage}/margins.csv")));
        let smallest = margins.iter().map(|row| row.number("margin")).fold(1.0, f64::min);
        assert_close(smallest, least, 1e-10);
        let right: Vec<u64> =
            rows(&place, shrinkage).iter().map(|row| row.count("right")).collect();
        assert_eq!(right, [357, 315, 147]);
    }
    // 64 dimensions: the task has files of its own, which nd reads.
    assert_eq!(
        place.names("lw").into_iter().filter(|name| name.starts_with("task")).collect::<Vec<_>>(),
        ["task.toml", "task_covariance.npy", "task_mean.npy"]
    );
    let nd = place
        .run("nd lw/task.toml --eps 0.25 --sigma 0.5 --stages undefended --samples 0 --format csv")
        .done();
    let fitted = rows(&place, "lw")[1].number("fitted_accuracy");
    assert_close(any_table(&nd.out)[0].number("adversarial_accuracy"), fitted, 1e-9);
}

/// Certificates promise no more than there is, and infinitely many answers promise all of it.
#[test]
fn certificates_are_below_what_holds() {
    let place = Place::new();
    write_task(&place, 400, &[1.0, 0.5], 4);
    let fit = "fit X.npy --labels y.npy --sigma 0.5 --n 100,inf --eps 0,0.3,0.9 --votes 1 -o out --no-plots";
    place.run(fit).done();
    let rows = rows(&place, "out");
    let of = |stage: &str, n: &str| -> Vec<f64> {
        let own = rows.iter().filter(|row| row.text("stage") == stage && row.text("n") == n);
        own.map(|row| row.number("accuracy")).collect()
    };
    let (undefended, few, all) =
        (of("undefended", ""), of("certified", "100"), of("certified", "inf"));
    assert_eq!((undefended.len(), few.len()), (3, 3));
    assert_eq!(undefended, all);
    assert!(few.iter().zip(&all).all(|(few, all)| few < all), "{few:?} {all:?}");
}

/// Charts come with the folder, and again from its rows alone.
#[test]
fn charts_are_drawn_again() {
    let place = Place::new();
    write_task(&place, 200, &[0.7, 0.5], 5);
    let run = place.run("fit X.npy --labels y.npy --sigma 0,0.4").done();
    assert!(
        run.out.contains("A band of ±") && run.out.contains("gauss-sim-fit: rows.csv"),
        "{}",
        run.out
    );
    fs::remove_file(place.path("X.npy")).unwrap();
    place.run("plot gauss-sim-fit -o charts").done();
    for name in ["accuracy_vs_eps", "stages_vs_eps", "margins_qq"] {
        for ending in ["svg", "pdf", "png"] {
            let [first, again] = ["gauss-sim-fit", "charts"]
                .map(|folder| place.read(&format!("{folder}/{name}.{ending}")));
            assert!(first == again && first.len() > 1000, "{name}.{ending}");
        }
    }
}

#[test]
fn what_cannot_be_fitted_is_refused_in_one_line() {
    let place = Place::new();
    write_task(&place, 12, &[1.0, 0.0], 6);
    place.write("one.csv", "0\n".repeat(12));
    place.write("three.csv", "a\nb\nc\n".repeat(4));
    place.write("short.csv", "0\n1\n");
    place.write("nan.csv", "1,2\n".repeat(7) + "3,nan\n" + &"1,2\n".repeat(4));
    place.write("constant.csv", (0..12).map(|i| format!("{},5\n", i * i % 7)).collect::<String>());
    place.write("same.csv", "1,2\n".repeat(12));
    place.write("wide.csv", "1,2,3\n".repeat(12));
    place.write("pickle.npy", b"\x80\x04\x95\x00");
    place.write("objects.npy", npy("|O", "(12,)", &[0; 96]));
    for (args, expected) in [
        ("", "FEATURES is missing"),
        ("X.npy", "--labels is missing: name the file of the labels of X.npy"),
        ("none.npy --labels y.npy", "none.npy: cannot be read"),
        ("X.npy --labels none.npy", "none.npy: cannot be read"),
        ("pickle.npy --labels y.npy", "pickle.npy: is a pickle"),
        ("objects.npy --labels y.npy", "objects.npy: holds Python objects"),
        ("X.npy --labels one.csv", "one.csv has one class only (0)"),
        ("X.npy --labels three.csv", "--classes is missing: three.csv has 3 classes (a, b, c)"),
        (
            "X.npy --labels three.csv --classes a,d",
            "--classes a,d: three.csv has no class d: it has a, b, c",
        ),
        ("X.npy --labels y.npy --classes 0", "--classes: \"0\" is not possible: write two classes"),
        ("X.npy --labels y.npy --classes 0,0", "--classes: \"0,0\" is not possible"),
        ("X.npy --labels short.csv", "short.csv: has 2 labels, and X.npy has 12 rows"),
        ("nan.csv --labels y.npy", "nan.csv: row 7, column 1 (from 0) is NaN"),
        (
            "constant.csv --labels y.npy --shrinkage none",
            "constant.csv: column 1 (from 0) is constant within each class",
        ),
        ("same.csv --labels y.npy", "same.csv: no column varies within the classes"),
        (
            "X.npy --labels y.npy --test wide.csv --test-labels y.npy",
            "wide.csv: has 3 columns, and X.npy has 2",
        ),
        (
            "X.npy --labels y.npy --test X.npy",
            "--test-labels is missing: name the file of the labels of X.npy",
        ),
        ("X.npy --labels y.npy --test-labels y.npy", "--test-labels goes with --test FILE"),
        (
            "X.npy --labels y.npy --test 1",
            "--test: \"1\" is not possible: write a share between 0 and 1",
        ),
        ("X.npy --labels y.npy --test 0.01", "class 0 has 0 held-out rows"),
        ("X.npy --labels y.npy --shrinkage 2", "--shrinkage: \"2\" is no shrinkage"),
        ("X.npy --labels y.npy --norm 0.5", "--norm: \"0.5\" is not a norm"),
        ("X.npy --labels y.npy --sigma -1", "--sigma -1 is not possible"),
        ("X.npy --labels y.npy --eps -1", "--eps -1 is not possible"),
        ("X.npy --labels y.npy --n 100", "--n: certificates take noise"),
        (
            "X.npy --labels y.npy --n 100 --sigma 1 --norm inf",
            "--n: certificates are radii in the norm 2",
        ),
        ("X.npy --labels y.npy --alpha 0", "--alpha 0 is not possible"),
        ("X.npy --labels y.npy --votes 0", "--votes: "),
        ("X.npy --labels y.npy --confidence 1", "--confidence: "),
    ] {
        let run = place.run(&format!("fit {args} -o out --force"));
        let message = run.err.strip_prefix("error: ").unwrap_or(&run.err);
        assert!(message.starts_with(expected), "{args}: {}", run.err);
        assert!(run.code == 2 && run.err.trim_end().lines().count() == 1, "{args}: {run:?}");
        assert!(run.out.is_empty(), "{args}: {run:?}");
    }
}
