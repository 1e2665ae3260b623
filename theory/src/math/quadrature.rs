//! Integrals with error estimates: globally adaptive Gauss–Kronrod quadrature.
//!
//! This is written here rather than taken from a crate because of the error estimate: `gauss-quad` offers fixed rules
//! without one, and fixed rules miss the sharp steps (sigma ≫ data_std) and sharp densities (many votes) of this
//! problem.
//!
//! Each panel of the subdivision is summed by two rules, the 21-point Kronrod rule, exact for polynomials up to
//! degree 31, and the 10-point Gauss rule within it, exact up to degree 19; their difference estimates the error of
//! the coarser rule. The panel with the largest difference is halved until the sum of the differences is no more than
//! the rounding error.
//!
//! ```
//! use gauss_sim_theory::math::normal::cdf;
//! use gauss_sim_theory::math::quadrature::integrate;
//!
//! // a step of width 1e-6 at 1/3: what is to its right is 2/3
//! let found = integrate(|x| cdf((x - 1.0 / 3.0) / 1e-6), &[0.0, 1.0 / 3.0, 1.0], 1e-15);
//! assert!((found.value - 2.0 / 3.0).abs() <= found.error && found.error < 1e-14);
//! ```

use crate::math::bounded::Bounded;

/// The positive nodes of the 21-point Kronrod rule on [−1, 1], from the outermost to the centre;
/// those with odd index are the nodes of the 10-point Gauss rule.
/// Source: R. Piessens et al., *QUADPACK*, Springer 1983, routine QK21 (public domain).
#[allow(clippy::excessive_precision)] // as printed in the source
const NODES: [f64; 11] = [
    0.995_657_163_025_808_080_735_527_280_689_003,
    0.973_906_528_517_171_720_077_964_012_084_452,
    0.930_157_491_355_708_226_001_207_180_059_508,
    0.865_063_366_688_984_510_732_096_688_423_493,
    0.780_817_726_586_416_897_063_717_578_345_042,
    0.679_409_568_299_024_406_234_327_365_114_874,
    0.562_757_134_668_604_683_339_000_099_272_694,
    0.433_395_394_129_247_190_799_265_943_165_784,
    0.294_392_862_701_460_198_131_126_603_103_866,
    0.148_874_338_981_631_210_884_826_001_129_720,
    0.0,
];

/// The weights of the 21-point Kronrod rule, in the order of [`NODES`].
#[allow(clippy::excessive_precision)] // as printed in the source
const KRONROD: [f64; 11] = [
    0.011_694_638_867_371_874_278_064_396_062_192,
    0.032_558_162_307_964_727_478_818_972_459_390,
    0.054_755_896_574_351_996_031_381_300_244_580,
    0.075_039_674_810_919_952_767_043_140_916_190,
    0.093_125_454_583_697_605_535_065_465_083_366,
    0.109_387_158_802_297_641_899_210_590_325_805,
    0.123_491_976_262_065_851_077_958_109_585_166,
    0.134_709_217_311_473_325_928_054_001_771_707,
    0.142_775_938_577_060_080_797_094_273_138_717,
    0.147_739_104_901_338_491_374_841_515_972_068,
    0.149_445_554_002_916_905_664_936_468_389_821,
];

/// The weights of the 10-point Gauss rule, at the nodes with index 1, 3, 5, 7, 9.
#[allow(clippy::excessive_precision)] // as printed in the source
const GAUSS: [f64; 5] = [
    0.066_671_344_308_688_137_593_568_809_893_332,
    0.149_451_349_150_580_593_145_863_396_957_658,
    0.219_086_362_515_982_043_995_534_934_228_163,
    0.269_266_719_309_996_355_091_226_921_569_469,
    0.295_524_224_714_752_870_173_815_619_188_769,
];

/// The number of panels after which [`integrate`] stops refining and reports the error that it has.
const MAX_PANELS: usize = 400;

/// One panel of the subdivision.
#[derive(Clone, Copy)]
struct Panel {
    low: f64,
    high: f64,
    value: f64,
    /// The integral of |f|, which scales the rounding error.
    magnitude: f64,
    /// |Kronrod − Gauss|: the error of the *Gauss* rule, far above that of the value reported.
    error: f64,
}

impl Panel {
    fn new(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> Self {
        let centre = 0.5 * low + 0.5 * high;
        let half = 0.5 * (high - low);
        let middle = f(centre);
        let mut kronrod = KRONROD[10] * middle;
        let mut magnitude = KRONROD[10] * middle.abs();
        let mut gauss = 0.0;
        for i in 0..10 {
            let step = half * NODES[i];
            let (left, right) = (f(centre - step), f(centre + step));
            kronrod += KRONROD[i] * (left + right);
            magnitude += KRONROD[i] * (left.abs() + right.abs());
            if i % 2 == 1 {
                gauss += GAUSS[i / 2] * (left + right);
            }
        }
        Self {
            low,
            high,
            value: half * kronrod,
            magnitude: half * magnitude,
            error: half * (kronrod - gauss).abs(),
        }
    }
}

/// Returns ∫ f from the first to the last of `breaks`.
///
/// `breaks` are ascending points, at least two (fewer give 0), with every kink, step and peak of f among them or
/// visible at the scale of the panel that contains it; f is analytic in between. `rounding` is the relative rounding
/// error of one value of f; the panel with the largest error is halved until the sum of errors is below `rounding`
/// times ∫|f|, since further refinement gains nothing.
///
/// The error returned is Σ|K₂₁ − G₁₀| over the panels, plus `rounding`·∫|f|. Where the panels resolve f, K₂₁ is
/// better than G₁₀ by many orders of magnitude, so the bound is a safe one; if 400 panels do not suffice, the bound
/// is as large as that difference.
#[must_use]
pub fn integrate(f: impl Fn(f64) -> f64, breaks: &[f64], rounding: f64) -> Bounded {
    let mut panels: Vec<Panel> =
        breaks.windows(2).filter(|w| w[0] < w[1]).map(|w| Panel::new(&f, w[0], w[1])).collect();
    loop {
        let error = sum(panels.iter().map(|p| p.error));
        let floor = rounding * sum(panels.iter().map(|p| p.magnitude));
        let worst = panels
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.error.total_cmp(&b.1.error))
            .map(|(i, p)| (i, *p));
        let splittable = worst.filter(|(_, p)| {
            let middle = 0.5 * p.low + 0.5 * p.high;
            p.low < middle && middle < p.high
        });
        match splittable {
            Some((i, p)) if error > floor && panels.len() < MAX_PANELS => {
                let middle = 0.5 * p.low + 0.5 * p.high;
                panels[i] = Panel::new(&f, p.low, middle);
                panels.push(Panel::new(&f, middle, p.high));
            }
            _ => {
                return Bounded {
                    value: sum(panels.iter().map(|p| p.value)),
                    error: error + floor,
                };
            }
        }
    }
}

/// A point at which a function is evaluated, with its weights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    pub(crate) x: f64,
    /// The weight of the 21-point Kronrod rule.
    pub(crate) kronrod: f64,
    /// The weight of the 10-point Gauss rule, 0 at the nodes that it does not have.
    pub(crate) gauss: f64,
}

/// Returns the nodes of one panel, for many integrals over one table of values.
pub(crate) fn nodes(low: f64, high: f64) -> impl Iterator<Item = Node> {
    let (centre, half) = (0.5 * low + 0.5 * high, 0.5 * (high - low));
    let sides = (0..10).flat_map(|i| [(i, -1.0), (i, 1.0)]);
    sides.chain([(10, 1.0)]).map(move |(i, sign)| Node {
        x: centre + sign * half * NODES[i],
        kronrod: half * KRONROD[i],
        gauss: if i % 2 == 1 { half * GAUSS[i / 2] } else { 0.0 },
    })
}

/// Returns ∫ f from low to high by one 10-point Gauss rule, for a function that is nearly a polynomial there.
pub(crate) fn gauss(f: impl Fn(f64) -> f64, low: f64, high: f64) -> f64 {
    let (centre, half) = (0.5 * low + 0.5 * high, 0.5 * (high - low));
    let mut total = 0.0;
    for (i, weight) in GAUSS.iter().enumerate() {
        let step = half * NODES[2 * i + 1];
        total += weight * (f(centre - step) + f(centre + step));
    }
    half * total
}

/// Returns a sum with Neumaier's compensation, as accurate as if it were summed in twice the precision. Source: A.
/// Neumaier, ZAMM 54 (1974), 39–51, method IV.
#[must_use]
pub fn sum(terms: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    terms.into_iter().for_each(|term| sum.add(term));
    sum.total()
}

/// A sum that is still running, as accurate as [`sum`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    rounded: f64,
    lost: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, term: f64) {
        let next = self.rounded + term;
        self.lost += if self.rounded.abs() >= term.abs() {
            (self.rounded - next) + term
        } else {
            (term - next) + self.rounded
        };
        self.rounded = next;
    }

    /// Returns the sum without its last rounding errors, which may still grow: what the next term is compared with.
    pub(crate) fn rounded(&self) -> f64 {
        self.rounded
    }

    pub(crate) fn total(&self) -> f64 {
        self.rounded + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns ∫ x^p over [−1, 1].
    fn moment(p: i32) -> f64 {
        if p % 2 == 1 { 0.0 } else { 2.0 / f64::from(p + 1) }
    }

    #[test]
    fn kronrod_is_exact_to_degree_31_and_gauss_to_19() {
        for p in 0..=31 {
            let panel = Panel::new(&|x: f64| x.powi(p), -1.0, 1.0);
            // 4 ulp of the largest moment, 2: rounding of a 21-term sum.
            assert!((panel.value - moment(p)).abs() < 2e-15, "degree {p}");
            if p <= 19 {
                assert!(panel.error < 2e-15, "Gauss at degree {p}: {}", panel.error);
            }
        }
        // And not beyond: degree 32 and 20 are even, so the rules must show their error there (leading error terms
        // 2e-11 for K21 and 1e-6 for G10).
        let panel = Panel::new(&|x: f64| x.powi(20), -1.0, 1.0);
        assert!(panel.error > 1e-7);
    }

    #[test]
    fn the_bound_holds_on_sharp_functions() {
        // ∫ 1/(x² + w²) over [−1, 1] = 2·atan(1/w)/w.
        for w in [1.0, 1e-2, 1e-4, 1e-6_f64] {
            let exact = 2.0 * (1.0 / w).atan() / w;
            let got = integrate(|x| 1.0 / (x * x + w * w), &[-1.0, 0.0, 1.0], 4e-16);
            assert!((got.value - exact).abs() <= got.error + 1e-15 * exact, "w = {w}: {got:?}");
            assert!(got.error <= 1e-14 * exact, "w = {w}: {got:?}");
        }
    }

    #[test]
    fn an_unresolved_function_reports_a_large_error() {
        let got = integrate(|x: f64| (1e7 * x).sin().abs(), &[0.0, 1.0], 1e-15);
        assert!((got.value - std::f64::consts::FRAC_2_PI).abs() <= got.error, "{got:?}");
    }

    #[test]
    fn empty_and_reversed_ranges_are_zero() {
        assert_eq!(integrate(|x| x, &[], 1e-15).value.to_bits(), 0);
        assert_eq!(integrate(|x| x, &[1.0, 1.0], 1e-15).value.to_bits(), 0);
    }

    #[test]
    fn sums_are_compensated() {
        assert!((sum([1.0, 1e100, 1.0, -1e100]) - 2.0).abs() < f64::EPSILON);
    }
}
