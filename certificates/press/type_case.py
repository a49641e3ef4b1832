"""The letters of two faces, taken from Typst: outline, width and the distance to the next.

Typst sets specimens, lines of letters, and what it wrote is read back. So a line composed here
stands as Typst would set it: with the same kerning, the same ligatures of two letters, and a
quarter of an em between Chinese and Latin.
"""

import datetime as dt
import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from typing import Final, Literal

from certificates.errors import CertificateError, ErrorCode
from certificates.press.fonts import PageFont, page_fonts
from certificates.press.objects import Objects, page_content
from certificates.press.outlines import Outline
from certificates.press.passages import Passage, passages
from certificates.render import Renderer

Face = Literal["zh", "en"]
_SPECIMEN: Final = "/layout/specimen.typ"
_EPOCH: Final = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_LATIN: Final = string.ascii_letters + string.digits + ".,-/()&':%+#_@;"
"""Between any two of these Typst may kern."""
_MARKS: Final = "（）、，。；：《》·"
_HAN: Final = re.compile("[㐀-䶿一-鿿𠀀-𳏿]")
_SPACED: Final = re.compile("[0-9A-Za-z#$%&]")
_MOST: Final = 20_000
"""Letters kept; about 300 bytes each."""
_QUARTER: Final = -250.0
"""Thousandths; what stands between a Chinese character and a Latin letter or digit."""


@dataclass(frozen=True, slots=True, eq=False)
class Letter:
    """One shape of one face. Each exists once, and is compared by being the same."""

    text: str
    """One character, or several in a ligature."""
    outline: Outline
    width: bytes
    """Thousandths of the size, as written."""
    advance: float
    """The same as a number."""
    script: Literal["han", "latin", ""]
    """None for what all scripts have in common, such as digits."""
    spaced: bool
    """A quarter of an em stands between it and a Chinese character."""


@dataclass(frozen=True, slots=True)
class Line:
    """Letters in a row."""

    letters: Sequence[tuple[Letter, float]]
    """Each with how many thousandths the next moves closer."""
    width: float
    """Thousandths of the size."""


@dataclass(slots=True)
class _Face:
    """One font's letters, as far as they are known."""

    name: str = ""
    letters: dict[str, Letter] = field(default_factory=dict)
    closer: dict[tuple[str, str], float] = field(default_factory=dict)
    """By two letters."""
    groups: dict[bytes, bytes] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    """Asked for, and not in this font."""

    def take(self, specimen: Objects) -> None:
        """Take over the letters of a specimen; its first gives the face its font."""
        fonts = {font.resource: font for font in page_fonts(specimen)}
        for line in passages(page_content(specimen)):
            font = fonts[line.font]
            self.name = self.name or font.name
            if font.name == self.name:
                self.groups |= font.embedded.groups
                self._take_line(line, font)

    def _take_line(self, line: Passage, font: PageFont) -> None:
        for (cid, closer), following in zip_longest(line.letters, line.letters[1:]):
            text = font.texts[cid]
            if text not in self.letters:
                width = font.widths[cid]
                self.letters[text] = Letter(
                    text,
                    font.embedded.outlines[cid],
                    width,
                    advance=float(width),
                    script="han" if _HAN.match(text) else "latin" if text.isalpha() else "",
                    spaced=_SPACED.match(text) is not None,
                )
            if closer and following:
                self.closer[text, font.texts[following[0]]] = closer


class TypeCase:
    """Both faces. Not thread-safe: the press holds a lock."""

    def __init__(self, renderer: Renderer) -> None:
        """Have Typst set Latin letters in pairs, and the marks; takes about 0.1 s."""
        self._renderer = renderer
        self._faces: Mapping[Face, _Face] = {"zh": _Face(), "en": _Face()}
        pairs = [" ".join(first + second for second in _LATIN) for first in _LATIN]
        for face in self._faces:
            self._learn(face, pairs)
            self._learn(face, [_beside(joined) for joined in self._ligatures(face)])
        self._learn("zh", list(_MARKS))

    def name(self, face: Face) -> str:
        """Return the name of a face's font."""
        return self._faces[face].name

    def groups(self, face: Face) -> Mapping[bytes, bytes]:
        """Return the Private DICTs of a face's letters by group; more may come, none change."""
        return self._faces[face].groups

    def learn(self, text: str) -> None:
        """Have Typst set the Chinese characters of a text that are new, all at once: 1 to 3 ms."""
        here = self._faces["zh"]
        new = {one for one in set(text) - here.letters.keys() - here.absent if _HAN.match(one)}
        if new and len(here.letters) + len(here.absent) < _MOST:
            if not self._learn("zh", ["".join(sorted(new))]):
                for one in new:
                    self._learn("zh", [one])
            here.absent |= new - here.letters.keys()

    def line(self, text: str, face: Face) -> Line | None:
        """Compose a line of at least one letter; None if a letter of it is not in the case."""
        here = self._faces[face]
        if not here.letters.keys() >= set(text):
            return None
        return _spaced(_joined(text, here.letters), here.closer)

    def _learn(self, face: Face, lines: Sequence[str]) -> bool:
        """Take letters from a specimen; return False if Typst has no font for one of them."""
        data = {"zh": [], "en": [], face: lines}
        try:
            file = self._renderer.pdf(_SPECIMEN, data, created=_EPOCH)
        except CertificateError as refused:
            if refused.code is ErrorCode.GLYPH_MISSING:
                return False
            raise
        self._faces[face].take(Objects.read(file))
        return True

    def _ligatures(self, face: Face) -> list[str]:
        return [text for text in self._faces[face].letters if len(text) > 1]


def _beside(ligature: str) -> str:
    """Return a line in which a ligature stands on both sides of every letter."""
    return " ".join(f"{ligature}{other} {other}{ligature}" for other in (*_LATIN, ligature))


def _joined(text: str, letters: Mapping[str, Letter]) -> list[Letter]:
    """Return the letters of a text, two in one where the face has such a ligature."""
    row: list[Letter] = []
    for character in text:
        both = letters.get(row[-1].text + character) if row else None
        if both is None:
            row.append(letters[character])
        else:
            row[-1] = both
    return row


def _spaced(row: Sequence[Letter], closer: Mapping[tuple[str, str], float]) -> Line:
    """Set the distances. Letters are kerned within a run of one script, as shaping goes by runs."""
    spaced: list[tuple[Letter, float]] = []
    width, script = 0.0, row[0].script
    for letter, after in pairwise(row):
        joins = not after.script or not script or after.script == script
        script = after.script or script
        if (letter.script == "han" and after.spaced) or (after.script == "han" and letter.spaced):
            apart = _QUARTER
        else:
            apart = closer.get((letter.text, after.text), 0.0) if joins else 0.0
        spaced.append((letter, apart))
        width += letter.advance - apart
    spaced.append((row[-1], 0.0))
    return Line(spaced, width + row[-1].advance)
