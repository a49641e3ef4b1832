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
    MODEL_UNUSABLE = "MODEL_UNUSABLE"
    POLICY_EMPTY = "POLICY_EMPTY"
    POLICY_FILE_UNREADABLE = "POLICY_FILE_UNREADABLE"
    POLICY_FILE_BROKEN = "POLICY_FILE_BROKEN"
    POLICY_FIELD_UNKNOWN = "POLICY_FIELD_UNKNOWN"
    POLICY_FIELD_MISSING = "POLICY_FIELD_MISSING"
    POLICY_VALUE_WRONG = "POLICY_VALUE_WRONG"
    POLICY_TOO_LOOSE = "POLICY_TOO_LOOSE"
    SHEET_UNREADABLE = "SHEET_UNREADABLE"
    SHEET_TOO_LARGE = "SHEET_TOO_LARGE"
    SHEET_HEADER_WRONG = "SHEET_HEADER_WRONG"
    SHEET_ROW_WRONG = "SHEET_ROW_WRONG"
    SHEET_CONTRADICTORY = "SHEET_CONTRADICTORY"
    SHEET_EMPTY = "SHEET_EMPTY"
    FIGURES_BROKEN = "FIGURES_BROKEN"
    RATE_NOT_SUPPORTED = "RATE_NOT_SUPPORTED"
    CLIP_UNREADABLE = "CLIP_UNREADABLE"
    CLIP_UNSUPPORTED = "CLIP_UNSUPPORTED"
    CLIP_TOO_LARGE = "CLIP_TOO_LARGE"
    CLIP_TOO_LONG = "CLIP_TOO_LONG"
    CLIP_TOO_MANY_PIXELS = "CLIP_TOO_MANY_PIXELS"
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


class PolicyFileRefused(VerifyError):
    """A policy file that is not, field by field, a policy that may decide."""

    def __init__(self, code: str, where: str = "") -> None:
        """Name the defect and the field that has it, such as "match.same"; never its value."""
        super().__init__(code)
        self.where = where


class SheetRefused(VerifyError):
    """A table of an operator's that cannot be used as it is."""

    def __init__(self, code: str, row: int = 0, column: str = "") -> None:
        """Name the defect, the line of the file (the header is line 1) and the column."""
        super().__init__(code)
        self.row = row
        self.column = column


class FiguresRefused(VerifyError):
    """FIGURES_BROKEN: not what a benchmark writes; `where` names the field."""

    def __init__(self, where: str) -> None:
        """Carry the one code and the field."""
        super().__init__(Code.FIGURES_BROKEN)
        self.where = where


class RateRefused(VerifyError):
    """RATE_NOT_SUPPORTED: too few pairs of different persons to claim a false match rate."""

    def __init__(self, needs: int) -> None:
        """Say how many pairs without a false match would support it."""
        super().__init__(Code.RATE_NOT_SUPPORTED)
        self.needs = needs


class ClipRefused(VerifyError):
    """A file this library is not willing, or not able, to watch as a film; CLIP_…."""


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
