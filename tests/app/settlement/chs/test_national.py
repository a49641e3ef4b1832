"""A pharmacy's system that speaks the national format buys, and gives back."""

from __future__ import annotations

import re
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.errors import UNAVAILABLE
from app.core.http.services import service
from app.settlement.chs.facade import NationalFacade
from tests.app.card.steps import json_of, refusal
from tests.app.settlement.chs.messages import National, detail, settling
from tests.app.settlement.steps import SCOPES, B, C, Shop, plain, sound


@pytest.fixture
def national(shop: Shop) -> National:
    told = json_of(shop.till.get("/chs"))
    assert told["infnos"] == ["2102", "2103", "2206", "2207", "2208", "3201", "3202"]
    return National(shop=shop, code=told["fixmedins_code"])


def test_a_pre_settlement_says_what_the_json_interface_says(national: National) -> None:
    details = [
        detail(2_000, 2, sn="a"),
        detail(5_000, item=B, sn="b"),
        detail(3_000, item=C, sn="c"),
    ]
    output = national.done("2206", national.pre_settlement(*details))
    told, cut = output["setlinfo"], output["detlcutinfo"]
    quote = json_of(national.shop.till.get(f"/v1/terminal/quotes/{told['mdtrt_id']}"))
    assert _fen(told["medfee_sumamt"]) == quote["split"]["total"] == 12_000
    assert _fen(told["fulamt_ownpay_amt"]) == quote["split"]["own"]
    assert _fen(told["inscp_scp_amt"]) == quote["split"]["in_scope"]
    assert _fen(told["act_pay_dedc"]) == quote["split"]["deductible"]
    assert _fen(told["psn_part_amt"]) == _fen(told["acct_pay"]) + _fen(told["psn_cash_pay"])
    assert [(one["feedetl_sn"], one["chrgitm_lv"]) for one in cut] == [
        ("a", "01"),
        ("b", "02"),
        ("c", "03"),
    ]


def test_pre_settled_settled_and_undone(national: National) -> None:
    quoted = national.done("2206", national.pre_settlement(detail(2_000, 2)))["setlinfo"]
    assert national.shop.balance() == 15_000
    done = national.done("2207", settling(quoted))["setlinfo"]
    assert {name: done[name] for name in quoted} == quoted
    assert national.shop.balance() == 11_000
    undone = national.done("2208", {"data": {"setl_id": done["setl_id"]}})["setlinfo"]
    assert (undone["medfee_sumamt"], undone["acct_pay"]) == ("-40.00", "-40.00")
    assert (undone["init_setl_id"], undone["psn_part_amt"]) == (done["setl_id"], "-40.00")
    assert national.shop.balance() == 15_000
    sound(national.shop.world)


def test_a_drug_store_buys_in_one_message_and_undoes_it(national: National) -> None:
    output = national.done("2102", national.drug_purchase(detail(2_000, 2)))
    done = output["setlinfo"]
    assert output["detlcutinfo"][0]["det_item_fee_sumamt"] == "40.00"
    assert national.shop.read(done["setl_id"])["status"] == "SETTLED"
    national.done("2103", {"data": {"setl_id": done["setl_id"]}})
    assert national.shop.read(done["setl_id"])["status"] == "REVERSED"
    sound(national.shop.world)


def test_each_write_is_done_once_a_message(national: National) -> None:
    buying = national.envelope("2102", national.drug_purchase(detail(2_000)))
    first, again = (json_of(national.send(buying))["output"] for _ in range(2))
    assert first == again
    undoing = national.envelope("2103", {"data": {"setl_id": first["setlinfo"]["setl_id"]}})
    back, once_more = (json_of(national.send(undoing))["output"] for _ in range(2))
    assert back == once_more
    quoted = national.done("2206", national.pre_settlement(detail(2_000)))["setlinfo"]
    settled = national.envelope("2207", settling(quoted))
    assert json_of(national.send(settled))["output"] == json_of(national.send(settled))["output"]
    assert national.shop.balance() == 13_000
    sound(national.shop.world)


def test_one_name_for_two_purchases_is_refused(national: National) -> None:
    msgid, token = national.msgid(), national.shop.token()
    national.done("2102", national.drug_purchase(detail(2_000), token=token), msgid=msgid)
    other = [
        national.drug_purchase(detail(2_000, 2), token=token),
        national.drug_purchase(detail(1_999), token=token),
        national.drug_purchase(detail(2_000, item=B), token=token),
        national.drug_purchase(detail(2_000)),  # the same basket, of somebody who came later
    ]
    for message in other:
        assert national.refused("2102", message, msgid=msgid) == ("MSGID_REUSED", "CONTACT")
    undone = national.done("2103", {"data": {"setl_id": _only(national)}})
    other_name = national.drug_purchase(detail(2_000), token=token)
    msgid = undone["setlinfo"]["medins_setl_id"]
    assert national.refused("2102", other_name, msgid=msgid) == ("MSGID_REUSED", "CONTACT")


def test_a_repeat_that_comes_too_late_to_be_believed_is_sent_to_look(national: National) -> None:
    message = national.drug_purchase(detail(2_000))
    envelope = national.envelope("2102", message)
    national.send(envelope)
    national.shop.world.clock.advance(minutes=31)
    national.shop.till = _again(national)
    answer = json_of(national.send(envelope))
    assert answer["output"]["error"] == {"code": "PRESENCE_USED", "action": "QUERY"}
    assert national.shop.message(envelope["msgid"])["status"] == "COMMITTED"


def test_a_fenced_message_buys_nothing(national: National) -> None:
    msgid = national.msgid()
    assert national.shop.message(msgid, fence=True)["fenced"] is True
    message = national.drug_purchase(detail(2_000))
    assert national.refused("2102", message, msgid=msgid) == ("MSGID_FENCED", "CANCEL")
    assert national.shop.balance() == 15_000


def test_a_card_that_was_frozen_in_between_is_refused_for_ever(
    national: National, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is the card's own, and comes with the card's action."""
    envelope = national.envelope("2102", national.drug_purchase(detail(2_000)))
    quoting = _facade(national)._quoting
    quote = quoting.quote

    def and_freeze(*arguments: Any, **how: Any) -> Any:
        made = quote(*arguments, **how)
        assert national.shop.holder.post("/v1/card/freeze").status_code == 200
        return made

    monkeypatch.setattr(quoting, "quote", and_freeze)
    first, again = (json_of(national.send(envelope))["output"]["error"] for _ in range(2))
    assert first == again
    assert first["code"] == "CARD_FROZEN"


def test_a_refusal_of_a_purchase_is_answered_again(national: National) -> None:
    token = national.shop.token()
    national.done("2102", national.drug_purchase(detail(2_000), token=token))
    second = national.envelope("2102", national.drug_purchase(detail(2_000), token=token))
    for _ in range(2):
        answer = json_of(national.send(second))
        assert answer["output"]["error"] == {"code": "PRESENCE_USED", "action": "QUERY"}
    assert national.shop.message(second["msgid"])["status"] == "REJECTED"


def test_a_twin_that_was_faster_is_answered_for_both(
    national: National, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looks before the first has settled, and settles after it."""
    envelope = national.envelope("2102", national.drug_purchase(detail(2_000)))
    first = json_of(national.send(envelope))
    messages = _facade(national)._messages
    find, asked = messages.find, []

    def late(*arguments: Any, **how: Any) -> Any:
        asked.append(arguments)
        return None if len(asked) == 1 else find(*arguments, **how)

    monkeypatch.setattr(messages, "find", late)
    assert json_of(national.send(envelope))["output"] == first["output"]
    assert len(asked) == 2
    assert national.shop.balance() == 13_000


def test_a_stale_quote_brings_the_figures_to_confirm(national: National) -> None:
    quoted = national.done("2206", national.pre_settlement(detail(2_000)))["setlinfo"]
    national.shop.buy(plain(14_000 // 7, 7))
    answer = national.call("2207", settling(quoted))
    assert answer["output"]["error"] == {"code": "QUOTE_STALE", "action": "RETRY"}
    fresh = answer["output"]["setlinfo"]
    assert (fresh["acct_pay"], fresh["psn_cash_pay"]) == ("10.00", "10.00")
    national.done("2207", settling(fresh))
    sound(national.shop.world)


def test_a_sum_that_is_not_that_of_its_details_is_refused(national: National) -> None:
    wrong = ("CHS_TOTAL_DIFFERS", "CONTACT")
    message = national.pre_settlement(detail(2_000), medfee_sumamt="20.01")
    assert national.refused("2206", message) == wrong
    line = detail(2_000, 2) | {"det_item_fee_sumamt": "20.00"}
    assert national.refused("2206", national.pre_settlement(line)) == wrong
    quoted = national.done("2206", national.pre_settlement(detail(2_000)))["setlinfo"]
    other = settling(quoted | {"medfee_sumamt": "20.01"})
    assert national.refused("2207", other) == wrong


def test_a_refusal_points_into_the_message(national: National) -> None:
    line = detail(2_000) | {"med_list_codg": "NOSUCH"}
    message = national.pre_settlement(detail(2_000), line)
    answer = national.call("2206", message)
    assert answer["err_msg"].startswith("ITEM_UNKNOWN CANCEL /input/feedetail/1: ")
    message = national.drug_purchase(detail(2_000) | {"cnt": "0.5", "pric": "40.00"})
    answer = national.call("2102", message)
    assert answer["err_msg"].startswith("INVALID_FIELD CONTACT /input/drugdetail/0/cnt: ")
    assert re.search("[\u4e00-\u9fff]", answer["err_msg"])


def test_an_envelope_is_read_strictly(national: National) -> None:
    message = national.pre_settlement(detail(2_000))
    wrong: tuple[dict[str, Any], ...] = (
        {"infver": "V2.0"},
        {"opter": ""},
        {"msgid": "short"},
        {"surprise": "x"},
        {"mdtrtarea_admvs": 990100},
        {"input": []},
        {"inf_time": "now"},
        {"fixmedins_code": "P1"},
    )
    for changes in wrong:
        refused = national.refused("2206", message, **changes)
        assert refused == ("INVALID_FIELD", "CONTACT"), changes


def test_what_is_inside_is_read_strictly_too(national: National) -> None:
    token = national.shop.token()
    for changes in (
        {"medfee_sumamt": 20.0},
        {"medfee_sumamt": "-20.00"},
        {"medfee_sumamt": "20.001"},
        {"medfee_sumamt": "2e1"},
        {"mdtrt_cert_type": "02"},
        {"acct_used_flag": "0"},
        {"name": "x"},
    ):
        message = national.pre_settlement(detail(2_000), token=token, **changes)
        assert national.refused("2206", message) == ("INVALID_FIELD", "CONTACT"), changes


def test_a_name_is_made_as_the_national_format_has_it(national: National) -> None:
    message = national.pre_settlement(detail(2_000))
    for msgid in (
        f"P00000000000{'20261123080000'}0001",
        f"{national.code}20261323080000" + "0001",
        f"{national.code}20261123080000" + "000x",
    ):
        assert national.refused("2206", message, msgid=msgid) == ("CHS_MSGID_WRONG", "CONTACT")


def test_nobody_speaks_for_another_merchant(national: National) -> None:
    other = "P00000000000"
    changes = {"fixmedins_code": other, "msgid": f"{other}202611230800000001"}
    message = national.pre_settlement(detail(2_000))
    assert national.refused("2206", message, **changes) == ("CHS_MERCHANT_WRONG", "CONTACT")


def test_another_merchants_settlement_is_not_undone(national: National) -> None:
    done = national.done("2102", national.drug_purchase(detail(2_000)))["setlinfo"]
    stranger = national.shop.world.terminal(merchant="康民大药房", scopes=SCOPES)
    national.shop.till = stranger
    elsewhere = National(shop=national.shop, code=json_of(stranger.get("/chs"))["fixmedins_code"])
    assert elsewhere.code != national.code
    message = {"data": {"setl_id": done["setl_id"]}}
    assert elsewhere.refused("2208", message) == ("SETTLEMENT_UNKNOWN", "CONTACT")


def test_transactions_that_are_not_there_are_refused(national: National) -> None:
    assert national.refused("1101", {}) == ("CHS_INFNO_UNKNOWN", "CONTACT")
    other = national.envelope("2206", national.pre_settlement(detail(2_000)))
    answer = json_of(national.send(other, infno="2102"))
    assert answer["err_msg"].startswith("CHS_INFNO_UNKNOWN CONTACT /infno: ")


def test_who_is_not_proven_gets_no_answer_about_a_message(national: National) -> None:
    envelope = national.envelope("2206", national.pre_settlement(detail(2_000)))
    national.shop.till.token = None
    answer = national.send(envelope)
    assert refusal(answer)[0] == 401
    national.shop.till = national.shop.world.terminal(scopes=frozenset({"card.decode"}))
    assert refusal(national.send(envelope)) == (403, "INSUFFICIENT_SCOPE", "CONTACT")


def test_an_outage_is_no_answer_about_a_message(
    national: National, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise UNAVAILABLE(retry_after=2)

    monkeypatch.setattr(_facade(national)._quoting, "quote", away)
    message = national.pre_settlement(detail(2_000))
    answer = national.send(national.envelope("2206", message))
    assert refusal(answer) == (503, "UNAVAILABLE", "RETRY")
    assert answer.headers["Retry-After"] == "2"


def test_what_is_no_message_is_a_problem(national: National) -> None:
    till = national.shop.till
    answer = till.post("/chs/2206", data=b"{", content_type="application/json")
    assert refusal(answer) == (400, "BAD_JSON", "CONTACT")
    answer = till.post("/chs/2206", data=b"{}", content_type="text/plain")
    assert refusal(answer)[0] == 415


def test_an_answer_is_named_and_timed(national: National) -> None:
    answer = national.call("2206", national.pre_settlement(detail(2_000)))
    assert re.fullmatch("990100[0-9]{24}", answer["inf_refmsgid"])
    assert re.fullmatch("[0-9]{17}", answer["refmsg_time"])
    assert answer["refmsg_time"] <= answer["respond_time"]
    assert answer["err_msg"] == ""


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "feedetail", "setl_id", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["2206", "2207", "2208", "2102", "2103", "3201", "3202", "9999"]),
    st.dictionaries(st.sampled_from(["data", "druginfo", "drugdetail"]), _JSON, max_size=3),
    st.dictionaries(
        st.sampled_from(["msgid", "infver", "cainfo", "opter_type", "inf_time"]), _JSON, max_size=2
    ),
)
def test_no_envelope_does_harm(
    national: National, infno: str, message: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = national.send(national.envelope(infno, message, **changes))
    assert answer.status_code == 200, answer.text
    assert json_of(answer)["infcode"] == -1


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def _only(national: National) -> str:
    (item,) = json_of(national.shop.holder.get("/v1/card/purchases"))["items"]
    return str(item["id"])


def _again(national: National) -> Any:
    """The same till, with a token that has not ended."""
    till = national.shop.till
    claims = jwt.decode(str(till.token), options={"verify_signature": False})
    till.token = None
    form = national.shop.world.login_form(till, claims["client_id"])
    till.token = json_of(till.form("/oauth/token", form | {"scope": "settlement"}))["access_token"]
    return till


def _facade(national: National) -> NationalFacade:
    with national.shop.world.app.app_context():
        return service(NationalFacade)
