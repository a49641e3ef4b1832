"""The demonstration: start everything, play the journey, try what must fail, keep serving."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from launch import steps
from launch.journey import Journey, Line, play_journey
from launch.memory import ApiMemory, api_memory
from launch.refusals import (
    Refusal,
    try_faces,
    try_foreign_key,
    try_settled_twice,
    try_used_code,
)
from launch.serving import addresses, serve
from launch.stage import CITIZEN, Stage
from launch.system import System
from launch.visit import play_visit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_STEPS = (
    *("verification", "token", "certificate", "card", "decode"),
    *("quote", "settle", "refund"),
)
_VISIT = ("place", "hold", "fee", "arrival", "service")
_REFUSED = (
    *("impostor", "flat_photo", "replayed_session"),
    *("used_code", "settled_twice", "foreign_key_token"),
)


def demo(given: Mapping[str, str], *, port: int, once: bool) -> int:
    """Run the demonstration.

    Args:
        given: the caller's environment.
        port: where the API listens.
        once: stop after the journey instead of serving.

    Returns:
        0 if all of it held.

    Raises:
        LaunchRefused: something could not be started, or a step of the journey did not hold.
    """
    with System(given=given, port=port) as system:
        journey, visit, refusals = _play(system)
        pdf = _keep(system.var, journey)
        memory = api_memory(system.api.process.pid)
        held = all(refusal.held for refusal in refusals)
        if not once:
            addresses(system)
            serve(system)
    if once:
        print(json.dumps(_summary(journey, visit, refusals, pdf, memory)), flush=True)
    return 0 if held else 1


def _play(system: System) -> tuple[Journey, Mapping[str, float], Sequence[Refusal]]:
    stage = Stage(
        base_url=system.base_url,
        portraits=system.portraits,
        mesh_model=system.var / "models" / "face_landmark.tflite",
        till=system.till,
        hospital=system.hospital,
    )
    studio = stage.studio()
    actor = studio.person(stage.head(studio))
    print("\nThe journey (milliseconds are the server's; the camera's time is not counted)")
    with stage.phone() as phone, stage.terminal() as till, stage.desk() as desk:
        journey = play_journey(phone, till=till, claim=CITIZEN, actor=actor, tell=_tell)
        visit = play_visit(phone, desk=desk, var=system.var, tell=_tell)
        _tell(Line(name="in all", ms=journey.ms + sum(visit.values()), text=_filmed(journey)))
        print("\nWhat must be refused", flush=True)
        refusals = [
            try_used_code(till, journey),
            try_settled_twice(till, journey),
            try_foreign_key(stage, journey),
        ]
        refusals += try_faces(stage, journey)
        # Made in the background meanwhile; the journey did not wait for it.
        journey = replace(journey, document=steps.fetch_upgraded(phone, journey.document))
    for refusal in refusals:
        mark = "refused" if refusal.held else "NOT REFUSED AS IT SHOULD BE"
        print(f"  {refusal.name:<18} {mark}: {refusal.code}", flush=True)
    return journey, visit, refusals


def _tell(line: Line) -> None:
    print(f"  {line.name:<14} {line.ms:6.0f} ms   {line.text}", flush=True)


def _filmed(journey: Journey) -> str:
    return f"besides {journey.recording.film_ms / 1000:.1f} s before the camera"


def _keep(var: Path, journey: Journey) -> Path:
    path = var / "demo" / f"{journey.document.certificate.type}.pdf"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(journey.document.pdf)
    level = journey.document.certificate.signature_level
    print(f"\nThe certificate is {path}, signed at level PAdES {level}", flush=True)
    return path


def _summary(
    journey: Journey,
    visit: Mapping[str, float],
    refusals: Sequence[Refusal],
    pdf: Path,
    memory: ApiMemory,
) -> dict[str, Any]:
    codes = {refusal.name: refusal.code for refusal in refusals}
    return {
        "ok": all(refusal.held for refusal in refusals),
        "steps": {f"{name}_ms": round(journey.ms_by_step[name]) for name in _STEPS}
        | {f"{name}_ms": round(visit[name]) for name in _VISIT},
        "journey_ms": round(journey.ms + sum(visit.values())),
        "refused": {name: codes[name] for name in _REFUSED},
        "certificate_pdf": str(pdf),
        "signature_level": journey.document.certificate.signature_level,
        "rss_mb": memory.api_mb,
        "workers_rss_mb": list(memory.workers_mb),
    }
