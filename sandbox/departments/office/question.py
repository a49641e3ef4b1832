"""One question of a caller, read against its contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.departments.office.body import expect_members, read_object, text
from sandbox.departments.office.contract import Contract
from sandbox.departments.office.refusals import invalid

_ALWAYS = frozenset({"name", "fields", "case", "purpose"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who is asked about, and what."""

    subject: str
    """Citizen number or unified social credit code, as the contract says."""
    name: str
    fields: tuple[str, ...]
    """Members of the record that are wanted, without repetition; nothing else is returned."""
    case: str
    """The caller's reference, so that both sides can find the question again."""
    purpose: str
    """Why the caller asks."""

    def of(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return what was asked for of a record."""
        return {field: record[field] for field in self.fields}


def parse_question(body: bytes, contract: Contract) -> Question:
    """Read a question.

    1. UTF-8 JSON, no member twice; 2. an object of exactly the known members; 3. texts of 1 to 100
    characters; 4. a subject with the right check character; 5. known fields, at least one.

    Raises:
        Refused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    member = contract.subject.member
    sent = read_object(body)  # 1
    expect_members(sent, _ALWAYS | {member})  # 2
    texts = {name: text(sent, name) for name in sorted(_ALWAYS - {"fields"} | {member})}  # 3
    subject = texts.pop(member)
    if not contract.subject.is_valid(subject):  # 4
        raise invalid(at=f"/{member}")
    return Question(subject=subject, fields=_fields(sent["fields"], contract.fields), **texts)  # 5


def _fields(value: object, known: frozenset[str]) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= len(known):
        raise invalid(at="/fields")
    for position, field in enumerate(value):
        if not isinstance(field, str) or field not in known:
            raise invalid(at=f"/fields/{position}")
    return tuple(dict.fromkeys(value))
