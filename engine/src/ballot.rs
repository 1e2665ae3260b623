//! Votes that are drawn one by one, for sixteen samples at a time, and the vote that decides.
//!
//! The vote of θᵢ is right exactly if z₁ + (sigma/data_std)·wᵢ exceeds a constant, the threshold of the budget. That
//! sum increases with wᵢ, even in floating point, so for every sigma and every budget the majority is right exactly
//! if the middle wᵢ is. The middle one is found by counting: the number of votes below a guess shows on which side of
//! the guess it is.

use super::dispatch::Fma;
use super::normal::{BLOCK, Pairs, fill};
use super::stream::{LANES, Stream};

/// Working memory for the votes of as many samples as a stream has lanes.
#[derive(Debug, Clone, Default)]
pub(super) struct Ballot {
    pairs: Box<Pairs>,
    /// `votes[i][lane]` is vote i of the sample in that lane.
    votes: Vec<[f32; LANES]>,
    /// One fair coin per sample, for ties.
    coins: [bool; LANES],
}

impl Ballot {
    /// Draws `n` votes for each lane and returns the one that decides.
    ///
    /// Of 2h + 1 votes, it is the one with h below it. Of 2h, it is the one with h − 1 or with h below it: if these
    /// two differ in their verdict, the vote is a tie, which the coin breaks.
    #[inline(always)]
    pub(super) fn decide<F: Fma>(&mut self, stream: &mut Stream, n: u32) -> [f32; LANES] {
        self.draw::<F>(stream, n as usize);
        let rank =
            self.coins.map(|coin| if n.is_multiple_of(2) && coin { n / 2 - 1 } else { n / 2 });
        ranked(&self.votes, rank)
    }

    /// Draws the votes in order, two per step of the stream; the coin is the spare bit of the first step.
    #[inline(always)]
    fn draw<F: Fma>(&mut self, stream: &mut Stream, n: usize) {
        let steps = n.div_ceil(2);
        self.votes.clear();
        for start in (0..steps).step_by(BLOCK / LANES) {
            let count = (steps - start).min(BLOCK / LANES) * LANES;
            fill::<F>(stream, &mut self.pairs, count);
            if start == 0 {
                for (coin, word) in self.coins.iter_mut().zip(self.pairs.coins()) {
                    *coin = word & 1 == 1;
                }
            }
            let first = self.pairs.first[..count].as_chunks::<LANES>().0;
            let second = self.pairs.second[..count].as_chunks::<LANES>().0;
            self.votes
                .extend(first.iter().zip(second).flat_map(|(first, second)| [*first, *second]));
        }
        self.votes.truncate(n);
    }
}

/// Returns, in each lane, the value with `rank` others before it in ascending order.
#[inline(always)]
fn ranked(votes: &[[f32; LANES]], rank: [u32; LANES]) -> [f32; LANES] {
    // Two votes, between which the wanted one lies. It is found when they are equal.
    let mut low = [f32::NEG_INFINITY; LANES];
    let mut high = [f32::INFINITY; LANES];
    let mut guess = [0.0; LANES];
    // Near the middle of n standard normals, one rank is about √(2π)/n wide.
    let width = 2.506_628_3 / votes.len() as f32;
    for round in 0u32.. {
        let split = Split::at(votes, guess);
        for lane in 0..LANES {
            let (rank, up_to) = (rank[lane], split.up_to[lane]);
            if low[lane] == high[lane] {
                continue;
            }
            if up_to > rank {
                high[lane] = split.below[lane];
            } else {
                low[lane] = split.above[lane];
            }
            if up_to == rank + 1 {
                low[lane] = high[lane];
            } else if up_to == rank {
                high[lane] = low[lane];
            }
            // Interpolate by the width of the missing ranks, and bisect every other time, which terminates even if
            // the widths mislead. The guess stays below `high`, so that each round excludes at least one value.
            let missing = rank as f32 + 0.5 - up_to as f32;
            let step = guess[lane] + missing * width;
            let half = 0.5 * low[lane] + 0.5 * high[lane];
            let next = if round < 4 || round % 2 == 0 { step } else { half };
            let inside = next >= low[lane] && next < high[lane];
            guess[lane] = if inside {
                next
            } else if half < high[lane] {
                half
            } else {
                low[lane]
            };
        }
        if low == high {
            break;
        }
    }
    low
}

/// The split of the votes of each lane by a guess.
struct Split {
    /// How many are at or below the guess, and the largest of these.
    up_to: [u32; LANES],
    below: [f32; LANES],
    /// The smallest vote above the guess.
    above: [f32; LANES],
}

impl Split {
    #[inline(always)]
    fn at(votes: &[[f32; LANES]], guess: [f32; LANES]) -> Self {
        let mut up_to = [0; LANES];
        let mut below = [f32::NEG_INFINITY; LANES];
        let mut above = [f32::INFINITY; LANES];
        for vote in votes {
            for lane in 0..LANES {
                let vote = vote[lane];
                let is_below = vote <= guess[lane];
                up_to[lane] += u32::from(is_below);
                let (down, up) =
                    if is_below { (vote, f32::INFINITY) } else { (f32::NEG_INFINITY, vote) };
                below[lane] = if down > below[lane] { down } else { below[lane] };
                above[lane] = if up < above[lane] { up } else { above[lane] };
            }
        }
        Self { up_to, below, above }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dispatch::Hardware;
    use crate::stream::Purpose;

    /// Compares the value of every rank with sorting, including cases with many equal values.
    #[test]
    fn the_value_of_every_rank_is_found() {
        let mut stream = Stream::new(3, 0, Purpose::Votes(0));
        for n in [1, 2, 3, 4, 5, 10, 11, 64, 101, 1000] {
            for coarse in [false, true] {
                let mut ballot = Ballot::default();
                ballot.draw::<Hardware>(&mut stream, n);
                if coarse {
                    ballot
                        .votes
                        .iter_mut()
                        .flatten()
                        .for_each(|vote| *vote = (2.0 * *vote).round());
                }
                for rank in (0..n).step_by(1 + n / 50) {
                    let found = ranked(&ballot.votes, [rank as u32; LANES]);
                    for lane in 0..LANES {
                        let mut sorted: Vec<f32> = ballot.votes.iter().map(|v| v[lane]).collect();
                        sorted.sort_by(f32::total_cmp);
                        assert_eq!(found[lane], sorted[rank], "n = {n}, rank {rank}, lane {lane}");
                    }
                }
            }
        }
    }

    /// Compares the middle vote with a count of all votes, at every sigma and threshold.
    #[test]
    fn the_deciding_vote_decides_as_the_count_does() {
        let mut stream = Stream::new(4, 0, Purpose::Votes(0));
        let mut z1 = Box::<Pairs>::default();
        let mut ballot = Ballot::default();
        let mut ties = 0;
        for n in [1u32, 2, 3, 6, 11, 40, 101] {
            for _ in 0..50 {
                fill::<Hardware>(&mut stream, &mut z1, LANES);
                let w = ballot.decide::<Hardware>(&mut stream, n);
                for (sigma, threshold) in [(0.0f32, -0.5f32), (0.3, 0.2), (1.0, -0.5), (7.0, 1.5)] {
                    for lane in 0..LANES {
                        let z1 = z1.first[lane];
                        let right = |w: f32| z1 + sigma * w > threshold;
                        let for_it = ballot.votes.iter().filter(|vote| right(vote[lane])).count();
                        let majority = match (2 * for_it).cmp(&(n as usize)) {
                            std::cmp::Ordering::Greater => true,
                            std::cmp::Ordering::Less => false,
                            std::cmp::Ordering::Equal => {
                                ties += 1;
                                !ballot.coins[lane]
                            }
                        };
                        assert_eq!(right(w[lane]), majority, "n = {n}, sigma = {sigma}");
                    }
                }
            }
        }
        assert!(ties > 100, "{ties} ties");
    }
}
