"""PDF objects as text (ISO 32000-1, 7.3), in bounded depth and linear time.

Names and numbers become str and int or float, arrays and dictionaries list and dict, strings bytes.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from certificates.reading.refusals import foreign_form

_DEPTH: Final = 32
_SKIP: Final = re.compile(rb"(?:[\x00\t\n\x0c\r ]++|%[^\r\n]*+)*+")
_REGULAR: Final = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
_NAME: Final = re.compile(rb"/(" + _REGULAR + rb"{0,255}+)")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_REFERENCE: Final = re.compile(rb"([0-9]{1,10}) ([0-9]{1,5}) R(?!" + _REGULAR + rb")")
_NUMBER: Final = re.compile(rb"[+-]?(?:[0-9]{1,20}(\.[0-9]{0,20})?|(\.[0-9]{1,20}))")
_HEX: Final = re.compile(rb"<([0-9A-Fa-f]*+)>")
_WORD: Final = re.compile(rb"(?:true|false|null)(?!" + _REGULAR + rb")")
_WORDS: Final = {b"true": True, b"false": False, b"null": None}
_PARENTHESIS: Final = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_LETTERS: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LINE_ENDS: Final = (b"\r\n", b"\r", b"\n")


class Reference(NamedTuple):
    """An indirect object's number; generations other than 0 are not ours."""

    number: int


Value = None | bool | int | float | str | bytes | Reference | list["Value"] | dict[str, "Value"]


def skip(data: bytes, at: int) -> int:
    """Return where the next token begins after white space and comments."""
    found = _SKIP.match(data, at)
    return found.end() if found else at


def read_value(data: bytes, at: int, *, depth: int = 0) -> tuple[Value, int]:
    """Read one object.

    Returns:
        The object, and where it ends.

    Raises:
        Refused: FOREIGN_FORM for anything else, a repeated key, or more than 32 levels.
    """
    if depth > _DEPTH:
        raise foreign_form()
    at = skip(data, at)
    if data.startswith(b"<<", at):
        return _dictionary(data, at + 2, depth)
    head = data[at : at + 1]
    if head == b"[":
        return _array(data, at + 1, depth)
    if head == b"(":
        return _string(data, at)
    return _scalar(data, at)


def walk(value: object) -> Iterator[object]:
    """Go through a value and all that lies directly in it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        # The classes' own methods: a library's subclass may follow references in its.
        if isinstance(one, dict):
            waiting.extend(dict.values(one))
        elif isinstance(one, list):
            waiting.extend(list.__iter__(one))


def _dictionary(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    found: dict[str, Value] = {}
    while not data.startswith(b">>", at := skip(data, at)):
        key, at = _name(data, at)
        if key in found:  # readers differ in which of two they take
            raise foreign_form()
        found[key], at = read_value(data, at, depth=depth + 1)
    return found, at + 2


def _array(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    found: list[Value] = []
    while not data.startswith(b"]", at := skip(data, at)):
        value, at = read_value(data, at, depth=depth + 1)
        found.append(value)
    return found, at + 1


def _string(data: bytes, start: int) -> tuple[Value, int]:
    level = 0
    for mark in _PARENTHESIS.finditer(data, start):
        level += {b"(": 1, b")": -1}.get(mark[0], 0)
        if level == 0:
            return _ESCAPED.sub(_unescaped, data[start + 1 : mark.start()]), mark.end()
    raise foreign_form()


def _unescaped(escape: re.Match[bytes]) -> bytes:
    written = escape[1]
    if written in _LINE_ENDS:
        return b""
    if written[:1].isdigit() and written[:1] < b"8":
        return bytes([int(written, 8) & 0xFF])
    return _LETTERS.get(written, written)


def _scalar(data: bytes, at: int) -> tuple[Value, int]:
    if data.startswith(b"/", at):
        return _name(data, at)
    if found := _REFERENCE.match(data, at):
        if found[2] != b"0":
            raise foreign_form()
        return Reference(int(found[1])), found.end()
    if found := _NUMBER.match(data, at):
        is_real = found[1] is not None or found[2] is not None
        return float(found[0]) if is_real else int(found[0]), found.end()
    if (found := _HEX.match(data, at)) and len(found[1]) % 2 == 0:
        return bytes.fromhex(found[1].decode()), found.end()
    if found := _WORD.match(data, at):
        return _WORDS[found[0]], found.end()
    raise foreign_form()


def _name(data: bytes, at: int) -> tuple[str, int]:
    found = _NAME.match(data, at)
    if found is None:
        raise foreign_form()
    name = _ESCAPE.sub(lambda code: bytes.fromhex(code[1].decode()), found[1])
    return "/" + name.decode("latin-1"), found.end()
