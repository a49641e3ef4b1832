"""A contract with a department: what may be asked, why, and what an answer must look like."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from app.exchange.errors import ExchangeFailed, Failure, SourceName
from app.exchange.ports import Question

CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far a department's clock may run ahead of ours."""
_STRICT: Final = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class ContractModel(BaseModel):
    """Base of everything a contract describes: strict types, no unknown members."""

    model_config = _STRICT


class Answer(ContractModel):
    """The envelope of every answer."""

    contract: str
    found: bool
    record: dict[str, Any] | None = None
    record_version: str | None = None
    as_of: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record that keeps the contract."""

    record: dict[str, Any]
    record_version: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One data source. Everything not allowed here is refused; an empty contract allows nothing."""

    name: str
    version: str
    """Semantic version; an answer must name the same major version."""
    source: str
    """Short name of the source in our data."""
    authority: SourceName
    """The source in plain words."""
    path: str
    """Where requests go, below the department's base address."""
    request: type[ContractModel]
    record: type[ContractModel]
    """All members optional: which are there depends on the fields asked for."""
    purposes: frozenset[str]
    max_age: timedelta
    """How old a record may be."""
    answer_limit: int
    """Largest answer in bytes."""

    @property
    def title(self) -> str:
        """Name and version, such as `population-person/1.0.0`."""
        return f"{self.name}/{self.version}"

    def write(self, question: Question) -> bytes:
        """The request for a question.

        Raises:
            ExchangeFailed: the purpose, a field or a value is outside the contract.
        """
        allowed = set(self.record.model_fields)
        asked = set(question.fields)
        if question.purpose.split(":", 1)[0] not in self.purposes or not asked <= allowed:
            raise ExchangeFailed(Failure.REQUEST_REFUSED)
        try:
            request = self.request.model_validate(
                {
                    "citizen_number": question.citizen_number,
                    "name": question.name,
                    "fields": question.fields,
                    "case": question.case_id,
                    "purpose": question.purpose,
                }
            )
        except ValidationError:
            raise ExchangeFailed(Failure.REQUEST_REFUSED) from None
        return request.model_dump_json().encode()

    def read(self, body: bytes, question: Question, *, now: datetime) -> Found | None:
        """Read an answer, believing nothing.

        1. One JSON object of the envelope's members, none twice.
        2. It names this contract, in a version that is compatible.
        3. It is neither too old nor from the future.
        4. If nobody was found, it says nothing about anybody.
        5. It holds the fields that were asked for, no other, each of its type.
        6. It is about the person who was asked about.

        Raises:
            ExchangeFailed: one of these does not hold.
        """
        answer, members = _envelope(body)  # 1
        name, _, version = answer.contract.partition("/")
        if name != self.name or version.split(".")[0] != self.version.split(".")[0]:  # 2
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
        if not now - self.max_age <= answer.as_of <= now + CLOCK_SKEW:  # 3
            raise ExchangeFailed(Failure.STALE, answer=body)
        if not answer.found:
            if answer.record is not None:  # 4
                raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
            return None
        if answer.record is None or not answer.record_version:
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
        self._check_record(members["record"], question, body)  # 5, 6
        return Found(
            record=members["record"], record_version=answer.record_version, as_of=answer.as_of
        )

    def _check_record(self, record: dict[str, Any], question: Question, body: bytes) -> None:
        if record.keys() - set(question.fields):
            raise ExchangeFailed(Failure.TOO_MUCH, answer=body)
        if set(question.fields) - record.keys():
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
        try:
            self.record.model_validate_json(json.dumps(record))
        except ValidationError:
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body) from None
        known = {"citizen_number": question.citizen_number, "name": question.name}
        if any(record.get(field, value) != value for field, value in known.items()):
            raise ExchangeFailed(Failure.OTHER_PERSON, answer=body)


def _envelope(body: bytes) -> tuple[Answer, dict[str, Any]]:
    try:
        members = json.loads(body.decode("utf-8"), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise ExchangeFailed(Failure.NOT_JSON, answer=body) from None
    try:
        return Answer.model_validate_json(body), members
    except ValidationError:
        raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body) from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "member given twice"
        raise ValueError(msg)
    return members
