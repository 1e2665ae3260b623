//! The words of an attack: which one, from where, by which loss, and how it is judged.

use crate::spec::Word;

/// Declares an enum of words.
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
    /// Which attack.
    AttackKind ("an attack") {
        /// None: the input stays where it is.
        None = "none",
        /// PGD with gradients of the undefended classifier.
        Off = "off",
        /// PGD with one gradient a step.
        Pgd = "pgd",
        /// PGD with the mean of several gradients a step.
        Eot = "eot",
        /// The strongest fixed move: the same for every sample up to −y, and blind to θ.
        Full = "full",
        /// The blind move that makes the two classes as hard to tell apart as the budget allows: in ℓ∞ each
        /// coordinate goes towards the other class, and no further than to the middle.
        Optimum = "optimum",
    }
}

words! {
    /// Whether every coordinate has a gain of its own.
    GainScope ("a scope of gains") {
        /// Each coordinate has its own.
        Coordinates = "coordinates",
        /// One draw for all coordinates.
        Shared = "shared",
    }
}

words! {
    /// Where the attack begins.
    Start ("a start") {
        /// At the clean input.
        Zero = "zero",
        /// Uniformly in the ℓ∞ ball, each coordinate by itself.
        Uniform = "uniform",
    }
}

words! {
    /// What is ascended.
    Loss ("a loss") {
        /// −y·(Σ t(x)ᵢ − Σ shiftᵢ): its gradient is −y·a.
        Margin = "margin",
        /// log(1 + exp(−margin)), averaged over the EOT draws: each gradient has a weight.
        CrossEntropy = "cross-entropy",
    }
}

words! {
    /// Which iterates decide. Iterate 0 is the start; each is classified once while optimising, on draws of its own.
    Judge ("a way to judge") {
        /// The last iterate, on a new draw.
        Final = "final",
        /// Wrong at any of the iterates 0 to k is wrong; nothing is judged again.
        Any = "any",
        /// The attack stops at the first iterate that is wrong (else at the last), which is judged again.
        First = "first",
        /// The last iterate that was wrong, judged again; the clean input if none was.
        Last = "last",
    }
}

words! {
    /// Which task is attacked.
    Subject ("a task") {
        /// Two classes around ±mean.
        Gaussian = "gaussian",
        /// Two classes around 0 that differ in spread.
        Spheres = "spheres",
    }
}

words! {
    /// Which classifier defends, where training on defended inputs changes it.
    Training ("a training") {
        /// The best one of clean inputs.
        Untrained = "untrained",
        /// The best one of defended inputs.
        Trained = "trained",
    }
}
