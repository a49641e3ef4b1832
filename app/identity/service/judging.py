"""Judges a claimed upload: a part of a step, or what completes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.identity.ports import Capture, FacePort, Upload
from app.identity.service.answers import Answer
from app.identity.service.conclusions import Conclusions, Refusal
from app.identity.service.evidence import Evidence
from app.identity.service.progress import Judged, Measured, Progress
from app.identity.service.replays import Replays
from app.identity.service.seals import SessionSeals

REJECTED: Final = "REJECTED_PROTOCOL"
NOT_VERIFIED: Final = "NOT_VERIFIED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An upload and when it had arrived."""

    upload: Upload
    at: datetime


class Judging:
    """Looks at what was sent, and says what comes next."""

    def __init__(
        self,
        *,
        faces: FacePort,
        evidence: Evidence,
        progress: Progress,
        conclusions: Conclusions,
        replays: Replays,
        seals: SessionSeals,
    ) -> None:
        """Take the ports."""
        self._faces = faces
        self._evidence = evidence
        self._progress = progress
        self._conclusions = conclusions
        self._replays = replays
        self._seals = seals

    def judge(self, judged: Judged, arrived: Arrived) -> Answer:
        """Judge a claimed upload.

        a. None of the files was sent in another session.
        b. Chain, order, counts and timing hold; of a whole step when this completes it.
        c. The frames are measured. A part ends here; what completes a step goes on:
        d. Nothing in the steps so far speaks against going on; or, after the last step,
        e. its movements do not repeat those of another session of the same person, and
        f. the verdict is that this is the person, alive.
        """
        claim, frames = judged.claim, arrived.upload.frames
        # a
        if not self._replays.first_seen_in(claim.session.id, frames):
            return self._conclusions.refuse(judged, Refusal(gate="frame_replayed", code=REJECTED))
        # b
        capture = self._capture(judged, arrived)
        checked = self._faces.check(capture)
        if checked.finding is not None:
            found = checked.finding
            return self._conclusions.refuse(judged, Refusal(gate=found.gate, code=found.code))
        judged = replace(judged, chain=checked.chain)
        # c
        piece = self._faces.measure(capture, chain=checked.chain)
        if not claim.completes:
            return self._progress.receive(judged, Measured(evidence=piece, frames=len(frames)))
        return self._completed(judged, Measured(evidence=piece, frames=len(frames)))

    def _completed(self, judged: Judged, last: Measured) -> Answer:
        claim = judged.claim
        step = self._faces.join([*self._evidence.of_parts(claim), last.evidence])
        self._replays.remember(claim.session, claim.n, step.likeness)
        evidence = [*self._evidence.of_steps(claim), step.evidence]
        if claim.last:
            return self._decided(judged, evidence)
        # d
        found = self._faces.screen(evidence)
        if found is not None:
            return self._conclusions.refuse(judged, Refusal(gate=found.gate, code=found.code))
        return self._progress.accept(judged, replace(last, evidence=step.evidence))

    def _decided(self, judged: Judged, evidence: Sequence[bytes]) -> Answer:
        session = judged.claim.session
        # e: over the whole session; steps that hold still have left nothing to compare
        seen = self._replays.likenesses(session)
        if any(self._faces.alike(seen.own, other) for other in seen.others):
            refusal = Refusal(gate="likeness_replayed", code=REJECTED)
            return self._conclusions.refuse(judged, refusal)
        # f
        judgement = self._faces.judge(
            evidence,
            challenge=self._seals.challenge(session),
            template=self._seals.template(session),
        )
        if judgement.passed:
            return self._conclusions.admit(judged, judgement)
        refusal = Refusal(
            gate=judgement.gate or "verdict",
            code=judgement.retry_code or NOT_VERIFIED,
            outcome=judgement.outcome,
            figures=judgement.audit,
        )
        return self._conclusions.refuse(judged, refusal)

    def _capture(self, judged: Judged, arrived: Arrived) -> Capture:
        claim = judged.claim
        return Capture(
            challenge=self._seals.challenge(claim.session),
            chain=judged.chain,
            n=claim.n,
            upload=arrived.upload,
            final=claim.completes,
            revealed_ms=_milliseconds(claim.session.revealed_at),
            received_ms=_milliseconds(arrived.at),
        )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
