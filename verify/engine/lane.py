"""One face worker: a process pool of size one that is rebuilt when its process dies."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from typing import ParamSpec, TypeVar

from verify.engine import tasks
from verify.engine.worker_pool import WorkerPool
from verify.errors import EngineClosed, EngineFailed
from verify.models import ModelFiles
from verify.policy.verification import VerificationPolicy

Args = ParamSpec("Args")
Outcome = TypeVar("Outcome")


class Lane:
    """Takes tasks one after the other.

    A pool of its own for each worker, so that a dying worker fails the request it was busy with
    and no other.
    """

    def __init__(self, *, files: ModelFiles, policy: VerificationPolicy) -> None:
        """Remember what a worker must load; the process starts with the first task."""
        self._files = files
        self._policy = policy
        self._lock = Lock()
        self._pool = self._build()
        self._waiting = 0

    @property
    def waiting(self) -> int:
        """Tasks not yet finished."""
        return self._waiting

    def submit(
        self,
        task: Callable[Args, Outcome],
        *args: Args.args,
        **options: Args.kwargs,
    ) -> Future[Outcome]:
        """Queue a task.

        A worker found dead before the task was handed over is replaced without anyone noticing.

        Raises:
            EngineClosed: The lane was closed.
        """
        with self._lock:
            future = self._hand_over(task, *args, **options)
            self._waiting += 1
        future.add_done_callback(self._finished)
        return future

    def result(self, future: Future[Outcome]) -> Outcome:
        """Wait for a task of this lane.

        Raises:
            EngineFailed: The worker died over it. Another one is already loading.
            EngineClosed: The lane was closed before the task's turn.
        """
        try:
            return future.result()
        except CancelledError as error:
            raise EngineClosed from error
        except BrokenProcessPool as error:
            with self._lock:
                self._hand_over(tasks.warm)
            raise EngineFailed from error

    def close(self) -> None:
        """Let the running task finish, drop the rest and end the process."""
        self._pool.close()

    def _hand_over(
        self,
        task: Callable[Args, Outcome],
        *args: Args.args,
        **options: Args.kwargs,
    ) -> Future[Outcome]:
        try:
            return self._pool.submit(task, *args, **options)
        except BrokenProcessPool:
            self._pool.abandon()
            self._pool = self._build()
            return self._pool.submit(task, *args, **options)
        except RuntimeError as error:
            # The pool was shut down between the caller's admission and here.
            raise EngineClosed from error

    def _finished(self, _: "Future[Outcome]") -> None:
        with self._lock:
            self._waiting -= 1

    def _build(self) -> WorkerPool:
        return WorkerPool(initializer=tasks.prepare, initargs=(self._files, self._policy))
