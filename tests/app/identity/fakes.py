"""Stand-ins for what verification sessions ask: a registry, and faces."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from app.identity.ports import (
    Capture,
    CheckedCapture,
    Finding,
    Judgement,
    MeasuredCapture,
    Plan,
    RevealedStep,
)

KINDS = ("baseline", "turn_left")


class NobodyKnown:
    """A registry without entries."""

    def find(self, *, citizen_number: str, name: str, case_id: str) -> None:
        del citizen_number, name, case_id


@dataclass
class FakeFaces:
    """Believes every capture of a person with a template, unless it is told otherwise."""

    enrolled: list[bytes | None] = field(default_factory=list)
    measured: list[int] = field(default_factory=list)
    """The step of each measurement."""
    checked: Finding | None = None
    screened: Finding | None = None
    outcome: str = "PASSED"
    """PASSED, or the retry code of a failure."""
    enrols: bool = True
    """False: no photograph shows a usable face."""
    before_enrol: Callable[[], None] = lambda: None
    before_measure: Callable[[], None] = lambda: None
    likeness: tuple[bytes, ...] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, session_id: str, *, variants: Collection[str]) -> Plan | None:
        if "no_light" not in variants:
            return None
        nonces = [hashlib.sha256(f"{session_id} {n}".encode()).hexdigest()[:22] for n in range(2)]
        return Plan(challenge=json.dumps(nonces).encode(), chain=b"chain 0", steps=2)

    def reveal(self, challenge: bytes, n: int) -> RevealedStep:
        public = {
            "n": n,
            "kind": KINDS[n],
            "parameters": {},
            "nonce": json.loads(challenge)[n],
            "window_ms": 6000,
            "min_frames": 1,
            "max_frames": 10,
            "hold_ms": 800,
        }
        return RevealedStep(n=n, public=public, max_frames=10)

    def enrol(self, photo: bytes | None) -> bytes | None:
        self.before_enrol()
        self.enrolled.append(photo)
        return b"template of " + photo if photo is not None and self.enrols else None

    def probe(self, frames: Sequence[bytes]) -> None:
        assert all(frames)

    def check(self, capture: Capture) -> CheckedCapture:
        assert capture.chain == f"chain {capture.n}".encode()
        assert capture.received_ms >= capture.revealed_ms
        return CheckedCapture(finding=self.checked, chain=f"chain {capture.n + 1}".encode())

    def measure(self, capture: Capture, *, chain: bytes) -> MeasuredCapture:
        assert chain == f"chain {capture.n + 1}".encode()
        with self.lock:
            self.measured.append(capture.n)
        self.before_measure()
        seen = tuple(hashlib.sha256(frame.content).digest() for frame in capture.frames)
        evidence = f"evidence {capture.n}".encode()
        return MeasuredCapture(evidence=evidence, likeness=self.likeness or seen)

    def alike(self, likeness: Sequence[bytes], earlier: Sequence[bytes]) -> bool:
        return set(likeness) <= set(earlier)

    def screen(self, evidence: Sequence[bytes]) -> Finding | None:
        assert evidence == [b"evidence 0"]
        return self.screened

    def judge(
        self, evidence: Sequence[bytes], *, challenge: bytes, template: bytes | None
    ) -> Judgement:
        assert evidence == [b"evidence 0", b"evidence 1"]
        assert len(json.loads(challenge)) == 2
        passed = self.outcome == "PASSED" and template is not None
        code = None if passed else "NOT_VERIFIED" if template is None else self.outcome
        return Judgement(
            passed=passed, level="L1" if passed else None, retry_code=code, audit={"score": 0.123}
        )
