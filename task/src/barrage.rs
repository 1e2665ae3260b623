//! A barrage of transformations, in one dimension: several maps of a pool, one after the other.
//!
//! Each map of the pool is x ↦ scale·x + N(shift, sigma²). For each classification, `choose` different maps are drawn
//! from the pool in random order, every ordered choice being equally likely, and applied one after the other; the
//! classifier is sgn(t(x) − threshold). Source: after Raff, Sylvester, Forsyth and McLean, *Barrage of Random
//! Transforms for Adversarially Robust Defense*, CVPR 2019.
//!
//! ```
//! use gauss_sim_task::barrage::{Choose, Pool, Transform};
//!
//! let added = Transform { scale: 1.0, shift: 0.8, sigma: 0.3 };
//! let pool = Pool::new(vec![added, Transform { scale: 0.5, ..added }])?;
//! assert_eq!((pool.len(), pool.adds_only()), (2, false));
//! assert!(Pool::new(vec![Transform { sigma: -1.0, ..added }]).is_err());
//! assert_eq!("1..3".parse::<Choose>().unwrap().values(), [1, 2, 3]);
//! # Ok::<(), gauss_sim_task::EntryError>(())
//! ```

mod choose;

pub use choose::{Choose, ChooseError, MAX_CHOOSE};

use crate::error::{EntryError, MAX_MAGNITUDE};

/// The largest number of maps in a pool.
pub const MAX_TRANSFORMS: usize = 1000;

/// The largest magnitude of a scale, chosen so that the square of a product of [`MAX_CHOOSE`] scales is a finite
/// double.
pub const MAX_SCALE: f64 = 1000.0;

/// One map of a pool: x ↦ scale·x + N(shift, sigma²).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// The factor of x: dimensionless, of either sign, up to [`MAX_SCALE`] in magnitude.
    pub scale: f64,
    /// The mean of the added noise, in units of x.
    pub shift: f64,
    /// The standard deviation of the added noise, in units of x.
    pub sigma: f64,
}

/// The maps to draw from, checked on construction.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    transforms: Vec<Transform>,
}

impl Pool {
    /// Checks that there are from 1 to [`MAX_TRANSFORMS`] maps and that each of their numbers is in its domain. The
    /// error names the entry, such as `transform[2].sigma`; indices count from 0.
    pub fn new(transforms: Vec<Transform>) -> Result<Self, EntryError> {
        let many = transforms.len();
        if !(1..=MAX_TRANSFORMS).contains(&many) {
            let expected = format!("from 1 to {MAX_TRANSFORMS} transforms");
            return Err(EntryError::new("number of transforms", many, expected));
        }
        let check = |(index, transform): (usize, Transform)| -> Result<Transform, EntryError> {
            let entry = |name: &str, value: f64, low: f64, high: f64| -> Result<f64, EntryError> {
                if (low..=high).contains(&value) {
                    return Ok(value + 0.0);
                }
                let expected = format!("a number from {} to {}", short(low), short(high));
                Err(EntryError::new(format!("transform[{index}].{name}"), value, expected))
            };
            Ok(Transform {
                scale: entry("scale", transform.scale, -MAX_SCALE, MAX_SCALE)?,
                shift: entry("shift", transform.shift, -MAX_MAGNITUDE, MAX_MAGNITUDE)?,
                sigma: entry("sigma", transform.sigma, 0.0, MAX_MAGNITUDE)?,
            })
        };
        let transforms = transforms.into_iter().enumerate().map(check).collect::<Result<_, _>>()?;
        Ok(Self { transforms })
    }

    /// Returns the maps, in the order in which they were given.
    #[must_use]
    pub fn transforms(&self) -> &[Transform] {
        &self.transforms
    }

    /// Returns the number of maps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.transforms.len()
    }

    /// Returns `false`: a pool has at least one map.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.transforms.is_empty()
    }

    /// Returns whether every scale is 1, so that the order of the maps does not matter.
    #[must_use]
    pub fn adds_only(&self) -> bool {
        self.transforms.iter().all(|transform| transform.scale == 1.0)
    }

    /// Returns whether some scale is negative, so that a sequence of maps may reverse the input's sign.
    #[must_use]
    pub fn reverses(&self) -> bool {
        self.transforms.iter().any(|transform| transform.scale < 0.0)
    }
}

/// Formats a bound for a message.
fn short(bound: f64) -> String {
    if bound.abs() >= 1e6 { format!("{bound:e}") } else { bound.to_string() }
}
