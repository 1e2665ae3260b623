"""A function for each verb. Written by generate.py from what the library declares; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

from . import _inputs
from ._result import Result, answered, tabled
from ._table import Table
from ._types import Data, Number, Numbers, Path, Progress, Words

__all__ = [
    "attack",
    "barrage",
    "blocks",
    "certify",
    "certify_nd",
    "claims",
    "evaluate",
    "fit",
    "nd",
    "query",
    "simulate",
    "sweep",
    "theory",
    "train",
]


def theory(
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    threshold: Numbers | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    stages: Words | None = None,
    votes_for: Number | None = None,
    spec: Path | dict[str, Any] | None = None,
    output: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
) -> Table:
    """Return exact values at a point or over a grid.

    Parameters
    ----------
    sigma : range, default "1"
        The standard deviation σ of θ: a number or a range. A number (0.5 or 8/255), a list
        (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31
        (log-spaced). The items of a list may be ranges. Ends are included, also where the step does
        not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count
        behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are
        put in ascending order, each once.
    eps : range, default "0.5"
        The adversary's budget ε: a number or a range.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    shift : number, default "1"
        The mean of θ.
    threshold : range, default "0"
        The k of stage `defended`, sgn(x + θ − k); a range gives the family.
    votes : votes, default "101"
        How many θ vote in stage `voted`: 101, or 1,11,101,inf.
    draws : same or fresh or persistent=T, default "same"
        How θ is drawn for the clean and the attacked input: same, one θ for both; fresh, the attacked
        one gets its own; persistent=T, it is judged T times, each with its own, and must be right
        always.
    stages : stages, default "undefended,defended,trained,voted"
        Which stages, separated by commas.
    votes_for : tolerance, optional
        Instead: how many votes are within this much of the limit's robust accuracy.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Table

    Examples
    --------
    >>> import gauss_sim as gs
    >>> t = gs.theory(sigma="0..2/5", eps=8/255, stages="trained")
    >>> t["sigma"]
    array([0. , 0.5, 1. , 1.5, 2. ])
    >>> gs.theory(votes_for=1e-4, sigma=1.0)["votes"]
    array([215])
    """
    return tabled("theory", locals())


def simulate(
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    threshold: Numbers | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    votes_by: Literal["checked", "draws", "median"] | None = None,
    tries_by: Literal["checked", "draws", "smallest"] | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    spec: Path | dict[str, Any] | None = None,
    engine: Literal["auto", "reference", "simd"] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return exact values beside simulated ones, with intervals and a verdict.

    Parameters
    ----------
    sigma : range, default "1"
        The standard deviation σ of θ: a number or a range. A number (0.5 or 8/255), a list
        (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31
        (log-spaced). The items of a list may be ranges. Ends are included, also where the step does
        not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count
        behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are
        put in ascending order, each once.
    eps : range, default "0.5"
        The adversary's budget ε: a number or a range.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    shift : number, default "1"
        The mean of θ.
    threshold : range, default "0"
        The k of stage `defended`, sgn(x + θ − k); a range gives the family.
    votes : votes, default "101"
        How many θ vote in stage `voted`: 101, or 1,11,101,inf.
    draws : same or fresh or persistent=T, default "same"
        How θ is drawn for the clean and the attacked input: same, one θ for both; fresh, the attacked
        one gets its own; persistent=T, it is judged T times, each with its own, and must be right
        always.
    stages : stages, default "undefended,defended,trained,voted"
        Which stages, separated by commas.
    samples : count, default "10000000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    votes_by : way, default "checked"
        How votes are drawn; all ways follow the same law. draws: all of them, and counted; median:
        the one that decides (of scores, their mean), from its exact law, at the same cost for any
        number; checked, where it is possible: the median, and in the same verdict all votes of the
        first 131,072 samples and of a tenth of a percent of all.
    tries_by : way, default "checked"
        How the tries of `draws` persistent=T are drawn; all ways follow the same law. draws: all T of
        them; smallest: of single draws the smallest, by which all are judged, from its exact law, at
        the same cost for any T; checked: the smallest, and in the same verdict all T tries of the
        first 131,072 samples and of a tenth of a percent of all, which cost T draws each; tries that
        are votes of 3 or more are always T votes, each by `votes_by`.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    engine : Literal["auto", "reference", "simd"], optional
        The kernel; no count depends on it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.simulate(sigma=1.0, eps=0.5, samples=1e5, seed=7)
    >>> r.agrees
    True
    >>> r["mc_robust_accuracy"].round(2)
    array([0.82, 0.86, 0.84, 0.83])
    """
    result: Result = answered("simulate", locals())
    return result


def sweep(
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    threshold: Numbers | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    votes_by: Literal["checked", "draws", "median"] | None = None,
    tries_by: Literal["checked", "draws", "smallest"] | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    spec: Path | dict[str, Any] | None = None,
    engine: Literal["auto", "reference", "simd"] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return rows over a range of sigma or eps, beside simulated ones, with a verdict and charts.

    Parameters
    ----------
    sigma : range, default "0..4"
        The standard deviation σ of θ: a number or a range. A number (0.5 or 8/255), a list
        (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31
        (log-spaced). The items of a list may be ranges. Ends are included, also where the step does
        not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count
        behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are
        put in ascending order, each once.
    eps : range, default "0.5"
        The adversary's budget ε: a number or a range.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    shift : number, default "1"
        The mean of θ.
    threshold : range, default "0"
        The k of stage `defended`, sgn(x + θ − k); a range gives the family.
    votes : votes, default "101"
        How many θ vote in stage `voted`: 101, or 1,11,101,inf.
    draws : same or fresh or persistent=T, default "same"
        How θ is drawn for the clean and the attacked input: same, one θ for both; fresh, the attacked
        one gets its own; persistent=T, it is judged T times, each with its own, and must be right
        always.
    stages : stages, default "undefended,defended,trained,voted"
        Which stages, separated by commas.
    samples : count, default "10000000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    votes_by : way, default "checked"
        How votes are drawn; all ways follow the same law. draws: all of them, and counted; median:
        the one that decides (of scores, their mean), from its exact law, at the same cost for any
        number; checked, where it is possible: the median, and in the same verdict all votes of the
        first 131,072 samples and of a tenth of a percent of all.
    tries_by : way, default "checked"
        How the tries of `draws` persistent=T are drawn; all ways follow the same law. draws: all T of
        them; smallest: of single draws the smallest, by which all are judged, from its exact law, at
        the same cost for any T; checked: the smallest, and in the same verdict all T tries of the
        first 131,072 samples and of a tenth of a percent of all, which cost T draws each; tries that
        are votes of 3 or more are always T votes, each by `votes_by`.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    engine : Literal["auto", "reference", "simd"], optional
        The kernel; no count depends on it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.sweep(sigma="0..4/9", samples=1e5)
    >>> r.plot("robust_accuracy")
    <Figure robust_accuracy_vs_sigma>
    """
    result: Result = answered("sweep", locals())
    return result


def nd(
    task: Path | dict[str, Any] | Sequence[Any] | None = None,
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    norm: Number | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    mean: Numbers | None = None,
    covariance: Numbers | Sequence[Sequence[float]] | None = None,
    prior: Number | None = None,
    shift: Numbers | None = None,
    defense_covariance: Numbers | Sequence[Sequence[float]] | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return the task in d dimensions: training, voting and the robust optimum.

    The task is a file in TOML, a dictionary with the sections of such a file, or made from `mean`,
    `covariance`, `prior`, `shift` and `defense_covariance`.

    Parameters
    ----------
    task : TASK.toml, optional
        The task: a TOML file.
    sigma : range, default "1"
        What multiplies θ − E[θ]: a number or a range. A number (0.5 or 8/255), a list (0.1,0.5,1) or
        a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31 (log-spaced). The
        items of a list may be ranges. Ends are included, also where the step does not lead there:
        0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count behind it,
        0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are put in
        ascending order, each once.
    eps : range, default "0.5"
        The adversary's budget ε, in its norm: a number or a range.
    norm : p, optional
        The adversary's norm, in place of the file's: p ≥ 1, or inf.
    votes : votes, default "101"
        How many θ vote in stage `voted`: 101, or 1,11,101,inf.
    draws : same or fresh or persistent=T, default "same"
        How θ is drawn for the clean and the attacked input: same, one θ for both; fresh, the attacked
        one gets its own; persistent=T, it is judged T times, each with its own, and must be right
        always.
    stages : stages, default "undefended,defended,trained,voted,optimum"
        Which stages, separated by commas.
    samples : count, default "100000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    mean : Numbers, optional
        The mean of x given y = 1: a list, or one number for all coordinates.
    covariance : Numbers | Sequence[Sequence[float]], optional
        The covariance of x given y: a number, a list of variances, or a matrix; 1 if left out.
    prior : Number, optional
        P[y = 1]; ½ if left out.
    shift : Numbers, optional
        The mean of θ, as `mean`; 0 if left out.
    defense_covariance : Numbers | Sequence[Sequence[float]], optional
        The covariance of θ at sigma = 1; 1 if left out.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> import numpy as np
    >>> r = gs.nd(mean=[1.2, 1.0], covariance=np.diag([1.0, 0.25]), norm=np.inf, eps=0.2, samples=0)
    >>> r["stage"].tolist()
    ['undefended', 'defended', 'trained', 'voted', 'optimum']
    """
    result: Result = answered("nd", _inputs.task(locals()))
    return result


def train(
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    train_size: Numbers | None = None,
    method: Words | None = None,
    epochs: Number | None = None,
    learning_rate: Number | None = None,
    batch_size: Number | None = None,
    repetitions: Number | None = None,
    seed: Number | None = None,
    shard: str | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return which threshold training on noisy inputs finds, how fast, and what that is worth.

    Parameters
    ----------
    sigma : range, default "1"
        The standard deviation σ of θ: a number or a range. A number (0.5 or 8/255), a list
        (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31
        (log-spaced). The items of a list may be ranges. Ends are included, also where the step does
        not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count
        behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are
        put in ascending order, each once.
    eps : range, default "0.5"
        The budget ε at which the learned classifiers are judged: a number or a range.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    shift : number, default "1"
        The mean of θ.
    train_size : range, default "100..1e5/log7"
        Examples in a training set: a number or a range, rounded to whole numbers.
    method : methods, default "zero-one,logistic,sgd"
        Which methods, separated by commas.
    epochs : count, default "20"
        How often sgd sees each example.
    learning_rate : number, default "0.1"
        How far each step of sgd goes down the gradient.
    batch_size : count, default "32"
        How many examples make a step of sgd; the last batch of an epoch may be smaller.
    repetitions : count, default "200"
        How many repetitions: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the
        most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.train(method="logistic", train_size=100, repetitions=20)
    >>> len(r)
    1
    """
    result: Result = answered("train", locals())
    return result


def claims(
    *,
    sigma: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    claim: Words | None = None,
    metric: Words | None = None,
    draws: Words | None = None,
    votes: Numbers | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    votes_by: Literal["draws", "median"] | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    shard: str | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return where each claim of the paper holds, or where not, with a witness.

    Without samples, unless they are asked for.

    Parameters
    ----------
    sigma : range, default "0..2/41"
        The region: standard deviations σ of θ. The claims are looked at on this grid; the frontiers
        between its points are found exactly. A number (0.5), a list (0.1,0.5,1) or a range: 0..4 (81
        points), 0..4:0.1 (step), 0..4/41 (count).
    eps : range, default "0..1.5/31"
        The region: budgets ε of the adversary.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    shift : number, default "1"
        The mean of θ.
    claim : claims, optional
        Which claims, separated by commas [default: all].
    metric : metrics, optional
        Which metrics: robust_accuracy, adversarial_accuracy, attack_success_rate [default: all].
    draws : draws, optional
        Which draw protocols [default: same,fresh,persistent=5].
    votes : list, optional
        The numbers of votes that the claims along votes compare, as in 1,11,101 [default: all]. The
        numbers of votes that vote-restores and vote-trade-off compare: each with the one before it,
        and nothing between or beyond. A list (1,11,101), a range (1..101), and inf for the limit; an
        even number decides as the odd one before it [default: every odd number and the limit].
    samples : count, default "0"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    votes_by : way, default "median"
        How votes are drawn; all ways follow the same law. draws: all of them, and counted; median:
        the one that decides (of scores, their mean), from its exact law, at the same cost for any
        number; checked, where it is possible: the median, and in the same verdict all votes of the
        first 131,072 samples and of a tenth of a percent of all.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.claims(claim="training-hurts", metric="robust_accuracy", draws="same", sigma=0.3, eps=0.1)
    >>> r["claim"].tolist(), r["holds"].tolist()
    (['training-hurts'], ['nowhere'])
    """
    result: Result = answered("claims", locals())
    return result


@overload
def attack(
    *,
    defense: Words | None = None,
    task: Words | None = None,
    dimension: Number | None = None,
    gain: Words | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    spreads: Numbers | None = None,
    shift: Number | None = None,
    sigma: Number | None = None,
    training: Words | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    eps: Numbers | None = None,
    attack: Words | None = None,
    steps: Numbers | None = None,
    eot: Numbers | None = None,
    budget: Numbers | None = None,
    step_size: Numbers | None = None,
    start: Words | None = None,
    loss: Words | None = None,
    judge: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    enough: None = None,
    law: None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result: ...
@overload
def attack(
    *,
    defense: Words | None = None,
    task: Words | None = None,
    dimension: Number | None = None,
    gain: Words | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    spreads: Numbers | None = None,
    shift: Number | None = None,
    sigma: Number | None = None,
    training: Words | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    eps: Numbers | None = None,
    attack: Words | None = None,
    steps: Numbers | None = None,
    eot: Numbers | None = None,
    budget: Numbers | None = None,
    step_size: Numbers | None = None,
    start: Words | None = None,
    loss: Words | None = None,
    judge: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    enough: Number,
    law: None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Table: ...
@overload
def attack(
    *,
    defense: Words | None = None,
    task: Words | None = None,
    dimension: Number | None = None,
    gain: Words | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    spreads: Numbers | None = None,
    shift: Number | None = None,
    sigma: Number | None = None,
    training: Words | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    eps: Numbers | None = None,
    attack: Words | None = None,
    steps: Numbers | None = None,
    eot: Numbers | None = None,
    budget: Numbers | None = None,
    step_size: Numbers | None = None,
    start: Words | None = None,
    loss: Words | None = None,
    judge: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    enough: None = None,
    law: Numbers,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Table: ...
def attack(
    *,
    defense: Words | None = None,
    task: Words | None = None,
    dimension: Number | None = None,
    gain: Words | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    spreads: Numbers | None = None,
    shift: Number | None = None,
    sigma: Number | None = None,
    training: Words | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    eps: Numbers | None = None,
    attack: Words | None = None,
    steps: Numbers | None = None,
    eot: Numbers | None = None,
    budget: Numbers | None = None,
    step_size: Numbers | None = None,
    start: Words | None = None,
    loss: Words | None = None,
    judge: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    enough: Number | None = None,
    law: Numbers | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result | Table:
    """Return what sign-PGD with EOT reaches against a random map, counted in gradients.

    Parameters
    ----------
    defense : defense, default "scale=1"
        What multiplies the input: add (1), scale=T (gains N(1, T²)), drop=Q (0 with probability Q,
        else 1), flip=Q (-1 with probability Q, else 1), list=GAIN:PROBABILITY,… or mirror=Q, which
        swaps two coordinates.
    task : gaussian or spheres, default "gaussian"
        The data: two classes around ±mean, or two spheres of different size against `defense` add.
    dimension : count, default "64"
        How many coordinates; mirror has two.
    gain : coordinates or shared, default "coordinates"
        Whether each coordinate has a gain of its own, or one is drawn for all.
    mean : number, default "0.25"
        The class mean μ of each coordinate: xᵢ | y ~ N(y·μ, data_std²); for mirror two numbers, as in
        2,-0.5.
    data_std : number, default "1"
        The standard deviation ν of a coordinate given y.
    spreads : s1,s2, default "1,1.6"
        For spheres: the standard deviations of a coordinate in the two classes.
    shift : number, default "1"
        The mean of θᵢ, which the classifier takes away again.
    sigma : number, optional
        The standard deviation σ of θᵢ; if not given, 1 for add and 0 for the others.
    training : untrained or trained, default "untrained"
        For mirror and spheres: whether the classifier is the best one of clean or of defended inputs.
    votes : votes, default "1"
        How many draws vote on an input: 1, or 1,11,101; inf for add and scale.
    draws : same or fresh or persistent=T, default "fresh"
        How the clean input and the attacked one are drawn for: same, one draw for both; fresh, the
        attacked one gets its own; persistent=T, it is judged T times, each with its own, and must be
        right always.
    eps : range, default "0.125"
        The budget ε in ℓ∞: a number or a range. A number (0.5 or 8/255), a list (0.1,0.5,1) or a
        range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31 (log-spaced). The
        items of a list may be ranges. Ends are included, also where the step does not lead there:
        0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count behind it,
        0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are put in
        ascending order, each once.
    attack : attacks, default "pgd,eot,full"
        Which attacks, separated by commas: none, off (gradients with the defense off), pgd (one
        gradient a step), eot, full (the strongest fixed move), optimum (the move that no defense
        survives better).
    steps : range, default "40"
        k, how many steps: a whole number or a range.
    eot : range, default "10"
        m, how many gradients eot averages in a step: a whole number or a range.
    budget : range, optional
        k·m instead of `steps` and `eot`: pgd takes all of it as steps; eot splits it in every way, m
        = 2, 5, 10, 20 and so on, up to one step.
    step_size : eps/N or NUMBER or best, default "eps/10"
        How far a step goes: a share of the budget, a number, or the best there is.
    start : zero or uniform, default "zero"
        Where the attack begins: at the input, or anywhere within the budget.
    loss : margin or cross-entropy, default "margin"
        What the attack ascends.
    judge : judges, default "final"
        Which iterates decide: final, the last on a new draw; any, one that was wrong while
        optimising; first, the first that was wrong, judged again; last, the last that was wrong,
        judged again.
    samples : count, default "100000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    enough : difference, optional
        Instead: the smallest budget within this much of the strongest attack's adversarial accuracy.
    law : steps, optional
        Instead: the exact law of a coordinate's position after these numbers of steps, as in 0..40:1.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result or Table
        A table of its own where `enough`, `law` is given.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.attack(defense="scale=5", attack="pgd", steps=[1, 10, 100], samples=0)
    >>> r["steps"]
    array([  1,  10, 100])
    >>> gs.attack(defense="drop=0.5", enough=0.05).columns[:4]
    ('attack', 'gradients', 'steps', 'eot')
    """
    answer: Result | Table = answered("attack", locals())
    return answer


def barrage(
    pool: Path | dict[str, Any] | Sequence[Any] | None = None,
    *,
    choose: Numbers | None = None,
    eps: Numbers | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    votes: Numbers | None = None,
    draws: Words | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return what several transformations of a pool do, in random order.

    The pool is a file in TOML, or a list of transformations x ↦ scale·x + N(shift, sigma²): dictionaries,
    or triples in this order.

    Parameters
    ----------
    pool : POOL.toml, optional
        The pool of transformations: a TOML file.
    choose : range, default "1"
        How many transformations of the pool are applied, in random order: 3, or 1..6.
    eps : range, default "0.5"
        The adversary's budget ε: a number or a range. A number (0.5 or 8/255), a list (0.1,0.5,1) or
        a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31 (log-spaced). The
        items of a list may be ranges. Ends are included, also where the step does not lead there:
        0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count behind it,
        0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are put in
        ascending order, each once.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    votes : votes, default "101"
        How many draws vote in stage `voted`: 101, or 1,11,101,inf.
    draws : same or fresh or persistent=T, default "same"
        How maps and noise are drawn for the clean and the attacked input: same, once for both; fresh,
        the attacked one gets its own; persistent=T, it is judged T times, each with its own, and must
        be right always.
    stages : stages, default "untrained,trained,voted"
        Which stages, separated by commas.
    samples : count, default "100000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.barrage([{"scale": 0.9}, {"shift": 0.8, "sigma": 0.3}, (1.1, 0.0, 0.5)], choose=[1, 2], samples=0)
    >>> sorted(set(r["choose"].tolist()))
    [1, 2]
    """
    result: Result = answered("barrage", _inputs.pool(locals()))
    return result


@overload
def certify(
    *,
    sigma: Numbers | None = None,
    n0: Numbers | None = None,
    n: Numbers | None = None,
    alpha: Numbers | None = None,
    radius: Numbers | None = None,
    predict: bool | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    threshold: Number | None = None,
    prior: Number | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    n_for: None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result: ...
@overload
def certify(
    *,
    sigma: Numbers | None = None,
    n0: Numbers | None = None,
    n: Numbers | None = None,
    alpha: Numbers | None = None,
    radius: Numbers | None = None,
    predict: bool | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    threshold: Number | None = None,
    prior: Number | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    n_for: Words,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Table: ...
def certify(
    *,
    sigma: Numbers | None = None,
    n0: Numbers | None = None,
    n: Numbers | None = None,
    alpha: Numbers | None = None,
    radius: Numbers | None = None,
    predict: bool | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    threshold: Number | None = None,
    prior: Number | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    n_for: Words | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result | Table:
    """Return what finitely many noisy answers certify, by randomized smoothing.

    Parameters
    ----------
    sigma : range, default "1"
        The standard deviation of the noise: a number or a range. A number (0.5 or 8/255), a list
        (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31
        (log-spaced). The items of a list may be ranges. Ends are included, also where the step does
        not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count
        behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are
        put in ascending order, each once.
    n0 : counts, default "100"
        How many noisy answers select the class: 100, or 10,100; inf selects as the smoothed
        classifier does.
    n : counts, default "1000"
        How many noisy answers are counted: 1e3,1e5,inf or 1e2..1e7/log31; inf is the smoothed
        classifier itself.
    alpha : range, default "0.001"
        α, how often a certificate may be wrong: a number or a range.
    radius : range, default "0.5"
        The radius that is certified, in units of x: a number or a range.
    predict : bool, default "false"
        PREDICT in place of CERTIFY: answer or abstain, without a radius.
    mean : number, default "1"
        The class mean μ: x | y ~ N(y·μ, data_std²).
    data_std : number, default "1"
        The standard deviation ν of x given y.
    shift : number, default "0"
        The mean of θ.
    threshold : number, default "0"
        The k of the base classifier sgn(x − k).
    prior : number, default "0.5"
        P[y = 1].
    samples : count, default "100000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    n_for : radius=R or abstain=A or loss=L, optional
        Instead: the smallest n for a radius, a share that abstains or a share that is lost.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result or Table
        A table of its own where `n_for` is given.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.certify(sigma=0.5, n0=100, n=[1e3, 1e5], radius=[0.25, 0.5], samples=0)
    >>> len(r)
    4
    >>> gs.certify(n_for="radius=4")["n"]
    array([218105.])
    """
    answer: Result | Table = answered("certify", locals())
    return answer


@overload
def certify_nd(
    task: Path | dict[str, Any] | Sequence[Any] | None = None,
    *,
    sigma: Numbers | None = None,
    train_sigma: Numbers | None = None,
    n0: Numbers | None = None,
    n: Numbers | None = None,
    alpha: Numbers | None = None,
    radius: Numbers | None = None,
    predict: bool | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    n_for: None = None,
    mean: Numbers | None = None,
    covariance: Numbers | Sequence[Sequence[float]] | None = None,
    prior: Number | None = None,
    shift: Numbers | None = None,
    defense_covariance: Numbers | Sequence[Sequence[float]] | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result: ...
@overload
def certify_nd(
    task: Path | dict[str, Any] | Sequence[Any] | None = None,
    *,
    sigma: Numbers | None = None,
    train_sigma: Numbers | None = None,
    n0: Numbers | None = None,
    n: Numbers | None = None,
    alpha: Numbers | None = None,
    radius: Numbers | None = None,
    predict: bool | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    n_for: Words,
    mean: Numbers | None = None,
    covariance: Numbers | Sequence[Sequence[float]] | None = None,
    prior: Number | None = None,
    shift: Numbers | None = None,
    defense_covariance: Numbers | Sequence[Sequence[float]] | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Table: ...
def certify_nd(
    task: Path | dict[str, Any] | Sequence[Any] | None = None,
    *,
    sigma: Numbers | None = None,
    train_sigma: Numbers | None = None,
    n0: Numbers | None = None,
    n: Numbers | None = None,
    alpha: Numbers | None = None,
    radius: Numbers | None = None,
    predict: bool | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    n_for: Words | None = None,
    mean: Numbers | None = None,
    covariance: Numbers | Sequence[Sequence[float]] | None = None,
    prior: Number | None = None,
    shift: Numbers | None = None,
    defense_covariance: Numbers | Sequence[Sequence[float]] | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result | Table:
    """Return certificates by randomized smoothing, of a classifier trained with noise in d dimensions.

    What ``gauss-sim nd --certify`` answers. The task is given as to `nd`.

    Parameters
    ----------
    task : TASK.toml, optional
        The task: a TOML file.
    sigma : range, default "1"
        The standard deviation σ of the noise under which it is asked, the same in every direction: a
        number or a range. A number (0.5 or 8/255), a list (0.1,0.5,1) or a range: 0..4 (81 points),
        0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31 (log-spaced). The items of a list may be
        ranges. Ends are included, also where the step does not lead there: 0..1:0.3 is 0, 0.3, 0.6,
        0.9, 1. A fraction as the end needs a step or a count behind it, 0..8/255:1/255 or 0..8/255/9,
        since 0..8/255 is 255 points from 0 to 8. Values are put in ascending order, each once.
    train_sigma : range, optional
        What multiplies θ − E[θ] of the file in training, τ: a number or a range [default: as
        `sigma`].
    n0 : counts, default "100"
        How many noisy answers select the class: 100, or 10,100; inf selects as the smoothed
        classifier does.
    n : counts, default "1000"
        How many noisy answers are counted: 1e3,1e5,inf or 1e2..1e7/log31; inf is the smoothed
        classifier itself.
    alpha : range, default "0.001"
        α, how often a certificate may be wrong: a number or a range.
    radius : range, default "0.5"
        The radius that is certified, in ℓ2 and units of x: a number or a range.
    predict : bool, default "false"
        PREDICT in place of CERTIFY: answer or abstain, without a radius.
    samples : count, default "100000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    n_for : radius=R or abstain=A or loss=L, optional
        Instead: the smallest n for a radius, a share that abstains or a share that is lost.
    mean : Numbers, optional
        The mean of x given y = 1: a list, or one number for all coordinates.
    covariance : Numbers | Sequence[Sequence[float]], optional
        The covariance of x given y: a number, a list of variances, or a matrix; 1 if left out.
    prior : Number, optional
        P[y = 1]; ½ if left out.
    shift : Numbers, optional
        The mean of θ, as `mean`; 0 if left out.
    defense_covariance : Numbers | Sequence[Sequence[float]], optional
        The covariance of θ at sigma = 1; 1 if left out.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result or Table
        A table of its own where `n_for` is given.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.certify_nd(mean=[1.2, 1.0], sigma=0.5, n=1000, radius=[0.25, 0.5], samples=0)
    >>> len(r)
    2
    """
    answer: Result | Table = answered("certify_nd", _inputs.task(locals()))
    return answer


def blocks(
    *,
    blocks: Numbers | None = None,
    norm: Words | None = None,
    eps: Numbers | None = None,
    pay: Numbers | None = None,
    choice: Numbers | None = None,
    mean: Numbers | None = None,
    data_std: Numbers | None = None,
    correlation: Number | None = None,
    mix: Number | None = None,
    task: Numbers | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Return what a random one of several sub-problems does, and what a vote of them.

    Parameters
    ----------
    blocks : list, optional
        How many blocks: a number, or several, as in 2,5 or 1..10:1 [default: 5]; of a task, which
        coordinates each has, from 0, as in 0-9,10-19 or 0-3+7,4-6.
    norm : 2 or 1 or inf or 0, optional
        In which norms a move of all blocks is counted; 0: how many are moved [default: 2].
    eps : range, default "1"
        The adversary's budget ε: a number or a range. A number (0.5 or 8/255), a list (0.1,0.5,1) or
        a range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31 (log-spaced). The
        items of a list may be ranges. Ends are included, also where the step does not lead there:
        0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count behind it,
        0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are put in
        ascending order, each once.
    pay : range, optional
        In place of eps: the adversary has no budget, but pays so much for a unit of it; an error is
        worth 1 to him.
    choice : choices, default "random,votes,single,joint,optimum"
        Who decides: random, votes (k = 1 to half of all), majority, vote=K, single, joint, optimum.
    mean : numbers, default "1.5"
        The mean of a block's distance from its boundary, on the right side: a number, or one for each
        block.
    data_std : numbers, default "1"
        Its standard deviation: a number, or one for each block.
    correlation : number, default "0"
        Of two blocks in norm 2: two classifiers of one input, whose weights have this scalar product.
    mix : number, default "0.5"
        How often the random choice takes the first of two blocks.
    task : TASK.toml, optional
        In place of mean and data_std: the task of nd, of whose coordinates the blocks are made.
    samples : count, default "100000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.blocks(blocks=3, eps=2, choice=["random", "optimum"], samples=0)
    >>> r["adversarial_accuracy"].round(3).tolist()
    [0.413, 0.725]
    """
    result: Result = answered("blocks", locals())
    return result


@overload
def query(
    *,
    attack: Words | None = None,
    queries: Numbers | None = None,
    eps: Numbers | None = None,
    step: Number | None = None,
    dimension: Number | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    sigma: Numbers | None = None,
    votes: Numbers | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    votes_by: Literal["draws", "median"] | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    queries_for: None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result: ...
@overload
def query(
    *,
    attack: Words | None = None,
    queries: Numbers | None = None,
    eps: Numbers | None = None,
    step: Number | None = None,
    dimension: Number | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    sigma: Numbers | None = None,
    votes: Numbers | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    votes_by: Literal["draws", "median"] | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    queries_for: Number,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Table: ...
def query(
    *,
    attack: Words | None = None,
    queries: Numbers | None = None,
    eps: Numbers | None = None,
    step: Number | None = None,
    dimension: Number | None = None,
    mean: Number | None = None,
    data_std: Number | None = None,
    shift: Number | None = None,
    sigma: Numbers | None = None,
    votes: Numbers | None = None,
    stages: Words | None = None,
    samples: Number | None = None,
    seed: Number | None = None,
    votes_by: Literal["draws", "median"] | None = None,
    confidence: Number | None = None,
    false_alarm: Number | None = None,
    precision: Number | None = None,
    shard: str | None = None,
    queries_for: Number | None = None,
    spec: Path | dict[str, Any] | None = None,
    resume: Path | None = None,
    time: Number | None = None,
    checkpoint_every: Number | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result | Table:
    """Return what a black-box attacker reaches with few questions against noisy answers.

    Parameters
    ----------
    attack : attacks, default "score"
        Which attacks, separated by commas: score (differences of scores along a basis), sign (their
        signs alone), nes (differences along random directions), simba (as published), label
        (differences of labels).
    queries : range, default "1000"
        How many questions: a number or a range. A number (0.5 or 8/255), a list (0.1,0.5,1) or a
        range: 0..4 (81 points), 0..4:0.1 (step), 0..4/41 (count), 1e-3..10/log31 (log-spaced). The
        items of a list may be ranges. Ends are included, also where the step does not lead there:
        0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction as the end needs a step or a count behind it,
        0..8/255:1/255 or 0..8/255/9, since 0..8/255 is 255 points from 0 to 8. Values are put in
        ascending order, each once.
    eps : range, default "1"
        How far he moves, in units of distance: a number or a range.
    step : number, optional
        How far from x he asks, in units of distance (nes: in the root mean square) [default: eps].
    dimension : count, default "100"
        How many coordinates x has; the classifier's direction is uniform among them.
    mean : number, default "2"
        The mean margin of a sample, in units of distance.
    data_std : number, default "1"
        The standard deviation of the margin of a sample.
    shift : number, default "1"
        The mean of the noise on the margin, which training takes away.
    sigma : range, default "1"
        The standard deviation σ of θ: a number or a range.
    votes : votes, default "101"
        How many draws an answer of stage `voted` has: their mean score, their majority; 101, or 1,101
        (1 is `trained`).
    stages : stages, default "undefended,defended,trained,voted"
        Which stages, separated by commas.
    samples : count, default "10000"
        How many samples: 1e9, 10_000_000, 10M; 0 for exact values only; with `precision` the most.
    seed : number, default "1"
        The seed; the same seed gives the same counts on any machine.
    votes_by : way, default "draws"
        How votes are drawn; all ways follow the same law. draws: all of them, and counted; median:
        the one that decides (of scores, their mean), from its exact law, at the same cost for any
        number; checked, where it is possible: the median, and in the same verdict all votes of the
        first 131,072 samples and of a tenth of a percent of all.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    false_alarm : probability, default "0.000001"
        The false-alarm rate: how often, at most, a run that is right says DISAGREE.
    precision : width, optional
        Stop when every interval is at most this wide. The full widths are looked at after doubling
        numbers of samples; intervals and verdict keep `confidence` and `false_alarm` over all looks
        (look j has the share 1/(j(j+1)) of their errors).
    shard : i/n, optional
        Draw only share i of n of the run, from 1; `gauss-sim merge` adds the shares.
    queries_for : share, optional
        Instead: the smallest number of questions with this share of the white-box attack's effect, as
        in 0.5.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    resume : Path, optional
        A folder whose run is to go on, to the same counts as without the stop.
    time : Number, optional
        Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.
    checkpoint_every : Number, optional
        How often the counts are kept in the folder while running.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result or Table
        A table of its own where `queries_for` is given.

    Examples
    --------
    >>> import gauss_sim as gs
    >>> r = gs.query(attack="score", dimension=100, mean=2, eps=1, queries=[200, 2000], stages="defended", samples=0)
    >>> r["queries"].tolist()
    [200, 2000]
    """
    answer: Result | Table = answered("query", locals())
    return answer


def evaluate(
    logs: Data | dict[str, Any] | None = None,
    *,
    paired: bool | None = None,
    votes: Numbers | None = None,
    tries: Numbers | None = None,
    compare: Data | None = None,
    confidence: Number | None = None,
    seed: Number | None = None,
    labels: Data | None = None,
    clean: Data | None = None,
    attacked: Data | None = None,
    undefended: Data | None = None,
    undefended_attacked: Data | None = None,
    spec: Path | dict[str, Any] | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Judge the logged predictions of your own randomised defense.

    The log is a file, or arrays: `labels` of N samples, predictions on the `clean` and on the `attacked`
    inputs, N × draws. The labels may stand in the place of the log.

    Parameters
    ----------
    logs : logs, optional
        The predictions: .npz with labels (N), clean (N, m), attacked (N, m'), perhaps undefended (N)
        and undefended_attacked (N); or CSV: sample,label,input,draw,prediction.
    paired : bool, default "false"
        Column by column, the clean and the attacked input have the same draw.
    votes : votes, default "1..101:2"
        How many draws vote: 1..101, or 1,11,101; beyond the logged draws the fitted task says it.
    tries : tries, default "1..50"
        How many draws a persistent attacker may try: 1..50, or 1,5,10.
    compare : logs, optional
        The log of another defense on the same samples: both side by side, with paired exact tests.
    confidence : probability, default "0.95"
        The confidence of every interval: 0.95, or 95%.
    seed : number, default "1"
        The seed of the order of samples, on which bets depend, and of votes among more than two
        classes.
    labels : file, optional
        The labels, N of them.
    clean : file, optional
        Predictions on the clean inputs, N × m.
    attacked : file, optional
        Predictions on the attacked inputs, N × m'.
    undefended : file, optional
        What the undefended model says of the clean inputs, N.
    undefended_attacked : file, optional
        What the undefended model says of inputs that are attacked against it, N.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> labels = rng.integers(0, 2, 200)
    >>> clean = np.where(rng.random((200, 8)) < 0.9, labels[:, None], 1 - labels[:, None])
    >>> attacked = np.where(rng.random((200, 8)) < 0.6, labels[:, None], 1 - labels[:, None])
    >>> r = gs.evaluate(labels, clean=clean, attacked=attacked, votes=[1, 7], tries=[1, 8])
    >>> one = r.rows[r["metric"] == "clean_accuracy"]
    >>> bool(one["estimate"][0] == (clean == labels[:, None]).mean())
    True
    >>> sorted(r.tables)
    ['counts', 'curves', 'fit', 'metrics']
    """
    with _inputs.files(_inputs.log(locals()), "logs", "compare", "labels", "clean", "attacked", "undefended", "undefended_attacked") as given:
        result: Result = answered("evaluate", given)
        return result


def fit(
    features: Data | dict[str, Any] | None = None,
    labels: Data | None = None,
    *,
    classes: Numbers | None = None,
    test: Data | Number | None = None,
    test_labels: Data | None = None,
    seed: Number | None = None,
    shrinkage: Numbers | None = None,
    norm: Number | None = None,
    eps: Numbers | None = None,
    sigma: Numbers | None = None,
    votes: Numbers | None = None,
    n: Numbers | None = None,
    n0: Numbers | None = None,
    alpha: Number | None = None,
    confidence: Number | None = None,
    spec: Path | dict[str, Any] | None = None,
    output: Path | None = None,
    force: bool = False,
    plots: bool = True,
    threads: int | None = None,
    progress: Progress = None,
) -> Result:
    """Fit the Gaussian task to your own features, and judge it by held-out rows.

    Features and labels are files or arrays.

    Parameters
    ----------
    features : features, optional
        The features, a row each: .npy, .npz (features or X), safetensors, or text with any usual
        separator.
    labels : file, optional
        Their labels, integers or strings; of an .npz, labels or y [default: those beside the
        features].
    classes : a,b, optional
        The two classes, of labels with more: A is −1, B is +1 [default: both, in order].
    test : share|file, default "0.5"
        Which rows are held out: a share of all, chosen at random, or the rows of another file.
    test_labels : file, optional
        The labels of `test` FILE [default: those beside its features].
    seed : number, default "1"
        The seed of the choice of held-out rows.
    shrinkage : lw or oas or none or NUMBER, default "lw"
        How the covariance is shrunk: Ledoit–Wolf, OAS, not at all, or by a number from 0 to 1.
    norm : p, default "2"
        The norm of the adversary's budget: 2, inf, 1, or any p ≥ 1.
    eps : range, optional
        The adversary's budget ε, in units of the features [default: 11 from 0 to where 5% is left]. A
        number (0.5 or 8/255), a list (0.1,0.5,1) or a range: 0..4 (81 points), 0..4:0.1 (step),
        0..4/41 (count), 1e-3..10/log31 (log-spaced). The items of a list may be ranges. Ends are
        included, also where the step does not lead there: 0..1:0.3 is 0, 0.3, 0.6, 0.9, 1. A fraction
        as the end needs a step or a count behind it, 0..8/255:1/255 or 0..8/255/9, since 0..8/255 is
        255 points from 0 to 8. Values are put in ascending order, each once.
    sigma : range, default "0"
        The standard deviation of noise on every feature: a number or a range.
    votes : votes, default "1,11"
        How many noisy answers vote, where sigma is above 0: 11, or 1,11,101,inf.
    n : counts, optional
        How many noisy answers are counted for a certificate, in the norm 2 [default: none are asked
        for].
    n0 : counts, default "100"
        How many select its class.
    alpha : number, default "0.001"
        How often it may be wrong.
    confidence : probability, default "0.95"
        The confidence of every interval, and of the band: 0.95, or 95%.
    spec : Path | dict[str, Any], optional
        The question from a file, or from a dictionary; other arguments stand over it.
    output : Path, optional
        A folder to write results and ``run.json`` into.
    force : bool
        Write over files that are there.
    plots : bool
        Whether the folder gets charts.
    threads : int, optional
        Worker threads; no number depends on it.
    progress : Progress
        Whether progress is shown, by default in a notebook; or what is called with what is done and
        the total.

    Returns
    -------
    Result

    Examples
    --------
    >>> import gauss_sim as gs
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> y = rng.integers(0, 2, 400)
    >>> X = rng.standard_normal((400, 3)) + y[:, None]
    >>> r = gs.fit(X, y, eps=[0.0, 0.5])
    >>> r["held_out"].tolist(), sorted(r.tables)
    ([200, 200], ['classifier', 'laws', 'margins', 'rows'])
    """
    with _inputs.files(locals(), "features", "labels", "test", "test_labels") as given:
        result: Result = answered("fit", given)
        return result
