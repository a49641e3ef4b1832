/** An SVG as the source of an image. */
import { base64url, utf8 } from "@/api/base64url";

export function pictureOf(svg: string): string {
  const digits = base64url(utf8(svg)).replace(/-/gu, "+").replace(/_/gu, "/");
  return `data:image/svg+xml;base64,${digits.padEnd(Math.ceil(digits.length / 4) * 4, "=")}`;
}
