"""The straight-lined outlines SVG shapes are made of."""

import re
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Outline = NDArray[np.float64]
"""N × 2 corners, user units."""

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMAND = re.compile(r"([MmHhVvLlZz])([^A-Za-z]*)")
_Point = tuple[float, float]


def numbers(text: str) -> list[float]:
    """Return every number in an attribute."""
    return [float(number) for number in _NUMBER.findall(text)]


def rectangle(attributes: Mapping[str, str], size: _Point) -> Outline:
    """Return a ``rect``; percentages are of the picture's size."""
    x, y = (_length(attributes.get(key, "0"), 0) for key in ("x", "y"))
    width, height = (
        _length(attributes.get(key, "0"), whole)
        for key, whole in zip(("width", "height"), size, strict=True)
    )
    return np.asarray(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))


def _length(text: str, whole: float) -> float:
    number = numbers(text)[0]
    return number / 100 * whole if text.endswith("%") else number


def runs(commands: str) -> list[Outline]:
    """Return a path's runs of straight segments (M, H, V, L, Z and their relative forms)."""
    found: list[list[_Point]] = []
    at = start = (0.0, 0.0)
    for letter, text in _COMMAND.findall(commands):
        if letter in "Zz":
            at = start
            continue
        visited = _visited(letter, numbers(text), at)
        if letter in "Mm" and visited:
            start = visited[0]
            found.append([])
        found[-1] += visited
        at = visited[-1]
    return [np.asarray(run, np.float64) for run in found if len(run) > 1]


def _visited(letter: str, values: list[float], at: _Point) -> list[_Point]:
    """Return the corners one path command visits, ``at`` not among them."""
    found = []
    width = 1 if letter in "HhVv" else 2
    for index in range(0, len(values) - width + 1, width):
        x, y = at if letter.islower() else (0.0, 0.0)
        match letter.upper():
            case "H":
                at = (x + values[index], at[1])
            case "V":
                at = (at[0], y + values[index])
            case _:
                at = (x + values[index], y + values[index + 1])
        found.append(at)
    return found


def thickened(line: Outline, width: float) -> list[Outline]:
    """Return a stroked line as rectangles, one a segment, with flat ends."""
    pieces = []
    for start, end in pairwise(line):
        along = end - start
        length = float(np.hypot(along[0], along[1]))
        if length > 0:
            aside = np.asarray((-along[1], along[0])) / length * width / 2
            pieces.append(np.asarray((start + aside, end + aside, end - aside, start - aside)))
    return pieces
