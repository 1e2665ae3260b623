//! The figures in d dimensions: the robust optimum, and the noise that leads to it.

use std::path::Path;

use task::spec::Parse;

use super::ask::Ask;
use super::caption::Caption;
use super::{CONFIDENCE, Data, Name, Order, PaperError, Sheet, pick};
use crate::experiments::linear::KIND;
use crate::experiments::linear::examples::text_of;
use crate::experiments::linear::file::{TaskFile, parse};
use crate::table::text::thousands;

/// One of the example tasks, which an installed program needs no file for.
struct Example {
    name: &'static str,
    eps: &'static str,
}

const ISOTROPIC: Example = Example { name: "isotropic", eps: "1" };

const MAX_NORM: Example = Example { name: "max_norm", eps: "0.2" };

const WORDS: &str = "In d dimensions, where x given y is normal, the stages are the undefended classifier, which is the best one without an adversary; the \
    defended one, the same with θ added to its input; the one trained on inputs with θ; and the majority of n \
    trained draws, n = ∞ being its limit. The optimum is the best of all classifiers against this adversary; it \
    is known between two bounds that agree to about 1e-12.";

impl Example {
    fn sheet(
        &self,
        name: Name,
        order: &Order,
        chart: &str,
        title: &'static str,
        text: &str,
    ) -> Result<Sheet, PaperError> {
        let Self { name: example, eps } = self;
        let text_of_task = text_of(example).unwrap_or_default();
        let problem = parse(text_of_task, Path::new("")).map_err(PaperError::Missing)?;
        let task = TaskFile::of(problem);
        let samples = order.vectors();
        let file = format!("{example}.toml");
        let ask = Ask::new(&KIND, "nd", order)
            .with_value("task", task.write(), format!("figures/data/{file}"))
            .with("sigma", "0..3/31")
            .with("eps", *eps)
            .with("votes", "11,inf")
            .samples(samples);
        let answer = ask.answer()?;
        let picture = pick((KIND.charts)(&answer.tables, None)?, chart)?;
        let text = vec![
            text.to_owned(),
            format!(
                "{WORDS} There, points are the simulation with {} samples of seed {}, which draws real vectors, adds \
                 the adversary's real perturbation and draws every vote, with exact intervals at {} %.",
                thousands(samples),
                order.seed,
                CONFIDENCE.get() * 100.0
            ),
        ];
        let what = "every stage and the optimum, exact beside simulated";
        Ok(Sheet {
            name,
            picture,
            column: None,
            tables: vec![Data::of(answer, name.name(), what)],
            files: vec![(file, text_of_task)],
            caption: Caption { title, text, rows_by: format!("{} -o nd", ask.command()) },
        })
    }
}

/// Returns the figure of the adversarial accuracy of the stages and of the optimum against sigma.
pub(super) fn optimum(order: &Order) -> Result<Sheet, PaperError> {
    ISOTROPIC.sheet(
        Name::Optimum,
        order,
        "adversarial_accuracy_vs_sigma",
        "In d dimensions the vote of a trained classifier reaches the robust optimum",
        "The adversarial accuracy of the stages, and the largest of any classifier, against isotropic noise σ in two \
         dimensions: means y·(1.2, 1.0), variances 1.0 and 0.25, ε = 1 in ℓ2. At σ = 1 the limit of the vote is the \
         robust optimum.",
    )
}

/// Returns the figure of the gap to the optimum.
pub(super) fn gap(order: &Order) -> Result<Sheet, PaperError> {
    MAX_NORM.sheet(
        Name::Gap,
        order,
        "gap_to_optimum_vs_sigma",
        "The noise that leads to the robust optimum",
        "The adversarial accuracy of the robust optimum minus that of each stage against σ, in four dimensions: means \
         y·(1.2, 0.25, 0.25, 0.25), variances 1, 0.01, 0.01, 0.01, and those of the noise σ² times 0.2, 0.04, 0.04, \
         0.04; ε = 0.2 in ℓ∞. At σ = 1 training and a vote give the optimum.",
    )
}
