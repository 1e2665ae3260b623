//! The map of the claims.

use super::ask::Ask;
use super::caption::{Caption, DRAWS, METRICS, STAGES};
use super::{Data, Name, Order, PaperError, Sheet, pick};
use crate::experiments::claims::KIND;

pub(super) fn sheet(order: &Order) -> Result<Sheet, PaperError> {
    let ask = Ask::new(&KIND, "claims", order)
        .with("sigma", "0..2/41")
        .with("eps", "0..1.5/31")
        .with("metric", "robust_accuracy")
        .with("draws", "same")
        .samples(0);
    let answer = ask.answer()?;
    let figures = (KIND.charts)(&answer.tables, Some(ask.spec()?.as_ref()))?;
    let picture = pick(figures, Name::Claims.name())?;
    let text = vec![
        format!(
            "Where in the plane of σ and ε the claims fail, by robust accuracy under {} draws; {}. Each curve is where \
             a claim begins to fail, on which side the legend says for the lower edge. The more claims fail, the \
             stronger the shade.",
            ask.said("draws")?,
            ask.task()?
        ),
        "The claims: defense-helps, the defended classifier is more \
         robust than the undefended one; training-hurts, the trained one is less robust than the defended one; \
         training-keeps-some, it is more robust than the undefended one; trade-off, the robust accuracy falls in \
         the threshold k from 0 to shift, while the rate of invariance rises; vote-restores, the distance of the \
         vote from the undefended classifier falls to 0 with n, at every step; vote-trade-off, the robust accuracy \
         falls in n, while the rate of invariance rises. The curves' points are zeros of exact differences, to some \
         1e-12; the map is drawn where there is something to see."
            .to_owned(),
        format!("{STAGES} {METRICS} {DRAWS}"),
        format!(
            "In the map of the claims nothing is simulated; its rows are the points of the borders (frontier where it \
             is a curve, and else the edge of the map), and a second table says of each claim in which share of the \
             region (σ from {}, ε from {}) it fails, and names a witness.",
            ask.said("sigma")?,
            ask.said("eps")?
        ),
    ];
    let mut tables = answer.tables.into_iter();
    let (Some(claims), Some(mut regions)) = (tables.next(), tables.next()) else {
        return Err(PaperError::Missing("no claims were found".to_owned()));
    };
    Name::Claims.name().clone_into(&mut regions.name);
    Ok(Sheet {
        name: Name::Claims,
        picture,
        column: None,
        tables: vec![
            Data::exact(regions, "the borders of where each claim fails, point by point"),
            Data::exact(claims, "where each claim holds, with a witness"),
        ],
        files: Vec::new(),
        caption: Caption {
            title: "Where the claims of the paper fail",
            text,
            rows_by: format!("{} -o claims", ask.command()),
        },
    })
}
