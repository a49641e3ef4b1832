"""What differs from one certificate to the next, taken out of a page's data and marked there.

Only what Typst would set as one upright line at a place that does not depend on it is taken out:
numbers, values beside their labels, times of day. Whatever else the data say stays in them, and
a plate serves only pages that say the same of it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from certificates.press.type_case import Face

_HAN: Final = "㐀-䶿一-鿿𠀀-𳏿"
_WORD: Final = f"[{_HAN}!-&(-~]+"
# An apostrophe comes nearer to a full stop or not by what stands around them both.
# One full-width mark between other letters is set as it is, and so is the dot within a name. Two
# together, or one at an end, are moved by rules that only Typst knows.
_BETWEEN: Final = f"(?:[（）、，。；：《》 ]|(?<=[{_HAN}])·(?=[{_HAN}]))"
_SETTABLE: Final[Mapping[Face, re.Pattern[str]]] = {
    "zh": re.compile(f"{_WORD}(?:{_BETWEEN}{_WORD})*"),
    "en": re.compile("[!-~]+(?: [!-~]+)*"),
}
MARK: Final = re.compile(r"Q[0-9]{3}[ZE]Q")
_LONGEST: Final = 56
"""Characters; longer values are set smaller, over several lines."""


Room = Literal["line", "beside_portrait", "beside_signature"]
"""What a value stands in: the whole line, or what something else leaves of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a page: its Chinese, and its English right behind it where there is one."""

    words: Mapping[Face, str] = field(repr=False)
    room: Room = "line"


@dataclass(frozen=True, slots=True)
class Marked:
    """A page's data with marks in its places, and without what has no place in a text."""

    data: dict[str, Any] = field(repr=False)
    places: dict[int, Place]


def mark(place: int, face: Face) -> str:
    """Return what stands in a place: short, and nowhere else on the page."""
    return f"Q{place:03}{'Z' if face == 'zh' else 'E'}Q"


def marked(data: Mapping[str, Any], *, but: frozenset[int] = frozenset()) -> Marked:
    """Take out what can be taken out.

    Args:
        data: what a template is given.
        but: places that keep their value, since it does not fit into one line of one font; they
            are counted all the same.
    """
    taken = _Taking(but)
    page = {**data, "qr": "", "document": ""}
    page["portraits"] = [{**one, "jpeg": b""} for one in data["portraits"]]
    page["number"] = taken.single("zh", data["number"])
    page["check_code"] = taken.single("zh", data["check_code"], "beside_signature")
    page["sources"] = [
        {
            "zh": {**told["zh"], "clock": taken.single("zh", told["zh"]["clock"])},
            "en": {**told["en"], "clock": taken.single("en", told["en"]["clock"])},
        }
        for told in data["sources"]
    ]
    room: Room = "beside_portrait" if data["portraits"] else "line"
    page["rows"] = [{**row, **taken.pair(row, room)} for row in data["rows"]]
    page["tables"] = [_table(table, taken.pair) for table in data["tables"]]
    return Marked(page, taken.places)


def settable(face: Face, text: str) -> bool:
    """Return whether the rules of `type_case` tell how a text is set in one line."""
    return _SETTABLE[face].fullmatch(text) is not None


def _table(
    table: Mapping[str, Any], pair: Callable[[Mapping[str, Any]], Mapping[Face, str]]
) -> Mapping[str, Any]:
    if table["shape"] != "cards":
        return table  # its columns are as wide as what stands in them
    return {**table, "rows": [[{**words, **pair(words)} for words in row] for row in table["rows"]]}


class _Taking:
    def __init__(self, but: frozenset[int]) -> None:
        self._but = but
        self._count = 0
        self.places: dict[int, Place] = {}

    def single(self, face: Face, text: str, room: Room = "line") -> str:
        return self._taken(Place({face: text}, room)).get(face, text)

    def pair(self, words: Mapping[str, Any], room: Room = "line") -> Mapping[Face, str]:
        """Return the marks of a value, or nothing if it stays."""
        if len(words["zh"]) > _LONGEST:
            return self._taken(Place({}))
        given: dict[Face, str] = {"zh": words["zh"]}
        if words["en"] is not None:
            given["en"] = words["en"]
        return self._taken(Place(given, room))

    def _taken(self, place: Place) -> Mapping[Face, str]:
        number, self._count = self._count, self._count + 1
        fits = place.words and all(settable(*word) for word in place.words.items())
        if number in self._but or not fits:
            return {}
        self.places[number] = place
        return {face: mark(number, face) for face in place.words}
