"""Receipts of verifications on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.jose.compact import MAX_BYTES


class ReceiptReply(Reply):
    """One's own receipt."""

    receipt: str
    """Compact JWS."""
    digest: str
    """base64url SHA-256 of it; the access token's `vrf`."""


class ReceiptCheckBody(JsonBody):
    """What somebody was shown."""

    receipt: str = Field(min_length=1, max_length=4 * MAX_BYTES)


class QuestionReply(Reply):
    """One of the five questions. `ok` is absent when it was not examined."""

    ok: bool | None
    code: str


class QuestionsReply(Reply):
    """The five questions, in the order in which they are asked."""

    form: QuestionReply
    signature: QuestionReply
    contents: QuestionReply
    issuer: QuestionReply
    period: QuestionReply


class FramesReply(Reply):
    """The chain of accepted frames."""

    count: int
    head: str
    """base64url of the last link, a SHA-256."""


class ContentsReply(Reply):
    """What a good receipt states. Times are seconds since 1970, UTC."""

    iss: str
    aud: str
    jti: str
    """The session."""
    iat: int
    exp: int
    started_at: int
    ended_at: int
    outcome: Literal["PASSED", "FAILED"]
    level: str | None = None
    retry_code: str | None = None
    purpose: str
    consent: str
    """Version of the text that was agreed to."""
    variant: str
    steps: list[str]
    """Kinds of the steps that were revealed, in order."""
    challenge: str
    """base64url SHA-256 of the steps as they were revealed: a JSON list, members sorted by name,
    no blanks, UTF-8."""
    frames: FramesReply
    policy: str
    """Version of all limits and thresholds."""
    models: dict[str, str]
    """Name → SHA-256 of the model files."""


class ReceiptCheckReply(Reply):
    """What a check found."""

    valid: bool
    """The one answer: rely on it or not."""
    checks: QuestionsReply
    contents: ContentsReply | None
