"""Prints certificates: from a plate where there is one, and otherwise as Typst sets them."""

import datetime as dt
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from certificates.errors import CertificateError
from certificates.press.casting import Caster, Ends
from certificates.press.marks import Marked, Room, marked
from certificates.press.plate import Plate, Print
from certificates.press.type_case import Face, Line, TypeCase
from certificates.qr import qr_modules, qr_svg
from certificates.render import Renderer

_PLATES: Final = 48
_SEEN: Final = 2_000
"""Pages remembered by their hash, to see which come again."""
_TRIES: Final = 3
"""A value found not to fit makes another page: once for its letters, once for its length."""
_POINTS_A_MM: Final = 72 / 25.4
_PAGE_MM: Final = 210
_SPARE: Final = 1.0
"""Points left free at the end of a line: Typst would break it a little later."""

Lines = dict[int, dict[Face, Line]]


class Press:
    """Keep one in a process; thread-safe, one page at a time.

    The first page of its kind is set by Typst. When the same comes again a plate is made of it,
    and everything like it is printed from then on.
    """

    def __init__(
        self, home: Path, *, renderer: Renderer | None = None, plates: int = _PLATES
    ) -> None:
        """Take a renderer, or read the fonts for one (50 ms).

        Args:
            home: the folder that holds types/ and layout/; templates see nothing outside.
            renderer: of the same home, where a process has one already.
            plates: how many are kept, of about 250 kB each: the kinds of certificate in the
                shapes that occur in a day. Without any, Typst sets every page.
        """
        self._most = plates
        self._renderer = renderer or Renderer(home)
        self._ends = _ends(home)
        self._lock = threading.Lock()
        self._plates: OrderedDict[bytes, Plate | None] = OrderedDict()
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._tools: tuple[TypeCase, Caster] | None = None
        self.printed = 0
        """Pages printed from a plate so far."""
        self.composed = 0
        """Pages set by Typst so far."""

    def pdf(self, template: str, page: Mapping[str, Any], *, created: dt.datetime) -> bytes:
        """Print a page.

        Args:
            template: path of a .typ file below home, with a slash in front; it defines
                `page(data)`.
            page: what `page` is given, save for the pictures: `qr` is the text of the code, and
                portraits hold their JPEG as bytes.
            created: the document's time, aware; whole seconds are kept.

        Returns:
            PDF/A-3a and PDF/UA-1, ending with a line feed.

        Raises:
            CertificateError: GLYPH_MISSING, RENDER_FAILED.
        """
        with self._lock:
            printed = self._printed(template, page, created)
            self.printed += printed is not None
            self.composed += printed is None
        return printed or self._renderer.pdf(template, _drawn(page), created=created)

    def _printed(
        self, template: str, page: Mapping[str, Any], created: dt.datetime
    ) -> bytes | None:
        staying: frozenset[int] = frozenset()
        for _ in range(_TRIES):
            given = marked(page, but=staying)
            plate = self._plate(template, given)
            if plate is None:
                return None
            lines, unset = self._lines(given)
            wrong = unset or plate.overfull(lines)
            if not wrong:
                return plate.printed(_print(page, lines, created))
            staying |= wrong
        return None

    def _plate(self, template: str, given: Marked) -> Plate | None:
        """Return the plate of a page; None the first time, and where none can be made."""
        key = hashlib.sha256(json.dumps([template, given.data], default=len).encode()).digest()
        if key in self._plates:
            self._plates.move_to_end(key)
            return self._plates[key]
        if key not in self._seen or not self._most:
            _keep(self._seen, key, None, most=_SEEN)
            return None
        del self._seen[key]
        plate = self._cast(template, given)
        _keep(self._plates, key, plate, most=self._most)
        return plate

    def _cast(self, template: str, given: Marked) -> Plate | None:
        try:
            return self._own_tools()[1].cast(template, given)
        except CertificateError:
            return None  # Typst then sets the page itself, and says what is wrong if anything is

    def _lines(self, given: Marked) -> tuple[Lines, set[int]]:
        """Compose the values; return the places whose letters are not all in the case as well."""
        case = self._own_tools()[0]
        case.learn(
            "".join(place.words["zh"] for place in given.places.values() if "zh" in place.words)
        )
        lines: Lines = {}
        unset: set[int] = set()
        for number, place in given.places.items():
            composed = {face: case.line(text, face) for face, text in place.words.items()}
            lines[number] = {face: line for face, line in composed.items() if line is not None}
            if len(lines[number]) < len(composed):
                unset.add(number)
        return lines, unset

    def _own_tools(self) -> tuple[TypeCase, Caster]:
        """Make type case and caster when they are needed first: a tenth of a second."""
        if self._tools is None:
            case = TypeCase(self._renderer)
            self._tools = case, Caster(self._renderer, case, self._ends)
        return self._tools


def _print(page: Mapping[str, Any], lines: Lines, created: dt.datetime) -> Print:
    return Print(
        lines=lines,
        code=qr_modules(page["qr"]),
        document=page["document"].encode(),
        portraits=[one["jpeg"] for one in page["portraits"]],
        created=created.replace(microsecond=0),
    )


def _drawn(page: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template is given: pictures as it takes them."""
    portraits = [{**one, "jpeg": list(one["jpeg"])} for one in page["portraits"]]
    return {**page, "qr": qr_svg(page["qr"], border=0), "portraits": portraits}


def _keep(kept: OrderedDict[bytes, Any], key: bytes, value: object, *, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


def _ends(home: Path) -> Ends:
    told = json.loads((home / "layout" / "measures.json").read_text())
    right = (_PAGE_MM - told["margin_mm"]) * _POINTS_A_MM - _SPARE
    taken: dict[Room, float] = {
        "line": 0.0,
        "beside_portrait": told["portrait_mm"] + told["beside_portrait_mm"],
        "beside_signature": told["signature_mm"],
    }
    return {room: right - mm * _POINTS_A_MM for room, mm in taken.items()}
