"""People with a card and an insurance, and the codes they show.

They are put into the system by the use cases that put anybody there, but for the face: an insurance
office's file enrols them, and their phone's key gets the card.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert, select, update
from stdnum.cn.ric import calc_check_digit

from app.card.models import ONLINE, CardToken, CodeGrant
from app.card.service.binding import CardBinding
from app.card.service.code_numbers import code_hash, new_code
from app.card.states import GrantState
from app.core.access.principals import Citizen
from app.core.ids import new_id
from app.identity.service.persons import PersonIdentity, Persons
from app.wiring.settlement import build_enrolment
from bench.card.desk import Desk
from sandbox.phone.keys import DeviceKey

PURPOSE = "02121"
_PLACES = (
    ("990100", "employee"),
    ("990100", "resident"),
    ("990100", "flexible"),
    ("990200", "employee"),
    ("990200", "resident"),
    ("990200", "flexible"),
)
_SERIALS = 1_000
"""People born on one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody with a card on their phone."""

    person_id: str
    token_id: str
    """Of the card on that phone."""


def settle_in(
    desk: Desk, count: int, *, folder: Path, first: int = 0, opening: int = 20_000
) -> list[Holder]:
    """Enrol so many people and give each a card.

    Args:
        desk: the services.
        count: how many.
        folder: where the file of the insurance office is written.
        first: number of the first; nobody has a number twice.
        opening: what their own accounts hold, fen.
    """
    numbers = [_citizen_number(first + n) for n in range(count)]
    path = folder / f"enrolments-{first}.ndjson"
    lines = [_enrolment(n, number, opening) for n, number in enumerate(numbers)]
    path.write_text("".join(lines), encoding="utf-8")
    report = build_enrolment(desk.shared).run(path, dry_run=False)
    if report.enrolled != count:
        msg = f"enrolled {report.enrolled} of {count}: {report.refusals[:3]}"
        raise RuntimeError(msg)
    return [_carded(desk, number) for number in numbers]


def _citizen_number(n: int) -> str:
    """Return a number with a right check digit and an area code that is not assigned."""
    day, serial = divmod(n, _SERIALS)
    body = f"999999{1950 + day // 28:04d}02{1 + day % 28:02d}{serial:03d}"
    return body + calc_check_digit(body + "0")


def _enrolment(n: int, number: str, opening: int) -> str:
    region, scheme = _PLACES[n % len(_PLACES)]
    record = {
        "citizen_number": number,
        "name": "张伟",
        "region": region,
        "scheme": scheme,
        "since": "2025-01-01",
        "opening_fen": opening,
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


def _carded(desk: Desk, number: str) -> Holder:
    shared = desk.shared
    persons = Persons(database=shared.database, cipher=shared.cipher, clock=shared.clock)
    person = persons.find_or_create(PersonIdentity(citizen_number=number, name="张伟"))
    thumbprint = DeviceKey.generate().thumbprint()
    desk.service(CardBinding).bind(
        Citizen(
            person_id=person.id,
            thumbprint=thumbprint,
            level="L3",
            authenticated_at=desk.clock.now(),
            client_id="miniprogram",
            session_id="",
            scope=frozenset({"citizen"}),
        )
    )
    query = select(CardToken.id).where(CardToken.thumbprint == thumbprint)
    with desk.database.separate() as tx:
        return Holder(person_id=person.id, token_id=tx.scalars(query).one())


def show_codes(desk: Desk, holders: Sequence[Holder]) -> list[str]:
    """Show a new code on everybody's screen, all by two statements; returns them in order.

    What `CodeShowing` does for one, without drawing pictures nobody looks at.
    """
    ring, now = desk.shared.keys.secrets("card-code"), desk.clock.now()
    life = timedelta(seconds=desk.shared.settings.card_code_seconds)
    codes = [new_code(secrets.randbelow) for _ in holders]
    superseded = (
        update(CodeGrant)
        .where(
            CodeGrant.token_id.in_([holder.token_id for holder in holders]),
            CodeGrant.state == GrantState.ISSUED,
        )
        .values(state=GrantState.SUPERSEDED, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "id": new_id("cdg", now),
            "token_id": holder.token_id,
            "mode": ONLINE,
            "purpose": PURPOSE,
            "state": GrantState.ISSUED,
            "code_hash": code_hash(ring, code),
            "issued_at": now,
            "expires_at": now + life,
        }
        for holder, code in zip(holders, codes, strict=True)
    ]
    with desk.database.separate() as tx:
        tx.execute(superseded)
        tx.execute(insert(CodeGrant), rows)
    return codes
