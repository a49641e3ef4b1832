"""What a till sold without a network is brought in once, whatever happens on the way."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codes.results import Reason
from sandbox.phone.http import Refused, UnreachableError
from sandbox.phone.offline import OfflineWallet
from sandbox.terminal.advice import ADVICE
from sandbox.terminal.files import append
from sandbox.terminal.journal import Journal, JournalError
from sandbox.terminal.known import Known
from sandbox.terminal.offline import Line, NotServedError, OfflineTill, Own
from sandbox.terminal.sales import Sales
from sandbox.terminal.verdicts import TOLD
from tests.app.device import public_jwk
from tests.codes.steps import NOW, Issuer, shown

ISSUER = Issuer()
PHONES = OfflineWallet.new_keys(8)
CODES = [shown(ISSUER.issue(phone), phone=phone) for phone in PHONES]
GOOD, SILENT, LOST, CUT_OFF, BUSY = "good", "silent", "lost", "cut off", "busy"
LINES = (Line(item="Z0103", quantity=2, amount_fen=36_00),)
JWKS = {"keys": [public_jwk(ISSUER.key)]}
KNOWN = Known(jwks=JWKS, whole_at=NOW, fetched_at=NOW, revocations=ISSUER.known())


@dataclass
class Server:
    """Judges each sale once; what it does to answers is told beforehand."""

    faults: list[str] = field(default_factory=list)
    judged: dict[str, str] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)
    """Sales it cannot read."""
    asked: list[int] = field(default_factory=list)

    def __call__(self, uploads: list[dict[str, Any]]) -> Sequence[Mapping[str, Any]]:
        fault = self.faults.pop(0) if self.faults else GOOD
        self.asked.append(len(uploads))
        if fault == SILENT:
            raise UnreachableError
        if fault == BUSY:
            raise Refused(status=503, code="BUSY", action="RETRY")
        if self.odd & {one["sale"]["sale_id"] for one in uploads}:
            raise Refused(status=422, code="INVALID_FIELD", action="CONTACT")
        part = uploads[: len(uploads) // 2] if fault == CUT_OFF else uploads
        outcomes = [self._judge(one) for one in part]
        if fault in {LOST, CUT_OFF}:
            raise UnreachableError
        return outcomes

    def _judge(self, upload: Mapping[str, Any]) -> Mapping[str, Any]:
        """One verdict a code, the first."""
        sale_id, code = upload["sale"]["sale_id"], upload["code"]
        repeated = code in self.judged
        first = self.judged.setdefault(code, sale_id)
        verdict = "ACCEPTED" if first == sale_id else "OFFLINE_DOUBLE_USE"
        return {"sale_id": sale_id, "verdict": verdict, "repeated": repeated}


def till(folder: Path) -> OfflineTill:
    return OfflineTill(purposes={"02121"}, journal=Journal(folder / "sales"), known=KNOWN)


def sell(counter: OfflineTill, n: int) -> None:
    counter.take(CODES[n], sale_id=f"s-{n}", lines=LINES, now=NOW)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(0, len(CODES) - 1), max_size=3),
            st.lists(st.sampled_from((GOOD, SILENT, LOST, CUT_OFF, BUSY)), max_size=3),
        ),
        max_size=5,
    )
)
def test_no_order_of_faults_loses_a_sale_or_brings_one_in_twice(
    days: list[tuple[set[int], list[str]]],
) -> None:
    """Each day the till starts anew, sells, and uploads with some faults."""
    server, sold = Server(), set[int]()
    with tempfile.TemporaryDirectory() as folder:
        for numbers, faults in [*days, (set(), [])]:
            counter, server.faults = till(Path(folder)), list(faults)
            for n in sorted(numbers - sold):
                sell(counter, n)
            for n in sorted(numbers & sold):
                with pytest.raises(NotServedError, match="ALREADY_TAKEN"):
                    sell(counter, n)
            sold |= numbers
            _try_to_upload(counter, server)
        counter = till(Path(folder))
        assert counter.pending == ()
        assert set(server.judged) == {CODES[n] for n in sold}
        assert {one.taken.sale_id for one in counter.sales} == {f"s-{n}" for n in sold}
        assert {one.verdict for one in counter.sales} <= {"ACCEPTED"}


def _try_to_upload(counter: OfflineTill, server: Server) -> None:
    try:
        counter.upload(server)
    except (UnreachableError, Refused):
        assert counter.pending != ()


def test_one_sale_that_is_not_understood_does_not_hold_the_others_up(tmp_path: Path) -> None:
    counter, server = till(tmp_path), Server(odd={"s-3"})
    for n in range(8):
        sell(counter, n)
    outcomes = counter.upload(server)
    assert [one["verdict"] for one in outcomes] == [*["ACCEPTED"] * 3, "INVALID_FIELD"] + (
        ["ACCEPTED"] * 4
    )
    assert outcomes[3]["action"] == "CONTACT"
    assert till(tmp_path).pending == ()


def test_what_was_brought_in_before_the_line_broke_needs_no_second_upload(tmp_path: Path) -> None:
    counter, server = till(tmp_path), Server(faults=[GOOD, LOST])
    for n, phone in enumerate(OfflineWallet.new_keys(51)):
        code = shown(ISSUER.issue(phone), phone=phone)
        counter.take(code, sale_id=f"s-{n}", lines=LINES, now=NOW)
    with pytest.raises(UnreachableError):
        counter.upload(server)
    again = till(tmp_path)
    assert [one.sale_id for one in again.pending] == ["s-50"]
    again.upload(server)
    assert server.asked == [50, 1, 1]


def test_an_answer_about_other_sales_is_none(tmp_path: Path) -> None:
    counter = till(tmp_path)
    sell(counter, 0)
    with pytest.raises(ValueError, match="other sales"):
        counter.upload(lambda _: [{"sale_id": "s-9", "verdict": "ACCEPTED"}])
    with pytest.raises(ValueError, match="other sales"):
        counter.upload(lambda _: [])
    assert len(counter.pending) == 1


@pytest.mark.parametrize("verdict", ["PURPOSE_NOT_ALLOWED", "CODE_CLOCK_OFF"])
def test_what_may_be_put_right_is_brought_in_again(tmp_path: Path, verdict: str) -> None:
    counter = till(tmp_path)
    sell(counter, 0)
    counter.upload(lambda _: [{"sale_id": "s-0", "verdict": verdict}])
    again = till(tmp_path)
    assert [one.sale_id for one in again.pending] == ["s-0"]
    again.upload(Server())
    assert [one.verdict for one in till(tmp_path).sales] == ["ACCEPTED"]


def test_what_was_judged_is_forgotten_in_time_and_what_waits_never(tmp_path: Path) -> None:
    counter = till(tmp_path)
    sell(counter, 0)
    counter.upload(Server())
    sell(counter, 1)
    counter.sales.forget(now=NOW + timedelta(days=36))
    assert [one.taken.sale_id for one in till(tmp_path).sales] == ["s-1"]
    assert len((tmp_path / "sales").read_text().splitlines()) == 1


def test_a_sale_that_cannot_be_uploaded_is_not_made(tmp_path: Path) -> None:
    counter = till(tmp_path)
    for lines in ((), LINES * 51, (Line(item="x", quantity=1, amount_fen=100_000_01),)):
        with pytest.raises(NotServedError, match="TOO_LONG"):
            counter.take(CODES[0], sale_id="s-0", lines=lines, now=NOW)
    assert not (tmp_path / "sales").exists()


def test_a_code_that_was_revoked_after_it_was_looked_at_is_not_sold_on(tmp_path: Path) -> None:
    counter = till(tmp_path)
    verdict = counter.admit(CODES[0], now=NOW)
    assert verdict.alias is not None
    revoked = ISSUER.known(verdict.alias)
    counter.known = Known(whole_at=NOW, fetched_at=NOW, revocations=revoked)
    with pytest.raises(NotServedError, match="REVOKED"):
        counter.sell(CODES[0], sale_id="s-0", lines=LINES, at=NOW)


def test_a_journal_that_was_tampered_with_is_not_read_as_empty(tmp_path: Path) -> None:
    counter, path = till(tmp_path), tmp_path / "sales"
    sell(counter, 0)
    path.write_bytes(b"{damaged\n" + path.read_bytes())
    with pytest.raises(JournalError, match="line 1"):
        Journal(path).read()
    for odd in ("{}", '{"judged": {"sale_id": "s-9"}}', '{"kept": []}'):
        path.write_text(odd + "\n")
        with pytest.raises(JournalError, match="neither"):
            Sales(Journal(path))


def test_a_full_disk_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter, path = till(tmp_path), tmp_path / "sales"
    sell(counter, 0)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("sandbox.terminal.files.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            sell(counter, 1)
    assert path.read_bytes() == before
    append(path, b"")
    assert [one.sale_id for one in Sales(Journal(path)).waiting] == ["s-0"]


def test_what_is_known_comes_back_from_its_file(tmp_path: Path) -> None:
    path, issuer = tmp_path / "known", ISSUER.known(bytes(16), b"\x01" * 16)
    Known(whole_at=NOW, fetched_at=NOW, revocations=issuer).save(path)
    assert Known.load(path).revocations == issuer
    assert Known.load(path).fetched_at == NOW


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"jwks": {"keys": [1]}}'])
def test_a_file_that_is_none_makes_a_till_that_serves_nobody(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "known").write_bytes(content)
    assert Known.load(tmp_path / "known") == Known()
    assert Known.load(tmp_path / "missing") == Known()


def test_once_a_day_the_list_is_fetched_from_its_beginning() -> None:
    """So that what expired is shed; what is older than what was known is still refused."""
    asked: list[int] = []

    def fetch(since: int) -> bytes:
        asked.append(since)
        return ISSUER.piece(since=since, at=NOW + timedelta(days=len(asked)))

    known = Known(revocations=ISSUER.known(bytes(16)), whole_at=NOW)
    hour, day = timedelta(hours=1), timedelta(days=1)
    known = known.refreshed(JWKS, fetch, now=NOW + hour)
    assert (asked, len(known.revocations.aliases)) == ([1], 1)
    known = known.refreshed(JWKS, fetch, now=NOW + day)
    assert (asked, len(known.revocations.aliases)) == ([1, 0], 0)
    assert known.whole_at == NOW + day


def test_every_reason_has_words_in_both_languages_and_something_to_do() -> None:
    assert set(TOLD) == {*Reason, *Own}
    for told in TOLD.values():
        assert told.action in ADVICE
        assert told.words("zh-CN").endswith("。")
        assert told.words("en").endswith(".")
