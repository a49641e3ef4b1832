"""What a cashier does after a refusal, by its ``action``; programs branch on that, not on texts."""

from collections.abc import Mapping
from types import MappingProxyType

ADVICE: Mapping[str, str] = MappingProxyType(
    {
        "RESCAN": "ask for a new code and scan it / 请顾客刷新后重新扫码",
        "RETRY": "do the same again / 请重试",
        "QUERY": "look up what came of it, then go on / 请先查询结果",
        "CANCEL": "stop: this cannot be done now / 请取消本次交易",
        "CONTACT": "call the operator / 请联系系统管理员",
    }
)


def advice(action: str) -> str:
    """Return one line for the cashier; an action nobody knows is one for the operator."""
    return ADVICE.get(action, ADVICE["CONTACT"])
