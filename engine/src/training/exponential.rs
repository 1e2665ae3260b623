//! exp and ln(1 + x) as the crate libm has them, bit for bit, without branches: loops over them become vector
//! instructions.
//!
//! The algorithms are those of FreeBSD's msun (e_exp.c and s_log1p.c, Sun Microsystems 1993), which libm ports: where
//! these branch, both results are computed and one is selected. Every operation is fixed by IEEE 754, so the bits are
//! the same on every machine.

/// The size of an exponent from which on [`exp`] is not defined: there, ask libm.
pub(super) const FAR: f64 = 708.0;

const LN_2_HIGH: f64 = f64::from_bits(0x3fe6_2e42_fee0_0000);
const LN_2_LOW: f64 = f64::from_bits(0x3dea_39ef_3579_3c76);

/// Returns the smallest number with this high word. Where libm compares high words, comparing with it is the same.
const fn word(high: u32) -> f64 {
    f64::from_bits((high as u64) << 32)
}

/// From here on, doubles are whole numbers.
const WHOLE: f64 = (1_u64 << 52) as f64;

/// Returns eˣ for |x| < [`FAR`].
#[inline(always)]
pub(super) fn exp(x: f64) -> f64 {
    const INV_LN_2: f64 = f64::from_bits(0x3ff7_1547_652b_82fe);
    const P: [f64; 5] = [
        f64::from_bits(0x3fc5_5555_5555_553e),
        f64::from_bits(0xbf66_c16c_16be_bd93),
        f64::from_bits(0x3f11_566a_af25_de2c),
        f64::from_bits(0xbebb_bd41_c5d2_6bf1),
        f64::from_bits(0x3e66_3769_72be_a4d0),
    ];
    let size = x.abs();
    // A conversion to an integer would be checked for its range, one number at a time.
    let turns = INV_LN_2 * size + 0.5;
    let near = (turns + WHOLE) - WHOLE;
    let whole = if near > turns { near - 1.0 } else { near };
    let reduced = if size >= word(0x3ff0_a2b2) { whole } else { 1.0 };
    let k = if size >= word(0x3fd6_2e43) { reduced } else { 0.0 }.copysign(x);
    let (upper, lower) = (x - k * LN_2_HIGH, k * LN_2_LOW);
    let r = upper - lower;
    let square = r * r;
    let c =
        r - square * (P[0] + square * (P[1] + square * (P[2] + square * (P[3] + square * P[4]))));
    let y = 1.0 + (r * c / (2.0 - c) - lower + upper);
    let power = f64::from_bits((k + (WHOLE + 1023.0)).to_bits() << 52);
    if size >= word(0x3e30_0001) { y * power } else { 1.0 + x }
}

/// Returns ln(1 + x) for 0 ≤ x ≤ 1.
#[inline(always)]
pub(super) fn ln_1p(x: f64) -> f64 {
    const L: [f64; 7] = [
        f64::from_bits(0x3fe5_5555_5555_5593),
        f64::from_bits(0x3fd9_9999_9997_fa04),
        f64::from_bits(0x3fd2_4924_9422_9359),
        f64::from_bits(0x3fcc_71c5_1d8e_78af),
        f64::from_bits(0x3fc7_4664_96cb_03de),
        f64::from_bits(0x3fc3_9a09_d078_c69f),
        f64::from_bits(0x3fc2_f112_df3e_5244),
    ];
    let sum = 1.0 + x;
    // For sums below √2 there is nothing to reduce; libm's two limits are on either side of it.
    let reduced = x >= word(0x3fda_827a);
    let halved = sum >= word(0x3ff6_a09e);
    let (mantissa, whole) = if halved { (0.5 * sum, 1.0) } else { (sum, 0.0) };
    let k = if reduced { whole } else { 0.0 };
    let f = if reduced { mantissa - 1.0 } else { x };
    let lost = if reduced { (x - (sum - 1.0)) / sum } else { 0.0 };
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (L[1] + w * (L[3] + w * L[5]));
    let odd = z * (L[0] + w * (L[2] + w * (L[4] + w * L[6])));
    let found =
        s * (half_square + (odd + even)) + (k * LN_2_LOW + lost) - half_square + f + k * LN_2_HIGH;
    if x < word(0x3ca0_0000) { x } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of every size up to `most`, evenly in their bits.
    fn sizes(most: f64) -> impl Iterator<Item = f64> {
        let step = most.to_bits() / 3_000_001;
        (0..=3_000_001).map(move |i| f64::from_bits(i * step)).filter(move |x| *x < most)
    }

    #[test]
    fn exponentials_are_libm_s_bit_for_bit() {
        let evenly = (0..2_000_000).map(|i| f64::from(i) * 3.54e-4);
        // Both sides of each branch.
        let edges = [0x3e30_0000_u64, 0x3fd6_2e42, 0x3ff0_a2b2].into_iter().flat_map(|word| {
            (-2..=2).map(move |by| f64::from_bits((word << 32).wrapping_add_signed(by)))
        });
        let wide = edges.clone().map(|x| f64::from_bits(x.to_bits() + (1 << 32)));
        for size in sizes(FAR).chain(evenly).chain(edges).chain(wide).filter(|size| *size < FAR) {
            for x in [size, -size] {
                assert_eq!(exp(x).to_bits(), libm::exp(x).to_bits(), "exp({x:e})");
            }
        }
    }

    #[test]
    fn logarithms_are_libm_s_bit_for_bit() {
        let evenly = (0..=2_000_000).map(|i| f64::from(i) * 5e-7);
        for x in sizes(1.0).chain(evenly).chain([1.0, f64::EPSILON / 2.0, f64::EPSILON]) {
            assert_eq!(ln_1p(x).to_bits(), libm::log1p(x).to_bits(), "ln(1 + {x:e})");
        }
    }
}
