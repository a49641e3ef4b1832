"""National messages, as a pharmacy's system would write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from app.settlement.benefits.item import Item
from app.settlement.chs.yuan import yuan_of
from tests.app.card.steps import json_of
from tests.app.settlement.steps import A, Shop

TIME = "20261123080000"


@dataclass(kw_only=True)
class National:
    """A pharmacy's system that speaks the national format, at the shop's till."""

    shop: Shop
    code: str
    serial: int = 0

    def msgid(self) -> str:
        self.serial += 1
        return f"{self.code}{TIME}{self.serial:04}"

    def envelope(self, infno: str, message: Any, **changes: Any) -> dict[str, Any]:
        envelope = {
            "infno": infno,
            "msgid": self.msgid(),
            "mdtrtarea_admvs": "990100",
            "insuplc_admdvs": "",
            "recer_sys_code": "ZR",
            "dev_no": "till-1",
            "cainfo": "",
            "signtype": "",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "c01",
            "opter_name": "收银员",
            "inf_time": "2026-11-23 08:00:00",
            "fixmedins_code": self.code,
            "fixmedins_name": "平安大药房",
            "sign_no": "",
            "input": message,
        }
        return envelope | changes

    def send(self, envelope: dict[str, Any], infno: str | None = None) -> TestResponse:
        return self.shop.till.post(f"/chs/{infno or envelope['infno']}", json=envelope)

    def call(self, infno: str, message: Any, **changes: Any) -> Any:
        answer = self.send(self.envelope(infno, message, **changes))
        assert answer.status_code == 200, answer.text
        return json_of(answer)

    def done(self, infno: str, message: Any, **changes: Any) -> Any:
        answer = self.call(infno, message, **changes)
        assert answer["infcode"] == 0, answer
        return answer["output"]

    def refused(self, infno: str, message: Any, **changes: Any) -> tuple[str, str]:
        """Code and action of a refusal."""
        answer = self.call(infno, message, **changes)
        assert answer["infcode"] == -1, answer
        error = answer["output"]["error"]
        assert answer["err_msg"].startswith(f"{error['code']} {error['action']}")
        return error["code"], error["action"]

    def pre_settlement(self, *details: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {"data": self._person(details, changes), "feedetail": list(details)}

    def drug_purchase(self, *details: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return {"druginfo": self._person(details, changes), "drugdetail": list(details)}

    def _person(self, details: Any, changes: dict[str, Any]) -> dict[str, Any]:
        total = sum(round(100 * float(one["det_item_fee_sumamt"])) for one in details)
        token = changes.pop("token", None) or self.shop.token()
        return {
            "mdtrt_cert_type": "01",
            "mdtrt_cert_no": token,
            "medfee_sumamt": yuan_of(total),
            **changes,
        }


def detail(cents: int, units: int = 1, *, item: Item = A, sn: str = "1") -> dict[str, Any]:
    """A line; the price with the four places that many systems write."""
    return {
        "feedetl_sn": sn,
        "med_list_codg": item.code,
        "medins_list_codg": "own-17",
        "det_item_fee_sumamt": yuan_of(cents * units),
        "cnt": f"{units}.00",
        "pric": f"{yuan_of(cents)}00",
    }


def settling(setlinfo: dict[str, Any]) -> dict[str, Any]:
    """The settlement of a pre-settlement."""
    return {
        "data": {"mdtrt_id": setlinfo["mdtrt_id"], "medfee_sumamt": setlinfo["medfee_sumamt"]},
    }
