"""Figures of an earlier run of the same policy and code, to which a later one adds its sessions."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from bench.liveness.statistics import Rate

Summary = dict[str, Any]

_ERRORS = ("rejected", "accepted")
_BOUNDS = ("low", "high", "upper95")


class CarriedRefused(ValueError):  # noqa: N818 - what happened
    """The earlier figures cannot be added to."""


def load(file: Path, *, policy: str, build: str, seed: int, first: int) -> Summary:
    """Return an earlier run's figures, once it is certain that they may be added to.

    Args:
        file: What that run printed last.
        policy: Version of the policy in force.
        build: Digest of the code in force.
        seed: Of this run.
        first: Index of this run's first session of each family; so many must have been played.

    Raises:
        CarriedRefused: Another policy, code, seed, group or number of sessions, or a quick run.
    """
    earlier: Summary = json.loads(file.read_text(encoding="utf-8"))
    counts = {part["n"] for part in (earlier["genuine"], *earlier["families"].values())}
    same = (
        earlier.get("policy") == policy
        and earlier.get("build") == build
        and earlier["seed"] == seed
        and earlier["group"] == "reporting"
        and not earlier["quick"]
        and counts == {first}
    )
    if not same:
        msg = f"{file}: not {first} sessions of each family under this policy, code and seed"
        raise CarriedRefused(msg)
    return earlier


def joined(earlier: Summary, later: Summary) -> Summary:
    """Return both runs' figures as one: counts are added, and bounds follow from the sums.

    Args:
        earlier: A part of the figures: a count of errors with its parts, or a map of such.
        later: The same part of the later run's.
    """
    told = {name: _one(name, earlier.get(name), later.get(name)) for name in {**earlier, **later}}
    if "n" not in told:
        return told
    error = next(name for name in _ERRORS if name in told)
    events, tries = (sum(part.get(name, 0) for part in (earlier, later)) for name in (error, "n"))
    rate = Rate.of(events, tries)
    bounds = {name: round(getattr(rate, name), 5) for name in _BOUNDS}
    return told | {"n": tries, error: events} | bounds


def _one(name: str, earlier: object, later: object) -> object:
    if not isinstance(earlier, dict) or not isinstance(later, dict):
        return later if earlier is None else earlier
    return _counted(earlier, later) if name == "gates" else joined(earlier, later)


def _counted(earlier: dict[str, int], later: dict[str, int]) -> dict[str, int]:
    return dict((Counter(earlier) + Counter(later)).most_common())
