/** multipart/form-data (RFC 7578) as bytes, the same in a browser and in a mini-program. */
import { utf8 } from "./base64url";
import type { Upload } from "./ports";

export interface Part {
  readonly name: string;
  readonly content: Uint8Array | string;
  /** Of a file; a text has neither. */
  readonly filename?: string;
  readonly type?: string;
}

/** The body of an upload. The boundary must stand in none of the contents: random does. */
export function multipart(parts: readonly Part[], boundary: string): Upload {
  const pieces = parts.flatMap((part) => [
    utf8(`--${boundary}\r\n${headOf(part)}\r\n\r\n`),
    typeof part.content === "string" ? utf8(part.content) : part.content,
    utf8("\r\n"),
  ]);
  const data = joined([...pieces, utf8(`--${boundary}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${boundary}`, data };
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function headOf(part: Part): string {
  const file = part.filename === undefined ? "" : `; filename="${part.filename}"`;
  const type = part.type === undefined ? "" : `\r\nContent-Type: ${part.type}`;
  return `Content-Disposition: form-data; name="${part.name}"${file}${type}`;
}
