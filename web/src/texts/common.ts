/** Texts that every page uses. */
import type { Texts } from "./texts";

export const COMMON = {
  product: ["一次都不跑", "Zero-Run"],
  back: ["返回", "Back"],
  again: ["重试", "Try again"],
  cancel: ["取消", "Cancel"],
  confirm: ["确定", "Confirm"],
  close: ["关闭", "Close"],
  more: ["加载更多", "Load more"],
  nothing: ["暂无内容", "Nothing here yet"],
  loading: ["加载中…", "Loading…"],
  unreachable: ["网络不通，请检查网络后重试。", "There is no connection. Check the network and try again."],
  failed: ["出了点问题，请稍后再试。", "Something went wrong. Please try again later."],
  busy: ["现在人多，请在 {seconds} 秒后再试。", "We are busy. Please try again in {seconds} seconds."],
  language: ["English", "中文"],
  largeType: ["大字版", "Large type"],
} as const satisfies Texts;
