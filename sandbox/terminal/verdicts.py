"""What a cashier is told when the till itself does not serve a code, in both languages.

The words of refusals by the system come from the system, in the language asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from codes.results import Reason
from sandbox.terminal.offline import Own


@dataclass(frozen=True, slots=True)
class Told:
    """What to do, and the words."""

    action: str
    en: str
    zh: str

    def words(self, language: str) -> str:
        """Return the words in ``zh-CN`` or else in English."""
        return self.zh if language.startswith("zh") else self.en


TOLD: Mapping[Reason | Own, Told] = MappingProxyType(
    {
        Reason.MALFORMED: Told(
            "RESCAN",
            "The offline code is damaged or incomplete. Scan again.",
            "离线码不完整或已损坏，请重新扫码。",
        ),
        Reason.UNKNOWN_ISSUER: Told(
            "CONTACT",
            "No key is known that signed this code. Refresh with a network, else do not serve.",
            "本机没有签发此码的公钥，请联网更新，否则请勿受理。",
        ),
        Reason.BAD_SIGNATURE: Told(
            "CONTACT",
            "The code's signature is not genuine. Do not serve, and call the operator.",
            "离线码签名无效，请勿受理并联系管理员。",
        ),
        Reason.NOT_YET_VALID: Told(
            "RESCAN",
            "The code's credential is not valid yet. Look at both clocks, then scan a new code.",
            "凭证尚未生效，请核对手机和收银机的时间后重新扫码。",
        ),
        Reason.EXPIRED: Told(
            "CANCEL",
            "The code's credential is over. The holder's phone needs a network once.",
            "凭证已过期，持卡人手机需联网一次后才能出示。",
        ),
        Reason.WRONG_PURPOSE: Told(
            "RESCAN",
            "The code is for another purpose. Ask the holder to choose the right one.",
            "码的用途与本次业务不符，请持卡人选择对应用途后重新扫码。",
        ),
        Reason.CLOCK_AHEAD: Told(
            "RESCAN",
            "The phone's clock is fast, or the till's is slow. Set it, then scan a new code.",
            "手机时间偏快或收银机时间偏慢，请校准后重新扫码。",
        ),
        Reason.STALE: Told(
            "RESCAN",
            "The code's minute is over. Ask the holder for the one now on the phone.",
            "码已过期，请扫手机上当前显示的码。",
        ),
        Reason.REVOKED: Told(
            "CANCEL",
            "The card was frozen, lost or cancelled. Do not serve.",
            "此卡已冻结、挂失或注销，请勿受理。",
        ),
        Reason.DELTA_TOO_OLD: Told(
            "CONTACT",
            "The list of revoked cards is too old. No code is served until it was refreshed.",
            "吊销名单过旧，联网更新前不能受理离线码。",
        ),
        Reason.DELTA_FROM_FUTURE: Told(
            "CONTACT",
            "The till's clock is slow: set it. Until then no code is served.",
            "收银机时间偏慢，请校准；校准前不能受理离线码。",
        ),
        Own.ALREADY_TAKEN: Told(
            "RESCAN",
            "This till has served this code already. Ask for a new one.",
            "本机已受理过此码，请持卡人出示新码。",
        ),
        Own.OVER_CAP: Told(
            "CANCEL",
            "The sale is above what may be sold on this code without a network.",
            "金额超过此离线码的限额。",
        ),
        Own.OVER_TILL_LIMIT: Told(
            "CANCEL",
            "Too much was sold without a network: upload first.",
            "本机离线销售总额已达上限，请先联网补传。",
        ),
        Own.TOO_LONG: Told(
            "CANCEL",
            "A sale without a network has one to fifty lines of at most 100,000.00 each.",
            "离线销售须为一至五十行，每行不超过十万元。",
        ),
        Own.NEEDS_NETWORK: Told(
            "RESCAN",
            "This code needs a network. Ask the holder for the offline code.",
            "此码需要联网验证，请持卡人出示离线码。",
        ),
        Own.MAYBE_USED: Told(
            "RESCAN",
            "The answer was lost, and this code may be used up. Ask for the next one.",
            "未收到答复，此码可能已被使用，请持卡人等待刷新后出示新码。",
        ),
    }
)
