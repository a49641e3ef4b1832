"""One process among several that use or revoke the same agreement at the same moment.

Run as `python -m tests.app.family.use_child URL ACT AGREEMENT GRANTOR OTHER AMOUNT`; begins at a
line on its standard input and prints "done" or the code of the refusal.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import app.identity.models.person
import app.partners.models  # noqa: F401 - tables that agreements and cards refer to
from app.audit.service import AccessLog
from app.card.service.representing import MandateCodes
from app.core.access.principals import Citizen
from app.core.database import Database
from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.family.policy import FamilyPolicy
from app.family.service.answering import FamilyAnswering
from app.family.service.mutual_aid import MutualAid
from app.family.service.notes import FamilyNotes
from app.family.service.using import MandateUse
from app.family.service.views import AgreementViews
from app.family.states import AgreementKind
from app.outbox.service.posting import Outbox
from tests.fakes import FakeClock


class Somebody:
    """Everybody bears one name."""

    name = "欧*"
    citizen_number = "990101199001011234"


class Anybody:
    """Knows everyone."""

    def hash_of(self, citizen_number: str) -> bytes:
        return citizen_number.encode().ljust(32)[:32]

    def known(self, citizen_hash: bytes) -> str | None:
        assert citizen_hash
        return None

    def identity_of(self, person_id: str) -> Somebody:
        assert person_id
        return Somebody()

    masked = identity_of


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(*words: str) -> None:
    url, act, agreement, grantor, other, amount = words
    clock, database = FakeClock(), Database(url, pool_size=1)
    clock.advance(seconds=2)
    keys = FileKeys(Path(tempfile.mkdtemp(prefix="zr-")) / "keys", clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    persons, policy = Anybody(), FamilyPolicy()
    views = AgreementViews(persons=persons, cipher=cipher, clock=clock, policy=policy)
    notes = FamilyNotes(
        accesses=AccessLog(database=database, clock=clock),
        outbox=Outbox(database=database, clock=clock),
        persons=persons,
        views=views,
        clock=clock,
    )
    answering = FamilyAnswering(
        database=database,
        clock=clock,
        notes=notes,
        views=views,
        codes=MandateCodes(clock=clock),
        policy=policy,
    )
    agent = Citizen(
        person_id=other,
        thumbprint="t",
        level="L1",
        authenticated_at=clock.now() - timedelta(seconds=1),
        client_id="miniprogram",
        session_id="",
        scope=frozenset(),
    )
    database.ping()
    say("ready")
    sys.stdin.readline()
    try:
        if act == "revoke":
            answering.revoke(agent, agreement, kind=AgreementKind.MANDATE)
        elif act == "aid":
            with database.transaction() as tx:
                MutualAid(clock=clock, notes=notes).consume(
                    tx, payer_id=grantor, beneficiary_id=other, amount=int(amount)
                )
        else:
            with database.transaction() as tx:
                MandateUse(clock=clock, notes=notes).check_at_commit(
                    tx,
                    mandate_id=agreement,
                    principal_id=grantor,
                    agent_id=other,
                    purpose="02121",
                    amount=int(amount),
                    merchant_kind="pharmacy",
                )
        say("done")
    except DomainError as refused:
        say(refused.kind.code)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
