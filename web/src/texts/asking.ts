import type { Texts } from "./texts";

export const ASKING = {
  signIn: ["请先刷脸登录", "Sign in with your face first"],
  signInWords: ["登录后才能看到您本人的内容。", "What is yours is shown once you are signed in."],
  signInDo: ["刷脸登录", "Sign in with my face"],
  stepUp: ["需要重新刷脸", "Your face is needed again"],
  stepUpWords: ["此内容需要更高级别或更近的核验。", "This takes a stronger or a more recent verification."],
  stepUpDo: ["重新刷脸", "Verify my face"],
  waiting: ["{seconds} 秒后自动重试", "Trying again in {seconds} s"],
} as const satisfies Texts;
