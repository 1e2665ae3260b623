//! The map of the claims.

use task::{Claim, Metric};
use task::{DrawProtocol, Task};

use super::caption::{Caption, METRICS, SAME, STAGES};
use super::table::{Rows, Table};
use super::{Name, PaperError, Sheet, pick};
use crate::audit::row::{ClaimRow, region_rows};
use crate::audit::{Inquiry, run};
use crate::figures::claims::figures;
use task::range::Range;

const SIGMA: &str = "0..2/41";
const EPS: &str = "0..1.5/31";

pub(super) fn sheet() -> Result<Sheet, PaperError> {
    let [sigmas, eps] = [SIGMA, EPS].map(str::parse::<Range>);
    let inquiry = Inquiry {
        task: Task::new(1.0, 1.0)?,
        shift: 1.0,
        sigmas: sigmas?.values().to_vec(),
        eps: eps?.values().to_vec(),
        claims: Claim::ALL.to_vec(),
        metrics: vec![Metric::RobustAccuracy],
        draws: vec![DrawProtocol::Same],
    };
    let audited = run(&inquiry, &|| {})?;
    let region =
        [&inquiry.sigmas, &inquiry.eps].map(|values| [values[0], values[values.len() - 1]]);
    let claims: Vec<ClaimRow> = audited.iter().map(|item| ClaimRow::new(item, region, 0)).collect();
    let regions = region_rows(&audited);
    let picture = pick(figures(&inquiry, &claims, &regions)?, Name::Claims.name())?;
    let text = vec![
        "Where in the plane of σ and ε the claims of the paper fail, judged by robust accuracy under one shared \
         draw, at μ = ν = shift = 1. Each curve is where a claim begins to fail; on which \
         side of it, the legend says for the lower edge, where ε tends to 0. The more claims fail at a point, \
         the stronger its shade. The claims: defense-helps, the defended classifier is more \
         robust than the undefended one; training-hurts, the trained one is less robust than the defended one; \
         training-keeps-some, it is more robust than the undefended one; trade-off, the robust accuracy falls in \
         the threshold k from 0 to shift, while the rate of invariance rises; vote-restores, the distance of the \
         vote from the undefended classifier falls to 0 with n, at every step of n = 1, 3, 5, 7, 9, 15, 31, 101, \
         1001. The curves' points are zeros of exact differences, to some 1e-12; the map is drawn where there is \
         something to see."
            .to_owned(),
        format!("{STAGES} {METRICS} {SAME}"),
        "Nothing is simulated; the rows are the points of the borders (frontier where it is a curve, and else the edge of the map), and a second table says of each claim in \
         which share of the region (σ from 0 to 2, ε from 0 to 1.5) it fails, and names a witness."
            .to_owned(),
    ];
    Ok(Sheet {
        name: Name::Claims,
        picture,
        column: None,
        tables: vec![
            Table {
                name: Name::Claims.name(),
                what: "the borders of where each claim fails, point by point",
                rows: Rows::Regions(regions),
            },
            Table {
                name: "claims",
                what: "where each claim holds, with a witness",
                rows: Rows::Claims(claims),
            },
        ],
        files: Vec::new(),
        caption: Caption {
            title: "Where the claims of the paper fail",
            text,
            rows_by: format!(
                "gauss-sim claims --sigma {SIGMA} --eps {EPS} --metric robust_accuracy --draws same -o claims"
            ),
        },
    })
}
