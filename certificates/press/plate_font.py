"""A font of a plate: the letters Typst set, and room for those of a print."""

from collections.abc import Mapping, Sequence
from typing import Final

from certificates.press.font_writer import FontWriter
from certificates.press.fonts import PageFont
from certificates.press.objects import Objects, stream
from certificates.press.packing import Piece, packed
from certificates.press.shown import write_shown
from certificates.press.type_case import Letter, Line

_MOST_IN_ONE: Final = 100
"""Entries of one bfchar section (Adobe TN 5014)."""
_END_OF_MAP: Final = b"endcmap"


class PlateFont:
    """What is the same in every print."""

    def __init__(self, font: PageFont, objects: Objects, groups: Mapping[bytes, bytes]) -> None:
        """Prepare a font.

        Args:
            font: as Typst embedded it.
            objects: of the file it is from.
            groups: Private DICTs of the letters that prints may add; more may come later.
        """
        outlines = font.embedded.outlines
        self.page_font = font
        self.letters = len(outlines)
        self._cids = {
            (outline, font.texts.get(cid, "")): cid for cid, outline in enumerate(outlines)
        }
        self._found: dict[Letter, int | None] = {}
        self._more_groups = groups
        self._writer = self._new_writer()
        self._group_numbers = bytes(self._writer.group(outline) for outline in outlines)
        self._lengths = [len(outline.program) for outline in outlines]
        self._programs = Piece.well(b"".join(one.program for one in outlines))
        self._widths = objects.dictionary(font.descendant).rpartition(b"]")
        self._map = objects.stream(font.texts_at).rpartition(_END_OF_MAP)
        self._packed_map = Piece.well(self._map[0])

    def cid(self, letter: Letter) -> int | None:
        """Return a letter's CID if Typst has set it on the plate."""
        if letter not in self._found:
            self._found[letter] = self._cids.get((letter.outline, letter.text))
        return self._found[letter]

    def objects(self, added: Sequence[Letter]) -> dict[int, bytes]:
        """Return the font's objects that differ from print to print.

        Args:
            added: letters behind those of the plate, in the order of their CIDs.
        """
        at = self.page_font
        return {
            at.descendant: self._descendant(added),
            at.texts_at: stream(b"/Type/CMap/WMode 0", packed(self._texts(added))),
            at.set_at: stream(b"", packed([Piece.stored(_bits(self.letters + len(added)))])),
            at.program_at: stream(b"/Subtype/CIDFontType0C", packed(self._program(added))),
        }

    def _new_writer(self) -> FontWriter:
        embedded = self.page_font.embedded
        return FontWriter(embedded, {**embedded.groups, **self._more_groups})

    def _descendant(self, added: Sequence[Letter]) -> bytes:
        told, bracket, rest = self._widths
        own = (
            b" %d %d %b" % (cid, cid, letter.width)
            for cid, letter in enumerate(added, self.letters)
        )
        return b"".join((told, *own, bracket, rest))

    def _texts(self, added: Sequence[Letter]) -> list[Piece]:
        sections = []
        for start in range(0, len(added), _MOST_IN_ONE):
            part = added[start : start + _MOST_IN_ONE]
            lines = "".join(
                f"<{cid:04X}> <{letter.text.encode('utf-16-be').hex().upper()}>\n"
                for cid, letter in enumerate(part, self.letters + start)
            )
            sections.append(f"{len(part)} beginbfchar\n{lines}endbfchar\n")
        _, end, rest = self._map
        return [self._packed_map, Piece.quick("".join(sections).encode() + end + rest)]

    def _program(self, added: Sequence[Letter]) -> list[Piece]:
        outlines = [letter.outline for letter in added]
        numbers = self._group_numbers + bytes(self._group(letter) for letter in added)
        lengths = [*self._lengths, *(len(outline.program) for outline in outlines)]
        start = self._writer.start(numbers, lengths)
        programs = b"".join(outline.program for outline in outlines)
        return [Piece.stored(start), self._programs, Piece.stored(programs)]

    def _group(self, letter: Letter) -> int:
        try:
            return self._writer.group(letter.outline)
        except KeyError:  # a rare character whose group was not known when the plate was made
            self._writer = self._new_writer()
            return self._writer.group(letter.outline)


class Setting:
    """The letters one print needs of a font."""

    def __init__(self, font: PlateFont) -> None:
        """Begin with those of the plate."""
        self._font = font
        self._new: dict[Letter, int] = {}

    def shown(self, line: Line) -> bytes:
        """Return the operand and operator that show a line."""
        return write_shown(tuple((self._cid(letter), closer) for letter, closer in line.letters))

    def objects(self) -> dict[int, bytes]:
        """Return the font's objects for this print."""
        return self._font.objects(list(self._new))

    def _cid(self, letter: Letter) -> int:
        known = self._font.cid(letter)
        if known is not None:
            return known
        return self._new.setdefault(letter, self._font.letters + len(self._new))


def _bits(letters: int) -> bytes:
    """Return CIDSet (ISO 32000-1, 9.8.3.2): a bit for each letter, the first bit first."""
    size = (letters + 7) // 8
    return (((1 << letters) - 1) << (size * 8 - letters)).to_bytes(size)
