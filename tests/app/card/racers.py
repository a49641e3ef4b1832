"""Processes that do the same thing at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.card.service.offline.judging import Sale, SoldLine
from app.card.service.offline.uploading import Upload
from app.core.access.principals import Citizen
from app.core.database import Database
from app.core.errors import DomainError
from app.family.models import FamilyAgreement
from app.identity.models.person import Person
from app.partners.models import Terminal
from tests.app.card.steps import PHARMACY, Services, terminal_of
from tests.app.racing import Begin, at_once
from tests.fakes import FakeClock

REFERRED_TO = (Person, Terminal, FamilyAgreement)
"""Tables that the card's refer to must be known before a row is written."""


@dataclass(frozen=True, kw_only=True)
class Race:
    """What every process needs to know."""

    database_url: str
    keys_directory: Path
    now: datetime
    citizen: Citizen
    terminal_id: str
    code: str
    more: tuple[str, ...] = ()
    """Codes an upload may name by their number."""
    fen: int = 12_00
    """What an upload says was sold."""


def run(race: Race, acts: Sequence[str]) -> list[str]:
    """Do each act in a process of its own, all at once; returns what came of each."""
    return sorted(at_once(_act, race, acts))


def _act(race: Race, act: str, begin: Begin) -> str:
    database = Database(race.database_url, pool_size=1)
    services = Services(database, race.keys_directory, FakeClock(race.now))
    database.ping()  # connected before the start, so that all run at once
    begin()
    try:
        return f"{act.split(maxsplit=1)[0]} {_do(services, race, act)}"
    except DomainError as refused:
        return f"{act} {refused.kind.code}"
    finally:
        database.close()


def _do(services: Services, race: Race, act: str) -> str:
    if act.startswith("upload"):
        _, terminal_id, *number = act.split()
        till, code = terminal_of(terminal_id), race.more[int(number[0])] if number else race.code
        line = SoldLine(item="药", quantity=1, amount_fen=race.fen)
        upload = Upload(code=code, sale=Sale(sale_id="s-1", lines=[line]))
        return services.uploading().take(till, [upload])[0].verdict
    if act == "decode":
        terminal = terminal_of(race.terminal_id)
        services.decoding().decode(terminal, code=race.code, purpose=PHARMACY)
    elif act == "show":
        services.showing(secrets.randbelow).show(race.citizen, purpose=PHARMACY)
    else:
        services.holding().freeze(race.citizen)
    return "ok"
