"""Several calls at once, each in a thread of a bounded pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import copy_context
from typing import Final, TypeVar

from app.core.errors import DomainError

T = TypeVar("T")


class FanOut:
    """Runs calls that wait for others side by side; thread-safe, close it in the end.

    A call sees the context variables of the caller, such as the request's id in the logs, but not
    the transaction under way: a database session is for one thread.
    """

    def __init__(self, *, threads: int, apart: Callable[[], AbstractContextManager[None]]) -> None:
        """Start no thread yet.

        Args:
            threads: at most so many at once, whoever calls; further calls wait for one.
            apart: `Database.apart`.
        """
        self._pool: Final = ThreadPoolExecutor(threads, thread_name_prefix="fan-out")
        self._apart = apart

    def run(self, calls: Sequence[Callable[[], T]]) -> list[T | DomainError]:
        """Run all and wait for all; the last one in the caller's own thread.

        Returns:
            In their order, what each returned or the refusal it raised.
        """
        *others, last = calls
        futures: list[Future[T | DomainError]] = [
            self._pool.submit(copy_context().run, self._outcome, call) for call in others
        ]
        try:
            own = copy_context().run(self._outcome, last)
        finally:
            for future in futures:
                future.exception()  # waits: nothing runs on once this has returned
        return [*(future.result() for future in futures), own]

    def close(self) -> None:
        """Wait for the calls under way and end the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _outcome(self, call: Callable[[], T]) -> T | DomainError:
        with self._apart():
            try:
                return call()
            except DomainError as refusal:
                return refusal
