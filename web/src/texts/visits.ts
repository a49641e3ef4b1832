import type { Texts } from "./texts";

export const VISITS = {
  title: ["我的预约", "My appointments"],
  none: ["没有预约。可在网页版查找医生并预约。", "No appointments. Find and book a doctor in the web version."],
  number: ["{number} 号", "Number {number}"],
  cancel: ["取消预约", "Cancel"],
  cancelSure: ["确定取消这次预约？", "Cancel this appointment?"],
  checkIn: ["出示报到码", "Show the check-in code"],
} as const satisfies Texts;

export const VISIT_STATES = {
  OFFERED: ["候补待确认", "Offered, to be confirmed"],
  PENDING_PAYMENT: ["待支付", "To be paid"],
  BOOKED: ["已预约", "Booked"],
  ARRIVED: ["已报到", "Arrived"],
  FULFILLED: ["已就诊", "Seen"],
  CANCELLED_PATIENT: ["已取消", "Cancelled"],
  CANCELLED_HOSPITAL: ["医院停诊", "Called off by the hospital"],
  EXPIRED: ["超时未付", "Not paid in time"],
  NOSHOW: ["爽约", "Missed"],
  EXCUSED: ["爽约已免责", "Missed, excused"],
  RESCHEDULED: ["已改约", "Moved"],
} as const satisfies Texts;
