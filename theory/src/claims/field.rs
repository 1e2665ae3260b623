//! The lead of a claim over a region: each point is computed once, and not at all where a proof has decided.

use super::Case;
use super::proof::{Cover, Verdict};
use crate::math::bounded::Bounded;
use std::cell::RefCell;
use std::collections::HashMap;

/// A claim's lead as a function of (sigma, ε).
pub(super) struct Field<'a> {
    case: &'a Case,
    cover: Option<&'a Cover>,
    known: RefCell<HashMap<(u64, u64), Bounded>>,
}

impl<'a> Field<'a> {
    pub(super) fn new(case: &'a Case, cover: Option<&'a Cover>) -> Self {
        Self { case, cover, known: RefCell::default() }
    }

    /// Returns the lead; infinite, without error, in cells whose verdict is proven.
    pub(super) fn lead(&self, sigma: f64, eps: f64) -> Bounded {
        match self.cover.and_then(|cover| cover.at(sigma, eps)) {
            Some(Verdict::Holds) => return Bounded::exact(f64::INFINITY),
            Some(Verdict::Fails) => return Bounded::exact(f64::NEG_INFINITY),
            Some(Verdict::Open) | None => {}
        }
        let place = (sigma.to_bits(), eps.to_bits());
        if let Some(known) = self.known.borrow().get(&place) {
            return *known;
        }
        let unknown = Bounded { value: 0.0, error: f64::INFINITY };
        let found = self.case.lead(sigma, eps).unwrap_or(unknown);
        self.known.borrow_mut().insert(place, found);
        found
    }

    /// Returns the number of points at which the lead was computed.
    pub(super) fn points(&self) -> usize {
        self.known.borrow().len()
    }
}
