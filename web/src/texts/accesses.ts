import type { Pair, Texts } from "./texts";

export const ACCESSES = {
  title: ["谁看了我的数据", "Who saw my data"],
  words: [
    "每一次查看都有记录，谁也删不掉。您看这份记录本身不会再添记录。",
    "Every look is recorded and nobody can delete it. Reading this list adds nothing to it.",
  ],
  all: ["全部", "All"],
  others: ["只看他人", "By others"],
  none: ["还没有查看记录", "Nobody has looked at your data yet"],
  noneOthers: ["在已加载的记录里没有他人查看", "No look by others in what is loaded"],
  why: ["为什么：{words}", "Why: {words}"],
  asked: ["查询了：{words}", "Asked: {words}"],
  law: ["依据：{words}", "By law: {words}"],
  fields: ["涉及：{words}", "Data: {words}"],
  more: ["详情", "Details"],
  notices: ["通知", "Notices"],
  noticesNone: ["还没有通知", "No notices yet"],
  noticesWords: ["您的证明因他人操作发生变化时，会在这里告诉您。", "You are told here when a certificate of yours changes without your doing."],
  seeIt: ["查看这份证明", "See the certificate"],
} as const satisfies Texts;

export const ACTORS: Readonly<Record<string, Pair>> = {
  self: ["您本人", "You"],
  terminal: ["机构", "Partner"],
  system: ["系统", "System"],
  staff: ["工作人员", "Staff"],
  family: ["家人", "Family"],
};

/** Of those that are nobody's name. */
export const KNOWN_ACTORS: Readonly<Record<string, Pair>> = {
  "public check": ["有人公开核验", "Somebody, by the public check"],
  "certificate archive": ["证明归档服务", "The certificates' archive"],
  "一次都不跑 Zero-Run": ["一次都不跑系统", "The Zero-Run system"],
  "工作人员 staff": ["工作人员", "Staff"],
};

export const OUTCOMES: Readonly<Record<string, Pair>> = {
  not_found: ["（无记录，未读取）", " (no record, nothing was read)"],
  failed: ["（未答复，未读取）", " (no answer, nothing was read)"],
};

/** What data are called; a code that is not here is shown as it is. */
export const FIELDS: Readonly<Record<string, Pair>> = {
  name: ["姓名", "name"],
  name_masked: ["打码的姓名", "masked name"],
  citizen_number: ["公民身份号码", "citizen number"],
  sex: ["性别", "sex"],
  birth_date: ["出生日期", "date of birth"],
  ethnicity: ["民族", "ethnicity"],
  address: ["住址", "address"],
  face: ["人脸", "face"],
  photo: ["照片", "photograph"],
  portrait: ["照片", "photograph"],
  number: ["编号", "number"],
  status: ["状态", "status"],
  type: ["类型", "type"],
  file: ["证明文件", "the file"],
  check_code: ["核验码", "check code"],
  purchase: ["消费记录", "purchase"],
  insurance: ["医保信息", "insurance"],
  own_account: ["个人账户", "own account"],
  appointment: ["预约", "appointment"],
  credential: ["凭证", "credential"],
};
