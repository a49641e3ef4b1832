import type { Pair, Texts } from "./texts";

/** Of the system, as its API tells it; a test compares them. */
export const VERSION = "0.1.0";

export const OWN_SETTINGS = {
  title: ["设置", "Settings"],
  me: ["我的身份", "Who I am"],
  level: ["核验级别 {level}，{at} 刷脸", "Level {level}, face verified {at}"],
  show: ["显示", "Display"],
  language: ["语言", "Language"],
  zh: ["简体中文", "简体中文"],
  en: ["English", "English"],
  large: ["大字版", "Large type"],
  largeWords: ["放大文字和按钮", "Larger text and buttons"],
  privacy: ["隐私与数据", "Privacy and data"],
  consents: ["人脸同意记录与删除", "Face consents and deletion"],
  accesses: ["谁看了我的数据", "Who saw my data"],
  notices: ["通知", "Notices"],
  about: ["关于", "About"],
  signOut: ["退出登录", "Sign out"],
  signOutTitle: ["在这部手机上退出登录？", "Sign out on this phone?"],
  signOutWords: ["下次使用需要再刷一次脸。证明和社保卡不受影响。", "You will verify your face again next time. Certificates and card are not touched."],
  signedOut: ["已退出登录", "Signed out"],
  signedOutHere: [
    "这部手机已退出登录。网络不通，未能通知服务器。",
    "This phone is signed out. There was no connection to tell the server so.",
  ],
  consentsTitle: ["人脸同意记录", "Face consents"],
  consentsWords: [
    "每次刷脸前您都单独同意一次，只用于那一次核验，核验结束即失效。",
    "You agree before each verification of your face. A consent is for that one alone and ends with it.",
  ],
  consentsNone: ["还没有同意记录", "No consents yet"],
  thisDevice: ["本机", "this phone"],
  otherDevice: ["其他设备", "another device"],
  textOf: ["同意书全文（{version} 版）", "What you agreed to (version {version})"],
  face: ["我的人脸信息", "My face data"],
  faceWords: [
    "画面和人脸模板在核验结束时已经删除。留下的只有判定用的数值，您可以随时删除。",
    "Pictures and templates were deleted when each verification ended. What is left are the figures of the judgement; you may delete them at any time.",
  ],
  faceDo: ["删除我的人脸信息", "Delete my face data"],
  faceTitle: ["删除您的人脸信息？", "Delete your face data?"],
  faceAsk: [
    "将立即删除：您历次核验的判定数值；以您的身份证号正在进行的核验会马上终止，其模板一并删除。\n\n会保留：不含画面的核验回执和查看记录；防止录像冒用的画面指纹（无法还原人脸）最多再留一天，之后自动删除。\n\n您仍保持登录。删除不能撤销，以后仍可重新刷脸。",
    "Deleted at once: the figures of your verifications. Verifications under way with your number end, and their templates are deleted.\n\nKept: receipts without pictures and the log of looks. Fingerprints of frames, from which no face can be made, refuse recordings for up to a day and then go by themselves.\n\nYou stay signed in. Deletion cannot be undone; you may verify your face again later.",
  ],
  faceConfirm: ["确认删除", "Delete"],
  faceDone: ["已删除", "Deleted"],
  faceDoneWords: ["已删除 {judgements} 次核验的判定数值，终止 {sessions} 次进行中的核验。", "The figures of {judgements} verifications were deleted; {sessions} under way were ended."],
  faceHashes: ["防冒用的画面指纹将在 {at} 前自动删除。", "Fingerprints of frames go by themselves by {at}."],
  aboutTitle: ["关于一次都不跑", "About Zero-Run"],
  version: ["版本", "Version"],
  notClaimed: ["我们没有声称的", "What it does not claim"],
  claims: [
    "活体检测仅在模拟材料上试验过，没有经认证的防攻击等级；重新打光并以视频注入的换脸可能通过。",
    "Liveness is tried on simulated material and carries no certified level; a relit deepfake injected as video may pass.",
  ],
  claimsData: ["登记库里的人、部门和印章都是虚构的。", "The persons of the registries, the departments and their seals are fictitious."],
  claimsFace: ["刷脸不是唯一办法：不能或不愿刷脸，可到窗口办理。", "A face is never the only way: who cannot or does not want to use it is served at a counter."],
  licence: ["许可", "Licence"],
  check: ["核验别人给您的证明", "Check a certificate you were given"],
} as const satisfies Texts;

export const CONSENT_PURPOSES: Readonly<Record<string, Pair>> = {
  login: ["登录", "Sign-in"],
  step_up: ["重要操作前核验", "Before an important act"],
  identity_verification: ["核验本人身份", "Identity verification"],
};

export const CONSENT_OUTCOMES: Readonly<Record<string, Pair>> = {
  CREATED: ["未开始", "Not begun"],
  IN_PROGRESS: ["进行中", "Under way"],
  PASSED: ["核验通过", "Passed"],
  FAILED: ["核验未通过", "Not passed"],
  EXPIRED: ["已终止", "Ended"],
};
