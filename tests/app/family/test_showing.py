"""An agent shows a code of the principal's card."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from sqlalchemy import select, update

from app.card.models import CardToken, Presentation
from app.card.service.presence_reading import PresenceReader
from app.core.access.principals import Terminal as TerminalPrincipal
from app.wiring.family import build_family_sweep
from tests.app.device import Device
from tests.app.family.steps import (
    MANDATES,
    Relative,
    accepted,
    done,
    in_days,
    later,
    log_of,
    refused,
)
from tests.app.world import World

CODES = "/v1/card/codes"


@pytest.fixture
def elder(elder: Relative) -> Relative:
    """With a card."""
    done(elder.phone.post("/v1/card"), 201)
    return elder


@pytest.fixture
def mandate(world: World, elder: Relative, agent: Relative) -> str:
    return accepted(world, elder, agent)


@pytest.fixture
def till(world: World) -> Device:
    return world.terminal(purposes=frozenset({"02121", "01301"}))


def show(agent: Relative, mandate: str) -> str:
    body = {"purpose": "02121", "mandate_id": mandate}
    return str(done(agent.phone.post(CODES, body), 201)["code"])


def decode(till: Device, code: str, purpose: str = "02121") -> Any:
    return till.post("/v1/terminal/decode", {"code": code, "purpose": purpose})


def test_the_till_learns_of_the_principal_and_that_a_representative_showed_it(
    world: World, elder: Relative, agent: Relative, mandate: str, till: Device
) -> None:
    answer = done(decode(till, show(agent, mandate)))
    assert answer["holder"]["name"] == "欧**"
    assert answer["holder"]["citizen_number"][-4:] == elder.number[-4:]
    assert answer["shown_by"] == "representative"
    assert agent.number not in str(answer)
    claims = jwt.decode(answer["presence_token"], options={"verify_signature": False})
    assert claims["mandate_id"] == mandate
    ring = world.shared.keys.signing("presence")
    reader = PresenceReader(
        database=world.database, clock=world.clock, issuer=claims["iss"], ring=ring
    )
    with world.database.separate() as tx:
        terminal = TerminalPrincipal(
            terminal_id=tx.scalars(select(Presentation.terminal_id)).one(),
            merchant_id="",
            merchant_name="",
            thumbprint="",
            purposes=frozenset(),
            scope=frozenset(),
        )
    found = reader.verify(answer["presence_token"], terminal)
    assert (found.person_id, found.agent_id) == (elder.person_id(world), agent.person_id(world))
    assert (found.mandate_id, found.amount_cap) == (mandate, None)


def test_a_holders_own_code_says_so(elder: Relative, till: Device) -> None:
    code = done(elder.phone.post(CODES, {"purpose": "02121"}), 201)["code"]
    answer = done(decode(till, code))
    assert answer["shown_by"] == "holder"
    claims = jwt.decode(answer["presence_token"], options={"verify_signature": False})
    assert "mandate_id" not in claims


def test_both_logs_tell_of_code_and_decode(
    elder: Relative, agent: Relative, mandate: str, till: Device
) -> None:
    done(decode(till, show(agent, mandate)))
    (own,), (theirs,) = log_of(agent, "card.code_issued"), log_of(elder, "card.code_issued")
    assert (own["actor_kind"], theirs["actor_kind"], theirs["actor"]) == ("self", "family", "苏*")
    (own,), (theirs,) = log_of(agent, "card.code_decoded"), log_of(elder, "card.code_decoded")
    assert own["actor"] == theirs["actor"] == "平安大药房"
    assert (own["fields"], theirs["fields"]) == ([], ["citizen_number", "name"])


def test_codes_of_both_live_side_by_side(
    elder: Relative, agent: Relative, mandate: str, till: Device
) -> None:
    own = done(elder.phone.post(CODES, {"purpose": "02121"}), 201)["code"]
    by_agent = show(agent, mandate)
    assert decode(till, own).status_code == 200
    assert decode(till, by_agent).status_code == 200


def test_an_agents_new_code_supersedes_the_one_before(
    agent: Relative, mandate: str, till: Device
) -> None:
    old, new = show(agent, mandate), show(agent, mandate)
    assert refused(decode(till, old)) == (409, "CODE_SUPERSEDED")
    assert decode(till, new).status_code == 200


@pytest.mark.parametrize("who", ["elder", "agent"])
def test_a_revocation_kills_codes_already_shown(
    elder: Relative, agent: Relative, mandate: str, till: Device, who: str
) -> None:
    code, own = show(agent, mandate), done(elder.phone.post(CODES, {"purpose": "02121"}), 201)
    phone = {"elder": elder, "agent": agent}[who].phone
    done(phone.post(f"{MANDATES}/{mandate}/revocation"))
    assert refused(decode(till, code)) == (409, "CODE_REVOKED")
    assert decode(till, own["code"]).status_code == 200  # the holder's own is left alone
    body = {"purpose": "02121", "mandate_id": mandate}
    assert refused(agent.phone.post(CODES, body)) == (409, "MANDATE_REVOKED")


def test_a_code_does_not_outlive_its_mandate(
    world: World, elder: Relative, agent: Relative, till: Device
) -> None:
    short = accepted(world, elder, agent, expires_at=in_days(world, 30 / 86_400))
    body = {"purpose": "02121", "mandate_id": short}
    shown = done(agent.phone.post(CODES, body), 201)
    assert shown["refresh_after_s"] == 30
    world.clock.advance(seconds=30)
    assert refused(decode(till, shown["code"])) == (409, "CODE_EXPIRED")
    assert refused(agent.phone.post(CODES, body)) == (409, "MANDATE_EXPIRED")
    assert build_family_sweep(world.shared).sweep() == 1
    with world.database.separate() as tx:
        query = select(CardToken.state).where(CardToken.mandate_id == short)
        assert tx.scalars(query).one() == "REVOKED"


@pytest.mark.parametrize("act", ["freeze", "report-loss"])
def test_the_principals_freeze_or_loss_ends_the_agents_codes(
    elder: Relative, agent: Relative, mandate: str, till: Device, act: str
) -> None:
    code = show(agent, mandate)
    done(elder.phone.post(f"/v1/card/{act}"))
    assert refused(decode(till, code)) == (409, "CODE_REVOKED")
    body = {"purpose": "02121", "mandate_id": mandate}
    assert refused(agent.phone.post(CODES, body)) == (409, "CARD_OF_PRINCIPAL_UNUSABLE")
    back = "/v1/card/unfreeze" if act == "freeze" else "/v1/card"
    assert elder.phone.post(back).status_code in {200, 201}
    assert decode(till, show(agent, mandate)).status_code == 200


def test_a_principal_without_a_card_is_told_of_alike(
    world: World, elder: Relative, agent: Relative
) -> None:
    other_way = accepted(world, agent, elder)  # the agent has no card
    body = {"purpose": "02121", "mandate_id": other_way}
    answer = elder.phone.post(CODES, body)
    assert refused(answer) == (409, "CARD_OF_PRINCIPAL_UNUSABLE")


def test_a_principal_on_the_agents_phone_has_no_card_there(
    world: World, elder: Relative, agent: Relative, mandate: str
) -> None:
    show(agent, mandate)
    family_phone = world.sign_in(agent.phone, number=elder.number, name=elder.name)
    answer = family_phone.post(CODES, {"purpose": "02121"})
    assert refused(answer) == (409, "CARD_NOT_ON_DEVICE")


def test_a_face_verified_again_keeps_the_agents_device_in_use(
    world: World, agent: Relative, mandate: str
) -> None:
    show(agent, mandate)
    with world.database.separate() as tx:
        tx.execute(update(CardToken).values(state="STALE"))
    later(world, agent, days=80)
    till = world.terminal(purposes=frozenset({"02121"}))
    assert decode(till, show(agent, mandate)).status_code == 200
