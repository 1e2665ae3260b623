//! Training, epoch by epoch.

use super::ask::Ask;
use super::caption::{Caption, INVARIANCE, METRICS};
use super::{Data, Name, Order, PaperError, Sheet, pick};
use crate::experiments::own;
use crate::experiments::training::charts::end_rows;
use crate::experiments::training::{KIND, Training, TrainingSpec};
use crate::table::Table;

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let ask = Ask::new(&KIND, "train", order)
        .with("method", "sgd")
        .with("train_size", "100,1000,10000")
        .samples(KIND.plan.samples);
    let answer = ask.answer()?;
    let spec = ask.spec()?;
    let name = Name::Epoch;
    let picture = pick((KIND.charts)(&answer.tables, Some(spec.as_ref()))?, name.name())?;
    let training = Training::new(own::<TrainingSpec>(spec.as_ref())?)?;
    let study = training.study();
    let ends = end_rows(&study.task, &study.defenses[0], training.eps()[0])?;
    let epochs = answer.tables.into_iter().find(|table| table.name == "epochs");
    let epochs = epochs.ok_or_else(|| PaperError::Missing("there are no epochs".to_owned()))?;
    let epochs = epochs.named(name.name());
    let (sgd, repetitions) = (study.sgd, KIND.plan.samples);
    let moves = |from: f64, to: f64| if to > from { "rises" } else { "falls" };
    let text = vec![
        format!(
            "sgn(x) is fine-tuned on inputs x + θ by gradient descent: mean and 5 % to 95 % quantiles over {repetitions} \
             training sets of N examples. Dashed: k = 0 and k = shift, from which to which invariance \
             {} and robust accuracy {}. Here {}, σ = {}, ε = {}, seed {}.",
            moves(ends[0].invariance, ends[1].invariance),
            moves(ends[0].robust_accuracy, ends[1].robust_accuracy),
            ask.task()?,
            ask.said("sigma")?,
            ask.said("eps")?,
            order.seed
        ),
        format!("{INVARIANCE} {METRICS}"),
        format!(
            "The gradient descent is stochastic, on the logistic loss, with learning rate {} and batches of {}. Each \
             learned threshold k of sgn(x + θ − k) is judged exactly, so that the only noise is the training's.",
            sgd.learning_rate, sgd.batch_size
        ),
    ];
    Ok(Sheet {
        name,
        picture,
        column: None,
        tables: vec![
            Data::exact(epochs, "the learned thresholds and what they are worth, after each epoch"),
            Data::exact(
                Table::of("training_ends", ends),
                "the exact values before training and at its best threshold",
            ),
        ],
        files: Vec::new(),
        caption: Caption {
            title: "Fine-tuning on noisy inputs, epoch by epoch",
            text,
            rows_by: format!("{} -o training", ask.command()),
        },
    })
}
