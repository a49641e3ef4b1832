"""Paint the few SVG shapes codes are drawn with, as a phone's screen would.

Covers what makers of QR and Code 128 pictures use: ``path`` with straight segments, ``rect``,
filled or stroked, inherited colours, and ``translate``/``scale`` on any element.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from xml.parsers import expat

import cv2
import numpy as np
from numpy.typing import NDArray

from sandbox.terminal.outlines import Outline, numbers, rectangle, runs, thickened

Grey = NDArray[np.uint8]

_SIDE = 900  # pixels of the longer side: enough for a camera's eye, quick to paint
_MARGIN = 40
_MAX_SVG = 1 << 20
_SUBPIXEL_BITS = 6
_WHITE, _BLACK = 255, 0
_NOTHING = {"none", "transparent"}
_LIGHT = {"white", "#fff", "#ffffff"}
_MOVE = re.compile(r"(translate|scale)\(([^)]*)\)")


class UnreadablePictureError(Exception):
    """The picture is no SVG, or it shows no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    """What an element inherits: paint, and the scale and shift to the picture's units."""

    fill: str = "black"
    stroke: str = "none"
    stroke_width: float = 1.0
    scale: tuple[float, float] = (1.0, 1.0)
    shift: tuple[float, float] = (0.0, 0.0)

    def inside(self, attributes: dict[str, str]) -> "_Style":
        """Return the style of a child element."""
        style = replace(
            self,
            fill=attributes.get("fill", self.fill).lower(),
            stroke=attributes.get("stroke", self.stroke).lower(),
            stroke_width=float(attributes.get("stroke-width", self.stroke_width)),
        )
        for name, text in _MOVE.findall(attributes.get("transform", "")):
            style = style.moved(name, numbers(text))
        return style

    def moved(self, name: str, values: list[float]) -> "_Style":
        """Return the style after one more ``translate`` or ``scale``."""
        if name == "scale":
            x, y = values[0], values[-1]
            return replace(self, scale=(self.scale[0] * x, self.scale[1] * y))
        x, y = (*values, 0.0)[:2]
        shift = (self.shift[0] + self.scale[0] * x, self.shift[1] + self.scale[1] * y)
        return replace(self, shift=shift)

    def placed(self, outlines: Iterable[Outline]) -> list[Outline]:
        """Return outlines in the picture's units."""
        return [outline * self.scale + self.shift for outline in outlines]


@dataclass(slots=True)
class _Drawing:
    """Shapes in painting order, each a grey and its outlines (even-odd)."""

    origin: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] = (0.0, 0.0)
    shapes: list[tuple[int, list[Outline]]] = field(default_factory=list)
    styles: list[_Style] = field(default_factory=lambda: [_Style()])

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take an element's opening tag."""
        style = self.styles[-1].inside(attributes)
        self.styles.append(style)
        name = tag.rpartition(":")[2]
        if name == "svg":
            self._measure(attributes)
        elif name == "rect":
            self._add(style, [rectangle(attributes, self.size)])
        elif name == "path":
            self._add(style, runs(attributes.get("d", "")))

    def end(self, _tag: str) -> None:
        """Take an element's closing tag."""
        self.styles.pop()

    def _measure(self, attributes: dict[str, str]) -> None:
        box = numbers(attributes.get("viewBox", ""))
        if not box:
            box = [0.0, 0.0, *(numbers(attributes.get(key, "0"))[0] for key in ("width", "height"))]
        self.origin, self.size = (box[0], box[1]), (box[2], box[3])

    def _add(self, style: _Style, outlines: list[Outline]) -> None:
        if style.fill not in _NOTHING and style.stroke in _NOTHING:
            self.shapes.append((_grey(style.fill), style.placed(outlines)))
        if style.stroke not in _NOTHING:
            for line in outlines:
                pieces = style.placed(thickened(line, style.stroke_width))
                self.shapes += [(_grey(style.stroke), [piece]) for piece in pieces]


def _grey(colour: str) -> int:
    return _WHITE if colour in _LIGHT else _BLACK


def painted(svg: str) -> Grey:
    """Return the picture in grey, its longer side about 900 pixels, on white.

    Raises:
        UnreadablePictureError: not an SVG, too large, or it declares entities.
    """
    drawing = _parsed(svg)
    longest = max(drawing.size)
    if longest <= 0:
        raise UnreadablePictureError
    zoom = _SIDE / longest
    width, height = (round(side * zoom) + 2 * _MARGIN for side in drawing.size)
    grey = np.full((height, width), _WHITE, np.uint8)
    middle = 0.5  # fillPoly's pixels are centred on whole coordinates, SVG's on halves
    for shade, outlines in drawing.shapes:
        pixels = [(outline - drawing.origin) * zoom + _MARGIN - middle for outline in outlines]
        fixed = [np.round(corners * (1 << _SUBPIXEL_BITS)).astype(np.int32) for corners in pixels]
        cv2.fillPoly(grey, fixed, shade, shift=_SUBPIXEL_BITS)
    return grey


def _parsed(svg: str) -> _Drawing:
    if len(svg) > _MAX_SVG:
        raise UnreadablePictureError
    drawing = _Drawing()
    parser = expat.ParserCreate()
    parser.StartElementHandler = drawing.start
    parser.EndElementHandler = drawing.end
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(svg, True)  # noqa: FBT003 -- expat's own signature
    except (expat.ExpatError, ValueError, IndexError) as error:
        raise UnreadablePictureError from error
    return drawing


def _no_entities(*_: Any) -> None:  # noqa: ANN401 -- expat's own signature
    """Refuse what could expand without end."""
    raise UnreadablePictureError
