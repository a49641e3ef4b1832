"""A line before a few places: who stands in it, who is next, and when it is full."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Generic, TypeVar

from app.core.errors import BUSY

T = TypeVar("T")
_RETRY_AFTER_S: Final = 1


@dataclass(order=True, slots=True)
class _Waiting(Generic[T]):
    due: float
    number: int
    called: threading.Lock = field(compare=False)
    place: T | None = field(default=None, compare=False)
    left: bool = field(default=False, compare=False)


class Line(Generic[T]):
    """Gives places to threads. Safe to use from any number of them.

    1. Nobody is passed who came earlier, but by those of more urgency: each stands in the line as
       if it had come its head start earlier. So whoever has waited for longer than all head starts
       is next, whatever else comes: nobody starves.
    2. Whoever has a place keeps it until they give it back.
    3. No more than `room` wait, and none longer than `patience_s`.
    """

    def __init__(
        self,
        places: Iterable[T],
        *,
        room: int,
        patience_s: float,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the line.

        Args:
            places: what is given out; one at least.
            room: how many may wait.
            patience_s: for how long.
            timer: seconds of a clock that never goes back.
        """
        self._free: Final = list(places)
        self._room: Final = room
        self._patience_s: Final = patience_s
        self._timer: Final = timer
        self._numbers: Final = count()
        self._lock: Final = threading.Lock()
        self._waiting: Final[list[_Waiting[T]]] = []
        self._length = 0

    @property
    def length(self) -> int:
        """How many wait."""
        return self._length

    def take(self, *, head_start_s: float = 0.0) -> T:
        """Wait for a place; whoever has taken one gives it back.

        Args:
            head_start_s: how much earlier the caller counts as having come.

        Raises:
            DomainError: BUSY: the line is full, or nobody gave a place back in time.
        """
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._length >= self._room:  # 3
                raise BUSY(retry_after=_RETRY_AFTER_S)
            due = self._timer() - head_start_s  # 1
            mine = _Waiting[T](due=due, number=next(self._numbers), called=threading.Lock())
            mine.called.acquire()
            heapq.heappush(self._waiting, mine)
            self._length += 1
        if not mine.called.acquire(timeout=self._patience_s):
            self._leave(mine)
        if mine.place is None:
            raise BUSY(retry_after=_RETRY_AFTER_S)  # 3
        return mine.place

    def give_back(self, place: T) -> None:
        """Hand a place, or another one instead, to whoever is next."""
        with self._lock:
            while self._waiting:
                following = heapq.heappop(self._waiting)
                if not following.left:
                    self._length -= 1
                    following.place = place
                    following.called.release()
                    return
            self._free.append(place)

    def _leave(self, mine: _Waiting[T]) -> None:
        with self._lock:
            if mine.place is None:  # else it was called at the last moment
                mine.left = True
                self._length -= 1
