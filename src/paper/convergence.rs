//! Simulation minus theory against the number of samples: the evidence for the engine.

use engine::{BIAS, VotesBy};
use task::range::short;

use super::caption::{Caption, MEDIAN, METRICS, STAGES};
use super::convergence_chart::{DeviationRow, picture};
use super::sweeps::stages;
use super::{Data, LEAST_SAMPLES, Name, Order, PaperError, Sheet};
use crate::check;
use crate::experiments::own;
use crate::experiments::stages::StagesSpec;
use crate::table::Table;
use crate::table::text::thousands;

/// Returns the numbers of samples: the seed's first 1000 and so on, four per factor of ten, ending at `most`.
fn ladder(most: u64) -> Vec<u64> {
    const STEPS: [u64; 4] = [1000, 1778, 3162, 5623];
    let decades = (0..).map(|k| 10u64.pow(k)).take_while(|scale| scale * LEAST_SAMPLES <= most);
    let mut ladder: Vec<u64> = decades
        .flat_map(|scale| STEPS.map(|step| step * scale))
        .filter(|samples| *samples < most)
        .collect();
    ladder.push(most);
    ladder
}

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let ask = stages(order, "1", "0.5,3").votes_by(VotesBy::Median);
    let most = 10 * order.samples;
    let ladder = ladder(most);
    let mut rows = Vec::new();
    for (samples, answer) in ladder.iter().copied().zip(ask.answers(&ladder)?) {
        for row in answer.rows().iter() {
            let correct = row.count("adversarial_correct").unwrap_or(0);
            let p = row.number("adversarial_accuracy");
            let rate = correct as f64 / samples as f64;
            let variance = p * (1.0 - p) / samples as f64;
            rows.push(DeviationRow {
                stage: row.word("stage").to_owned(),
                votes: row.maybe("votes").map(|votes| votes as u64),
                sigma: row.number("sigma"),
                eps: row.number("eps"),
                adversarial_accuracy: p,
                samples,
                adversarial_correct: correct,
                mc_adversarial_accuracy: rate,
                deviation: (rate - p).abs(),
                expected_deviation: (2.0 * variance / std::f64::consts::PI).sqrt(),
                p_value: check::p_value(correct, samples, p, BIAS + 1e-12),
                agrees: None,
            });
        }
    }
    let panels: Vec<String> = own::<StagesSpec>(ask.spec()?.as_ref())?
        .eps
        .values()
        .iter()
        .zip('a'..)
        .map(|(eps, letter)| format!("({letter}) ε = {}", short(*eps)))
        .collect();
    let fixed = ask.task()?;
    let text = vec![
        format!(
            "|simulation − theory| of each stage's adversarial accuracy against the number of samples N, the first {} to \
             {} of seed {}; {}. Lines: the size to expect, √(2p(1 − p)/(πN)). Here {fixed}, σ = {}, {} votes.",
            thousands(LEAST_SAMPLES),
            thousands(most),
            order.seed,
            panels.join(", "),
            ask.said("sigma")?,
            ask.said("votes")?
        ),
        format!("{STAGES} {METRICS} {MEDIAN}"),
        "The size to expect of |simulation − theory| is the mean of the absolute value of a normal with the variance of \
         the estimate; it falls as N^(−1/2). Neighbouring points share most of their samples, so that they move \
         together."
            .to_owned(),
    ];
    Ok(Sheet {
        name: Name::Convergence,
        picture: picture(&rows, order.seed, &fixed),
        column: None,
        tables: vec![Data::exact(
            Table::of(Name::Convergence.name(), rows),
            "each rate after so many samples, and its distance from theory",
        )],
        files: Vec::new(),
        caption: Caption {
            title: "The simulation converges to the theory at the rate of chance",
            text,
            rows_by: String::new(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::ladder;

    #[test]
    fn the_ladder_rises_to_its_end() {
        assert_eq!(ladder(10_000), [1000, 1778, 3162, 5623, 10_000]);
        assert_eq!(ladder(20_000), [1000, 1778, 3162, 5623, 10_000, 17_780, 20_000]);
        assert_eq!(ladder(100_000_000).len(), 21);
    }
}
