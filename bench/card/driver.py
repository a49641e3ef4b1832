"""Many clients in one thread: each sends, waits for its answer, and sends the next.

A connection is kept for as long as a client lives. One thread does it all with what was prepared
beforehand, so that the machine's cores are left to what is measured.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import selectors
import socket
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_PATIENCE_S = 60.0
_PIECE = 1 << 16
_HEAD_ENDS = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    kind: str
    """What its time is told under."""
    data: bytes
    pause_s: float = 0.0
    """Waited before it is sent; no part of its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as an object."""
        found: dict[str, Any] = json.loads(self.body)
        return found


Turn = Generator[Call, Answer, None]
"""A client: yields requests and is sent the answers."""


@dataclass(slots=True, kw_only=True)
class Played:
    """What a run measured."""

    wall_s: float = 0.0
    ms: dict[str, list[float]] = field(default_factory=dict)
    """By kind: from the first byte sent to the last received, milliseconds."""
    refused: dict[str, int] = field(default_factory=dict)
    """By kind and status: answers other than 2xx."""


@dataclass(slots=True, kw_only=True)
class _Client:
    turn: Turn
    socket: socket.socket
    call: Call
    begun: float = 0.0
    got: bytes = b""
    over: bool = False


def play(base_url: str, turns: Sequence[Turn]) -> Played:
    """Run all clients side by side until each has ended.

    Raises:
        TimeoutError: no answer at all for a minute.
        ConnectionError: the server hung up.
    """
    played = Played()
    with contextlib.ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        clients = [_connected(stack, base_url, turn) for turn in turns]
        begun = time.perf_counter()
        pauses = _Pauses()
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            pauses.send(client)
        while selector.get_map():
            ready = selector.select(pauses.left_s())
            if not ready and not pauses.waiting:
                raise TimeoutError
            pauses.send_due()
            for key, _ in ready:
                if _hear(key.data, played):
                    pauses.send(key.data)
                elif key.data.over:
                    selector.unregister(key.fileobj)
        played.wall_s = time.perf_counter() - begun
    return played


def _connected(stack: contextlib.ExitStack, base_url: str, turn: Turn) -> _Client:
    parts = urlsplit(base_url)
    address = (str(parts.hostname), int(parts.port or 80))
    connection = stack.enter_context(socket.create_connection(address, timeout=_PATIENCE_S))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Client(turn=turn, socket=connection, call=next(turn))


@dataclass(slots=True)
class _Pauses:
    """Clients whose next request is not due yet."""

    waiting: list[tuple[float, int, _Client]] = field(default_factory=list)

    def send(self, client: _Client) -> None:
        """Send a client's request, now or when it is due."""
        if not client.call.pause_s:
            _send(client)
            return
        due = time.perf_counter() + client.call.pause_s
        heapq.heappush(self.waiting, (due, id(client), client))

    def send_due(self) -> None:
        """Send what has become due."""
        while self.waiting and self.waiting[0][0] <= time.perf_counter():
            _send(heapq.heappop(self.waiting)[2])

    def left_s(self) -> float:
        """How long nothing is due."""
        if not self.waiting:
            return _PATIENCE_S
        return max(0.0, self.waiting[0][0] - time.perf_counter())


def _send(client: _Client) -> None:
    client.got, client.begun = b"", time.perf_counter()
    client.socket.sendall(client.call.data)


def _hear(client: _Client, played: Played) -> bool:
    """Take what has come; returns whether the client has another request."""
    piece = client.socket.recv(_PIECE)
    if not piece:
        raise ConnectionError
    client.got += piece
    answer = _answer(client.got)
    if answer is None:
        return False
    ms, kind = (time.perf_counter() - client.begun) * 1000, client.call.kind
    if answer.status // 100 == 2:  # noqa: PLR2004 - RFC 9110, 15.3
        played.ms.setdefault(kind, []).append(ms)
    else:
        told = f"{kind} {answer.status}"
        played.refused[told] = played.refused.get(told, 0) + 1
    try:
        client.call = client.turn.send(answer)
    except StopIteration:
        client.over = True
        return False
    return True


def _answer(got: bytes) -> Answer | None:
    """Return the answer once it is whole; every one of ours says how long it is."""
    head, separator, body = got.partition(_HEAD_ENDS)
    if not separator:
        return None
    first, *fields = head.split(b"\r\n")
    length = next(
        int(value)
        for name, _, value in (line.partition(b":") for line in fields)
        if name.lower() == b"content-length"
    )
    if len(body) < length:
        return None
    return Answer(status=int(first.split()[1]), body=body)
