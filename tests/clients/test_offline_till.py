"""The example till while the line is cut, and after: the port of the system shut and opened."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from sandbox.phone.offline import picture
from tests.app.card.steps import accesses, show
from tests.app.card.wallet import Wallet
from tests.app.device import Device
from tests.app.settlement.steps import A, insure
from tests.clients.test_till import CHECKOUT, Shop, shop

__all__ = ("shop",)

ITEM = f"{A.code}x3@20.00"
_PATIENCE_S = 60


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the till's program looks at the real clock


@pytest.fixture
def wallet(shop: Shop) -> Wallet:
    """Credentials on the holder's phone; the till has fetched what it needs."""
    assert shop.run("offline", "refresh") == 0
    return Wallet(phone=shop.holder).fetch(4)


@pytest.fixture
def cut(shop: Shop, wallet: Wallet) -> Wallet:
    """The line is cut."""
    shop.api.door.shut()
    return wallet


def sell(shop: Shop, code: str, item: str = ITEM) -> None:
    assert shop.run("decode", "--code", code) == 0
    assert shop.run("quote", item) == 0
    assert shop.run("settle") == 0


def journal(shop: Shop) -> list[dict[str, Any]]:
    path = shop.folder / "till.json.sales"
    return [json.loads(line) for line in path.read_text().splitlines()]


def uploaded(holder: Device, kind: str = "accepted") -> int:
    return len(accesses(holder, f"card.offline_{kind}"))


def test_a_cut_line_is_said_and_the_same_steps_go_on_until_the_sale_is_settled(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = shop.folder / "code.svg"
    svg.write_text(picture(cut.show(now())))
    assert shop.run("decode", "--svg", str(svg)) == 0
    told = capsys.readouterr().out
    assert "OFFLINE     from now on only offline codes are served" in told
    assert "已转入离线收银" in told
    assert "list of 0 min ago; codes are served until" in told
    assert "at most     300.00" in told
    assert shop.run("quote", ITEM) == 0
    assert "total       60.00  (at most 300.00)" in capsys.readouterr().out
    assert shop.run("settle") == 0
    assert "kept        s-" in capsys.readouterr().out
    assert shop.run("day-end") == 3
    assert "1 to upload" in capsys.readouterr().out
    assert shop.run("upload") == 2
    assert "to upload   1" in capsys.readouterr().out

    shop.api.door.open()
    assert shop.run("upload", "--settle") == 0
    told = capsys.readouterr().out
    assert "ACCEPTED  settle it until" in told
    assert "settled stl_" in told
    assert "ONLINE      the system answers again" in told
    assert [one["total"] for one in shop.settlements()] == [60_00]
    assert shop.run("upload", "--settle") == 0
    assert shop.run("sales", "--all") == 0
    assert "settled stl_" in capsys.readouterr().out
    assert shop.run("day-end", "--check") == 0
    assert len(shop.settlements()) == uploaded(shop.holder) == 1


def test_an_accepted_sale_is_quoted_and_settled_by_hand(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(shop, cut.show(now()))
    shop.api.door.open()
    assert shop.run("upload") == 0
    sale_id = journal(shop)[0]["kept"]["sale"]["sale_id"]
    assert shop.run("day-end") == 3
    assert "0 to upload, 1 to settle" in capsys.readouterr().out
    assert shop.run("quote", "--sale", sale_id) == 0
    assert A.names.en in capsys.readouterr().out
    assert shop.run("settle") == 0
    assert shop.run("quote", "--sale", sale_id) == 2
    assert "still to be settled" in capsys.readouterr().err
    assert shop.run("day-end", "--check") == 0


def accepted_long_ago(shop: Shop, cut: Wallet) -> str:
    """A sale that was accepted and not settled within its half hour; its id."""
    sell(shop, cut.show(now()))
    shop.api.door.open()
    assert shop.run("upload") == 0
    kept, judged = journal(shop)
    judged["judged"]["expires_at"] = (now() - timedelta(minutes=1)).isoformat()
    lines = [json.dumps(one) + "\n" for one in (kept, judged)]
    (shop.folder / "till.json.sales").write_text("".join(lines))
    return str(kept["kept"]["sale"]["sale_id"])


def test_a_sale_accepted_too_long_ago_is_asked_for_again_and_settled(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    sale_id = accepted_long_ago(shop, cut)
    assert shop.run("sales") == 0
    assert "ACCEPTED, upload again before" in capsys.readouterr().out
    assert shop.run("quote", "--sale", sale_id) == 2
    assert "upload again" in capsys.readouterr().err
    assert shop.run("day-end") == 3
    assert shop.run("upload", "--settle") == 0
    assert [one["total"] for one in shop.settlements()] == [60_00]
    assert shop.run("day-end", "--check") == 0


def test_a_sale_that_can_no_longer_be_settled_is_told_and_holds_no_day_up(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted_long_ago(shop, cut)
    monkeypatch.setattr("sandbox.terminal.sales.UPLOAD_WITHIN", timedelta(hours=-1))
    assert shop.run("upload", "--settle") == 0
    assert shop.settlements() == []
    assert shop.run("day-end") == 0
    assert "was not settled in time" in capsys.readouterr().out
    assert shop.run("sales") == 0
    assert "ACCEPTED, not settled in time" in capsys.readouterr().out


def test_each_sale_gets_its_own_outcome(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shop.api.world.citizen("李娜")
    assert other.post("/v1/card").status_code == 201
    insure(shop.api.world, other, shop.folder)
    lost = Wallet(phone=other).fetch(1)
    moment = now()
    soon = moment + timedelta(minutes=1)
    sell(shop, cut.show(moment, number=0), f"{A.code}x15@20.00")
    sell(shop, cut.show(moment, number=1))  # a phone that shows two codes a minute and purpose
    sell(shop, cut.show(soon, number=2), f"{A.code}x11@20.00")  # above the card's day: 500.00
    _frozen_a_while_ago(shop, other)
    sell(shop, lost.show(moment))
    assert shop.run("sales") == 0
    assert capsys.readouterr().out.count("waits, upload before") == 4

    shop.api.door.open()
    assert shop.run("--language", "zh-CN", "upload") == 1
    told = capsys.readouterr().out
    verdicts = ["ACCEPTED", "OFFLINE_DOUBLE_USE", "OFFLINE_CAP_EXCEEDED", "CODE_REVOKED"]
    assert [one["judged"]["verdict"] for one in journal(shop)[4:]] == verdicts
    assert all(verdict in told for verdict in verdicts)
    assert "此离线码已被受理过，本次不予认可，请联系管理员。  CONTACT" in told
    assert "call the operator" in told
    assert shop.run("upload") == 0  # nothing waits
    assert (uploaded(shop.holder), uploaded(shop.holder, "refused")) == (1, 2)


def _frozen_a_while_ago(shop: Shop, holder: Device) -> None:
    assert holder.post("/v1/card/freeze").status_code == 200
    earlier = "UPDATE offline_credentials SET revoked_at = revoked_at - interval '5 minutes'"
    with shop.api.world.database.separate() as tx:
        tx.execute(text(f"{earlier} WHERE revoked_at IS NOT NULL"))


def test_an_upload_that_is_cut_in_the_middle_counts_once(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    sell(shop, cut.show(now()))
    shop.api.door.open()
    shop.line.lost = ["/v1/terminal/uploads"]
    assert shop.run("upload") == 2
    assert "to upload   1" in capsys.readouterr().out
    assert uploaded(shop.holder) == 1
    assert shop.run("upload", "--settle") == 0
    (_, judged) = journal(shop)
    assert (judged["judged"]["verdict"], judged["judged"]["repeated"]) == ("ACCEPTED", True)
    assert len(shop.settlements()) == uploaded(shop.holder) == 1


def started(shop: Shop, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sandbox.terminal", "--book", str(shop.folder / "till.json")]
    return subprocess.Popen(  # noqa: S603 - our own program
        [*command, *words],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed(till: subprocess.Popen[str]) -> None:
    till.send_signal(signal.SIGKILL)
    till.communicate()


def test_a_till_that_is_killed_after_it_kept_a_sale_brings_it_in(shop: Shop, cut: Wallet) -> None:
    till = started(shop)
    assert till.stdin is not None
    assert till.stdout is not None
    for words in (f"decode --code '{cut.show(now())}'", f"quote {ITEM}", "settle"):
        till.stdin.write(words + "\n")
    till.stdin.flush()
    for line in till.stdout:
        if line.startswith(("kept", "till (offline)> kept")):
            break
    killed(till)
    shop.api.door.open()
    assert shop.run("upload", "--settle") == 0
    assert len(shop.settlements()) == uploaded(shop.holder) == 1


def test_a_till_that_is_killed_while_it_uploads_brings_each_sale_in_once(
    shop: Shop, cut: Wallet
) -> None:
    sell(shop, cut.show(now()))
    shop.api.door.open()
    shop.line.held = "/v1/terminal/uploads"
    till = started(shop, "upload")
    try:
        assert shop.line.reached.wait(_PATIENCE_S)
    finally:
        killed(till)
        shop.line.held = ""
        shop.line.released.set()
    assert [list(one) for one in journal(shop)] == [["kept"]]
    assert shop.run("upload", "--settle") == 0
    assert len(shop.settlements()) == uploaded(shop.holder) == 1


def test_a_till_that_was_stopped_before_it_said_that_a_sale_is_kept_says_so(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    book = shop.folder / "till.json"
    shop.run("decode", "--code", cut.show(now()))
    shop.run("quote", ITEM)
    before = book.read_text()
    assert shop.run("settle") == 0
    book.write_text(before)
    capsys.readouterr()
    assert shop.run("settle") == 0
    assert "kept        s-" in capsys.readouterr().out
    assert len(journal(shop)) == 1


def test_a_code_whose_answer_was_lost_is_not_sold_on(
    shop: Shop, wallet: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be used up, and the upload refused: the next code is asked for."""
    code = wallet.show(now(), number=0)
    shop.line.lost = ["/v1/terminal/decode"]
    assert shop.run("decode", "--code", code) == 1
    told = capsys.readouterr().out
    assert "OFFLINE" in told
    assert "MAYBE_USED: The answer was lost" in told
    assert shop.run("quote", ITEM) == 2
    sell(shop, wallet.show(now(), number=1))


def test_an_online_code_is_not_served_without_a_network(
    shop: Shop, wallet: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    code = show(shop.holder)
    shop.api.door.shut()
    assert shop.run("--language", "zh-CN", "decode", "--code", code) == 1
    assert "此码需要联网验证，请持卡人出示离线码。  RESCAN" in capsys.readouterr().out
    assert wallet.issued


def test_the_till_comes_back_by_itself_but_not_against_the_cashier(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.run("decode", "--code", cut.show(now()))
    shop.api.door.open()
    capsys.readouterr()
    assert shop.run("decode", "--code", cut.show(now(), number=1)) == 0  # no try for a minute
    assert "nobody sees whose it is" in capsys.readouterr().out
    _a_minute_later(shop)
    assert shop.run("decode", "--code", cut.show(now(), number=2)) == 0
    told = capsys.readouterr().out
    assert "张*" in told
    assert "ONLINE" in told
    assert shop.run("offline", "on") == 0
    _a_minute_later(shop)
    assert shop.run("decode", "--code", cut.show(now(), number=3)) == 0
    assert shop.run("query", "never-sent-1") == 0
    told = capsys.readouterr().out
    assert "ONLINE" not in told
    assert shop.run("offline") == 0
    assert "by the cashier" in capsys.readouterr().out
    assert shop.run("offline", "off") == 0
    assert "network     the system is asked" in capsys.readouterr().out


def _a_minute_later(shop: Shop) -> None:
    book = shop.book
    book["till"]["offline"]["tried"] = (now() - timedelta(minutes=2)).isoformat()
    (shop.folder / "till.json").write_text(json.dumps(book))


def test_what_the_till_knows_has_an_age_and_an_end(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shop.run("offline") == 0
    told = capsys.readouterr().out
    assert "keys        fetched 0 min ago" in told
    assert "list of 0 min ago; codes are served until" in told
    _known_since(shop, now() - timedelta(hours=23, minutes=59))
    assert shop.run("decode", "--code", cut.show(now())) == 0
    _known_since(shop, now() - timedelta(hours=24, minutes=1))
    capsys.readouterr()
    assert shop.run("decode", "--code", cut.show(now())) == 1
    assert "DELTA_TOO_OLD: The list of revoked cards is too old" in capsys.readouterr().out
    assert shop.run("offline") == 0
    assert "list of 24 h 1 min ago; TOO OLD since" in capsys.readouterr().out
    shop.api.door.open()
    assert shop.run("offline", "refresh") == 0
    assert "TOO OLD" not in capsys.readouterr().out


def _known_since(shop: Shop, at: datetime) -> None:
    path = shop.folder / "till.json.known"
    known = json.loads(path.read_text())
    path.write_text(json.dumps({**known, "at": at.isoformat()}))


def test_a_till_that_knows_nothing_serves_nobody(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.folder / "till.json.known").unlink()
    assert shop.run("decode", "--code", cut.show(now())) == 1
    assert "UNKNOWN_ISSUER" in capsys.readouterr().out
    assert shop.run("offline") == 0
    assert "knows       nothing yet" in capsys.readouterr().out


def test_a_till_with_a_network_refreshes_what_it_knows_by_itself(
    shop: Shop, wallet: Wallet
) -> None:
    assert shop.holder.post("/v1/card/freeze").status_code == 200
    path = shop.folder / "till.json.known"
    known = json.loads(path.read_text())
    old = (now() - timedelta(minutes=6)).isoformat()
    path.write_text(json.dumps({**known, "fetched_at": old}))
    assert shop.run("sign-in") == 0
    shop.api.door.shut()
    assert shop.run("decode", "--code", wallet.show(now())) == 1
    assert json.loads(path.read_text())["upto"] == 4


def test_no_more_is_sold_than_code_and_till_allow(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.run("decode", "--code", cut.show(now()))
    shop.run("quote", f"{A.code}x16@20.00")
    assert shop.run("settle") == 1
    assert "OVER_CAP" in capsys.readouterr().out
    shop.run("quote", ITEM)
    assert shop.run("settle") == 0
    shop.run("decode", "--code", cut.show(now(), number=1))
    shop.run("quote", ITEM)
    assert shop.run("--offline-limit", "119.99", "settle") == 1
    assert "OVER_TILL_LIMIT: Too much was sold" in capsys.readouterr().out
    assert shop.run("--offline-limit", "120", "settle") == 0
    assert len(journal(shop)) == 2


def test_a_sale_is_led_through_a_cut_line(
    shop: Shop, cut: Wallet, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.typed = ["sale", "281234567890123457", cut.show(now()), ITEM, "", "y", "sales", "leave"]
    assert shop.run() == 0
    told = capsys.readouterr().out
    assert "NEEDS_NETWORK" in told
    assert "kept        s-" in told
    assert "waits, upload before" in told


def test_its_files_are_its_owners_only(shop: Shop, cut: Wallet) -> None:
    sell(shop, cut.show(now()))
    for path in sorted(shop.folder.glob("till.json*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_shell_says_where_there_is_no_network(shop: Shop, cut: Wallet) -> None:
    shop.typed = [f"decode --code '{cut.show(now())}'", "leave"]
    assert shop.run() == 0
    assert shop.prompts == ["till> ", "till (offline)> "]
