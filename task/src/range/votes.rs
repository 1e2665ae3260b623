//! Lists of votes: whole numbers, ranges of them, and `inf`.

use super::count::Count;
use super::number::Number;
use super::span::{Spacing, Span};
use super::text::{quote, short};
use super::{RangeError, canonical, check_total, items};
use crate::votes::{MAX_VOTES, Votes};
use std::fmt;
use std::str::FromStr;

/// Numbers of votes in ascending order, without repetitions: `101`, `1,11,101`, `11,inf`, `1..9:2`.
///
/// Ranges are written as in [`Range`](super::Range), but of whole numbers: `1..9` contains all of them, a step or a
/// count must lead to whole numbers, and log-spaced points (`1..1e6/log13`) are rounded to the nearest ones.
///
/// ```
/// use gauss_sim_task::range::VoteList;
/// use gauss_sim_task::Votes;
///
/// let list: VoteList = "1..5:2,inf".parse()?;
/// assert_eq!(list.values(), [Votes::new(1)?, Votes::new(3)?, Votes::new(5)?, Votes::Limit]);
/// assert_eq!(list.to_string(), "1..5:2,inf");
/// // Every whole number, and thirteen in even ratios.
/// let count = |text: &str| text.parse::<VoteList>().map(|list| list.values().len());
/// assert_eq!((count("1..9"), count("1..1e6/log13")), (Ok(9), Ok(13)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Two lists are equal if their numbers are, however they are written.
#[derive(Debug, Clone)]
pub struct VoteList {
    text: String,
    votes: Vec<Votes>,
}

impl PartialEq for VoteList {
    fn eq(&self, other: &Self) -> bool {
        self.votes == other.votes
    }
}

impl Eq for VoteList {}

/// The error of a text that is not a [`VoteList`]. The message is one line: what is wrong, and what would be right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VoteListError {
    /// The text is empty.
    #[error("no number of votes is given: write as in 101, 1,11,101, 1..9:2 or inf")]
    Empty,
    /// The list or one of its ranges is malformed.
    #[error(transparent)]
    Range(#[from] RangeError),
    /// A single value that is not a number of votes.
    #[error("{0} is not a number of votes: write a whole number from 1 to {MAX_VOTES}, or inf")]
    NotVotes(String),
    /// A range with points that are not whole numbers.
    #[error("{0} includes {1}: votes are whole numbers from 1 to {MAX_VOTES}, as in 1..9:2")]
    NotWhole(String, String),
    /// A range with the end `inf`.
    #[error("{0} cannot end at inf: write inf as an item of its own, as in 1..9:2,inf")]
    InfiniteRange(String),
}

impl VoteList {
    /// Returns the numbers of votes, strictly ascending, with `inf` last.
    #[must_use]
    pub fn values(&self) -> &[Votes] {
        &self.votes
    }
}

/// Writes the text as given, which parses to the same list.
impl fmt::Display for VoteList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for VoteList {
    type Err = VoteListError;

    fn from_str(text: &str) -> Result<Self, VoteListError> {
        if text.trim().is_empty() {
            return Err(VoteListError::Empty);
        }
        let mut votes = Vec::new();
        for item in items(text)? {
            parse_item(item, &mut votes)?;
            check_total(text, votes.len())?;
        }
        votes.sort_unstable();
        votes.dedup();
        Ok(Self { text: canonical(text), votes })
    }
}

/// Parses numbers of something other than votes, from 1 to `most`, in the grammar of [`VoteList`] without `inf`. Returns
/// them strictly ascending, with the text that is written for them; the message says `what` they number, with an example.
pub fn whole_numbers(
    text: &str,
    (what, most, example): (&str, u32, &str),
) -> Result<(String, Vec<u32>), String> {
    let right = format!("write a whole number from 1 to {most}, or as in {example}");
    let refused = || format!("{} is not a number of {what}: {right}", quote(text));
    let list: VoteList = text.parse().map_err(|error| match error {
        VoteListError::Range(error) => error.to_string(),
        VoteListError::Empty => format!("no number is given: {right}"),
        _ => refused(),
    })?;
    let number = |votes: &Votes| match votes {
        Votes::Finite(n) => Some(n.get()).filter(|n| *n <= most),
        Votes::Limit => None,
    };
    let numbers: Option<Vec<u32>> = list.votes.iter().map(number).collect();
    Ok((list.text, numbers.ok_or_else(refused)?))
}

fn parse_item(item: &str, votes: &mut Vec<Votes>) -> Result<(), VoteListError> {
    if item.eq_ignore_ascii_case("inf") {
        votes.push(Votes::Limit);
        return Ok(());
    }
    let span = Span::parse(item).map_err(|error| match error {
        RangeError::NotFinite(end) if end.to_ascii_lowercase().contains("inf") => {
            VoteListError::InfiniteRange(quote(item))
        }
        error => error.into(),
    })?;
    let Some(mut span) = span else {
        let count = item.parse().ok().map(Count::get);
        let single = count.and_then(|count| Votes::new(count).ok());
        votes.push(single.ok_or_else(|| VoteListError::NotVotes(quote(item)))?);
        return Ok(());
    };
    // Check the ends first: they explain a mistake better than the first point that is not a whole number.
    for end in [&span.start, &span.end] {
        whole(item, end.value(), || end.shown())?;
    }
    let log = matches!(span.spacing, Spacing::Log(_));
    if matches!(span.spacing, Spacing::Default) && span.start.value() < span.end.value() {
        span.spacing = Spacing::Step(Number::parse("1")?);
    }
    for point in span.points()? {
        let point = if log { point.round() } else { point };
        votes.push(whole(item, point, || short(point))?);
    }
    Ok(())
}

fn whole(item: &str, point: f64, shown: impl Fn() -> String) -> Result<Votes, VoteListError> {
    // A whole number up to MAX_VOTES is exact as a double, so the cast does not change it.
    let votes = (point.fract() == 0.0 && (1.0..=f64::from(MAX_VOTES)).contains(&point))
        .then(|| Votes::new(point as u64).ok())
        .flatten();
    votes.ok_or_else(|| VoteListError::NotWhole(quote(item), shown()))
}
