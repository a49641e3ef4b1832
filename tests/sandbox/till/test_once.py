"""A till writes once, whatever happens to its answers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.phone.http import Refused
from sandbox.terminal.book import Book, Write
from sandbox.terminal.once import Once, Outcome, StillOpenError
from tests.sandbox.till.fakes import (
    BUSY,
    FAULT,
    FAULTS,
    GARBLED,
    LOST,
    MOVED,
    SIGN_IN,
    SILENT,
    FakePurchases,
)

WRITE = Write(kind="settle", msgid="m-1", path="/p", body={"msgid": "m-1"}, at="2026-11-23T08:00")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with Book.opened(tmp_path / "till.json") as book:
        yield book


@pytest.fixture
def server() -> FakePurchases:
    return FakePurchases()


def once(server: FakePurchases, book: Book, waited: list[float] | None = None) -> Once:
    sleeps = [] if waited is None else waited
    return Once(
        purchases=cast("Any", server), book=book, sign_in=server.sign_in, sleep=sleeps.append
    )


def test_a_write_is_in_the_book_before_it_is_sent(server: FakePurchases, book: Book) -> None:
    server.faults = [SILENT] * 9
    server.watch = lambda: book.open
    with pytest.raises(StillOpenError):
        once(server, book).do(WRITE)
    assert server.watched[0] == [WRITE]


def test_what_was_done_is_noted_and_nothing_is_open(server: FakePurchases, book: Book) -> None:
    outcome = once(server, book).do(WRITE)
    assert outcome.status == "COMMITTED"
    assert (book.open, len(book.done)) == ([], 1)
    assert book.done[0]["cash"] == 500
    assert server.calls == ["send /p"]


@pytest.mark.parametrize("fault", [LOST, GARBLED])
def test_after_a_lost_answer_it_asks_before_it_sends(
    server: FakePurchases, book: Book, fault: str
) -> None:
    server.faults = [fault]
    assert once(server, book).do(WRITE).status == "COMMITTED"
    assert server.calls == ["send /p", "message", "settlement"]
    assert server.terminal.http.reconnects == 1
    assert server.settled == ["m-1"]


@pytest.mark.parametrize("fault", [SILENT, FAULT])
def test_what_never_came_is_sent_again_under_the_same_name(
    server: FakePurchases, book: Book, fault: str
) -> None:
    server.faults = [fault]
    once(server, book).do(WRITE)
    assert server.calls == ["send /p", "message", "send /p"]
    assert server.settled == ["m-1"]


def test_a_final_refusal_ends_it(server: FakePurchases, book: Book) -> None:
    server.refuses = "QUOTE_STALE"
    with pytest.raises(Refused, match="QUOTE_STALE"):
        once(server, book).do(WRITE)
    assert book.open == []
    assert server.calls == ["send /p"]


def test_a_refusal_that_was_lost_is_heard_again(server: FakePurchases, book: Book) -> None:
    """REJECTED can never take effect: the same message says why, with its action."""
    server.refuses, server.faults = "QUOTE_STALE", [SILENT]
    with pytest.raises(Refused) as refused:
        once(server, book).do(WRITE)
    assert refused.value.action == "RETRY"
    assert book.open == []


def test_a_token_that_ended_is_renewed(server: FakePurchases, book: Book) -> None:
    server.faults = [SIGN_IN]
    once(server, book).do(WRITE)
    assert server.sign_ins == 1
    assert server.calls == ["send /p", "send /p"]


@pytest.mark.parametrize("fault", [BUSY, MOVED])
def test_a_refusal_that_passes_is_waited_for(server: FakePurchases, book: Book, fault: str) -> None:
    waited: list[float] = []
    server.faults = [fault, fault]
    once(server, book, waited).do(WRITE)
    assert server.calls == ["send /p"] * 3
    assert sum(waited) >= 1


def test_a_refusal_that_does_not_pass_leaves_nothing_open(
    server: FakePurchases, book: Book
) -> None:
    server.faults = [BUSY] * 9
    with pytest.raises(Refused):
        once(server, book).do(WRITE)
    assert (book.open, server.settled) == ([], [])


def test_where_nobody_answers_it_stays_open(server: FakePurchases, book: Book) -> None:
    server.faults = [LOST] + [SILENT] * 9
    with pytest.raises(StillOpenError, match="m-1"):
        once(server, book).do(WRITE)
    assert (book.open, book.done) == ([WRITE], [])
    server.faults = []
    assert once(server, book).resume(WRITE).status == "COMMITTED"
    assert server.settled == ["m-1"]


def test_a_held_one_stays_open_until_it_is_paid_or_voided(
    server: FakePurchases, book: Book
) -> None:
    server.holds = True
    assert once(server, book).do(WRITE).status == "PENDING"
    assert once(server, book).resume(WRITE).status == "PENDING"
    assert book.open == [WRITE]
    server.voided = True
    with pytest.raises(Refused, match="CASH_NOT_PAID"):
        once(server, book).resume(WRITE)
    assert (book.open, book.done) == ([], [])


def test_a_refund_counts_against_the_day(server: FakePurchases, book: Book) -> None:
    server.faults = [LOST]
    write = Write(kind="refund", msgid="m-2", path="/r", body={"msgid": "m-2"}, at=WRITE.at)
    outcome = once(server, book).do(write)
    assert outcome.reply["id"] == "rfd_1"
    assert (book.done[0]["cash"], book.done[0]["id"]) == (-500, "rfd_1")


@settings(max_examples=40)
@given(st.lists(st.lists(st.sampled_from(FAULTS), max_size=6), min_size=1, max_size=4))
def test_no_order_of_faults_settles_twice_or_loses_one(faults: list[list[str]]) -> None:
    """Each list is one life of the till: it stops, starts and looks into its book."""
    server = FakePurchases()
    with tempfile.TemporaryDirectory() as folder:
        ended: list[object] = []
        told = (0, 0)
        for n, life in enumerate([*faults, []]):
            server.faults = list(life)
            with Book.opened(Path(folder) / "till.json") as book:
                if n and not book.open:
                    break
                ended.append(_lived(server, book, first=n == 0))
                told = (len(book.open), len(book.done))
        assert len(server.settled) <= 1
        assert told[0] == 0
        assert told[1] == len(server.settled) == sum(isinstance(e, Outcome) for e in ended)


def _lived(server: FakePurchases, book: Book, *, first: bool) -> object:
    try:
        return once(server, book).do(WRITE) if first else once(server, book).resume(WRITE)
    except (StillOpenError, Refused) as error:
        return error
