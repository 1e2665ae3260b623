//! Measures every function against the oracle tables and prints ACCURACY.md; draws the errors as
//! SVG. The commands are at the top of that page.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use common::{double, oracle, table, truth};
use gauss_sim_theory::double::Dd;
use gauss_sim_theory::normal::{
    cdf, cdf_dd, hazard, interval, ln_cdf, ln_cdf_dd, ln_interval, ln_sf, pdf, quantile, sf,
};
use plots::{Axis, Chart, Legend, Marker, Points, Reference, Size, Style};

type Error = Box<dyn std::error::Error>;

const INTRODUCTION: &str = "\
# Accuracy

Made by

    pip install -r theory/oracle/requirements.txt
    python3 theory/oracle/normal.py --dense 1 --out target/oracle
    cargo run -p gauss-sim-theory --example accuracy -- target/oracle > theory/ACCURACY.md

which compares the functions of `normal` with 40 correct digits (mpmath at 80 digits or more, exact doubles as
arguments) and draws the errors. The tests do the same with the smaller tables in `theory/oracle`, on
every change. One ulp is the spacing of doubles at the true value, 2⁻¹⁰⁷⁴ where that is subnormal;
a correctly rounded function stays within ½. `max` and `mean` are of the error's magnitude, over
`points` arguments; `at` is where the largest was met. These are measurements at points, not
proofs: between the points the largest error may be a little higher. The plots show up to 400 of the
points, and lines at ±½ ulp.
";

/// One argument at which a function was measured.
struct Measured {
    /// What places it in a range and in the plot.
    x: f64,
    /// The arguments as the table writes them.
    at: String,
    /// Signed error.
    error: f64,
}

/// What is said about one function.
struct Function {
    name: &'static str,
    synopsis: &'static str,
    table: &'static str,
    /// Error of a row without its name; in ulp unless `unit` says otherwise.
    error: fn(&[String]) -> f64,
    unit: &'static str,
    /// What `ranges` divide and plots have as abscissa.
    x: fn(&[String]) -> f64,
    /// Upper ends, in rising order, with what stands in the table.
    ranges: &'static [(f64, &'static str)],
    /// Abscissa of the plot; `None` for no plot.
    axis: Option<Abscissa>,
}

fn first(row: &[String]) -> f64 {
    double(&row[0])
}

fn second(row: &[String]) -> f64 {
    double(&row[1])
}

fn ulps(row: &[String], f: fn(f64) -> f64) -> f64 {
    truth(&row[1]).ulps(f(first(row)))
}

/// (computed − truth)/(1e-16·max(1, scale))
fn absolute(row: &[String], computed: Dd, scale: f64) -> f64 {
    (computed - truth(&row[2]).to_dd()).hi() / (1e-16 * scale.max(1.0))
}

const BOTH_TAILS: &[(f64, &str)] = &[
    (-37.52, "−38.6 to −37.52 (the tail is subnormal)"),
    (-10.0, "−37.52 to −10"),
    (-3.0, "−10 to −3"),
    (3.0, "−3 to 3"),
    (10.0, "3 to 10"),
    (37.52, "10 to 37.52"),
    (f64::INFINITY, "37.52 to 38.6 (the tail is subnormal)"),
];
const BEYOND: &[(f64, &str)] = &[
    (-38.6, "z < −38.6, to −1e150"),
    (-10.0, "−38.6 to −10"),
    (-1.0, "−10 to −1"),
    (1.0, "−1 to 1"),
    (10.0, "1 to 10"),
    (38.61, "10 to 38.6"),
    (f64::INFINITY, "z > 38.6, to 1e150"),
];
const PROBABILITIES: &[(f64, &str)] = &[
    (f64::MIN_POSITIVE, "p subnormal, from 5e-324"),
    (1e-16, "2.2e-308 to 1e-16"),
    (0.25, "1e-16 to 0.25"),
    (0.75, "0.25 to 0.75"),
    (1.0, "0.75 to 1 − 1e-16"),
];
const WIDTHS: &[(f64, &str)] = &[
    (1e-10, "width 1e-300 to 1e-10"),
    (0.01, "1e-10 to 0.01"),
    (1.0, "0.01 to 1"),
    (f64::INFINITY, "1 to 32"),
];
const ALL: &[(f64, &str)] = &[(f64::INFINITY, "all")];

/// The abscissa of a plot, and where an argument stands on it.
#[derive(Clone, Copy)]
struct Abscissa {
    label: &'static str,
    from: f64,
    to: f64,
    place: fn(f64) -> f64,
}

const Z: Option<Abscissa> = Some(Abscissa {
    label: "z",
    from: -39.0,
    to: 39.0,
    place: |z| z,
});
const LOG_P: Option<Abscissa> = Some(Abscissa {
    label: "log10 p",
    from: -325.0,
    to: 1.0,
    place: f64::log10,
});
const LOG_WIDTH: Option<Abscissa> = Some(Abscissa {
    label: "log10 width",
    from: -12.5,
    to: 2.0,
    place: f64::log10,
});

const FUNCTIONS: &[Function] = &[
    Function {
        name: "cdf",
        synopsis: "Φ(z) = P[Z ≤ z]",
        table: "normal.csv",
        error: |row| ulps(row, cdf),
        unit: "ulp",
        x: first,
        ranges: BOTH_TAILS,
        axis: Z,
    },
    Function {
        name: "sf",
        synopsis: "1 − Φ(z) = P[Z > z]",
        table: "normal.csv",
        error: |row| ulps(row, sf),
        unit: "ulp",
        x: first,
        ranges: BOTH_TAILS,
        axis: None,
    },
    Function {
        name: "pdf",
        synopsis: "φ(z) = exp(−z²/2)/√(2π)",
        table: "normal.csv",
        error: |row| ulps(row, pdf),
        unit: "ulp",
        x: first,
        ranges: BOTH_TAILS,
        axis: Z,
    },
    Function {
        name: "ln_cdf",
        synopsis: "ln Φ(z)",
        table: "normal.csv",
        error: |row| ulps(row, ln_cdf),
        unit: "ulp",
        x: first,
        ranges: BEYOND,
        axis: Z,
    },
    Function {
        name: "ln_sf",
        synopsis: "ln(1 − Φ(z))",
        table: "normal.csv",
        error: |row| ulps(row, ln_sf),
        unit: "ulp",
        x: first,
        ranges: BEYOND,
        axis: None,
    },
    Function {
        name: "hazard",
        synopsis: "φ(z)/(1 − Φ(z))",
        table: "normal.csv",
        error: |row| ulps(row, hazard),
        unit: "ulp",
        x: first,
        ranges: BEYOND,
        axis: Z,
    },
    Function {
        name: "quantile",
        synopsis: "Φ⁻¹(p)",
        table: "normal.csv",
        error: |row| ulps(row, quantile),
        unit: "ulp",
        x: first,
        ranges: PROBABILITIES,
        axis: LOG_P,
    },
    Function {
        name: "interval",
        synopsis: "Φ(end) − Φ(end − width), for `end` from −38.4 to 40",
        table: "normal_pairs.csv",
        error: |row| truth(&row[2]).ulps(interval(first(row).into(), second(row).into())),
        unit: "ulp",
        x: second,
        ranges: WIDTHS,
        axis: LOG_WIDTH,
    },
    Function {
        name: "cdf_dd",
        synopsis: "Φ(hi + lo), for arguments that carry more than a double",
        table: "normal_pairs.csv",
        error: |row| truth(&row[2]).ulps(cdf_dd(Dd::two_sum(first(row), second(row)))),
        unit: "ulp",
        x: first,
        ranges: ALL,
        axis: None,
    },
    Function {
        name: "ln_cdf_dd",
        synopsis: "ln Φ(hi + lo) with more than a double in the result",
        table: "normal_pairs.csv",
        error: |row| {
            let value = ln_cdf_dd(Dd::two_sum(first(row), second(row)));
            absolute(row, value, first(row).abs().ln())
        },
        unit: "1e-16·max(1, ln\\|z\\|), absolute",
        x: first,
        ranges: ALL,
        axis: None,
    },
    Function {
        name: "ln_interval",
        synopsis: "ln(Φ(end) − Φ(end − width)) with more than a double in the result",
        table: "normal_pairs.csv",
        error: |row| {
            let (end, width) = (first(row), second(row));
            let scale = end.abs().ln().max(width.ln().abs());
            absolute(row, ln_interval(end.into(), width.into()), scale)
        },
        unit: "1e-16·max(1, ln\\|end\\|, \\|ln width\\|), absolute",
        x: second,
        ranges: WIDTHS,
        axis: None,
    },
];

/// All rows of a function, and their errors.
fn measure(folder: &Path, function: &Function) -> Vec<Measured> {
    table(&folder.join(function.table))
        .iter()
        .filter(|row| row[0] == function.name)
        .map(|row| {
            let row = &row[1..];
            Measured {
                x: (function.x)(row),
                at: row[..row.len() - 1].join(", "),
                error: (function.error)(row),
            }
        })
        .collect()
}

/// One line for each range with points in it.
fn ranges(page: &mut String, measured: &[Measured], ends: &[(f64, &str)]) -> std::fmt::Result {
    writeln!(
        page,
        "| range | points | max | mean | at |\n|---|---|---|---|---|"
    )?;
    let mut low = f64::NEG_INFINITY;
    for &(high, label) in ends {
        let inside = |m: &&Measured| low <= m.x && (m.x < high || high == f64::INFINITY);
        let inside: Vec<_> = measured.iter().filter(inside).collect();
        low = high;
        let Some(worst) = inside
            .iter()
            .max_by(|a, b| a.error.abs().total_cmp(&b.error.abs()))
        else {
            continue;
        };
        let mean = inside.iter().map(|m| m.error.abs()).sum::<f64>() / inside.len() as f64;
        let (points, max, at) = (inside.len(), worst.error.abs(), &worst.at);
        writeln!(page, "| {label} | {points} | {max:.2} | {mean:.2} | {at} |")?;
    }
    Ok(())
}

/// The signed errors against the argument: at most 400 points, evenly picked.
fn plot(function: &Function, axis: Abscissa, measured: &[Measured]) -> Result<String, Error> {
    let points: Vec<_> = measured
        .iter()
        .map(|m| ((axis.place)(m.x), m.error))
        .filter(|(x, _)| (axis.from..=axis.to).contains(x))
        .collect();
    let every = points.len().div_ceil(400).max(1);
    let style = Style {
        radius: 1.0,
        ..Style::series(0).marker(Marker::Square)
    };
    let largest = points.iter().fold(1.0, |top: f64, p| top.max(p.1.abs()));
    let chart = Chart::new(
        Axis::linear(axis.label).range(axis.from, axis.to),
        Axis::linear("error (ulp)").range(-1.1 * largest, 1.1 * largest),
    )
    .title(format!(
        "{}: {}",
        function.name,
        function.synopsis.replace('`', "")
    ))
    .with(Reference::horizontal(0.5, ""))
    .with(Reference::horizontal(-0.5, ""))
    .with(Points::new("", points.into_iter().step_by(every)).style(style))
    .legend(Legend::hidden());
    Ok(chart.render(Size::inches(6.5, 3.0))?.svg_paths())
}

/// What the double-double argument of `cdf` is for.
fn plain_erfc(tables: &Path) -> Result<String, Error> {
    let plain = |row: &[String]| {
        let z = first(row);
        (
            truth(&row[1])
                .ulps(0.5 * pxfm::f_erfc(-z * std::f64::consts::FRAC_1_SQRT_2))
                .abs(),
            z,
        )
    };
    let rows = table(&tables.join("normal.csv"));
    let errors = rows
        .iter()
        .filter(|row| row[0] == "cdf")
        .map(|row| plain(&row[1..]));
    let (error, z) = errors
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .ok_or("no rows for cdf")?;
    Ok(format!(
        "\nFor comparison: ½·erfc(−z/√2) with the same erfc, but its argument rounded to a double, is off \
         by up to {error:.0} ulp (at z = {z})."
    ))
}

fn main() -> Result<(), Error> {
    let tables = std::env::args().nth(1).map_or_else(oracle, PathBuf::from);
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("accuracy");
    std::fs::create_dir_all(&pictures)?;
    let mut page = INTRODUCTION.to_owned();
    for function in FUNCTIONS {
        let measured = measure(&tables, function);
        writeln!(
            page,
            "\n## normal::{}\n\n{}. Error in {}:\n",
            function.name, function.synopsis, function.unit
        )?;
        ranges(&mut page, &measured, function.ranges)?;
        if function.name == "cdf" {
            writeln!(page, "{}", plain_erfc(&tables)?)?;
        }
        if let Some(axis) = function.axis {
            let file = format!("{}.svg", function.name);
            std::fs::write(pictures.join(&file), plot(function, axis, &measured)?)?;
            writeln!(page, "\n![error of {}](accuracy/{file})", function.name)?;
        }
    }
    print!("{page}");
    Ok(())
}
