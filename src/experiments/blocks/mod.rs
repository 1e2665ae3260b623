//! Independent sub-problems: a random one of them, votes, one alone, and classifiers of all.
//!
//! Exact values are those of [`theory::blocks`]; the simulation draws real inputs and attacks each ([`engine::blocks`]).

mod charts;
mod rows;

use engine::blocks::{BlocksQuestion, BlocksSampler, Case, Decider, bias};
use engine::sampler::{Drawing, Sampler};
use rayon::prelude::*;
use std::borrow::Cow;
use task::blocks::{
    Attacker, BlockList, BlockNorm, Blocks, Choice, ChoiceList, Law, MAX_BLOCKS, Numbers,
};
use task::range::Range;
use task::spec::{Choices, Parse, Spec, SpecError, Word};
use task::{DomainError, Norm};
use theory::blocks::{Answer, Game, Known, Solver, Weights};
use theory::math::bounded::Bounded;

use self::rows::{Keys, schema};
use super::grid::{EPS_HELP, MAX_ROWS, RANGE_HELP, TASK, check_size};
use super::linear::TASK_FILE;
use super::linear::file::TaskFile;
use super::own;
use crate::experiment::{
    ExactRate, ExactRow, Experiment, Kind, SampledRow, Tally, UsualPlan, Watch,
};
use crate::table::{Columnar, Table};

const MEAN_HELP: &str = "The mean of a block's distance from its boundary, on the right side: a number, or one for each block";

/// How many blocks there are unless told otherwise.
const USUAL_COUNT: [f64; 1] = [5.0];

task::spec! {
    /// Choices among blocks, over norms and budgets or prices.
    pub struct BlocksSpec = "blocks" {
        blocks: Option<BlockList> {
            default: "", placeholder: "LIST",
            help: "How many blocks: a number, or several, as in 2,5 or 1..10:1 [default: 5]; of a task, which coordinates each has, \
                   from 0, as in 0-9,10-19 or 0-3+7,4-6"
        }
        norm: Option<Choices<BlockNorm>> {
            default: "", placeholder: "2|1|inf|0", repeats: true,
            help: "In which norms a move of all blocks is counted; 0: how many are moved [default: 2]"
        }
        eps: Range { default: "1", placeholder: "RANGE", help: EPS_HELP, long_help: RANGE_HELP }
        pay: Option<Range> {
            default: "", placeholder: "RANGE",
            help: "In place of eps: the adversary has no budget, but pays so much for a unit of it; an error is worth 1 to him"
        }
        choice: ChoiceList {
            default: "random,votes,single,joint,optimum", placeholder: "CHOICES", repeats: true,
            help: "Who decides: random, votes (k = 1 to half of all), majority, vote=K, single, joint, optimum"
        }
        mean: Numbers { default: "1.5", placeholder: "NUMBERS", heading: TASK, help: MEAN_HELP }
        data_std: Numbers {
            default: "1", placeholder: "NUMBERS", heading: TASK,
            help: "Its standard deviation: a number, or one for each block"
        }
        correlation: f64 {
            default: "0", placeholder: "NUMBER", heading: TASK,
            help: "Of two blocks in norm 2: two classifiers of one input, whose weights have this scalar product"
        }
        mix: f64 {
            default: "0.5", placeholder: "NUMBER", heading: TASK,
            help: "How often the random choice takes the first of two blocks"
        }
        task: TaskFile {
            default: "", placeholder: "TASK.toml", heading: TASK,
            help: "In place of mean and data_std: the task of nd, of whose coordinates the blocks are made"
        }
    }
}

/// The kind.
pub static KIND: Kind = Kind {
    name: "blocks",
    verbs: "blocks",
    spec: || Box::new(BlocksSpec::default()),
    new: |spec| Ok(Box::new(BlockGames::new(own(spec)?)?)),
    schema,
    beside: Vec::new,
    plan: UsualPlan::counted(100_000),
    charts: |tables, _| charts::figures(&tables[0]),
};

/// Blocks in one norm, with who decides.
#[derive(Debug)]
struct Arena {
    game: Game,
    norm: BlockNorm,
    choices: Vec<Choice>,
}

/// Choices among blocks.
#[derive(Debug)]
pub struct BlockGames {
    spec: BlocksSpec,
    arenas: Vec<Arena>,
    attackers: Vec<Attacker>,
}

#[allow(clippy::needless_pass_by_value)] // numbers, words and text alike
fn refused(name: &'static str, value: impl ToString, expected: &str) -> SpecError {
    let (value, expected) = (value.to_string(), expected.to_owned());
    SpecError::from(DomainError { name, value, expected })
}

fn written(value: &impl Parse) -> String {
    task::spec::as_text(&value.write()).unwrap_or_default()
}

impl BlocksSpec {
    /// The blocks, by how many there are.
    fn games(&self) -> Result<Vec<(Option<BlockNorm>, Game)>, SpecError> {
        if self.task == TaskFile::default() {
            return self.equal_or_listed();
        }
        let problem = self.task.problem()?;
        let asked = self.blocks.as_ref().map_or("(none)".to_owned(), BlockList::to_string);
        let Some(coordinates) = self.blocks.as_ref().and_then(BlockList::coordinates) else {
            let expected = "which coordinates of the task each block has, as in 0-9,10-19";
            return Err(refused("blocks", asked, expected));
        };
        if coordinates.0.len() > MAX_BLOCKS {
            return Err(refused("blocks", asked, &format!("at most {MAX_BLOCKS} blocks")));
        }
        let norms = match &self.norm {
            Some(norms) => norms.0.clone(),
            None => vec![match problem.norm {
                Norm::TWO => BlockNorm::Two,
                Norm::ONE => BlockNorm::One,
                Norm::MAX => BlockNorm::Inf,
                other => {
                    let expected = "--norm 2, 1, inf or 0: that of the task is none of blocks";
                    return Err(refused("norm", other, expected));
                }
            }],
        };
        let game = |norm: &BlockNorm| {
            // How far a block is moved does not matter in norm 0.
            let within = norm.norm().unwrap_or(problem.norm);
            let game = Game::of_task(&problem.task, coordinates, within);
            Ok((Some(*norm), game.map_err(|error| self.task.wrong(&error))?))
        };
        norms.iter().map(game).collect()
    }

    fn equal_or_listed(&self) -> Result<Vec<(Option<BlockNorm>, Game)>, SpecError> {
        let counts = match &self.blocks {
            None => &USUAL_COUNT[..],
            Some(list) => match list.counts() {
                Some(counts) => counts.values(),
                None => {
                    let expected = "how many blocks there are, or these coordinates with a task";
                    return Err(refused("blocks", list, expected));
                }
            },
        };
        let whole = format!("whole numbers from 1 to {MAX_BLOCKS}");
        let game = |&count: &f64| {
            let count = match count {
                count if count.fract() == 0.0 && (1.0..=MAX_BLOCKS as f64).contains(&count) => {
                    count as usize
                }
                count => return Err(refused("blocks", count, &whole)),
            };
            let list = |name, numbers: &Numbers| {
                numbers.of(count).ok_or_else(|| {
                    let expected = format!("one number, or one for each of {count} blocks");
                    refused(name, written(numbers), &expected)
                })
            };
            let (means, stds) = (list("mean", &self.mean)?, list("data_std", &self.data_std)?);
            let law = |(mean, std): (&f64, &f64)| Law::new(*mean, *std);
            let laws = means.iter().zip(&stds).map(law).collect::<Result<Vec<_>, _>>()?;
            let mut blocks = Blocks::new(laws)?;
            if self.correlation != 0.0 || self.mix != 0.5 {
                blocks = blocks.pair(self.correlation, self.mix)?;
            }
            Ok((None, Game::of(blocks)?))
        };
        counts.iter().map(game).collect()
    }

    fn attackers(&self) -> Result<Vec<Attacker>, SpecError> {
        let attackers: Result<Vec<Attacker>, DomainError> = match &self.pay {
            Some(prices) => prices.values().iter().map(|price| Attacker::pays(*price)).collect(),
            None => self.eps.values().iter().map(|eps| Attacker::budget(*eps)).collect(),
        };
        Ok(attackers?)
    }
}

impl BlockGames {
    /// The rows that are asked for. Fails where a value is outside its domain.
    pub fn new(spec: BlocksSpec) -> Result<Self, SpecError> {
        let norms = spec.norm.as_ref().map_or(vec![BlockNorm::Two], |norms| norms.0.clone());
        let attackers = spec.attackers()?;
        if spec.correlation != 0.0 && norms != [BlockNorm::Two] {
            let expected = "0 in this norm: blocks are correlated in norm 2 alone";
            return Err(refused("correlation", spec.correlation, expected));
        }
        if let Some(prices) =
            spec.pay.as_ref().filter(|_| spec.correlation != 0.0 || spec.mix != 0.5)
        {
            let expected =
                "--eps: of a price nothing is known for correlated blocks, nor for a mix";
            return Err(refused("pay", prices, expected));
        }
        let mut arenas = Vec::new();
        for (norm, game) in spec.games()? {
            let choices = spec.choice.of(game.blocks()).map_err(|k| {
                let expected = format!("a vote of at most {} blocks", game.blocks().count());
                refused("choice", format!("vote={k}"), &expected)
            })?;
            for norm in norm.map_or(norms.clone(), |norm| vec![norm]) {
                let mut choices = choices.clone();
                // No classifier is known that attains the bound of norm 0.
                choices.retain(|choice| norm != BlockNorm::Zero || *choice != Choice::Optimum);
                arenas.push(Arena { game: game.clone(), norm, choices });
            }
        }
        let rows: usize = arenas.iter().map(|arena| arena.choices.len()).sum();
        if rows == 0 {
            let expected =
                "another choice, too: in norm 0 no classifier is known that attains the optimum";
            return Err(refused("choice", written(&spec.choice), expected));
        }
        let along = if spec.pay.is_some() { "pay" } else { "eps" };
        check_size(&spec, &[("choice", rows), (along, attackers.len())], MAX_ROWS, "rows")?;
        Ok(Self { spec, arenas, attackers })
    }

    fn solver<'a>(&self, arena: &'a Arena) -> Solver<'a> {
        let reach = self.attackers.iter().map(|attacker| attacker.reach());
        Solver::new(&arena.game, arena.norm, reach.fold(0.0, f64::max))
    }

    fn questions(&self) -> Result<Vec<BlocksQuestion>, SpecError> {
        let question = |arena: &Arena| -> Result<BlocksQuestion, SpecError> {
            // What linear classifiers look at takes no tables.
            let solver = Solver::new(&arena.game, arena.norm, 0.0);
            let mut cases = Vec::new();
            for &attacker in &self.attackers {
                for &choice in &arena.choices {
                    let decider = match choice {
                        Choice::Random => Decider::Random,
                        Choice::Vote(k) => Decider::Vote(k),
                        _ => match solver.answer(choice, attacker)?.weights {
                            Some(Weights::Linear(weights)) => Decider::Linear(weights),
                            _ => Decider::Constant,
                        },
                    };
                    cases.push(Case { norm: arena.norm, attacker, decider });
                }
            }
            let (game, mix) = (&arena.game, arena.game.blocks().mix());
            Ok(BlocksQuestion::new(game.task(), game.classifiers(), mix, cases)?)
        };
        self.arenas.iter().map(question).collect()
    }

    fn keys(
        &self,
        arena: &Arena,
        attacker: Attacker,
        choice: Choice,
        answer: &Answer,
        optimum: f64,
    ) -> Keys {
        let blocks = arena.game.blocks();
        let all = |of: fn(&Law) -> f64| {
            let mut numbers: Vec<String> =
                blocks.laws().iter().map(|law| of(law).to_string()).collect();
            if numbers.windows(2).all(|pair| pair[0] == pair[1]) {
                numbers.truncate(1);
            }
            numbers.join(" ")
        };
        let between = match answer.adversarial {
            Known::Between(low, high) => Some([low, high]),
            _ => None,
        };
        Keys {
            blocks: blocks.count() as u64,
            mean: all(Law::mean),
            data_std: all(Law::std),
            correlation: blocks.correlation(),
            mix: blocks.mix(),
            norm: arena.norm.word().to_owned(),
            eps: attacker.reach(),
            pay: match attacker {
                Attacker::Pays(price) => Some(price),
                Attacker::Budget(_) => None,
            },
            choice: choice.name().to_owned(),
            k: match choice {
                Choice::Vote(k) => Some(u64::from(k)),
                _ => None,
            },
            evaluated: match choice {
                Choice::Random | Choice::Single => 1,
                _ => blocks.count() as u64,
            },
            known: answer.adversarial.name().to_owned(),
            adversarial_low: between.map(|[low, _]| low),
            adversarial_high: between.map(|[_, high]| high),
            optimum,
        }
    }

    fn rates(arena: &Arena, choice: Choice, answer: &Answer) -> Vec<ExactRate> {
        let once = bias(arena.game.task().dimension());
        let clean = answer.clean;
        let attacked = answer.adversarial.exact();
        // Attacks only harm, so that right under attack is right on both. But a move that turns the likelier of two
        // classifiers may turn the other back, where they point apart.
        let blocks = arena.game.blocks();
        let swaps = choice == Choice::Random && blocks.correlation() < 0.0 && !blocks.is_fair();
        let robust = attacked.filter(|_| !swaps).map(|attacked| {
            let value = (attacked.value / clean.value).min(1.0);
            let error = (attacked.error + value * clean.error) / clean.value + f64::EPSILON;
            Bounded::probability(value, error)
        });
        let twice = 2.0 * once / clean.value;
        vec![
            ExactRate { value: Some(clean), bias: once },
            ExactRate { value: attacked, bias: once },
            ExactRate { value: robust, bias: twice },
            ExactRate { value: robust.map(Bounded::complement), bias: twice },
        ]
    }
}

impl Experiment for BlockGames {
    fn kind(&self) -> &'static Kind {
        &KIND
    }

    fn spec(&self) -> &dyn Spec {
        &self.spec
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn exact(&self, watch: &dyn Watch) -> Result<Vec<ExactRow>, SpecError> {
        watch.begin("blocks", Some((self.arenas.len() * self.attackers.len()) as u64));
        let mut rows = Vec::new();
        for arena in &self.arenas {
            let solver = self.solver(arena);
            let of = |&attacker: &Attacker| -> Result<Vec<ExactRow>, SpecError> {
                let optimum = solver.optimum(attacker.reach())?.value;
                let row = |&choice: &Choice| {
                    let answer = solver.answer(choice, attacker)?;
                    let keys = self.keys(arena, attacker, choice, &answer, optimum);
                    Ok(ExactRow { keys: keys.cells(), rates: Self::rates(arena, choice, &answer) })
                };
                watch.step(1);
                arena.choices.iter().map(row).collect()
            };
            let found: Vec<Vec<ExactRow>> =
                self.attackers.par_iter().map(of).collect::<Result<_, _>>()?;
            rows.extend(found.into_iter().flatten());
        }
        Ok(rows)
    }

    fn sampler(&self, drawing: &Drawing) -> Result<Box<dyn Sampler>, SpecError> {
        Ok(Box::new(BlocksSampler::new(self.questions()?, drawing)))
    }

    fn sampled(&self, tally: &Tally<'_>) -> Vec<SampledRow> {
        let rows: usize = self.arenas.iter().map(|arena| arena.choices.len()).sum();
        // Right on x, on both, and under attack, as the sampler counts.
        let row = |counts: &[u64]| SampledRow { counts: counts.to_vec(), found: Vec::new() };
        tally.counts.chunks_exact(3).take(rows * self.attackers.len()).map(row).collect()
    }

    fn files(&self) -> Vec<(&'static str, Cow<'_, [u8]>)> {
        match self.spec.task.problem() {
            Ok(problem) => vec![(TASK_FILE, problem.to_toml().into_bytes().into())],
            Err(_) => Vec::new(),
        }
    }

    fn caption(&self) -> String {
        rows::caption(&self.spec)
    }

    fn notes(&self, table: &Table) -> Vec<String> {
        let mut notes = self.spec.task.notes().to_vec();
        notes.extend(rows::notes(table));
        notes
    }
}
