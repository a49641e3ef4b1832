"""What came of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from app.core.errors import DomainError
from app.hospital.planning.service.lines.reading import Read, Refused
from app.hospital.planning.service.outcomes import Outcome


class Mode(StrEnum):
    """How a file is taken."""

    EACH = "each"
    """A transaction a line: a line that is refused hinders no other."""
    ATOMIC = "atomic"
    """All lines or none."""
    DRY_RUN = "dry_run"
    """None: it is only told what would happen."""


@dataclass(kw_only=True)
class ImportReport:
    """Every line is counted once."""

    mode: Mode
    written: bool = True
    """Whether what is counted has been done."""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    """Every one, in the order of the lines."""
    next_line: int | None = None
    """The first that there was no time for: send the file again. None: it was read to its end."""

    def count(self, outcome: Outcome) -> None:
        """Count a line that was taken."""
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)

    def refuse(self, read: Read, refusal: DomainError) -> None:
        """Note a line that was refused."""
        self.refused.append(
            Refused(
                line=read.line,
                kind=refusal.kind,
                pointer=refusal.pointer,
                about=read.record.id,
            )
        )

    @property
    def lines(self) -> int:
        """How many were read."""
        return self.created + self.updated + self.unchanged + len(self.refused)
