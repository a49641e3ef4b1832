/** Whether a refusal asks for a face: then the page of the face is next. */
import { Problem } from "@/api/problem";

export function asksForFace(failure: unknown): boolean {
  return failure instanceof Problem && failure.status === 401;
}

export function goToFace(): void {
  void wx.navigateTo({ url: "/pages/face/index" });
}
