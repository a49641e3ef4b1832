"""What can go wrong, each with a code that never changes.

Messages name the code only: no path, no score, no personal datum.
"""

# ruff: noqa: N818 - these are named for what happened: refused, busy, failed, closed

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """Every code of this library but those of a face's quality (`results.QualityReason`)."""

    IMAGE_EMPTY = "IMAGE_EMPTY"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    IMAGE_TOO_MANY_PIXELS = "IMAGE_TOO_MANY_PIXELS"
    UNSUPPORTED_IMAGE = "UNSUPPORTED_IMAGE"
    IMAGE_BROKEN = "IMAGE_BROKEN"
    MODEL_MISSING = "MODEL_MISSING"
    MODEL_DIFFERS = "MODEL_DIFFERS"
    POLICY_EMPTY = "POLICY_EMPTY"
    EVIDENCE_BROKEN = "EVIDENCE_BROKEN"
    ENGINE_BUSY = "ENGINE_BUSY"
    ENGINE_FAILED = "ENGINE_FAILED"
    ENGINE_CLOSED = "ENGINE_CLOSED"


class VerifyError(Exception):
    """Root of all errors of this library; `code` is stable and safe to show."""

    def __init__(self, code: str) -> None:
        """Keep the code and make it the whole message."""
        super().__init__(str(code))
        self.code = str(code)


class ImageRefused(VerifyError):
    """The bytes are not an image this library is willing to decode."""

    def __init__(self, code: str, index: int = 0) -> None:
        """Name the defect and which image of the request has it (from 0)."""
        super().__init__(code)
        self.index = index

    def at(self, index: int) -> Self:
        """Return the same defect, found in image number `index`."""
        return type(self)(self.code, index)

    def __reduce__(self) -> tuple[type[Self], tuple[str, int]]:
        """Cross a process boundary with the index kept."""
        return type(self), (self.code, self.index)


class FaceRefused(VerifyError):
    """A reference photograph without one usable face; the code is a `QualityReason`."""


class ModelRefused(VerifyError):
    """MODEL_MISSING, or MODEL_DIFFERS: not byte for byte the file that was measured."""


class PolicyRefused(VerifyError):
    """An empty policy was asked to decide."""

    def __init__(self) -> None:
        """Carry the one code."""
        super().__init__(Code.POLICY_EMPTY)


class EvidenceRefused(VerifyError):
    """Stored bytes cannot be read back as what they should be."""

    def __init__(self) -> None:
        """Carry the one code."""
        super().__init__(Code.EVIDENCE_BROKEN)


class EngineBusy(VerifyError):
    """The queue is full; come back after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        """Say how long to wait, in whole seconds."""
        super().__init__(Code.ENGINE_BUSY)
        self.retry_after_s = retry_after_s


class EngineFailed(VerifyError):
    """A worker died or took too long; this request is lost, the next one works."""

    def __init__(self) -> None:
        """Carry the one code."""
        super().__init__(Code.ENGINE_FAILED)


class EngineClosed(VerifyError):
    """The engine was closed and takes no more work."""

    def __init__(self) -> None:
        """Carry the one code."""
        super().__init__(Code.ENGINE_CLOSED)
