/** What only the WeChat mini-program says. */
import type { Texts } from "./texts";

export const MINI = {
  faceFirst: ["这里需要先刷脸核验本人。", "This needs your face to be verified first."],
  toFace: ["去刷脸", "Verify my face"],
  allowCamera: ["没有获得相机权限。请在小程序的设置里允许使用摄像头，然后重试。", "The camera may not be used. Allow it in this mini-program's settings, then try again."],
  openSettings: ["打开设置", "Open the settings"],
  tooOld: ["微信版本过低，无法拍摄。请更新微信后重试，或到人工窗口办理。", "This version of WeChat cannot take the pictures. Update it and try again, or go to a counter."],
  broken: ["画面在途中出了差错。请关掉其他应用，在网络好的地方再试。", "The pictures did not arrive as they should. Close other apps and try where the network is good."],
} as const satisfies Texts;
