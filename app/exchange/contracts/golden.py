"""Golden cases: answers on file, and what a contract must make of each before it is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.exchange.contracts.contract import Contract
from app.exchange.errors import ContractRefused, ExchangeFailed, Failure
from app.exchange.ports import Question

FOUND: Final = "found"
NOTHING: Final = "nothing"
"""Nobody, or no record, which is an answer too."""
_LEAST: Final = {FOUND, NOTHING, Failure.CONTRACT_BROKEN.value}
"""Outcomes that every contract has a case for."""


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    citizen_number: str
    name: str
    fields: Annotated[tuple[str, ...], Field(strict=False)]
    purpose: str


class GoldenCase(BaseModel):
    """One file of golden/."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    says: str
    """What it shows, for people."""
    now: Annotated[AwareDatetime, Field(strict=False)]
    question: _Asked
    answer: Any
    """JSON as the department sends it."""
    expect: str
    """`found`, `nothing`, or a value of `Failure`."""

    def outcome(self, contract: Contract) -> str:
        """Return what the contract makes of it."""
        question = Question(case_id="golden", **self.question.model_dump())
        try:
            contract.request(question)
            found = contract.read(json.dumps(self.answer).encode(), question, now=self.now)
        except ExchangeFailed as failed:
            return failed.failure.value
        return FOUND if found is not None and found.records else NOTHING


def require_golden(contract: Contract, folder: Path) -> None:
    """Try all cases of a contract's folder.

    Raises:
        ContractRefused: a case is unreadable or comes out otherwise, or a sort of case is missing.
    """
    seen: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        case = _case(path, contract)
        if case.outcome(contract) != case.expect:
            raise ContractRefused(contract.terms.name, f"golden/{path.name} comes out otherwise")
        seen.add(case.expect)
    if not seen >= _LEAST:
        raise ContractRefused(contract.terms.name, f"no golden case for {min(_LEAST - seen)}")


def _case(path: Path, contract: Contract) -> GoldenCase:
    try:
        return GoldenCase.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise ContractRefused(contract.terms.name, f"golden/{path.name} is not readable") from None
