"""Making the processes: copies of this one, which share its memory until they write to it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Final

from app.core.hands.hand import Hand, work

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CLOSE_FIRST: Final = 20
"""Any but the least: at its end a process first calls those that have one."""
_PATIENCE_S: Final = 30.0
"""For one answer: the database gives up on a statement after ten seconds."""
_ENDS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def fork_hands(count: int, build: Callable[[], WSGIApplication]) -> tuple[Hand, ...]:
    """Start processes that answer calls.

    To be called once, by the one thread there is, before anything is connected: a copied
    connection would be used by two. A process ends when the one that made it has hung up or is
    gone, however that ended; signals that are meant for both leave it to that.

    Args:
        count: how many; 0 makes none.
        build: makes the application, in each process anew.
    """
    if not count:
        return ()
    context = get_context("fork")
    pairs = [socket.socketpair() for _ in range(count)]
    hands = []
    for number, (ours, _) in enumerate(pairs):
        process = context.Process(target=_live, args=(pairs, number, build), daemon=True)
        process.start()
        hands.append(Hand(ours, process, patience_s=_PATIENCE_S))
    for _, theirs in pairs:
        theirs.close()
    # At the end of a process that multiprocessing itself started, it waits for its children.
    Finalize(None, _let_go, args=(tuple(hands),), exitpriority=_CLOSE_FIRST)
    return tuple(hands)


def _live(
    pairs: Sequence[tuple[socket.socket, socket.socket]],
    number: int,
    build: Callable[[], WSGIApplication],
) -> None:
    """Be such a process."""
    for end in _ENDS:
        signal.signal(end, signal.SIG_IGN)
    mine = pairs[number][1]
    for pair in pairs:  # a copy left open would keep the others from hearing that we are alone
        for connection in pair:
            if connection is not mine:
                connection.close()
    try:
        work(mine, build())
    except OSError:
        os._exit(1)


def _let_go(hands: Sequence[Hand]) -> None:
    for hand in hands:
        hand.let_go()
