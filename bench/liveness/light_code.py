"""How often a wrong light code is taken for the right one, and a right one is refused (simulated).

    python -m bench.liveness.light_code [--wrong 30000] [--genuine 300] [--quick]

A wrong code is a face lit by one random code while another was asked. Every genuine session is
also held against many codes it was not lit by, which is the same thing and much faster. Prints
lines for people, then one JSON object as its last line.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.liveness.lightscene import BANDS, LAPTOP, PHONE, Scene, anyone, sheet
from bench.liveness.lightsim import film, light_steps
from verify.defaults import DEFAULT_POLICY
from verify.liveness.cues import CueResult
from verify.liveness.light.code import (
    LAGS_MS,
    answers_of,
    colours_of,
    decoys_of,
    scores_of,
)
from verify.liveness.light.cue import LightCue
from verify.liveness.light.series import series_of
from verify.liveness.lightcode import draw_code

RATIOS = (0.10, 0.05)
"""Screen over ambient light."""
_QUICK = {"wrong_codes": 30_000, "genuine": 20, "sheets": 20}
_LAGS_MS = (40, 140)
_FIGURES = ("beta_half", "beta_half_t", "beta_full", "beta_full_t", "background")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One simulated session: what the cue says, and how many wrong codes would have passed."""

    result: CueResult
    wrong: int
    accepted: int


def run(
    *, wrong_codes: int = 30_000, genuine: int = 300, sheets: int = 150, seed: int = 7
) -> dict[str, Any]:
    """Simulate and judge; `genuine` sessions for each skin band and ratio."""
    rng = np.random.default_rng(seed)
    cells = [(ratio, band) for ratio in RATIOS for band in BANDS]
    each = math.ceil(wrong_codes / (genuine * len(cells)))
    people = {cell: [_person(rng, *cell, wrong=each) for _ in range(genuine)] for cell in cells}
    everyone = [session for sessions in people.values() for session in sessions]
    return {
        "simulated": True,
        "wrong_codes": sum(session.wrong for session in everyone),
        "accepted": sum(session.accepted for session in everyone),
        **{f"genuine_rejected_at_{ratio:.2f}": _refused(people, ratio) for ratio in RATIOS},
        "by_band": {f"{band}_at_{ratio:.2f}": _share(people[ratio, band]) for ratio, band in cells},
        "genuine": genuine * len(cells),
        "relief_at_0.10": {
            "head": _figures([one.result for band in BANDS for one in people[RATIOS[0], band]]),
            "flat": _figures([_sheet(rng, bent=False) for _ in range(sheets)]),
            "bent": _figures([_sheet(rng, bent=True) for _ in range(sheets)]),
        },
    }


def _person(rng: np.random.Generator, ratio: float, band: str, *, wrong: int) -> Session:
    scene = Scene(
        ratio=ratio,
        band=band,
        screen=(PHONE, LAPTOP)[int(rng.integers(2))],
        surface=anyone(rng),
        lag_ms=float(rng.uniform(*_LAGS_MS)),
    )
    evidence = film(light_steps(rng), scene, rng)
    result = LightCue().weigh(evidence, DEFAULT_POLICY)
    series = series_of(evidence)
    if result is None or series is None:
        message = "a simulated session has light steps"
        raise RuntimeError(message)
    policy = DEFAULT_POLICY.light
    answers, length = answers_of(series), len(series.segments)
    codes = [draw_code(length, randbelow=lambda n: int(rng.integers(n))) for _ in range(wrong)]
    others = [code for code in codes if code != series.segments]
    found = scores_of(answers, colours_of(others))
    decoys = scores_of(answers, decoys_of(length, policy.decoys)).score
    rank = (decoys[None] < found.score[:, None]).mean(axis=1)
    passed = (found.score >= policy.min_score) & (rank >= policy.min_rank) & _usual(found.lag)
    return Session(result=result, wrong=len(others), accepted=int(passed.sum()))


def _usual(lag: NDArray[np.int64]) -> NDArray[np.bool_]:
    policy = DEFAULT_POLICY.light
    seen = np.array(LAGS_MS)[lag]
    return (seen >= policy.min_lag_ms) & (seen <= min(policy.max_lag_ms, policy.usual_lag_ms))


def _sheet(rng: np.random.Generator, *, bent: bool) -> CueResult:
    scene = Scene(
        ratio=RATIOS[0],
        band=list(BANDS)[int(rng.integers(len(BANDS)))],
        screen=(PHONE, LAPTOP)[int(rng.integers(2))],
        surface=sheet(rng, bent=bent),
        background=0.95,
        lag_ms=float(rng.uniform(*_LAGS_MS)),
    )
    result = LightCue().weigh(film(light_steps(rng), scene, rng), DEFAULT_POLICY)
    if result is None:
        message = "a simulated session has light steps"
        raise RuntimeError(message)
    return result


def _refused(people: dict[tuple[float, str], list[Session]], ratio: float) -> float:
    return _share([one for band in BANDS for one in people[ratio, band]])


def _share(sessions: Sequence[Session]) -> float:
    return round(sum(_no(one.result) for one in sessions) / len(sessions), 5)


def _no(result: CueResult) -> bool:
    return result.finding is not None or result.spoof


def _figures(results: Sequence[CueResult]) -> dict[str, Any]:
    """Return what sessions whose code was followed measured: 2.5 %, median, 97.5 %."""
    told = [result.figures for result in results if _FIGURES[0] in result.figures]
    return {
        "n": len(results),
        "refused": sum(_no(result) for result in results),
        **{
            name: [
                round(float(value), 3)
                for value in np.percentile(
                    [one[name] for one in told if name in one], (2.5, 50, 97.5)
                )
            ]
            for name in _FIGURES
        },
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.liveness.light_code")
    parser.add_argument("--wrong", type=int, default=30_000)
    parser.add_argument("--genuine", type=int, default=300, help="for each skin band and ratio")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="a few seconds, for each test run")
    options = parser.parse_args(arguments)
    sizes = _QUICK if options.quick else {"wrong_codes": options.wrong, "genuine": options.genuine}
    figures = run(**sizes, seed=options.seed)
    print(f"wrong codes accepted: {figures['accepted']} of {figures['wrong_codes']} (simulated)")
    for ratio in RATIOS:
        share = figures[f"genuine_rejected_at_{ratio:.2f}"]
        print(f"genuine rejected at screen/ambient {ratio:.2f}: {share:.2%}")
    for name, told in figures["relief_at_0.10"].items():
        print(f"{name:5}", {key: told[key] for key in _FIGURES}, f"refused {told['refused']}")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
