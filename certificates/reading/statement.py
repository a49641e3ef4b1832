"""The machine-readable statement attached to a certificate, from a file that was found genuine."""

import datetime as dt
import json
import zlib
from dataclasses import dataclass, field
from typing import Any, Final, Self

from certificates.reading.document import Document
from certificates.reading.objects import Value
from certificates.reading.refusals import Refused

_NAMES: Final = frozenset({b"certificate.json", b"receipt.json"})
_LARGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedStatement:
    """What the department states, as far as it says when and until when."""

    issued_at: dt.datetime
    valid_until: dt.datetime
    provisional: bool
    document: dict[str, Any] = field(repr=False)
    """All of it, with the facts about a person."""

    @classmethod
    def read(cls, data: bytes, *, most_objects: int) -> Self | None:
        """Read the statement of a file; nothing where there is none, or none as we write it.

        Args:
            data: a file whose signature holds and whose signer is trusted: nobody else's words
                are taken from here.
            most_objects: of the file.
        """
        try:
            document = json.loads(_attached(Document(data, most_objects=most_objects)))
            times = (dt.datetime.fromisoformat(document[k]) for k in ("issued_at", "valid_until"))
            issued, until = times
            if issued.tzinfo is None or until.tzinfo is None:
                return None
            return cls(
                issued_at=issued,
                valid_until=until,
                provisional=document["provisional"] is True,
                document=document,
            )
        except (Refused, ValueError, KeyError, TypeError, zlib.error):
            return None


def _attached(document: Document) -> bytes:
    names = _entry(document, document.root, "/Names", "/EmbeddedFiles", "/Names")
    if not isinstance(names, list) or len(names) != 2 or names[0] not in _NAMES:  # noqa: PLR2004 - one
        msg = "not one attached statement"
        raise ValueError(msg)
    files = _entry(document, names[1], "/EF")
    found = document.found(files["/F"]) if isinstance(files, dict) else None
    if found is None or found.stream is None:
        msg = "no data"
        raise ValueError(msg)
    if found.entries.get("/Filter") is None:
        return found.stream
    return zlib.decompressobj().decompress(found.stream, _LARGEST)


def _entry(document: Document, value: Value, *keys: str) -> Value:
    for key in keys:
        entries = document.get(value)
        value = entries[key] if isinstance(entries, dict) else None
    return document.get(value)
