"""Anybody can recompute a lottery, and sees what was changed."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hospital.rush.service.lottery import FORMULA, digest_of, ranked
from sandbox.lottery.__main__ import main
from sandbox.lottery.ranks import Draw, recomputed

SEED, VALUE = bytes(range(32)), "03 08 17 21 25 31 + 12"
IDS = [f"qtk_{n:026d}" for n in range(50)]


def published(ids: list[str] = IDS, *, seed: bytes = SEED, value: str = VALUE) -> dict[str, Any]:
    order = ranked(ids, seed=seed, public_value=value)
    return {
        "formula": FORMULA,
        "commitment": hashlib.sha256(seed).hexdigest(),
        "entries": len(ids),
        "entries_digest": digest_of(ids).hex(),
        "public_value": value,
        "seed": seed.hex(),
        "tickets": [{"ticket_id": one, "rank": order.index(one) + 1} for one in sorted(ids)],
    }


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    code = main(words)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, found


@given(
    st.sets(st.from_regex(r"qtk_[0-9a-v]{26}", fullmatch=True), max_size=20).map(sorted),
    st.binary(min_size=32, max_size=32),
    st.text(min_size=1, max_size=20),
)
def test_two_implementations_agree(ids: list[str], seed: bytes, value: str) -> None:
    draw = Draw.of(published(ids, seed=seed, value=value))
    assert recomputed(draw) == draw.ranks


def test_the_formula_is_what_it_was() -> None:
    """A change of the formula needs a new name."""
    assert FORMULA == "zero-run-lottery-1"
    order = ranked(["qtk_a", "qtk_b", "qtk_c", "qtk_d"], seed=SEED, public_value="1")
    assert order == ["qtk_c", "qtk_b", "qtk_a", "qtk_d"]


def test_a_genuine_lottery_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(published()), encoding="utf-8")
    assert told(capsys, str(file)) == (0, {"same": True, "tickets": 50, "differing": []})


@pytest.mark.parametrize("change", ["rank", "ticket", "seed", "value", "undrawn", "no file"])
def test_whatever_was_changed_is_seen(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: str
) -> None:
    facts, file = published(), tmp_path / "draw.json"
    first, second = facts["tickets"][:2]
    if change == "rank":
        first["rank"], second["rank"] = second["rank"], first["rank"]
    elif change == "ticket":
        first["ticket_id"] = "qtk_of_a_friend"
    elif change == "seed":
        facts["seed"] = bytes(32).hex()
    elif change == "value":
        facts["public_value"] = "1"
    elif change == "undrawn":
        del facts["seed"]
    if change != "no file":
        file.write_text(json.dumps(facts), encoding="utf-8")
    code, found = told(capsys, str(file))
    assert (code, found["same"]) == (1, False)


@contextmanager
def serving(facts: dict[str, Any]) -> Iterator[str]:
    """What the system publishes, by a server of its own, three tickets a page."""
    tickets = facts["tickets"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            answer = {k: v for k, v in facts.items() if k != "tickets"}
            if address.path.endswith("/tickets"):
                after = parse_qs(address.query).get("cursor", [""])[0]
                page = [one for one in tickets if one["ticket_id"] > after][:3]
                more = page[-1]["ticket_id"] != tickets[-1]["ticket_id"]
                answer = {"items": page} | ({"next": page[-1]["ticket_id"]} if more else {})
            body = json.dumps(answer).encode()
            self.send_response(200 if "/rls_1/" in address.path else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_it_is_fetched_page_by_page_and_kept(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "draw.json"
    with serving(published()) as address:
        assert told(capsys, address, "rls_1", "--save", str(file))[0] == 0
        code, found = told(capsys, address, "rls_2")
    assert (code, found["why"][:3]) == (1, "404")
    assert told(capsys, str(file))[0] == 0
