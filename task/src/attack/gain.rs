//! The law of the gains that multiply the input.

use std::fmt;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde_json::Value;

use super::fraction::Fraction;
use crate::error::MAX_MAGNITUDE;
use crate::range::{number, quote};
use crate::spec::Parse;

/// The largest number of gains in a list.
pub const MAX_GAINS: usize = 64;

/// The largest multiple of the common unit that a gain may be, so that sums of gains are exact.
const MAX_UNITS: u64 = 1_000_000_000;
/// The largest denominator common to the probabilities.
const MAX_WHOLE: u64 = 1_000_000_000_000_000;

/// A defense as it is written: the law of the gain that multiplies each coordinate, before θ is added.
///
/// ```
/// use gauss_sim_task::attack::{GainDefense, GainLaw};
/// use gauss_sim_task::spec::Parse;
///
/// let defense = GainDefense::parse("list=4:0.4,-1:0.6")?;
/// assert_eq!(defense.to_string(), "list=-1:0.6,4:0.4");
/// let GainLaw::List(list) = defense.law() else { unreachable!() };
/// assert_eq!((list.units(), list.weights(), list.whole()), (&[-1, 4][..], &[3, 2][..], 5));
/// assert_eq!(list.atoms().collect::<Vec<_>>(), [(-1.0, 0.6), (4.0, 0.4)]);
/// assert!(GainDefense::parse("list=-1:0.6,4:0.3").unwrap_err().contains("sum to 0.9"));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum GainDefense {
    /// a = 1: the defense only adds θ.
    Add,
    /// a ~ N(1, τ²).
    Scale(f64),
    /// a = 0 with this probability, and 1 otherwise.
    Drop(Fraction),
    /// a = −1 with this probability, and 1 otherwise.
    Flip(Fraction),
    /// These gains with these probabilities.
    List(GainList),
    /// No gain: the two coordinates are swapped with this probability.
    Mirror(Fraction),
}

/// The law of one gain.
#[derive(Debug, Clone, PartialEq)]
pub enum GainLaw {
    /// Always 1.
    One,
    /// N(1, spread²), with a spread above 0.
    Normal {
        /// The standard deviation τ.
        spread: f64,
    },
    /// Finitely many values.
    List(GainList),
}

/// Finitely many gains in ascending order, each with a probability above 0, all exact.
#[derive(Debug, Clone, PartialEq)]
pub struct GainList {
    gains: Vec<Fraction>,
    units: Vec<i64>,
    unit: Fraction,
    weights: Vec<u64>,
    whole: u64,
}

impl GainList {
    /// Creates the law with these gains and probabilities, given in any order. Gains of probability 0 are left out,
    /// and the probabilities of a repeated gain are added. The error message says what is wrong and what would be
    /// right.
    pub fn new(items: &[(Fraction, Fraction)]) -> Result<Self, String> {
        if items.is_empty() || items.len() > MAX_GAINS {
            let found = items.len();
            return Err(format!("{found} gains: write from 1 to {MAX_GAINS}, as in -1:0.6,4:0.4"));
        }
        let mut atoms: Vec<(BigRational, BigRational)> = Vec::new();
        for (gain, probability) in items {
            if !probability.is_probability() {
                return Err(format!(
                    "the gain {gain} has the probability {probability}: write one from 0 to 1"
                ));
            }
            let (gain, probability) = (gain.exact(), probability.exact());
            match atoms.iter_mut().find(|(known, _)| *known == gain) {
                Some((_, known)) => *known += probability,
                None => atoms.push((gain, probability)),
            }
        }
        let sum: BigRational = atoms.iter().map(|(_, probability)| probability).sum();
        if !sum.is_one() {
            let sum = Fraction::of(&sum).map_or_else(
                || sum.to_f64().unwrap_or(f64::NAN).to_string(),
                |sum| sum.to_string(),
            );
            return Err(format!("the probabilities sum to {sum}: write some that sum to 1"));
        }
        atoms.retain(|(_, probability)| probability.is_positive());
        atoms.sort_by(|(one, _), (other, _)| one.cmp(other));
        let (units, unit) = in_units(atoms.iter().map(|(gain, _)| gain)).ok_or(
            "the gains have no common unit: write numbers of at most nine digits between the \
             largest and the last",
        )?;
        let (weights, share) = in_units(atoms.iter().map(|(_, probability)| probability))
            .filter(|(_, share)| share.numerator() == 1)
            .ok_or("the probabilities have too many digits: write at most 15")?;
        if units.iter().any(|units| units.unsigned_abs() > MAX_UNITS) {
            return Err("the gains have no common unit: write numbers of at most nine digits \
                        between the largest and the last"
                .to_owned());
        }
        let gains = atoms.iter().filter_map(|(gain, _)| Fraction::of(gain)).collect();
        let weights: Vec<u64> = weights.iter().map(|weight| weight.unsigned_abs()).collect();
        Ok(Self { gains, units, unit, weights, whole: share.denominator() })
    }

    /// Returns the law with two gains, the first of which has this probability.
    fn two(first: i64, probability: Fraction, other: i64) -> Self {
        let whole = |n| Fraction::of(&BigRational::from_integer(BigInt::from(n)));
        let items = whole(first)
            .zip(whole(other))
            .map(|(first, other)| [(first, probability), (other, probability.complement())]);
        // A probability and its complement sum to 1, and small whole numbers are valid gains.
        items
            .and_then(|items| Self::new(&items).ok())
            .unwrap_or_else(|| unreachable!("{first} and {other} are gains"))
    }

    /// Returns the gains, ascending and exact.
    #[must_use]
    pub fn gains(&self) -> &[Fraction] {
        &self.gains
    }

    /// Returns the gains as integer multiples of [`GainList::unit`], up to 1e9 in magnitude, so that their sums are
    /// exact.
    #[must_use]
    pub fn units(&self) -> &[i64] {
        &self.units
    }

    /// Returns the unit, above 0.
    #[must_use]
    pub fn unit(&self) -> Fraction {
        self.unit
    }

    /// Returns the probabilities as integers of at least 1, to be divided by [`GainList::whole`].
    #[must_use]
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    /// Returns the sum of all weights, at most 1e15.
    #[must_use]
    pub fn whole(&self) -> u64 {
        self.whole
    }

    /// Iterates over the gains with their probabilities, rounded to doubles.
    pub fn atoms(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let probability = |weight: &u64| *weight as f64 / self.whole as f64;
        self.gains.iter().map(|gain| gain.value()).zip(self.weights.iter().map(probability))
    }
}

/// Writes the numbers as multiples of their greatest common unit, which is 1 if all of them are 0.
fn in_units<'a>(
    numbers: impl Iterator<Item = &'a BigRational> + Clone,
) -> Option<(Vec<i64>, Fraction)> {
    let denominator = numbers.clone().fold(BigInt::one(), |lcm, n| lcm.lcm(n.denom()));
    let scaled: Vec<BigInt> = numbers.map(|n| n.numer() * (&denominator / n.denom())).collect();
    let mut divisor = scaled.iter().fold(BigInt::zero(), |gcd, n| gcd.gcd(n));
    if divisor.is_zero() {
        divisor = denominator.clone();
    }
    let unit = Fraction::of(&BigRational::new(divisor.clone(), denominator))?;
    let units = scaled.iter().map(|n| (n / &divisor).to_i64()).collect::<Option<Vec<i64>>>()?;
    let whole: u64 = units.iter().try_fold(0u64, |sum, n| sum.checked_add(n.unsigned_abs()))?;
    (whole <= MAX_WHOLE).then_some((units, unit))
}

impl GainDefense {
    /// Returns the law of a gain; it is always 1 where the coordinates are swapped.
    #[must_use]
    pub fn law(&self) -> GainLaw {
        match self {
            Self::Add | Self::Mirror(_) => GainLaw::One,
            Self::Scale(spread) if *spread == 0.0 => GainLaw::One,
            Self::Scale(spread) => GainLaw::Normal { spread: *spread },
            Self::Drop(q) => GainLaw::List(GainList::two(0, *q, 1)),
            Self::Flip(q) => GainLaw::List(GainList::two(-1, *q, 1)),
            Self::List(list) => GainLaw::List(list.clone()),
        }
    }
}

/// Writes the defense as on the command line; the text parses back to the same defense.
impl fmt::Display for GainDefense {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Add => f.write_str("add"),
            Self::Scale(spread) => write!(f, "scale={spread}"),
            Self::Drop(q) => write!(f, "drop={q}"),
            Self::Flip(q) => write!(f, "flip={q}"),
            Self::Mirror(q) => write!(f, "mirror={q}"),
            Self::List(list) => {
                for (i, (gain, weight)) in list.gains.iter().zip(&list.weights).enumerate() {
                    let share = BigRational::new(BigInt::from(*weight), BigInt::from(list.whole));
                    let probability = Fraction::of(&share).ok_or(fmt::Error)?;
                    let before = if i == 0 { "list=" } else { "," };
                    write!(f, "{before}{gain}:{probability}")?;
                }
                Ok(())
            }
        }
    }
}

const FORMS: &str =
    "add, scale=T (gains N(1, T²)), drop=Q, flip=Q, list=GAIN:PROBABILITY,… or mirror=Q";

impl Parse for GainDefense {
    fn parse(text: &str) -> Result<Self, String> {
        let trimmed = text.trim();
        let (name, value) = match trimmed.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (trimmed, None),
        };
        match (name, value) {
            ("add", None) => Ok(Self::Add),
            ("scale", Some(value)) => {
                let spread = number(value).map_err(|error| error.to_string())?;
                match (0.0..=MAX_MAGNITUDE).contains(&spread) {
                    true => Ok(Self::Scale(spread)),
                    false => Err(format!(
                        "{} is not a spread: write a number from 0 to 1e15",
                        quote(text)
                    )),
                }
            }
            ("drop", Some(value)) => probability(value, text).map(Self::Drop),
            ("flip", Some(value)) => probability(value, text).map(Self::Flip),
            ("mirror", Some(value)) => probability(value, text).map(Self::Mirror),
            ("list", Some(value)) => listed(value).map(Self::List),
            _ => Err(format!("{} is not a defense: write {FORMS}", quote(text))),
        }
    }

    fn write(&self) -> Value {
        Value::from(self.to_string())
    }
}

fn probability(value: &str, text: &str) -> Result<Fraction, String> {
    let q = Fraction::parse(value)?;
    match q.is_probability() {
        true => Ok(q),
        false => Err(format!("{} is not possible: write a probability from 0 to 1", quote(text))),
    }
}

fn listed(value: &str) -> Result<GainList, String> {
    let item = |item: &str| match item.split_once(':') {
        Some((gain, probability)) => Ok((Fraction::parse(gain)?, Fraction::parse(probability)?)),
        None => Err(format!(
            "{} is not a gain with its probability: write as in list=-1:0.6,4:0.4",
            quote(item)
        )),
    };
    let items = value.split(',').map(item).collect::<Result<Vec<_>, _>>()?;
    GainList::new(&items)
}
