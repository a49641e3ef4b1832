"""Pictures as SVG text (W3C SVG 1.1): lines, boxes, dots and words, nothing that runs."""

from collections.abc import Mapping
from html import escape
from typing import Final

INK: Final = "#1f2933"
PALE: Final = "#d5dbe1"
BLUE: Final = "#1f6fb2"
RED: Final = "#c0392b"
_SPACE: Final = "xmlns='http://www.w3.org/2000/svg'"
_FONT: Final = "font-family='DejaVu Sans, Noto Sans, Arial, sans-serif'"


class Drawing:
    """A white sheet that is drawn on in pixels, from the top left."""

    def __init__(self, *, width: int, height: int, title: str) -> None:
        """Begin an empty sheet; the title is what a screen reader says."""
        box = f"viewBox='0 0 {width} {height}'"
        self._parts = [
            f"<svg {_SPACE} width='{width}' height='{height}' {box} role='img' {_FONT}>",
            f"<title>{escape(title)}</title>",
            f"<rect width='{width}' height='{height}' fill='#ffffff'/>",
        ]

    def line(
        self, start: tuple[float, float], end: tuple[float, float], *, ink: str, width: float = 1
    ) -> None:
        """Draw a straight line."""
        ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
        self._add("line", ends, f"stroke='{ink}' stroke-width='{width}'")

    def path(self, points: list[tuple[float, float]], *, ink: str) -> None:
        """Draw a line through points."""
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f"<polyline points='{places}' fill='none' stroke='{ink}' stroke-width='2'/>"
        )

    def dot(self, centre: tuple[float, float], *, ink: str) -> None:
        """Draw a filled circle."""
        self._add("circle", {"cx": centre[0], "cy": centre[1], "r": 4.5}, f"fill='{ink}'")

    def words(
        self,
        place: tuple[float, float],
        text: str,
        *,
        anchor: str = "start",
        size: int = 13,
        ink: str = INK,
    ) -> None:
        """Write a line of text; `anchor` is start, middle or end."""
        self._parts.append(
            f"<text x='{place[0]:.1f}' y='{place[1]:.1f}' font-size='{size}' "
            f"text-anchor='{anchor}' fill='{ink}'>{escape(text)}</text>"
        )

    def finish(self) -> str:
        """Return the file's text."""
        return "\n".join([*self._parts, "</svg>"]) + "\n"

    def _add(self, tag: str, places: Mapping[str, float], style: str) -> None:
        where = " ".join(f"{name}='{value:.1f}'" for name, value in places.items())
        self._parts.append(f"<{tag} {where} {style}/>")
