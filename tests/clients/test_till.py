"""The example till against the system it was written for: served, with answers that get lost."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import pytest
import urllib3

from config import Settings
from sandbox.terminal.__main__ import main
from sandbox.terminal.picture import painted
from tests.app.card.steps import json_of, show
from tests.app.device import Device
from tests.app.registry import Registry
from tests.app.settlement.steps import SCOPES, A, insure, plain
from tests.app.settlement.steps import Shop as Elsewhere
from tests.clients.served import Served, served

CHECKOUT = Path(__file__).parents[2]
_PATIENCE_S = 60


@dataclass
class Cutting:
    """Does what is asked, and for the next of some paths cuts the line before the answer."""

    app: Callable[..., Any]
    lost: list[str] = field(default_factory=list)
    held: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def __call__(self, environ: Any, start: Any) -> Any:
        answer = self.app(environ, start)
        if self.held and environ["PATH_INFO"].endswith(self.held):
            self.reached.set()
            self.released.wait(_PATIENCE_S)
        if self.lost and environ["PATH_INFO"].endswith(self.lost[0]):
            self.lost.pop(0)
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer


@dataclass(kw_only=True)
class Shop:
    """A till's program, and a holder before it."""

    api: Served
    holder: Device
    folder: Path
    line: Cutting
    typed: list[str | Callable[[], object]] = field(default_factory=list)
    """What the cashier types; or what happens before they type y."""
    prompts: list[str] = field(default_factory=list)

    @property
    def book(self) -> Any:
        return json.loads((self.folder / "till.json").read_text())

    def run(self, *words: str) -> int:
        return main(
            ["--book", str(self.folder / "till.json"), *words],
            ask=self._ask,
            sleep=lambda _: None,
        )

    def screen(self) -> Path:
        """A photograph of the holder's screen with a new code on it."""
        shown = json_of(self.holder.post("/v1/card/codes", json={"purpose": "02121"}))
        path = self.folder / "screen.png"
        cv2.imwrite(str(path), painted(shown["qr_svg"]))
        return path

    def settlements(self) -> list[Mapping[str, Any]]:
        items: list[Mapping[str, Any]] = json_of(self.holder.get("/v1/card/purchases"))["items"]
        return items

    def _ask(self, prompt: str) -> str:
        self.prompts.append(prompt)
        if not self.typed:
            raise EOFError
        typed = self.typed.pop(0)
        if isinstance(typed, str):
            return typed
        typed()
        return "y"


@pytest.fixture
def shop(settings: Settings, registry: Registry, tmp_path: Path) -> Iterator[Shop]:
    with served(settings, registry) as api:
        line = Cutting(api.world.app.wsgi_app)
        api.world.app.wsgi_app = line  # type: ignore[method-assign, assignment]
        holder = api.world.citizen()
        assert holder.post("/v1/card").status_code == 201
        insure(api.world, holder, tmp_path, opening=15_000)
        shop = Shop(api=api, holder=holder, folder=tmp_path, line=line)
        _onboard(shop)
        yield shop


def _onboard(shop: Shop) -> None:
    jwks = shop.folder / "till.jwks.json"
    assert shop.run("new-key", "--jwks", str(jwks)) == 0
    desk, world = shop.api.world.onboarding, shop.api.world
    client_id = desk.add_terminal(
        merchant_id=desk.add_merchant(name="平安大药房"),
        jwks=json.loads(jwks.read_text())["keys"],
        purposes=frozenset({"02121"}),
        scopes=SCOPES,
    )
    where = ["--base-url", world.settings.public_url, "--client-id", client_id]
    assert shop.run(*where, "sign-in") == 0


def test_a_day_at_the_till(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    assert shop.run("decode", "--image", str(shop.screen())) == 0
    assert shop.run("quote", f"{A.code}x3@20.00") == 0
    assert shop.run("settle") == 0
    told = capsys.readouterr().out
    assert A.names.en in told
    assert "张*" in told
    assert "60.00" in told
    (bought,) = shop.settlements()
    assert shop.run("refund", bought["id"], "1x1") == 0
    assert shop.run("refund", bought["id"], "--all") == 0
    assert shop.settlements()[0]["returned"] == 6_000
    assert shop.run("day-end", "--check") == 0
    told = capsys.readouterr().out
    assert "1 settled, 2 given back" in told
    assert "differs" not in told
    assert {one["kind"] for one in shop.book["done"]} == {"settle", "refund", "reverse"}
    assert "张" not in (shop.folder / "till.json").read_text()


def test_a_lost_answer_settles_once(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.run("decode", "--code", show(shop.holder))
    shop.run("quote", f"{A.code}@20.00")
    shop.line.lost = ["/v1/terminal/settlements"]
    assert shop.run("settle") == 0
    assert shop.line.lost == []
    assert "settled" in capsys.readouterr().out
    (bought,) = shop.settlements()
    shop.line.lost = [f"/{bought['id']}/refunds"]
    assert shop.run("refund", bought["id"], "1") == 0
    assert shop.settlements()[0]["returned"] == 2_000


def test_a_till_that_was_cut_off_finds_out_when_it_starts_again(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.run("decode", "--code", show(shop.holder))
    shop.run("quote", f"{A.code}@20.00")
    (msgid,) = _cut_off(shop)
    assert "no goods, no money" in capsys.readouterr().err
    assert shop.run("day-end") == 0  # the line is back: it looks before it adds up
    assert shop.run("settle") == 2  # nothing is left to settle
    assert len(shop.settlements()) == 1
    assert shop.run("query", msgid) == 0
    assert "COMMITTED" in capsys.readouterr().out
    assert shop.run("query", "never-sent-1", "--fence") == 0
    assert "NEVER_SEEN" in capsys.readouterr().out


def test_a_till_that_is_killed_while_it_waits_loses_nothing(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.run("decode", "--code", show(shop.holder))
    shop.run("quote", f"{A.code}@20.00")
    shop.line.held = "/v1/terminal/settlements"
    command = [sys.executable, "-m", "sandbox.terminal", "--book", str(shop.folder / "till.json")]
    till = subprocess.Popen([*command, "settle"], cwd=CHECKOUT)  # noqa: S603 - our own program
    try:
        assert shop.line.reached.wait(_PATIENCE_S)
    finally:
        till.kill()
        till.wait()
        shop.line.held = ""
        shop.line.released.set()
    assert len(shop.book["open"]) == 1
    assert shop.run("settle") == 0  # it finds that it has settled
    assert "settled" in capsys.readouterr().out
    assert (len(shop.settlements()), shop.book["open"]) == (1, [])


def _cut_off(shop: Shop) -> list[str]:
    """Settle, and lose this answer and those of all that asks for it."""
    app, shop.line.app = shop.line.app, shop.line.app

    def gone(environ: Any, start: Any) -> Any:
        answer = app(environ, start)
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer

    shop.line.app = gone
    assert shop.run("settle") == 3
    shop.line.app = app
    return [one["msgid"] for one in shop.book["open"]]


def test_a_refusal_says_what_to_do(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    code = show(shop.holder)
    assert shop.run("decode", "--code", code) == 0
    assert shop.run("decode", "--code", code) == 1
    told = capsys.readouterr().out
    assert "CODE_USED" in told
    assert "look up what came of it" in told
    assert shop.run("quote", "NOSUCH@1") == 1
    assert "ITEM_UNKNOWN" in capsys.readouterr().out
    assert shop.run("settle") == 2
    assert "quote a basket first" in capsys.readouterr().err
    _stale(shop)


def _stale(shop: Shop) -> None:
    """A quote that went stale is replaced by the fresh one."""
    shop.run("decode", "--code", show(shop.holder))
    shop.run("quote", f"{A.code}@20.00")
    other = shop.book
    shop.run("decode", "--code", show(shop.holder))
    shop.run("quote", f"{A.code}@10.00")
    assert shop.run("settle") == 0
    (shop.folder / "till.json").write_text(json.dumps({**other, "done": []}))
    assert shop.run("settle") == 1
    assert shop.book["quote"]["quote_id"] != other["quote"]["quote_id"]
    assert shop.run("settle") == 0
    assert len(shop.settlements()) == 2


def test_a_sale_is_led_from_code_to_receipt(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    used = show(shop.holder)
    shop.run("decode", "--code", used)
    shop.typed = ["sale", show(shop.holder), f"{A.code}@20.00", "", "n"]
    assert shop.run() == 0
    assert shop.settlements() == []
    shop.typed = [
        "sale",
        used,  # refused: a new one is asked for
        str(shop.screen()),
        "wrong",
        f"{A.code}x2@20.00",
        "",
        "y",
        "day-end",
        "no-such-command",
        "leave",
    ]
    assert shop.run() == 2
    told = capsys.readouterr().out
    assert "CODE_USED" in told
    assert "settled" in told
    assert "1 settled, 0 given back" in told
    assert shop.settlements()[0]["total"] == 4_000


def test_a_sale_follows_what_each_refusal_asks_for(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    world = shop.api.world
    other = Elsewhere(
        world=world, holder=shop.holder, till=world.terminal(merchant="康民大药房", scopes=SCOPES)
    )
    shop.typed = ["sale", show(shop.holder), f"{A.code}@20.00", ""]
    shop.typed += [lambda: other.buy(plain(1_000)), "y"]  # stale: shown again, asked again
    assert shop.run() == 0
    told = capsys.readouterr().out
    assert "QUOTE_STALE" in told
    assert told.count("TOTAL") == 2
    assert len(shop.settlements()) == 2
    shop.typed = ["sale", show(shop.holder), f"{A.code}@20.00", ""]
    shop.typed += [lambda: shop.holder.post("/v1/card/freeze")]
    assert shop.run() == 1
    told = capsys.readouterr().out
    assert "CARD_FROZEN" in told
    assert "cannot be done now" in told
    assert (len(shop.settlements()), shop.book["quote"]) == (2, None)


def test_curl_gets_by_with_what_the_till_prints(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token request and a call, with headers and form as `docs/pharmacy.md` uses them."""
    base = shop.api.world.settings.public_url
    pool = urllib3.PoolManager(retries=False)

    def headers(method: str, path: str, *more: str) -> dict[str, str]:
        capsys.readouterr()
        assert shop.run("headers", method, base + path, *more) == 0
        lines = capsys.readouterr().out.splitlines()
        return dict(one.split(": ", 1) for one in lines)

    sent = headers("POST", "/oauth/token") | {"Content-Type": "application/x-www-form-urlencoded"}
    shop.run("form")
    answer = pool.request(
        "POST", f"{base}/oauth/token", body=capsys.readouterr().out.strip(), headers=sent
    )
    assert answer.status == 200, answer.data
    token = answer.json()["access_token"]
    answer = pool.request("GET", f"{base}/chs", headers=headers("GET", "/chs", "--token", token))
    assert answer.json()["fixmedins_name"] == "平安大药房"
    pool.clear()
