//! The functions of `normal`, against the dense tables.

use std::path::Path;

use gauss_sim_theory::math::double::Dd;
use gauss_sim_theory::math::normal::{
    cdf, cdf_dd, from_centre, hazard, interval, ln_cdf, ln_cdf_dd, ln_interval, ln_sf, pdf,
    quantile, sf,
};

use plots::Scale;

use crate::Error;
use crate::common::{double, table, truth};
use crate::page::{Measured, Page, Ranges, Unit};
use crate::plot::{Abscissa, signed};

const HEAD: &str = "\
## normal

    pub fn cdf(z: f64) -> f64;
    pub fn quantile(p: f64) -> f64;
    pub fn interval(end: Dd, width: Dd) -> f64;

- *Accuracy.* Promised: 2 ulp (`hazard` 3, `interval` 4), subnormal results within as many of their
  spacings.
- *Method.* Up to 8½ from 0, Taylor's series about multiples of 1/32, at which tail, density and hazard are
  known to 32 digits; beyond, Laplace's continued fraction for the hazard, and pxfm's erfc with the argument's
  low part brought in by the derivative. exp and log are pxfm's;
  `quantile` is a rational start and one Newton step; `interval` adds or sums a series about its
  midpoint, and never subtracts two nearly equal numbers.
- *Testing.* Random and special arguments over the whole range of results, to where they underflow.
";

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
    ranges: Ranges,
    /// Abscissa of the plot; `None` for no plot.
    axis: Option<Placed>,
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

const BOTH_TAILS: Ranges = &[
    (-37.52, "−38.6 to −37.52 (the tail is subnormal)"),
    (-10.0, "−37.52 to −10"),
    (-3.0, "−10 to −3"),
    (3.0, "−3 to 3"),
    (10.0, "3 to 10"),
    (37.52, "10 to 37.52"),
    (f64::INFINITY, "37.52 to 38.6 (the tail is subnormal)"),
];
const BEYOND: Ranges = &[
    (-38.6, "z < −38.6, to −1e150"),
    (-10.0, "−38.6 to −10"),
    (-1.0, "−10 to −1"),
    (1.0, "−1 to 1"),
    (10.0, "1 to 10"),
    (38.61, "10 to 38.6"),
    (f64::INFINITY, "z > 38.6, to 1e150"),
];
const PROBABILITIES: Ranges = &[
    (f64::MIN_POSITIVE, "p subnormal, from 5e-324"),
    (1e-16, "2.2e-308 to 1e-16"),
    (0.25, "1e-16 to 0.25"),
    (0.75, "0.25 to 0.75"),
    (1.0, "0.75 to 1 − 1e-16"),
];
const WIDTHS: Ranges = &[
    (1e-10, "width 1e-300 to 1e-10"),
    (0.01, "1e-10 to 0.01"),
    (1.0, "0.01 to 1"),
    (f64::INFINITY, "1 to 32"),
];
const ALL: Ranges = &[(f64::INFINITY, "all")];

/// An abscissa, and where an argument stands on it.
type Placed = (Abscissa, fn(f64) -> f64);

const Z: Option<Placed> =
    Some((Abscissa { label: "z", scale: Scale::Linear, from: -39.0, to: 39.0 }, |z| z));
const LOG_P: Option<Placed> =
    Some((Abscissa { label: "log10 p", scale: Scale::Linear, from: -325.0, to: 1.0 }, f64::log10));
const LOG_WIDTH: Option<Placed> = Some((
    Abscissa { label: "log10 width", scale: Scale::Linear, from: -12.5, to: 2.0 },
    f64::log10,
));

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
        name: "from_centre",
        synopsis: "Φ(z) − ½ = P[0 < Z < z]",
        table: "normal.csv",
        error: |row| ulps(row, from_centre),
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
fn measure(tables: &Path, function: &Function) -> Vec<Measured> {
    let place = function.axis.map_or(f64::abs as fn(f64) -> f64, |(_, place)| place);
    table(&tables.join(function.table))
        .iter()
        .filter(|row| row[0] == function.name)
        .map(|row| {
            let row = &row[1..];
            let x = (function.x)(row);
            Measured {
                x,
                at: row[..row.len() - 1].join(", "),
                error: (function.error)(row),
                bound: f64::INFINITY,
                place: place(x),
            }
        })
        .collect()
}

/// What the double-double argument of `cdf` is for.
fn plain_erfc(tables: &Path) -> Result<String, Error> {
    let plain = |row: &[String]| {
        let z = first(row);
        (truth(&row[1]).ulps(0.5 * pxfm::f_erfc(-z * std::f64::consts::FRAC_1_SQRT_2)).abs(), z)
    };
    let rows = table(&tables.join("normal.csv"));
    let errors = rows.iter().filter(|row| row[0] == "cdf").map(|row| plain(&row[1..]));
    let (error, z) = errors.max_by(|a, b| a.0.total_cmp(&b.0)).ok_or("no rows for cdf")?;
    Ok(format!(
        "For comparison: ½·erfc(−z/√2) with pxfm's erfc, right to half an ulp, but its argument rounded to a double, \
         is off by up to {error:.0} ulp (at z = {z})."
    ))
}

pub(crate) fn write(page: &mut Page, tables: &Path) -> Result<(), Error> {
    page.text(HEAD);
    for function in FUNCTIONS {
        let measured = measure(tables, function);
        let Function { name, synopsis, unit, .. } = function;
        page.text(&format!("### normal::{name}\n\n{synopsis}. Error in {unit}:"));
        page.table(&format!("`normal::{name}`"), Unit::Spacing(unit), &measured, function.ranges)?;
        if *name == "cdf" {
            page.text(&plain_erfc(tables)?);
        }
        if let Some((abscissa, _)) = function.axis {
            let title = format!("{name}: {}", synopsis.replace('`', ""));
            let ordinate = ("error (ulp)", 1.0, 0.5);
            let svg = signed(&title, abscissa, ordinate, &[("", &measured)])?;
            page.picture(&format!("{name}.svg"), &format!("error of {name}"), &svg)?;
        }
    }
    Ok(())
}
