"""Details come zipped, in the national shape; a bomb or a wrong line harms nobody."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.settlement.reconciliation.service.lines import Figures, Line
from app.settlement.reconciliation.service.reading_lines import MOST_LINES, read_lines
from app.settlement.reconciliation.service.unpacking import MOST_PACKED, MOST_UNPACKED, unpack
from tests.app.settlement.reconciliation.steps import Books, national, refunded, settled, zipped
from tests.app.settlement.steps import Shop, plain

ID = "stl_06aqkq9f1g0000000000000000"
GOOD = f"{ID}\tnull\tnull\t12.30\t2.00\t10.00\t0"


def refused(code: str, data: bytes) -> dict[str, Any]:
    with pytest.raises(DomainError, match=code) as raised:
        read_lines(unpack(data))
    return dict(raised.value.members)


def test_a_day_is_compared_by_its_file(books: Books, shop: Shop) -> None:
    bought = shop.buy(plain(1_000, 3))
    back = shop.refund(bought["settlement_id"], (1, 1)).json
    lines = [
        national(settled(bought), bought["settlement_id"]),
        national(refunded(back), back["id"]),
    ]
    answer = books.send_file(zipped(*lines, ending="\r\n"))
    assert answer.status_code == 200, answer.text
    assert (answer.json["code"], answer.json["found"], answer.json["lines"]) == ("000000", 0, 2)
    wrong = books.send_file(zipped(lines[0].replace("30.00", "31.00", 1), GOOD)).json
    assert wrong["code"] == "000103"
    assert sorted(one["kind"] for one in wrong["differences"]) == [
        "amount",
        "missing_here",
        "missing_there",
    ]


def test_file_and_json_find_the_same_differences(books: Books, shop: Shop) -> None:
    bought = shop.buy(plain(1_000))
    wrong = settled(bought, account=999)
    by_json = books.told(wrong)["differences"][0]
    by_file = books.send_file(zipped(national(wrong, bought["settlement_id"]))).json
    assert [one["id"] for one in by_file["differences"]] == [by_json["id"]]


def test_every_refused_line_is_reported_and_nothing_is_compared(books: Books) -> None:
    answer = books.send_file(zipped(GOOD, "one\ttwo", GOOD.replace("12.30", "12.3o"), GOOD))
    assert (answer.status_code, answer.json["code"]) == (422, "RECONCILIATION_LINES")
    assert answer.json["refused"] == 2
    assert answer.json["lines"] == [
        {"line": 2, "reason": "fields"},
        {"line": 3, "reason": "amount"},
    ]
    assert books.read().status_code == 404


def test_a_line_is_read_in_fen() -> None:
    assert read_lines(GOOD.encode()) == [
        Line(kind="settlement", msgid=None, id=ID, figures=Figures(fund=200, account=1000, cash=30))
    ]
    assert read_lines(b"") == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD.encode().replace(b"null", b"\xff\xfe", 1), "encoding"),
        (b"x" * 401, "too_long"),
        (GOOD.encode() + b"\t", "fields"),
        (b"", "fields"),
        (GOOD.encode().replace(b"stl_", b"STL_"), "setl_id"),
        (GOOD.encode().replace(b"null", b"", 1), "text"),
        (GOOD.encode().replace(b"null", b"a\x00b", 1), "text"),
        (GOOD.encode().replace(b"2.00", b"-2.00"), "amount"),
        (GOOD.encode().replace(b"2.00", b"2.000"), "amount"),
        (GOOD.encode().replace(b"2.00", b"1e3"), "amount"),
        (GOOD.encode().replace(b"2.00", b"02.00"), "amount"),
        (GOOD.encode().replace(b"2.00", "２.00".encode()), "amount"),
        (GOOD.encode().replace(b"2.00", b"3.00"), "parts"),
        (f"{ID}\tnull\tnull\tnull\tnull\tnull\t0".encode(), "parts"),
        (GOOD.encode()[:-1] + b"2", "refd_setl_flag"),
    ],
    ids=[
        "no text",
        "too long",
        "eight fields",
        "an empty line",
        "no id of ours",
        "an empty field",
        "not printable",
        "below nought",
        "parts of a fen",
        "an exponent",
        "a leading nought",
        "other digits",
        "parts beyond the whole",
        "nothing was paid",
        "another flag",
    ],
)
def test_a_wrong_line_has_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(DomainError, match="RECONCILIATION_LINES") as raised:
        read_lines(GOOD.encode() + b"\n" + line + b"\n")
    assert raised.value.members["lines"] == [{"line": 2, "reason": reason}]


def test_a_refusal_never_repeats_what_a_line_says() -> None:
    members = refused("RECONCILIATION_LINES", zipped(f"{ID}\t110101199003071234\tx"))
    assert "110101" not in repr(members)


def test_too_many_lines_are_refused() -> None:
    with pytest.raises(DomainError, match="RECONCILIATION_TOO_LARGE"):
        read_lines(b"\n" * (MOST_LINES + 1))


def two_members() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a", GOOD)
        archive.writestr("b", GOOD)
    return packed.getvalue()


def a_folder() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("folder/", "")
    return packed.getvalue()


def encrypted() -> bytes:
    data = bytearray(zipped(GOOD))
    at = data.rindex(b"PK\x01\x02")
    data[6] |= 1
    data[at + 8] |= 1
    return bytes(data)


def bomb(size: int = MOST_UNPACKED - 1) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"0" * size)
    return packed.getvalue()


def lying_bomb() -> bytes:
    """Says that it is small."""
    data = bytearray(bomb())
    at = data.rindex(b"PK\x01\x02")
    data[22:26] = data[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(data)


def broken_checksum() -> bytes:
    data = bytearray(zipped(GOOD, method=zipfile.ZIP_STORED))
    data[data.index(b"12.30")] ^= 1
    return bytes(data)


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"PK\x05\x06" + bytes(18),
        GOOD.encode(),
        zipped(GOOD)[:-30],
        two_members(),
        a_folder(),
        encrypted(),
        bomb(),
        bomb(MOST_UNPACKED + 1),
        lying_bomb(),
        broken_checksum(),
        zipped(GOOD, method=zipfile.ZIP_LZMA),
        bytes(MOST_PACKED + 1),
    ],
    ids=[
        "nothing",
        "no member",
        "no archive",
        "cut",
        "two members",
        "a folder",
        "encrypted",
        "a bomb",
        "too large",
        "a lying bomb",
        "a broken checksum",
        "another method",
        "too large packed",
    ],
)
def test_only_one_plain_file_is_unpacked(archive: bytes) -> None:
    refused("RECONCILIATION_FILE", archive)


READ = ("read", "RECONCILIATION_LINES")


def outcome(read: Callable[[], object]) -> str:
    try:
        read()
    except DomainError as refusal:
        return refusal.kind.code
    return "read"


@given(st.binary(max_size=2_000))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert outcome(lambda: read_lines(data)) in {*READ, "RECONCILIATION_TOO_LARGE"}
    assert outcome(lambda: unpack(data)) in {"read", "RECONCILIATION_FILE"}


@given(st.data())
def test_no_change_of_an_archive_breaks_it(data: st.DataObject) -> None:
    archive = bytearray(zipped(GOOD, GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(archive) - 1))
        archive[at] = data.draw(st.integers(0, 255))
    assert outcome(lambda: read_lines(unpack(bytes(archive)))) in {*READ, "RECONCILIATION_FILE"}


@given(st.integers(1, 10**12 - 1), st.data())
def test_what_is_written_is_read_to_the_fen(total: int, data: st.DataObject) -> None:
    fund = data.draw(st.integers(0, total))
    account = data.draw(st.integers(0, total - fund))
    line = {"kind": "settlement", "fund": fund, "account": account, "cash": total - fund - account}
    (read,) = read_lines(national(line, ID).encode())
    assert (read.figures.fund, read.figures.account, read.figures.total) == (fund, account, total)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (zipped(GOOD), "text/plain", 415),
        (bytes(MOST_PACKED + 1), "application/zip", 413),
    ],
    ids=["another type", "too large"],
)
def test_a_body_that_is_no_archive_is_refused(
    books: Books, body: bytes, kind: str, status: int
) -> None:
    path = "/v1/terminal/reconciliations/2026-11-23/file"
    answer = books.shop.till.send("PUT", path, data=body, content_type=kind)
    assert answer.status_code == status
