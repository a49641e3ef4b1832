"""The sheet of a test with volunteers: one line for each session, genuine or attack."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verify.errors import Code, SheetRefused
from verify.sheets import Columns, Row, read_rows

GENUINE: Final = "genuine"
"""The kind that is no attack."""
PASSED, REFUSED, UNCERTAIN = OUTCOMES = ("passed", "refused", "uncertain")
MAX_SESSIONS: Final = 100_000
_COLUMNS = Columns(
    required=frozenset({"session", "person", "band", "device", "light", "kind", "outcome"}),
    optional=frozenset({"retry_code"}),
)
_WORD = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Z][A-Z_]{1,39}")
_MAX_TEXT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One line."""

    name: str
    """The session's number."""
    person: str
    """A number, not a name: whose face it was; in an attack, whose face was shown."""
    band: str
    """Of the person's skin; the same on every line of one person."""
    device: str
    light: str
    kind: str
    """"genuine", or the family of the attack."""
    outcome: str
    """passed, refused or uncertain: the person was asked to try again."""
    retry_code: str
    """What the phone was told; empty where the session passed."""

    @property
    def genuine(self) -> bool:
        """Whether a person tried to verify as themselves."""
        return self.kind == GENUINE


def read_sessions(path: Path) -> tuple[Session, ...]:
    """Read the sheet.

    Raises:
        SheetRefused: SHEET_UNREADABLE, SHEET_TOO_LARGE, SHEET_HEADER_WRONG, SHEET_ROW_WRONG,
            SHEET_EMPTY, or SHEET_CONTRADICTORY: a session twice, or a person in two bands.
    """
    rows = list(read_rows(path, _COLUMNS, max_rows=MAX_SESSIONS))
    if not rows:
        raise SheetRefused(Code.SHEET_EMPTY)
    sessions = tuple(_session(row) for row in rows)
    _check(rows, sessions)
    return sessions


def _session(row: Row) -> Session:
    cells = row.cells
    for column in ("session", "person", "band", "device", "light"):
        text = cells[column]
        if not 0 < len(text) <= _MAX_TEXT or not text.isprintable():
            raise row.wrong(column=column)
    if not _WORD.fullmatch(cells["kind"]):
        raise row.wrong(column="kind")
    if cells["outcome"] not in OUTCOMES:
        raise row.wrong(column="outcome")
    code = cells["retry_code"]
    if code and (cells["outcome"] == PASSED or not _CODE.fullmatch(code)):
        raise row.wrong(column="retry_code")
    return Session(
        name=cells["session"],
        person=cells["person"],
        band=cells["band"],
        device=cells["device"],
        light=cells["light"],
        kind=cells["kind"],
        outcome=cells["outcome"],
        retry_code=code,
    )


def _check(rows: Sequence[Row], sessions: Sequence[Session]) -> None:
    names: set[str] = set()
    bands: dict[str, str] = {}
    for row, session in zip(rows, sessions, strict=True):
        if session.name in names:
            raise SheetRefused(Code.SHEET_CONTRADICTORY, row.number, "session")
        if bands.setdefault(session.person, session.band) != session.band:
            raise SheetRefused(Code.SHEET_CONTRADICTORY, row.number, "band")
        names.add(session.name)
