"""What the tests of purchases do again and again."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text
from werkzeug.test import TestResponse

from app.identity.service.persons import Persons
from app.settlement.benefits.basket import Category
from app.settlement.benefits.catalogue import Catalogue
from app.settlement.benefits.item import Item
from app.settlement.models.ledger import Accumulator, LedgerAccount
from app.settlement.service.ledger.chaining import Sequencer
from app.settlement.service.ledger.verifying import LedgerVerification
from app.wiring.settlement import build_enrolment
from tests.app.card.steps import decode, json_of, show
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock

REGION, SCHEME = "990100", "employee"
SCOPES: Final = frozenset({"card.decode", "settlement"})
DAY: Final = FakeClock().now().date()
ITEMS: Final = Catalogue().all(on=DAY)


def item(category: str, *, limit: bool = False) -> Item:
    """The first item of a class, with or without a limit price."""
    return next(
        one
        for one in ITEMS
        if one.category is Category(category) and (one.limit is not None) == limit
    )


A: Final = next(one for one in ITEMS if one.category is Category.A and one.limit is not None)
B: Final = next(one for one in ITEMS if one.category is Category.B and one.limit is not None)
C: Final = item("C")


def line(one: Item, quantity: int, price: int) -> dict[str, Any]:
    return {"code": one.code, "quantity": quantity, "unit_price_fen": price}


def plain(price: int, quantity: int = 1) -> dict[str, Any]:
    """A line of class A at or below its limit price, all of it in scope."""
    assert A.limit is not None
    assert price <= A.limit
    return line(A, quantity, price)


@dataclass(kw_only=True)
class Shop:
    """A holder who is insured, before a till."""

    world: World
    holder: Device
    till: Device

    @property
    def person_id(self) -> str:
        return person_of(self.world, self.holder)

    def token(self, purpose: str = "02121") -> str:
        """A presence token: the holder shows a code, the till reads it."""
        answer = decode(self.till, show(self.holder, purpose), purpose)
        assert answer.status_code == 200, answer.text
        return str(json_of(answer)["presence_token"])

    def ask(self, *lines: dict[str, Any], token: str | None = None) -> TestResponse:
        body = {"presence_token": token or self.token(), "lines": list(lines)}
        return self.till.post("/v1/terminal/quotes", json=body)

    def quote(self, *lines: dict[str, Any], token: str | None = None) -> Any:
        answer = self.ask(*lines, token=token)
        assert answer.status_code == 201, answer.text
        return json_of(answer)

    def settle(self, quote_id: str, msgid: str | None = None, **changes: Any) -> TestResponse:
        body = {"quote_id": quote_id, "msgid": msgid or new_msgid(), "cash": "till", **changes}
        return self.till.post("/v1/terminal/settlements", json=body)

    def buy(self, *lines: dict[str, Any], **changes: Any) -> Any:
        """A whole purchase; what its settlement answered."""
        answer = self.settle(self.quote(*lines)["quote_id"], **changes)
        assert answer.status_code in {201, 202}, answer.text
        return json_of(answer)

    def read(self, settlement_id: str) -> Any:
        answer = self.till.get(f"/v1/terminal/settlements/{settlement_id}")
        assert answer.status_code == 200, answer.text
        return json_of(answer)

    def refund(
        self, settlement_id: str, *units: tuple[int, int], msgid: str | None = None
    ) -> TestResponse:
        lines = [{"n": n, "quantity": quantity} for n, quantity in units]
        path = f"/v1/terminal/settlements/{settlement_id}/refunds"
        return self.till.post(path, json={"msgid": msgid or new_msgid(), "lines": lines})

    def reverse(self, settlement_id: str, msgid: str | None = None) -> TestResponse:
        path = f"/v1/terminal/settlements/{settlement_id}/reversal"
        return self.till.post(path, json={"msgid": msgid or new_msgid()})

    def message(self, msgid: str, *, fence: bool = False) -> Any:
        suffix = "?fence=1" if fence else ""
        answer = self.till.get(f"/v1/terminal/settlements/by-msgid/{msgid}{suffix}")
        assert answer.status_code == 200, answer.text
        return json_of(answer)

    def year(self, year: int = 2026) -> tuple[int, int, int]:
        """Deductible paid, fund paid, in scope."""
        with self.world.database.separate() as tx:
            row = tx.get_one(Accumulator, (self.person_id, SCHEME, year))
            return row.deductible_paid, row.fund_paid, row.in_scope

    def use_up(self, *, deductible: int = 0, fund: int = 0, in_scope: int = 0) -> None:
        """Pretend an earlier part of the year; the accumulator must be there."""
        change = text(
            "UPDATE accumulators SET deductible_limit = 10000000, fund_limit = 10000000, "
            "deductible_paid = :d, fund_paid = :f, in_scope = :s, version = version + 1"
        )
        with self.world.database.separate() as tx:
            tx.execute(change, {"d": deductible, "f": fund, "s": in_scope})

    def balance(self, kind: str = "own", owner: str | None = None) -> int:
        """What is on an account and not reserved, once the sequencer has come by."""
        Sequencer(database=self.world.database).run_all()
        with self.world.database.separate() as tx:
            row = tx.get(LedgerAccount, f"{kind}:{owner or self.person_id}")
            return 0 if row is None else row.posted - row.reserved


def new_msgid() -> str:
    return secrets.token_hex(8)


def person_of(world: World, phone: Device) -> str:
    """The person signed in on a phone."""
    with world.database.separate() as tx:
        query = text("SELECT person_id FROM token_families WHERE thumbprint = :t")
        return str(tx.execute(query, {"t": phone.thumbprint}).scalar_one())


def numbers_of(world: World, person_id: str) -> tuple[str, str]:
    persons = Persons(database=world.database, cipher=world.shared.cipher, clock=world.shared.clock)
    identity = persons.identity_of(person_id)
    return identity.citizen_number, identity.name


def insure(world: World, phone: Device, folder: Path, *, opening: int = 0, **changes: Any) -> None:
    """Enrol the person of a phone, as the operator's command does."""
    number, name = numbers_of(world, person_of(world, phone))
    record = {
        "citizen_number": number,
        "name": name,
        "region": REGION,
        "scheme": SCHEME,
        "since": "2025-01-01",
        "opening_fen": opening,
        **changes,
    }
    path = folder / f"{secrets.token_hex(4)}.ndjson"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    report = build_enrolment(world.shared).run(path, dry_run=False)
    assert report.enrolled == 1, report


def sound(world: World) -> None:
    """The ledger is intact, and money is only where it can be."""
    Sequencer(database=world.database).run_all()
    report = LedgerVerification(database=world.database).run()
    assert report.intact, report
    with world.database.separate() as tx:
        sides = tx.execute(
            select(LedgerAccount.normal_side, LedgerAccount.posted, LedgerAccount.reserved)
        ).all()
    assert sum(p if side == "debit" else -p for side, p, _ in sides) == 0
