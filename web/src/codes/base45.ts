/** Base45 (RFC 9285, section 4): bytes in the characters that a QR code packs two to eleven bits. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const SQUARE = 45 * 45;

/** Two bytes as three characters, a single last byte as two. */
export function base45(data: Uint8Array): string {
  let text = "";
  for (let at = 0; at < data.length; at += 2) {
    const pair = at + 1 < data.length;
    const number = pair ? ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0) : (data[at] ?? 0);
    text += ALPHABET.charAt(number % 45) + ALPHABET.charAt(Math.floor(number / 45) % 45);
    if (pair) text += ALPHABET.charAt(Math.floor(number / SQUARE));
  }
  return text;
}
