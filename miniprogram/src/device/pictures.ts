/** An SVG as the source of an image. */
import { base64url, utf8 } from "@/api/base64url";
import { signOf as linesOf } from "@/face/prompts";

const BLUE = "#0d47a1";

export function pictureOf(svg: string): string {
  const digits = base64url(utf8(svg)).replace(/-/gu, "+").replace(/_/gu, "/");
  return `data:image/svg+xml;base64,${digits.padEnd(Math.ceil(digits.length / 4) * 4, "=")}`;
}

/** A face that does what a step asks for. */
export function signOf(kind: string): string {
  const pen = `fill="none" stroke="${BLUE}" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"`;
  const lines = linesOf(kind).map((line) => `<path d="${line}"/>`);
  return pictureOf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><g ${pen}>${lines.join("")}</g></svg>`);
}
