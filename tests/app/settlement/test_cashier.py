"""Whatever a till is refused, the cashier is told what to do, in both languages."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from redis.exceptions import RedisError
from werkzeug.test import TestResponse

from app.card.errors import ACTIONS as CARD
from app.card.errors import refuse_terminal
from app.card.service.decoding import CodeDecoding
from app.card.service.offline.uploading import OfflineUploading
from app.core.cashier import Action
from app.core.errors import GENERAL, DomainError, ErrorKind
from app.family.errors import ACTIONS as FAMILY
from app.family.errors import refuse_use
from app.settlement.chs.errors import ALL as NATIONAL
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.returning.refunds import Refunding
from app.settlement.service.settling.settling import Settling
from app.wiring.pharmacy_table import told_to_terminals
from tests.app.card.steps import decode, json_of, refusal
from tests.app.card.wallet import sale
from tests.app.device import Device
from tests.app.settlement.steps import SCOPES, plain
from tests.app.world import World

TOLD: Final = [one for one in told_to_terminals() if one[1] not in NATIONAL]
CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
CHECKOUT: Final = Path(__file__).parents[3]
REFUND: Final = "/v1/terminal/settlements/stl_00000000000000000000000000/refunds"
HOLDERS_AND_OPERATORS: Final = {"PURCHASE_UNKNOWN", "IMPORT_FILE_UNREADABLE"}
PLACES: Final = (
    "card/service/decoding.py",
    "card/service/consuming.py",
    "card/service/presence_reading.py",
    "card/service/offline/decoding.py",
    "card/service/offline/consuming.py",
    "card/service/offline/judging.py",
    "card/service/offline/uploading.py",
    "family/service/using.py",
    "family/service/mutual_aid.py",
    "family/service/consuming.py",
    "settlement/service/**/*.py",
)
"""Where refusals of decode, quote, settle, refund and uploads are made."""


@dataclass(frozen=True)
class Call:
    """A till's call, and the service and method behind it."""

    service: type
    method: str
    send: Callable[[Device, dict[str, str]], TestResponse]


def _post(path: str, body: dict[str, Any]) -> Callable[[Device, dict[str, str]], TestResponse]:
    return lambda till, headers: till.post(path, json=body, headers=headers)


CALLS: Final = {
    "decode": Call(
        CodeDecoding,
        "decode",
        _post("/v1/terminal/decode", {"code": "8" * 18, "purpose": "02121"}),
    ),
    "upload": Call(
        OfflineUploading, "take", _post("/v1/terminal/uploads", {"uploads": [sale("ZR1:0")]})
    ),
    "quote": Call(
        Quoting,
        "quote",
        _post("/v1/terminal/quotes", {"presence_token": "a.b.c", "lines": [plain(100)]}),
    ),
    "settle": Call(
        Settling,
        "settle",
        _post(
            "/v1/terminal/settlements",
            {"quote_id": "quo_00000000000000000000000000", "msgid": "m-000001", "cash": "till"},
        ),
    ),
    "refund": Call(
        Refunding,
        "refund",
        _post(REFUND, {"msgid": "m-000002", "lines": [{"n": 1, "quantity": 1}]}),
    ),
}


@pytest.fixture
def till(world: World) -> Device:
    return world.terminal(scopes=SCOPES)


def as_raised(kind: ErrorKind) -> DomainError:
    """Make a refusal as the service does that makes it."""
    if kind in CARD:
        return refuse_terminal(kind)
    return refuse_use(kind) if kind in FAMILY else kind()


def answers(
    call: Call, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> Callable[[Device, str], TestResponse]:
    """Let a call's service raise."""

    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(call.service, call.method, fail)
    return lambda till, language: call.send(till, {"Accept-Language": language})


@pytest.mark.parametrize("name", list(CALLS))
def test_every_refusal_says_what_to_do_in_both_languages(
    till: Device, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for at, kind, action in TOLD:
        if name in {"decode", "upload"} and at.startswith("quote"):
            continue  # nothing there knows of purchases
        ask = answers(CALLS[name], monkeypatch, as_raised(kind))
        english, chinese = ask(till, "en"), ask(till, "zh-CN")
        assert refusal(english) == (kind.status, kind.code, action.value), kind
        assert json_of(english)["detail"] == kind.en
        assert json_of(chinese)["detail"] == kind.zh
        assert json_of(chinese)["action"] == action.value


@pytest.mark.parametrize("name", list(CALLS))
def test_faults_say_what_to_do_as_well(
    till: Device, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ask = answers(CALLS[name], monkeypatch, RuntimeError())
    assert refusal(ask(till, "en")) == (500, "INTERNAL", "QUERY")
    ask = answers(CALLS[name], monkeypatch, RedisError())
    assert refusal(ask(till, "en")) == (503, "UNAVAILABLE", "RETRY")


@pytest.mark.parametrize("name", list(CALLS))
def test_who_is_not_let_in_is_told_what_to_do(world: World, name: str) -> None:
    send = CALLS[name].send
    assert refusal(send(world.phone(), {})) == (401, "INVALID_TOKEN", "RETRY")
    narrow = world.terminal(scopes=frozenset({"events"}))
    assert refusal(send(narrow, {})) == (403, "INSUFFICIENT_SCOPE", "CONTACT")


def test_what_is_no_request_says_what_to_do(till: Device) -> None:
    path = "/v1/terminal/decode"
    for answer, told in (
        (till.get(path), (405, "METHOD_NOT_ALLOWED", "CONTACT")),
        (till.get("/v1/terminal/nothing"), (404, "NOT_FOUND", "CONTACT")),
        (till.post(path, data=b"{", content_type="application/json"), (400, "BAD_JSON", "CONTACT")),
        (till.post(path, json={}), (422, "INVALID_FIELD", "CONTACT")),
        (decode(till, "not a code"), (422, "CODE_NOT_OURS", "RESCAN")),
    ):
        assert refusal(answer) == told


def test_nobody_but_a_cashier_is_told_what_a_cashier_does(world: World) -> None:
    assert "action" not in json_of(world.citizen().get("/v1/card"))
    assert "action" not in json_of(world.phone().get("/v1/nothing"))


def test_no_refusal_of_a_till_is_missing_in_the_table() -> None:
    listed = {kind.code for _, kind, _ in TOLD} | HOLDERS_AND_OPERATORS
    made = {kind.code: kind for path in _places() for kind in _kinds_of(path)}
    assert len(made) > 50
    assert set(made) <= listed


def test_every_text_is_one_for_a_cashier() -> None:
    for _, kind, action in TOLD:
        assert action in Action
        assert CHINESE.search(kind.zh), kind
        assert kind.en.endswith("."), kind
    assert {kind for _, kind, _ in TOLD} >= set(GENERAL)


def _places() -> Iterator[Path]:
    for pattern in PLACES:
        found = sorted((CHECKOUT / "app").glob(pattern))
        assert found, pattern
        yield from found


def _kinds_of(path: Path) -> Iterator[ErrorKind]:
    """The kinds of refusal that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and str(node.module).endswith(".errors"):
            module = importlib.import_module(str(node.module))
            found = (getattr(module, name.name) for name in node.names)
            yield from (one for one in found if isinstance(one, ErrorKind))
