//! The kernel that counts a batch, sixteen samples at a time.

use super::order::{Lanes, Orders};
use super::{Ballot, BarrageQuestion, Judge};
use crate::batch::Monitored;
use crate::counts::Counts;
use crate::dispatch::{Fma, dispatched};
use crate::draws::Batch;
use crate::normal::pair;
use crate::stream::{LANES, Purpose, Stream};

/// The number of votes, some milliseconds, between checks of the monitor.
const OFTEN: u32 = 1 << 14;

/// A mask with one bit per sample.
type Mask = u16;

/// A prepared question and its working memory, one per thread.
#[derive(Debug, Clone)]
pub(super) struct Kernel<'a> {
    question: &'a BarrageQuestion,
    groups: Vec<Group>,
    /// The judges that vote by regions.
    sure: Vec<usize>,
    orders: Orders,
}

/// The judges with the same number of votes.
#[derive(Debug, Clone)]
struct Group {
    votes: u32,
    /// The number of votes since the last check of the monitor.
    since: u32,
    longest: usize,
    /// The distinct moves of these judges.
    moves: Vec<f64>,
    /// The judges that are evaluated after each number of maps.
    after: Vec<Vec<Member>>,
}

/// A judge, and the indices of its moves.
#[derive(Debug, Clone)]
struct Member {
    judge: usize,
    threshold: f64,
    moves: Vec<usize>,
    /// The number of votes for +1 for each of its inputs: `votes[input][lane]`.
    votes: Vec<[u32; LANES]>,
}

impl<'a> Kernel<'a> {
    pub(super) fn new(question: &'a BarrageQuestion) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut sure = Vec::new();
        for (index, judge) in question.judges.iter().enumerate() {
            match judge.votes {
                Ballot::Regions { .. } => sure.push(index),
                Ballot::Drawn(votes) => {
                    let known = groups.iter().position(|group| group.votes == votes);
                    let known = known.unwrap_or_else(|| {
                        groups.push(Group {
                            votes,
                            longest: 0,
                            moves: Vec::new(),
                            since: 0,
                            after: Vec::new(),
                        });
                        groups.len() - 1
                    });
                    groups[known].add(index, judge);
                }
            }
        }
        Self { question, groups, sure, orders: Orders::new(&question.pool) }
    }
}

impl Group {
    fn add(&mut self, index: usize, judge: &Judge) {
        self.longest = self.longest.max(judge.choose);
        let moves = judge.moves.iter().map(|z| {
            self.moves.iter().position(|known| known == z).unwrap_or_else(|| {
                self.moves.push(*z);
                self.moves.len() - 1
            })
        });
        let moves: Vec<usize> = moves.collect();
        if self.after.len() < self.longest {
            self.after.resize(self.longest, Vec::new());
        }
        let votes = vec![[0; LANES]; 1 + moves.len()];
        self.after[judge.choose - 1].push(Member {
            judge: index,
            threshold: judge.threshold,
            moves,
            votes,
        });
    }

    fn members(&mut self) -> impl Iterator<Item = &mut Member> {
        self.after.iter_mut().flatten()
    }

    /// Draws all votes on these inputs: the clean one first if `clean` is set, and then one for each of the moves if
    /// `moved` is set. Returns a fair coin for each lane, which breaks ties.
    #[inline(always)]
    fn vote<F: Fma>(
        &mut self,
        orders: &mut Orders,
        stream: &mut Stream,
        inputs: &[Lanes],
        room: &mut Vec<Lanes>,
        [clean, moved]: [bool; 2],
        monitored: &Monitored<'_>,
    ) -> Mask {
        let mut coins: Mask = 0;
        if self.votes.is_multiple_of(2) {
            let words = stream.step();
            for lane in 0..LANES {
                coins |= ((words[lane] >> 31) as u16) << lane;
            }
        }
        self.members().for_each(|member| member.votes.iter_mut().for_each(|v| *v = [0; LANES]));
        for _ in 0..self.votes {
            self.since += 1;
            if self.since > OFTEN {
                self.since = 0;
                if monitored.asks_to_give_up() {
                    break;
                }
            }
            room.clear();
            room.extend_from_slice(inputs);
            orders.begin();
            for place in 0..self.longest {
                let step = orders.step::<F>(stream, place);
                room.iter_mut().for_each(|values| step.apply(values));
                for member in &mut self.after[place] {
                    if clean {
                        tell(&mut member.votes[0], &room[0], member.threshold);
                    }
                    if moved {
                        let behind = usize::from(clean);
                        for (votes, input) in member.votes[1..].iter_mut().zip(&member.moves) {
                            tell(votes, &room[behind + input], member.threshold);
                        }
                    }
                }
            }
        }
        coins
    }
}

#[inline(always)]
fn tell(votes: &mut [u32; LANES], values: &Lanes, threshold: f64) {
    for lane in 0..LANES {
        votes[lane] += u32::from(values[lane] > threshold);
    }
}

/// Returns the samples for which the majority is +1.
#[inline(always)]
fn majority(votes: &[u32; LANES], all: u32, coins: Mask) -> Mask {
    let mut plus: Mask = 0;
    for lane in 0..LANES {
        let (twice, coin) = (2 * u64::from(votes[lane]), coins >> lane & 1);
        let decided = u16::from(twice > u64::from(all));
        plus |= (if twice == u64::from(all) { coin } else { decided }) << lane;
    }
    plus
}

/// The data of sixteen samples.
struct Data {
    /// The samples that exist, and those of class +1.
    there: Mask,
    plus: Mask,
    x: Lanes,
    /// y as a number.
    y: Lanes,
    /// The samples with x above 0.
    above: Mask,
}

impl Data {
    /// Draws the data from two words per lane: a normal and a fair coin.
    #[inline(always)]
    fn draw<F: Fma>(stream: &mut Stream, question: &BarrageQuestion, there: Mask) -> Self {
        let (mean, data_std) = (question.task.mean(), question.task.data_std());
        let (radius, angle) = (stream.step(), stream.step());
        let mut data = Self { there, plus: 0, x: [0.0; LANES], y: [0.0; LANES], above: 0 };
        for lane in 0..LANES {
            let plus = radius[lane] & 1;
            let (z, _) = pair::<F>(radius[lane], angle[lane]);
            data.y[lane] = if plus == 1 { 1.0 } else { -1.0 };
            data.x[lane] = data.y[lane] * mean + data_std * f64::from(z);
            data.plus |= (plus as u16) << lane;
            data.above |= u16::from(data.x[lane] > 0.0) << lane;
        }
        data
    }

    /// Returns x − y·z.
    #[inline(always)]
    fn moved(&self, z: f64) -> Lanes {
        let mut moved = self.x;
        for lane in 0..LANES {
            moved[lane] -= self.y[lane] * z;
        }
        moved
    }

    /// Returns the samples that exist and are right, if `says` are classified as +1.
    fn right(&self, says: Mask) -> Mask {
        !(says ^ self.plus) & self.there
    }
}

fn count_of(mask: Mask) -> u64 {
    u64::from(mask.count_ones())
}

dispatched! {
    /// Adds the first `samples` of a batch to `counts`.
    pub(super) fn count_batch(
        kernel: &mut Kernel<'_>, batch: Batch<'_>, counts: &mut Counts,
    ) = count_body
}

#[inline(always)]
fn count_body<F: Fma>(kernel: &mut Kernel<'_>, batch: Batch<'_>, counts: &mut Counts) {
    let Batch { seed, number, monitored, .. } = batch;
    let samples = batch.samples as u64;
    let stream = |purpose| Stream::new(seed, number, purpose);
    let mut data_stream = stream(Purpose::BarrageData);
    let mut streams: Vec<[Stream; 2]> = kernel
        .groups
        .iter()
        .map(|group| {
            [Purpose::BarrageVotes(group.votes), Purpose::BarrageSecondVotes(group.votes)]
                .map(stream)
        })
        .collect();
    // The coins of votes in the limit: the streams of zero votes.
    let mut coins = [Purpose::BarrageVotes(0), Purpose::BarrageSecondVotes(0)].map(stream);
    kernel.orders.restart();
    let (mut inputs, mut room) = (Vec::new(), Vec::new());
    let lanes = LANES as u64;
    for start in (0..samples).step_by(LANES) {
        let there = if samples - start >= lanes { !0 } else { (1 << (samples - start)) - 1 };
        if monitored.is_given_up() {
            break;
        }
        let data = Data::draw::<F>(&mut data_stream, kernel.question, there);
        for (group, [first, second]) in kernel.groups.iter_mut().zip(&mut streams) {
            let votes = group.votes;
            inputs.clear();
            inputs.push(data.x);
            inputs.extend(group.moves.iter().map(|z| data.moved(*z)));
            let tries = kernel.question.draws.tries();
            let (together, orders) = (tries == 0, &mut kernel.orders);
            let seen = if together { inputs.as_slice() } else { &inputs[..1] };
            let of = [true, together];
            let coins = group.vote::<F>(orders, first, seen, &mut room, of, monitored);
            let mut clean = Vec::new();
            for member in group.members() {
                let says = majority(&member.votes[0], votes, coins);
                let right = data.right(says);
                let margin = &mut counts.margins[member.judge];
                margin.above[0] += count_of(right);
                margin.invariant += count_of(!(says ^ data.above) & data.there);
                clean.push(right);
            }
            let budgets: usize = group.members().map(|member| member.moves.len()).sum();
            // The samples that each judge classified correctly in every try, at each of its budgets.
            let mut alive = vec![there; budgets];
            let withstood = |group: &mut Group, coins: Mask, alive: &mut [Mask]| {
                let votes = group.votes;
                let seen = group.members().flat_map(|member| &member.votes[1..]);
                for (alive, plus) in alive.iter_mut().zip(seen) {
                    *alive &= data.right(majority(plus, votes, coins));
                }
            };
            if together {
                withstood(group, coins, &mut alive);
            }
            for _ in 0..tries {
                let (moved, of) = (&inputs[1..], [false, true]);
                let coins = group.vote::<F>(orders, second, moved, &mut room, of, monitored);
                withstood(group, coins, &mut alive);
                // A sample that was wrong once stays wrong.
                if alive.iter().all(|alive| *alive == 0) || monitored.is_given_up() {
                    break;
                }
            }
            let mut alive = alive.iter();
            for (member, clean) in group.members().zip(clean) {
                let margin = &mut counts.margins[member.judge];
                for budget in 0..member.moves.len() {
                    let Some(robust) = alive.next() else { break };
                    margin.above[1 + budget] += count_of(*robust);
                    if let Some(both) = &mut margin.both {
                        both[budget] += count_of(robust & clean);
                    }
                }
            }
        }
        for index in &kernel.sure {
            count_sure(kernel.question, *index, &data, &mut coins, counts);
        }
    }
    counts.samples += samples;
}

/// Counts a judge that votes by regions. The coin of a region of ½ is the same for both inputs if they share their
/// draws.
fn count_sure(
    question: &BarrageQuestion,
    index: usize,
    data: &Data,
    [first, second]: &mut [Stream; 2],
    counts: &mut Counts,
) {
    let judge = &question.judges[index];
    let Ballot::Regions { edges, says } = &judge.votes else { return };
    let toss = |stream: &mut Stream| {
        let words = stream.step();
        (0..LANES).fold(0, |coins: Mask, lane| coins | ((words[lane] >> 31) as u16) << lane)
    };
    let say = |x: &Lanes, coins: Mask| {
        (0..LANES).fold(0, |plus: Mask, lane| {
            let share = says[edges.partition_point(|edge| *edge < x[lane])];
            let coin = coins >> lane & 1;
            let one = if share == 0.5 { coin } else { u16::from(share > 0.5) };
            plus | one << lane
        })
    };
    let open = says.contains(&0.5);
    let coins = if open { toss(first) } else { 0 };
    let clean = say(&data.x, coins);
    let right = data.right(clean);
    let margin = &mut counts.margins[index];
    margin.above[0] += count_of(right);
    margin.invariant += count_of(!(clean ^ data.above) & data.there);
    let tries = question.draws.tries();
    let mut robust = vec![data.there; judge.moves.len()];
    for attempt in 0..tries.max(1) {
        let coins = if open && tries > 0 { toss(second) } else { coins };
        for (robust, z) in robust.iter_mut().zip(&judge.moves) {
            *robust &= data.right(say(&data.moved(*z), coins));
        }
        let decided = robust.iter().all(|robust| *robust == 0);
        // Without a coin, another try gives the same result.
        if !open || decided || attempt + 1 == tries {
            break;
        }
    }
    for (budget, robust) in robust.iter().enumerate() {
        margin.above[1 + budget] += count_of(*robust);
        if let Some(both) = &mut margin.both {
            both[budget] += count_of(robust & right);
        }
    }
}
