import type { Texts } from "./texts";

export const ISSUING = {
  title: ["电子证明", "Certificates"],
  choose: ["选择要开具的证明，可多选", "Choose the certificates you need"],
  ask: ["一次开具 {count} 份", "Ask for {count}"],
  mine: ["我的证明", "My certificates"],
  working: ["正在向部门取数…", "Asking the departments…"],
  done: ["已开具", "Issued"],
  refused: ["未能开具", "Not issued"],
  away: ["暂不可开具", "Not available now"],
  open: ["查看", "Open"],
} as const satisfies Texts;

export const ISSUED_STATES = {
  valid: ["有效", "Valid"],
  suspended: ["已暂停", "Suspended"],
  superseded: ["已被新版取代", "Superseded"],
  revoked: ["已作废", "Revoked"],
} as const satisfies Texts;
