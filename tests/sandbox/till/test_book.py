"""The till's book survives whatever stops the till, and is nobody else's to read."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from sandbox.terminal.book import Book, BookError, Write

WRITE = Write(kind="settle", msgid="m-1", path="/p", body={"msgid": "m-1"}, at="2026-11-23T08:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "till.json"


def test_what_is_noted_is_there_the_next_time(path: Path) -> None:
    with Book.opened(path) as book:
        book.keep(till={"client_id": "trm_1"}, quote={"quote_id": "quo_1"})
        book.begin(WRITE)
    with Book.opened(path) as book:
        assert book.till["client_id"] == "trm_1"
        assert book.quote == {"quote_id": "quo_1"}
        assert book.open == [WRITE]


def test_only_its_owner_reads_it(path: Path) -> None:
    with Book.opened(path) as book:
        book.begin(WRITE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    with pytest.raises(BookError, match="chmod 600"), Book.opened(path):
        pass


def test_two_tills_do_not_share_one(path: Path) -> None:
    with Book.opened(path), pytest.raises(BookError, match="in use"), Book.opened(path):
        pass


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"version": 9}'])
def test_what_is_no_book_is_left_alone(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BookError, match="not a till's book"), Book.opened(path):
        pass
    assert path.read_text() == content


def test_a_till_that_died_while_writing_finds_the_book_before(path: Path) -> None:
    with Book.opened(path) as book:
        book.begin(WRITE)
    path.with_name(".till.json.new").write_text("{")
    with Book.opened(path) as book:
        assert book.open == [WRITE]
        book.end("m-1")
    assert json.loads(path.read_text())["open"] == []


def test_days_long_past_are_forgotten(path: Path) -> None:
    with Book.opened(path) as book:
        for month in ("09", "10"):
            for day in range(1, 29):
                book.end("x", {"at": f"2026-{month}-{day:02}T08:00", "msgid": f"{month}{day}"})
        assert len(book.done) == 35
        assert book.done[-1]["at"].startswith("2026-10-28")
