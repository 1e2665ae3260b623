//! Training, epoch by epoch.

use task::{Eps, Task};

use super::caption::{Caption, INVARIANCE, METRICS, TASK};
use super::table::{Rows, Table};
use super::{Name, Order, PaperError, Sheet, pick};
use crate::figures::train::{end_rows, figures};
use crate::train::row::rows;
use engine::training::sgd::Settings;
use engine::training::study::{Method, Study, defenses};

const SIZES: [usize; 3] = [100, 1000, 10_000];
const REPETITIONS: u64 = 200;
const SGD: Settings = Settings { learning_rate: 0.1, batch_size: 32, epochs: 20 };

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let study = Study {
        task: Task::new(1.0, 1.0)?,
        defenses: defenses(1.0, &[1.0])?,
        eps: vec![Eps::new(0.5)?],
        sizes: SIZES.to_vec(),
        methods: vec![Method::Sgd],
        repetitions: REPETITIONS,
        sgd: SGD,
        seed: order.seed,
    };
    let mut epochs = Vec::new();
    for cell in study.run(&|_| {}) {
        epochs.extend(rows(&study.task, &cell, &study.eps)?);
    }
    let ends = end_rows(&study.task, &study.defenses[0], study.eps[0])?.to_vec();
    let name = Name::Epoch;
    let picture = pick(figures(&study, &epochs, &epochs)?, name.name())?;
    let text = vec![
        format!(
            "The undefended classifier (k = 0) is fine-tuned on noisy inputs x + θ by stochastic gradient descent \
             on the logistic loss, with learning rate {} and batches of {}. Each line is the mean of {REPETITIONS} \
             independent training sets of N examples, each band runs from their 5 % to their 95 % quantile. Each \
             learnt threshold k of sgn(x + θ − k) is judged exactly, so that the only data_std is the training's \
             (seed {}). Dashed lines are the exact values at k = 0 and at k = shift, which is best on noisy \
             inputs. {TASK}, σ = 1, and ε = 0.5. As training goes on, invariance rises and robust accuracy falls.",
            SGD.learning_rate, SGD.batch_size, order.seed
        ),
        format!("{INVARIANCE} {METRICS}"),
    ];
    let sizes = SIZES.map(|size| size.to_string()).join(",");
    Ok(Sheet {
        name,
        picture,
        column: None,
        tables: vec![
            Table {
                name: name.name(),
                what: "the learnt thresholds and what they are worth, after each epoch",
                rows: Rows::Train(epochs),
            },
            Table {
                name: "training_ends",
                what: "the exact values before training and at its best threshold",
                rows: Rows::Ends(ends),
            },
        ],
        files: Vec::new(),
        caption: Caption {
            title: "Fine-tuning on noisy inputs, epoch by epoch",
            text,
            rows_by: format!(
                "gauss-sim train --method sgd --train-size {sizes} --seed {} -o training",
                order.seed
            ),
        },
    })
}
