import type { Texts } from "./texts";

/** By which a browser becomes a till, a desk or an operator. */
export const ENROLMENT = {
  title: ["登记本机", "Enrol this browser"],
  how: [
    "本机的密钥在浏览器里生成，不能导出，也不会离开本机。请输入管理员给的一次性登记码（十五分钟内有效）。",
    "This browser makes a key that cannot be read out and never leaves it. Type the one-time code you were given; it is good for fifteen minutes.",
  ],
  code: ["登记码", "Enrolment code"],
  enrol: ["登记本机", "Enrol this browser"],
  codeForm: ["登记码由十个字母和数字组成，请核对。", "A code has ten letters and digits. Check what you typed."],
  codeOld: [
    "登记码无效：可能输错、已用过，或已超过十五分钟。请向管理员要一个新的。",
    "This code does not count: mistyped, used already, or older than fifteen minutes. Ask for a new one.",
  ],
  notTerminal: [
    "这个登记码不是给药店终端的；它已被使用，请重新申请一个。",
    "That code was not a till's. It is used up now: ask for a new one.",
  ],
  notHospital: [
    "这个登记码不是给医院的；它已被使用，请重新申请一个。",
    "That code was not a hospital's. It is used up now: ask for a new one.",
  ],
  notOperator: [
    "这个登记码不是给操作员的；它已被使用，请重新申请一个。",
    "That code was not an operator's. It is used up now: ask for a new one.",
  ],
} as const satisfies Texts;
