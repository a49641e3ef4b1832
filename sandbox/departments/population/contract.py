"""What a caller may ask and what it is told: contract population-person/1.0.0."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.departments.population.citizen_number import is_citizen_number

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTRACT = "population-person/1.0.0"
FIELDS = frozenset(
    {
        "citizen_number",
        "name",
        "sex",
        "birth_date",
        "ethnicity",
        "household",
        "status",
        "photo",
    },
)
_MEMBERS = frozenset({"citizen_number", "name", "fields", "case", "purpose"})
_LONGEST_TEXT = 100


class ContractRefused(Exception):  # noqa: N818 - reads as what happened
    """A request the contract does not allow; never repeats what was sent."""

    def __init__(self, *, status: int, code: str, pointer: str | None = None) -> None:
        """Keep the HTTP status, the stable code and the JSON pointer of the member at fault."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.pointer = pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One question about one person."""

    citizen_number: str
    name: str
    fields: tuple[str, ...]
    """Members of the record that are wanted, without repetition; nothing else is returned."""
    case: str
    """The caller's reference, so that both sides can find the question again."""
    purpose: str
    """Why the caller asks."""


def parse_lookup(body: bytes) -> Lookup:
    """Read a question.

    1. UTF-8 JSON, no member twice; 2. an object of exactly the known members; 3. texts of 1 to 100
    characters; 4. a citizen number with the right check character; 5. known fields, at least one.

    Raises:
        ContractRefused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    sent = _json(body)  # 1
    _only_known_members(sent)  # 2
    texts = {name: _text(sent, name) for name in sorted(_MEMBERS - {"fields"})}  # 3
    if not is_citizen_number(texts["citizen_number"]):  # 4
        raise _invalid(at="/citizen_number")
    return Lookup(fields=_fields(sent["fields"]), **texts)  # 5


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body.decode("utf-8"), object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise ContractRefused(status=400, code="MALFORMED_JSON") from error
    if not isinstance(sent, dict):
        raise _invalid(at="")
    return sent


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "member given twice"
        raise ValueError(msg)
    return members


def _only_known_members(sent: Mapping[str, Any]) -> None:
    if sent.keys() - _MEMBERS:
        # The name of an unknown member is the caller's text: it is not repeated.
        raise _invalid(at="")
    for name in sorted(_MEMBERS - sent.keys()):
        raise _invalid(at=f"/{name}")


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent[name]
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_TEXT:
        raise _invalid(at=f"/{name}")
    if not value.isprintable() or value != value.strip():
        raise _invalid(at=f"/{name}")
    return value


def _fields(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= len(FIELDS):
        raise _invalid(at="/fields")
    for position, field in enumerate(value):
        if not isinstance(field, str) or field not in FIELDS:
            raise _invalid(at=f"/fields/{position}")
    return tuple(dict.fromkeys(value))


def _invalid(*, at: str) -> ContractRefused:
    return ContractRefused(status=422, code="INVALID_FIELD", pointer=at)
