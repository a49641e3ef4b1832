"""Figures of a judgement stay in the audit record: a score told outside teaches how to climb."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.identity.ports import Finding
from app.identity.routes.hints import HINTS
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions
from tests.app.identity.desk import PATH, Desk, begin, play, send
from tests.app.identity.fakes import FakeFaces
from tests.app.identity.tokens import parts_of
from verify.liveness.findings import RetryCode


def floats(node: Any) -> Iterator[float]:
    if isinstance(node, float):
        yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from floats(child)


def audit(desk: Desk, session_id: str) -> dict[str, Any]:
    session = Sessions(database=desk.database, clock=desk.clock).find(session_id)
    assert session is not None
    return SessionSeals(desk.shared.cipher).audit(session)


@pytest.mark.parametrize("outcome", ["PASSED", "NOT_VERIFIED", "INSUFFICIENT_LIGHT"])
def test_no_figure_of_a_judgement_is_in_any_answer(
    desk: Desk, faces: FakeFaces, outcome: str
) -> None:
    faces.outcome = outcome
    phone = desk.phone()
    session_id = begin(phone)
    first = send(phone, session_id, "0/parts/0")
    ended = play(phone, session_id)
    receipt = phone.get(f"{PATH}/{session_id}/receipt")
    check = phone.client.post(
        "/v1/verification-receipts/checks", json={"receipt": receipt.get_json()["receipt"]}
    )
    claims = parts_of(receipt.get_json()["receipt"])[1]

    answers = [first, ended, receipt, check, phone.get(f"{PATH}/{session_id}")]
    told = [answer.get_json() for answer in answers] + [claims]

    assert check.get_json()["valid"] is True
    assert list(floats(told)) == []
    for secret in ("0.123", "score", "GENUINE", "SPOOF", "UNCERTAIN", "evidence"):
        assert secret not in str(told)


@pytest.mark.parametrize(
    ("outcome", "verdict", "gate"),
    [("PASSED", "GENUINE", None), ("NOT_VERIFIED", "SPOOF", "evidence")],
)
def test_the_audit_record_holds_verdict_gate_and_figures(
    desk: Desk, faces: FakeFaces, outcome: str, verdict: str, gate: str | None
) -> None:
    faces.outcome = outcome
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)

    assert audit(desk, session_id) == {
        "outcome": verdict,
        "gate": gate,
        "figures": {"score": 0.123},
        "variant": "no_light",
        "standing": "ENROLLED",
        "step": 1,
    }


def test_an_early_end_is_neither_genuine_nor_a_spoof_in_the_record(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.checked = Finding(gate="gap", code="REJECTED_PROTOCOL")
    phone = desk.phone()
    session_id = begin(phone)
    send(phone, session_id, "0/parts/0")

    told = audit(desk, session_id)

    assert (told["outcome"], told["gate"], told["figures"]) == ("UNCERTAIN", "gap", {})


def test_every_retry_code_has_words_in_both_languages() -> None:
    assert set(RetryCode) <= set(HINTS)
    assert all(zh.endswith("。") and en.endswith(".") for zh, en in HINTS.values())
    assert len({words for pair in HINTS.values() for words in pair}) == 2 * len(HINTS)
