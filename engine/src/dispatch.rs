//! Functions compiled for several instruction sets, one of which is chosen at run time.
//!
//! Every operation in the sampling path is fixed by IEEE 754, so the levels differ only in speed. The only operation
//! that not every machine has is the fused multiply-add: where it is missing, [`Software`] computes the same bits,
//! slowly.

/// An instruction set that this machine has. Only [`Level::available`] creates one, so a `Level` is the proof that
/// its code may run. All levels give the same bits.
///
/// ```
/// use gauss_sim_engine::dispatch::Level;
///
/// let levels = Level::available();
/// assert_eq!(levels[0].name(), "portable");
/// assert_eq!(levels.last(), Some(&Level::best()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level(pub(crate) Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    /// The baseline of the target: SSE2 on x86-64; NEON, with fused multiply-add, on ARM.
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// AVX-512 with vector population counts: Ice Lake, Zen 4 and later.
    #[cfg(target_arch = "x86_64")]
    Avx512Popcnt,
}

/// Evaluates to true if the machine has all of the features.
#[cfg(target_arch = "x86_64")]
macro_rules! detected {
    ($($feature:tt),*) => { $(is_x86_feature_detected!($feature))&&* };
}

impl Level {
    /// Returns the levels that this machine can run, slowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
        let mut levels = vec![Self(Set::Portable)];
        #[cfg(target_arch = "x86_64")]
        if detected!("avx2", "fma", "bmi1", "bmi2", "popcnt") {
            levels.push(Self(Set::Avx2));
            if detected!("avx512f", "avx512bw", "avx512dq", "avx512vl") {
                levels.push(Self(Set::Avx512));
                if detected!("avx512vpopcntdq") {
                    levels.push(Self(Set::Avx512Popcnt));
                }
            }
        }
        levels
    }

    /// Returns the fastest level of this machine.
    #[must_use]
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self(Set::Portable))
    }

    /// Returns the name in run.json.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            Set::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx512Popcnt => "avx512-popcnt",
        }
    }
}

/// An implementation of the fused multiply-add: a·b + c, rounded once.
pub trait Fma {
    /// Whether it is a single instruction.
    const FAST: bool;

    /// Returns a·b + c, rounded once.
    fn fma(a: f32, b: f32, c: f32) -> f32;
}

/// The instruction; only for code compiled for a machine that has it.
#[derive(Debug)]
pub struct Hardware;

impl Fma for Hardware {
    const FAST: bool = true;

    #[inline(always)]
    fn fma(a: f32, b: f32, c: f32) -> f32 {
        a.mul_add(b, c)
    }
}

/// Double-precision arithmetic, with the same bits for every finite input.
#[derive(Debug)]
pub struct Software;

impl Fma for Software {
    const FAST: bool = false;

    /// Computes a·b + c in double precision. The product is exact in 53 bits. The sum is rounded *to odd*, which
    /// keeps the information that rounding to 24 bits needs (Boldo and Melquiond 2008): if the sum is inexact and its
    /// last bit is even, step to the odd neighbour on the side of the error.
    #[inline(always)]
    fn fma(a: f32, b: f32, c: f32) -> f32 {
        let product = f64::from(a) * f64::from(b);
        let addend = f64::from(c);
        let sum = product + addend;
        let virtual_addend = sum - product;
        let error = (product - (sum - virtual_addend)) + (addend - virtual_addend);
        let bits = sum.to_bits();
        let away_from_zero = (error > 0.0) == (sum > 0.0);
        let odd = if bits & 1 == 1 || error == 0.0 {
            bits
        } else if away_from_zero {
            bits + 1
        } else {
            bits - 1
        };
        f64::from_bits(odd) as f32
    }
}

/// The multiply-add of portable code: an instruction on ARM, double-precision arithmetic elsewhere.
#[cfg(target_arch = "aarch64")]
pub(crate) type Portable = Hardware;
/// The multiply-add of portable code: an instruction on ARM, double-precision arithmetic elsewhere.
#[cfg(not(target_arch = "aarch64"))]
pub(crate) type Portable = Software;

/// Declares `name(level, arguments…)`, which runs the generic `body::<F: Fma>(arguments…)` as compiled for that level.
macro_rules! dispatched {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),* $(,)?) = $body:ident) => {
        $(#[$meta])*
        $vis fn $name(level: $crate::dispatch::Level, $($arg: $ty),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,bmi1,bmi2,popcnt")]
            fn avx2($($arg: $ty),*) {
                $body::<$crate::dispatch::Hardware>($($arg),*);
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(
                enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,popcnt"
            )]
            fn avx512($($arg: $ty),*) {
                $body::<$crate::dispatch::Hardware>($($arg),*);
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(
                enable = "avx512vpopcntdq,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,popcnt"
            )]
            fn avx512_popcnt($($arg: $ty),*) {
                $body::<$crate::dispatch::Hardware>($($arg),*);
            }
            match level.0 {
                $crate::dispatch::Set::Portable => {
                    $body::<$crate::dispatch::Portable>($($arg),*);
                }
                // SAFETY: a Level is created only if every feature of its set was detected.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::dispatch::Set::Avx2 => unsafe { avx2($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::dispatch::Set::Avx512 => unsafe { avx512($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::dispatch::Set::Avx512Popcnt => unsafe { avx512_popcnt($($arg),*) },
            }
        }
    };
}
pub(crate) use dispatched;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Purpose, Stream};

    /// Compares with f32::mul_add, which is correctly rounded, whether it is the instruction or the C library.
    #[test]
    fn software_multiply_add_is_correctly_rounded() {
        let mut stream = Stream::new(1, 0, Purpose::Samples);
        let mut nearly_half = 0;
        for _ in 0..200_000 {
            let [a, b, c, d] = *stream.step().first_chunk::<4>().expect("16 lanes");
            let a = f32::from_bits(a & 0x007f_ffff | 0x3f00_0000);
            let b = f32::from_bits(b & 0x007f_ffff | 0x3f00_0000);
            let sign = c & 0x8000_0000;
            // Addends from far below the product's last bit to far above its first, and addends that put the sum very
            // close to the middle of two floats.
            let c = f32::from_bits((c & 0x007f_ffff) | ((67 + d % 120) << 23) | sign);
            for c in [c, -a * b, f32::from_bits(sign | 0x3380_0000) * a] {
                assert_eq!(
                    Software::fma(a, b, c).to_bits(),
                    a.mul_add(b, c).to_bits(),
                    "{a} {b} {c}"
                );
            }
            let short = f32::from_bits(a.to_bits() & !0xfff);
            let middle = f32::from_bits((d & 0x007f_f000) | 0x3f00_0001) * f32::EPSILON / 2.0;
            for (a, b, c) in [(short, 1.0, middle), (short, short, middle * short)] {
                nearly_half += u32::from(
                    f64::from(a) * f64::from(b) + f64::from(c) != f64::from(a.mul_add(b, c)),
                );
                assert_eq!(
                    Software::fma(a, b, c).to_bits(),
                    a.mul_add(b, c).to_bits(),
                    "{a} {b} {c}"
                );
            }
        }
        assert!(nearly_half > 100_000, "the hard cases must be inexact ones");
    }

    /// Checks (1 + x)(1 − x + x²) = 1 + x³. With x = 2⁻¹⁰ the sum is 1 + 2⁻²⁴ + 2⁻⁵⁴: a double drops the last term,
    /// which leaves a tie that rounds down to 1. The right answer is 1 + 2⁻²³.
    #[test]
    fn a_double_rounding_is_avoided() {
        let x = 0.5f32.powi(10);
        let (a, b, c) = (1.0 + x, (1.0 - x + x * x) * 0.5f32.powi(24), 1.0);
        assert_eq!((f64::from(a) * f64::from(b) + f64::from(c)) as f32, 1.0);
        assert_eq!(Software::fma(a, b, c), 1.0 + f32::EPSILON);
    }
}
