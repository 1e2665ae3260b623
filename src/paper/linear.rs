//! The task in d dimensions: the robust optimum, and the noise that reaches it.

use std::path::Path;

use task::{DrawProtocol, Eps};

use super::caption::Caption;
use super::table::{Rows, Table};
use super::{ALPHA, CONFIDENCE, Name, Order, PaperError, Sheet, pick};
use crate::figures::{nd::figures, thousands};
use crate::nd::file::parse;
use crate::nd::grid::{NdGrid, NdStage};
use crate::nd::row::NdRow;
use engine::Run;
use task::range::{Range, VoteList};

/// A task's text, so that an installed program needs no file.
struct Study {
    file: &'static str,
    text: &'static str,
    sigma: &'static str,
    eps: &'static str,
    votes: &'static str,
}

const ISOTROPIC: Study = Study {
    file: "isotropic.toml",
    text: include_str!("../../examples/tasks/isotropic.toml"),
    sigma: "0..3/31",
    eps: "1",
    votes: "11,inf",
};

const MAX_NORM: Study = Study {
    file: "max_norm.toml",
    text: include_str!("../../examples/tasks/max_norm.toml"),
    eps: "0.2",
    ..ISOTROPIC
};

const WORDS: &str = "The stages are the undefended classifier, which is the best one without an adversary; the \
    defended one, the same with θ added to its input; the one trained on inputs with θ; and the majority of n \
    trained draws, n = ∞ being its limit. The optimum is the best of all classifiers against this adversary; it \
    is known between two bounds that agree to about 1e-12. The adversarial accuracy is the share of all samples \
    that are classified correctly under attack.";

impl Study {
    fn rows(&self, order: &Order) -> Result<Vec<NdRow>, PaperError> {
        let problem = parse(self.text, Path::new("")).map_err(PaperError::Missing)?;
        let sigmas: Range = self.sigma.parse()?;
        let eps: Range = self.eps.parse()?;
        let eps = eps.values().iter().map(|&eps| Eps::new(eps)).collect::<Result<Vec<_>, _>>()?;
        let votes: VoteList = self.votes.parse()?;
        let mut stages = vec![NdStage::Undefended, NdStage::Defended, NdStage::Trained];
        stages.extend(votes.values().iter().map(|&votes| NdStage::Voted(votes)));
        stages.push(NdStage::Optimum);
        let grid = NdGrid::new(problem, sigmas.values(), &eps, stages, DrawProtocol::Same)?;
        let exact = grid.exact()?;
        let counts = Run::new(order.seed, order.vectors()).count_linear(&grid.question()?, &|_| {});
        Ok(grid.checked_rows(&exact, &counts, CONFIDENCE, ALPHA).0)
    }

    fn sheet(
        &self,
        name: Name,
        order: &Order,
        chart: &str,
        title: &'static str,
        text: &str,
    ) -> Result<Sheet, PaperError> {
        let rows = self.rows(order)?;
        let picture = pick(figures(&rows)?, chart)?;
        let Self { file, sigma, eps, votes, .. } = self;
        let samples = order.vectors();
        let text = vec![
            text.to_owned(),
            format!(
                "{WORDS} Lines are exact values; points are the simulation, {} samples of seed {}, which draws \
                 real vectors, adds the adversary's real perturbation and draws every vote; bars are its exact \
                 intervals at {} %.",
                thousands(samples),
                order.seed,
                CONFIDENCE * 100.0
            ),
        ];
        Ok(Sheet {
            name,
            picture,
            column: None,
            tables: vec![Table {
                name: name.name(),
                what: "every stage and the optimum, exact beside simulated",
                rows: Rows::Nd(rows),
            }],
            files: vec![(self.file, self.text)],
            caption: Caption {
                title,
                text,
                rows_by: format!(
                    "gauss-sim nd figures/data/{file} --sigma {sigma} --eps {eps} --votes {votes} --samples \
                     {samples} --seed {} -o nd",
                    order.seed
                ),
            },
        })
    }
}

/// The adversarial accuracy of the stages and of the optimum against sigma.
pub(super) fn optimum(order: &Order) -> Result<Sheet, PaperError> {
    ISOTROPIC.sheet(
        Name::Optimum,
        order,
        "adversarial_accuracy_vs_sigma",
        "In d dimensions the vote of a trained classifier reaches the robust optimum",
        "The adversarial accuracy of the stages in two dimensions against σ, the scale of the noise θ ~ N(m, σ²I), \
         with the largest that any classifier has. x given y is normal with mean y·(1.2, 1.0) and variances 1.0 and \
         0.25, both classes are equally likely, and the adversary moves x by at most ε = 1 in ℓ2. Training with \
         isotropic data_std turns the weights, and at σ = 1 the limit of the vote is the robust optimum: the data_std \
         has acted as an adversary.",
    )
}

/// What is missing to the optimum.
pub(super) fn gap(order: &Order) -> Result<Sheet, PaperError> {
    MAX_NORM.sheet(
        Name::Gap,
        order,
        "gap_to_optimum_vs_sigma",
        "The noise that leads to the robust optimum",
        "The adversarial accuracy of the robust optimum less that of each stage, against σ, the scale of the noise. \
         In four dimensions x given y is normal with mean y·(1.2, 0.25, 0.25, 0.25) and variances 1, 0.01, 0.01 and \
         0.01: one strong feature and three that are precise but fragile. The adversary moves each coordinate by at \
         most ε = 0.2 (ℓ∞), and the data_std has variances σ² times 0.2, 0.04, 0.04 and 0.04. At σ = 1 training with \
         this noise, followed by a vote, is the robust optimum, and the gap is 0.",
    )
}
