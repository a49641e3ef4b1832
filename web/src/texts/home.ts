import type { Texts } from "./texts";

export const HOME = {
  greeting: ["数据多跑路，群众不跑腿", "Data run, people do not"],
  signIn: ["刷脸登录", "Sign in with your face"],
  signedIn: ["身份已核验", "Identity verified"],
  verifiedAs: ["{name} · 已核验 {level}", "{name} · verified {level}"],
  often: ["常用", "Often used"],
  showCard: ["出示社保卡", "Show my card"],
  askCertificates: ["开具证明", "New certificates"],
  face: ["电子身份", "Identity"],
  certificates: ["电子证明", "Certificates"],
  card: ["电子社保卡", "Social security card"],
  booking: ["预约挂号", "Hospital booking"],
  accesses: ["谁看了我的数据", "Who saw my data"],
  family: ["亲情账户", "Family"],
  settings: ["设置", "Settings"],
  soon: [
    "服务页面正在建设；接口已可使用，见 /docs。",
    "The service pages are being built; the API is there, see /docs.",
  ],
} as const satisfies Texts;
