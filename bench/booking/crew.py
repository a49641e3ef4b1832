"""Many processes that work on the database at the same moment, each with one connection."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final

from bench.booking.ways import Ways
from config import Settings

_PATIENCE_S: Final = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process does, subject by subject."""

    way: str
    subjects: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of all processes' tasks."""

    counts: Counter[str]
    ms: Sequence[float]
    """Of each subject."""
    wall_s: float
    """From the first beginning to the last end."""

    @property
    def per_s(self) -> float:
        """Subjects a second."""
        return sum(self.counts.values()) / self.wall_s


@dataclass(slots=True, kw_only=True)
class Crew:
    """The processes, and how to speak with them."""

    pipes: list[Connection] = field(default_factory=list)

    def do(self, way: str, subjects: Sequence[Any]) -> Outcome:
        """Share subjects out, like cards, and have all processes begin at once.

        Raises:
            TimeoutError: one has stopped answering.
        """
        many = len(self.pipes)
        for n, pipe in enumerate(self.pipes):
            pipe.send(Task(way=way, subjects=list(subjects[n::many])))
        begun = time.perf_counter()
        told = [_received(pipe) for pipe in self.pipes]
        wall_s = time.perf_counter() - begun
        counts = sum((counted for counted, _ in told), Counter[str]())
        return Outcome(counts=counts, ms=[ms for _, times in told for ms in times], wall_s=wall_s)


@contextmanager
def crew(environment: Mapping[str, str], count: int) -> Iterator[Crew]:
    """Start so many processes; they end with the block."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pairs = [context.Pipe() for _ in range(count)]
    workers = [
        context.Process(target=_run, args=(environment, theirs), daemon=True) for _, theirs in pairs
    ]
    for worker in workers:
        worker.start()
    made = Crew(pipes=[ours for ours, _ in pairs])
    try:
        for pipe in made.pipes:
            _received(pipe)  # it is ready
        yield made
    finally:
        for pipe in made.pipes:
            pipe.send(None)
        for worker in workers:
            worker.join(_PATIENCE_S)


def _received(pipe: Connection) -> Any:  # noqa: ANN401 - what the other side sent
    if not pipe.poll(_PATIENCE_S):
        raise TimeoutError
    return pipe.recv()


def _run(environment: Mapping[str, str], pipe: Connection) -> None:
    with Ways(Settings.from_environment(environment)) as ways:
        pipe.send("ready")
        while (task := pipe.recv()) is not None:
            pipe.send(_done(ways, task))


def _done(ways: Ways, task: Task) -> tuple[Counter[str], list[float]]:
    way, counts, times = ways.way(task.way), Counter[str](), []
    for subject in task.subjects:
        begun = time.perf_counter()
        counts[way(subject)] += 1
        times.append((time.perf_counter() - begun) * 1000)
    return counts, times
