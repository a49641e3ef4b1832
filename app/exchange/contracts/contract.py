"""A contract with a department: what may be asked, why, and what an answer must look like."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from app.exchange.contracts.records import Record, RecordSchema, persons_in
from app.exchange.contracts.terms import Envelope, Terms
from app.exchange.errors import ExchangeFailed, Failure, SourceName
from app.exchange.ports import Question, Request

CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far a department's clock may run ahead of ours."""
_LONGEST_NAME: Final = 60
_LONGEST_TEXT: Final = 100


class _Answer(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    contract: str
    found: bool
    record: dict[str, Any] | None = None
    records: list[dict[str, Any]] | None = None
    record_version: str | None = None
    as_of: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a department told, all of it as agreed."""

    records: tuple[Record, ...]
    """None where several were possible and there are none."""
    record_version: str
    """Changes when what is told does."""
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One data source. Everything not allowed here is refused."""

    terms: Terms
    schema: RecordSchema

    @property
    def title(self) -> str:
        """Name and version, such as `population-person/1.0.0`."""
        return self.terms.title

    @property
    def source(self) -> str:
        """Short name of the source in our data."""
        return self.terms.source

    @property
    def authority(self) -> SourceName:
        """The source in plain words."""
        return SourceName(zh=self.terms.authority.zh, en=self.terms.authority.en)

    @property
    def answer_limit(self) -> int:
        """Largest answer in bytes."""
        return self.terms.answer_limit_kib * 1024

    def allow(self, question: Question) -> None:
        """Refuse a question outside the contract: purpose, fields, and forms of what is sent.

        Raises:
            ExchangeFailed: REQUEST_REFUSED.
        """
        purpose, fields = question.purpose.split(":", 1)[0], question.fields
        known = bool(fields) and len(set(fields)) == len(fields) and self.schema.fields >= {*fields}
        sizes = (
            1 <= len(question.name) <= _LONGEST_NAME,
            1 <= len(question.case_id) <= _LONGEST_TEXT,
            len(question.purpose) <= _LONGEST_TEXT,
            _is_number(question.citizen_number),
        )
        if purpose not in self.terms.purposes or not known or not all(sizes):
            raise ExchangeFailed(Failure.REQUEST_REFUSED)

    def request(self, question: Question) -> Request:
        """A question ready to be carried.

        Raises:
            ExchangeFailed: REQUEST_REFUSED.
        """
        self.allow(question)
        return Request(
            question=question,
            contract=self.title,
            body=_written(question),
            path=self.terms.path,
            single=self.terms.envelope is Envelope.ONE,
            answer_limit=self.answer_limit,
            timeout_s=self.terms.service.timeout_ms / 1000,
        )

    def read(self, body: bytes, question: Question, *, now: datetime) -> Found | None:
        """Read an answer, believing nothing.

        1. One JSON object of the envelope's members, none twice.
        2. It names this contract, in a version that is compatible.
        3. It is neither too old nor from the future.
        4. It is whole: records where it found something, and none where it did not.
        5. Each holds the fields that were asked for, no other, each as agreed.
        6. Each is about the person who was asked about.

        Returns:
            None where one record was possible and there is none.

        Raises:
            ExchangeFailed: one of these does not hold.
        """
        answer = _envelope(body)  # 1
        name, _, version = answer.contract.partition("/")
        ours = self.terms.version.split(".")[0]
        if name != self.terms.name or version.split(".")[0] != ours:  # 2
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
        if not now - self.terms.max_age <= answer.as_of <= now + CLOCK_SKEW:  # 3
            raise ExchangeFailed(Failure.STALE, answer=body)
        records = self._records(answer, body)  # 4
        for record in records:
            self._check(record, question, body)  # 5, 6
        if not answer.record_version:
            return None
        return Found(records=records, record_version=answer.record_version, as_of=answer.as_of)

    def _records(self, answer: _Answer, body: bytes) -> tuple[Record, ...]:
        if self.terms.envelope is Envelope.ONE:
            whole = answer.records is None and answer.found == (answer.record is not None)
            versioned = answer.found == bool(answer.record_version)
            records = [] if answer.record is None else [answer.record]
        else:
            whole = answer.record is None and answer.found == bool(answer.records)
            versioned = answer.records is not None and bool(answer.record_version)
            records = answer.records or []
        if not whole or not versioned:
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
        return tuple(records)

    def _check(self, record: Record, question: Question, body: bytes) -> None:
        if record.keys() - set(question.fields):
            raise ExchangeFailed(Failure.TOO_MUCH, answer=body)
        if record.keys() < set(question.fields):
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body, partial=True)
        if not self.schema.holds(record, question.fields):
            raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body)
        if not self._is_about(record, question):
            raise ExchangeFailed(Failure.OTHER_PERSON, answer=body)

    def _is_about(self, record: Record, question: Question) -> bool:
        """Tell whether, where a record names persons, one of them is who was asked about.

        Who asked for the wife alone cannot tell whether the husband is the one.
        """
        asked = {"citizen_number": question.citizen_number, "name": question.name}
        named = [
            {key: one[key] for key in asked if one.get(key) is not None}
            for one in persons_in(record, self.terms.about)
        ]
        said = [one for one in named if one]
        places = {place.split(".")[0].removesuffix("[]") for place in self.terms.about} - {""}
        if not said or not places <= set(question.fields):
            return True
        return any(one.items() <= asked.items() for one in said)


def _written(question: Question) -> bytes:
    members = {
        "citizen_number": question.citizen_number,
        "name": question.name,
        "fields": question.fields,
        "case": question.case_id,
        "purpose": question.purpose,
    }
    return json.dumps(members, ensure_ascii=False).encode()


def _envelope(body: bytes) -> _Answer:
    try:
        json.loads(body.decode("utf-8"), object_pairs_hook=_each_once)
    except (ValueError, RecursionError):
        raise ExchangeFailed(Failure.NOT_JSON, answer=body) from None
    try:
        return _Answer.model_validate_json(body)
    except ValidationError:
        raise ExchangeFailed(Failure.CONTRACT_BROKEN, answer=body) from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = "member given twice"
        raise ValueError(msg)
    return members


def _is_number(text: str) -> bool:
    """Tell whether a text has the form of GB 11643; whoever took it in has checked the rest."""
    digits = text[:17]
    return (
        len(text) == 18  # noqa: PLR2004 - of the standard
        and digits.isascii()
        and digits.isdecimal()
        and text[17] in "0123456789X"
    )
