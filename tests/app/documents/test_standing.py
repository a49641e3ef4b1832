"""States change by the table alone, once, and everybody concerned is told."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from app.core.errors import DomainError
from app.documents.models import Certificate, CertificateChange
from app.documents.moves import REASONS, SOURCES, Reason
from app.documents.notice_words import CHANGES, change_words
from app.documents.notice_words import REASONS as WORDS
from app.documents.records import Titles
from app.outbox.models import OutboxMessage
from certificates.status import CertificateState, may_move
from tests.app.device import Device
from tests.app.documents.people import HOUSEHOLD, accesses, issued, members
from tests.app.documents.test_status_lists import move
from tests.app.notifications.partners import told
from tests.app.racing import raced
from tests.app.world import World

CHILD = "tests.app.documents.standing_child"
PLACES_CHILD = "tests.app.documents.places_child"


def notices(device: Device) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = members(device.get("/v1/me/notices"))["items"]
    return found


def changes(world: World) -> list[tuple[str, str, str]]:
    row = CertificateChange
    with world.database.separate() as tx:
        found = tx.execute(select(row.state, row.reason, row.changed_by).order_by(row.id))
        return [(one.state, one.reason, one.changed_by) for one in found]


def test_the_table_of_moves_is_the_librarys() -> None:
    for to in CertificateState:
        into = {s for s in CertificateState if s != "issuing" and may_move(s, to)}
        assert into == set(SOURCES.get(to.value, ()))


def test_every_reason_and_change_has_words() -> None:
    assert set(WORDS) == set(Reason)
    assert set(CHANGES) == set(REASONS)
    zh, en = change_words(
        Titles(zh="证明", en="Certificate"), "1.2", state="revoked", reason="FRAUD"
    )
    assert zh == "您的《证明》（1.2）已被撤销，如仍需要请重新开具。原因：涉嫌冒用或造假。"
    assert en.startswith("Your “Certificate” (1.2) has been revoked")


def test_the_holder_is_told_in_both_languages_and_sees_who_did_it(
    zhang: Device, li: Device, world: World
) -> None:
    made = issued(zhang)
    move(world, made, "suspended", "UNDER_REVIEW")
    assert notices(zhang) == []
    told(world)
    [notice] = notices(zhang)
    assert (notice["kind"], notice["about"]) == ("certificate.suspended", made["id"])
    assert "已被暂停使用" in notice["zh"]
    assert "it is under review" in notice["en"]
    assert made["number"] in notice["zh"]
    assert notices(li) == []
    [seen] = [e for e in accesses(zhang) if e["action"] == "certificate.suspended"]
    assert (seen["actor_kind"], seen["actor"]) == ("staff", "staff")


def test_what_the_holder_did_themselves_is_no_notice(zhang: Device, world: World) -> None:
    issued(zhang)
    issued(zhang)
    assert [(s, r) for s, r, _ in changes(world)] == [("superseded", "NEW_VERSION")]
    assert told(world) == 1
    assert notices(zhang) == []


def test_notices_page_by_cursor(zhang: Device, world: World) -> None:
    made = issued(zhang)
    for n in range(5):
        to, reason = ("suspended", "UNDER_REVIEW") if n % 2 == 0 else ("valid", "REVIEW_ENDED")
        move(world, made, to, reason)
        told(world)
        world.clock.advance(seconds=1)
    found, path = [], "/v1/me/notices?limit=2"
    while path:
        page = members(zhang.get(path))
        found += [item["kind"] for item in page["items"]]
        path = f"/v1/me/notices?limit=2&cursor={page['next']}" if "next" in page else ""
    assert Counter(found) == {"certificate.suspended": 3, "certificate.valid": 2}
    assert zhang.get("/v1/me/notices?cursor=x").status_code == 422


def test_a_message_handled_twice_tells_once(zhang: Device, world: World) -> None:
    move(world, issued(zhang), "revoked", "FRAUD")
    told(world)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE outbox_messages SET delivered_at = NULL"))
    assert told(world) == 1
    assert len(notices(zhang)) == 1


@pytest.mark.parametrize("table", ["notices", "certificate_changes"])
def test_what_was_told_is_never_rewritten(zhang: Device, world: World, table: str) -> None:
    move(world, issued(zhang), "revoked", "FRAUD")
    told(world)
    for change in (f"DELETE FROM {table}", f"UPDATE {table} SET at = now()"):  # noqa: S608
        with pytest.raises(IntegrityError, match="only grows"), world.database.separate() as tx:
            tx.execute(text(change))


@pytest.mark.parametrize(
    ("to", "reason", "code"),
    [
        ("revoked", "BECAUSE", "CERTIFICATE_REASON_INVALID"),
        ("revoked", "NEW_VERSION", "CERTIFICATE_REASON_INVALID"),
        ("expired", "FRAUD", "CERTIFICATE_REASON_INVALID"),
        ("valid", "REVIEW_ENDED", "CERTIFICATE_STATE_UNCHANGED"),
    ],
)
def test_a_change_outside_the_table_is_refused_and_leaves_no_trace(
    zhang: Device, world: World, to: str, reason: str, code: str
) -> None:
    made = issued(zhang)
    with pytest.raises(DomainError, match=code):
        move(world, made, to, reason)
    assert changes(world) == []
    assert told(world) == 0


def test_an_unknown_certificate_is_not_found(world: World) -> None:
    with pytest.raises(DomainError, match="NOT_FOUND"):
        move(world, {"id": "cer_x"}, "revoked", "FRAUD")


def test_asking_again_is_no_way_around_a_suspension(zhang: Device, world: World) -> None:
    move(world, issued(zhang), "suspended", "UNDER_REVIEW")
    answer = zhang.post("/v1/certificates", json={"type": HOUSEHOLD})
    assert (answer.status_code, answer.json["code"]) == (409, "CERTIFICATE_SUSPENDED")


def test_of_many_that_end_a_certificate_at_once_one_does(zhang: Device, world: World) -> None:
    made = issued(zhang)
    url = world.settings.database_url.get_secret_value()
    ends = [("revoked", "FRAUD"), ("superseded", "RECORD_CORRECTED")] * 2
    outcomes = raced(CHILD, [(url, made["id"], *end) for end in ends])
    assert sorted(outcomes) == [
        *["CERTIFICATE_STATE_CONFLICT"] * 2,
        "CERTIFICATE_STATE_UNCHANGED",
        "done",
    ]
    assert len(changes(world)) == 1
    assert told(world) == 1


def test_processes_that_draw_places_at_once_never_draw_the_same(
    zhang: Device, world: World
) -> None:
    issued(zhang)
    with world.database.separate() as tx:
        small = "INSERT INTO status_lists (id, size, created_at) VALUES ('stl_0', 64, now())"
        tx.execute(text(small))
    url = world.settings.database_url.get_secret_value()
    assert raced(PLACES_CHILD, [(url, name, "60", "64") for name in "abc"]) == ["60"] * 3
    row = Certificate
    with world.database.separate() as tx:
        places = [tuple(one) for one in tx.execute(select(row.status_list, row.status_index))]
        of_list = select(func.count()).group_by(row.status_list).order_by(func.count())
        counts = tx.scalars(of_list.where(row.status_list.like("stl_%"))).all()
    assert len(set(places)) == len(places) == 181
    assert len(counts) <= 8


class Standing(RuleBasedStateMachine):
    """A certificate under any sequence of changes, against the library's own table."""

    world: World
    device: Device

    def __init__(self) -> None:
        super().__init__()
        with self.world.database.separate() as tx:
            tx.execute(text("SET LOCAL session_replication_role = replica"))
            for table in ("certificate_changes", "outbox_messages"):
                tx.execute(text(f"DELETE FROM {table}"))  # noqa: S608
            tx.execute(text("UPDATE certificates SET state = 'revoked'"))
        self.made = issued(self.device)
        self.state = CertificateState.VALID
        self.moved: list[str] = []

    @rule(to=st.sampled_from(list(CertificateState)), reason=st.sampled_from(list(Reason)))
    def change(self, to: CertificateState, reason: Reason) -> None:
        self.world.clock.advance(seconds=0.01)  # changes of one moment have no order
        refused = self.refusal(to, reason)
        if reason not in REASONS.get(to.value, frozenset()):
            assert refused == "CERTIFICATE_REASON_INVALID"
        elif to is self.state:
            assert refused == "CERTIFICATE_STATE_UNCHANGED"
        elif not may_move(self.state, to):
            assert refused == "CERTIFICATE_STATE_CONFLICT"
        else:
            assert refused is None
            self.state = to
            self.moved.append(to.value)

    def refusal(self, to: CertificateState, reason: Reason) -> str | None:
        try:
            move(self.world, self.made, to.value, reason.value)
        except DomainError as refused:
            return refused.kind.code
        return None

    @invariant()
    def the_database_agrees(self) -> None:
        with self.world.database.separate() as tx:
            row = tx.get_one(Certificate, self.made["id"])
            assert row.state == self.state
            assert tx.scalar(select(func.count()).select_from(OutboxMessage)) == len(self.moved)
        assert [state for state, _, _ in changes(self.world)] == self.moved


def test_any_sequence_of_changes_keeps_to_the_table(zhang: Device, world: World) -> None:
    machine = type("Machine", (Standing,), {"world": world, "device": zhang})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
