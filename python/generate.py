#!/usr/bin/env python3
"""Writes gauss_sim/_verbs.py: a function for each verb, from the parameters that the library declares.

A new kind of experiment needs no more than a run of this script; a text below says what else its docstring has. With --check
it writes nothing, and fails where the file is not what it would write.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

# The package that is installed, which has the compiled module, and not the sources beside this script.
if sys.path and Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
    del sys.path[0]

from gauss_sim import _native  # noqa: E402

TARGET = Path(__file__).parent / "gauss_sim" / "_verbs.py"


class Own(NamedTuple):
    """A parameter that a function has besides those of the question."""

    name: str
    type: str
    about: str


class Text(NamedTuple):
    """What a docstring has besides parameters."""

    summary: str = ""
    details: str = ""
    example: str = ""
    own: tuple[Own, ...] = ()
    #: A function of _inputs that makes arguments of the question from these.
    inputs: str = ""
    #: Parameters that may be given by their place, after those of the command line.
    places: tuple[str, ...] = ()


#: What makes a task of d dimensions.
ND = (
    Own("mean", "Numbers | None", "The mean of x given y = 1: a list, or one number for all coordinates."),
    Own("covariance", "Numbers | Sequence[Sequence[float]] | None", "The covariance of x given y: a number, a list of variances, or a matrix; 1 if left out."),
    Own("prior", "Number | None", "P[y = 1]; ½ if left out."),
    Own("shift", "Numbers | None", "The mean of θ, as `mean`; 0 if left out."),
    Own("defense_covariance", "Numbers | Sequence[Sequence[float]] | None", "The covariance of θ at sigma = 1; 1 if left out."),
)

TEXTS = {
    "theory": Text(
        "Return exact values at a point or over a grid.",
        "",
        """
        >>> t = gs.theory(sigma="0..2/5", eps=8/255, stages="trained")
        >>> t["sigma"]
        array([0. , 0.5, 1. , 1.5, 2. ])
        >>> gs.theory(votes_for=1e-4, sigma=1.0)["votes"]
        array([215])
        """,
    ),
    "simulate": Text(
        "Return exact values beside simulated ones, with intervals and a verdict.",
        "",
        """
        >>> r = gs.simulate(sigma=1.0, eps=0.5, samples=1e5, seed=7)
        >>> r.agrees
        True
        >>> r["mc_robust_accuracy"].round(2)
        array([0.82, 0.86, 0.84, 0.83])
        """,
    ),
    "sweep": Text(
        "Return rows over a range of sigma or eps, beside simulated ones, with a verdict and charts.",
        "",
        """
        >>> r = gs.sweep(sigma="0..4/9", samples=1e5)
        >>> r.plot("robust_accuracy")
        <Figure robust_accuracy_vs_sigma>
        """,
    ),
    "claims": Text(
        "Return where each claim of the paper holds, or where not, with a witness.",
        "Without samples, unless they are asked for.",
        """
        >>> r = gs.claims(claim="training-hurts", metric="robust_accuracy", draws="same", sigma=0.3, eps=0.1)
        >>> r["claim"].tolist(), r["holds"].tolist()
        (['training-hurts'], ['nowhere'])
        """,
    ),
    "train": Text(
        "Return which threshold training on noisy inputs finds, how fast, and what that is worth.",
        "",
        """
        >>> r = gs.train(method="logistic", train_size=100, repetitions=20)
        >>> len(r)
        1
        """,
    ),
    "nd": Text(
        "Return the task in d dimensions: training, voting and the robust optimum.",
        "The task is a file in TOML, a dictionary with the sections of such a file, or made from `mean`, `covariance`, `prior`, `shift` "
        "and `defense_covariance`.",
        """
        >>> import numpy as np
        >>> r = gs.nd(mean=[1.2, 1.0], covariance=np.diag([1.0, 0.25]), norm=np.inf, eps=0.2, samples=0)
        >>> r["stage"].tolist()
        ['undefended', 'defended', 'trained', 'voted', 'optimum']
        """,
        ND,
        "task",
    ),
    "attack": Text(
        "Return what sign-PGD with EOT reaches against a random map, counted in gradients.",
        "",
        """
        >>> r = gs.attack(defense="scale=5", attack="pgd", steps=[1, 10, 100], samples=0)
        >>> r["steps"]
        array([  1,  10, 100])
        >>> gs.attack(defense="drop=0.5", enough=0.05).columns[:4]
        ('attack', 'gradients', 'steps', 'eot')
        """,
    ),
    "barrage": Text(
        "Return what several transformations of a pool do, in random order.",
        "The pool is a file in TOML, or a list of transformations x ↦ scale·x + N(shift, sigma²): dictionaries, or triples in this "
        "order.",
        """
        >>> r = gs.barrage([{"scale": 0.9}, {"shift": 0.8, "sigma": 0.3}, (1.1, 0.0, 0.5)], choose=[1, 2], samples=0)
        >>> sorted(set(r["choose"].tolist()))
        [1, 2]
        """,
        (),
        "pool",
    ),
    "certify": Text(
        "Return what finitely many noisy answers certify, by randomized smoothing.",
        "",
        """
        >>> r = gs.certify(sigma=0.5, n0=100, n=[1e3, 1e5], radius=[0.25, 0.5], samples=0)
        >>> len(r)
        4
        >>> gs.certify(n_for="radius=4")["n"]
        array([218105.])
        """,
    ),
}

TEXTS |= {
    "query": Text(
        "Return what a black-box attacker reaches with few questions against noisy answers.",
        "",
        """
        >>> r = gs.query(attack="score", dimension=100, mean=2, eps=1, queries=[200, 2000], stages="defended", samples=0)
        >>> r["queries"].tolist()
        [200, 2000]
        """,
    ),
    "blocks": Text(
        "Return what a random one of several sub-problems does, and what a vote of them.",
        "",
        """
        >>> r = gs.blocks(blocks=3, eps=2, choice=["random", "optimum"], samples=0)
        >>> r["adversarial_accuracy"].round(3).tolist()
        [0.413, 0.725]
        """,
    ),
    "certify_nd": Text(
        "Return certificates by randomized smoothing, of a classifier trained with noise in d dimensions.",
        "What ``gauss-sim nd --certify`` answers. The task is given as to `nd`.",
        """
        >>> r = gs.certify_nd(mean=[1.2, 1.0], sigma=0.5, n=1000, radius=[0.25, 0.5], samples=0)
        >>> len(r)
        2
        """,
        ND,
        "task",
    ),
    "evaluate": Text(
        "Judge the logged predictions of your own randomised defense.",
        "The log is a file, or arrays: `labels` of N samples, predictions on the `clean` and on the `attacked` inputs, N × draws. The labels may "
        "stand in the place of the log.",
        """
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
        """,
        inputs="log",
    ),
    "fit": Text(
        "Fit the Gaussian task to your own features, and judge it by held-out rows.",
        "Features and labels are files or arrays.",
        """
        >>> import numpy as np
        >>> rng = np.random.default_rng(1)
        >>> y = rng.integers(0, 2, 400)
        >>> X = rng.standard_normal((400, 3)) + y[:, None]
        >>> r = gs.fit(X, y, eps=[0.0, 0.5])
        >>> r["held_out"].tolist(), sorted(r.tables)
        ([200, 200], ['classifier', 'laws', 'margins', 'rows'])
        """,
        places=("labels",),
    ),
}

#: What every function takes: name, type, about, and whether it takes samples to mean something.
COMMON = [
    ("spec", "Path | dict[str, Any] | None", "The question from a file, or from a dictionary; other arguments stand over it.", False),
    ("engine", 'Literal["auto", "reference", "simd"] | None', "The kernel; no count depends on it.", "reference"),
    ("resume", "Path | None", "A folder whose run is to go on, to the same counts as without the stop.", True),
    ("time", "Number | None", 'Stop after this time: ``"90s"``, ``"10m"``, or a number of seconds.', True),
    ("checkpoint_every", "Number | None", "How often the counts are kept in the folder while running.", True),
    ("output", "Path | None", "A folder to write results and ``run.json`` into.", False),
    ("force", "bool", "Write over files that are there.", False),
    ("plots", "bool", "Whether the folder gets charts.", "charts"),
    ("threads", "int | None", "Worker threads; no number depends on it.", False),
    ("progress", "Progress", "Whether progress is shown, by default in a notebook; or what is called with what is done and the total.", False),
]

NUMBER = {"NUMBER", "PROBABILITY", "WIDTH", "COUNT", "P", "TOLERANCE", "DIFFERENCE", "SHARE"}
#: Files of arrays, in whose place an array may stand.
FILES = {"FILE", "FEATURES", "LOGS", "SHARE|FILE"}
WORDS = {"STAGES", "CLAIMS", "METRICS", "METHODS", "JUDGES", "DRAWS", "ATTACKS", "DEFENSE"}


def type_of(parameter: dict[str, Any]) -> str:
    placeholder, words = parameter["placeholder"], parameter["words"]
    if placeholder == "true|false":
        return "bool | None"
    if words:
        return f"Literal[{', '.join(repr(word) for word in words)}] | None".replace("'", '"')
    if placeholder in FILES and "|" in placeholder:
        return "Data | Number | None"
    if placeholder in FILES:
        return "Data | dict[str, Any] | None" if parameter["positional"] else "Data | None"
    if parameter["positional"]:
        return "Path | dict[str, Any] | Sequence[Any] | None"
    if placeholder in NUMBER:
        return "Number | None"
    if placeholder in WORDS or "|" in placeholder and "NUMBER" not in placeholder:
        return "Words | None"
    if placeholder == "I/N":
        return "str | None"
    return "Numbers | None"


def kind_of(placeholder: str) -> str:
    if placeholder == "true|false":
        return "bool"
    return placeholder.lower() if placeholder.isupper() else placeholder.replace("|", " or ")


def wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, 110 - len(indent), initial_indent=indent, subsequent_indent=indent)


def sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def function(verb: dict[str, Any]) -> str:
    name = verb["name"]
    text = TEXTS.get(name, Text())
    parameters = verb["parameters"]
    table = name == "theory"
    planners = [p for p in parameters if p["of"] == "planner"]
    returns = "Table" if table else "Result | Table" if planners else "Result"
    common = [
        (own, type, about)
        for own, type, about, condition in COMMON
        if condition is False or (verb[condition] if isinstance(condition, str) else verb["samples"])
    ]
    head, doc = [], []
    placed = [p for p in parameters if p["positional"]]
    placed += [p for name in text.places for p in parameters if p["name"] == name]
    head += [f"    {p['name']}: {type_of(p)} = None," for p in placed]
    head.append("    *,")
    own = [(own.name, own.type, own.about) for own in text.own]
    for parameter in parameters:
        if parameter not in placed:
            head.append(f"    {parameter['name']}: {type_of(parameter)} = None,")
    for own_name, type, _ in own:
        head.append(f"    {own_name}: {type} = None,")
    for own_name, type, _ in common:
        usual = {"force": "False", "plots": "True"}.get(own_name, "None")
        head.append(f"    {own_name}: {type} = {usual},")
    summary = text.summary or f"Ask a question of ``gauss-sim {name}``; see its help."
    doc += wrapped(summary, "    ")
    doc[0] = '    """' + doc[0].lstrip()
    if text.details:
        doc += ["", *wrapped(text.details, "    ")]
    doc += ["", "    Parameters", "    ----------"]

    def described(name: str, type: str, about: str) -> None:
        doc.append(f"    {name} : {type}")
        doc.extend(wrapped(about, "        "))

    for parameter in parameters:
        usual = f', default "{parameter["default"]}"' if parameter["default"] else ", optional"
        about = sentence(parameter["help"])
        if parameter["of"] == "plan" and about.startswith("How many samples"):
            about = about.replace("samples", parameter["name"], 1)
        if parameter["long_help"]:
            about += " " + sentence(parameter["long_help"])
        about = re.sub(r"--([a-z-]+)", lambda flag: f"`{flag[1].replace('-', '_')}`", about)
        described(parameter["name"], kind_of(parameter["placeholder"]) + usual, about)
    for own_name, type, about in own:
        described(own_name, type.replace(" | None", ", optional"), about)
    for own_name, type, about in common:
        described(own_name, type.replace(" | None", ", optional"), about)
    doc += ["", "    Returns", "    -------", f"    {returns.replace(' | ', ' or ')}"]
    if planners and not table:
        named = ", ".join(f"`{p['name']}`" for p in planners)
        doc += wrapped(f"A table of its own where {named} is given.", "        ")
    example = text.example
    if not example and not placed:
        usual = ", samples=0" if verb["samples"] and verb["least"] == 0 else ""
        example = f">>> r = gs.{name}({usual.removeprefix(', ')})\n>>> len(r) > 0\nTrue"
    if example:
        doc += ["", "    Examples", "    --------", "    >>> import gauss_sim as gs"]
        doc += ["    " + line for line in textwrap.dedent(example).strip().splitlines()]
    doc.append('    """')
    given = f"_inputs.{text.inputs}(locals())" if text.inputs else "locals()"
    if table:
        body = f'    return tabled("{name}", {given})'
    elif planners:
        body = f'    answer: Result | Table = answered("{name}", {given})\n    return answer'
    else:
        body = f'    result: Result = answered("{name}", {given})\n    return result'
    arrays = [p["name"] for p in parameters if p["placeholder"] in FILES]
    if arrays:
        lent = f"    with _inputs.files({given}, {', '.join(map(repr, arrays))}) as given:\n"
        body = lent.replace("'", '"') + textwrap.indent(body.replace(given, "given"), "    ")
    lines = [f"def {name}(", *head, f") -> {returns}:", *doc, body]
    if planners and not table:
        lines = [*overloads(name, head, planners), *lines]
    return "\n".join(lines) + "\n"


def overloads(name: str, head: list[str], planners: list[dict[str, Any]]) -> list[str]:
    """Says which arguments make a table."""
    lines: list[str] = []
    names = [p["name"] for p in planners]

    def line(text: str, wanted: str | None) -> str:
        own = text.strip().split(":")[0]
        if own not in names:
            return text
        type = text.split(":", 1)[1].split("=")[0].strip().removesuffix(" | None")
        return f"    {own}: {type}," if own == wanted else f"    {own}: None = None,"

    for wanted in [None, *names]:
        returns = "Result" if wanted is None else "Table"
        lines += ["@overload", f"def {name}(", *(line(text, wanted) for text in head), f") -> {returns}: ..."]
    return lines


def module() -> str:
    verbs = _native.verbs()
    names = "".join(f'    "{verb["name"]}",\n' for verb in sorted(verbs, key=lambda v: v["name"]))
    head = f'''"""A function for each verb. Written by generate.py from what the library declares; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

from . import _inputs
from ._result import Result, answered, tabled
from ._table import Table
from ._types import TYPES

__all__ = [
{names}]
'''
    body = "".join(f"\n\n{function(verb)}" for verb in verbs)
    types = [name for name in ("Data", "Number", "Numbers", "Path", "Progress", "Words") if re.search(rf"\b{name}\b", body)]
    return head.replace("TYPES", ", ".join(types)) + body


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    written = module()
    if parser.parse_args().check:
        current = TARGET.read_text(encoding="utf-8") == written
        if not current:
            print(f"{TARGET} is not what the library declares: run python/generate.py", file=sys.stderr)
        return 0 if current else 1
    TARGET.write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
