"""What `python -m bench.liveness` measured, read from the JSON object it writes.

Only counts are believed: every bound that is published is worked out anew from them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from verify.calibration.proportion import Proportion
from verify.errors import FiguresRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One sort of attack."""

    name: str
    accepted: Proportion
    held_out: bool
    """Nothing was fitted or chosen on it."""
    known_to_pass: bool
    """Declared beforehand as what this system does not catch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCode:
    """Whether the shown colours are told from others."""

    wrong_accepted: Proportion
    genuine_rejected: Mapping[str, Proportion | float]
    """Ratio of screen to ambient light → refused genuine codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One run of the benchmark."""

    genuine: Proportion
    """Errors: genuine sessions that did not pass."""
    bands: Mapping[str, Proportion]
    """The same for each band of skin brightness."""
    ratios: Mapping[str, Proportion]
    """The same for each ratio of screen to ambient light."""
    families: tuple[Family, ...]
    """The worst first: by upper bound."""
    protocol: Proportion
    """Mutated sessions the protocol's gates accepted."""
    light_code: LightCode | None
    matching: Mapping[str, object]
    cost: Mapping[str, float]
    """Those of `COSTS` that were measured."""
    origin: Mapping[str, str]
    """machine, command, seed, seconds."""
    short: bool
    """A run of a few minutes, made to see that everything works."""


COSTS = (
    "frames_per_session",
    "described_per_session",
    "cpu_s_per_session",
    "cpu_s_per_90_frames",
    "customary_s_per_90_frames",
    "verdict_ms_p95",
    "sessions_per_s",
    "rss_mb",
)
_ORIGIN = ("machine", "command", "seed", "seconds")
_RATIO = "genuine_rejected_at_"


def is_figures(content: object) -> bool:
    """Whether a JSON value is meant to be the result of the whole benchmark."""
    return isinstance(content, dict) and {"genuine", "families", "protocol"} <= set(content)


def read(content: object) -> Figures:
    """Read the object.

    Raises:
        FiguresRefused: `where` names what is absent or of the wrong sort.
    """
    top = _object(content, "figures")
    genuine = _object(top.get("genuine"), "genuine")
    families = _object(top.get("families"), "families")
    read_families = [_family(name, value) for name, value in families.items()]
    light = top.get("light_code")
    return Figures(
        genuine=_count(genuine, "rejected", "n", "genuine"),
        bands=_split(genuine, "by_band"),
        ratios=_split(genuine, "by_ratio"),
        families=tuple(sorted(read_families, key=lambda one: -one.accepted.upper95)),
        protocol=_count(top.get("protocol"), "accepted", "mutations", "protocol"),
        light_code=None if light is None else _light(_object(light, "light_code")),
        matching=_object(top.get("matching", {}), "matching"),
        cost={name: _number(top[name], name) for name in COSTS if top.get(name) is not None},
        origin={name: _told(top[name]) for name in _ORIGIN if name in top},
        short=top.get("quick") is True,
    )


def _family(name: str, value: object) -> Family:
    where = f"families.{name}"
    content = _object(value, where)
    flags = [content.get(flag, False) for flag in ("held_out", "known_to_pass")]
    if not all(isinstance(flag, bool) for flag in flags):
        raise FiguresRefused(where)
    return Family(
        name=name,
        accepted=_count(content, "accepted", "n", where),
        held_out=flags[0],
        known_to_pass=flags[1],
    )


def _light(content: Mapping[str, Any]) -> LightCode:
    ratios = {
        key.removeprefix(_RATIO).removeprefix("at_"): _share(value, f"light_code.{key}")
        for key, value in content.items()
        if key.startswith((_RATIO, "at_"))
    }
    wrong = _count(content, "accepted", "wrong_codes", "light_code")
    return LightCode(wrong_accepted=wrong, genuine_rejected=ratios)


def _split(genuine: Mapping[str, Any], part: str) -> Mapping[str, Proportion]:
    where = f"genuine.{part}"
    counts = _object(genuine.get(part, {}), where)
    return {name: _count(one, "rejected", "n", f"{where}.{name}") for name, one in counts.items()}


def _share(value: object, where: str) -> Proportion | float:
    if isinstance(value, dict):
        return _count(value, "rejected", "n", where)
    return _number(value, where)


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FiguresRefused(where)
    return value


def _count(value: object, errors: str, trials: str, where: str) -> Proportion:
    content = _object(value, where)
    found, tried = (content.get(key) for key in (errors, trials))
    if type(found) is not int or type(tried) is not int or not 0 <= found <= tried:
        raise FiguresRefused(where)
    return Proportion(errors=found, trials=tried)


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise FiguresRefused(where)
    return float(value)


def _told(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
