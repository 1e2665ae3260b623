//! What a fitted task says of any number of votes and tries.

use std::num::NonZeroU32;

use task::{DomainError, Eps, Margin, Task, Votes};

use super::probit::Fit;
use crate::accuracy::clean_accuracy;
use crate::fresh::Fresh;
use crate::math::bounded::Bounded;

/// The input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// As it is.
    Clean,
    /// After the attack.
    Attacked,
}

impl Fit {
    /// The margin of so many votes on an input: the task's with the attack as a smaller mean.
    fn margin(&self, input: Input, votes: Votes) -> Result<Margin, DomainError> {
        let mean = match input {
            Input::Clean => self.mean,
            Input::Attacked => self.mean - self.eps,
        };
        Margin::new(Task::new(mean, self.data_std)?, 0.0, 1.0, votes)
    }

    /// The accuracy of the majority of so many votes.
    pub fn voted(&self, input: Input, votes: Votes) -> Result<Bounded, DomainError> {
        Ok(clean_accuracy(&self.margin(input, votes)?))
    }

    /// How often so many draws are all right.
    pub fn persistent(&self, input: Input, tries: NonZeroU32) -> Result<Bounded, DomainError> {
        let fresh = Fresh::persistent(&self.margin(input, Votes::ONE)?, tries);
        Ok(fresh.at(Eps::new(0.0)?).adversarial)
    }
}
