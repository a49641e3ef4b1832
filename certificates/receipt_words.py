"""The words of a receipt in Chinese and English."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_Words = Mapping[str, str]


def _both(zh: str, en: str) -> _Words:
    return MappingProxyType({"zh": zh, "en": en})


TITLES: Final = _both("医疗保障结算回执", "Receipt of a Medical Insurance Settlement")
SEAL: Final = _both("结算专用章", "settlement seal")
RETURNED: Final = _both("部分退货，已退回", "Partly given back:")
WHOLE: Final = _both("已全部退回", "All given back:")
LABELS: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "merchant": _both("定点医药机构", "Merchant"),
        "bought_at": _both("购买时间", "Bought at"),
        "terminal": _both("终端", "Terminal"),
        "msgid": _both("机构报文编号", "Merchant's message"),
        "insured": _both("参保地与险种", "Insured in"),
        "year": _both("结算年度", "Year"),
        "rule": _both("待遇规则", "Benefit rule"),
        "rule_hash": _both("规则摘要", "Digest of the rule"),
        "cash_by": _both("现金部分", "Cash part"),
        "holder": _both("持卡人代号", "Holder's alias"),
        "total": _both("总额（元）", "Total (CNY)"),
        "fund": _both("基金支付", "Fund"),
        "own_account": _both("个人账户", "Own account"),
        "mutual": _both("家庭共济", "Mutual aid"),
        "cash": _both("现金支付", "Cash"),
    }
)
COLUMNS: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "n": _both("序", "No."),
        "item": _both("名称与目录编码", "Item and code"),
        "category": _both("类别", "Class"),
        "quantity": _both("数量", "Qty"),
        "unit_price": _both("单价", "Price"),
        "total": _both("金额", "Amount"),
        "fund": _both("基金", "Fund"),
        "own_account": _both("账户", "Account"),
        "account": _both("账户", "Account"),
        "mutual": _both("共济", "Mutual"),
        "cash": _both("现金", "Cash"),
        "at": _both("时间", "Time"),
        "id": _both("编号", "Number"),
        "deductible": _both("起付线", "Deductible"),
        "due": _both("欠款", "Owed"),
    }
)
TABLES: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "payers": _both("由谁支付", "Who paid"),
        "goods": _both("明细（元）", "Details (CNY)"),
        "refunds": _both("退回（元）", "Given back (CNY)"),
        "adjustments": _both("年度重算差额（元）", "Changes by recomputing the year (CNY)"),
    }
)
EXPLAINED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "names": "own over self_first in_scope deductible fund",
        "zh": "其中：丙类自费 {own}，超限价 {over}，乙类先行自付 {self_first}，"
        "政策范围内 {in_scope}（起付线 {deductible}，基金支付 {fund}）。",
        "en": "Of it: class C, paid in full {own}; above the limit price {over}; "
        "class B, paid first {self_first}; in scope {in_scope} "
        "(deductible {deductible}, fund {fund}).",
    }
)
CATEGORIES: Final[Mapping[str, _Words]] = MappingProxyType(
    {"A": _both("甲", "A"), "B": _both("乙", "B"), "C": _both("丙", "C")}
)
SCHEMES: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "employee": _both("职工基本医疗保险", "employees' insurance"),
        "flexible": _both("职工基本医疗保险（灵活就业）", "employees' insurance, self-employed"),
        "resident": _both("城乡居民基本医疗保险", "residents' insurance"),
    }
)
CASH_BY: Final[Mapping[str, _Words]] = MappingProxyType(
    {
        "none": _both("无", "none"),
        "till": _both("由收银台收取", "paid at the till"),
        "provider": _both("经线上支付", "paid online"),
    }
)
TERMS: Final = _both(
    "本回执载明出具时的结算情况，带有电子签名，内容有任何改动签名即失效；附件为同一回执的机读件，可凭"
    "公开密钥离线核验。出具后的退货与重算，扫码或在核验网址查询。打印件以核验结果为准。",
    "This receipt states the settlement as it stood when it was made. It is digitally signed, and "
    "any change breaks the signature; attached is the same receipt for machines, to be checked "
    "offline with the published keys. What came back or changed since is told by the code and at "
    "the address above.",
)
