"""What passes between the workers' owner and a worker: kept apart so the owner needs no parser.

A question is a head (4 bytes length, JSON) and the file; an answer one line of JSON. Each head
brings the trusted roots and the limits.
"""

import json
import struct
from typing import Any, BinaryIO

from certificates.verdicts import Inspection, Integrity, IssuerTrust

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
