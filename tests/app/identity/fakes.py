"""Stand-ins for what verification sessions ask: a registry, and faces."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.identity.ports import (
    Capture,
    ChainHead,
    CheckedCapture,
    Finding,
    Judgement,
    MeasuredStep,
    Plan,
    Provenance,
    RevealedStep,
)
from verify.results import Embedding, FrameMeasurement, Template
from verify.wanted import Wanted

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
    captures: list[Capture] = field(default_factory=list)
    """What was checked."""
    judged: list[dict[str, Any]] = field(default_factory=list)
    """The evidence of the last verdict."""
    checked: Finding | None = None
    screened: Finding | None = None
    outcome: str = "PASSED"
    """PASSED, or the retry code of a failure."""
    enrols: bool = True
    """False: no photograph shows a usable face."""
    before_enrol: Callable[[], None] = lambda: None
    before_claim: Callable[[], None] = lambda: None
    before_measure: Callable[[], None] = lambda: None
    likeness: tuple[bytes, ...] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, session_id: str, *, purpose: str, variants: Collection[str]) -> Plan | None:
        if not purpose or "no_light" not in variants:
            return None
        nonces = [hashlib.sha256(f"{session_id} {n}".encode()).hexdigest()[:22] for n in range(2)]
        challenge = json.dumps(nonces).encode()
        return Plan(challenge=challenge, chain=b"0", steps=2, variant="no_light")

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
        self.before_claim()

    def check(self, capture: Capture) -> CheckedCapture:
        assert capture.received_ms >= capture.revealed_ms
        frames = int(capture.chain) + len(capture.upload.frames)
        with self.lock:
            self.captures.append(capture)
        return CheckedCapture(finding=self.checked, chain=b"%d" % frames)

    def head(self, chain: bytes) -> ChainHead:
        """The chain of a fake is the number of its frames."""
        return ChainHead(digest=hashlib.sha256(chain).digest(), frames=int(chain))

    def measure(self, capture: Capture, *, chain: bytes) -> bytes:
        frames = capture.upload.frames
        assert int(chain) == int(capture.chain) + len(frames)
        with self.lock:
            self.measured.append(capture.n)
        self.before_measure()
        seen = [hashlib.sha256(frame.content).hexdigest() for frame in frames]
        return json.dumps({"n": capture.n, "seen": seen}).encode()

    def join(self, pieces: Sequence[bytes]) -> MeasuredStep:
        parts = [json.loads(piece) for piece in pieces]
        [n] = {part["n"] for part in parts}
        seen = [one for part in parts for one in part["seen"]]
        evidence = json.dumps({"n": n, "seen": seen}).encode()
        likeness = tuple(bytes.fromhex(one) for one in seen)
        return MeasuredStep(evidence=evidence, likeness=self.likeness or likeness)

    def alike(self, likeness: Sequence[bytes], earlier: Sequence[bytes]) -> bool:
        return set(likeness) <= set(earlier)

    def screen(self, evidence: Sequence[bytes]) -> Finding | None:
        assert [json.loads(step)["n"] for step in evidence] == [0]
        return self.screened

    def judge(
        self, evidence: Sequence[bytes], *, challenge: bytes, template: bytes | None
    ) -> Judgement:
        self.judged = [json.loads(step) for step in evidence]
        assert [step["n"] for step in self.judged] == [0, 1]
        assert len(json.loads(challenge)) == 2
        passed = self.outcome == "PASSED" and template is not None
        code = None if passed else "NOT_VERIFIED" if template is None else self.outcome
        return Judgement(
            passed=passed,
            level="L1" if passed else None,
            retry_code=code,
            outcome="GENUINE" if passed else "SPOOF",
            gate=None if passed else "evidence",
            audit={"score": 0.123},
        )

    def provenance(self) -> Provenance:
        return Provenance(policy="fake-1", models={"eye": "ab" * 32})


class Blind:
    """An engine that enrols whatever it is shown, for tests that never get as far as measuring."""

    def measure(self, frames: Sequence[bytes], *, wanted: Wanted) -> tuple[FrameMeasurement, ...]:
        raise AssertionError((len(frames), wanted))

    def enrol(self, photo: bytes) -> Template:
        assert photo
        return Template(embedding=Embedding(sface=bytes(512), dlib=bytes(512)))
