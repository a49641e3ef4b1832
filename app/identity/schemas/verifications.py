"""Verification sessions on the wire."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from stdnum.cn.ric import calc_check_digit

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.identity.models.verification import MOST_PARTS

_LONGEST_NAME: Final = 60
_MOST_FRAMES: Final = 64


def _checked_number(value: str) -> str:
    """GB 11643: birth date and check digit. The area code is not looked at: it may be retired."""
    number = value.upper()
    date.fromisoformat(number[6:14])
    if calc_check_digit(number) != number[-1]:
        message = "check digit"
        raise ValueError(message)
    return number


def _normal_name(value: str) -> str:
    name = unicodedata.normalize("NFC", value).strip()
    if not 1 <= len(name) <= _LONGEST_NAME:
        message = "length"
        raise ValueError(message)
    if any(unicodedata.category(character).startswith("C") for character in name):
        message = "control character"
        raise ValueError(message)
    return name


def _given(value: bool) -> bool:  # noqa: FBT001 - pydantic's signature
    if not value:
        message = "not given"
        raise ValueError(message)
    return value


CitizenNumber = Annotated[
    str, Field(pattern=r"^[0-9]{17}[0-9Xx]$"), AfterValidator(_checked_number)
]
Name = Annotated[str, Field(min_length=1, max_length=240), AfterValidator(_normal_name)]


# Not Literal[True]: that takes the number 1 for true.
Accepted = Annotated[bool, AfterValidator(_given)]


class ConsentBody(JsonBody):
    """The consent, given for this one purpose."""

    text_version: str = Field(min_length=1, max_length=32)
    accepted: Accepted


class CameraBody(JsonBody):
    """What the device's camera delivers."""

    width: int = Field(ge=1, le=10_000)
    height: int = Field(ge=1, le=10_000)
    fps: float = Field(gt=0, le=1000)


class CapabilitiesBody(JsonBody):
    """What kinds of challenge the device can show."""

    camera: CameraBody
    variants: list[Annotated[str, Field(max_length=32)]] = Field(min_length=1, max_length=16)


class VerificationBody(JsonBody):
    """Who somebody says they are, and what for."""

    citizen_number: CitizenNumber
    name: Name
    purpose: Literal["login", "step_up"]
    consent: ConsentBody
    capabilities: CapabilitiesBody


class SessionPath(BaseModel):
    """Which session."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=64)


class StepPath(SessionPath):
    """Which step of which session."""

    n: int = Field(ge=0, le=31)


class PartPath(StepPath):
    """Which part of which step of which session."""

    k: int = Field(ge=0, lt=MOST_PARTS)


class ManifestFrame(BaseModel):
    """What the device says of one frame."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    seq: int = Field(ge=0, lt=2**32)
    t_ms: int = Field(ge=0, lt=2**53)
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """The manifest of an upload."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    frames: list[ManifestFrame] = Field(max_length=_MOST_FRAMES)
    shown_ms: int | None = Field(default=None, ge=0, lt=2**53)
    """When the first picture of a light step appeared, by the clock of the frames' `t_ms`."""


class StepReply(Reply):
    """A step that is due."""

    n: int
    kind: str
    parameters: dict[str, Any]
    nonce: str
    """base64url, 16 bytes."""
    window_ms: int
    min_frames: int
    max_frames: int
    hold_ms: int


class SessionReply(Reply):
    """How a session stands."""

    id: str
    status: Literal["CREATED", "IN_PROGRESS", "PASSED", "FAILED", "EXPIRED"]
    variant: str
    """Sort of challenge; the assurance level follows from it."""
    steps: int
    """How many there are."""
    expires_at: datetime
    step: StepReply | None = None
    retry_code: str | None = None


class NoticeReply(Reply):
    """What happened in the person's name since they last passed."""

    failed_sessions: int
    last_failed_at: datetime


class StepPartReply(Reply):
    """What follows from a part: the rest of the step, or the end."""

    id: str
    status: Literal["IN_PROGRESS", "FAILED"]
    received: int | None = None
    """Frames of the step so far."""
    next_part: int | None = None
    retry_code: str | None = None
    hint: str | None = None


class AnswerReply(Reply):
    """What follows from a step: the next one, or the end."""

    id: str
    status: Literal["IN_PROGRESS", "PASSED", "FAILED"]
    step: StepReply | None = None
    level: str | None = None
    code: str | None = None
    code_expires_at: datetime | None = None
    notice: NoticeReply | None = None
    retry_code: str | None = None
    hint: str | None = None
