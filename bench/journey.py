"""Measures the main journey over HTTP on the running system: `make bench-journey`.

Every journey is real: a rendered head before the camera, face models in worker processes, a signed
PDF, a code consumed at a till. The time the camera films is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench.figures import Figures, machine
from bench.rival import customary_ms
from launch.bootstrap import CHECKOUT
from launch.environment import var_folder
from launch.errors import LaunchRefused
from launch.journey import Journey, play_journey
from launch.memory import api_memory
from launch.ports import free_port
from launch.stage import CITIZEN, Stage
from launch.steps import PURPOSE, decode
from launch.system import System
from sandbox.phone.client import Phone
from sandbox.terminal.client import Terminal

_TARGETS_MS = {"verdict": 500, "verdict_to_certificate": 300, "decode_p99": 50, "journey": 1500}
_TARGETS_MB = {"api": 250, "face_worker": 400}
_RIVAL_JOURNEYS = 3
_DECODES_A_JOURNEY = 10


@dataclass(slots=True, kw_only=True)
class Sample:
    """What was measured, milliseconds."""

    verdict: list[float] = field(default_factory=list)
    """From the last frame to the verdict."""
    verdict_to_certificate: list[float] = field(default_factory=list)
    """Token, issue, download."""
    decode: list[float] = field(default_factory=list)
    journey: list[float] = field(default_factory=list)
    """All calls from the first to the list of accesses."""
    rival_verdict: list[float] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)
    """How many frames the last step had."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the journeys and print the figures; 0 when every target is met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m bench.journey", description=__doc__)
    parser.add_argument("--journeys", type=int, default=25, help="at least 20")
    count: int = parser.parse_args(arguments).journeys
    given = {**os.environ, "LOG_LEVEL": "WARNING"}
    try:
        with System(given=given, port=free_port()) as system:
            stage = Stage(
                base_url=system.base_url,
                portraits=system.portraits,
                mesh_model=var_folder(CHECKOUT, given) / "models" / "face_landmark.tflite",
                till=system.till,
                hospital=system.hospital,
            )
            sample = _play(stage, count)
            memory = api_memory(system.api.process.pid)
    except LaunchRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    return _report(sample, api_mb=memory.api_mb, workers_mb=memory.workers_mb)


def _play(stage: Stage, count: int) -> Sample:
    studio, sample = stage.studio(), Sample()
    head = stage.head(studio)
    with stage.terminal() as till:
        for number in range(count + 1):
            with stage.phone() as phone:
                journey = play_journey(phone, till=till, claim=CITIZEN, actor=studio.person(head))
                if number == 0:
                    continue  # the first one warms caches up and is not counted
                _measure(sample, journey)
                sample.decode += _decodes(phone, till)
            if number <= _RIVAL_JOURNEYS:
                last = journey.recording.steps[-1].frames
                sample.rival_verdict.append(customary_ms([frame.jpeg for frame in last]))
    return sample


def _measure(sample: Sample, journey: Journey) -> None:
    times = journey.ms_by_step
    sample.verdict.append(journey.verdict_ms)
    sample.verdict_to_certificate.append(times["token"] + times["certificate"])
    sample.journey.append(journey.ms)
    sample.frames.append(len(journey.recording.steps[-1].frames))


def _decodes(phone: Phone, till: Terminal) -> list[float]:
    return [decode(till, phone.card_code(PURPOSE)).ms for _ in range(_DECODES_A_JOURNEY)]


def _report(sample: Sample, *, api_mb: int, workers_mb: Sequence[int]) -> int:
    figures = {
        "verdict": Figures.of(sample.verdict),
        "verdict_to_certificate": Figures.of(sample.verdict_to_certificate),
        "decode": Figures.of(sample.decode),
        "journey": Figures.of(sample.journey),
        "rival_verdict": Figures.of(sample.rival_verdict),
    }
    for name, one in figures.items():
        print(f"{name:<24} {one}")
    worker_mb = max(workers_mb, default=0)
    print(f"API process {api_mb} MB, largest worker {worker_mb} MB")
    met = {
        "verdict": figures["verdict"].median <= _TARGETS_MS["verdict"],
        "verdict_to_certificate": figures["verdict_to_certificate"].median
        <= _TARGETS_MS["verdict_to_certificate"],
        "decode_p99": figures["decode"].p99 <= _TARGETS_MS["decode_p99"],
        "journey": figures["journey"].median <= _TARGETS_MS["journey"],
        "api_mb": 0 < api_mb <= _TARGETS_MB["api"],
        "face_worker_mb": 0 < worker_mb <= _TARGETS_MB["face_worker"],
    }
    result = {
        "ok": all(met.values()),
        "met": met,
        "targets_ms": _TARGETS_MS,
        "targets_mb": _TARGETS_MB,
        "ms": {name: asdict(one) for name, one in figures.items()},
        "frames_of_last_step": Figures.of([float(n) for n in sample.frames]).median,
        "rival": "face_recognition, HOG, every frame of the same capture, one process",
        "api_mb": api_mb,
        "face_worker_mb": worker_mb,
        "machine": machine(),
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
