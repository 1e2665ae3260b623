//! The classes of sixteen samples at a time.

use crate::stream::{LANES, Stream};

/// Returns the lanes with y = +1: those whose uniform number of 53 bits, from two words, is below `prior`, an event
/// of probability ⌈2⁵³·prior⌉·2⁻⁵³.
#[inline(always)]
pub(super) fn classes(stream: &mut Stream, prior: f64) -> u16 {
    const UNIT: f64 = 1.0 / (1u64 << 53) as f64;
    let (high, low) = (stream.step(), stream.step());
    let mut plus = 0;
    for lane in 0..LANES {
        let bits = u64::from(high[lane]) << 21 | u64::from(low[lane] >> 11);
        plus |= u16::from((bits as f64) * UNIT < prior) << lane;
    }
    plus
}
