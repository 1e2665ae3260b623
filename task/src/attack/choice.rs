//! The words of an attack: which one, from where, by which loss, and how it is judged.

use crate::spec::Word;

/// Declares an enum whose variants are words of the command line.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident ($what:literal) { $($(#[$about:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            const WHAT: &'static str = $what;

            fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }
    };
}

words! {
    /// The kind of attack.
    AttackKind ("an attack") {
        /// No attack: the input stays where it is.
        None = "none",
        /// PGD with gradients of the undefended classifier.
        Off = "off",
        /// PGD with one gradient per step.
        Pgd = "pgd",
        /// PGD with the mean of several gradients per step.
        Eot = "eot",
        /// The strongest fixed move: up to the factor −y the same for every sample, and independent of θ.
        Full = "full",
        /// The θ-independent move that makes the two classes as hard to tell apart as the budget allows: in ℓ∞, each
        /// coordinate moves towards the other class, at most to the middle.
        Optimum = "optimum",
    }
}

words! {
    /// Whether every coordinate has a gain of its own.
    GainScope ("a scope of gains") {
        /// Each coordinate has its own gain.
        Coordinates = "coordinates",
        /// One gain is drawn for all coordinates.
        Shared = "shared",
    }
}

words! {
    /// The starting point of an attack.
    Start ("a start") {
        /// The clean input.
        Zero = "zero",
        /// A uniform point of the ℓ∞ ball, each coordinate independently.
        Uniform = "uniform",
    }
}

words! {
    /// The loss that an attack ascends.
    Loss ("a loss") {
        /// −y·(Σ t(x)ᵢ − Σ shiftᵢ): its gradient is −y·a.
        Margin = "margin",
        /// log(1 + exp(−margin)), averaged over the EOT draws: each gradient has a weight.
        CrossEntropy = "cross-entropy",
    }
}

words! {
    /// Which iterates decide the outcome. Iterate 0 is the start; each is classified once during the optimisation, on
    /// its own draws.
    Judge ("a way to judge") {
        /// The last iterate, classified on a new draw.
        Final = "final",
        /// The attack succeeds if any of the iterates 0 to k is misclassified; nothing is classified again.
        Any = "any",
        /// The attack stops at the first misclassified iterate, or at the last if there is none, and this iterate is
        /// classified again.
        First = "first",
        /// The last misclassified iterate, or the clean input if there is none, classified again.
        Last = "last",
    }
}

words! {
    /// The task that is attacked.
    Subject ("a task") {
        /// Two classes around ±mean.
        Gaussian = "gaussian",
        /// Two classes around 0 that differ in spread.
        Spheres = "spheres",
    }
}

words! {
    /// The data that the classifier was trained on, where training on defended inputs changes it.
    Training ("a training") {
        /// The best classifier of clean inputs.
        Untrained = "untrained",
        /// The best classifier of defended inputs.
        Trained = "trained",
    }
}
