//! Counter-keyed random streams.
//!
//! A stream is 16 lanes of xoshiro128++ (Blackman and Vigna 2019). The 128-bit state of each lane is one output block
//! of Philox4x32-10 (Salmon et al. 2011) at a counter that encodes the use of the stream: (batch, stream version,
//! purpose, lane), with the run's seed as the key. Philox is a bijection of its counter, so no two lanes of a run
//! ever start in the same state, and any batch can be drawn separately, in any order, on any machine.
//!
//! Sixteen lanes are the definition, not a property of the hardware: they fill one AVX-512 register, two of AVX2,
//! four of SSE2 or NEON, and sixteen plain integers give the same result.

use rand_core::{Infallible, TryRng};

use super::dispatch::{Fma, dispatched};

/// The version of the streams, which is part of the promise: the same (stream version, seed, samples, question) gives
/// the same counts. Every change that affects a count increases this number, and the CHANGELOG gives the reason.
pub const STREAM_VERSION: u16 = 1;

/// The number of lanes of a stream. Word `i` of a stream comes from lane `i % LANES`.
pub const LANES: usize = 16;

/// The use of a stream. Streams of different purposes are independent, so that adding a stage never changes the
/// counts of another.
///
/// ```
/// use gauss_sim_engine::stream::{Purpose, Stream};
///
/// // The votes among 11 and those among 13 share nothing, so that neither needs to know of the other.
/// let words = |purpose| Stream::new(7, 0, purpose).step();
/// assert_ne!(words(Purpose::Votes(11)), words(Purpose::Votes(13)));
/// assert_ne!(words(Purpose::Votes(11)), words(Purpose::Median(11)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// y, z₁ and z₂: the class, the data and the single draw of θ.
    Samples,
    /// The θ of a vote of this many.
    Votes(u32),
    /// The median of this many θ.
    Median(u32),
    /// The single draw of θ for the attacked input, if it has its own.
    SecondDraw,
    /// The θ of the vote on the attacked input, if it has its own.
    SecondVotes(u32),
    /// The median of these.
    SecondMedian(u32),
    /// The smallest of so many single draws of θ for the attacked input.
    SecondSmallest(u32),
    /// The examples of a training set; the repetition takes the place of the batch.
    Training,
    /// The order of the examples in this epoch, likewise.
    TrainingOrder(u32),
    /// y and the data in d dimensions ([`super::linear`]); batches are smaller there.
    LinearData,
    /// The single draw of θ in d dimensions.
    LinearDraw,
    /// The θ of a vote of this many in d dimensions.
    LinearVotes(u32),
    /// The single draw for the attacked input in d dimensions, if it has its own.
    LinearSecondDraw,
    /// The θ of the vote on the attacked input in d dimensions, if it has its own.
    LinearSecondVotes(u32),
    /// y and the data of an attack with steps ([`super::attacks`]); the panel takes the place of the batch in these
    /// purposes.
    AttackData,
    /// The starting point of such an attack.
    AttackStart,
    /// The gains of its gradients, for this many per step.
    AttackGains(u32),
    /// θ where the gradients depend on it, likewise.
    AttackTheta(u32),
    /// The transformations that classify an input, for this many votes.
    AttackDraws(u32),
    /// The transformations for the attacked input, if it has its own.
    AttackSecondDraws(u32),
    /// The transformations for the iterates that are classified during the attack.
    AttackTests(u32),
    /// y and x before a barrage ([`super::barrage`]); batches are smaller there.
    BarrageData,
    /// The maps and their noise for a vote of this many.
    BarrageVotes(u32),
    /// The same for the attacked input, if it has its own.
    BarrageSecondVotes(u32),
    /// y and x before they are classified with noise ([`super::certify`]); batches are smaller there.
    CertifyData,
    /// The noisy answers that select a class.
    CertifySelection,
    /// The noisy answers that are counted.
    CertifyAnswers,
    /// y and x in d dimensions before they are asked about under noise ([`super::linear::smoothed`]).
    SmoothedData,
    /// The noise of the answers by which a class is selected there.
    SmoothedSelection,
    /// That of those that are counted.
    SmoothedAnswers,
    /// y and the input that blocks are parts of ([`super::blocks`]).
    BlockData,
    /// The block that a random choice asks.
    BlockChoice,
    /// The class of a sample that is attacked by questions ([`super::query`]); batches are smaller there.
    QueryClasses,
    /// Its direction and its x.
    QueryData,
    /// The noise of answers that are made of so many draws.
    QueryAnswers(u32),
    /// That of as many draws that decide about the moved input.
    QueryDecisions(u32),
    /// The normal in the place of the mean of so many scores of an answer.
    QueryMeans(u32),
    /// The median in the place of so many labels of an answer.
    QueryLabels(u32),
    /// The median in the place of so many draws that decide about the moved input.
    QueryDeciding(u32),
    /// The random directions that are asked about.
    QueryDirections,
    /// The moves of those who have learned nothing.
    QueryGuesses,
    /// The order of the samples of a log ([`super::logs`]).
    LogOrder,
    /// The orders of a sample's predictions on the clean input; its number takes the place of the batch in these two.
    LogClean,
    /// Those on the attacked input.
    LogAttacked,
    /// Which rows of a user's features are held out.
    HeldOutRows,
}

impl Purpose {
    fn words(self) -> (u32, u32) {
        match self {
            Self::Samples => (0, 0),
            Self::Votes(n) => (1, n),
            Self::Median(n) => (2, n),
            Self::SecondDraw => (3, 0),
            Self::SecondVotes(n) => (4, n),
            Self::SecondMedian(n) => (5, n),
            Self::SecondSmallest(tries) => (16, tries),
            Self::Training => (6, 0),
            Self::TrainingOrder(epoch) => (7, epoch),
            Self::LinearData => (8, 0),
            Self::LinearDraw => (9, 0),
            Self::LinearVotes(n) => (10, n),
            Self::LinearSecondDraw => (11, 0),
            Self::LinearSecondVotes(n) => (12, n),
            Self::AttackData => (20, 0),
            Self::AttackStart => (21, 0),
            Self::AttackGains(m) => (22, m),
            Self::AttackTheta(m) => (23, m),
            Self::AttackDraws(n) => (24, n),
            Self::AttackSecondDraws(n) => (25, n),
            Self::AttackTests(n) => (26, n),
            Self::BarrageData => (13, 0),
            Self::BarrageVotes(n) => (14, n),
            Self::BarrageSecondVotes(n) => (15, n),
            Self::CertifyData => (30, 0),
            Self::CertifySelection => (31, 0),
            Self::CertifyAnswers => (32, 0),
            Self::SmoothedData => (60, 0),
            Self::SmoothedSelection => (61, 0),
            Self::SmoothedAnswers => (62, 0),
            Self::BlockData => (40, 0),
            Self::BlockChoice => (41, 0),
            Self::QueryClasses => (33, 0),
            Self::QueryData => (34, 0),
            Self::QueryAnswers(n) => (35, n),
            Self::QueryDecisions(n) => (36, n),
            Self::QueryMeans(n) => (70, n),
            Self::QueryLabels(n) => (71, n),
            Self::QueryDeciding(n) => (72, n),
            Self::QueryDirections => (37, 0),
            Self::QueryGuesses => (38, 0),
            Self::LogOrder => (50, 0),
            Self::LogClean => (51, 0),
            Self::LogAttacked => (52, 0),
            Self::HeldOutRows => (55, 0),
        }
    }
}

/// Uniform 32-bit words of one (seed, batch, purpose).
#[derive(Debug, Clone)]
pub struct Stream {
    state: [[u32; LANES]; 4],
}

impl Stream {
    /// Creates the stream of `batch` under `seed`, at its beginning.
    #[must_use]
    pub fn new(seed: u64, batch: u64, purpose: Purpose) -> Self {
        let (role, votes) = purpose.words();
        let mut state = [[0; LANES]; 4];
        for lane in 0..LANES {
            let label = u32::from(STREAM_VERSION) << 16 | role << 8 | lane as u32;
            let counter = [batch as u32, (batch >> 32) as u32, label, votes];
            let block = philox([seed as u32, (seed >> 32) as u32], counter);
            // xoshiro never leaves the state of all zeros; one counter in 2¹²⁸ leads to it.
            let block = if block == [0; 4] { [1, 0, 0, 0] } else { block };
            for (words, word) in state.iter_mut().zip(block) {
                words[lane] = word;
            }
        }
        Self { state }
    }

    /// Returns the next word of every lane, one step of xoshiro128++ each.
    #[inline(always)]
    pub fn step(&mut self) -> [u32; LANES] {
        let (words, state) = stepped(self.state);
        self.state = state;
        words
    }

    /// Writes one step into each of these rows. The state stays in registers meanwhile.
    #[inline(always)]
    pub(super) fn fill<'a>(&mut self, rows: impl Iterator<Item = &'a mut [u32; LANES]>) {
        let mut state = self.state;
        for words in rows {
            (*words, state) = stepped(state);
        }
        self.state = state;
    }

    /// Writes steps into the two slices by turns, both of the same length, as long as there is room for whole steps.
    /// The state stays in registers meanwhile.
    #[inline(always)]
    pub(super) fn fill_two(&mut self, first: &mut [u32], second: &mut [u32]) {
        let mut state = self.state;
        let first = first.as_chunks_mut::<LANES>().0;
        let second = second.as_chunks_mut::<LANES>().0;
        for (first, second) in first.iter_mut().zip(second) {
            (*first, state) = stepped(state);
            (*second, state) = stepped(state);
        }
        self.state = state;
    }

    /// Returns the same words one by one, as a generator for rand and rand_distr where speed does not matter.
    #[must_use]
    pub fn into_rng(self) -> StreamRng {
        StreamRng { stream: self, words: [0; LANES], used: LANES }
    }
}

// The macro passes the multiply-add of its level to every body.
#[allow(clippy::extra_unused_type_parameters)]
#[inline(always)]
fn fill_body<F: Fma>(stream: &mut Stream, words: &mut [u32]) {
    stream.fill(words.as_chunks_mut::<LANES>().0.iter_mut());
}

dispatched! {
    /// Writes steps into all of `words`, as long as there is room for whole steps, as compiled for a level.
    pub fn fill_at(stream: &mut Stream, words: &mut [u32]) = fill_body
}

/// Returns one step of each lane: its word, and the state after it.
#[inline(always)]
fn stepped(state: [[u32; LANES]; 4]) -> ([u32; LANES], [[u32; LANES]; 4]) {
    let [mut s0, mut s1, mut s2, mut s3] = state;
    let mut words = [0; LANES];
    for lane in 0..LANES {
        let sum = s0[lane].wrapping_add(s3[lane]);
        words[lane] = sum.rotate_left(7).wrapping_add(s0[lane]);
        let shifted = s1[lane] << 9;
        s2[lane] ^= s0[lane];
        s3[lane] ^= s1[lane];
        s1[lane] ^= s2[lane];
        s0[lane] ^= s3[lane];
        s2[lane] ^= shifted;
        s3[lane] = s3[lane].rotate_left(11);
    }
    (words, [s0, s1, s2, s3])
}

/// A [`Stream`] read word by word; implements rand's generator traits.
#[derive(Debug, Clone)]
pub struct StreamRng {
    stream: Stream,
    words: [u32; LANES],
    used: usize,
}

impl StreamRng {
    fn word(&mut self) -> u32 {
        if self.used == LANES {
            self.words = self.stream.step();
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for StreamRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        rand_core::utils::fill_bytes_via_next_word(dst, || self.try_next_u32())
    }
}

/// Returns a whole number below `bound` ≤ 2³², each with equal probability: the high half of a product, drawn again
/// if that would favour some. Source: D. Lemire, ACM Trans. Model. Comput. Simul. 29 (2019), 3.
#[inline(always)]
pub(super) fn below(bound: u64, mut word: impl FnMut() -> u32) -> u64 {
    loop {
        let product = u64::from(word()) * bound;
        let low = product & 0xffff_ffff;
        // The rejected range ends below the bound, so most often no remainder is needed.
        if low >= bound || low >= (1 << 32) % bound {
            return product >> 32;
        }
    }
}

/// Computes Philox4x32-10, the block function of Salmon, Moraes, Dror and Shaw (SC'11).
fn philox(mut key: [u32; 2], counter: [u32; 4]) -> [u32; 4] {
    const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
    const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
    let [mut c0, mut c1, mut c2, mut c3] = counter;
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
        }
        let p0 = MULTIPLIERS[0] * u64::from(c0);
        let p1 = MULTIPLIERS[1] * u64::from(c2);
        [c0, c1, c2, c3] = [
            (p1 >> 32) as u32 ^ c1 ^ key[0],
            p1 as u32,
            (p0 >> 32) as u32 ^ c3 ^ key[1],
            p0 as u32,
        ];
    }
    [c0, c1, c2, c3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the known-answer vectors that come with Random123 1.09 (kat_vectors, philox4x32 10).
    #[test]
    fn philox_gives_the_known_answers() {
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        for (key, counter, expected) in [
            ([0; 2], [0; 4], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([!0; 2], [!0; 4], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            ([0xa409_3822, 0x299f_31d0], pi, [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
        ] {
            assert_eq!(philox(key, counter), expected);
        }
    }

    /// Starts from state (1, 2, 3, 4): 641, then what the recurrence gives by hand with 64-bit integers.
    #[test]
    fn a_lane_is_xoshiro128_plus_plus() {
        let mut stream = Stream { state: [[1; LANES], [2; LANES], [3; LANES], [4; LANES]] };
        let known = [641, 1_573_767, 3_222_811_527, 3_517_856_514, 836_907_274];
        for expected in known {
            assert_eq!(stream.step(), [expected; LANES]);
        }
    }

    #[test]
    fn every_part_of_the_key_makes_another_stream() {
        let words = |seed, batch, purpose| Stream::new(seed, batch, purpose).step();
        let base = words(7, 3, Purpose::Samples);
        assert_ne!(base, words(8, 3, Purpose::Samples));
        assert_ne!(base, words(7 | 1 << 40, 3, Purpose::Samples));
        assert_ne!(base, words(7, 4, Purpose::Samples));
        assert_ne!(base, words(7, 3 | 1 << 40, Purpose::Samples));
        assert_ne!(base, words(7, 3, Purpose::Votes(1)));
        assert_ne!(words(7, 3, Purpose::Votes(1)), words(7, 3, Purpose::Votes(2)));
        assert_ne!(words(7, 3, Purpose::Votes(3)), words(7, 3, Purpose::Median(3)));
        let purposes = [
            Purpose::Samples,
            Purpose::Votes(3),
            Purpose::Median(3),
            Purpose::SecondDraw,
            Purpose::SecondVotes(3),
            Purpose::SecondMedian(3),
            Purpose::Training,
            Purpose::TrainingOrder(3),
            Purpose::TrainingOrder(4),
            Purpose::LinearData,
            Purpose::LinearDraw,
            Purpose::LinearVotes(3),
            Purpose::LinearSecondDraw,
            Purpose::LinearSecondVotes(3),
            Purpose::AttackData,
            Purpose::AttackStart,
            Purpose::AttackGains(3),
            Purpose::AttackTheta(3),
            Purpose::AttackDraws(3),
            Purpose::AttackSecondDraws(3),
            Purpose::AttackTests(3),
            Purpose::BarrageData,
            Purpose::BarrageVotes(3),
            Purpose::BarrageSecondVotes(3),
            Purpose::CertifyData,
            Purpose::CertifySelection,
            Purpose::CertifyAnswers,
            Purpose::SmoothedData,
            Purpose::SmoothedSelection,
            Purpose::SmoothedAnswers,
            Purpose::BlockData,
            Purpose::BlockChoice,
            Purpose::QueryClasses,
            Purpose::QueryData,
            Purpose::QueryAnswers(3),
            Purpose::QueryDecisions(3),
            Purpose::QueryMeans(3),
            Purpose::QueryLabels(3),
            Purpose::QueryDeciding(3),
            Purpose::QueryDirections,
            Purpose::QueryGuesses,
            Purpose::LogOrder,
            Purpose::LogClean,
            Purpose::LogAttacked,
        ];
        for (index, purpose) in purposes.into_iter().enumerate() {
            for other in &purposes[..index] {
                assert_ne!(words(7, 3, purpose), words(7, 3, *other));
            }
        }
        assert!(base.iter().all(|word| base.iter().filter(|other| *other == word).count() == 1));
    }

    /// Checks rejection: 2³² words would give 0, 1 and 2 once too often between them; the word 0 is the one that is
    /// dropped.
    #[test]
    fn a_bounded_number_has_no_bias() {
        assert_eq!((1_u64 << 32) % 3, 1);
        let mut words = [0, 1 << 31].into_iter();
        assert_eq!(below(3, || words.next().unwrap()), 1);
        assert_eq!(below(1, || 7), 0);
        assert_eq!(below(1 << 32, || 7), 7);
    }
}
