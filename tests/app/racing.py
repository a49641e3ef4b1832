"""Processes of our own that do something at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from tests.app.programs import PATIENCE_S, Program, forking

Begin = Callable[[], object]
"""Waits until all others are ready."""
R = TypeVar("R")
A = TypeVar("A")
T = TypeVar("T")


def at_once(part: Callable[[R, A, Begin], T], race: R, acts: Sequence[A]) -> list[T]:
    """Do each act in a process of its own, all at once; returns what came of each, in order.

    Args:
        part: what one process does: it connects, calls the last argument, and acts. A function of
            a module that can be imported.
        race: what every process needs to know.
        acts: one for each.
    """
    context = forking()
    barrier, outcomes = context.Barrier(len(acts)), context.Queue()
    processes = [
        context.Process(target=_raced, args=(partial(part, race, act), n, barrier, outcomes))
        for n, act in enumerate(acts)
    ]
    for process in processes:
        process.start()
    found = dict(outcomes.get(timeout=PATIENCE_S) for _ in processes)
    for process in processes:
        process.join(PATIENCE_S)
    outcomes.close()
    outcomes.join_thread()
    fell = [one for one in found.values() if isinstance(one, _Fell)]
    assert not fell, fell[0]
    return [found[n] for n in range(len(acts))]


class _Fell(str):
    """A racer that fell must say so."""

    __slots__ = ()


def _raced(
    part: Callable[[Begin], T], n: int, barrier: Barrier, outcomes: Queue[tuple[int, T | _Fell]]
) -> None:
    try:
        outcomes.put((n, part(lambda: barrier.wait(PATIENCE_S))))
    except Exception as failed:  # noqa: BLE001 - told above
        outcomes.put((n, _Fell(repr(failed))))


def raced(module: str, arguments: Sequence[Sequence[str]]) -> list[str]:
    """Run a module once with each list of arguments, all at once; returns what each printed.

    It says "ready" when it can begin, and begins at a line on its standard input.
    """
    with started(module, arguments) as racers:
        return [racer.rest() for racer in racers]


@contextmanager
def started(module: str, arguments: Sequence[Sequence[str]]) -> Iterator[list[Program]]:
    """The same, while they run."""
    with ExitStack() as stack:
        racers = [stack.enter_context(Program(module, one)) for one in arguments]
        for racer in racers:
            racer.expect("ready")
        for racer in racers:
            racer.go()
        yield racers
