"""Whatever a department sends, the contract answers with a record or with its own refusal."""

from __future__ import annotations

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st

from app.exchange.contracts.contract import Found
from app.exchange.contracts.library import HOME, read_contract
from app.exchange.errors import ExchangeFailed
from app.exchange.ports import Question
from tests.fakes import FakeClock

POPULATION = read_contract(HOME / "population-person")
QUESTION = Question(
    citizen_number="990101198503171010",
    name="张明远",
    fields=("sex", "status"),
    purpose="certificate",
    case_id="cer_1",
)
NOW = FakeClock().now()
SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["found", "record", "as_of", "contract", "record_version", "sex"]),
            inner,
        )
    ),
    max_leaves=8,
)


def read(body: bytes) -> Found | None:
    with contextlib.suppress(ExchangeFailed):
        return POPULATION.read(body, QUESTION, now=NOW)
    return None


@given(st.binary(max_size=200))
def test_no_bytes_get_through(body: bytes) -> None:
    assert read(body) is None


@given(SCRAPS)
def test_no_scrap_of_json_gets_through(scrap: object) -> None:
    assert read(json.dumps(scrap).encode()) is None


def test_depth_without_end_is_refused() -> None:
    assert read(b"[" * 100_000) is None


def test_a_later_minor_version_is_understood() -> None:
    body = {
        "contract": "population-person/1.4.2",
        "found": True,
        "record": {"sex": "女", "status": "deceased"},
        "record_version": "1",
        "as_of": NOW.isoformat(),
    }
    found = read(json.dumps(body).encode())
    assert found is not None
    assert found.records == ({"sex": "女", "status": "deceased"},)
