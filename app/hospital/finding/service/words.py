"""What people type: parts of a name, or the pinyin initials of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.database import Database
from app.hospital.finding.errors import SEARCH_TOO_BROAD

_MOST_WORDS: Final = 4
_MOST_HITS: Final = 5000
_CALLED: Final = """
SELECT 'hospital', id FROM hospitals
WHERE state = 'ACTIVE' AND (name ILIKE %(like)s OR initials LIKE %(initials)s)
UNION ALL SELECT 'department', id FROM departments
WHERE state = 'ACTIVE' AND (name ILIKE %(like)s OR initials LIKE %(initials)s)
UNION ALL SELECT 'practitioner', id FROM practitioners
WHERE state = 'ACTIVE' AND (name ILIKE %(like)s OR initials LIKE %(initials)s)
LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a search text means: each of its words is called like somebody or something."""

    conditions: Sequence[str]
    """Over the session `s` of a statement, one a word."""
    values: Mapping[str, Sequence[str]]


def patterns(word: str) -> dict[str, str]:
    """Values `like` and `initials` of a statement: the word stands anywhere, taken literally."""
    literal = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {"like": f"%{literal}%", "initials": f"%{literal.lower()}%"}


def meaning_of(database: Database, text: str) -> Meaning | None:
    """What a text of four words at most means; what follows counts as part of the fourth.

    Returns:
        None where nobody and nothing is called like one of the words.

    Raises:
        DomainError: SEARCH_TOO_BROAD.
    """
    conditions: list[str] = []
    values: dict[str, Sequence[str]] = {}
    for n, word in enumerate(text.split(maxsplit=_MOST_WORDS - 1)):
        called = _called(database, word)
        if not called:
            return None
        # Only what was found is asked for: a doctor alone is found by an index of doctors.
        either = (f"s.{kind}_id = ANY(%({kind}_{n})s)" for kind in called)
        conditions.append(f"({' OR '.join(either)})")
        values |= {f"{kind}_{n}": ids for kind, ids in called.items()}
    return Meaning(conditions=conditions, values=values)


def _called(database: Database, word: str) -> dict[str, list[str]]:
    """Ids by kind of those that are called like that."""
    found = database.look(_CALLED, {**patterns(word), "most": _MOST_HITS + 1})
    if len(found) > _MOST_HITS:
        raise SEARCH_TOO_BROAD(pointer="/q")
    called: dict[str, list[str]] = {}
    for kind, one in found:
        called.setdefault(kind, []).append(one)
    return called
