"""Processes of our own that do something at the same moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final, TypeVar

ROOT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 60
_LOADED: Final = ("app.factory", "tests.app.world")
Begin = Callable[[], object]
"""Waits until all others are ready."""
R = TypeVar("R")
A = TypeVar("A")
T = TypeVar("T")


def forking() -> ForkServerContext:
    """Processes that are copies of one that has loaded the application: to load it takes seconds.

    Python starts that one once a run, for whoever asks first, and it loads what it was told then.
    So all are told the same.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([*_LOADED])
    return context


def at_once(part: Callable[[R, A, Begin], T], race: R, acts: Sequence[A]) -> list[T]:
    """Do each act in a process of its own, all at once; returns what came of each, in order.

    Args:
        part: what one process does: it connects, calls the last argument, and acts. A function of
            a module that can be imported: a new process begins with it.
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
    found = dict(outcomes.get(timeout=_PATIENCE_S) for _ in processes)
    for process in processes:
        process.join(_PATIENCE_S)
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
        outcomes.put((n, part(lambda: barrier.wait(_PATIENCE_S))))
    except Exception as failed:  # noqa: BLE001 - told above
        outcomes.put((n, _Fell(repr(failed))))


def raced(module: str, arguments: Sequence[Sequence[str]]) -> list[str]:
    """Run a module once with each list of arguments, all at once; returns what each printed.

    It says "ready" when it can begin, and begins at a line on its standard input.
    """
    with ExitStack() as stack:
        racers = [_begun(stack, module, one) for one in arguments]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        return [racer.communicate(timeout=_PATIENCE_S)[0].strip() for racer in racers]


def _begun(stack: ExitStack, module: str, arguments: Sequence[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *arguments]
    process = stack.enter_context(
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    )
    stack.callback(process.kill)
    return process
