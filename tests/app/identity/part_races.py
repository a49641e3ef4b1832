"""The same part of a step, submitted by processes of their own."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import datetime

from app.core.errors import DomainError
from app.identity.ports import Upload
from app.identity.service.sessions import StepKey
from app.wiring.identity import build_sessions
from app.wiring.infrastructure import build_infrastructure
from config import Settings
from tests.app.identity.fakes import FakeFaces, NobodyKnown
from tests.fakes import FakeClock


def submit(settings: Settings, now: datetime, key: StepKey, upload: Upload) -> tuple[int, int, str]:
    """Process, how often it measured, and what it answered."""
    faces = FakeFaces()
    with ExitStack() as closing:
        shared = build_infrastructure(settings, FakeClock(now), closing)
        steps = build_sessions(shared, faces=faces, registry=NobodyKnown()).steps
        try:
            answer = steps.submit(key, upload, address="192.0.2.1")
            outcome = f"{answer.status} {answer.received} {answer.next_part}"
        except DomainError as refused:
            outcome = refused.kind.code
    return os.getpid(), len(faces.measured), outcome
