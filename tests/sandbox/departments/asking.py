"""Questions put to departments under our own contracts, and drops as a reader meets them."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.core.clock import SystemClock
from app.exchange.connectors.drops.manifest import DepartmentKey
from app.exchange.connectors.files import FilesConnector, Watermarks
from app.exchange.connectors.trying import Pauses
from app.exchange.contracts.contract import Contract, Found
from app.exchange.contracts.library import ContractLibrary
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Connector, Question
from sandbox.departments.office.books import Books
from sandbox.departments.veterans.drops import DropFailure, Dropper
from sandbox.departments.veterans.roll import open_roll
from sandbox.departments.veterans.signing import load_or_make, public_file

LIBRARY = ContractLibrary()
PAUSES = Pauses(sleep=lambda _: None, randbelow=secrets.randbelow)


def changed(contract: Contract, *, timeout_ms: int | None = None, **terms: Any) -> Contract:
    """The same contract with other terms."""
    service = contract.terms.service
    if timeout_ms is not None:
        terms["service"] = service.model_copy(update={"timeout_ms": timeout_ms})
    return replace(contract, terms=contract.terms.model_copy(update=terms))


def question(contract: Contract, who: tuple[str, str], fields: list[str] | None = None) -> Question:
    return Question(
        citizen_number=who[0],
        name=who[1],
        fields=tuple(fields or sorted(contract.schema.fields)),
        purpose="certificate:any",
        case_id="case-1",
    )


def told(contract: Contract, connector: Connector, asked: Question) -> Found | None:
    body = connector.ask(contract.request(asked))
    return contract.read(body, asked, now=SystemClock().now())


def failure(contract: Contract, connector: Connector, who: tuple[str, str]) -> Failure | None:
    """Why nothing came; None where something did."""
    try:
        told(contract, connector, question(contract, who))
    except ExchangeFailed as failed:
        return failed.failure
    return None


class MemoryMarks:
    """Watermarks that outlive a connector, not the test."""

    def __init__(self) -> None:
        self.newest: tuple[int, bytes] = (0, b"")

    def advance(self, _: str, *, sequence: int, digest: bytes) -> bool:
        if sequence < self.newest[0] or (sequence == self.newest[0] and digest != self.newest[1]):
            return False
        self.newest = (sequence, digest)
        return True


@dataclass(frozen=True)
class Drops:
    """The veterans department and the folder its readers look into."""

    data: Path
    folder: Path
    roll: Books
    dropper: Dropper

    @classmethod
    def begun(cls, place: Path) -> "Drops":
        data, folder = place / "data", place / "drops"
        roll = open_roll(data)
        key = load_or_make(data / "signing.pem")
        dropper = Dropper(roll=roll, data=data, folder=folder, key=key)
        return cls(data=data, folder=folder, roll=roll, dropper=dropper)

    def drop(self, failure: DropFailure = DropFailure.NONE, *, at: datetime | None = None) -> Path:
        return self.dropper.drop(at=at or datetime.now(tz=UTC), failure=failure)  # noqa: TID251 - the department's own clock

    @property
    def published(self) -> bytes:
        return public_file(self.data / "signing.pem").read_bytes()

    def reader(self, marks: Watermarks | None = None, **changes: Any) -> FilesConnector:
        return FilesConnector(
            department="veterans",
            folder=self.folder,
            key=DepartmentKey.read(self.published),
            watermarks=marks or MemoryMarks(),
            **changes,
        )
