"""Sessions whose times are wrong, though the phone sealed them so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bench.liveness.spoiling import Attempt, Case, Spoil
from bench.liveness.takes import Session, Take, sealed
from verify.defaults.protocol import PROTOCOL

_LONG_MS = 8000
_PLAIN_MS = 500
_FEW = 2 * PROTOCOL.clock_arrivals


def filmed_before_asked(case: Case) -> Attempt | None:
    """A step's frames are at least a second older than it."""
    n, age = case.below(len(case.session.takes)), case.between(1000, 4000)
    early = _moved(case.session.takes[n], lambda t_ms: t_ms - age)
    return _sent(case, early, n, later_ms=0)


def paused(case: Case) -> Attempt | None:
    """The camera rests for more than 400 ms inside a step."""
    n = case.below(len(case.session.takes))
    take, rest = case.session.takes[n], case.between(401, 3000)
    since = take.shots[case.between(1, len(take.shots) - 1)].t_ms
    moved = _moved(take, lambda t_ms: t_ms + rest * (t_ms >= since))
    return _sent(case, _followed(take, moved), n, later_ms=rest)


def slow_camera(case: Case) -> Attempt | None:
    """A step is filmed at fewer than 10 frames a second."""
    return _stretched(case, case.rng.uniform(1.6, 3.0))


def fast_camera(case: Case) -> Attempt | None:
    """A step is filmed at more than 60 frames a second."""
    return _stretched(case, case.rng.uniform(0.05, 0.22))


def sent_late(case: Case) -> Attempt | None:
    """An upload comes long after its step's window."""
    n = case.below(len(case.session.takes))
    take, late = case.session.takes[n], case.between(14_001, 60_000)
    first = case.below(len(take.parts))
    arrivals = (*take.arrivals[:first], *(at + late for at in take.arrivals[first:]))
    return _sent(case, replace(take, arrivals=arrivals), n, later_ms=late)


def drifting_clock(case: Case) -> Attempt | None:
    """The phone's clock runs 5 to 30 % fast or slow, through a streamed session of 8 s or more.

    By half a second more than the slope allows, so that no network explains it.
    """
    takes = case.session.takes
    start = takes[0].shots[0].t_ms
    long = takes[-1].shots[-1].t_ms - start
    least = max(0.05, PROTOCOL.clock_slope + _PLAIN_MS / long)
    streamed = sum(len(take.parts) for take in takes) >= _FEW
    if not streamed or long < _LONG_MS:
        return None
    rate = 1 + case.rng.uniform(least, 0.3) * (1 if case.below(2) else -1)
    drifted = (_moved(take, lambda t_ms: start + round((t_ms - start) * rate)) for take in takes)
    return _posted(replace(case.session, takes=tuple(drifted)))


def jumped_clock(case: Case) -> Attempt | None:
    """Between two steps the phone's clock is set by 1.5 s or more."""
    n = case.between(1, len(case.session.takes) - 1)
    jump = case.between(1500, 6000) * (1 if case.below(2) else -1)
    later = (_moved(take, lambda t_ms: t_ms + jump) for take in case.session.takes[n:])
    return _posted(replace(case.session, takes=(*case.session.takes[:n], *later)))


TIMED: Mapping[str, Spoil] = MappingProxyType(
    {
        spoil.__name__: spoil
        for spoil in (
            filmed_before_asked,
            paused,
            slow_camera,
            fast_camera,
            sent_late,
            drifting_clock,
            jumped_clock,
        )
    }
)
"""By name."""


def _stretched(case: Case, factor: float) -> Attempt:
    n = case.below(len(case.session.takes))
    take = case.session.takes[n]
    start = take.shots[0].t_ms
    moved = _moved(take, lambda t_ms: start + round((t_ms - start) * factor))
    longer = moved.shots[-1].t_ms - take.shots[-1].t_ms
    return _sent(case, _followed(take, moved), n, later_ms=longer)


def _moved(take: Take, change: Callable[[int], int]) -> Take:
    """Return the take with other capture times."""
    return replace(
        take,
        shots=tuple(replace(shot, t_ms=change(shot.t_ms)) for shot in take.shots),
        shown_ms=None if take.shown_ms is None else change(take.shown_ms),
    )


def _followed(before: Take, after: Take) -> Take:
    """Return the changed take with arrivals that follow its frames as they did before."""
    arrivals = tuple(
        at + after.shots[end - 1].t_ms - before.shots[end - 1].t_ms
        for at, end in zip(before.arrivals, before.parts, strict=True)
    )
    return replace(after, arrivals=arrivals)


def _sent(case: Case, take: Take, n: int, *, later_ms: int) -> Attempt:
    """Return the session with another take, everything after it so much later on both clocks."""
    takes = case.session.takes
    later = (
        replace(
            _moved(each, lambda t_ms: t_ms + later_ms),
            revealed_ms=each.revealed_ms + later_ms,
            arrivals=tuple(at + later_ms for at in each.arrivals),
        )
        for each in takes[n + 1 :]
    )
    return _posted(replace(case.session, takes=(*takes[:n], take, *later)))


def _posted(session: Session) -> Attempt:
    return Attempt(session=session.id, posted=sealed(session))
