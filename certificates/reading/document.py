"""All objects of a file, in every revision: what an update hides is read as well."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from certificates.reading.objects import Reference, Value, read_value, skip
from certificates.reading.refusals import foreign_form
from certificates.reading.revisions import Revision, Revisions, read_revisions

_HEAD: Final = re.compile(rb"([0-9]{1,10}) 0 obj(?=[\x00\t\n\x0c\r <\[(/0-9tfn+.-])")
_STREAM: Final = re.compile(rb"stream(?:\r\n|\n)")
_END_STREAM: Final = re.compile(rb"(?:\r\n|\n|\r)?endstream(?=[\r\n ])")
_END: Final = re.compile(rb"endobj(?=[\r\n ])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An indirect object."""

    number: int
    value: Value
    start: int
    end: int
    """After `endobj`."""
    stream: bytes | None = None
    """As stored, not decoded."""

    @property
    def entries(self) -> dict[str, Value]:
        """Its dictionary; empty where it is none."""
        return self.value if isinstance(self.value, dict) else {}


class Document:
    """A file read as far as its objects; streams are kept as they are stored."""

    def __init__(self, data: bytes, *, most_objects: int) -> None:
        """Read every object of every revision.

        Raises:
            Refused: those of `read_revisions`.
        """
        self.data = data
        self.revisions: Revisions = read_revisions(data, most_objects=most_objects)
        self.objects: list[dict[int, Found]] = []
        self._now: dict[int, Found] = {}
        self._lengths = {
            number: at for one in self.revisions.all for number, at in one.offsets.items()
        }
        for revision in self.revisions.all:
            found = {number: self._read(number, at) for number, at in revision.offsets.items()}
            self.objects.append(found)
            self._now.update(found)
        self.root = self._dictionary(self.last.trailer.get("/Root"))

    @property
    def last(self) -> Revision:
        """The newest revision."""
        return self.revisions.all[-1]

    def everything(self) -> Iterator[tuple[int, Found]]:
        """Each object with the number of its revision, 0 the first, also those replaced later."""
        for number, found in enumerate(self.objects):
            for one in found.values():
                yield number, one

    def get(self, value: Value) -> Value:
        """Follow a reference to what is in force; what does not exist is null."""
        if not isinstance(value, Reference):
            return value
        found = self._now.get(value.number)
        return None if found is None else found.value

    def found(self, value: Value) -> Found | None:
        """Return the object a reference names."""
        return self._now.get(value.number) if isinstance(value, Reference) else None

    def _dictionary(self, value: Value) -> dict[str, Value]:
        found = self.get(value)
        if not isinstance(found, dict):
            raise foreign_form()
        return found

    def _read(self, number: int, start: int) -> Found:
        head = _HEAD.match(self.data, start)
        if head is None or int(head[1]) != number:
            raise foreign_form()
        value, at = read_value(self.data, head.end())
        at, stream = skip(self.data, at), None
        begin = _STREAM.match(self.data, at)
        if begin is not None:
            stream, at = self._stream(value, begin.end())
        end = _END.match(self.data, skip(self.data, at))
        if end is None:
            raise foreign_form()
        return Found(number=number, value=value, start=start, end=end.end(), stream=stream)

    def _stream(self, value: Value, start: int) -> tuple[bytes, int]:
        length = value.get("/Length") if isinstance(value, dict) else None
        if isinstance(length, Reference):
            length = self._length(length)
        if type(length) is not int or not 0 <= length <= len(self.data) - start:
            raise foreign_form()
        end = _END_STREAM.match(self.data, start + length)
        if end is None:
            raise foreign_form()
        return self.data[start : start + length], end.end()

    def _length(self, reference: Reference) -> Value:
        at = self._lengths.get(reference.number, len(self.data))
        head = _HEAD.match(self.data, at)
        return read_value(self.data, head.end())[0] if head else None
