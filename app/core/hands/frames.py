"""Calls and answers on their way between two of our own processes."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any, Final

_LENGTHS: Final = struct.Struct("!II")
"""Bytes of the head, a JSON text, and of the body after it."""
_PIECE: Final = 1 << 16


def send(connection: socket.socket, head: object, body: bytes) -> None:
    """Send one frame.

    Raises:
        OSError: the other side is gone.
    """
    text = json.dumps(head).encode()
    connection.sendall(_LENGTHS.pack(len(text), len(body)) + text + body)


def receive(connection: socket.socket) -> tuple[Any, bytes] | None:
    """Wait for one frame; None: the other side has hung up between two.

    Each side waits for an answer before it sends again, so nothing of another frame follows.

    Raises:
        OSError: the other side is gone, or its time is over.
        EOFError: it hung up within a frame.
    """
    got = connection.recv(_PIECE)
    if not got:
        return None
    while len(got) < _LENGTHS.size:
        got += _more(connection)
    head, body = _LENGTHS.unpack_from(got)
    pieces, missing = [got], _LENGTHS.size + head + body - len(got)
    while missing > 0:
        pieces.append(_more(connection))
        missing -= len(pieces[-1])
    whole = b"".join(pieces)
    middle = _LENGTHS.size + head
    return json.loads(whole[_LENGTHS.size : middle]), whole[middle:]


def _more(connection: socket.socket) -> bytes:
    got = connection.recv(_PIECE)
    if not got:
        raise EOFError
    return got
