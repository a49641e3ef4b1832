"""What the library costs: CPU a session, time to the verdict, sessions a second, memory.

A few genuine sessions are rendered once; then the same files are judged again and again: by one
set of models in one process, which tells the processor's time, and by the engine with two workers,
as the API does, which tells sessions a second and the workers' memory. The customary recipe sees
the same frames. Sessions differ in length and in how many faces are described, so figures are means
of them.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from bench.liveness.casting import drawn
from bench.liveness.desk import Desk, Outcome, Watch
from bench.liveness.memory import Memory
from bench.liveness.orders import GENUINE, Lab, orders
from bench.liveness.stage import stage_of
from bench.rival import customary_ms
from sandbox.phone.camera import Frame
from sandbox.phone.session import Actor
from sandbox.phone.steps import Step as Told
from verify.defaults import DEFAULT_POLICY
from verify.engine import FaceEngine
from verify.engine.tasks import Measuring, measurer
from verify.liveness.challenge import Challenge
from verify.models import ModelFiles
from verify.results import Template

_FRAMES = 90
_WHO = (7, 8, 9, 10)  # whose sessions are measured
_WORKERS = 2
_CALLERS = 3  # threads of the API that keep two workers busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A genuine session as it was filmed."""

    challenge: Challenge
    template: Template
    takes: tuple[tuple[Frame, ...], ...]

    @property
    def frames(self) -> list[bytes]:
        """All files."""
        return [frame.jpeg for take in self.takes for frame in take]

    @property
    def described(self) -> int:
        """How many of them are described for matching."""
        pairs = zip(self.challenge.steps, self.takes, strict=True)
        return sum(place < len(take) for step, take in pairs for place in step.described)


class Playback:
    """Sends a film at the times at which it was filmed."""

    def __init__(self, film: Film, watch: Watch) -> None:
        """Take the film and the clock it moves."""
        self._film = film
        self._watch = watch

    def film(self, step: Told) -> tuple[Frame, ...]:
        """Return the step's frames."""
        frames = self._film.takes[step.n]
        self._watch.now = max(self._watch.now, frames[-1].t_ms / 1000)
        return frames


def run(lab: Lab, *, repeats: int) -> dict[str, object]:
    """Measure each film `repeats` times; processor seconds are told for a session and 90 frames."""
    films = [filmed(lab, who) for who in _WHO]
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        told = pool.submit(judged_alone, lab.mesh, films, repeats).result()
    rate, peaks = served(lab.mesh, films, repeats)
    count = statistics.mean(len(film.frames) for film in films)
    seconds = statistics.mean(statistics.median(one.cpu_s for one in each) for each in told)
    alone = [one for each in told for one in each]
    return {
        "sessions": len(films),
        "frames_per_session": count,
        "described_per_session": statistics.mean(film.described for film in films),
        "cpu_s_per_session": round(seconds, 3),
        "cpu_s_per_90_frames": round(seconds * _FRAMES / count, 3),
        "verdict_ms_p95": round(float(np.percentile([one.verdict_ms for one in alone], 95)), 1),
        "sessions_per_s": round(rate, 2),
        "rss_mb": round(max(peaks)),
        "judged": len(alone),
        "passed": sum(one.passed for one in alone),
        "customary_s_per_90_frames": _customary(films[0].frames),
    }


def filmed(lab: Lab, who: int) -> Film:
    """Render one genuine session in this process."""
    stage = stage_of(lab)
    cast = stage.casting(orders([GENUINE], count=who + 1)[who])
    actor, challenge = cast.actor(), drawn("full", cast.rng)
    takes = [actor.filming.film(Told.from_json(step.public())) for step in challenge.steps]
    template = stage.template(cast.victim, cast.band)
    return Film(challenge=challenge, template=template, takes=tuple(takes))


def judged_alone(mesh: Path, films: Sequence[Film], repeats: int) -> list[list[Outcome]]:
    """Judge each film again and again in this process, once before that to warm up."""
    loaded = measurer(ModelFiles.installed(mesh=mesh), DEFAULT_POLICY)
    _judged(loaded, films[0])
    return [[_judged(loaded, film) for _ in range(repeats)] for film in films]


def served(mesh: Path, films: Sequence[Film], repeats: int) -> tuple[float, list[float]]:
    """Judge the films with the engine; return sessions a second and the workers' peaks in MB."""
    engine = FaceEngine(
        models=ModelFiles.installed(mesh=mesh), policy=DEFAULT_POLICY, workers=_WORKERS
    )
    pids = engine.start()
    try:
        with ThreadPoolExecutor(_CALLERS) as callers:
            list(callers.map(lambda film: _judged(engine, film), films[:_CALLERS]))
            wanted = [*films] * repeats
            begun = time.perf_counter()
            list(callers.map(lambda film: _judged(engine, film), wanted))
            lasted = time.perf_counter() - begun
        return len(wanted) / lasted, [_peak_mb(pid) for pid in pids]
    finally:
        engine.close()


def _judged(loaded: Measuring, film: Film) -> Outcome:
    watch = Watch()
    desk = Desk(measurer=loaded, policy=DEFAULT_POLICY, watch=watch)
    actor = Actor(filming=Playback(film, watch))
    return desk.play(actor, film.challenge, session="cost", template=film.template, memory=Memory())


def _peak_mb(pid: int) -> float:
    """Return a process's peak of resident memory (Linux: VmHWM in proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _customary(frames: Sequence[bytes]) -> float:
    some = frames[:: max(1, len(frames) // 10)][:10]
    return round(customary_ms(some) / len(some) * _FRAMES / 1000, 2)
