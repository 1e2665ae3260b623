//! Orders of chance for what was logged elsewhere: of the samples, and of a sample's predictions, of which the first n vote.

use rand_core::Rng;

use crate::stream::{Purpose, Stream, StreamRng, below};

/// The input that predictions are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoggedInput {
    /// As it is.
    Clean,
    /// After an attack.
    Attacked,
}

/// Puts items into an order of chance, each equally likely (Fisher and Yates).
fn shuffle<T>(items: &mut [T], words: &mut StreamRng) {
    for last in (1..items.len()).rev() {
        let other = below(last as u64 + 1, || words.next_u32());
        items.swap(last, other as usize);
    }
}

/// The numbers of so many samples in an order of chance, which depends on the seed alone.
#[must_use]
pub fn order(samples: u32, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..samples).collect();
    shuffle(&mut order, &mut Stream::new(seed, 0, Purpose::LogOrder).into_rng());
    order
}

/// In how many of `orders` orders of its predictions a class is the plurality of the first n of them, a tie being decided by
/// chance, for each n of `votes`, ascending and up to the number of predictions. What is drawn for a sample depends on the seed,
/// its number and its predictions alone.
#[must_use]
pub fn pluralities(
    predictions: &[u16],
    class: u16,
    votes: &[u32],
    orders: u8,
    (seed, sample, input): (u64, u64, LoggedInput),
) -> Vec<u8> {
    let purpose = match input {
        LoggedInput::Clean => Purpose::LogClean,
        LoggedInput::Attacked => Purpose::LogAttacked,
    };
    let mut words = Stream::new(seed, sample, purpose).into_rng();
    // The classes of this sample by small numbers, the asked one first.
    let mut classes = vec![class];
    let mut drawn: Vec<usize> = predictions
        .iter()
        .map(|code| {
            classes.iter().position(|known| known == code).unwrap_or_else(|| {
                classes.push(*code);
                classes.len() - 1
            })
        })
        .collect();
    let mut right = vec![0; votes.len()];
    for _ in 0..orders {
        shuffle(&mut drawn, &mut words);
        let mut counts = vec![0_u32; classes.len()];
        // How many other classes have so many votes.
        let mut having = vec![0_u32; predictions.len() + 1];
        let (mut most, mut next) = (0, 0);
        for (right, votes) in right.iter_mut().zip(votes) {
            let until = (*votes as usize).min(drawn.len());
            for other in &drawn[next..until] {
                let before = counts[*other];
                counts[*other] += 1;
                if *other > 0 {
                    if before > 0 {
                        having[before as usize] -= 1;
                    }
                    having[before as usize + 1] += 1;
                    most = most.max(before + 1);
                }
            }
            next = until;
            let wins = match counts[0].cmp(&most) {
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Equal => {
                    let equals = u64::from(having[most as usize]) + 1;
                    most > 0 && below(equals, || words.next_u32()) == 0
                }
            };
            *right += u8::from(wins);
        }
    }
    right
}
