"""What passes between the workers' owner and a worker: kept apart so the owner needs no parser.

A worker says READY once it has loaded its parsers. A question is a head (4 bytes length, JSON) and
the file; an answer one line of JSON. Each head brings the trusted roots, the revocation lists and
the limits.
"""

import base64
import json
import struct
from collections.abc import Iterable
from typing import Any, BinaryIO

from certificates.verdicts import Inspection, Integrity, IssuerTrust

READY = b"ready\n"
LONGEST_ANSWER = 256
_LENGTH = struct.Struct(">I")


def question(head: dict[str, Any]) -> bytes:
    """Write the head of a question; the file follows it."""
    text = json.dumps(head).encode()
    return _LENGTH.pack(len(text)) + text


def read_question(stream: BinaryIO) -> dict[str, Any] | None:
    """Read the head of a question; nothing at the end of the stream."""
    length = stream.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        return None
    head: dict[str, Any] = json.loads(stream.read(*_LENGTH.unpack(length)))
    return head


def packed(lists: Iterable[bytes]) -> list[str]:
    """Put revocation lists into a head."""
    return [base64.b64encode(one).decode() for one in lists]


def unpacked(lists: Iterable[str]) -> list[bytes]:
    """Take them out again."""
    return [base64.b64decode(one) for one in lists]


def answer(inspection: Inspection) -> bytes:
    """Write an answer."""
    words = {"integrity": inspection.integrity.value, "issuer": inspection.issuer.value}
    return json.dumps(words).encode() + b"\n"


def read_answer(line: bytes) -> Inspection:
    """Read an answer.

    Raises:
        ValueError, KeyError, TypeError: anything but two known words.
    """
    words = json.loads(line)
    return Inspection(integrity=Integrity(words["integrity"]), issuer=IssuerTrust(words["issuer"]))
