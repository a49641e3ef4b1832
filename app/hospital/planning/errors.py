"""Why planning refuses: whole requests, and single lines of a file."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

HOSPITAL_EXISTS: Final = ErrorKind(
    "HOSPITAL_EXISTS", 409, "该机构已登记为医院。", "This merchant is a hospital already."
)
HOSPITAL_MERCHANT_REFUSED: Final = ErrorKind(
    "HOSPITAL_MERCHANT_REFUSED",
    422,
    "该机构不是医院类机构。",
    "There is no merchant of the kind hospital by this id.",
)
HOSPITAL_NAME_INVALID: Final = ErrorKind(
    "HOSPITAL_NAME_INVALID",
    422,
    "医院名称或行政区划无效。",
    "A hospital needs a name and a region of six digits.",
)
IMPORT_TOO_MANY_LINES: Final = ErrorKind(
    "IMPORT_TOO_MANY_LINES",
    413,
    "文件行数过多，请分批导入。",
    "The file has more lines than are taken at once. Send it in parts.",
)
IMPORT_COLUMNS_INVALID: Final = ErrorKind(
    "IMPORT_COLUMNS_INVALID",
    422,
    "表头缺少必需的列，或有无法识别的列。",
    "The first line lacks a column, repeats one, or names one that is not known.",
)
IMPORT_LINE_TOO_LONG: Final = ErrorKind(
    "IMPORT_LINE_TOO_LONG", 422, "该行过长。", "The line is too long."
)
IMPORT_LINE_INVALID: Final = ErrorKind(
    "IMPORT_LINE_INVALID",
    422,
    "该行格式或内容不正确。",
    "The line cannot be read, or a field is missing or wrong.",
)
IMPORT_LINE_REPEATED: Final = ErrorKind(
    "IMPORT_LINE_REPEATED",
    422,
    "同一编号在文件中重复出现。",
    "An earlier line of the file has the same kind and id.",
)
CAMPUS_NOT_KNOWN: Final = ErrorKind(
    "CAMPUS_NOT_KNOWN", 422, "没有这个院区编号。", "The hospital has no campus of this id."
)
DEPARTMENT_NOT_KNOWN: Final = ErrorKind(
    "DEPARTMENT_NOT_KNOWN",
    422,
    "没有这个科室编号。",
    "The hospital has no department of this id.",
)
PRACTITIONER_NOT_KNOWN: Final = ErrorKind(
    "PRACTITIONER_NOT_KNOWN",
    422,
    "没有这个医生编号。",
    "The hospital has no practitioner of this id.",
)
SESSION_DAY_REFUSED: Final = ErrorKind(
    "SESSION_DAY_REFUSED",
    422,
    "出诊已结束，或日期过远。",
    "The session is over already, or more than a year away.",
)
SESSION_ENDED: Final = ErrorKind(
    "SESSION_ENDED",
    409,
    "该出诊已停诊或已结束，不能再修改。",
    "The session was called off or is over: it stays as it is.",
)
SESSION_STAYS_PUBLISHED: Final = ErrorKind(
    "SESSION_STAYS_PUBLISHED",
    409,
    "已发布的出诊不能撤回，请办理停诊。",
    "A published session cannot be taken back. Call it off instead.",
)
SESSION_HAS_APPOINTMENTS: Final = ErrorKind(
    "SESSION_HAS_APPOINTMENTS",
    409,
    "该出诊已有预约，不能这样修改，请先停诊并改排。",
    "People have places in this session: it keeps its doctor, department, class and times.",
)
SESSION_SHRINKS_BELOW_CLAIMED: Final = ErrorKind(
    "SESSION_SHRINKS_BELOW_CLAIMED",
    409,
    "号源不能减少到已被占用的数量以下。",
    "The pool would become smaller than what is taken of it already.",
)
SESSION_TOO_LARGE: Final = ErrorKind(
    "SESSION_TOO_LARGE",
    422,
    "一次出诊的号序不能超过 500。",
    "A session has at most 500 numbers, those of removed places included.",
)
PLAN_DAYS_REFUSED: Final = ErrorKind(
    "PLAN_DAYS_REFUSED", 422, "排班天数无效。", "Plan between 1 and 60 days ahead."
)

ALL: Final = (
    HOSPITAL_EXISTS,
    HOSPITAL_MERCHANT_REFUSED,
    HOSPITAL_NAME_INVALID,
    IMPORT_TOO_MANY_LINES,
    IMPORT_COLUMNS_INVALID,
    IMPORT_LINE_TOO_LONG,
    IMPORT_LINE_INVALID,
    IMPORT_LINE_REPEATED,
    CAMPUS_NOT_KNOWN,
    DEPARTMENT_NOT_KNOWN,
    PRACTITIONER_NOT_KNOWN,
    SESSION_DAY_REFUSED,
    SESSION_ENDED,
    SESSION_STAYS_PUBLISHED,
    SESSION_HAS_APPOINTMENTS,
    SESSION_SHRINKS_BELOW_CLAIMED,
    SESSION_TOO_LARGE,
    PLAN_DAYS_REFUSED,
)
"""For the published table."""
