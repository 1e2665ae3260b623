//! The parameters of the task and of the defense that figures take in place of their own values.

use std::path::Path;

use serde_json::Value;
use task::range::{Range, VoteList};
use task::spec::{Spec, SpecError, apply, as_text, flag};
use task::{Defense, DrawProtocol, Task};

use super::Name;
use crate::experiments::grid::{self, budgets};

/// The heading of the parameters in a help text.
const PARAMETERS: &str = "In place of the figures' own values";

task::spec! {
    /// Values for figures; `None` leaves each figure its own.
    pub struct Given = "figures" {
        sigma: Option<Range> {
            default: "", placeholder: "RANGE", heading: PARAMETERS,
            help: "The standard deviation σ of θ: a number for figures at one σ, a range for those against it",
            long_help: grid::RANGE_HELP
        }
        eps: Option<Range> {
            default: "", placeholder: "RANGE", heading: PARAMETERS,
            help: "The adversary's budget ε: a number for figures at one ε, a range for those against it"
        }
        mean: Option<f64> {
            default: "", placeholder: "NUMBER", heading: PARAMETERS,
            help: grid::MEAN_HELP
        }
        data_std: Option<f64> {
            default: "", placeholder: "NUMBER", heading: PARAMETERS,
            help: grid::DATA_STD_HELP
        }
        shift: Option<f64> {
            default: "", placeholder: "NUMBER", heading: PARAMETERS,
            help: grid::SHIFT_HELP
        }
        votes: Option<VoteList> {
            default: "", placeholder: "VOTES", heading: PARAMETERS,
            help: "How many θ vote: a number for figures at one n, a list for those against it"
        }
        draws: Option<DrawProtocol> {
            default: "", placeholder: grid::DRAWS, heading: PARAMETERS,
            help: grid::DRAWS_HELP
        }
    }
}

/// How many values of a parameter a figure takes: from the first number to the second; none if it does not have the
/// parameter.
type Takes = (usize, usize);

const NONE: Takes = (0, 0);
const ONE: Takes = (1, 1);
const FEW: Takes = (1, 4);
const ANY: Takes = (1, usize::MAX);
const RANGE: Takes = (2, usize::MAX);

/// The parameters that a figure takes.
struct Uses {
    /// mean and data_std.
    task: Takes,
    shift: Takes,
    sigma: Takes,
    eps: Takes,
    votes: Takes,
    draws: Takes,
}

impl Uses {
    /// A figure with questions of its own.
    const NOTHING: Self =
        Self { task: NONE, shift: NONE, sigma: NONE, eps: NONE, votes: NONE, draws: NONE };
    /// A figure of the four stages at one point.
    const STAGES: Self =
        Self { task: ONE, shift: ONE, sigma: ONE, eps: ONE, votes: ONE, draws: ONE };
    /// A figure of an attack, which sees no mean of θ.
    const ATTACK: Self = Self { task: ONE, sigma: ONE, eps: ONE, ..Self::NOTHING };
    /// A figure of a barrage, whose noise is that of its pool.
    const BARRAGE: Self = Self { task: ONE, eps: ONE, draws: ONE, ..Self::NOTHING };

    /// Returns what a figure takes.
    fn of(name: Name) -> Self {
        match name {
            Name::Task => Self { draws: NONE, ..Self::STAGES },
            Name::Sigma => Self { sigma: RANGE, ..Self::STAGES },
            Name::Eps => Self { eps: RANGE, ..Self::STAGES },
            Name::Invariance => Self { sigma: ANY, votes: ANY, ..Self::STAGES },
            Name::Votes => Self { sigma: ANY, votes: (3, usize::MAX), ..Self::STAGES },
            Name::Epoch => Self { votes: NONE, draws: NONE, ..Self::STAGES },
            Name::Claims => Self { sigma: RANGE, eps: RANGE, votes: NONE, ..Self::STAGES },
            Name::Metrics => Self { sigma: RANGE, draws: NONE, ..Self::STAGES },
            Name::Convergence => Self { eps: FEW, draws: NONE, ..Self::STAGES },
            Name::Optimum | Name::Gap => Self { sigma: RANGE, ..Self::NOTHING },
            Name::Gradients | Name::Splits | Name::Judges => Self::ATTACK,
            Name::Plane => Self { votes: ONE, ..Self::BARRAGE },
            Name::Growth => Self::BARRAGE,
            Name::Certified => Self { task: ONE, shift: ONE, sigma: ONE, ..Self::NOTHING },
            Name::Blocks => Self { task: ONE, eps: RANGE, ..Self::NOTHING },
            Name::Questions => Self { draws: NONE, ..Self::STAGES },
            Name::Protection => Self { sigma: RANGE, votes: NONE, draws: NONE, ..Self::STAGES },
            // Walks of signs alone; infinitely many answers, which certify the same at every σ.
            Name::Signs | Name::CertifiedNd => Self::NOTHING,
        }
    }

    fn takes(&self, parameter: &str) -> Takes {
        match parameter {
            "sigma" => self.sigma,
            "eps" => self.eps,
            "votes" => self.votes,
            "draws" => self.draws,
            "shift" => self.shift,
            _ => self.task,
        }
    }
}

/// What figures do with a value that was given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fate {
    /// The figures that take it.
    pub taken: Vec<Name>,
    /// The figures that have the parameter and keep their own value, by what they need.
    pub kept: Vec<(String, Vec<Name>)>,
}

impl Given {
    /// No values.
    pub const NONE: Self = Self {
        sigma: None,
        eps: None,
        mean: None,
        data_std: None,
        shift: None,
        votes: None,
        draws: None,
    };

    /// Reads an object of values. Fails if one is not known, cannot be read or is outside its domain.
    pub fn read(object: &Value) -> Result<Self, SpecError> {
        let mut given = Self::NONE;
        apply(&mut given, object, Path::new(""))?;
        given.check()?;
        Ok(given)
    }

    /// Returns a value as a user would write it; `None` if it is not given.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = as_text(&self.get(name)).unwrap_or_default();
        // One argument on a command line.
        let text: String = text.split_whitespace().collect();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the names of the parameters that are given.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        let names = Self::PARAMETERS.iter().map(|parameter| parameter.name);
        names.filter(|name| self.text(name).is_some())
    }

    /// Returns the flags of a command, each after a space.
    #[must_use]
    pub fn flags(&self) -> String {
        let flag = |name| Some(format!(" {} {}", flag(name), self.text(name)?));
        self.names().filter_map(flag).collect()
    }

    /// Returns the number of values of a parameter.
    fn count(&self, name: &str) -> usize {
        match name {
            "sigma" => self.sigma.as_ref().map_or(0, |range| range.values().len()),
            "eps" => self.eps.as_ref().map_or(0, |range| range.values().len()),
            "votes" => self.votes.as_ref().map_or(0, |votes| votes.values().len()),
            _ => 1,
        }
    }

    /// Returns the values that a figure takes.
    #[must_use]
    pub fn of(&self, figure: Name) -> Self {
        let (mut taken, uses) = (self.clone(), Uses::of(figure));
        let fits = |name: &str| {
            let (least, most) = uses.takes(name);
            (least..=most).contains(&self.count(name))
        };
        let Self { sigma, eps, mean, data_std, shift, votes, draws } = &mut taken;
        [("sigma", sigma), ("eps", eps)]
            .into_iter()
            .filter(|(name, _)| !fits(name))
            .for_each(|(_, range)| *range = None);
        if !fits("mean") {
            (*mean, *data_std) = (None, None);
        }
        if !fits("shift") {
            *shift = None;
        }
        if !fits("votes") {
            *votes = None;
        }
        if !fits("draws") {
            *draws = None;
        }
        taken
    }

    /// Returns what these figures do with the value of a parameter.
    #[must_use]
    pub fn fate(&self, parameter: &str, figures: &[Name]) -> Fate {
        let mut fate = Fate::default();
        let count = self.count(parameter);
        for &figure in figures {
            let (least, most) = Uses::of(figure).takes(parameter);
            if (least..=most).contains(&count) {
                fate.taken.push(figure);
            } else if most > 0 {
                let needs = needs(parameter, (least, most));
                match fate.kept.iter_mut().find(|(known, _)| *known == needs) {
                    Some((_, names)) => names.push(figure),
                    None => fate.kept.push((needs, vec![figure])),
                }
            }
        }
        fate
    }

    /// Fails if a value is outside its domain, whichever figure takes it.
    pub fn check(&self) -> Result<(), SpecError> {
        Task::new(self.mean.unwrap_or(1.0), self.data_std.unwrap_or(1.0))?;
        let shift = self.shift.unwrap_or(1.0);
        Defense::new(shift, 1.0)?;
        for &sigma in self.sigma.iter().flat_map(Range::values) {
            Defense::new(shift, sigma)?;
        }
        self.eps.as_ref().map_or(Ok(()), |eps| budgets(eps).map(drop))
    }
}

/// Returns what a figure needs that takes so many values.
fn needs(parameter: &str, takes: Takes) -> String {
    let symbol = match parameter {
        "sigma" => "σ",
        "eps" => "ε",
        _ => "n",
    };
    match takes {
        ONE => format!("one {symbol}"),
        RANGE => format!("a range of {symbol}"),
        (least, usize::MAX) => format!("at least {least} values of {symbol}"),
        (least, most) => format!("from {least} to {most} values of {symbol}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> Given {
        Given {
            sigma: Some("0.2..3/30".parse().unwrap()),
            eps: Some("0.3".parse().unwrap()),
            mean: Some(1.5),
            draws: Some(DrawProtocol::Fresh),
            ..Given::NONE
        }
    }

    #[test]
    fn a_figure_takes_what_it_has() {
        let of = |name| given().of(name).flags();
        assert_eq!(of(Name::Sigma), " --sigma 0.2..3/30 --eps 0.3 --mean 1.5 --draws fresh");
        assert_eq!(of(Name::Eps), " --mean 1.5 --draws fresh");
        assert_eq!(of(Name::Task), " --eps 0.3 --mean 1.5");
        assert_eq!(of(Name::Gap), " --sigma 0.2..3/30");
        assert_eq!(of(Name::Signs), "");
        assert_eq!(of(Name::Judges), " --eps 0.3 --mean 1.5");
        assert_eq!(of(Name::Growth), " --eps 0.3 --mean 1.5 --draws fresh");
        assert_eq!(Given::NONE.of(Name::Sigma), Given::NONE);
    }

    #[test]
    fn the_rest_keep_their_own_or_do_not_have_it() {
        let figures = [Name::Task, Name::Sigma, Name::Epoch, Name::Signs];
        let fate = given().fate("sigma", &figures);
        assert_eq!(fate.taken, [Name::Sigma]);
        assert_eq!(fate.kept, [("one σ".to_owned(), vec![Name::Task, Name::Epoch])]);
        assert_eq!(given().fate("draws", &[Name::Task, Name::Signs]), Fate::default());
    }

    #[test]
    fn a_value_outside_its_domain_is_named() {
        let wrong = Given { data_std: Some(-1.0), ..Given::NONE };
        assert!(wrong.check().unwrap_err().to_string().starts_with("--data-std -1 "));
        assert!(given().check().is_ok());
    }
}
