//! What is left of the accuracy when the margin falls by a number, of either sign.

use crate::accuracy::clean_accuracy;
use crate::math::bounded::Bounded;
use crate::math::normal::cdf;
use task::{Margin, Task, Votes};

/// Values of a polynomial, at most.
const MOST: usize = 1024;

/// A(x) = P[margin > x] for |x| ≤ `most`, and its law.
#[derive(Debug, Clone)]
pub(super) struct Response {
    margin: Margin,
    most: f64,
    by: By,
}

#[derive(Debug, Clone)]
enum By {
    /// Φ, with this standard deviation of the margin.
    Normal(f64),
    /// A polynomial over [−most, most], with its error.
    Polynomial(Polynomial, f64),
}

/// By its values at Chebyshev's points of the second kind, cos(πi/n).
#[derive(Debug, Clone)]
struct Polynomial {
    points: Vec<f64>,
    values: Vec<f64>,
}

impl Response {
    /// For falls up to `most`.
    pub(super) fn new(margin: &Margin, most: f64) -> Self {
        let by = match margin.votes() {
            _ if margin.sigma() == 0.0 => By::Normal(margin.task().data_std()),
            Votes::Limit => By::Normal(margin.task().data_std()),
            Votes::ONE => By::Normal(margin.task().data_std().hypot(margin.sigma())),
            Votes::Finite(_) => polynomial(margin, most),
        };
        Self { margin: *margin, most, by }
    }

    /// The margin without a fall.
    pub(super) fn margin(&self) -> &Margin {
        &self.margin
    }

    /// About how much the margin spreads: A changes over so much.
    pub(super) fn spread(&self) -> f64 {
        match self.by {
            By::Normal(spread) => spread,
            By::Polynomial(..) => self.margin.task().data_std(),
        }
    }

    /// A(x), and its error apart from [`Response::error`].
    pub(super) fn at(&self, x: f64) -> f64 {
        match &self.by {
            By::Normal(spread) => {
                let (mean, offset) = (self.margin.task().mean(), self.margin.offset());
                let one = |offset: f64| cdf((mean + offset - x) / spread);
                if offset == 0.0 { one(0.0) } else { 0.5 * (one(offset) + one(-offset)) }
            }
            By::Polynomial(polynomial, _) if self.most > 0.0 => polynomial.at(x / self.most),
            By::Polynomial(polynomial, _) => polynomial.values[0],
        }
    }

    /// How wrong a value may be.
    pub(super) fn error(&self) -> f64 {
        match &self.by {
            By::Normal(spread) => {
                let (mean, offset) = (self.margin.task().mean(), self.margin.offset());
                // A rounded argument times the largest density.
                let size = (mean.abs() + offset.abs() + self.most) / spread;
                f64::EPSILON * (2.0 + 0.4 * size.min(40.0))
            }
            By::Polynomial(_, error) => *error,
        }
    }

    /// A(x) with its own error, at the cost of a quadrature where there are votes.
    pub(super) fn bounded(&self, x: f64) -> Bounded {
        direct(&self.margin, x)
    }
}

/// A(x) from the theory of one dimension.
fn direct(margin: &Margin, x: f64) -> Bounded {
    let task = margin.task();
    let moved = Task::new(task.mean() - x, task.data_std())
        .and_then(|task| Margin::new(task, margin.offset(), margin.sigma(), margin.votes()));
    match moved {
        Ok(margin) => clean_accuracy(&margin),
        Err(_) => Bounded { value: if x > 0.0 { 0.0 } else { 1.0 }, error: 1e-15 },
    }
}

fn polynomial(margin: &Margin, most: f64) -> By {
    // Twice as many points until the polynomial of half of them is right at the others.
    let point = |i: usize, n: usize| (std::f64::consts::PI * i as f64 / n as f64).cos();
    let mut n = 16;
    let mut values: Vec<Bounded> = (0..=n).map(|i| direct(margin, most * point(i, n))).collect();
    loop {
        let coarse = Polynomial {
            points: (0..=n).map(|i| point(i, n)).collect(),
            values: values.iter().map(|value| value.value).collect(),
        };
        let odd = |i: usize| point(2 * i + 1, 2 * n);
        let between: Vec<Bounded> = (0..n).map(|i| direct(margin, most * odd(i))).collect();
        let misses =
            between.iter().enumerate().map(|(i, known)| (coarse.at(odd(i)) - known.value).abs());
        let miss = misses.fold(0.0, f64::max);
        let own = values.iter().chain(&between).map(|value| value.error).fold(0.0, f64::max);
        // Between the points of the coarse one.
        let more = |i: usize| if i.is_multiple_of(2) { values[i / 2] } else { between[i / 2] };
        values = (0..=2 * n).map(more).collect();
        n *= 2;
        if miss < 1e-13 || n >= MOST {
            let points = (0..=n).map(|i| point(i, n)).collect();
            let values = values.iter().map(|value| value.value).collect();
            // Lebesgue's constant of so many points is below 6.
            let error = miss + 6.0 * own + 20.0 * f64::EPSILON;
            return By::Polynomial(Polynomial { points, values }, error);
        }
    }
}

impl Polynomial {
    /// By the barycentric formula.
    fn at(&self, x: f64) -> f64 {
        let last = self.points.len() - 1;
        let (mut above, mut below) = (0.0, 0.0);
        let mut sign = 1.0;
        for (i, (point, value)) in self.points.iter().zip(&self.values).enumerate() {
            let gap = x - point;
            if gap == 0.0 {
                return *value;
            }
            let half = if i == 0 || i == last { 0.5 } else { 1.0 };
            let weight = sign * half / gap;
            above += weight * value;
            below += weight;
            sign = -sign;
        }
        above / below
    }
}
