//! The corners of the domain: counts against probabilities of high precision, made by theory's oracle and not by
//! theory. What is wrong in the same way on both sides would show here.

use crate::support::{count, task};
use engine::{Question, TriesBy, VotesBy, Ways};
use task::{DrawProtocol, Eps, Margin, Votes};

/// One row of extremes.csv.
struct Row {
    margin: Margin,
    eps: Eps,
    tries: u64,
    /// P[clean right], P[attacked right], P[both], and, for one shared draw, P[as the undefended].
    expected: [f64; 4],
}

fn rows() -> Vec<Row> {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../theory/oracle/extremes.csv");
    let text = std::fs::read_to_string(table).expect("the table");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let x = |i: usize| cells[i].parse::<f64>().expect("a number");
        let votes = match cells[4] {
            "inf" => Votes::Limit,
            n => Votes::new(n.parse().expect("a number of votes")).expect("votes"),
        };
        Row {
            margin: Margin::new(task(x(0), x(1)), x(2), x(3), votes).expect("a margin"),
            eps: Eps::new(x(6)).expect("a budget"),
            tries: cells[5].parse().expect("tries"),
            expected: [x(7), x(8), x(7) * x(9), 1.0 - x(11)],
        }
    };
    text.lines().skip(1).map(row).collect()
}

/// α = 1e-9 for each of some 400 comparisons: 6.2 standard deviations, and the stated bias.
#[test]
fn counts_meet_the_oracle_at_the_corners() {
    let samples = 1 << 17;
    let mut wrong = Vec::new();
    let (mut compared, mut largest) = (0, 0);
    for Row { margin, eps, tries, expected } in rows() {
        let draws = match tries {
            0 => DrawProtocol::Same,
            1 => DrawProtocol::Fresh,
            tries => DrawProtocol::persistent(tries).expect("tries"),
        };
        let question = Question::new(*margin.task(), vec![margin], vec![eps]).expect("a question");
        let question = question.with_draws(draws);
        // To draw many costs too much, and has no corner of its own.
        let drawn = (tries <= 5).then_some(TriesBy::Draws);
        let by_law = (tries > 1 && margin.votes() == Votes::ONE).then_some(TriesBy::Smallest);
        for tries_by in drawn.into_iter().chain(by_law) {
            let ways = Ways { votes: VotesBy::Median, tries: tries_by };
            let counts = &count(&question.clone().with_ways(ways), 17, samples).margins[0];
            let both = counts.both_correct()[0];
            let found =
                [counts.clean_correct(), counts.adversarial_correct()[0], both, counts.invariant()];
            let invariance_known = usize::from(tries == 0);
            for (i, (found, expected)) in
                found.iter().zip(expected).take(3 + invariance_known).enumerate()
            {
                let n = samples as f64;
                let deviation = (expected * (1.0 - expected) / n).sqrt() + 1.0 / n;
                let miss = (*found as f64 / n - expected).abs();
                if miss > 6.2 * deviation + 2.0 * engine::bias(draws) {
                    wrong.push(format!(
                        "{i}: {margin:?} {eps:?} {draws} by {tries_by:?}: {found} of {n}, not {expected}"
                    ));
                }
                compared += 1;
                largest = largest.max(tries);
            }
        }
    }
    assert!(compared > 400 && largest == 1_000_000);
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
