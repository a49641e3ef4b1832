import type { Agreement, MerchantKind } from "@/api/family";
import type { Pair, Texts } from "./texts";

export const KIND_NAMES: Readonly<Record<MerchantKind, Pair>> = {
  pharmacy: ["药店", "Pharmacies"],
  hospital: ["医院", "Hospitals"],
  clinic: ["诊所", "Clinics"],
  office: ["窗口", "Offices"],
};

export const STATES: Readonly<Record<Agreement["status"], Pair>> = {
  OFFERED: ["待对方同意", "Waiting"],
  ACTIVE: ["生效中", "In force"],
  REVOKED: ["已撤销", "Ended"],
  EXPIRED: ["已到期", "Expired"],
  DECLINED: ["已谢绝", "Declined"],
};

export const ROLES: Readonly<Record<Agreement["role"], Pair>> = {
  principal: ["{name} 可用我的卡", "{name} may use my card"],
  agent: ["我可用 {name} 的卡", "I may use {name}'s card"],
  payer: ["我为 {name} 付款", "I pay for {name}"],
  beneficiary: ["{name} 为我付款", "{name} pays for me"],
};

export const FAMILY = {
  title: ["亲情账户", "Family"],
  mandates: ["代用卡", "Use of cards"],
  aid: ["家庭共济", "Mutual aid"],
  mandatesWords: ["让家人用您的卡买药看病，限额和期限由您定，随时撤销。", "Let family use your card, within your limits; end it at any time."],
  aidWords: ["用您个人账户的钱，为家人付医药费。", "Let your own account pay for your family's care."],
  toMe: ["给我的邀请", "Offered to me"],
  current: ["使用中", "In force"],
  past: ["已结束", "Ended"],
  none: ["还没有家庭授权", "No family agreements yet"],
  newMandate: ["让家人用我的卡", "Let family use my card"],
  newChild: ["为孩子代办", "Use my child's card"],
  newAid: ["为家人付款", "Pay for family"],
  name: ["姓名", "Name"],
  number: ["身份证号码", "Citizen number"],
  agentHint: ["家人的姓名和号码须与证件一致，对方在自己手机上刷脸同意后生效（七天内）。", "Name and number as on their identity card. It counts once they accept with their own face, within seven days."],
  childHint: ["限十六周岁以下，须有您为父母的出生登记；刷脸后立即生效。", "For a child under sixteen whose birth record names you. It counts at once after your face."],
  purposes: ["可以做什么", "What for"],
  kinds: ["在哪里用", "Where"],
  purchaseLimit: ["单次限额（元）", "Limit each time (yuan)"],
  yearlyLimit: ["每年限额（元）", "Limit each year (yuan)"],
  until: ["期限", "How long"],
  month1: ["一个月", "One month"],
  month6: ["半年", "Half a year"],
  month12: ["一年", "One year"],
  submit: ["刷脸确认", "Confirm with my face"],
  numberWrong: ["请输入 18 位身份证号码", "Enter the 18 characters of the citizen number"],
  nameWrong: ["请输入姓名", "Enter the name"],
  amountWrong: ["请输入金额，如 200 或 12.50", "Enter an amount such as 200 or 12.50"],
  limitsWrong: ["单次限额不能超过每年限额", "The limit each time cannot exceed the year's"],
  choiceWrong: ["请至少选一项", "Choose at least one"],
  spent: ["今年已用", "Used this year"],
  ofLimit: ["{spent} / {limit}", "{spent} / {limit}"],
  each: ["单次限额", "Limit each time"],
  expires: ["有效至", "Until"],
  basis: ["依据", "Ground"],
  consent: ["双方同意", "Both agreed"],
  birthRecord: ["出生登记", "Birth record"],
  showCode: ["出示 {name} 的卡码", "Show {name}'s code"],
  accept: ["刷脸同意", "Accept with my face"],
  decline: ["谢绝", "Decline"],
  end: ["立即撤销", "End it now"],
  endTitle: ["确定撤销？", "End it?"],
  endWords: ["立即生效：对方已出示的码马上失效，之后的购买不再使用此授权。", "At once: codes already shown stop, and no further purchase uses it."],
  paper: ["没有手机的家人，可到社保窗口打印一次性纸质码。", "Family without a phone can have one-use codes printed at a social security counter."],
} as const satisfies Texts;
