"""A worker that dies in the middle of what it is sent must not keep anybody waiting."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from verify.engine.worker_pool import WorkerPool

FRAMES = bytes(8 * 1024 * 1024)
"""More than any pipe holds."""
LONG_S = 20


def nothing() -> None:
    pass


def worker_id(_: bytes = b"") -> int:
    return os.getpid()


def broken_mid_word() -> tuple[WorkerPool, Future[int]]:
    """A pool whose worker was killed when it had read a part of its task."""
    pool = WorkerPool(initializer=nothing, initargs=())
    worker = pool.submit(worker_id).result()
    os.kill(worker, signal.SIGSTOP)
    future = pool.submit(worker_id, FRAMES)
    os.kill(worker, signal.SIGKILL)
    return pool, future


def ends(leave: Callable[[], None]) -> bool:
    """Tell whether a call comes back."""
    thread = threading.Thread(target=leave, daemon=True)
    thread.start()
    thread.join(LONG_S)
    return not thread.is_alive()


def manager_of(pool: WorkerPool) -> threading.Thread:
    manager: Any = pool._executor_manager_thread
    assert isinstance(manager, threading.Thread)
    return manager


@pytest.mark.parametrize("leave", ["abandon", "close"])
def test_a_pool_whose_worker_died_while_it_was_written_to_can_be_left(leave: str) -> None:
    pool, future = broken_mid_word()
    manager = manager_of(pool)
    with pytest.raises(BrokenProcessPool):
        future.result(LONG_S)
    assert ends(getattr(pool, leave))
    manager.join(LONG_S)
    assert not manager.is_alive()


def test_closing_lets_the_running_task_finish() -> None:
    pool = WorkerPool(initializer=nothing, initargs=())
    future = pool.submit(worker_id, FRAMES)
    assert ends(pool.close)
    assert future.result(LONG_S) > 0


def test_a_pool_that_never_worked_closes_at_once() -> None:
    assert ends(WorkerPool(initializer=nothing, initargs=()).close)
