"""The face engine: a fixed number of worker processes behind a bounded queue."""

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.util import Finalize
from threading import BoundedSemaphore, Event
from types import TracebackType
from typing import Self

from verify.engine import tasks
from verify.engine.lane import Lane
from verify.errors import EngineBusy, EngineClosed, ImageRefused
from verify.models import ModelFiles
from verify.policy.verification import VerificationPolicy
from verify.results import FrameMeasurement, Template
from verify.wanted import PLAIN, Wanted

_CLOSE_FIRST = 20
"""Any but the least: at its end a process first calls those that have one."""
_LOADING_S = 60.0
"""What a worker may need to load its models, on a busy machine."""
_LEAST_FRAMES = 12
"""Shorter pieces are not worth another worker's first look, which takes three times as long. What
a phone sends at a time, 12 to 23 frames, therefore goes to one worker."""


class FaceEngine:
    """Measures faces in worker processes. Safe to call from any number of threads.

    The calling process never loads OpenCV, dlib or a model.
    """

    def __init__(
        self,
        *,
        models: ModelFiles,
        policy: VerificationPolicy,
        workers: int = 2,
        queue: int = 8,
        timeout_s: int = 20,
        retry_after_s: int = 1,
    ) -> None:
        """Prepare lanes; nothing is started yet.

        Args:
            models: Model files, checked by `start` and again by each worker.
            policy: Limits of pictures and quality.
            workers: Processes, at most one a core; each takes about 300 MB.
            queue: Requests admitted at a time, running ones included.
            timeout_s: What one request may take in one worker.
            retry_after_s: What a refused caller is told to wait.
        """
        self._models = models
        self._policy = policy
        patience_s = _LOADING_S + timeout_s
        self._lanes = tuple(
            Lane(files=models, policy=policy, patience_s=patience_s) for _ in range(workers)
        )
        self._admitted = BoundedSemaphore(queue)
        self._timeout_s = timeout_s
        self._retry_after_s = retry_after_s
        self._started = Event()
        self._closed = Event()

    def start(self) -> tuple[int, ...]:
        """Start every worker, wait until all have loaded, and return their process ids.

        Raises:
            ModelRefused: A model file is absent or differs.
            EngineFailed: A worker could not start.
            EngineClosed: The engine was closed.
        """
        if self._closed.is_set():
            raise EngineClosed
        self._models.check()
        # A process that multiprocessing itself started (a server's worker) ends its children at
        # its end; running tasks finish before.
        Finalize(self, _close, args=(self._lanes,), exitpriority=_CLOSE_FIRST)
        futures = [(lane, lane.submit(tasks.warm)) for lane in self._lanes]
        pids = tuple(lane.result(future) for lane, future in futures)
        self._started.set()
        return pids

    def ready(self) -> bool:
        """Whether `start` has succeeded and `close` was not called."""
        return self._started.is_set() and not self._closed.is_set()

    @property
    def waiting(self) -> int:
        """Pieces of work not yet finished, running ones included."""
        return sum(lane.waiting for lane in self._lanes)

    def measure(
        self,
        frames: Sequence[bytes],
        *,
        wanted: Wanted = PLAIN,
    ) -> tuple[FrameMeasurement, ...]:
        """Measure the frames of one step or a part of one, in order.

        They are cut into neighbouring pieces, one for each worker.

        Args:
            frames: JPEG or PNG files.
            wanted: What to measure beyond place, mesh, pose and quality.

        Raises:
            ImageRefused: `index` says which frame.
            EngineBusy: The queue is full.
            EngineFailed: A worker died or took too long.
            EngineClosed: The engine was closed.
        """
        if not frames:
            return ()
        pieces = _cut(len(frames), min(len(self._lanes), max(1, len(frames) // _LEAST_FRAMES)))
        with self._admission():
            work = [
                self._send(frames[start:end], _share(wanted, start, end)) for start, end in pieces
            ]
            wait([future for _, future in work])
            return tuple(
                record
                for (lane, future), (start, _) in zip(work, pieces, strict=True)
                for record in _placed(lane, future, start)
            )

    def enrol(self, photo: bytes) -> Template:
        """Describe the one face of a reference photograph.

        Raises:
            ImageRefused: Not an acceptable picture.
            FaceRefused: Not exactly one usable face that looks at the camera.
            EngineBusy: The queue is full.
            EngineFailed: The worker died or took too long.
            EngineClosed: The engine was closed.
        """
        with self._admission():
            lane = self._idlest()
            future = lane.submit(tasks.enrol, self._models, self._policy, self._timeout_s, photo)
            return lane.result(future)

    def close(self) -> None:
        """Take no more work, let running tasks finish, end the workers."""
        self._closed.set()
        _close(self._lanes)

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    @contextmanager
    def _admission(self) -> Iterator[None]:
        if self._closed.is_set():
            raise EngineClosed
        if not self._admitted.acquire(blocking=False):
            raise EngineBusy(self._retry_after_s)
        try:
            yield
        finally:
            self._admitted.release()

    def _idlest(self) -> Lane:
        return min(self._lanes, key=lambda lane: lane.waiting)

    def _send(
        self,
        frames: Sequence[bytes],
        wanted: Wanted,
    ) -> tuple[Lane, Future[tuple[FrameMeasurement, ...]]]:
        lane = self._idlest()
        return lane, lane.submit(
            tasks.measure,
            self._models,
            self._policy,
            self._timeout_s,
            frames,
            wanted,
        )


def _cut(count: int, parts: int) -> list[tuple[int, int]]:
    edges = [round(part * count / parts) for part in range(parts + 1)]
    return list(itertools.pairwise(edges))


def _share(wanted: Wanted, start: int, end: int) -> Wanted:
    """Return what the piece of frames `start` to `end` is asked.

    dlib and the search for traces see the piece with the first described frame.
    """
    inside = tuple(place - start for place in wanted.described if start <= place < end)
    first = bool(inside) and min(wanted.described) == inside[0] + start
    return replace(
        wanted,
        described=inside,
        dlib=wanted.dlib and first,
        traces=wanted.traces and first,
    )


def _placed(
    lane: Lane,
    future: Future[tuple[FrameMeasurement, ...]],
    start: int,
) -> tuple[FrameMeasurement, ...]:
    try:
        return lane.result(future)
    except ImageRefused as refused:
        raise refused.at(start + refused.index) from refused


def _close(lanes: Sequence[Lane]) -> None:
    for lane in lanes:
        lane.close()
