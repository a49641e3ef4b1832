"""What the tests of reconciliation do again and again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text
from werkzeug.test import TestResponse

from app.core.database import Database
from tests.app.device import Device
from tests.app.operators import operator_console
from tests.app.settlement.steps import Shop
from tests.app.world import World

URL: Final = "/v1/terminal/reconciliations"
OPERATOR: Final = "/v1/operator/reconciliations"
TODAY: Final = "2026-11-23"
PARTS: Final = ("fund", "account", "cash")
PHANTOM: Final[dict[str, Any]] = {
    "kind": "settlement",
    "msgid": "never-seen-1",
    "fund": 300,
    "account": 200,
    "cash": 100,
}
"""What only a merchant has."""


def settled(answer: Any, **changes: Any) -> dict[str, Any]:
    """A purchase as its merchant lists it."""
    return {
        "kind": "settlement",
        "msgid": answer["msgid"],
        "settlement_id": answer["settlement_id"],
        **{name: answer["split"][name] for name in PARTS},
        **changes,
    }


def refunded(answer: Any, **changes: Any) -> dict[str, Any]:
    """A return as its merchant lists it."""
    return {
        "kind": "refund",
        "msgid": answer["msgid"],
        "settlement_id": answer["settlement_id"],
        **{name: answer[name] for name in PARTS},
        **changes,
    }


def totals(lines: Iterable[dict[str, Any]]) -> dict[str, dict[str, int]]:
    found = {kind: dict.fromkeys(("count", *PARTS), 0) for kind in ("settlement", "refund")}
    for line in lines:
        found[line["kind"]]["count"] += 1
        for name in PARTS:
            found[line["kind"]][name] += line[name]
    return found


@dataclass(kw_only=True)
class Books:
    """A shop whose merchant sends its days."""

    shop: Shop

    def send(self, *lines: dict[str, Any], date: str = TODAY, **changes: Any) -> TestResponse:
        body = {"date": date, "totals": totals(lines), "lines": list(lines), **changes}
        return self.shop.till.send("POST", URL, json=body)

    def told(self, *lines: dict[str, Any], date: str = TODAY, **changes: Any) -> Any:
        answer = self.send(*lines, date=date, **changes)
        assert answer.status_code == 200, answer.text
        return answer.json

    def send_file(self, data: bytes, date: str = TODAY) -> TestResponse:
        return self.shop.till.send(
            "PUT", f"{URL}/{date}/file", data=data, content_type="application/zip"
        )

    def read(self, date: str = TODAY) -> TestResponse:
        return self.shop.till.get(f"{URL}/{date}")


def zipped(*lines: str, ending: str = "\n", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with one file of lines."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("details.txt", "".join(line + ending for line in lines))
    return packed.getvalue()


def national(line: dict[str, Any], setl_id: str) -> str:
    """A line as the national file has it."""
    total = sum(line[name] for name in PARTS)
    amounts = (f"{one // 100}.{one % 100:02d}" for one in (total, line["fund"], line["account"]))
    flag = "1" if line["kind"] == "refund" else "0"
    return "\t".join([setl_id, "null", "null", *amounts, flag])


def operator(world: World, *scopes: str) -> Device:
    """Somebody of the office that reconciles."""
    return operator_console(world, *(scopes or ("reconciliation.read", "reconciliation.close")))


def listed(console: Device, **query: str) -> Sequence[Any]:
    """Open differences as an operator sees them."""
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = console.get(f"{OPERATOR}?{asked}" if asked else OPERATOR)
    assert answer.status_code == 200, answer.text
    items: Sequence[Any] = answer.json["items"]
    return items


def tamper(database: Database, sql: str, **values: Any) -> None:
    """As somebody who owns the database could."""
    with database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        tx.execute(text(sql), values)
