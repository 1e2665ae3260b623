//! Every metric under every protocol, from the counts of all samples.

use theory::logs::counts::{all_right, majority, persistent};
use theory::logs::predict::Input;
use theory::logs::probit::Fit;

use super::count::{BETTING, BINARY, Cells, Counted, Measured, mean, ratio};
use super::fitted::{Fits, accuracies};
use super::rows::{Metric, Point};
use crate::check::Estimate;

/// The metrics of a log.
pub(super) struct Metrics<'a> {
    counted: &'a Counted,
    fit: Option<&'a Fit>,
    confidence: f64,
    rows: Vec<Metric>,
}

/// The counts of right draws of one sample.
#[derive(Clone, Copy)]
struct Right {
    clean: u32,
    attacked: u32,
    both: u32,
}

const RIGHT_BEFORE: &str = "right when clean";
const ALL: &str = "samples";

fn attack_success(measured: Measured) -> Measured {
    let Estimate { value, low, high } = measured.estimate;
    let estimate = Estimate { value: 1.0 - value, low: 1.0 - high, high: 1.0 - low };
    Measured { estimate, ..measured }
}

impl<'a> Metrics<'a> {
    /// All metrics, of which votes and tries are the most that were logged and asked for.
    pub(super) fn all(
        counted: &'a Counted,
        fits: &'a Fits,
        curves: &[Point],
        (votes, tries, confidence): (&[u32], &[u32], f64),
    ) -> Vec<Metric> {
        let mut metrics = Self { counted, fit: fits.task(), confidence, rows: Vec::new() };
        metrics.undefended();
        metrics.one_draw();
        let logged = counted.clean.draws.min(counted.attacked.draws);
        if let Some(votes) = votes.iter().copied().filter(|n| *n <= logged && *n > 1).max() {
            metrics.voted(votes, curves);
        }
        let most =
            if counted.both.is_some() { logged.saturating_sub(1) } else { counted.attacked.draws };
        if let Some(tries) = tries.iter().copied().filter(|n| *n <= most && *n > 1).max() {
            metrics.persistent(tries);
        }
        metrics.rows
    }

    /// Adds a row; nothing where there is nothing to estimate.
    fn add(
        &mut self,
        (stage, metric): (&str, &str),
        measured: Option<Measured>,
        (definition, denominator): (String, &str),
        more: impl FnOnce(&mut Metric),
    ) {
        let Some(measured) = measured else { return };
        let mut row = Metric::new(stage, metric, &measured, self.counted.samples);
        row.definition = definition;
        denominator.clone_into(&mut row.denominator);
        more(&mut row);
        self.rows.push(row);
    }

    /// The counts of a key of [`Self::cells`].
    fn right(&self, key: u64) -> Right {
        let (attacked, clean) =
            (u64::from(self.counted.attacked.draws) + 1, u64::from(self.counted.clean.draws) + 1);
        let both = key / (attacked * clean);
        Right {
            clean: (key / attacked % clean) as u32,
            attacked: (key % attacked) as u32,
            both: both as u32,
        }
    }

    /// How many samples have the same counts of right draws, on both inputs and together.
    fn cells(&self) -> Cells {
        let counted = self.counted;
        let (clean, attacked) = (&counted.clean, &counted.attacked);
        let widths = [u64::from(clean.draws) + 1, u64::from(attacked.draws) + 1];
        let both = |sample: usize| counted.both.as_ref().map_or(0, |both| u64::from(both[sample]));
        let most = counted.both.as_ref().map_or(1, |_| widths[0]);
        counted.cells(most * widths[0] * widths[1], |sample| {
            let key = both(sample) * widths[0] + u64::from(clean.right[sample]);
            key * widths[1] + u64::from(attacked.right[sample])
        })
    }

    fn undefended(&mut self) {
        let counted = self.counted;
        let (clean, attacked) = (&counted.undefended, &counted.undefended_attacked);
        let right =
            |of: &Option<Vec<bool>>, sample: usize| of.as_ref().is_some_and(|of| of[sample]);
        let cells =
            counted.cells(4, |i| u64::from(right(clean, i)) * 2 + u64::from(right(attacked, i)));
        let share =
            |bit: u64| mean(&cells, self.confidence, |key| f64::from(u8::from(key & bit != 0)));
        let [one, two] = [share(2), share(1)];
        let both = ratio(&cells, self.confidence, |key| {
            (f64::from(u8::from(key == 3)), f64::from(u8::from(key >= 2)))
        });
        let says = "the undefended model is right";
        if clean.is_some() {
            let definition = (format!("{says} on the clean input"), ALL);
            self.add(("undefended", "clean_accuracy"), one, definition, |_| {});
        }
        if attacked.is_some() {
            let definition = (format!("{says} on its attacked input"), ALL);
            self.add(("undefended", "adversarial_accuracy"), two, definition, |_| {});
        }
        if clean.is_some() && attacked.is_some() {
            let definition = (format!("{says} on both inputs"), RIGHT_BEFORE);
            self.add(("undefended", "robust_accuracy"), both, definition, |_| {});
            let definition = ("the attack turns what was right".to_owned(), RIGHT_BEFORE);
            let success = both.map(attack_success);
            self.add(("undefended", "attack_success_rate"), success, definition, |_| {});
        }
    }

    fn one_draw(&mut self) {
        let counted = self.counted;
        let cells = self.cells();
        let (m, n) = (counted.clean.draws, counted.attacked.draws);
        let [of_clean, of_attacked] = [f64::from(m), f64::from(n)];
        let fitted = |input: Input| {
            self.fit.and_then(|fit| Some(fit.voted(input, task::Votes::ONE).ok()?.value))
        };
        let [clean_fit, attacked_fit] = [Input::Clean, Input::Attacked].map(fitted);
        let clean =
            mean(&cells, self.confidence, |key| f64::from(self.right(key).clean) / of_clean);
        let attacked =
            mean(&cells, self.confidence, |key| f64::from(self.right(key).attacked) / of_attacked);
        let definition = ("one draw is right on the clean input".to_owned(), ALL);
        self.add(("defended", "clean_accuracy"), clean, definition, |row| row.fitted = clean_fit);
        let definition = ("one draw is right on the attacked input".to_owned(), ALL);
        let metric = ("defended", "adversarial_accuracy");
        self.add(metric, attacked, definition, |row| row.fitted = attacked_fit);
        self.robust(&cells, 1);
        if counted.both.is_some() {
            let same = ratio(&cells, self.confidence, |key| {
                let right = self.right(key);
                (f64::from(right.both) / of_clean, f64::from(right.clean) / of_clean)
            });
            let fit = self.fit.and_then(|fit| accuracies(fit, true, 1)).map(|a| a.robust.value);
            self.pair(
                same,
                fit,
                "same",
                "the same draw is right on both inputs",
                "the draw is turned by the attack",
            );
        }
        // Without any attack: what a new draw on the clean input turns.
        if m > 1 {
            let again = ratio(&cells, self.confidence, |key| {
                let c = f64::from(self.right(key).clean);
                (c * (c - 1.0) / (of_clean * (of_clean - 1.0)), c / of_clean)
            });
            let definition =
                ("a second draw on the clean input is wrong: no attack".to_owned(), RIGHT_BEFORE);
            let fit = self.fit.and_then(|fit| {
                let twice = fit.persistent(Input::Clean, std::num::NonZeroU32::new(2)?).ok()?;
                Some(1.0 - twice.value / clean_fit?)
            });
            let metric = ("defended", "redraw_success_rate");
            self.add(metric, again.map(attack_success), definition, |row| {
                row.draws = Some("fresh".to_owned());
                row.fitted = fit;
            });
            let pairs = u64::from(m) * (u64::from(m) - 1) / 2;
            let cells = counted.cells(pairs + 1, |i| u64::from(counted.clean.alike[i]));
            let alike = mean(&cells, self.confidence, |key| key as f64 / pairs as f64);
            let definition = ("two draws on the clean input say the same".to_owned(), ALL);
            self.add(("defended", "agreement"), alike, definition, |_| {});
        }
        if let Some(invariant) = &counted.invariant {
            let cells = counted.cells(u64::from(m) + 1, |i| u64::from(invariant[i]));
            let share = mean(&cells, self.confidence, |key| key as f64 / of_clean);
            let definition = ("a draw says what the undefended model says, clean".to_owned(), ALL);
            self.add(("defended", "invariance"), share, definition, |_| {});
        }
    }

    /// Robust accuracy and attack success rate of one protocol.
    fn pair(
        &mut self,
        robust: Option<Measured>,
        fit: Option<f64>,
        draws: &str,
        stays: &str,
        falls: &str,
    ) {
        for (metric, measured, definition, fit) in [
            ("robust_accuracy", robust, stays, fit),
            ("attack_success_rate", robust.map(attack_success), falls, fit.map(|fit| 1.0 - fit)),
        ] {
            self.add(
                ("defended", metric),
                measured,
                (definition.to_owned(), RIGHT_BEFORE),
                |row| {
                    row.draws = Some(draws.to_owned());
                    row.fitted = fit;
                },
            );
        }
    }

    /// One clean draw is right, and so many attacked ones, all with draws of their own.
    fn robust(&mut self, cells: &Cells, tries: u32) {
        let (m, n) = (self.counted.clean.draws, self.counted.attacked.draws);
        let paired = self.counted.both.is_some();
        // An attacked draw that is not that of the clean one.
        if paired && n < tries + 1 {
            return;
        }
        let measured = ratio(cells, self.confidence, |key| {
            let Right { clean, attacked, both } = self.right(key);
            let whole = f64::from(clean) / f64::from(m);
            if !paired {
                return (whole * all_right(attacked, n, tries), whole);
            }
            // Of the clean draws that are right, some take an attacked one with them that is right, too.
            let with = f64::from(both) * all_right(attacked.saturating_sub(1), n - 1, tries);
            let without = f64::from(clean - both) * all_right(attacked, n - 1, tries);
            ((with + without) / f64::from(m), whole)
        });
        let fit = self.fit.and_then(|fit| accuracies(fit, false, tries)).map(|a| a.robust.value);
        match tries {
            1 => self.pair(
                measured,
                fit,
                "fresh",
                "a draw of its own is right on the attacked input",
                "a draw of its own is wrong on the attacked input",
            ),
            _ => {
                let draws = format!("persistent={tries}");
                let stays = format!("{tries} draws are all right on the attacked input");
                let falls = format!("one of {tries} draws is wrong on the attacked input");
                self.pair(measured, fit, &draws, &stays, &falls);
            }
        }
    }

    fn persistent(&mut self, tries: u32) {
        let cells = self.cells();
        if tries <= self.counted.attacked.draws {
            let table = persistent(self.counted.attacked.draws, tries);
            let all = mean(&cells, self.confidence, |key| table[self.right(key).attacked as usize]);
            let fit = self.fit.and_then(|fit| {
                let tries = std::num::NonZeroU32::new(tries)?;
                Some(fit.persistent(Input::Attacked, tries).ok()?.value)
            });
            let definition = (format!("{tries} draws are all right on the attacked input"), ALL);
            self.add(("defended", "adversarial_accuracy"), all, definition, |row| {
                row.draws = Some(format!("persistent={tries}"));
                row.fitted = fit;
            });
        }
        self.robust(&cells, tries);
    }

    fn voted(&mut self, votes: u32, curves: &[Point]) {
        let (m, n) = (self.counted.clean.draws, self.counted.attacked.draws);
        for (metric, input) in [("clean_accuracy", "clean"), ("adversarial_accuracy", "attacked")] {
            let points = curves.iter().filter(|point| {
                point.curve == "votes" && point.input == input && point.number == votes
            });
            for point in points {
                let (Some(value), Some(low), Some(high)) = (point.estimate, point.low, point.high)
                else {
                    continue;
                };
                let exact = point.interval.as_deref() == Some(BINARY);
                let method = if exact { BINARY } else { BETTING };
                let measured = Measured { estimate: Estimate { value, low, high }, method };
                let rule = match point.rule.as_str() {
                    "plurality" => "the label has the most",
                    _ => "more than half",
                };
                let definition = (format!("{rule} of {votes} votes on the {input} input"), ALL);
                self.add(("voted", metric), Some(measured), definition, |row| {
                    row.rule = Some(point.rule.clone());
                    row.votes = Some(votes);
                    row.fitted = point.fitted;
                    row.error = point.error;
                });
            }
        }
        if self.counted.both.is_some() {
            return;
        }
        let [clean, attacked] = [majority(m, votes), majority(n, votes)];
        let measured = ratio(&self.cells(), self.confidence, |key| {
            let right = self.right(key);
            let whole = clean[right.clean as usize];
            (whole * attacked[right.attacked as usize], whole)
        });
        let definition =
            format!("more than half of {votes} new votes are right on the attacked input");
        let denominator = "vote right when clean";
        self.add(("voted", "robust_accuracy"), measured, (definition, denominator), |row| {
            row.rule = Some("majority".to_owned());
            row.draws = Some("fresh".to_owned());
            row.votes = Some(votes);
        });
    }
}
