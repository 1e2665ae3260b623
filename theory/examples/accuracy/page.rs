//! The page: sections, tables of errors by range, pictures, and the summary above them.

use std::fmt::Write as _;
use std::path::PathBuf;

use crate::Error;
use crate::common::{double, truth, ulp};

/// One value that was compared.
pub(crate) struct Measured {
    /// What places it in a range.
    pub(crate) x: f64,
    /// The arguments as the table writes them.
    pub(crate) at: String,
    /// Signed error, in the unit of the table.
    pub(crate) error: f64,
    /// The bound that came with the value, in the same unit; infinite if none did.
    pub(crate) bound: f64,
    /// The abscissa in a plot.
    pub(crate) place: f64,
}

/// What errors are counted in.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    /// The spacing of doubles at the truth, or another unit in which errors are of order 1.
    Spacing(&'static str),
    /// The truth, or 2.2e-308 where that is larger: see [`relative`].
    Relative,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Spacing(name) => name,
            Self::Relative => "relative",
        }
    }

    fn text(self, value: f64) -> String {
        match self {
            Self::Spacing(_) => format!("{value:.2}"),
            Self::Relative if value == 0.0 => "0".to_owned(),
            Self::Relative => format!("{value:.1e}"),
        }
    }
}

/// Upper ends, in rising order, with what stands in the table.
pub(crate) type Ranges = &'static [(f64, &'static str)];

/// The tables are read to about 30 digits, so that a bound of 0 can be met to this much.
const READING: f64 = 1e-30;

impl Measured {
    fn within(&self) -> bool {
        self.error.abs() <= self.bound + READING
    }
}

/// (computed − truth)/max(|truth|, 2.2e-308), the truth as a table writes it.
pub(crate) fn relative(computed: f64, text: &str) -> f64 {
    let nearest = double(text);
    let scale = nearest.abs().max(f64::MIN_POSITIVE);
    if nearest == 0.0 {
        return computed / scale; // also where the truth is far below all doubles
    }
    truth(text).ulps(computed) * (ulp(nearest) / scale)
}

/// What is printed, and where pictures go.
pub(crate) struct Page {
    body: String,
    summary: String,
    pictures: PathBuf,
}

impl Page {
    pub(crate) fn new(pictures: PathBuf) -> Result<Self, Error> {
        std::fs::create_dir_all(&pictures)?;
        let summary = "| | values | max error | unit |\n|---|---|---|---|\n".to_owned();
        Ok(Self { body: String::new(), summary, pictures })
    }

    /// The introduction, the summary, then all sections.
    pub(crate) fn finish(self, introduction: &str) -> String {
        let Self { body, summary, .. } = self;
        format!("{introduction}\n{summary}{body}")
    }

    /// Text as it stands, with a line free above.
    pub(crate) fn text(&mut self, text: &str) {
        self.body += "\n";
        self.body += text.trim_end();
        self.body += "\n";
    }

    /// A table of the errors of `name`, a line for each range with points in it. Fails where there
    /// are none at all, since a page that says nothing would look like one that says all is well.
    pub(crate) fn table(
        &mut self,
        name: &str,
        unit: Unit,
        measured: &[Measured],
        ranges: Ranges,
    ) -> Result<(), Error> {
        let bounded = measured.iter().any(|m| m.bound.is_finite());
        let (head, rule) = if bounded {
            (" max bound | least bound/error | within bound |", "---|---|---|")
        } else {
            ("", "")
        };
        let body = &mut self.body;
        writeln!(body, "\n| range | points | max | mean |{head} at |")?;
        writeln!(body, "|---|---|---|---|{rule}---|")?;
        let mut low = f64::NEG_INFINITY;
        for &(high, label) in ranges {
            let inside = |m: &&Measured| low <= m.x && (m.x < high || high == f64::INFINITY);
            let inside: Vec<_> = measured.iter().filter(inside).collect();
            low = high;
            let Some(worst) = worst(inside.iter().copied()) else { continue };
            let points = inside.len();
            let mean = inside.iter().map(|m| m.error.abs()).sum::<f64>() / points as f64;
            let (max, mean) = (unit.text(worst.error.abs()), unit.text(mean));
            write!(body, "| {label} | {points} | {max} | {mean} |")?;
            if bounded {
                let most = unit.text(inside.iter().fold(0.0, |top, m| m.bound.max(top)));
                let least = inside
                    .iter()
                    .filter(|m| m.error.abs() > READING)
                    .fold(f64::INFINITY, |least, m| least.min(m.bound / m.error.abs()));
                let within = inside.iter().filter(|m| m.within()).count();
                let least =
                    if least.is_finite() { format!("{least:.1}") } else { "no error".to_owned() };
                write!(body, " {most} | {least} | {within} of {points} |")?;
            }
            writeln!(body, " {} |", worst.at)?;
        }
        let all = worst(measured.iter()).ok_or_else(|| format!("{name}: no values"))?;
        let (values, max) = (measured.len(), unit.text(all.error.abs()));
        writeln!(self.summary, "| {name} | {values} | {max} | {} |", unit.name())?;
        Ok(())
    }

    /// A picture in a file of its own, and the line that shows it.
    pub(crate) fn picture(&mut self, file: &str, what: &str, svg: &str) -> Result<(), Error> {
        std::fs::write(self.pictures.join(file), svg)?;
        writeln!(self.body, "\n![{what}](accuracy/{file})")?;
        Ok(())
    }
}

/// The value with the largest error; one that is not a number counts as the largest.
fn worst<'a>(measured: impl Iterator<Item = &'a Measured>) -> Option<&'a Measured> {
    measured.max_by(|a, b| a.error.abs().total_cmp(&b.error.abs()))
}
