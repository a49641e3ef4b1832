"""What a hospital's system does: follows the feed, checks in, serves, books, calls clinics off.

1. An event counts once it is in the book, with what it changed; the feed is read on from there.
2. A write that must take effect once is in the book before it is sent, under a key it keeps; after
   a crash, or an answer that was lost, it is sent again under the same key.
3. The other writes may be repeated as they are: who is there stays there, who was seen stays seen.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sandbox.hospital_his.book import Book, Write
from sandbox.hospital_his.client import Hospital
from sandbox.phone.http import Refused, UnreachableError

T = TypeVar("T")
_STOPS = "/v1/hospital/stops"
_TRIES = 4
_FIRST_FAULT = 500
_MOST_SENDINGS = 100
_PASSING = {401, 403, 425, 429}
_STILL_RUNNING = "IDEMPOTENCY_IN_PROGRESS"


class Desk:
    """A hospital at work."""

    def __init__(self, *, hospital: Hospital, book: Book, sleep: Callable[[float], None]) -> None:
        """Take the client, the book, and what waits for some seconds."""
        self._hospital = hospital
        self._book = book
        self._sleep = sleep

    def headers(self, method: str, url: str) -> dict[str, str]:
        """The headers of one call."""
        return self._hospital.headers(method, url)

    def follow(self) -> int:
        """Read the feed until there is no more; return how many events were taken.

        Raises:
            GapError: something is missing.
            Refused: EVENTS_EXPIRED among others.
        """
        taken = 0
        while True:
            page = self._hospital.events(self._book.reached)
            taken += self._book.take(page["items"])  # 1
            if not page["more"]:
                return taken

    def check_in(self, code: str) -> dict[str, Any]:
        """Check somebody in by the code on their phone. Lost answers want another code."""
        return self._hospital.check_in(code)

    def served(self, appointment: str) -> dict[str, Any]:
        """Tell that the doctor has seen somebody."""
        return self._again(lambda: self._hospital.served(appointment))  # 3

    def book(self, code: str, **parameters: str) -> dict[str, Any]:
        """Book for somebody at the window."""
        return self._hospital.book(code, parameters)

    def import_lines(self, data: bytes, *, dry_run: bool) -> dict[str, Any]:
        """Send a schedule, again while the server had no time for all of it."""
        told = self._again(lambda: self._hospital.import_lines(data, dry_run=dry_run))  # 3
        for _ in range(_MOST_SENDINGS):
            if told.get("next_line") is None:
                break
            told = self._again(lambda: self._hospital.import_lines(data, dry_run=dry_run))
        return told

    def stop(self, sessions: Sequence[str], reason: str) -> dict[str, Any]:
        """Call sessions off, by the hospital's own ids or ours, in one call."""
        body = {"session_ids": list(sessions), "reason": reason}
        write = Write(key=secrets.token_urlsafe(24), path=_STOPS, body=body)
        self._book.begin(write)  # 2
        return self.resume(write)

    def resume(self, write: Write) -> dict[str, Any]:
        """Send a write of the book, again where it was sent before.

        Raises:
            Refused: it has no effect, and the book says so.
            UnreachableError: nobody knows yet; it stays in the book.
        """
        try:
            reply = self._again(lambda: self._hospital.write(write.path, write.body, key=write.key))
        except Refused as refused:
            if not _passes(refused):
                self._book.end(write.key, refused.code)
            raise
        self._book.end(write.key, "done")
        return reply.json()

    def _again(self, work: Callable[[], T]) -> T:
        """Do what may be repeated until there is an answer, or patience ends."""
        for n in range(_TRIES):
            try:
                return work()
            except (UnreachableError, Refused) as error:
                last = n == _TRIES - 1
                if last or (isinstance(error, Refused) and not _passes(error)):
                    raise
                self._sleep(_wait_of(error, 0.5 * 2**n))
        raise AssertionError


def _passes(refused: Refused) -> bool:
    """Whether a refusal says nothing final of a request."""
    running = refused.code == _STILL_RUNNING
    return running or refused.status in _PASSING or refused.status >= _FIRST_FAULT


def _wait_of(error: Exception, otherwise: float) -> float:
    told = error.members.get("retry_after") if isinstance(error, Refused) else None
    return min(float(told), 10.0) if isinstance(told, int) and told > 0 else otherwise
