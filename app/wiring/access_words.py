"""The access log in words: tables, and the names that types and contracts bring along."""

from __future__ import annotations

from typing import Final

from app.audit import actions
from app.audit.ports import Words
from app.documents.service.confirmation_cases import PURPOSE_END
from app.exchange.contracts.library import ContractLibrary
from app.wiring.type_book import TypeBook


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


ACTIONS: Final[dict[str, Words]] = {
    actions.FACE_VERIFIED: _words("人脸核验通过", "Face verified"),
    actions.FACE_REFUSED: _words("人脸核验未通过", "Face verification refused"),
    actions.BIOMETRICS_DELETED: _words("删除人脸信息", "Face data deleted"),
    actions.TOKEN_ISSUED: _words("登录", "Signed in"),
    actions.PROFILE_READ: _words("查看本人资料", "Own profile read"),
    actions.REGISTRY_READ: _words("向部门查询", "A department was asked"),
    actions.CERTIFICATE_ISSUED: _words("开具证明", "Certificate issued"),
    actions.CERTIFICATE_LISTED: _words("查看证明列表", "Certificates listed"),
    actions.CERTIFICATE_READ: _words("查看证明", "Certificate read"),
    actions.CERTIFICATE_DOWNLOADED: _words("下载证明", "Certificate downloaded"),
    actions.CERTIFICATE_CHECKED: _words("有人核验了证明", "Somebody checked a certificate"),
    actions.CERTIFICATE_FOLLOWED: _words(
        "机构关注了证明的状态", "A partner follows a certificate's status"
    ),
    actions.CERTIFICATE_SUSPENDED: _words("暂停证明", "Certificate suspended"),
    actions.CERTIFICATE_RESUMED: _words("恢复证明", "Certificate valid again"),
    actions.CERTIFICATE_SUPERSEDED: _words("替换证明", "Certificate superseded"),
    actions.CERTIFICATE_REVOKED: _words("撤销证明", "Certificate revoked"),
    actions.CERTIFICATE_CONFIRMED: _words(
        "暂定证明已由部门确认", "Provisional certificate confirmed"
    ),
    actions.CERTIFICATE_ARCHIVED: _words("为证明加盖可信时间", "Certificate given a trusted time"),
    actions.CREDENTIAL_OFFERED: _words("向钱包提供凭证", "Credential offered to a wallet"),
    actions.CREDENTIAL_ISSUED: _words("签发凭证", "Credential issued"),
    actions.CREDENTIAL_CHECKED: _words("有人核验了凭证", "Somebody checked a credential"),
    actions.CARD_BOUND: _words("领取电子社保卡", "Card put on a device"),
    actions.CARD_READ: _words("查看电子社保卡", "Card read"),
    actions.CARD_FROZEN: _words("冻结电子社保卡", "Card frozen"),
    actions.CARD_UNFROZEN: _words("解冻电子社保卡", "Card unfrozen"),
    actions.CARD_LOSS_REPORTED: _words("挂失电子社保卡", "Loss of the card reported"),
    actions.CARD_CODE_ISSUED: _words("出示动态码", "Card code shown"),
    actions.CARD_CODE_DECODED: _words("机构读取了动态码", "A partner read a card code"),
    actions.CARD_CANCELLED: _words("注销电子社保卡", "Card cancelled"),
    actions.CARD_OFFLINE_CREDENTIALS_ISSUED: _words(
        "为手机准备离线码", "Offline codes prepared for a phone"
    ),
    actions.CARD_OFFLINE_ACCEPTED: _words(
        "机构上传了离线码，已受理", "A partner uploaded an offline code; accepted"
    ),
    actions.CARD_OFFLINE_REFUSED: _words(
        "机构上传了离线码，未受理", "A partner uploaded an offline code; refused"
    ),
    actions.CARD_PAPER_PRINTED: _words("打印纸质码", "Card codes printed on paper"),
    actions.CARD_PAPER_REVOKED: _words("作废纸质码", "Paper codes ended"),
    actions.FAMILY_OFFERED: _words("提出家庭授权", "Family agreement offered"),
    actions.FAMILY_LISTED: _words("查看家庭授权", "Family agreements read"),
    actions.FAMILY_ACCEPTED: _words("家庭授权生效", "Family agreement in force"),
    actions.FAMILY_DECLINED: _words("谢绝家庭授权", "Family agreement declined"),
    actions.FAMILY_REVOKED: _words("撤销家庭授权", "Family agreement revoked"),
    actions.FAMILY_USED: _words("使用家庭授权", "Family agreement used"),
    actions.FAMILY_GIVEN_BACK: _words("退款退还家庭授权额度", "Given back by a refund"),
    actions.PURCHASE_QUOTED: _words("预结算", "Purchase quoted"),
    actions.PURCHASE_HELD: _words("结算中，等待支付现金部分", "Purchase waits for its cash part"),
    actions.PURCHASE_SETTLED: _words("结算", "Purchase settled"),
    actions.PURCHASE_VOIDED: _words("结算未成，已全部撤回", "Purchase voided; nothing was paid"),
    actions.PURCHASE_REFUNDED: _words("退货退款", "Part of a purchase refunded"),
    actions.PURCHASE_REVERSED: _words("整单退回", "Purchase reversed"),
    actions.PURCHASE_ADJUSTED: _words("年度待遇重新计算", "Benefits of the year computed anew"),
    actions.PURCHASE_READ: _words("查看购药记录", "Purchases read"),
    actions.CONDUCT_APPEAL_READ: _words("查看爽约申诉", "Appeal read"),
    actions.CONDUCT_APPEAL_DECIDED: _words("处理爽约申诉", "Appeal decided"),
    actions.WAITLIST_ENTERED: _words("加入候补", "Entered on a waitlist"),
    actions.APPOINTMENT_MADE: _words("预约挂号", "Appointment made"),
    actions.APPOINTMENT_READ: _words("查看预约", "Appointment read"),
    actions.APPOINTMENT_CANCELLED: _words("取消预约", "Appointment cancelled"),
    actions.APPOINTMENT_RESCHEDULED: _words("改约", "Appointment moved to another place"),
    actions.APPOINTMENT_ARRIVED: _words("到院签到", "Checked in at the hospital"),
    actions.APPOINTMENT_CALLED: _words("医院叫号", "Called in by the hospital"),
    actions.APPOINTMENT_PASSED_OVER: _words("过号", "Called, and did not come"),
    actions.APPOINTMENT_SERVED: _words("就诊完成", "Seen by the doctor"),
}
_CONSENT: Final = _words(
    "《中华人民共和国个人信息保护法》第十三条、第二十九条（单独同意）",
    "Personal Information Protection Law of the PRC, Articles 13 and 29 (separate consent)",
)
_OWN_DATA: Final = _words(
    "《中华人民共和国个人信息保护法》第四十五条（查阅、复制本人信息）",
    "Personal Information Protection Law of the PRC, Article 45 (access to one's own data)",
)
_ERASURE: Final = _words(
    "《中华人民共和国个人信息保护法》第十五条、第四十七条（撤回同意与删除）",
    "Personal Information Protection Law of the PRC, Articles 15 and 47 (withdrawal and deletion)",
)
_SHOWN: Final = _words(
    "《中华人民共和国个人信息保护法》第十三条（出示动态码即为同意）",
    "Personal Information Protection Law of the PRC, Article 13 (consent by showing the code)",
)
_AGENCY: Final = _words(
    "《中华人民共和国民法典》第二十三条、第一百六十一条（法定代理与委托代理）",
    "Civil Code of the PRC, Articles 23 and 161 (guardians and agents)",
)
PURPOSES: Final[dict[str, tuple[Words, Words]]] = {
    "login": (_words("登录时核验本人", "to verify you at sign-in"), _CONSENT),
    "step_up": (_words("重要操作前核验本人", "to verify you before an important act"), _CONSENT),
    "identity_verification": (_words("核验本人身份", "to verify your identity"), _CONSENT),
    "miniprogram": (_words("登录小程序", "to sign in to the mini-program"), _CONSENT),
    "profile": (_words("查看本人资料", "to show you your profile"), _OWN_DATA),
    "biometrics": (_words("删除本人人脸信息", "to delete your face data"), _ERASURE),
    "certificates": (_words("查看本人证明", "to show you your certificates"), _OWN_DATA),
    "card": (_words("使用电子社保卡", "to use your e-social-security card"), _OWN_DATA),
    "family:mandate": (_words("亲情账户代办", "family mandate"), _AGENCY),
    "family:mutual_aid": (_words("家庭共济", "family mutual aid"), _CONSENT),
    "01101": (_words("医院挂号", "hospital registration"), _SHOWN),
    "01301": (_words("医疗费用结算", "settlement of medical fees"), _SHOWN),
    "01302": (_words("取药", "dispensing"), _SHOWN),
    "02121": (_words("药店购药", "pharmacy purchase"), _SHOWN),
}
"""By purpose: what it is, and by what law."""
_CERTIFICATE: Final = "certificate:"


class AccessWords:
    """Puts the codes of the access log into words (`app.audit.ports.Dictionary`)."""

    def __init__(self, types: TypeBook) -> None:
        """Take the types, read the contracts."""
        self._types = types
        self._sources = {one.source: one.authority for one in ContractLibrary().all()}

    def action(self, code: str) -> Words:
        """What was done."""
        return ACTIONS.get(code, _words(code, code))

    def purpose(self, code: str) -> Words:
        """Why."""
        if code.startswith(_CERTIFICATE):
            titles = self._types.titles(_type_of(code))
            if code.endswith(PURPOSE_END):
                return _words(f"确认暂定的《{titles.zh}》", f"to confirm “{titles.en}”")
            return _words(f"《{titles.zh}》", f"for “{titles.en}”")
        return PURPOSES[code][0] if code in PURPOSES else _words(code, code)

    def legal_basis(self, purpose: str) -> Words | None:
        """By what law, for this purpose."""
        if purpose.startswith(_CERTIFICATE):
            basis = self._types.legal_basis(_type_of(purpose))
            return None if basis is None else _words(basis.zh, basis.en)
        return PURPOSES[purpose][1] if purpose in PURPOSES else None

    def source(self, code: str) -> Words:
        """Which department's data were asked for."""
        name = self._sources.get(code)
        return _words(code, code) if name is None else _words(name.zh, name.en)


def _type_of(purpose: str) -> str:
    return purpose.removeprefix(_CERTIFICATE).removesuffix(PURPOSE_END)
