"""What a receipt's QR holds is read back as it was written, and nothing else is."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import FieldCipher
from app.settlement.receipts.service.codes import Printed, ReceiptCodes
from tests.app.documents.quick_bench import Ring

ID: Final = "stl_06aqkq9f1g0000000000000000"
CODES: Final = ReceiptCodes(
    cipher=FieldCipher(fields=Ring(), index=Ring()), public_url="https://city.example/"
)
PRINTED: Final = st.builds(
    Printed,
    settlement_id=st.just(ID),
    made_at=st.integers(0, 10**12 - 1),
    returned=st.integers(0, 10**15 - 1),
    adjustments=st.integers(0, 9_999),
)


def parts(printed: Printed) -> tuple[str, str, str]:
    query = parse_qs(urlsplit(CODES.address(printed)).query)
    return query["id"][0], query["s"][0], query["c"][0]


@given(PRINTED)
def test_what_is_written_is_read(printed: Printed) -> None:
    assert CODES.address(printed).startswith("https://city.example/receipt-check?id=stl_")
    assert CODES.read(*parts(printed)) == printed


@given(PRINTED, PRINTED)
def test_a_code_is_for_one_state(one: Printed, other: Printed) -> None:
    _, state, _ = parts(other)
    settlement_id, _, code = parts(one)
    assert (CODES.read(settlement_id, state, code) is None) == (one != other)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_text_breaks_the_reader(settlement_id: str, state: str, code: str) -> None:
    assert CODES.read(settlement_id, state, code) is None
    assert CODES.read(ID, "1.0.0", code) is None
