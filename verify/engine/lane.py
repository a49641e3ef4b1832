"""One face worker and the work that waits for it; a worker that dies is replaced."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Lock
from typing import ParamSpec, TypeVar

from verify.engine import tasks
from verify.engine.worker import Worker, WorkerDied
from verify.errors import EngineClosed, EngineFailed
from verify.models import ModelFiles
from verify.policy.verification import VerificationPolicy

Args = ParamSpec("Args")
Outcome = TypeVar("Outcome")


class Lane:
    """Takes tasks one after the other.

    A worker of its own for each lane, so that a dying one fails the request it was busy with and
    no other. All that concerns the worker happens in the lane's one thread.
    """

    def __init__(self, *, files: ModelFiles, policy: VerificationPolicy, patience_s: float) -> None:
        """Remember what a worker must load; the process starts with the first task.

        Args:
            files: Model files.
            policy: Limits of pictures and quality.
            patience_s: When a worker that does not answer is killed; loading is included.
        """
        self._files = files
        self._policy = policy
        self._patience_s = patience_s
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lane")
        self._worker: Worker | None = None
        self._waiting = 0
        self._lock = Lock()

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

        Raises:
            EngineClosed: The lane was closed.
        """

        def work() -> Outcome:
            return self._living().call(self._patience_s, task, *args, **options)

        with self._lock:
            try:
                future = self._thread.submit(self._do, work)
            except RuntimeError as error:
                # Closed between the caller's admission and here.
                raise EngineClosed from error
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

    def close(self) -> None:
        """Let the running task finish, drop the rest and end the process."""
        self._thread.shutdown(cancel_futures=True)
        with self._lock:
            if self._worker is not None:
                self._worker.end()

    def _do(self, work: Callable[[], Outcome]) -> Outcome:
        try:
            return work()
        except WorkerDied as error:
            self._replace()
            raise EngineFailed from error

    def _living(self) -> Worker:
        """Return the worker; one that died at rest is replaced without anyone noticing."""
        if self._worker is None or not self._worker.alive():
            return self._replace()
        return self._worker

    def _replace(self) -> Worker:
        if self._worker is not None:
            self._worker.kill()
        self._worker = Worker(tasks.prepare, self._files, self._policy)
        return self._worker

    def _finished(self, _: "Future[Outcome]") -> None:
        with self._lock:
            self._waiting -= 1
