//! What is attacked: the data, the defense, and the classifier.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};

use super::choice::GainScope;
use super::fraction::Fraction;
use super::gain::{GainDefense, GainLaw};
use crate::data::Task;
use crate::defense::Defense;
use crate::error::{DomainError, check};
use crate::range::exact_number;

/// The largest number of coordinates.
pub const MAX_DIMENSION: u32 = 1_000_000;

fn checked_dimension(dimension: u64) -> Result<u32, DomainError> {
    let possible = u32::try_from(dimension).ok().filter(|d| (1..=MAX_DIMENSION).contains(d));
    possible.ok_or_else(|| DomainError {
        name: "dimension",
        value: dimension.to_string(),
        expected: format!("a whole number from 1 to {MAX_DIMENSION}"),
    })
}

/// A task that is attacked: data, defense and classifier.
#[derive(Debug, Clone, PartialEq)]
pub enum AttackTask {
    /// Identically distributed coordinates, multiplied by random gains.
    Gains(GainTask),
    /// Two coordinates that are swapped at random.
    Mirror(MirrorTask),
    /// Two spheres of different size.
    Spheres(SpheresTask),
}

impl AttackTask {
    /// Returns the number of coordinates.
    #[must_use]
    pub fn dimension(&self) -> u32 {
        match self {
            Self::Gains(task) => task.dimension,
            Self::Mirror(_) => 2,
            Self::Spheres(task) => task.dimension,
        }
    }

    /// Returns the standard deviation of θᵢ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        match self {
            Self::Gains(task) => task.sigma(),
            Self::Mirror(task) => task.sigma(),
            Self::Spheres(task) => task.sigma(),
        }
    }
}

/// d identically distributed coordinates: xᵢ | y ~ N(y·mean, data_std²), t(x)ᵢ = aᵢxᵢ + θᵢ, sgn(Σ t(x)ᵢ − d·shift).
///
/// ```
/// use gauss_sim_task::attack::{GainDefense, GainScope, GainTask};
/// use gauss_sim_task::{Defense, Task};
///
/// let (data, theta) = (Task::new(0.25, 1.0)?, Defense::new(1.0, 0.0)?);
/// let task = GainTask::new(GainDefense::Scale(10.0), GainScope::Coordinates, 256, data, theta)?;
/// assert_eq!((task.dimension(), task.mean(), task.sigma()), (256, 0.25, 0.0));
/// # Ok::<(), gauss_sim_task::DomainError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GainTask {
    defense: GainDefense,
    scope: GainScope,
    dimension: u32,
    data: Task,
    theta: Defense,
}

impl GainTask {
    /// Creates the task; `dimension` is from 1 to [`MAX_DIMENSION`], and any defense but [`GainDefense::Mirror`] is
    /// allowed.
    pub fn new(
        defense: GainDefense,
        scope: GainScope,
        dimension: u64,
        data: Task,
        theta: Defense,
    ) -> Result<Self, DomainError> {
        if matches!(defense, GainDefense::Mirror(_)) {
            return Err(DomainError {
                name: "defense",
                value: defense.to_string(),
                expected: "add, scale, drop, flip or list, which multiply coordinates".to_owned(),
            });
        }
        Ok(Self { defense, scope, dimension: checked_dimension(dimension)?, data, theta })
    }

    /// Returns the defense as it is written.
    #[must_use]
    pub fn defense(&self) -> &GainDefense {
        &self.defense
    }

    /// Returns the law of a gain.
    #[must_use]
    pub fn law(&self) -> GainLaw {
        self.defense.law()
    }

    /// Returns whether every coordinate has a gain of its own.
    #[must_use]
    pub fn scope(&self) -> GainScope {
        self.scope
    }

    /// Returns d.
    #[must_use]
    pub fn dimension(&self) -> u32 {
        self.dimension
    }

    /// Returns the mean of a coordinate given y = 1.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.data.mean()
    }

    /// Returns the standard deviation of a coordinate given y.
    #[must_use]
    pub fn data_std(&self) -> f64 {
        self.data.data_std()
    }

    /// Returns the mean of θᵢ, which the classifier subtracts again.
    #[must_use]
    pub fn shift(&self) -> f64 {
        self.theta.shift()
    }

    /// Returns the standard deviation of θᵢ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.theta.sigma()
    }
}

/// Two coordinates, x | y ~ N(y·mean, data_std²I), that are swapped with probability `swap`, after which
/// θ ~ N(shift, sigma²) is added to each: sgn(w·t(x) − shift·(w₀ + w₁)).
#[derive(Debug, Clone, PartialEq)]
pub struct MirrorTask {
    swap: Fraction,
    mean: [f64; 2],
    data_std: f64,
    theta: Defense,
    weights: [f64; 2],
    /// The weights as integer multiples of one unit, if their shortest decimals have a common one.
    units: Option<[i64; 2]>,
}

impl MirrorTask {
    /// Creates the task; `swap` is from 0 to 1, `mean` and `weights` are up to 1e15 in magnitude, and the weights are
    /// not both 0.
    pub fn new(
        swap: Fraction,
        mean: [f64; 2],
        data_std: f64,
        theta: Defense,
        weights: [f64; 2],
    ) -> Result<Self, DomainError> {
        if !swap.is_probability() {
            return Err(DomainError {
                name: "defense",
                value: format!("mirror={swap}"),
                expected: "mirror=Q with a probability Q from 0 to 1".to_owned(),
            });
        }
        for mean in mean {
            Task::new(mean, data_std)?;
        }
        for weight in weights {
            let ok = |weight: f64| weight != 0.0 || weights != [0.0; 2];
            check("weights", weight, ok, "numbers from -1e15 to 1e15, not both 0")?;
        }
        Ok(Self { swap, mean, data_std, theta, weights, units: units(weights) })
    }

    /// Returns the same task with another classifier.
    pub fn with_weights(self, weights: [f64; 2]) -> Result<Self, DomainError> {
        Self::new(self.swap, self.mean, self.data_std, self.theta, weights)
    }

    /// Returns the probability that the coordinates are swapped.
    #[must_use]
    pub fn swap(&self) -> Fraction {
        self.swap
    }

    /// Returns the mean of x given y = 1.
    #[must_use]
    pub fn mean(&self) -> [f64; 2] {
        self.mean
    }

    /// Returns the standard deviation of a coordinate given y.
    #[must_use]
    pub fn data_std(&self) -> f64 {
        self.data_std
    }

    /// Returns the mean of θᵢ.
    #[must_use]
    pub fn shift(&self) -> f64 {
        self.theta.shift()
    }

    /// Returns the standard deviation of θᵢ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.theta.sigma()
    }

    /// Returns w.
    #[must_use]
    pub fn weights(&self) -> [f64; 2] {
        self.weights
    }

    /// Returns the sign of the sum of `eot` gradients of y·margin at this coordinate, `swaps` of which are at swapped
    /// inputs. The sign is exact if the weights are short decimals of comparable size, so that cancelling terms give
    /// 0.
    #[must_use]
    pub fn gradient_sign(&self, coordinate: usize, swaps: u32, eot: u32) -> i8 {
        self.sign(coordinate, i128::from(eot) - i128::from(swaps), i128::from(swaps))
    }

    /// Returns the sign of the mean gradient of y·margin at each coordinate: −y times it is the right direction of a
    /// step.
    #[must_use]
    pub fn direction(&self) -> [i8; 2] {
        let [kept, swapped] = [self.swap.complement(), self.swap];
        let weight = |share: Fraction| {
            let scale = self.swap.denominator() / share.denominator();
            i128::from(share.numerator()) * i128::from(scale)
        };
        [0, 1].map(|coordinate| self.sign(coordinate, weight(kept), weight(swapped)))
    }

    /// Returns the sign of `kept`·w\[coordinate\] + `swapped`·w\[other\].
    fn sign(&self, coordinate: usize, kept: i128, swapped: i128) -> i8 {
        let other = 1 - coordinate.min(1);
        if let Some(units) = self.units {
            let [one, two] = [units[coordinate.min(1)], units[other]].map(i128::from);
            return (kept * one + swapped * two).signum() as i8;
        }
        let sum =
            kept as f64 * self.weights[coordinate.min(1)] + swapped as f64 * self.weights[other];
        i8::from(sum > 0.0) - i8::from(sum < 0.0)
    }
}

/// Writes two numbers as integer multiples of a common unit, up to 1e15 in magnitude.
fn units(numbers: [f64; 2]) -> Option<[i64; 2]> {
    let exact = |number: f64| exact_number(&format!("{number:e}")).ok();
    let [one, two] = [exact(numbers[0])?, exact(numbers[1])?];
    let scale = BigRational::from_integer(one.denom().lcm(two.denom()));
    let whole = |number: BigRational| {
        let number = (number * &scale).to_integer();
        number.to_i64().filter(|_| number.abs() <= BigInt::from(1_000_000_000_000_000i64))
    };
    Some([whole(one)?, whole(two)?])
}

/// Two classes around 0, x | y ~ N(0, s²I) with s = spreads\[0\] for y = 1 and spreads\[1\] for y = −1; t(x) = x + θ,
/// θ ~ N(0, sigma²I); the classifier returns y = 1 if |t(x)| < radius.
#[derive(Debug, Clone, PartialEq)]
pub struct SpheresTask {
    dimension: u32,
    spreads: [f64; 2],
    sigma: f64,
    radius: f64,
}

impl SpheresTask {
    /// Creates the task; `dimension` is from 1 to [`MAX_DIMENSION`], both spreads are from 1e-15 to 1e15 with the
    /// first below the second, `sigma` and `radius` are from 0 to 1e15.
    pub fn new(
        dimension: u64,
        spreads: [f64; 2],
        sigma: f64,
        radius: f64,
    ) -> Result<Self, DomainError> {
        let dimension = checked_dimension(dimension)?;
        for spread in spreads {
            let expected = "two numbers from 1e-15 to 1e15, the smaller one first, as in 1,1.6";
            check("spreads", spread, |s| s >= 1e-15 && spreads[0] < spreads[1], expected)?;
        }
        let sigma = check("sigma", sigma, |v| v >= 0.0, "a number from 0 to 1e15")?;
        let radius = check("radius", radius, |v| v >= 0.0, "a number from 0 to 1e15")?;
        Ok(Self { dimension, spreads, sigma, radius })
    }

    /// Returns the radius that separates the classes best if θ has this standard deviation, where their densities are
    /// equal: r² = d·ln(s₂²/s₁²)/(1/s₁² − 1/s₂²), with sigma² added to each s².
    #[must_use]
    pub fn best_radius(dimension: u32, spreads: [f64; 2], sigma: f64) -> f64 {
        let [one, two] = spreads.map(|spread| spread * spread + sigma * sigma);
        (f64::from(dimension) * libm::log(two / one) * one / (two - one) * two).sqrt()
    }

    /// Returns d.
    #[must_use]
    pub fn dimension(&self) -> u32 {
        self.dimension
    }

    /// Returns the standard deviations of the classes 1 and −1.
    #[must_use]
    pub fn spreads(&self) -> [f64; 2] {
        self.spreads
    }

    /// Returns the standard deviation of θᵢ.
    #[must_use]
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Returns the radius within which the classifier returns class 1.
    #[must_use]
    pub fn radius(&self) -> f64 {
        self.radius
    }
}
