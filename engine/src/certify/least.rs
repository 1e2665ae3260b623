//! The least count that a test accepts, from ratios of neighbouring binomial probabilities.

/// The least c with P[Bin(n, p) ≥ c] ≤ `alpha`, where p = 1 − `miss` is at least ½; n + 1 if there is none.
///
/// Terms are those of the binomial distribution over the largest of them, each from its neighbour by one ratio, as far as
/// they matter. A tail that equals α to twelve digits counts as not above it: roundings do not decide ties.
///
/// ```
/// use gauss_sim_engine::certify::least_count;
///
/// // 2⁻¹⁰ is the probability that ten of ten fair coins agree with a guess.
/// assert_eq!(least_count(10, 0.5, 0.5f64.powi(10)), 10);
/// assert_eq!(least_count(10, 0.5, 0.0009), 11);
/// ```
#[must_use]
pub fn least_count(n: u32, miss: f64, alpha: f64) -> u64 {
    const TIE: f64 = 1.0 + 1e-12;
    let (trials, hit) = (f64::from(n), 1.0 - miss);
    let largest = ((trials + 1.0) * hit).floor().min(trials);
    let least = alpha * 1e-22;
    // From the largest term upwards, and from it downwards.
    let mut above = vec![1.0];
    let mut count = largest;
    while count < trials {
        let term = above[above.len() - 1] * ((trials - count) / (count + 1.0) * (hit / miss));
        if term < least {
            break;
        }
        above.push(term);
        count += 1.0;
    }
    let mut below = Vec::new();
    let (mut count, mut term) = (largest, 1.0);
    while count > 0.0 {
        term *= count / (trials - count + 1.0) * (miss / hit);
        if term < least {
            break;
        }
        below.push(term);
        count -= 1.0;
    }
    // The small terms first.
    let total = above.iter().rev().sum::<f64>() + below.iter().rev().sum::<f64>();
    let limit = alpha * total * TIE;
    let descending = above.iter().rev().chain(&below);
    let mut tail = 0.0;
    let mut least = largest as u64 + above.len() as u64;
    for term in descending {
        tail += term;
        if tail > limit {
            break;
        }
        least -= 1;
    }
    least
}

#[cfg(test)]
mod tests {
    use super::least_count;

    /// Whole binomial coefficients, for up to 60 trials and fair coins.
    #[test]
    fn it_is_the_count_of_whole_numbers() {
        for n in 1..=60_u32 {
            let mut row = vec![1_u64];
            for _ in 0..n {
                let next = |i: usize| {
                    row.get(i).copied().unwrap_or(0) + i.checked_sub(1).map_or(0, |i| row[i])
                };
                row = (0..=row.len()).map(next).collect();
            }
            for alpha in [0.5, 0.1, 0.05, 0.001, 0.5f64.powi(10), 0.5f64.powi(30)] {
                let limit = alpha * (1_u64 << n) as f64;
                let enough = |c: usize| row[c.min(row.len())..].iter().sum::<u64>() as f64 <= limit;
                let known = (0..=n as usize + 1).find(|c| enough(*c)).expect("n + 1 is enough");
                assert_eq!(least_count(n, 0.5, alpha), known as u64, "{n} {alpha}");
            }
        }
    }

    /// All of n must agree: (1 − q)ⁿ ≤ α.
    #[test]
    fn near_one_all_must_agree() {
        assert_eq!(least_count(218_105, 3.167_124_183_311_986e-5, 0.001), 218_105);
        assert_eq!(least_count(218_104, 3.167_124_183_311_986e-5, 0.001), 218_105);
        assert_eq!(least_count(1000, 0.0, 0.5), 1001);
    }
}
