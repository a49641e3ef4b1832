"""Fits the evidence models of `verify.defaults.fusion` on simulated sessions.

    python -m bench.liveness.fit sessions.jsonl

Each line of the file is one finished session of the fitting identities: whether it was genuine,
its family, and the figures its cues gave. Families held out of fitting must not be in it. Prints
the models as Python, to be put into `verify/defaults/fusion.py`, and one JSON line.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.policy.fusion import EvidenceModel, Term

_STEPS = 50
_LEAST_SESSIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A figure that may speak, and which way."""

    figure: str
    sign: int
    """+1: more of it speaks for a living head. A fit that says the opposite drops the figure."""
    log: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a modality's model may look like."""

    wishes: tuple[Wish, ...]
    against: frozenset[str]
    """Attack families it has to tell from people. Others show real heads, so that this modality
    sees nothing wrong with them; gates of another sort stop those."""
    least: float
    most: float
    floor: float | None
    ridge: float = 0.5
    """How firmly weights are held to zero, for standardised figures."""


_SHEETS = frozenset({"flat_print", "cutout_eyes"})
_SCREENS = frozenset({"screen_replay"})
_TINTS = frozenset({"half_relit"})
FRAMES: Mapping[str, Frame] = {
    "geometry": Frame(
        wishes=(
            Wish(figure="parallax", sign=1, log=True),
            Wish(figure="agreement", sign=1),
            Wish(figure="nose_gain", sign=1),
            Wish(figure="nod_parallax", sign=1, log=True, optional=True),
        ),
        against=_SHEETS,
        least=-4.0,
        most=4.0,
        floor=-2.0,
    ),
    "light": Frame(
        wishes=(
            Wish(figure="beta_full", sign=1),
            Wish(figure="beta_full_t", sign=1),
            Wish(figure="beta_core", sign=1),
            Wish(figure="beta_core_t", sign=1),
            Wish(figure="beta_half_t", sign=1),
            Wish(figure="score", sign=1),
            Wish(figure="background", sign=-1, optional=True),
            Wish(figure="iris", sign=1, optional=True),
        ),
        against=_SHEETS | _SCREENS | _TINTS,
        least=-4.0,
        most=4.0,
        # As likely a head as not: light is what an injected film has most trouble with.
        floor=0.0,
    ),
    "passive": Frame(
        wishes=(
            Wish(figure="moire", sign=-1, optional=True),
            Wish(figure="noise_ratio", sign=1, optional=True),
            Wish(figure="recompression", sign=-1, optional=True),
            Wish(figure="frame_edge", sign=-1, optional=True),
        ),
        against=_SHEETS | _SCREENS,
        least=-3.0,
        most=0.5,
        floor=None,
        # Rendered sheets have clean white rims and rendered rooms few doors: hold back.
        ridge=30.0,
    ),
}
"""Clips after the design: geometry and light ±4, passive −3…+0.5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One modality's figures over many sessions."""

    figures: tuple[Mapping[str, float], ...]
    genuine: NDArray[np.bool_]
    weights: NDArray[np.float64]
    """Genuine sessions and attacks weigh the same in all, and so does each attack family."""


def sample_of(sessions: Sequence[Mapping[str, Any]], modality: str, frame: Frame) -> Sample:
    """Return the sessions in which a modality saw all it looks for."""
    rows = [
        (str(session["family"]), bool(session["genuine"]), cue)
        for session in sessions
        if session["genuine"] or session["family"] in frame.against
        for cue in session["cues"]
        if cue["modality"] == modality and _whole(cue, frame)
    ]
    sizes = Counter(family for family, genuine, _ in rows if not genuine)
    people = sum(genuine for _, genuine, _ in rows)
    weights = [
        0.5 / people if genuine else 0.5 / (len(sizes) * sizes[family])
        for family, genuine, _ in rows
    ]
    return Sample(
        figures=tuple(_numbers(cue) for _, _, cue in rows),
        genuine=np.array([genuine for _, genuine, _ in rows], bool),
        weights=np.array(weights, np.float64) * len(rows),
    )


def fit(sample: Sample, modality: str, frame: Frame) -> EvidenceModel:
    """Fit one modality by weighted logistic regression with a small ridge.

    With both kinds weighing the same, the log odds are the log-likelihood ratio. Figures whose
    weight comes out against their expected sign are dropped and the rest fitted again.

    Raises:
        ValueError: Too few sessions of either kind.
    """
    people, attacks = int(sample.genuine.sum()), int((~sample.genuine).sum())
    if min(people, attacks) < _LEAST_SESSIONS:
        message = f"{modality}: {people} genuine and {attacks} attack sessions are too few"
        raise ValueError(message)
    terms = [_term(sample, wish) for wish in frame.wishes if _known(sample, wish)]
    signs = {wish.figure: wish.sign for wish in frame.wishes}
    while True:
        weights, bias = _regress(sample, terms, frame.ridge)
        wrong = [w * signs[t.figure] <= 0 for w, t in zip(weights, terms, strict=True)]
        if not any(wrong):
            break
        terms = [term for term, bad in zip(terms, wrong, strict=True) if not bad]
    fitted = tuple(
        replace(term, weight=round(weight, 3)) for term, weight in zip(terms, weights, strict=True)
    )
    return EvidenceModel(
        modality=modality,
        bias=round(bias, 3),
        terms=fitted,
        least=frame.least,
        most=frame.most,
        floor=-math.inf if frame.floor is None else frame.floor,
    )


def _whole(cue: Mapping[str, Any], frame: Frame) -> bool:
    """Return whether a cue came to its figures; where a gate broke before, nothing is weighed."""
    return all(wish.figure in cue for wish in frame.wishes if not wish.optional)


def _numbers(cue: Mapping[str, Any]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in cue.items()
        if isinstance(value, int | float) and math.isfinite(value)
    }


def _known(sample: Sample, wish: Wish) -> bool:
    seen = sum(wish.figure in figures for figures in sample.figures)
    return seen >= (_LEAST_SESSIONS if wish.optional else 0.9 * len(sample.figures))


def _value(figures: Mapping[str, float], wish: Wish | Term) -> float:
    value = figures.get(wish.figure, math.nan)
    return math.log(max(value, 1e-6)) if wish.log else value


def _term(sample: Sample, wish: Wish) -> Term:
    """Return a term with centre and scale of the pooled sample, by median and spread."""
    values = np.array([_value(figures, wish) for figures in sample.figures])
    low, middle, high = np.nanpercentile(values, (16, 50, 84))
    return Term(
        figure=wish.figure,
        centre=round(float(middle), 4),
        scale=round(max(float(high - low) / 2, 1e-3), 4),
        weight=0.0,
        log=wish.log,
        optional=wish.optional,
    )


def _regress(sample: Sample, terms: Sequence[Term], held: float) -> tuple[list[float], float]:
    """Return weights and bias by Newton's method (iteratively reweighted least squares)."""
    columns = [[_standard(figures, term) for figures in sample.figures] for term in terms]
    design = np.column_stack([*map(np.array, columns), np.ones(len(sample.figures))])
    ridge = np.diag([*(held for _ in terms), 1e-6])
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        odds = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (sample.weights * (sample.genuine - odds)) - ridge @ beta
        curve = (design * (sample.weights * odds * (1 - odds))[:, None]).T @ design + ridge
        beta = beta + np.linalg.solve(curve, gradient)
    return [float(weight) for weight in beta[:-1]], float(beta[-1])


def _standard(figures: Mapping[str, float], term: Term) -> float:
    value = _value(figures, term)
    if not math.isfinite(value):
        return 0.0 if term.optional else -4.0
    return min(4.0, max(-4.0, (value - term.centre) / term.scale))


def _plain(model: EvidenceModel) -> dict[str, Any]:
    """Return a model as JSON values; a floor that never refuses is null."""
    told = asdict(model)
    return told | {"floor": model.floor if math.isfinite(model.floor) else None}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit every modality the file tells of and print the models."""
    parser = argparse.ArgumentParser(prog="python -m bench.liveness.fit", description=__doc__)
    parser.add_argument(
        "sessions", type=Path, help="JSON lines written by python -m bench.liveness"
    )
    options = parser.parse_args(arguments)
    sessions = [json.loads(line) for line in options.sessions.read_text().splitlines() if line]
    models = []
    for modality, frame in FRAMES.items():
        sample = sample_of(sessions, modality, frame)
        print(f"{modality}: {sample.genuine.sum()} genuine, {(~sample.genuine).sum()} attacks")
        try:
            models.append(fit(sample, modality, frame))
        except ValueError as refused:
            print(refused, file=sys.stderr)
            return 1
    for model in models:
        print(f"{model!r},")
    print(json.dumps({"sessions": len(sessions), "models": [_plain(model) for model in models]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
