//! Two spheres (to come).

use super::rates::{JUDGED, Outcome, Rates};
use task::EntryError;
use task::attack::{AttackPoint, SpheresTask};

pub(super) fn outcome(point: &AttackPoint, _: &SpheresTask) -> Result<Outcome, EntryError> {
    let no = Err(JUDGED);
    let rates = Rates { clean: no, adversarial: no, robust: no, success: no, invariance: no };
    Ok(Outcome { point: point.clone(), rates, signs: None, reach: no, queries: point.queries(), optimum: None })
}
