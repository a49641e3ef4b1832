"""A pool of one process that can always be left behind, also when its process died mid-word."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

_LOOK_S = 0.1


class WorkerPool(ProcessPoolExecutor):
    """One worker process, spawned with the first task.

    Frames are larger than a pipe: where a worker dies before it has read them all, the thread that
    writes waits for ever on a pipe whose other end nobody but ourselves still holds, and the
    interpreter waits for the thread (Python before 3.11.6, as Debian 12 has it). With that end
    closed the write fails and the thread ends.
    """

    def __init__(self, *, initializer: Callable[..., object], initargs: tuple[Any, ...]) -> None:
        """Remember how a worker begins."""
        super().__init__(
            max_workers=1,
            mp_context=get_context("spawn"),
            initializer=initializer,
            initargs=initargs,
        )
        # Kept, for a shutdown forgets it. There is no public way to its other end.
        self._sent: Any = self._call_queue  # type: ignore[attr-defined]

    def abandon(self) -> None:
        """Leave a pool whose worker died; do not wait for what is left of it."""
        self.shutdown(wait=False, cancel_futures=True)
        self._let_go()

    def close(self) -> None:
        """Let the running task finish, drop the rest and end the process."""
        manager: Any = self._executor_manager_thread  # a thread, whatever the stubs say
        self.shutdown(wait=False, cancel_futures=True)
        while manager is not None and manager.is_alive():
            manager.join(_LOOK_S)
            if self._broken:
                self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):  # newer interpreters do the same
            self._sent._reader.close()  # noqa: SLF001 - no public way
