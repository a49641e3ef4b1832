"""What patients are told, in both languages: a table, so that nothing goes without words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from app.hospital.stop_reasons import StopReason

Words = tuple[str, str]
"""Simplified Chinese, English."""
CHINA: Final = ZoneInfo("Asia/Shanghai")

BOOKED: Final = "booked"
MOVED: Final = "rescheduled"
REPLANNED: Final = "replanned"
OFFERED: Final = "offered"
EXPIRED: Final = "expired"
CANCELLED_PATIENT: Final = "cancelled_patient"
CANCELLED_HOSPITAL: Final = "cancelled_hospital"
STOPPED: Final = "stopped"
TOMORROW: Final = "tomorrow"
SOON: Final = "soon"
CALLED: Final = "called"
PASSED_OVER: Final = "passed_over"

NOTICES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        BOOKED: ("预约成功：{place}。", "Your appointment is booked: {place}."),
        MOVED: ("已改约：{place}。", "Your appointment was moved to {place}."),
        REPLANNED: (
            "原出诊停诊（{reason}），按您的事先同意改为：{place}。已付费用继续有效。",
            (
                "The doctor's session was called off ({reason}). As you agreed, your place is "
                "now: {place}. What you paid counts for it."
            ),
        ),
        OFFERED: (
            "候补有号了：{place}。请在 {deadline} 前确认。",
            "A place has come free for you: {place}. Take it before {deadline}.",
        ),
        EXPIRED: (
            "未在时限内完成，号已释放：{place}。",
            "The time was over, and the place was given up: {place}.",
        ),
        CANCELLED_PATIENT: ("预约已取消：{place}。", "Your appointment was cancelled: {place}."),
        CANCELLED_HOSPITAL: (
            "医院取消了预约：{place}。已付费用将全部退回，此次取消不计入您的违约记录。",
            (
                "The hospital cancelled your appointment: {place}. What you paid goes back in "
                "full, and nothing counts against you."
            ),
        ),
        STOPPED: (
            "停诊通知（{reason}）：{place}。预约已取消，已付费用将全部退回，不计入您的违约记录。",
            (
                "The session was called off ({reason}): {place}. What you paid goes back in full, "
                "and nothing counts against you."
            ),
        ),
        TOMORROW: ("明日就诊提醒：{place}。", "Tomorrow: {place}."),
        SOON: ("就诊提醒：{place}。", "Your appointment is soon: {place}."),
        CALLED: ("请到 {room} 就诊：{place}。", "You are called, room {room}: {place}."),
        PASSED_OVER: (
            "已过号：{place}。请在候诊区等候，最多三位之后再次叫号。",
            (
                "You were called and did not come: {place}. Please wait: you are called again "
                "after three others at most."
            ),
        ),
    }
)
FOR_SOMEBODY: Final[Words] = ("您代办的预约。", "For somebody you act for. ")
"""Before what the person is told who booked for another."""
REASONS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        StopReason.DOCTOR_AWAY: ("医生临时不能出诊", "the doctor cannot come"),
        StopReason.EMERGENCY: ("突发情况", "an emergency"),
        StopReason.EQUIPMENT: ("设备故障", "equipment is out of order"),
        StopReason.PREMISES: ("诊室不能使用", "the rooms cannot be used"),
        StopReason.HOLIDAY: ("节假日调整", "a change of holidays"),
        StopReason.OTHER: ("医院安排调整", "the hospital changed its plans"),
    }
)


def moment_words(at: datetime) -> Words:
    """A moment in China, to the minute."""
    here = at.astimezone(CHINA)
    return f"{here.month}月{here.day}日 {here:%H:%M}", f"{here:%Y-%m-%d %H:%M}"
