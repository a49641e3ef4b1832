import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.verify import pictures
from verify.defaults import DEFAULT_POLICY
from verify.engine import FaceEngine, tasks
from verify.engine.tasks import Measuring
from verify.errors import (
    Code,
    EngineBusy,
    EngineClosed,
    EngineFailed,
    FaceRefused,
    ImageRefused,
    VerifyError,
)
from verify.matching import fused
from verify.models import ModelFiles
from verify.results import QualityReason
from verify.wanted import Wanted

NAMES = ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png")
PATIENCE_S = 20.0
BEYOND_ANY_MACHINE = 20_000
"""Times five frames of 3 ms: minutes of work, and five objects to send."""


def film(portraits: Path, name: str, count: int = 8) -> list[bytes]:
    portrait = pictures.read(portraits / name, height=480)
    return [pictures.jpeg(portrait, quality=80 + index % 15) for index in range(count)]


def until(holds: Callable[[], bool]) -> None:
    """Wait for another process or thread to get there."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


@contextmanager
def halted(*pids: int) -> Iterator[None]:
    """Workers that hang: stopped by the system, not ended."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with_process(pid, signal.SIGCONT)


def processes(pids: tuple[int, ...]) -> list[BaseProcess]:
    """The children of this process that have these numbers."""
    return [child for child in multiprocessing.active_children() if child.pid in pids]


def with_process(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def alive(pid: int) -> bool:
    """Whether any thread of it is: the first may be gone before the rest."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except FileNotFoundError:
        return False
    return state != "Z" or threads > 1


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.fixture(scope="module")
def single(models: ModelFiles) -> Iterator[FaceEngine]:
    """One worker that may take one request at a time, for tests that break it."""
    with FaceEngine(models=models, policy=DEFAULT_POLICY, workers=1, queue=1) as started:
        yield started


def test_frames_come_back_in_order_though_two_workers_share_them(
    engine: FaceEngine, portraits: Path
) -> None:
    frames = film(portraits, "obama.jpg", 13) + film(portraits, "biden.jpg", 12)
    measured = engine.measure(frames)
    alone = [engine.measure([frame])[0] for frame in frames]
    assert [frame.digest for frame in measured] == [frame.digest for frame in alone]
    assert all(frame.face is not None for frame in measured)


@pytest.mark.parametrize("places", [(), (0,), (23,), (2, 5, 6, 14, 19)])
def test_the_frames_asked_for_are_described_whoever_measures_them(
    engine: FaceEngine, portraits: Path, places: tuple[int, ...]
) -> None:
    wanted = Wanted(described=places)
    frames = engine.measure(film(portraits, "astronaut.png", 24), wanted=wanted)
    found = [i for i, f in enumerate(frames) if f.face is not None and f.face.embedding]
    assert found == list(places)


def test_two_workers_share_one_description_by_dlib(engine: FaceEngine, portraits: Path) -> None:
    wanted = Wanted(described=(3, 8, 12, 19))
    frames = engine.measure(film(portraits, "astronaut.png", 24), wanted=wanted)
    found = [frame.face.embedding for frame in frames if frame.face is not None]
    assert [bool(one.dlib) for one in found if one is not None].count(True) == 1
    assert len([one for one in found if one is not None]) == 4
    assert [frame.forensics is not None for frame in frames].count(True) == 1


def test_what_a_phone_sends_at_a_time_goes_to_one_worker(
    engine: FaceEngine, measurer: Measuring, portraits: Path
) -> None:
    """A second worker would have to look for the face anew, for a few frames."""
    frames = film(portraits, "obama.jpg", 23)
    assert engine.measure(frames) == measurer.measure(frames)


def test_all_that_is_wanted_reaches_the_workers(engine: FaceEngine, portraits: Path) -> None:
    wanted = Wanted(described=(0,), dlib=False, radiance=True, still=True)
    frames = engine.measure(film(portraits, "obama.jpg", 24), wanted=wanted)
    faces = [frame.face for frame in frames if frame.face is not None]
    assert all(face.radiance is not None for face in faces)
    assert len({face.mesh for face in faces}) < len(faces) / 2
    assert [face.embedding.dlib for face in faces if face.embedding is not None] == [b""]


def test_no_frames_need_no_worker(engine: FaceEngine) -> None:
    assert engine.measure([], wanted=Wanted(described=(0,))) == ()


def test_four_threads_never_get_each_other_s_faces(
    engine: FaceEngine, measurer: Measuring, portraits: Path
) -> None:
    photos = {name: (portraits / name).read_bytes() for name in NAMES}
    expected = {name: measurer.enrol(photo).embedding for name, photo in photos.items()}
    with ThreadPoolExecutor(4) as threads:
        for _ in range(2):
            found = threads.map(lambda name: engine.enrol(photos[name]), NAMES)
            for name, template in zip(NAMES, found, strict=True):
                assert fused(template.embedding, expected[name]) > 0.999


def test_a_bad_frame_is_named_by_its_place_in_the_request(
    engine: FaceEngine, portraits: Path
) -> None:
    frames = film(portraits, "obama.jpg", 12)
    frames[9] = frames[9][:-100]
    with pytest.raises(ImageRefused) as caught:
        engine.measure(frames)
    assert (caught.value.code, caught.value.index) == (Code.IMAGE_BROKEN, 9)


def test_a_photograph_without_a_face_is_refused_across_processes(engine: FaceEngine) -> None:
    with pytest.raises(FaceRefused) as caught:
        engine.enrol(pictures.jpeg(pictures.plain(300, 300)))
    assert caught.value.code == QualityReason.NO_FACE


def test_a_worker_stays_below_four_hundred_megabytes(engine: FaceEngine, portraits: Path) -> None:
    large = pictures.read(portraits / "obama.jpg", height=4400)
    engine.enrol(pictures.jpeg(large))
    wanted = Wanted(described=(4, 40), radiance=True)
    engine.measure(film(portraits, "obama.jpg", 60), wanted=wanted)
    assert all(resident_mb(pid) < 400 for pid in engine.start())


def test_a_full_queue_says_when_to_come_back(single: FaceEngine, portraits: Path) -> None:
    frames = film(portraits, "obama.jpg", 1)
    with ThreadPoolExecutor(1) as thread:
        with halted(*single.start()):
            waiting = thread.submit(single.measure, frames)
            until(lambda: single.waiting > 0)
            with pytest.raises(EngineBusy) as caught:
                single.measure(frames)
            assert caught.value.retry_after_s == 1
        assert waiting.result()[0].face is not None
    assert single.measure(frames)[0].face is not None


def test_a_worker_killed_at_work_fails_that_request_and_the_next_one_works(
    single: FaceEngine, portraits: Path
) -> None:
    frames = film(portraits, "obama.jpg", 4)
    (pid,) = single.start()
    with ThreadPoolExecutor(1) as thread, halted(pid):
        waiting = thread.submit(single.measure, frames)
        until(lambda: single.waiting > 0)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(EngineFailed) as caught:
            waiting.result()
    assert caught.value.code == Code.ENGINE_FAILED
    assert len(single.measure(frames)) == 4
    assert single.start() != (pid,)


def test_a_worker_killed_at_rest_is_replaced_without_anyone_noticing(
    single: FaceEngine, portraits: Path
) -> None:
    (pid,) = single.start()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid))
    assert single.measure(film(portraits, "obama.jpg", 1))[0].face is not None


def test_a_request_that_takes_too_long_costs_its_worker_not_the_engine(
    models: ModelFiles, portraits: Path
) -> None:
    quick = FaceEngine(models=models, policy=DEFAULT_POLICY, workers=1, timeout_s=2)
    with quick:
        (worker,) = processes(quick.start())
        with pytest.raises(EngineFailed):
            quick.measure(film(portraits, "obama.jpg", 5) * BEYOND_ANY_MACHINE)
        # By its own deadline: the parent's patience, a minute longer, would have killed it.
        assert worker.exitcode == -signal.SIGALRM
        assert quick.measure(film(portraits, "obama.jpg", 1))[0].face is not None


def test_a_closed_engine_takes_no_more_work(models: ModelFiles) -> None:
    engine = FaceEngine(models=models, policy=DEFAULT_POLICY, workers=1)
    assert not engine.ready()
    engine.close()
    assert not engine.ready()
    for call in (engine.start, lambda: engine.measure([b"x"]), lambda: engine.enrol(b"x")):
        with pytest.raises(EngineClosed):
            call()


def test_work_handed_over_while_closing_is_refused_too(models: ModelFiles) -> None:
    engine = FaceEngine(models=models, policy=DEFAULT_POLICY, workers=1)
    (lane,) = engine._lanes
    lane.close()
    with pytest.raises(EngineClosed):
        engine.enrol(b"x")


def test_work_still_waiting_when_the_engine_closes_is_told_so(models: ModelFiles) -> None:
    engine = FaceEngine(models=models, policy=DEFAULT_POLICY, workers=1)
    (lane,) = engine._lanes
    queued = [lane.submit(tasks.warm) for _ in range(4)]
    engine.close()
    with pytest.raises(EngineClosed):
        lane.result(queued[-1])


def test_a_started_engine_is_ready(engine: FaceEngine) -> None:
    assert engine.ready()


def test_workers_leave_when_their_parent_is_killed(models: ModelFiles) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from verify.defaults import DEFAULT_POLICY\nfrom verify.engine import FaceEngine\n"
        "from verify.models import ModelFiles\n"
        "if __name__ == '__main__':\n"
        "    files = ModelFiles.installed(mesh=Path(sys.argv[1]))\n"
        "    engine = FaceEngine(models=files, policy=DEFAULT_POLICY, workers=1)\n"
        "    print(*engine.start(), flush=True)\n"
        "    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", code, str(models.mesh)]
    parent = subprocess.Popen(  # noqa: S603 - our own interpreter, fixed code
        command, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.kill()
        until(lambda: not alive(worker))


def test_a_worker_s_models_are_loaded_once(models: ModelFiles) -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        tasks.prepare(models, DEFAULT_POLICY)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    loaded = tasks.measurer(models, DEFAULT_POLICY)
    assert tasks.measurer(models, DEFAULT_POLICY) is loaded
    assert tasks.warm() == os.getpid()


def test_tasks_do_in_a_worker_what_the_measurer_does(
    models: ModelFiles, measurer: Measuring, portraits: Path
) -> None:
    photo = (portraits / "obama2.jpg").read_bytes()
    frames = film(portraits, "obama.jpg", 2)
    assert tasks.enrol(models, DEFAULT_POLICY, 60, photo) == measurer.enrol(photo)
    wanted = Wanted(described=(1,))
    again = tasks.measure(models, DEFAULT_POLICY, 60, frames, wanted)
    assert again == measurer.measure(frames, wanted=wanted)


def test_a_worker_follows_its_parent_and_nobody_else() -> None:
    reading, writing = os.pipe()
    left: list[int] = []
    with ThreadPoolExecutor(1) as thread:
        follower = thread.submit(tasks.follow, reading, left.append)
        assert left == []
        os.close(writing)
        follower.result()
    os.close(reading)
    assert left == [1]


def test_every_error_has_a_stable_code_and_says_nothing_else() -> None:
    errors: list[VerifyError] = [EngineBusy(3), EngineFailed(), EngineClosed()]
    assert [str(error) for error in errors] == ["ENGINE_BUSY", "ENGINE_FAILED", "ENGINE_CLOSED"]
    assert all(error.code in set(Code) for error in errors)


def serve_and_return(models: ModelFiles) -> None:
    """What a web server's worker does: start the engine, and end without closing it."""
    FaceEngine(models=models, policy=DEFAULT_POLICY, workers=1, queue=1).start()


def test_a_server_process_that_holds_an_engine_can_end(models: ModelFiles) -> None:
    server = multiprocessing.get_context("spawn").Process(target=serve_and_return, args=(models,))
    server.start()
    server.join(PATIENCE_S)
    ended = server.exitcode
    server.kill()
    server.join()
    assert ended == 0
