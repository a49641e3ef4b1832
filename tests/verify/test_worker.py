"""A worker that dies, in the middle of a word too, keeps nobody waiting."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from verify.engine.worker import Worker, WorkerDied

FRAMES = bytes(8 * 1024 * 1024)
"""More than any pipe holds."""
LONG_S = 20.0


def nothing() -> None:
    pass


def worker_id(_: bytes = b"") -> int:
    return os.getpid()


def divide(a: int, *, by: int) -> float:
    return a / by


def give_function(_: bytes = b"") -> object:
    """What no pipe can carry."""
    return lambda: None


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def leave() -> None:
    os._exit(3)


@pytest.fixture
def worker() -> Iterator[Worker]:
    started = Worker(nothing)
    yield started
    started.kill()


def test_a_task_s_value_and_its_error_come_back(worker: Worker) -> None:
    assert worker.call(LONG_S, divide, 9, by=2) == 4.5
    with pytest.raises(ZeroDivisionError) as caught:
        worker.call(LONG_S, divide, 9, by=0)
    assert "in divide" in "".join(caught.value.__notes__)
    assert worker.call(LONG_S, worker_id, FRAMES) != os.getpid()


@pytest.mark.parametrize("moment_s", [0.0, 0.3])
def test_a_worker_killed_while_it_is_written_to_fails_that_call_at_once(
    worker: Worker, moment_s: float
) -> None:
    pid = worker.call(LONG_S, worker_id)
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(worker.call, LONG_S * 10, worker_id, FRAMES)
        time.sleep(moment_s)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(WorkerDied):
            waiting.result(LONG_S)


def test_a_worker_that_leaves_instead_of_answering_fails_that_call(worker: Worker) -> None:
    with pytest.raises(WorkerDied):
        worker.call(LONG_S, leave)


def test_an_answer_no_pipe_can_carry_costs_the_worker_not_the_caller(
    capfd: pytest.CaptureFixture[str],
) -> None:
    worker = Worker(nothing)
    with pytest.raises(WorkerDied):
        worker.call(LONG_S, give_function)
    worker.end()
    assert "pickle" in capfd.readouterr().err


def test_a_halted_worker_is_killed_when_patience_ends(worker: Worker) -> None:
    os.kill(worker.call(LONG_S, worker_id), signal.SIGSTOP)
    with pytest.raises(WorkerDied):
        worker.call(0.3, worker_id, FRAMES)


def test_a_worker_that_could_not_prepare_itself_fails_the_first_call(
    capfd: pytest.CaptureFixture[str],
) -> None:
    worker = Worker(partial(divide, 1, by=0))
    with pytest.raises(WorkerDied):
        worker.call(LONG_S, worker_id)
    worker.end()
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_dying_workers_never_close_what_belongs_to_others() -> None:
    """Many at once, in threads: no descriptor is closed twice, none is left open."""

    def die_and_start_again(_: int) -> bool:
        worker = Worker(nothing)
        os.kill(worker.call(LONG_S, worker_id), signal.SIGKILL)
        with pytest.raises(WorkerDied):
            worker.call(LONG_S, worker_id, FRAMES)
        worker.kill()
        return worker.alive()

    before, threads_before = open_files(), threading.active_count()
    with ThreadPoolExecutor(4) as threads:
        assert not any(threads.map(die_and_start_again, range(12)))
    assert open_files() <= before + 1
    assert threading.active_count() == threads_before


def test_an_end_that_another_thread_was_told_of_is_seen_at_once(worker: Worker) -> None:
    """Who starts a process asks after all the others first; what it hears it notes a bit later."""
    pid = worker.call(LONG_S, worker_id)
    assert worker.alive()
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert not worker.alive()
    vars(worker._process)["_popen"].returncode = os.waitstatus_to_exitcode(status)


def test_a_worker_at_rest_ends_by_itself() -> None:
    worker = Worker(nothing)
    worker.call(LONG_S, worker_id)
    worker.end()
    assert worker._process.exitcode == 0
