"""A watch over a database connection: a server that hangs never ends a statement by itself."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg


class Overdue(Exception):  # noqa: N818 - reads as what happened
    """The time was over, and the connection was cut."""


@contextmanager
def ended_after(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """Cut the connection when the time is over, whatever the block waits for.

    Raises:
        Overdue: it was cut.
    """
    over = threading.Event()
    # A handle of our own: the connection's number may belong to another file once it is closed.
    with socket.socket(fileno=os.dup(connection.fileno())) as line:

        def cut() -> None:
            over.set()
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

        watch = threading.Timer(seconds, cut)
        watch.daemon = True
        watch.start()
        try:
            yield
        except psycopg.Error:
            if over.is_set():
                raise Overdue from None
            raise
        finally:
            watch.cancel()
            watch.join()
    if over.is_set():
        raise Overdue
