//! The hazard of the standard normal from 8½ on, by Laplace's continued fraction.
//!
//! hazard(z) = z + 1/(z + 2/(z + 3/(z + ⋯))). Cut after eighteen terms, which leaves 7e-19 at 8½ and less beyond, it is
//! one fraction of two polynomials in 1/z². Their coefficients are positive integers, so that no digits are lost.
//!
//! Source: DLMF 7.9.2; the polynomials are the continuants of the fraction.

/// The number of terms.
const TERMS: usize = 18;

/// Returns the hazard minus z for z ≥ 8½, within 1.5 ulp; about 1/z.
pub(super) fn excess(z: f64) -> f64 {
    let inverse = 1.0 / z;
    let square = inverse * inverse;
    let of = |c: &[f64]| c.iter().rev().fold(0.0, |sum, c| sum * square + c);
    let [numerator, denominator] = &POLYNOMIALS;
    inverse * (of(numerator) / of(denominator))
}

/// The coefficients of numerator and denominator in 1/z², from 1 on.
static POLYNOMIALS: [[f64; TERMS / 2 + 1]; 2] = {
    // From the innermost term outwards, z + k/(p/q) = (z·p + k·q)/p. Divided by its highest power of z, each is a
    // polynomial in 1/z²; k·q is then one power of 1/z² behind.
    let mut p = [0.0; TERMS / 2 + 1];
    let mut q = p;
    (p[0], q[0]) = (1.0, 1.0);
    let mut k = TERMS;
    while k >= 2 {
        let before = p;
        let mut i = 1;
        while i < p.len() {
            #[allow(clippy::cast_precision_loss)] // small numbers
            let weight = k as f64;
            p[i] += weight * q[i - 1];
            i += 1;
        }
        q = before;
        k -= 1;
    }
    [q, p]
};

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with the fraction itself, from its beginning and with many more terms. The hazard would not do: beside
    /// z, an error of the excess is hardly seen.
    #[test]
    fn the_polynomials_are_the_fraction() {
        for i in 0..=2000 {
            let z = 8.5 * 1.01_f64.powi(i);
            let exact = 1.0 / (2..=400).rev().fold(z, |rest, k| z + f64::from(k) / rest);
            assert!((excess(z) / exact - 1.0).abs() < 7e-16, "{z}: {}", excess(z) / exact - 1.0);
        }
        assert_eq!((excess(1e300), excess(f64::INFINITY)), (1e-300, 0.0));
    }
}
