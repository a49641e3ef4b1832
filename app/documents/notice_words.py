"""What holders are told of changes, in both languages: a table, so that no code goes without."""

from __future__ import annotations

from typing import Final

from app.documents.models import REVOKED, SUPERSEDED, SUSPENDED, VALID
from app.documents.moves import Reason
from app.documents.records import Titles

Words = tuple[str, str]
"""Simplified Chinese, English."""

CHANGES: Final[dict[str, Words]] = {
    VALID: ("已恢复有效", "is valid again"),
    SUSPENDED: ("已被暂停使用", "has been suspended"),
    SUPERSEDED: ("已被替换，请重新开具", "has been superseded; have it issued anew"),
    REVOKED: (
        "已被撤销，如仍需要请重新开具",
        "has been revoked; have it issued anew if you need it",
    ),
}
REASONS: Final[dict[str, Words]] = {
    Reason.NEW_VERSION: ("已开具新版本", "a newer version was issued"),
    Reason.RECORD_CORRECTED: (
        "部门更正了所依据的记录",
        "the department corrected the record it was made from",
    ),
    Reason.ISSUED_IN_ERROR: ("开具有误", "it was issued in error"),
    Reason.FRAUD: ("涉嫌冒用或造假", "fraud is suspected"),
    Reason.KEY_COMPROMISED: (
        "签署所用的密钥可能泄露",
        "the key that signed it may be in other hands",
    ),
    Reason.HOLDER_ASKED: ("应您本人的要求", "you asked for it"),
    Reason.UNDER_REVIEW: ("正在复核", "it is under review"),
    Reason.RECORD_DISPUTED: ("所依据的记录存在争议", "the record it was made from is disputed"),
    Reason.REVIEW_ENDED: ("复核已结束", "the review has ended"),
    Reason.CONFIRMED: (
        "部门已确认所依据的记录",
        "the department confirmed the record it was made from",
    ),
    Reason.NOT_CONFIRMED: (
        "部门未能在期限内确认所依据的记录",
        "the department did not confirm in time the record it was made from",
    ),
}
CONFIRMED: Final[Words] = (
    "不再是暂定。文件上仍印有“暂定”，以核验结果为准；如需不带此字样的文件，请重新开具",
    "is no longer provisional. Its file still says so; a check does not. Ask anew for another file",
)
"""What became of a provisional one that was confirmed."""


def change_words(titles: Titles, number: str, *, state: str, reason: str) -> Words:
    """The sentence for a change."""
    (became_zh, became) = CONFIRMED if reason == Reason.CONFIRMED else CHANGES[state]
    (why_zh, why) = REASONS[reason]
    return (
        f"您的《{titles.zh}》（{number}）{became_zh}。原因：{why_zh}。",
        f"Your “{titles.en}” ({number}) {became}. Reason: {why}.",
    )
