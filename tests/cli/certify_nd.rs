//! `gauss-sim nd --certify`: certificates in d dimensions.

use super::harness::{Place, Row, assert_close, run, table};

/// The keys and rates of a row: a contract.
const OWN: &str = "dimension,prior,train_sigma,sigma,n0,n,alpha,radius,procedure,margin_mean,margin_data_std,margin_offset,\
                   average_certified_radius,radius_max,constant_radius,true_radius_accuracy,abstain_floor,optimum_low,\
                   optimum_high,gap,optimal_radius,label,certified_accuracy,right,wrong,abstain,certified_among_answered,samples,";

fn example(name: &str) -> String {
    format!("{}/examples/tasks/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn rows(task: &str, args: &str) -> Vec<Row> {
    let text = run(&format!("nd {task} --certify {args} --format csv")).done().out;
    assert!(text.starts_with(OWN), "{text}");
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    table(&text, &header)
}

/// Trained with τ, unlimited answers certify the robust optimum at the radius τ²‖w‖, and nowhere more; and each row is that of one
/// dimension on its margin.
#[test]
fn training_adds_what_smoothing_certifies() {
    let found = rows(
        &example("isotropic"),
        "--train-sigma 0,1 --sigma 0.5,2 --n 60,inf --radius 0,1,1.5 --samples 0",
    );
    assert_eq!(found.len(), 2 * 2 * 2 * 3);
    for row in &found {
        let gap = row.number("gap");
        assert!(gap > -1e-12, "{row:?}");
        let reached = (row.number("optimal_radius") - row.number("radius")).abs() < 1e-12;
        assert_eq!(gap.abs() < 1e-12, reached, "{row:?}");
        let of = |name: &str| row.text(name).to_owned();
        let margin = format!(
            "certify --mean {} --data-std {} --shift {} --sigma {} --n {} --radius {} --samples 0 --format csv",
            of("margin_mean"),
            of("margin_data_std"),
            of("margin_offset"),
            of("sigma"),
            of("n"),
            of("radius")
        );
        let one = run(&margin).done().out;
        let one = &table(&one, &one.lines().next().unwrap().split(',').collect::<Vec<_>>())[0];
        for name in ["certified_accuracy", "wrong", "abstain", "average_certified_radius"] {
            assert_close(row.number(name), one.number(name), 1e-13);
        }
    }
}

/// By hand: w = (Σ + τ²I)⁻¹μ, and the radius τ²‖w‖₂ in ℓ2, whatever norm the adversary of the task counts in and whatever noise is
/// asked under.
#[test]
fn the_best_radius_is_that_by_hand() {
    let place = Place::new();
    let text = "[task]\nmean = [1.2, 1.0]\ncovariance = [1.0, 0.25]\n[defense]\ncovariance = 1\n[adversary]\nnorm = \"inf\"\n";
    place.write("task.toml", text);
    for tau in [0.5_f64, 2.0] {
        let square = tau * tau;
        let w = [1.2 / (1.0 + square), 1.0 / (0.25 + square)];
        let radius = square * w[0].hypot(w[1]);
        let task = place.path("task.toml").display().to_string();
        for sigma in ["--sigma 0.7 --train-sigma", "--sigma"] {
            let found =
                rows(&task, &format!("{sigma} {tau} --n inf --radius {radius},1.5 --samples 0"));
            for row in &found {
                assert!((row.number("optimal_radius") - radius).abs() < 1e-13, "{row:?}");
                let best = (row.number("radius") - radius).abs() < 1e-12;
                assert_eq!(row.number("gap").abs() < 1e-12, best, "{row:?}");
                assert!(row.number("gap") > -1e-12, "{row:?}");
            }
            assert_eq!(found.len(), 2);
        }
    }
}

#[test]
fn theory_and_simulation_agree() {
    let place = Place::new();
    place.write(
        "one.toml",
        "[task]\nmean = -0.5\ncovariance = 2\nprior = 0.8\n[defense]\nshift = 3\n",
    );
    place.write(
        "three.toml",
        "[task]\nmean = [1, 0, -0.5]\ncovariance = [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 0.1]]\n",
    );
    place.write("many.toml", "[task]\nmean = \"mean.csv\"\ncovariance = 4\nprior = 0.4\n");
    place.write("mean.csv", "0.1\n-0.05\n".repeat(300));
    let tasks = [
        (place.path("one.toml").display().to_string(), "20k"),
        (example("isotropic"), "20k"),
        (place.path("three.toml").display().to_string(), "20k"),
        (example("correlated"), "5k"),
        (place.path("many.toml").display().to_string(), "1k"),
    ];
    for (task, samples) in &tasks {
        for args in [
            "--train-sigma 0,0.7 --sigma 0.5,2 --n0 7,10 --n 64,101,inf --alpha 0.01 --radius 0,0.4",
            "--predict --n 20,inf --alpha 0.05",
        ] {
            for row in rows(task, &format!("{args} --samples {samples}")) {
                assert_eq!(row.text("agrees"), "true", "{task} {args}: {row:?}");
                let answered = row.count("answered_right") + row.count("answered_wrong");
                assert_eq!(answered + row.count("abstained"), row.count("samples"));
            }
        }
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let place = Place::new();
    place.write("zero.toml", "[task]\nmean = [0, 0]\ncovariance = 1\n");
    let (task, zero) = (example("isotropic"), place.path("zero.toml").display().to_string());
    for (args, expected) in [
        (
            format!("{task} --radius 1"),
            "--radius goes with --certify: add it, or leave --radius out",
        ),
        (format!("{task} --certify --eps 1"), "--eps does not go with --certify"),
        (format!("{task} --certify --votes 3"), "--votes does not go with --certify"),
        (format!("{task} --certify --train-sigma -1"), "--train-sigma -1 is not possible"),
        (format!("{task} --certify --sigma 0"), "--sigma 0 is not possible"),
        (format!("{task} --certify --alpha 0.6"), "--alpha 0.6 is not possible"),
        (format!("{task} --certify --radius -1"), "--radius -1 is not possible"),
        (format!("{task} --certify --predict --radius 1"), "--radius: --predict selects no class"),
        (
            format!("{task} --certify --predict --n-for radius=1"),
            "--n-for: --predict selects no class",
        ),
        (
            format!("{task} --n-for radius=1"),
            "--n-for goes with --certify: add it, or leave --n-for out",
        ),
        (
            format!("{task} --certify --n-for foo"),
            "--n-for: \"foo\" is not possible: write radius=4, abstain=0.02 or loss=0.01",
        ),
        (format!("{task} --certify --n-for radius=1 --eps 1"), "--eps does not go with --certify"),
        (format!("{zero} --certify"), &format!("{zero}: task.mean")),
        ("--certify".to_owned(), "TASK.toml is missing"),
    ] {
        let run = run(&format!("nd {args}"));
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{args}: {run:#?}");
        assert_eq!(run.err.lines().count(), 1, "{args}: {}", run.err);
        assert!(run.err.starts_with(&format!("error: {expected}")), "{args}: {}", run.err);
    }
}

/// The planner of one dimension, for every margin: its answers are those of `certify` there, and do what they say.
#[test]
fn the_planner_is_that_of_one_dimension() {
    let task = example("isotropic");
    let csv = |args: &str| {
        let text = run(&format!("nd {task} --certify {args} --format csv")).done().out;
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        table(&text, &header)
    };
    let planned = csv("--train-sigma 0,1 --sigma 0.5,2 --n-for abstain=0.1");
    let rows = csv("--train-sigma 0,1 --sigma 0.5,2 --n inf --samples 0");
    assert_eq!(planned.len(), 4);
    for (planned, row) in planned.iter().zip(&rows) {
        for name in ["train_sigma", "sigma", "n0", "alpha"] {
            assert_eq!(planned.text(name), row.text(name));
        }
        let of = |name: &str| row.text(name).to_owned();
        let line = run(&format!(
            "certify --mean {} --data-std {} --shift {} --sigma {} --n-for abstain=0.1 --format csv",
            of("margin_mean"),
            of("margin_data_std"),
            of("margin_offset"),
            of("sigma"),
        ))
        .done()
        .out;
        let line = &table(&line, &line.lines().next().unwrap().split(',').collect::<Vec<_>>())[0];
        for name in ["wanted", "most", "n", "n_from", "reached", "limit", "impossible"] {
            assert_eq!(planned.text(name), line.text(name), "{name}");
        }
        // The number that is found is enough, and the one before is not.
        let n = planned.number("n") as u64;
        let args = format!("--train-sigma {} --sigma {}", of("train_sigma"), of("sigma"));
        let found = csv(&format!("{args} --n {},{n} --samples 0", n - 1));
        let enough: Vec<bool> = found.iter().map(|row| row.number("abstain") <= 0.1).collect();
        assert_eq!(enough, [false, true], "{args} {n}");
    }
    let said = run(&format!("nd {task} --certify --train-sigma 0,1 --n-for radius=4")).done().out;
    // In units of the noise the ceiling is that of one dimension: 218,105 answers.
    for line in ["τ = 0, σ = 1, n0 = 100, α = 0.001, radius 4: n = 218105 is", "τ = 1, σ = 1, "]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
}

/// A kind like any other: a folder with charts, shared, merged, resumed and asked again.
#[test]
fn it_is_a_run_like_any_other() {
    let place = Place::new();
    let question = format!(
        "nd {} --certify --train-sigma 0,1 --n 50,100,inf --radius 0..2/5 --samples 100k",
        example("isotropic")
    );
    place.run(&format!("{question} -o whole")).done();
    let names = place.names("whole");
    for chart in
        ["certified_accuracy_vs_radius", "certified_accuracy_vs_radius_by_training", "abstain_vs_n"]
    {
        assert!(names.contains(&format!("{chart}.pdf")), "{chart}: {names:?}");
    }
    for share in 1..=2 {
        place.run(&format!("{question} --shard {share}/2 --no-plots -o share{share}")).done();
    }
    place.run("merge share1 share2 -o merged --no-plots").done();
    assert_eq!(place.text("merged/rows.csv"), place.text("whole/rows.csv"));
    let again = place.run(&format!("{question} --resume whole")).done();
    assert!(again.err.contains("nothing to do"), "{}", again.err);
    place.run("nd --certify --spec whole/run.json -o spec --no-plots").done();
    assert_eq!(place.text("spec/rows.csv"), place.text("whole/rows.csv"));
    let other = place.run("nd --spec whole/run.json -o other");
    assert!(other.code == 2 && other.err.contains("gauss-sim nd --certify"), "{}", other.err);
}
