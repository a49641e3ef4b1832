/** Words of appointments: their states, what happened to them, their fees. */
import type { Texts } from "./texts";

/** What each state means for whoever has the appointment. */
export const STATE_WORDS: Texts = {
  OFFERED: ["候补到一个号，等您确认", "A place came up and waits for your answer"],
  PENDING_PAYMENT: ["号已为您留住，请在时限内支付", "The place is kept for you until you have paid"],
  BOOKED: ["预约成功，请按时到院报到", "It is yours. Come in time and check in"],
  ARRIVED: ["已报到，请等候叫号", "You are checked in. Wait until your number is called"],
  FULFILLED: ["已就诊", "You have seen the doctor"],
  CANCELLED_PATIENT: ["已按您的要求取消", "Cancelled as you asked"],
  CANCELLED_HOSPITAL: ["医院停诊，已取消，费用全额退回", "Called off by the hospital; the whole fee goes back"],
  DECLINED: ["您没有要这个候补号", "You did not want this place"],
  EXPIRED: ["超过时限，号已放回", "The time was over and the place was given up"],
  RESCHEDULED: ["已改约到其他时间", "Moved to another time"],
  NOSHOW: ["没有报到，记爽约一次", "Nobody checked in: it counts as missed"],
  EXCUSED: ["没有报到，已免责，不计爽约", "Nobody checked in; it was excused and does not count"],
};

export const EVENTS: Texts = {
  offered: ["候补到号", "Offered from the waitlist"],
  pending_payment: ["占号成功", "The place was held"],
  changed: ["支付时限已延长", "The time to pay was extended"],
  extended: ["支付时限已延长", "The time to pay was extended"],
  booked: ["预约成功", "Booked"],
  arrived: ["到院报到", "Checked in"],
  called: ["叫号", "Called in"],
  passed_over: ["过号", "Passed over"],
  fulfilled: ["就诊结束", "Seen by the doctor"],
  cancelled_patient: ["已取消", "Cancelled"],
  cancelled_hospital: ["医院停诊", "Called off by the hospital"],
  declined: ["放弃候补号", "The offer was declined"],
  expired: ["超过时限", "The time was over"],
  rescheduled: ["已改约", "Moved"],
  noshow: ["未报到", "Nobody checked in"],
  excused: ["已免责", "Excused"],
};

export const FEE_STATES: Texts = {
  BEGUN: ["支付中", "Payment begun"],
  HELD: ["等待现金部分到账", "Waiting for the cash part"],
  PAID: ["已支付", "Paid"],
  DROPPED: ["未支付", "Not paid"],
  RETURNING: ["退费中，原路退回", "Going back the way it came"],
  RETURNED: ["已全额退回", "Paid back in full"],
};
