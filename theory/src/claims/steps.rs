//! The numbers of votes that the claims along votes are about.

use std::collections::HashSet;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use task::{DomainError, Votes};

/// The steps along which [`Claim::VoteRestores`](task::Claim::VoteRestores) and
/// [`Claim::VoteTradeOff`](task::Claim::VoteTradeOff) are judged; other claims do not depend on it.
///
/// ```
/// use gauss_sim_theory::claims::{Case, Verdict, VoteSteps};
/// use task::{Claim, DrawProtocol, Metric, Task, Votes};
///
/// let [one, many] = [Votes::ONE, Votes::new(101)?];
/// let votes = VoteSteps::between(&[one, many])?;
/// let (claim, metric, task) = (Claim::VoteTradeOff, Metric::RobustAccuracy, Task::default());
/// let case = Case { claim, metric, draws: DrawProtocol::Same, task, shift: 1.0, votes };
/// // From 1 vote to 101 the robust accuracy falls; from some larger number of votes on, it rises again.
/// let all = Case { votes: VoteSteps::All, ..case };
/// let verdicts = [case, all].map(|case| case.verdict(2.0, 0.3));
/// assert_eq!(verdicts, [Ok(Verdict::Holds), Ok(Verdict::Fails)]);
/// # Ok::<(), task::DomainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VoteSteps {
    /// From every odd number of votes to the next, and so to the limit.
    #[default]
    All,
    /// From each number of a list to the next one of it, only.
    Between(Listed),
}

/// At least two numbers of votes, no two of which decide alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Listed(&'static [Votes]);

/// All lists in use: each is kept once, so that a case is as easy to copy as a number.
static LISTS: LazyLock<Mutex<HashSet<&'static [Votes]>>> = LazyLock::new(Mutex::default);

impl VoteSteps {
    /// Creates the steps between these numbers of votes. An even number is left out if the odd one before it, which
    /// decides alike, is there, too.
    ///
    /// Fails if no two numbers are left.
    pub fn between(votes: &[Votes]) -> Result<Self, DomainError> {
        let mut listed = votes.to_vec();
        listed.sort_unstable();
        listed.dedup_by_key(|votes| place(*votes));
        if listed.len() < 2 {
            return Err(DomainError {
                name: "votes",
                value: joined(votes, ","),
                expected: "at least two numbers, as in 1,11,101 or 1,inf; an even one decides as the odd one before \
                           it"
                    .to_owned(),
            });
        }
        let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match lists.get(listed.as_slice()) {
            Some(kept) => kept,
            None => {
                let kept: &'static [Votes] = listed.leak();
                lists.insert(kept);
                kept
            }
        };
        Ok(Self::Between(Listed(kept)))
    }

    /// Returns the numbers of a list; `None` if all steps are asked about.
    #[must_use]
    pub fn listed(&self) -> Option<&'static [Votes]> {
        match self {
            Self::All => None,
            Self::Between(listed) => Some(listed.0),
        }
    }
}

/// Returns the place of a number of votes among the odd ones, which is that of the even one behind it, too; `None` of
/// the limit.
fn place(votes: Votes) -> Option<u32> {
    match votes {
        Votes::Finite(n) => Some((n.get() - 1) / 2),
        Votes::Limit => None,
    }
}

/// The largest number of votes that is written in a list before it is shortened.
const SHOWN: usize = 6;

/// Writes `all`, or the numbers: `1, 11, 101`; of many the first three and the last.
impl fmt::Display for VoteSteps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.listed() {
            None => "all".to_owned(),
            Some(votes) if votes.len() <= SHOWN => joined(votes, ", "),
            Some(votes) => {
                let (first, last) = (&votes[..3], &votes[votes.len() - 1..]);
                format!("{}, …, {}", joined(first, ", "), joined(last, ", "))
            }
        };
        f.pad(&text)
    }
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&joined(self.0, ","))
    }
}

fn joined(votes: &[Votes], by: &str) -> String {
    votes.iter().map(Votes::to_string).collect::<Vec<_>>().join(by)
}
