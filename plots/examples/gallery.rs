//! Draws one chart of each kind, as SVG, SVG with paths, PDF and PNG, into the folder given (default:
//! `gallery`).

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use gauss_sim_plots::{
    Axis, Band, Chart, Color, ColorScale, Contour, Drawing, Figure, Hatch, HeatMap, Legend, Line,
    Note, Point, Points, Reference, Region, Size, Style, Theme, label,
};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".to_owned()));
    fs::create_dir_all(&folder)?;
    let save = |name: &str, drawing: &Drawing| -> Outcome {
        let file = |ending: &str| folder.join(format!("{name}{ending}"));
        fs::write(file(".svg"), drawing.svg())?;
        fs::write(file("-paths.svg"), drawing.svg_paths())?;
        fs::write(file(".pdf"), drawing.pdf()?)?;
        fs::write(file(".png"), drawing.png(200.0)?)?;
        Ok(())
    };
    save("stages", &stages(Legend::auto()).render(Size::TEXT_WIDTH)?)?;
    save("stages-below", &stages(Legend::below()).render(Size::TEXT_WIDTH)?)?;
    save("stages-column", &stages(Legend::auto()).render(Size::COLUMN)?)?;
    save("stages-inside", &falling().render(Size::COLUMN)?)?;
    save("log", &convergence().render(Size::TEXT_WIDTH)?)?;
    save("log-log", &tails().render(Size::COLUMN)?)?;
    save("heat-map", &surface().render(Size::inches(5.0, 3.6))?)?;
    save("heat-map-column", &surface().render(Size::COLUMN)?)?;
    save("sequential", &sequential().render(Size::COLUMN)?)?;
    save("panels", &panels().render(Size::inches(6.5, 5.2))?)?;
    save("notes", &notes().render(Size::TEXT_WIDTH)?)?;
    save("regions", &regions().render(Size::TEXT_WIDTH)?)?;
    save("regions-column", &regions().render(Size::COLUMN)?)?;
    save("labels", &labels().render(Size::TEXT_WIDTH)?)?;
    save("labels-column", &labels().render(Size::COLUMN)?)?;
    for theme in Theme::ALL {
        for (place, size) in [("", Size::TEXT_WIDTH), ("-column", Size::COLUMN)] {
            let charts = [
                ("few-cells", few_cells()),
                ("crowded", crowded()),
                ("powers", powers()),
                ("long-names", long_names()),
            ];
            for (name, chart) in charts {
                let name = format!("{name}{place}-{}", theme.name());
                save(&name, &chart.render_in(size, theme)?)?;
            }
        }
    }
    Ok(())
}

/// Something near Φ, good enough for pictures.
fn phi(z: f64) -> f64 {
    1.0 / (1.0 + (-1.5976 * z - 0.070_566 * z * z * z).exp())
}

fn accuracy(stage: usize, sigma: f64, eps: f64) -> f64 {
    let s = (1.0 + sigma * sigma).sqrt();
    match stage {
        0 => phi(1.0 - eps),
        1 => 0.5 * (phi((2.0 - eps) / s) + phi(-eps / s)),
        2 => phi((1.0 - eps) / s),
        _ => phi((1.0 - eps) / (1.0 + sigma * sigma / 30.0).sqrt()),
    }
}

fn robust(stage: usize, sigma: f64, eps: f64) -> f64 {
    accuracy(stage, sigma, eps) / accuracy(stage, sigma, 0.0)
}

const STAGES: [&str; 4] = ["undefended", "defended", "trained", "voted, n = 101"];

fn grid(low: f64, high: f64, n: u32) -> Vec<f64> {
    (0..n).map(|i| low + (high - low) * f64::from(i) / f64::from(n - 1)).collect()
}

/// An estimate from n draws that is off by a repeatable part of its standard deviation.
fn estimate(p: f64, n: f64, k: usize) -> (f64, f64, f64) {
    let sd = (p.max(1e-3) * (1.0 - p).max(1e-3) / n).sqrt();
    let y = p + sd * ((k * 7919 % 101) as f64 / 50.0 - 1.0);
    (y, y - 1.96 * sd, y + 1.96 * sd)
}

fn stages(legend: Legend) -> Chart {
    let mut chart = Chart::new(
        Axis::linear("noise of the defense, σ").range(0.0, 4.0),
        Axis::linear("robust accuracy"),
    )
    .title("Robust accuracy falls as the noise is trained away\nmean = 1, noise = 1, shift = 1, ε = 0.5; 4 000 samples a point")
    .legend(legend.line_means("theory").points_mean("simulation, 95 % interval"));
    for (i, name) in STAGES.into_iter().enumerate() {
        let style = Style::series(i);
        let line = grid(0.0, 4.0, 161).into_iter().map(|s| (s, robust(i, s, 0.5)));
        let points = grid(0.0, 4.0, 17).into_iter().enumerate().map(|(k, s)| {
            let (y, low, high) = estimate(robust(i, s, 0.5), 4000.0, k + i);
            (s, y, low, high)
        });
        chart = chart
            .with(Line::new(name, line).style(style))
            .with(Points::new(name, points).style(style).offset(1.2 * i as f64 - 1.8));
    }
    chart
}

fn falling() -> Chart {
    let mut chart = Chart::new(
        Axis::linear("perturbation, ε").range(0.0, 2.0),
        Axis::linear("adversarial accuracy, A(ε)").low(0.0),
    )
    .title("σ = 1")
    .legend(Legend::inside());
    for (i, name) in STAGES.into_iter().enumerate() {
        let line = grid(0.0, 2.0, 81).into_iter().map(|e| (e, accuracy(i, 1.0, e)));
        chart = chart.with(Line::new(name, line).style(Style::series(i)));
    }
    chart
}

fn convergence() -> Chart {
    let exact = 0.638_163_195;
    let steps: Vec<f64> = (0..=12).map(|k| 10.0_f64.powf(f64::from(k) / 2.0 + 2.0)).collect();
    let half = |n: f64| 1.96 * (exact * (1.0 - exact) / n).sqrt();
    let points = steps.iter().enumerate().map(|(k, &n)| {
        let (y, low, high) = estimate(exact, n, k * 3 + 1);
        (n, y, low, high)
    });
    Chart::new(Axis::log("samples"), Axis::linear("adversarial accuracy"))
        .title("The estimate settles on the exact value\ntrained, σ = 1, ε = 0.5")
        .with(
            Band::new(
                "95 % of estimates",
                steps.iter().map(|&n| (n, exact - half(n), exact + half(n))),
            )
            .style(Style::series(1)),
        )
        .with(Points::new("estimate", points).style(Style::series(2)))
        .with(Reference::horizontal(exact, "exact, 0.638163"))
        .legend(Legend::right().points_mean("95 % interval"))
}

fn tails() -> Chart {
    let mut chart = Chart::new(Axis::log("votes, n"), Axis::log("gap to the limit").low(1e-7))
        .title("Votes close the gap as 1/n")
        .legend(Legend::below().line_means("theory").points_mean("simulation"));
    for i in 0..2_usize {
        let gap = move |n: f64| 0.19 * (i + 1) as f64 / n;
        let name = format!("σ = {}", i + 1);
        let line = grid(0.0, 5.0, 60).into_iter().map(|e| 10.0_f64.powf(e));
        let points = (0..9).map(|k| {
            let n = 10.0_f64.powf(f64::from(k) * 0.6);
            let y = gap(n);
            // Intervals that reach below zero, and estimates that do too.
            (n, y - if k > 6 { 1e-4 } else { 0.0 }, y - 2e-5, y + 2e-5)
        });
        chart = chart
            .with(Line::new(&name, line.map(|n| (n, gap(n)))).style(Style::series(i)))
            .with(Points::new(&name, points).style(Style::series(i)));
    }
    chart
}

fn values(x: &[f64], y: &[f64], value: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    y.iter().flat_map(|&y| x.iter().map(move |&x| (x, y))).map(|(x, y)| value(x, y)).collect()
}

fn surface() -> Chart {
    let (x, y) = (grid(0.0, 4.0, 81), grid(0.0, 1.6, 65));
    // Undefined in a corner, to show how that looks.
    let difference = |s: f64, e: f64| {
        if s > 3.4 && e > 1.3 { f64::NAN } else { robust(2, s, e) - robust(0, s, e) }
    };
    let values = values(&x, &y, difference);
    let frontier = grid(0.0, 1.05, 40).into_iter().map(|s| (s, 0.3 * (1.0 - (s / 1.05).powi(3))));
    Chart::new(Axis::linear("noise of the defense, σ"), Axis::linear("perturbation, ε"))
        .title("Where training helps\nmean = 1, noise = 1, shift = 1")
        .with(
            HeatMap::centres(x, y, values)
                .label("robust accuracy, trained − undefended")
                .contour(
                    Contour::new(0.0, "0").style(Style::neutral().color(Color::INK).width(1.3)),
                )
                .contour(Contour::new(0.1, "0.1"))
                .contour(Contour::new(0.2, "0.2"))
                .missing("not defined"),
        )
        .with(Line::new("frontier ε*(σ)", frontier).style(Style::series(2)))
        .with(Note::new(0.3, 0.1, "witness"))
}

fn sequential() -> Chart {
    let x: Vec<f64> = grid(-2.0, 2.0, 41).into_iter().map(|e| 10.0_f64.powf(e)).collect();
    let y = grid(0.0, 2.0, 33);
    let values = values(&x, &y, |s, e| accuracy(2, s, e));
    Chart::new(Axis::log("σ"), Axis::linear("ε")).with(
        HeatMap::centres(x, y, values)
            .scale(ColorScale::Sequential)
            .label("adversarial accuracy")
            .contour(Contour::new(0.5, "½"))
            .contour(Contour::new(0.7, "0.7")),
    )
}

fn panels() -> Figure {
    let mut figure = Figure::new("Four strengths of attack\nmean = 1, noise = 1, shift = 1", 2)
        .legend(Legend::below().line_means("theory").points_mean("simulation, 95 % interval"));
    for (letter, eps) in ["(a)", "(b)", "(c)", "(d)"].into_iter().zip([0.1, 0.5, 1.0, 1.5]) {
        let mut chart =
            Chart::new(Axis::linear("σ").range(0.0, 4.0), Axis::linear("robust accuracy"))
                .title(format!("{letter} ε = {eps}"));
        for (i, name) in STAGES.into_iter().enumerate() {
            let style = Style::series(i);
            let line = grid(0.0, 4.0, 81).into_iter().map(|s| (s, robust(i, s, eps)));
            let points = grid(0.0, 4.0, 9).into_iter().enumerate().map(|(k, s)| {
                let (y, low, high) = estimate(robust(i, s, eps), 4000.0, k + i);
                (s, y, low, high)
            });
            chart = chart
                .with(Line::new(name, line).style(style))
                .with(Points::new(name, points).style(style));
        }
        figure = figure.with(chart);
    }
    figure
}

fn notes() -> Chart {
    let line = grid(0.0, 2.0, 101).into_iter().map(|s| (s, (3.0 * s).sin() * (-s).exp()));
    Chart::new(Axis::linear("σ").range(0.0, 2.0), Axis::linear("difference of robust accuracies"))
        .title("The order of the stages turns at σ*\nε = 0.1")
        .with(Line::new("trained − defended", line).style(Style::series(1)))
        .with(Reference::horizontal(0.0, "equal"))
        .with(Reference::vertical(std::f64::consts::FRAC_PI_3, "σ* = 1.0472"))
        .with(Note::new(0.416, 0.6255, "largest gain"))
        .with(Note::new(1.463, -0.22, "largest loss, σ = 1.463, Φ₂(σ²; ρ) ± θ₀"))
        .legend(Legend::hidden())
}

/// Where three made-up claims fail: regions that overlap, one with a hole, one without end.
fn regions() -> Chart {
    let frontier = |end: f64, height: f64| {
        grid(0.0, end, 60).into_iter().map(move |s| (s, height * (1.0 - (s / end).powi(3))))
    };
    let mut chart = Chart::new(
        Axis::linear("σ, standard deviation of the noise").range(0.0, 2.0),
        Axis::linear("ε, budget of the adversary").range(0.0, 1.0),
    )
    .title("Where three claims fail\nmean = 1, noise = 1, shift = 1")
    .legend(Legend::auto().line_means("frontier"));
    let claims = [("trained over undefended", 1.05, 0.62), ("defended over trained", 0.63, 0.8)];
    for (i, (name, end, height)) in claims.into_iter().enumerate() {
        let style = Style::series(i + 1);
        let mut inside = vec![(0.0, 0.0)];
        inside.extend(frontier(end, height));
        chart = chart
            .with(Region::new(name, vec![inside]).style(style).hatch(Hatch::series(i)))
            .with(Line::new("", frontier(end, height)).style(style).label(["ε₁(σ)", "ε₂(σ)"][i]));
    }
    let far = f64::INFINITY;
    let beyond = vec![(0.8, 0.25), (far, 0.25), (far, far), (1.3, far)];
    let hole = vec![(1.4, 0.45), (1.7, 0.45), (1.7, 0.7), (1.4, 0.7)];
    chart
        .with(
            Region::new("everything beyond", vec![beyond, hole])
                .style(Style::series(3))
                .hatch(Hatch::Upright),
        )
        .with(Note::new(0.3, 0.1, "witness"))
}

/// Curves with their names on them, and points with intervals both ways.
fn labels() -> Chart {
    let mut chart = Chart::new(
        Axis::linear("rate of invariance"),
        Axis::linear("robust accuracy (share of the correct)"),
    )
    .title("Curves with their names on them\nε = 0.5")
    .legend(Legend::hidden());
    for (i, sigma) in [0.3, 0.5, 1.0, 1.5, 2.0, 3.0].into_iter().enumerate() {
        let style = Style::series(i);
        let at = move |k: f64| {
            let invariance = 0.5 + (0.32 + 0.06 * k) / (1.0 + 0.4 * sigma);
            (invariance, 0.83 + 0.05 * sigma - 0.08 * sigma * k * (2.0 - k) * (1.0 - 0.2 * sigma))
        };
        let points = [0.0, 0.5, 1.0].into_iter().map(at).map(|(x, y)| {
            let point = Point::from((x, y + 0.002, y - 0.006, y + 0.01));
            point.x_interval(x - 0.004, x + 0.004)
        });
        chart = chart
            .with(
                Line::new("", grid(0.0, 1.0, 41).into_iter().map(at))
                    .style(style)
                    .label(format!("σ = {sigma}")),
            )
            .with(Points::new("", points).style(style));
    }
    chart
}

/// A heat map of few uneven σ: its cells end at 0 and at the largest.
fn few_cells() -> Chart {
    let (x, y) = (vec![0.1, 1.0, 3.0], vec![0.01, 0.1, 1.0]);
    let values = values(&x, &y, |s, e| robust(2, s, e) - robust(0, s, e));
    let largest = x[x.len() - 1];
    Chart::new(Axis::linear("noise of the defense, σ"), Axis::log("perturbation, ε"))
        .title("Few cells, which end where σ does\nmean = 1, data_std = 1, shift = 1")
        .with(HeatMap::centres(x, y, values).x_domain(0.0, largest).label("robust accuracy gained"))
}

/// Thresholds of an eleventh each, whose curves leave hardly any room for their names.
fn crowded() -> Chart {
    let thresholds: Vec<f64> = (0..7).map(|i| f64::from(i) / 11.0).collect();
    let names = label::distinct(&thresholds);
    let mut chart = Chart::new(Axis::linear("σ").range(0.0, 4.0), Axis::linear("robust accuracy"))
        .title(format!("Names in a crowd\nshift = {}", label::number(6.0 / 11.0)))
        .legend(Legend::hidden());
    for (i, (k, name)) in thresholds.into_iter().zip(names).enumerate() {
        let line = grid(0.0, 4.0, 161).into_iter().map(|s| (s, robust(2, s, 0.5) + 0.06 * k * s));
        let line = Line::new("", line).style(Style::series(i)).label(format!("k = {name}"));
        chart = chart.with(line);
    }
    chart
}

/// Errors that fall as a power of the samples.
fn powers() -> Chart {
    let mut chart = Chart::new(Axis::log("samples, N"), Axis::log("error"))
        .title("Powers are set as powers")
        .legend(Legend::right().line_means("limit law"));
    for (i, exponent) in [-0.5, -1.0 / 3.0].into_iter().enumerate() {
        let law = label::power("N", ["−1/2", "−1/3"][i]);
        let line =
            grid(2.0, 6.0, 41).into_iter().map(|e| (10_f64.powf(e), 10_f64.powf(exponent * e)));
        let name = ["logistic", "fewest errors"][i];
        chart = chart.with(Line::new(name, line).style(Style::series(i)).label(format!("∝ {law}")));
    }
    chart
}

/// A legend with one long name among short ones.
fn long_names() -> Chart {
    let names = [
        "boundary",
        "class y = 1",
        "class y = −1",
        "correct, and robust",
        "correct, but vulnerable",
        "within ε of the boundary",
    ];
    let mut chart = Chart::new(Axis::linear("x"), Axis::linear("½ × density"))
        .title("One long name among short ones")
        .legend(Legend::auto().line_means("theory").points_mean("simulation, 95 % interval"));
    for (i, name) in names.into_iter().enumerate() {
        let bell = move |x: f64| (-(x - 0.3 * i as f64).powi(2)).exp() * (1.0 + 0.1 * i as f64);
        let style = Style::series(i);
        let points =
            grid(-2.0, 3.0, 6).into_iter().map(|x| (x, bell(x), bell(x) - 0.04, bell(x) + 0.04));
        chart = chart
            .with(
                Line::new(name, grid(-2.0, 3.0, 101).into_iter().map(|x| (x, bell(x))))
                    .style(style),
            )
            .with(Points::new(name, points).style(style));
    }
    chart
}
